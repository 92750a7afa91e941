//! Git's configuration. Git itself reads it, since libgit2 knows neither its variables nor `git -c`, and writes it, since it locks the
//! file and quotes what it writes.

use super::{GitError, Repo};
use git2::ConfigLevel;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The values of every key, the one that counts last.
pub(super) type Settings = BTreeMap<String, Vec<String>>;

impl Repo {
    /// A value of Git's configuration, wherever it is set.
    pub fn config(&self, name: &str) -> Option<String> {
        self.configs(name).pop()
    }

    /// All values of a key of Git's configuration.
    pub fn configs(&self, name: &str) -> Vec<String> {
        self.listed(|settings| settings.get(&canonical(name)).cloned().unwrap_or_default())
    }

    /// What stands between a beginning and an end of keys that are set, such as the names in `remote.NAME.url`, each with the last value.
    /// Both are in lower case.
    pub fn configs_between(&self, beginning: &str, end: &str) -> BTreeMap<String, String> {
        let between = |(key, values): (&String, &Vec<String>)| {
            Some((key.strip_prefix(beginning)?.strip_suffix(end)?.to_owned(), values.last()?.clone()))
        };
        self.listed(|settings| settings.iter().filter_map(between).collect())
    }

    fn listed<T>(&self, look: impl FnOnce(&Settings) -> T) -> T {
        let mut settings = self.settings.borrow_mut();
        look(settings.get_or_insert_with(|| {
            self.ask(&["config", "--null", "--list"]).map(|listed| read(&listed)).unwrap_or_default()
        }))
    }

    /// A path of Git's configuration, with `~` resolved.
    pub fn config_path(&self, name: &str) -> Option<PathBuf> {
        self.config(name)?;
        let path = self.ask(&["config", "--null", "--type=path", "--get", name]).ok()?;
        path.strip_suffix('\0').map(PathBuf::from)
    }

    /// Writes a value into the clone's own configuration, in the place of all that it has there.
    pub fn set_config(&self, name: &str, value: &str) -> Result<(), GitError> {
        self.settings.take();
        self.ask(&["config", "--local", "--replace-all", name, value]).map(drop)
    }

    /// A value of the clone's own configuration.
    pub fn own_config(&self, name: &str) -> Option<String> {
        self.ask(&["config", "--local", "--null", "--get", name])
            .ok()
            .and_then(|text| text.strip_suffix('\0').map(str::to_owned))
    }

    /// Removes a section of the clone's own configuration; says whether it was there.
    pub fn remove_config_section(&self, section: &str) -> Result<bool, GitError> {
        self.settings.take();
        let is_there =
            self.ask(&["config", "--local", "--get-regexp", &format!("^{}\\.", section.replace('.', "\\."))]);
        if is_there.is_err() {
            return Ok(false);
        }
        self.ask(&["config", "--local", "--remove-section", section]).map(|_| true)
    }
}

/// Reads what `git config --null --list` prints. A key without a value is one that is true.
fn read(listed: &str) -> Settings {
    let mut settings = Settings::new();
    for setting in listed.split_terminator('\0') {
        let (name, value) = setting.split_once('\n').unwrap_or((setting, "true"));
        settings.entry(name.to_owned()).or_default().push(value.to_owned());
    }
    settings
}

/// A key as Git lists it: in lower case, but for what stands between its first and its last dot.
fn canonical(name: &str) -> String {
    match (name.find('.'), name.rfind('.')) {
        (Some(first), Some(last)) if first < last => {
            format!("{}{}{}", name[..first].to_lowercase(), &name[first..last], name[last..].to_lowercase())
        }
        _ => name.to_lowercase(),
    }
}

/// Has libgit2, which ignores files and converts line ends by itself, look for its configuration where Git does: at the file that
/// GIT_CONFIG_GLOBAL names in place of the user's own, and that of GIT_CONFIG_SYSTEM in place of the system's. libgit2 knows these
/// files by name only: of one that is not called `.gitconfig`, or `gitconfig`, it reads nothing.
#[allow(unsafe_code)]
pub fn read_configuration_of(global: Option<&Path>, system: Option<&Path>) {
    let folder = |file: &Path, name: &str| match file.parent() {
        Some(folder) if file.file_name().is_some_and(|own| own == name) => folder.to_owned(),
        _ => PathBuf::new(),
    };
    let global = global
        .into_iter()
        .flat_map(|file| [(ConfigLevel::Global, folder(file, ".gitconfig")), (ConfigLevel::XDG, PathBuf::new())]);
    for (level, folder) in global.chain(system.map(|file| (ConfigLevel::System, folder(file, "gitconfig")))) {
        // SAFETY: the paths are globals of libgit2 that must not be set while other threads use it; the command line sets them first
        // thing, before a repository is open.
        let _ = unsafe { git2::opts::set_search_path(level, folder) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_as_git_lists_them() {
        let settings =
            read("user.name\nBob\0casebook.protected\nmain\0casebook.protected\nrelease\0core.bare\0a.b.C.d\nx\ny\0");
        assert_eq!(settings["casebook.protected"], ["main", "release"]);
        assert_eq!((&settings["core.bare"][0][..], &settings["a.b.C.d"][0][..]), ("true", "x\ny"));
        assert_eq!(canonical("casebook.maxCommits"), "casebook.maxcommits");
        assert_eq!(canonical("Merge.CaseBook.X.Driver"), "merge.CaseBook.X.driver");
    }
}
