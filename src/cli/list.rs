//! `casebook list`: the entries of the case.

use super::open::Open;
use super::table::{Cell, Table};
use super::{Failure, Format, Outcome, Surroundings, content, style, terminal};
use crate::model::{Body, Case, Entry};
use crate::report::clock;
use crate::values::{Handle, Kind, Malformed, Tag, nearest};
use clap::Args;
use serde_json::{Value, json};

/// List the entries: events by time, all others by id. Withdrawn and superseded ones are hidden.
#[derive(Args)]
#[command(after_help = "\
Examples:
  casebook list                            everything, by kind
  casebook list findings --open            findings that are not confirmed yet
  casebook list actions --status open --status in-progress
  casebook list indicators --format json   whole entries, for scripts

Exit codes: 0 listed (also when there is nothing), 2 could not list.")]
pub struct Arguments {
    /// finding, event, indicator, asset, action, decision, evidence or custody; all of them where none is named.
    #[arg(value_name = "KIND", value_parser = kind)]
    kinds: Vec<Kind>,

    /// Only entries with this status; may be given several times.
    #[arg(long, value_name = "STATUS")]
    status: Vec<String>,

    /// Only entries with this tag; with several, entries that have them all.
    #[arg(long, value_name = "TAG")]
    tag: Vec<Tag>,

    /// Only what somebody still has to do, decide or confirm.
    #[arg(long)]
    open: bool,

    /// Show withdrawn and superseded entries, too.
    #[arg(long)]
    all: bool,

    /// How to print them.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// Reads a kind of entry as people write it: one or many, in any case.
pub fn kind(text: &str) -> Result<Kind, String> {
    let lower = text.to_lowercase();
    lower.parse().map_err(|malformed: Malformed| {
        let words = Kind::ALL.iter().flat_map(|kind| [kind.noun(), kind.folder()]);
        match (nearest(&lower, words), malformed.help) {
            (Some(near), _) => format!("did you mean `{near}`?"),
            (None, Some(help)) => help,
            (None, None) => malformed.message,
        }
    })
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let open = Open::here(surroundings)?;
    let (case, _) = open.case()?;
    let kinds = if arguments.kinds.is_empty() { Kind::ALL.to_vec() } else { arguments.kinds.clone() };
    demand_known_statuses(arguments)?;
    match arguments.format {
        Format::Json => {
            let tree = open.tree();
            let entries = kinds.iter().flat_map(|kind| chosen(&case, *kind, arguments));
            let list: Vec<Value> = entries.map(|entry| content::entry_json(&tree, &case, entry)).collect();
            outln!("{:#}", json!(list));
            remark_unreadable(&case, &kinds);
        }
        Format::Text => {
            let text: Vec<String> = kinds.iter().filter_map(|kind| section(&case, *kind, arguments)).collect();
            out!("{}", text.join("\n"));
            remark(&case, &kinds, arguments, text.is_empty());
        }
    }
    Ok(Outcome::Sound)
}

/// The entries of a kind that the arguments ask for, in the order in which they are shown.
fn chosen<'c>(case: &'c Case, kind: Kind, arguments: &Arguments) -> Vec<&'c Entry> {
    let mut entries: Vec<&Entry> = case.of_kind(kind).filter(|entry| is_asked_for(entry, arguments)).collect();
    entries.sort_by_key(|entry| match &entry.body {
        Body::Event(event) => Some((event.time.earliest(), event.time.latest())),
        Body::Custody(custody) => Some((custody.at.timestamp(), custody.at.timestamp())),
        _ => None,
    });
    entries
}

fn is_asked_for(entry: &Entry, arguments: &Arguments) -> bool {
    let named = arguments.status.iter().any(|status| status == entry.status());
    let tags = entry.tags();
    (arguments.status.is_empty() || named)
        && arguments.tag.iter().all(|tag| tags.contains(tag))
        && (!arguments.open || entry.is_open())
        && (arguments.all || named || !entry.is_retired())
}

/// A status that no entry can have is a slip of the hand, not a list without rows.
fn demand_known_statuses(arguments: &Arguments) -> Result<(), Failure> {
    use crate::values::vocabulary::{ActionStatus, DecisionStatus, EntryStatus, FindingStatus, Vocabulary};
    let words: std::collections::BTreeSet<&str> =
        [FindingStatus::WORDS, ActionStatus::WORDS, DecisionStatus::WORDS, EntryStatus::WORDS]
            .concat()
            .into_iter()
            .collect();
    match arguments.status.iter().find(|status| !words.contains(status.as_str())) {
        None => Ok(()),
        Some(unknown) => {
            let failure = Failure::new(format!("`{unknown}` is the status of no kind of entry"));
            Err(match nearest(unknown, words.iter().copied()) {
                Some(near) => failure.help(format!("did you mean `--status {near}`?")),
                None => failure.help(format!("the words are {}", words.into_iter().collect::<Vec<_>>().join(", "))),
            })
        }
    }
}

/// The heading and the table of one kind; `None` where there is nothing to show.
fn section(case: &Case, kind: Kind, arguments: &Arguments) -> Option<String> {
    let entries = chosen(case, kind, arguments);
    if entries.is_empty() {
        return None;
    }
    let mut table = Table::new(headings(kind), 1);
    for entry in &entries {
        table.push(row(case, entry));
    }
    let (bold, heading) = (style::BOLD, heading(kind));
    Some(format!("{bold}{heading}{bold:#} ({})\n{}", entries.len(), table.render(2, terminal::known_width())))
}

/// The plural of a kind, as a heading.
pub fn heading(kind: Kind) -> &'static str {
    match kind {
        Kind::Finding => "Findings",
        Kind::Event => "Events",
        Kind::Indicator => "Indicators",
        Kind::Asset => "Assets",
        Kind::Action => "Actions",
        Kind::Decision => "Decisions",
        Kind::Evidence => "Evidence",
        Kind::Custody => "Custody",
    }
}

fn headings(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Finding => &["id", "title", "status", "type", "severity", "confidence", "marking"],
        Kind::Event => &["id", "title", "status", "time (UTC)", "actor", "tactic", "marking"],
        Kind::Indicator => &["id", "value", "status", "type", "verdict", "", "marking"],
        Kind::Asset => &["id", "name", "status", "kind", "compromise", "containment", "marking"],
        Kind::Action => &["id", "title", "status", "phase", "owner", "due (UTC)", "marking"],
        Kind::Decision => &["id", "question", "status", "by", "due (UTC)", "", "marking"],
        Kind::Evidence => &["id", "title", "", "kind", "files", "acquired (UTC)", "marking"],
        Kind::Custody => &["id", "item", "", "at (UTC)", "by", "action", "marking"],
    }
}

/// The cells of an entry under the headings of its kind. What goes without saying, such as the status `active` and the
/// case's own marking, is left empty.
fn row(case: &Case, entry: &Entry) -> Vec<Cell> {
    let word = |word: &str| Cell::styled(word, style::of_word(word));
    let option = |text: Option<&'static str>| text.map(word).unwrap_or_default();
    let handle = |handle: Option<&Handle>| Cell::new(handle.map_or("", Handle::as_str));
    let none = Cell::default;
    let middle = match &entry.body {
        Body::Finding(it) => {
            [word(it.r#type.word()), option(it.severity.map(|it| it.word())), option(it.confidence.map(|it| it.word()))]
        }
        Body::Event(it) => {
            [Cell::new(clock::when(&it.time)), word(it.actor.word()), option(it.tactic.map(|it| it.word()))]
        }
        Body::Indicator(it) => [word(it.r#type.word()), word(it.verdict.word()), none()],
        Body::Asset(it) => {
            let containment = option(it.containment.map(|it| it.word()));
            [word(it.kind.word()), option(it.compromise.map(|it| it.word())), containment]
        }
        Body::Action(it) => {
            let due = it.due.filter(|_| entry.is_open()).map(|due| clock::to_the_minute(due.timestamp()));
            [
                word(it.phase.word()),
                handle(it.assignee.as_ref().or(it.owner.as_ref())),
                Cell::new(due.unwrap_or_default()),
            ]
        }
        Body::Decision(it) => {
            let due = it.due.filter(|_| entry.is_open()).map(|due| clock::to_the_minute(due.timestamp()));
            [handle(it.by.as_ref()), Cell::new(due.unwrap_or_default()), none()]
        }
        Body::Evidence(it) => {
            [word(it.kind.word()), Cell::new(it.files.to_string()), Cell::new(clock::when(&it.acquired.at))]
        }
        Body::Custody(it) => {
            [Cell::new(clock::moment(it.at.timestamp())), handle(Some(&it.by)), word(it.action.word())]
        }
    };
    let title = match &entry.body {
        Body::Custody(custody) => named(case, custody.item.0),
        _ => entry.title(),
    };
    let status = if entry.status() == "active" { none() } else { word(entry.status()) };
    let mut row = vec![Cell::styled(entry.id().to_string(), style::NAME), Cell::new(title), status];
    row.extend(middle);
    row.push(option(entry.tlp().map(|tlp| tlp.word())));
    row
}

/// An id with the title of its entry.
pub fn named(case: &Case, id: crate::values::EntryId) -> String {
    match case.get(id) {
        Some(entry) => format!("{id} {}", entry.title()),
        None => id.to_string(),
    }
}

/// Says on standard error what the list does not show, so that an empty list is not read as "nothing happened".
fn remark(case: &Case, kinds: &[Kind], arguments: &Arguments, is_empty: bool) {
    if is_empty {
        errln!("nothing to list");
    }
    let hidden = kinds.iter().flat_map(|kind| case.of_kind(*kind)).filter(|entry| entry.is_retired()).count();
    if hidden > 0 && !arguments.all && arguments.status.is_empty() {
        errln!("{hidden} withdrawn or superseded, shown with `--all`");
    }
    remark_unreadable(case, kinds);
}

fn remark_unreadable(case: &Case, kinds: &[Kind]) {
    let unreadable = case.unreadable.keys().filter(|id| kinds.contains(&id.kind())).count();
    if unreadable > 0 {
        errln!("{unreadable} cannot be read: `casebook check` says why");
    }
}
