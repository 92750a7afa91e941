//! `casebook evidence add`: registers files as an evidence item.

use super::super::{Failure, Outcome, Surroundings, identity, ids, open::Open, style};
use super::move_::{self, Home};
use super::{gate, homes, open, progress};
use crate::diagnostic::render::printable;
use crate::disk::file::resolved;
use crate::disk::intake::is_unfinished;
use crate::evidence::add::{self, Added, Details, Place, Prepared, Refused};
use crate::evidence::damage::evidence_too_large;
use crate::model::{Acquired, AssetId, Case, Derivation, EvidenceId, Seen, Set, Source};
use crate::values::digest::NamedDigest;
use crate::values::vocabulary::{EvidenceKind, Marking};
use crate::values::wording::counted;
use crate::values::{EntryId, Handle, Kind, Line, Markdown, Moment, Skew, TreePath, When};
use clap::Args;
use std::path::{Path, PathBuf};

/// Register files and folders as an evidence item, before Git sees them.
///
/// Every file is hashed where it lies, copied into the case, and hashed again. The item's record, its list of digests and
/// its first custody event are written with the copies: all of it or nothing.
#[derive(Args)]
#[command(after_help = "\
Examples:
  casebook evidence add auth.log --title \"Log of mail01\" --asset a-7q2 --location /var/log/auth.log
  casebook evidence add /mnt/triage --title \"Triage of DC01\" --clock-skew +1h --tool KAPE --tool-version 1.3.0.2
  casebook evidence add hits.csv --title \"Rule hits\" --derived-from x-4n8 --tool chainsaw --command \"chainsaw hunt …\"
  casebook evidence add disk.raw --title \"Disk of DC01\" --storage store
  casebook evidence add --exhibit --title \"Laptop of the accountant\" --serial PF3K7Q2B

Exit codes: 0 registered, 2 nothing was registered.")]
pub struct Arguments {
    /// Files and folders; a folder keeps its name inside the item.
    #[arg(required_unless_present = "exhibit", conflicts_with = "exhibit")]
    paths: Vec<PathBuf>,

    /// Register a physical exhibit, which has no files.
    #[arg(long)]
    exhibit: bool,

    /// What it is, in one line.
    #[arg(long)]
    title: Line,

    #[command(flatten)]
    described: Described,

    /// Where its bytes live: in Git, with Git LFS, or in the team's store.
    #[arg(long, value_name = "HOME", default_value = "git", conflicts_with = "exhibit")]
    storage: Home,

    /// The store, if not the one that is configured: a folder, or s3://BUCKET/PREFIX.
    #[arg(long, value_name = "LOCATION")]
    store: Option<String>,

    /// Register it although its bytes are registered already.
    #[arg(long)]
    again: bool,
}

/// What can be said of a new item, beside its title.
#[derive(Args)]
pub struct Described {
    /// What kind of thing it is, such as log or disk-image; told from the names where it is not given.
    #[arg(long)]
    kind: Option<EvidenceKind>,

    /// The asset that it comes from.
    #[arg(long, value_name = "ID")]
    asset: Option<String>,

    /// Where it was: a path, a URL, a room.
    #[arg(long)]
    location: Option<Line>,

    /// The serial number of the device.
    #[arg(long)]
    serial: Option<Line>,

    /// How far the clock of its source was ahead of true time: +1h, or -90s where it was behind.
    #[arg(long, value_name = "SKEW", allow_hyphen_values = true)]
    clock_skew: Option<Skew>,

    /// When it was acquired; now, where it is not given.
    #[arg(long, value_name = "TIME")]
    acquired_at: Option<Moment>,

    /// Who acquired it; you, where it is not given.
    #[arg(long, value_name = "HANDLE")]
    by: Option<Handle>,

    /// How it was acquired: copied, imaged, exported …
    #[arg(long)]
    method: Option<Line>,

    /// The tool that acquired or made it.
    #[arg(long)]
    tool: Option<Line>,

    /// The version of the tool.
    #[arg(long, value_name = "VERSION", requires = "tool")]
    tool_version: Option<Line>,

    /// On whose authority: a warrant, a contract, a decision.
    #[arg(long)]
    authority: Option<Line>,

    /// Why it was collected.
    #[arg(long)]
    reason: Option<Line>,

    /// Its marking, where it is not the case's: clear, green, amber, amber+strict or red.
    #[arg(long, value_name = "MARKING")]
    tlp: Option<Marking>,

    /// The evidence that a tool made it from.
    #[arg(long, value_name = "ID", requires = "tool")]
    derived_from: Vec<String>,

    /// The command line that acquired or made it.
    #[arg(long, requires = "tool")]
    command: Option<Line>,

    /// What it holds, in Markdown.
    #[arg(long)]
    description: Option<Markdown>,
}

impl Described {
    pub fn marking(&self) -> Option<Marking> {
        self.tlp
    }

    pub fn skew(&self) -> Option<Skew> {
        self.clock_skew
    }
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let open = open(surroundings)?;
    let (case, _) = open.case()?;
    let details = details(&arguments.title, &arguments.described, &case, &open, surroundings)?;
    let title = details.title.clone();
    let paths: Vec<PathBuf> = arguments.paths.iter().map(|path| surroundings.folder.join(path)).collect();
    let added = if arguments.exhibit {
        let gate = gate(&open);
        add::register_exhibit(Place { top: &open.top, gate: &gate }, details, &mut || surroundings.bits())
    } else {
        let choice = Choice { home: arguments.storage, store: arguments.store.as_deref(), again: arguments.again };
        let prepare = |limit| add::prepare_for(&open.top, &paths, limit);
        register(choice, prepare, details, &case, &open, surroundings)?
    };
    print(&added.map_err(|refused| failure(refused, &open))?, &title, arguments.storage, &open, &paths);
    Ok(Outcome::Sound)
}

/// How files are to be registered.
#[derive(Clone, Copy)]
pub struct Choice<'c> {
    pub home: Home,
    /// What the option `--store` says.
    pub store: Option<&'c str>,
    pub again: bool,
}

/// Registers the files that `prepare` finds, given the largest size that a file may have.
pub fn register(
    choice: Choice<'_>,
    prepare: impl FnOnce(u64) -> Result<Prepared, Refused>,
    details: Details,
    case: &Case,
    open: &Open,
    surroundings: &Surroundings,
) -> Result<Result<Added, Refused>, Failure> {
    let policy = case.policy.as_ref().map(|policy| &policy.value);
    let store = match choice.home {
        Home::Store => Some(homes::store(choice.store, open, surroundings)?.ok_or_else(homes::not_said)?),
        Home::Git | Home::Lfs => None,
    };
    let fetched = homes::fetched(open);
    let (home, limit) = match (choice.home, &store) {
        (Home::Store, Some(store)) => (add::Home::Store(store.as_ref(), &fetched), u64::MAX),
        (Home::Lfs, _) => (add::Home::Lfs, u64::MAX),
        _ => (add::Home::Git, evidence_too_large::limit(policy)),
    };
    let prepared = match prepare(limit) {
        Ok(prepared) => prepared,
        Err(refused) => return Ok(Err(refused)),
    };
    let gate = gate(open);
    let place = Place { top: &open.top, gate: &gate };
    // Each byte is hashed where it lies, and in its copy or on its way.
    let bar = progress(prepared.bytes * 2);
    let told = |bytes| bar.inc(bytes);
    let added = add::register_in(home, place, prepared, details, choice.again, &mut || surroundings.bits(), &told);
    bar.finish_and_clear();
    Ok(added)
}

/// What is said of an item with a title.
pub fn details(
    title: &Line,
    arguments: &Described,
    case: &Case,
    open: &Open,
    surroundings: &Surroundings,
) -> Result<Details, Failure> {
    // Nobody acquires evidence at a nanosecond.
    let now = surroundings.now.round(jiff::Unit::Second).unwrap_or(surroundings.now);
    let at = arguments.acquired_at.unwrap_or(Moment::utc(now));
    let asset = arguments.asset.as_ref().map(|typed| of_kind(case, typed, Kind::Asset)).transpose()?;
    let source = Source {
        asset: asset.map(AssetId),
        location: arguments.location.clone(),
        serial: arguments.serial.clone(),
        clock_skew: arguments.clock_skew,
    };
    let says_something =
        source.asset.is_some() || source.location.is_some() || source.serial.is_some() || source.clock_skew.is_some();
    let inputs: Vec<EvidenceId> = arguments
        .derived_from
        .iter()
        .map(|typed| of_kind(case, typed, Kind::Evidence).map(EvidenceId))
        .collect::<Result<_, _>>()?;
    let registered = |input: &EvidenceId| {
        let (_, item) = case.evidence().find(|(entry, _)| entry.id() == input.0)?;
        Some(Seen { item: *input, digest: NamedDigest(item.list?) })
    };
    let seen = inputs.iter().filter_map(registered).collect();
    let tool = arguments.tool.clone().filter(|_| !inputs.is_empty());
    let derived_from = tool.map(|tool| Derivation {
        inputs: Set(inputs),
        tool,
        version: arguments.tool_version.clone(),
        command: arguments.command.clone(),
        outputs: Set::default(),
        stdout: None,
        exit_status: None,
        started: None,
        ended: None,
        seen,
    });
    let is_derived = derived_from.is_some();
    let by = identity::who(arguments.by.as_ref(), case, &open.repository, "acquired it")?;
    Ok(Details {
        title: title.clone(),
        kind: arguments.kind,
        tlp: arguments.tlp,
        description: arguments.description.clone(),
        source: says_something.then_some(source),
        acquired: Acquired {
            at: When::at(at),
            by: by.clone(),
            method: arguments.method.clone(),
            tool: arguments.tool.clone().filter(|_| !is_derived),
            version: arguments.tool_version.clone().filter(|_| !is_derived),
            command: arguments.command.clone().filter(|_| !is_derived),
            authority: arguments.authority.clone(),
        },
        at,
        recorded: Moment::utc(now),
        recorded_by: identity::recorder(&by, case, &open.repository),
        reason: arguments.reason.clone(),
        derived_from,
    })
}

pub fn of_kind(case: &Case, typed: &str, kind: Kind) -> Result<EntryId, Failure> {
    let id = ids::resolve(case, typed)?;
    if id.kind() == kind {
        return Ok(id);
    }
    Err(Failure::new(format!("`{id}` is not of the kind {kind}")).help(format!("`casebook list {kind}` shows them")))
}

/// The most problems that are listed one by one.
const SHOWN: usize = 20;

pub fn failure(refused: Refused, open: &Open) -> Failure {
    match refused {
        Refused::Problems(problems) => Failure::new(format!("nothing was registered:\n{}", lines(&problems)))
            .help("name other paths, or mend these; on a full disk free some space; what is too large for Git goes to `--storage lfs` or `--storage store`"),
        Refused::Registered(known) => {
            let line = |(path, at): &(PathBuf, TreePath)| format!("`{}` is `{at}`", path.display());
            let known: Vec<String> = known.iter().map(line).collect();
            Failure::new(format!("nothing was registered, since these bytes are evidence already:\n{}", lines(&known)))
                .help("leave them out; or add `--again`, if it matters that they were found once more")
        }
        Refused::Home(error) => {
            let failure = Failure::from(error);
            Failure { message: format!("nothing was registered: {}", failure.message), ..failure }
        }
        Refused::Io(error) if is_unfinished(&error) => error.into(),
        Refused::Io(error) => Failure::new(format!("nothing was registered: {error}"))
            .help(format!("is there space left, and may you write to `{}`?", open.top.display())),
    }
}

fn lines(texts: &[String]) -> String {
    let mut lines: Vec<String> = texts.iter().take(SHOWN).map(|text| format!("    {text}")).collect();
    if texts.len() > SHOWN {
        lines.push(format!("    and {} more", texts.len() - SHOWN));
    }
    lines.join("\n")
}

pub fn print(added: &Added, title: &Line, home: Home, open: &Open, paths: &[PathBuf]) {
    let (bold, dim, item) = (style::BOLD, style::DIM, added.item);
    let files = match added.files {
        0 => "a physical exhibit".to_owned(),
        files => format!("{}, {}", counted(files, "file"), counted(added.bytes, "byte")),
    };
    outln!("registered {bold}{item}{bold:#} “{}”: {files}", printable(title.as_str()));
    outln!("  record   {}", item.path());
    if added.files > 0 {
        outln!("  list     evidence/{item}.sha256  {dim}cd evidence && sha256sum -c {item}.sha256{dim:#}");
    }
    outln!("  custody  {}", added.custody.path());
    if added.renamed > 0 {
        let kept =
            if added.renamed == 1 { "file is kept under a safe name" } else { "files are kept under safe names" };
        outln!("  {} {kept}; the record tells the original", added.renamed);
    }
    if added.empty_folders > 0 {
        outln!("  {} left out: Git does not keep them", counted(added.empty_folders, "empty folder"));
    }
    for path in paths.iter().filter(|path| is_in_case(path, open)) {
        outln!("  `{}` lies in the case too: remove it, or Git keeps it twice", printable(&path.display().to_string()));
    }
    match home {
        Home::Git => {}
        Home::Lfs => move_::demand_filter(&open.repository),
        Home::Store => {
            outln!("  the store has the bytes; `casebook evidence materialise {item}` brings them here")
        }
    }
    let attributes = if home == Home::Lfs { " .gitattributes" } else { "" };
    outln!("next: git add evidence custody{attributes} && git commit -m \"Add evidence {item}\"");
}

/// Whether a path is inside the case, where `git add -A` would take it.
fn is_in_case(path: &Path, open: &Open) -> bool {
    let (path, top) = (resolved(path), resolved(&open.top));
    path.strip_prefix(&top).is_ok_and(|inside| !open.repository.is_ignored(inside))
}
