//! The phishing of PyPI users in July 2025, replayed commit by commit at the times of its response: abuse tickets in a real Request
//! Tracker, mails to legal over a real mail server, messages to the chat of operations, and a legal clock.

use super::channels::MailServer;
use super::receiver::{Mood, Receiver};
use super::support::{self, Desk, Ran, Sandbox, ran};
use super::tickets::Server;
use super::{configure, set_status};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const ROUTES: &str = r#"
[[duties]]
handle = "gdpr-72h"
name = "Notify the supervisory authority of a personal data breach"
law = "GDPR Art. 33(1)"
starts = "detected"
within = "72h"
to = "Supervisory authority"

[[routes]]
handle = "abuse"
audience = "technical"
channels = ["desk"]
on = ["changed", "reached"]
kind = ["action"]
owners = ["pypi-admins", "trademarks"]

[[routes]]
handle = "counsel"
audience = "legal"
channels = ["legal-mail"]
kind = ["case", "finding"]
status = ["confirmed", "contained"]

[[routes]]
handle = "clocks"
audience = "legal"
channels = ["legal-mail"]
on = ["due-soon", "overdue"]
duties = ["gdpr-72h"]

[[routes]]
handle = "operations"
audience = "operations"
channels = ["chat"]
kind = ["action"]
"#;

struct Replay {
    desk: Desk,
    chat: Receiver,
    _mail: MailServer,
    tickets: Server,
}

impl Replay {
    /// `None` where a server is not installed.
    fn start() -> Option<Self> {
        let sandbox = Sandbox::new();
        let top = sandbox.path("case");
        fs::create_dir(&top).unwrap();
        sandbox.git(&top, &["init", "-q", "-b", "main"]).ok();
        let desk = Desk { sandbox, top };
        let (chat, mail, tickets) =
            (Receiver::start(|_| Mood::Take), MailServer::start(&desk, "smtps")?, Server::rt(&desk)?);
        let ca = desk.sandbox.path("mail.pem");
        let server = format!("smtps://localhost:{}", mail.port);
        let letters = [("type", "mail"), ("tlp", "red"), ("server", &server), ("from", "ir@example.org")];
        configure(&desk, "legal-mail", &letters);
        let access = [
            ("to", "counsel@example.org"),
            ("user", "casebook"),
            ("password", "MAIL_PASSWORD"),
            ("ca", ca.to_str().unwrap()),
        ];
        configure(&desk, "legal-mail", &access);
        configure(&desk, "chat", &[("type", "slack"), ("tlp", "red"), ("secret", "CHAT_URL")]);
        let desk_settings =
            [("type", "rt"), ("tlp", "red"), ("url", &tickets.url), ("project", "General"), ("secret", "DESK_TOKEN")];
        configure(&desk, "desk", &desk_settings);
        Some(Self { desk, chat, _mail: mail, tickets })
    }

    /// Sends what there is at a moment.
    fn apply(&self, at: &str) -> Ran {
        let mut command = self.desk.sandbox.command(support::CASEBOOK, &self.desk.top);
        command.env("CASEBOOK_NOW", at).env("MAIL_PASSWORD", "correct horse");
        command.env("CHAT_URL", &self.chat.url).env("DESK_TOKEN", &self.tickets.token);
        ran(command.args(["notify", "apply", "--all"]).output().unwrap()).ok()
    }

    /// Commits what is there and sends it.
    fn step(&self, at: &str, message: &str) {
        self.desk.git(&["add", "-A"]).ok();
        self.desk.git(&["commit", "-qm", message]).ok();
        self.apply(at);
    }

    fn letters(&self) -> Vec<String> {
        let files = fs::read_dir(self.desk.sandbox.path("mails")).unwrap().map(|entry| entry.unwrap().path());
        let mut numbered: Vec<PathBuf> = files.collect();
        numbered.sort_by_key(|path| path.file_stem().unwrap().to_str().unwrap().parse::<usize>().unwrap());
        let subject = |path: &PathBuf| {
            let mail: serde_json::Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
            mail["headers"]["subject"].as_str().unwrap().to_owned()
        };
        numbered.iter().map(subject).collect()
    }
}

/// A file of the case as PyPI's reports tell it.
fn known(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("demo/pypi-phishing/case").join(name)).unwrap()
}

fn names(folder: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo/pypi-phishing/case").join(folder);
    let mut names: Vec<String> = fs::read_dir(path)
        .unwrap()
        .map(|entry| format!("{folder}/{}", entry.unwrap().file_name().to_str().unwrap()))
        .collect();
    names.sort();
    names
}

/// An action before it was done.
fn open(action: &str) -> String {
    let table = action.parse::<toml::Table>().unwrap();
    let mut table = table;
    table.insert("status".to_owned(), "open".into());
    table.remove("done_at");
    table.remove("outcome");
    toml::to_string(&table).unwrap()
}

#[test]
fn the_response_to_a_phishing_tells_everybody_once_as_it_goes_on() {
    let Some(replay) = Replay::start() else { return };
    let desk = &replay.desk;
    for name in
        ["team.toml", "case.toml"].into_iter().map(str::to_owned).chain(names("assets")).chain(names("indicators"))
    {
        desk.write(&name, known(&name));
    }
    desk.write("policy.toml", format!("{}{ROUTES}", known("policy.toml")));
    set_status(desk, "case.toml", "recovered", "open");
    replay.step("2025-07-26T18:01:00Z", "A user reports a mail that leads to pypj.org");
    // Each action is known half an hour before it is done, and the order is that of the response.
    let mut done: Vec<(String, String)> = names("actions")
        .into_iter()
        .filter_map(|name| {
            let action = known(&name);
            let at = action.lines().find_map(|line| line.strip_prefix("done_at = "))?.to_owned();
            Some((at, name))
        })
        .collect();
    done.sort();
    assert_eq!(done.len(), 7);
    for (at, name) in &done {
        desk.write(name, open(&known(name)));
        replay.step(at, "To be done");
        desk.write(name, known(name));
        replay.step(at, "Done");
    }
    set_status(desk, "case.toml", "open", "contained");
    replay.step("2025-07-28T16:20:00Z", "The domain is held by its registrar");
    // A day before the end of the clock, and after it.
    replay.apply("2025-07-29T00:00:00Z");
    replay.apply("2025-07-29T00:05:00Z");
    replay.apply("2025-07-29T18:00:00Z");
    for name in names("actions").into_iter().chain(names("findings")) {
        desk.write(&name, known(&name));
    }
    replay.step("2025-07-31T12:00:00Z", "What the report says");
    set_status(desk, "findings/f-14bvwq8q.toml", "confirmed", "withdrawn");
    replay.step("2025-08-01T09:00:00Z", "Withdrawn, for the sake of this example");

    let letters = replay.letters();
    let about = |beginning: &str| letters.iter().filter(|subject| subject.contains(beginning)).count();
    assert_eq!(about("Case contained"), 1, "{letters:#?}");
    assert_eq!(about("Due soon: Notify the supervisory authority"), 1, "{letters:#?}");
    assert_eq!(about("Overdue: Notify the supervisory authority"), 1, "{letters:#?}");
    assert_eq!(about("Finding confirmed"), 9, "{letters:#?}");
    assert_eq!(about("Correction: finding “The attackers made two API tokens”"), 1, "{letters:#?}");
    let order: Vec<usize> = ["Case contained", "Due soon", "Overdue", "Finding confirmed", "Correction"]
        .iter()
        .map(|beginning| letters.iter().position(|subject| subject.contains(beginning)).unwrap())
        .collect();
    assert!(order.is_sorted(), "{letters:#?}");
    assert_eq!(replay.chat.taken.lock().unwrap().len(), names("actions").len());
    // Every action of the two teams is one ticket, and those that are done are closed.
    let owned: Vec<toml::Table> = names("actions")
        .iter()
        .map(|name| known(name).parse::<toml::Table>().unwrap())
        .filter(|action| {
            action.get("owner").is_some_and(|owner| ["pypi-admins", "trademarks"].contains(&owner.as_str().unwrap()))
        })
        .collect();
    let token = format!("token {}", replay.tickets.token);
    let found = replay
        .tickets
        .json(("authorization", &token), "/REST/2.0/tickets?query=id%3E0&fields=Subject,Status&per_page=100");
    let items = found["items"].as_array().unwrap();
    let titles: BTreeSet<String> = items.iter().map(|item| item["Subject"].as_str().unwrap().to_owned()).collect();
    assert_eq!((items.len(), titles.len()), (owned.len(), owned.len()), "{found:#}");
    let resolved = items.iter().filter(|item| item["Status"] == "resolved").count();
    assert_eq!(resolved, owned.iter().filter(|action| action["status"].as_str() == Some("done")).count(), "{found:#}");

    // The same again tells nobody anything.
    let before = (replay.letters().len(), replay.chat.taken.lock().unwrap().len());
    let again = replay.apply("2025-08-01T09:00:00Z");
    assert!(again.stdout.contains("0 notices sent"), "{}", again.text());
    assert_eq!((replay.letters().len(), replay.chat.taken.lock().unwrap().len()), before);
}
