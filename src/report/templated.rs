//! Reports and sections that a team's own templates write. A template is given the report as JSON, so nothing that the audience
//! may not be told; what it makes of a section is prose like that of a note, and what it makes of a whole report goes through the
//! same gate as every report.

use super::gate::Refusal;
use super::outline::{Block, Outline, Section};
use super::verify::Claim;
use super::{Dialect, escape, html, json, markdown};
use crate::report::audience::Profile;
use crate::template::{Calls, Templates};
use crate::values::vocabulary::ReportSection;
use rayon::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;

/// Whether templates write any part of the report of an audience.
pub fn concerns(templates: &Templates, profile: &Profile) -> bool {
    let of_sections = || profile.sections.iter().any(|section| templates.section(section.word()).is_some());
    templates.page(&profile.handle).is_some() || templates.markdown(&profile.handle).is_some() || of_sections()
}

/// Puts what templates write in the place of the sections that they are for, and says what went wrong. A section that has nothing
/// to say has no template.
pub fn replace_sections(outline: &mut Outline<'_>, profile: &Profile, templates: &Templates) -> Vec<Refusal> {
    let has = |section: &ReportSection| outline.sections.iter().any(|has| has.anchor == section.word());
    let with_template = |section: &ReportSection| Some((*section, templates.section(section.word())?));
    let written: Vec<(ReportSection, &str)> =
        profile.sections.iter().filter(|section| has(section)).filter_map(with_template).collect();
    if written.is_empty() {
        return Vec::new();
    }
    let is_written = |anchor: &str| written.iter().any(|(section, _)| section.word() == anchor);
    // Links lead to entries that the report still has a place for.
    outline.shown = super::outline::shown_in(outline.sections.iter().filter(|section| !is_written(section.anchor)));
    let context = json::value(outline);
    let write = |(section, name): &(ReportSection, &str)| {
        let own = |value: &&Value| value["anchor"] == section.word();
        let mut context = context.clone();
        context["section"] =
            context["sections"].as_array().into_iter().flatten().find(own).cloned().unwrap_or_default();
        (*section, templates.render(name, &context, for_prose(outline)))
    };
    let made: Vec<(ReportSection, Result<String, String>)> = written.par_iter().map(write).collect();
    let mut sections: BTreeMap<&str, Section<'_>> =
        std::mem::take(&mut outline.sections).into_iter().map(|section| (section.anchor, section)).collect();
    let mut refusals = Vec::new();
    for (section, made) in made {
        match (sections.remove(section.word()), made) {
            (Some(before), Ok(text)) if !text.trim().is_empty() => {
                _ = sections.insert(section.word(), Section { blocks: vec![Block::Prose(text.into())], ..before });
            }
            (_, Err(says)) => refusals.push(refusal(says)),
            _ => {}
        }
    }
    outline.sections = profile.sections.iter().filter_map(|section| sections.remove(section.word())).collect();
    refusals
}

/// What the template of a whole report makes of it, where there is one. A preview has none, since it must say that it is no report.
pub fn whole(outline: &Outline<'_>, dialect: Dialect, templates: &Templates) -> Option<Result<String, Refusal>> {
    outline.rebuild.as_ref()?;
    let (name, calls): (_, fn(&Outline<'_>) -> Calls) = match dialect {
        Dialect::Html => (templates.page(outline.audience)?, for_page),
        Dialect::Markdown => (templates.markdown(outline.audience)?, for_markdown),
        _ => return None,
    };
    let made = templates.render(name, &json::value(outline), calls(outline));
    Some(match made {
        Ok(text) if is_of(outline, dialect, &text) => Ok(text),
        Ok(_) => Err(refusal(templates.unprovable(name))),
        Err(says) => Err(refusal(says)),
    })
}

/// Whether a file says at its end how it is made again, so that `casebook report verify` believes it.
fn is_of(outline: &Outline<'_>, dialect: Dialect, text: &str) -> bool {
    let claim = Claim::read(text.as_bytes());
    claim.is_some_and(|claim| Some(claim.command) == outline.rebuild && claim.dialect == dialect)
}

fn refusal(says: String) -> Refusal {
    Refusal { entry: None, says, help: "correct the template; `casebook check` looks at all of them".to_owned() }
}

/// What a template of a section may call: it writes prose, which is made safe like that of a note.
fn for_prose(outline: &Outline<'_>) -> Calls {
    Calls {
        escape: literally,
        prose: Box::new(str::to_owned),
        pieces: BTreeMap::from([("tlp", markdown::marking(outline.banner.marking))]),
        sections: BTreeMap::new(),
    }
}

fn for_markdown(outline: &Outline<'_>) -> Calls {
    let voice = outline.voice();
    Calls {
        escape: literally,
        prose: Box::new(move |text| markdown::prose_alone(&voice, text)),
        pieces: BTreeMap::from([
            ("tlp", markdown::marking(outline.banner.marking)),
            ("provenance", markdown::provenance(outline)),
        ]),
        sections: markdown::sections(outline),
    }
}

fn for_page(outline: &Outline<'_>) -> Calls {
    let voice = outline.voice();
    Calls {
        escape: |text| {
            let mut out = String::with_capacity(text.len());
            escape::html(&mut out, text);
            out
        },
        prose: Box::new(move |text| html::prose_alone(&voice, text)),
        pieces: BTreeMap::from([
            ("tlp", html::marking(outline.banner.marking)),
            ("provenance", html::provenance(outline)),
            ("style", html::style()),
            ("head", html::GUARD.trim_end().to_owned()),
        ]),
        sections: html::sections(outline),
    }
}

/// A text of which every character stands for itself in Markdown, wherever on a line it is written.
fn literally(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    escape::markdown(&mut out, text, escape::Standing { starts_line: true, in_table: true });
    out
}
