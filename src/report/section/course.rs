//! Course: what happened in two sentences, by the milestones and the phases of the attack.

use super::View;
use super::story::{Told, name, stretch};
use crate::report::clock::{self, Elapsed};
use crate::report::outline::{Block, Line, Section, text};
use crate::report::said::{self, Stretch, before};
use crate::values::vocabulary::{Measure, Tactic};
use crate::values::wording::capital;
use crate::values::{Kind, When};
use std::collections::BTreeMap;

pub fn section<'c>(view: &View<'_, 'c>) -> Option<Section<'c>> {
    let blocks: Vec<Block<'c>> =
        [of_milestones(view), of_phases(view)].into_iter().flatten().map(Block::Text).collect();
    if blocks.is_empty() {
        return None;
    }
    Some(Section { anchor: "course", title: "What happened", count: None, blocks })
}

/// What the attacker did, phase by phase, in the order in which they began.
fn of_phases<'c>(view: &View<'_, 'c>) -> Option<Line<'c>> {
    let mut phases: BTreeMap<Tactic, Stretch> = BTreeMap::new();
    for told in view.live(Kind::Event).iter().filter_map(|entry| Told::of(entry)) {
        if let Some(tactic) = told.tactic() {
            let own = stretch(&told.event.time);
            let around = phases.get(&tactic).and_then(|known| Stretch::around([*known, own]));
            phases.insert(tactic, around.unwrap_or(own));
        }
    }
    let whole = Stretch::around(phases.values().copied())?;
    let mut phases: Vec<(Tactic, Stretch)> = phases.into_iter().collect();
    phases.sort_by_key(|(tactic, stretch)| (stretch.from, *tactic));
    let length = phases.len();
    let names: String = phases
        .iter()
        .enumerate()
        .map(|(index, (tactic, _))| format!("{}{}", before(index, length), name(*tactic, view.profile.wording)))
        .collect();
    Some(vec![text(format!("The attacker acted {}: {names}.", whole.said(view.profile.zone.as_ref())))])
}

/// When the case reached its milestones; those of the same time share a sentence.
pub fn of_milestones<'c>(view: &View<'_, 'c>) -> Option<Line<'c>> {
    let milestones = view.case.record.as_ref()?.value.milestones.as_ref()?;
    let said = |when: &When| stretch(when).said(view.profile.zone.as_ref());
    let after = |measure| match clock::elapsed(milestones, measure, view.now) {
        Elapsed::Took(range) if range.max > 0 => format!(", {} {}", said::lasting(range), since(measure)),
        _ => String::new(),
    };
    let steps = [
        (milestones.occurred.as_ref(), "the incident began", None),
        (milestones.detected.as_ref(), "it was detected", Some(Measure::TimeToDetect)),
        (milestones.reported.as_ref(), "the response team was told", Some(Measure::TimeToReport)),
        (milestones.contained.as_ref(), "it was contained", Some(Measure::TimeToContain)),
        (milestones.eradicated.as_ref(), "the attacker was removed", Some(Measure::TimeToEradicate)),
        (milestones.recovered.as_ref(), "the business worked as before", Some(Measure::TimeToRecover)),
    ];
    let mut sentences: Vec<(String, String)> = Vec::new();
    for (when, what, measure) in steps {
        let Some(when) = when else { continue };
        let time = format!("{}{}", said(when), measure.map(after).unwrap_or_default());
        match sentences.last_mut() {
            Some((clauses, same)) if *same == time => *clauses = format!("{clauses} and {what}"),
            _ => sentences.push((capital(what), time)),
        }
    }
    let sentences: Vec<String> = sentences.into_iter().map(|(clauses, time)| format!("{clauses} {time}.")).collect();
    (!sentences.is_empty()).then(|| vec![text(sentences.join(" "))])
}

fn since(measure: Measure) -> &'static str {
    match measure {
        Measure::TimeToDetect => "after it began",
        _ => "after it was detected",
    }
}
