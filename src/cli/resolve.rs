//! `casebook resolve`: the conflicts of a merge that stopped, key by key, and the choice of a side.

use super::{Failure, Format, Outcome, Surroundings, set, style};
use crate::diagnostic::render::{printable, printable_line};
use crate::disk::DiskTree;
use crate::git::{Halted, Repo};
use crate::hook::merge::resolve::{self, Chosen, Conflicted, Nature, ResolveError, Work};
use crate::scaffold::merge::{Conflict, Side};
use crate::values::TreePath;
use crate::values::wording::{counted, shell_word};
use clap::Args;
use serde_json::json;

/// Show the conflicts of a merge that stopped, key by key, and take a side for them.
#[derive(Args)]
#[command(after_help = "\
Without a side it lists what is to be decided: for each key what both sides come from, what our side has, and what their \
side has. With a side it writes that side's lines in the place of the conflict, and leaves everything else as it was \
merged. What somebody wrote by hand in the meantime is never written over. Nothing is staged: that is `git add`.

In a rebase, `ours` is the branch that your commits are put upon, and `theirs` is your commit.

Examples:
  casebook resolve                                      every file with a conflict
  casebook resolve f-7q2                                one entry
  casebook resolve f-7q2 --key severity --theirs        take their severity
  casebook resolve f-7q2 --ours                         take ours for all that is left
  casebook resolve policy.toml --key gates --ours

Exit codes: 0 nothing is left to decide, 1 something is, 2 could not run.")]
pub struct Arguments {
    /// An id or the beginning of one, or a path; every file with a conflict where it is not given.
    #[arg(value_name = "ID|PATH")]
    file: Option<String>,

    /// Take our side.
    #[arg(long, conflicts_with = "theirs", requires = "file")]
    ours: bool,

    /// Take their side.
    #[arg(long, requires = "file")]
    theirs: bool,

    /// Only for this key, such as `severity`, `custom.room` or `people[bob].email`; may be given again.
    #[arg(long, value_name = "KEY", requires = "file")]
    key: Vec<String>,

    /// How to print it.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let repository = surroundings.repository()?;
    let top = surroundings.case_folder()?;
    let tree = DiskTree::new(&top);
    let all = resolve::conflicted(&repository, &tree)?;
    let chosen = match &arguments.file {
        None => all.iter().collect(),
        Some(typed) => vec![find(&all, typed)?],
    };
    let side = match (arguments.ours, arguments.theirs) {
        (true, _) => Side::Ours,
        (_, true) => Side::Theirs,
        _ => return Ok(list(&chosen, arguments, &repository)),
    };
    let path = &chosen.first().ok_or_else(|| Failure::new("name a file"))?.path;
    let done = resolve::choose(&repository, &tree, path, side, &arguments.key)?;
    match arguments.format {
        Format::Json => outln!("{:#}", chosen_as_json(&done)),
        Format::Text => tell(path, &done, repository.halted().as_ref(), all.len()),
    }
    Ok(if done.left.is_empty() && done.found.is_empty() { Outcome::Sound } else { Outcome::Problems })
}

impl From<ResolveError> for Failure {
    fn from(error: ResolveError) -> Self {
        match error {
            ResolveError::Senseless(wrong) => wrong.into(),
            ResolveError::Git(error) => error.into(),
            ResolveError::Tree(error) => error.into(),
            ResolveError::Disk { .. } => Failure::new(error.to_string()),
        }
    }
}

/// The file that was typed: its path, or the beginning of its name with or without hyphens.
fn find<'c>(all: &'c [Conflicted], typed: &str) -> Result<&'c Conflicted, Failure> {
    let simple = |text: &str| text.to_lowercase().trim_end_matches(".toml").replace('-', "");
    let name = typed.rsplit('/').next().unwrap_or(typed);
    let found: Vec<&Conflicted> = match all.iter().find(|one| one.path.as_str() == typed.trim_start_matches("./")) {
        Some(one) => vec![one],
        None => {
            all.iter().filter(|one| simple(one.path.name()).starts_with(&simple(name)) && !name.is_empty()).collect()
        }
    };
    match found.as_slice() {
        [one] => Ok(one),
        [] => Err(Failure::new(format!("`{typed}` has no conflict"))
            .help("`casebook resolve` lists the files that have one; `git status` says what Git is doing")),
        several => {
            let names: Vec<&str> = several.iter().map(|one| one.path.as_str()).collect();
            Err(Failure::new(format!("`{typed}` is short for {}", names.join(", "))).help("type a few more characters"))
        }
    }
}

fn list(chosen: &[&Conflicted], arguments: &Arguments, repository: &Repo) -> Outcome {
    let halted = repository.halted();
    match arguments.format {
        Format::Json => outln!("{:#}", as_json(chosen, halted.as_ref())),
        Format::Text if chosen.is_empty() => match &halted {
            Some(halted) => outln!("No file has a conflict. `{}` goes on.", halted.go_on),
            None => outln!("No file has a conflict."),
        },
        Format::Text => {
            sides(halted.as_ref());
            for one in chosen {
                print(one, &arguments.key);
            }
        }
    }
    let is_open = |one: &&&Conflicted| !matches!(&one.nature, Nature::Keys { work: Work::Done, .. });
    if chosen.iter().any(|one| is_open(&one)) { Outcome::Problems } else { Outcome::Sound }
}

/// Says who the sides are.
fn sides(halted: Option<&Halted>) {
    let Some(halted) = halted else { return };
    let other = format!("{} {}", &halted.other.id.to_string()[..10], halted.other.summary);
    let (ours, theirs) = match halted.swapped {
        true => ("the branch that your commits are put upon", "your commit"),
        false => ("HEAD", "the commit"),
    };
    outln!("ours: {ours}; theirs: {theirs} {}\n", printable_line(&other));
}

fn print(one: &Conflicted, wanted: &[String]) {
    let path = printable_line(one.path.as_str());
    let Nature::Keys { all, open, work } = &one.nature else {
        let (message, help) = resolve::advice(&one.path, &one.nature);
        outln!("{}\n  {}\n", printable(&message), printable(&help));
        return;
    };
    match work {
        Work::Done => outln!("{path}: no marks are left\n  `git add {path}` if it is as it should be\n"),
        Work::ByHand => outln!(
            "{path}: resolved by hand, marks are left\n  finish, then `git add {path}`; `git checkout -m -- {path}` begins anew\n"
        ),
        Work::Fresh | Work::Begun => {
            outln!("{path}: {}", counted(open.len(), "key") + " to decide");
            let conflicts = open.iter().filter_map(|index| all.get(*index));
            for conflict in
                conflicts.filter(|conflict| wanted.is_empty() || wanted.iter().any(|key| conflict.is_of(key)))
            {
                print_conflict(conflict);
            }
            outln!("  `casebook resolve {path} --ours` or `--theirs`, with `--key KEY` for one of them\n");
        }
    }
}

fn print_conflict(conflict: &Conflict) {
    let bold = style::NAME;
    outln!("  {bold}{}{bold:#}", printable(&conflict.key));
    for (name, text) in [("base", &conflict.base), ("ours", &conflict.ours), ("theirs", &conflict.theirs)] {
        if text.is_empty() {
            outln!("    {name:7} (not there)");
        }
        for (index, line) in text.lines().enumerate() {
            outln!("    {:7} {}", if index == 0 { name } else { "" }, printable(line));
        }
    }
    if let Some(number) = conflict.raised {
        outln!("    {:7} whichever you take, it becomes {number}: a file made of both is a new one", "");
    }
}

fn tell(path: &TreePath, done: &Chosen, halted: Option<&Halted>, files: usize) {
    for written in &done.written {
        outln!("{}", printable(written.as_str()));
    }
    if !done.found.is_empty() {
        set::show(path, &done.text, &done.found);
        errln!("mend that, then `git add {}`", printable(path.as_str()));
    } else if !done.left.is_empty() {
        errln!("still to decide: {}", printable(&done.left.join(", ")));
    } else {
        let words: Vec<String> = done.written.iter().map(|path| word(path.as_str())).collect();
        let go_on =
            halted.filter(|_| files <= 1).map(|halted| format!(", then `{}`", halted.go_on)).unwrap_or_default();
        errln!("type next: `git add {}`{go_on}", printable(&words.join(" ")));
    }
}

fn word(path: &str) -> String {
    let is_plain = path.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
    if is_plain { path.to_owned() } else { shell_word(path) }
}

fn as_json(chosen: &[&Conflicted], halted: Option<&Halted>) -> serde_json::Value {
    let files: Vec<_> = chosen.iter().map(|one| one_as_json(one)).collect();
    json!({
        "theirs": halted.map(|halted| halted.other.id.to_string()),
        "go_on": halted.map(|halted| halted.go_on),
        "files": files,
    })
}

fn one_as_json(one: &Conflicted) -> serde_json::Value {
    let path = one.path.as_str();
    match &one.nature {
        Nature::Keys { all, open, work } => {
            let keys: Vec<_> = all
                .iter()
                .enumerate()
                .map(|(index, conflict)| {
                    json!({
                        "key": conflict.key,
                        "base": conflict.base,
                        "ours": conflict.ours,
                        "theirs": conflict.theirs,
                        "raised": conflict.raised,
                        "open": open.contains(&index),
                    })
                })
                .collect();
            json!({ "path": path, "kind": "keys", "state": work.word(), "keys": keys })
        }
        nature => {
            let kind = match nature {
                Nature::Removed { .. } => "removed",
                Nature::Mistaken { .. } => "mistaken",
                Nature::WrittenOnce => "written-once",
                _ => "lines",
            };
            let (message, help) = resolve::advice(&one.path, nature);
            json!({ "path": path, "kind": kind, "message": message, "help": help })
        }
    }
}

fn chosen_as_json(done: &Chosen) -> serde_json::Value {
    let written: Vec<&str> = done.written.iter().map(TreePath::as_str).collect();
    let problems: Vec<&str> = done.found.iter().map(|found| found.message.as_str()).collect();
    json!({ "written": written, "left": done.left, "problems": problems })
}
