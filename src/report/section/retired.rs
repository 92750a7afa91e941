//! The appendix: entries that count no longer, in short, so that nothing vanishes without a trace.

use super::View;
use crate::report::naming::is_retired;
use crate::report::outline::{Block, Row, Section, Span, Table, text};

pub fn section<'c>(view: &View<'_, 'c>) -> Option<Section<'c>> {
    let rows: Vec<Row<'c>> = view
        .case
        .entries
        .values()
        .filter(|entry| is_retired(entry))
        .filter_map(|entry| {
            let name = view.names.get(entry.id())?;
            let successor = entry.superseded_by().map_or(Span::Nothing, Span::Entry);
            let title = vec![text(name.title.clone())];
            let cells = vec![vec![text(entry.kind().noun())], title, vec![text(entry.status())], vec![successor]];
            Some(Row { entry: Some(entry.id()), cells })
        })
        .collect();
    if rows.is_empty() {
        return None;
    }
    let count = Some(rows.len());
    let columns = &["Kind", "Entry", "Status", "Replaced by"];
    let blocks = vec![
        Block::Text(vec![text(
            "These entries were refuted, withdrawn or superseded. They stay in the case as they were.",
        )]),
        Block::Table(Table { caption: "Entries that count no longer", columns, rows }),
    ];
    Some(Section { anchor: "retired", title: "No longer counted", count, blocks })
}
