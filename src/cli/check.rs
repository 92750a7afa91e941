//! `casebook check`: is the case sound?

use super::evidence::{cited, verified};
use super::open::{self, Open, demand_case};
use super::{Failure, Outcome, Surroundings, audit, style, terminal};
use crate::check::{self, Verdict};
use crate::diagnostic::{Diagnostic, Sources, render};
use crate::disk::{file, write};
use crate::evidence::examine::ItemExamined;
use crate::git::{GitTree, Repo};
use crate::history::{self, Found, Signed};
use crate::hook::HookError;
use crate::tree::Tree;
use crate::values::wording::counted;
use crate::values::{EntryId, Kind, TreePath};
use clap::Args;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Check that the case is sound: every entry, reference, time, marking and evidence digest.
#[derive(Args)]
#[command(after_help = "\
Examples:
  casebook check                     the files as they are now
  casebook check findings/           show only what is wrong there
  casebook check .                   show all of it, however many are alike
  casebook check --staged            what `git commit` would commit
  casebook check --rev HEAD~3        a commit
  casebook check --range origin/main..HEAD              what a push brings, commit by commit
  casebook check --range origin/main..HEAD --protected  the same, with the sign-offs that main asks for
  casebook check --format github     annotations for a pull request

The whole case is always checked; PATH only chooses what is shown. `--range A..B` is `casebook audit A..B` and the check of B: what \
a commit took away is found, also where a later one has put it back. `--format github` also writes the job's summary where \
GITHUB_STEP_SUMMARY is set.

Exit codes: 0 sound (warnings allowed), 1 errors, 2 could not check.")]
pub struct Arguments {
    /// Show only what is wrong in these files and folders.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// Check what is staged, as the pre-commit hook does.
    #[arg(long, conflicts_with = "rev")]
    staged: bool,

    /// Check a commit.
    #[arg(long, value_name = "REVISION")]
    rev: Option<String>,

    /// Check the commits of B that A does not have: what each of them did, and all of the last one.
    #[arg(long, value_name = "A..B", conflicts_with_all = ["rev", "staged"])]
    range: Option<String>,

    /// Of a range, ask for the sign-offs, too, that the policy wants before it may reach a protected branch.
    #[arg(long, requires = "range")]
    protected: bool,

    /// How to print what is found.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// One object with a list, for scripts.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Annotations of GitHub, Forgejo and Gitea workflows.
    Github,
    /// A Code Quality report of GitLab.
    Gitlab,
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let repository = surroundings.repository()?;
    let place = Where { repository: &repository, top: repository.work_tree() };
    if let Some(range) = &arguments.range {
        return judge_range(range, &place, arguments, surroundings);
    }
    if let Some(revision) = &arguments.rev {
        let commit = repository.resolve(revision)?;
        let parents = commit.parents.iter().map(|parent| repository.resolve(&parent.to_string()));
        let parents = parents.collect::<Result<Vec<_>, _>>()?;
        let bases: Vec<(String, GitTree<'_>)> =
            parents.iter().map(|parent| (parent.short(), repository.tree(parent.tree))).collect();
        return judge(&repository.tree(commit.tree), &bases, &place, arguments, surroundings);
    }
    let bases = open::followed(&repository)?;
    if arguments.staged {
        let tree = repository.tree(repository.candidate(surroundings.index.as_deref())?);
        demand_staged(&tree, place.top)?;
        judge(&tree, &bases, &place, arguments, surroundings)
    } else {
        let open = Open::here(surroundings)?;
        if repository.is_sparse() {
            errln!(
                "note: this is a sparse checkout, so what it leaves out looks deleted: `casebook check --staged` sees it all"
            );
        }
        judge(&open.tree(), &bases, &place, arguments, surroundings)
    }
}

/// A case that is in the work tree alone is no missing case.
fn demand_staged(staged: &dyn Tree, top: Option<&Path>) -> Result<(), Failure> {
    let is_forgotten = top.is_some_and(|top| file::is_there(&top.join("case.toml")));
    demand_case(staged).map_err(|failure| match is_forgotten {
        true => Failure::new("`case.toml` is not staged").help("stage it first: `git add --all`"),
        false => failure,
    })
}

/// The repository that is judged, and its work tree.
struct Where<'r> {
    repository: &'r Repo,
    top: Option<&'r Path>,
}

/// Judges a tree as a change of the commits before it.
fn judge(
    tree: &dyn Tree,
    bases: &[(String, GitTree<'_>)],
    place: &Where<'_>,
    arguments: &Arguments,
    surroundings: &Surroundings,
) -> Result<Outcome, Failure> {
    demand_case(tree)?;
    let verdict = open::judge(place.repository, tree, bases, surroundings.now)?;
    show(tree, &Judged { verdict, commits: 0, history: Vec::new() }, place, arguments, surroundings)
}

/// Judges what commits did and what the last of them is, as a server judges a push.
fn judge_range(
    range: &str,
    place: &Where<'_>,
    arguments: &Arguments,
    surroundings: &Surroundings,
) -> Result<Outcome, Failure> {
    let repository = place.repository;
    if repository.is_shallow() {
        return Err(Failure::new("this clone is shallow, so what the commits did to those before them cannot be told")
            .help(
                "get the whole history: `git fetch --unshallow`; in a workflow, `fetch-depth: 0` or `GIT_DEPTH: \"0\"`",
            ));
    }
    let (Some(from), tip) = repository.ends(range)? else {
        return Err(Failure::new(format!("`{range}` is one commit, and no range"))
            .help("write `A..B`: the commits of B that A does not have; `casebook check --rev COMMIT` checks one"));
    };
    let base = repository.merge_base(from.id, tip.id)?.and_then(|id| repository.find(id)).ok_or_else(|| {
        Failure::new(format!("the two ends of `{range}` have no commit in common"))
            .help("begin the range at a commit that the branch has grown from")
    })?;
    if base.id != from.id {
        errln!(
            "note: there is more on the other branch: this is about what `{range}` changes, and `casebook pr` about what comes of the merge"
        );
    }
    let audited = audit::audit(repository, range, &audit::pin(repository)?)?;
    let tree = repository.tree(tip.tree);
    demand_case(&tree)?;
    let signed = if arguments.protected { Some(Signed::of(&tree)?) } else { None };
    let mut cache = open::cache(repository);
    let memories = &mut open::memories(&mut cache);
    let verdict = check::last(repository, Some(&base), &tip, signed.as_ref(), memories, surroundings.now)
        .map_err(HookError::from)?;
    cache.save();
    let judged = Judged { verdict, commits: audited.commits.len(), history: audited.found };
    show(&tree, &judged, place, arguments, surroundings)
}

/// What is wrong with a tree, and what the commits of a range did that lead to it.
struct Judged {
    verdict: Verdict,
    /// How many commits were audited.
    commits: usize,
    history: Vec<Found>,
}

fn show(
    tree: &dyn Tree,
    judged: &Judged,
    place: &Where<'_>,
    arguments: &Arguments,
    surroundings: &Surroundings,
) -> Result<Outcome, Failure> {
    let below =
        arguments.paths.iter().map(|path| in_case(path, place.top, surroundings)).collect::<Result<Vec<_>, _>>()?;
    let verdict = &judged.verdict;
    let all: Vec<Diagnostic> = judged.history.iter().map(named).chain(verdict.diagnostics.iter().cloned()).collect();
    if let Some(absent) = below.iter().find(|path| !is_there(tree, path, &all)) {
        return Err(Failure::new(format!("`{absent}` is not there")).help("name a file or a folder of the case"));
    }
    let chosen = |diagnostic: &Diagnostic| below.is_empty() || below.iter().any(|path| is_below(diagnostic, path));
    let of_commits: Vec<Found> = judged.history.iter().filter(|found| chosen(&found.diagnostic)).cloned().collect();
    let shown: Vec<Diagnostic> = all.iter().filter(|diagnostic| chosen(diagnostic)).cloned().collect();
    let sources = check::sources(tree, &shown);
    match arguments.format {
        Format::Text => {
            audit::print_found(place.repository, &of_commits);
            let (_, of_tree) = shown.split_at(of_commits.len());
            if let Some(remake) = history::remake(of_commits.iter().map(|found| (&found.commit, &found.diagnostic))) {
                outln!("{remake}\n");
            }
            print_text(&sources, of_tree, &shown, all.len() - shown.len(), judged, !below.is_empty());
        }
        Format::Json => {
            let mut value = render::json::render(&sources, &shown);
            for (index, found) in of_commits.iter().enumerate() {
                value["diagnostics"][index]["commit"] = json!(found.commit.id.to_string());
            }
            value["evidence"] = json!({
                "disposed": verified::disposed_json(&verdict.evidence),
                "not_checked_here": verified::unchecked_json(&verdict.evidence),
            });
            value["citations"] = json!({
                "checked": verdict.citations,
                "not_checked_here": cited::unchecked_json(&verdict.unchecked_citations),
            });
            outln!("{value:#}");
        }
        Format::Sarif => outln!("{:#}", render::sarif::render(&sources, &shown, &check::pages())),
        Format::Gitlab => outln!("{:#}", render::gitlab::render(&sources, &shown)),
        Format::Github => print_github(&sources, &shown, judged, surroundings)?,
    }
    Ok(if shown.iter().any(Diagnostic::is_error) { Outcome::Problems } else { Outcome::Sound })
}

/// What a commit did, told where nothing else says which commit it was.
fn named(found: &Found) -> Diagnostic {
    let message = format!("in commit {}: {}", found.commit.short(), found.diagnostic.message);
    Diagnostic { message, ..found.diagnostic.clone() }
}

/// Prints what is wrong with the tree, then how much of everything was shown.
fn print_text(
    sources: &Sources,
    of_tree: &[Diagnostic],
    shown: &[Diagnostic],
    hidden: usize,
    judged: &Judged,
    is_part: bool,
) {
    let (colour, width) = (terminal::colour(), terminal::width());
    let text = if is_part {
        render::text::render(sources, of_tree, colour, width)
    } else {
        render::text::brief(sources, of_tree, colour, width)
    };
    out!("{text}");
    let has_errors = shown.iter().any(Diagnostic::is_error);
    let style = match (has_errors, shown.is_empty()) {
        (true, _) => style::WORST,
        (false, false) => style::WARN,
        (false, true) => style::GOOD,
    };
    let elsewhere = match hidden {
        0 => String::new(),
        number => format!("; {number} more in other files, shown by `casebook check`"),
    };
    let checked = checked(judged);
    match shown {
        [] if is_part => outln!("{style}no problems here{style:#}{elsewhere}"),
        [] => outln!("{style}sound{style:#}: {checked}"),
        [first, rest @ ..] => {
            let tally = render::text::tally(shown);
            let alike = rest.iter().all(|other| other.code == first.code);
            let code = if alike { first.code.as_str() } else { "CODE" };
            outln!("{style}{tally}{style:#}; `casebook explain {code}` tells more{elsewhere}");
        }
    }
    print_gaps(&judged.verdict.evidence);
    cited::print_unchecked(&judged.verdict.unchecked_citations);
}

/// What of the evidence is not in this tree, so that nobody reads silence as soundness.
fn print_gaps(evidence: &BTreeMap<EntryId, ItemExamined>) {
    let sum = |files: &dyn Fn(&ItemExamined) -> u64| {
        let of_items: Vec<u64> = evidence.values().map(files).filter(|files| *files > 0).collect();
        (of_items.len(), of_items.iter().sum::<u64>())
    };
    let (items, files) = sum(&|seen| seen.disposed);
    if files > 0 {
        let are = if files == 1 { "is" } else { "are" };
        outln!(
            "disposed of: {} of {} {are} gone, as custody says",
            counted(files, "evidence file"),
            counted(items, "item")
        );
    }
    let (items, files) = sum(&ItemExamined::unchecked_files);
    if files > 0 {
        let are = if files == 1 { "is" } else { "are" };
        outln!(
            "not checked here: {} of {} {are} kept in another home, by custody or record; `casebook evidence verify` looks there",
            counted(files, "evidence file"),
            counted(items, "item")
        );
    }
}

/// What was checked: `2 commits, case, team, policy, 3 findings, 2 events, 1 evidence item with 14 files`.
fn checked(judged: &Judged) -> String {
    let case = &judged.verdict.case;
    let commits = (judged.commits > 0).then(|| counted(judged.commits, "commit"));
    let mut parts: Vec<String> = commits.into_iter().chain(["case".to_owned()]).collect();
    parts.extend(case.team.as_ref().map(|_| "team".to_owned()));
    parts.extend(case.policy.as_ref().map(|_| "policy".to_owned()));
    for kind in Kind::ALL {
        let number = case.of_kind(kind).count();
        let noun = match kind {
            Kind::Evidence => "evidence item",
            Kind::Custody => "custody event",
            kind => kind.noun(),
        };
        if number > 0 {
            parts.push(counted(number, noun));
        }
        if kind == Kind::Evidence && number > 0 {
            let files = case.evidence().map(|(_, item)| item.files).fold(0, u64::saturating_add);
            parts.push(counted(files, "evidence file"));
        }
    }
    if !case.notes.is_empty() {
        parts.push(counted(case.notes.len(), "note"));
    }
    parts.join(", ")
}

fn print_github(
    sources: &Sources,
    shown: &[Diagnostic],
    judged: &Judged,
    surroundings: &Surroundings,
) -> Result<(), Failure> {
    let token = format!("casebook-{:016x}", surroundings.bits());
    out!("{}", render::github::render(sources, shown, &token));
    match shown {
        [] => outln!("sound: {}", checked(judged)),
        _ => outln!("{}", render::text::tally(shown)),
    }
    if let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()) {
        let summary = render::github::summary(sources, shown);
        write::append(Path::new(&path), summary.as_bytes()).map_err(|error| {
            Failure::new(format!("cannot write the summary to `{}`: {error}", Path::new(&path).display()))
                .help("unset GITHUB_STEP_SUMMARY, or set it to a file that can be written")
        })?;
    }
    Ok(())
}

/// Where a path that was typed leads in the case.
fn in_case(typed: &Path, top: Option<&Path>, surroundings: &Surroundings) -> Result<TreePath, Failure> {
    let outside = || {
        Failure::new(format!("`{}` is not in this case", typed.display()))
            .help("name files and folders of the case, such as `findings/`")
    };
    let top = file::resolved(top.unwrap_or(&surroundings.folder));
    let whole = file::resolved(&surroundings.folder.join(typed));
    let inside = whole.strip_prefix(&top).map_err(|_| outside())?;
    let names: Option<Vec<&str>> = inside.components().map(|component| component.as_os_str().to_str()).collect();
    Ok(TreePath::from(names.ok_or_else(outside)?.join("/")))
}

/// Whether there is something at a path, or something is said of it: a file that was deleted may be named as well.
fn is_there(tree: &dyn Tree, path: &TreePath, found: &[Diagnostic]) -> bool {
    path.is_root()
        || Kind::of_folder(path.as_str()).is_some()
        || tree.node(path).is_some()
        || found.iter().any(|diagnostic| is_below(diagnostic, path))
}

fn is_below(diagnostic: &Diagnostic, path: &TreePath) -> bool {
    let at = diagnostic.place.path.as_str();
    path.is_root() || at == path.as_str() || at.strip_prefix(path.as_str()).is_some_and(|rest| rest.starts_with('/'))
}
