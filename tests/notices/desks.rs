//! Ticket systems that nobody can run here, as their documentation describes them: as much of each as tickets need.

use super::receiver;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    GitHub,
    Gitea,
    GitLab,
    /// In the cloud, with its own address for searching.
    Jira,
    JiraServer,
    ServiceNow,
}

/// What was asked.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub query: BTreeMap<String, String>,
    pub headers: BTreeMap<String, String>,
    pub body: Value,
}

#[derive(Clone, Debug, Default)]
pub struct Issue {
    pub title: String,
    pub text: String,
    pub due: String,
    pub mark: String,
    pub is_open: bool,
    pub comments: Vec<String>,
}

#[derive(Default)]
struct State {
    issues: Vec<Issue>,
    asked: Vec<Asked>,
    /// Whether the next that is opened is opened without an answer.
    hangs_up: bool,
}

pub struct FakeDesk {
    pub url: String,
    state: Arc<Mutex<State>>,
}

impl Asked {
    fn of(request: &receiver::Request) -> Option<Self> {
        let mut words = request.line.split(' ');
        let (method, address) = (words.next()?.to_owned(), words.next()?);
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        Some(Self {
            method,
            path: path.to_owned(),
            query: pairs.map(|(name, value)| (name.to_owned(), decoded(value))).collect(),
            headers: request.headers.clone(),
            body: serde_json::from_str(&request.body).unwrap_or_default(),
        })
    }

    /// The secret that came with it: the right one, or the wrong one of a test.
    pub fn token(&self, right: &str) -> String {
        let sent = &self.headers["authorization"];
        if sent.ends_with(right) { right.to_owned() } else { "wrong-1234".to_owned() }
    }

    fn knows(&self, token: &str) -> bool {
        use base64::Engine;
        let sent = ["authorization", "private-token"].iter().find_map(|name| self.headers.get(*name)).unwrap();
        let basic =
            sent.strip_prefix("Basic ").and_then(|text| base64::engine::general_purpose::STANDARD.decode(text).ok());
        let sent = basic.map_or(sent.clone(), |bytes| String::from_utf8(bytes).unwrap());
        sent.rsplit([' ', ':']).next() == Some(token)
    }

    fn text(&self, pointer: &str) -> String {
        self.body.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
    }
}

impl FakeDesk {
    pub fn start(kind: Kind, token: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State::default()));
        let (own, base) = (Arc::clone(&state), url.clone());
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let asked = receiver::read(&mut stream).as_ref().and_then(Asked::of);
                let _ = asked.and_then(|asked| serve(&mut stream, &mut own.lock().unwrap(), kind, &base, asked, token));
            }
        });
        Self { url, state }
    }

    pub fn issues(&self) -> Vec<Issue> {
        self.state.lock().unwrap().issues.clone()
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.state.lock().unwrap().asked.clone()
    }

    pub fn hang_up(&self) {
        self.state.lock().unwrap().hangs_up = true;
    }
}

fn serve(stream: &mut TcpStream, state: &mut State, kind: Kind, base: &str, asked: Asked, token: &str) -> Option<()> {
    let before = state.issues.len();
    let (status, body) = match asked.knows(token) {
        true => answer(kind, base, &mut state.issues, &asked).unwrap_or((404, json!({ "message": "Not Found" }))),
        false => (401, json!({ "message": "Bad credentials", "sent": asked.headers })),
    };
    state.asked.push(asked);
    if state.issues.len() > before && std::mem::take(&mut state.hangs_up) {
        return None;
    }
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let head = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    stream.write_all((head + &body).as_bytes()).ok()
}

fn answer(kind: Kind, base: &str, issues: &mut Vec<Issue>, asked: &Asked) -> Option<(u16, Value)> {
    match kind {
        Kind::GitHub => forge("/repos/acme/ir/issues", base, issues, asked, true),
        Kind::Gitea => forge("/api/v1/repos/acme/ir/issues", base, issues, asked, false),
        Kind::GitLab => gitlab("/api/v4/projects/acme%2Fsoc%2Fir/issues", base, issues, asked),
        Kind::Jira => jira("/rest/api/2/search/jql", issues, asked),
        Kind::JiraServer => jira("/rest/api/2/search", issues, asked),
        Kind::ServiceNow => servicenow(issues, asked),
    }
}

/// The number of the issue that a path names, and what stands after it.
fn place<'p>(path: &'p str, prefix: &str) -> Option<(usize, &'p str)> {
    let rest = path.strip_prefix(prefix)?;
    let end = rest.find('/').unwrap_or(rest.len());
    Some((rest[..end].parse::<usize>().ok()? - 1, &rest[end..]))
}

/// One page of a list.
fn page(all: Vec<Value>, asked: &Asked, size: &str) -> Option<(u16, Value)> {
    let (size, page): (usize, usize) = (asked.query.get(size)?.parse().ok()?, asked.query.get("page")?.parse().ok()?);
    Some((200, all.into_iter().skip(size * (page - 1)).take(size).collect()))
}

fn forge(path: &str, base: &str, issues: &mut Vec<Issue>, asked: &Asked, is_github: bool) -> Option<(u16, Value)> {
    let shown = |(number, issue): (usize, &Issue)| {
        let number = number + 1;
        let state = if issue.is_open { "open" } else { "closed" };
        json!({ "number": number, "html_url": format!("{base}/acme/ir/issues/{number}"), "title": issue.title, "body": issue.text, "state": state })
    };
    if asked.path == path {
        return match asked.method.as_str() {
            "GET" => {
                let is_open_only = asked.query.get("state").is_none_or(|state| state != "all");
                let found = issues.iter().enumerate().filter(|(_, issue)| issue.is_open || !is_open_only);
                page(found.map(shown).collect(), asked, if is_github { "per_page" } else { "limit" })
            }
            _ => {
                let (title, text, due) = (asked.text("/title"), asked.text("/body"), asked.text("/due_date"));
                issues.push(Issue { title, text, due, is_open: true, ..Issue::default() });
                issues.iter().enumerate().next_back().map(|last| (201, shown(last)))
            }
        };
    }
    let (number, rest) = place(&asked.path, &format!("{path}/"))?;
    let issue = issues.get_mut(number)?;
    match (asked.method.as_str(), rest) {
        ("GET", "") => {}
        ("PATCH", "") => {
            issue.title = asked.body["title"].as_str().map_or(issue.title.clone(), str::to_owned);
            issue.is_open = asked.body["state"].as_str().map_or(issue.is_open, |state| state == "open");
        }
        ("POST", "/comments") => {
            issue.comments.push(asked.text("/body"));
            return Some((201, json!({})));
        }
        ("GET", "/comments") => {
            let all: Vec<Value> = issue.comments.iter().map(|comment| json!({ "body": comment })).collect();
            return if is_github { page(all, asked, "per_page") } else { Some((200, all.into())) };
        }
        _ => return None,
    }
    Some((200, shown((number, issue))))
}

fn gitlab(path: &str, base: &str, issues: &mut Vec<Issue>, asked: &Asked) -> Option<(u16, Value)> {
    let shown = |(number, issue): (usize, &Issue)| {
        let number = number + 1;
        let state = if issue.is_open { "opened" } else { "closed" };
        json!({ "id": 7000 + number, "iid": number, "web_url": format!("{base}/acme/soc/ir/-/issues/{number}"), "description": issue.text, "state": state })
    };
    if asked.path == path {
        return match asked.method.as_str() {
            "GET" => {
                assert_eq!((asked.query["in"].as_str(), asked.query["state"].as_str()), ("description", "all"));
                let found = issues.iter().enumerate().filter(|(_, issue)| issue.text.contains(&asked.query["search"]));
                page(found.map(shown).collect(), asked, "per_page")
            }
            _ => {
                let (title, text, due) = (asked.text("/title"), asked.text("/description"), asked.text("/due_date"));
                issues.push(Issue { title, text, due, is_open: true, ..Issue::default() });
                issues.iter().enumerate().next_back().map(|last| (201, shown(last)))
            }
        };
    }
    let (number, rest) = place(&asked.path, &format!("{path}/"))?;
    let issue = issues.get_mut(number)?;
    match (asked.method.as_str(), rest) {
        ("GET", "") => {}
        ("PUT", "") => {
            issue.title = asked.body["title"].as_str().map_or(issue.title.clone(), str::to_owned);
            match asked.text("/state_event").as_str() {
                "close" if issue.is_open => issue.is_open = false,
                "reopen" if !issue.is_open => issue.is_open = true,
                "" => {}
                _ => return Some((400, json!({ "message": "400 Bad request" }))),
            }
        }
        ("POST", "/notes") => {
            issue.comments.push(asked.text("/body"));
            return Some((201, json!({})));
        }
        ("GET", "/notes") => {
            let all = issue.comments.iter().map(|comment| json!({ "body": comment })).collect();
            return page(all, asked, "per_page");
        }
        _ => return None,
    }
    Some((200, shown((number, issue))))
}

fn jira(search: &str, issues: &mut Vec<Issue>, asked: &Asked) -> Option<(u16, Value)> {
    let category = |is_open: bool| json!({ "statusCategory": { "key": if is_open { "new" } else { "done" } } });
    if asked.path == search {
        let found = issues.iter().enumerate().filter(|(_, issue)| {
            asked.query["jql"].starts_with(&format!("project = \"IR\" AND labels = \"{}\" ORDER", issue.mark))
        });
        let found = found.map(|(number, issue)| {
            json!({ "key": format!("IR-{}", number + 1), "fields": { "status": category(issue.is_open) } })
        });
        return Some((200, json!({ "issues": found.collect::<Value>() })));
    }
    if asked.path == "/rest/api/2/issue" {
        assert_eq!(
            (asked.text("/fields/project/key"), asked.text("/fields/issuetype/name")),
            ("IR".into(), "Task".into())
        );
        let [title, text, due, mark] =
            ["summary", "description", "duedate", "labels/0"].map(|field| asked.text(&format!("/fields/{field}")));
        issues.push(Issue { title, text, due, mark, is_open: true, ..Issue::default() });
        return Some((201, json!({ "id": "10000", "key": format!("IR-{}", issues.len()) })));
    }
    let (number, rest) = place(&asked.path, "/rest/api/2/issue/IR-")?;
    let issue = issues.get_mut(number)?;
    match (asked.method.as_str(), rest) {
        ("GET", "") => Some((200, json!({ "fields": { "description": issue.text } }))),
        ("PUT", "") => {
            issue.title = asked.text("/fields/summary");
            Some((204, Value::Null))
        }
        ("GET", "/comment") => {
            let start: usize = asked.query["startAt"].parse().unwrap();
            let comments = issue.comments.iter().skip(start).map(|comment| json!({ "body": comment }));
            Some((200, json!({ "comments": comments.collect::<Value>() })))
        }
        ("POST", "/comment") => {
            issue.comments.push(asked.text("/body"));
            Some((201, json!({})))
        }
        ("GET", "/transitions") => {
            let ways = [("11", true), ("31", false)].map(|(id, to)| json!({ "id": id, "to": category(to) }));
            Some((200, json!({ "transitions": ways })))
        }
        ("POST", "/transitions") => {
            issue.is_open = asked.text("/transition/id") == "11";
            Some((204, Value::Null))
        }
        _ => None,
    }
}

fn servicenow(issues: &mut Vec<Issue>, asked: &Asked) -> Option<(u16, Value)> {
    const PATH: &str = "/api/now/table/incident";
    let shown = |(number, issue): (usize, &Issue)| {
        let number = number + 1;
        let state = if issue.is_open { "2" } else { "6" };
        // What the journal shows of an entry, before its text; the newest is the first.
        let notes: Vec<String> = issue
            .comments
            .iter()
            .rev()
            .map(|note| format!("2026-03-05 12:00:00 - System Administrator (Work notes)\n{note}\n\n"))
            .collect();
        json!({ "sys_id": number.to_string(), "number": format!("INC{number:07}"), "active": "true", "state": state, "description": issue.text, "work_notes": notes.concat() })
    };
    if asked.path == PATH && asked.method == "GET" {
        let wanted = |mark: &str| format!("correlation_id={mark}^ORDERBYsys_created_on");
        let found = issues.iter().enumerate().filter(|(_, issue)| asked.query["sysparm_query"] == wanted(&issue.mark));
        return Some((200, json!({ "result": found.map(shown).collect::<Value>() })));
    }
    if asked.path == PATH {
        let [title, text, due, mark] = ["short_description", "description", "due_date", "correlation_id"]
            .map(|field| asked.text(&format!("/{field}")));
        issues.push(Issue { title, text, due, mark, is_open: true, ..Issue::default() });
        return issues.iter().enumerate().next_back().map(|last| (201, json!({ "result": shown(last) })));
    }
    let (number, _) = place(&asked.path, &format!("{PATH}/"))?;
    let issue = issues.get_mut(number)?;
    if asked.method == "PATCH" {
        issue.is_open = asked.body["state"].as_str().map_or(issue.is_open, |state| state != "6");
        issue.comments.extend(asked.body["work_notes"].as_str().map(str::to_owned));
    }
    Some((200, json!({ "result": shown((number, issue)) })))
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [rest.next().unwrap(), rest.next().unwrap()];
                u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
            }
            other => other,
        });
    }
    String::from_utf8(bytes).unwrap()
}
