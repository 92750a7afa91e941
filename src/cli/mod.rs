//! The command line: one file per command, each arguments, one call, printing.

#[macro_use]
mod output;
mod audit;
mod browse;
mod check;
mod cite;
mod completions;
mod content;
mod demo;
mod diff;
mod doctor;
mod duties;
mod editor;
pub mod evidence;
mod explain;
mod export;
mod fields;
mod fmt;
mod hook;
pub mod identity;
pub mod ids;
mod import;
mod init;
mod links;
mod list;
pub mod manual;
mod markdown;
mod merge_driver;
mod metrics;
mod new;
mod notices;
pub mod open;
mod patience;
mod pr;
mod promote;
mod propose;
mod publish;
mod receive;
mod release;
mod report;
mod resolve;
mod schema;
mod search;
mod serve;
mod set;
mod show;
mod sign;
mod signoffs;
mod status;
mod style;
mod table;
mod terminal;
mod timeline;
mod timestamp;
mod wanted;

pub use terminal::Surroundings;

use crate::disk::intake::is_unfinished;
use crate::store::StoreError;
use crate::tree::TreeError;
use crate::values::Malformed;
use clap::error::{ContextKind, ContextValue};
use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Incidents as code: one security incident is one Git repository.
#[derive(Parser)]
#[command(name = "casebook", version, arg_required_else_help = true, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,

    /// Work as if started in this folder.
    #[arg(short = 'C', long, global = true, value_name = "FOLDER", display_order = 900)]
    directory: Option<std::path::PathBuf>,

    /// When to use colour; NO_COLOR is honoured.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", display_order = 901)]
    color: clap::ColorChoice,
}

#[derive(Subcommand)]
enum Command {
    Init(init::Arguments),
    New(new::Arguments),
    Set(set::Arguments),
    Fmt(fmt::Arguments),
    Check(check::Arguments),
    Audit(audit::Arguments),
    Diff(diff::Arguments),
    Pr(pr::Arguments),
    Cite(cite::Arguments),
    List(list::Arguments),
    Show(show::Arguments),
    Status(status::Arguments),
    Duties(duties::Arguments),
    Search(search::Arguments),
    Timeline(timeline::Arguments),
    Import(Box<import::Arguments>),
    Promote(promote::Arguments),
    Propose(propose::Arguments),
    Resolve(resolve::Arguments),
    Doctor(doctor::Arguments),
    Evidence(evidence::Arguments),
    Sign(sign::Arguments),
    Signoffs(signoffs::Arguments),
    Timestamp(timestamp::Arguments),
    Explain(explain::Arguments),
    Hook(hook::Arguments),
    Schema(schema::Arguments),
    Report(report::Arguments),
    Serve(serve::Arguments),
    Release(release::Arguments),
    Publish(publish::Arguments),
    Notify(notices::Arguments),
    Metrics(metrics::Arguments),
    Export(export::Arguments),
    Completions(completions::Arguments),
    Demo(demo::Arguments),
    MergeDriver(merge_driver::Arguments),
}

/// How to print what people and scripts both read.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    Text,
    Json,
}

/// How a command ended when it could run: exit code 0 or 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// Everything is as it should be.
    Sound,
    /// There are problems, and they have been printed.
    Problems,
}

/// Why a command could not run: exit code 2.
#[derive(Clone, Debug)]
pub struct Failure {
    pub message: String,
    /// What to type next.
    pub help: Option<String>,
}

impl Failure {
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None }
    }

    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl From<crate::git::GitError> for Failure {
    fn from(error: crate::git::GitError) -> Self {
        Self { message: error.to_string(), help: error.help() }
    }
}

impl From<crate::hook::HookError> for Failure {
    fn from(error: crate::hook::HookError) -> Self {
        Self { message: error.to_string(), help: error.help() }
    }
}

impl From<crate::publish::PublishError> for Failure {
    fn from(error: crate::publish::PublishError) -> Self {
        Self { message: error.to_string(), help: error.help() }
    }
}

impl From<crate::release::ReleaseError> for Failure {
    fn from(error: crate::release::ReleaseError) -> Self {
        match error {
            crate::release::ReleaseError::Git(error) => error.into(),
            crate::release::ReleaseError::Tree(error) => error.into(),
        }
    }
}

impl From<crate::notice::NoticeError> for Failure {
    fn from(error: crate::notice::NoticeError) -> Self {
        Self { message: error.to_string(), help: error.help() }
    }
}

impl From<TreeError> for Failure {
    fn from(error: TreeError) -> Self {
        let failure = Self::new(error.to_string());
        match &error {
            TreeError::Unreadable { path, .. } => failure
                .help(format!("may you read it? `ls -ld {0}` shows who may, `chmod u+rX {0}` lets you", path.quoted())),
            TreeError::Changed(_) => failure.help("wait until what writes to it is done, then type it again"),
            _ => failure,
        }
    }
}

impl From<Malformed> for Failure {
    fn from(wrong: Malformed) -> Self {
        Self { message: wrong.message, help: wrong.help }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Io(error) => error.into(),
            error => Self { message: error.to_string(), help: error.help() },
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        use std::io::ErrorKind as Kind;
        let failure = Self::new(error.to_string());
        if is_unfinished(&error) {
            return failure
                .help("mend that, such as by freeing some space; `casebook evidence list` then puts it there");
        }
        match error.kind() {
            Kind::StorageFull | Kind::QuotaExceeded => failure.help("free some space on that disk, then type it again"),
            Kind::PermissionDenied | Kind::ReadOnlyFilesystem => {
                failure.help("`ls -ld` on that path shows who may write there; choose another path, or ask its owner")
            }
            _ => failure,
        }
    }
}

/// Runs the command line of this process.
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return misused(&error),
    };
    terminal::choose_colour(cli.color);
    let surroundings = match Surroundings::of_process(cli.directory) {
        Ok(surroundings) => surroundings,
        Err(failure) => return report(&failure),
    };
    let ended = match cli.command {
        Command::Init(arguments) => init::run(&arguments, &surroundings),
        Command::New(arguments) => new::run(&arguments, &surroundings),
        Command::Set(arguments) => set::run(&arguments, &surroundings),
        Command::Fmt(arguments) => fmt::run(&arguments, &surroundings),
        Command::Audit(arguments) => audit::run(&arguments, &surroundings),
        Command::Check(arguments) => check::run(&arguments, &surroundings),
        Command::Diff(arguments) => diff::run(&arguments, &surroundings),
        Command::Pr(arguments) => pr::run(&arguments, &surroundings),
        Command::Cite(arguments) => cite::run(&arguments, &surroundings),
        Command::List(arguments) => list::run(&arguments, &surroundings),
        Command::Show(arguments) => show::run(&arguments, &surroundings),
        Command::Status(arguments) => status::run(&arguments, &surroundings),
        Command::Duties(arguments) => duties::run(&arguments, &surroundings),
        Command::Search(arguments) => search::run(&arguments, &surroundings),
        Command::Timeline(arguments) => timeline::run(&arguments, &surroundings),
        Command::Import(arguments) => import::run(&arguments, &surroundings),
        Command::Promote(arguments) => promote::run(&arguments, &surroundings),
        Command::Propose(arguments) => propose::run(&arguments, &surroundings),
        Command::Resolve(arguments) => resolve::run(&arguments, &surroundings),
        Command::Doctor(arguments) => doctor::run(&arguments, &surroundings),
        Command::Evidence(arguments) => evidence::run(&arguments, &surroundings),
        Command::Sign(arguments) => sign::run(&arguments, &surroundings),
        Command::Signoffs(arguments) => signoffs::run(&arguments, &surroundings),
        Command::Timestamp(arguments) => timestamp::run(&arguments, &surroundings),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Hook(arguments) => hook::run(&arguments, &surroundings),
        Command::Schema(arguments) => schema::run(&arguments),
        Command::Report(arguments) => report::run(&arguments, &surroundings),
        Command::Serve(arguments) => serve::run(&arguments, &surroundings),
        Command::Release(arguments) => release::run(&arguments, &surroundings),
        Command::Publish(arguments) => publish::run(&arguments, &surroundings),
        Command::Notify(arguments) => notices::run(&arguments, &surroundings),
        Command::Metrics(arguments) => metrics::run(&arguments, &surroundings),
        Command::Export(arguments) => export::run(&arguments, &surroundings),
        Command::Completions(arguments) => completions::run(&arguments),
        Command::Demo(arguments) => demo::run(&arguments, &surroundings),
        Command::MergeDriver(arguments) => merge_driver::run(&arguments, &surroundings),
    };
    let ended = ended.and_then(|outcome| output::finish().map(|()| outcome));
    match ended {
        Ok(Outcome::Sound) => ExitCode::SUCCESS,
        Ok(Outcome::Problems) => ExitCode::from(1),
        Err(failure) => report(&failure),
    }
}

/// Says what is wrong with the command line. A value of ours that was misspelt brings its own help.
fn misused(error: &clap::Error) -> ExitCode {
    let value = std::error::Error::source(error).and_then(|source| source.downcast_ref::<Malformed>());
    if let (Some(Malformed { message, help: Some(help) }), Some(ContextValue::String(argument))) =
        (value, error.get(ContextKind::InvalidArg))
    {
        return report(&Failure::new(format!("{argument}: {message}")).help(help));
    }
    let _ = error.print();
    ExitCode::from(if error.use_stderr() { 2 } else { 0 })
}

fn report(failure: &Failure) -> ExitCode {
    terminal::print_failure(failure);
    ExitCode::from(2)
}
