//! ATT&CK Flow 2 (<https://center-for-threat-informed-defense.github.io/attack-flow/>): what an attacker did, in an order.

use super::super::entries::{self, identity, mark, settle};
use super::super::fields::Fields;
use super::super::prose::Prose;
use super::super::words;
use super::{Bundle, One, time};
use crate::import::{Made, Making};
use crate::values::Kind;
use crate::values::vocabulary::AssetKind;

impl Bundle {
    /// An action of the attacker: with a time it is an event, and without one a finding that somebody must confirm.
    pub(super) fn attack_action(&mut self, one: &One, mut fields: Fields, making: &mut Making<'_>) {
        let when = time(&mut fields, "execution_start", making);
        let kind = if when.is_some() { Kind::Event } else { Kind::Finding };
        let mut entry = Made::new(identity(making, kind, &one.id, None));
        let name = fields.text("name").unwrap_or_else(|| "(no name)".to_owned());
        let description = fields.text("description").unwrap_or_default();
        let number = fields.text("technique_id").unwrap_or_default();
        let mut techniques = words::techniques(&number);
        let tactic = fields.text("tactic_id");
        let assets = fields.texts("asset_refs");
        let assets = self.entries(&assets, Kind::Asset);
        let mut said = Prose::default();
        said.add(Some(&description));
        if techniques.is_empty() {
            techniques.extend(words::technique_named(&name));
            said.fact("Technique", Some(&number));
        }
        said.fact("Until", fields.text("execution_end"));
        let effects: Vec<String> = fields.texts("effect_refs").iter().map(|id| self.name(id)).collect();
        said.fact("Then", Some(effects.join(", ")));
        said.fact("Command", fields.text("command_ref").map(|id| self.name(&id)));
        let confidence = fields.text("confidence").and_then(|number| words::confidence(&number));
        fields.pass(&["technique_ref", "tactic_ref", "external_references"]);
        fields.lose_rest("attack-action", making);
        entry.line("title", &name).set("techniques", techniques);
        mark(&mut entry, making, one.marking);
        let tactic_known = tactic.as_deref().and_then(words::tactic);
        match when {
            Some(when) => {
                entry
                    .when("time", &when)
                    .word("actor", "attacker")
                    .maybe("tactic", tactic_known)
                    .maybe("destination", assets.first());
                entry.markdown("description", &said.text());
            }
            None => {
                said.fact("Tactic", tactic_known.map(|tactic| tactic.to_string()).or(tactic));
                let text = said.text();
                entry
                    .word("status", "draft")
                    .word("type", "observation")
                    .maybe("confidence", confidence)
                    .set("assets", assets);
                entry.markdown("summary", if text.is_empty() { &name } else { &text });
            }
        }
        let id = entry.id;
        if settle(making, &fields, entry) || making.is_known(id) {
            self.made.entry(one.id.clone()).or_default().push(id);
        }
    }

    pub(super) fn attack_asset(&mut self, one: &One, mut fields: Fields, making: &mut Making<'_>) {
        let name = fields.text("name").unwrap_or_default();
        let mut said = Prose::default();
        said.add(fields.text("description")).fact("Object", fields.text("object_ref").map(|id| self.name(&id)));
        fields.lose_rest("attack-asset", making);
        let kind = words::asset_kind(&name).unwrap_or(AssetKind::Other);
        let id = entries::asset(making, &fields, &one.id, None, (&name, kind), &mut |entry, making| {
            mark(entry, making, one.marking);
            entry.markdown("description", &said.text());
        });
        self.made.entry(one.id.clone()).or_default().extend(id);
    }
}
