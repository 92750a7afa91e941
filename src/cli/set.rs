//! `casebook set`: changes keys of an entry, the case, the team or the policy.

use super::open::{Open, demand_case};
use super::{Failure, Outcome, Surroundings, editor, ids, terminal};
use crate::diagnostic::{Diagnostic, Sources, render};
use crate::load::{self, NoMemory};
use crate::model::{Case, MAX_TEXT_BYTES, schema};
use crate::scaffold::edit::EditError;
use crate::scaffold::{Assignment, Meaning, edit};
use crate::tree::Tree;
use crate::values::{EntryId, Kind, Malformed, TreePath};
use clap::Args;

/// Change keys of an entry or of the case, keeping comments. What would be malformed is refused.
#[derive(Args)]
#[command(after_help = "\
Values are written as the key asks for: a word, a number, true or false, a time \
(`2026-03-01T10:15:00Z` or `now`), a range of time (`FROM..TO`), an id or the beginning of one, \
several of them with commas. Free text is one item, whatever commas it has. Tables are TOML. \
If anything is wrong, nothing is changed.

Examples:
  casebook set f-7q2 status=confirmed confidence=high reason=\"two sources agree\"
  casebook set f-7q2 assets+=a-4n8,a-9zk tags-=triage severity=
  casebook set f-7q2 evidence+='{ item = \"x-4n8\", at = \"lines:12-14\" }'
  casebook set r-4b7 status=done done_at=now outcome=\"mail01 is in VLAN 99\"
  casebook set d-9zk --edit
  casebook set case status=contained milestones.contained=2026-03-02T09:00:00Z
  casebook set policy rules.future-time=off version=2")]
pub struct Arguments {
    /// An id or the beginning of one, or `case`, `team` or `policy`.
    id: String,

    /// key=value, key+=item, key-=item, or key= to remove the key.
    #[arg(required_unless_present = "edit", value_name = "KEY=VALUE")]
    assignments: Vec<String>,

    /// Open the file in $VISUAL or $EDITOR, and check it afterwards.
    #[arg(long)]
    edit: bool,
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let open = Open::here(surroundings)?;
    let tree = open.tree();
    demand_case(&tree)?;
    let (case, _) = load::load(&tree, &mut NoMemory)?;
    let path = path(&case, &arguments.id)?;
    let assignments = parse(&arguments.assignments)?;
    refuse_id(&path, &assignments)?;
    if assignments.is_empty() {
        return editor::edit_and_check(&open, &path, surroundings);
    }
    let content = tree.read(&path, MAX_TEXT_BYTES)?;
    let text = String::from_utf8(content).map_err(|_| Failure::new(format!("`{path}` is not UTF-8")))?;
    let table = schema::table_of_path(&path).ok_or_else(|| Failure::new(format!("`{path}` is not a record")))?;
    let words = Words { case: &case, kind: Kind::of_folder(path.top()) };
    let edited = words.with_meaning(surroundings, |meaning| edit(&path, &text, &table, &assignments, meaning));
    let edited = edited.map_err(|error| failure(error, &path))?;
    if !edited.found.is_empty() {
        show(&path, &edited.text, &edited.found);
        errln!("nothing was changed: the file would look as shown");
        return Ok(Outcome::Problems);
    }
    if edited.text != text {
        tree.write(&path, edited.text.as_bytes(), false)
            .map_err(|error| Failure::new(format!("cannot write `{path}`: {error}")))?;
    }
    errln!("{path}");
    if arguments.edit { editor::edit_and_check(&open, &path, surroundings) } else { Ok(Outcome::Sound) }
}

/// The file that the first argument names.
fn path(case: &Case, typed: &str) -> Result<TreePath, Failure> {
    let name = typed.strip_suffix(".toml").unwrap_or(typed);
    if matches!(name, "case" | "team" | "policy") {
        return Ok(TreePath::from(format!("{name}.toml")));
    }
    let id = ids::resolve(case, typed)?;
    match id.kind() {
        Kind::Evidence => {
            Err(Failure::new(format!("`{id}` is an evidence record, which is written once")).help(format!(
                "`casebook evidence custody {id}` shows what happened to it; what is wrong with it is said in a finding"
            )))
        }
        Kind::Custody => Err(Failure::new(format!("`{id}` is a custody event, which is written once"))
            .help("a later event with `supersedes` corrects it")),
        _ => {
            Ok(case.get(id).map(|entry| entry.path.clone()).or(case.unreadable.get(&id).cloned()).unwrap_or(id.path()))
        }
    }
}

/// Reads assignments; the first that is none stops.
pub fn parse(texts: &[String]) -> Result<Vec<Assignment>, Failure> {
    texts.iter().map(|text| text.parse().map_err(malformed)).collect()
}

/// An entry keeps its id: its file is named after it, and others refer to it.
pub fn refuse_id(path: &TreePath, assignments: &[Assignment]) -> Result<(), Failure> {
    let sets_id = |assignment: &Assignment| assignment.route == [crate::values::Step::Key("id".to_owned())];
    if !path.parent().is_root() && assignments.iter().any(sets_id) {
        return Err(Failure::new("the id of an entry never changes")
            .help("make a new entry with `casebook new`, and set this one's status to `superseded`"));
    }
    Ok(())
}

/// What words of an assignment mean in a case.
pub struct Words<'a> {
    pub case: &'a Case,
    /// The kind of entry that is written; none for the case itself.
    pub kind: Option<Kind>,
}

impl Words<'_> {
    pub fn with_meaning<T>(&self, surroundings: &Surroundings, use_it: impl FnOnce(&Meaning<'_>) -> T) -> T {
        let id = |typed: &str| -> Result<EntryId, Malformed> {
            ids::resolve(self.case, typed).map_err(|failure| Malformed { message: failure.message, help: failure.help })
        };
        let custom = |name: &str| {
            let kind = self.kind.map_or("case", Kind::noun);
            let policy = self.case.policy.as_ref()?;
            Some(policy.value.custom.get(kind)?.get(name)?.r#type)
        };
        use_it(&Meaning { id: &id, custom: &custom, now: surroundings.now })
    }
}

/// Prints what would be wrong with a text that has not been written.
pub fn show(path: &TreePath, text: &str, found: &[Diagnostic]) {
    let mut sources = Sources::default();
    sources.insert(path.clone(), text.to_owned());
    let rendered = render::text::render(&sources, found, terminal::colour(), terminal::width());
    err!("{rendered}");
}

pub fn malformed(malformed: Malformed) -> Failure {
    Failure { message: malformed.message, help: malformed.help }
}

/// Why a file could not be edited.
pub fn failure(error: EditError, path: &TreePath) -> Failure {
    match error {
        EditError::Senseless(senseless) => malformed(senseless),
        EditError::Unreadable(error) => Failure::new(format!("`{path}` cannot be edited: {error}"))
            .help(format!("mend it in an editor; `casebook check` shows where: `{path}`")),
    }
}
