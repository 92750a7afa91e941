//! What the process gives a command: where it was started, when, and what its terminal can show.

use super::Failure;
use crate::diagnostic::render::printable;
use crate::git::{GitVariables, Repo};
use jiff::Timestamp;
use std::cell::Cell;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

/// The outside world of one command, read once.
pub struct Surroundings {
    /// The folder that the command works in.
    pub folder: PathBuf,
    /// The time of the command, or what CASEBOOK_NOW sets for repeatable runs.
    pub now: Timestamp,
    /// The index that Git or the user names in GIT_INDEX_FILE.
    pub index: Option<PathBuf>,
    /// The state of the generator that CASEBOOK_SEED starts, for repeatable ids; random where it is not set.
    seed: Option<Cell<u64>>,
}

impl Surroundings {
    pub fn of_process(directory: Option<PathBuf>) -> Result<Self, Failure> {
        let current = std::env::current_dir()?;
        let folder = directory.map_or(current.clone(), |directory| current.join(directory));
        if !folder.is_dir() {
            return Err(Failure::new(format!("`{}` is no folder", folder.display()))
                .help("name one that is there: `casebook -C FOLDER …`"));
        }
        find_configuration(&current);
        let index = std::env::var_os("GIT_INDEX_FILE").filter(|path| !path.is_empty()).map(|path| current.join(path));
        Ok(Self { folder, now: now()?, index, seed: seed()? })
    }

    /// The time now, which is later than that of the command; or what CASEBOOK_NOW sets.
    pub fn clock(&self) -> Timestamp {
        now().unwrap_or(self.now)
    }

    /// This program, for the hooks and the demo that call it.
    pub fn program(&self) -> Result<PathBuf, Failure> {
        std::env::current_exe().map_err(|error| Failure::new(format!("cannot find this program on the disk: {error}")))
    }

    /// 64 fresh random bits, for ids.
    pub fn bits(&self) -> u64 {
        match &self.seed {
            Some(state) => {
                // SplitMix64 (Steele, Lea, Flood 2014): every seed gives a full-period sequence.
                state.set(state.get().wrapping_add(0x9e37_79b9_7f4a_7c15));
                let mut mixed = state.get();
                mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
                mixed ^ (mixed >> 31)
            }
            None => getrandom::u64().expect("the operating system gives random bits"),
        }
    }

    /// A variable of the environment; `None` where it is not set, or empty.
    pub fn variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok().filter(|value| !value.is_empty())
    }

    /// Whether CASEBOOK_VERBOSE asks the hooks to say what they did.
    pub fn is_verbose(&self) -> bool {
        std::env::var_os("CASEBOOK_VERBOSE").is_some_and(|value| !value.is_empty())
    }

    /// What Git's variables say, in a hook.
    pub fn git_variables(&self) -> GitVariables {
        let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        GitVariables {
            dir: set("GIT_DIR").is_some(),
            work_tree: set("GIT_WORK_TREE").map(PathBuf::from),
            index: self.index.clone(),
            author_date: set("GIT_AUTHOR_DATE")
                .and_then(|date| date.to_str()?.strip_prefix('@')?.split_whitespace().next()?.parse().ok()),
            fixed_dates: set("GIT_COMMITTER_DATE").is_some(),
            merging: std::env::vars_os()
                .filter_map(|(name, _)| Some(name.to_str()?.strip_prefix("GITHEAD_")?.to_owned()))
                .collect(),
            no_editor: set("GIT_EDITOR").is_some_and(|editor| editor == ":"),
        }
    }

    /// The repository that the folder is in.
    pub fn repository(&self) -> Result<Repo, Failure> {
        Ok(Repo::discover(&self.folder)?)
    }

    /// The top folder of the case that the folder is in.
    pub fn case_folder(&self) -> Result<PathBuf, Failure> {
        let repository = self.repository()?;
        let top = repository.work_tree().map(Path::to_owned);
        top.ok_or_else(|| Failure::new("this is a bare repository, without files to work on").help("clone it first"))
    }
}

fn seed() -> Result<Option<Cell<u64>>, Failure> {
    match std::env::var("CASEBOOK_SEED") {
        Err(_) => Ok(None),
        Ok(text) => text.parse().map(|seed| Some(Cell::new(seed))).map_err(|_| {
            Failure::new(format!("CASEBOOK_SEED is `{text}`, which is not a whole number"))
                .help("unset it, or set it to a number")
        }),
    }
}

fn now() -> Result<Timestamp, Failure> {
    match std::env::var("CASEBOOK_NOW") {
        Err(_) => Ok(Timestamp::now()),
        Ok(text) => text.parse().map_err(|_| {
            Failure::new(format!("CASEBOOK_NOW is `{text}`, which is not a time"))
                .help("write it as `2026-03-01T10:15:00Z`, or unset it")
        }),
    }
}

/// Tells which files of configuration Git's variables name (git-config(1), "ENVIRONMENT").
fn find_configuration(current: &Path) {
    let named = |name: &str| std::env::var_os(name).map(|file| current.join(file));
    let is_off = |value: String| ["", "0", "false", "no", "off"].contains(&value.to_lowercase().as_str());
    let system = match std::env::var("GIT_CONFIG_NOSYSTEM").map_or(true, is_off) {
        true => named("GIT_CONFIG_SYSTEM"),
        false => Some(PathBuf::new()),
    };
    crate::git::read_configuration_of(named("GIT_CONFIG_GLOBAL").as_deref(), system.as_deref());
}

/// Sets when colour is used, for everything that is printed after.
pub fn choose_colour(choice: clap::ColorChoice) {
    match choice {
        clap::ColorChoice::Auto => anstream::ColorChoice::Auto,
        clap::ColorChoice::Always => anstream::ColorChoice::Always,
        clap::ColorChoice::Never => anstream::ColorChoice::Never,
    }
    .write_global();
}

/// Whether standard output gets colour: it is a terminal, and nothing says otherwise.
pub fn colour() -> bool {
    anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never
}

/// The width of the output in columns: what COLUMNS sets, or else the terminal's; `None` for a file or a pipe, which
/// nothing need fit.
pub fn known_width() -> Option<usize> {
    let set = std::env::var("COLUMNS").ok().and_then(|text| text.parse::<usize>().ok());
    let width = set.or_else(|| terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)));
    width.map(|width| width.max(40))
}

/// The width to lay lines out for: that of the output, or 120 where it has none.
pub fn width() -> usize {
    known_width().unwrap_or(120)
}

/// The width to wrap prose at: that of the output, but no more than people read well.
pub fn prose_width() -> usize {
    known_width().unwrap_or(100).min(100)
}

/// Whether progress can be shown: standard error is a terminal.
pub fn shows_progress() -> bool {
    std::io::stderr().is_terminal()
}

/// Prints why a command could not run.
pub fn print_failure(failure: &Failure) {
    let red = anstyle::AnsiColor::BrightRed.on_default().bold();
    let cyan = anstyle::AnsiColor::BrightCyan.on_default().bold();
    errln!("{red}error{red:#}: {}", printable(&failure.message));
    if let Some(help) = &failure.help {
        errln!("  {cyan}help{cyan:#}: {}", printable(help));
    }
}
