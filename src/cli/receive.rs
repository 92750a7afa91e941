//! The hooks pre-push and pre-receive at the terminal of whoever pushes. Of the second, each line comes out behind `remote: `.

use super::{Failure, Outcome, Surroundings, open};
use crate::check::{self, Memories};
use crate::diagnostic::render::{self, printable_line};
use crate::git::Repo;
use crate::history;
use crate::hook::HookError;
use crate::hook::receive::{self, Refusal, Ruling, Settings, Update};
use crate::publish::{self, Routes};
use crate::values::wording::counted;
use std::ffi::OsString;
use std::io::Read;

/// The longest standard input that is read, in bytes: some ten thousand refs.
const MAX_INPUT: u64 = 1 << 20;

/// How wide the lines are: the terminal of whoever pushes is not asked, and `remote: ` stands before each.
const WIDTH: usize = 100;

/// Judges a push to this repository, in the hook pre-receive.
pub fn run(surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let input = input()?;
    let repository = Repo::from_environment(&surroundings.git_variables(), &surroundings.folder)?;
    let settings = Settings::of(&repository)
        .map_err(|wrong| Failure::new(wrong).help("whoever runs this server corrects it: `git config --edit`"))?;
    let updates = receive::updates(&input).map_err(Failure::new)?;
    let rulings = with_memories(&repository, |memories| {
        receive::judge(&repository, updates, &settings, memories, surroundings.now)
    })?;
    let refused = show(&repository, &rulings);
    if refused == 0 {
        return Ok(Outcome::Sound);
    }
    errln!("casebook: nothing of this push was taken: {} refused", counted(refused, "ref"));
    if surroundings.variable("GL_ID").is_some() {
        // GitLab shows such lines to whoever pushes or merges in the browser (docs.gitlab.com, server hooks).
        errln!("GL-HOOK-ERR: casebook refused this push: {}", summary(&rulings));
    }
    Ok(Outcome::Problems)
}

/// Judges what is about to be pushed from this clone, in the hook pre-push: what no hook saw that a rebase, a pick or a merge by
/// somebody else passes by.
pub fn before_push(arguments: &[OsString], surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let updates = receive::outgoing(&input()?).map_err(Failure::new)?;
    let repository = Repo::from_environment(&surroundings.git_variables(), &surroundings.folder)?;
    let remote = arguments.first().and_then(|name| name.to_str()).unwrap_or_default();
    let rulings = with_memories(&repository, |memories| {
        receive::judge_ahead(&repository, remote, updates, memories, surroundings.now)
    })?;
    if show(&repository, &rulings) == 0 {
        return Ok(Outcome::Sound);
    }
    errln!("casebook: not pushed. Mend it, then push again (`git push --no-verify` skips this check).");
    Ok(Outcome::Problems)
}

/// Starts what follows from a push to a protected branch, in the hook post-receive, and does not wait for it: the publication of reports,
/// and the notices.
pub fn after(surroundings: &Surroundings) -> Result<(), Failure> {
    let updates = receive::updates(&input()?).map_err(Failure::new)?;
    let repository = Repo::from_environment(&surroundings.git_variables(), &surroundings.folder)?;
    let settings = Settings::of(&repository).map_err(Failure::new)?;
    let is_protected = |update: &&Update| update.new.is_some() && settings.protected.contains(&update.name);
    let Some(update) = updates.iter().find(is_protected) else { return Ok(()) };
    let start = |arguments: &[&str], log: &str| -> Result<(), Failure> {
        Ok(publish::log::start(&repository, &surroundings.program()?, arguments, log, surroundings.now)?)
    };
    let published = Routes::of(&repository).map_err(Failure::from).and_then(|routes| match routes.is_empty() {
        true => Ok(()),
        false => start(&["publish"], "publish.log"),
    });
    if !repository.configs_between("casebook.channel.", ".type").is_empty() {
        // The first time, what this push has brought is news, and nothing before it.
        let old = update.old.map(|old| old.to_string());
        let first = old.as_ref().map_or_else(|| vec!["--all"], |old| vec!["--since", old]);
        start(&[&["notify", "apply", "--wait", "10m"], first.as_slice()].concat(), "notify.log")?;
    }
    published
}

fn input() -> Result<String, Failure> {
    let mut input = String::new();
    std::io::stdin().take(MAX_INPUT + 1).read_to_string(&mut input)?;
    if input.len() as u64 > MAX_INPUT {
        // What is cut off would not be judged, and Git would take it.
        return Err(Failure::new("the push changes too many refs at once").help("push them in parts"));
    }
    Ok(input)
}

/// Judges with what was learned before of the content of a repository, and keeps what is learned now.
fn with_memories(
    repository: &Repo,
    judge: impl FnOnce(&mut Memories<'_>) -> Result<Vec<Ruling>, HookError>,
) -> Result<Vec<Ruling>, Failure> {
    let mut cache = open::cache(repository);
    let rulings = judge(&mut open::memories(&mut cache))?;
    cache.save();
    Ok(rulings)
}

/// Prints what was ruled, and gives how many refs are refused.
fn show(repository: &Repo, rulings: &[Ruling]) -> usize {
    for ruling in rulings {
        print(repository, ruling);
    }
    rulings.iter().filter(|ruling| !ruling.refusals.is_empty()).count()
}

fn print(repository: &Repo, ruling: &Ruling) {
    for note in &ruling.notes {
        errln!("casebook: note: {}", printable_line(note));
    }
    if ruling.refusals.is_empty() {
        return;
    }
    errln!("casebook: {} is refused", printable_line(&ruling.update.name));
    for refusal in &ruling.refusals {
        if let Refusal::Ref { message, help } = refusal {
            errln!("error: {}\n  help: {}", printable_line(message), printable_line(help));
        }
    }
    for (commit, diagnostics) in receive::by_commit(ruling) {
        let of_commit;
        let sources = match commit {
            None => &ruling.sources,
            Some(commit) => {
                errln!("in commit {} ({}):", commit.short(), printable_line(&commit.summary));
                of_commit = check::sources(&repository.tree(commit.tree), &diagnostics);
                &of_commit
            }
        };
        err!("{}", render::text::brief(sources, &diagnostics, false, WIDTH));
    }
    let of_commits = ruling.refusals.iter().filter_map(|refusal| match refusal {
        Refusal::Case { commit: Some(commit), diagnostic } => Some((&**commit, &**diagnostic)),
        _ => None,
    });
    if let Some(remake) = history::remake(of_commits) {
        errln!("casebook: {remake}");
    }
}

fn summary(rulings: &[Ruling]) -> String {
    let codes: std::collections::BTreeSet<String> = rulings
        .iter()
        .flat_map(|ruling| &ruling.refusals)
        .map(|refusal| match refusal {
            Refusal::Ref { message, .. } => printable_line(message),
            Refusal::Case { diagnostic, .. } => diagnostic.code.as_str().to_owned(),
        })
        .collect();
    codes.into_iter().take(8).collect::<Vec<_>>().join(", ")
}
