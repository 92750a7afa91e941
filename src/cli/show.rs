//! `casebook show`: one entry, readable, with what it refers to, what refers to it, and what is wrong with it.

use super::list::named;
use super::open::Open;
use super::table::one_line;
use super::{Failure, Outcome, Surroundings, content, fields, ids, links, style, terminal};
use crate::check::{self, Verdict};
use crate::diagnostic::{Diagnostic, render};
use crate::model::{Body, Case, Entry};
use crate::tree::Tree;
use crate::values::{EntryId, TreePath};
use clap::Args;
use serde_json::{Value, json};

/// Show an entry: its fields, what it refers to, what refers to it, and what is wrong with it.
#[derive(Args)]
#[command(after_help = "\
Examples:
  casebook show f-7q2k9dm4
  casebook show F7Q2                      any unambiguous beginning of an id
  casebook show case                      the case itself; `team` and `policy`, too
  casebook show r-1 --format json

Exit codes: 0 shown, 1 shown and there are errors in it, 2 could not show.")]
pub struct Arguments {
    /// The id, or a beginning of it that no other entry has, or the path of the file; `case`, `team` or `policy`.
    #[arg(value_name = "ID", required = true)]
    ids: Vec<String>,

    /// How to print it: for reading, as JSON, or as the file is.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Json,
    Toml,
}

/// What is shown: an entry, or one of the files that every case has.
enum Subject<'c> {
    Entry(&'c Entry),
    /// An entry whose file cannot be read.
    Unreadable(EntryId, TreePath),
    File(&'static str),
}

impl Subject<'_> {
    fn path(&self) -> TreePath {
        match self {
            Subject::Entry(entry) => entry.path.clone(),
            Subject::Unreadable(_, path) => path.clone(),
            Subject::File(name) => TreePath::from(format!("{name}.toml")),
        }
    }
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let open = Open::here(surroundings)?;
    let tree = open.tree();
    let verdict = open.verdict(surroundings.now)?;
    let subjects: Vec<Subject<'_>> =
        arguments.ids.iter().map(|typed| subject(&verdict.case, typed)).collect::<Result<_, _>>()?;
    let mut has_errors = false;
    let mut list = Vec::new();
    for (number, subject) in subjects.iter().enumerate() {
        let problems = problems(&verdict, &subject.path());
        has_errors |= problems.iter().any(Diagnostic::is_error);
        match arguments.format {
            Format::Json => list.push(as_json(&tree, &verdict.case, subject, &problems)),
            Format::Toml => out!("{}", toml(&tree, subject)?),
            Format::Text => {
                let gap = if number > 0 { "\n" } else { "" };
                out!("{gap}{}", readable(&tree, &verdict.case, subject, &problems)?);
            }
        }
    }
    match list.as_slice() {
        [] => {}
        [one] => outln!("{one:#}"),
        _ => outln!("{:#}", json!(list)),
    }
    Ok(if has_errors && arguments.format != Format::Toml { Outcome::Problems } else { Outcome::Sound })
}

fn subject<'c>(case: &'c Case, typed: &str) -> Result<Subject<'c>, Failure> {
    let file = ["case", "team", "policy"].into_iter().find(|name| typed == *name || typed == format!("{name}.toml"));
    if let Some(name) = file {
        return Ok(Subject::File(name));
    }
    let id = ids::resolve(case, typed)?;
    match (case.get(id), case.unreadable.get(&id)) {
        (Some(entry), _) => Ok(Subject::Entry(entry)),
        (None, Some(path)) => Ok(Subject::Unreadable(id, path.clone())),
        (None, None) => Err(Failure::new(format!("there is no `{id}`"))),
    }
}

/// What is wrong with a file, or has to do with it.
fn problems(verdict: &Verdict, path: &TreePath) -> Vec<Diagnostic> {
    let concerns = |diagnostic: &&Diagnostic| {
        diagnostic.place.path == *path || diagnostic.related.iter().any(|related| related.place.path == *path)
    };
    verdict.diagnostics.iter().filter(concerns).cloned().collect()
}

/// The file's text, harmless to the terminal.
fn toml(tree: &dyn Tree, subject: &Subject<'_>) -> Result<String, Failure> {
    let text = content::text(tree, &subject.path()).ok_or_else(|| {
        Failure::new(format!("`{}` cannot be read as text", subject.path())).help("`casebook check` says why")
    })?;
    Ok(render::printable(&text))
}

fn as_json(tree: &dyn Tree, case: &Case, subject: &Subject<'_>, problems: &[Diagnostic]) -> Value {
    let mut value = match subject {
        Subject::Entry(entry) => {
            let mut value = content::entry_json(tree, case, entry);
            let refers = |links: Vec<(String, Vec<String>)>| -> Value {
                links.into_iter().map(|(to, fields)| json!({ "to": to, "fields": fields })).collect()
            };
            let referred = |links: Vec<(String, Vec<String>)>| -> Value {
                links.into_iter().map(|(from, fields)| json!({ "from": from, "fields": fields })).collect()
            };
            value["refers_to"] =
                refers(links::from(entry).into_iter().map(|(id, fields)| (id.to_string(), fields)).collect());
            let backwards = links::to(case, entry.id()).into_iter().map(|(from, fields)| match from {
                links::From::Entry(id) => (id.to_string(), fields),
                links::From::Note(path) => (path, fields),
            });
            value["referred_to_by"] = referred(backwards.collect());
            value
        }
        Subject::Unreadable(id, path) => {
            json!({ "id": id.to_string(), "kind": id.kind().noun(), "path": path.as_str() })
        }
        Subject::File(name) => {
            let path = subject.path();
            let table = content::text(tree, &path).and_then(|text| text.parse().ok()).unwrap_or_default();
            json!({ "kind": name, "path": path.as_str(), "entry": content::table_json(table) })
        }
    };
    value["problems"] = render::json::render(&check::sources(tree, problems), problems)["diagnostics"].take();
    value
}

fn readable(tree: &dyn Tree, case: &Case, subject: &Subject<'_>, problems: &[Diagnostic]) -> Result<String, Failure> {
    let width = terminal::prose_width();
    let mut out = match subject {
        Subject::Entry(entry) => {
            let text = content::text(tree, &entry.path).unwrap_or_default();
            let shape = Body::table(entry.kind());
            let mut out = heading(case, entry, width);
            out.push_str(&fields::render(case, &shape, &text, width, &hidden(entry)));
            out.push_str(&backwards(case, entry.id(), width));
            out
        }
        Subject::Unreadable(id, path) => {
            let (bold, bad) = (style::BOLD, style::BAD);
            format!(
                "{bold}{id}{bold:#}  {bad}{path} cannot be read{bad:#}\n\n{}",
                toml(tree, subject).unwrap_or_default()
            )
        }
        Subject::File(name) => {
            let bold = style::BOLD;
            let text = content::text(tree, &subject.path()).ok_or_else(|| {
                Failure::new(format!("there is no `{}`", subject.path()))
                    .help("`casebook check` says what a case needs")
            })?;
            let shape = crate::model::schema::table(name).expect("case, team and policy have a schema");
            format!("{bold}{}{bold:#}\n\n{}", subject.path(), fields::render(case, &shape, &text, width, &[]))
        }
    };
    if !problems.is_empty() {
        let (bold, sources) = (style::BOLD, check::sources(tree, problems));
        out.push_str(&format!("\n{bold}Problems{bold:#}: {}\n\n", render::count(problems)));
        out.push_str(&render::text::render(&sources, problems, terminal::colour(), terminal::width()));
    }
    Ok(out)
}

/// The fields that the heading shows already.
fn hidden(entry: &Entry) -> Vec<&'static str> {
    let title = match entry.body {
        Body::Asset(_) => "name",
        Body::Decision(_) => "question",
        Body::Indicator(_) => "value",
        _ => "title",
    };
    vec!["id", "status", "tlp", title]
}

fn heading(case: &Case, entry: &Entry, width: usize) -> String {
    let (bold, name, dim) = (style::BOLD, style::NAME, style::DIM);
    let title = match &entry.body {
        Body::Custody(custody) => format!("{} of {}", custody.action, named(case, custody.item.0)),
        _ => entry.title(),
    };
    let title = textwrap::fill(&one_line(&title), width);
    let status = style::of_word(entry.status());
    let marking = case.marking(entry);
    format!(
        "{bold}{title}{bold:#}\n{name}{}{name:#}  {}  {status}{}{status:#}  TLP:{}\n{dim}{}{dim:#}\n\n",
        entry.id(),
        entry.kind(),
        entry.status(),
        marking.word().to_uppercase(),
        entry.path,
    )
}

/// What refers to the entry.
fn backwards(case: &Case, id: EntryId, width: usize) -> String {
    let links = links::to(case, id);
    if links.is_empty() {
        return String::new();
    }
    let (bold, name, dim) = (style::BOLD, style::NAME, style::DIM);
    let mut out = format!("\n{bold}Referred to by{bold:#}\n");
    for (from, fields) in links {
        let (what, title) = match from {
            links::From::Entry(id) => (id.to_string(), case.get(id).map(Entry::title).unwrap_or_default()),
            links::From::Note(path) => (path, String::new()),
        };
        let how = fields.join(", ");
        let used = 2 + what.len() + 2 + how.chars().count() + 4;
        let title = super::table::cut(&one_line(&title), width.saturating_sub(used).max(16));
        let title = if title.is_empty() { title } else { format!("{title} ") };
        out.push_str(&format!("  {name}{}{name:#}  {title}{dim}({}){dim:#}\n", one_line(&what), one_line(&how)));
    }
    out
}
