//! The demo of the domain controller: two people, real evidence of its intrusion, and a response that is invented.

use super::step::{
    Handed, Person, Slip, Step, casebook, commit, entries, git, handed_over, refused_commit, register, with_slips,
};
use include_dir::{Dir, include_dir};

static ENTRIES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/demo/domain-controller/case");
static EVIDENCE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/demo/domain-controller/evidence");

const ALICE: Person = Person { name: "Alice Example", email: "alice@example.org" };
const BOB: Person = Person { name: "Bob Example", email: "bob@example.org" };

const HANDED: [Handed; 4] = [
    Handed {
        path: "dc01-event-logs",
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
        path: "dc01-event-log-extracts",
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
        path: "dc01-file-access",
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
        path: "chainsaw",
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

/// The slips: a word that is not in the vocabulary, a marking of TLP 1.0, a reference to nothing.
const SLIPS: [Slip; 3] = [
    ("findings/f-1y0jgafb.toml", "severity = \"high\"", "severity = \"hihg\""),
    ("findings/f-1y0jgafb.toml", "observed = ", "tlp = \"white\"\nobserved = "),
    ("findings/f-myv8vqrn.toml", "\"a-tmrdgk63\"", "\"a-tmrdgk36\""),
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
    let title = "Intrusion into the domain controller CITADEL-DC01";
    let mut steps = vec![
        Step::Say("Alice leads the response. She opens a case: a Git repository, from a template, with hooks."),
        casebook(ALICE, at, &["init", super::FOLDER, "--id", "DEMO-2020-0919", "--title", title]),
        Step::Write {
            what: "the case, the roster, the policy and the assets that are known",
            files: entries(&ENTRIES, &["case.toml", "team.toml", "policy.toml", "assets/"]),
        },
    ];
    steps.extend(commit(ALICE, at, "Open the case"));
    steps
}

fn add_the_evidence() -> Vec<Step> {
    let at = "2020-09-19T08:30:00Z";
    let mut steps = vec![
        Step::Say("Bob receives evidence of the domain controller. Its digests are taken before Git sees a byte."),
        Step::Write { what: "the evidence as it was handed over, beside the case", files: handed_over(&EVIDENCE) },
    ];
    steps.extend(HANDED.iter().map(|handed| register(BOB, "bob", at, handed)));
    steps.extend(commit(BOB, at, "Add the evidence of CITADEL-DC01"));
    steps
}

fn write_the_timeline() -> Vec<Step> {
    let at = "2020-09-19T14:00:00Z";
    let mut steps = vec![
        Step::Say("Bob writes indicators and the timeline. Each entry cites the record that bears it out."),
        Step::Write {
            what: "indicators, events and a note about the case",
            files: entries(&ENTRIES, &["indicators/", "events/", "notes/"]),
        },
    ];
    steps.extend(commit(BOB, at, "Write the timeline of the night"));
    steps
}

fn write_the_findings() -> Vec<Step> {
    let at = "2020-09-20T09:45:00Z";
    let mut steps = vec![
        Step::Say(
            "Then the findings and what is to be done. It is late, and three slips creep in: the hook refuses the commit.",
        ),
        Step::Write { what: "findings and actions", files: with_slips(&ENTRIES, &["findings/", "actions/"], &SLIPS) },
    ];
    steps.extend(refused_commit(BOB, at, "Write the findings"));
    steps.extend([
        Step::Say("Bob corrects what the messages name, and commits again."),
        Step::Write { what: "the corrected findings", files: entries(&ENTRIES, &SLIPS.map(|(path, ..)| path)[1..]) },
    ]);
    steps.extend(commit(BOB, at, "Write the findings"));
    steps
}

fn decide() -> Vec<Step> {
    let at = "2020-09-20T16:00:00Z";
    let mut steps = vec![
        Step::Say("Alice records what was decided and why. Every commit has brought the report up to date."),
        Step::Write { what: "decisions", files: entries(&ENTRIES, &["decisions/"]) },
    ];
    steps.extend(commit(ALICE, at, "Record the decisions"));
    steps.extend([
        git(ALICE, at, &["log", "--format=%h %an: %s"]),
        casebook(ALICE, at, &["check"]),
        casebook(ALICE, at, &["status"]),
    ]);
    steps
}
