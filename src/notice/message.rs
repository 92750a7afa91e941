//! What a notice says, before a channel writes it in its own form: lines without anything that is markup there, taken apart where
//! they name an indicator, with hidden characters shown.

use super::occurrence::{Occurrence, Subject};
use super::plain;
use crate::model::{Body, Case, Duty, Entry, Told};
use crate::release::corrections::Change;
use crate::report::audience::Profile;
use crate::report::defanged::Defanged;
use crate::report::duty::{self, Clock};
use crate::report::{clock, escape, marking_words};
use crate::values::vocabulary::{Marking, Milestone, Naming, Occasion};
use crate::values::wording::{capital, counted, shortened};
use crate::values::{EntryId, Handle};
use jiff::Timestamp;
use std::borrow::Cow;

/// The longest text of an entry that a notice repeats, in characters: the report has the whole.
const LONGEST: usize = 2_000;

/// What a notice says.
#[derive(Clone, Debug, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Message {
    /// What it is about, by its own name.
    pub title: String,
    /// In one line what is said of it.
    pub subject: String,
    /// What happened to it, in a sentence, where the subject does not say so.
    pub lead: Option<String>,
    /// What is to be known of it, each with its name.
    pub facts: Vec<Fact>,
    /// Its own text, in paragraphs.
    pub text: Vec<String>,
    /// Where it comes from.
    pub origin: String,
}

/// Something to be known, after its name.
pub type Fact = (Cow<'static, str>, String);

/// What the messages for an audience are made from.
pub struct Teller<'t> {
    pub told: &'t Told,
    pub case: &'t Case,
    pub profile: &'t Profile,
    pub defanged: &'t Defanged,
    /// The commit in hexadecimal.
    pub commit: &'t str,
    pub now: Timestamp,
}

/// What a notice says, and the marking that it has; or why the audience cannot be told.
pub type Written = Result<(Message, Marking), String>;

impl Teller<'_> {
    /// What is said of an occurrence. `old` is the case as they were told of it before.
    pub fn write(&self, occurrence: &Occurrence, old: &Case) -> Written {
        if let (Some(change), Subject::Entry(id)) = (&occurrence.correction, &occurrence.subject) {
            return self.correction(*id, change, old);
        }
        match &occurrence.subject {
            Subject::Case => self.of_case(),
            Subject::Entry(id) => self.of_entry(*id, occurrence),
            Subject::Duty(handle) => self.of_duty(handle, occurrence),
            Subject::Milestone(milestone) => self.of_milestone(*milestone),
            Subject::Objective(name) => self.of_objective(name),
        }
    }

    fn message(&self, about: &str, subject: String) -> Message {
        let case = match self.told.case_id.as_str() {
            "" => "a case".to_owned(),
            id => format!("case {}", self.line(id)),
        };
        let commit: String = self.commit.chars().take(12).collect();
        Message {
            title: subject.clone(),
            subject,
            origin: format!("From {about}{case}, commit {commit}."),
            ..Message::default()
        }
    }

    fn of_case(&self) -> Written {
        let record = &self.told.case.record.as_ref().ok_or_else(|| self.withheld())?.value;
        let mut message = self.message("", format!("Case {}: {}", record.status, self.line(record.title.as_str())));
        message.facts.push(fact("Severity", record.severity.to_string()));
        message.text = record.summary.as_ref().map(|summary| self.prose(summary.as_str())).unwrap_or_default();
        Ok((message, record.tlp))
    }

    fn of_milestone(&self, milestone: Milestone) -> Written {
        let record = &self.told.case.record.as_ref().ok_or_else(|| self.withheld())?.value;
        let when = record.milestones.as_ref().and_then(|milestones| milestones.get(milestone));
        let when = when.ok_or("its time is not known")?;
        let mut message =
            self.message("", format!("{}: {}", capital(milestone.word()), self.line(record.title.as_str())));
        message.facts.push(fact("When", format!("{} UTC", clock::when(when))));
        Ok((message, record.tlp))
    }

    fn of_objective(&self, name: &str) -> Written {
        let record = &self.told.case.record.as_ref().ok_or_else(|| self.withheld())?.value;
        let objective = record.objectives.iter().find(|objective| objective.name.as_str() == name);
        let objective = objective.ok_or("there is no such objective")?;
        let mut message = self.message("", format!("Objective missed: {}", self.line(name)));
        message.facts.push(fact("Measured", objective.measure.to_string()));
        message.facts.push(fact("Allowed", clock::length(objective.target.0)));
        Ok((message, record.tlp))
    }

    fn of_duty(&self, handle: &Handle, occurrence: &Occurrence) -> Written {
        let record = &self.told.case.record.as_ref().ok_or_else(|| self.withheld())?.value;
        let clocks = duty::of(&self.told.case, self.now);
        let clock = clocks.iter().find(|clock| clock.duty.handle == *handle).ok_or("there is no such duty")?;
        let end = occurrence.end.ok_or("nothing of it is due")?;
        let state = match occurrence.occasion {
            Occasion::Overdue => "Overdue",
            _ => "Due soon",
        };
        let mut message = self.message("", format!("{state}: {}", self.line(clock.duty.name.as_str())));
        message.facts.extend(self.duty_facts(clock.duty));
        message.facts.push(fact("Due", format!("{} UTC, {}", clock::to_the_minute(end), left(end, self.now))));
        message.facts.extend(uncertain(clock));
        let actions: Vec<String> = clock.actions.iter().map(|entry| self.named(entry)).collect();
        let fulfils = if actions.is_empty() {
            "no action of the case that you may be told of".to_owned()
        } else {
            actions.join("; ")
        };
        message.facts.push(fact("Fulfilled by", fulfils));
        Ok((message, record.tlp))
    }

    fn duty_facts(&self, duty: &Duty) -> Vec<Fact> {
        let law = duty.law.as_ref().map(|law| fact("Law", self.line(law.as_str())));
        let to = duty.to.as_ref().map(|to| fact("To", self.line(to.as_str())));
        law.into_iter().chain(to).collect()
    }

    fn of_entry(&self, id: EntryId, occurrence: &Occurrence) -> Written {
        let entry = self.told.case.get(id).ok_or_else(|| match self.told.left_out.get(&id) {
            Some(reason) => format!("it is {reason}"),
            None => "it is not in the case".to_owned(),
        })?;
        let noun = capital(entry.kind().noun());
        let title = self.line(&entry.title());
        let subject = match occurrence.occasion {
            Occasion::DueSoon => format!("Due soon: {title}"),
            Occasion::Overdue => format!("Overdue: {title}"),
            Occasion::Changed => format!("{noun} changed, {}: {title}", entry.status()),
            _ => format!("{noun} {}: {title}", entry.status()),
        };
        let mut message = self.message(&format!("{id} of "), subject);
        message.title = title;
        message.facts = self.facts(entry);
        if let Some(end) = occurrence.end {
            message.facts.retain(|(name, _)| name != "Due");
            message.facts.push(fact("Due", format!("{} UTC, {}", clock::to_the_minute(end), left(end, self.now))));
        }
        message.text = text_of(entry).map(|text| self.prose(text)).unwrap_or_default();
        Ok((message, self.told.case.marking(entry)))
    }

    /// What became of something that they were told.
    fn correction(&self, id: EntryId, change: &Change, old: &Case) -> Written {
        let entry = old.get(id).ok_or("it was never told")?;
        let now = self.told.case.get(id);
        // Whoever may not be told what it says now still knows what it said, and by which id.
        let name = match change {
            Change::Raised(_) => format!("{} {id}", entry.kind().noun()),
            _ => format!("{} “{}” ({id})", entry.kind().noun(), self.line(&crate::report::naming::title(entry))),
        };
        let mut message = self.message(&format!("{id} of "), format!("Correction: {name}"));
        message.lead = Some(match change {
            Change::Raised(marking) => {
                format!("It {change}: pass on nothing that you were told of it. {}", about(*marking))
            }
            Change::Says(_) => format!("What you were told of it {change}; this is what holds now."),
            Change::NoLonger(_) | Change::Gone => format!("What you were told of it holds no longer: it {change}."),
        });
        let mut marking = old.marking(entry).min(self.profile.ceiling);
        if let (Change::Says(_), Some(now)) = (change, now) {
            message.facts.push(fact("Title", self.line(&now.title())));
            message.facts.extend(self.facts(now));
            message.text = text_of(now).map(|text| self.prose(text)).unwrap_or_default();
            marking = self.told.case.marking(now);
        }
        if let Some(next) = self.case.get(id).and_then(Entry::superseded_by).and_then(|next| self.told.case.get(next)) {
            message.facts.push(fact("In its place", self.named(next)));
            marking = marking.max(self.told.case.marking(next));
        }
        Ok((message, marking))
    }

    /// What is said of something that holds no longer, where nothing of it may be said.
    pub fn bare(&self, occurrence: &Occurrence) -> Option<Message> {
        let (Some(_), Subject::Entry(id)) = (&occurrence.correction, &occurrence.subject) else { return None };
        let mut message = self.message(&format!("{id} of "), format!("Correction: {id}"));
        message.lead = Some("What you were told of it holds no longer as you were told it: ask the team.".to_owned());
        Some(message)
    }

    /// What is to be known of an entry at a glance.
    fn facts(&self, entry: &Entry) -> Vec<Fact> {
        let case = &self.told.case;
        let mut facts: Vec<Fact> = Vec::new();
        match &entry.body {
            Body::Finding(finding) => {
                facts.extend(finding.severity.map(|severity| fact("Severity", severity.to_string())));
                facts.extend(finding.confidence.map(|confidence| fact("Confidence", confidence.to_string())));
                facts.extend(finding.observed.as_ref().map(|when| fact("Seen", format!("{} UTC", clock::when(when)))));
                facts.push(fact("Techniques", listed(finding.techniques.iter().map(ToString::to_string))));
                let assets = finding.assets.iter().filter_map(|id| case.get(id.0));
                facts.push(fact("Assets", listed(assets.map(|asset| self.line(&asset.title())))));
            }
            Body::Event(event) => facts.push(fact("When", format!("{} UTC", clock::when(&event.time)))),
            Body::Indicator(indicator) => {
                facts.push(fact("Type", indicator.r#type.to_string()));
                facts.push(fact("Verdict", indicator.verdict.to_string()));
            }
            Body::Asset(asset) => {
                facts.push(fact("Kind", asset.kind.to_string()));
                facts.extend(asset.compromise.map(|compromise| fact("Compromise", compromise.to_string())));
                facts.extend(asset.containment.map(|containment| fact("Containment", containment.to_string())));
                facts.extend(asset.owner.as_ref().map(|owner| fact("Owner", self.team(owner))));
            }
            Body::Action(action) => {
                facts.push(fact("For", action.phase.to_string()));
                facts.extend(action.priority.map(|priority| fact("Priority", priority.to_string())));
                facts.extend(action.owner.as_ref().map(|owner| fact("Owner", self.team(owner))));
                facts.extend(action.assignee.as_ref().and_then(|who| Some(fact("Assigned to", self.person(who)?))));
                facts.extend(
                    action.due.map(|due| fact("Due", format!("{} UTC", clock::to_the_minute(due.timestamp())))),
                );
            }
            Body::Decision(decision) => {
                facts.extend(
                    decision.due.map(|due| fact("Due", format!("{} UTC", clock::to_the_minute(due.timestamp())))),
                );
            }
            Body::Evidence(item) => facts.push(fact("Files", counted(item.files, "file"))),
            Body::Custody(custody) => facts.push(fact("Item", custody.item.0.to_string())),
        }
        facts.retain(|(_, value)| !value.is_empty());
        facts
    }

    fn named(&self, entry: &Entry) -> String {
        format!("“{}” ({}, {})", self.line(&entry.title()), entry.id(), entry.status())
    }

    fn team(&self, handle: &Handle) -> String {
        let teams = self.told.case.team.iter().flat_map(|team| &team.value.teams);
        let team = teams.into_iter().find(|team| team.handle == *handle);
        self.line(team.map_or(handle.as_str(), |team| team.name.as_str()))
    }

    /// The name of a person, for an audience that is told names.
    fn person(&self, handle: &Handle) -> Option<String> {
        (self.profile.people == Naming::Names).then(|| self.line(self.told.case.name_of(handle)))
    }

    fn withheld(&self) -> String {
        format!("the case is marked {}", marking_words(self.case.own_marking()))
    }

    /// A text on one line.
    fn line(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        escape::visible(&mut out, &self.unlinked(text));
        out.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// A text in which no indicator stands as it is, and of which no program makes a link, whatever it leads to. Whoever is shown live
    /// values gets them as they are.
    fn unlinked(&self, text: &str) -> String {
        let text = self.defanged.text(text);
        match self.profile.live {
            true => text.into_owned(),
            false => text.replace("://", "[:]//").replace("www.", "www[.]").replace("mailto:", "mailto[:]"),
        }
    }

    fn prose(&self, text: &str) -> Vec<String> {
        let title = |id: EntryId| self.told.case.get(id).map(|entry| format!("“{}”", entry.title()));
        let paragraphs = plain::paragraphs(&shortened(text, LONGEST), &title);
        let seen = |paragraph: &String| {
            let mut out = String::with_capacity(paragraph.len());
            escape::visible(&mut out, &self.unlinked(paragraph));
            out
        };
        paragraphs.iter().map(seen).collect()
    }
}

fn fact(name: &'static str, value: impl Into<String>) -> Fact {
    (name.into(), value.into())
}

fn about(marking: Marking) -> &'static str {
    match marking {
        Marking::Red => "It is for the eyes of those who were told, and of nobody else.",
        Marking::AmberStrict => "It is for their organisation only.",
        Marking::Amber => "It is for their organisation and its clients, where they need to know.",
        Marking::Green | Marking::Clear => "It is for their community.",
    }
}

/// What an entry says in its own words.
fn text_of(entry: &Entry) -> Option<&str> {
    let text = match &entry.body {
        Body::Finding(finding) => Some(&finding.summary),
        Body::Event(event) => event.description.as_ref(),
        Body::Indicator(indicator) => indicator.description.as_ref(),
        Body::Asset(asset) => asset.description.as_ref(),
        Body::Action(action) => action.outcome.as_ref().filter(|_| !entry.is_open()).or(action.description.as_ref()),
        Body::Decision(decision) => decision.decision.as_ref(),
        Body::Evidence(_) | Body::Custody(_) => None,
    };
    text.map(crate::values::Markdown::as_str)
}

fn listed(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(", ")
}

/// `in 3 h`, or `3 h ago`.
fn left(end: Timestamp, now: Timestamp) -> String {
    let seconds = end.duration_since(now).as_secs();
    if seconds < 0 { format!("{} ago", clock::length(-seconds)) } else { format!("in {}", clock::length(seconds)) }
}

/// The latest end, where the milestone is not known exactly.
fn uncertain(clock: &Clock<'_>) -> Option<Fact> {
    let (earliest, latest) = clock.window?;
    let says = || format!("{} UTC, since nobody knows exactly when it started", clock::to_the_minute(latest));
    (earliest != latest).then(|| fact("At the latest", says()))
}
