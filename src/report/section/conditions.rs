//! Conditions: where the case stands, in a few facts. With actions and needs it is a CAN report, as fire services and incident
//! commanders give it.

use super::{View, severity_tone};
use crate::report::clock;
use crate::report::outline::{Block, Section, badge, fact, text};
use crate::values::Kind;
use crate::values::vocabulary::Compromise;
use crate::values::wording::counted;

pub fn section<'c>(view: &View<'_, 'c>) -> Option<Section<'c>> {
    let record = &view.case.record.as_ref()?.value;
    let mut facts = vec![
        fact("Severity", badge(severity_tone(record.severity), record.severity.word())),
        fact("Status", text(record.status.word())),
    ];
    let compromised = view
        .case
        .assets()
        .filter(|(entry, asset)| !entry.is_retired() && asset.compromise == Some(Compromise::Compromised));
    facts.push(fact("Compromised", text(counted(compromised.count(), "asset"))));
    let open = view.live(Kind::Action).iter().filter(|entry| entry.is_open()).count();
    facts.push(fact("Open actions", text(open.to_string())));
    if let Some(milestones) = &record.milestones {
        let last = milestones.in_order().into_iter().filter_map(|(milestone, at)| Some((milestone, at?))).next_back();
        facts.extend(
            last.map(|(milestone, at)| fact("Last milestone", text(format!("{}, {} UTC", milestone, clock::when(at))))),
        );
    }
    Some(Section { anchor: "conditions", title: "Conditions", count: None, blocks: vec![Block::Facts(facts)] })
}
