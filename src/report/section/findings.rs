//! Findings: what the evidence shows and what it means, the most settled first.

use super::{View, confidence, links, push_custom, severity, tags, techniques};
use crate::model::{Body, Entry, Finding};
use crate::report::outline::{Block, Card, Row, Section, Span, Table, Tone, badge, code, facts, join, small, text};
use crate::values::Kind;
use crate::values::vocabulary::FindingStatus;

pub fn section<'c>(view: &View<'_, 'c>) -> Option<Section<'c>> {
    let live = view.live(Kind::Finding);
    if live.is_empty() {
        return None;
    }
    let mut blocks = Vec::new();
    if live.len() > 2 {
        let rows = live.iter().filter_map(|entry| row(entry)).collect();
        let columns = &["Finding", "Status", "Confidence", "Severity"];
        blocks.push(Block::Table(Table { caption: "Findings", columns, rows }));
    }
    blocks.extend(live.iter().filter_map(|entry| card(view, entry)).map(Block::Card));
    Some(Section { anchor: "findings", title: "Findings", count: Some(live.len()), blocks })
}

fn of(entry: &Entry) -> Option<&Finding> {
    match &entry.body {
        Body::Finding(finding) => Some(finding),
        _ => None,
    }
}

fn row(entry: &Entry) -> Option<Row<'_>> {
    let finding = of(entry)?;
    let word = |word: Option<&'static str>| vec![word.map_or(Span::Nothing, text)];
    Some(Row {
        entry: None,
        cells: vec![
            vec![Span::Entry(entry.id())],
            vec![status(finding.status)],
            word(finding.confidence.map(|confidence| confidence.word())),
            word(finding.severity.map(|severity| severity.word())),
        ],
    })
}

pub fn status<'c>(status: FindingStatus) -> Span<'c> {
    let tone = match status {
        FindingStatus::Confirmed => Tone::Good,
        FindingStatus::Proposed => Tone::Watch,
        _ => Tone::Plain,
    };
    badge(tone, status.word())
}

fn card<'c>(view: &View<'_, 'c>, entry: &'c Entry) -> Option<Card<'c>> {
    let finding = of(entry)?;
    let name = view.names.get(entry.id())?;
    let mut badges = vec![status(finding.status), badge(Tone::Plain, finding.r#type.word())];
    badges.extend(finding.confidence.map(confidence));
    badges.extend(finding.severity.map(severity));
    badges.extend(view.standing(entry));
    badges.extend(view.own_marking(entry));
    let mut blocks = vec![Block::Prose(finding.summary.as_str().into())];
    if let Some(analysis) = &finding.analysis {
        blocks.push(Block::Label("What it means"));
        blocks.push(Block::Prose(analysis.as_str().into()));
    }
    blocks.push(Block::Facts(facts_of(view, entry, finding)));
    if !finding.evidence.is_empty() {
        blocks.push(Block::Label("Evidence"));
        blocks.push(Block::Citations(view.citations(&finding.evidence)));
    }
    Some(Card {
        anchor: entry.id().to_string().into(),
        label: name.label.clone().into(),
        title: finding.title.as_str().into(),
        badges,
        blocks,
    })
}

fn facts_of<'c>(view: &View<'_, 'c>, entry: &Entry, finding: &'c Finding) -> Vec<crate::report::outline::Fact<'c>> {
    let mut said = Vec::new();
    let mut add = |name: &'static str, line: Vec<Span<'c>>| {
        if !line.is_empty() {
            said.push(facts(name, line));
        }
    };
    add("Why so sure", finding.reason.iter().map(|reason| text(reason.as_str())).collect());
    add("When", finding.observed.as_ref().map_or_else(Vec::new, super::milestones::time));
    add("Techniques", techniques(&finding.techniques, "\n"));
    add("Vulnerabilities", join(finding.vulnerabilities.iter().map(|cve| code(cve.as_str())), ", "));
    if let Some(cvss) = &finding.cvss {
        let mut line = vec![code(cvss.as_str())];
        if let Some((score, word)) = cvss.score() {
            line.push(small(format!(" {score:.1} {word}")));
        }
        add("CVSS", line);
    }
    add("Assets", links(&finding.assets, ", "));
    add("Indicators", links(&finding.indicators, ", "));
    add("Asks for", links(&finding.recommendations, "\n"));
    add("Authors", join(finding.authors.iter().map(|author| view.person(author.as_str())), ", "));
    add("Signed off", view.signed(entry));
    add("Tags", tags(&finding.tags));
    push_custom(&mut said, &finding.custom);
    said
}
