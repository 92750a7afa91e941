//! The demo of the phishing of PyPI users in July 2025: a case made of what PyPI published of it.

use super::step::{
    Handed, Person, Slip, Step, casebook, commit, entries, git, handed_over, refused_commit, register, with_slips,
};
use include_dir::{Dir, include_dir};

static ENTRIES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/demo/pypi-phishing/case");
static EVIDENCE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/demo/pypi-phishing/evidence");

const AUTHOR: Person = Person { name: "Author of this example case", email: "case-author@example.org" };

const HANDED: [Handed; 2] = [
    Handed {
        path: "2025-07-28-pypi-phishing-attack.md",
        placeholder: "x-p28a5jtk",
        options: &[
            "--title",
            "First report, on the blog of PyPI, 28 July 2025",
            "--kind",
            "document",
            "--location",
            "https://github.com/pypi/warehouse/blob/6b62157124ab7865029afeeadf282bce27d601d9/docs/blog/posts/2025-07-28-pypi-phishing-attack.md",
            "--method",
            "copied unchanged from the repository of Warehouse",
            "--authority",
            "published under the Apache licence, version 2.0",
        ],
    },
    Handed {
        path: "2025-07-31-incident-report-phishing-attack.md",
        placeholder: "x-p31fkv6w",
        options: &[
            "--title",
            "Incident report, on the blog of PyPI, 31 July 2025",
            "--kind",
            "document",
            "--location",
            "https://github.com/pypi/warehouse/blob/6b62157124ab7865029afeeadf282bce27d601d9/docs/blog/posts/2025-07-31-incident-report-phishing-attack.md",
            "--method",
            "copied unchanged from the repository of Warehouse",
            "--authority",
            "published under the Apache licence, version 2.0",
        ],
    },
];

/// The slips: the time of New York, without a zone, and words that do not stand on the line.
const SLIPS: [Slip; 2] = [
    ("events/e-jad79ka3.toml", "at = 2025-07-28T16:20:00Z", "at = 2025-07-28T12:20:00"),
    ("events/e-b0hsca2s.toml", "A user emails PyPI Security", "A user called PyPI Security"),
];

/// The whole demo.
pub fn steps() -> Vec<Step> {
    let mut steps = open_the_case();
    steps.extend(add_the_evidence());
    steps.extend(write_the_timeline());
    steps.extend(write_the_findings());
    steps
}

fn open_the_case() -> Vec<Step> {
    let at = "2026-11-30T09:00:00Z";
    let title = "Phishing of PyPI users through pypj.org";
    let mut steps = vec![
        Step::Say("PyPI has published what happened to its users in July 2025. A case is opened to hold it."),
        casebook(AUTHOR, at, &["init", super::FOLDER, "--id", "PYPI-2025-07-PHISHING", "--title", title]),
        Step::Write {
            what: "the case, the roster, the policy, the assets, and the licence of the reports",
            files: entries(&ENTRIES, &["case.toml", "team.toml", "policy.toml", "assets/", "LICENSE"]),
        },
    ];
    steps.extend(commit(AUTHOR, at, "Open the case"));
    steps
}

fn add_the_evidence() -> Vec<Step> {
    let at = "2026-11-30T09:10:00Z";
    let mut steps = vec![
        Step::Say("The evidence is the two reports themselves. Events, indicators and findings will cite their lines."),
        Step::Write { what: "the reports, beside the case", files: handed_over(&EVIDENCE) },
    ];
    steps.extend(HANDED.iter().map(|handed| register(AUTHOR, "case-author", at, handed)));
    steps.extend(commit(AUTHOR, at, "Add the reports of PyPI"));
    steps
}

fn write_the_timeline() -> Vec<Step> {
    let at = "2026-11-30T11:30:00Z";
    let mut steps = vec![
        Step::Say(
            "Then indicators and the timeline. A time lost its zone and a quote its words: the hook refuses the commit.",
        ),
        Step::Write {
            what: "indicators, events and a note about the case",
            files: with_slips(&ENTRIES, &["indicators/", "events/", "notes/"], &SLIPS),
        },
    ];
    steps.extend(refused_commit(AUTHOR, at, "Write the timeline"));
    steps.extend([
        Step::Say("Both are corrected by what the messages say."),
        Step::Write { what: "the corrected events", files: entries(&ENTRIES, &SLIPS.map(|(path, ..)| path)) },
    ]);
    steps.extend(commit(AUTHOR, at, "Write the timeline"));
    steps
}

fn write_the_findings() -> Vec<Step> {
    let at = "2026-11-30T14:00:00Z";
    let mut steps = vec![
        Step::Say("Findings say how sure they are, and why; actions and decisions, what was done and what is open."),
        Step::Write {
            what: "findings, actions and decisions",
            files: entries(&ENTRIES, &["findings/", "actions/", "decisions/"]),
        },
    ];
    steps.extend(commit(AUTHOR, at, "Write what is known, what was done and what is open"));
    steps.extend([
        git(AUTHOR, at, &["log", "--format=%h %an: %s"]),
        casebook(AUTHOR, at, &["check"]),
        casebook(AUTHOR, at, &["status"]),
        casebook(AUTHOR, at, &["report", "--all-audiences"]),
    ]);
    steps
}
