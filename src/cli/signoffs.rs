//! `casebook signoffs`: where each entry stands.

use super::open::{Open, demand_case};
use super::{Failure, Format, Outcome, Surroundings, ids, style};
use crate::diagnostic::render::printable_line;
use crate::diff;
use crate::export::signers::allowed_signers;
use crate::git::Repo;
use crate::load::{self, NoMemory};
use crate::model::{Case, Team};
use crate::review::{self, Capacity, Item, Ledger, Refusal, Standing, State, Voice};
use crate::tree::Tree;
use crate::values::Sha256;
use clap::Args;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Show where entries stand: who has signed and approved the bytes that they have now, what is missing, and what no longer holds.
#[derive(Args)]
#[command(after_help = "\
Examples:
  casebook signoffs                          everything that was signed, or that the policy wants signed
  casebook signoffs f-7q2                    one entry, with every sign-off of it
  casebook signoffs --rev main
  casebook signoffs --allowed-signers > signers
  ssh-keygen -Y verify -f signers -I bob@example.org -n casebook-signoff -s FILE.stmt.sig < FILE.stmt

The words: `draft` nobody has signed it; `authored` its author has; `reviewed` fewer have approved it than must; `approved`; \
`stale` it was changed since; `rejected`.

Exit codes: 0 whatever must be approved is, 1 something is not, 2 could not tell.")]
pub struct Arguments {
    /// Ids, or beginnings of them; `case`, `team` or `policy` for the file of that name.
    #[arg(value_name = "ID")]
    items: Vec<String>,

    /// Of a commit, in place of the work tree.
    #[arg(long, value_name = "REVISION")]
    rev: Option<String>,

    /// Print the keys of team.toml as `ssh-keygen -Y verify` reads them.
    #[arg(long, conflicts_with = "items")]
    allowed_signers: bool,

    /// How to print it.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    match &arguments.rev {
        Some(revision) => {
            let repository = surroundings.repository()?;
            let tree = repository.tree(repository.resolve(revision)?.tree);
            show(&tree, &repository, arguments)
        }
        None => {
            let open = Open::here(surroundings)?;
            show(&open.tree(), &open.repository, arguments)
        }
    }
}

fn show(tree: &dyn Tree, repository: &Repo, arguments: &Arguments) -> Result<Outcome, Failure> {
    demand_case(tree)?;
    let (case, _) = load::load(tree, &mut NoMemory)?;
    let team = case.team.as_ref().map(|team| team.value.clone());
    let team: Team = team.ok_or_else(|| {
        Failure::new("team.toml cannot be read, so nobody is known").help("`casebook check team.toml` says why")
    })?;
    if arguments.allowed_signers {
        out!("{}", allowed_signers(&team));
        return Ok(Outcome::Sound);
    }
    if case.record.is_none() {
        return Err(Failure::new("case.toml cannot be read").help("`casebook check case.toml` says why"));
    }
    let (ledger, broken) = Ledger::read(tree, &case)?;
    let items = match arguments.items.is_empty() {
        true => ledger.items(),
        false => arguments.items.iter().map(|typed| ids::item(&case, typed)).collect::<Result<_, _>>()?,
    };
    let mut standings = Vec::new();
    for item in items.into_iter().filter(|item| tree.node(&item.path()).is_some()) {
        let standing = ledger.standing(&item)?;
        let pasts = pasts(repository, tree, &item, &standing)?;
        standings.push((item, standing, pasts));
    }
    match arguments.format {
        Format::Json => {
            let one = |(item, standing, pasts): &(Item, Standing, Pasts)| as_json(&case, item, standing, pasts);
            outln!("{}", diff::json::text(&standings.iter().map(one).collect()));
        }
        Format::Text => {
            let in_full = !arguments.items.is_empty();
            for (item, standing, pasts) in &standings {
                print(&case, item, standing, in_full);
                print_changes(item, standing, pasts);
            }
            if standings.is_empty() {
                outln!("nothing was signed, and the policy wants nothing signed");
            }
        }
    }
    if !broken.is_empty() {
        errln!("note: something in signoffs/ is no sign-off: `casebook check signoffs` says what");
    }
    Ok(if standings.iter().all(|(_, standing, _)| standing.is_met()) { Outcome::Sound } else { Outcome::Problems })
}

fn print(case: &Case, item: &Item, standing: &Standing, in_full: bool) {
    let (bold, dim) = (style::BOLD, style::DIM);
    let state = match (standing.state, standing.is_met()) {
        (State::Rejected, _) => style::WORST,
        (State::Approved, true) => style::GOOD,
        (_, false) => style::WARN,
        _ => style::DIM,
    };
    let title = match item {
        Item::Entry(id) => case.get(*id).map(|entry| printable_line(&entry.title())).unwrap_or_default(),
        Item::File(_) => String::new(),
    };
    outln!("{bold}{item}{bold:#}  {state}{}{state:#} {}  {title}", standing.state.word(), standing.summary());
    if !in_full {
        return;
    }
    if !standing.requirement.is_nothing() {
        let roles: Vec<&str> = standing.requirement.roles.iter().map(|role| role.word()).collect();
        let author = if standing.requirement.author { ", and an author's signature" } else { "" };
        outln!("  the policy wants {} by {}{author}", counted(standing.requirement.approvals), roles.join(" or "));
        if let Some(reason) = &standing.requirement.reason {
            outln!("  {dim}{}{dim:#}", printable_line(reason));
        }
    }
    let groups = [
        ("author", &standing.authors),
        ("approved", &standing.approvals),
        ("rejected", &standing.rejections),
        ("stale", &standing.stale),
        ("does not count, since an author cannot approve", &standing.own),
        ("does not count, since the policy does not ask for the role", &standing.other_roles),
    ];
    for (word, voices) in groups {
        for voice in voices {
            outln!("  {word}: {}", said(voice));
        }
    }
    for (voice, refusal) in &standing.refused {
        outln!("  refused: {}: {}", said(voice), why(refusal));
    }
}

fn counted(approvals: u64) -> String {
    if approvals == 1 { "1 approval".to_owned() } else { format!("{approvals} approvals") }
}

fn said(voice: &Voice) -> String {
    let comment = voice.comment.as_ref().map(|comment| format!(": {}", printable_line(comment))).unwrap_or_default();
    let what = if voice.role == Capacity::Author { String::new() } else { format!(" as {}", voice.role) };
    format!("{}{what} at {}, {}{comment}", voice.by, voice.at, review::statement_path(&voice.name))
}

/// Why a sign-off does not count, in a few words.
fn why(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Forged(why) => format!("no signature of theirs: {why}"),
        Refusal::OtherCase(other) => format!("of the case `{}`", printable_line(other)),
        Refusal::NoSuchPerson => "not in team.toml".to_owned(),
        Refusal::OtherKey { owner: Some(owner), .. } => format!("with the key of `{owner}`"),
        Refusal::OtherKey { owner: None, .. } => "with a key that nobody in team.toml has".to_owned(),
        Refusal::Revoked { .. } => "with a revoked key".to_owned(),
        Refusal::OutOfTime { .. } => "with a key that did not count then".to_owned(),
        Refusal::InFuture => "signed at a time that is still to come".to_owned(),
        Refusal::NoRole(role) => format!("{role} is no role of theirs"),
    }
}

/// What somebody signed and is not so any more, where the history has it.
struct Past {
    commit: String,
    /// The fields that were changed since; `None` where they cannot be told.
    changed: Option<Vec<String>>,
}

/// What was signed and is stale, by the digest that is in the sign-offs.
type Pasts = BTreeMap<Sha256, Past>;

fn pasts(repository: &Repo, tree: &dyn Tree, item: &Item, standing: &Standing) -> Result<Pasts, Failure> {
    let now = review::digest(tree, item)?;
    let signed: BTreeSet<Sha256> = standing.stale.iter().map(|voice| voice.read).filter(|read| *read != now).collect();
    let mut pasts = BTreeMap::new();
    for read in signed {
        let Ok(Some(commit)) = repository.commit_with(&item.path(), read) else { continue };
        let changed = diff::changed_fields(&repository.tree(commit.tree), tree, &item.path());
        let changed = changed.map(|fields| fields.iter().map(|field| field.route.to_string()).collect());
        pasts.insert(read, Past { commit: commit.id.to_string(), changed });
    }
    Ok(pasts)
}

fn print_changes(item: &Item, standing: &Standing, pasts: &Pasts) {
    for voice in &standing.stale {
        for evidence in &voice.other_evidence {
            outln!("    evidence {evidence} is not what {} signed", voice.by);
        }
    }
    for (read, past) in pasts {
        let signers = standing.stale.iter().filter(|voice| voice.read == *read).map(|voice| voice.by.as_str());
        let changed = match past.changed.as_deref() {
            None => "its text".to_owned(),
            Some([]) => "only its form".to_owned(),
            Some(fields) => {
                fields.iter().map(|field| format!("`{}`", printable_line(field))).collect::<Vec<_>>().join(", ")
            }
        };
        let (commit, path) = (&past.commit[..12], item.path());
        outln!("    changed since {} signed: {changed}", signers.collect::<Vec<_>>().join(", "));
        outln!("      `git diff {commit} -- {}` shows it", path.quoted());
    }
}

fn as_json(case: &Case, item: &Item, standing: &Standing, pasts: &Pasts) -> Value {
    let voice = |voice: &Voice| {
        json!({
            "by": voice.by.as_str(), "as": voice.role.to_string(), "at": voice.at.to_string(), "comment": voice.comment,
            "statement": review::statement_path(&voice.name).as_str(), "read": voice.read.to_string(),
            "other_evidence": voice.other_evidence.iter().map(ToString::to_string).collect::<Vec<_>>(),
        })
    };
    let voices = |list: &[Voice]| -> Vec<Value> { list.iter().map(voice).collect() };
    let title = match item {
        Item::Entry(id) => case.get(*id).map(|entry| entry.title()),
        Item::File(_) => None,
    };
    let stale: Vec<Value> = standing
        .stale
        .iter()
        .map(|stale| {
            let (mut value, past) = (voice(stale), pasts.get(&stale.read));
            value["commit"] = json!(past.map(|past| &past.commit));
            value["changed"] = json!(past.and_then(|past| past.changed.as_ref()));
            value
        })
        .collect();
    let refused: Vec<Value> = standing
        .refused
        .iter()
        .map(|(refused, refusal)| {
            let mut value = voice(refused);
            value["reason"] = json!(why(refusal));
            value
        })
        .collect();
    json!({
        "item": item.to_string(), "title": title, "state": standing.state.word(), "met": standing.is_met(),
        "approvals_needed": standing.requirement.approvals, "author_needed": standing.requirement.author,
        "authors": voices(&standing.authors), "approvals": voices(&standing.approvals),
        "rejections": voices(&standing.rejections), "stale": stale, "own": voices(&standing.own),
        "other_roles": voices(&standing.other_roles), "refused": refused,
    })
}
