//! GitLab, by its interface of version 4 (<https://docs.gitlab.com/api/issues/>). The last line of an issue has the mark; in a block of
//! code nothing is a quick action, either.

use super::api::{Api, day, is_nothing, text};
use super::markup::{self, Footer, Markup};
use super::{Draft, System, Ticket};
use crate::net::http::Method;
use crate::notice::channel::{Settings, WrongSetting};
use serde_json::{Value, json};

/// How long a text may be, in characters.
const LONGEST: usize = 60_000;

pub struct GitLab {
    api: Api,
    /// The path of the issues of the project.
    issues: String,
}

impl GitLab {
    /// `project` is the path of the project, or its number.
    pub fn of(settings: &Settings<'_>) -> Result<Self, WrongSetting> {
        let project = settings.demand("project")?;
        let is_path = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
        if !project.chars().all(is_path) {
            return Err(settings.wrong("project", format!("is `{project}`; write `group/project`, or its number")));
        }
        Ok(Self {
            api: Api::of("GitLab", settings, Some("https://gitlab.com"))?.signed("private-token", str::to_owned),
            issues: format!("/api/v4/projects/{}/issues", project.replace('/', "%2F")),
        })
    }

    fn path(&self, ticket: &Ticket, more: &str) -> String {
        format!("{}/{}{more}", self.issues, ticket.id)
    }
}

impl System for GitLab {
    fn place(&self) -> String {
        self.api.place()
    }

    fn find(&self, mark: &str) -> Result<Option<Ticket>, String> {
        let query = [("search", mark), ("in", "description"), ("state", "all"), ("sort", "asc"), ("per_page", "100")];
        self.api.pages(&self.issues, &query, &mut |issue| {
            let footer = Footer::read(&text(&issue["description"]));
            footer.filter(|footer| footer.mark == mark).map(|_| ticket(issue))
        })
    }

    fn said(&self, ticket: &Ticket) -> Result<Vec<String>, String> {
        let mut said = vec![text(&self.api.get(&self.path(ticket, ""), &[])?["description"])];
        let query = [("sort", "asc"), ("order_by", "created_at"), ("per_page", "100")];
        let collect = &mut |note: &Value| -> Option<()> {
            said.push(text(&note["body"]));
            None
        };
        self.api.pages(&self.path(ticket, "/notes"), &query, collect)?;
        Ok(said)
    }

    fn create(&self, draft: &Draft) -> Result<Ticket, String> {
        let body = json!({
            "title": markup::title(&draft.title),
            "description": content(draft),
            "due_date": draft.due.map(day),
        });
        self.api.send(Method::Post, &self.issues, &body).map(|issue| ticket(&issue))
    }

    fn update(&self, ticket: &Ticket, draft: &Draft) -> Result<(), String> {
        let mut body = json!({});
        if let Some(title) = draft.new_title() {
            body["title"] = markup::title(title).into();
        }
        if let Some(due) = draft.due {
            body["due_date"] = day(due).into();
        }
        if let Some(open) = draft.turns(ticket) {
            body["state_event"] = if open { "reopen" } else { "close" }.into();
        }
        // GitLab refuses a change of nothing.
        if is_nothing(&body) {
            return Ok(());
        }
        self.api.send(Method::Put, &self.path(ticket, ""), &body).map(drop)
    }

    fn comment(&self, ticket: &Ticket, draft: &Draft) -> Result<(), String> {
        self.api.send(Method::Post, &self.path(ticket, "/notes"), &json!({ "body": content(draft) })).map(drop)
    }
}

fn content(draft: &Draft) -> String {
    Markup::Markdown.write(&draft.text, &draft.footer(), LONGEST)
}

fn ticket(issue: &Value) -> Ticket {
    let id = text(&issue["iid"]);
    Ticket { name: format!("#{id}"), url: text(&issue["web_url"]), id, is_open: issue["state"] != "closed" }
}
