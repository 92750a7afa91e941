//! The story: what happened, told from the milestones and the events, phase by phase.

use super::{View, course};
use crate::model::{Body, Entry, Event};
use crate::report::outline::{Block, Line, Section, Span, text};
use crate::report::said::Stretch;
use crate::values::vocabulary::{Actor, Tactic, Wording};
use crate::values::wording::{capital, counted};
use crate::values::{Kind, When};

pub fn section<'c>(view: &View<'_, 'c>) -> Option<Section<'c>> {
    let events: Vec<Told<'c>> = view.live(Kind::Event).iter().filter_map(|entry| Told::of(entry)).collect();
    let mut blocks: Vec<Block<'c>> = course::of_milestones(view).map(Block::Text).into_iter().collect();
    let lines: Vec<Line<'c>> = Tactic::ALL
        .iter()
        .filter_map(|tactic| {
            let name = capital(&name(*tactic, view.profile.wording));
            phase(view, &name, events.iter().filter(|told| told.tactic() == Some(*tactic)))
        })
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

/// An event that is told.
pub struct Told<'c> {
    entry: &'c Entry,
    pub event: &'c Event,
}

impl<'c> Told<'c> {
    pub fn of(entry: &'c Entry) -> Option<Self> {
        match &entry.body {
            Body::Event(event) => Some(Self { entry, event }),
            _ => None,
        }
    }

    /// The phase of the attack that it belongs to; what the responders do has none.
    pub fn tactic(&self) -> Option<Tactic> {
        self.event.tactic.filter(|_| self.event.actor != Actor::Responder)
    }

    fn is_unplaced(&self, actor: Actor) -> bool {
        self.event.actor == actor && self.event.tactic.is_none()
    }
}

/// `initial-access` as `initial access`, and as `getting in` for who does not know ATT&CK.
pub fn name(tactic: Tactic, wording: Wording) -> String {
    match wording {
        Wording::Technical => tactic.word().replace('-', " "),
        Wording::Plain => plainly(tactic).to_owned(),
    }
}

fn plainly(tactic: Tactic) -> &'static str {
    match tactic {
        Tactic::Reconnaissance => "looking for targets",
        Tactic::ResourceDevelopment => "preparing",
        Tactic::InitialAccess => "getting in",
        Tactic::Execution => "running programs",
        Tactic::Persistence => "staying in",
        Tactic::PrivilegeEscalation => "gaining rights",
        Tactic::DefenseEvasion => "hiding",
        Tactic::CredentialAccess => "getting credentials",
        Tactic::Discovery => "looking around",
        Tactic::LateralMovement => "moving on",
        Tactic::Collection => "gathering data",
        Tactic::CommandAndControl => "steering from outside",
        Tactic::Exfiltration => "taking data out",
        Tactic::Impact => "doing damage",
    }
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
