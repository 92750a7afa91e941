//! ServiceNow, by its Table API. A record has its mark as its correlation; what is said of it later are work notes.

use super::api::{Api, is_nothing, text};
use super::markup::{self, Markup};
use super::{Draft, System, Ticket};
use crate::net::http::Method;
use crate::notice::channel::{Settings, WrongSetting};
use serde_json::{Value, json};

/// How long a text may be, in characters: a description has 4,000.
const LONGEST: usize = 3_500;

/// The table whose records are resolved with a code and notes.
const INCIDENTS: &str = "incident";

pub struct ServiceNow {
    api: Api,
    table: String,
    /// The values of the states that a record is given.
    open: String,
    closed: String,
    close_code: String,
}

impl ServiceNow {
    /// `project` is the table. With `user` the secret is the password of that user; without, a token of OAuth.
    pub fn of(settings: &Settings<'_>) -> Result<Self, WrongSetting> {
        let table = settings.demand("project")?;
        if !table.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return Err(
                settings.wrong("project", format!("is `{table}`; write the name of a table, such as `incident`"))
            );
        }
        let done = if table == INCIDENTS { "6" } else { "3" };
        Ok(Self {
            api: Api::of("ServiceNow", settings, None)?.authorized(settings),
            table,
            open: settings.get("open").unwrap_or_else(|| "2".to_owned()),
            closed: settings.get("closed").unwrap_or_else(|| done.to_owned()),
            close_code: settings.get("close-code").unwrap_or_else(|| "Solution provided".to_owned()),
        })
    }

    fn records(&self) -> String {
        format!("/api/now/table/{}", self.table)
    }

    fn path(&self, ticket: &Ticket) -> String {
        format!("{}/{}", self.records(), ticket.id)
    }

    fn ticket(&self, record: &Value) -> Ticket {
        let id = text(&record["sys_id"]);
        Ticket {
            name: text(&record["number"]),
            url: format!("{}/{}.do?sys_id={id}", self.api.base, self.table),
            id,
            is_open: text(&record["active"]) != "false" && text(&record["state"]) != self.closed,
        }
    }
}

impl System for ServiceNow {
    fn place(&self) -> String {
        self.api.place()
    }

    fn find(&self, mark: &str) -> Result<Option<Ticket>, String> {
        let wanted = format!("correlation_id={mark}^ORDERBYsys_created_on");
        let query = [
            ("sysparm_query", wanted.as_str()),
            ("sysparm_fields", "sys_id,number,active,state"),
            ("sysparm_limit", "1"),
        ];
        let found = self.api.get(&self.records(), &query)?;
        Ok(found["result"].get(0).map(|record| self.ticket(record)))
    }

    /// The work notes of a record are one text, the newest first.
    fn said(&self, ticket: &Ticket) -> Result<Vec<String>, String> {
        let query = [("sysparm_fields", "description,work_notes"), ("sysparm_display_value", "true")];
        let record = self.api.get(&self.path(ticket), &query)?;
        let mut said = vec![text(&record["result"]["description"])];
        said.extend(markup::footers(&text(&record["result"]["work_notes"])).into_iter().rev());
        Ok(said)
    }

    fn create(&self, draft: &Draft) -> Result<Ticket, String> {
        let mut body = json!({
            "short_description": draft.title,
            "description": content(draft),
            "correlation_id": draft.mark,
            "correlation_display": "casebook",
        });
        set_due(&mut body, draft);
        let made = self.api.send(Method::Post, &self.records(), &body)?;
        Ok(self.ticket(&made["result"]))
    }

    fn update(&self, ticket: &Ticket, draft: &Draft) -> Result<(), String> {
        let mut body = json!({});
        if let Some(title) = draft.new_title() {
            body["short_description"] = title.into();
        }
        set_due(&mut body, draft);
        match draft.turns(ticket) {
            Some(true) => body["state"] = self.open.as_str().into(),
            Some(false) => {
                body["state"] = self.closed.as_str().into();
                if self.table == INCIDENTS {
                    body["close_code"] = self.close_code.as_str().into();
                    body["close_notes"] = "The work notes say what was done.".into();
                }
            }
            None => {}
        }
        if is_nothing(&body) {
            return Ok(());
        }
        self.api.send(Method::Patch, &self.path(ticket), &body).map(drop)
    }

    fn comment(&self, ticket: &Ticket, draft: &Draft) -> Result<(), String> {
        self.api.send(Method::Patch, &self.path(ticket), &json!({ "work_notes": content(draft) })).map(drop)
    }
}

fn content(draft: &Draft) -> String {
    Markup::Journal.write(&draft.text, &draft.footer(), LONGEST)
}

fn set_due(body: &mut Value, draft: &Draft) {
    if let Some(due) = draft.due {
        body["due_date"] = due.strftime("%Y-%m-%d %H:%M:%S").to_string().into();
    }
}
