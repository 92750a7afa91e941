//! The roster: people, their roles and teams, and their public keys.

use super::Set;
use super::record::record;
use crate::values::vocabulary::Role;
use crate::values::{Handle, Line};

record! {
    /// The roster of a case: who takes part, in which role, for which team.
    Team("team") {
        /// The people.
        people: Vec<Person>,
        /// The teams that own assets and actions.
        teams: Vec<TeamGroup>,
    }
}

record! {
    /// A person of the roster.
    Person("person") {
        /// The name that entries use.
        handle: Handle,
        /// The full name.
        name: Line,
        /// What the person does in the case.
        roles: Set<Role>,
        /// The team.
        team: Option<Handle>,
        /// The e-mail address.
        email: Option<Line>,
        /// Public keys in the OpenSSH format, one line each.
        keys: Set<Line>,
    }
}

record! {
    /// A team of the roster.
    TeamGroup("team group") {
        /// The name that entries use.
        handle: Handle,
        /// The full name.
        name: Line,
        /// How to reach it.
        contact: Option<Line>,
    }
}

impl Team {
    /// The command that writes somebody with an e-mail address into the roster.
    pub fn adding(email: &str) -> String {
        format!(
            "casebook set team people+='{{ handle = \"you\", name = \"YOUR NAME\", roles = [\"analyst\"], email = \"{email}\" }}'"
        )
    }

    pub fn has_person(&self, handle: &str) -> bool {
        self.people.iter().any(|person| person.handle.as_str() == handle)
    }

    pub fn has_team(&self, handle: &str) -> bool {
        self.teams.iter().any(|team| team.handle.as_str() == handle)
    }
}
