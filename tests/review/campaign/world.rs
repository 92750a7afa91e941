//! A bare repository of a case in which histories are made without a work tree, and the gate that judges them in process.

use super::super::firm::public_key;
use super::super::support::{NOW, sound_case};
use casebook::cache::Cache;
use casebook::check::Memories;
use casebook::git::{Oid, Repo};
use casebook::hook::receive::{self, Refusal, Settings, Update};
use casebook::review::name_of;
use casebook::values::Sha256;
use ssh_key::private::{Ed25519Keypair, KeypairData};
use ssh_key::{HashAlg, LineEnding, PrivateKey};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

pub const CASE: &str = "2026-0142";
pub const MAIN: &str = "refs/heads/main";
pub const WORK: &str = "refs/heads/work";
/// The finding that is confirmed and signed.
pub const SIGNED: &str = "findings/f-7q2k9dm4.toml";
pub const NAMESPACE: &str = "casebook-signoff";

/// The files of a commit.
pub type Files = BTreeMap<String, Vec<u8>>;

/// A commit, and what is in it.
#[derive(Clone, Debug)]
pub struct Point {
    pub id: Oid,
    pub files: Files,
}

impl Point {
    pub fn text(&self, path: &str) -> String {
        text(&self.files, path)
    }
}

pub fn text(files: &Files, path: &str) -> String {
    String::from_utf8(files[path].clone()).unwrap()
}

pub fn sha256(bytes: &[u8]) -> String {
    Sha256::of(bytes).to_string()
}

/// What somebody signs with.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Key {
    Alice,
    Bob,
    Carol,
    /// A key of carol that the roster revokes.
    CarolLost,
    Dave,
    DaveOther,
    /// A key of dave whose time is over.
    DaveOld,
    Mallory,
}

impl Key {
    const ALL: [Key; 8] =
        [Key::Alice, Key::Bob, Key::Carol, Key::CarolLost, Key::Dave, Key::DaveOther, Key::DaveOld, Key::Mallory];

    fn private(self) -> PrivateKey {
        PrivateKey::new(KeypairData::from(Ed25519Keypair::from_seed(&[self as u8 + 1; 32])), "").unwrap()
    }

    pub fn public(self) -> String {
        self.private().public_key().to_openssh().unwrap()
    }
}

/// What somebody says of something.
pub struct Word<'w> {
    pub case: &'w str,
    pub signer: &'w str,
    pub role: &'w str,
    pub vote: &'w str,
    /// The paths of what is signed.
    pub paths: &'w [&'w str],
    pub at: Option<&'w str>,
}

impl<'w> Word<'w> {
    pub fn new(signer: &'w str, role: &'w str, paths: &'w [&'w str]) -> Self {
        Self { case: CASE, signer, role, vote: "approve", paths, at: None }
    }
}

/// How a signature is kept.
pub struct Kept {
    pub statement: String,
    pub signature: String,
}

pub struct World {
    _folder: tempfile::TempDir,
    pub git: git2::Repository,
    repository: Repo,
    pub settings: Settings,
    keys: BTreeMap<Key, PrivateKey>,
    minutes: Cell<i64>,
    /// What the gate has learned, as on a server that is up for long.
    remembered: RefCell<Cache>,
    /// The commits that main begins with.
    pub main: Vec<Point>,
}

impl World {
    pub fn new() -> Self {
        // Thousands of small objects: in memory, where the system has a place for them there.
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
        let mut options = git2::RepositoryInitOptions::new();
        options.bare(true).initial_head("main");
        let git = git2::Repository::init_opts(folder.path().join("case.git"), &options).unwrap();
        let repository = Repo::discover(git.path()).unwrap();
        let mut settings = Settings::of(&repository).unwrap();
        settings.protected = [MAIN, "refs/heads/release"].map(str::to_owned).into();
        let keys = Key::ALL.into_iter().map(|key| (key, key.private())).collect();
        let remembered = RefCell::new(Cache::open(&folder.path().join("cache")));
        let mut world = Self {
            _folder: folder,
            git,
            repository,
            settings,
            keys,
            minutes: Cell::new(0),
            remembered,
            main: Vec::new(),
        };
        world.found();
        world
    }

    pub fn head(&self) -> &Point {
        self.main.last().unwrap()
    }

    /// A time after those that were given before, on the fourth of March.
    pub fn time(&self) -> String {
        let minutes = self.minutes.get();
        self.minutes.set((minutes + 1) % 1400);
        format!("2026-03-04T{:02}:{:02}:00Z", minutes / 60, minutes % 60)
    }

    pub fn restart_clock(&self) {
        self.minutes.set(60);
    }

    /// Founds the case: a roster and a policy that were changed as they may, a confirmed finding, a time stamp.
    fn found(&mut self) {
        let mut files = Files::new();
        for entry in
            walkdir::WalkDir::new(sound_case()).into_iter().flatten().filter(|entry| entry.file_type().is_file())
        {
            let path = entry.path().strip_prefix(sound_case()).unwrap().to_str().unwrap().to_owned();
            files.insert(path, fs::read(entry.path()).unwrap());
        }
        // Its sign-offs are by the keys of the tests' people, and ours have others.
        files.retain(|path, _| !path.starts_with("signoffs/"));
        files.insert(".gitattributes".to_owned(), fs::read(stamped(".gitattributes")).unwrap());
        assert!(text(&files, "team.toml").contains(&public_key("alice")));
        files.insert("team.toml".to_owned(), team(1).into_bytes());
        files.insert("policy.toml".to_owned(), policy(1).into_bytes());
        put_item(&mut files, "x-0ther000", "c-0ther000", "Another log.\n");
        for (id, status) in [("f-pr0p0sed", "proposed"), ("f-dr4ft000", "draft")] {
            files.insert(format!("findings/{id}.toml"), finding(id, "Something else", status, "bob").into_bytes());
        }
        self.main.push(self.commit(&[], files, "The case begins"));
        for version in [2, 3] {
            let mut files = self.head().files.clone();
            files.insert("policy.toml".to_owned(), policy(version).into_bytes());
            self.sign(&mut files, Key::Alice, &Word::new("alice", "lead", &["policy.toml"]));
            self.main.push(self.commit(&[self.head()], files, "A policy"));
        }
        let mut files = self.head().files.clone();
        files.insert("team.toml".to_owned(), team(2).into_bytes());
        self.sign(&mut files, Key::Alice, &Word::new("alice", "lead", &["team.toml"]));
        self.main.push(self.commit(&[self.head()], files, "A roster"));
        let mut files = self.head().files.clone();
        files.insert(
            SIGNED.to_owned(),
            finding("f-7q2k9dm4", "The attacker logged on", "confirmed", "bob").into_bytes(),
        );
        self.sign(&mut files, Key::Bob, &Word::new("bob", "author", &[SIGNED]));
        self.sign(&mut files, Key::Carol, &Word::new("carol", "reviewer", &[SIGNED]));
        self.main.push(self.commit(&[self.head()], files, "Confirm"));
        let mut files = self.head().files.clone();
        for path in ["timestamps/33b5127a11049812.tsr", "timestamps/33b5127a11049812.txt"] {
            files.insert(path.to_owned(), fs::read(stamped(path)).unwrap());
        }
        self.main.push(self.commit(&[self.head()], files, "A time stamp"));
    }

    /// Commits files.
    pub fn commit(&self, parents: &[&Point], files: Files, message: &str) -> Point {
        self.commit_by("Bob Example", parents, files, message)
    }

    pub fn commit_by(&self, author: &str, parents: &[&Point], files: Files, message: &str) -> Point {
        let nothing = Files::new();
        let before = parents.first().map_or(&nothing, |parent| &parent.files);
        let tree = match parents.first() {
            Some(parent) => self.git.find_commit(parent.id).unwrap().tree().unwrap(),
            None => self.git.find_tree(self.git.treebuilder(None).unwrap().write().unwrap()).unwrap(),
        };
        let mut update = git2::build::TreeUpdateBuilder::new();
        for path in before.keys().filter(|path| !files.contains_key(*path)) {
            update.remove(path.as_str());
        }
        for (path, bytes) in files.iter().filter(|(path, bytes)| before.get(*path) != Some(bytes)) {
            update.upsert(path.as_str(), self.git.blob(bytes).unwrap(), git2::FileMode::Blob);
        }
        let tree = self.git.find_tree(update.create_updated(&self.git, &tree).unwrap()).unwrap();
        Point { id: self.commit_tree(author, parents, &tree, message), files }
    }

    fn commit_tree(&self, author: &str, parents: &[&Point], tree: &git2::Tree<'_>, message: &str) -> Oid {
        let at = git2::Time::new(1_772_708_400, 0);
        let author = git2::Signature::new(author, "somebody@example.org", &at).unwrap();
        let parents: Vec<git2::Commit<'_>> =
            parents.iter().map(|parent| self.git.find_commit(parent.id).unwrap()).collect();
        let parents: Vec<&git2::Commit<'_>> = parents.iter().collect();
        self.git.commit(None, &author, &author, message, tree, &parents).unwrap()
    }

    /// A commit of a tree that was made by hand.
    pub fn commit_raw_tree(&self, parent: &Point, tree: Oid) -> Point {
        let tree = self.git.find_tree(tree).unwrap();
        Point { id: self.commit_tree("Mallory", &[parent], &tree, "A tree"), files: parent.files.clone() }
    }

    /// The files of a merge of two commits, as Git makes it; `None` where it has conflicts.
    pub fn merged(&self, ours: &Point, theirs: &Point) -> Option<Files> {
        let commit = |point: &Point| self.git.find_commit(point.id).unwrap();
        let mut index = self.git.merge_commits(&commit(ours), &commit(theirs), None).unwrap();
        if index.has_conflicts() {
            return None;
        }
        let tree = index.write_tree_to(&self.git).unwrap();
        Some(self.files(tree))
    }

    /// The files of a commit that is taken to another place; `None` where it has conflicts.
    pub fn picked(&self, commit: &Point, onto: &Point) -> Option<Files> {
        let find = |point: &Point| self.git.find_commit(point.id).unwrap();
        let mut index = self.git.cherrypick_commit(&find(commit), &find(onto), 0, None).unwrap();
        if index.has_conflicts() {
            return None;
        }
        let tree = index.write_tree_to(&self.git).unwrap();
        Some(self.files(tree))
    }

    fn files(&self, tree: Oid) -> Files {
        let mut files = Files::new();
        let tree = self.git.find_tree(tree).unwrap();
        tree.walk(git2::TreeWalkMode::PreOrder, |folder, entry| {
            if entry.kind() == Some(git2::ObjectType::Blob) {
                let blob = self.git.find_blob(entry.id()).unwrap();
                files.insert(format!("{folder}{}", entry.name().unwrap()), blob.content().to_vec());
            }
            git2::TreeWalkResult::Ok
        })
        .unwrap();
        files
    }

    /// The statement of a word, as casebook writes it.
    pub fn statement(&self, files: &Files, word: &Word<'_>) -> String {
        let at = word.at.map_or_else(|| self.time(), str::to_owned);
        let Word { case, signer, role, vote, .. } = word;
        let mut lines = format!(
            "casebook-signoff v1\ncase: {case}\nrole: {role}\ndecision: {vote}\nsigner: {signer}\nsigned-at: {at}\npolicy: {}\n",
            sha256(&files["policy.toml"])
        );
        let mut paths = word.paths.to_vec();
        paths.sort_unstable();
        for path in paths.iter().filter(|path| !path.contains('/')) {
            lines.push_str(&format!("file: {path} {}\n", sha256(&files[*path])));
        }
        let mut evidence = BTreeMap::new();
        for path in paths.iter().filter(|path| path.contains('/')) {
            let id = path.rsplit('/').next().unwrap().trim_end_matches(".toml");
            lines.push_str(&format!("entry: {id} {}\n", sha256(&files[*path])));
            for item in text(files, path).split("item = \"").skip(1).map(|rest| &rest[..10]) {
                evidence.insert(item.to_owned(), sha256(&files[&format!("evidence/{item}.sha256")]));
            }
        }
        for (item, digest) in evidence {
            lines.push_str(&format!("evidence: {item} {digest}\n"));
        }
        lines
    }

    pub fn signature(&self, key: Key, namespace: &str, statement: &str) -> String {
        let signature = self.keys[&key].sign(namespace, HashAlg::Sha512, statement.as_bytes()).unwrap();
        signature.to_pem(LineEnding::LF).unwrap()
    }

    /// Puts a sign-off among the files.
    pub fn sign(&self, files: &mut Files, key: Key, word: &Word<'_>) -> Kept {
        let statement = self.statement(files, word);
        let signature = self.signature(key, NAMESPACE, &statement);
        keep(files, &statement, &signature);
        Kept { statement, signature }
    }

    /// What the server has.
    pub fn set_refs(&self, refs: &[(String, Oid)]) {
        let names: Vec<String> =
            self.git.references().unwrap().flatten().map(|found| found.name().unwrap().to_owned()).collect();
        for name in names {
            self.git.find_reference(&name).unwrap().delete().unwrap();
        }
        for (name, id) in refs {
            self.git.reference(name, *id, true, "").unwrap();
        }
    }

    /// What the gate says of a push: codes, and what is wrong with refs.
    pub fn judge(&self, updates: &[Update], settings: &Settings) -> Vec<String> {
        let mut remembered = self.remembered.borrow_mut();
        let Cache { entries, digests, paths, .. } = &mut *remembered;
        let mut memories = Memories { entries, digests, paths };
        match receive::judge(&self.repository, updates.to_vec(), settings, &mut memories, NOW.parse().unwrap()) {
            Err(error) => vec![error.to_string()],
            Ok(rulings) => rulings.iter().flat_map(|ruling| &ruling.refusals).map(said).collect(),
        }
    }
}

/// A file of the fixture with a time stamp.
fn stamped(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules/timestamp-changed/after-base").join(path)
}

fn said(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Ref { message, .. } => message.clone(),
        Refusal::Case { diagnostic, .. } => format!("error[{}]: {}", diagnostic.code, diagnostic.message),
    }
}

/// Puts a statement and its signature where they belong.
pub fn keep(files: &mut Files, statement: &str, signature: &str) {
    let signer = statement.lines().find_map(|line| line.strip_prefix("signer: ")).unwrap();
    let name = name_of(statement.as_bytes(), &signer.parse().unwrap());
    files.insert(format!("signoffs/{name}.stmt"), statement.as_bytes().to_vec());
    files.insert(format!("signoffs/{name}.stmt.sig"), signature.as_bytes().to_vec());
}

pub fn team(version: u64) -> String {
    let person = |handle: &str, roles: &str, keys: &[String]| {
        let keys: Vec<String> = keys.iter().map(|key| format!("    '{key}',\n")).collect();
        format!(
            "[[people]]\nhandle = \"{handle}\"\nname = \"Somebody Example\"\nroles = [{roles}]\nteam = \"ir\"\nkeys = [\n{}]\n\n",
            keys.concat()
        )
    };
    let old = format!("valid-before=\"20260304Z\" {}", Key::DaveOld.public());
    [
        format!("version = {version}\nrevoked_keys = ['{}']\n\n", Key::CarolLost.public()),
        person("alice", "\"lead\"", &[Key::Alice.public()]),
        person("bob", "\"analyst\"", &[Key::Bob.public()]),
        person("carol", "\"reviewer\"", &[Key::Carol.public(), Key::CarolLost.public()]),
        person("dave", "\"analyst\", \"reviewer\"", &[Key::Dave.public(), Key::DaveOther.public(), old]),
        "[[teams]]\nhandle = \"ir\"\nname = \"Incident response\"\n\n[[teams]]\nhandle = \"mail\"\nname = \"Mail operations\"\n"
            .to_owned(),
    ]
    .concat()
}

pub fn policy(version: u64) -> String {
    format!(
        "version = {version}\n\n[[signoffs]]\nkind = \"finding\"\nstatus = [\"confirmed\"]\napprovals = 1\n\n\
         [[signoffs]]\nkind = \"finding\"\nstatus = [\"confirmed\"]\nseverity = [\"critical\"]\napprovals = 2\nauthor = true\n\n\
         [[transitions]]\nkind = \"finding\"\nfrom = \"confirmed\"\nto = [\"superseded\"]\n\n\
         [[transitions]]\nkind = \"finding\"\nfrom = \"draft\"\nto = [\"proposed\", \"withdrawn\"]\n"
    )
}

/// The text of a finding.
pub fn finding(id: &str, title: &str, status: &str, author: &str) -> String {
    let weighed = match status {
        "confirmed" => {
            "severity = \"high\"\nconfidence = \"high\"\nreason = \"two sources agree\"\nevidence = [\n    { item = \"x-7q2k9dm4\", path = \"auth.log\", at = \"lines:1\" },\n]\n"
        }
        _ => "",
    };
    format!(
        "id = \"{id}\"\ntitle = \"{title}\"\nstatus = \"{status}\"\ntype = \"observation\"\nauthors = [\"{author}\"]\nsummary = \"A logon at night.\"\n{weighed}"
    )
}

/// Puts an item of evidence with one file among files, and the event that begins its custody.
pub fn put_item(files: &mut Files, item: &str, event: &str, content: &str) {
    let list = format!("{}  {item}/a.log\n", sha256(content.as_bytes()));
    let digest = sha256(list.as_bytes());
    let record = format!(
        "id = \"{item}\"\ntitle = \"A log\"\nkind = \"log\"\nstorage = \"git\"\nfiles = 1\nbytes = {}\nlist = \"{digest}\"\n\n\
         [acquired]\nat = 2026-03-03T11:00:00Z\nby = \"bob\"\n",
        content.len()
    );
    let custody = format!(
        "id = \"{event}\"\nitem = \"{item}\"\nat = 2026-03-03T11:00:00Z\nby = \"bob\"\naction = \"collected\"\n\
         reason = \"the log\"\ndigest = \"sha256:{digest}\"\n"
    );
    files.insert(format!("evidence/{item}/a.log"), content.into());
    files.insert(format!("evidence/{item}.sha256"), list.into_bytes());
    files.insert(format!("evidence/{item}.toml"), record.into_bytes());
    files.insert(format!("custody/{event}.toml"), custody.into_bytes());
}
