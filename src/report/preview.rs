//! A preview: what the report for an audience would be of files that are in no commit yet, with what is wrong with them beside
//! what it concerns. It is for who works on the case, and never said to be a report.

use super::audience::{self, Profile, TECHNICAL};
use super::gate::{Examined, Refusal};
use super::outline::{self, Banner, Block, Card, Outline};
use super::{Dialect, Edition, RenderedFile, Source, html, templated};
use crate::diagnostic::render::Count;
use crate::diagnostic::{Diagnostic, Level, Place, Sources};
use crate::model::Case;
use crate::values::{EntryId, Kind, TreePath};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// A case as its files say it, and everything that is wrong with it.
pub struct Looked {
    pub source: Source,
    pub diagnostics: Vec<Diagnostic>,
    /// The texts that the diagnostics point into.
    pub sources: Sources,
    /// When the files said so.
    pub now: Timestamp,
}

/// What a preview says beside what a report would say.
pub struct Remarks {
    pub count: Count,
    /// What is wrong, by the anchor of the card or row that it concerns.
    pub beside: BTreeMap<String, Vec<Problem>>,
    /// What is wrong with what is not shown.
    pub elsewhere: Vec<Problem>,
    /// Why the gate would keep the report back.
    pub refusals: Vec<Refusal>,
    /// Whether everything may be told to whom the preview is for.
    pub is_internal: bool,
}

/// Something that is wrong, ready to be shown.
pub struct Problem {
    pub level: Level,
    pub code: String,
    /// What is wrong; nothing where the audience may not be told all of the case, since it may quote any of it.
    pub message: String,
    pub help: Option<String>,
    /// The place, then what explains it.
    pub places: Vec<Spot>,
}

/// A place in a file, with the line that it is in.
pub struct Spot {
    pub path: String,
    /// Line and column, from 1; none for a whole file.
    pub at: Option<(usize, usize)>,
    pub line: Option<Marked>,
    pub label: Option<String>,
}

/// A line, of which a part is marked.
pub struct Marked {
    pub before: String,
    pub marked: String,
    pub after: String,
}

impl Looked {
    /// The audience with a handle, or why there is no preview for it. A policy with errors in it may say anything of what an
    /// audience may be told, so that those alone who work on the case see it then.
    pub fn profile(&self, handle: &str) -> Result<Profile, &'static str> {
        let is_of_policy = |diagnostic: &Diagnostic| diagnostic.is_error() && diagnostic.place.path.as_str() == POLICY;
        if handle != TECHNICAL && self.diagnostics.iter().any(is_of_policy) {
            return Err("policy.toml has errors, so that nobody knows what this audience may be told");
        }
        audience::profile(&self.source.case, handle).ok_or("this case has no such audience")
    }
}

const POLICY: &str = "policy.toml";

/// Makes the preview for an audience as one HTML file. Where the gate would refuse the report to an audience that must not know
/// everything, the preview has the reasons and nothing else.
pub fn make(looked: &Looked, profile: &Profile) -> String {
    let source = &looked.source;
    let told = source.case.told(&profile.telling());
    let edition = Edition {
        profile,
        told: &told,
        defanged: source.defanged(profile),
        since: None,
        provenance: None,
        now: looked.now,
        problems: source.problems,
        standings: &source.standings,
        policy: source.policy,
        templates: &source.templates,
    };
    let mut outline = outline::outline(&edition);
    let mut refusals = templated::replace_sections(&mut outline, profile, &source.templates);
    let name = Dialect::Html.file_name().to_owned();
    let file = RenderedFile { name, dialect: Dialect::Html, content: html::write(&outline), is_templated: false };
    let examined = Examined { case: &source.case, told: &told, profile, standings: &source.standings };
    refusals.extend(examined.refusals(&[file]));
    if profile.is_internal() {
        add_unreadable(&mut outline, &source.case);
    } else if !refusals.is_empty() {
        withhold(&mut outline, profile);
    }
    outline.remarks = Some(remarks(looked, &outline, refusals, profile.is_internal()));
    html::write(&outline)
}

/// Gives entries that cannot be read a card in the section of their kind, where what is wrong with them can stand.
fn add_unreadable(outline: &mut Outline<'_>, case: &Case) {
    for (id, path) in case.unreadable.iter().rev() {
        let anchor = section_of(id.kind());
        let Some(section) = outline.sections.iter_mut().find(|section| section.anchor == anchor) else { continue };
        let card = Card {
            anchor: id.to_string().into(),
            label: path.to_string().into(),
            title: "cannot be read".into(),
            badges: Vec::new(),
            blocks: Vec::new(),
        };
        section.blocks.insert(0, Block::Card(card));
        outline.shown.insert(*id);
    }
}

/// The anchor of the section that shows the entries of a kind.
fn section_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Event => "timeline",
        Kind::Custody => Kind::Evidence.folder(),
        kind => kind.folder(),
    }
}

/// Leaves nothing of a report but that there is none.
fn withhold(outline: &mut Outline<'_>, profile: &Profile) {
    outline.sections = Vec::new();
    outline.shown = BTreeSet::new();
    let warnings = std::mem::take(&mut outline.banner.warnings);
    outline.banner = Banner {
        marking: profile.ceiling,
        case_id: "".into(),
        title: format!("No report for {}", profile.name).into(),
        facts: Vec::new(),
        // That it is not committed; the others may speak of the case.
        warnings: warnings.into_iter().take(1).collect(),
    };
}

fn remarks(looked: &Looked, outline: &Outline<'_>, refusals: Vec<Refusal>, is_internal: bool) -> Remarks {
    let entries = anchors(&looked.source.case);
    let shown = cards(outline);
    let mut remarks = Remarks {
        count: looked.source.problems,
        beside: BTreeMap::new(),
        elsewhere: Vec::new(),
        refusals,
        is_internal,
    };
    for diagnostic in &looked.diagnostics {
        let problem = Problem::of(&looked.sources, diagnostic, is_internal);
        let id = entry_of(&diagnostic.place.path, &entries).filter(|id| outline.shown.contains(id));
        let anchor = id.map(|id| id.to_string()).or_else(|| shown.get(diagnostic.place.path.name()).cloned());
        match anchor {
            Some(anchor) => remarks.beside.entry(anchor).or_default().push(problem),
            None if is_internal => remarks.elsewhere.push(problem),
            // Counted, and no more: what is not shown may be what must not be told.
            None => {}
        }
    }
    remarks
}

/// The entries of a case by their files.
fn anchors(case: &Case) -> BTreeMap<&TreePath, EntryId> {
    let unreadable = case.unreadable.iter().map(|(id, path)| (path, *id));
    case.entries.iter().map(|(id, entry)| (&entry.path, *id)).chain(unreadable).collect()
}

/// The entry that a file belongs to.
fn entry_of(path: &TreePath, entries: &BTreeMap<&TreePath, EntryId>) -> Option<EntryId> {
    if let Some(id) = entries.get(path) {
        return Some(*id);
    }
    // The list of an evidence item, and the files in its folder.
    let inside = path.as_str().strip_prefix(Kind::Evidence.folder())?.strip_prefix('/')?;
    inside.split(['/', '.']).next()?.parse().ok()
}

/// The anchors of the cards of notes, by the name of the note's file.
fn cards(outline: &Outline<'_>) -> BTreeMap<String, String> {
    let notes = outline.sections.iter().filter(|section| section.anchor == "notes").flat_map(|section| &section.blocks);
    notes
        .filter_map(|block| match block {
            Block::Card(card) => Some((card.label.to_string(), card.anchor.to_string())),
            _ => None,
        })
        .collect()
}

impl Problem {
    fn of(sources: &Sources, diagnostic: &Diagnostic, is_internal: bool) -> Self {
        let spot = Spot::of(sources, &diagnostic.place, diagnostic.label.as_deref());
        let (level, code) = (diagnostic.level, diagnostic.code.to_string());
        if !is_internal {
            let places = vec![Spot { line: None, label: None, ..spot }];
            return Self { level, code, message: String::new(), help: None, places };
        }
        let related = diagnostic.related.iter().map(|other| Spot::of(sources, &other.place, Some(&other.label)));
        Self {
            level,
            code,
            message: diagnostic.message.clone(),
            help: diagnostic.help.clone(),
            places: std::iter::once(spot).chain(related).collect(),
        }
    }
}

impl Spot {
    fn of(sources: &Sources, place: &Place, label: Option<&str>) -> Self {
        let position = sources.position(place);
        let line = sources.line(place).map(|(line, range)| Marked {
            before: line[..range.start].to_owned(),
            marked: line[range.clone()].to_owned(),
            after: line[range.end..].to_owned(),
        });
        Self {
            path: place.path.to_string(),
            at: position.map(|at| (at.line, at.column)),
            line,
            label: label.map(str::to_owned),
        }
    }
}
