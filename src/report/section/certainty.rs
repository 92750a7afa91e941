//! Certainty: how we know, which is how sure the findings are, why, and how much evidence they cite.

use super::View;
use crate::model::{Body, Entry, Finding};
use crate::report::figure::proof::{self, Proof};
use crate::report::outline::{Block, Line, Section, Span, text};
use crate::report::said::before;
use crate::values::vocabulary::{Confidence, FindingStatus, FindingType, Wording};
use crate::values::wording::counted;
use crate::values::{EntryId, Kind};
use std::collections::BTreeSet;

pub fn section<'c>(view: &View<'_, 'c>) -> Option<Section<'c>> {
    let findings: Vec<(&Entry, &'c Finding)> = view
        .live(Kind::Finding)
        .iter()
        .filter_map(|entry| match &entry.body {
            Body::Finding(finding) => Some((*entry, &**finding)),
            _ => None,
        })
        .collect();
    if findings.is_empty() {
        return None;
    }
    let mut blocks = vec![Block::Text(vec![text(overview(&findings))])];
    let settled: Vec<_> = findings
        .iter()
        .filter(|(_, finding)| finding.status == FindingStatus::Confirmed && !excludes(finding))
        .collect();
    let excluded: Vec<_> = findings.iter().filter(|(_, finding)| excludes(finding)).collect();
    for (label, list) in [("What we know", settled), ("What we ruled out", excluded)] {
        let (told, more) = view.profile.shorten(&list);
        if told.is_empty() {
            continue;
        }
        blocks.push(Block::Label(label));
        let mut lines: Vec<Line<'c>> = told.iter().map(|(entry, finding)| known(view, entry, finding)).collect();
        if more > 0 {
            lines.push(vec![text(format!("and {}", counted(more, "further finding")))]);
        }
        blocks.push(Block::List(lines));
    }
    // Who is told only so many entries is told them in the lists.
    if view.profile.limit.is_none() {
        blocks.extend(proof::of(view.case, view.names).map(|proof| match proof {
            Proof::Drawn(figure) => Block::Figure(*figure),
            Proof::Said(words) => Block::Text(vec![text(words)]),
        }));
    }
    Some(Section { anchor: "certainty", title: "How we know", count: None, blocks })
}

fn excludes(finding: &Finding) -> bool {
    finding.r#type == FindingType::Exclusion
}

/// `5 findings: 3 confirmed and 2 proposed. The confirmed ones cite 14 places in 4 exhibits.`
fn overview(findings: &[(&Entry, &Finding)]) -> String {
    let parts: Vec<String> = FindingStatus::ALL
        .iter()
        .map(|status| (status.word(), findings.iter().filter(|(_, finding)| finding.status == *status).count()))
        .filter(|(_, count)| *count > 0)
        .map(|(word, count)| format!("{count} {word}"))
        .collect();
    let length = parts.len();
    let parts: String =
        parts.into_iter().enumerate().map(|(index, part)| format!("{}{part}", before(index, length))).collect();
    let confirmed = findings.iter().filter(|(_, finding)| finding.status == FindingStatus::Confirmed);
    let citations: Vec<EntryId> =
        confirmed.flat_map(|(_, finding)| finding.evidence.iter().map(|citation| citation.item.0)).collect();
    let exhibits = citations.iter().collect::<BTreeSet<_>>().len();
    let proof = match citations.len() {
        0 => String::new(),
        places => format!(" What is confirmed cites {} in {}.", counted(places, "place"), counted(exhibits, "exhibit")),
    };
    format!("{}: {parts}.{proof}", counted(findings.len(), "finding"))
}

/// One finding: what, how sure, and why.
fn known<'c>(view: &View<'_, 'c>, entry: &Entry, finding: &'c Finding) -> Line<'c> {
    let mut line = match view.profile.wording {
        Wording::Technical => vec![Span::Entry(entry.id())],
        Wording::Plain => vec![text(finding.title.as_str().trim_end_matches('.'))],
    };
    line.push(text(match finding.confidence {
        Some(Confidence::High) => ". We are sure of it".to_owned(),
        Some(Confidence::Moderate) => ". We are fairly sure of it".to_owned(),
        Some(Confidence::Low) => ". We are not sure of it".to_owned(),
        None => String::new(),
    }));
    if let Some(reason) = &finding.reason {
        line.extend([
            text(if finding.confidence.is_some() { ": " } else { ". " }),
            text(reason.as_str().trim_end_matches('.')),
        ]);
    }
    line.push(text("."));
    if finding.evidence.is_empty() {
        line.push(text(" It cites no evidence."));
    }
    line
}
