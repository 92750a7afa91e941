//! The banner and the origin: what the report is of, who may read it, and which commit it came from.

use super::{marking, marking_words, severity_tone};
use crate::diagnostic::render::Count;
use crate::report::audience::TECHNICAL;
use crate::report::clock;
use crate::report::naming::Names;
use crate::report::outline::{Banner, Fact, Line, Span, Tone, badge, code, fact, facts, text};
use crate::report::{Edition, Provenance, VERSION, templated};
use crate::values::vocabulary::{CaseStatus, Naming};
use crate::values::wording::counted;

pub fn banner<'c>(edition: &Edition<'c>, names: &Names<'c>) -> Banner<'c> {
    let case = &edition.told.case;
    let highest = edition.told.marking;
    let own = case.record.as_ref().map_or(highest, |record| record.value.tlp);
    let mut warnings = Vec::new();
    match edition.provenance {
        Some(_) => warnings.extend(problems(edition.problems).map(|line| (Tone::Bad, line))),
        None => warnings.push((Tone::Watch, uncommitted())),
    }
    if highest > own {
        let note = vec![
            text("The case is "),
            marking(own),
            text(format!(
                ", but some entries may be shared less. The whole report is {}; those entries show their own marking.",
                marking_words(highest)
            )),
        ];
        warnings.push((Tone::Watch, note));
    }
    if edition.told.case.entries.is_empty() && case.record.is_none() {
        warnings.push((
            Tone::Plain,
            vec![text(format!("Nothing of this case may be told up to {}.", marking_words(edition.profile.ceiling)))],
        ));
    }
    let Some(record) = &case.record else {
        let title = match edition.told.withheld {
            Some(_) => "What may be shared of this case",
            None => "A case without a readable case.toml",
        };
        return Banner {
            marking: highest,
            case_id: edition.told.case_id.as_str().into(),
            title: title.into(),
            facts: Vec::new(),
            warnings,
        };
    };
    let record = &record.value;
    let tone = match record.status {
        CaseStatus::Open => Tone::Bad,
        CaseStatus::Contained | CaseStatus::Eradicated => Tone::Watch,
        CaseStatus::Recovered | CaseStatus::Closed => Tone::Good,
    };
    let mut said = vec![
        fact("Severity", badge(severity_tone(record.severity), record.severity.word())),
        fact("Status", badge(tone, record.status.word())),
    ];
    if let Some(category) = record.category {
        said.push(fact("Kind", text(category.word().replace('-', " "))));
    }
    if let Some(lead) = record.lead.as_ref().filter(|_| edition.profile.people != Naming::Nobody) {
        said.push(fact("Lead", text(names.person(lead.as_str()).to_owned())));
    }
    said.push(fact("As of", text(format!("{} UTC", clock::to_the_minute(edition.now)))));
    Banner {
        marking: highest,
        case_id: record.id.as_str().into(),
        title: record.title.as_str().into(),
        facts: said,
        warnings,
    }
}

/// What to say where `casebook check` finds problems.
fn problems<'c>(count: Count) -> Option<Line<'c>> {
    if count.errors == 0 {
        return None;
    }
    let verb = if count.errors == 1 { "is" } else { "are" };
    let number = counted(count.errors, "error");
    Some(vec![
        Span::Strong(format!("There {verb} {number} in this case.").into()),
        text(" The report shows what can be read; some of it may be missing or wrong. Run "),
        code("casebook check"),
        text(" to see what and where."),
    ])
}

/// What to say of what is in no commit.
fn uncommitted<'c>() -> Line<'c> {
    vec![
        Span::Strong("Not committed: a preview.".into()),
        text(" It shows the files as they are now, and is no report: "),
        code("casebook report"),
        text(" makes one of a commit."),
    ]
}

/// The commit that the report came from.
pub fn origin<'c>(edition: &Edition<'c>) -> Vec<Fact<'c>> {
    let now = fact("As of", text(format!("{} UTC", clock::moment(edition.now))));
    let version = fact("Made by", text(format!("casebook {VERSION}")));
    let Some(Provenance { commit, tree, author, summary, at }) = edition.provenance else {
        return vec![fact("Of", text("files that are in no commit yet")), now, version];
    };
    let mut said = match edition.profile.is_internal() {
        true => vec![
            facts("Commit", vec![code(commit.as_str()), Span::Break, text(summary.as_str())]),
            fact("Tree", code(tree.as_str())),
            fact("Author", text(author.as_str())),
        ],
        // What a commit says of itself has no marking.
        false => vec![
            fact("For", text(edition.profile.name.as_str())),
            fact("Commit", code(commit.as_str())),
            fact("Tree", code(tree.as_str())),
        ],
    };
    said.extend(edition.policy.map(|policy| facts("Policy", vec![text("SHA-256 "), code(policy.to_string())])));
    let concerned = templated::concerns(edition.templates, edition.profile).then(|| edition.templates.digest());
    said.extend(concerned.map(|digest| facts("Templates", vec![text("SHA-256 "), code(digest.to_string())])));
    said.extend([fact("Committed", text(format!("{} UTC", clock::moment(at.timestamp())))), now, version]);
    said
}

/// The command that makes the same report again.
pub fn rebuild(edition: &Edition<'_>) -> Option<String> {
    let provenance = edition.provenance?;
    let mut command = format!("casebook report --rev {}", provenance.commit);
    if edition.profile.handle != TECHNICAL {
        command.push_str(&format!(" --audience {}", edition.profile.handle));
    }
    if let Some(since) = edition.since {
        command.push_str(&format!(" --since {}", since.commit));
    }
    if edition.now != provenance.at.timestamp() {
        command.push_str(&format!(" --now {}", edition.now));
    }
    if edition.templates.is_outside {
        command.push_str(&format!(" --templates {}", edition.templates.digest()));
    }
    Some(command)
}
