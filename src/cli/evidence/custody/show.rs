//! `casebook evidence custody ID show`: the chain of custody as text that fits any terminal, or as JSON.

use super::super::super::open::Open;
use super::super::super::{Failure, Format, Outcome, Surroundings, style, terminal};
use super::{judge, person};
use crate::check;
use crate::diagnostic::render::{self, printable_line};
use crate::diagnostic::{Diagnostic, Sources};
use crate::model::corrections::said_before;
use crate::model::{Body, Case, Corrections, Custody, Entry, Evidence, Holding, Link, chain};
use crate::values::vocabulary::{CustodyAction, Storage};
use crate::values::{EntryId, Span};
use serde_json::{Value, json};

/// Show every hand that the item went through, oldest first, and whether the digests seen are the registered one.
#[derive(clap::Args)]
pub struct Arguments {}

/// All that is shown of an item.
struct View<'c> {
    id: EntryId,
    item: &'c Evidence,
    case: &'c Case,
    chain: Vec<Link<'c>>,
    /// What counts no longer: corrected, retracted, or a retraction.
    past: Vec<Link<'c>>,
    corrections: Corrections<'c>,
}

pub fn run(
    id: EntryId,
    item: &Evidence,
    case: &Case,
    open: &Open,
    format: Format,
    surroundings: &Surroundings,
) -> Result<Outcome, Failure> {
    let chain = case.chains().remove(&id).unwrap_or_default();
    let is_past = |link: &Link<'_>| link.1.item.0 == id && !chain.iter().any(|(entry, _)| entry.id() == link.0.id());
    let mut past: Vec<Link<'_>> = case.custody().filter(is_past).collect();
    past.sort_by_key(|(entry, event)| (event.at, entry.id()));
    let view = View { id, item, case, chain, past, corrections: Corrections::of(case) };
    let found: Vec<Diagnostic> =
        judge(case, surroundings.now).into_iter().filter(|found| view.is_concerned(found)).collect();
    let sources = check::sources(&open.tree(), &found);
    match format {
        Format::Json => outln!("{:#}", view.json(&sources, &found)),
        Format::Text => {
            let width = terminal::width();
            out!("{}", view.text(width));
            if !found.is_empty() {
                outln!();
                out!("{}", render::text::render(&sources, &found, terminal::colour(), width));
            }
        }
    }
    Ok(if found.iter().any(Diagnostic::is_error) { Outcome::Problems } else { Outcome::Sound })
}

/// Whether the digest that was seen is the registered one; `None` where none was noted.
pub fn fits(event: &Custody, item: &Evidence) -> Option<bool> {
    event.digest.as_ref().map(|seen| Some(seen.0) == item.list)
}

/// Where bytes live, in words.
fn home(storage: Storage) -> &'static str {
    match storage {
        Storage::Git => "kept in Git",
        Storage::Lfs => "kept in Git LFS",
        Storage::Store => "kept in the evidence store",
        Storage::None => "a physical exhibit",
    }
}

impl View<'_> {
    /// Whether a problem is one of the chain of this item.
    fn is_concerned(&self, found: &Diagnostic) -> bool {
        let path = &found.place.path;
        let of_event = self.chain.iter().chain(&self.past).any(|(entry, _)| entry.path == *path);
        of_event || (*path == self.id.path() && found.code.as_str().starts_with("custody-"))
    }

    fn text(&self, width: usize) -> String {
        let (bold, dim) = (style::BOLD, style::DIM);
        let mut out = format!("{bold}{}{bold:#} “{}”\n", self.id, printable_line(self.item.title.as_str()));
        if let Some(list) = self.item.list {
            out.push_str(&format!("  list sha256:{list}\n"));
        }
        wrapped(&mut out, "  ", &self.standing(), width);
        if self.chain.is_empty() {
            out.push_str("\n  no custody event names it\n");
        }
        for link in &self.chain {
            out.push('\n');
            self.event(&mut out, link, width);
        }
        if !self.past.is_empty() {
            out.push_str(&format!("\n  {dim}no longer counted{dim:#}\n"));
        }
        for link in &self.past {
            wrapped(&mut out, "  ", &self.past_event(link), width);
        }
        out
    }

    /// Where the item is now, and who has it.
    fn standing(&self) -> String {
        let holding = Holding::of(self.item, &self.chain);
        let gone = self.chain.iter().find(|(entry, _)| Some(entry.id()) == holding.disposed);
        if let Some((_, disposal)) = gone {
            return format!("disposed of on {}", disposal.at);
        }
        let since = self.chain.iter().rev().find(|(_, event)| event.storage.is_some());
        let since = since.map(|(_, event)| format!(" since {}", event.at)).unwrap_or_default();
        let holder = match chain::holder(&self.chain) {
            Some((holder, (_, event))) => format!("held by {holder} since {}", event.at),
            None => match self.chain.iter().rev().find(|(_, event)| event.action == CustodyAction::Collected) {
                Some((_, event)) => {
                    format!("collected by {}, no holder stated since", person(self.case, event.by.as_str()))
                }
                None => "no holder stated".to_owned(),
            },
        };
        format!("{}{since}; {holder}", home(holding.storage))
    }

    fn event(&self, out: &mut String, (entry, event): &Link<'_>, width: usize) {
        let (bold, dim) = (style::BOLD, style::DIM);
        let (at, action) = (event.at.to_string(), event.action.word());
        out.push_str(&format!("  {at}  {bold}{action:<11}{bold:#}  {dim}{}{dim:#}\n", entry.id()));
        let mut row = |name: &str, value: String| wrapped(out, &format!("    {name:<7} "), &value, width);
        row("by", person(self.case, event.by.as_str()));
        for (name, value) in [("from", &event.from), ("to", &event.to), ("reason", &event.reason)] {
            if let Some(value) = value {
                row(name, value.to_string());
            }
        }
        if let Some(storage) = event.storage {
            row("moved", format!("{} from then on", home(storage)));
        }
        match (fits(event, self.item), &event.digest) {
            (Some(true), _) => row("digest", "the registered one".to_owned()),
            (Some(false), Some(digest)) => row("digest", format!("{digest}, NOT THE REGISTERED ONE")),
            _ => {}
        }
        if let Some(written) = self.written(event) {
            row("written", written);
        }
        for line in self.instead(entry, event) {
            row("instead", line);
        }
    }

    /// When and by whom a record was written down, where that was not at once.
    fn written(&self, event: &Custody) -> Option<String> {
        let by = event.recorded_by.as_ref().map(|by| format!("by {}", person(self.case, by.as_str())));
        let late = event.recorded.zip(chain::delay(event));
        let late = late.map(|(recorded, delay)| format!("{recorded}, {} later", Span(delay)));
        let parts: Vec<String> = late.into_iter().chain(by).collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }

    /// What the records said that this one corrects.
    fn instead(&self, entry: &Entry, event: &Custody) -> Vec<String> {
        let mut lines = Vec::new();
        let mut next = event.supersedes;
        let mut new = event;
        while let Some(id) = next.map(|id| id.0).filter(|id| *id != entry.id() && lines.len() < 16) {
            let Some(Body::Custody(old)) = self.case.get(id).map(|entry| &entry.body) else { break };
            let said = said_before(old, new).into_iter();
            let said = said.map(|(name, value)| format!("{name} {}", value.unwrap_or_else(|| "not stated".to_owned())));
            let said: Vec<String> = said.collect();
            let what = if said.is_empty() { "said the same".to_owned() } else { format!("said: {}", said.join("; ")) };
            lines.push(format!("of {id}, which {what}"));
            (next, new) = (old.supersedes, old);
        }
        lines
    }

    fn past_event(&self, (entry, event): &Link<'_>) -> String {
        let id = entry.id();
        let after = |(entry, event): &Link<'_>| {
            let how = if event.action == CustodyAction::Retracted { "retracted" } else { "corrected" };
            let reason = event.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
            format!("{how} by {}{reason}", entry.id())
        };
        let after: Vec<String> = self.corrections.after(id).iter().map(after).collect();
        let what = match event.supersedes.filter(|_| event.action == CustodyAction::Retracted) {
            Some(before) => format!("{id} {} retracts {}, by {}", event.at, before.0, event.by),
            None => format!("{id} {} {} by {}", event.at, event.action, event.by),
        };
        [vec![what], after].concat().join("; ")
    }

    fn json(&self, sources: &Sources, found: &[Diagnostic]) -> Value {
        let holding = Holding::of(self.item, &self.chain);
        let event = |link: &Link<'_>| event_json(link, self.item);
        let past = |link: &Link<'_>| {
            let mut value = event_json(link, self.item);
            let after = self.corrections.after(link.0.id()).iter();
            value["replaced_by"] = json!(after.map(|(entry, _)| entry.id().to_string()).collect::<Vec<_>>());
            value
        };
        let problems = render::json::render(sources, found);
        json!({
            "item": self.id.to_string(),
            "title": self.item.title.as_str(),
            "list": self.item.list.map(|list| list.to_string()),
            "storage": holding.storage.word(),
            "disposed_by": holding.disposed.map(|id| id.to_string()),
            "held_by": chain::holder(&self.chain).map(|(holder, _)| holder),
            "events": self.chain.iter().map(event).collect::<Vec<_>>(),
            "no_longer_counted": self.past.iter().map(past).collect::<Vec<_>>(),
            "problems": problems["diagnostics"],
        })
    }
}

/// A custody event for scripts.
pub fn event_json((entry, event): &Link<'_>, item: &Evidence) -> Value {
    let text = |line: &Option<crate::values::Line>| line.as_ref().map(|line| line.as_str().to_owned());
    json!({
        "id": entry.id().to_string(), "at": event.at.to_toml(), "action": event.action.word(), "by": event.by.as_str(),
        "from": text(&event.from), "to": text(&event.to), "reason": text(&event.reason),
        "digest": event.digest.as_ref().map(ToString::to_string), "is_registered_digest": fits(event, item),
        "storage": event.storage.map(Storage::word), "supersedes": event.supersedes.map(|id| id.0.to_string()),
        "recorded": event.recorded.map(|at| at.to_toml()),
        "recorded_by": event.recorded_by.as_ref().map(|by| by.as_str()),
    })
}

/// Writes a text from the case behind a label, in lines of the width.
pub fn wrapped(out: &mut String, label: &str, text: &str, width: usize) {
    let hanging = " ".repeat(label.chars().count().max(4));
    // A digest is copied: it is never broken.
    let options = textwrap::Options::new(width).initial_indent(label).subsequent_indent(&hanging).break_words(false);
    out.push_str(&textwrap::fill(&printable_line(text), options));
    out.push('\n');
}
