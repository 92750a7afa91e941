//! Tickets: one for each action, whatever happens on the way. RT and Redmine are the real ones of Debian.

use super::support::{Desk, Ran, ran, tool};
use super::{configure, routed, set_status};
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
    url: String,
    token: String,
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

    fn rt(desk: &Desk) -> Option<Self> {
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

    fn json(&self, header: (&str, &str), path: &str) -> Value {
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
fn lives(desk: &Desk, token: &str, look: Look<'_>) {
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
    let (open, said) = step("opened #1 http", "already in #1 http");
    assert!(open && said.len() == 1, "{said:?}");
    assert!(said[0].contains("TLP:AMBER") && said[0].contains("Both sessions."), "{said:?}");
    desk.change(ACTION, |text| {
        *text = String::from_utf8_lossy(text).replace("Both sessions.", "All sessions.").into_bytes();
    });
    commit(desk, "More");
    let (open, said) = step("updated #1 http", "already in #1 http");
    assert!(open && said.len() == 2 && said[1].contains("All sessions."), "{said:?}");
    for (from, to, is_open) in [("open", "done", false), ("done", "in-progress", true)] {
        set_status(desk, ACTION, from, to);
        commit(desk, to);
        let (open, said) = step("updated #1 http", "already in #1 http");
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
    lives(&desk, &server.token, &look);
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
    lives(&desk, &server.token, &look);
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
