//! Audiences: who a report is for decides which sections it has, up to which marking it tells, and in which words.
//!
//! A case has the audiences of [`known`], each with an outline of its own; `[[audiences]]` of its policy changes them and adds
//! others.

mod known;

use crate::model::{Audience, Case, Telling};
use crate::values::vocabulary::{KnownAudience, LeastStanding, Marking, Naming, ReportSection, Wording};
use crate::values::{Handle, Zone, nearest};

pub use known::{TECHNICAL, known};

/// What a report for an audience tells, and how.
#[derive(Clone, Debug)]
pub struct Profile {
    pub handle: String,
    /// What people call the audience.
    pub name: String,
    /// The strictest marking that it is told.
    pub ceiling: Marking,
    /// Where findings and decisions must stand at least; anywhere where there is none.
    pub standing: Option<LeastStanding>,
    pub sections: Vec<ReportSection>,
    pub wording: Wording,
    pub people: Naming,
    /// The number of entries that a section names at most, before it says how many more there are.
    pub limit: Option<usize>,
    /// Whether findings that are drafts are told.
    pub drafts: bool,
    /// Whether indicators are shown as they are, not defanged.
    pub live: bool,
    /// The team whose open actions it is told of; those of all where there is none.
    pub team: Option<Handle>,
    /// The reader's zone, beside UTC.
    pub zone: Option<Zone>,
}

impl Profile {
    /// What of the case may be told.
    pub fn telling(&self) -> Telling {
        Telling { ceiling: self.ceiling, drafts: self.drafts, retired: self.has(ReportSection::Retired) }
    }

    pub fn has(&self, section: ReportSection) -> bool {
        self.sections.contains(&section)
    }

    /// Whether it is the report of those who work on the case, who see everything as it is.
    pub fn is_internal(&self) -> bool {
        self.telling() == Telling::everything(Marking::Red) && self.people == Naming::Names
    }

    /// As much of a list as the audience is told, and how much more there is.
    pub fn shorten<'l, T>(&self, list: &'l [T]) -> (&'l [T], usize) {
        let told = self.limit.unwrap_or(list.len()).min(list.len());
        (&list[..told], list.len() - told)
    }
}

/// The handles of all audiences of a case: those that every case has, then those of its policy.
pub fn handles(case: &Case) -> Vec<&str> {
    let own = case.policy.iter().flat_map(|policy| &policy.value.audiences).map(|audience| audience.handle.as_str());
    let mut handles: Vec<&str> = KnownAudience::ALL.iter().map(|known| known.word()).collect();
    // One with a dot in it could lead out of the folder of reports; `casebook check` says so.
    handles.extend(own.filter(|own| known(own).is_none() && !own.contains('.')));
    handles
}

/// The handle that a wrong one is nearest to.
pub fn nearest_handle<'c>(case: &'c Case, handle: &str) -> Option<&'c str> {
    nearest(handle, handles(case))
}

/// The audience with a handle, as the policy of the case has it; `None` where there is none.
pub fn profile(case: &Case, handle: &str) -> Option<Profile> {
    let own = case.policy.as_ref().and_then(|policy| policy.value.audience(handle));
    match own {
        Some(own) => {
            let like = own.like.map_or_else(|| known(handle), |like| known(like.word()));
            Some(with(like.unwrap_or_else(plainest), own))
        }
        None => known(handle),
    }
}

/// What an audience is told that is like none of the known ones: as little as possible.
fn plainest() -> Profile {
    let sections = vec![ReportSection::Summary, ReportSection::Story, ReportSection::Impact, ReportSection::Response];
    Profile { sections, ..known::blank() }
}

/// What an audience is called that the policy gives no name: as the one that it changes, or by its handle.
fn named(like: &Profile, own: &Audience) -> String {
    if like.handle == own.handle.as_str() { like.name.clone() } else { own.handle.to_string() }
}

/// A profile with what the policy says instead.
fn with(like: Profile, own: &Audience) -> Profile {
    let name = own.name.as_ref().map_or_else(|| named(&like, own), ToString::to_string);
    let sections = if own.sections.is_empty() { like.sections } else { own.sections.clone() };
    Profile {
        handle: own.handle.to_string(),
        name,
        ceiling: own.tlp.unwrap_or(like.ceiling),
        standing: own.standing.or(like.standing),
        sections,
        wording: own.wording.unwrap_or(like.wording),
        people: own.people.unwrap_or(like.people),
        limit: own.limit.map(|limit| usize::try_from(limit).unwrap_or(usize::MAX)).or(like.limit),
        drafts: own.drafts.unwrap_or(like.drafts),
        live: own.live.unwrap_or(like.live),
        team: own.team.clone().or(like.team),
        zone: own.zone.clone().or(like.zone),
    }
}
