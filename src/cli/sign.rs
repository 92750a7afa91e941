//! `casebook sign`: puts somebody's name to the exact bytes of entries.

use super::evidence::gate;
use super::open::Open;
use super::{Failure, Outcome, Surroundings, identity, ids, style};
use crate::diagnostic::Diagnostic;
use crate::diagnostic::render::{self, printable_line};
use crate::disk::intake::Intake;
use crate::model::{Body, Case, Person, Team};
use crate::review::{
    self, Capacity, Held, Item, NAMESPACE, SigningError, SigningKey, Statement, bound, name_of, signature_path,
    statement_path,
};
use crate::signature::Signature;
use crate::tree::Tree;
use crate::values::vocabulary::{Role, Vote};
use crate::values::{EntryId, Handle, Sha256};
use clap::Args;
use jiff::{Timestamp, Unit};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Sign entries off: state that you have read exactly these bytes and the evidence that they cite, and sign that with your SSH key.
///
/// What is signed is the file as it is in the work tree. The sign-off holds wherever these bytes are, after a merge, a squash or a
/// rebase, and for no others: any edit makes it stale.
#[derive(Args)]
#[command(after_help = "\
Examples:
  casebook sign f-7q2k9dm4 f-9zk                  as author of what names you as one, or else as reviewer or lead
  casebook sign f-7q2 --as legal
  casebook sign f-7q2 --reject --comment \"the log shows another host\"
  casebook sign f-7q2 --withdraw                  take back what you signed of it
  casebook sign team policy                       agree to a change of roster and policy
  casebook sign f-7q2 --key ~/.ssh/id_ed25519     also a public key whose other half is in an agent

Where no key is named, it is what `git config user.signingKey` says, or one of your keys in team.toml that an agent has. \
`ssh-keygen` makes the signature, and asks for a passphrase or a touch where that is needed.

Exit codes: 0 signed, 1 not signed since there are errors in it, 2 could not sign.")]
pub struct Arguments {
    /// Ids, or beginnings of them; `case`, `team` or `policy` for the file of that name.
    #[arg(value_name = "ID", required = true)]
    items: Vec<String>,

    /// As what you sign: `author`, or one of your roles in team.toml.
    #[arg(long = "as", value_name = "ROLE")]
    role: Option<Capacity>,

    /// Say that it must not stay so.
    #[arg(long, conflicts_with = "withdraw", requires = "comment")]
    reject: bool,

    /// Take back what you have signed of it.
    #[arg(long)]
    withdraw: bool,

    /// Why, in one line.
    #[arg(long, value_name = "TEXT")]
    comment: Option<crate::values::Line>,

    /// The SSH key to sign with.
    #[arg(long, value_name = "KEY")]
    key: Option<PathBuf>,

    /// Who signs: a handle of team.toml, where it is not the e-mail address of your Git that tells.
    #[arg(long, value_name = "HANDLE")]
    by: Option<Handle>,
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let open = Open::here(surroundings)?;
    let tree = open.tree();
    let verdict = open.verdict(surroundings.now)?;
    let case = &verdict.case;
    let items = arguments.items.iter().map(|typed| ids::item(case, typed)).collect::<Result<Vec<_>, _>>()?;
    let wrong = errors(&verdict.diagnostics, &items);
    if !wrong.is_empty() && !arguments.withdraw {
        let sources = crate::check::sources(&tree, &wrong);
        out!("{}", render::text::render(&sources, &wrong, super::terminal::colour(), super::terminal::width()));
        errln!("nothing was signed: what is signed must be sound; correct it first");
        return Ok(Outcome::Problems);
    }
    let team = team(case)?;
    let handle = identity::who(arguments.by.as_ref(), case, &open.repository, "signed")?;
    let person = team.person(&handle).ok_or_else(|| Failure::new(format!("`{handle}` is nobody of team.toml")))?;
    let statement = statement(arguments, surroundings.now, &tree, case, person, &items)?;
    let text = statement.to_string();
    let armoured = sign(arguments, surroundings, &open, person, text.as_bytes())?;
    let name = name_of(text.as_bytes(), &handle);
    demand_counts(&statement, &name, text.as_bytes(), &armoured, team)?;
    write(&open, &name, text.as_bytes(), &armoured)?;
    print(case, &statement, &name, &armoured);
    Ok(Outcome::Sound)
}

/// The errors in the files that are to be signed.
fn errors(found: &[Diagnostic], items: &[Item]) -> Vec<Diagnostic> {
    let is_in = |diagnostic: &&Diagnostic| items.iter().any(|item| item.path() == diagnostic.place.path);
    found.iter().filter(|diagnostic| diagnostic.is_error()).filter(is_in).cloned().collect()
}

fn team(case: &Case) -> Result<&Team, Failure> {
    case.team.as_ref().map(|team| &team.value).ok_or_else(|| {
        Failure::new("team.toml cannot be read, so nobody is known").help("`casebook check team.toml` says why")
    })
}

/// What is signed.
fn statement(
    arguments: &Arguments,
    now: Timestamp,
    tree: &dyn Tree,
    case: &Case,
    person: &Person,
    items: &[Item],
) -> Result<Statement, Failure> {
    let record = case
        .record
        .as_ref()
        .ok_or_else(|| Failure::new("case.toml cannot be read").help("`casebook check case.toml` says why"))?;
    let mut files = BTreeMap::new();
    let mut entries: BTreeMap<EntryId, Sha256> = BTreeMap::new();
    let mut evidence = BTreeMap::new();
    for item in items {
        let digest = review::digest(tree, item)?;
        match item {
            Item::File(name) => drop(files.insert(name.clone(), digest)),
            Item::Entry(id) => {
                entries.insert(*id, digest);
                evidence.extend(case.get(*id).map(|entry| bound(tree, case, entry)).unwrap_or_default());
            }
        }
    }
    let vote = match (arguments.reject, arguments.withdraw) {
        (true, _) => Vote::Reject,
        (_, true) => Vote::Withdraw,
        _ => Vote::Approve,
    };
    let policy =
        case.policy.as_ref().map(|_| review::digest(tree, &Item::File("policy.toml".to_owned()))).transpose()?;
    Ok(Statement {
        case: record.value.id.to_string(),
        role: arguments.role.map_or_else(|| own_role(case, person, items), Ok)?,
        vote,
        signer: person.handle.clone(),
        at: now.round(Unit::Second).unwrap_or(now),
        comment: arguments.comment.as_ref().map(|comment| comment.as_str().to_owned()),
        policy,
        files,
        entries,
        evidence,
    })
}

/// As what somebody signs who does not say it: as author of what names them as one, or else as reviewer or lead.
fn own_role(case: &Case, person: &Person, items: &[Item]) -> Result<Capacity, Failure> {
    let is_author = |item: &Item| match item {
        Item::Entry(id) => match case.get(*id).map(|entry| &entry.body) {
            Some(Body::Finding(finding)) => finding.authors.contains(&person.handle),
            _ => false,
        },
        Item::File(_) => false,
    };
    if items.iter().all(is_author) {
        return Ok(Capacity::Author);
    }
    let wanted = if items.iter().all(|item| matches!(item, Item::File(_))) {
        [Role::Lead, Role::Reviewer]
    } else {
        [Role::Reviewer, Role::Lead]
    };
    let role = wanted.into_iter().find(|role| person.roles.iter().any(|own| own == role));
    role.map(Capacity::Role).ok_or_else(|| {
        let roles: Vec<&str> = person.roles.iter().map(|role| role.word()).collect();
        Failure::new(format!("`{}` is neither reviewer nor lead", person.handle)).help(format!(
            "say as what you sign: `--as author`{}",
            roles.iter().map(|role| format!(", `--as {role}`")).collect::<String>()
        ))
    })
}

/// Signs with the key that is named, the one that Git signs with, or one of the roster that an agent has.
fn sign(
    arguments: &Arguments,
    surroundings: &Surroundings,
    open: &Open,
    person: &Person,
    text: &[u8],
) -> Result<Vec<u8>, Failure> {
    let sign = |key: SigningKey<'_>| review::sign(text, NAMESPACE, key);
    if let Some(key) = &arguments.key {
        return Ok(sign(SigningKey::File(&surroundings.folder.join(key)))?);
    }
    let is_ssh = open.repository.config("gpg.format").is_some_and(|format| format == "ssh");
    if let Some(configured) = open.repository.config("user.signingKey").filter(|_| is_ssh) {
        let literal =
            configured.strip_prefix("key::").or_else(|| configured.starts_with("ssh-").then_some(&configured));
        if let Some(line) = literal {
            return Ok(sign(SigningKey::Public(line))?);
        }
        if let Some(path) = open.repository.config_path("user.signingKey") {
            return Ok(sign(SigningKey::File(&open.top.join(path)))?);
        }
    }
    let keys: Vec<String> = person.keys().map(|key| key.plain()).collect();
    if keys.is_empty() {
        return Err(no_key(person));
    }
    let mut last = None;
    for key in &keys {
        match sign(SigningKey::Public(key)) {
            Err(SigningError::Refused(why)) => last = Some(why),
            other => return Ok(other?),
        }
    }
    Err(Failure::new(format!(
        "no agent has a key of `{}`: ssh-keygen says: {}",
        person.handle,
        printable_line(&last.unwrap_or_default())
    ))
    .help("name the key: `--key ~/.ssh/id_ed25519`; or type `ssh-add` first; or `git config --global user.signingKey` with `gpg.format ssh`"))
}

fn no_key(person: &Person) -> Failure {
    Failure::new(format!("team.toml has no public key of `{}`", person.handle)).help(format!(
        "make a pair with `ssh-keygen -t ed25519`, and write the line of the `.pub` file into `keys` of `{}`: `casebook set team --edit`",
        person.handle
    ))
}

/// Nothing is written that would not count.
fn demand_counts(statement: &Statement, name: &str, text: &[u8], armoured: &[u8], team: &Team) -> Result<(), Failure> {
    let signature = Signature::read(armoured);
    let held = Held { name: name.to_owned(), statement: statement.clone(), text: text.to_owned(), signature };
    let refusal = review::weigh(std::slice::from_ref(&held), &statement.case, team).remove(0);
    let Some(refusal) = refusal else { return Ok(()) };
    let said = review::report(&held, &refusal, true);
    let failure = Failure::new(format!("nothing was signed: {}", said.message));
    Err(match said.help {
        Some(help) => failure.help(help),
        None => failure,
    })
}

/// Writes both files, or none.
fn write(open: &Open, name: &str, text: &[u8], armoured: &[u8]) -> Result<(), Failure> {
    let mut names = (0..).map(|number: u32| format!("signoff-{number}"));
    let (intake, _) = Intake::begin(&open.top, &gate(open), || names.next().unwrap_or_default())?;
    intake.write(statement_path(name).as_str(), text)?;
    intake.write(signature_path(name).as_str(), armoured)?;
    intake.publish(|| Ok(()))
}

fn print(case: &Case, statement: &Statement, name: &str, armoured: &[u8]) {
    let (bold, dim) = (style::BOLD, style::DIM);
    let key = Signature::read(armoured).map(|signature| signature.fingerprint()).unwrap_or_default();
    let (signer, role, vote) = (&statement.signer, statement.role, statement.vote);
    outln!("{bold}{vote}{bold:#} by {signer} as {role}, with the key {key}");
    for (file, digest) in &statement.files {
        outln!("  {file}  {dim}{digest}{dim:#}");
    }
    for (id, digest) in &statement.entries {
        let title = case.get(*id).map(|entry| printable_line(&entry.title())).unwrap_or_default();
        outln!("  {id}  {title}\n    {dim}{digest}{dim:#}");
    }
    for (id, digest) in &statement.evidence {
        outln!("  {id}  the evidence that is cited\n    {dim}{digest}{dim:#}");
    }
    outln!("  written to {}", statement_path(name));
    let what: Vec<String> =
        statement.files.keys().cloned().chain(statement.entries.keys().map(EntryId::to_string)).take(3).collect();
    outln!("next: git add signoffs && git commit -m \"Sign off {}\"", what.join(", "));
}

impl From<SigningError> for Failure {
    fn from(error: SigningError) -> Self {
        let failure = Self::new(error.to_string());
        match error {
            SigningError::NoProgram(_) => failure.help("install OpenSSH: it has `ssh-keygen`"),
            SigningError::Refused(_) => {
                failure.help("try the key: `ssh-keygen -y -f KEY` asks for its passphrase and prints its public half")
            }
            SigningError::Io(error) => error.into(),
        }
    }
}
