//! The roster: people, their roles and teams, and their public keys.

use super::Set;
use super::record::record;
use crate::signature::{Key, Signature};
use crate::values::vocabulary::Role;
use crate::values::{Handle, Line};

record! {
    /// The roster of a case: who takes part, in which role, for which team.
    Team("team") {
        /// Raised by one at every change.
        version: Option<u64>,
        /// Public keys that count no more, whatever was signed with them and when: those that were lost or stolen.
        revoked_keys: Set<Line>,
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
        /// Public keys in the OpenSSH format, one line each. `valid-after="20260101Z",valid-before="20270101Z"` before the type
        /// says when a key counts.
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

impl Person {
    /// The keys that can be read; what cannot is reported by a rule.
    pub fn keys(&self) -> impl Iterator<Item = Key> {
        self.keys.iter().filter_map(|line| Key::read(line.as_str()).ok())
    }
}

impl Team {
    /// The command that writes somebody with an e-mail address into the roster.
    pub fn adding(email: &str) -> String {
        format!(
            "casebook set team people+='{{ handle = \"you\", name = \"YOUR NAME\", roles = [\"analyst\"], email = \"{email}\" }}'"
        )
    }

    /// The person whose key made a signature, and the key.
    pub fn signer(&self, signature: &Signature) -> Option<(&Person, Key)> {
        let keys = self.people.iter().flat_map(|person| person.keys().map(move |key| (person, key)));
        keys.into_iter().find(|(_, key)| signature.is_by(key))
    }

    /// Whether a key counts no more.
    pub fn is_revoked(&self, key: &Key) -> bool {
        self.revoked_keys.iter().filter_map(|line| Key::read(line.as_str()).ok()).any(|revoked| revoked.is_same(key))
    }

    pub fn person(&self, handle: &Handle) -> Option<&Person> {
        self.people.iter().find(|person| person.handle == *handle)
    }

    pub fn has_person(&self, handle: &str) -> bool {
        self.people.iter().any(|person| person.handle.as_str() == handle)
    }

    pub fn has_team(&self, handle: &str) -> bool {
        self.teams.iter().any(|team| team.handle.as_str() == handle)
    }
}
