//! Lessons: what was learned.

use super::View;
use crate::report::outline::{Block, Section};

pub fn section<'c>(view: &View<'_, 'c>) -> Option<Section<'c>> {
    let lessons = view.case.record.as_ref()?.value.lessons.as_ref()?;
    Some(Section {
        anchor: "lessons",
        title: "Lessons",
        count: None,
        blocks: vec![Block::Prose(lessons.as_str().into())],
    })
}
