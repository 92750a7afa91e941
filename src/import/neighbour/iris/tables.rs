//! The tables of DFIR-IRIS: what its pages import, and the timeline that they export, which is another form with other names.

use super::super::Neighbour;
use super::super::table::{Table, header};
use super::super::words;
use super::{Asset, Event, Ioc, Prose};
use crate::import::Making;
use crate::ingest::format::Head;

pub const TIMELINE: Neighbour = Neighbour {
    name: "iris-timeline",
    what: "a timeline of DFIR-IRIS: the CSV that it imports, or the one that it exports",
    keeps: "date with offset, title, category, content, raw, assets, indicators, tags",
    loses: "who entered a row, and when",
    detect: |head| {
        let columns = columns(head);
        has(&columns, &["event_date", "event_tz", "event_title"]) || has(&columns, &["event_date(utc)", "event_title"])
    },
    read: timeline,
};

pub const IOCS: Neighbour = Neighbour {
    name: "iris-ioc",
    what: "indicators of DFIR-IRIS: the CSV that it imports",
    keeps: "value, type, description, tags, TLP",
    loses: "nothing",
    detect: |head| has(&columns(head), &["ioc_value", "ioc_type"]),
    read: iocs,
};

pub const ASSETS: Neighbour = Neighbour {
    name: "iris-assets",
    what: "assets of DFIR-IRIS: the CSV that it imports",
    keeps: "name, type, description, address, domain, tags",
    loses: "nothing",
    detect: |head| has(&columns(head), &["asset_name", "asset_type_name"]),
    read: assets,
};

fn columns(head: &Head<'_>) -> Vec<String> {
    header(&head.first_line(), b',')
}

fn has(columns: &[String], names: &[&str]) -> bool {
    names.iter().all(|name| columns.iter().any(|column| column == name))
}

fn timeline(bytes: &[u8], making: &mut Making<'_>) -> Result<(), String> {
    let table = Table::of(bytes, b',', None)?;
    let is_export = has(&table.columns, &["event_date(utc)"]);
    table.each(making, &mut |number, mut fields, making| {
        let zone = fields.text("event_tz").unwrap_or_default();
        let (date, separator) = if is_export {
            // The time with its zone is the exact one; the other column is the same in UTC.
            let utc = fields.text("event_date(utc)");
            fields.pass(&["event_date_wtz"]);
            (utc.unwrap_or_default(), ";")
        } else {
            (fields.text("event_date").unwrap_or_default(), "|")
        };
        let when = if is_export {
            words::when(&date, crate::ingest::instant::Form::IsoUtc, making)
        } else {
            words::when(&format!("{date}{zone}"), crate::ingest::instant::Form::Iso, making)
        };
        let mut content = fields.first(&["event_content", "event_description"]).unwrap_or_default();
        let assets = fields.first(&["event_assets", "linked_assets"]).unwrap_or_default();
        let iocs = fields.first(&["event_iocs", "linked_iocs"]).unwrap_or_default();
        let (assets, indicators) = super::cell_references(making, &assets, (&iocs, separator), &mut content);
        let category = fields.text("event_category");
        let both = Event::of(format!("timeline/{number}"), when, &mut fields, making);
        let event = Event { category, content, assets, indicators, ..both };
        fields.lose_rest("timeline", making);
        super::event(making, &fields, event);
    });
    Ok(())
}

fn iocs(bytes: &[u8], making: &mut Making<'_>) -> Result<(), String> {
    let names = ["ioc_value", "ioc_type", "ioc_description", "ioc_tags", "ioc_tlp"];
    Table::of(bytes, b',', Some(&names))?.each(making, &mut |number, mut fields, making| {
        let tags = fields.text("ioc_tags").unwrap_or_default();
        let ioc = Ioc {
            key: format!("ioc/{number}"),
            value: fields.text("ioc_value").unwrap_or_default(),
            kind: fields.text("ioc_type"),
            description: fields.text("ioc_description").unwrap_or_default(),
            tags: words::tags(tags.split('|'), making),
            marking: words::marking_in(fields.text("ioc_tlp"), "ioc: ioc_tlp", making),
        };
        fields.lose_rest("ioc", making);
        super::ioc(making, &fields, &ioc);
    });
    Ok(())
}

fn assets(bytes: &[u8], making: &mut Making<'_>) -> Result<(), String> {
    let names = ["asset_name", "asset_type_name", "asset_description", "asset_ip", "asset_domain", "asset_tags"];
    Table::of(bytes, b',', Some(&names))?.each(making, &mut |number, mut fields, making| {
        let tags = fields.text("asset_tags").unwrap_or_default();
        let asset = Asset {
            key: format!("asset/{number}"),
            name: fields.text("asset_name").unwrap_or_default(),
            kind: fields.text("asset_type_name"),
            description: fields.text("asset_description").unwrap_or_default(),
            address: fields.text("asset_ip"),
            domain: fields.text("asset_domain"),
            compromise: None,
            tags: words::tags(tags.split('|'), making),
            more: Prose::default(),
        };
        fields.lose_rest("asset", making);
        super::asset(making, &fields, asset);
    });
    Ok(())
}
