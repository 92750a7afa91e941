//! `casebook search`: where a text stands in the case.

use super::list::kind;
use super::open::Open;
use super::table::{cut, one_line};
use super::{Failure, Format, Outcome, Surroundings, content, style, terminal};
use crate::model::Case;
use crate::tree::Tree;
use crate::values::{EntryId, Kind, Route, Step, TreePath};
use clap::Args;
use regex::{Regex, RegexBuilder};
use serde_json::{Value, json};
use toml::de::{DeTable, DeValue};

/// Find texts, ids, values and digests in entries, notes, the case's own files and the lists of evidence.
///
/// Case does not matter. Defanged and live spellings find each other: `evil[.]example` finds `evil.example`.
/// With several texts, an entry must hold them all.
#[derive(Args)]
#[command(after_help = "\
Examples:
  casebook search 194.61.24[.]102
  casebook search mail01 logon                  entries that hold both
  casebook search \"logged on\" --kind finding
  casebook search --regex 'T1021\\.00[12]'

Exit codes, as of grep: 0 found, 1 found nothing, 2 could not search.")]
pub struct Arguments {
    /// What to look for.
    #[arg(value_name = "TEXT", required = true)]
    texts: Vec<String>,

    /// Only in entries of this kind; may be given several times.
    #[arg(long, value_name = "KIND", value_parser = kind)]
    kind: Vec<Kind>,

    /// The texts are regular expressions (syntax of the Rust crate regex).
    #[arg(long)]
    regex: bool,

    /// How to print what is found.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// A file that holds what was looked for.
struct Hit {
    id: Option<EntryId>,
    path: TreePath,
    title: String,
    lines: Vec<Line>,
}

/// A line that holds it, and the field that it stands in.
struct Line {
    field: String,
    text: String,
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let open = Open::here(surroundings)?;
    let patterns = arguments.texts.iter().map(|text| pattern(text, arguments.regex)).collect::<Result<Vec<_>, _>>()?;
    let (case, _) = open.case()?;
    let tree = open.tree();
    let hits: Vec<Hit> =
        files(&case, &tree, &arguments.kind).into_iter().filter_map(|file| search(&tree, file, &patterns)).collect();
    match arguments.format {
        Format::Text => out!("{}", readable(&hits, &patterns)),
        Format::Json => outln!("{:#}", as_json(&hits)),
    }
    Ok(if hits.is_empty() { Outcome::Problems } else { Outcome::Sound })
}

/// The pattern of a text: case does not matter, and every spelling of a dot, a colon, an at sign and `http` that
/// defanging makes counts as that.
fn pattern(text: &str, is_regex: bool) -> Result<Regex, Failure> {
    if text.trim().is_empty() {
        return Err(Failure::new("there is nothing to search for").help("type a text: `casebook search mail01`"));
    }
    let source = if is_regex { text.to_owned() } else { any_spelling(text) };
    RegexBuilder::new(&source).case_insensitive(true).build().map_err(|error| {
        let reason = error.to_string();
        let reason = reason.lines().last().unwrap_or("").trim_start_matches("error: ").to_owned();
        Failure::new(format!("`{text}` is not a regular expression: {reason}"))
            .help("without `--regex` the text is searched for as it is")
    })
}

fn any_spelling(text: &str) -> String {
    const DOT: &str = r"(?:\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\)|\\\.|\.)";
    const COLON: &str = r"(?:\[:\]|\[:/|:)";
    const AT: &str = r"(?:\[@\]|\(@\)|\[at\]|\(at\)|@)";
    let mut source = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let lower = rest.to_ascii_lowercase();
        let (spelled, pattern) = if let Some(length) = starts(&lower, &["[.]", "(.)", "{.}", "[dot]", "(dot)", "."]) {
            (length, DOT.to_owned())
        } else if let Some(length) = starts(&lower, &["[://]", "[:]//", "://"]) {
            (length, r"(?:\[://\]|\[:\]//|://)".to_owned())
        } else if let Some(length) = starts(&lower, &["[:]", ":"]) {
            (length, COLON.to_owned())
        } else if let Some(length) = starts(&lower, &["[@]", "(@)", "[at]", "(at)", "@"]) {
            (length, AT.to_owned())
        } else if let Some(length) = starts(&lower, &["http", "hxxp"]) {
            (length, "h(?:tt|xx)p".to_owned())
        } else {
            (first.len_utf8(), regex::escape(&rest[..first.len_utf8()]))
        };
        source.push_str(&pattern);
        rest = &rest[spelled..];
    }
    source
}

fn starts(text: &str, spellings: &[&str]) -> Option<usize> {
    spellings.iter().find(|spelling| text.starts_with(**spelling)).map(|spelling| spelling.len())
}

/// A file to search, with the entry in it.
struct File {
    id: Option<EntryId>,
    path: TreePath,
    title: String,
}

/// The files that are searched: entries by kind, then, where no kind is named, the case's own files and the notes.
fn files(case: &Case, tree: &dyn Tree, kinds: &[Kind]) -> Vec<File> {
    let wanted = |id: EntryId| kinds.is_empty() || kinds.contains(&id.kind());
    let readable = case.entries.values().map(|entry| (entry.id(), entry.path.clone(), entry.title()));
    let unreadable = case.unreadable.iter().map(|(id, path)| (*id, path.clone(), "(cannot be read)".to_owned()));
    let mut files: Vec<File> = Vec::new();
    let mut entries: Vec<_> = readable.chain(unreadable).filter(|(id, ..)| wanted(*id)).collect();
    entries.sort();
    for (id, path, title) in entries {
        let list = TreePath::from(format!("evidence/{id}.sha256"));
        let listed = id.kind() == Kind::Evidence && tree.node(&list).is_some();
        files.push(File { id: Some(id), path, title: title.clone() });
        if listed {
            files.push(File { id: Some(id), path: list, title });
        }
    }
    if kinds.is_empty() {
        let own = ["case.toml", "team.toml", "policy.toml"].map(TreePath::from);
        files.extend(own.map(|path| File { id: None, path, title: String::new() }));
        files.extend(case.notes.iter().map(|note| File {
            id: None,
            path: note.path.clone(),
            title: note.title().to_owned(),
        }));
    }
    files
}

fn search(tree: &dyn Tree, file: File, patterns: &[Regex]) -> Option<Hit> {
    let text = content::text(tree, &file.path)?;
    let lines = lines(&file.path, &text);
    // A list of evidence has the title of its item, which is found by itself.
    let titled = !file.path.name().ends_with(".sha256");
    let in_title = |pattern: &Regex| titled && pattern.is_match(&file.title);
    let holds = |pattern: &Regex| lines.iter().any(|line| pattern.is_match(&line.text)) || in_title(pattern);
    if !patterns.iter().all(holds) {
        return None;
    }
    let lines: Vec<Line> =
        lines.into_iter().filter(|line| patterns.iter().any(|pattern| pattern.is_match(&line.text))).collect();
    Some(Hit { id: file.id, path: file.path, title: file.title, lines })
}

/// Every line of every value of a TOML file with its field; every line of another file.
fn lines(path: &TreePath, text: &str) -> Vec<Line> {
    let mut found = Vec::new();
    match DeTable::parse(text) {
        Ok(table) if path.name().ends_with(".toml") => table_lines(table.get_ref(), &Route::default(), &mut found),
        _ => {
            for (number, line) in text.lines().enumerate() {
                found.push(Line { field: format!("line {}", number + 1), text: line.to_owned() });
            }
        }
    }
    found
}

fn table_lines(table: &DeTable<'_>, route: &Route, found: &mut Vec<Line>) {
    let mut keys: Vec<_> = table.iter().collect();
    keys.sort_by_key(|(key, _)| key.span().start);
    for (key, value) in keys {
        value_lines(value.get_ref(), route.clone().then(key.get_ref()), found);
    }
}

fn value_lines(value: &DeValue<'_>, route: Route, found: &mut Vec<Line>) {
    let text = match value {
        DeValue::String(text) => text.to_string(),
        DeValue::Integer(number) => number.to_string(),
        DeValue::Float(number) => number.to_string(),
        DeValue::Boolean(boolean) => boolean.to_string(),
        DeValue::Datetime(time) => time.to_string(),
        DeValue::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                value_lines(item.get_ref(), route.clone().at(index), found);
            }
            return;
        }
        DeValue::Table(table) => return table_lines(table, &route, found),
    };
    let single = route.0.last().is_some_and(|step| matches!(step, Step::Index(_)));
    let field = if single { Route(route.0[..route.0.len() - 1].to_vec()).to_string() } else { route.to_string() };
    found.extend(text.lines().map(|line| Line { field: field.clone(), text: line.to_owned() }));
}

fn readable(hits: &[Hit], patterns: &[Regex]) -> String {
    let (name, dim) = (style::NAME, style::DIM);
    let width = terminal::known_width();
    let mut out = String::new();
    for hit in hits {
        let id = hit.id.map(|id| id.to_string()).unwrap_or_else(|| one_line(hit.path.as_str()));
        let kind = hit.id.map(|id| format!("  {dim}{}{dim:#}", id.kind())).unwrap_or_default();
        out.push_str(format!("{name}{id}{name:#}{kind}  {}", mark(&one_line(&hit.title), patterns)).trim_end());
        out.push('\n');
        for line in hit.lines.iter().filter(|line| line.text != hit.title) {
            let room = width.map(|width| width.saturating_sub(line.field.chars().count() + 6).max(24));
            let excerpt = excerpt(&one_line(&line.text), patterns, room);
            out.push_str(&format!("    {dim}{}{dim:#}  {}\n", one_line(&line.field), mark(&excerpt, patterns)));
        }
    }
    out
}

/// The part of a line around the first match that fits a width.
fn excerpt(line: &str, patterns: &[Regex], room: Option<usize>) -> String {
    let Some(room) = room.filter(|room| line.chars().count() > *room) else { return line.to_owned() };
    let first = patterns.iter().filter_map(|pattern| pattern.find(line)).map(|found| found.start()).min().unwrap_or(0);
    let before = line[..first].chars().count();
    let skipped = before.saturating_sub(room / 3);
    let kept: String = line.chars().skip(skipped).collect();
    if skipped == 0 { cut(&kept, room) } else { format!("…{}", cut(&kept, room - 1)) }
}

/// The line with every match marked.
fn mark(line: &str, patterns: &[Regex]) -> String {
    let mut ranges: Vec<_> = patterns.iter().flat_map(|pattern| pattern.find_iter(line)).map(|it| it.range()).collect();
    ranges.sort_by_key(|range| (range.start, range.end));
    let found = style::WORST;
    let mut out = String::new();
    let mut at = 0;
    for range in ranges.into_iter().filter(|range| !range.is_empty()) {
        if range.start < at {
            continue;
        }
        out.push_str(&format!("{}{found}{}{found:#}", &line[at..range.start], &line[range.clone()]));
        at = range.end;
    }
    out + &line[at..]
}

fn as_json(hits: &[Hit]) -> Value {
    let one = |hit: &Hit| {
        let lines = hit.lines.iter().map(|line| json!({ "field": line.field, "text": line.text }));
        json!({
            "id": hit.id.map(|id| id.to_string()),
            "kind": hit.id.map(|id| id.kind().noun()),
            "path": hit.path.as_str(),
            "title": hit.title,
            "matches": lines.collect::<Value>(),
        })
    };
    hits.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::{excerpt, pattern};

    #[test]
    fn live_and_defanged_spellings_find_each_other() {
        let spellings = [
            ["194.61.24.102", "194.61.24[.]102", "194(.)61[dot]24.102"],
            ["http://evil.example/a", "hxxp[://]evil[.]example/a", "hxxp[:]//evil(.)example/a"],
            ["bob@evil.example", "bob[@]evil[.]example", "bob[at]evil(dot)example"],
        ];
        for same in spellings {
            for typed in same {
                for written in same {
                    assert!(pattern(typed, false).unwrap().is_match(written), "{typed} does not find {written}");
                }
            }
        }
    }

    #[test]
    fn what_is_typed_is_no_regular_expression_unless_asked() {
        assert!(!pattern("a.c", false).unwrap().is_match("abc"));
        assert!(pattern("a.c", true).unwrap().is_match("ABC"));
        assert!(pattern("(", false).unwrap().is_match("f(x)"));
        assert!(pattern("(", true).is_err());
        assert!(pattern("  ", false).is_err());
    }

    #[test]
    fn long_lines_are_cut_around_the_match() {
        let line = format!("{} needle {}", "ä".repeat(200), "b".repeat(200));
        let shown = excerpt(&line, &[pattern("needle", false).unwrap()], Some(40));
        assert!(shown.contains("needle") && shown.starts_with('…') && shown.ends_with('…'), "{shown}");
        assert!(shown.chars().count() <= 41, "{shown}");
    }
}
