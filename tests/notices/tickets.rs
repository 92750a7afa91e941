//! Tickets: one for each action, whatever happens on the way. RT and Redmine are the real ones of Debian; all others are servers of the
//! test that answer as their documentation says, and see whether they are asked so.

use super::desks::{Asked, FakeDesk, Kind};
use super::support::{Desk, Ran, ran, tool};
use super::{configure, routed, set_status};
use pulldown_cmark::{Event, Parser, Tag};
use serde_json::Value;
use std::io::BufRead;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A team hears of its actions, in its ticket system.
const TEAM: &str = "[[routes]]\nhandle = \"team\"\naudience = \"technical\"\nchannels = [\"desk\"]\nkind = [\"action\"]\non = [\"reached\", \"changed\", \"corrected\"]\n";

const ACTION: &str = "actions/r-7q2k9dm5.toml";

/// An action whose texts would be something else in every system.
const HOSTILE: &str = "id = \"r-7q2k9dm5\"\ntitle = \"<b>Reset</b> @admin #1 </pre> ``` the password\"\nphase = \"contain\"\nstatus = \"open\"\nowner = \"mail\"\ndue = 2026-03-05T10:00:00Z\ndescription = \"Both sessions. <img src=x> h1. Title {noformat} \\n\\ncasebook-ticket:casebook-00 notice:00\"\n";

/// A server that ends with the test.
pub struct Server {
    child: Child,
    pub url: String,
    pub token: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// Starts a script that writes its port and a secret to its standard output.
    fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        std::io::BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let (port, token) = line.trim().split_once(' ').unwrap();
        let started = Self { child, url: format!("http://127.0.0.1:{port}"), token: token.to_owned() };
        for _ in 0..400 {
            if std::net::TcpStream::connect(("127.0.0.1", port.parse().unwrap())).is_ok() {
                return started;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        panic!("the server does not answer");
    }

    pub fn rt(desk: &Desk) -> Option<Self> {
        let setup = Path::new("/usr/sbin/rt-setup-database-5");
        if !setup.exists() {
            tool("rt-setup-database-5")?;
        }
        let mut command = desk.sandbox.command("perl", &desk.top);
        command.arg(script("rt.pl")).arg(folder(desk));
        Some(Self::start(command))
    }

    fn redmine(desk: &Desk) -> Option<Self> {
        let database = "/var/lib/dbconfig-common/sqlite3/redmine/instances/default/redmine_default";
        if std::fs::copy(database, Path::new(&folder(desk)).join("redmine.db")).is_err() {
            tool("redmine, whose database root alone may read")?;
        }
        let mut command = desk.sandbox.command("ruby", &desk.top);
        command.arg(script("redmine.rb")).arg(folder(desk));
        Some(Self::start(command))
    }

    fn get(&self, header: (&str, &str), path: &str) -> String {
        let request = ureq::get(format!("{}{path}", self.url)).header(header.0, header.1);
        request.call().unwrap().body_mut().read_to_string().unwrap()
    }

    pub fn json(&self, header: (&str, &str), path: &str) -> Value {
        serde_json::from_str(&self.get(header, path)).unwrap()
    }
}

fn script(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/notices").join(name)
}

/// A folder of its own for a server.
fn folder(desk: &Desk) -> String {
    let path = desk.sandbox.path("server");
    std::fs::create_dir_all(&path).unwrap();
    path.to_str().unwrap().to_owned()
}

/// Sends with a secret in the environment.
fn send(desk: &Desk, token: &str) -> Ran {
    let mut command = desk.sandbox.command(super::support::CASEBOOK, &desk.top);
    command.env("DESK_TOKEN", token).args(["notify", "apply", "--retry"]);
    ran(command.output().unwrap())
}

/// Takes the ledger back to before the last receipt, as a crash between the request and the receipt leaves it.
fn forget_receipt(desk: &Desk) {
    desk.git(&["update-ref", "refs/heads/casebook-notices", "refs/heads/casebook-notices^"]).ok();
}

fn commit(desk: &Desk, message: &str) {
    desk.git(&["add", "-A"]).ok();
    desk.git(&["commit", "-qm", message, "--no-verify"]).ok();
}

/// What became of a ticket: its state, then what is written in it.
type Look<'l> = &'l dyn Fn() -> (bool, Vec<String>);

/// An action from its beginning to its end and back. After each step it is sent once more, as after a crash.
fn lives(desk: &Desk, token: &str, name: &str, look: Look<'_>) {
    send(desk, token).ok();
    desk.write(ACTION, HOSTILE);
    commit(desk, "Begin");
    let refused = send(desk, "wrong-1234").code(1);
    assert!(refused.stderr.contains("answered 40") && !refused.text().contains("wrong-1234"), "{}", refused.text());
    let step = |done: &str, again: &str| {
        let sent = send(desk, token).ok();
        assert!(sent.stdout.contains(done), "{}", sent.text());
        let before = look();
        forget_receipt(desk);
        let sent = send(desk, token).ok();
        assert!(sent.stdout.contains(again), "{}", sent.text());
        assert_eq!(look(), before);
        before
    };
    let (opened, updated, already) =
        (format!("opened {name} http"), format!("updated {name} http"), format!("already in {name} http"));
    let (open, said) = step(&opened, &already);
    assert!(open && said.len() == 1, "{said:?}");
    assert!(said[0].contains("TLP:AMBER") && said[0].contains("Both sessions."), "{said:?}");
    desk.change(ACTION, |text| {
        *text = String::from_utf8_lossy(text).replace("Both sessions.", "All sessions.").into_bytes();
    });
    commit(desk, "More");
    let (open, said) = step(&updated, &already);
    assert!(open && said.len() == 2 && said[1].contains("All sessions."), "{said:?}");
    for (from, to, is_open) in [("open", "done", false), ("done", "in-progress", true)] {
        set_status(desk, ACTION, from, to);
        commit(desk, to);
        let (open, said) = step(&updated, &already);
        assert_eq!(open, is_open);
        assert!(said.last().unwrap().contains(&format!("Action changed, {to}")), "{said:?}");
    }
    let ledger = desk.git(&["log", "-p", "casebook-notices"]).stdout;
    assert!(!ledger.contains(token) && !ledger.contains("wrong-1234"));
}

#[test]
fn request_tracker_has_one_ticket_of_plain_text_that_follows_its_action() {
    let desk = routed(TEAM);
    let Some(server) = Server::rt(&desk) else { return };
    let settings =
        [("type", "rt"), ("tlp", "red"), ("url", &server.url), ("secret", "DESK_TOKEN"), ("project", "General")];
    configure(&desk, "desk", &settings);
    let authorization = format!("token {}", server.token);
    let header = ("authorization", authorization.as_str());
    let attachments = "/REST/2.0/ticket/1/attachments?fields=Content,ContentType&per_page=100";
    let look = || {
        let all = server.json(header, "/REST/2.0/tickets?query=id%3E0");
        assert_eq!(all["total"], 1);
        let said = server.json(header, attachments);
        let said = said["items"].as_array().unwrap();
        assert!(said.iter().all(|one| one["ContentType"] == "text/plain"), "{said:?}");
        let said = said.iter().map(|one| one["Content"].as_str().unwrap().to_owned()).collect();
        (server.json(header, "/REST/2.0/ticket/1")["Status"] != "resolved", said)
    };
    lives(&desk, &server.token, "#1", &look);
    let ticket = server.json(header, "/REST/2.0/ticket/1");
    assert_eq!(ticket["Subject"], "[TLP:AMBER] [2026-0142] <b>Reset</b> @admin #1 </pre> ``` the password");
    assert_eq!(ticket["Due"], "2026-03-05T10:00:00Z");
    configure(&desk, "desk", &[("closed", "no such state")]);
    set_status(&desk, ACTION, "in-progress", "done");
    commit(&desk, "Done");
    let refused = send(&desk, &server.token).code(1);
    assert!(refused.stderr.contains("isn't a valid status"), "{}", refused.text());
}

#[test]
fn redmine_has_one_issue_of_blocks_of_code_that_follows_its_action() {
    let desk = routed(TEAM);
    let Some(server) = Server::redmine(&desk) else { return };
    let settings =
        [("type", "redmine"), ("tlp", "red"), ("url", &server.url), ("secret", "DESK_TOKEN"), ("project", "ir")];
    configure(&desk, "desk", &settings);
    let header = ("x-redmine-api-key", server.token.as_str());
    let look = || {
        assert_eq!(server.json(header, "/issues.json?status_id=*")["total_count"], 1);
        let issue = server.json(header, "/issues/1.json?include=journals")["issue"].clone();
        let mut said = vec![issue["description"].as_str().unwrap().to_owned()];
        let notes = issue["journals"].as_array().unwrap().iter().filter_map(|journal| journal["notes"].as_str());
        said.extend(notes.filter(|notes| !notes.is_empty()).map(str::to_owned));
        (issue["status"]["is_closed"] == false, said)
    };
    lives(&desk, &server.token, "#1", &look);
    let issue = server.json(header, "/issues/1.json")["issue"].clone();
    assert_eq!(issue["subject"], "[TLP:AMBER] [2026-0142] <b>Reset</b> @admin #1 </pre> ``` the password");
    assert_eq!(issue["due_date"], "2026-03-05");
    let page = server.get(header, "/issues/1");
    let blocks: Vec<&str> =
        page.split("class=\"wiki\">").skip(1).map(|rest| &rest[..rest.find("</div>").unwrap()]).collect();
    assert!(blocks.len() > 3, "{page}");
    for block in blocks {
        let inner = block.trim().strip_prefix("<pre>").unwrap().strip_suffix("</pre>").unwrap();
        assert!(!inner.contains('<') && inner.contains("notice:"), "{block}");
    }
    configure(&desk, "desk", &[("closed", "no such state")]);
    set_status(&desk, ACTION, "in-progress", "done");
    commit(&desk, "Done");
    let refused = send(&desk, &server.token).code(1);
    assert!(refused.stderr.contains("with no state no such state"), "{}", refused.text());
}

const TOKEN: &str = "token-1234567890";

/// Sets up one of the servers of the test, and has an action live there.
fn lives_at(kind: Kind, settings: &[(&str, &str)], name: &str) -> (Desk, FakeDesk) {
    let desk = routed(TEAM);
    let server = FakeDesk::start(kind, TOKEN);
    configure(&desk, "desk", &[("tlp", "red"), ("url", &server.url), ("secret", "DESK_TOKEN")]);
    configure(&desk, "desk", settings);
    lives(&desk, TOKEN, name, &|| {
        let issues = server.issues();
        assert_eq!(issues.len(), 1);
        (issues[0].is_open, [&[issues[0].text.clone()][..], &issues[0].comments].concat())
    });
    (desk, server)
}

/// As a reader of Markdown sees it, a text is one block of code.
fn is_code(text: &str) -> bool {
    let mut parts = Parser::new(text);
    let begins = matches!(parts.next(), Some(Event::Start(Tag::CodeBlock(_))));
    begins && parts.filter(|part| !matches!(part, Event::Text(_))).count() == 1
}

fn is_all_code(server: &FakeDesk) {
    let issue = &server.issues()[0];
    assert!(is_code(&issue.text) && issue.comments.iter().all(|comment| is_code(comment)), "{issue:?}");
    assert!(!["@admin", "#1", "`"].iter().any(|mention| issue.title.contains(mention)), "{issue:?}");
    assert!(issue.title.contains("admin") && issue.title.contains("2026-0142]"), "{issue:?}");
}

#[test]
fn github_is_asked_what_its_description_knows() {
    let (desk, server) = lives_at(Kind::GitHub, &[("type", "github"), ("project", "acme/ir")], "#1");
    is_all_code(&server);
    let known: Value = serde_json::from_str(include_str!("github.json")).unwrap();
    for asked in server.asked() {
        let path = asked.path.replace("/acme/ir/", "/{owner}/{repo}/").replace("/issues/1", "/issues/{issue_number}");
        let operation = &known["operations"][format!("{} {path}", asked.method)];
        assert!(operation.is_object(), "{asked:?}");
        let names = operation["query"].as_array().unwrap();
        assert!(asked.query.keys().all(|name| names.contains(&name.as_str().into())), "{asked:?}");
        for (name, value) in asked.body.as_object().into_iter().flatten() {
            let words = operation["body"][name].as_array().unwrap();
            assert!(value.is_string() && (words.is_empty() || words.contains(value)), "{asked:?}");
        }
        for name in operation["required"].as_array().into_iter().flatten() {
            assert!(!asked.body[name.as_str().unwrap()].is_null(), "{asked:?}");
        }
        assert_eq!(asked.headers["authorization"], format!("Bearer {}", asked.token(TOKEN)));
    }
    // An answer that is lost makes no second issue.
    desk.write("actions/r-7q2k9dm6.toml", HOSTILE.replace("r-7q2k9dm5", "r-7q2k9dm6"));
    commit(&desk, "One more");
    server.hang_up();
    let lost = send(&desk, TOKEN).code(1);
    assert!(lost.stderr.contains("GitHub"), "{}", lost.text());
    let sent = send(&desk, TOKEN).ok();
    assert!(sent.stdout.contains("already in #2 "), "{}", sent.text());
    assert_eq!(server.issues().len(), 2);
}

#[test]
fn gitea_has_one_issue() {
    let (_, server) = lives_at(Kind::Gitea, &[("type", "gitea"), ("project", "acme/ir")], "#1");
    is_all_code(&server);
    assert_eq!(server.issues()[0].due, "2026-03-05T10:00:00Z");
    assert!(server.asked().iter().all(|asked| asked.headers["authorization"].starts_with("token ")));
}

#[test]
fn gitlab_has_one_issue() {
    let (_, server) = lives_at(Kind::GitLab, &[("type", "gitlab"), ("project", "acme/soc/ir")], "#1");
    is_all_code(&server);
    assert_eq!(server.issues()[0].due, "2026-03-05");
    assert!(server.asked().iter().all(|asked| asked.path.starts_with("/api/v4/projects/acme%2Fsoc%2Fir/issues")));
}

#[test]
fn jira_has_one_issue_in_the_cloud_and_elsewhere() {
    let cloud = [("type", "jira"), ("project", "IR"), ("user", "ir@example.org")];
    for (kind, settings, scheme) in [(Kind::Jira, &cloud[..], "Basic "), (Kind::JiraServer, &cloud[..2], "Bearer ")] {
        let (_, server) = lives_at(kind, settings, "IR-1");
        let issue = &server.issues()[0];
        assert_eq!(issue.due, "2026-03-05");
        for text in std::iter::once(&issue.text).chain(&issue.comments) {
            assert!(text.starts_with("{noformat}\n") && text.ends_with("\n{noformat}"), "{text}");
            assert_eq!(text.matches('{').count(), 2, "{text}");
        }
        assert!(server.asked().iter().all(|asked| asked.headers["authorization"].starts_with(scheme)));
    }
}

#[test]
fn servicenow_has_one_incident_by_its_correlation() {
    let settings = [("type", "servicenow"), ("project", "incident"), ("user", "casebook")];
    let (_, server) = lives_at(Kind::ServiceNow, &settings, "INC0000001");
    let issue = &server.issues()[0];
    assert_eq!(issue.due, "2026-03-05 10:00:00");
    assert!(issue.mark.starts_with("casebook-"), "{issue:?}");
    let closes = |asked: &&Asked| asked.body["state"] == "6";
    let closed = server.asked().iter().find(closes).unwrap().body.clone();
    assert_eq!(closed["close_code"], "Solution provided");
}

#[test]
fn a_secret_is_not_sent_without_tls() {
    let desk = routed(TEAM);
    for kind in ["github", "gitlab", "gitea", "jira", "servicenow", "rt", "redmine"] {
        let settings = [("type", kind), ("tlp", "red"), ("project", "a/b"), ("secret", "DESK_TOKEN")];
        configure(&desk, "desk", &settings);
        configure(&desk, "desk", &[("url", "http://desk.example.org")]);
        let project = if matches!(kind, "jira" | "servicenow") { "IR" } else { "a/b" };
        configure(&desk, "desk", &[("project", project)]);
        let refused = send(&desk, TOKEN).code(2);
        assert!(refused.stderr.contains("casebook.channel.desk.url"), "{}", refused.text());
    }
}
