//! Objectives: what the incident cost against what the response is measured by.

use super::View;
use super::milestones::measures;
use crate::report::outline::Section;

pub fn section<'c>(view: &View<'_, 'c>) -> Option<Section<'c>> {
    let record = &view.case.record.as_ref()?.value;
    let table = measures(view, record.milestones.as_ref()?, &record.objectives)?;
    Some(Section { anchor: "objectives", title: "Objectives", count: None, blocks: vec![table] })
}
