//! `casebook propose`: draft findings of what the rules of tools fired on.

use super::evidence::open;
use super::identity::{self, Identity};
use super::import::write_new;
use super::open::{Open, tell_unreadable};
use super::timeline::{cores, tell, why_nothing};
use super::wanted::{ReadAs, Wanted, misfits};
use super::{Failure, Format, Outcome, Surroundings, ids, style};
use crate::diagnostic::render::printable_line;
use crate::disk::{file, folder};
use crate::import::proposal::{Groups, Proposals, Wish};
use crate::import::warninglist::Warninglists;
use crate::model::Case;
use crate::scaffold::entry::title_field;
use crate::timeline::evidence::Reading;
use crate::timeline::{Timeline, kept};
use crate::values::vocabulary::Severity;
use crate::values::wording::counted;
use crate::values::{EntryId, Handle, Kind, Span};
use clap::Args;
use jiff::SignedDuration;
use serde_json::json;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Draft findings of what the rules of tools fired on.
///
/// Detections of the registered evidence are grouped by rule, machine and time. Each group becomes a finding with status `draft`: what
/// fired, where and when, in plain words, with citations, techniques, assets and indicators. What the case does not know of assets and
/// indicators is proposed with it. Nothing is confirmed: before a draft is, a person changes its words or signs it. The same evidence
/// gives the same drafts, and what was proposed before is not proposed again.
#[derive(Args)]
#[command(after_help = "\
Examples:
  casebook propose --dry-run                             see what would be proposed
  casebook propose x-4n8 --severity high                 of one item, only what its rules call high or worse
  casebook propose --from 2020-09-19T02:00:00Z --to 2020-09-19T04:00:00Z --gap 15m
  casebook propose --warninglists misp-warninglists/lists

Exit codes: 0 drafts were made or there were before, 1 there is nothing to propose, 2 could not run.")]
pub struct Arguments {
    /// The items to read; all of them where none is named.
    #[arg(value_name = "ITEM")]
    items: Vec<String>,

    #[command(flatten)]
    wanted: Wanted,

    #[command(flatten)]
    read_as: ReadAs,

    /// Leave out what its rule takes for less.
    #[arg(long, value_name = "SEVERITY", default_value = "medium")]
    severity: Severity,

    /// The longest time between two rows of a group.
    #[arg(long, value_name = "SPAN", default_value = "1h")]
    gap: Span,

    /// A folder of warninglists of MISP: values on them become no indicator.
    #[arg(long, value_name = "FOLDER")]
    warninglists: Option<PathBuf>,

    /// The most findings that are made.
    #[arg(long, value_name = "N", default_value_t = 50)]
    most: usize,

    /// Who takes the drafts over: a handle of team.toml; you, where it is not given.
    #[arg(long, value_name = "HANDLE")]
    author: Option<Handle>,

    /// Say what would be proposed, and write nothing.
    #[arg(long)]
    dry_run: bool,

    /// How to print what was made.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let open = open(surroundings)?;
    let (case, _) = open.case()?;
    tell_unreadable(&case);
    let author = author(arguments, &case, &open)?;
    let mut filter = arguments.wanted.filter(&case, None)?;
    filter.detections = true;
    let reading = Reading { format: arguments.read_as.format()?, told: arguments.read_as.told(), filter };
    let items = ids::evidence_all(&case, &arguments.items, &surroundings.folder)?;
    let mut timeline = Timeline::new(&kept::keep, cores());
    timeline.read_evidence(&case, &open.tree(), &items, &reading)?;
    if let Some(failure) = arguments.read_as.columns.as_ref().and_then(|columns| misfits(columns, &timeline)) {
        return Err(failure);
    }
    tell(&timeline);
    let unread = timeline.accounts.is_empty().then(|| why_nothing(&timeline, true));
    let warninglists = match &arguments.warninglists {
        Some(folder) => warninglists(&surroundings.folder.join(folder))?,
        None => Warninglists::default(),
    };
    let wish = Wish {
        case: &case,
        author: &author,
        gap: SignedDuration::from_secs(arguments.gap.0),
        least: arguments.severity,
        warninglists: &warninglists,
    };
    let mut groups = Groups::default();
    kept::each(timeline, &mut |occurrence| {
        groups.add(occurrence, &wish);
        true
    })?;
    let proposals = groups.propose(&wish);
    demand_few(&groups, &proposals, arguments)?;
    if !arguments.dry_run {
        let files: BTreeMap<EntryId, String> = proposals.made.iter().map(|(id, made)| (*id, made.text().0)).collect();
        write_new(&open, &files, surroundings)?;
    }
    match arguments.format {
        Format::Text => print(&groups, &proposals, arguments, &case),
        Format::Json => outln!("{:#}", as_json(&groups, &proposals, arguments)),
    }
    if !groups.is_empty() {
        return Ok(Outcome::Sound);
    }
    errln!("{}", unread.unwrap_or_else(|| why_no_group(&groups, arguments)));
    Ok(Outcome::Problems)
}

/// Why no group was found in what was read.
fn why_no_group(groups: &Groups, arguments: &Arguments) -> &'static str {
    match (groups.below, arguments.wanted.is_given()) {
        (1.., _) => "`--severity informational` takes what is below, too",
        (0, true) => "no row that a rule fired on has what you asked for",
        (0, false) => {
            "`casebook import FILE` registers what Chainsaw, Hayabusa, Suricata or another tool with rules found; \
             `casebook promote` makes events of other rows"
        }
    }
}

fn author(arguments: &Arguments, case: &Case, open: &Open) -> Result<Handle, Failure> {
    let team = case.team.as_ref().map(|team| &team.value);
    match &arguments.author {
        Some(handle) => identity::named(handle, case),
        None => match Identity::of_git(&open.repository).in_roster(team) {
            Ok(person) => Ok(person.handle.clone()),
            Err(failure) => {
                let help = failure.help.clone().unwrap_or_default();
                Err(failure.help(format!("{help}; or name the author: `--author HANDLE`")))
            }
        },
    }
}

fn demand_few(groups: &Groups, proposals: &Proposals, arguments: &Arguments) -> Result<(), Failure> {
    let new = groups.len() - proposals.known.len();
    if new <= arguments.most {
        return Ok(());
    }
    Err(Failure::new(format!("these would be {new} findings, more than {}; nothing was made", arguments.most)).help(
        format!("ask for less with --severity, --from, --to, --host, --grep or --technique, join more with --gap, or say `--most {new}`"),
    ))
}

/// The lists below a folder: each in a file `list.json`, or any other file of JSON.
fn warninglists(folder: &Path) -> Result<Warninglists, Failure> {
    let mut lists = Warninglists::default();
    let mut read = 0;
    let names = folder::names(folder)?.ok_or_else(|| {
        Failure::new(format!("`{}` is not there", folder.display()))
            .help("clone https://github.com/MISP/misp-warninglists, and name its folder `lists`")
    })?;
    for name in names {
        let inner = folder.join(&name);
        let path = if file::is_real_folder(&inner) { inner.join("list.json") } else { inner };
        if !file::is_regular(&path) || path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let mut content = Vec::new();
        file::open_regular(&path)?.0.take(MAX_LIST_BYTES).read_to_end(&mut content)?;
        lists.add(&content).map_err(|why| Failure::new(format!("`{}` is no warninglist: {why}", path.display())))?;
        read += 1;
    }
    if read == 0 {
        return Err(Failure::new(format!("`{}` holds no warninglists", folder.display()))
            .help("each is a file `NAME/list.json`, as in https://github.com/MISP/misp-warninglists"));
    }
    Ok(lists)
}

/// The largest warninglist that is read, in bytes: 64 MiB.
const MAX_LIST_BYTES: u64 = 64 << 20;

/// The most that is listed of anything.
const SHOWN: usize = 60;

fn print(groups: &Groups, proposals: &Proposals, arguments: &Arguments, case: &Case) {
    let (bold, dim) = (style::BOLD, style::DIM);
    outln!(
        "{} that a rule fired on, {} below {}: {}",
        counted(groups.rows, "row"),
        groups.below,
        arguments.severity,
        counted(groups.len() as u64, "group")
    );
    for kind in [Kind::Finding, Kind::Asset, Kind::Indicator] {
        let made: Vec<_> = proposals.made.iter().filter(|(id, _)| id.kind() == kind).collect();
        if made.is_empty() {
            continue;
        }
        outln!("{bold}{}{bold:#}", counted(made.len() as u64, kind.noun()));
        for (id, made) in made.iter().take(SHOWN) {
            let severity = made.get("severity").map(|word| format!("{word:<9} ")).unwrap_or_default();
            outln!(
                "  {bold}{id}{bold:#} {severity}{}",
                printable_line(made.get(title_field(kind)).unwrap_or_default())
            );
        }
        if made.len() > SHOWN {
            outln!("  and {} more; `--format json` lists all", made.len() - SHOWN);
        }
    }
    if !proposals.known.is_empty() {
        outln!("{dim}in the case already: {}{dim:#}", counted(proposals.known.len() as u64, "finding"));
    }
    for (rule, why) in &proposals.refused {
        let warn = style::WARN;
        outln!("{warn}refused{warn:#} the draft of {}: {}", printable_line(rule), printable_line(why));
    }
    for ((of_type, value), why) in proposals.left_out.iter().take(SHOWN) {
        outln!("{dim}no indicator: {of_type} {}, {}{dim:#}", printable_line(value), printable_line(why));
    }
    for (host, assets) in &proposals.ambiguous {
        let assets: Vec<String> = assets.iter().map(|id| format!("{id} {}", titled(case, *id))).collect();
        outln!("note: several assets are called {}: {}", printable_line(host), assets.join(", "));
    }
    if arguments.dry_run {
        outln!("nothing was written: it is a dry run");
    } else if !proposals.made.is_empty() {
        outln!("next: casebook show ID, write what it means, then casebook set ID status=proposed");
    }
}

fn titled(case: &Case, id: EntryId) -> String {
    case.get(id).map(|entry| printable_line(&entry.title())).unwrap_or_default()
}

fn as_json(groups: &Groups, proposals: &Proposals, arguments: &Arguments) -> serde_json::Value {
    let made: Vec<_> = proposals
        .made
        .iter()
        .map(|(id, made)| json!({ "id": id, "kind": id.kind().noun(), "title": made.get(title_field(id.kind())) }))
        .collect();
    let left_out: Vec<_> = proposals
        .left_out
        .iter()
        .map(|((of_type, value), why)| json!({ "type": of_type.word(), "value": value, "why": why }))
        .collect();
    json!({
        "rows": groups.rows,
        "below": groups.below,
        "groups": groups.len(),
        "written": !arguments.dry_run,
        "entries": made,
        "known": proposals.known,
        "refused": proposals.refused,
        "left_out": left_out,
        "ambiguous": proposals.ambiguous,
    })
}
