//! `casebook evidence attest`: states what a verification of a shard found, and joins such statements.

use super::super::open::{self, Open};
use super::super::{Failure, Outcome, Surroundings, identity};
use super::homes::Here;
use super::open as open_case;
use super::verified::{self, Job, Remembered};
use crate::diagnostic::Diagnostic;
use crate::diagnostic::render::printable_line;
use crate::disk::{file, write};
use crate::evidence::attestation::combine::Expected;
use crate::evidence::attestation::signature;
use crate::evidence::attestation::{Attestation, Flaw, MAX_BYTES, Part, Witness, combine, cover};
use crate::evidence::homes::Once;
use crate::evidence::statement::Subject;
use crate::evidence::{Homes, Scope, Shard};
use crate::git::{Commit, GitTree};
use crate::load::{self, NoMemory};
use crate::model::{Case, Team};
use crate::review::{SigningKey, sign};
use crate::store::Store;
use crate::values::wording::counted;
use crate::values::{Handle, Sha256};
use clap::Args;
use jiff::Timestamp;
use std::io;
use std::path::{Path, PathBuf};

/// The largest signature that is read, in bytes: those of RSA keys have about 3,000.
const MAX_SIGNATURE_BYTES: u64 = 64 << 10;

/// Verify a shard of a commit's evidence and state in a file what was found; or join such statements of all shards.
///
/// Several machines verify one shard each, at the same time, and one joins what they found. That fails on a gap, an overlap, a
/// shard with problems or with files that nobody checked, on counts that are not those of the commit's lists, and on a statement
/// that nobody of team.toml has signed.
#[derive(Args)]
#[command(after_help = "\
Examples:
  casebook evidence attest --output all.txt --key ~/.ssh/id_ed25519
  casebook evidence attest --shard 2/8 --output shard-2.txt --key ~/.ssh/id_ed25519
  casebook evidence attest --combine shard-*.txt --output whole.txt --key ~/.ssh/id_ed25519

A signature is written beside the statement, as FILE.sig; `ssh-keygen` makes and verifies it.

Exit codes: 0 all is as registered, 1 problems, 2 could not verify or could not write.")]
pub struct Arguments {
    /// The part of the files that is verified: number I of N; all where nothing is said.
    #[arg(long, value_name = "I/N", conflicts_with = "combine")]
    shard: Option<Shard>,

    /// Join the statements in these files.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    combine: Vec<PathBuf>,

    /// The commit: HEAD, or that of the statements that are joined, where nothing is said.
    #[arg(long, value_name = "REVISION")]
    rev: Option<String>,

    /// The file to write the statement to; it is printed where none is named.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Sign with this SSH key: a private key, or a public one that an agent has the other half of.
    #[arg(long, value_name = "KEY", requires = "output")]
    key: Option<PathBuf>,

    /// Join statements that are not signed, too.
    #[arg(long, requires = "combine")]
    allow_unsigned: bool,

    /// Who attests: a handle of team.toml, where it is not the e-mail address of your Git that tells.
    #[arg(long, value_name = "HANDLE")]
    by: Option<Handle>,

    /// Where the store is, in place of `git config casebook.store`.
    #[arg(long, value_name = "PLACE", conflicts_with = "combine")]
    store: Option<String>,

    /// Read the store also where that is another machine.
    #[arg(long, conflicts_with = "combine")]
    remote: bool,
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let open = open_case(surroundings)?;
    let output = arguments.output.as_ref().map(|path| surroundings.folder.join(path));
    if let Some(output) = &output {
        demand_new(output)?;
    }
    let desk = Desk { arguments, surroundings, open: &open, output };
    if arguments.combine.is_empty() { desk.attest() } else { desk.combine() }
}

/// Where the signature of a statement is kept.
fn signature_path(statement: &Path) -> PathBuf {
    statement.with_added_extension("sig")
}

/// A statement is written once: the next one gets another name.
fn demand_new(output: &Path) -> Result<(), Failure> {
    match [output.to_owned(), signature_path(output)].iter().find(|path| file::is_there(path)) {
        Some(taken) => Err(Failure::new(format!("`{}` is there already", taken.display()))
            .help("name another file with `--output`, or move that one away")),
        None => Ok(()),
    }
}

/// A commit whose evidence is attested.
struct Attested<'r> {
    tree: GitTree<'r>,
    case: Case,
    /// What was found in loading it.
    loading: Vec<Diagnostic>,
    subject: Subject,
}

/// A statement as it was read.
struct Read {
    name: String,
    text: Vec<u8>,
    signature: Option<Vec<u8>>,
}

struct Desk<'d> {
    arguments: &'d Arguments,
    surroundings: &'d Surroundings,
    open: &'d Open,
    output: Option<PathBuf>,
}

impl<'d> Desk<'d> {
    fn attest(&self) -> Result<Outcome, Failure> {
        let commit = self.open.repository.resolve(self.arguments.rev.as_deref().unwrap_or("HEAD"))?;
        let attested = self.attested(&commit)?;
        let witness = self.witness(&attested.case)?;
        let here = Here::of(self.arguments.store.as_deref(), self.arguments.remote, self.open, self.surroundings)?;
        let (lfs, store) = (Once::new(here.lfs()), here.store().map(Once::new));
        let homes = Homes { lfs: Some(&lfs), store: store.as_ref().map(|store| store as &dyn Store) };
        let shard = self.arguments.shard.unwrap_or(Shard::WHOLE);
        let covers = cover(&attested.tree, shard.of)?;
        let job = Job {
            name: "commit",
            title: format!("commit {}", commit.id),
            tree: &attested.tree,
            case: attested.case,
            loading: attested.loading,
            scope: Scope::Shard(shard),
            with_citations: false,
            remembered: Remembered::Nothing,
        };
        let parts = verified::examine_all(&homes, vec![job])?;
        // On a terminal the statement itself may stand where the report would.
        if self.output.is_some() {
            verified::print(&parts);
        }
        let [part] = parts.as_slice() else { unreachable!("one tree was examined") };
        let cover = &covers[shard.number as usize - 1];
        let statement = Attestation::of(attested.subject, shard, cover, &part.examined, witness);
        self.write(&statement.to_string())?;
        let is_sound = statement.problems == 0 && statement.unchecked == 0;
        Ok(if is_sound { Outcome::Sound } else { Outcome::Problems })
    }

    fn combine(&self) -> Result<Outcome, Failure> {
        let mut flaws = Vec::new();
        let texts = self.arguments.combine.iter().map(|path| self.read(path)).collect::<Result<Vec<_>, _>>()?;
        let mut read = Vec::new();
        for Read { name, text, signature } in &texts {
            match std::str::from_utf8(text).map_err(|_| "it is not text in UTF-8".to_owned()).and_then(str::parse) {
                Ok(attestation) => read.push((name, text, signature, attestation)),
                Err(why) => flaws.push(Flaw::of(name, format!("this is no attestation: {why}"))),
            }
        }
        let Some((.., first)) = read.first() else { return Ok(tell(&flaws)) };
        let first: &Attestation = first;
        let revision = self.arguments.rev.clone().unwrap_or_else(|| first.subject.commit.clone());
        let attested = self.attested(&self.open.repository.resolve(&revision)?)?;
        let (covers, whole) = (cover(&attested.tree, first.shard.of)?, cover(&attested.tree, 1)?);
        let team = attested.case.team.as_ref().map(|team| &team.value);
        let mut parts = Vec::new();
        for (name, text, signature, attestation) in read {
            let signed_with = match self.signed_with(text, signature.as_deref(), &attestation.witness.by, team)? {
                Ok(key) => key,
                Err(why) => {
                    flaws.push(Flaw::of(name, why));
                    None
                }
            };
            parts.push(Part { name: name.clone(), digest: Sha256::of(text), attestation, signed_with });
        }
        let bytes = attested.case.evidence().map(|(entry, item)| (entry.id(), item.bytes)).collect();
        let expected = Expected { subject: &attested.subject, covers: &covers, lines: whole[0].lines, bytes: &bytes };
        let witness = self.witness(&attested.case)?;
        let combined = match combine(&parts, &expected, witness) {
            Ok(combined) if flaws.is_empty() => combined,
            Ok(_) => return Ok(tell(&flaws)),
            Err(more) => {
                flaws.extend(more);
                return Ok(tell(&flaws));
            }
        };
        self.write(&combined.to_string())?;
        if self.output.is_some() {
            outln!(
                "commit {}: {}, {} with {} as registered, {} disposed of: no problems",
                attested.subject.commit,
                counted(parts.len(), "shard"),
                counted(combined.counts.files, "file"),
                counted(combined.counts.bytes, "byte"),
                combined.counts.disposed
            );
        }
        Ok(Outcome::Sound)
    }

    /// The key that a statement is signed with, none where it need not be signed; or else what is wrong with its signature.
    fn signed_with(
        &self,
        text: &[u8],
        signature: Option<&[u8]>,
        by: &Handle,
        team: Option<&Team>,
    ) -> Result<Result<Option<String>, String>, Failure> {
        let Some(signature) = signature else {
            let is_enough = self.arguments.allow_unsigned;
            return Ok(if is_enough {
                Ok(None)
            } else {
                Err("it is not signed: its `.sig` is not beside it".to_owned())
            });
        };
        match signature::verify(text, signature, by, team) {
            Ok(key) => Ok(Ok(Some(key))),
            Err(error) => Ok(Err(format!("its signature is not one of `{by}`: {error}"))),
        }
    }

    /// The case of a commit, and what an attestation of it is about.
    fn attested(&self, commit: &Commit) -> Result<Attested<'d>, Failure> {
        let tree = self.open.repository.tree(commit.tree);
        open::demand_case(&tree)?;
        let (case, loading) = load::load(&tree, &mut NoMemory)?;
        let subject = open::subject(&case, commit, &tree)?;
        Ok(Attested { tree, case, loading, subject })
    }

    fn witness(&self, case: &Case) -> Result<Witness, Failure> {
        let by = identity::who(self.arguments.by.as_ref(), case, &self.open.repository, "verified it")?;
        let at = Timestamp::from_second(self.surroundings.now.as_second()).unwrap_or(self.surroundings.now);
        Ok(Witness { tool: format!("casebook {}", env!("CARGO_PKG_VERSION")), at, by })
    }

    /// Reads a statement, and the signature beside it where there is one.
    fn read(&self, path: &Path) -> Result<Read, Failure> {
        let name = path.display().to_string();
        let whole = self.surroundings.folder.join(path);
        let (_, bytes) = file::open_regular(&whole).map_err(|error| cannot_read(&name, &error))?;
        if bytes > MAX_BYTES {
            return Err(Failure::new(format!("`{name}` has {bytes} bytes, which no attestation has"))
                .help("name files that `casebook evidence attest --shard` wrote"));
        }
        let text = file::find(&whole).map_err(|error| cannot_read(&name, &error))?;
        let beside = signature_path(&whole);
        let signature = match file::is_there(&beside) {
            true => Some(read_signature(&beside).map_err(|error| cannot_read(&format!("{name}.sig"), &error))?),
            false => None,
        };
        let text = text.map(|found| found.content).unwrap_or_default();
        Ok(Read { name, text, signature })
    }

    /// Writes a statement with its signature, or prints it where no file is named.
    fn write(&self, text: &str) -> Result<(), Failure> {
        let (Some(output), Some(named)) = (&self.output, &self.arguments.output) else {
            out!("{}", crate::diagnostic::render::printable(text));
            return Ok(());
        };
        let signature = match &self.arguments.key {
            Some(key) => {
                let key = self.surroundings.folder.join(key);
                Some(sign(text.as_bytes(), signature::NAMESPACE, SigningKey::File(&key))?)
            }
            None => None,
        };
        // The signature first: nobody finds a statement that is not signed yet.
        if let Some(signature) = &signature {
            write::whole(&signature_path(output), signature, true)?;
        }
        write::whole(output, text.as_bytes(), true)?;
        let shown = printable_line(&named.display().to_string());
        match signature {
            Some(_) => outln!("statement {shown}, signature {shown}.sig"),
            None => outln!("statement {shown}, not signed: `--key` signs it"),
        }
        Ok(())
    }
}

fn read_signature(path: &Path) -> io::Result<Vec<u8>> {
    let (_, bytes) = file::open_regular(path)?;
    if bytes > MAX_SIGNATURE_BYTES {
        return Err(io::Error::other(format!("it has {bytes} bytes, which no signature has")));
    }
    Ok(file::find(path)?.map(|found| found.content).unwrap_or_default())
}

fn cannot_read(name: &str, error: &io::Error) -> Failure {
    Failure::new(format!("cannot read `{name}`: {error}"))
        .help("name files that `casebook evidence attest --shard` wrote; their signatures lie beside them")
}

/// Says why statements make no whole.
fn tell(flaws: &[Flaw]) -> Outcome {
    for flaw in flaws {
        outln!("{}", printable_line(&flaw.to_string()));
    }
    outln!("not joined: {}; nothing was written", counted(flaws.len(), "problem"));
    Outcome::Problems
}
