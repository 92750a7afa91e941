//! What people do who may: each step changes the case by a commit or a few, and the gate must take it.

use super::Random;
use super::world::{Files, Key, Point, SIGNED, Word, World, finding, policy, put_item, team};
use casebook::values::{EntryId, Kind};

/// Somebody at work: the last commit of their branch, and what they did.
pub struct Play<'w> {
    pub world: &'w World,
    pub random: Random,
    pub head: Point,
    pub told: Vec<&'static str>,
}

pub type Step = fn(&mut Play<'_>) -> bool;

/// Every step that adds one commit or more, with its name. One that cannot be done here gives `false` and does nothing.
pub const STEPS: &[(&str, Step)] = &[
    ("a note", note),
    ("a new finding", new_finding),
    ("another entry", new_entry),
    ("a finding is edited", edit),
    ("a finding is confirmed and signed", confirm),
    ("a signed finding is edited and signed again", edit_signed),
    ("a finding is withdrawn from review and approved again", withdraw),
    ("a draft is proposed", propose),
    ("evidence is added", add_evidence),
    ("evidence moves home", move_evidence),
    ("custody is added", add_custody),
    ("a milestone is set", milestone),
    ("a milestone is moved, and the lead agrees", move_milestone),
    ("the roster changes, and the lead agrees", roster),
    ("the policy changes, and the lead agrees", change_policy),
    ("a merge", merge),
    ("a merge by squashing", squash),
    ("a rebase", rebase),
    ("a merge of three", octopus),
    ("a merge brings what took two steps", merge_of_two_steps),
    ("a merge joins case.toml of two sides, and the lead has agreed to one", merge_of_records),
];

impl Play<'_> {
    pub fn files(&self) -> Files {
        self.head.files.clone()
    }

    pub fn commit(&mut self, files: Files, message: &str) {
        self.head = self.world.commit(&[&self.head], files, message);
    }

    /// Changes one file and commits that.
    pub fn change(&mut self, path: &str, change: impl FnOnce(String) -> String) {
        let mut files = self.files();
        files.insert(path.to_owned(), change(self.head.text(path)).into_bytes());
        self.commit(files, "Change a file");
    }

    pub fn sign(&mut self, key: Key, word: &Word<'_>) {
        let mut files = self.files();
        self.world.sign(&mut files, key, word);
        self.commit(files, "Sign");
    }

    pub fn new_id(&mut self, kind: Kind) -> String {
        EntryId::from_bits(kind, self.random.next() & ((1 << 40) - 1)).to_string()
    }

    /// Does a number of random steps.
    pub fn steps(&mut self, count: usize) {
        let mut left = count;
        while left > 0 {
            let (name, step) = *self.random.pick(STEPS);
            self.told.push(name);
            match step(self) {
                true => left -= 1,
                false => drop(self.told.pop()),
            }
        }
    }

    /// A finding with this status, if there is one.
    pub fn finding_that_is(&mut self, status: &str) -> Option<String> {
        let wanted = format!("status = \"{status}\"");
        let of = |(path, bytes): (&String, &Vec<u8>)| {
            let is_one = path.starts_with("findings/") && String::from_utf8_lossy(bytes).contains(&wanted);
            is_one.then(|| path.clone())
        };
        let found: Vec<String> = self.head.files.iter().filter_map(of).collect();
        if found.is_empty() { None } else { Some(self.random.pick(&found).clone()) }
    }
}

fn note(play: &mut Play<'_>) -> bool {
    let mut files = play.files();
    files.insert(format!("notes/n{}.md", play.random.below(100_000)), b"Something was seen.\n".to_vec());
    play.commit(files, "A note");
    true
}

fn new_finding(play: &mut Play<'_>) -> bool {
    let id = play.new_id(Kind::Finding);
    let status = *play.random.pick(&["proposed", "draft"]);
    let mut files = play.files();
    files.insert(format!("findings/{id}.toml"), finding(&id, "Something else", status, "bob").into_bytes());
    play.commit(files, "A finding");
    true
}

fn new_entry(play: &mut Play<'_>) -> bool {
    let (folder, kind, rest): (&str, Kind, &str) = *play.random.pick(&[
        ("assets", Kind::Asset, "name = \"web01\"\nkind = \"server\"\nowner = \"mail\"\n"),
        ("events", Kind::Event, "title = \"A logon\"\ntime = 2026-03-01T04:30:00Z\nactor = \"attacker\"\n"),
        (
            "actions",
            Kind::Action,
            "title = \"Block the address\"\nphase = \"contain\"\nstatus = \"open\"\nowner = \"mail\"\n",
        ),
        ("decisions", Kind::Decision, "question = \"Do we tell the press?\"\nstatus = \"open\"\n"),
    ]);
    let id = play.new_id(kind);
    let mut files = play.files();
    files.insert(format!("{folder}/{id}.toml"), format!("id = \"{id}\"\n{rest}").into_bytes());
    play.commit(files, "An entry");
    true
}

/// Another title of a finding.
fn retitled(text: &str, title: &str) -> String {
    text.lines()
        .map(|line| if line.starts_with("title = ") { format!("title = \"{title}\"\n") } else { format!("{line}\n") })
        .collect()
}

fn edit(play: &mut Play<'_>) -> bool {
    let Some(path) = play.finding_that_is("proposed") else { return false };
    let title = format!("Something else, seen {} times", play.random.below(100_000));
    play.change(&path, |text| retitled(&text, &title));
    true
}

fn confirm(play: &mut Play<'_>) -> bool {
    let Some(path) = play.finding_that_is("proposed") else { return false };
    let mut files = play.files();
    let id = path.rsplit('/').next().unwrap().trim_end_matches(".toml").to_owned();
    let mut text = finding(&id, "Something that is so", "confirmed", "bob");
    let is_critical = play.random.below(2) == 0;
    if is_critical {
        text = text.replace("severity = \"high\"", "severity = \"critical\"");
    }
    files.insert(path.clone(), text.into_bytes());
    play.commit(files, "Confirm");
    play.sign(Key::Bob, &Word::new("bob", "author", &[&path]));
    play.sign(Key::Carol, &Word::new("carol", "reviewer", &[&path]));
    if is_critical {
        play.sign(Key::DaveOther, &Word::new("dave", "reviewer", &[&path]));
    }
    true
}

fn edit_signed(play: &mut Play<'_>) -> bool {
    let title = format!("The attacker logged on {} times", play.random.below(100_000));
    let mut files = play.files();
    files.insert(SIGNED.to_owned(), retitled(&play.head.text(SIGNED), &title).into_bytes());
    let (key, word) = *play.random.pick(&[(Key::Carol, "carol"), (Key::Dave, "dave"), (Key::DaveOther, "dave")]);
    // In the same commit or in one of its own.
    if play.random.below(2) == 0 {
        play.commit(files, "Edit");
        play.sign(key, &Word::new(word, "reviewer", &[SIGNED]));
    } else {
        play.world.sign(&mut files, key, &Word::new(word, "reviewer", &[SIGNED]));
        play.commit(files, "Edit and sign");
    }
    true
}

fn withdraw(play: &mut Play<'_>) -> bool {
    let word = |vote| Word { vote, ..Word::new("carol", "reviewer", &[SIGNED]) };
    let vote = *play.random.pick(&["withdraw", "reject"]);
    play.sign(Key::Carol, &word(vote));
    play.sign(Key::Carol, &word("approve"));
    true
}

fn propose(play: &mut Play<'_>) -> bool {
    let Some(path) = play.finding_that_is("draft") else { return false };
    play.change(&path, |text| text.replace("\"draft\"", "\"proposed\""));
    true
}

/// Puts a new item of evidence among files.
pub fn put_evidence(play: &mut Play<'_>, files: &mut Files) {
    let (item, event) = (play.new_id(Kind::Evidence), play.new_id(Kind::Custody));
    put_item(files, &item, &event, &format!("line {}\n", play.random.next()));
}

fn add_evidence(play: &mut Play<'_>) -> bool {
    let mut files = play.files();
    put_evidence(play, &mut files);
    play.commit(files, "Evidence");
    true
}

fn put_custody(play: &mut Play<'_>, files: &mut Files, item: &str, rest: &str) {
    let event = play.new_id(Kind::Custody);
    let text = format!("id = \"{event}\"\nitem = \"{item}\"\nat = {}\nby = \"bob\"\n{rest}", play.world.time());
    files.insert(format!("custody/{event}.toml"), text.into_bytes());
}

/// The items of the case, but those that have moved.
pub fn items(play: &Play<'_>) -> Vec<String> {
    let items = play.head.files.keys().filter_map(|path| path.strip_prefix("evidence/")?.strip_suffix(".sha256"));
    items
        .filter(|item| play.head.files.keys().any(|path| path.starts_with(&format!("evidence/{item}/"))))
        .map(str::to_owned)
        .collect()
}

fn add_custody(play: &mut Play<'_>) -> bool {
    let items = items(play);
    let item = play.random.pick(&items).clone();
    let mut files = play.files();
    put_custody(play, &mut files, &item, "action = \"accessed\"\nreason = \"for the timeline\"\n");
    play.commit(files, "Custody");
    true
}

fn move_evidence(play: &mut Play<'_>) -> bool {
    let items = items(play);
    let Some(item) = items.iter().find(|item| *item != "x-7q2k9dm4") else { return false };
    let mut files = play.files();
    files.retain(|path, _| !path.starts_with(&format!("evidence/{item}/")));
    put_custody(
        play,
        &mut files,
        item,
        "action = \"transferred\"\nstorage = \"store\"\nto = \"the store\"\nreason = \"it is large\"\n",
    );
    play.commit(files, "Move evidence");
    true
}

/// Adds a line to the milestones of the case, or changes it.
pub fn with_milestone(text: &str, name: &str, value: &str) -> String {
    let rest: String =
        text.lines().filter(|line| !line.starts_with(&format!("{name} = "))).map(|line| format!("{line}\n")).collect();
    rest.replacen("[milestones]\n", &format!("[milestones]\n{name} = {value}\n"), 1)
}

fn milestone(play: &mut Play<'_>) -> bool {
    let has = play.head.text("case.toml").contains("contained = ");
    let value = match has {
        false => "{ from = 2026-03-02T08:00:00Z, to = 2026-03-02T10:00:00Z }",
        true if play.head.text("case.toml").contains("contained = { from") => "2026-03-02T09:00:00Z",
        true => return false,
    };
    play.change("case.toml", |text| with_milestone(&text, "contained", value));
    true
}

fn move_milestone(play: &mut Play<'_>) -> bool {
    let minute = play.random.below(50) + 5;
    let text = with_milestone(&play.head.text("case.toml"), "reported", &format!("2026-03-01T11:{minute:02}:00Z"));
    if text == play.head.text("case.toml") {
        return false;
    }
    play.change("case.toml", |_| text);
    play.sign(Key::Alice, &Word::new("alice", "lead", &["case.toml"]));
    true
}

fn version_of(text: &str) -> u64 {
    text.lines().find_map(|line| line.strip_prefix("version = ")).unwrap().parse().unwrap()
}

/// The roster or the policy with the next version and something more.
pub fn renewed(play: &mut Play<'_>, name: &str) -> String {
    let version = version_of(&play.head.text(name)) + 1;
    let remark = format!("# {}\n", play.random.below(100_000));
    if name == "team.toml" { team(version) + &remark } else { policy(version) + &remark }
}

fn change_rules(play: &mut Play<'_>, name: &str) -> bool {
    let mut files = play.files();
    files.insert(name.to_owned(), renewed(play, name).into_bytes());
    if play.random.below(2) == 0 {
        play.commit(files, "Rules");
        play.sign(Key::Alice, &Word::new("alice", "lead", &[name]));
    } else {
        play.world.sign(&mut files, Key::Alice, &Word::new("alice", "lead", &[name]));
        play.commit(files, "Rules, signed");
    }
    true
}

fn roster(play: &mut Play<'_>) -> bool {
    change_rules(play, "team.toml")
}

fn change_policy(play: &mut Play<'_>) -> bool {
    change_rules(play, "policy.toml")
}

/// The paths of records and rules in which two commits differ.
fn differing(one: &Point, other: &Point) -> Vec<String> {
    let paths = one.files.keys().chain(other.files.keys());
    paths.filter(|path| one.files.get(*path) != other.files.get(*path)).cloned().collect()
}

/// Lets two branches grow from here, which change no file both, and gives the ends of both; `head` is back where it was.
pub fn fork(play: &mut Play<'_>) -> Option<(Point, Vec<Point>)> {
    let (root, told) = (play.head.clone(), play.told.len());
    let simple = &STEPS[..STEPS.len() - 6];
    let mut ends = Vec::new();
    for side in ["on one side", "on the other side"] {
        play.head = root.clone();
        play.told.push(side);
        let mut points = Vec::new();
        for _ in 0..1 + play.random.below(2) {
            let (name, step) = *play.random.pick(simple);
            if step(play) {
                play.told.push(name);
                points.push(play.head.clone());
            }
        }
        ends.push(points);
    }
    play.head = root.clone();
    let (ours, theirs) = (ends[0].last().cloned(), ends[1].clone());
    let both = ours.as_ref().zip(theirs.last()).is_some_and(|(ours, theirs)| {
        let theirs = differing(&root, theirs);
        !differing(&root, ours).iter().any(|path| theirs.contains(path))
    });
    if !both {
        play.told.truncate(told);
        return None;
    }
    Some((ours?, theirs))
}

fn merge(play: &mut Play<'_>) -> bool {
    let Some((ours, theirs)) = fork(play) else { return false };
    let theirs = theirs.last().unwrap();
    let Some(files) = play.world.merged(&ours, theirs) else { return false };
    play.head = play.world.commit(&[&ours, theirs], files, "Merge");
    true
}

fn squash(play: &mut Play<'_>) -> bool {
    let Some((ours, theirs)) = fork(play) else { return false };
    let Some(files) = play.world.merged(&ours, theirs.last().unwrap()) else { return false };
    play.head = play.world.commit(&[&ours], files, "Squash");
    true
}

fn rebase(play: &mut Play<'_>) -> bool {
    let root = play.head.clone();
    let Some((ours, _)) = fork(play) else { return false };
    // What is picked is made after that onto which it goes.
    play.head = root.clone();
    let told = play.told.len();
    let mut picked = ours.clone();
    for _ in 0..2 {
        let before = play.head.clone();
        let (name, step) = *play.random.pick(&STEPS[..4]);
        if !step(play) {
            continue;
        }
        play.told.push(name);
        if differing(&root, &play.head).iter().any(|path| differing(&root, &ours).contains(path)) {
            play.head = before;
            play.told.truncate(told);
            continue;
        }
        let Some(files) = play.world.picked(&play.head, &picked) else {
            play.head = root;
            return false;
        };
        picked = play.world.commit(&[&picked], files, "Picked");
    }
    play.head = picked;
    true
}

fn octopus(play: &mut Play<'_>) -> bool {
    let root = play.head.clone();
    let Some((ours, theirs)) = fork(play) else { return false };
    let theirs = theirs.last().unwrap();
    let Some(files) = play.world.merged(&ours, theirs) else { return false };
    let joined = play.world.commit(&[&ours, theirs], files, "A step between");
    let mut with_note = root.files.clone();
    with_note.insert("notes/third.md".to_owned(), b"A third one.\n".to_vec());
    let third = play.world.commit(&[&root], with_note, "A third side");
    let Some(files) = play.world.merged(&joined, &third) else { return false };
    play.head = play.world.commit(&[&ours, theirs, &third], files, "Merge three");
    true
}

/// A draft that is confirmed on a branch: by each step it goes where it may.
fn merge_of_two_steps(play: &mut Play<'_>) -> bool {
    let id = play.new_id(Kind::Finding);
    let path = format!("findings/{id}.toml");
    let mut files = play.files();
    files.insert(path.clone(), finding(&id, "Something else", "draft", "bob").into_bytes());
    play.commit(files, "A draft");
    let root = play.head.clone();
    play.change(&path, |text| text.replace("\"draft\"", "\"proposed\""));
    play.change(&path, |_| finding(&id, "Something else", "confirmed", "bob"));
    play.sign(Key::Carol, &Word::new("carol", "reviewer", &[&path]));
    let theirs = play.head.clone();
    play.head = root;
    note(play);
    let Some(files) = play.world.merged(&play.head, &theirs) else { return false };
    play.head = play.world.commit(&[&play.head, &theirs], files, "Merge");
    true
}

/// A milestone that the lead has agreed to on one side, while the other changed another line of the file: nobody has signed what
/// comes of both, and nobody need.
fn merge_of_records(play: &mut Play<'_>) -> bool {
    let root = play.head.clone();
    if !move_milestone(play) {
        return false;
    }
    let theirs = play.head.clone();
    play.head = root;
    let title = format!("Intrusion number {}", play.random.below(100_000));
    play.change("case.toml", |text| retitled(&text, &title));
    let Some(files) = play.world.merged(&play.head, &theirs) else { return false };
    let parents = if play.random.below(2) == 0 { [&play.head, &theirs] } else { [&theirs, &play.head] };
    play.head = play.world.commit(&parents, files, "Merge");
    true
}
