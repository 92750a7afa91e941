//! The steps that a demo is made of, as data: what is said, written and run, by whom and when.

use include_dir::Dir;

/// Somebody of a demo's team.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Person {
    pub name: &'static str,
    pub email: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    Casebook,
    Git,
}

/// How a command must end; anything else stops the demo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    Success,
    /// The hook must refuse it.
    Refusal,
}

/// A file by its path in the demo's folder.
pub type File = (String, Vec<u8>);

pub enum Step {
    Say(&'static str),
    Write {
        what: &'static str,
        files: Vec<File>,
    },
    Run {
        by: Person,
        at: &'static str,
        program: Program,
        arguments: Vec<String>,
        expect: Expect,
        /// The id that stands in the files for the item that this command makes.
        remember: Option<&'static str>,
    },
}

/// An evidence item of a demo: what was handed over, the id that its entries cite, and its options.
pub struct Handed {
    pub path: &'static str,
    pub placeholder: &'static str,
    pub options: &'static [&'static str],
}

/// A slip that creeps into a file of the case: its path, what is right, what is typed instead.
pub type Slip = (&'static str, &'static str, &'static str);

pub fn casebook(by: Person, at: &'static str, arguments: &[&str]) -> Step {
    run(by, at, Program::Casebook, arguments, Expect::Success)
}

pub fn git(by: Person, at: &'static str, arguments: &[&str]) -> Step {
    run(by, at, Program::Git, arguments, Expect::Success)
}

/// Everything that was written, in a commit.
pub fn commit(by: Person, at: &'static str, message: &str) -> [Step; 2] {
    [git(by, at, &["add", "-A"]), git(by, at, &["commit", "-q", "-m", message])]
}

/// The same, where the hook refuses it.
pub fn refused_commit(by: Person, at: &'static str, message: &str) -> [Step; 2] {
    let refused = run(by, at, Program::Git, &["commit", "-q", "-m", message], Expect::Refusal);
    [git(by, at, &["add", "-A"]), refused]
}

fn run(by: Person, at: &'static str, program: Program, arguments: &[&str], expect: Expect) -> Step {
    Step::Run { by, at, program, arguments: owned(arguments), expect, remember: None }
}

/// An item of evidence is registered by the person with a handle.
pub fn register(by: Person, handle: &str, at: &'static str, handed: &Handed) -> Step {
    let path = format!("../handed-over/{}", handed.path);
    let mut arguments = vec!["evidence", "add", &path, "--by", handle];
    arguments.extend(handed.options);
    Step::Run {
        by,
        at,
        program: Program::Casebook,
        arguments: owned(&arguments),
        expect: Expect::Success,
        remember: Some(handed.placeholder),
    }
}

fn owned(arguments: &[&str]) -> Vec<String> {
    arguments.iter().map(|argument| (*argument).to_owned()).collect()
}

/// The files whose paths start with one of these, as files of the case.
pub fn entries(all: &Dir<'_>, starts: &[&str]) -> Vec<File> {
    with_slips(all, starts, &[])
}

/// The same, with slips.
pub fn with_slips(all: &Dir<'_>, starts: &[&str], slips: &[Slip]) -> Vec<File> {
    let wanted = every_file(all).into_iter().filter(|(path, _)| starts.iter().any(|start| path.starts_with(start)));
    wanted
        .map(|(path, content)| {
            let content = slipped(&path, content, slips);
            (format!("{}/{path}", super::FOLDER), content)
        })
        .collect()
}

fn slipped(path: &str, content: Vec<u8>, slips: &[Slip]) -> Vec<u8> {
    let mut slips = slips.iter().filter(|(slipped, ..)| *slipped == path).peekable();
    if slips.peek().is_none() {
        return content;
    }
    let text = String::from_utf8_lossy(&content).into_owned();
    slips.fold(text, |text, (_, right, slip)| text.replacen(right, slip, 1)).into_bytes()
}

/// The evidence as it was handed over.
pub fn handed_over(all: &Dir<'_>) -> Vec<File> {
    every_file(all).into_iter().map(|(path, content)| (format!("handed-over/{path}"), content)).collect()
}

fn every_file(folder: &Dir<'_>) -> Vec<File> {
    let path = |file: &include_dir::File<'_>| file.path().to_string_lossy().replace('\\', "/");
    let mut found: Vec<File> = folder.files().map(|file| (path(file), file.contents().to_vec())).collect();
    for inner in folder.dirs() {
        found.extend(every_file(inner));
    }
    found
}
