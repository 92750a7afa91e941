//! A layer of the ATT&CK Navigator, format 4.5
//! (<https://github.com/mitre-attack/attack-navigator/blob/master/layers/spec/v4.5/layerformat.md>): the techniques of
//! findings and events, each with the number of entries that name it.

use super::format::{Export, File};
use super::source::{Source, json_text};
use crate::model::Body;
use crate::values::{EntryId, attack};
use serde_json::json;
use std::collections::BTreeMap;

pub fn export(source: &Source<'_>) -> Export {
    let mut named: BTreeMap<&str, Vec<(EntryId, String)>> = BTreeMap::new();
    for entry in source.case().entries.values() {
        let techniques = match &entry.body {
            Body::Finding(finding) => &finding.techniques,
            Body::Event(event) => &event.techniques,
            _ => continue,
        };
        for technique in techniques.iter() {
            named.entry(technique.as_str()).or_default().push((entry.id(), entry.title()));
        }
    }
    let most = named.values().map(Vec::len).max().unwrap_or(1);
    let techniques = named.iter().map(|(id, entries)| {
        let comment: Vec<String> = entries.iter().map(|(id, title)| format!("{id} {title}")).collect();
        json!({ "techniqueID": id, "score": entries.len(), "enabled": true, "showSubtechniques": true, "comment": comment.join("\n") })
    });
    let origin = source.origin().into_iter().map(|(name, value)| json!({ "name": name, "value": value }));
    let layer = json!({
        "name": format!("{} {}", source.told.case_id, source.title()).trim(),
        "versions": { "attack": attack::VERSION, "navigator": "5.1.0", "layer": "4.5" },
        "domain": "enterprise-attack",
        "description": "How many findings and events of the case name each technique",
        "sorting": 3,
        "hideDisabled": false,
        "techniques": techniques.collect::<Vec<_>>(),
        "gradient": { "colors": ["#ffe8cc", "#d9480f"], "minValue": 0, "maxValue": most },
        "legendItems": [],
        "metadata": origin.collect::<Vec<_>>(),
    });
    File::new("layer.json", json_text(&layer)).into()
}
