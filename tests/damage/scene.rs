//! A case with an item in every home, and the hands that damage it.

use super::server::Moto;
use super::support::{CASEBOOK, Ran, Sandbox, copy, ran, sound_case, tool};
use casebook::values::Sha256;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Where the bytes of an item live.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Home {
    Git,
    Lfs,
    /// A store that is a folder.
    Folder,
    /// A store that is S3-compatible.
    Bucket,
}

/// What every item has.
pub const LOG: &str = "log.txt";
pub const DATA: &str = "data.bin";
pub const DEEP: &str = "deep/down.bin";

/// An item that no row touches, but for one bit of one file: that must be found beside everything else.
pub const FAR: &str = "evidence/x-7q2k9dm4/web/access.log";

pub fn content(home: Home, file: &str) -> Vec<u8> {
    let number = home as u8;
    match file {
        LOG => (0..40).map(|line| format!("line {line} of the log in {home:?}\n")).collect::<String>().into_bytes(),
        DATA => (0..3000_u32).map(|at| (at * 7 % 251) as u8 ^ number).collect(),
        _ => vec![number + 1; 700],
    }
}

pub struct Scene {
    pub sandbox: Sandbox,
    pub top: PathBuf,
    pub home: Home,
    pub item: String,
    custody: String,
    moto: Option<Moto>,
}

/// A case with items in Git, Git LFS and a folder, committed, that scenes are copied from.
pub struct Template {
    sandbox: Sandbox,
    items: Vec<String>,
    has_lfs: bool,
}

impl Template {
    pub fn new() -> Self {
        let sandbox = Sandbox::new();
        let top = sandbox.path("case");
        copy(&sound_case(), &top);
        fs::create_dir(sandbox.path("store")).unwrap();
        sandbox.git(&top, &["init", "-q", "-b", "main"]).ok();
        sandbox.git(&top, &["config", "casebook.store", sandbox.path("store").to_str().unwrap()]).ok();
        sandbox.git(&top, &["add", "-A"]).ok();
        sandbox.git(&top, &["commit", "-qm", "The case begins"]).ok();
        let has_lfs = tool("git-lfs").is_some();
        if has_lfs {
            sandbox.git(&top, &["lfs", "install", "--local"]).ok();
        }
        let run = |arguments: &[&str]| sandbox.casebook(&top, arguments);
        let add = |home| if home == Home::Lfs && !has_lfs { String::new() } else { add(&sandbox, home, &run) };
        let items = [Home::Git, Home::Lfs, Home::Folder].map(add).to_vec();
        // Git reads a file anew that was written in the second of its index, and Git LFS stops at an object that is damaged.
        sandbox.run("find", &top, &["evidence", "-type", "f", "-exec", "touch", "-d", "2026-03-01", "{}", "+"]).ok();
        sandbox.git(&top, &["add", "-A"]).ok();
        sandbox.git(&top, &["commit", "-qm", "An item in every home"]).ok();
        forget_the_way(&top);
        Self { sandbox, items, has_lfs }
    }

    /// A copy to damage; `None` where a program that it needs is not installed.
    pub fn scene(&self, home: Home) -> Option<Scene> {
        if home == Home::Lfs && !self.has_lfs {
            return None;
        }
        let sandbox = Sandbox::new();
        for name in ["case", "store"] {
            let from = self.sandbox.path(name);
            sandbox.run("cp", &sandbox.path(""), &["-a", from.to_str().unwrap(), "."]).ok();
        }
        let top = sandbox.path("case");
        let moto = if home == Home::Bucket { Some(Moto::start()?) } else { None };
        let item = self.items.get(home as usize).cloned().unwrap_or_default();
        let mut scene = Scene { sandbox, top, home, item, custody: String::new(), moto };
        scene.git(&["config", "casebook.store", scene.sandbox.path("store").to_str().unwrap()]).ok();
        scene.fill_bucket();
        scene.custody = scene.find_custody();
        // Only what is committed counts here, not what hooks do, be they those of Git LFS.
        scene.git(&["config", "core.hooksPath", "/dev/null"]).ok();
        // Else Git would read every file again that was copied, and Git LFS stop at an object that is damaged.
        scene.git(&["update-index", "--refresh"]).ok();
        Some(scene)
    }
}

/// Registers the files of an item in its home; gives its id.
fn add(sandbox: &Sandbox, home: Home, run: &dyn Fn(&[&str]) -> Ran) -> String {
    let folder = sandbox.path("sources").join(format!("{home:?}"));
    fs::create_dir_all(folder.join("deep")).unwrap();
    for file in [LOG, DATA, DEEP] {
        fs::write(folder.join(file), content(home, file)).unwrap();
    }
    let paths = [LOG, DATA, "deep"].map(|name| folder.join(name).to_str().unwrap().to_owned());
    let storage = match home {
        Home::Git => "git",
        Home::Lfs => "lfs",
        Home::Folder | Home::Bucket => "store",
    };
    let title = format!("Kept in {home:?}");
    let options = ["evidence", "add", "--title", &title, "--by", "bob", "--storage", storage];
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let ran = run(&[&options[..], &paths].concat()).ok();
    ran.stdout.split_whitespace().nth(1).unwrap().to_owned()
}

/// What lies on this machine on the way to a store is no home, and would be read in its place.
fn forget_the_way(top: &Path) {
    let _ = fs::remove_dir_all(top.join(".git/casebook"));
}

impl Scene {
    fn fill_bucket(&mut self) {
        let Some(moto) = &self.moto else { return };
        moto.bucket("evidence", false);
        self.git(&["config", "casebook.store", "s3://evidence/case"]).ok();
        self.item = add(&self.sandbox, Home::Bucket, &|arguments| self.casebook(arguments));
        // The item in the folder is of no more interest: only one store can be asked.
        forget_the_way(&self.top);
        self.commit("An item in a bucket");
    }

    pub fn git(&self, arguments: &[&str]) -> Ran {
        self.sandbox.git(&self.top, arguments)
    }

    pub fn commit(&self, message: &str) {
        self.git(&["add", "-A"]).ok();
        self.git(&["commit", "-qm", message, "--allow-empty", "--no-verify"]).ok();
    }

    pub fn casebook(&self, arguments: &[&str]) -> Ran {
        let mut command = self.sandbox.command(CASEBOOK, &self.top);
        if let Some(moto) = &self.moto {
            command.env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test");
            command.env("AWS_ENDPOINT_URL", &moto.address).env("AWS_REGION", "us-east-1");
        }
        ran(command.args(arguments).output().unwrap())
    }

    /// A path of the case, with `{x}` for the item.
    pub fn name(&self, path: &str) -> String {
        path.replace("{x}", &self.item)
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.top.join(self.name(path))
    }

    /// The custody event of the item.
    pub fn custody(&self) -> String {
        self.custody.clone()
    }

    fn find_custody(&self) -> String {
        let names = fs::read_dir(self.path("custody")).unwrap();
        let mut names = names.map(|entry| format!("custody/{}", entry.unwrap().file_name().to_str().unwrap()));
        let item = format!("item = \"{}\"", self.item);
        names.find(|name| self.read(name).contains(&item)).unwrap()
    }

    /// A path below the folder of the item.
    pub fn inside(&self, file: &str) -> PathBuf {
        self.path(&format!("evidence/{{x}}/{file}"))
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    pub fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// Changes a text of the case; `from` must be there.
    pub fn replace(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path);
        let (from, to) = (self.name(from), self.name(to));
        assert!(text.contains(&from), "{path} has no {from}: {text}");
        self.write(path, text.replace(&from, &to));
    }

    /// Where the bytes of a file lie in its home, for those that are on a disk.
    pub fn place(&self, file: &str) -> PathBuf {
        let digest = Sha256::of(&content(self.home, file)).to_string();
        let object = |folder: PathBuf| folder.join(&digest[..2]).join(&digest[2..4]).join(&digest);
        match self.home {
            Home::Git => self.inside(file),
            Home::Lfs => object(self.path(".git/lfs/objects")),
            Home::Folder | Home::Bucket => object(self.sandbox.path("store")),
        }
    }

    /// Puts other bytes in the place of those of a file.
    pub fn put(&self, file: &str, content_now: &[u8]) {
        if let (Home::Bucket, Some(moto)) = (self.home, &self.moto) {
            let digest = Sha256::of(&content(self.home, file)).to_string();
            let keys = moto.names("evidence");
            let key = keys.iter().find(|key| key.ends_with(&digest)).unwrap();
            return moto.replace("evidence", key, content_now);
        }
        let place = self.place(file);
        fs::remove_file(&place).unwrap();
        fs::write(place, content_now).unwrap();
    }

    /// Changes the bytes of a file in its home.
    pub fn change(&self, file: &str, change: impl FnOnce(&mut Vec<u8>)) {
        let mut bytes = content(self.home, file);
        change(&mut bytes);
        self.put(file, &bytes);
    }

    /// What `check` says of the commit: codes with their paths.
    pub fn checked(&self) -> BTreeSet<(String, String)> {
        marks(&self.json(&["check", "--rev", "HEAD", "--format", "json"]))
    }

    /// Everything that is said of the commit: codes with their paths, and what is not checked with the reason in the place
    /// of a code.
    pub fn said(&self) -> BTreeSet<(String, String)> {
        let mut said = self.checked();
        let verified = self.json(&["evidence", "verify", "--rev", "HEAD", "--remote", "--format", "json"]);
        said.extend(marks(&verified["commit"]));
        for item in verified["commit"]["not_checked_here"].as_object().unwrap().values() {
            for reason in item["reasons"].as_array().unwrap() {
                let paths = reason["paths"].as_array().unwrap().iter();
                said.extend(paths.map(|path| (text(&reason["reason"]), text(path))));
            }
        }
        said
    }

    pub fn json(&self, arguments: &[&str]) -> Value {
        let ran = self.casebook(arguments);
        assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
        serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{arguments:?}: {}", ran.text()))
    }
}

/// The codes of diagnostics, each with its path.
pub fn marks(value: &Value) -> BTreeSet<(String, String)> {
    let all = value["diagnostics"].as_array().unwrap().iter();
    all.map(|diagnostic| (text(&diagnostic["code"]), text(&diagnostic["path"]))).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}
