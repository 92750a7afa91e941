//! Jira, in the cloud and on one's own servers, by version 2 of its interface, which both have and which takes text
//! (<https://developer.atlassian.com/cloud/jira/platform/rest/v2/>). A ticket has its mark as a label.

use super::api::{Api, PAGES, day, is_nothing, text, texts};
use super::markup::Markup;
use super::{Draft, System, Ticket};
use crate::net::http::Method;
use crate::notice::channel::{Settings, WrongSetting};
use serde_json::{Value, json};

/// How long a text may be, in characters: Jira takes 32,767.
const LONGEST: usize = 30_000;

pub struct Jira {
    api: Api,
    project: String,
    kind: String,
    /// Whether the project has due dates.
    has_due: bool,
    /// The names of the states that an issue is given; none for any that is open, or done.
    open: Option<String>,
    closed: Option<String>,
}

impl Jira {
    /// `project` is the key of the project, `kind` the type of its issues. With `user` the secret is the API token of that user; without, a
    /// personal access token.
    pub fn of(settings: &Settings<'_>) -> Result<Self, WrongSetting> {
        let project = settings.demand("project")?;
        if !project.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return Err(
                settings.wrong("project", format!("is `{project}`; write the key of the project, such as `IR`"))
            );
        }
        Ok(Self {
            api: Api::of("Jira", settings, None)?.authorized(settings),
            project,
            kind: settings.get("kind").unwrap_or_else(|| "Task".to_owned()),
            has_due: settings.get("due").as_deref() != Some("false"),
            open: settings.get("open"),
            closed: settings.get("closed"),
        })
    }

    fn ticket(&self, key: String, is_open: bool) -> Ticket {
        Ticket { name: key.clone(), url: format!("{}/browse/{key}", self.api.base), id: key, is_open }
    }

    /// Takes an issue to a state that is open, or done, as its workflow allows.
    fn turn(&self, ticket: &Ticket, open: bool) -> Result<(), String> {
        let path = path(ticket, "/transitions");
        let known = self.api.get(&path, &[])?;
        let name = if open { &self.open } else { &self.closed };
        let is_meant = |transition: &&Value| match name {
            Some(name) => transition["to"]["name"] == name.as_str(),
            None => is_open(&transition["to"]) == open,
        };
        let found = known["transitions"].as_array().into_iter().flatten().find(is_meant);
        let Some(found) = found else {
            let name = name.as_deref().unwrap_or(if open { "that is open" } else { "that is done" });
            return Err(self.api.refused(&path, &format!("with no way to a state {name}")));
        };
        self.api.send(Method::Post, &path, &json!({ "transition": { "id": found["id"] } })).map(drop)
    }
}

impl System for Jira {
    fn place(&self) -> String {
        self.api.place()
    }

    /// The search of the cloud has another address than that of one's own servers.
    fn find(&self, mark: &str) -> Result<Option<Ticket>, String> {
        let jql = format!("project = \"{}\" AND labels = \"{mark}\" ORDER BY created ASC", self.project);
        let query = [("jql", jql.as_str()), ("fields", "status"), ("maxResults", "1")];
        let found = match self.api.find("/rest/api/2/search/jql", &query)? {
            Some(found) => found,
            None => self.api.get("/rest/api/2/search", &query)?,
        };
        Ok(found["issues"].get(0).map(|issue| self.ticket(text(&issue["key"]), is_open(&issue["fields"]["status"]))))
    }

    fn said(&self, ticket: &Ticket) -> Result<Vec<String>, String> {
        let issue = self.api.get(&path(ticket, ""), &[("fields", "description")])?;
        let mut said = vec![text(&issue["fields"]["description"])];
        for _ in 0..PAGES {
            let start = (said.len() - 1).to_string();
            let query = [("startAt", start.as_str()), ("maxResults", "100"), ("orderBy", "created")];
            let comments = texts(&self.api.get(&path(ticket, "/comment"), &query)?["comments"], "body");
            if comments.is_empty() {
                break;
            }
            said.extend(comments);
        }
        Ok(said)
    }

    fn create(&self, draft: &Draft) -> Result<Ticket, String> {
        let mut fields = json!({
            "project": { "key": self.project },
            "issuetype": { "name": self.kind },
            "summary": draft.title,
            "description": content(draft),
            "labels": [draft.mark],
        });
        if let Some(due) = draft.due.filter(|_| self.has_due) {
            fields["duedate"] = day(due).into();
        }
        let path = "/rest/api/2/issue";
        let made = self.api.send(Method::Post, path, &json!({ "fields": fields }))?;
        match text(&made["key"]) {
            key if key.is_empty() => Err(self.api.refused(path, &made.to_string())),
            key => Ok(self.ticket(key, true)),
        }
    }

    fn update(&self, ticket: &Ticket, draft: &Draft) -> Result<(), String> {
        let mut fields = json!({});
        if let Some(title) = draft.new_title() {
            fields["summary"] = title.into();
        }
        if let Some(due) = draft.due.filter(|_| self.has_due) {
            fields["duedate"] = day(due).into();
        }
        if !is_nothing(&fields) {
            self.api.send(Method::Put, &path(ticket, ""), &json!({ "fields": fields }))?;
        }
        draft.turns(ticket).map_or(Ok(()), |open| self.turn(ticket, open))
    }

    fn comment(&self, ticket: &Ticket, draft: &Draft) -> Result<(), String> {
        self.api.send(Method::Post, &path(ticket, "/comment"), &json!({ "body": content(draft) })).map(drop)
    }
}

fn content(draft: &Draft) -> String {
    Markup::Wiki.write(&draft.text, &draft.footer(), LONGEST)
}

fn path(ticket: &Ticket, more: &str) -> String {
    format!("/rest/api/2/issue/{}{more}", ticket.id)
}

/// Whether a state is not of the category of those that are done.
fn is_open(status: &Value) -> bool {
    status["statusCategory"]["key"] != "done"
}
