//! What people do who may not: each attack is the last part of a history that is honest otherwise, and names what the gate must
//! say.

use super::honest::{Play, items, put_evidence, renewed, with_milestone};
use super::world::{
    CASE, Files, Key, MAIN, NAMESPACE, Point, SIGNED, WORK, Word, finding, keep, policy, sha256, team, text,
};
use casebook::git::Oid;
use casebook::hook::receive::Update;
use casebook::values::Kind;

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
    ("evidence is dropped", drop_evidence),
    ("evidence is dropped and added again", drop_and_add),
    ("bytes of evidence are changed", change_bytes),
    ("evidence is registered anew with other bytes", register_anew),
    ("a merge drops evidence of the other side", merge_drops_evidence),
    ("a merge drops an edit of the other side", merge_drops_edit),
    ("a line is slipped into a merge", slip_into_merge),
    ("a line is slipped into case.toml in a merge", slip_into_record),
    ("a merge with an ancestor edits", merge_with_ancestor),
    ("a third parent brings back what was", octopus_brings_back),
    ("a custody event is dated anew", redate),
    ("a custody event is put in before others", backdate),
    ("a custody event is removed", remove_custody),
    ("a commit says that the reviewer made it", forge_author),
    ("somebody signs in another's name", sign_for_another),
    ("a stranger signs", sign_as_stranger),
    ("somebody signs in a role that they do not have", sign_in_other_role),
    ("an entry is edited after it was signed", sign_then_edit),
    ("a squash has an edit after the sign-off", squash_with_edit),
    ("what was approved is amended", amend),
    ("what was published is amended and pushed with force", force),
    ("the roster is swapped", swap_roster),
    ("roster and policy are changed in one push", roster_and_policy),
    ("the change of the roster comes without the sign-off that lies elsewhere", half_of_what_was_signed),
    ("the policy is rolled back", |play| roll_back(play, "policy.toml")),
    ("the roster is rolled back", |play| roll_back(play, "team.toml")),
    ("the policy is changed under its old version", same_version),
    ("the roster is gone", |play| remove_rules(play, "team.toml")),
    ("the policy is gone", |play| remove_rules(play, "policy.toml")),
    ("a history of its own brings a policy", |play| merge_stranger(play, "policy.toml")),
    ("a history of its own brings a roster", |play| merge_stranger(play, "team.toml")),
    ("a second history begins with a roster of its own", second_history),
    ("a protected branch begins with a history of its own", second_protected),
    ("commits are hidden on a branch that is no case", launder),
    ("a ref is none that is taken", odd_ref),
    ("a ref points to what is no commit", odd_target),
    ("a tag is moved", |play| move_tag(play, true)),
    ("a tag is deleted", |play| move_tag(play, false)),
    ("the protected branch is deleted", delete_main),
    ("an entry is removed and one like it added", look_alike),
    ("an entry is renamed", rename),
    ("a sign-off is of another case", other_case),
    ("the case is called something else", other_id),
    ("a reviewer signs who is one no more", demoted),
    ("a reviewer signs with a key that the lead has revoked", just_revoked),
    ("a statement is added again under another name", replay_renamed),
    ("a statement is made to say other bytes", replay_edited),
    ("a signature is taken from another statement", swap_signature),
    ("a sign-off is by a revoked key", revoked),
    ("a sign-off is by a key whose time is over", expired),
    ("a sign-off is of tomorrow", of_tomorrow),
    ("an author approves", own_approval),
    ("one person with two keys approves twice", two_keys),
    ("an approval is withdrawn", withdrawn),
    ("somebody rejects", rejected),
    ("a signature is for Git", for_git),
    ("a sign-off is removed", |play| damage_signoff(play, false)),
    ("a sign-off is changed", |play| damage_signoff(play, true)),
    ("half a sign-off is added", half_a_signoff),
    ("a milestone is moved", move_milestone),
    ("a milestone is removed", remove_milestone),
    ("a milestone is skewed", skew_milestone),
    ("a milestone is moved by way of no case.toml", |play| milestone_by_way(play, None)),
    ("a milestone is moved by way of a broken case.toml", |play| milestone_by_way(play, Some("broken"))),
    ("a status goes back", status_back),
    ("a status goes back by way of a broken entry", status_by_way),
    ("a time stamp is removed", remove_stamp),
    ("case.toml is gone", remove_case),
    ("a tree has a name twice", name_twice),
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

// Evidence and custody.

fn some_item(play: &mut Play<'_>) -> String {
    let items = items(play);
    play.random.pick(&items).clone()
}

fn drop_evidence(play: &mut Play<'_>) -> Option<Attack> {
    let item = some_item(play);
    let mut files = play.files();
    files.retain(|path, bytes| {
        !(path.starts_with(&format!("evidence/{item}"))
            || path.starts_with("custody/") && String::from_utf8_lossy(bytes).contains(&item))
    });
    play.commit(files, "Tidy up");
    says("error[evidence-changed]")
}

fn drop_and_add(play: &mut Play<'_>) -> Option<Attack> {
    let before = play.files();
    drop_evidence(play)?;
    let count = play.random.below(2);
    for _ in 0..count {
        play.change(SIGNED, |text| text);
    }
    play.commit(before, "Put it back");
    says("error[evidence-changed]")
}

fn change_bytes(play: &mut Play<'_>) -> Option<Attack> {
    let item = some_item(play);
    let path = play.head.files.keys().find(|path| path.starts_with(&format!("evidence/{item}/")))?.clone();
    let mut files = play.files();
    let bytes = files.get_mut(&path)?;
    let at = play.random.below(bytes.len());
    bytes[at] ^= 1;
    play.commit(files, "Edit");
    says("error[evidence-altered]")
}

/// Gives an item other bytes, with all that says so.
fn register(files: &mut Files, item: &str) {
    let path = files.keys().find(|path| path.starts_with(&format!("evidence/{item}/"))).unwrap().clone();
    let (list, record) = (format!("evidence/{item}.sha256"), format!("evidence/{item}.toml"));
    let mut bytes = files[&path].clone();
    let old = sha256(&bytes);
    bytes[0] ^= 1;
    let new_list = text(files, &list).replace(&old, &sha256(&bytes));
    let new_record = text(files, &record).replace(&sha256(&files[&list]), &sha256(new_list.as_bytes()));
    files.extend([(path, bytes), (list, new_list.into_bytes()), (record, new_record.into_bytes())]);
}

fn register_anew(play: &mut Play<'_>) -> Option<Attack> {
    let item = some_item(play);
    let mut files = play.files();
    register(&mut files, &item);
    play.commit(files, "The right log");
    says("error[evidence-changed]")
}

/// Any custody event, with what it says.
fn some_custody(play: &mut Play<'_>) -> (String, String) {
    let paths: Vec<&String> = play.head.files.keys().filter(|path| path.starts_with("custody/")).collect();
    let path = (*play.random.pick(&paths)).clone();
    let text = play.head.text(&path);
    (path, text)
}

fn redate(play: &mut Play<'_>) -> Option<Attack> {
    let (path, text) = some_custody(play);
    let redated = text.replacen("at = 2026-03-0", "at = 2026-02-0", 1);
    play.change(&path, |_| redated);
    says("error[custody-changed]")
}

fn backdate(play: &mut Play<'_>) -> Option<Attack> {
    let item = some_item(play);
    let event = play.new_id(Kind::Custody);
    let mut files = play.files();
    let text = format!(
        "id = \"{event}\"\nitem = \"{item}\"\nat = 2026-03-01T10:00:00Z\nby = \"bob\"\naction = \"accessed\"\nreason = \"none\"\n"
    );
    files.insert(format!("custody/{event}.toml"), text.into_bytes());
    play.commit(files, "Custody");
    says("error[custody-backdated]")
}

fn remove_custody(play: &mut Play<'_>) -> Option<Attack> {
    let (path, _) = some_custody(play);
    let mut files = play.files();
    files.remove(&path);
    play.commit(files, "Custody");
    says("error[custody-changed]")
}

// Merges.

/// A side branch with a new item and an edited entry, and a main branch with a note. The edit is of an entry that nobody signs.
fn two_sides(play: &mut Play<'_>) -> (Point, Point) {
    let root = play.head.clone();
    let mut files = play.files();
    put_evidence(play, &mut files);
    let event = "events/e-7q2k9dm4.toml";
    files.insert(event.to_owned(), play.head.text(event).replacen("title = \"", "title = \"Maybe: ", 1).into_bytes());
    let theirs = play.world.commit(&[&root], files, "The other side");
    let mut files = root.files.clone();
    files.insert(format!("notes/s{}.md", play.random.below(100)), b"A note.\n".to_vec());
    let ours = play.world.commit(&[&root], files, "This side");
    (ours, theirs)
}

fn merge_drops_evidence(play: &mut Play<'_>) -> Option<Attack> {
    let (ours, theirs) = two_sides(play);
    let keeps_the_edit = play.random.below(2) == 0;
    let mut files = if keeps_the_edit { play.world.merged(&ours, &theirs)? } else { ours.files.clone() };
    files.retain(|path, _| ours.files.contains_key(path));
    let parents = if play.random.below(2) == 0 { [&ours, &theirs] } else { [&theirs, &ours] };
    play.head = play.world.commit(&parents, files, "Merge");
    says("error[evidence-changed]")
}

fn merge_drops_edit(play: &mut Play<'_>) -> Option<Attack> {
    let (ours, theirs) = two_sides(play);
    let mut files = play.world.merged(&ours, &theirs)?;
    let event = "events/e-7q2k9dm4.toml";
    files.insert(event.to_owned(), ours.files[event].clone());
    play.head = play.world.commit(&[&ours, &theirs], files, "Merge");
    says(ALTERED)
}

fn slip(play: &mut Play<'_>, path: &str, change: impl Fn(String) -> String) -> Option<Attack> {
    let (ours, theirs) = two_sides(play);
    let mut files = play.world.merged(&ours, &theirs)?;
    files.insert(path.to_owned(), change(text(&files, path)).into_bytes());
    play.head = play.world.commit(&[&ours, &theirs], files, "Merge");
    says(ALTERED)
}

fn slip_into_merge(play: &mut Play<'_>) -> Option<Attack> {
    let path = *play.random.pick(&[SIGNED, "assets/a-7q2k9dm4.toml", "indicators/i-7q2k9dm4.toml"]);
    slip(play, path, |text| format!("# looks harmless\n{text}"))
}

fn slip_into_record(play: &mut Play<'_>) -> Option<Attack> {
    slip(play, "case.toml", |text| text.replace("tlp = \"amber\"", "tlp = \"clear\""))
}

fn merge_with_ancestor(play: &mut Play<'_>) -> Option<Attack> {
    let ancestor = play.random.pick(&play.world.main).clone();
    let mut files = play.files();
    let path = "assets/a-7q2k9dm4.toml";
    files.insert(path.to_owned(), format!("# harmless\n{}", text(&files, path)).into_bytes());
    play.head = play.world.commit(&[&play.head, &ancestor], files, "Merge");
    says(ALTERED)
}

fn octopus_brings_back(play: &mut Play<'_>) -> Option<Attack> {
    let root = play.head.clone();
    let path = "events/e-7q2k9dm4.toml";
    play.change(path, |text| text.replacen("title = \"", "title = \"Surely: ", 1));
    let edited = play.head.clone();
    play.change("assets/a-7q2k9dm4.toml", |text| format!("# one\n{text}"));
    let ours = play.head.clone();
    let mut note = edited.files.clone();
    note.insert("notes/two.md".to_owned(), b"Two.\n".to_vec());
    let theirs = play.world.commit(&[&edited], note, "The other side");
    let old = play.world.commit(&[&root], root.files.clone(), "An old state");
    let mut files = play.world.merged(&ours, &theirs)?;
    files.insert(path.to_owned(), root.files[path].clone());
    play.head = play.world.commit(&[&ours, &theirs, &old], files, "Merge");
    says(ALTERED)
}

// Sign-offs.

/// Another text of the signed finding.
fn edited(play: &mut Play<'_>) -> Files {
    let mut files = play.files();
    let title = format!("It was nobody, {}", play.random.below(1000));
    files.insert(SIGNED.to_owned(), finding("f-7q2k9dm4", &title, "confirmed", "bob").into_bytes());
    files
}

fn forge_author(play: &mut Play<'_>) -> Option<Attack> {
    let files = edited(play);
    play.head =
        play.world.commit_by("Carol Example", &[&play.head], files, "Reviewed-by: Carol Example <carol@example.org>");
    says_of_main(UNSIGNED)
}

fn sign_for_another(play: &mut Play<'_>) -> Option<Attack> {
    let files = edited(play);
    play.commit(files, "Edit");
    let key = *play.random.pick(&[Key::Bob, Key::Alice, Key::Dave, Key::Mallory]);
    play.sign(key, &Word::new("carol", "reviewer", &[SIGNED]));
    says("error[signoff-signer]")
}

fn sign_as_stranger(play: &mut Play<'_>) -> Option<Attack> {
    play.sign(Key::Mallory, &Word::new("mallory", "reviewer", &[SIGNED]));
    says("error[signoff-signer]")
}

fn sign_in_other_role(play: &mut Play<'_>) -> Option<Attack> {
    let (key, signer, role) = *play.random.pick(&[
        (Key::Bob, "bob", "reviewer"),
        (Key::Carol, "carol", "lead"),
        (Key::Alice, "alice", "reviewer"),
    ]);
    play.sign(key, &Word::new(signer, role, &[SIGNED]));
    says("error[signoff-role]")
}

fn sign_then_edit(play: &mut Play<'_>) -> Option<Attack> {
    let mut files = edited(play);
    play.world.sign(&mut files, Key::Carol, &Word::new("carol", "reviewer", &[SIGNED]));
    play.commit(files, "Edit and sign");
    play.change(SIGNED, |text| text.replace("It was nobody", "It was Eve"));
    says_of_main(UNSIGNED)
}

fn squash_with_edit(play: &mut Play<'_>) -> Option<Attack> {
    let root = play.head.clone();
    sign_then_edit(play)?;
    play.head = play.world.commit(&[&root], play.files(), "Squash");
    says_of_main(UNSIGNED)
}

fn amend(play: &mut Play<'_>) -> Option<Attack> {
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

fn force(play: &mut Play<'_>) -> Option<Attack> {
    let before = play.world.main[play.random.below(play.world.main.len() - 1)].clone();
    let amended = play.world.commit(&[&before], play.files(), "Amended");
    let updates = vec![update(MAIN, Some(play.world.head().id), Some(amended.id))];
    says_of("would lose commits", Vec::new(), updates)
}

fn other_case(play: &mut Play<'_>) -> Option<Attack> {
    play.sign(Key::Carol, &Word { case: "2026-0141", ..Word::new("carol", "reviewer", &[SIGNED]) });
    says("error[signoff-case]")
}

fn other_id(play: &mut Play<'_>) -> Option<Attack> {
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

fn demoted(play: &mut Play<'_>) -> Option<Attack> {
    after_roster(play, "roles = [\"reviewer\"]", "roles = [\"analyst\"]", Key::Carol, "carol");
    says("error[signoff-role]")
}

fn just_revoked(play: &mut Play<'_>) -> Option<Attack> {
    let revoked = format!("revoked_keys = ['{}', ", Key::Dave.public());
    after_roster(play, "revoked_keys = [", &revoked, Key::Dave, "dave");
    says("error[signoff-key]")
}

/// A sign-off of the case: the path of its statement.
fn some_signoff(play: &mut Play<'_>) -> String {
    let paths: Vec<&String> = play.head.files.keys().filter(|path| path.ends_with(".stmt")).collect();
    (*play.random.pick(&paths)).clone()
}

fn replay_renamed(play: &mut Play<'_>) -> Option<Attack> {
    let path = some_signoff(play);
    let signer = *play.random.pick(&["alice", "bob", "carol", "dave"]);
    let mut files = play.files();
    let name = format!("signoffs/{:016x}-{signer}", play.random.next());
    files.insert(format!("{name}.stmt"), play.head.files[&path].clone());
    files.insert(format!("{name}.stmt.sig"), play.head.files[&format!("{path}.sig")].clone());
    play.commit(files, "Sign");
    says("error[signoff-broken]")
}

fn replay_edited(play: &mut Play<'_>) -> Option<Attack> {
    let mut files = edited(play);
    let word = Word::new("carol", "reviewer", &[SIGNED]);
    let genuine = play.world.statement(&play.head.files, &word);
    let signature = play.world.signature(Key::Carol, NAMESPACE, &genuine);
    let forged = genuine.replace(&sha256(&play.head.files[SIGNED]), &sha256(&files[SIGNED]));
    keep(&mut files, &forged, &signature);
    play.commit(files, "Edit and sign");
    says("error[signoff-forged]")
}

fn swap_signature(play: &mut Play<'_>) -> Option<Attack> {
    let mut files = play.files();
    let one = play.world.statement(&files, &Word::new("carol", "reviewer", &[SIGNED]));
    let other = play.world.statement(&files, &Word { vote: "reject", ..Word::new("carol", "reviewer", &[SIGNED]) });
    keep(&mut files, &one, &play.world.signature(Key::Carol, NAMESPACE, &other));
    play.commit(files, "Sign");
    says("error[signoff-forged]")
}

fn revoked(play: &mut Play<'_>) -> Option<Attack> {
    play.sign(Key::CarolLost, &Word::new("carol", "reviewer", &[SIGNED]));
    says("error[signoff-key]")
}

fn expired(play: &mut Play<'_>) -> Option<Attack> {
    // Dated back to when the key counted, or not.
    let at = *play.random.pick(&[Some("2026-03-02T08:00:00Z"), None]);
    play.sign(Key::DaveOld, &Word { at, ..Word::new("dave", "reviewer", &[SIGNED]) });
    says("error[signoff-key]")
}

fn of_tomorrow(play: &mut Play<'_>) -> Option<Attack> {
    play.sign(Key::Carol, &Word { at: Some("2026-03-06T12:00:00Z"), ..Word::new("carol", "reviewer", &[SIGNED]) });
    says("error[signoff-key]")
}

fn own_approval(play: &mut Play<'_>) -> Option<Attack> {
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

fn two_keys(play: &mut Play<'_>) -> Option<Attack> {
    let path = critical(play);
    play.sign(Key::Dave, &Word::new("dave", "reviewer", &[&path]));
    play.sign(Key::DaveOther, &Word::new("dave", "reviewer", &[&path]));
    says_of_main(UNSIGNED)
}

fn withdrawn(play: &mut Play<'_>) -> Option<Attack> {
    let files = edited(play);
    play.commit(files, "Edit");
    play.sign(Key::Carol, &Word::new("carol", "reviewer", &[SIGNED]));
    play.sign(Key::Carol, &Word { vote: "withdraw", ..Word::new("carol", "reviewer", &[SIGNED]) });
    says_of_main(UNSIGNED)
}

fn rejected(play: &mut Play<'_>) -> Option<Attack> {
    let files = edited(play);
    play.commit(files, "Edit");
    play.sign(Key::Dave, &Word { vote: "reject", ..Word::new("dave", "reviewer", &[SIGNED]) });
    play.sign(Key::Carol, &Word::new("carol", "reviewer", &[SIGNED]));
    says_of_main(UNSIGNED)
}

fn for_git(play: &mut Play<'_>) -> Option<Attack> {
    let mut files = edited(play);
    let statement = play.world.statement(&files, &Word::new("carol", "reviewer", &[SIGNED]));
    let namespace = *play.random.pick(&["git", "file", "casebook-attestation", "casebook-signoff "]);
    let signature = play.world.signature(Key::Carol, namespace, &statement);
    keep(&mut files, &statement, &signature);
    play.commit(files, "Edit and sign");
    says("error[signoff-forged]")
}

fn damage_signoff(play: &mut Play<'_>, is_changed: bool) -> Option<Attack> {
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

fn half_a_signoff(play: &mut Play<'_>) -> Option<Attack> {
    let mut files = play.files();
    let kept = play.world.sign(&mut files, Key::Carol, &Word::new("carol", "reviewer", &[SIGNED]));
    let (statement, signature) = (kept.statement.into_bytes(), kept.signature.into_bytes());
    let gone = *play.random.pick(&[&statement, &signature]);
    files.retain(|_, bytes| bytes != gone);
    play.commit(files, "Sign");
    says("error[signoff-broken]")
}

// Roster and policy.

fn with_mallory(team: &str) -> String {
    format!(
        "{team}\n[[people]]\nhandle = \"mallory\"\nname = \"Mallory\"\nroles = [\"lead\", \"reviewer\"]\nkeys = ['{}']\n",
        Key::Mallory.public()
    )
}

fn swap_roster(play: &mut Play<'_>) -> Option<Attack> {
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

fn roster_and_policy(play: &mut Play<'_>) -> Option<Attack> {
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

fn half_of_what_was_signed(play: &mut Play<'_>) -> Option<Attack> {
    let name = *play.random.pick(&["team.toml", "policy.toml"]);
    let text = renewed(play, name);
    play.change(name, |_| text);
    let changed = play.head.id;
    play.sign(Key::Alice, &Word::new("alice", "lead", &[name]));
    let updates = vec![update(MAIN, Some(play.world.head().id), Some(changed))];
    says_of("error[rules-unapproved]", vec![(WORK.to_owned(), play.head.id)], updates)
}

fn roll_back(play: &mut Play<'_>, name: &str) -> Option<Attack> {
    // Each of these was agreed to, and still is by the sign-offs of the case.
    let old = if name == "team.toml" { team(1) } else { policy(1 + play.random.below(2) as u64) };
    play.change(name, |_| old);
    says("error[rules-version]")
}

fn same_version(play: &mut Play<'_>) -> Option<Attack> {
    let name = *play.random.pick(&["team.toml", "policy.toml"]);
    play.change(name, |text| text + "# as before\n");
    play.sign(Key::Alice, &Word::new("alice", "lead", &[name]));
    says("error[rules-version]")
}

fn remove_rules(play: &mut Play<'_>, name: &str) -> Option<Attack> {
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

fn merge_stranger(play: &mut Play<'_>, name: &str) -> Option<Attack> {
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

fn second_history(play: &mut Play<'_>) -> Option<Attack> {
    let stranger = stranger(play, "team.toml");
    let name = *play.random.pick(&[WORK, "refs/tags/v1"]);
    says_of("error[rules-unpinned]", Vec::new(), vec![update(name, None, Some(stranger.id))])
}

fn second_protected(play: &mut Play<'_>) -> Option<Attack> {
    let name = *play.random.pick(&["team.toml", "policy.toml"]);
    let stranger = stranger(play, name);
    says_of("no commit in common", Vec::new(), vec![update("refs/heads/release", None, Some(stranger.id))])
}

// Refs.

fn launder(play: &mut Play<'_>) -> Option<Attack> {
    let other = play.world.commit_by("Mallory", &[], Files::from([("index.html".to_owned(), b"x".to_vec())]), "A site");
    let make = *play.random.pick(&[drop_evidence as Make, redate, swap_roster, look_alike]);
    make(play)?;
    let hidden = play.world.commit(&[&other, &play.head], other.files.clone(), "Merge");
    // The branch is there and is no case; in what it becomes is none.
    let updates = vec![update("refs/heads/site", Some(other.id), Some(hidden.id))];
    says_of("error[missing-file]", vec![("refs/heads/site".to_owned(), other.id)], updates)
}

fn odd_ref(play: &mut Play<'_>) -> Option<Attack> {
    let name = match play.random.below(5) {
        0 => format!("refs/replace/{}", play.world.head().id),
        1 => "refs/notes/commits".to_owned(),
        2 => "refs/original/refs/heads/main".to_owned(),
        3 => "refs/evil/x".to_owned(),
        _ => "refs/headsx".to_owned(),
    };
    says_of("neither a branch nor a tag", Vec::new(), vec![update(&name, None, Some(play.head.id))])
}

fn odd_target(play: &mut Play<'_>) -> Option<Attack> {
    let tree = play.world.git.find_commit(play.head.id).unwrap().tree_id();
    let blob = play.world.git.blob(b"x").unwrap();
    let target = *play.random.pick(&[tree, blob]);
    let name = *play.random.pick(&["refs/tags/x", WORK]);
    says_of("not to a commit", Vec::new(), vec![update(name, None, Some(target))])
}

fn move_tag(play: &mut Play<'_>, is_moved: bool) -> Option<Attack> {
    let old = play.world.main[0].id;
    let tag = "refs/tags/v1";
    let new = is_moved.then_some(play.head.id);
    let must_say = if is_moved { "is there already" } else { "is not deleted" };
    says_of(must_say, vec![(tag.to_owned(), old)], vec![update(tag, Some(old), new)])
}

fn delete_main(play: &mut Play<'_>) -> Option<Attack> {
    let main = play.world.head().id;
    let mut updates = vec![update(MAIN, Some(main), None)];
    if play.random.below(2) == 0 {
        updates.insert(0, update(WORK, None, Some(main)));
    }
    says_of("is protected, and is not deleted", Vec::new(), updates)
}

// Entries and the record of the case.

fn look_alike(play: &mut Play<'_>) -> Option<Attack> {
    let (folder, kind, old) =
        *play.random.pick(&[("findings", Kind::Finding, "f-7q2k9dm4"), ("decisions", Kind::Decision, "d-7q2k9dm4")]);
    let id = play.new_id(kind);
    let mut files = play.files();
    let bytes = files.remove(&format!("{folder}/{old}.toml"))?;
    let text = String::from_utf8(bytes).unwrap().replace(old, &id);
    files.insert(format!("{folder}/{id}.toml"), text.into_bytes());
    play.commit(files, "Edit");
    says("error[entry-deleted]")
}

fn rename(play: &mut Play<'_>) -> Option<Attack> {
    let before = play.files();
    let mut files = play.files();
    let bytes = files.remove("events/e-7q2k9dm4.toml")?;
    files.insert("events/e-00000000.toml".to_owned(), bytes);
    play.commit(files, "Rename");
    if play.random.below(2) == 0 {
        play.commit(before, "And back");
    }
    says("error[entry-deleted]")
}

const REWRITTEN: &str = "error[milestone-rewritten]";

fn move_milestone(play: &mut Play<'_>) -> Option<Attack> {
    let (name, value) = *play.random.pick(&[
        ("detected", "2026-03-02T08:00:00Z"),
        ("reported", "2026-03-01T20:40:00Z"),
        ("occurred", "{ from = 2026-03-01T01:00:00Z, to = 2026-03-01T03:00:00Z }"),
    ]);
    play.change("case.toml", |text| with_milestone(&text, name, value));
    // Somebody who has no say may say so.
    if play.random.below(2) == 0 {
        play.sign(Key::Bob, &Word::new("bob", "author", &["case.toml"]));
    }
    says(REWRITTEN)
}

fn remove_milestone(play: &mut Play<'_>) -> Option<Attack> {
    play.change("case.toml", |text| with_milestone(&text, "reported", "x").replace("reported = x\n", ""));
    says(REWRITTEN)
}

fn skew_milestone(play: &mut Play<'_>) -> Option<Attack> {
    play.change("case.toml", |text| {
        with_milestone(&text, "detected", "{ at = 2026-03-01T10:15:00Z, skew = \"-10m\" }")
    });
    says(REWRITTEN)
}

fn milestone_by_way(play: &mut Play<'_>, way: Option<&str>) -> Option<Attack> {
    let mut files = play.files();
    let record = text(&files, "case.toml");
    match way {
        Some(text) => drop(files.insert("case.toml".to_owned(), text.into())),
        None => drop(files.remove("case.toml")),
    }
    play.commit(files, "A slip");
    let mut files = play.files();
    files.insert("case.toml".to_owned(), with_milestone(&record, "detected", "2026-03-02T08:00:00Z").into_bytes());
    play.commit(files, "Mend it");
    says(if way.is_some() { REWRITTEN } else { "error[missing-file]" })
}

fn status_back(play: &mut Play<'_>) -> Option<Attack> {
    play.change(SIGNED, |text| text.replace("\"confirmed\"", "\"proposed\""));
    says("error[status-move]")
}

fn status_by_way(play: &mut Play<'_>) -> Option<Attack> {
    let before = play.head.text(SIGNED);
    play.change(SIGNED, |_| "broken".to_owned());
    play.change(SIGNED, |_| before.replace("\"confirmed\"", "\"proposed\""));
    says("error[status-move]")
}

fn remove_stamp(play: &mut Play<'_>) -> Option<Attack> {
    let mut files = play.files();
    let extension = *play.random.pick(&[".tsr", "."]);
    files.retain(|path, _| !(path.starts_with("timestamps/") && path.contains(extension)));
    play.commit(files, "Tidy up");
    says("error[timestamp-changed]")
}

fn remove_case(play: &mut Play<'_>) -> Option<Attack> {
    let mut files = play.files();
    if play.random.below(2) == 0 {
        files.retain(|path, _| path.starts_with("notes/"));
        files.insert("README.md".to_owned(), b"Nothing.\n".to_vec());
    }
    files.remove("case.toml");
    play.commit(files, "No case");
    says("there is no `case.toml`")
}

fn name_twice(play: &mut Play<'_>) -> Option<Attack> {
    let git = &play.world.git;
    let tree = git.find_commit(play.head.id).unwrap().tree_id();
    let database = git.odb().unwrap();
    let raw = database.read(tree).unwrap().data().to_vec();
    let blob = git.blob(with_mallory(&team(90)).as_bytes()).unwrap();
    let entry = [b"100644 team.toml\0".as_slice(), blob.as_bytes()].concat();
    let at = raw.windows(8).position(|bytes| bytes == b"team.tom").unwrap() - 7;
    // Before the one that is there, or at the end, where it is out of order.
    let at = if play.random.below(2) == 0 { at } else { raw.len() };
    let doubled = [&raw[..at], &entry, &raw[at..]].concat();
    let tree = database.write(git2::ObjectType::Tree, &doubled).unwrap();
    play.head = play.world.commit_raw_tree(&play.head, tree);
    says("out of order or there twice")
}
