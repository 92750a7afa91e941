//! `casebook hook`: installs Git's hooks, says how they stand, and is what they run.

use super::{Failure, Format, Outcome, Surroundings, open, receive, terminal};
use crate::diagnostic::render::{self, printable};
use crate::git::Repo;
use crate::hook::status::{HookStatus, Status};
use crate::hook::{self, HookName, describe};
use clap::{Args, Subcommand};
use serde_json::json;
use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

/// Install, inspect or run the Git hooks that check each commit and render its reports, and the merge driver.
#[derive(Args)]
#[command(after_help = "\
Examples:
  casebook hook install        once in each clone
  casebook -C case.git hook install --server      on the server: nothing malformed or unproven gets in
  casebook hook status         is each hook in place, and what does it call?
  casebook hook uninstall      gives the hooks that were there before their places back")]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Install the hooks and the merge driver in this repository; hooks that are there already are kept and run first. In a bare
    /// repository, to which people push, the hooks of a server.
    Install {
        /// Install those of a server, and fail where this is a clone with a work tree.
        #[arg(long)]
        server: bool,
        /// The folder for a server's hooks, such as `custom_hooks` of GitLab; where it has a `pre-receive.d`, they go in there.
        #[arg(long, value_name = "FOLDER", requires = "server")]
        into: Option<PathBuf>,
    },
    /// Say how each hook stands: whether Git runs it, and what it calls.
    Status {
        /// How to print it.
        #[arg(long, value_name = "FORMAT", default_value = "text")]
        format: Format,
    },
    /// Remove the hooks and the merge driver, and put back the hooks that were there before.
    Uninstall,
    /// Do what a hook does; Git's hooks call this.
    Run {
        /// The name of the hook, such as `pre-commit`.
        name: HookName,
        /// What Git gives the hook.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    match &arguments.action {
        Action::Install { server, into } => install(*server, into.as_deref(), surroundings),
        Action::Status { format } => status(*format, surroundings),
        Action::Uninstall => uninstall(surroundings),
        Action::Run { name, arguments } => run_hook(*name, arguments, surroundings),
    }
}

fn install(server: bool, into: Option<&Path>, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let binary = std::env::current_exe()?;
    let installation = match into {
        Some(folder) => {
            let folder = surroundings.folder.join(folder);
            if !folder.is_dir() {
                return Err(Failure::new(format!("there is no folder `{}`", folder.display()))
                    .help("make it first, as the manual of your server says: `mkdir -p custom_hooks`"));
            }
            hook::install::install_into(&folder, &binary)?
        }
        None => {
            let repository = surroundings.repository()?;
            if server && repository.work_tree().is_some() {
                return Err(Failure::new("this is a clone with a work tree, to which nobody should push")
                    .help("go into the bare repository, or name its folder of hooks: `--into FOLDER`"));
            }
            hook::install(&repository, &binary)?
        }
    };
    for installed in &installation.hooks {
        let chained = if installed.chained { ", after the hook that was there" } else { "" };
        outln!("{:18} {}{chained}", installed.name, done(installed.done));
    }
    if let Some(driver) = installation.driver {
        outln!("{:18} {}", "merge driver", done(driver));
    }
    outln!("the hooks call {}", printable(&binary.display().to_string()));
    Ok(Outcome::Sound)
}

fn done(done: hook::install::Done) -> &'static str {
    match done {
        hook::install::Done::Added => "added",
        hook::install::Done::Renewed => "renewed",
        hook::install::Done::Kept => "in place",
    }
}

fn status(format: Format, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let status = hook::status::status(&surroundings.repository()?)?;
    match format {
        Format::Json => outln!("{:#}", status_as_json(&status)),
        Format::Text => {
            outln!("Git runs the hooks of {}", printable(&status.folder.path.display().to_string()));
            if status.in_work_tree {
                outln!("  any branch could put a program there: `casebook doctor` says what to do");
            }
            for hook in &status.hooks {
                outln!("{:18} {}", hook.name, printable(&line_of(hook)));
            }
        }
    }
    Ok(if status.is_well() { Outcome::Sound } else { Outcome::Problems })
}

fn line_of(hook: &HookStatus) -> String {
    let mut parts = vec![hook.whose.word().to_owned()];
    parts.extend(hook.faults.iter().map(|fault| fault.word().to_owned()));
    if let Some(binary) = &hook.binary {
        let version = hook.version.as_deref().unwrap_or("not there");
        parts.push(format!("calls {} ({version})", binary.display()));
    }
    if let Some(chained) = &hook.chained {
        parts.push(format!("after {}", chained.display()));
    }
    parts.join(", ")
}

fn status_as_json(status: &Status) -> serde_json::Value {
    let hooks: Vec<_> = status
        .hooks
        .iter()
        .map(|hook| {
            json!({
                "name": hook.name.as_str(),
                "path": hook.path,
                "state": hook.whose.word(),
                "faults": hook.faults.iter().map(|fault| fault.slug()).collect::<Vec<_>>(),
                "binary": hook.binary,
                "version": hook.version,
                "chained": hook.chained,
                "well": hook.is_well(),
            })
        })
        .collect();
    json!({
        "folder": status.folder.path,
        "core_hooks_path_scope": status.folder.scope,
        "in_work_tree": status.in_work_tree,
        "hooks": hooks,
        "well": status.is_well(),
    })
}

fn uninstall(surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let removed = hook::uninstall(&surroundings.repository()?)?;
    for name in &removed.hooks {
        outln!("{name:18} removed");
    }
    if removed.driver {
        outln!("{:18} removed", "merge driver");
    }
    if removed.hooks.is_empty() {
        outln!("no hook of casebook was installed");
    }
    Ok(Outcome::Sound)
}

/// Runs a hook. Only the gates can fail: the others say in one line what went wrong, for Git has done the rest.
fn run_hook(name: HookName, arguments: &[OsString], surroundings: &Surroundings) -> Result<Outcome, Failure> {
    match name {
        HookName::PreReceive => return receive::run(surroundings),
        HookName::PrePush => return receive::before_push(arguments, surroundings),
        _ => {}
    }
    if name.is_gate() {
        return judge(name, surroundings);
    }
    // A fault of ours must not become the exit code of `git checkout`.
    let ended = catch_unwind(AssertUnwindSafe(|| follow(name, arguments, surroundings)));
    let failure = match ended {
        Ok(Ok(())) => return Ok(Outcome::Sound),
        Ok(Err(failure)) => failure,
        Err(_) => Failure::new(format!("a fault of casebook in {name}")),
    };
    let help = failure.help.map(|help| format!(" ({help})")).unwrap_or_default();
    let line = format!("{}{help}", failure.message).replace('\n', " ");
    errln!("casebook: warning: {}", printable(&line));
    Ok(Outcome::Sound)
}

fn follow(name: HookName, arguments: &[OsString], surroundings: &Surroundings) -> Result<(), Failure> {
    if name == HookName::PostReceive {
        return receive::after(surroundings);
    }
    let variables = surroundings.git_variables();
    let repository = Repo::from_environment(&variables, &surroundings.folder)?;
    let words: Vec<&str> = arguments.iter().filter_map(|word| word.to_str()).collect();
    let message = || {
        let file = arguments.first().ok_or_else(|| Failure::new("Git names no file for the message"))?;
        Ok::<_, Failure>(surroundings.folder.join(file))
    };
    match name {
        HookName::PrepareCommitMsg => {
            let source = describe::Source::of(words.get(1..).unwrap_or_default());
            describe::prepare(&repository, &variables, &message()?, source)?;
        }
        HookName::CommitMsg => describe::finish(&repository, &variables, &message()?, surroundings.now)?,
        _ if hook::follow::should_render(name, &words, &repository) => {
            let mut cache = open::cache(&repository);
            let rendering = hook::local_reports::render(&repository, &mut cache.entries)?;
            cache.save();
            for warning in rendering.warnings() {
                errln!("casebook: warning: {warning}");
            }
            if surroundings.is_verbose() {
                errln!("casebook: {name}: {rendering:?}");
            }
        }
        _ => {}
    }
    Ok(())
}

/// Judges what is about to be committed, and says on standard error why it is refused.
fn judge(name: HookName, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let variables = surroundings.git_variables();
    let repository = Repo::from_environment(&variables, &surroundings.folder)?;
    let mut cache = open::cache(&repository);
    let mut memories = open::memories(&mut cache);
    let judged = hook::judge::judge(&repository, &variables, &mut memories, surroundings.now)?;
    cache.save();
    let Some(judged) = judged else {
        errln!("casebook: no case.toml here, so nothing was checked");
        return Ok(Outcome::Sound);
    };
    if surroundings.is_verbose() {
        errln!("casebook: {name} judged tree {}", judged.tree);
    }
    let diagnostics = &judged.verdict.diagnostics;
    // `anstream` takes the colours out again where standard error shows none.
    let text = render::text::brief(&judged.sources, diagnostics, true, terminal::width());
    err!("{text}");
    if judged.verdict.is_sound() {
        return Ok(Outcome::Sound);
    }
    errln!(
        "casebook: not committed: {}. Mend and `git add` them, then commit again \
         (`git commit --no-verify` skips this check).",
        render::count(diagnostics)
    );
    Ok(Outcome::Problems)
}
