//! Notes: the narrative that people wrote beside the entries.

use super::View;
use crate::model::Note;
use crate::report::outline::{Block, Card, Section};

pub fn section<'c>(view: &View<'_, 'c>) -> Option<Section<'c>> {
    let notes = &view.case.notes;
    if notes.is_empty() {
        return None;
    }
    let blocks = notes.iter().enumerate().map(|(index, note)| Block::Card(card(index + 1, note))).collect();
    Some(Section { anchor: "notes", title: "Notes", count: Some(notes.len()), blocks })
}

fn card(number: usize, note: &Note) -> Card<'_> {
    Card {
        anchor: format!("note-{number}").into(),
        label: note.path.name().into(),
        title: note.title().into(),
        badges: Vec::new(),
        blocks: vec![Block::Prose(without_title(note).into())],
    }
}

/// The text of a note without the heading that is its title, where it starts with that.
fn without_title(note: &Note) -> &str {
    let text = note.text.trim_start();
    match text.split_once('\n') {
        Some((first, rest)) if first.strip_prefix("# ").map(str::trim) == Some(note.title()) => rest,
        _ => text,
    }
}
