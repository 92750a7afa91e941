//! The tables of docs/exports.md: where each format puts the fields of each record.

use super::format::Format;
use super::loss::{Placed, placed};
use std::collections::BTreeMap;

/// A section for each format.
pub fn places() -> String {
    let sections: Vec<String> = Format::ALL.iter().map(|format| section(*format)).collect();
    sections.join("\n")
}

fn section(format: Format) -> String {
    let mut text = format!("### {}: {}\n\n", format.word(), format.what());
    text.push_str("| record | where its fields go | lost |\n|---|---|---|\n");
    let fields = placed(format).unwrap_or_default();
    let mut records: Vec<&str> = fields.iter().map(|field| field.record).collect();
    records.dedup();
    for record in records {
        let (found, lost): (Vec<&Placed>, Vec<&Placed>) =
            fields.iter().filter(|field| field.record == record).partition(|field| field.place.is_some());
        let lost = match found.is_empty() {
            true => "everything".to_owned(),
            false => names(&lost),
        };
        text.push_str(&format!("| {record} | {} | {lost} |\n", by_place(&found)));
    }
    text
}

/// The fields with the same place together, in the order of the first of each.
fn by_place(fields: &[&Placed]) -> String {
    let mut order: Vec<&str> = Vec::new();
    let mut places: BTreeMap<&str, Vec<&Placed>> = BTreeMap::new();
    for field in fields {
        let place = field.place.unwrap_or_default();
        if !places.contains_key(place) {
            order.push(place);
        }
        places.entry(place).or_default().push(field);
    }
    let told = order.into_iter().map(|place| format!("{} → {place}", names(&places[place])));
    told.collect::<Vec<_>>().join("; ").replace('|', "\\|")
}

fn names(fields: &[&Placed]) -> String {
    fields.iter().map(|field| format!("`{}`", field.route)).collect::<Vec<_>>().join(", ")
}
