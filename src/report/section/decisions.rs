//! Decisions: the question, the answer, why, and what else was considered.

use super::{View, links, tags};
use crate::model::{Body, Decision, Entry};
use crate::report::clock;
use crate::report::outline::{Block, Card, Fact, Section, Span, Tone, badge, facts, join, text};
use crate::values::Kind;
use crate::values::vocabulary::DecisionStatus;

pub fn section<'c>(view: &View<'_, 'c>) -> Option<Section<'c>> {
    let live = view.live(Kind::Decision);
    if live.is_empty() {
        return None;
    }
    let blocks = live.iter().filter_map(|entry| card(view, entry)).map(Block::Card).collect();
    Some(Section { anchor: "decisions", title: "Decisions", count: Some(live.len()), blocks })
}

fn card<'c>(view: &View<'_, 'c>, entry: &'c Entry) -> Option<Card<'c>> {
    let Body::Decision(decision) = &entry.body else { return None };
    let name = view.names.get(entry.id())?;
    let tone = if decision.status == DecisionStatus::Taken { Tone::Good } else { Tone::Watch };
    let mut badges = vec![badge(tone, decision.status.word())];
    let overdue = decision.due.filter(|due| entry.is_open() && due.timestamp() < view.now);
    badges.extend(overdue.map(|due| badge(Tone::Bad, format!("overdue, {}", clock::due(due, view.now)))));
    badges.extend(view.standing(entry));
    badges.extend(view.own_marking(entry));
    let mut blocks = Vec::new();
    if let Some(answer) = &decision.decision {
        blocks.push(Block::Prose(answer.as_str().into()));
    }
    if let Some(rationale) = &decision.rationale {
        blocks.extend([Block::Label("Why"), Block::Prose(rationale.as_str().into())]);
    }
    if !decision.alternatives.is_empty() {
        let alternatives = decision.alternatives.iter().map(|alternative| vec![text(alternative.as_str())]).collect();
        blocks.extend([Block::Label("What else was considered"), Block::List(alternatives)]);
    }
    blocks.push(Block::Facts(facts_of(view, entry, decision)));
    Some(Card {
        anchor: entry.id().to_string().into(),
        label: name.label.clone().into(),
        title: decision.question.as_str().into(),
        badges,
        blocks,
    })
}

fn facts_of<'c>(view: &View<'_, 'c>, entry: &Entry, decision: &'c Decision) -> Vec<Fact<'c>> {
    let mut said = Vec::new();
    let mut add = |name: &'static str, line: Vec<Span<'c>>| {
        if !line.is_empty() {
            said.push(facts(name, line));
        }
    };
    add("Signed off", view.signed(entry));
    add("By", decision.by.iter().map(|by| view.person(by.as_str())).collect());
    add("Approved by", join(decision.approved_by.iter().map(|by| view.person(by.as_str())), ", "));
    add("Decided", decision.at.iter().map(|at| text(clock::to_the_minute(at.timestamp()))).collect());
    add("Due", decision.due.iter().map(|at| text(clock::to_the_minute(at.timestamp()))).collect());
    add("Rests on", links(&decision.findings, "\n"));
    add("Concerns", links(&decision.assets, ", "));
    add("Tags", tags(&decision.tags));
    super::push_custom(&mut said, &decision.custom);
    said
}
