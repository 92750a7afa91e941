//! Words of people who have not said them, have no say, or have said them of something else.

use super::{Attack, UNSIGNED, says, says_of, says_of_main, update};
use crate::campaign::honest::{Play, renewed};
use crate::campaign::world::{CASE, Files, Key, MAIN, NAMESPACE, SIGNED, WORK, Word, finding, keep, sha256, text};
use casebook::values::Kind;

/// Another text of the signed finding.
pub fn edited(play: &mut Play<'_>) -> Files {
    let mut files = play.files();
    let title = format!("It was nobody, {}", play.random.below(1000));
    files.insert(SIGNED.to_owned(), finding("f-7q2k9dm4", &title, "confirmed", "bob").into_bytes());
    files
}

pub fn forge_author(play: &mut Play<'_>) -> Option<Attack> {
    let files = edited(play);
    play.head =
        play.world.commit_by("Carol Example", &[&play.head], files, "Reviewed-by: Carol Example <carol@example.org>");
    says_of_main(UNSIGNED)
}

pub fn sign_for_another(play: &mut Play<'_>) -> Option<Attack> {
    let files = edited(play);
    play.commit(files, "Edit");
    let key = *play.random.pick(&[Key::Bob, Key::Alice, Key::Dave, Key::Mallory]);
    play.sign(key, &Word::new("carol", "reviewer", &[SIGNED]));
    says("error[signoff-signer]")
}

pub fn sign_as_stranger(play: &mut Play<'_>) -> Option<Attack> {
    play.sign(Key::Mallory, &Word::new("mallory", "reviewer", &[SIGNED]));
    says("error[signoff-signer]")
}

pub fn sign_in_other_role(play: &mut Play<'_>) -> Option<Attack> {
    let (key, signer, role) = *play.random.pick(&[
        (Key::Bob, "bob", "reviewer"),
        (Key::Carol, "carol", "lead"),
        (Key::Alice, "alice", "reviewer"),
    ]);
    play.sign(key, &Word::new(signer, role, &[SIGNED]));
    says("error[signoff-role]")
}

pub fn sign_then_edit(play: &mut Play<'_>) -> Option<Attack> {
    let mut files = edited(play);
    play.world.sign(&mut files, Key::Carol, &Word::new("carol", "reviewer", &[SIGNED]));
    play.commit(files, "Edit and sign");
    play.change(SIGNED, |text| text.replace("It was nobody", "It was Eve"));
    says_of_main(UNSIGNED)
}

pub fn squash_with_edit(play: &mut Play<'_>) -> Option<Attack> {
    let root = play.head.clone();
    sign_then_edit(play)?;
    play.head = play.world.commit(&[&root], play.files(), "Squash");
    says_of_main(UNSIGNED)
}

pub fn amend(play: &mut Play<'_>) -> Option<Attack> {
    let root = play.head.clone();
    let mut files = edited(play);
    play.world.sign(&mut files, Key::Carol, &Word::new("carol", "reviewer", &[SIGNED]));
    play.commit(files.clone(), "Edit and sign");
    let approved = play.head.id;
    files.insert(SIGNED.to_owned(), finding("f-7q2k9dm4", "It was Eve", "confirmed", "bob").into_bytes());
    play.head = play.world.commit(&[&root], files, "Edit and sign");
    let updates = vec![update(MAIN, Some(play.world.head().id), Some(play.head.id))];
    // What was approved lies on a branch, where the reviewer saw it.
    says_of(UNSIGNED, vec![(WORK.to_owned(), approved)], updates)
}

pub fn other_case(play: &mut Play<'_>) -> Option<Attack> {
    play.sign(Key::Carol, &Word { case: "2026-0141", ..Word::new("carol", "reviewer", &[SIGNED]) });
    says("error[signoff-case]")
}

pub fn other_id(play: &mut Play<'_>) -> Option<Attack> {
    play.change("case.toml", |text| text.replace(CASE, "2026-0141"));
    play.sign(Key::Alice, &Word { case: "2026-0141", ..Word::new("alice", "lead", &["case.toml"]) });
    says("error[signoff-case]")
}

/// A roster that the lead agrees to, and an edit with the word of somebody who has no say by it.
fn after_roster(play: &mut Play<'_>, from: &str, to: &str, key: Key, signer: &str) {
    let team = renewed(play, "team.toml").replace(from, to);
    play.change("team.toml", |_| team);
    play.sign(Key::Alice, &Word::new("alice", "lead", &["team.toml"]));
    let files = edited(play);
    play.commit(files, "Edit");
    play.sign(key, &Word::new(signer, "reviewer", &[SIGNED]));
}

pub fn demoted(play: &mut Play<'_>) -> Option<Attack> {
    after_roster(play, "roles = [\"reviewer\"]", "roles = [\"analyst\"]", Key::Carol, "carol");
    says("error[signoff-role]")
}

pub fn just_revoked(play: &mut Play<'_>) -> Option<Attack> {
    let revoked = format!("revoked_keys = ['{}', ", Key::Dave.public());
    after_roster(play, "revoked_keys = [", &revoked, Key::Dave, "dave");
    says("error[signoff-key]")
}

/// A sign-off of the case: the path of its statement.
fn some_signoff(play: &mut Play<'_>) -> String {
    let paths: Vec<&String> = play.head.files.keys().filter(|path| path.ends_with(".stmt")).collect();
    (*play.random.pick(&paths)).clone()
}

pub fn replay_renamed(play: &mut Play<'_>) -> Option<Attack> {
    let path = some_signoff(play);
    let signer = *play.random.pick(&["alice", "bob", "carol", "dave"]);
    let mut files = play.files();
    let name = format!("signoffs/{:016x}-{signer}", play.random.next());
    files.insert(format!("{name}.stmt"), play.head.files[&path].clone());
    files.insert(format!("{name}.stmt.sig"), play.head.files[&format!("{path}.sig")].clone());
    play.commit(files, "Sign");
    says("error[signoff-broken]")
}

pub fn replay_edited(play: &mut Play<'_>) -> Option<Attack> {
    let mut files = edited(play);
    let word = Word::new("carol", "reviewer", &[SIGNED]);
    let genuine = play.world.statement(&play.head.files, &word);
    let signature = play.world.signature(Key::Carol, NAMESPACE, &genuine);
    let forged = genuine.replace(&sha256(&play.head.files[SIGNED]), &sha256(&files[SIGNED]));
    keep(&mut files, &forged, &signature);
    play.commit(files, "Edit and sign");
    says("error[signoff-forged]")
}

pub fn swap_signature(play: &mut Play<'_>) -> Option<Attack> {
    let mut files = play.files();
    let one = play.world.statement(&files, &Word::new("carol", "reviewer", &[SIGNED]));
    let other = play.world.statement(&files, &Word { vote: "reject", ..Word::new("carol", "reviewer", &[SIGNED]) });
    keep(&mut files, &one, &play.world.signature(Key::Carol, NAMESPACE, &other));
    play.commit(files, "Sign");
    says("error[signoff-forged]")
}

pub fn revoked(play: &mut Play<'_>) -> Option<Attack> {
    play.sign(Key::CarolLost, &Word::new("carol", "reviewer", &[SIGNED]));
    says("error[signoff-key]")
}

pub fn expired(play: &mut Play<'_>) -> Option<Attack> {
    // Dated back to when the key counted, or not.
    let at = *play.random.pick(&[Some("2026-03-02T08:00:00Z"), None]);
    play.sign(Key::DaveOld, &Word { at, ..Word::new("dave", "reviewer", &[SIGNED]) });
    says("error[signoff-key]")
}

pub fn of_tomorrow(play: &mut Play<'_>) -> Option<Attack> {
    play.sign(Key::Carol, &Word { at: Some("2026-03-06T12:00:00Z"), ..Word::new("carol", "reviewer", &[SIGNED]) });
    says("error[signoff-key]")
}

pub fn own_approval(play: &mut Play<'_>) -> Option<Attack> {
    let id = play.new_id(Kind::Finding);
    let path = format!("findings/{id}.toml");
    let mut files = play.files();
    let is_named = play.random.below(2) == 0;
    let author = if is_named { "dave" } else { "bob" };
    files.insert(path.clone(), finding(&id, "Dave saw it", "confirmed", author).into_bytes());
    play.commit(files, "A finding");
    if !is_named {
        play.sign(Key::Dave, &Word::new("dave", "author", &[&path]));
    }
    let key = *play.random.pick(&[Key::Dave, Key::DaveOther]);
    play.sign(key, &Word::new("dave", "reviewer", &[&path]));
    says_of_main(UNSIGNED)
}

/// A critical finding, which two must approve, signed by its author.
fn critical(play: &mut Play<'_>) -> String {
    let id = play.new_id(Kind::Finding);
    let path = format!("findings/{id}.toml");
    let mut files = play.files();
    let text =
        finding(&id, "All is lost", "confirmed", "bob").replace("\"high\"\nconfidence", "\"critical\"\nconfidence");
    files.insert(path.clone(), text.into_bytes());
    play.commit(files, "A finding");
    play.sign(Key::Bob, &Word::new("bob", "author", &[&path]));
    path
}

pub fn two_keys(play: &mut Play<'_>) -> Option<Attack> {
    let path = critical(play);
    play.sign(Key::Dave, &Word::new("dave", "reviewer", &[&path]));
    play.sign(Key::DaveOther, &Word::new("dave", "reviewer", &[&path]));
    says_of_main(UNSIGNED)
}

pub fn withdrawn(play: &mut Play<'_>) -> Option<Attack> {
    let files = edited(play);
    play.commit(files, "Edit");
    play.sign(Key::Carol, &Word::new("carol", "reviewer", &[SIGNED]));
    play.sign(Key::Carol, &Word { vote: "withdraw", ..Word::new("carol", "reviewer", &[SIGNED]) });
    says_of_main(UNSIGNED)
}

pub fn rejected(play: &mut Play<'_>) -> Option<Attack> {
    let files = edited(play);
    play.commit(files, "Edit");
    play.sign(Key::Dave, &Word { vote: "reject", ..Word::new("dave", "reviewer", &[SIGNED]) });
    play.sign(Key::Carol, &Word::new("carol", "reviewer", &[SIGNED]));
    says_of_main(UNSIGNED)
}

pub fn for_git(play: &mut Play<'_>) -> Option<Attack> {
    let mut files = edited(play);
    let statement = play.world.statement(&files, &Word::new("carol", "reviewer", &[SIGNED]));
    let namespace = *play.random.pick(&["git", "file", "casebook-attestation", "casebook-signoff "]);
    let signature = play.world.signature(Key::Carol, namespace, &statement);
    keep(&mut files, &statement, &signature);
    play.commit(files, "Edit and sign");
    says("error[signoff-forged]")
}

pub fn damage_signoff(play: &mut Play<'_>, is_changed: bool) -> Option<Attack> {
    let path = some_signoff(play);
    let mut files = play.files();
    if is_changed {
        // A signature of another key over the same statement.
        let signature = play.world.signature(Key::Mallory, NAMESPACE, &text(&files, &path));
        files.insert(format!("{path}.sig"), signature.into_bytes());
    } else {
        files.remove(&format!("{path}.sig"));
        files.remove(&path);
    }
    play.commit(files, "Tidy up");
    says("error[signoff-changed]")
}

pub fn half_a_signoff(play: &mut Play<'_>) -> Option<Attack> {
    let mut files = play.files();
    let kept = play.world.sign(&mut files, Key::Carol, &Word::new("carol", "reviewer", &[SIGNED]));
    let (statement, signature) = (kept.statement.into_bytes(), kept.signature.into_bytes());
    let gone = *play.random.pick(&[&statement, &signature]);
    files.retain(|_, bytes| bytes != gone);
    play.commit(files, "Sign");
    says("error[signoff-broken]")
}
