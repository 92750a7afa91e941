//! A difference laid out for a reviewer: sections of items, each with its lines. It is plain data; each format writes it
//! down in its own way, and makes the texts of the case harmless in its own way.

use super::prose::Hunk;
use super::signoffs::ToSign;
use super::work::{News, Work};
use super::{Act, Change, Claim, Difference, EntryChange, Exhibit, FieldChange, Problems, RecordChange, Said, Seen};
use crate::diagnostic::{Diagnostic, Level};
use crate::report::duty::Standing;
use crate::review;
use crate::values::wording::{capital, counted, shortened};
use crate::values::{EntryId, Kind, Moment, TreePath, When};
use std::collections::BTreeMap;

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Span {
    /// Our own words.
    Words(String),
    /// Our own words that should be seen: a mark, a verdict.
    Strong(String),
    /// Text of the case: hostile.
    Text(String),
    /// A name of the case: an id, a path, a route; hostile too.
    Name(String),
    /// A value that is gone, and one that is there: hostile.
    Old(String),
    New(String),
    /// What to type.
    Command(String),
}

pub type Line = Vec<Span>;

/// What happened to the thing that an item is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    Added,
    Changed,
    Removed,
    /// Something is wrong.
    Wrong,
    /// Something is wrong no longer.
    Mended,
    Plain,
}

#[derive(Clone, Debug)]
pub struct Item {
    pub mark: Mark,
    pub head: Line,
    pub rows: Vec<Row>,
}

/// What stands below an item.
#[derive(Clone, Debug)]
pub enum Row {
    Line(Line),
    /// Lines of a text that differ, under the name of its field.
    Hunks(String, Vec<Hunk>),
    /// Lines of evidence: hostile.
    Quote(Vec<String>),
}

#[derive(Clone, Debug)]
pub struct Section {
    pub title: String,
    /// What to know before reading it.
    pub notice: Option<&'static str>,
    pub items: Vec<Item>,
}

impl Section {
    /// Its title, with the number of its items where these are things and not commands.
    pub fn heading(&self) -> String {
        let is_thing = |item: &&Item| !matches!(item.head.first(), Some(Span::Command(_)));
        match self.items.iter().filter(is_thing).count() {
            0 => self.title.clone(),
            number => format!("{} ({number})", self.title),
        }
    }
}

#[derive(Clone, Debug, Default)]
pub struct Outline {
    /// What differs, in one sentence.
    pub summary: String,
    pub sections: Vec<Section>,
}

fn words(text: impl Into<String>) -> Span {
    Span::Words(text.into())
}

fn item(mark: Mark, head: Line) -> Item {
    Item { mark, head, rows: Vec::new() }
}

fn section(title: impl Into<String>, items: Vec<Item>) -> Section {
    Section { title: title.into(), notice: None, items }
}

impl Outline {
    /// What differs, laid out; sections without items are left out.
    pub fn of(difference: &Difference) -> Self {
        let page = Page { titles: &difference.titles };
        let mut sections = vec![Section {
            notice: Some("These say who may do what and how every change is judged. Read them first."),
            ..section("Rules", difference.rules.iter().map(|change| page.record(change)).collect())
        }];
        sections.push(section("Problems", problems(&difference.problems)));
        sections.push(section("Case", difference.case.iter().map(|change| page.record(change)).collect()));
        sections.push(section("Milestones, duties and actions", page.work(&difference.work)));
        for kind in Kind::ALL {
            let of_kind = difference.entries.iter().filter(|change| change.id.kind() == kind);
            sections.push(section(plural(kind), of_kind.map(|change| page.entry(change)).collect()));
        }
        sections.push(section("Sign-offs", page.signoffs(difference)));
        sections.push(section("Notes and other files", difference.files.iter().map(file).collect()));
        sections.retain(|section| !section.items.is_empty());
        Self { summary: summary(difference), sections }
    }

    /// What is to be signed, and how; `None` where nothing is.
    pub fn to_sign(difference: &Difference) -> Option<Section> {
        let page = Page { titles: &difference.titles };
        let command = sign_command(difference)?;
        let mut items: Vec<Item> = difference.to_sign.iter().map(|due| page.to_sign(due)).collect();
        items.push(item(Mark::Plain, vec![Span::Command(command)]));
        Some(Section {
            notice: Some("When you have read each of them and what it cites."),
            ..section("To sign", items)
        })
    }

    /// The same, with what each new or changed claim cites in place of its citations alone.
    pub fn with_claims(mut self, claims: &[Claim]) -> Self {
        if claims.is_empty() {
            return self;
        }
        let place = self.sections.iter().position(|section| section.title == plural(Kind::Evidence));
        let place = place.unwrap_or(self.sections.len());
        self.sections.insert(place, section("What they cite", cited(claims)));
        self
    }
}

/// The command that signs what the policy asks for, or else everything that differs; `None` where nothing is to be signed.
pub fn sign_command(difference: &Difference) -> Option<String> {
    let asked = difference.to_sign.iter().any(|due| due.is_asked);
    let items = difference.to_sign.iter().filter(|due| due.is_asked || !asked).map(|due| due.item.to_string());
    let items: Vec<String> = items.collect();
    (!items.is_empty()).then(|| format!("casebook sign {}", items.join(" ")))
}

/// What differs in a sentence: `2 findings changed, 1 evidence item added`.
fn summary(difference: &Difference) -> String {
    let mut parts = Vec::new();
    if !difference.rules.is_empty() {
        parts.push("the rules differ".to_owned());
    }
    if difference.case.is_some() {
        parts.push("the case's own record differs".to_owned());
    }
    let mut counts: BTreeMap<(Kind, &str), usize> = BTreeMap::new();
    for change in &difference.entries {
        *counts.entry((change.id.kind(), act(change))).or_default() += 1;
    }
    parts.extend(counts.into_iter().map(|((kind, act), number)| format!("{} {act}", counted(number, noun(kind)))));
    let files = difference.files.len() + difference.signoffs.len() + difference.timestamps.len();
    if files > 0 {
        parts.push(format!("{} differ{}", counted(files, "other file"), if files == 1 { "s" } else { "" }));
    }
    if parts.is_empty() {
        return "nothing differs".to_owned();
    }
    parts.join(", ")
}

fn noun(kind: Kind) -> &'static str {
    match kind {
        Kind::Evidence => "evidence item",
        Kind::Custody => "custody event",
        kind => kind.noun(),
    }
}

fn plural(kind: Kind) -> String {
    match kind {
        Kind::Custody | Kind::Evidence => capital(kind.noun()),
        kind => format!("{}s", capital(kind.noun())),
    }
}

/// What happened to an entry, in a word.
fn act(change: &EntryChange) -> &'static str {
    match change.status.1 {
        Some(word) if change.is_retired => word,
        _ => change.act.word(),
    }
}

fn mark(act: Act) -> Mark {
    match act {
        Act::Added => Mark::Added,
        Act::Changed => Mark::Changed,
        Act::Removed => Mark::Removed,
    }
}

/// Fields of an entry that its head or its item says already.
const IN_THE_HEAD: [&str; 3] = ["id", "title", "status"];

struct Page<'d> {
    titles: &'d BTreeMap<EntryId, String>,
}

impl Page<'_> {
    fn record(&self, change: &RecordChange) -> Item {
        let mut item = item(mark(change.act), vec![Span::Name(change.path.to_string())]);
        match &change.fields {
            Some(fields) => {
                // The milestones of the case have a section of their own.
                let fields = fields.iter().filter(|field| !field.route.to_string().starts_with("milestones."));
                item.rows.extend(fields.map(|field| self.field(field)));
            }
            None => item.rows.extend(change.hunks.iter().cloned().map(|hunk| Row::Hunks(String::new(), vec![hunk]))),
        }
        item
    }

    fn entry(&self, change: &EntryChange) -> Item {
        let mut head = vec![Span::Name(change.id.to_string()), words(" "), Span::Text(self.title(change))];
        match change.status {
            (Some(old), Some(new)) if old != new => {
                head.extend([words("  "), Span::Old(old.to_owned()), words(" → "), Span::New(new.to_owned())]);
            }
            (None, Some(new)) if new != "active" => head.push(words(format!("  {new}"))),
            _ => {}
        }
        let mut item = item(mark(change.act), head);
        if change.act == Act::Removed {
            item.rows.push(Row::Line(vec![Span::Strong("removed: entries are withdrawn, never removed".to_owned())]));
            return item;
        }
        if let Some(exhibit) = &change.evidence {
            item.rows.extend(shown(exhibit));
        }
        match &change.fields {
            None => item.rows.push(Row::Line(vec![Span::Strong("its file cannot be read".to_owned())])),
            Some(fields) if fields.is_empty() => item.rows.push(Row::Line(vec![words("only its form differs")])),
            Some(fields) => {
                let said = |field: &&FieldChange| !self.is_in_the_head(change, field);
                item.rows.extend(fields.iter().filter(said).map(|field| self.field(field)));
            }
        }
        item
    }

    fn title(&self, change: &EntryChange) -> String {
        self.titles.get(&change.id).unwrap_or(&change.title).clone()
    }

    fn is_in_the_head(&self, change: &EntryChange, field: &FieldChange) -> bool {
        let route = field.route.to_string();
        let is_new = change.act == Act::Added;
        let counts = change.evidence.is_some() && ["files", "bytes", "list", "storage"].contains(&route.as_str());
        let names = ["name", "value", "question", "item", "action"].contains(&route.as_str());
        (is_new && (IN_THE_HEAD.contains(&route.as_str()) || counts || names)) || route == "status"
    }

    fn field(&self, field: &FieldChange) -> Row {
        let mut line = vec![Span::Name(field.route.to_string())];
        line.extend(field.of.as_ref().map(|of| Span::Text(format!(" ({of})"))));
        line.push(words(": "));
        match &field.change {
            Change::Value { old: Some(old), new: Some(new) } => {
                line.extend(self.said(old, Span::Old));
                line.push(words(" → "));
                line.extend(self.said(new, Span::New));
            }
            Change::Value { old: None, new: Some(new) } => line.extend(self.said(new, Span::New)),
            Change::Value { old, .. } => {
                line.push(words("gone: "));
                line.extend(old.iter().flat_map(|old| self.said(old, Span::Old)));
            }
            Change::Elements { added, removed } => {
                let both = added.iter().map(|said| ("+ ", said, true));
                let both = both.chain(removed.iter().map(|said| ("- ", said, false)));
                for (number, (sign, said, is_new)) in both.enumerate() {
                    let gap = if number > 0 { "; " } else { "" };
                    line.push(words(format!("{gap}{sign}")));
                    line.extend(self.said(said, if is_new { Span::New } else { Span::Old }));
                }
            }
            Change::Text { hunks, .. } => {
                let of = field.of.as_ref().map(|of| format!(" ({of})")).unwrap_or_default();
                return Row::Hunks(format!("{}{of}", field.route), hunks.clone());
            }
        }
        Row::Line(line)
    }

    /// A value, with the title of what it refers to.
    fn said(&self, said: &Said, span: fn(String) -> Span) -> Line {
        let title = said.reference.and_then(|id| self.titles.get(&id));
        let mut line = vec![span(if said.text.is_empty() { "nothing".to_owned() } else { said.text.clone() })];
        line.extend(title.into_iter().flat_map(|title| [words(" "), Span::Text(title.clone())]));
        line
    }

    fn named(&self, id: EntryId) -> Line {
        let title = self.titles.get(&id).cloned().unwrap_or_default();
        vec![Span::Name(id.to_string()), words(" "), Span::Text(title)]
    }

    fn work(&self, work: &Work) -> Vec<Item> {
        let mut items = Vec::new();
        for change in &work.milestones {
            let mut head = vec![words(format!("milestone {}: ", change.milestone.word()))];
            let time = |when: &Option<When>| when.as_ref().map_or_else(|| "not known".to_owned(), ToString::to_string);
            head.extend([Span::Old(time(&change.old)), words(" → "), Span::New(time(&change.new))]);
            items.push(item(Mark::Changed, head));
        }
        for change in &work.duties {
            let word = |standing: Option<Standing>| standing.map_or("none", Standing::word).to_owned();
            let mut head = vec![words("duty "), Span::Text(change.name.clone()), words(": ")];
            if change.old == change.new {
                head.extend([Span::New(word(change.new)), words(", its time is another now")]);
            } else {
                head.extend([Span::Old(word(change.old)), words(" → "), Span::New(word(change.new))]);
            }
            head.extend(change.end.map(|end| words(format!(", it ends {}", Moment::utc(end)))));
            let is_late = change.new.is_some_and(|standing| standing.is_overdue());
            items.push(item(if is_late { Mark::Wrong } else { Mark::Changed }, head));
        }
        for change in &work.actions {
            let is_late = change.news == News::Overdue;
            let mut head = vec![words(format!("{}: ", change.news.word()))];
            head.extend(self.named(change.id));
            head.extend(change.due.map(|due| words(format!(", due {due}"))));
            items.push(item(if is_late { Mark::Wrong } else { Mark::Plain }, head));
        }
        items
    }

    fn signed(&self, item: &review::Item) -> Line {
        match item {
            review::Item::Entry(id) => self.named(*id),
            review::Item::File(name) => vec![Span::Name(name.clone())],
        }
    }

    fn to_sign(&self, due: &ToSign) -> Item {
        let mut head = self.signed(&due.item);
        if !due.standing.is_empty() {
            head.extend([words(": "), Span::Text(due.standing.clone())]);
        }
        head.extend(due.is_asked.then(|| words(", asked by the policy")));
        item(if due.is_asked { Mark::Wrong } else { Mark::Plain }, head)
    }

    fn signoffs(&self, difference: &Difference) -> Vec<Item> {
        let mut items = Vec::new();
        for stale in &difference.stale {
            let mut head = self.signed(&stale.item);
            head.extend([words(": the sign-off of "), Span::Text(stale.signer.clone())]);
            head.extend([words(" holds no longer, "), Span::Text(stale.why.clone())]);
            items.push(item(Mark::Wrong, head));
        }
        let added = |path: &TreePath| item(Mark::Added, vec![Span::Name(path.to_string())]);
        items.extend(difference.signoffs.iter().chain(&difference.timestamps).map(added));
        items
    }
}

fn shown(exhibit: &Exhibit) -> Vec<Row> {
    let of =
        format!("{}, {}, kept in: {}", counted(exhibit.files, "file"), counted(exhibit.bytes, "byte"), exhibit.home);
    let list = exhibit.list.map(|list| Row::Line(vec![words("list: sha256 "), Span::Name(list.to_string())]));
    std::iter::once(Row::Line(vec![words(of)])).chain(list).collect()
}

fn file(change: &super::files::FileChange) -> Item {
    let mut item = item(mark(change.act), vec![Span::Name(change.path.to_string())]);
    if !change.hunks.is_empty() && change.act != Act::Removed {
        item.rows.push(Row::Hunks(String::new(), change.hunks.clone()));
    }
    item
}

fn problems(problems: &Problems) -> Vec<Item> {
    let one = |diagnostic: &Diagnostic, is_new: bool| {
        let mut head = vec![Span::Strong(match (diagnostic.level, is_new) {
            (Level::Error, true) => "new error".to_owned(),
            (Level::Warning, true) => "new warning".to_owned(),
            (level, false) => format!("{level} no more"),
        })];
        let line = problems.sources.position(&diagnostic.place).filter(|_| is_new);
        let line = line.map(|at| format!(":{}", at.line)).unwrap_or_default();
        head.extend([words(" "), Span::Name(format!("{}{line}", diagnostic.place.path))]);
        head.extend([words(" "), Span::Text(diagnostic.message.clone())]);
        let mut item = item(if is_new { Mark::Wrong } else { Mark::Mended }, head);
        if let Some(help) = diagnostic.help.as_ref().filter(|_| is_new) {
            item.rows.push(Row::Line(vec![words("help: "), Span::Text(help.clone())]));
        }
        item
    };
    let appeared = problems.appeared.iter().map(|diagnostic| one(diagnostic, true));
    appeared.chain(problems.vanished.iter().map(|diagnostic| one(diagnostic, false))).collect()
}

/// The most lines of evidence that are shown for a citation.
const QUOTED: usize = 6;

/// The most characters of one of them.
const QUOTED_WIDTH: usize = 200;

fn cited(claims: &[Claim]) -> Vec<Item> {
    let mut items = Vec::new();
    for claim in claims {
        let mut head = vec![Span::Name(claim.entry.to_string()), words(" cites "), Span::Name(claim.item.to_string())];
        head.extend([words(" "), Span::Text(claim.title.clone())]);
        head.extend(claim.file.iter().flat_map(|file| [words(", "), Span::Name(file.clone())]));
        head.extend(claim.at.iter().flat_map(|at| [words(" at "), Span::Name(at.clone())]));
        let is_wrong = matches!(claim.seen, Seen::Wrong(_) | Seen::NoItem);
        let mut item = item(if is_wrong { Mark::Wrong } else { Mark::Plain }, head);
        item.rows.extend(claim.quote.iter().map(|quote| Row::Line(vec![words("quote: "), Span::Text(quote.clone())])));
        match &claim.seen {
            Seen::Sound(Some(text)) => item.rows.push(Row::Quote(excerpt(text))),
            Seen::Sound(None) => {}
            Seen::Wrong(why) => {
                item.rows.push(Row::Line(vec![Span::Strong("wrong: ".to_owned()), Span::Text(why.clone())]))
            }
            Seen::Unread(why) => {
                item.rows.push(Row::Line(vec![Span::Strong("not checked here".to_owned()), words(format!(": {why}"))]));
            }
            Seen::NoItem => item.rows.push(Row::Line(vec![Span::Strong("there is no such item".to_owned())])),
        }
        items.push(item);
    }
    items
}

/// The first lines of what stands at a place.
fn excerpt(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = text.lines().take(QUOTED).map(|line| shortened(line, QUOTED_WIDTH)).collect();
    let all = text.lines().count();
    if all > QUOTED {
        lines.push(format!("… {} more lines", all - QUOTED));
    }
    lines
}
