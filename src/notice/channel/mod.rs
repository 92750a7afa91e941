//! Channels: where notices go. What a channel is called, the policy of the case says; where it leads, only the configuration of Git in
//! the repository that sends, which nobody who pushes a case can change.

mod chat;
mod command;
mod folder;
mod mail;
mod posting;
mod syslog;
mod ticket;
mod webhook;

use super::ledger::Parcel;
use crate::disk::file;
use crate::git::Repo;
use crate::publish::log;
use crate::report::marking_words;
use crate::values::Span;
use crate::values::vocabulary::Marking;
use chat::{Chat, ChatChannel};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;
use ticket::TicketChannel;

/// Something that takes notices. Taking the same one twice must come to the same as taking it once, as far as it can.
trait Channel {
    /// Where it leads, for people, without secrets.
    fn place(&self) -> String;

    /// Brings a notice there, and gives what was answered, or why it did not arrive.
    fn deliver(&self, parcel: &Parcel, now: Timestamp) -> Result<String, String>;
}

type Make = fn(&Settings<'_>) -> Result<Box<dyn Channel>, WrongSetting>;

/// What a channel can be beside a ticket system, and how it is made of its settings.
const TYPES: &[(&str, Make)] = &[
    ("command", |settings| Ok(Box::new(command::Command::of(settings)?))),
    ("discord", |settings| Ok(Box::new(ChatChannel::of(Chat::Discord, settings)?))),
    ("file", |settings| Ok(Box::new(folder::Folder::of(settings)?))),
    ("mail", |settings| Ok(Box::new(mail::MailChannel::of(settings)?))),
    ("mattermost", |settings| Ok(Box::new(ChatChannel::of(Chat::Mattermost, settings)?))),
    ("slack", |settings| Ok(Box::new(ChatChannel::of(Chat::Slack, settings)?))),
    ("syslog", |settings| Ok(Box::new(syslog::Syslog::of(settings)?))),
    ("teams", |settings| Ok(Box::new(ChatChannel::of(Chat::Teams, settings)?))),
    ("webhook", |settings| Ok(Box::new(webhook::Webhook::of(settings)?))),
];

/// Every word for what a channel can be.
pub fn types() -> BTreeSet<&'static str> {
    TYPES.iter().map(|(word, _)| *word).chain(TicketChannel::types()).collect()
}

/// The channels of a repository, by their names.
pub struct Channels {
    named: BTreeMap<String, Named>,
    /// What casebook keeps of the repository: there notices are written as files, as long as no channel is configured.
    kept: PathBuf,
}

struct Named {
    /// The strictest marking that it may carry.
    carries: Marking,
    channel: Box<dyn Channel>,
}

/// A setting that no channel can be made of.
#[derive(Debug, thiserror::Error)]
#[error("`{name}` {what}")]
pub struct WrongSetting {
    pub name: String,
    what: String,
}

/// The variables of the environment, where secrets are.
pub type Environment<'e> = dyn Fn(&str) -> Option<String> + 'e;

/// The settings of one channel.
struct Settings<'s> {
    repository: &'s Repo,
    environment: &'s Environment<'s>,
    channel: &'s str,
}

impl Channels {
    /// Those of the configuration: `casebook.channel.NAME.type`, `.tlp` and what the type asks for.
    pub fn of(repository: &Repo, environment: &Environment<'_>) -> Result<Self, WrongSetting> {
        let mut named = BTreeMap::new();
        for (channel, kind) in repository.configs_between("casebook.channel.", ".type") {
            let settings = Settings { repository, environment, channel: &channel };
            let made = settings.channel_of(&kind)?;
            let carries = settings.demand("tlp")?;
            let carries = carries.parse().map_err(|_| {
                settings.wrong(
                    "tlp",
                    format!("is `{carries}`, which is no marking: clear, green, amber, amber+strict or red"),
                )
            })?;
            named.insert(channel, Named { carries, channel: made });
        }
        Ok(Self { named, kept: log::folder(repository) })
    }

    /// Whether notices go into files, since no channel is configured.
    pub fn are_files(&self) -> bool {
        self.named.is_empty()
    }

    /// Whether a notice is marked no higher than its channel carries.
    pub fn carries(&self, notice: &super::Notice) -> bool {
        self.named.get(notice.channel.as_str()).is_none_or(|named| notice.marking <= named.carries)
    }

    /// Brings a parcel to where its channel leads: where that is, and what was answered, or why it did not arrive.
    pub fn deliver(&self, parcel: &Parcel, now: Timestamp) -> Result<(String, String), String> {
        let name = parcel.notice.channel.as_str();
        if self.are_files() {
            let channel = folder::Folder::within(&self.kept, name);
            return Ok((channel.place(), channel.deliver(parcel, now)?));
        }
        let Some(Named { carries, channel }) = self.named.get(name) else {
            return Err(format!("no channel `{name}` is configured here: `git config casebook.channel.{name}.type`"));
        };
        if parcel.notice.marking > *carries {
            let (own, most) = (marking_words(parcel.notice.marking), marking_words(*carries));
            return Err(format!("it is {own}, and the channel carries {most} at most"));
        }
        Ok((channel.place(), channel.deliver(parcel, now)?))
    }
}

impl Settings<'_> {
    fn channel_of(&self, kind: &str) -> Result<Box<dyn Channel>, WrongSetting> {
        if let Some((_, make)) = TYPES.iter().find(|(word, _)| *word == kind) {
            return make(self);
        }
        let Some(tickets) = TicketChannel::of(kind, self)? else {
            let known: Vec<&str> = types().into_iter().collect();
            return Err(self.wrong("type", format!("is `{kind}`; it is one of {}", known.join(", "))));
        };
        Ok(Box::new(tickets))
    }

    fn name(&self, key: &str) -> String {
        format!("casebook.channel.{}.{key}", self.channel)
    }

    fn get(&self, key: &str) -> Option<String> {
        self.repository.config(&self.name(key))
    }

    fn demand(&self, key: &str) -> Result<String, WrongSetting> {
        self.get(key).ok_or_else(|| self.wrong(key, "is not set"))
    }

    /// A secret: the setting names the variable that holds it.
    fn secret(&self, key: &str) -> Result<Option<String>, WrongSetting> {
        let Some(variable) = self.get(key) else { return Ok(None) };
        match (self.environment)(&variable) {
            Some(secret) => Ok(Some(secret)),
            None => Err(self.wrong(key, format!("names the variable {variable}, which is not set, or empty"))),
        }
    }

    /// How long an exchange may take: `timeout`, such as `20s`.
    fn timeout(&self, otherwise: Duration) -> Result<Duration, WrongSetting> {
        let Some(text) = self.get("timeout") else { return Ok(otherwise) };
        let span = text.parse::<Span>().ok().and_then(|span| u64::try_from(span.0).ok()).filter(|seconds| *seconds > 0);
        let wrong = || self.wrong("timeout", format!("is `{text}`; write a length of time, such as `20s`"));
        span.map(Duration::from_secs).ok_or_else(wrong)
    }

    /// The certificates of `ca`, a file; none where it is not set.
    fn trusted(&self) -> Result<Option<Vec<u8>>, WrongSetting> {
        let Some(path) = self.repository.config_path(&self.name("ca")) else { return Ok(None) };
        let found = file::find(&path).map_err(|error| self.wrong("ca", format!("cannot be read: {error}")))?;
        let found = found.ok_or_else(|| self.wrong("ca", format!("names `{}`, which is not there", path.display())))?;
        Ok(Some(found.content))
    }

    fn wrong(&self, key: &str, what: impl Into<String>) -> WrongSetting {
        WrongSetting { name: self.name(key), what: what.into() }
    }
}

/// Whether a secret may be sent there.
fn is_safe(url: &str) -> bool {
    let (is_encrypted, rest) = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
        (Some(rest), _) => (true, rest),
        (None, Some(rest)) => (false, rest),
        (None, None) => return false,
    };
    let place = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = if place.starts_with('[') { place } else { place.split(':').next().unwrap_or_default() };
    let is_here = matches!(host, "localhost" | "127.0.0.1") || host == "[::1]" || host.starts_with("[::1]:");
    !place.contains('@') && (is_encrypted || is_here)
}
