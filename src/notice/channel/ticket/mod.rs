//! Ticket systems: what is about one thing is one ticket of a channel. Its first notice opens it, every later one is a comment, and it is
//! closed when nobody has to do anything any more.
//!
//! A ticket carries a mark, by which it is found again, and everything that is written into it ends with the key of its notice: whoever
//! sends a notice again, on whatever machine, sees that it is there.

mod api;
mod forge;
mod gitlab;
mod jira;
mod markup;
mod redmine;
mod rt;
mod servicenow;

use super::{Channel, Settings, WrongSetting};
use crate::notice::Notice;
use crate::notice::ledger::Parcel;
use crate::report::marking_words;
use crate::values::vocabulary::Occasion;
use crate::values::wording::shortened;
use crate::values::{EntryId, Kind, Sha256};
use forge::{Flavour, Forge};
use jiff::Timestamp;
use markup::Footer;

/// How many characters of its digest a mark has.
const MARK: usize = 32;

/// The longest title, in characters, that every system takes.
const TITLE: usize = 160;

/// A ticket as it is found.
#[derive(Debug)]
struct Ticket {
    /// What the system calls it in its interface.
    id: String,
    /// What people call it.
    name: String,
    url: String,
    is_open: bool,
}

/// What a notice comes to in a ticket.
struct Draft {
    /// By this the ticket is found.
    mark: String,
    /// The key of the notice.
    key: String,
    title: String,
    /// Whether the title is that of something else than a correction.
    has_own_title: bool,
    text: String,
    due: Option<Timestamp>,
    /// Whether somebody has to do something; none where people alone know.
    open: Option<bool>,
}

/// A ticket system.
trait System {
    /// Where it is, for people.
    fn place(&self) -> String;

    /// The ticket of a mark.
    fn find(&self, mark: &str) -> Result<Option<Ticket>, String>;

    /// What is written in it: its description, then its comments, the oldest first.
    fn said(&self, ticket: &Ticket) -> Result<Vec<String>, String>;

    fn create(&self, draft: &Draft) -> Result<Ticket, String>;

    /// Gives a ticket the title, the time and the state of a draft.
    fn update(&self, ticket: &Ticket, draft: &Draft) -> Result<(), String>;

    /// Adds the text of a draft.
    fn comment(&self, ticket: &Ticket, draft: &Draft) -> Result<(), String>;
}

pub struct TicketChannel {
    channel: String,
    system: Box<dyn System>,
}

type Make = fn(&Settings<'_>) -> Result<Box<dyn System>, WrongSetting>;

/// The ticket systems, and how each is reached with the settings of a channel.
const SYSTEMS: &[(&str, Make)] = &[
    ("gitea", |settings| Ok(Box::new(Forge::of(Flavour::Gitea, settings)?))),
    ("github", |settings| Ok(Box::new(Forge::of(Flavour::GitHub, settings)?))),
    ("gitlab", |settings| Ok(Box::new(gitlab::GitLab::of(settings)?))),
    ("jira", |settings| Ok(Box::new(jira::Jira::of(settings)?))),
    ("redmine", |settings| Ok(Box::new(redmine::Redmine::of(settings)?))),
    ("rt", |settings| Ok(Box::new(rt::Rt::of(settings)?))),
    ("servicenow", |settings| Ok(Box::new(servicenow::ServiceNow::of(settings)?))),
];

impl TicketChannel {
    /// The words for the ticket systems.
    pub fn types() -> impl Iterator<Item = &'static str> {
        SYSTEMS.iter().map(|(word, _)| *word)
    }

    /// None where the type is no ticket system.
    pub fn of(kind: &str, settings: &Settings<'_>) -> Result<Option<Self>, WrongSetting> {
        let Some((_, make)) = SYSTEMS.iter().find(|(word, _)| *word == kind) else { return Ok(None) };
        Ok(Some(Self { channel: settings.channel.to_owned(), system: make(settings)? }))
    }
}

impl Channel for TicketChannel {
    fn place(&self) -> String {
        self.system.place()
    }

    /// What a notice changes comes before its comment, which says that it is done.
    fn deliver(&self, parcel: &Parcel, _: Timestamp) -> Result<String, String> {
        let draft = Draft::of(parcel, &self.channel);
        let Some(ticket) = self.system.find(&draft.mark)? else {
            let ticket = self.system.create(&draft)?;
            if draft.open == Some(false) {
                self.system.update(&ticket, &draft)?;
            }
            return Ok(format!("opened {} {}", ticket.name, ticket.url));
        };
        let keys: Vec<String> =
            self.system.said(&ticket)?.iter().filter_map(|text| Footer::read(text)).map(|footer| footer.key).collect();
        if !keys.contains(&draft.key) {
            self.system.update(&ticket, &draft)?;
            self.system.comment(&ticket, &draft)?;
            return Ok(format!("updated {} {}", ticket.name, ticket.url));
        }
        if keys.last() == Some(&draft.key) {
            self.system.update(&ticket, &draft)?;
        }
        Ok(format!("already in {} {}", ticket.name, ticket.url))
    }
}

impl Draft {
    fn of(parcel: &Parcel, channel: &str) -> Self {
        let notice = &parcel.notice;
        let thread = ["casebook ticket 1", &parcel.case, &notice.about, channel].join("\n");
        let digest: String = Sha256::of(thread.as_bytes()).to_string().chars().take(MARK).collect();
        let own = own_title(notice);
        let title = own.unwrap_or(&notice.message.title);
        let title = format!("[{}] [{}] {title}", marking_words(notice.marking), parcel.case);
        Self {
            mark: format!("casebook-{digest}"),
            key: notice.key.to_string(),
            title: shortened(&title, TITLE - 1),
            has_own_title: own.is_some(),
            text: notice.text().trim_end().to_owned(),
            due: notice.due,
            open: is_to_be_done(notice),
        }
    }

    fn footer(&self) -> Footer {
        Footer { mark: self.mark.clone(), key: self.key.clone() }
    }

    /// The title that a ticket is to have now.
    fn new_title(&self) -> Option<&str> {
        self.has_own_title.then_some(self.title.as_str())
    }

    /// Whether a ticket is to be opened again, or closed.
    fn turns(&self, ticket: &Ticket) -> Option<bool> {
        self.open.filter(|open| *open != ticket.is_open)
    }
}

/// What it is called; a correction says that among its facts, where it is called anything still.
fn own_title(notice: &Notice) -> Option<&String> {
    let message = &notice.message;
    match notice.occasion {
        Occasion::Corrected => message.facts.iter().find(|(name, _)| name == "Title").map(|(_, title)| title),
        _ => Some(&message.title),
    }
}

/// Actions and decisions are open or not; of everything else people see for themselves when nothing is left to do.
fn is_to_be_done(notice: &Notice) -> Option<bool> {
    let id: EntryId = notice.about.parse().ok()?;
    matches!(id.kind(), Kind::Action | Kind::Decision).then_some(notice.is_open)
}
