//! Roster and policy that nobody has agreed to.

use super::{Attack, says, says_of, update};
use crate::campaign::honest::{Play, renewed};
use crate::campaign::world::{Key, MAIN, Point, WORK, Word, policy, team};

pub fn with_mallory(team: &str) -> String {
    format!(
        "{team}\n[[people]]\nhandle = \"mallory\"\nname = \"Mallory\"\nroles = [\"lead\", \"reviewer\"]\nkeys = ['{}']\n",
        Key::Mallory.public()
    )
}

pub fn swap_roster(play: &mut Play<'_>) -> Option<Attack> {
    let team = with_mallory(&renewed(play, "team.toml"));
    play.change("team.toml", |_| team);
    let (key, signer, role) = *play.random.pick(&[
        (Key::Mallory, "mallory", "lead"),
        (Key::Carol, "carol", "reviewer"),
        (Key::Bob, "bob", "author"),
    ]);
    play.sign(key, &Word::new(signer, role, &["team.toml"]));
    says("error[rules-unapproved]: `team.toml`")
}

pub fn roster_and_policy(play: &mut Play<'_>) -> Option<Attack> {
    let team = with_mallory(&renewed(play, "team.toml"));
    let policy = renewed(play, "policy.toml").replace("approvals = 1", "approvals = 0\nauthor = true");
    let is_one_commit = play.random.below(2) == 0;
    let mut files = play.files();
    files.insert("team.toml".to_owned(), team.into_bytes());
    if !is_one_commit {
        play.commit(files.clone(), "Roster");
    }
    files.insert("policy.toml".to_owned(), policy.into_bytes());
    play.world.sign(&mut files, Key::Mallory, &Word::new("mallory", "lead", &["policy.toml", "team.toml"]));
    play.commit(files, "Rules");
    says("error[rules-unapproved]: `team.toml`")
}

pub fn half_of_what_was_signed(play: &mut Play<'_>) -> Option<Attack> {
    let name = *play.random.pick(&["team.toml", "policy.toml"]);
    let text = renewed(play, name);
    play.change(name, |_| text);
    let changed = play.head.id;
    play.sign(Key::Alice, &Word::new("alice", "lead", &[name]));
    let updates = vec![update(MAIN, Some(play.world.head().id), Some(changed))];
    says_of("error[rules-unapproved]", vec![(WORK.to_owned(), play.head.id)], updates)
}

pub fn roll_back(play: &mut Play<'_>, name: &str) -> Option<Attack> {
    // Each of these was agreed to, and still is by the sign-offs of the case.
    let old = if name == "team.toml" { team(1) } else { policy(1 + play.random.below(2) as u64) };
    play.change(name, |_| old);
    says("error[rules-version]")
}

pub fn same_version(play: &mut Play<'_>) -> Option<Attack> {
    let name = *play.random.pick(&["team.toml", "policy.toml"]);
    play.change(name, |text| text + "# as before\n");
    play.sign(Key::Alice, &Word::new("alice", "lead", &[name]));
    says("error[rules-version]")
}

pub fn remove_rules(play: &mut Play<'_>, name: &str) -> Option<Attack> {
    let before = play.files();
    let mut files = play.files();
    files.remove(name);
    play.commit(files, "Tidy up");
    if play.random.below(2) == 0 {
        let mut back = before;
        back.insert(name.to_owned(), renewed_by_mallory(name).into_bytes());
        play.commit(back, "And back");
    }
    says("error[rules-version]")
}

fn renewed_by_mallory(name: &str) -> String {
    if name == "team.toml" {
        with_mallory(&team(90))
    } else {
        policy(90).replace("approvals = 1", "approvals = 0\nauthor = true")
    }
}

/// A history without a commit in common with the case, of the same files but one.
fn stranger(play: &Play<'_>, name: &str) -> Point {
    let mut files = play.files();
    files.insert(name.to_owned(), renewed_by_mallory(name).into_bytes());
    play.world.commit_by("Mallory", &[], files, "The case begins")
}

pub fn merge_stranger(play: &mut Play<'_>, name: &str) -> Option<Attack> {
    let stranger = stranger(play, name);
    let parents = if play.random.below(2) == 0 { [&play.head, &stranger] } else { [&stranger, &play.head] };
    play.head = play.world.commit(&parents, stranger.files.clone(), "Merge");
    let updates = vec![update(MAIN, Some(play.world.head().id), Some(play.head.id))];
    says_of(
        if name == "team.toml" {
            "error[rules-unapproved]: `team.toml`"
        } else {
            "error[rules-unapproved]: `policy.toml`"
        },
        Vec::new(),
        updates,
    )
}

pub fn second_history(play: &mut Play<'_>) -> Option<Attack> {
    let stranger = stranger(play, "team.toml");
    let name = *play.random.pick(&[WORK, "refs/tags/v1"]);
    says_of("error[rules-unpinned]", Vec::new(), vec![update(name, None, Some(stranger.id))])
}

pub fn second_protected(play: &mut Play<'_>) -> Option<Attack> {
    let name = *play.random.pick(&["team.toml", "policy.toml"]);
    let stranger = stranger(play, name);
    says_of("no commit in common", Vec::new(), vec![update("refs/heads/release", None, Some(stranger.id))])
}
