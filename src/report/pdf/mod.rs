//! The report as PDF without a browser: what it says as JSON, and Typst, which sets it by a template of our own. No text of a case is
//! ever code: it is read from the JSON, and set as a string. Nothing of the machine is read: the fonts are built in.

mod world;

use super::outline::{Outline, Tone};
use super::paper::{self, Block, Picture, Row, Run, Style, Table, Target};
use super::{REBUILT, VERSION};
use crate::values::vocabulary::Marking;
use serde_json::{Map, Value, json};
use world::World;

/// Writes what the report says, for [`typeset`].
pub fn write(outline: &Outline<'_>) -> String {
    let paper = paper::of(outline);
    let blocks: Vec<Value> = paper.blocks.iter().map(block).collect();
    let rebuild = outline.rebuild.as_deref().map(|command| format!("Made by casebook {VERSION}. {REBUILT}{command}"));
    let data = json!({
        "title": paper.title,
        "case": paper.case_id,
        "marking": paper.marking,
        "rebuild": rebuild,
        "blocks": blocks,
    });
    data.to_string()
}

/// Sets what [`write`] wrote. The error says what Typst says.
pub fn typeset(data: &str) -> Result<Vec<u8>, String> {
    World::of(&world::shown_by_code_point(data)).pdf()
}

fn all(blocks: &[Block]) -> Vec<Value> {
    blocks.iter().map(block).collect()
}

fn block(block: &Block) -> Value {
    match block {
        Block::Heading { level, anchor, runs: title } => {
            json!({ "kind": "heading", "level": level, "anchor": anchor, "runs": runs(title) })
        }
        Block::Paragraph(style, text) => json!({ "kind": name(*style), "runs": runs(text) }),
        Block::Facts(facts) => {
            let facts: Vec<Value> = facts.iter().map(|(name, value)| json!([run(name), runs(value)])).collect();
            json!({ "kind": "facts", "facts": facts })
        }
        Block::List(first, items) => {
            let items: Vec<Vec<Value>> = items.iter().map(|item| all(item)).collect();
            json!({ "kind": "list", "first": first.map(|first| first.min(999_999)), "items": items })
        }
        Block::Quote(blocks) => json!({ "kind": "quote", "blocks": all(blocks) }),
        Block::Code(code) => json!({ "kind": "code", "text": code }),
        Block::Table(table) => self::table(table),
        Block::Picture(Picture { title, says, reading, svg }) => {
            json!({ "kind": "picture", "title": title, "text": format!("{says} {reading}"), "svg": svg })
        }
        Block::Rule => json!({ "kind": "rule" }),
    }
}

fn name(style: Style) -> &'static str {
    match style {
        Style::Body => "body",
        Style::Title => "title",
        Style::Above => "above",
        Style::Label => "label",
        Style::Meaning => "meaning",
        Style::Warning => "warning",
        Style::Origin => "origin",
    }
}

fn table(table: &Table) -> Value {
    let head: Vec<Value> = table.head.iter().map(|cell| runs(cell)).collect();
    let row = |row: &Row| {
        let cells: Vec<Value> = row.cells.iter().map(|cell| runs(cell)).collect();
        json!({ "anchor": row.anchor, "cells": cells })
    };
    let rows: Vec<Value> = table.rows.iter().map(row).collect();
    json!({ "kind": "table", "widths": table.widths, "head": head, "rows": rows })
}

fn runs(runs: &[Run]) -> Value {
    runs.iter().map(run).collect()
}

/// A longer word may have to be broken to fit its column.
const LONG: usize = 20;

/// A run with those of its looks that are not the usual ones.
fn run(run: &Run) -> Value {
    let mut said = Map::new();
    said.insert("text".to_owned(), run.text.as_str().into());
    let looks = [
        ("strong", run.is_strong),
        ("emphasised", run.is_emphasised),
        ("struck", run.is_struck),
        ("code", run.is_code),
        ("small", run.is_small),
        ("long", run.text.split(' ').any(|word| word.len() > LONG)),
    ];
    said.extend(looks.into_iter().filter(|(_, is_so)| *is_so).map(|(name, _)| (name.to_owned(), true.into())));
    said.extend(run.tone.map(|tone| ("tone".to_owned(), tone_name(tone).into())));
    said.extend(run.to.as_ref().map(|to| match to {
        Target::Here(anchor) => ("here".to_owned(), anchor.as_str().into()),
        Target::Web(url) => ("web".to_owned(), url.as_str().into()),
    }));
    Value::Object(said)
}

fn tone_name(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain => "plain",
        Tone::Good => "good",
        Tone::Watch => "watch",
        Tone::Bad => "bad",
        Tone::Marking(Marking::Clear) => "clear",
        Tone::Marking(Marking::Green) => "green",
        Tone::Marking(Marking::Amber | Marking::AmberStrict) => "amber",
        Tone::Marking(Marking::Red) => "red",
    }
}
