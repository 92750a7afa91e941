//! `casebook timestamp verify`: what the authorities said of this case, and whether it holds.

use super::super::open::Open;
use super::super::{Failure, Format, Outcome, Surroundings, style};
use super::certificates;
use crate::diagnostic::render::{printable, printable_line};
use crate::disk::file;
use crate::evidence::root::root;
use crate::evidence::statement::Subject;
use crate::evidence::timestamp::token::{self, TokenError, Vouched};
use crate::evidence::timestamp::{self, MAX_STATEMENT_BYTES, MAX_TOKEN_BYTES, Statement, statement_path, token_path};
use crate::load::{self, NoMemory};
use crate::tree::Tree;
use crate::values::wording::counted;
use clap::Args;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Check time stamps: does each statement fit its commit, and did an authority that is trusted vouch for it, and when?
///
/// Tree and evidence root are computed again from what Git holds of the commit.
#[derive(Args)]
#[command(after_help = "\
Examples:
  casebook timestamp verify             every time stamp in the work tree
  casebook timestamp verify v1.2        those of a commit
  casebook timestamp verify bag/data/timestamps/2c2f0a4f3c1b9d6e.txt

Exit codes: 0 all hold, 1 one does not, 2 could not verify.")]
pub struct Arguments {
    /// A commit, or a statement or token in a file; every time stamp of the case where nothing is named.
    #[arg(value_name = "REVISION|FILE")]
    which: Option<String>,

    /// A file with the certificates of authorities in PEM; what `git config casebook.timestampCertificates` says where it
    /// is not given.
    #[arg(long, value_name = "FILE", env = "CASEBOOK_TIMESTAMP_CERTIFICATES", hide_env_values = true)]
    certificates: Option<PathBuf>,

    /// How to print what is found.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// A time stamp as it was found.
struct Held {
    /// Where, for messages.
    path: String,
    name: String,
    statement: Result<Vec<u8>, String>,
    token: Result<Vec<u8>, String>,
}

/// What became of one time stamp.
struct Judged {
    path: String,
    statement: Option<Statement>,
    /// When the commit says that it was made.
    committed: Option<String>,
    vouched: Option<Vouched>,
    problems: Vec<Problem>,
}

/// One thing that does not hold.
struct Problem {
    /// `statement`, `case`, `commit`, `tree`, `evidence-root`, `history`, `token` or `authority`.
    of: &'static str,
    message: String,
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let open = Open::here(surroundings)?;
    let held = held(arguments, &open, surroundings)?;
    if held.is_empty() {
        match arguments.format {
            Format::Text => {
                outln!("no commit of this case has a time stamp: `casebook timestamp create` makes one")
            }
            Format::Json => outln!("[]"),
        }
        return Ok(Outcome::Sound);
    }
    let certificates = certificates(arguments.certificates.as_ref(), &open, surroundings)?;
    let judged: Vec<Judged> =
        held.into_iter().map(|held| judge(held, &open, &certificates)).collect::<Result<_, Failure>>()?;
    match arguments.format {
        Format::Text => judged.iter().for_each(print),
        Format::Json => outln!("{:#}", judged.iter().map(as_json).collect::<Value>()),
    }
    let is_sound = judged.iter().all(|judged| judged.problems.is_empty());
    Ok(if is_sound { Outcome::Sound } else { Outcome::Problems })
}

/// The time stamps that are asked about.
fn held(arguments: &Arguments, open: &Open, surroundings: &Surroundings) -> Result<Vec<Held>, Failure> {
    let tree = open.tree();
    let names = timestamp::names(&tree)?;
    let of_case = || names.keys().map(|name| of_case(&tree, name)).collect::<Vec<Held>>();
    let Some(which) = &arguments.which else { return Ok(of_case()) };
    let path = surroundings.folder.join(which);
    if path.is_file() {
        return Ok(vec![of_file(&path)]);
    }
    let commit = open.repository.resolve(which)?.id.to_string();
    let names_it = |held: &Held| {
        let statement = held.statement.as_ref().ok().and_then(|text| std::str::from_utf8(text).ok()?.parse().ok());
        statement.is_some_and(|Statement(subject)| subject.commit == commit)
    };
    let held: Vec<Held> = of_case().into_iter().filter(names_it).collect();
    if held.is_empty() {
        return Err(Failure::new(format!("no time stamp of this case names commit {commit}"))
            .help(format!("`casebook timestamp create --rev {}` makes one", &commit[..12])));
    }
    Ok(held)
}

fn of_case(tree: &dyn Tree, name: &str) -> Held {
    let read = |path, limit| tree.read(&path, limit).map_err(|error| error.to_string());
    Held {
        path: statement_path(name).to_string(),
        name: name.to_owned(),
        statement: read(statement_path(name), MAX_STATEMENT_BYTES),
        token: read(token_path(name), MAX_TOKEN_BYTES),
    }
}

/// A time stamp by one of its two files, wherever they are.
fn of_file(path: &Path) -> Held {
    let read = |extension: &str, limit: u64| match file::find(&path.with_extension(extension)) {
        Ok(Some(found)) if found.content.len() as u64 <= limit => Ok(found.content),
        Ok(Some(found)) => Err(format!("it has {} bytes, more than the {limit} that are read", found.content.len())),
        Ok(None) => Err(format!("`{}` is not there", path.with_extension(extension).display())),
        Err(error) => Err(error.to_string()),
    };
    Held {
        path: path.with_extension("txt").display().to_string(),
        name: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
        statement: read("txt", MAX_STATEMENT_BYTES),
        token: read("tsr", MAX_TOKEN_BYTES),
    }
}

fn judge(held: Held, open: &Open, certificates: &Path) -> Result<Judged, Failure> {
    let Held { path, name, statement: text, token } = held;
    let mut judged = Judged { path, statement: None, committed: None, vouched: None, problems: Vec::new() };
    match text.as_deref().map_err(String::clone).and_then(|text| timestamp::read(&name, text)) {
        Ok(statement) => {
            judge_statement(&statement, open, &mut judged)?;
            judged.statement = Some(statement);
        }
        Err(why) => judged.say("statement", format!("this is not the statement that was stamped: {why}")),
    }
    match (text, token) {
        (_, Err(why)) => judged.say("token", format!("its token cannot be read: {why}")),
        (Ok(text), Ok(token)) => match token::verify(&text, &token, certificates) {
            Ok(vouched) => judged.vouched = Some(vouched),
            Err(error) => match fault(&error) {
                Some(of) => judged.say(of, error.to_string()),
                None => return Err(error.into()),
            },
        },
        (Err(_), Ok(_)) => {}
    }
    Ok(judged)
}

/// What is at fault where a token does not verify; `None` where it is not the token, but nothing could be verified.
fn fault(error: &TokenError) -> Option<&'static str> {
    match error {
        TokenError::UnknownAuthority(_) => Some("authority"),
        TokenError::NoOpenssl(_) | TokenError::Io(_) | TokenError::NoAnswer(_) | TokenError::Certificates(_) => None,
        _ => Some("token"),
    }
}

/// Compares a statement with what Git holds of its commit.
fn judge_statement(Statement(stated): &Statement, open: &Open, judged: &mut Judged) -> Result<(), Failure> {
    let Ok(commit) = open.repository.resolve(&stated.commit) else {
        judged.say("commit", format!("commit {} is not in this repository", stated.commit));
        return Ok(());
    };
    judged.committed = Some(commit.at.to_string());
    if commit.tree.to_string() != stated.tree {
        judged.say("tree", format!("it names the tree {}, but its commit has {}", stated.tree, commit.tree));
    }
    let tree = open.repository.tree(commit.tree);
    let (now, _) = root(&tree)?;
    if now != stated.root {
        judged.say("evidence-root", format!("it names the evidence root {}, but its commit has {now}", stated.root));
    }
    let (case, _) = load::load(&tree, &mut NoMemory)?;
    let id = case.record.map(|record| record.value.id.to_string()).unwrap_or_default();
    if id != stated.case {
        judged.say("case", format!("it names the case `{}`, but its commit is of `{id}`", stated.case));
    }
    if let Some(head) = open.repository.head()?
        && !open.repository.contains(head.id, commit.id)?
    {
        judged.say("history", format!("HEAD does not come after commit {}: history was written anew since", commit.id));
    }
    Ok(())
}

impl Judged {
    fn say(&mut self, of: &'static str, message: String) {
        self.problems.push(Problem { of, message });
    }
}

fn print(judged: &Judged) {
    let (bold, dim) = (style::BOLD, style::DIM);
    let path = printable_line(&judged.path);
    match &judged.vouched {
        Some(vouched) => outln!("{bold}{}{bold:#}  {dim}{path}{dim:#}", vouched.at),
        None => outln!("{bold}no time that is vouched for{bold:#}  {dim}{path}{dim:#}"),
    }
    if let Some(Vouched { authority, has_expired, .. }) = &judged.vouched {
        let authority = authority.as_deref().unwrap_or("an authority that does not say its name");
        outln!("  vouched for by {}", printable_line(authority));
        if *has_expired {
            outln!("  its certificate has expired since; it was valid then");
        }
    }
    if let Some(Statement(Subject { commit, root, .. })) = &judged.statement {
        let committed = judged.committed.as_ref().map(|at| format!(", which says {at}")).unwrap_or_default();
        outln!("  commit {commit}{committed}");
        outln!("  evidence root {root}");
    }
    for Problem { of, message } in &judged.problems {
        let bad = style::BAD;
        outln!("  {bad}wrong {of}{bad:#}: {}", printable(message));
    }
    match judged.problems.len() {
        0 => outln!("  it holds: the commit and its evidence existed then"),
        problems => outln!("  it does not hold: {}", counted(problems, "problem")),
    }
}

fn as_json(judged: &Judged) -> Value {
    let vouched = judged.vouched.as_ref();
    let stated = judged.statement.as_ref().map(|Statement(subject)| subject);
    json!({
        "statement": judged.path,
        "holds": judged.problems.is_empty(),
        "at": vouched.map(|vouched| vouched.at.to_toml()),
        "authority": vouched.and_then(|vouched| vouched.authority.as_deref()),
        "certificate_has_expired": vouched.map(|vouched| vouched.has_expired),
        "case": stated.map(|stated| stated.case.as_str()),
        "commit": stated.map(|stated| stated.commit.as_str()),
        "tree": stated.map(|stated| stated.tree.as_str()),
        "evidence_root": stated.map(|stated| stated.root.to_string()),
        "problems": judged.problems.iter().map(|problem| json!({ "of": problem.of, "message": problem.message })).collect::<Value>(),
    })
}
