//! Who is at the keyboard, as Git knows it, and who that is in the roster.

use super::Failure;
use crate::git::Repo;
use crate::model::{Person, Team};

/// A name and an e-mail address, where Git has them.
#[derive(Clone, Debug, Default)]
pub struct Identity {
    pub name: Option<String>,
    pub email: Option<String>,
}

impl Identity {
    /// What Git would write as the author of a commit: its variables, then its configuration.
    pub fn of_git(repository: &Repo) -> Self {
        let known = |variable: &str, key: &str| {
            let set = std::env::var(variable).ok().or_else(|| repository.config(key));
            set.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
        };
        Self { name: known("GIT_AUTHOR_NAME", "user.name"), email: known("GIT_AUTHOR_EMAIL", "user.email") }
    }

    /// The person of the roster with the same e-mail address.
    pub fn in_roster<'t>(&self, team: Option<&'t Team>) -> Result<&'t Person, Failure> {
        let Some(email) = &self.email else {
            return Err(Failure::new("Git does not know who you are").help(
                "type `git config --global user.email YOU@EXAMPLE.ORG`, the address that team.toml has for you",
            ));
        };
        let people = team.map_or(&[][..], |team| team.people.as_slice());
        let same =
            |person: &&Person| person.email.as_ref().is_some_and(|known| known.as_str().eq_ignore_ascii_case(email));
        people.iter().find(same).ok_or_else(|| {
            let handles: Vec<&str> = people.iter().map(|person| person.handle.as_str()).collect();
            let failure = Failure::new(format!("nobody in team.toml has your e-mail address `{email}`"));
            failure.help(match handles.is_empty() {
                true => format!("add yourself to team.toml: `{}`", Team::adding(email)),
                false => format!(
                    "add `email = \"{email}\"` to yourself in team.toml (it has {}), or add yourself: `{}`",
                    handles.join(", "),
                    Team::adding(email)
                ),
            })
        })
    }
}
