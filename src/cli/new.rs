//! `casebook new`: a new entry.

use super::identity::Identity;
use super::open::{Open, demand_case};
use super::set::{self, Words};
use super::{Failure, Format, Outcome, Surroundings, editor};
use crate::load::{self, NoMemory};
use crate::model::Case;
use crate::scaffold::entry::title_field;
use crate::scaffold::{Assignment, Draft, new_entry};
use crate::values::{EntryId, Kind, Step, TreePath};
use clap::{Args, ValueEnum};

/// Write a new entry and print its id; the optional keys worth a thought are in it as comments.
#[derive(Args)]
#[command(after_help = "\
The title is the name of an asset, the value of an indicator, the question of a decision. \
What is missing or malformed is told before anything is written. `casebook schema KIND` shows \
every key, `casebook set --help` how values are written. Evidence is registered with \
`casebook evidence add`; a note is a file that you write, `notes/NAME.md`.

Examples:
  casebook new finding \"The attacker logged on to mail01\" --set assets=a-7q2
  casebook new event \"First logon\" --set time=2026-03-01T02:30:00Z
  casebook new indicator 194.61.24.102 --set type=ip-src --set verdict=malicious
  casebook new asset mail01 --set kind=server --set owner=it-ops
  casebook new action \"Isolate mail01\" --set phase=contain --set priority=urgent
  casebook new decision \"Do we take mail01 off the network?\" --edit
  finding=$(casebook new finding \"…\")     the id is all that goes to standard output")]
pub struct Arguments {
    kind: NewKind,

    /// What it says, in one line.
    title: Option<String>,

    /// Set a key.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    set: Vec<String>,

    /// Open the file in $VISUAL or $EDITOR, and check it afterwards.
    #[arg(long)]
    edit: bool,

    /// How to print what was made.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// The kinds of entry that people write; evidence and custody events are registered by `casebook evidence`.
#[derive(Clone, Copy, ValueEnum)]
enum NewKind {
    #[value(alias = "findings")]
    Finding,
    #[value(alias = "events")]
    Event,
    #[value(alias = "indicators")]
    Indicator,
    #[value(alias = "assets")]
    Asset,
    #[value(alias = "actions")]
    Action,
    #[value(alias = "decisions")]
    Decision,
}

impl NewKind {
    fn kind(self) -> Kind {
        match self {
            NewKind::Finding => Kind::Finding,
            NewKind::Event => Kind::Event,
            NewKind::Indicator => Kind::Indicator,
            NewKind::Asset => Kind::Asset,
            NewKind::Action => Kind::Action,
            NewKind::Decision => Kind::Decision,
        }
    }
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let open = Open::here(surroundings)?;
    let tree = open.tree();
    demand_case(&tree)?;
    let (case, _) = load::load(&tree, &mut NoMemory)?;
    let kind = arguments.kind.kind();
    let assignments = set::parse(&arguments.set)?;
    let id = fresh_id(kind, &case, surroundings);
    set::refuse_id(&id.path(), &assignments)?;
    demand_title(arguments, &assignments)?;
    let author = author(kind, &assignments, &open, &case)?;
    let draft = Draft { id, title: arguments.title.as_deref(), author: author.as_deref(), assignments: &assignments };
    let made = Words { case: &case, kind: Some(kind) }.with_meaning(surroundings, |meaning| new_entry(&draft, meaning));
    let path = id.path();
    let made = made.map_err(|error| set::failure(error, &path))?;
    if !made.found.is_empty() {
        set::show(&path, &made.text, &made.found);
        errln!("nothing was written: add or correct `--set KEY=VALUE`, and run it again");
        return Ok(Outcome::Problems);
    }
    tree.write(&path, made.text.as_bytes(), false)
        .map_err(|error| Failure::new(format!("cannot write `{path}`: {error}")))?;
    print(arguments.format, id, &path);
    if arguments.edit { editor::edit_and_check(&open, &path, surroundings) } else { Ok(Outcome::Sound) }
}

fn print(format: Format, id: EntryId, path: &TreePath) {
    match format {
        Format::Text => {
            errln!("{path}");
            outln!("{id}");
        }
        Format::Json => {
            let made = serde_json::json!({"id": id, "kind": id.kind().noun(), "path": path.as_str()});
            outln!("{made:#}");
        }
    }
}

fn fresh_id(kind: Kind, case: &Case, surroundings: &Surroundings) -> EntryId {
    loop {
        let id = EntryId::from_bits(kind, surroundings.bits());
        if !case.entries.contains_key(&id) && !case.unreadable.contains_key(&id) {
            return id;
        }
    }
}

fn demand_title(arguments: &Arguments, assignments: &[Assignment]) -> Result<(), Failure> {
    let kind = arguments.kind.kind();
    let field = title_field(kind);
    let is_set = assignments.iter().any(|assignment| assignment.route == [Step::Key(field.to_owned())]);
    match (&arguments.title, is_set) {
        (None, false) => Err(Failure::new(format!("the new {kind} has no {field}"))
            .help(format!("type it in quotes: `casebook new {kind} \"…\"`"))),
        (Some(_), true) => {
            Err(Failure::new(format!("`{field}` is given twice")).help(format!("leave out `--set {field}=…`")))
        }
        _ => Ok(()),
    }
}

/// The handle of whoever writes a finding. Where `--set authors` says it, Git is not asked.
fn author(kind: Kind, assignments: &[Assignment], open: &Open, case: &Case) -> Result<Option<String>, Failure> {
    let is_set = assignments.iter().any(|assignment| assignment.route == [Step::Key("authors".to_owned())]);
    if kind != Kind::Finding || is_set {
        return Ok(None);
    }
    let team = case.team.as_ref().map(|team| &team.value);
    let person = Identity::of_git(&open.repository).in_roster(team).map_err(|failure| {
        let help = failure.help.clone().unwrap_or_default();
        failure.help(format!("{help}; or name the author: `--set authors=HANDLE`"))
    })?;
    Ok(Some(person.handle.to_string()))
}
