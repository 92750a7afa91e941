//! Evidence: each exhibit, where it came from, how it was acquired, where it is kept, and every hand that it went through.
//! What nobody recorded is said, rather than left out: a gap that shows can be filled.

use super::custody::{self, Custodies, home};
use super::{View, tags};
use crate::model::{Body, Derivation, Entry, Evidence, Holding, Link, Source, chain};
use crate::report::clock;
use crate::report::outline::{Block, Card, Fact, Line, Section, Span, Tone, badge, code, facts, small, text};
use crate::values::vocabulary::Storage;
use crate::values::wording::counted;
use crate::values::{Kind, When};

pub fn section<'c>(view: &View<'_, 'c>) -> Option<Section<'c>> {
    let live = view.live(Kind::Evidence);
    let mut custodies = Custodies::of(view.case);
    if live.is_empty() && custodies.is_empty() {
        return None;
    }
    let mut blocks = vec![Block::Text(vec![text("All times are UTC.")])];
    for entry in live {
        blocks.extend(card(view, entry, &mut custodies).map(Block::Card));
    }
    let stray = custodies.rest();
    if !stray.is_empty() {
        blocks.push(Block::Heading("Custody of items that cannot be read"));
        blocks.push(Block::Table(custody::table(view, None, &stray)));
    }
    Some(Section { anchor: "evidence", title: "Evidence", count: Some(live.len()), blocks })
}

fn card<'c>(view: &View<'_, 'c>, entry: &'c Entry, custodies: &mut Custodies<'c>) -> Option<Card<'c>> {
    let Body::Evidence(item) = &entry.body else { return None };
    let name = view.names.get(entry.id())?;
    let (chain, past) = custodies.take(entry.id());
    let disposal = disposal(item, &chain);
    let mut badges = vec![badge(Tone::Plain, item.kind.word().replace('-', " "))];
    if item.derived_from.is_some() {
        badges.push(badge(Tone::Watch, "derived"));
    }
    if disposal.is_some() {
        badges.push(badge(Tone::Watch, "disposed of"));
    }
    badges.extend(view.own_marking(entry));
    let mut blocks = Vec::new();
    if let Some(description) = &item.description {
        blocks.push(Block::Prose(description.as_str().into()));
    }
    blocks.push(Block::Facts(facts_of(view, item, &chain)));
    if !item.renamed.is_empty() {
        blocks.push(Block::Label("Files whose names could not be kept"));
        let renamed = |name: &'c crate::model::Renamed| {
            vec![code(name.path.as_str()), text(" was "), code(name.original.as_str())]
        };
        blocks.push(Block::List(item.renamed.iter().map(renamed).collect()));
    }
    blocks.push(Block::Label("Chain of custody"));
    if chain.is_empty() {
        blocks.push(Block::Text(vec![small("No custody event of this item was recorded.")]));
    } else {
        blocks.push(Block::Table(custody::table(view, Some(item), &chain)));
    }
    if !past.is_empty() {
        blocks.push(Block::Label("Records of custody that count no longer"));
        blocks.push(Block::Table(custody::past_table(view, custodies, &past)));
    }
    Some(Card {
        anchor: entry.id().to_string().into(),
        label: name.label.clone().into(),
        title: item.title.as_str().into(),
        badges,
        blocks,
    })
}

/// The event by which an item was disposed of.
fn disposal<'c>(item: &Evidence, chain: &[Link<'c>]) -> Option<Link<'c>> {
    let disposed = Holding::of(item, chain).disposed?;
    chain.iter().find(|(entry, _)| entry.id() == disposed).copied()
}

/// What stands where nobody recorded something.
fn not_recorded<'c>() -> Span<'c> {
    small("not recorded")
}

fn or_not_recorded(line: Line<'_>) -> Line<'_> {
    if line.is_empty() { vec![not_recorded()] } else { line }
}

fn words<'c>(value: &'c Option<crate::values::Line>) -> Line<'c> {
    or_not_recorded(value.iter().map(|value| text(value.as_str())).collect())
}

fn codes<'c>(value: &'c Option<crate::values::Line>) -> Line<'c> {
    or_not_recorded(value.iter().map(|value| code(value.as_str())).collect())
}

fn facts_of<'c>(view: &View<'_, 'c>, item: &'c Evidence, chain: &[Link<'c>]) -> Vec<Fact<'c>> {
    let acquired = &item.acquired;
    let mut said = vec![facts("Content", content(item)), facts("Digest of list", list(item))];
    match &item.derived_from {
        Some(derivation) => {
            said.extend(item.source.iter().flat_map(|source| source_facts(source)));
            said.extend(derivation_facts(view, derivation));
        }
        None => {
            static NOWHERE: Source = Source { asset: None, location: None, serial: None, clock_skew: None };
            said.extend(source_facts(item.source.as_ref().unwrap_or(&NOWHERE)));
        }
    }
    said.push(facts("Acquired", when(&acquired.at)));
    said.push(facts("Acquired by", vec![view.person(acquired.by.as_str())]));
    // What a tool made was not acquired by another one.
    if item.derived_from.is_none() || acquired.method.is_some() {
        said.push(facts("Method", words(&acquired.method)));
    }
    if item.derived_from.is_none() || acquired.tool.is_some() {
        said.push(facts("Tool", tool(acquired.tool.as_ref(), acquired.version.as_ref())));
    }
    if acquired.command.is_some() || (item.derived_from.is_none() && acquired.tool.is_some()) {
        said.push(facts("Command", codes(&acquired.command)));
    }
    said.push(facts("Authority", words(&acquired.authority)));
    said.push(facts("Kept", kept(view, item, chain)));
    match disposal(item, chain) {
        Some((_, event)) => said.push(facts("Disposed of", act(view, event))),
        None => said.push(facts("Held by", held(view, chain))),
    }
    let tags = tags(&item.tags);
    if !tags.is_empty() {
        said.push(facts("Tags", tags));
    }
    super::push_custom(&mut said, &item.custom);
    said
}

fn source_facts(source: &Source) -> [Fact<'_>; 4] {
    [
        facts("Host", or_not_recorded(source.asset.iter().map(|asset| Span::Entry(asset.0)).collect())),
        facts("Place", codes(&source.location)),
        facts("Serial number", codes(&source.serial)),
        facts(
            "Clock of source",
            or_not_recorded(source.clock_skew.iter().map(|skew| text(clock_words(skew.0))).collect()),
        ),
    ]
}

fn derivation_facts<'c>(view: &View<'_, 'c>, derivation: &'c Derivation) -> Vec<Fact<'c>> {
    let moment = |at: Option<crate::values::Moment>| {
        or_not_recorded(at.iter().map(|at| text(clock::moment(at.timestamp()))).collect())
    };
    let status = derivation.exit_status.map(|status| text(status.to_string()));
    vec![
        facts("Made from", inputs(view, derivation)),
        facts("With", tool(Some(&derivation.tool), derivation.version.as_ref())),
        facts("Command", codes(&derivation.command)),
        facts("Exit status", or_not_recorded(status.into_iter().collect())),
        facts("Started", moment(derivation.started)),
        facts("Ended", moment(derivation.ended)),
    ]
}

/// What a tool read, and whether it saw the registered bytes.
fn inputs<'c>(view: &View<'_, 'c>, derivation: &'c Derivation) -> Line<'c> {
    let mut line = Vec::new();
    for input in &derivation.inputs.0 {
        if !line.is_empty() {
            line.push(Span::Break);
        }
        line.extend([Span::Entry(input.0), text(" ")]);
        let registered = view.case.get(input.0).and_then(|entry| match &entry.body {
            Body::Evidence(item) => item.list,
            _ => None,
        });
        match derivation.seen.iter().find(|seen| seen.item == *input) {
            None => line.push(small("digest seen: not recorded")),
            Some(seen) => {
                let fits = Some(seen.digest.0) == registered;
                line.extend([fitting(fits), text(" "), code(seen.digest.to_string())]);
            }
        }
    }
    or_not_recorded(line)
}

/// Whether a digest that was seen is the registered one.
pub fn fitting<'c>(fits: bool) -> Span<'c> {
    if fits { badge(Tone::Good, "as registered") } else { badge(Tone::Bad, "not as registered") }
}

fn tool<'c>(name: Option<&'c crate::values::Line>, version: Option<&'c crate::values::Line>) -> Line<'c> {
    let Some(name) = name else { return vec![not_recorded()] };
    let mut line = vec![text(name.as_str()), text(" ")];
    match version {
        Some(version) => line.push(text(version.as_str())),
        None => line.push(small("version not recorded")),
    }
    line
}

/// A time with the zone that it was written in, where that is another one.
fn when(at: &When) -> Line<'static> {
    let mut line = super::milestones::time(at);
    line.extend(clock::written_zone(at).map(|zone| small(format!(" ({zone})"))));
    line
}

/// How far a clock was off, in words.
fn clock_words(skew: i64) -> String {
    match skew {
        0 => "correct".to_owned(),
        skew => format!("{} {}", clock::length(skew.abs()), if skew > 0 { "ahead" } else { "behind" }),
    }
}

fn content<'c>(item: &Evidence) -> Line<'c> {
    if item.storage == Storage::None {
        return vec![text("a physical exhibit")];
    }
    vec![text(format!("{}, {} bytes", counted(item.files, "file"), grouped(item.bytes)))]
}

fn list<'c>(item: &Evidence) -> Line<'c> {
    match item.list {
        Some(list) => vec![code(format!("sha256:{list}"))],
        None if item.storage == Storage::None => vec![small("none, since it has no files")],
        None => vec![not_recorded()],
    }
}

/// Where its bytes are, and where they were before.
fn kept<'c>(view: &View<'_, 'c>, item: &Evidence, chain: &[Link<'c>]) -> Line<'c> {
    if item.storage == Storage::None {
        return vec![text("as a physical object")];
    }
    let moves: Vec<&Link<'c>> = chain.iter().filter(|(_, event)| event.storage.is_some()).collect();
    let until = if disposal(item, chain).is_some() { ", until it was disposed of" } else { "" };
    let Some(((_, last), before)) = moves.split_last() else {
        return vec![text(home(item.storage)), small(format!(" since it was registered{until}"))];
    };
    let at = |event: &crate::model::Custody| clock::moment(event.at.timestamp());
    let mut line = vec![
        text(home(last.storage.unwrap_or(item.storage))),
        text(format!(" since {}, moved by ", at(last))),
        view.person(last.by.as_str()),
        small(until),
        Span::Break,
        small(format!("before: {} since it was registered", home(item.storage))),
    ];
    for (_, event) in before {
        line.push(small(format!(", {} since {}", home(event.storage.unwrap_or(item.storage)), at(event))));
    }
    line
}

fn held<'c>(view: &View<'_, 'c>, chain: &[Link<'c>]) -> Line<'c> {
    match chain::holder(chain) {
        None => vec![not_recorded()],
        Some((holder, (_, event))) => {
            // Where it is a handle, it is one of the roster.
            vec![view.person(holder), small(format!(", since {}", clock::moment(event.at.timestamp())))]
        }
    }
}

/// When, by whom and why something was done.
fn act<'c>(view: &View<'_, 'c>, event: &'c crate::model::Custody) -> Line<'c> {
    let mut line =
        vec![text(clock::moment(event.at.timestamp())), text(" by "), view.person(event.by.as_str()), text(": ")];
    line.extend(words(&event.reason));
    line
}

/// A number with its thousands apart.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
