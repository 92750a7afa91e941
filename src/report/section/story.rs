//! The story: what happened, told from the milestones and the events, phase by phase.

use super::View;
use crate::model::{Body, Entry, Event, Milestones};
use crate::report::clock::{self, Elapsed};
use crate::report::outline::{Block, Line, Section, Span, text};
use crate::report::said::{self, Stretch};
use crate::values::vocabulary::{Actor, Measure, Tactic, Wording};
use crate::values::wording::{capital, counted};
use crate::values::{Kind, When};

pub fn section<'c>(view: &View<'_, 'c>) -> Option<Section<'c>> {
    let events: Vec<Told<'c>> = view.live(Kind::Event).iter().filter_map(|entry| Told::of(entry)).collect();
    let record = view.case.record.as_ref().map(|record| &record.value);
    let mut blocks: Vec<Block<'c>> = record
        .and_then(|record| record.milestones.as_ref())
        .and_then(|milestones| course(view, milestones))
        .map(Block::Text)
        .into_iter()
        .collect();
    let lines: Vec<Line<'c>> = Tactic::ALL
        .iter()
        .filter_map(|tactic| phase(view, &name(*tactic), events.iter().filter(|told| told.tactic() == Some(*tactic))))
        .chain(phase(
            view,
            "What else the attacker did",
            events.iter().filter(|told| told.is_unplaced(Actor::Attacker)),
        ))
        .collect();
    if !lines.is_empty() {
        blocks.push(Block::List(lines));
    }
    if blocks.is_empty() {
        return None;
    }
    Some(Section { anchor: "story", title: "What happened", count: None, blocks })
}

struct Told<'c> {
    entry: &'c Entry,
    event: &'c Event,
}

impl<'c> Told<'c> {
    fn of(entry: &'c Entry) -> Option<Self> {
        match &entry.body {
            Body::Event(event) => Some(Self { entry, event }),
            _ => None,
        }
    }

    /// The phase of the attack that it belongs to; what the responders do has none.
    fn tactic(&self) -> Option<Tactic> {
        self.event.tactic.filter(|_| self.event.actor != Actor::Responder)
    }

    fn is_unplaced(&self, actor: Actor) -> bool {
        self.event.actor == actor && self.event.tactic.is_none()
    }
}

/// `initial-access` as `Initial access`.
pub fn name(tactic: Tactic) -> String {
    capital(&tactic.word().replace('-', " "))
}

/// One phase: when it was, and what was done in it.
fn phase<'e, 'c: 'e>(view: &View<'_, 'c>, name: &str, events: impl Iterator<Item = &'e Told<'c>>) -> Option<Line<'c>> {
    let events: Vec<&Told<'c>> = events.collect();
    let stretch = Stretch::around(events.iter().map(|told| stretch(&told.event.time)))?;
    let mut line =
        vec![Span::Strong(name.to_owned().into()), text(format!(", {}: ", stretch.said(view.profile.zone.as_ref())))];
    let (told, more) = view.profile.shorten(&events);
    for (index, told) in told.iter().enumerate() {
        if index > 0 {
            line.push(text("; "));
        }
        line.extend(what(view, told));
    }
    line.push(text(if more > 0 { format!("; and {}", counted(more, "further event")) } else { String::new() } + "."));
    Some(line)
}

fn what<'c>(view: &View<'_, 'c>, told: &Told<'c>) -> Line<'c> {
    let mut line = vec![text(told.event.title.as_str().trim_end_matches('.'))];
    if view.profile.wording == Wording::Technical {
        line.extend([text(" ("), Span::Label(told.entry.id()), text(")")]);
    }
    line
}

pub fn stretch(when: &When) -> Stretch {
    Stretch { from: when.earliest(), to: when.latest() }
}

/// The course of the incident in a sentence or two, by its milestones.
fn course<'c>(view: &View<'_, 'c>, milestones: &Milestones) -> Option<Line<'c>> {
    let said = |when: &When| stretch(when).said(view.profile.zone.as_ref());
    let after = |measure| match clock::elapsed(milestones, measure, view.now) {
        Elapsed::Took(range) if range.max > 0 => format!(", {} {}", said::lasting(range), since(measure)),
        _ => String::new(),
    };
    let steps = [
        (milestones.occurred.as_ref(), "The incident began", None),
        (milestones.detected.as_ref(), "It was detected", Some(Measure::TimeToDetect)),
        (milestones.reported.as_ref(), "The response team was told", Some(Measure::TimeToReport)),
        (milestones.contained.as_ref(), "It was contained", Some(Measure::TimeToContain)),
        (milestones.eradicated.as_ref(), "The attacker was removed", Some(Measure::TimeToEradicate)),
        (milestones.recovered.as_ref(), "The business worked as before", Some(Measure::TimeToRecover)),
    ];
    let sentence = |(when, what, measure): (Option<&When>, &str, Option<Measure>)| {
        let when = when?;
        Some(format!("{what} {}{}.", said(when), measure.map(after).unwrap_or_default()))
    };
    let sentences: Vec<String> = steps.into_iter().filter_map(sentence).collect();
    (!sentences.is_empty()).then(|| vec![text(sentences.join(" "))])
}

fn since(measure: Measure) -> &'static str {
    match measure {
        Measure::TimeToDetect => "after it began",
        _ => "after it was detected",
    }
}
