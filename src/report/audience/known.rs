//! The audiences that every case has.

use super::Profile;
use crate::values::vocabulary::ReportSection::{self, *};
use crate::values::vocabulary::{KnownAudience, Marking, Naming, Wording};

/// The audience that works on the case: it is told everything.
pub const TECHNICAL: &str = "technical";

/// A known audience, as a row of the table.
pub struct Known {
    pub handle: KnownAudience,
    name: &'static str,
    ceiling: Marking,
    wording: Wording,
    people: Naming,
    limit: Option<usize>,
    sections: &'static [ReportSection],
}

/// What is true of most rows.
const PLAIN: Known = Known {
    handle: KnownAudience::Technical,
    name: "",
    ceiling: Marking::AmberStrict,
    wording: Wording::Plain,
    people: Naming::Names,
    limit: None,
    sections: &[],
};

pub const ALL: &[Known] = &[
    Known {
        handle: KnownAudience::Technical,
        name: "Those who work on the case",
        ceiling: Marking::Red,
        wording: Wording::Technical,
        sections: &[
            Summary, Changes, Story, Certainty, Milestones, Findings, Timeline, Assets, Indicators, Actions, Decisions,
            Duties, Evidence, Releases, Notes, Retired,
        ],
        ..PLAIN
    },
    Known {
        handle: KnownAudience::Executive,
        name: "Management",
        limit: Some(2),
        sections: &[Summary, Changes, Needs, Course, Impact, Objectives, Duties],
        ..PLAIN
    },
    Known {
        handle: KnownAudience::Legal,
        name: "Legal counsel",
        ceiling: Marking::Red,
        sections: &[
            Summary, Changes, Duties, Story, Certainty, Impact, Response, Milestones, Decisions, Evidence, Releases,
            Retired,
        ],
        ..PLAIN
    },
    Known {
        handle: KnownAudience::Operations,
        name: "Operations and developers",
        wording: Wording::Technical,
        sections: &[Summary, Changes, Needs, Impact, Story, Actions, Assets, Indicators, Recommendations],
        ..PLAIN
    },
    Known {
        handle: KnownAudience::Customer,
        name: "Customers",
        ceiling: Marking::Amber,
        people: Naming::Nobody,
        limit: Some(10),
        sections: &[Summary, Changes, Story, Impact, Response, Recommendations],
        ..PLAIN
    },
    Known {
        handle: KnownAudience::Indicators,
        name: "Those who search for the attacker",
        ceiling: Marking::Green,
        wording: Wording::Technical,
        people: Naming::Nobody,
        sections: &[Changes, Indicators],
        ..PLAIN
    },
    Known {
        handle: KnownAudience::Status,
        name: "Those who follow the response",
        limit: Some(5),
        sections: &[Changes, Conditions, Response, Needs, Open],
        ..PLAIN
    },
    Known {
        handle: KnownAudience::Review,
        name: "The post-incident review",
        wording: Wording::Technical,
        sections: &[
            Summary,
            Story,
            Certainty,
            Milestones,
            Impact,
            Classification,
            Response,
            Decisions,
            Lessons,
            Recommendations,
            Open,
            Timeline,
            Retired,
        ],
        ..PLAIN
    },
];

/// The known audience with a handle.
pub fn known(handle: &str) -> Option<Profile> {
    ALL.iter().find(|known| known.handle.word() == handle).map(profile)
}

/// An audience of which nothing is known.
pub fn blank() -> Profile {
    profile(&PLAIN)
}

fn profile(known: &Known) -> Profile {
    Profile {
        handle: known.handle.word().to_owned(),
        name: known.name.to_owned(),
        ceiling: known.ceiling,
        standing: None,
        sections: known.sections.to_vec(),
        wording: known.wording,
        people: known.people,
        limit: known.limit,
        drafts: known.handle == KnownAudience::Technical && !known.name.is_empty(),
        live: false,
        team: None,
        zone: None,
    }
}
