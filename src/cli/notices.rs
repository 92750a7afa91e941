//! `casebook notify`: who hears what of a change, and sending it.

use super::{Failure, Outcome, Surroundings, open, style};
use crate::diagnostic::render::printable_line;
use crate::diff::json::text as safe_json;
use crate::git::{Commit, Repo};
use crate::hook::receive::Settings;
use crate::notice::apply::{Applied, Order, Start};
use crate::notice::channel::Channels;
use crate::notice::ledger::{Ledger, Parcel};
use crate::notice::{self, Notice, Plan, Withheld, json, markdown};
use crate::report::marking_words;
use crate::values::Span;
use crate::values::wording::counted;
use clap::{Args, Subcommand};
use std::time::{Duration, Instant};

/// Tell people what concerns them, as soon as it is committed: by the routes of policy.toml.
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    Plan(PlanArguments),
    Apply(ApplyArguments),
}

/// Show who would hear what of a change, and send nothing.
///
/// The plan is a function of the two commits and of the time: the same anywhere. What an audience may not be told, or not yet, is
/// listed with the reason. A plan is made by the routes, audiences and markings of policy.toml in the later commit.
#[derive(Args)]
#[command(after_help = "\
Examples:
  casebook notify plan                         what the last commit tells, and whom
  casebook notify plan main..HEAD              what a branch would tell
  casebook notify plan main..HEAD --format md  a comment for a pull request
  casebook notify plan v1 --text               all of a commit, as if it were new, with every text

Exit codes: 0 planned, 1 the gate holds something back, or nobody may be told it yet, 2 could not plan.")]
struct PlanArguments {
    /// `A..B`, or `B` for all of that commit; the last commit against the one before where nothing is said.
    #[arg(value_name = "COMMITS")]
    commits: Option<String>,

    /// Print every text as it would be sent.
    #[arg(long)]
    text: bool,

    /// How to print it.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// Markdown for a comment or a summary.
    Md,
    /// For scripts.
    Json,
}

/// Send what is new on the protected branch, and what could not be sent before.
///
/// What is to be sent is first put into the ledger, on the branch `casebook-notices`; each notice leaves it when its channel has taken
/// it, with a receipt. Whatever happens in between, the next `apply` goes on from there, and sends nothing twice that it knows to have
/// arrived. Where a channel leads, the configuration of Git says here: `casebook.channel.NAME.type` and what it asks for. As long as
/// none is configured, notices become files in the repository's own folder.
#[derive(Args)]
#[command(after_help = "\
Examples:
  casebook notify apply                         everything that is new, everything that is due
  casebook notify apply --dry-run               what would be sent
  casebook notify apply --all                   the first time: tell all of a case that is there already
  git config casebook.channel.legal-mail.type file
  git config casebook.channel.legal-mail.folder /var/spool/casebook/legal
  git config casebook.channel.legal-mail.tlp amber
  git config casebook.channel.hook.type webhook
  git config casebook.channel.hook.url https://receiver.example/casebook
  git config casebook.channel.hook.secret CASEBOOK_HOOK_SECRET      the variable that holds `whsec_…`

Exit codes: 0 everything is sent, 1 something is held back or waits to be sent again, 2 could not run.")]
struct ApplyArguments {
    /// The commit up to which the case is told; the last one of the protected branch where nothing is said.
    #[arg(long, value_name = "REVISION")]
    rev: Option<String>,

    /// Where nothing was ever told: tell what came after this commit.
    #[arg(long, value_name = "REVISION", conflicts_with = "all")]
    since: Option<String>,

    /// Where nothing was ever told: tell all of the case.
    #[arg(long)]
    all: bool,

    /// Try again at once what could not be sent.
    #[arg(long)]
    retry: bool,

    /// Go on trying what could not be sent for so long, such as `10m`.
    #[arg(long, value_name = "TIME", conflicts_with = "dry_run")]
    wait: Option<Span>,

    /// Say what would be sent, and send nothing.
    #[arg(long)]
    dry_run: bool,

    /// How to print it.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: super::Format,
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    match &arguments.verb {
        Verb::Plan(arguments) => plan(arguments, surroundings),
        Verb::Apply(arguments) => apply(arguments, surroundings),
    }
}

fn plan(arguments: &PlanArguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let repository = surroundings.repository()?;
    let (before, after) = ends(&repository, arguments.commits.as_deref())?;
    open::demand_case(&repository.tree(after.tree))?;
    let mut cache = open::cache(&repository);
    let plan = notice::plan(
        &repository,
        &mut cache.entries,
        before.as_ref(),
        &after,
        &notice::Past::default(),
        surroundings.now,
    )?;
    cache.save();
    match arguments.format {
        Format::Json => outln!("{}", safe_json(&json::write(&plan))),
        Format::Md => out!("{}", markdown::write(&heading(before.as_ref(), &after), &plan)),
        Format::Text => print(&plan, arguments.text),
    }
    Ok(if plan.withheld.is_empty() { Outcome::Sound } else { Outcome::Problems })
}

/// How long to wait for another casebook that sends. It sends what came meanwhile, too.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long a run that waits sleeps at least and at most, before it looks what is due and what came.
const SHORTEST: Duration = Duration::from_millis(200);
const LONGEST: Duration = Duration::from_secs(30);

fn apply(arguments: &ApplyArguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let variables = surroundings.git_variables();
    let repository = match variables.dir {
        true => Repo::from_environment(&variables, &surroundings.folder)?,
        false => surroundings.repository()?,
    };
    let environment = |name: &str| surroundings.variable(name);
    let channels = Channels::of(&repository, &environment).map_err(|wrong| {
        Failure::new(wrong.to_string()).help(format!(
            "`git config {0} VALUE` sets it, `git config --show-origin --get-all {0}` shows where it is",
            wrong.name
        ))
    })?;
    let start = match (&arguments.since, arguments.all) {
        (Some(revision), _) => Start::After(repository.resolve(revision)?),
        (None, true) => Start::Everything,
        (None, false) => Start::Here,
    };
    warn_of_beginning(&start, &repository)?;
    let wait = arguments.wait.map_or(0, |wait| u64::try_from(wait.0).unwrap_or_default());
    let end = Instant::now() + Duration::from_secs(wait);
    let mut cache = open::cache(&repository);
    let is_text = arguments.format == super::Format::Text;
    let mut all = Applied::default();
    let applied = loop {
        // What came while this one waited is told, too.
        let tip = tip(arguments.rev.as_deref(), &repository)?;
        open::demand_case(&repository.tree(tip.tree))?;
        let order = Order {
            tip: &tip,
            start: &start,
            channels: &channels,
            retry: arguments.retry,
            dry: arguments.dry_run,
            patience: PATIENCE.max(Duration::from_secs(wait)),
            clock: &|| surroundings.clock(),
        };
        let applied = notice::apply::apply(&repository, &mut cache.entries, &order, &mut |parcel| {
            if is_text {
                print_parcel(parcel);
            }
        })?;
        let next = applied.next();
        all.add(applied);
        let Some(next) = next.filter(|_| Instant::now() < end) else { break all };
        let pause = Duration::try_from(next.duration_since(surroundings.clock())).unwrap_or_default();
        std::thread::sleep(pause.clamp(SHORTEST, LONGEST).min(end.saturating_duration_since(Instant::now())));
    };
    cache.save();
    match arguments.format {
        super::Format::Json => outln!("{}", safe_json(&json::applied(&applied))),
        super::Format::Text => print_applied(&applied, arguments.dry_run),
    }
    let is_done = applied.withheld.is_empty() && (applied.pending.is_empty() || arguments.dry_run);
    Ok(if is_done { Outcome::Sound } else { Outcome::Problems })
}

/// Says that a beginning is of no use where the case was told before.
fn warn_of_beginning(start: &Start, repository: &Repo) -> Result<(), Failure> {
    let option = match start {
        Start::Here => return Ok(()),
        Start::Everything => "--all",
        Start::After(_) => "--since",
    };
    if let Some(state) = Ledger::open(repository)?.state {
        let warn = style::WARN;
        let told: String = state.applied.chars().take(12).collect();
        errln!("{warn}`{option}` changes nothing{warn:#}: the case is told up to {told}; what came after that is told");
    }
    Ok(())
}

/// The commit up to which a case is told: the last of the protected branch, or of HEAD in a clone where no branch is named.
fn tip(revision: Option<&str>, repository: &Repo) -> Result<Commit, Failure> {
    if let Some(revision) = revision {
        return Ok(repository.resolve(revision)?);
    }
    let settings = Settings::of(repository).map_err(Failure::new)?;
    let of_head = repository.head_ref().filter(|reference| settings.protected.contains(reference));
    match of_head.or_else(|| settings.protected.first().cloned()) {
        Some(reference) => {
            let tip = repository.tip(&reference)?;
            tip.ok_or_else(|| {
                Failure::new(format!("`{reference}` is protected, and is not there"))
                    .help("make the first commit, or name the branch that is: `git config casebook.protected BRANCH`")
            })
        }
        None => Ok(repository.resolve("HEAD")?),
    }
}

fn print_applied(applied: &Applied, dry: bool) {
    if applied.begins {
        outln!("nothing was told before: what is committed from now on is told (`--all` tells what is there, too)");
    }
    applied.withheld.iter().for_each(print_withheld);
    // Those that were tried have said so already.
    applied.waiting().for_each(print_parcel);
    if dry {
        applied.pending.iter().for_each(|parcel| print_notices(std::slice::from_ref(&parcel.notice), false));
        outln!("{} would be sent", counted(applied.pending.len(), "notice"));
        return;
    }
    let pending = match applied.pending.len() {
        0 => String::new(),
        number => format!(", {number} to be sent again"),
    };
    outln!("{} sent{pending}", counted(applied.sent.len(), "notice"));
}

fn print_parcel(parcel: &Parcel) {
    let (good, bad, dim) = (style::GOOD, style::BAD, style::DIM);
    let notice = &parcel.notice;
    let subject = printable_line(&notice.message.subject);
    match (&parcel.receipt, parcel.failures.last()) {
        (Some(receipt), _) => {
            outln!(
                "{good}sent{good:#} {}: {subject}  {dim}{} {}{dim:#}",
                notice.channel,
                printable_line(&receipt.to),
                printable_line(&receipt.answer)
            );
        }
        (None, failed) => {
            errln!("{bad}not sent{bad:#} {}: {subject}", notice.channel);
            let why = failed.map(|failed| printable_line(&failed.why)).unwrap_or_default();
            let next = parcel.next().map(|next| format!(", again after {next}")).unwrap_or_default();
            errln!("    {why}{next}");
        }
    }
}

/// What was typed: two commits, or one, or none.
fn ends(repository: &Repo, commits: Option<&str>) -> Result<(Option<Commit>, Commit), Failure> {
    match commits {
        None => Ok((repository.resolve("HEAD^").ok(), repository.resolve("HEAD")?)),
        Some(range) if range.contains("..") => {
            let (before, after) = repository.ends(range)?;
            // What came to the other branch meanwhile is none of this one's doing.
            let base = before.map(|before| repository.merge_base(before.id, after.id)).transpose()?.flatten();
            Ok((base.and_then(|base| repository.find(base)), after))
        }
        Some(revision) => Ok((None, repository.resolve(revision)?)),
    }
}

fn heading(before: Option<&Commit>, after: &Commit) -> String {
    match before {
        Some(before) => format!("Who hears of `{}..{}`", before.short(), after.short()),
        None => format!("Who hears of `{}`", after.short()),
    }
}

fn print(plan: &Plan, whole: bool) {
    if !plan.has_routes {
        let commit: String = plan.after.chars().take(12).collect();
        outln!("nobody is told anything: policy.toml of commit {commit} has no `[[routes]]`");
        return;
    }
    if plan.notices.is_empty() && plan.withheld.is_empty() {
        outln!("nobody is told anything: no route of policy.toml leads to what is new");
        return;
    }
    // What goes through several channels is shown once.
    let is_same = |one: &Notice, next: &Notice| (&one.route, &one.message) == (&next.route, &next.message);
    plan.notices.chunk_by(is_same).for_each(|notices| print_notices(notices, whole));
    plan.withheld.iter().for_each(print_withheld);
    let withheld = match plan.withheld.len() {
        0 => String::new(),
        number => format!(", {number} not told, or not yet"),
    };
    outln!("{}{withheld}", counted(plan.notices.len(), "notice"));
}

fn print_notices(notices: &[Notice], whole: bool) {
    let Some(notice) = notices.first() else { return };
    let channels: Vec<&str> = notices.iter().map(|notice| notice.channel.as_str()).collect();
    let (name, dim) = (style::NAME, style::DIM);
    outln!(
        "{name}{}{name:#} through {}: {}  {dim}{} {}{dim:#}",
        notice.audience,
        channels.join(", "),
        printable_line(&notice.message.subject),
        marking_words(notice.marking),
        printable_line(&notice.about)
    );
    if whole {
        for line in notice.text().lines() {
            outln!("    {}", printable_line(line));
        }
    }
}

fn print_withheld(withheld: &Withheld) {
    let (warn, dim) = (style::WARN, style::DIM);
    outln!(
        "{warn}not told{warn:#}: {} of {} {dim}(route {}){dim:#}",
        withheld.audience,
        printable_line(&withheld.about),
        withheld.route
    );
    for reason in &withheld.reasons {
        outln!("    {}", printable_line(reason));
    }
}
