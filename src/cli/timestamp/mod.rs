//! `casebook timestamp`: has an authority that takes no side vouch for a commit, and checks what it said.

mod create;
mod verify;

use super::open::Open;
use super::{Failure, Outcome, Surroundings};
use crate::evidence::timestamp::token::TokenError;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Have an authority vouch that a commit and its evidence existed at a time, and check what it said.
#[derive(Args)]
#[command(
    arg_required_else_help = true,
    after_help = "\
Examples:
  git config --global casebook.timestampAuthority https://freetsa.org/tsr
  git config --global casebook.timestampCertificates ~/freetsa-cacert.pem
  casebook timestamp create     have HEAD stamped
  casebook timestamp verify     check every time stamp of the case"
)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Create(create::Arguments),
    Verify(verify::Arguments),
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    match &arguments.command {
        Command::Create(arguments) => create::run(arguments, surroundings),
        Command::Verify(arguments) => verify::run(arguments, surroundings),
    }
}

/// The file with the certificates that are trusted: what the option or its variable says, or else Git's configuration.
/// It is never one of the case: who writes the case would then say which authority to believe.
fn certificates(said: Option<&PathBuf>, open: &Open, surroundings: &Surroundings) -> Result<PathBuf, Failure> {
    let help = "save the certificate that the authority publishes, in PEM, outside of the case, and type `git config --global \
                casebook.timestampCertificates FILE`";
    let configured = || open.repository.config_path("casebook.timestampCertificates");
    let path = said.map(|said| surroundings.folder.join(said)).or_else(|| configured().map(|path| open.top.join(path)));
    let path =
        path.ok_or_else(|| Failure::new("no certificates are named by which to judge an authority").help(help))?;
    if !path.is_file() {
        return Err(Failure::new(format!("there is no file `{}` with certificates", path.display())).help(help));
    }
    Ok(path)
}

impl From<TokenError> for Failure {
    fn from(error: TokenError) -> Self {
        let help = match &error {
            TokenError::NoOpenssl(_) => "install OpenSSL, or put `openssl` on the PATH: `openssl version`",
            TokenError::NoAnswer(_) => "is the address right, and does the network let you out? `curl -I` on it shows",
            TokenError::Status(_) | TokenError::Refused(_) => {
                "is it the address of a time-stamp authority (RFC 3161)? name another with `--authority URL`"
            }
            TokenError::Certificates(_) => "name a file of certificates in PEM: `--certificates FILE`",
            TokenError::UnknownAuthority(_) => {
                "these certificates are not those of this authority: get its own from where it publishes them, and name them \
                 with `--certificates FILE`"
            }
            TokenError::Io(_) | TokenError::Other(_) => {
                "`openssl ts -help` shows whether this OpenSSL knows time stamps"
            }
            TokenError::Unreadable | TokenError::OtherBytes | TokenError::OtherQuestion | TokenError::Forged => {
                "do not trust this authority's answer; ask another one with `--authority URL`"
            }
        };
        Failure::new(error.to_string()).help(help)
    }
}
