//! Notices: who hears what, as soon as it is committed or its time comes.
//!
//! A plan is a function of two commits and a moment: what came to be so between them, for whom a route of the policy leads to it, in
//! the words and up to the marking of that audience. The same gate as that of reports reads every finished text.

pub mod apply;
pub mod channel;
mod html;
pub mod json;
pub mod ledger;
pub mod markdown;
mod message;
mod occurrence;
mod plain;

pub use message::Message;

use crate::diagnostic::render::Count;
use crate::git::{Commit, GitError, Repo};
use crate::load::{self, Memory};
use crate::model::{Case, Entry, NoticeRoute};
use crate::release::corrections::Change;
use crate::report::audience::{self, Profile};
use crate::report::gate::{self, Examined, Refusal, Secrets};
use crate::report::{Dialect, RenderedFile, Source};
use crate::tree::{MemoryTree, Tree, TreeError};
use crate::values::vocabulary::{Marking, Occasion};
use crate::values::{Handle, Sha256, TreePath};
use jiff::Timestamp;
use message::Teller;
use occurrence::{Occurrence, Subject};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// Why nothing could be planned, or sent.
#[derive(Debug, thiserror::Error)]
pub enum NoticeError {
    #[error("another casebook is still sending here")]
    Busy,
    #[error("somebody else moved the ledger of notices meanwhile")]
    Contended,
    #[error("the ledger of notices has format {0}, and this casebook knows 1")]
    NewerLedger(u32),
    #[error("the branch `{}` is no ledger of notices", ledger::BRANCH)]
    NoLedger,
    #[error("`{path}` of the ledger of notices cannot be read: {reason}")]
    Broken { path: TreePath, reason: serde_json::Error },
    #[error("`{file}` of commit {commit} cannot be read, so that nobody can say what is to be told")]
    Unreadable { file: &'static str, commit: String },
    #[error("the case is told up to {0}, which is no commit that is known here")]
    Unknown(String),
    #[error("the case is told up to {0}, which is not in the history of this commit")]
    Apart(String),
    #[error("{path}: {reason}")]
    Disk { path: PathBuf, reason: std::io::Error },
    #[error(transparent)]
    Git(#[from] GitError),
    #[error(transparent)]
    Tree(#[from] TreeError),
}

impl NoticeError {
    /// What to type next, where that is known.
    pub fn help(&self) -> Option<String> {
        let help = match self {
            NoticeError::Busy => "type it again when that one has ended".to_owned(),
            NoticeError::Contended => "type it again".to_owned(),
            NoticeError::NewerLedger(_) => "use a newer casebook here".to_owned(),
            NoticeError::NoLedger | NoticeError::Broken { .. } => {
                format!("`git log {}` shows who changed it", ledger::BRANCH)
            }
            NoticeError::Unreadable { commit, .. } => {
                format!("`casebook check --rev {commit}` says why; mend it in another commit, which then tells of both")
            }
            NoticeError::Unknown(_) => "if it is newer, bring it here: `git fetch`".to_owned(),
            NoticeError::Apart(_) => format!(
                "if the history was rewritten on purpose, `git branch -m {0} {0}-old` puts the ledger aside; the next one begins with \
                 `casebook notify apply --since COMMIT`",
                ledger::BRANCH
            ),
            NoticeError::Git(error) => return error.help(),
            NoticeError::Disk { .. } | NoticeError::Tree(_) => return None,
        };
        Some(help)
    }
}

/// What is to be sent for what differs between two commits, and at a moment.
#[derive(Debug)]
pub struct Plan {
    /// The name or number of the case.
    pub case: String,
    /// The commits in hexadecimal; none before where all of the case is new.
    pub before: Option<String>,
    pub after: String,
    /// Whether the policy has routes at all.
    pub has_routes: bool,
    /// In the order of the routes of the policy.
    pub notices: Vec<Notice>,
    pub withheld: Vec<Withheld>,
}

/// One text for one channel.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Notice {
    /// The same for the same notice wherever it is planned; receivers know by it what they have.
    pub key: Sha256,
    pub route: Handle,
    pub channel: Handle,
    pub audience: String,
    pub occasion: Occasion,
    /// The id of the entry, or what else it is about.
    pub about: String,
    /// The status of the entry, and whether it waits for somebody.
    pub status: Option<String>,
    pub is_open: bool,
    /// When it is to be done, where it has such a time.
    pub due: Option<Timestamp>,
    /// Whether what it is about still holds, so that there may be more to hear of it.
    pub holds: bool,
    /// The highest marking of what it says.
    pub marking: Marking,
    pub message: Message,
}

/// What an audience would hear of, and may not, or not yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withheld {
    pub route: Handle,
    pub audience: String,
    pub occasion: Occasion,
    pub about: String,
    pub reasons: Vec<String>,
    /// Whether the gate found something in the text: it is tried again with the next commit.
    pub by_gate: bool,
}

impl Notice {
    /// All that it says, as plain text.
    pub fn text(&self) -> String {
        plain::write(&self.message, self.marking)
    }

    /// The same as a page.
    pub fn html(&self) -> String {
        html::write(&self.message, self.marking)
    }
}

/// Entries, each by the route that leads to it.
pub type Routed = BTreeSet<(String, String)>;

/// What a ledger knows of what went before.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Past {
    /// What the gate held back: it is told as if it were new.
    pub again: Routed,
    /// What was told and still held then: whoever was told of it hears when it does so no longer. Without a ledger that is what a route
    /// led to in the earlier commit.
    pub told: Option<Routed>,
}

/// The two commits, as far as they were read, and the moment.
struct Ends<'e> {
    old: &'e Source,
    new: &'e Source,
    past: &'e Past,
    /// The later commit in hexadecimal.
    commit: &'e str,
    now: Timestamp,
}

/// What is to be said to one audience, up to one marking: each with the number of its route.
struct Desk<'p> {
    profile: Profile,
    found: Vec<(usize, &'p NoticeRoute, Occurrence)>,
}

/// Plans what is to be sent for what differs between two commits, and for what is due at a moment. Without a commit before, all of
/// the case is new. Routes are those of the later commit.
pub fn plan(
    repository: &Repo,
    memory: &mut dyn Memory,
    before: Option<&Commit>,
    after: &Commit,
    past: &Past,
    now: Timestamp,
) -> Result<Plan, NoticeError> {
    let tree = repository.tree(after.tree);
    let new = source(&tree, memory)?;
    // Without them nobody could say what is to be told, and what this commit brings would never be told.
    for (file, is_read) in [("case.toml", new.case.record.is_some()), ("policy.toml", new.case.policy.is_some())] {
        if !is_read && tree.node(&TreePath::from(file)).is_some() {
            return Err(NoticeError::Unreadable { file, commit: after.id.to_string() });
        }
    }
    let mut plan = Plan {
        case: new.case.record.as_ref().map(|record| record.value.id.to_string()).unwrap_or_default(),
        before: before.map(|commit| commit.id.to_string()),
        after: after.id.to_string(),
        has_routes: false,
        notices: Vec::new(),
        withheld: Vec::new(),
    };
    let routes = new.case.policy.as_ref().map_or(&[][..], |policy| &policy.value.routes);
    if routes.is_empty() {
        return Ok(plan);
    }
    plan.has_routes = true;
    let old = match before {
        Some(commit) => source(&repository.tree(commit.tree), memory)?,
        None => source(&MemoryTree::new(), memory)?,
    };
    let commit = plan.after.clone();
    let ends = Ends { old: &old, new: &new, past, commit: &commit, now };
    let mut told = Vec::new();
    for desk in desks(&ends, routes) {
        told.extend(ends.say(&desk, &plan.case));
    }
    told.sort_by_key(|(number, _)| *number);
    for (_, said) in told {
        match said {
            Ok(notices) => plan.notices.extend(notices),
            Err(withheld) => plan.withheld.push(withheld),
        }
    }
    Ok(plan)
}

fn source(tree: &dyn Tree, memory: &mut dyn Memory) -> Result<Source, NoticeError> {
    let (case, _) = load::load(tree, memory)?;
    Ok(Source::of(tree, case, Count::default())?)
}

/// What each audience is to hear of, by its handle and the ceiling of the routes that lead to it.
fn desks<'p>(ends: &Ends<'p>, routes: &'p [NoticeRoute]) -> Vec<Desk<'p>> {
    let mut desks: BTreeMap<(String, Marking), Desk<'p>> = BTreeMap::new();
    for (number, route) in routes.iter().enumerate() {
        // `check` says that there is no such audience.
        let Some(profile) = profile(&ends.new.case, route) else { continue };
        let found = occurrence::between(ends, route, &profile);
        let desk = desks.entry((profile.handle.clone(), profile.ceiling));
        let desk = desk.or_insert_with(|| Desk { profile, found: Vec::new() });
        desk.found.extend(found.into_iter().map(|occurrence| (number, route, occurrence)));
    }
    desks.into_values().filter(|desk| !desk.found.is_empty()).collect()
}

/// The audience of a route, told no more than goes this way.
fn profile(case: &Case, route: &NoticeRoute) -> Option<Profile> {
    let mut profile = audience::profile(case, route.audience.as_str())?;
    profile.ceiling = route.tlp.map_or(profile.ceiling, |tlp| tlp.min(profile.ceiling));
    Some(profile)
}

/// What one occurrence comes to: a notice for each channel, or why there is none.
type Said = Result<Vec<Notice>, Withheld>;

impl Ends<'_> {
    /// Says everything that one audience is to hear, read by the gate before it goes.
    fn say(&self, desk: &Desk<'_>, case: &str) -> Vec<(usize, Said)> {
        let profile = &desk.profile;
        let mut told = self.new.case.told(&profile.telling());
        // What is not signed as they ask is not told in passing, either.
        told.case.entries.retain(|_, entry| occurrence::lacks(self.new, entry, profile).is_none());
        let teller = Teller {
            told: &told,
            case: &self.new.case,
            profile,
            defanged: self.new.defanged(profile),
            commit: self.commit,
            now: self.now,
        };
        let examined = Examined { case: &self.new.case, told: &told, profile, standings: &self.new.standings };
        let secrets = Secrets::of(&examined);
        let say = |(number, route, occurrence): &(usize, &NoticeRoute, Occurrence)| {
            let said = match &occurrence.kept_back {
                Some(reason) => Err((vec![reason.clone()], false)),
                None => self.notices(&teller, &secrets, route, occurrence, case),
            };
            let withheld = |(reasons, by_gate)| Withheld {
                route: route.handle.clone(),
                audience: profile.handle.clone(),
                occasion: occurrence.occasion,
                about: occurrence.subject.to_string(),
                reasons,
                by_gate,
            };
            (*number, said.map_err(withheld))
        };
        desk.found.iter().map(say).collect()
    }

    fn notices(
        &self,
        teller: &Teller<'_>,
        secrets: &Secrets<'_>,
        route: &NoticeRoute,
        occurrence: &Occurrence,
        case: &str,
    ) -> Result<Vec<Notice>, (Vec<String>, bool)> {
        let (mut message, marking) =
            teller.write(occurrence, &self.old.case).map_err(|reason| (vec![reason], false))?;
        let mut refused = self.refused(secrets, &message, marking);
        if let (false, Some(bare)) = (refused.is_empty(), teller.bare(occurrence)) {
            // Whoever was told something must hear that it holds no longer, however little can be said of it.
            message = bare;
            refused = self.refused(secrets, &message, marking);
        }
        let entry = match &occurrence.subject {
            Subject::Entry(id) => teller.told.case.get(*id),
            _ => None,
        };
        let notice = |channel: &Handle| Notice {
            key: key(case, route, channel, occurrence, self.commit),
            route: route.handle.clone(),
            channel: channel.clone(),
            audience: teller.profile.handle.clone(),
            occasion: occurrence.occasion,
            about: occurrence.subject.to_string(),
            status: entry.map(|entry| entry.status().to_owned()),
            is_open: match &occurrence.subject {
                Subject::Entry(id) => teller.case.get(*id).is_some_and(Entry::is_open),
                _ => false,
            },
            due: entry.and_then(Entry::due).map(|due| due.timestamp()),
            holds: matches!(occurrence.correction, None | Some(Change::Says(_))),
            marking,
            message: message.clone(),
        };
        if refused.is_empty() {
            return Ok(route.channels.iter().map(notice).collect());
        }
        Err((refused.into_iter().map(|refusal| refusal.says).collect(), true))
    }

    /// What the gate finds in the finished texts of a message.
    fn refused(&self, secrets: &Secrets<'_>, message: &Message, marking: Marking) -> BTreeSet<Refusal> {
        let forms =
            [(Dialect::Markdown, plain::write(message, marking)), (Dialect::Html, html::write(message, marking))];
        let found = forms.into_iter().flat_map(|(dialect, content)| {
            let file = RenderedFile { name: "notice".to_owned(), dialect, content, is_templated: false };
            [secrets.found_in(&file), gate::stray(&file)].concat()
        });
        found.collect()
    }
}

/// What tells one notice from all others: where it goes, what it is about, and since which commit, or until when, it is so.
fn key(case: &str, route: &NoticeRoute, channel: &Handle, occurrence: &Occurrence, commit: &str) -> Sha256 {
    let since = occurrence.end.map_or_else(|| commit.to_owned(), |end| end.to_string());
    let occasion = occurrence.occasion.word();
    let subject = occurrence.subject.to_string();
    let parts = ["casebook notice 1", case, route.handle.as_str(), channel.as_str(), occasion, &subject, &since];
    Sha256::of(parts.join("\n").as_bytes())
}
