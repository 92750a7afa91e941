//! Draft findings of what the rules of tools fired on: rows grouped by rule, machine and time, told in plain words. The same evidence
//! gives the same drafts.

use super::event;
use super::made::{Made, id, one_line};
use super::names::Names;
use super::observed;
use super::warninglist::Warninglists;
use crate::ingest::instant::ZoneFrom;
use crate::ingest::row::Detection;
use crate::model::finding::{PROPOSED, words};
use crate::model::{Case, Entry, EvidenceId};
use crate::timeline::Occurrence;
use crate::values::time::Known;
use crate::values::vocabulary::{IndicatorType, Marking, Severity};
use crate::values::wording::counted;
use crate::values::{EntryId, Handle, Kind, Moment, Selector, Sha256, Span, TechniqueId, When, attack};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// Citations that a draft has at most: its first rows, and its last.
const MAX_CITATIONS: usize = 10;
/// Different values that are kept of a group of each sort.
const MAX_VALUES: usize = 1_000;
/// Fields of events of Windows, of its services and of networks that say most of what happened, by the names that tools give them.
const TELLING: [&str; 22] = [
    "CommandLine",
    "ParentCommandLine",
    "Image",
    "NewProcessName",
    "ServiceName",
    "ImagePath",
    "ServiceFileName",
    "TaskName",
    "TargetFilename",
    "TargetObject",
    "ScriptBlockText",
    "MemberName",
    "SubjectUserName",
    "TargetUserName",
    "WorkstationName",
    "ShareName",
    "Information",
    "Details",
    "Hashes",
    "signature",
    "query",
    "uri",
];

/// How rows are grouped, and what is proposed.
pub struct Wish<'w> {
    pub case: &'w Case,
    pub author: &'w Handle,
    /// The longest time between two rows of a group.
    pub gap: SignedDuration,
    /// Rows that are taken for less are left out; what says no severity stays.
    pub least: Severity,
    pub warninglists: &'w Warninglists,
}

/// A row: its item, its file and its place.
type Cited = (EntryId, String, Option<Selector>);

/// Rows of one rule on one machine, close to each other in time.
struct Group {
    first: Timestamp,
    last: Timestamp,
    /// The latest moment that a row can have been at.
    end_of_last: Timestamp,
    rows: u64,
    detection: Detection,
    host: Option<String>,
    /// How far the clock of the source was ahead, in seconds; none where it differs.
    ahead: Option<i64>,
    places: Vec<Cited>,
    end: Option<Cited>,
    techniques: BTreeSet<TechniqueId>,
    accounts: BTreeSet<String>,
    sources: BTreeSet<String>,
    messages: BTreeSet<String>,
    /// What fields that tell most say, by the name of the field.
    telling: BTreeMap<&'static str, BTreeSet<String>>,
    values: BTreeMap<(IndicatorType, String), Cited>,
    /// Whether there were more values of any sort than are kept.
    is_full: bool,
    zones: BTreeSet<String>,
}

/// Groups of detections; rows come in the order of time.
#[derive(Default)]
pub struct Groups {
    open: BTreeMap<(String, String, Option<Marking>), usize>,
    all: Vec<Group>,
    /// Detections that were read, and those below the least severity.
    pub rows: u64,
    pub below: u64,
}

/// What is proposed.
#[derive(Default)]
pub struct Proposals {
    pub made: BTreeMap<EntryId, Made>,
    /// Findings that were proposed before.
    pub known: Vec<EntryId>,
    /// Rules whose finding would be malformed, and why.
    pub refused: Vec<(String, String)>,
    /// Values that became no indicator, with the reason.
    pub left_out: BTreeMap<(IndicatorType, String), String>,
    /// Names that several assets have: nobody is taken for another.
    pub ambiguous: BTreeMap<String, Vec<EntryId>>,
}

impl Groups {
    /// Adds a row, if a rule fired on it. A row with several times is the same at each of them: it counts at the first.
    pub fn add(&mut self, occurrence: &Occurrence<'_>, wish: &Wish<'_>) {
        let row = occurrence.row;
        let Some(detection) = &row.detection else { return };
        if row.at() != Some(occurrence.instant) {
            return;
        }
        self.rows += 1;
        if detection.severity.is_some_and(|own| own < wish.least) {
            self.below += 1;
            return;
        }
        let at = occurrence.at;
        // What is told of one group is told at one marking.
        let marking = event::marking(wish.case, occurrence.item);
        let key = (detection.rule.clone(), row.host.clone().unwrap_or_default().to_lowercase(), marking);
        let open = self.open.get(&key).copied().filter(|index| at.duration_since(self.all[*index].last) <= wish.gap);
        let index = open.unwrap_or(self.all.len());
        if open.is_none() {
            self.all.push(Group::of(at, detection, row.host.clone()));
            self.open.insert(key, index);
        }
        self.all[index].add(at, occurrence);
    }

    pub fn len(&self) -> usize {
        self.all.len()
    }

    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The drafts of the groups, with the indicators and assets that the case does not have.
    pub fn propose(&self, wish: &Wish<'_>) -> Proposals {
        let mut proposals = Proposals::default();
        let mut names = Names::of(wish.case);
        for group in &self.all {
            group.propose(wish.case, &mut names, wish, &mut proposals);
        }
        proposals
    }
}

impl Group {
    fn of(at: Timestamp, detection: &Detection, host: Option<String>) -> Self {
        Self {
            first: at,
            last: at,
            end_of_last: at,
            rows: 0,
            detection: detection.clone(),
            host,
            ahead: None,
            places: Vec::new(),
            end: None,
            techniques: BTreeSet::new(),
            accounts: BTreeSet::new(),
            sources: BTreeSet::new(),
            messages: BTreeSet::new(),
            telling: BTreeMap::new(),
            values: BTreeMap::new(),
            is_full: false,
            zones: BTreeSet::new(),
        }
    }

    fn add(&mut self, at: Timestamp, occurrence: &Occurrence<'_>) {
        let row = occurrence.row;
        // What is known to the minute may have been at its end.
        let length = occurrence.instant.latest().duration_since(occurrence.instant.earliest());
        self.last = at;
        self.end_of_last = self.end_of_last.max(at.checked_add(length).unwrap_or(at));
        self.rows += 1;
        let ahead = occurrence.instant.earliest().duration_since(at).as_secs();
        self.ahead = Some(ahead).filter(|own| self.rows == 1 || self.ahead == Some(*own));
        self.detection.severity =
            self.detection.severity.max(row.detection.as_ref().and_then(|detection| detection.severity));
        let place = (occurrence.item, occurrence.path.to_owned(), row.place.clone());
        for value in observed::of_row(row) {
            if self.values.len() < MAX_VALUES {
                self.values.entry(value).or_insert_with(|| place.clone());
            } else {
                self.is_full |= !self.values.contains_key(&value);
            }
        }
        if self.places.len() < MAX_CITATIONS - 1 {
            self.places.push(place)
        } else {
            self.end = Some(place)
        }
        if let ZoneFrom::Told(zone) = &occurrence.instant.zone {
            self.zones.insert(zone.to_string());
        }
        self.techniques.extend(row.techniques.iter().cloned());
        self.is_full |= keep(&mut self.accounts, row.account.iter().cloned());
        self.is_full |= keep(&mut self.sources, row.source.iter().cloned());
        let message = Some(one_line(&row.message)).filter(|text| *text != self.detection.rule);
        self.is_full |= keep(&mut self.messages, message);
        for (name, value) in &row.fields {
            let leaf = name.rsplit(['.', '/']).next().unwrap_or(name);
            if let Some(told) = TELLING.iter().find(|told| told.eq_ignore_ascii_case(leaf))
                && !value.trim().is_empty()
                && value != "-"
            {
                self.is_full |= keep(self.telling.entry(told).or_default(), Some(one_line(value)));
            }
        }
    }

    fn propose(&self, case: &Case, names: &mut Names, wish: &Wish<'_>, proposals: &mut Proposals) {
        let Some((item, path, place)) = self.places.first() else { return };
        let place = place.as_ref().map(ToString::to_string).unwrap_or_default();
        let seed = Sha256::of(format!("{item}\n{path}\n{place}\n").as_bytes());
        let finding = id(Kind::Finding, seed, &format!("propose {}", self.detection.rule));
        if is_there(case, finding) {
            proposals.known.push(finding);
            return;
        }
        let marking = event::marking(case, *item);
        let asset = self.asset(case, names, marking, proposals);
        let indicators = self.indicators(case, names, wish, marking, proposals);
        let mut made = Made::new(finding);
        let name = asset.and_then(|asset| case.get(asset)).map(Entry::title).or_else(|| self.host.clone());
        let on = name.map(|name| format!(" on {name}")).unwrap_or_default();
        made.line("title", &format!("{}{on}", self.detection.rule));
        let title = made.get("title").unwrap_or_default().to_owned();
        let summary = self.summary(asset, &indicators);
        made.word("status", "draft")
            .word("type", "observation")
            .set("authors", [wish.author])
            .maybe("severity", self.detection.severity)
            .maybe("tlp", marking)
            .when("observed", &self.when())
            .set("techniques", event::known_techniques(&self.techniques))
            .set("assets", asset)
            .set("indicators", indicators.values())
            .set("tags", [PROPOSED])
            .markdown("summary", &summary);
        let summary = made.get("summary").unwrap_or_default().to_owned();
        made.word("proposal", words(&title, &summary, ""));
        for (item, path, place) in self.places.iter().chain(&self.end) {
            made.cite(EvidenceId(*item), has_several(case, *item).then_some(path), place.as_ref());
        }
        match made.text().1.first() {
            Some(wrong) => proposals.refused.push((self.detection.rule.clone(), wrong.message.clone())),
            None => _ = proposals.made.insert(finding, made),
        }
    }

    /// The asset that it happened on: known, or proposed. None where several have the name.
    fn asset(
        &self,
        case: &Case,
        names: &mut Names,
        tlp: Option<Marking>,
        proposals: &mut Proposals,
    ) -> Option<EntryId> {
        let host = one_line(self.host.as_deref()?);
        if host.is_empty() {
            return None;
        }
        if let Some(known) = names.machine_at(&host, self.first) {
            return Some(known);
        }
        if names.machines_at(&host, self.first).len() > 1 {
            proposals.ambiguous.insert(host.clone(), names.machines_at(&host, self.first));
            return None;
        }
        let asset = id(Kind::Asset, Sha256::of(host.to_lowercase().as_bytes()), "propose");
        if is_there(case, asset) {
            return None;
        }
        let mut made = Made::new(asset);
        made.line("name", &host).word("kind", "host").maybe("tlp", tlp).set("tags", [PROPOSED]);
        names.add_machine(&host, asset);
        proposals.made.insert(asset, made);
        Some(asset)
    }

    /// The indicators of its values: known, or proposed.
    fn indicators(
        &self,
        case: &Case,
        names: &mut Names,
        wish: &Wish<'_>,
        tlp: Option<Marking>,
        proposals: &mut Proposals,
    ) -> BTreeMap<String, EntryId> {
        let mut found = BTreeMap::new();
        for ((of_type, value), (item, path, place)) in &self.values {
            let known = names.indicator(*of_type, value).or_else(|| names.indicators_of(value).first().copied());
            if let Some(known) = known {
                found.insert(value.clone(), known);
                continue;
            }
            let own = names.machine_at(value, self.first).map(|asset| format!("a name of {asset}"));
            if let Some(why) = own.or_else(|| wish.warninglists.why_not(*of_type, value)) {
                proposals.left_out.insert((*of_type, value.clone()), why);
                continue;
            }
            let indicator = id(Kind::Indicator, Sha256::of(format!("{of_type}\n{value}").as_bytes()), "propose");
            if is_there(case, indicator) {
                continue;
            }
            let mut made = Made::new(indicator);
            made.word("type", of_type)
                .word("value", value)
                .word("verdict", "unknown")
                .maybe("tlp", tlp)
                .set("tags", [PROPOSED]);
            made.cite(EvidenceId(*item), has_several(case, *item).then_some(path), place.as_ref());
            names.add_indicator(*of_type, value, indicator);
            proposals.made.insert(indicator, made);
            found.insert(value.clone(), indicator);
        }
        found
    }

    fn when(&self) -> When {
        let (first, last) = (Moment::utc(self.first), Moment::utc(self.end_of_last));
        let known = if first == last { Known::At(first) } else { Known::Between(first, last) };
        When { known, skew: None, original: None }
    }

    /// What happened, in plain words. What comes from the evidence is set as code, so that it says nothing else.
    fn summary(&self, asset: Option<EntryId>, indicators: &BTreeMap<String, EntryId>) -> String {
        let rule = code(&self.detection.rule);
        let on = match (asset, &self.host) {
            (Some(asset), _) => format!(" on [[{asset}]]"),
            (None, Some(host)) => format!(" on {}", code(host)),
            (None, None) => String::new(),
        };
        let at = |at: Timestamp| at.strftime("%Y-%m-%d %H:%M:%S").to_string();
        let (first, last) = (at(self.first), at(self.end_of_last));
        let (times, when) = match self.rows {
            1 => (String::new(), between(&first, &last)),
            rows => (format!(" {rows} times"), between(&first, &last)),
        };
        let mut sentences = vec![format!("The rule {rule} fired{times}{on}{when}.")];
        match self.ahead {
            Some(0) => {}
            Some(ahead) => {
                let (by, way) = (Span(ahead.abs()), if ahead > 0 { "ahead of" } else { "behind" });
                sentences.push(format!("The clock of the source was {by} {way} true time; these times are corrected."));
            }
            None => sentences.push("The clocks of the sources differ; these times are corrected.".to_owned()),
        }
        if !self.zones.is_empty() {
            let zones = join(&self.zones.iter().map(|zone| code(zone)).collect::<Vec<_>>());
            sentences
                .push(format!("Times are written without a zone; that it is {zones}, whoever had this drafted said."));
        }
        let known = |value: &String| match indicators.get(value) {
            Some(indicator) => format!("[[{indicator}]]"),
            None => code(value),
        };
        let listed = |values: &BTreeSet<String>| join(&values.iter().map(known).collect::<Vec<_>>());
        if !self.accounts.is_empty() {
            let accounts = if self.accounts.len() == 1 { "The account named is" } else { "The accounts named are" };
            sentences.push(format!("{accounts} {}.", listed(&self.accounts)));
        }
        if !self.sources.is_empty() {
            sentences.push(format!("It came from {}.", listed(&self.sources)));
        }
        let techniques: Vec<String> = self.techniques.iter().map(technique).collect();
        if !techniques.is_empty() {
            sentences.push(format!("In ATT&CK the rule stands for {}.", join(&techniques)));
        }
        let mut text = sentences.join(" ");
        let list = |values: &BTreeSet<String>| join(&values.iter().map(|value| code(value)).collect::<Vec<_>>());
        let said = (!self.messages.is_empty()).then(|| format!("\n- {}", list(&self.messages)));
        let told = self.telling.iter().map(|(name, values)| format!("\n- {name}: {}", list(values)));
        let told: String = said.into_iter().chain(told).collect();
        if !told.is_empty() {
            text.push_str(&format!("\n\nThe rows say:\n{told}"));
        }
        if self.is_full {
            text.push_str(&format!(
                "\n\nThere were more different values than {MAX_VALUES}; the others are only in the rows."
            ));
        }
        if self.rows as usize > MAX_CITATIONS {
            text.push_str(&format!(
                "\n\nCited are the first {} of them and the last.",
                counted(MAX_CITATIONS as u64 - 1, "row")
            ));
        }
        text
    }
}

/// Keeps values up to the most that are kept. True where there were more.
fn keep<T: Ord>(kept: &mut BTreeSet<T>, values: impl IntoIterator<Item = T>) -> bool {
    let mut is_full = false;
    for value in values {
        if kept.len() < MAX_VALUES {
            kept.insert(value);
        } else {
            is_full |= !kept.contains(&value);
        }
    }
    is_full
}

/// Whether the case has an entry, also one that cannot be read.
fn is_there(case: &Case, id: EntryId) -> bool {
    case.entries.contains_key(&id) || case.unreadable.contains_key(&id)
}

/// Whether an item has more than one file, so that a citation must say which.
fn has_several(case: &Case, item: EntryId) -> bool {
    case.evidence().any(|(entry, record)| entry.id() == item && record.files > 1)
}

/// ` at a moment`, or ` between two`.
fn between(first: &str, last: &str) -> String {
    if first == last { format!(" at {first} UTC") } else { format!(" between {first} and {last} UTC") }
}

/// `T1021.001 (Remote Desktop Protocol)`
fn technique(id: &TechniqueId) -> String {
    match attack::technique(id.as_str()) {
        Some(known) => format!("{id} ({})", known.name),
        None => id.to_string(),
    }
}

/// Text of the evidence as code of Markdown, on one line, at most 200 characters.
fn code(text: &str) -> String {
    let text = one_line(text).replace('`', "'");
    let cut: String = text.chars().take(200).collect();
    if cut.trim().is_empty() { "(nothing)".to_owned() } else { format!("`{}`", cut.trim()) }
}

/// `a`, `a and b`, `a, b and c`; of more than five, the first five and how many more there are.
fn join(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] if words.len() <= 5 => format!("{} and {last}", first.join(", ")),
        [..] => format!("{} and {} more", words[..5].join(", "), words.len() - 5),
    }
}
