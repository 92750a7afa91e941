//! `casebook init`: a new case.

use super::identity::Identity;
use super::patience::Patience;
use super::{Failure, Outcome, Surroundings};
use crate::diagnostic::render::printable;
use crate::disk::{folder, write};
use crate::git::{GitError, Repo};
use crate::hook;
use crate::model::Team;
use crate::scaffold::template::{self, BASE, Template};
use crate::scaffold::{Files, NewCase, Opener, new_case};
use crate::values::vocabulary::{Marking, Severity};
use crate::values::wording::{counted, shell_word};
use crate::values::{EntryId, Handle, Kind, Moment, nearest};
use clap::Args;
use std::ffi::OsStr;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

/// Open a new case: a Git repository with a playbook's actions, decisions, duties and gates.
#[derive(Args)]
#[command(after_help = "\
The folder must not exist, or be empty, or be a clone without commits. It is there whole or not at all.

Examples:
  casebook init 2026-0142 --template ransomware --title \"Encrypted file servers\"
  casebook init 2026-0143 --template lost-device --detected 2026-03-01T10:15:00Z
  casebook init --list-templates")]
pub struct Arguments {
    /// Where: a new folder, an empty one, or a clone without commits.
    #[arg(default_value = ".")]
    path: PathBuf,

    /// The playbook to start from.
    #[arg(long, short = 't', value_name = "NAME", default_value = BASE)]
    template: String,

    /// The team's own number or name for the case; today's date and a few random characters where it is not given.
    #[arg(long, value_name = "NUMBER")]
    id: Option<String>,

    /// What happened, in one line.
    #[arg(long)]
    title: Option<String>,

    /// informational, low, medium, high or critical.
    #[arg(long)]
    severity: Option<Severity>,

    /// Who may read it (TLP 2.0): clear, green, amber, amber+strict or red.
    #[arg(long)]
    tlp: Option<Marking>,

    /// Who leads the response; you where it is not given.
    #[arg(long, value_name = "HANDLE")]
    lead: Option<Handle>,

    /// When the incident was first noticed: it starts the clocks of the duties.
    #[arg(long, value_name = "TIME")]
    detected: Option<Moment>,

    /// List the templates.
    #[arg(long)]
    list_templates: bool,

    /// Do not install Git's hooks and the merge driver.
    #[arg(long)]
    no_hooks: bool,

    /// Make the first commit.
    #[arg(long)]
    commit: bool,
}

/// Where a case can be made.
pub enum Ground {
    /// There is nothing yet, or an empty folder, in no repository or in one that ignores it.
    Free,
    /// A clone without commits.
    Unborn,
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    if arguments.list_templates {
        list();
        return Ok(Outcome::Sound);
    }
    demand_template(&arguments.template)?;
    let target = target(&surroundings.folder.join(&arguments.path))?;
    let ground = survey(&target)?;
    let patience = Patience::begin();
    let mut made: Option<(NewCase, Files)> = None;
    let fill = |folder: &Path| -> Result<(), Failure> {
        let repository = match ground {
            Ground::Free => Repo::init(folder, "main")?,
            Ground::Unborn => Repo::discover(&target)?,
        };
        let case = describe(arguments, &repository, surroundings)?;
        let files = new_case(&case, &mut || surroundings.bits())
            .ok_or_else(|| Failure::new(format!("there is no template `{}`", arguments.template)))?;
        for (path, text) in &files {
            patience.check()?;
            write::whole(&folder.join(path), text.as_bytes(), false)?;
        }
        made = Some((case, files));
        patience.check()
    };
    folder::whole(&target, fill).map_err(|failure| Failure {
        message: format!("cannot make a case in `{}`: {}", target.display(), failure.message),
        help: failure.help,
    })?;
    patience.end();
    let (case, files) = made.expect("a folder that was made was filled");
    let repository = Repo::discover(&target)?;
    let hooks = if arguments.no_hooks { Hooks::Unwanted } else { install_hooks(&repository) };
    summarize(&case, &files, &arguments.path, &hooks);
    let committed = offer_commit(arguments, &case, &target)?;
    say_what_is_next(arguments, &case, &hooks, committed);
    Ok(Outcome::Sound)
}

fn list() {
    let templates = template::templates();
    let width = templates.iter().map(|template| template.name.len()).max().unwrap_or(0);
    for Template { name, summary } in templates {
        outln!("{name:width$}  {summary}");
    }
}

fn demand_template(name: &str) -> Result<(), Failure> {
    let templates = template::templates();
    let names: Vec<&str> = templates.iter().map(|template| template.name.as_str()).collect();
    if names.contains(&name) {
        return Ok(());
    }
    let failure = Failure::new(format!("there is no template `{name}`"));
    Err(match nearest(name, names.iter().copied()) {
        Some(near) => failure.help(format!("did you mean `--template {near}`?")),
        None => failure.help(format!("the templates are {}", names.join(", "))),
    })
}

/// The folder of the case, by its real path: its parent must be there.
fn target(path: &Path) -> Result<PathBuf, Failure> {
    if let Ok(real) = path.canonicalize() {
        return Ok(real);
    }
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name().ok_or_else(|| Failure::new(format!("`{}` names no folder", path.display())))?;
    let real = parent.canonicalize().map_err(|error| {
        Failure::new(format!("`{}`: {error}", parent.display()))
            .help(format!("make it first: `mkdir -p {}`", shell_word(&parent.display().to_string())))
    })?;
    Ok(real.join(name))
}

/// Says whether a case can be made there, and why not.
pub fn survey(target: &Path) -> Result<Ground, Failure> {
    let shown = target.display();
    let names = folder::names(target).map_err(|error| {
        Failure::new(format!("`{shown}`: {error}")).help("name a folder that is not there yet: `casebook init PATH`")
    })?;
    let names = names.unwrap_or_default();
    if names.iter().any(|name| name == "case.toml") {
        return Err(Failure::new(format!("`{shown}` is a case already"))
            .help("`casebook status` says where it stands; name another folder for a new case: `casebook init PATH`"));
    }
    let only_git = names.len() == 1 && names[0] == ".git";
    if !names.is_empty() && !only_git {
        return Err(Failure::new(format!("`{shown}` is not empty"))
            .help("name a folder that is not there yet: `casebook init PATH`"));
    }
    let from = target.ancestors().find(|folder| folder.is_dir()).unwrap_or(target);
    match Repo::discover(from) {
        Err(GitError::NoRepository(_)) => Ok(Ground::Free),
        Err(error) => Err(error.into()),
        Ok(repository) if only_git => match repository.head()? {
            None => Ok(Ground::Unborn),
            Some(_) => Err(Failure::new(format!("`{shown}` is a repository with commits"))
                .help("name a folder that is not there yet: `casebook init PATH`")),
        },
        Ok(repository) if is_left_alone(&repository, target) => Ok(Ground::Free),
        Ok(repository) => {
            let top = repository.work_tree().unwrap_or(repository.git_dir()).display().to_string();
            Err(Failure::new(format!("`{shown}` is inside the Git repository `{top}`"))
                .help("a case is a repository of its own: name a folder outside, such as `casebook init ../CASE`"))
        }
    }
}

/// Whether a repository ignores a folder, so that it never takes a case there for its own.
fn is_left_alone(repository: &Repo, folder: &Path) -> bool {
    let inside = repository.work_tree().and_then(|top| folder.strip_prefix(top).ok());
    // Rules that end in `/` are of folders, which this one may only become.
    inside.is_some_and(|inside| repository.is_ignored(&inside.join("")))
}

fn describe(arguments: &Arguments, repository: &Repo, surroundings: &Surroundings) -> Result<NewCase, Failure> {
    let opener = opener(&Identity::of_git(repository));
    let id = arguments.id.clone().unwrap_or_else(|| {
        let day = surroundings.now.to_string();
        let random = EntryId::from_bits(Kind::Finding, surroundings.bits()).to_string();
        format!("{}-{}", &day[..10], &random[2..6])
    });
    for (name, text) in [("--id", Some(&id)), ("--title", arguments.title.as_ref())] {
        if let Some(Err(error)) = text.map(|text| text.parse::<crate::values::Line>()) {
            return Err(Failure::new(format!("{name}: {error}")).help(error.help.unwrap_or_default()));
        }
    }
    Ok(NewCase {
        template: arguments.template.clone(),
        id,
        title: arguments.title.clone(),
        severity: arguments.severity,
        tlp: arguments.tlp,
        lead: arguments.lead.clone(),
        detected: arguments.detected,
        opener,
    })
}

/// The person whom Git knows, with a handle made of the e-mail address or the name.
fn opener(identity: &Identity) -> Option<Opener> {
    let local = identity.email.as_deref().and_then(|email| email.split(['@', '+']).next());
    let candidates = [local, identity.name.as_deref()];
    let handle = candidates.into_iter().flatten().find_map(handle)?;
    let name = identity.name.clone().unwrap_or_else(|| handle.to_string());
    Some(Opener { handle, name, email: identity.email.clone() })
}

/// A handle like a text: lower case, with hyphens for what a handle cannot hold.
fn handle(text: &str) -> Option<Handle> {
    let kept = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c.to_ascii_lowercase() } else { '-' };
    let text: String = text.chars().map(kept).collect();
    text.trim_matches(['-', '.', '_']).parse().ok()
}

/// Whether the hooks are in place.
enum Hooks {
    Unwanted,
    Installed,
    /// They could not be installed; the case is sound without them.
    Missing,
}

fn install_hooks(repository: &Repo) -> Hooks {
    let installed = std::env::current_exe()
        .map_err(Failure::from)
        .and_then(|binary| hook::install(repository, &binary).map_err(Failure::from));
    match installed {
        Ok(_) => Hooks::Installed,
        Err(failure) => {
            errln!("The hooks could not be installed: {}", printable(&failure.message));
            if let Some(help) = failure.help {
                errln!("  help: {}", printable(&help));
            }
            Hooks::Missing
        }
    }
}

fn summarize(case: &NewCase, files: &Files, path: &Path, hooks: &Hooks) {
    let count = |folder: &str| files.keys().filter(|path| path.starts_with(&format!("{folder}/"))).count();
    let duties = files.get("policy.toml").map_or(0, |policy| policy.matches("[[duties]]").count());
    let place = if path == Path::new(".") { "this folder".to_owned() } else { format!("`{}`", path.display()) };
    outln!("Case {} is in {}.", printable(&case.id), printable(&place));
    let contents: Vec<String> =
        [(count("actions"), "action"), (count("decisions"), "decision"), (duties, "legal duty")]
            .into_iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, noun)| counted(number, noun))
            .collect();
    if !contents.is_empty() {
        outln!("The playbook `{}` put in {}.", case.template, contents.join(", "));
    }
    match &case.opener {
        Some(opener) => {
            outln!("You are `{}` in its roster, team.toml.", opener.handle);
        }
        None => outln!(
            "Nobody is in its roster: Git does not know who you are. Type `git config --global user.name \"YOUR NAME\"` and `git config --global user.email YOU@EXAMPLE.ORG`, then, in the case, `{}`: a case needs somebody.",
            Team::adding("YOU@EXAMPLE.ORG")
        ),
    }
    if let Hooks::Installed = hooks {
        outln!("Its hooks check every commit.");
    }
}

/// Makes the first commit where it is wanted. Returns whether it was made.
fn offer_commit(arguments: &Arguments, case: &NewCase, target: &Path) -> Result<bool, Failure> {
    let can_ask = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
    let wanted = arguments.commit || (can_ask && asks("Make the first commit now? [y/N] ")?);
    if !wanted {
        return Ok(false);
    }
    let message = message(case);
    let steps: [&[&str]; 2] = [&["add", "--all"], &["commit", "--quiet", "--message", &message]];
    for step in steps {
        let words: Vec<&OsStr> = step.iter().map(OsStr::new).collect();
        let status = crate::exec::attached(OsStr::new("git"), &words, target)
            .map_err(|error| Failure::new(format!("cannot run `git`: {error}")).help("install Git"))?;
        if !status.success() {
            return Err(Failure::new(format!("the case is there, but `git {}` ended with {status}", step[0]))
                .help(format!("mend what it says, then type `{}`", first_commit(case))));
        }
    }
    outln!("The first commit is made.");
    Ok(true)
}

fn asks(question: &str) -> Result<bool, Failure> {
    err!("{question}");
    std::io::stderr().flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

fn message(case: &NewCase) -> String {
    format!("Open case {}", case.id)
}

fn first_commit(case: &NewCase) -> String {
    format!("git add -A && git commit -m {}", shell_word(&message(case)))
}

fn say_what_is_next(arguments: &Arguments, case: &NewCase, hooks: &Hooks, committed: bool) {
    outln!("\nType next:");
    let mut next: Vec<String> = Vec::new();
    if arguments.path != Path::new(".") {
        next.push(format!("cd {}", shell_path(&arguments.path)));
    }
    if let Hooks::Missing = hooks {
        next.push("casebook hook install".to_owned());
    }
    if !committed {
        next.push(first_commit(case));
    }
    if arguments.detected.is_none() {
        next.push("casebook set case milestones.detected=TIME    # or `now`: it starts the legal clocks".to_owned());
    }
    next.push("casebook status                               # what is open".to_owned());
    next.push("casebook new finding \"…\"                      # what you know".to_owned());
    for line in next {
        outln!("  {}", printable(&line));
    }
}

fn shell_path(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || "/._-~".contains(c));
    if plain && !text.starts_with('-') { text } else { shell_word(&text) }
}

#[cfg(test)]
mod tests {
    use super::{handle, opener};
    use crate::cli::identity::Identity;

    #[test]
    fn handles_come_from_what_git_knows() {
        let known = |name: &str, email: &str| {
            let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            opener(&Identity { name: some(name), email: some(email) }).map(|opener| opener.handle.to_string())
        };
        assert_eq!(known("Bob Example", "Bob.Ex+cases@example.org").as_deref(), Some("bob.ex"));
        assert_eq!(known("Zoë Ünal", "").as_deref(), Some("zo---nal"));
        assert_eq!(known("王", "王@example.org"), None);
        assert_eq!(known("", ""), None);
        assert!(handle("--").is_none());
    }
}
