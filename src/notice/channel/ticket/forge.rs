//! GitHub, and Gitea and Forgejo, whose interface is made after that of GitHub. The last line of an issue has the mark. Their search finds
//! what is new only some time later, so that the issues of the repository are looked through.

use super::api::{Api, text};
use super::markup::{self, Footer, Markup};
use super::{Draft, System, Ticket};
use crate::net::http::Method;
use crate::notice::channel::{Settings, WrongSetting};
use serde_json::{Value, json};

/// How long a text may be, in characters: GitHub takes 65,536.
const LONGEST: usize = 60_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavour {
    /// <https://docs.github.com/en/rest/issues>
    GitHub,
    /// <https://docs.gitea.com/api/>
    Gitea,
}

pub struct Forge {
    api: Api,
    flavour: Flavour,
    /// The path of the issues of the repository.
    issues: String,
}

impl Forge {
    /// `project` is `owner/repository`.
    pub fn of(flavour: Flavour, settings: &Settings<'_>) -> Result<Self, WrongSetting> {
        let project = settings.demand("project")?;
        let is_name = |name: &str| {
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
        };
        if !project.split_once('/').is_some_and(|(owner, name)| is_name(owner) && is_name(name)) {
            return Err(settings.wrong("project", format!("is `{project}`; write `owner/repository`")));
        }
        let (api, prefix) = match flavour {
            Flavour::GitHub => {
                let api = Api::of("GitHub", settings, Some("https://api.github.com"))?;
                (api.signed("authorization", |secret| format!("Bearer {secret}")), "")
            }
            Flavour::Gitea => {
                let api = Api::of("Gitea", settings, None)?;
                (api.signed("authorization", |secret| format!("token {secret}")), "/api/v1")
            }
        };
        Ok(Self { api, flavour, issues: format!("{prefix}/repos/{project}/issues") })
    }

    fn path(&self, ticket: &Ticket, more: &str) -> String {
        format!("{}/{}{more}", self.issues, ticket.id)
    }

    fn set_due(&self, body: &mut Value, draft: &Draft) {
        if let (Flavour::Gitea, Some(due)) = (self.flavour, draft.due) {
            body["due_date"] = due.to_string().into();
        }
    }
}

impl System for Forge {
    fn place(&self) -> String {
        self.api.place()
    }

    fn find(&self, mark: &str) -> Result<Option<Ticket>, String> {
        let query = match self.flavour {
            Flavour::GitHub => [("state", "all"), ("per_page", "100")].to_vec(),
            Flavour::Gitea => [("state", "all"), ("limit", "50"), ("type", "issues")].to_vec(),
        };
        self.api.pages(&self.issues, &query, &mut |issue| {
            let is_it = issue["pull_request"].is_null()
                && Footer::read(&text(&issue["body"])).is_some_and(|footer| footer.mark == mark);
            is_it.then(|| ticket(issue))
        })
    }

    fn said(&self, ticket: &Ticket) -> Result<Vec<String>, String> {
        let mut said = vec![text(&self.api.get(&self.path(ticket, ""), &[])?["body"])];
        let path = self.path(ticket, "/comments");
        match self.flavour {
            Flavour::GitHub => {
                let collect = &mut |comment: &Value| -> Option<()> {
                    said.push(text(&comment["body"]));
                    None
                };
                self.api.pages(&path, &[("per_page", "100")], collect)?;
            }
            // It gives all of them at once.
            Flavour::Gitea => said.extend(super::api::texts(&self.api.get(&path, &[])?, "body")),
        }
        Ok(said)
    }

    fn create(&self, draft: &Draft) -> Result<Ticket, String> {
        let mut body = json!({ "title": markup::title(&draft.title), "body": content(draft) });
        self.set_due(&mut body, draft);
        self.api.send(Method::Post, &self.issues, &body).map(|issue| ticket(&issue))
    }

    fn update(&self, ticket: &Ticket, draft: &Draft) -> Result<(), String> {
        let mut body = json!({});
        if let Some(title) = draft.new_title() {
            body["title"] = markup::title(title).into();
        }
        self.set_due(&mut body, draft);
        if let Some(open) = draft.turns(ticket) {
            body["state"] = if open { "open" } else { "closed" }.into();
        }
        self.api.send(Method::Patch, &self.path(ticket, ""), &body).map(drop)
    }

    fn comment(&self, ticket: &Ticket, draft: &Draft) -> Result<(), String> {
        self.api.send(Method::Post, &self.path(ticket, "/comments"), &json!({ "body": content(draft) })).map(drop)
    }
}

fn content(draft: &Draft) -> String {
    Markup::Markdown.write(&draft.text, &draft.footer(), LONGEST)
}

fn ticket(issue: &Value) -> Ticket {
    let id = text(&issue["number"]);
    Ticket { name: format!("#{id}"), url: text(&issue["html_url"]), id, is_open: issue["state"] != "closed" }
}
