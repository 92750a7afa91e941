//! The event that a row of a tool's output makes.

use super::made::{self, Made};
use super::names::Names;
use crate::ingest::instant::{Instant, ZoneFrom};
use crate::ingest::row::Row;
use crate::model::{Body, Case};
use crate::values::vocabulary::Marking;
use crate::values::wording::shortened;
use crate::values::{EntryId, Skew, TechniqueId, When, attack};
use std::collections::BTreeSet;

/// The time of a row as an entry holds it: as it was written, with the skew of the clock that wrote it.
pub fn when(instant: &Instant, skew: Option<Skew>) -> When {
    When { known: instant.known, skew, original: Some(instant.raw.clone()) }
}

/// The event of a row at one of its times. `means` is what it is the time of, where the row has several.
pub fn of_row(
    id: EntryId,
    row: &Row,
    instant: &Instant,
    means: Option<&str>,
    skew: Option<Skew>,
    names: &Names,
) -> Made {
    let mut event = Made::new(id);
    let at = when(instant, skew).earliest();
    let message = if row.message.trim().is_empty() { "(no message)" } else { &row.message };
    let means = means.map(|means| format!("{means}: ")).unwrap_or_default();
    // A machine that is no asset is named by the title alone.
    let stranger = row.host.as_ref().filter(|host| names.machine_at(host, at).is_none());
    let stranger = stranger.map(|host| format!(" on {}", shortened(&made::one_line(host), 100))).unwrap_or_default();
    let room = made::MAX_LINE.saturating_sub(stranger.chars().count());
    let title = format!("{}{stranger}", shortened(&made::one_line(&format!("{means}{message}")), room));
    let asset = |host: &Option<String>| host.as_ref().and_then(|host| names.machine_at(host, at));
    let on = asset(&row.host).or_else(|| asset(&row.destination));
    let from = asset(&row.source).filter(|from| Some(*from) != on);
    event
        .line("title", &title)
        .when("time", &when(instant, skew))
        .word("actor", "unknown")
        .set("techniques", known_techniques(&row.techniques))
        .maybe("source", from)
        .maybe("destination", on)
        .line("account", row.account.as_deref().unwrap_or_default())
        .set("indicators", indicators(row, names));
    if let ZoneFrom::Told(zone) = &instant.zone {
        event.line(
            "description",
            &format!("Its time is written without a zone; that it is {zone}, whoever imported it said."),
        );
    }
    event
}

/// The indicators that a row names: those whose value is one of its fields.
pub fn indicators(row: &Row, names: &Names) -> BTreeSet<EntryId> {
    let own = [&row.source, &row.destination].into_iter().flatten();
    own.chain(row.fields.iter().map(|(_, value)| value)).flat_map(|value| names.indicators_of(value)).collect()
}

/// The techniques that ATT&CK knows; rules of tools name others, too, and no entry may.
pub fn known_techniques<'t>(all: impl IntoIterator<Item = &'t TechniqueId>) -> impl Iterator<Item = &'t TechniqueId> {
    all.into_iter().filter(|id| attack::technique(id.as_str()).is_some())
}

/// The marking of what is made from an item, where it is not that of the case.
pub fn marking(case: &Case, item: EntryId) -> Option<Marking> {
    match &case.get(item)?.body {
        Body::Evidence(item) => item.tlp,
        _ => None,
    }
}
