//! `casebook evidence custody`: the chain of custody of an item.

use super::super::table::{Cell, Table};
use super::super::{Failure, Format, Outcome, Surroundings, ids, style, terminal};
use super::open;
use crate::diagnostic::render::printable;
use crate::model::{Body, Case, Custody, Evidence};
use crate::values::EntryId;
use clap::Args;
use serde_json::{Value, json};

/// Show every hand that an item went through, oldest first, and whether the digests seen are the registered one.
#[derive(Args)]
#[command(after_help = "\
Examples:
  casebook evidence custody x-4n8
  casebook evidence custody x-4n8 --format json

Exit codes: 0 unbroken, 1 a digest that was seen is not the registered one, 2 could not look.")]
pub struct Arguments {
    /// The item; any unambiguous beginning of its id.
    id: String,

    /// How to print it.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let (case, _) = open(surroundings)?.case()?;
    let id = ids::resolve(&case, &arguments.id)?;
    let Some(Body::Evidence(item)) = case.get(id).map(|entry| &entry.body) else {
        return Err(Failure::new(format!("`{id}` is not an evidence item that can be read"))
            .help("`casebook evidence list` shows them"));
    };
    let chain = chain(&case, id);
    match arguments.format {
        Format::Json => {
            let list: Vec<Value> = chain.iter().map(|(id, event)| event_json(*id, event, item)).collect();
            anstream::println!("{:#}", json!({ "item": id.to_string(), "title": item.title.as_str(), "events": list }));
        }
        Format::Text => print(id, item, &chain),
    }
    let is_whole = chain.iter().all(|(_, event)| fits(event, item) != Some(false));
    Ok(if is_whole { Outcome::Sound } else { Outcome::Problems })
}

/// The events of an item by time, without those that a later one corrects.
fn chain(case: &Case, item: EntryId) -> Vec<(EntryId, &Custody)> {
    let corrected: Vec<EntryId> = case.custody().filter_map(|(_, event)| event.supersedes.map(|id| id.0)).collect();
    let of_item = case.custody().filter(|(_, event)| event.item.0 == item);
    let mut chain: Vec<(EntryId, &Custody)> =
        of_item.map(|(entry, event)| (entry.id(), event)).filter(|(id, _)| !corrected.contains(id)).collect();
    chain.sort_by_key(|(id, event)| (event.at, *id));
    chain
}

/// Whether the digest that was seen is the registered one; `None` where none was noted.
fn fits(event: &Custody, item: &Evidence) -> Option<bool> {
    event.digest.as_ref().map(|seen| Some(seen.0) == item.list)
}

fn print(id: EntryId, item: &Evidence, chain: &[(EntryId, &Custody)]) {
    let bold = style::BOLD;
    anstream::println!("{bold}{id}{bold:#} “{}”", printable(item.title.as_str()));
    if let Some(list) = item.list {
        anstream::println!("  registered with sha256:{list}");
    }
    if chain.is_empty() {
        anstream::println!("  no custody event names it");
        return;
    }
    let mut table = Table::new(&["id", "at", "action", "by", "from", "to", "reason", "digest seen"], 6);
    for (id, event) in chain {
        let option = |text: &Option<crate::values::Line>| Cell::new(text.as_ref().map_or("", |line| line.as_str()));
        let seen = match fits(event, item) {
            None => Cell::default(),
            Some(true) => Cell::styled("the registered one", style::GOOD),
            Some(false) => Cell::styled(event.digest.as_ref().map(ToString::to_string).unwrap_or_default(), style::BAD),
        };
        table.push(vec![
            Cell::new(id.to_string()),
            Cell::new(event.at.to_string()),
            Cell::new(event.action.word()),
            Cell::new(event.by.as_str()),
            option(&event.from),
            option(&event.to),
            option(&event.reason),
            seen,
        ]);
    }
    anstream::print!("{}", table.render(2, terminal::known_width()));
}

fn event_json(id: EntryId, event: &Custody, item: &Evidence) -> Value {
    json!({
        "id": id.to_string(), "at": event.at.to_toml(), "action": event.action.word(), "by": event.by.as_str(),
        "from": event.from.as_ref().map(|line| line.as_str()), "to": event.to.as_ref().map(|line| line.as_str()),
        "reason": event.reason.as_ref().map(|line| line.as_str()),
        "digest": event.digest.as_ref().map(ToString::to_string), "is_registered_digest": fits(event, item),
    })
}
