//! `casebook release`: gives a report to somebody, and records who received which bytes.

use super::open::{self, Open};
use super::report::{self as reports, Finished, Press, Reading, since, unknown};
use super::{Failure, Format, Outcome, Surroundings, identity, style};
use crate::diagnostic::render::{printable, printable_line};
use crate::disk::DiskTree;
use crate::hook::local_reports::{self, FOLDER};
use crate::model::{Case, Release, ReleasedFile, release};
use crate::release::{Account, Debt, accounts};
use crate::report::{self, Provenance, audience, gate};
use crate::values::wording::{counted, shell_word};
use crate::values::{CommitId, Handle, Line, Moment, Sha256, TreePath};
use clap::Args;
use serde_json::{Value, json};

/// Record that a report was given to somebody, or list who was given which, and who is owed a correction.
///
/// The report is made of a commit and must pass the gate. The record, one file in `releases/` that is never changed, names who
/// received it, the commit, and the digest of every file. Where something that they were told is later withdrawn, superseded or
/// refuted, is marked more strictly, or says something else, they are owed a correction, until they are given the report of a later
/// commit.
#[derive(Args)]
#[command(after_help = "\
Examples:
  casebook release                                              who was given what, and who is owed a correction
  casebook release legal --to \"Carol Example\" --reason \"weekly report\"
  casebook release customer --to \"ACME Ltd\" --to \"Example GmbH\" --rev v1
  casebook release legal --to \"Carol Example\" --since v1        a correction: the report says what is new since v1

Exit codes: 0 recorded, or nobody is owed anything, 1 refused, or somebody is owed a correction, 2 could not run.")]
pub struct Arguments {
    /// The audience whose report was given; the releases are listed where none is named.
    #[arg(value_name = "AUDIENCE", requires = "to")]
    audience: Option<Handle>,

    /// Who received it: a person or an organisation, once for each.
    #[arg(long, value_name = "WHO", requires = "audience")]
    to: Vec<Line>,

    /// The commit that the report is of.
    #[arg(long, value_name = "REVISION", default_value = "HEAD", requires = "audience")]
    rev: String,

    /// Say what is new since this commit, which they were told of.
    #[arg(long, value_name = "REVISION", requires = "audience")]
    since: Option<String>,

    /// When it was given; now, where it is not said.
    #[arg(long, value_name = "TIME", requires = "audience")]
    at: Option<Moment>,

    /// Who gave it to them; you, where it is not said.
    #[arg(long, value_name = "HANDLE", requires = "audience")]
    by: Option<Handle>,

    /// What they are given, once for each; HTML and Markdown where nothing is said.
    #[arg(long = "as", value_name = "FORMAT", requires = "audience")]
    formats: Vec<reports::Format>,

    /// Why.
    #[arg(long, value_name = "TEXT", requires = "audience")]
    reason: Option<Line>,

    /// List the releases, and record nothing.
    #[arg(long, conflicts_with = "audience")]
    list: bool,

    /// How to print it.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    match &arguments.audience {
        Some(audience) => give(arguments, audience, surroundings),
        None => list(arguments, surroundings),
    }
}

/// Makes the report, writes it and its record.
fn give(arguments: &Arguments, audience: &Handle, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let open = Open::here(surroundings)?;
    let reading = Reading::of(&arguments.rev, surroundings)?;
    local_reports::usable_folder(&open.repository, &open.top, &reading.repository.tree(reading.commit.tree))?;
    let source = reading.source(None)?;
    let profile =
        audience::profile(&source.case, audience.as_str()).ok_or_else(|| unknown(&source.case, audience.as_str()))?;
    let since = since(arguments.since.as_deref(), surroundings)?;
    let before = since.as_ref().map(|(commit, case)| (commit.as_str(), case));
    let at = reading.commit.at.timestamp();
    let press = Press::of(&arguments.formats, surroundings)?;
    let made = report::make(&source, &profile, before, &Provenance::of(&reading.commit), at, &press.dialects());
    if !made.refusals.is_empty() {
        return Ok(refuse(audience, &made.refusals, arguments.format));
    }
    let files = press.finish(made.files)?;
    let release = Release {
        audience: audience.clone(),
        to: distinct(&arguments.to),
        at: arguments.at.unwrap_or(Moment::utc(surroundings.now.round(jiff::Unit::Second).unwrap_or(surroundings.now))),
        by: identity::who(arguments.by.as_ref(), &open.case()?.0, &open.repository, "gave it to them")?,
        commit: id(&reading.commit.id.to_string())?,
        since: since.as_ref().map(|(commit, _)| id(commit)).transpose()?,
        reason: arguments.reason.clone(),
        files: files.iter().map(released).collect::<Result<_, Failure>>()?,
    };
    let text = release.to_text();
    let name = release::name_of(text.as_bytes());
    let tree = DiskTree::new(&open.top);
    let write = |path: &TreePath, content: &[u8]| {
        tree.write(path, content, true).map_err(|error| {
            Failure::new(format!("cannot write `{path}`: {error}"))
                .help(format!("is there space left, and may you write to `{}`?", open.top.display()))
        })
    };
    let place = |file: &Finished| TreePath::from(format!("{FOLDER}/released/{name}/{}", file.name));
    for file in &files {
        write(&place(file), &file.bytes)?;
    }
    let path = release::path_of(&name);
    write(&path, text.as_bytes())?;
    let message = format!("Release of the report for {audience}");
    let next = format!("git add {path} && git commit -m {}", shell_word(&message));
    let places: Vec<TreePath> = files.iter().map(place).collect();
    match arguments.format {
        Format::Json => outln!(
            "{:#}",
            json!({
                "release": path.as_str(), "audience": audience.as_str(), "to": texts(&release.to),
                "commit": release.commit.as_str(), "files": places.iter().map(TreePath::as_str).collect::<Vec<_>>(), "next": next,
            })
        ),
        Format::Text => {
            let to = printable_line(&texts(&release.to).join(", "));
            outln!("recorded {path}: the report for {audience} of commit {} to {to}", release.commit.short());
            outln!("give them one of these, as it is:");
            places.iter().for_each(|place| outln!("  {place}"));
            outln!("next: {next}");
        }
    }
    Ok(Outcome::Sound)
}

fn distinct(to: &[Line]) -> Vec<Line> {
    let mut distinct: Vec<Line> = Vec::new();
    for who in to {
        if !distinct.contains(who) {
            distinct.push(who.clone());
        }
    }
    distinct
}

fn id(commit: &str) -> Result<CommitId, Failure> {
    Ok(commit.parse::<CommitId>()?)
}

fn released(file: &Finished) -> Result<ReleasedFile, Failure> {
    Ok(ReleasedFile { name: file.name.parse::<Line>()?, sha256: Sha256::of(&file.bytes) })
}

fn refuse(audience: &Handle, refusals: &[gate::Refusal], format: Format) -> Outcome {
    if format == Format::Json {
        let refusals: Vec<Value> =
            refusals.iter().map(|refusal| json!({ "says": refusal.says, "help": refusal.help })).collect();
        outln!("{:#}", json!({ "release": null, "refusals": refusals }));
        return Outcome::Problems;
    }
    errln!("error: nothing is released: there is no report for {audience}, for {}:", counted(refusals.len(), "reason"));
    for refusal in refusals {
        errln!("  {}", printable(&refusal.says));
        errln!("    help: {}", printable(&refusal.help));
    }
    Outcome::Problems
}

fn list(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let open = Open::here(surroundings)?;
    let case = open.case()?.0;
    let accounts = of(&open, &case)?;
    match arguments.format {
        Format::Json => outln!("{:#}", accounts.iter().map(as_json).collect::<Value>()),
        Format::Text if accounts.is_empty() => {
            outln!("no report was given to anybody: `casebook release AUDIENCE --to WHO` records one");
        }
        Format::Text => accounts.iter().for_each(print),
    }
    Ok(if accounts.iter().any(Account::is_owed) { Outcome::Problems } else { Outcome::Sound })
}

/// What came of each release of the case as it is now.
pub fn of<'c>(open: &Open, case: &'c Case) -> Result<Vec<Account<'c>>, Failure> {
    if case.releases.is_empty() {
        return Ok(Vec::new());
    }
    let mut cache = open::cache(&open.repository);
    let accounts = accounts(&open.repository, case, &mut cache.entries)?;
    cache.save();
    Ok(accounts)
}

fn print(account: &Account<'_>) {
    let (good, bad, dim) = (style::GOOD, style::BAD, style::DIM);
    let release = &account.release.value;
    let to = printable_line(&texts(&release.to).join(", "));
    let reason = release.reason.as_ref().map(|reason| format!(": {}", printable_line(reason.as_str())));
    outln!(
        "{}  {} to {to}, of commit {}, by {}{}",
        release.at,
        release.audience,
        release.commit.short(),
        release.by,
        reason.unwrap_or_default()
    );
    outln!("  {dim}{}{dim:#}", account.release.path);
    if !account.is_owed() {
        let why = if account.to.is_empty() { "settled: they have a later one" } else { "what it tells holds" };
        return outln!("  {good}{why}{good:#}");
    }
    let owed = printable_line(&names(&account.to));
    outln!("  {bad}owed a correction{bad:#}: {owed}");
    lines(account).iter().for_each(|line| outln!("    {}", printable_line(line)));
    outln!("  {dim}help:{dim:#} `{}`", printable_line(&settle(account)));
    if let Debt::Corrections(_) = account.debt {
        outln!(
            "        once the correction is committed; or have somebody do it: `{}`",
            printable_line(&delegate(account))
        );
    }
}

/// What they were told and holds no longer, one line for each.
pub fn lines(account: &Account<'_>) -> Vec<String> {
    let release = &account.release.value;
    match &account.debt {
        Debt::NotHere => vec![format!("nobody can say here: commit {} is not in this clone", release.commit.short())],
        Debt::NoAudience => vec![format!("commit {} has no audience `{}`", release.commit.short(), release.audience)],
        Debt::Corrections(all) => {
            all.iter().map(|one| format!("{} “{}” {}", one.entry, one.title, one.change)).collect()
        }
    }
}

/// What settles it: the report of a later commit, which says what is new.
pub fn settle(account: &Account<'_>) -> String {
    let release = &account.release.value;
    let to: String = account.to.iter().map(|who| format!(" --to {}", shell_word(who.as_str()))).collect();
    match account.debt {
        Debt::NotHere => format!("git fetch origin {}", release.commit),
        Debt::NoAudience => format!("casebook report --list --rev {}", release.commit),
        Debt::Corrections(_) => format!("casebook release {}{to} --since {}", release.audience, release.commit.short()),
    }
}

/// What makes it an action of the case.
fn delegate(account: &Account<'_>) -> String {
    let title =
        format!("Give {} a correction of the report for {}", names(&account.to), account.release.value.audience);
    format!("casebook new action {} --set priority=high", shell_word(&title))
}

/// The recipients in a line.
pub fn names(to: &[&Line]) -> String {
    to.iter().map(|who| who.as_str()).collect::<Vec<_>>().join(", ")
}

fn texts(to: &[Line]) -> Vec<&str> {
    to.iter().map(Line::as_str).collect()
}

/// A release, and what its recipients are owed.
pub fn as_json(account: &Account<'_>) -> Value {
    let release = &account.release.value;
    let (corrections, unknown) = match &account.debt {
        Debt::Corrections(all) => (all.as_slice(), None),
        Debt::NotHere => (&[][..], Some("commit-not-here")),
        Debt::NoAudience => (&[][..], Some("no-such-audience")),
    };
    json!({
        "release": account.release.path.as_str(),
        "audience": release.audience.as_str(),
        "to": texts(&release.to),
        "at": release.at.to_toml(),
        "by": release.by.as_str(),
        "commit": release.commit.as_str(),
        "since": release.since.as_ref().map(CommitId::as_str),
        "reason": release.reason.as_ref().map(Line::as_str),
        "files": release.files.iter().map(|file| json!({ "name": file.name.as_str(), "sha256": file.sha256 })).collect::<Value>(),
        "is_owed": account.is_owed(),
        "owed_to": account.to.iter().filter(|_| account.is_owed()).map(|who| who.as_str()).collect::<Vec<_>>(),
        "corrections": corrections.iter().map(|one| json!({
            "entry": one.entry.to_string(), "title": one.title, "change": one.change.to_string(),
        })).collect::<Value>(),
        "unknown": unknown,
    })
}
