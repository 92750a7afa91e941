//! `casebook timestamp create`: a time stamp over a commit.

use super::super::evidence::gate;
use super::super::open::{self, Open};
use super::super::{Failure, Outcome, Surroundings, style};
use super::certificates;
use crate::diagnostic::render::printable;
use crate::disk::intake::Intake;
use crate::evidence::timestamp::{self, Statement, statement_path, token, token_path};
use crate::load::{self, NoMemory};
use crate::net::http::without_secrets;
use crate::tree::Tree;
use clap::Args;
use std::path::PathBuf;
use std::time::Duration;

/// Have an authority vouch that a commit and all its evidence existed at this time (RFC 3161).
///
/// It is sent the digest of a statement that names the case, the commit, its tree and its evidence root, and nothing else.
/// Statement and token are written into the folder timestamps of the case, to be committed with the next change.
#[derive(Args)]
#[command(after_help = "\
Examples:
  casebook timestamp create
  casebook timestamp create --rev v1.2 --authority https://freetsa.org/tsr --certificates freetsa-cacert.pem

The answer is verified by the certificates before it is kept. `openssl` must be installed.

Exit codes: 0 stamped, 2 nothing was written.")]
pub struct Arguments {
    /// The commit.
    #[arg(long, value_name = "REVISION", default_value = "HEAD")]
    rev: String,

    /// The address of the authority; what `git config casebook.timestampAuthority` says where it is not given.
    #[arg(long, value_name = "URL", env = "CASEBOOK_TIMESTAMP_AUTHORITY", hide_env_values = true)]
    authority: Option<String>,

    /// A file with the authority's certificates in PEM; what `git config casebook.timestampCertificates` says where it is
    /// not given.
    #[arg(long, value_name = "FILE", env = "CASEBOOK_TIMESTAMP_CERTIFICATES", hide_env_values = true)]
    certificates: Option<PathBuf>,

    /// How many seconds the authority may take to answer.
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    timeout: u64,
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let open = Open::here(surroundings)?;
    let authority = arguments.authority.clone().or_else(|| open.repository.config("casebook.timestampAuthority"));
    let authority = authority.ok_or_else(|| {
        Failure::new("no time-stamp authority is named").help(
            "type `git config --global casebook.timestampAuthority URL`, or add `--authority URL`; `https://freetsa.org/tsr` is one",
        )
    })?;
    let certificates = certificates(arguments.certificates.as_ref(), &open, surroundings)?;
    let statement = statement(&arguments.rev, &open)?;
    let text = statement.to_string();
    let name = timestamp::name_of(text.as_bytes());
    let paths = [statement_path(&name), token_path(&name)];
    if let Some(path) = paths.iter().find(|path| open.tree().node(path).is_some()) {
        return Err(Failure::new(format!("commit {} is stamped already: `{path}`", statement.0.commit))
            .help(format!("check it with `casebook timestamp verify {}`", &statement.0.commit[..12])));
    }
    let (token, vouched) =
        token::ask(text.as_bytes(), &authority, &certificates, Duration::from_secs(arguments.timeout))?;
    write(&open, &paths.map(|path| path.to_string()), [text.as_bytes(), &token])?;
    let bold = style::BOLD;
    outln!("{bold}{}{bold:#}: {} saw commit {}", vouched.at, without_secrets(&authority), statement.0.commit);
    if let Some(authority) = &vouched.authority {
        outln!("  it calls itself {}", printable(authority));
    }
    outln!("  statement  {}", statement_path(&name));
    outln!("  token      {}", token_path(&name));
    let new_line = "timestamps/** -text";
    if open.repository.attribute(paths_of_tokens(), "text").as_deref() != Some("unset") {
        outln!("  append the line `{new_line}` to .gitattributes, or Git may change the token");
    }
    outln!("next: git add timestamps && git commit -m \"Time stamp of {}\"", &statement.0.commit[..12]);
    Ok(Outcome::Sound)
}

fn paths_of_tokens() -> &'static str {
    "timestamps/0000000000000000.tsr"
}

/// What is to be vouched for.
fn statement(revision: &str, open: &Open) -> Result<Statement, Failure> {
    let commit = open.repository.resolve(revision)?;
    let tree = open.repository.tree(commit.tree);
    open::demand_case(&tree)?;
    let (case, _) = load::load(&tree, &mut NoMemory)?;
    let statement = Statement(open::subject(&case, &commit, &tree)?);
    match statement.to_string().parse::<Statement>() {
        Ok(read) if read == statement => Ok(statement),
        _ => Err(Failure::new("the id of the case has characters that no statement can hold")
            .help("`casebook check` shows them; `casebook set case id=…` changes the id")),
    }
}

/// Writes both files, or none.
fn write(open: &Open, paths: &[String; 2], contents: [&[u8]; 2]) -> Result<(), Failure> {
    let mut names = (0..).map(|number: u32| format!("timestamp-{number}"));
    let (intake, _) = Intake::begin(&open.top, &gate(open), || names.next().unwrap_or_default())?;
    for (path, content) in paths.iter().zip(contents) {
        intake.write(path, content)?;
    }
    intake.publish(|| Ok(()))
}
