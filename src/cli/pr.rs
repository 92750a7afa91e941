//! `casebook pr`: what a reviewer needs to know of a branch before signing it: what comes of merging it.

use super::diff::{self as difference_of, Format, text};
use super::{Failure, Outcome, Surroundings, terminal};
use crate::check::Verdict;
use crate::diagnostic::render::{Count, count, printable_line};
use crate::diff::outline::{Item, Mark, Outline, Row, Section, Span, sign_command};
use crate::diff::{self, Claim, Difference, Side, json, markdown};
use crate::git::{Commit, Merged, Repo};
use crate::hook::merge::settle;
use crate::values::wording::{counted, shell_word};
use clap::Args;
use serde_json::{Value, json};

/// Review a branch: does it merge, is what comes out sound, what differs, what does each claim cite, what is to be signed?
#[derive(Args)]
#[command(after_help = "\
Examples:
  git switch their-branch && casebook pr     against the default branch of the remote, or main
  casebook pr origin/main                    against another branch
  casebook pr --format md                    for a comment on the pull request

What is checked is the result of merging HEAD into BASE, made in memory: the files of the work tree are not read, and nothing \
is changed. Records are merged key by key, as the merge driver of `git merge` does it. A merge without conflicts can still be unsound.

Exit codes: 0 it merges and is sound, 1 it does not, 2 could not tell.")]
pub struct Arguments {
    /// The branch that HEAD is to be merged into.
    #[arg(value_name = "BASE")]
    base: Option<String>,

    /// How to print it.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// A branch and what it is to be merged into.
struct Request {
    base_name: String,
    base: Commit,
    head: Commit,
    /// How many commits HEAD has that the base has not.
    commits: usize,
}

/// What comes of it.
struct Review {
    difference: Difference,
    claims: Vec<Claim>,
    found: Count,
    /// The files that lines alone would not have merged.
    settled: Vec<String>,
    not_checked: Vec<String>,
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let repository = surroundings.repository()?;
    let request = request(&repository, arguments.base.as_deref())?;
    if request.commits == 0 {
        return Ok(nothing_to_review(&request, arguments.format));
    }
    match repository.merged(request.base.id, request.head.id, &settle)? {
        Merged::Conflicts(paths) => Ok(conflicts(&request, &paths, arguments.format)),
        Merged::Clean { tree, settled } => {
            let review = review(&repository, &request, tree, settled, surroundings)?;
            print(&request, &review, arguments.format);
            Ok(if review.found.errors == 0 { Outcome::Sound } else { Outcome::Problems })
        }
    }
}

fn request(repository: &Repo, base: Option<&str>) -> Result<Request, Failure> {
    let base_name = base.map(str::to_owned).or_else(|| repository.default_branch()).ok_or_else(|| {
        Failure::new("there is no branch that HEAD could be merged into").help("name one: `casebook pr BRANCH`")
    })?;
    let base = repository.resolve(&base_name)?;
    let head = repository.resolve("HEAD")?;
    let commits = repository.commits(&format!("{}..{}", base.id, head.id))?.len();
    Ok(Request { base_name, base, head, commits })
}

fn nothing_to_review(request: &Request, format: Format) -> Outcome {
    let text = format!("HEAD has no commit that {} does not have", printable_line(&request.base_name));
    match format {
        Format::Json => {
            outln!("{}", json::text(&json!({ "base": base_json(request), "merge": "nothing" })));
        }
        _ => outln!("{text}"),
    }
    Outcome::Sound
}

/// Says which files are in conflict, and what to type.
fn conflicts(request: &Request, paths: &[String], format: Format) -> Outcome {
    if format == Format::Json {
        let value = json!({ "base": base_json(request), "merge": "conflicts", "conflicts": paths });
        outln!("{}", json::text(&value));
        return Outcome::Problems;
    }
    let name = |path: &String| Item {
        mark: Mark::Wrong,
        head: vec![Span::Name(path.clone()), Span::Words(" differs on both sides".to_owned())],
        rows: Vec::new(),
    };
    let step = |command: &str, why: &str| Item {
        mark: Mark::Plain,
        head: vec![Span::Command(command.to_owned())],
        rows: vec![Row::Line(vec![Span::Words(why.to_owned())])],
    };
    let section = |title: &str, items| Section { title: title.to_owned(), notice: None, items };
    let steps = vec![
        step(&merge_command(request), "settles what it can, and marks in each file what both sides changed"),
        step("casebook resolve", "shows what is left key by key, and takes a side for it"),
        step("git add --all && git commit", "concludes the merge; then look at it again with casebook pr"),
    ];
    let outline = Outline {
        summary: format!("HEAD does not merge: {}", counted(paths.len(), "conflict")),
        sections: vec![section("Conflicts", paths.iter().map(name).collect()), section("What to type", steps)],
    };
    write(&outline, format);
    Outcome::Problems
}

fn merge_command(request: &Request) -> String {
    format!("git merge {}", branch_word(&request.base_name))
}

/// A branch as a word of a shell: plain where it is one.
fn branch_word(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./@".contains(c);
    if name.chars().all(is_plain) && !name.starts_with('-') { name.to_owned() } else { shell_word(name) }
}

fn review(
    repository: &Repo,
    request: &Request,
    merged: crate::git::Oid,
    settled: Vec<String>,
    surroundings: &Surroundings,
) -> Result<Review, Failure> {
    let (before, head, after) =
        (repository.tree(request.base.tree), repository.tree(request.head.tree), repository.tree(merged));
    let (old, new) = difference_of::judge(
        repository,
        (&request.base_name, &before),
        &after,
        &[("HEAD".to_owned(), &head)],
        surroundings.now,
    )?;
    let sides = (Side { tree: &before, verdict: &old }, Side { tree: &after, verdict: &new });
    let difference = diff::between(&sides.0, &sides.1, surroundings.now)?;
    let claims = diff::claims(&sides.1, &difference.entries);
    let not_checked = not_checked(request, &new);
    Ok(Review { difference, claims, found: count(&new.diagnostics), settled, not_checked })
}

/// What nobody should take for checked.
fn not_checked(request: &Request, verdict: &Verdict) -> Vec<String> {
    let mut gaps = Vec::new();
    let files: u64 = verdict.evidence.values().map(|seen| seen.unchecked_files()).sum();
    if files > 0 {
        gaps.push(format!(
            "{} kept in another home: casebook evidence verify looks there",
            counted(files, "evidence file")
        ));
    }
    let citations = verdict.unchecked_citations.len();
    if citations > 0 {
        gaps.push(format!("{} of evidence that is not here", counted(citations, "citation")));
    }
    if request.commits > 1 {
        gaps.push(format!(
            "the {} commits one by one, only what comes out of the merge: casebook check --range {}..HEAD looks at each",
            request.commits,
            branch_word(&request.base_name)
        ));
    }
    if request.base_name.contains('/') {
        gaps.push("what was pushed after the last git fetch".to_owned());
    }
    gaps
}

fn print(request: &Request, review: &Review, format: Format) {
    if format == Format::Json {
        let value = json!({
            "base": base_json(request),
            "head": request.head.id.to_string(),
            "merge": "clean",
            "settled": review.settled,
            "sound": review.found.errors == 0,
            "errors": review.found.errors,
            "warnings": review.found.warnings,
            "difference": json::write(&review.difference),
            "claims": json::claims(&review.claims),
            "sign": sign_command(&review.difference),
            "not_checked": review.not_checked,
        });
        outln!("{}", json::text(&value));
        return;
    }
    let mut outline = Outline::of(&review.difference).with_claims(&review.claims);
    let verdict = match review.found {
        found if found.errors == 0 && found.warnings == 0 => "and is sound".to_owned(),
        found if found.errors == 0 => format!("and is sound, with {found}"),
        found => format!("but is not sound: {found}"),
    };
    let commits = counted(request.commits, "commit");
    outline.summary = format!("HEAD ({commits}) merges {verdict}; {}", outline.summary);
    let ends = ends(request, review);
    if format == Format::Md {
        // A comment may have to leave out what comes last.
        outline.sections.splice(0..0, ends);
    } else {
        outline.sections.extend(ends);
    }
    write(&outline, format);
}

/// What is to be signed, what a forge would not merge, and what was not checked.
fn ends(request: &Request, review: &Review) -> Vec<Section> {
    let plain = |head| Item { mark: Mark::Plain, head, rows: Vec::new() };
    let mut sections: Vec<Section> = Outline::to_sign(&review.difference).into_iter().collect();
    if !review.settled.is_empty() {
        let name = |path: &String| plain(vec![Span::Name(path.clone())]);
        let step = Item {
            mark: Mark::Plain,
            head: vec![Span::Command(merge_command(request))],
            rows: vec![Row::Line(vec![Span::Words(
                "and push: a forge merges lines, and calls these a conflict".to_owned(),
            )])],
        };
        let items = review.settled.iter().map(name).chain([step]).collect();
        sections.push(Section { title: "Merged key by key".to_owned(), notice: None, items });
    }
    if !review.not_checked.is_empty() {
        let items = review.not_checked.iter().map(|gap| plain(vec![Span::Words(gap.clone())])).collect();
        sections.push(Section { title: "Not checked here".to_owned(), notice: None, items });
    }
    sections
}

fn write(outline: &Outline, format: Format) {
    match format {
        Format::Md => out!("{}", markdown::write("Review", outline)),
        _ => out!("{}", text::render(outline, terminal::prose_width())),
    }
}

fn base_json(request: &Request) -> Value {
    json!({ "name": request.base_name, "commit": request.base.id.to_string() })
}
