//! A command as it is recorded: `{x-…}` in an argument stands for the folder of an input, so that the command says the same
//! on every machine.

use crate::values::{EntryId, Line, Malformed};
use regex::Regex;
use std::ffi::OsString;
use std::path::Path;
use std::sync::LazyLock;

/// The words of a command, each placeholder with the whole id of an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    words: Vec<String>,
}

/// `{x-4n8tbw2z}`, `{input}`, or `{./x-4n8tbw2z}` for the path from the folder that the command runs in.
static PLACEHOLDER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\{(\./)?(input|x-[0-9a-z]*)\}").expect("a constant expression that the tests have compiled")
});

impl Template {
    /// Reads the words that somebody typed: `{input}` is the only input, and `{x-4n}` the one whose id begins so.
    pub fn read(words: &[String], inputs: &[EntryId]) -> Result<Self, Malformed> {
        let words: Vec<String> = words.iter().map(|word| resolved(word, inputs)).collect::<Result<_, _>>()?;
        let program = words.first().filter(|program| !program.is_empty());
        let program = program.ok_or_else(|| {
            Malformed::new("there is no command to run").help("write it last, after `--`: `-- sort {input}/auth.log`")
        })?;
        if PLACEHOLDER.is_match(program) {
            return Err(Malformed::new("evidence is never run as a program")
                .help("name the program that is to read it: `-- python3 {input}/script.py`"));
        }
        if program.contains(['/', '\\']) && !Path::new(program).is_absolute() {
            return Err(Malformed::new(format!("`{program}` would be looked for in a folder that is empty"))
                .help("the command runs in a folder of its own: write the whole path of the program, from `/`"));
        }
        let template = Self { words };
        if let Some(input) = inputs.iter().find(|input| !template.names(**input)) {
            return Err(Malformed::new(format!("no argument of the command names the input `{input}`"))
                .help(format!("write `{{{input}}}` where the command is to find its folder: `{{{input}}}/auth.log`")));
        }
        Ok(template)
    }

    /// Reads a recorded command.
    pub fn recorded(command: &Line, inputs: &[EntryId]) -> Result<Self, Malformed> {
        let words = shlex::split(command.as_str()).ok_or_else(|| {
            Malformed::new("the recorded command ends in the midst of a quoted word")
                .help("run what it means by hand, with `casebook evidence run`")
        })?;
        Self::read(&words, inputs)
    }

    /// The command as one line, which reads back to the same words.
    pub fn line(&self) -> Result<Line, Malformed> {
        let hidden = |word: &&String| word.contains(|c: char| c.is_control() && c != '\t');
        if self.words.iter().any(|word| hidden(&word)) {
            return Err(Malformed::new("an argument has more than one line, or a control character").help(
                "write it into a script, register that with `casebook evidence add`, and name it as one more input: \
                 `--input SCRIPT`, `{x-…}/script.py`",
            ));
        }
        let line = shlex::try_join(self.words.iter().map(String::as_str))
            .map_err(|error| Malformed::new(format!("the command cannot be written on one line: {error}")))?;
        line.parse()
    }

    /// The name of the program's file.
    pub fn tool(&self) -> &str {
        let name = self.program().rsplit(['/', '\\']).next();
        name.unwrap_or_default()
    }

    pub fn program(&self) -> &str {
        self.words.first().map_or("", String::as_str)
    }

    /// Whether the folder of an input is named in it.
    fn names(&self, input: EntryId) -> bool {
        let id = input.to_string();
        let mut found = self.words.iter().flat_map(|word| PLACEHOLDER.captures_iter(word));
        found.any(|placeholder| placeholder[2] == id)
    }

    /// The words with the paths in place: `absolute` leads to the folder of the items, `relative` too, from where the command
    /// runs.
    pub fn expanded(&self, absolute: &Path, relative: &Path) -> Vec<OsString> {
        self.words.iter().map(|word| expand(word, absolute, relative)).collect()
    }
}

fn resolved(word: &str, inputs: &[EntryId]) -> Result<String, Malformed> {
    let mut text = String::new();
    let mut after = 0;
    for placeholder in PLACEHOLDER.captures_iter(word) {
        let whole = placeholder.get_match();
        let input = input(&placeholder[2], inputs)?;
        let start = placeholder.get(1).map_or("", |start| start.as_str());
        text.push_str(&word[after..whole.start()]);
        text.push_str(&format!("{{{start}{input}}}"));
        after = whole.end();
    }
    text.push_str(&word[after..]);
    Ok(text)
}

fn input(name: &str, inputs: &[EntryId]) -> Result<EntryId, Malformed> {
    let fits = |input: &&EntryId| name == "input" || input.to_string().starts_with(name);
    let found: Vec<&EntryId> = inputs.iter().filter(fits).collect();
    let list = inputs.iter().map(|input| format!("`{{{input}}}`")).collect::<Vec<_>>().join(", ");
    match found.as_slice() {
        [only] => Ok(**only),
        [] => Err(Malformed::new(format!("`{{{name}}}` stands for no input of this command"))
            .help(format!("its inputs are {list}; `--input ID` names another one"))),
        _ => Err(Malformed::new(format!("`{{{name}}}` could be any of {} inputs", found.len()))
            .help(format!("write which: {list}"))),
    }
}

fn expand(word: &str, absolute: &Path, relative: &Path) -> OsString {
    let mut text = OsString::new();
    let mut after = 0;
    for placeholder in PLACEHOLDER.captures_iter(word) {
        let whole = placeholder.get_match();
        let base = if placeholder.get(1).is_some() { relative } else { absolute };
        text.push(&word[after..whole.start()]);
        text.push(base.join(&placeholder[2]));
        after = whole.end();
    }
    text.push(&word[after..]);
    text
}

#[cfg(test)]
mod tests {
    use super::Template;
    use crate::values::EntryId;
    use proptest::prelude::*;
    use std::path::Path;

    const ITEM: &str = "x-7q2k9dm4";

    fn read(words: &[&str], inputs: &[&str]) -> Result<Template, String> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let inputs: Vec<EntryId> = inputs.iter().map(|id| id.parse().unwrap()).collect();
        Template::read(&words, &inputs).map_err(|wrong| wrong.message)
    }

    fn line(words: &[&str]) -> String {
        read(words, &[ITEM]).unwrap().line().unwrap().to_string()
    }

    #[test]
    fn placeholders_are_written_with_the_whole_id() {
        assert_eq!(line(&["sort", "{input}/auth.log"]), "sort '{x-7q2k9dm4}/auth.log'");
        assert_eq!(line(&["dd", "if={x-7}/a b"]), "dd 'if={x-7q2k9dm4}/a b'");
        assert_eq!(line(&["cat", "{./x-7q}"]), "cat '{./x-7q2k9dm4}'");
        assert_eq!(
            line(&["awk", "{print $1}", "{}", "{a,b}", "{input}"]),
            "awk '{print $1}' '{}' '{a,b}' '{x-7q2k9dm4}'"
        );
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        let two = &["x-7q2k9dm4", "x-7q2zzzzz"];
        for (words, inputs, said) in [
            (&["cat", "{x-9}"][..], &[ITEM][..], "stands for no input"),
            (&["cat", "{input}"], two, "could be any of 2"),
            (&["cat", "{x-7q2}"], two, "could be any of 2"),
            (&["cat", "{x-7q2k}"], two, "names the input `x-7q2zzzzz`"),
            (&["cat", "auth.log"], &[ITEM], "names the input"),
            (&["{input}/run.sh"], &[ITEM], "never run"),
            (&["./run.sh", "{input}"], &[ITEM], "a folder that is empty"),
            (&[], &[ITEM], "no command"),
        ] {
            let refused = read(words, inputs).unwrap_err();
            assert!(refused.contains(said), "{words:?}: {refused}");
        }
        assert!(read(&["sh", "-c", "cat {input}\nexit"], &[ITEM]).unwrap().line().is_err());
    }

    #[test]
    fn the_folders_of_inputs_stand_in_the_arguments() {
        let template = read(&["cat", "a{input}/b{./input}"], &[ITEM]).unwrap();
        let words = template.expanded(Path::new("/case/evidence"), Path::new("../evidence"));
        assert_eq!(words, ["cat", "a/case/evidence/x-7q2k9dm4/b../evidence/x-7q2k9dm4"]);
    }

    proptest! {
        #[test]
        fn a_line_reads_back_to_the_same_words(words in proptest::collection::vec("[^\\p{Cc}]{0,12}", 0..6)) {
            let inputs = [ITEM.parse().unwrap()];
            let words: Vec<String> = [vec!["sort".to_owned(), "{input}".to_owned()], words].concat();
            let template = Template::read(&words, &inputs);
            prop_assume!(template.is_ok());
            let template = template.unwrap();
            prop_assert_eq!(Template::recorded(&template.line().unwrap(), &inputs).unwrap(), template);
        }
    }
}
