//! What people do who may not: each attack is the last part of a history that is honest otherwise, and names what the gate must
//! say.

mod entries;
mod evidence;
mod merges;
mod refs;
mod roster;
mod signoffs;

use super::honest::Play;
use casebook::git::Oid;
use casebook::hook::receive::Update;

/// What is pushed, and what the gate must say of it.
pub struct Attack {
    /// A part of one of the refusals: `error[CODE]`, or what is said of a ref.
    pub must_say: &'static str,
    pub push: Push,
}

pub enum Push {
    /// The head of the play, to the protected branch or to another.
    Anywhere,
    /// The head of the play, to the protected branch: elsewhere it may lie.
    Main,
    /// These, after what the server has had before was extended by the refs.
    These { refs: Vec<(String, Oid)>, updates: Vec<Update> },
}

pub type Make = fn(&mut Play<'_>) -> Option<Attack>;

/// Every attack, with its name.
pub const ATTACKS: &[(&str, Make)] = &[
    ("evidence is dropped", evidence::drop_evidence),
    ("evidence is dropped and added again", evidence::drop_and_add),
    ("bytes of evidence are changed", evidence::change_bytes),
    ("evidence is registered anew with other bytes", evidence::register_anew),
    ("a merge drops evidence of the other side", merges::merge_drops_evidence),
    ("a merge drops an edit of the other side", merges::merge_drops_edit),
    ("a line is slipped into a merge", merges::slip_into_merge),
    ("a line is slipped into case.toml in a merge", merges::slip_into_record),
    ("a merge with an ancestor edits", merges::merge_with_ancestor),
    ("a third parent brings back what was", merges::octopus_brings_back),
    ("a custody event is dated anew", evidence::redate),
    ("a custody event is put in before others", evidence::backdate),
    ("a custody event is removed", evidence::remove_custody),
    ("a commit says that the reviewer made it", signoffs::forge_author),
    ("somebody signs in another's name", signoffs::sign_for_another),
    ("a stranger signs", signoffs::sign_as_stranger),
    ("somebody signs in a role that they do not have", signoffs::sign_in_other_role),
    ("an entry is edited after it was signed", signoffs::sign_then_edit),
    ("a squash has an edit after the sign-off", signoffs::squash_with_edit),
    ("what was approved is amended", signoffs::amend),
    ("what was published is amended and pushed with force", refs::force),
    ("the roster is swapped", roster::swap_roster),
    ("roster and policy are changed in one push", roster::roster_and_policy),
    ("the change of the roster comes without the sign-off that lies elsewhere", roster::half_of_what_was_signed),
    ("the policy is rolled back", |play| roster::roll_back(play, "policy.toml")),
    ("the roster is rolled back", |play| roster::roll_back(play, "team.toml")),
    ("the policy is changed under its old version", roster::same_version),
    ("the roster is gone", |play| roster::remove_rules(play, "team.toml")),
    ("the policy is gone", |play| roster::remove_rules(play, "policy.toml")),
    ("a history of its own brings a policy", |play| roster::merge_stranger(play, "policy.toml")),
    ("a history of its own brings a roster", |play| roster::merge_stranger(play, "team.toml")),
    ("a second history begins with a roster of its own", roster::second_history),
    ("a protected branch begins with a history of its own", roster::second_protected),
    ("commits are hidden on a branch that is no case", refs::launder),
    ("a ref is none that is taken", refs::odd_ref),
    ("a ref points to what is no commit", refs::odd_target),
    ("a tag is moved", |play| refs::move_tag(play, true)),
    ("a tag is deleted", |play| refs::move_tag(play, false)),
    ("the protected branch is deleted", refs::delete_main),
    ("an entry is removed and one like it added", entries::look_alike),
    ("an entry is renamed", entries::rename),
    ("a sign-off is of another case", signoffs::other_case),
    ("the case is called something else", signoffs::other_id),
    ("a reviewer signs who is one no more", signoffs::demoted),
    ("a reviewer signs with a key that the lead has revoked", signoffs::just_revoked),
    ("a statement is added again under another name", signoffs::replay_renamed),
    ("a statement is made to say other bytes", signoffs::replay_edited),
    ("a signature is taken from another statement", signoffs::swap_signature),
    ("a sign-off is by a revoked key", signoffs::revoked),
    ("a sign-off is by a key whose time is over", signoffs::expired),
    ("a sign-off is of tomorrow", signoffs::of_tomorrow),
    ("an author approves", signoffs::own_approval),
    ("one person with two keys approves twice", signoffs::two_keys),
    ("an approval is withdrawn", signoffs::withdrawn),
    ("somebody rejects", signoffs::rejected),
    ("a signature is for Git", signoffs::for_git),
    ("a sign-off is removed", |play| signoffs::damage_signoff(play, false)),
    ("a sign-off is changed", |play| signoffs::damage_signoff(play, true)),
    ("half a sign-off is added", signoffs::half_a_signoff),
    ("a milestone is moved", entries::move_milestone),
    ("a milestone is removed", entries::remove_milestone),
    ("a milestone is skewed", entries::skew_milestone),
    ("a milestone is moved by way of no case.toml", |play| entries::milestone_by_way(play, None)),
    ("a milestone is moved by way of a broken case.toml", |play| entries::milestone_by_way(play, Some("broken"))),
    ("a status goes back", entries::status_back),
    ("a status goes back by way of a broken entry", entries::status_by_way),
    ("a time stamp is removed", evidence::remove_stamp),
    ("case.toml is gone", entries::remove_case),
    ("a tree has a name twice", refs::name_twice),
];

fn says(must_say: &'static str) -> Option<Attack> {
    Some(Attack { must_say, push: Push::Anywhere })
}

fn says_of_main(must_say: &'static str) -> Option<Attack> {
    Some(Attack { must_say, push: Push::Main })
}

fn says_of(must_say: &'static str, refs: Vec<(String, Oid)>, updates: Vec<Update>) -> Option<Attack> {
    Some(Attack { must_say, push: Push::These { refs, updates } })
}

fn update(name: &str, old: Option<Oid>, new: Option<Oid>) -> Update {
    Update { name: name.to_owned(), old, new }
}

const UNSIGNED: &str = "error[signoff-missing]";
const ALTERED: &str = "error[merge-altered]";
