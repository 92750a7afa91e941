//! The hooks under real Git: what they judge, what they write into messages, when they render, how they are installed.

#![allow(clippy::unwrap_used)]

mod support;

#[path = "hooks/candidate.rs"]
mod candidate;
#[path = "hooks/doctor.rs"]
mod doctor;
#[path = "hooks/framework.rs"]
mod framework;
#[path = "hooks/gate.rs"]
mod gate;
#[path = "hooks/installing.rs"]
mod installing;
#[path = "hooks/messages.rs"]
mod messages;
#[path = "hooks/rendering.rs"]
mod rendering;
#[path = "hooks/repositories.rs"]
mod repositories;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use support::{Ran, Sandbox, ran};

/// A sandbox with the sound case in it: a repository with the hooks, and a first commit.
struct Desk {
    sandbox: Sandbox,
    top: PathBuf,
}

impl Desk {
    fn new() -> Self {
        let sandbox = Sandbox::new();
        let top = sandbox.path("case");
        support::copy(&support::sound_case(), &top);
        fs::write(top.join(".gitignore"), "/reports/\n").unwrap();
        sandbox.git(&top, &["init", "-q", "-b", "main"]).ok();
        let desk = Self { sandbox, top };
        desk.sandbox.casebook(&desk.top, &["hook", "install"]).ok();
        desk.git(&["add", "."]).ok();
        desk.git(&["commit", "-qm", "The case begins"]).ok();
        desk
    }

    /// Git in the case, with hooks that say what they did.
    fn command(&self, folder: &Path) -> Command {
        let mut command = self.sandbox.command("git", folder);
        command.env("CASEBOOK_VERBOSE", "1");
        command
    }

    fn git_in(&self, folder: &Path, arguments: &[&str]) -> Ran {
        ran(self.command(folder).args(arguments).output().unwrap())
    }

    fn git(&self, arguments: &[&str]) -> Ran {
        self.git_in(&self.top, arguments)
    }

    /// What Git prints, without the newline.
    #[track_caller]
    fn says(&self, arguments: &[&str]) -> String {
        self.git(arguments).ok().stdout.trim().to_owned()
    }

    fn write(&self, path: &str, text: &str) {
        write(&self.top, path, text);
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.top.join(path)).unwrap()
    }

    /// Adds a finding that refers to an asset, and does not commit it.
    fn finding(&self, code: &str, asset: &str) {
        self.write(&format!("findings/f-{code}.toml"), &finding(code, asset));
    }

    /// Commits one more sound finding.
    #[track_caller]
    fn commit_finding(&self, code: &str) {
        self.finding(code, "a-7q2k9dm4");
        self.git(&["add", "findings"]).ok();
        self.git(&["commit", "-qm", &format!("Add f-{code}")]).ok();
    }
}

fn write(top: &Path, path: &str, text: &str) {
    let path = top.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// A sound finding, made of the one in the sound case.
fn finding(code: &str, asset: &str) -> String {
    let text = fs::read_to_string(support::sound_case().join("findings/f-7q2k9dm4.toml")).unwrap();
    text.replace("f-7q2k9dm4", &format!("f-{code}")).replace("a-7q2k9dm4", asset)
}

/// The tree that a hook judged.
#[track_caller]
fn judged(ran: &Ran) -> String {
    let line = ran.stderr.lines().find_map(|line| line.split_once("judged tree "));
    line.unwrap_or_else(|| panic!("no hook judged anything:\n{}", ran.text())).1.to_owned()
}

/// How often a hook rendered reports.
fn renders(ran: &Ran) -> usize {
    ran.stderr.matches("Rendered {").count()
}
