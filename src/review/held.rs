//! The sign-offs of a case as they are kept: reading them, and whether each one counts.

use super::codes::{
    signoff_broken, signoff_case, signoff_forged, signoff_key, signoff_role, signoff_signer, unread_proposal,
};
use super::standing::Ballot;
use super::statement::{Capacity, Statement};
use super::{FOLDER, MAX_STATEMENT_BYTES, NAMESPACE, name_of, signature_path, statement_path};
use crate::diagnostic::Diagnostic;
use crate::model::{Case, Team};
use crate::signature::{self, Flaw, Signature};
use crate::tree::{Tree, TreeError};
use crate::values::vocabulary::Role;
use crate::values::{Handle, TreePath};
use jiff::{SignedDuration, Timestamp};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// How far the clocks of two people may differ.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_mins(10);

/// A sign-off as it is kept, of which nothing is known to be true yet.
#[derive(Clone, Debug)]
pub struct Held {
    pub name: String,
    pub statement: Statement,
    /// The bytes that were signed.
    pub text: Vec<u8>,
    pub signature: Result<Signature, String>,
}

impl Held {
    pub fn path(&self) -> TreePath {
        statement_path(&self.name)
    }
}

/// Why a sign-off does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The signature proves nothing: why.
    Forged(String),
    /// The statement is of the case with this id.
    OtherCase(String),
    /// Nobody of the roster has this handle.
    NoSuchPerson,
    /// The key is not the signer's, but that of somebody else where the roster has it.
    OtherKey {
        fingerprint: String,
        owner: Option<Handle>,
    },
    Revoked {
        fingerprint: String,
    },
    /// The key did not count at the time of the statement.
    OutOfTime {
        fingerprint: String,
    },
    NoRole(Role),
    /// It is new, and its time is still to come.
    InFuture,
}

/// Reads the sign-offs of a tree in the order of their names, and reports what in their folder is none.
pub fn read(tree: &dyn Tree) -> Result<(Vec<Held>, Vec<Diagnostic>), TreeError> {
    let folder = TreePath::from(FOLDER);
    let mut found = Vec::new();
    let mut names: BTreeMap<String, (bool, bool)> = BTreeMap::new();
    for node in tree.list_or_nothing(&folder)? {
        let name = node.text().unwrap_or_default();
        let (statement, signature) = (name.strip_suffix(".stmt"), name.strip_suffix(".stmt.sig"));
        match statement.or(signature).filter(|_| node.is_file()) {
            Some(stem) => {
                let parts = names.entry(stem.to_owned()).or_default();
                parts.0 |= statement.is_some();
                parts.1 |= signature.is_some();
            }
            None if name == ".gitkeep" => {}
            None => found.push(signoff_broken::stray(&folder.join(&String::from_utf8_lossy(&node.name)))),
        }
    }
    let mut held = Vec::new();
    for (name, parts) in names {
        let (statement, signature) = (statement_path(&name), signature_path(&name));
        match parts {
            (true, false) => found.push(signoff_broken::half(&statement, &signature)),
            (false, _) => found.push(signoff_broken::half(&signature, &statement)),
            (true, true) => match read_one(tree, &name) {
                Ok(one) => held.push(one),
                Err(why) => found.push(signoff_broken::statement(&statement, &why)),
            },
        }
    }
    Ok((held, found))
}

fn read_one(tree: &dyn Tree, name: &str) -> Result<Held, String> {
    let text = tree.read(&statement_path(name), MAX_STATEMENT_BYTES).map_err(|error| error.to_string())?;
    let statement: Statement = std::str::from_utf8(&text).map_err(|_| "it is not text in UTF-8")?.parse()?;
    let own = name_of(&text, &statement.signer);
    if own != name {
        return Err(format!("by its bytes and its signer it would be `{}`", statement_path(&own)));
    }
    let signature = tree.read(&signature_path(name), signature::MAX_BYTES).map_err(|error| error.to_string());
    let signature = signature.and_then(|armoured| Signature::read(&armoured));
    Ok(Held { name: name.to_owned(), statement, text, signature })
}

/// Whether each sign-off counts, by the roster that is asked. The arithmetic is done on all cores.
pub fn weigh(held: &[Held], case: &str, team: &Team) -> Vec<Option<Refusal>> {
    weigh_proven(held, &prove(held), case, team)
}

/// Why signatures prove nothing, whatever a roster says. It is the arithmetic, which is done on all cores, and once for many rosters.
pub fn prove(held: &[Held]) -> Vec<Option<Refusal>> {
    held.par_iter().map(forgery).collect()
}

/// The same as [`weigh`], of what was proven before.
pub fn weigh_proven(held: &[Held], forged: &[Option<Refusal>], case: &str, team: &Team) -> Vec<Option<Refusal>> {
    held.iter().zip(forged).map(|(one, forged)| forged.clone().or_else(|| refusal(one, case, team))).collect()
}

fn forgery(held: &Held) -> Option<Refusal> {
    let signature = match &held.signature {
        Ok(signature) => signature,
        Err(why) => return Some(Refusal::Forged(why.clone())),
    };
    match signature.verify(NAMESPACE, &held.text) {
        Ok(()) => None,
        Err(Flaw::OtherNamespace(other)) => {
            Some(Refusal::Forged(format!("it was made for `{}`, not for `{NAMESPACE}`", other.escape_debug())))
        }
        Err(flaw) => Some(Refusal::Forged(flaw.to_string())),
    }
}

/// Why a genuine signature does not count.
fn refusal(held: &Held, case: &str, team: &Team) -> Option<Refusal> {
    let statement = &held.statement;
    let signature = held.signature.as_ref().ok()?;
    if statement.case != case {
        return Some(Refusal::OtherCase(statement.case.clone()));
    }
    let Some(person) = team.person(&statement.signer) else { return Some(Refusal::NoSuchPerson) };
    let fingerprint = signature.fingerprint();
    let key = match team.signer(signature) {
        Some((owner, key)) if owner.handle == person.handle => key,
        other => {
            return Some(Refusal::OtherKey { fingerprint, owner: other.map(|(owner, _)| owner.handle.clone()) });
        }
    };
    if team.is_revoked(&key) {
        return Some(Refusal::Revoked { fingerprint });
    }
    if !key.window.holds(statement.at) {
        return Some(Refusal::OutOfTime { fingerprint });
    }
    match statement.role {
        Capacity::Role(role) if !person.roles.contains(&role) => Some(Refusal::NoRole(role)),
        _ => None,
    }
}

/// Reports sign-offs that are none, and those that do not count. One that was committed before and counts no more, since a key
/// was revoked or somebody has left, stays in the case for ever and is only warned of; one that is new must count.
pub fn judge(tree: &dyn Tree, bases: &[&dyn Tree], case: &Case, now: Timestamp) -> Result<Vec<Diagnostic>, TreeError> {
    let folder = TreePath::from(FOLDER);
    let mut known: BTreeSet<String> = BTreeSet::new();
    for base in bases {
        known.extend(base.list_or_nothing(&folder)?.iter().filter_map(|node| node.text()).map(str::to_owned));
    }
    let (held, mut found) = read(tree)?;
    let (Some(record), Some(team)) = (&case.record, &case.team) else { return Ok(found) };
    let refusals = weigh(&held, record.value.id.as_str(), &team.value);
    let ballots: Vec<Ballot<'_>> =
        held.iter().zip(&refusals).map(|(held, refusal)| Ballot { held, refusal: refusal.as_ref() }).collect();
    found.extend(unread_proposal::check(tree, case, &ballots)?);
    for (one, refusal) in held.iter().zip(refusals) {
        let is_new = !bases.is_empty() && !known.contains(&format!("{}.stmt", one.name));
        let refusal = refusal.or_else(|| if is_new { untimely(one, &team.value, now) } else { None });
        found.extend(refusal.map(|refusal| report(one, &refusal, is_new)));
    }
    Ok(found)
}

/// Whether the time of a new sign-off is not to be believed: a signature has none of its own (PROTOCOL.sshsig), so that a key which
/// counts no more could sign with an older date.
fn untimely(held: &Held, team: &Team, now: Timestamp) -> Option<Refusal> {
    let signature = held.signature.as_ref().ok()?;
    let fingerprint = signature.fingerprint();
    if held.statement.at > now + CLOCKS_DIFFER {
        return Some(Refusal::InFuture);
    }
    let (_, key) = team.signer(signature)?;
    (!key.window.holds(now)).then_some(Refusal::OutOfTime { fingerprint })
}

/// What is said of a sign-off that does not count.
pub fn report(held: &Held, refusal: &Refusal, is_new: bool) -> Diagnostic {
    let (path, statement) = (held.path(), &held.statement);
    let signer = &statement.signer;
    match refusal {
        Refusal::Forged(why) => signoff_forged::found(&path, signer, why),
        Refusal::OtherCase(other) => signoff_case::found(&path, other),
        Refusal::NoSuchPerson => signoff_signer::nobody(&path, signer, is_new),
        Refusal::OtherKey { fingerprint, owner } => {
            signoff_signer::other_key(&path, signer, fingerprint, owner.as_ref(), is_new)
        }
        Refusal::Revoked { fingerprint } => signoff_key::revoked(&path, signer, fingerprint, is_new),
        Refusal::OutOfTime { fingerprint } => {
            signoff_key::out_of_time(&path, signer, fingerprint, statement.at, is_new)
        }
        Refusal::InFuture => signoff_key::in_future(&path, signer, statement.at, is_new),
        Refusal::NoRole(role) => signoff_role::found(&path, signer, *role, is_new),
    }
}
