//! Who is at the keyboard, as Git knows it, and who that is in the roster.

use super::Failure;
use crate::git::Repo;
use crate::model::{Case, Person, Team};
use crate::values::Handle;

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
        let people = team.map_or(&[][..], |team| team.people.as_slice());
        let Some(email) = &self.email else {
            let set = "`git config --global user.email YOU@EXAMPLE.ORG`";
            return Err(Failure::new("Git does not know who you are").help(match people.is_empty() {
                true => format!("type {set}; then add yourself to team.toml: `{}`", Team::adding("YOU@EXAMPLE.ORG")),
                false => format!("type {set}, the address that team.toml has for you"),
            }));
        };
        me(self, people).ok_or_else(|| {
            let failure = Failure::new(format!("nobody in team.toml has your e-mail address `{email}`"));
            failure.help(match people.is_empty() {
                true => format!("add yourself to team.toml: `{}`", Team::adding(email)),
                false => format!(
                    "add `email = \"{email}\"` to yourself in team.toml (it has {}), or add yourself: `{}`",
                    handles(people),
                    Team::adding(email)
                ),
            })
        })
    }
}

/// The person of the roster who did something: the one named, or who Git says is working here, or the only one. `did`
/// says what they did, for the messages.
pub fn who(by: Option<&Handle>, case: &Case, repository: &Repo, did: &str) -> Result<Handle, Failure> {
    if let Some(by) = by {
        return named(by, case);
    }
    let people = people(case);
    let identity = Identity::of_git(repository);
    match (me(&identity, people), people) {
        (Some(person), _) | (None, [person]) => Ok(person.handle.clone()),
        (None, []) => Err(Failure::new(format!("team.toml names nobody, so nobody can have {did}")).help(format!(
            "add yourself to team.toml: `{}`",
            Team::adding(identity.email.as_deref().unwrap_or("YOU@EXAMPLE.ORG"))
        ))),
        (None, _) => Err(Failure::new("nobody of team.toml has the e-mail address of your Git")
            .help(format!("say who {did}: `--by HANDLE` with one of {}", handles(people)))),
    }
}

/// Somebody who was named, where the roster has them.
pub fn named(handle: &Handle, case: &Case) -> Result<Handle, Failure> {
    let people = people(case);
    if people.iter().any(|person| person.handle == *handle) {
        return Ok(handle.clone());
    }
    Err(Failure::new(format!("`{handle}` is nobody of team.toml")).help(match people.is_empty() {
        true => format!("it names nobody; add yourself: `{}`", Team::adding("YOU@EXAMPLE.ORG")),
        false => format!("its people are {}", handles(people)),
    }))
}

fn handles(people: &[Person]) -> String {
    people.iter().map(|person| person.handle.as_str()).collect::<Vec<_>>().join(", ")
}

/// Who is at the keyboard, where the roster has them and they are not who did it.
pub fn recorder(by: &Handle, case: &Case, repository: &Repo) -> Option<Handle> {
    let me = me(&Identity::of_git(repository), people(case)).map(|person| person.handle.clone());
    me.filter(|me| me != by)
}

fn people(case: &Case) -> &[Person] {
    case.team.as_ref().map(|team| team.value.people.as_slice()).unwrap_or_default()
}

/// The person with the e-mail address of Git.
fn me<'p>(identity: &Identity, people: &'p [Person]) -> Option<&'p Person> {
    let email = identity.email.as_deref()?;
    people.iter().find(|person| person.email.as_ref().is_some_and(|own| own.as_str().eq_ignore_ascii_case(email)))
}
