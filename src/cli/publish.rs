//! `casebook publish`: the reports of the protected branch, to those for whom they are.

use super::{Failure, Format, Outcome, Surroundings, open, style};
use crate::diagnostic::render::{printable, printable_line};
use crate::git::Repo;
use crate::hook::receive::Settings;
use crate::publish::{self, Delivery, Done, Order, Publication, PublishError, Reason, Refusal, Routes};
use crate::values::Handle;
use crate::values::wording::counted;
use clap::Args;
use serde_json::{Value, json};

/// Publish the reports of the protected branch: to the branch `casebook-reports`, and to the repositories of audiences that may not
/// see the case.
///
/// Where reports go, the configuration of Git says in the repository that publishes: `casebook.publish` names audiences for the branch,
/// `casebook.publish.AUDIENCE.remote` a repository. The commit is the same wherever it is made. A report that does not pass the gate of
/// `casebook report` is not published.
#[derive(Args)]
#[command(after_help = "\
Examples:
  git config casebook.protected main
  git config --add casebook.publish team
  git config casebook.publish.board.remote git@example.org:board/reports.git
  casebook publish                        everything that is configured
  casebook publish board --dry-run        may the board be told, and what would be done?
  casebook publish --rev v1               a commit of the protected branch that is not its last

Exit codes: 0 everything is published, 1 an audience may not be told, 2 something could not be published.")]
pub struct Arguments {
    /// The audiences; all that are configured where none is named.
    #[arg(value_name = "AUDIENCE")]
    audiences: Vec<Handle>,

    /// The commit, which is on a protected branch; the last one of that where nothing is said.
    #[arg(long, value_name = "REVISION")]
    rev: Option<String>,

    /// Say what would be done, and publish nothing.
    #[arg(long)]
    dry_run: bool,

    /// How to print it.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let variables = surroundings.git_variables();
    let repository = match variables.dir {
        true => Repo::from_environment(&variables, &surroundings.folder)?,
        false => surroundings.repository()?,
    };
    show(&publication(arguments, surroundings, &repository)?, arguments)
}

fn publication(arguments: &Arguments, surroundings: &Surroundings, repository: &Repo) -> Result<Publication, Failure> {
    let settings = Settings::of(repository).map_err(Failure::new)?;
    if repository.work_tree().is_some() && repository.configs("casebook.protected").is_empty() {
        return Err(PublishError::NothingProtected.into());
    }
    let routes = Routes::of(repository)?.to(&arguments.audiences)?;
    let source = arguments.rev.as_ref().map(|revision| repository.resolve(revision)).transpose()?;
    let order = Order {
        protected: &settings.protected,
        source,
        routes: &routes,
        dry: arguments.dry_run,
        now: surroundings.now,
    };
    let mut cache = open::cache(repository);
    let publication = publish::publish(repository, &mut cache.entries, &order)?;
    cache.save();
    Ok(publication)
}

fn show(publication: &Publication, arguments: &Arguments) -> Result<Outcome, Failure> {
    match arguments.format {
        Format::Json => outln!("{:#}", as_json(publication)),
        Format::Text => {
            for delivery in &publication.deliveries {
                print(publication, delivery, arguments.dry_run);
            }
        }
    }
    if publication.has_failed() {
        return Err(Failure::new("not everything could be published"));
    }
    Ok(if publication.is_refused() { Outcome::Problems } else { Outcome::Sound })
}

fn print(publication: &Publication, delivery: &Delivery, dry: bool) {
    let source = short(&publication.source.id.to_string());
    let to = printable_line(&delivery.to);
    let (bad, dim) = (style::BAD, style::DIM);
    match &delivery.done {
        Ok(Done::Published(_)) if dry => outln!("{to}: would be published, from {source}"),
        Ok(Done::Published(commit)) => outln!("{to}: published {} from {source}", short(&commit.to_string())),
        Ok(Done::Unchanged(commit)) => outln!("{to}: unchanged, {} is of {source}", short(&commit.to_string())),
        Ok(Done::Newer(commit)) => {
            outln!("{to}: newer than {source} is published already ({})", short(&commit.to_string()))
        }
        Ok(Done::Refused) => outln!("{to}: nothing was published of {source}"),
        Err(error) => {
            errln!("{bad}error{bad:#}: {to}: {}", printable(&error.to_string()));
            if let Some(help) = error.help() {
                errln!("  {dim}help:{dim:#} {}", printable(&help));
            }
        }
    }
    for (audience, refusals) in &delivery.refused {
        refusals.iter().for_each(|refusal| print_refusal(publication, audience, refusal));
    }
}

/// How many entries are listed: the log of a server must not grow with the case.
const LISTED: usize = 50;

fn print_refusal(publication: &Publication, audience: &str, refusal: &Refusal) {
    let (bad, dim) = (style::BAD, style::DIM);
    errln!("{bad}refused{bad:#}: `{audience}` is not told: {}", reason(refusal));
    for found in refusal.found.iter().take(LISTED) {
        errln!("  {}", printable_line(&found.says));
        errln!("    {dim}help:{dim:#} {}", printable_line(&found.help));
    }
    if refusal.found.len() > LISTED {
        errln!("  and {} more: `casebook publish --dry-run --format json` has them all", refusal.found.len() - LISTED);
    }
    errln!("  {dim}help:{dim:#} {}", help(publication, refusal));
}

fn reason(refusal: &Refusal) -> String {
    match refusal.reason {
        Reason::NoCase => "there is no case in this commit".to_owned(),
        Reason::Unsound(errors) => format!("the case has {}", counted(errors, "error")),
        Reason::NoSuchAudience => "the case has no such audience".to_owned(),
        Reason::Gate => format!("its report is held back for {}", counted(refusal.found.len(), "reason")),
    }
}

fn help(publication: &Publication, refusal: &Refusal) -> String {
    let source = short(&publication.source.id.to_string());
    match refusal.reason {
        Reason::NoCase => "commit the case first".to_owned(),
        Reason::Unsound(_) => format!("`casebook check --rev {source}` shows them"),
        Reason::NoSuchAudience => "add `[[audiences]]` with this `handle` to policy.toml".to_owned(),
        Reason::Gate => "commit and push what mends it".to_owned(),
    }
}

fn short(id: &str) -> String {
    id.chars().take(12).collect()
}

fn as_json(publication: &Publication) -> Value {
    let delivery = |delivery: &Delivery| {
        let (result, commit) = match &delivery.done {
            Ok(Done::Published(commit)) => ("published", Some(commit)),
            Ok(Done::Unchanged(commit)) => ("unchanged", Some(commit)),
            Ok(Done::Newer(commit)) => ("newer", Some(commit)),
            Ok(Done::Refused) => ("refused", None),
            Err(_) => ("failed", None),
        };
        json!({
            "to": delivery.to, "separate": delivery.separate, "result": result, "commit": commit.map(ToString::to_string),
            "error": delivery.done.as_ref().err().map(ToString::to_string),
            "refused": delivery.refused.iter().map(|(audience, refusals)| json!({
                "audience": audience, "refusals": refusals.iter().map(refusal_as_json).collect::<Vec<_>>(),
            })).collect::<Vec<_>>(),
        })
    };
    json!({
        "source": publication.source.id.to_string(),
        "deliveries": publication.deliveries.iter().map(delivery).collect::<Vec<_>>(),
    })
}

fn refusal_as_json(refusal: &Refusal) -> Value {
    let slug = match refusal.reason {
        Reason::NoCase => "no-case",
        Reason::Unsound(_) => "unsound",
        Reason::NoSuchAudience => "no-such-audience",
        Reason::Gate => "gate",
    };
    let found = refusal.found.iter();
    json!({
        "reason": slug, "message": reason(refusal),
        "found": found.map(|one| json!({ "entry": one.entry.map(|id| id.to_string()), "says": one.says, "help": one.help })).collect::<Vec<_>>(),
    })
}
