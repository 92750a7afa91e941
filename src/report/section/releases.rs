//! Releases: who was given which report of the case, of which commit, and why.

use super::View;
use crate::model::Release;
use crate::report::clock;
use crate::report::outline::{Block, Line, Row, Section, Span, Table, code, join, small, text};
use crate::values::vocabulary::Naming;
use crate::values::wording::counted;

pub fn section<'c>(view: &View<'_, 'c>) -> Option<Section<'c>> {
    let mut releases: Vec<&'c Release> = view.case.releases.iter().map(|release| &release.value).collect();
    if releases.is_empty() {
        return None;
    }
    // The records are in the order of their names, which are digests.
    releases.sort_by_key(|release| release.at);
    let count = Some(releases.len());
    let rows = releases.into_iter().map(|release| row(view, release)).collect();
    let columns = &["Given", "Audience", "To", "By", "Commit", "Why"];
    let blocks = vec![Block::Table(Table { caption: "Reports that were given to somebody", columns, rows })];
    Some(Section { anchor: "releases", title: "Releases", count, blocks })
}

fn row<'c>(view: &View<'_, 'c>, release: &'c Release) -> Row<'c> {
    let mut commit = vec![code(release.commit.short())];
    if let Some(since) = &release.since {
        commit.extend([Span::Break, small("new since "), code(since.short())]);
    }
    Row {
        entry: None,
        cells: vec![
            vec![text(clock::to_the_minute(release.at.timestamp()))],
            vec![text(release.audience.as_str())],
            recipients(view, release),
            vec![view.person(release.by.as_str())],
            commit,
            vec![release.reason.as_ref().map_or(Span::Nothing, |reason| text(reason.as_str()))],
        ],
    }
}

/// Who received it, or how many where nobody is to be named.
fn recipients<'c>(view: &View<'_, 'c>, release: &'c Release) -> Line<'c> {
    match view.profile.people {
        Naming::Names => join(release.to.iter().map(|who| text(who.as_str())), "\n"),
        Naming::Roles | Naming::Nobody => vec![text(counted(release.to.len(), "recipient"))],
    }
}
