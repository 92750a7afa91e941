//! `casebook evidence export`: hands evidence over, as a bag or as a graph.

use super::super::identity;
use super::super::open::{self, Open};
use super::super::patience::Patience;
use super::super::status::repository::changes;
use super::super::{Failure, Outcome, Surroundings, ids, style};
use super::homes::{self, Here};
use super::{gate, progress};
use crate::diagnostic::render::printable;
use crate::disk::file::{is_there, resolved};
use crate::disk::intake::Intake;
use crate::disk::{folder, write};
use crate::evidence::registration::custody_text;
use crate::evidence::root::root;
use crate::export::contents::{self, Sources, Wanted};
use crate::export::pack::{self, Handover, Occasion, PackError};
use crate::export::{Contents, Selection, case_uco};
use crate::git::Commit;
use crate::load::{self, NoMemory};
use crate::model::{Case, Custody, CustodyId, Custom, EvidenceId, Own};
use crate::store::{Store, StoreError};
use crate::tree::Tree;
use crate::values::digest::NamedDigest;
use crate::values::vocabulary::{CustodyAction, Marking};
use crate::values::wording::counted;
use crate::values::{EntryId, Handle, Kind, Line, Moment, Sha256};
use clap::Args;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Hand evidence over: a folder that anybody can check without casebook, or a graph for other forensic programs.
///
/// The folder is a bag (BagIt, RFC 8493) of one commit: the items with their bytes, records, lists and custody, the findings
/// and events that cite them, the public keys of the roster, the time stamps, and a text, VERIFY.txt, that says how to check all
/// of it with sha256sum, git, ssh-keygen and openssl. Every item that leaves is noted in its custody as exported.
#[derive(Args)]
#[command(after_help = "\
Examples:
  casebook evidence export --bag ../bag --to \"Public prosecutor\" --reason \"order 4 Js 12/26\"
  casebook evidence export x-4n8 x-7q2 --bag ../bag --to \"Lab\" --evidence-only --max-tlp amber
  casebook evidence export --bag ../bag --no-custody --rev v1.2   a copy that goes to nobody
  casebook evidence export --case-uco graph.jsonld                the graph alone

Exit codes: 0 written, 2 nothing was written.")]
#[command(group(clap::ArgGroup::new("what").required(true).multiple(true).args(["bag", "case_uco"])))]
pub struct Arguments {
    /// The items; all where none is named.
    #[arg(value_name = "ID")]
    ids: Vec<String>,

    /// The folder to write, which must not be there yet.
    #[arg(long, value_name = "FOLDER")]
    bag: Option<PathBuf>,

    /// The file to write a graph of items and custody to, in the JSON-LD of CASE/UCO; every bag has one inside.
    #[arg(long, value_name = "FILE")]
    case_uco: Option<PathBuf>,

    /// The commit; what is not committed is never handed over.
    #[arg(long, value_name = "REVISION", default_value = "HEAD")]
    rev: String,

    /// Who gets it, as its custody will say.
    #[arg(long, value_name = "WHO")]
    to: Option<Line>,

    /// Why, as its custody will say.
    #[arg(long)]
    reason: Option<Line>,

    /// Who hands it over; you, where it is not given.
    #[arg(long, value_name = "HANDLE")]
    by: Option<Handle>,

    /// Note nothing in the custody of the items.
    #[arg(long)]
    no_custody: bool,

    /// Leave out case.toml and the findings, events and indicators that cite the items.
    #[arg(long)]
    evidence_only: bool,

    /// Refuse to hand over anything that is marked higher: clear, green, amber, amber+strict or red.
    #[arg(long, value_name = "MARKING")]
    max_tlp: Option<Marking>,

    /// Hand over what is on this machine, and list what is not.
    #[arg(long)]
    allow_missing: bool,

    /// Hand over records and lists, and no bytes of evidence.
    #[arg(long, conflicts_with = "allow_missing")]
    without_bytes: bool,

    /// The date of the bag; today where it is not given.
    #[arg(long, value_name = "YYYY-MM-DD")]
    date: Option<Date>,

    /// The store, where it is not the one of `git config casebook.store`.
    #[arg(long, value_name = "FOLDER|URL")]
    store: Option<String>,

    /// Read from a store that is not a folder, too, over the network.
    #[arg(long)]
    remote: bool,
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let open = super::open(surroundings)?;
    let target = arguments.bag.as_ref().map(|bag| target(bag, &open, surroundings)).transpose()?;
    if target.is_some() && arguments.to.is_none() && !arguments.no_custody {
        return Err(Failure::new("who gets it? its custody has to say so")
            .help("add `--to \"WHO\"` and `--reason \"WHY\"`; or `--no-custody`, if it goes to nobody"));
    }
    let commit = open.repository.resolve(&arguments.rev)?;
    let tree = open.repository.tree(commit.tree);
    open::demand_case(&tree)?;
    let (case, _) = load::load(&tree, &mut NoMemory)?;
    let selection = Selection::of(&case, items(arguments, &case)?, arguments.evidence_only);
    let marking = demand_marking(arguments, &case, &selection)?;
    let git = open.repository.committed(commit.tree)?;
    let here = Here::of(arguments.store.as_deref(), arguments.remote, &open, surroundings)?;
    let fetched = homes::fetched(&open);
    let store = here.store().filter(|store| store.name() != fetched.name());
    let store = std::iter::once(&fetched as &dyn Store).chain(store).collect();
    let sources = Sources { git: &git, lfs: vec![here.lfs(), &fetched], store };
    let contents = contents::look(&tree, &case, &selection, &sources, wanted(arguments)).map_err(|problems| {
        Failure::new(format!("nothing was handed over, since the case is damaged:\n{}", lines(&problems)))
            .help(format!("`casebook evidence verify --rev {}` tells more", arguments.rev))
    })?;
    let graph = case_uco::graph(&case, &contents, selection.with_case);
    warn_of_changes(arguments, &open, &commit);
    if let Some(target) = target {
        let by = who(arguments, &case, &open)?;
        let handover = Handover {
            tree: &tree,
            case: &case,
            selection: &selection,
            contents: &contents,
            commit: &commit,
            raw_commit: &open.repository.raw_commit(commit.id)?,
            root: root(&tree)?,
            stamps: pack::stamps(&open.repository, &tree)?,
            folders: pack::folders(&tree, &selection),
            graph: &graph,
            occasion: occasion(arguments, by.as_ref(), &case, marking, surroundings),
        };
        hand_over(arguments, &target, &handover, by, &open, surroundings)?;
    }
    if let Some(file) = &arguments.case_uco {
        write_graph(&surroundings.folder.join(file), file, &graph)?;
    }
    Ok(Outcome::Sound)
}

fn wanted(arguments: &Arguments) -> Wanted {
    match (arguments.without_bytes, arguments.allow_missing) {
        (true, _) => Wanted::None,
        (_, true) => Wanted::WhatIsHere,
        _ => Wanted::All,
    }
}

/// Who hands it over; nobody need be known where nothing is noted.
fn who(arguments: &Arguments, case: &Case, open: &Open) -> Result<Option<Handle>, Failure> {
    let who = identity::who(arguments.by.as_ref(), case, &open.repository, "handed it over");
    if arguments.no_custody && arguments.by.is_none() { Ok(who.ok()) } else { who.map(Some) }
}

fn occasion<'h>(
    arguments: &'h Arguments,
    by: Option<&Handle>,
    case: &'h Case,
    marking: Marking,
    surroundings: &Surroundings,
) -> Occasion<'h> {
    let people = case.team.as_ref().map(|team| team.value.people.as_slice()).unwrap_or_default();
    Occasion {
        date: arguments.date.unwrap_or_else(|| TimeZone::UTC.to_datetime(surroundings.now).date()),
        by: by.and_then(|by| people.iter().find(|person| person.handle == *by)),
        to: arguments.to.as_ref(),
        reason: arguments.reason.as_ref(),
        marking,
    }
}

/// Writes the bag and notes it in custody.
fn hand_over(
    arguments: &Arguments,
    target: &Path,
    handover: &Handover<'_>,
    by: Option<Handle>,
    open: &Open,
    surroundings: &Surroundings,
) -> Result<(), Failure> {
    if wanted(arguments) == Wanted::All {
        demand_all(handover.contents)?;
    }
    let noted = by.filter(|_| !arguments.no_custody);
    let events = noted.map(|by| events(arguments, &by, handover, open, surroundings)).unwrap_or_default();
    let digest = write_bag(target, handover, &events, open)?;
    print(arguments, handover, &events, digest);
    Ok(())
}

/// The folder to write: not there yet, and not in the case, where Git would take it.
fn target(bag: &Path, open: &Open, surroundings: &Surroundings) -> Result<PathBuf, Failure> {
    let target = surroundings.folder.join(bag);
    if is_there(&target) {
        return Err(Failure::new(format!("`{}` is there already", bag.display()))
            .help("name a folder that is not there yet: what is handed over is written once"));
    }
    let (place, top) = (resolved(&target), resolved(&open.top));
    if place.strip_prefix(&top).is_ok_and(|inside| !open.repository.is_ignored(inside)) {
        return Err(Failure::new(format!("`{}` lies in the case, where Git would take it", bag.display()))
            .help("name a folder outside of it, such as `--bag ../bag`"));
    }
    match target.parent() {
        Some(parent) if !parent.is_dir() => Err(Failure::new(format!("there is no folder `{}`", parent.display()))
            .help(format!("make it first: `mkdir -p {}`", parent.display()))),
        _ => Ok(target),
    }
}

fn items(arguments: &Arguments, case: &Case) -> Result<BTreeSet<EntryId>, Failure> {
    let all = || {
        let unreadable = case.unreadable.keys().copied().filter(|id| id.kind() == Kind::Evidence);
        case.evidence().map(|(entry, _)| entry.id()).chain(unreadable).collect()
    };
    let items: BTreeSet<EntryId> = match arguments.ids.as_slice() {
        [] => all(),
        ids => ids::resolve_all(case, ids)?.into_iter().collect(),
    };
    if let Some(other) = items.iter().find(|id| id.kind() != Kind::Evidence) {
        return Err(Failure::new(format!("`{other}` is no evidence item")).help("`casebook evidence list` shows them"));
    }
    if items.is_empty() {
        return Err(Failure::new(format!("there is no evidence in `{}`", arguments.rev))
            .help("commit it first: `git add evidence custody && git commit`"));
    }
    Ok(items)
}

/// The highest marking of what leaves, unless that is higher than allowed.
fn demand_marking(arguments: &Arguments, case: &Case, selection: &Selection) -> Result<Marking, Failure> {
    let marking = selection.marking(case);
    let Some(most) = arguments.max_tlp.filter(|most| marking > *most) else { return Ok(marking) };
    let above = selection.markings(case).into_iter().filter(|(_, marking)| *marking > most);
    let above: Vec<String> = above.map(|(path, marking)| format!("{path} is {marking}")).collect();
    let failure =
        Failure::new(format!("nothing was handed over, since this is marked higher than {most}:\n{}", lines(&above)));
    let is_of_items = above.iter().any(|line| line.starts_with(Kind::Evidence.folder()));
    Err(failure.help(if is_of_items || arguments.evidence_only {
        "name other items, or allow more with `--max-tlp`"
    } else {
        "add `--evidence-only` to leave out what is said of the items, or allow more with `--max-tlp`"
    }))
}

/// Fails where bytes are not on this machine.
fn demand_all(contents: &Contents<'_, '_>) -> Result<(), Failure> {
    let missing: Vec<String> = contents
        .items
        .iter()
        .flat_map(|item| item.missing())
        .map(|(line, why)| format!("{}: {why}", printable(line.path.as_str())))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let count = counted(missing.len(), "file");
    Err(Failure::new(format!("nothing was handed over: the bytes of {count} cannot be had here\n{}", lines(&missing)))
        .help("bring them here: `git lfs pull`, or `casebook evidence fetch`; or add `--allow-missing`, and the bag lists what is not in it"))
}

/// Says what is not in what is handed over, where somebody may think that it is.
fn warn_of_changes(arguments: &Arguments, open: &Open, commit: &Commit) {
    if arguments.rev == "HEAD" && changes(&open.top).is_some_and(|changes| !changes.is_clean()) {
        let commit = commit.short();
        errln!("warning: the work tree has changes that are not committed; what is handed over is commit {commit}");
    }
}

fn write_graph(path: &Path, named: &Path, graph: &str) -> Result<(), Failure> {
    if is_there(path) {
        return Err(Failure::new(format!("`{}` is there already", named.display())).help("name another file"));
    }
    write::whole(path, graph.as_bytes(), true).map_err(|error| {
        Failure::new(format!("cannot write `{}`: {error}", named.display())).help("name another file")
    })?;
    outln!("{}", printable(&named.display().to_string()));
    Ok(())
}

/// The custody events of the items whose bytes leave.
fn events(
    arguments: &Arguments,
    by: &Handle,
    handover: &Handover<'_>,
    open: &Open,
    surroundings: &Surroundings,
) -> Vec<Custody> {
    let now = Moment::utc(surroundings.now.round(jiff::Unit::Second).unwrap_or(surroundings.now));
    let tree = open.tree();
    let mut drawn = BTreeSet::new();
    let mut draw = || loop {
        let id = EntryId::from_bits(Kind::Custody, surroundings.bits());
        if tree.node(&id.path()).is_none() && drawn.insert(id) {
            return id;
        }
    };
    let leaving =
        handover.contents.items.iter().filter(|item| item.files.iter().any(|file| file.bytes.size().is_some()));
    let event = |item: &contents::Item<'_, '_>| Custody {
        id: Own(CustodyId(draw())),
        item: EvidenceId(item.id),
        at: now,
        by: by.clone(),
        action: CustodyAction::Exported,
        from: None,
        to: arguments.to.clone(),
        reason: arguments.reason.clone(),
        // Of an item that leaves in part, not every byte was seen.
        digest: item.record.list.filter(|_| item.is_whole()).map(NamedDigest),
        storage: None,
        supersedes: None,
        recorded: Some(now),
        recorded_by: identity::recorder(by, handover.case, &open.repository),
        custom: Custom::default(),
    };
    leaving.map(event).collect()
}

/// Writes the bag and the custody events, or neither.
fn write_bag(target: &Path, handover: &Handover<'_>, events: &[Custody], open: &Open) -> Result<Sha256, Failure> {
    let patience = Patience::begin();
    let bar = progress(handover.contents.bytes());
    let told = |bytes| {
        bar.inc(bytes);
        patience.check().map_err(|_| std::io::Error::from(std::io::ErrorKind::Interrupted))
    };
    let mut digest = None;
    let written = folder::whole(target, |folder| {
        digest =
            Some(pack::write(folder, handover, &told).map_err(|error| patience.check().err().unwrap_or(error.into()))?);
        patience.check()?;
        // A bag that nobody knows of is worse than a note of one that a power cut took: the note comes first.
        note(events, open)
    });
    patience.end();
    bar.finish_and_clear();
    written?;
    digest.ok_or_else(|| Failure::new("the bag has no digest"))
}

/// Writes the custody events into the case.
fn note(events: &[Custody], open: &Open) -> Result<(), Failure> {
    if events.is_empty() {
        return Ok(());
    }
    let mut names = (0..).map(|number: u32| format!("export-{number}"));
    let (intake, _) = Intake::begin(&open.top, &gate(open), || names.next().unwrap_or_default())?;
    for event in events {
        intake.write(event.id.0.0.path().as_str(), custody_text(event).as_bytes())?;
    }
    intake.publish(|| Ok(()))
}

impl From<PackError> for Failure {
    fn from(error: PackError) -> Self {
        match error {
            PackError::Tree(error) => error.into(),
            PackError::Io(error) => error.into(),
            PackError::Store(StoreError::Wrong { .. }) => Failure::new(format!("nothing was handed over: {error}"))
                .help("the evidence is damaged: `casebook evidence verify` tells more"),
            PackError::Store(_) => Failure::new(format!("nothing was handed over: {error}"))
                .help("bring the bytes here first: `git lfs pull`, or `casebook evidence fetch`"),
        }
    }
}

fn print(arguments: &Arguments, handover: &Handover<'_>, events: &[Custody], digest: Sha256) {
    let (bold, dim) = (style::BOLD, style::DIM);
    let items = &handover.contents.items;
    let files: usize = items.iter().flat_map(|item| &item.files).filter(|file| file.bytes.size().is_some()).count();
    let missing: usize = items.iter().map(|item| item.missing().count()).sum();
    let marking = handover.occasion.marking.word().to_uppercase();
    outln!(
        "{bold}{}{bold:#} with {} and {}, of commit {}: {bold}TLP:{marking}{bold:#}",
        counted(items.len(), "item"),
        counted(files, "file"),
        counted(handover.contents.bytes(), "byte"),
        handover.commit.id
    );
    let bag = arguments.bag.as_ref().map(|bag| bag.display().to_string()).unwrap_or_default();
    outln!("  bag      {}  {dim}VERIFY.txt in it says how to check it{dim:#}", printable(&bag));
    if missing > 0 {
        outln!("  missing  {}, named in data/not-included.txt", counted(missing, "file"));
    }
    for (id, input) in handover.missing_inputs() {
        outln!("  missing  {input}, which {id} was made from, was not asked for");
    }
    for event in events {
        outln!("  custody  {}  {dim}{} exported{dim:#}", event.id.0.0.path(), event.item.0);
    }
    outln!("  digest   {digest}");
    outln!("           {dim}tell it to whoever gets the bag by another way: on paper, on the telephone{dim:#}");
    if !events.is_empty() {
        let to = arguments.to.as_ref().map(|to| format!(" to {}", printable(to.as_str()))).unwrap_or_default();
        let message = crate::values::wording::shell_word(&format!("Hand evidence over{to}"));
        outln!("next: git add custody && git commit -m {message}");
    }
}

/// The most lines of a list that a message shows.
const SHOWN: usize = 20;

fn lines(texts: &[String]) -> String {
    let mut lines: Vec<String> = texts.iter().take(SHOWN).map(|text| format!("    {text}")).collect();
    if texts.len() > SHOWN {
        lines.push(format!("    and {} more", texts.len() - SHOWN));
    }
    lines.join("\n")
}
