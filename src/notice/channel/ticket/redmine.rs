//! Redmine, by its REST interface (<https://www.redmine.org/projects/redmine/wiki/Rest_api>). The last line of a description has the mark.

use super::api::{Api, day, text, texts};
use super::markup::{Footer, Markup};
use super::{Draft, System, Ticket};
use crate::net::http::Method;
use crate::notice::channel::{Settings, WrongSetting};
use serde_json::{Value, json};

/// How long a text may be, in characters: MySQL cuts at 65,535 bytes.
const LONGEST: usize = 15_000;

pub struct Redmine {
    api: Api,
    project: String,
    markup: Markup,
    /// The names of the states that an issue is given; none for the first that is open, or closed.
    open: Option<String>,
    closed: Option<String>,
}

impl Redmine {
    /// `project` is the identifier of the project, `markup` how it reads texts: `textile`, or `markdown`.
    pub fn of(settings: &Settings<'_>) -> Result<Self, WrongSetting> {
        let markup = match settings.get("markup").as_deref() {
            None | Some("textile") => Markup::Textile,
            Some("markdown") => Markup::Markdown,
            Some(other) => return Err(settings.wrong("markup", format!("is `{other}`; it is textile or markdown"))),
        };
        Ok(Self {
            api: Api::of("Redmine", settings, None)?.signed("x-redmine-api-key", str::to_owned),
            project: settings.demand("project")?,
            markup,
            open: settings.get("open"),
            closed: settings.get("closed"),
        })
    }

    fn ticket(&self, issue: &Value) -> Ticket {
        let id = text(&issue["id"]);
        Ticket {
            name: format!("#{id}"),
            url: format!("{}/issues/{id}", self.api.base),
            id,
            is_open: issue["status"]["is_closed"] != true,
        }
    }

    /// The number of the state that an issue is given.
    fn status(&self, open: bool) -> Result<Value, String> {
        const PATH: &str = "/issue_statuses.json";
        let known = self.api.get(PATH, &[])?;
        let name = if open { &self.open } else { &self.closed };
        let is_meant = |status: &&Value| match name {
            Some(name) => status["name"] == name.as_str(),
            None => status["is_closed"] == !open,
        };
        let found = known["issue_statuses"].as_array().into_iter().flatten().find(is_meant);
        found.map(|status| status["id"].clone()).ok_or_else(|| {
            let name = name.as_deref().unwrap_or(if open { "that is open" } else { "that is closed" });
            self.api.refused(PATH, &format!("with no state {name}"))
        })
    }

    fn content(&self, draft: &Draft) -> String {
        self.markup.write(&draft.text, &draft.footer(), LONGEST)
    }

    fn read(&self, ticket: &Ticket) -> Result<Value, String> {
        Ok(self.api.get(&path(ticket), &[("include", "journals")])?["issue"].clone())
    }
}

impl System for Redmine {
    fn place(&self) -> String {
        self.api.place()
    }

    fn find(&self, mark: &str) -> Result<Option<Ticket>, String> {
        let contains = format!("~{}", Footer::needle(mark));
        let query = [
            ("project_id", self.project.as_str()),
            ("status_id", "*"),
            ("description", &contains),
            ("sort", "id"),
            ("limit", "100"),
        ];
        let found = self.api.get("/issues.json", &query)?;
        let is_it =
            |issue: &&Value| Footer::read(&text(&issue["description"])).is_some_and(|footer| footer.mark == mark);
        Ok(found["issues"].as_array().into_iter().flatten().find(is_it).map(|issue| self.ticket(issue)))
    }

    fn said(&self, ticket: &Ticket) -> Result<Vec<String>, String> {
        let issue = self.read(ticket)?;
        let mut said = vec![text(&issue["description"])];
        said.extend(texts(&issue["journals"], "notes"));
        Ok(said)
    }

    /// The start is left open: Redmine would take today, and no time that is past would do.
    fn create(&self, draft: &Draft) -> Result<Ticket, String> {
        let due = draft.due.map(day);
        let issue = json!({ "issue": {
            "project_id": self.project,
            "subject": draft.title,
            "description": self.content(draft),
            "start_date": "",
            "due_date": due,
        }});
        let made = self.api.send(Method::Post, "/issues.json", &issue)?;
        Ok(self.ticket(&made["issue"]))
    }

    /// Redmine leaves a state as it is, without a word, where the workflow does not allow the change.
    fn update(&self, ticket: &Ticket, draft: &Draft) -> Result<(), String> {
        let mut issue = json!({});
        if let Some(title) = draft.new_title() {
            issue["subject"] = title.into();
        }
        let start = text(&self.read(ticket)?["start_date"]);
        if let Some(due) = draft.due.map(day).filter(|due| *due >= start) {
            issue["due_date"] = due.into();
        }
        let turned = draft.turns(ticket);
        if let Some(open) = turned {
            issue["status_id"] = self.status(open)?;
        }
        self.api.send(Method::Put, &path(ticket), &json!({ "issue": issue }))?;
        match turned {
            Some(open) if (self.read(ticket)?["status"]["is_closed"] != true) != open => {
                Err(self.api.refused(&path(ticket), "204 and left its state: the workflow does not allow the change"))
            }
            _ => Ok(()),
        }
    }

    fn comment(&self, ticket: &Ticket, draft: &Draft) -> Result<(), String> {
        let issue = json!({ "issue": { "notes": self.content(draft) } });
        self.api.send(Method::Put, &path(ticket), &issue).map(drop)
    }
}

fn path(ticket: &Ticket) -> String {
    format!("/issues/{}.json", ticket.id)
}
