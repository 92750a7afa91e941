//! The commit message: which entries the commit changes, as a trailer and, in the editor, as comments.
//!
//! The texts go through as Git reads them: what stands below the scissors line is not part of the message, comments
//! are none where Git keeps them, and a trailer belongs into the last paragraph. A message without content stays
//! without, so that it still aborts the commit.

use crate::diagnostic::render::printable_line;
use crate::diff::Act;
use crate::git::message::trailer_keys;
use crate::values::EntryId;

/// The trailer that names the entries that a commit changes.
pub const KEY: &str = "Casebook-Entries";

/// How many entries are named before the rest is only counted.
const NAMED: usize = 20;

/// What Git's configuration and environment say of how a message is read.
#[derive(Clone, Debug, Default)]
pub struct Conventions {
    /// `core.commentChar` or `core.commentString`.
    pub comment: Option<String>,
    /// `commit.cleanup`.
    pub cleanup: Option<String>,
    /// Whether nobody edits the message.
    pub no_editor: bool,
}

impl Conventions {
    /// What starts a comment in this message; `None` where it cannot be told.
    fn mark(&self, text: &str) -> Option<String> {
        match self.comment.as_deref() {
            None => Some("#".to_owned()),
            Some("auto") => {
                // Git chose a sign that starts no line of the message, and wrote its instructions with it.
                let last = text.lines().rev().find(|line| !line.trim().is_empty())?;
                last.chars().next().filter(|sign| "#;@!$%^&|:".contains(*sign)).map(String::from)
            }
            Some(mark) => Some(mark.to_owned()),
        }
    }

    /// Whether Git takes comments out of the message.
    fn strips_comments(&self) -> bool {
        match self.cleanup.as_deref() {
            Some("strip") => true,
            Some("verbatim" | "whitespace" | "scissors") => false,
            _ => !self.no_editor,
        }
    }
}

/// The value of the trailer; `None` where no entry changes.
pub fn summary(changes: &[(EntryId, Act)]) -> Option<String> {
    let named: Vec<String> = changes.iter().take(NAMED).map(|(id, act)| format!("{}{id}", act.sign())).collect();
    match changes.len() {
        0 => None,
        count if count > NAMED => Some(format!("{} and {} more", named.join(" "), count - NAMED)),
        _ => Some(named.join(" ")),
    }
}

/// The message with the trailer at its end, in place of what it said before. It stays as it is where it has no
/// content, or where it has the trailer and `anew` is false.
pub fn with_trailer(text: &str, summary: Option<&str>, conventions: &Conventions, anew: bool) -> String {
    let end = end_of_content(text, conventions);
    let (content, rest) = text.split_at(end);
    if !has_content(content, comment_mark(text, conventions).as_deref()) {
        return text.to_owned();
    }
    let has = trailer_keys(content).iter().any(|key| key.eq_ignore_ascii_case(KEY));
    if has && !anew {
        return text.to_owned();
    }
    let content = if has { without_trailer(content) } else { content.trim_end().to_owned() };
    let Some(summary) = summary else { return format!("{content}\n{rest}") };
    let gap = if trailer_keys(&format!("{content}\n")).is_empty() { "\n\n" } else { "\n" };
    format!("{content}{gap}{KEY}: {summary}\n{rest}")
}

/// The message with a commented list of the entries that change, for the editor.
pub fn with_list(text: &str, changes: &[(EntryId, Act, Option<String>)], conventions: &Conventions) -> String {
    let Some(mark) = conventions.mark(text) else { return text.to_owned() };
    let scissors = scissors(text, &mark);
    if changes.is_empty() || conventions.no_editor || !(conventions.strips_comments() || scissors.is_some()) {
        return text.to_owned();
    }
    let mut list = format!("{mark}\n{mark} This commit changes these entries, and a trailer will name them:\n");
    for (id, act, title) in changes.iter().take(NAMED) {
        let title = printable_line(title.as_deref().unwrap_or(""));
        list.push_str(format!("{mark}   {:8} {id}  {title}", act.word()).trim_end());
        list.push('\n');
    }
    if changes.len() > NAMED {
        list.push_str(&format!("{mark}   and {} more\n", changes.len() - NAMED));
    }
    // Below the scissors everything is cut, above them it may not be. Git's explanation stays with its line.
    let at = scissors.map_or(text.len(), |start| {
        let lines = text[start..].split_inclusive('\n').enumerate();
        start
            + lines
                .take_while(|(number, line)| *number == 0 || line.starts_with(&format!("{mark} ")))
                .map(|(_, line)| line.len())
                .sum::<usize>()
    });
    let (above, below) = text.split_at(at);
    let newline = if above.is_empty() || above.ends_with('\n') { "" } else { "\n" };
    format!("{above}{newline}{list}{below}")
}

/// Whether two messages say the same when Git has taken out what it takes out: a template that nobody filled in.
pub fn says_the_same(text: &str, template: &str, conventions: &Conventions) -> bool {
    let content = |text: &str| -> Vec<String> {
        let end = end_of_content(text, conventions);
        let mark = comment_mark(text, conventions);
        let lines = text[..end].lines().filter(|line| !is_comment(line, mark.as_deref()));
        lines.map(str::trim_end).filter(|line| !line.is_empty()).map(str::to_owned).collect()
    };
    content(text) == content(template)
}

/// Where the message ends: before the scissors, and before the comments and empty lines at the end.
fn end_of_content(text: &str, conventions: &Conventions) -> usize {
    let mark = comment_mark(text, conventions);
    let scissors = conventions.mark(text).filter(|_| !conventions.no_editor).and_then(|mark| scissors(text, &mark));
    let mut end = scissors.unwrap_or(text.len());
    for line in text[..end].split_inclusive('\n').rev() {
        if !line.trim().is_empty() && !is_comment(line, mark.as_deref()) {
            break;
        }
        end -= line.len();
    }
    end
}

/// Whether Git would take a message for one: it has a line that is no comment and no sign-off.
fn has_content(content: &str, mark: Option<&str>) -> bool {
    let says = |line: &str| !line.trim().is_empty() && !is_comment(line, mark) && !line.starts_with("Signed-off-by:");
    content.lines().any(says)
}

fn comment_mark(text: &str, conventions: &Conventions) -> Option<String> {
    if conventions.strips_comments() { conventions.mark(text) } else { None }
}

fn is_comment(line: &str, mark: Option<&str>) -> bool {
    mark.is_some_and(|mark| line.starts_with(mark))
}

/// Where the line of scissors starts, below which Git cuts.
fn scissors(text: &str, mark: &str) -> Option<usize> {
    let line = format!("{mark} ------------------------ >8 ------------------------");
    let mut at = 0;
    for found in text.split_inclusive('\n') {
        if found.trim_end() == line {
            return Some(at);
        }
        at += found.len();
    }
    None
}

/// The message without our trailer, which is in its last paragraph.
fn without_trailer(content: &str) -> String {
    let content = content.trim_end();
    let start = content.rfind("\n\n").map_or(0, |at| at + 2);
    let (above, last) = content.split_at(start);
    let is_ours = |line: &&str| line.split_once(':').is_some_and(|(key, _)| key.trim().eq_ignore_ascii_case(KEY));
    let kept: Vec<&str> = last.lines().filter(|line| !is_ours(line)).collect();
    format!("{above}{}", kept.join("\n")).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usual() -> Conventions {
        Conventions::default()
    }

    #[track_caller]
    fn adds(text: &str, conventions: &Conventions, expected: &str) {
        assert_eq!(with_trailer(text, Some("+f-7q2k9dm4"), conventions, false), expected);
    }

    #[test]
    fn the_trailer_stands_in_the_last_paragraph() {
        adds("Title\n", &usual(), "Title\n\nCasebook-Entries: +f-7q2k9dm4\n");
        adds("Title", &usual(), "Title\n\nCasebook-Entries: +f-7q2k9dm4\n");
        adds("fix: title\n", &usual(), "fix: title\n\nCasebook-Entries: +f-7q2k9dm4\n");
        adds("T\n\nBody\n\n\n", &usual(), "T\n\nBody\n\nCasebook-Entries: +f-7q2k9dm4\n\n\n");
        adds(
            "T\n\nSigned-off-by: B <b@c>\n# On branch\n#\n",
            &usual(),
            "T\n\nSigned-off-by: B <b@c>\nCasebook-Entries: +f-7q2k9dm4\n# On branch\n#\n",
        );
        let cut = "T\n# ------------------------ >8 ------------------------\n# x\ndiff --git\n";
        adds(cut, &usual(), &cut.replacen("T\n", "T\n\nCasebook-Entries: +f-7q2k9dm4\n", 1));
    }

    #[test]
    fn a_message_without_content_stays_so() {
        for text in ["", "\n\n", "# only\n# comments\n", "\n# x\n", "Signed-off-by: B <b@c>\n"] {
            adds(text, &usual(), text);
        }
    }

    #[test]
    fn comments_are_content_where_git_keeps_them() {
        let kept = Conventions { no_editor: true, ..usual() };
        adds("#12 is fixed\n", &kept, "#12 is fixed\n\nCasebook-Entries: +f-7q2k9dm4\n");
        let strips = Conventions { cleanup: Some("strip".to_owned()), ..kept };
        adds("#12 is fixed\n", &strips, "#12 is fixed\n");
        let other = Conventions { comment: Some(";".to_owned()), ..usual() };
        adds("#12 is fixed\n; x\n", &other, "#12 is fixed\n\nCasebook-Entries: +f-7q2k9dm4\n; x\n");
        let auto = Conventions { comment: Some("auto".to_owned()), ..usual() };
        adds("#12\n\n; Please\n", &auto, "#12\n\nCasebook-Entries: +f-7q2k9dm4\n\n; Please\n");
    }

    #[test]
    fn a_trailer_is_kept_or_made_anew() {
        let text = "T\n\nCasebook-Entries: +a-7q2k9dm4\nReviewed-by: C <c@d>\n";
        adds(text, &usual(), text);
        let anew = with_trailer(text, Some("~f-7q2k9dm4"), &usual(), true);
        assert_eq!(anew, "T\n\nReviewed-by: C <c@d>\nCasebook-Entries: ~f-7q2k9dm4\n");
        assert_eq!(with_trailer("T\n\nCasebook-Entries: +a-7q2k9dm4\n", None, &usual(), true), "T\n");
    }

    #[test]
    fn many_entries_are_counted() {
        use crate::values::Kind;
        let changes: Vec<_> = (0..57).map(|bits| (EntryId::from_bits(Kind::Finding, bits), Act::Added)).collect();
        let summary = summary(&changes).unwrap();
        assert!(summary.starts_with("+f-00000000 +f-00000001 "), "{summary}");
        assert!(summary.ends_with(" and 37 more"), "{summary}");
    }

    #[test]
    fn the_list_stands_where_git_cuts_it() {
        let changes = [(
            EntryId::from_bits(crate::values::Kind::Finding, 1),
            Act::Added,
            Some("Beacon\u{1b}[2J\nSigned-off-by: nobody".to_owned()),
        )];
        let text = with_list("\n# Please enter\n", &changes, &usual());
        assert!(text.starts_with("\n# Please enter\n#\n"), "{text}");
        assert!(text.contains("#   added    f-00000001  Beacon\\u{1b}[2J\\nSigned-off-by: nobody\n"), "{text}");
        assert!(!has_content(&text, Some("#")));
        let cut = "\n# ------------------------ >8 ------------------------\n# Do not\n# Everything\ndiff --git\n";
        let scissors = Conventions { cleanup: Some("scissors".to_owned()), ..usual() };
        let text = with_list(cut, &changes, &scissors);
        assert!(text.contains("# Everything\n#\n# This commit"), "{text}");
        assert!(text.ends_with("\ndiff --git\n"), "{text}");
        for silent in [
            Conventions { no_editor: true, ..usual() },
            Conventions { cleanup: Some("verbatim".to_owned()), ..usual() },
            Conventions { comment: Some("auto".to_owned()), ..usual() },
        ] {
            assert_eq!(with_list("\n", &changes, &silent), "\n");
        }
    }
}
