//! Settings of one clone, written by Git itself, which locks the file and quotes what it writes.

use super::{GitError, Repo};

impl Repo {
    /// Writes a value into the clone's own configuration, in the place of all that it has there.
    pub fn set_config(&self, name: &str, value: &str) -> Result<(), GitError> {
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
        let is_there =
            self.ask(&["config", "--local", "--get-regexp", &format!("^{}\\.", section.replace('.', "\\."))]);
        if is_there.is_err() {
            return Ok(false);
        }
        self.ask(&["config", "--local", "--remove-section", section]).map(|_| true)
    }
}
