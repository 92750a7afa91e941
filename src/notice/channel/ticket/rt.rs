//! Request Tracker 5, by its REST 2 (<https://docs.bestpractical.com/rt/5.0.3/RT/REST2.html>). A ticket refers to its mark, comments are
//! for those who work on it, and no text is anything but plain.

use super::api::{Api, PAGES, text};
use super::markup::Markup;
use super::{Draft, System, Ticket};
use crate::net::http::Method;
use crate::notice::channel::{Settings, WrongSetting};
use jiff::Timestamp;
use serde_json::{Value, json};

/// How long a text may be, in characters; RT has no limit of its own that is as low.
const LONGEST: usize = 60_000;

pub struct Rt {
    api: Api,
    queue: String,
    /// The states that a ticket is given.
    open: String,
    closed: String,
}

impl Rt {
    /// `project` is the queue.
    pub fn of(settings: &Settings<'_>) -> Result<Self, WrongSetting> {
        let api = Api::of("RT", settings, None)?.signed("authorization", |secret| format!("token {secret}"));
        Ok(Self {
            api,
            queue: settings.demand("project")?,
            open: settings.get("open").unwrap_or_else(|| "open".to_owned()),
            closed: settings.get("closed").unwrap_or_else(|| "resolved".to_owned()),
        })
    }

    /// The first ticket that a search finds.
    fn search(&self, what: &str) -> Result<Option<String>, String> {
        let query = [("query", what), ("orderby", "id"), ("per_page", "1")];
        let found = self.api.get("/REST/2.0/tickets", &query)?;
        Ok(found["items"].get(0).map(|ticket| text(&ticket["id"])))
    }

    fn ticket(&self, id: String, is_open: bool) -> Ticket {
        Ticket { name: format!("#{id}"), url: format!("{}/Ticket/Display.html?id={id}", self.api.base), id, is_open }
    }

    fn content(draft: &Draft) -> String {
        Markup::Plain.write(&draft.text, &draft.footer(), LONGEST)
    }
}

impl System for Rt {
    fn place(&self) -> String {
        self.api.place()
    }

    fn find(&self, mark: &str) -> Result<Option<Ticket>, String> {
        let found = self.search(&format!("Queue = {} AND RefersTo = {}", quoted(&self.queue), quoted(&link(mark))))?;
        let Some(id) = found else { return Ok(None) };
        // What states there are, and which of them are of open tickets, the lifecycle of the queue says.
        let is_open = self.search(&format!("id = {id} AND Status = '__Active__'"))?.is_some();
        Ok(Some(self.ticket(id, is_open)))
    }

    fn said(&self, ticket: &Ticket) -> Result<Vec<String>, String> {
        let path = format!("/REST/2.0/ticket/{}/attachments", ticket.id);
        let mut said: Vec<(u64, String)> = Vec::new();
        for page in 1..=PAGES {
            let page = page.to_string();
            let found = self.api.get(&path, &[("fields", "Content"), ("per_page", "100"), ("page", &page)])?;
            let items = found["items"].as_array().cloned().unwrap_or_default();
            said.extend(items.iter().map(|one| (text(&one["id"]).parse().unwrap_or_default(), text(&one["Content"]))));
            if items.len() < 100 {
                break;
            }
        }
        said.sort();
        Ok(said.into_iter().map(|(_, text)| text).collect())
    }

    fn create(&self, draft: &Draft) -> Result<Ticket, String> {
        let mut body = json!({
            "Queue": self.queue,
            "Subject": draft.title,
            "Content": Self::content(draft),
            "ContentType": "text/plain",
            "RefersTo": link(&draft.mark),
        });
        set_due(&mut body, draft.due);
        let path = "/REST/2.0/ticket";
        let made = self.api.send(Method::Post, path, &body)?;
        match text(&made["id"]) {
            id if id.is_empty() => Err(self.api.refused(path, &made.to_string())),
            id => Ok(self.ticket(id, true)),
        }
    }

    /// RT answers with what it did of it, and says there alone what it did not do.
    fn update(&self, ticket: &Ticket, draft: &Draft) -> Result<(), String> {
        let mut body = json!({});
        if let Some(title) = draft.new_title() {
            body["Subject"] = title.into();
        }
        set_due(&mut body, draft.due);
        let turned = draft.turns(ticket).map(|open| if open { &self.open } else { &self.closed });
        if let Some(status) = turned {
            body["Status"] = status.as_str().into();
        }
        let path = format!("/REST/2.0/ticket/{}", ticket.id);
        let did = self.api.send(Method::Put, &path, &body)?;
        let is = text(&self.api.get(&path, &[])?["Status"]);
        match turned {
            Some(status) if *status != is => Err(self.api.refused(&path, &did.to_string())),
            _ => Ok(()),
        }
    }

    fn comment(&self, ticket: &Ticket, draft: &Draft) -> Result<(), String> {
        let body = json!({ "Content": Self::content(draft), "ContentType": "text/plain" });
        self.api.send(Method::Post, &format!("/REST/2.0/ticket/{}/comment", ticket.id), &body).map(drop)
    }
}

fn set_due(body: &mut Value, due: Option<Timestamp>) {
    if let Some(due) = due {
        body["Due"] = due.strftime("%Y-%m-%d %H:%M:%S").to_string().into();
    }
}

fn link(mark: &str) -> String {
    format!("casebook:{mark}")
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}
