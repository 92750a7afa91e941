//! `casebook evidence list`: the evidence items of the case.

use super::super::table::{Cell, Table, cut, one_line};
use super::super::{Failure, Format, Outcome, Surroundings, terminal};
use super::open;
use crate::model::{Case, Entry, Evidence, Holding, Link, chain};
use crate::values::EntryId;
use clap::Args;
use serde_json::{Value, json};

/// List the evidence items: what they are, where they are and who holds them, and how they were acquired.
#[derive(Args)]
#[command(after_help = "\
Examples:
  casebook evidence list
  casebook evidence list --format json

Exit codes: 0 listed (also when there is nothing), 2 could not list.")]
pub struct Arguments {
    /// How to print them.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let (case, _) = open(surroundings)?.case()?;
    match arguments.format {
        Format::Json => {
            let chains = case.chains();
            let chain = |entry: &Entry| chains.get(&entry.id()).map(Vec::as_slice).unwrap_or_default();
            let item = |(entry, item): (&Entry, &Evidence)| item_json(entry.id(), item, chain(entry));
            let list: Vec<Value> = case.evidence().map(item).collect();
            outln!("{:#}", json!(list));
        }
        Format::Text => print(&case),
    }
    for path in
        case.unreadable.iter().filter(|(id, _)| id.kind() == crate::values::Kind::Evidence).map(|(_, path)| path)
    {
        errln!("`{path}` cannot be read: `casebook check` says why");
    }
    Ok(Outcome::Sound)
}

/// How many columns the name of a holder takes.
const HOLDER: usize = 24;

fn print(case: &Case) {
    let chains = case.chains();
    let chain = |entry: &Entry| chains.get(&entry.id()).map(Vec::as_slice).unwrap_or_default();
    let holder = |entry: &Entry| chain::holder(chain(entry)).map(|(holder, _)| holder);
    let headings = &["id", "title", "kind", "home", "held by", "files", "bytes", "acquired", "by", "marking"];
    let mut table = Table::new(headings, 1);
    let mut is_empty = true;
    for (entry, item) in case.evidence() {
        is_empty = false;
        table.push(vec![
            Cell::new(entry.id().to_string()),
            Cell::new(item.title.as_str()),
            Cell::new(item.kind.word()),
            Cell::new(Holding::of(item, chain(entry)).word()),
            Cell::new(cut(&one_line(holder(entry).unwrap_or_default()), HOLDER)),
            Cell::new(item.files.to_string()),
            Cell::new(item.bytes.to_string()),
            Cell::new(item.acquired.at.to_string()),
            Cell::new(item.acquired.by.as_str()),
            Cell::new(item.tlp.map_or("", |tlp| tlp.word())),
        ]);
    }
    if is_empty {
        errln!("no evidence yet: `casebook evidence add PATH --title …` registers some");
    } else {
        out!("{}", table.render(0, terminal::known_width()));
    }
}

fn item_json(id: EntryId, item: &Evidence, chain: &[Link<'_>]) -> Value {
    json!({
        "id": id.to_string(), "title": item.title.as_str(), "kind": item.kind.word(), "storage": item.storage.word(),
        "home": Holding::of(item, chain).word(),
        "held_by": chain::holder(chain).map(|(holder, _)| holder),
        "files": item.files, "bytes": item.bytes, "list": item.list.map(|digest| digest.to_string()),
        "tlp": item.tlp.map(|tlp| tlp.word()), "acquired_at": item.acquired.at.to_string(), "acquired_by": item.acquired.by.as_str(),
        "derived_from": item.derived_from.as_ref().map(|from| from.inputs.0.iter().map(|id| id.0.to_string()).collect::<Vec<_>>()),
    })
}
