//! What the demo does, as data: what is said, written and run, by whom and when.

use include_dir::{Dir, include_dir};

static ENTRIES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/demo/case");
static EVIDENCE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/demo/evidence");

/// What the ids that the first command draws start from; each command has its own.
pub const SEED: u64 = 20_200_919;

/// Somebody of the demo's team.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Person {
    pub name: &'static str,
    pub email: &'static str,
}

const ALICE: Person = Person { name: "Alice Example", email: "alice@example.org" };
const BOB: Person = Person { name: "Bob Example", email: "bob@example.org" };

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

/// An evidence item of the demo: the folder that was handed over, the id that its entries cite, and its options.
struct Handed {
    folder: &'static str,
    placeholder: &'static str,
    options: &'static [&'static str],
}

const HANDED: [Handed; 4] = [
    Handed {
        folder: "dc01-event-logs",
        placeholder: "x-57x1dy93",
        options: &[
            "--title",
            "Event logs of CITADEL-DC01, complete",
            "--kind",
            "log",
            "--asset",
            "a-tmrdgk63",
            "--location",
            "C:\\Windows\\System32\\winevt\\Logs",
            "--clock-skew",
            "+1h",
            "--method",
            "copied from a disk image",
            "--authority",
            "published by the author of the case",
        ],
    },
    Handed {
        folder: "dc01-event-log-extracts",
        placeholder: "x-p5jax7dh",
        options: &[
            "--title",
            "Event logs of CITADEL-DC01, extracts of whole chunks",
            "--kind",
            "log",
            "--asset",
            "a-tmrdgk63",
            "--location",
            "C:\\Windows\\System32\\winevt\\Logs",
            "--clock-skew",
            "+1h",
            "--method",
            "64 KiB chunks copied unchanged, header rewritten; see extracts.json",
            "--authority",
            "published by the author of the case",
        ],
    },
    Handed {
        folder: "dc01-file-access",
        placeholder: "x-btcpvz6y",
        options: &[
            "--title",
            "Shortcuts, jump lists and recycle bin of CITADEL-DC01",
            "--kind",
            "triage-collection",
            "--asset",
            "a-tmrdgk63",
            "--clock-skew",
            "+1h",
            "--method",
            "copied from a disk image",
            "--authority",
            "published by the author of the case",
        ],
    },
    Handed {
        folder: "chainsaw",
        placeholder: "x-jfc6mpjy",
        options: &[
            "--title",
            "Chainsaw: what its rules found in the event logs",
            "--kind",
            "tool-output",
            "--derived-from",
            "x-57x1dy93",
            "--tool",
            "chainsaw",
            "--tool-version",
            "2.16.4",
            "--command",
            "chainsaw hunt winevt/Logs --rules rules --csv",
        ],
    },
];

/// The whole demo.
pub fn steps() -> Vec<Step> {
    let mut steps = open_the_case();
    steps.extend(add_the_evidence());
    steps.extend(write_the_timeline());
    steps.extend(write_the_findings());
    steps.extend(decide());
    steps
}

fn open_the_case() -> Vec<Step> {
    let at = "2020-09-19T03:45:00Z";
    vec![
        Step::Say("Alice leads the response. She opens a case: a Git repository, from a template, with hooks."),
        casebook(
            ALICE,
            at,
            &[
                "init",
                super::CASE,
                "--id",
                "DEMO-2020-0919",
                "--title",
                "Intrusion into the domain controller CITADEL-DC01",
            ],
        ),
        Step::Write {
            what: "the case, the roster, the policy and the assets that are known",
            files: entries(&["case.toml", "team.toml", "policy.toml", "assets/"], false),
        },
        git(ALICE, at, &["add", "-A"]),
        git(ALICE, at, &["commit", "-q", "-m", "Open the case"]),
    ]
}

fn add_the_evidence() -> Vec<Step> {
    let at = "2020-09-19T08:30:00Z";
    let mut steps = vec![
        Step::Say("Bob receives evidence of the domain controller. Its digests are taken before Git sees a byte."),
        Step::Write { what: "the evidence as it was handed over, beside the case", files: evidence() },
    ];
    for handed in &HANDED {
        let path = format!("../handed-over/{}", handed.folder);
        let mut arguments = vec!["evidence", "add", &path, "--by", "bob"];
        arguments.extend(handed.options);
        steps.push(Step::Run {
            by: BOB,
            at,
            program: Program::Casebook,
            arguments: owned(&arguments),
            expect: Expect::Success,
            remember: Some(handed.placeholder),
        });
    }
    steps.push(git(BOB, at, &["add", "-A"]));
    steps.push(git(BOB, at, &["commit", "-q", "-m", "Add the evidence of CITADEL-DC01"]));
    steps
}

fn write_the_timeline() -> Vec<Step> {
    let at = "2020-09-19T14:00:00Z";
    vec![
        Step::Say("Bob writes indicators and the timeline. Each entry cites the record that bears it out."),
        Step::Write {
            what: "indicators, events and a note about the case",
            files: entries(&["indicators/", "events/", "notes/"], false),
        },
        git(BOB, at, &["add", "-A"]),
        git(BOB, at, &["commit", "-q", "-m", "Write the timeline of the night"]),
    ]
}

fn write_the_findings() -> Vec<Step> {
    let at = "2020-09-20T09:45:00Z";
    vec![
        Step::Say(
            "Then the findings and what is to be done. It is late, and three slips creep in: the hook refuses the commit.",
        ),
        Step::Write { what: "findings and actions", files: entries(&["findings/", "actions/"], true) },
        git(BOB, at, &["add", "-A"]),
        Step::Run {
            by: BOB,
            at,
            program: Program::Git,
            arguments: owned(&["commit", "-q", "-m", "Write the findings"]),
            expect: Expect::Refusal,
            remember: None,
        },
        Step::Say("Bob corrects what the messages name, and commits again."),
        Step::Write { what: "the corrected findings", files: entries(&SLIPS.map(|(path, ..)| path)[1..], false) },
        git(BOB, at, &["add", "-A"]),
        git(BOB, at, &["commit", "-q", "-m", "Write the findings"]),
    ]
}

fn decide() -> Vec<Step> {
    let at = "2020-09-20T16:00:00Z";
    vec![
        Step::Say("Alice records what was decided and why. Every commit has brought the report up to date."),
        Step::Write { what: "decisions", files: entries(&["decisions/"], false) },
        git(ALICE, at, &["add", "-A"]),
        git(ALICE, at, &["commit", "-q", "-m", "Record the decisions"]),
        git(ALICE, at, &["log", "--format=%h %an: %s"]),
        casebook(ALICE, at, &["check"]),
        casebook(ALICE, at, &["status"]),
    ]
}

fn casebook(by: Person, at: &'static str, arguments: &[&str]) -> Step {
    Step::Run {
        by,
        at,
        program: Program::Casebook,
        arguments: owned(arguments),
        expect: Expect::Success,
        remember: None,
    }
}

fn git(by: Person, at: &'static str, arguments: &[&str]) -> Step {
    Step::Run { by, at, program: Program::Git, arguments: owned(arguments), expect: Expect::Success, remember: None }
}

fn owned(arguments: &[&str]) -> Vec<String> {
    arguments.iter().map(|argument| (*argument).to_owned()).collect()
}

/// The slips: a word that is not in the vocabulary, a marking of TLP 1.0, a reference to nothing.
const SLIPS: [(&str, &str, &str); 3] = [
    ("findings/f-1y0jgafb.toml", "severity = \"high\"", "severity = \"hihg\""),
    ("findings/f-1y0jgafb.toml", "observed = ", "tlp = \"white\"\nobserved = "),
    ("findings/f-myv8vqrn.toml", "\"a-tmrdgk63\"", "\"a-tmrdgk36\""),
];

/// The entries whose paths start with one of these, as files of the case.
fn entries(starts: &[&str], with_slips: bool) -> Vec<File> {
    let mut files: Vec<File> = Vec::new();
    for file in every_file(&ENTRIES) {
        let path = file.path().to_string_lossy().replace('\\', "/");
        if !starts.iter().any(|start| path.starts_with(start)) {
            continue;
        }
        let mut content = file.contents().to_vec();
        if with_slips {
            content = slipped(&path, content);
        }
        files.push((format!("{}/{path}", super::CASE), content));
    }
    files
}

fn slipped(path: &str, content: Vec<u8>) -> Vec<u8> {
    let slips = SLIPS.iter().filter(|(slipped, ..)| *slipped == path);
    let text = String::from_utf8_lossy(&content).into_owned();
    slips.fold(text, |text, (_, right, slip)| text.replacen(right, slip, 1)).into_bytes()
}

/// The evidence as it was handed over.
fn evidence() -> Vec<File> {
    let files = every_file(&EVIDENCE).into_iter();
    files
        .map(|file| {
            let path = file.path().to_string_lossy().replace('\\', "/");
            (format!("handed-over/{path}"), file.contents().to_vec())
        })
        .collect()
}

fn every_file<'a>(folder: &'a Dir<'a>) -> Vec<&'a include_dir::File<'a>> {
    let mut found: Vec<_> = folder.files().collect();
    for inner in folder.dirs() {
        found.extend(every_file(inner));
    }
    found
}
