//! `casebook evidence custody ID add`: one new custody event, written once.

use super::super::super::open::{self, Open};
use super::super::super::{Failure, Format, Outcome, Surroundings, identity, ids, style, terminal};
use super::show::{event_json, wrapped};
use super::sight::{self, Sight};
use super::{judge, person, showing};
use crate::check;
use crate::diagnostic::render::{self, printable_line};
use crate::diagnostic::{Diagnostic, Sources};
use crate::evidence::{self, registration};
use crate::model::{
    Body, Case, Corrections, Custody, CustodyId, Custom, Entry, Evidence, EvidenceId, Link, Own, chain,
};
use crate::tree::Tree;
use crate::values::digest::NamedDigest;
use crate::values::vocabulary::CustodyAction;
use crate::values::wording::{counted, shell_word};
use crate::values::{EntryId, Handle, Kind, Line, Moment};
use serde_json::{Value, json};

/// Record what was done with the item: one file that is never changed.
///
/// The item is verified on this machine, and the digest of its list is recorded as seen. Where its bytes are not here, or
/// the event was longer ago, none is recorded. If the bytes are not the registered ones, nothing is written.
#[derive(clap::Args)]
#[command(after_help = "\
A correction takes from the event that it corrects what is not given anew, and always needs a reason. An event that never \
happened is retracted: `--action retracted --corrects c-…`.

Examples:
  casebook evidence custody x-4n8 add --action transferred --to \"State laboratory\" --reason \"examination\"
  casebook evidence custody x-4n8 add --action received --by carol --from \"Bob Example\"
  casebook evidence custody x-4n8 add --action sealed --at 2026-03-01T18:00:00Z --reason \"the form was found later\"
  casebook evidence custody x-4n8 add --corrects c-7q2 --to \"Carol Example\" --reason \"wrong name on the form\"
  casebook evidence custody x-4n8 add --action retracted --corrects c-7q2 --reason \"it was another item\"

Exit codes: 0 recorded, 1 problems and nothing was written, 2 could not be recorded.")]
pub struct Arguments {
    /// What was done: collected, received, transferred, accessed, copied, exported, sealed, returned, disposed or retracted.
    #[arg(long, required_unless_present = "corrects")]
    action: Option<CustodyAction>,

    /// Who, or which place, had it before; where it is not given, a hand-over takes whoever had it last.
    #[arg(long, value_name = "WHO")]
    from: Option<Line>,

    /// Who, or which place, has it now; of a copy or an export, who got that.
    #[arg(long, value_name = "WHO")]
    to: Option<Line>,

    /// Why.
    #[arg(long, value_name = "TEXT")]
    reason: Option<Line>,

    /// When it was done; now, where it is not given.
    #[arg(long, value_name = "TIME")]
    at: Option<Moment>,

    /// Who did it; you, where it is not given.
    #[arg(long, value_name = "HANDLE")]
    by: Option<Handle>,

    /// The event that this one corrects.
    #[arg(long, value_name = "ID")]
    corrects: Option<String>,

    /// Record no digest: nobody looked at the bytes.
    #[arg(long)]
    no_digest: bool,
}

/// The case and the item that an event is added to.
struct Desk<'a> {
    id: EntryId,
    item: &'a Evidence,
    case: &'a Case,
    open: &'a Open,
    surroundings: &'a Surroundings,
}

/// Why an event has the digest that it has.
struct Seen {
    digest: Option<NamedDigest>,
    /// In words.
    how: String,
}

pub fn run(
    arguments: &Arguments,
    id: EntryId,
    item: &Evidence,
    case: &Case,
    open: &Open,
    format: Format,
    surroundings: &Surroundings,
) -> Result<Outcome, Failure> {
    let desk = Desk { id, item, case, open, surroundings };
    let mut event = desk.event(arguments)?;
    let seen = match desk.seen(arguments, &event)? {
        Ok(seen) => seen,
        Err((found, sources)) => return Ok(refuse(&found, &sources, format, arguments)),
    };
    event.digest = seen.digest.clone();
    let text = registration::custody_text(&event);
    let entry = Entry { path: event.id.0.0.path(), body: Body::Custody(Box::new(event.clone())) };
    let (problems, warnings) = desk.new_problems(&entry)?;
    let mut sources = check::sources(&open.tree(), &[problems.as_slice(), warnings.as_slice()].concat());
    sources.insert(entry.path.clone(), text.clone());
    if !problems.is_empty() {
        let problems: Vec<Diagnostic> = problems.into_iter().map(|found| advised(found, &entry)).collect();
        return Ok(refuse(&problems, &sources, format, arguments));
    }
    open.tree().write(&entry.path, text.as_bytes(), true).map_err(|error| {
        Failure::new(format!("nothing was recorded: {error}"))
            .help(format!("is there space left, and may you write to `{}`?", open.top.display()))
    })?;
    desk.report(&(&entry, &event), &seen, &warnings, &sources, format);
    Ok(Outcome::Sound)
}

impl<'a> Desk<'a> {
    /// The event as it was asked for, without a digest.
    fn event(&self, arguments: &Arguments) -> Result<Custody, Failure> {
        // Nobody hands over evidence at a nanosecond.
        let now = self.surroundings.now.round(jiff::Unit::Second).unwrap_or(self.surroundings.now);
        let now = Moment::utc(now);
        let old = arguments.corrects.as_ref().map(|typed| self.corrected(typed)).transpose()?;
        let action = arguments.action.or(old.map(|(_, old)| old.action)).unwrap_or(CustodyAction::Accessed);
        self.demand(arguments, action)?;
        // A retraction is an act of today; a correction tells of the same act anew.
        let kept = old.map(|(_, old)| old).filter(|_| action != CustodyAction::Retracted);
        let at = arguments.at.or(kept.map(|old| old.at)).unwrap_or(now);
        let by = match kept.filter(|_| arguments.by.is_none()) {
            Some(old) => old.by.clone(),
            None => identity::who(arguments.by.as_ref(), self.case, &self.open.repository, "did it")?,
        };
        let from = arguments.from.clone().or_else(|| match kept {
            Some(old) => old.from.clone(),
            None => self.giver(action, at),
        });
        Ok(Custody {
            id: Own(CustodyId(self.fresh_id())),
            item: EvidenceId(self.id),
            at,
            recorded: Some(now),
            recorded_by: identity::recorder(&by, self.case, &self.open.repository),
            by,
            action,
            from,
            to: arguments.to.clone().or_else(|| kept.and_then(|old| old.to.clone())),
            reason: arguments.reason.clone(),
            digest: None,
            storage: kept.and_then(|old| old.storage),
            supersedes: old.map(|(entry, _)| CustodyId(entry.id())),
            custom: Custom::default(),
        })
    }

    /// The event that is to be corrected: one of this item that nothing has corrected yet.
    fn corrected(&self, typed: &str) -> Result<Link<'a>, Failure> {
        let id = ids::resolve(self.case, typed)?;
        let entry = self.case.get(id);
        let Some((entry, Body::Custody(event))) = entry.map(|entry| (entry, &entry.body)) else {
            return Err(Failure::new(format!("`{id}` is no custody event that can be read"))
                .help(format!("`{}` shows those of this item", showing(self.id))));
        };
        if event.item.0 != self.id {
            return Err(Failure::new(format!("`{id}` is an event of `{}`, not of `{}`", event.item.0, self.id))
                .help(format!("`{}` shows those of this item", showing(self.id))));
        }
        let corrections = Corrections::of(self.case);
        let standing = corrections.after(id).iter().flat_map(|after| corrections.standing(*after)).next();
        match standing {
            None => Ok((entry, event)),
            Some((after, what)) => {
                let how = if what.action == CustodyAction::Retracted { "retracted" } else { "corrected" };
                Err(Failure::new(format!("`{id}` was {how} already, by `{}`", after.id()))
                    .help(format!("name that one: `--corrects {}`", after.id())))
            }
        }
    }

    /// What the rules cannot ask of an event that is not there yet.
    fn demand(&self, arguments: &Arguments, action: CustodyAction) -> Result<(), Failure> {
        if action == CustodyAction::Retracted && arguments.corrects.is_none() {
            return Err(Failure::new("nothing says which event did not happen")
                .help(format!("name it: `--corrects c-…`; `{}` shows them", showing(self.id))));
        }
        if arguments.corrects.is_some() && arguments.reason.is_none() {
            return Err(Failure::new("a correction needs a reason").help("say what was wrong: `--reason \"…\"`"));
        }
        Ok(())
    }

    /// Who had the item at a moment, where it is handed on then.
    fn giver(&self, action: CustodyAction, at: Moment) -> Option<Line> {
        if !matches!(action, CustodyAction::Transferred | CustodyAction::Returned) {
            return None;
        }
        let mut chain = self.case.chains().remove(&self.id)?;
        chain.retain(|(_, event)| event.at <= at);
        // Nobody was named since: then it is with whoever collected it.
        let collector = || {
            let collected = chain.iter().rev().find(|(_, event)| event.action == CustodyAction::Collected);
            collected.map(|(_, event)| event.by.as_str())
        };
        chain::holder(&chain).map(|(holder, _)| holder).or_else(collector)?.parse().ok()
    }

    fn fresh_id(&self) -> EntryId {
        loop {
            let id = EntryId::from_bits(Kind::Custody, self.surroundings.bits());
            if self.open.tree().node(&id.path()).is_none() {
                return id;
            }
        }
    }

    /// The digest that is recorded as seen, or everything that is wrong with the bytes.
    fn seen(
        &self,
        arguments: &Arguments,
        event: &Custody,
    ) -> Result<Result<Seen, (Vec<Diagnostic>, Sources)>, Failure> {
        let none = |how: &str| Ok(Ok(Seen { digest: None, how: format!("none recorded: {how}") }));
        if event.action == CustodyAction::Retracted {
            return none("a retraction sees no bytes");
        }
        if arguments.no_digest {
            return none("you said so");
        }
        if let Some(Body::Custody(old)) = event.supersedes.and_then(|old| self.case.get(old.0)).map(|entry| &entry.body)
        {
            return match &old.digest {
                Some(digest) => Ok(Ok(Seen {
                    digest: Some(digest.clone()),
                    how: "the one of the event that it corrects".to_owned(),
                })),
                None => none("the event that it corrects has none"),
            };
        }
        if chain::delay(event).is_some() {
            return none("what is seen now was not seen then");
        }
        Ok(match sight::look(self.id, self.item, self.open, self.surroundings)? {
            Sight::Seen { digest, files, bytes } => Ok(Seen {
                digest: Some(digest),
                how: format!(
                    "the registered one, verified now: {}, {}",
                    counted(files, "file"),
                    counted(bytes, "byte")
                ),
            }),
            Sight::Nothing(why) => return none(&why),
            Sight::Wrong(found, sources) => Err((found, sources)),
        })
    }

    /// The errors and the warnings that the case has with the event and did not have before.
    fn new_problems(&self, entry: &Entry) -> Result<(Vec<Diagnostic>, Vec<Diagnostic>), Failure> {
        let before = judge(self.case, self.surroundings.now);
        let mut case = self.case.clone();
        case.entries.insert(entry.id(), entry.clone());
        let mut found = judge(&case, self.surroundings.now);
        found.retain(|found| !before.contains(found));
        let bases = open::followed(&self.open.repository)?;
        let bases: Vec<&dyn Tree> = bases.iter().map(|(_, base)| base as &dyn Tree).collect();
        let backdated = evidence::backdated(&bases, &case)?;
        found.extend(backdated.into_iter().filter(|found| found.place.path == entry.path));
        crate::diagnostic::sort(&mut found);
        // The team's own fields are written into the file by hand, before it is committed.
        let blocks = |found: &Diagnostic| found.is_error() && found.code.as_str() != "missing-custom-field";
        Ok(found.into_iter().partition(blocks))
    }

    fn report(&self, link: &Link<'_>, seen: &Seen, warnings: &[Diagnostic], sources: &Sources, format: Format) {
        let (entry, event) = link;
        let message = format!("Custody of {}: {}", self.id, event.action);
        let next = format!("git add {} && git commit -m {}", entry.path, shell_word(&message));
        if format == Format::Json {
            let mut value = event_json(link, self.item);
            value["item"] = json!(self.id.to_string());
            value["path"] = json!(entry.path.as_str());
            value["digest_note"] = json!(seen.how);
            value["problems"] = render::json::render(sources, warnings)["diagnostics"].clone();
            value["next"] = json!(next);
            outln!("{value:#}");
            return;
        }
        let (bold, width) = (style::BOLD, terminal::width());
        let mut out = format!(
            "recorded {bold}{}{bold:#}: {} “{}”\n",
            entry.id(),
            event.action,
            printable_line(self.item.title.as_str())
        );
        let mut row = |name: &str, value: &str| wrapped(&mut out, &format!("  {name:<7} "), value, width);
        row("at", &event.at.to_string());
        row("by", &person(self.case, event.by.as_str()));
        for (name, value) in [("from", &event.from), ("to", &event.to), ("reason", &event.reason)] {
            if let Some(value) = value {
                row(name, value.as_str());
            }
        }
        row("digest", &seen.how);
        out!("{out}");
        if !warnings.is_empty() {
            err!("{}", render::text::render(sources, warnings, terminal::colour(), width));
        }
        outln!("next: {next}");
    }
}

/// A problem of an event that is not written yet, with the option that mends it.
fn advised(found: Diagnostic, entry: &Entry) -> Diagnostic {
    if found.place.path != entry.path {
        return found;
    }
    let help = match found.code.as_str() {
        "custody-backdated" => "say why it is recorded only now: `--reason \"…\"`; or correct `--at`",
        "custody-digest" => "if nobody saw that digest, add `--no-digest`",
        "custody-gap" => "record the hand-over between first, with its own `--at`; or correct `--from`",
        "custody-incomplete" => "add what is missing: `--to WHO` or `--reason \"…\"`",
        "custody-order" => "correct `--at`, minding the zone, or `--action`",
        "custody-start" => "record first how the item came here: `--action collected --at TIME`",
        "custody-storage" => "name the action by which the bytes went there: `--action ACTION`",
        _ => return found,
    };
    found.help(help)
}

/// Prints why nothing was written.
fn refuse(found: &[Diagnostic], sources: &Sources, format: Format, arguments: &Arguments) -> Outcome {
    if format == Format::Json {
        let mut value: Value = render::json::render(sources, found);
        value["written"] = json!(false);
        outln!("{value:#}");
        return Outcome::Problems;
    }
    err!("{}", render::text::render(sources, found, terminal::colour(), terminal::width()));
    let is_of_bytes = found.iter().all(|found| !found.code.as_str().starts_with("custody-"));
    let gone = match arguments.action {
        Some(CustodyAction::Disposed) if is_of_bytes => "; if its bytes are destroyed already, add `--no-digest`",
        _ => "",
    };
    errln!("nothing was written: mend this, and type it again{gone}");
    Outcome::Problems
}
