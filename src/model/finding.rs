//! Findings: what the evidence shows and what it means.

use super::record::record;
use super::{ActionId, AssetId, Custom, EvidenceId, FindingId, IndicatorId, Own, Set};
use crate::values::vocabulary::{Confidence, FindingStatus, FindingType, Marking, Severity};
use crate::values::{Cve, Cvss, Handle, Line, Markdown, Selector, Sha256, Tag, TechniqueId, When};

record! {
    /// A finding: a statement about the incident that the evidence bears out.
    Finding("finding") {
        /// Its id; the file has the same name.
        id: Own<FindingId>,
        /// The statement, in one line.
        title: Line,
        /// Where it stands.
        status: FindingStatus,
        /// Seen, concluded, supposed, ruled out, or ascribed to somebody.
        r#type: FindingType,
        /// Who stands for it: handles of team.toml.
        authors: Set<Handle>,
        /// How sure the authors are.
        confidence: Option<Confidence>,
        /// Why they are that sure.
        reason: Option<Line>,
        /// How bad it is.
        severity: Option<Severity>,
        /// Its marking, where it is not the case's.
        tlp: Option<Marking>,
        /// When it was seen, or began.
        observed: Option<When>,
        /// ATT&CK techniques and sub-techniques.
        techniques: Set<TechniqueId>,
        /// Vulnerabilities that were used.
        vulnerabilities: Set<Cve>,
        /// CVSS vector of the worst of them.
        cvss: Option<Cvss>,
        /// Assets that it concerns.
        assets: Set<AssetId>,
        /// Indicators that it rests on or yields.
        indicators: Set<IndicatorId>,
        /// Actions that it asks for.
        recommendations: Set<ActionId>,
        /// The team's tags.
        tags: Set<Tag>,
        /// The finding that takes its place, when it is superseded.
        superseded_by: Option<FindingId>,
        /// The digest of title, summary and analysis as a program proposed them.
        proposal: Option<Sha256>,
        /// What the evidence shows.
        summary: Markdown,
        /// What it means.
        analysis: Option<Markdown>,
        /// Places in the evidence that bear it out.
        evidence: Vec<Citation>,
        /// The team's own fields, as policy.toml declares them.
        custom: Custom,
    }
}

record! {
    /// A citation: a place in an evidence item, and what stands there.
    Citation("citation") {
        /// The evidence item.
        item: EvidenceId,
        /// The file inside the item, where it has several.
        path: Option<Line>,
        /// The place: `lines:120-130`, `row:17`, `record:4211`, `json:/events/3` or `bytes:512+64`.
        at: Option<Selector>,
        /// The text that stands there.
        quote: Option<Markdown>,
    }
}

/// The tag of what a program proposed.
pub const PROPOSED: &str = "machine-proposed";

impl Finding {
    /// Whether nothing shows that a person changed the words that a program proposed: they are the same, or what they were is gone.
    pub fn is_as_proposed(&self) -> bool {
        match self.proposal {
            Some(proposal) => proposal == self.words(),
            None => self.tags.0.iter().any(|tag| tag.as_str() == PROPOSED),
        }
    }

    /// The digest of what it says in words: title, summary and analysis.
    pub fn words(&self) -> Sha256 {
        let analysis = self.analysis.as_ref().map(Markdown::as_str).unwrap_or_default();
        words(self.title.as_str(), self.summary.as_str(), analysis)
    }
}

/// The digest of title, summary and analysis, each with its length in bytes before it.
pub fn words(title: &str, summary: &str, analysis: &str) -> Sha256 {
    let text: String = [title, summary, analysis].iter().map(|text| format!("{} {text}\n", text.len())).collect();
    Sha256::of(text.as_bytes())
}
