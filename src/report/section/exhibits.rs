//! Evidence: each exhibit, where it came from, the digest of its list, and every hand that it went through.

use super::{View, links, tags};
use crate::model::{Body, Custody, Derivation, Entry, Evidence};
use crate::report::clock;
use crate::report::outline::{
    Block, Card, Fact, Line, Row, Section, Span, Table, Tone, badge, code, facts, small, text,
};
use crate::values::vocabulary::Storage;
use crate::values::wording::counted;
use crate::values::{EntryId, Kind};
use std::collections::{BTreeMap, BTreeSet};

pub fn section<'c>(view: &View<'_, 'c>) -> Option<Section<'c>> {
    let live = view.live(Kind::Evidence);
    let mut custody: BTreeMap<EntryId, Vec<(&'c Entry, &'c Custody)>> = BTreeMap::new();
    for entry in view.live(Kind::Custody) {
        if let Body::Custody(event) = &entry.body {
            custody.entry(event.item.0).or_default().push((entry, event));
        }
    }
    if live.is_empty() && custody.is_empty() {
        return None;
    }
    let mut blocks = Vec::new();
    for entry in live {
        let chain = custody.remove(&entry.id()).unwrap_or_default();
        blocks.extend(card(view, entry, &chain).map(Block::Card));
    }
    if !custody.is_empty() {
        let stray: Vec<_> = custody.into_values().flatten().collect();
        blocks.push(Block::Heading("Custody of items that cannot be read"));
        blocks.push(Block::Table(chain_table(view, &stray)));
    }
    Some(Section { anchor: "evidence", title: "Evidence", count: Some(live.len()), blocks })
}

fn card<'c>(view: &View<'_, 'c>, entry: &'c Entry, chain: &[(&'c Entry, &'c Custody)]) -> Option<Card<'c>> {
    let Body::Evidence(item) = &entry.body else { return None };
    let name = view.names.get(entry.id())?;
    let mut badges = vec![badge(Tone::Plain, item.kind.word().replace('-', " "))];
    if item.derived_from.is_some() {
        badges.push(badge(Tone::Watch, "derived"));
    }
    badges.extend(view.own_marking(entry));
    let mut blocks = Vec::new();
    if let Some(description) = &item.description {
        blocks.push(Block::Prose(description.as_str()));
    }
    blocks.push(Block::Facts(facts_of(view, item)));
    if !item.renamed.is_empty() {
        blocks.push(Block::Label("Files whose names could not be kept"));
        let renamed = |name: &'c crate::model::Renamed| {
            vec![code(name.path.as_str()), text(" was "), code(name.original.as_str())]
        };
        blocks.push(Block::List(item.renamed.iter().map(renamed).collect()));
    }
    if !chain.is_empty() {
        blocks.push(Block::Label("Chain of custody"));
        blocks.push(Block::Table(chain_table(view, chain)));
    }
    Some(Card {
        anchor: entry.id().to_string().into(),
        label: name.label.clone().into(),
        title: item.title.as_str().into(),
        badges,
        blocks,
    })
}

fn facts_of<'c>(view: &View<'_, 'c>, item: &'c Evidence) -> Vec<Fact<'c>> {
    let mut said = Vec::new();
    let mut add = |name: &'static str, line: Line<'c>| {
        if !line.is_empty() {
            said.push(facts(name, line));
        }
    };
    add("Content", content(item));
    add("Digest of list", item.list.iter().map(|list| code(format!("sha256:{list}"))).collect());
    if let Some(source) = &item.source {
        let mut line: Line<'c> = source.asset.iter().map(|asset| Span::Entry(asset.0)).collect();
        for (name, value) in [("", &source.location), ("serial ", &source.serial)] {
            if let Some(value) = value {
                if !line.is_empty() {
                    line.push(text(", "));
                }
                line.extend([small(name), code(value.as_str())]);
            }
        }
        add("Source", line);
        add("Clock of source", source.clock_skew.iter().map(|skew| text(clock_words(skew.0))).collect());
    }
    add("Acquired", acquired(view, item));
    add("Authority", item.acquired.authority.iter().map(|authority| text(authority.as_str())).collect());
    if let Some(derivation) = &item.derived_from {
        add("Made from", links(&derivation.inputs, "\n"));
        add("With", derived(derivation));
        add("Command", derivation.command.iter().map(|command| code(command.as_str())).collect());
    }
    add("Tags", tags(&item.tags));
    super::push_custom(&mut said, &item.custom);
    said
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
    let files = counted(item.files, "file");
    let kept = match item.storage {
        Storage::Git => "kept in Git",
        Storage::Lfs => "kept in Git LFS",
        Storage::Store => "kept in the evidence store",
        Storage::None => "",
    };
    vec![text(format!("{files}, {} bytes, {kept}", grouped(item.bytes)))]
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

fn acquired<'c>(view: &View<'_, 'c>, item: &'c Evidence) -> Line<'c> {
    let acquired = &item.acquired;
    let mut line = super::milestones::time(&acquired.at);
    line.extend([text(" by "), view.person(acquired.by.as_str())]);
    if let Some(method) = &acquired.method {
        line.extend([text(", "), text(method.as_str())]);
    }
    if let Some(tool) = &acquired.tool {
        line.extend([text(", with "), text(tool.as_str())]);
        line.extend(acquired.version.iter().flat_map(|version| [text(" "), text(version.as_str())]));
    }
    line
}

fn derived<'c>(derivation: &'c Derivation) -> Line<'c> {
    let mut line = vec![text(derivation.tool.as_str())];
    line.extend(derivation.version.iter().flat_map(|version| [text(" "), text(version.as_str())]));
    if let Some(status) = derivation.exit_status {
        line.push(small(format!(", exit status {status}")));
    }
    if let Some(started) = derivation.started {
        line.push(small(format!(", started {}", clock::moment(started.timestamp()))));
    }
    if let Some(ended) = derivation.ended {
        line.push(small(format!(", ended {}", clock::moment(ended.timestamp()))));
    }
    line
}

fn chain_table<'c>(view: &View<'_, 'c>, chain: &[(&'c Entry, &'c Custody)]) -> Table<'c> {
    let corrected: BTreeSet<EntryId> =
        chain.iter().filter_map(|(_, event)| event.supersedes).map(|before| before.0).collect();
    let row = |(entry, event): &(&'c Entry, &'c Custody)| {
        let mut action = vec![text(event.action.word())];
        if corrected.contains(&entry.id()) {
            action.extend([Span::Break, small("corrected by a later entry")]);
        }
        if let Some(before) = event.supersedes {
            action.extend([Span::Break, small("corrects "), Span::Label(before.0)]);
        }
        let place = |place: &'c Option<crate::values::Line>| {
            vec![place.as_ref().map_or(Span::Nothing, |place| text(place.as_str()))]
        };
        let mut reason = place(&event.reason);
        if let Some(digest) = &event.digest {
            reason.extend([Span::Break, code(digest.to_string())]);
        }
        Row {
            entry: Some(entry.id()),
            cells: vec![
                vec![text(clock::moment(event.at.timestamp()))],
                action,
                vec![view.person(event.by.as_str())],
                place(&event.from),
                place(&event.to),
                reason,
            ],
        }
    };
    Table {
        caption: "Chain of custody",
        columns: &["When", "What", "By", "From", "To", "Why, and the digest seen"],
        rows: chain.iter().map(row).collect(),
    }
}
