//! Each channel against the real thing.

use super::receiver::{Mood, Receiver};
use super::sending::{SECRET, apply, hook};
use super::support::tool;
use super::{LEGAL, configure, confirm, routed};

/// The reference implementation of Standard Webhooks in Python checks what arrived.
const VERIFIES: &str = "
import json, sys
from standardwebhooks.webhooks import Webhook
request = json.load(sys.stdin)
import datetime, standardwebhooks.webhooks as module
class Then(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return datetime.datetime.fromtimestamp(int(request['headers']['webhook-timestamp']) + request['later'], tz)
module.datetime = Then
print(Webhook(sys.argv[1]).verify(request['body'], request['headers'])['data']['about'])
";

#[test]
fn a_webhook_is_what_the_reference_implementation_accepts() {
    let Some(python) = tool("python") else { return };
    let desk = routed(LEGAL);
    let receiver = Receiver::start(|_| Mood::Take);
    hook(&desk, "legal-mail", &receiver);
    apply(&desk, &[]).ok();
    confirm(&desk);
    desk.commit("Confirm");
    apply(&desk, &[]).ok();
    let request = receiver.taken.lock().unwrap()[0].clone();
    let verify = |body: &str, later: i64, secret: &str| {
        let input = serde_json::json!({ "headers": request.headers, "body": body, "later": later });
        desk.write("../request.json", input.to_string());
        let mut command = desk.sandbox.command(&python, &desk.top);
        command.args(["-c", VERIFIES, secret]).stdin(std::fs::File::open(desk.path("../request.json")).unwrap());
        super::support::ran(command.output().unwrap())
    };
    assert_eq!(verify(&request.body, 60, SECRET).ok().stdout.trim(), "f-7q2k9dm4");
    let other = format!("whsec_{}", "A".repeat(32));
    for (body, later, secret, says) in [
        (request.body.replace("f-7q2k9dm4", "f-7q2k9dm5"), 0, SECRET, "No matching signature"),
        (request.body.clone(), 0, other.as_str(), "No matching signature"),
        (request.body.clone(), 3_600, SECRET, "too old"),
    ] {
        let refused = verify(&body, later, secret);
        assert!(refused.stderr.contains(says), "{}", refused.text());
    }
}

/// Makes `mail.pem` and `mail.key`, by which this machine is known as localhost.
fn certificate(desk: &super::support::Desk) {
    let path = |name: &str| desk.sandbox.path(name).to_str().unwrap().to_owned();
    let subject =
        ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=CA:FALSE"];
    let new = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
    let files = ["-keyout", &path("mail.key"), "-out", &path("mail.pem")];
    desk.sandbox.run("openssl", &desk.top, &[&new[..], &subject, &files].concat()).ok();
}

/// A mail server that ends with the test.
pub struct MailServer {
    child: std::process::Child,
    pub port: u16,
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl MailServer {
    pub fn start(desk: &super::support::Desk, mode: &str) -> Option<Self> {
        let python = tool("python")?;
        let script = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/notices/mail_server.py");
        certificate(desk);
        let path = |name: &str| desk.sandbox.path(name).to_str().unwrap().to_owned();
        std::fs::create_dir(desk.sandbox.path("mails")).unwrap();
        let mut command = desk.sandbox.command(python, &desk.top);
        command.arg(script).args([&path("mails"), &path("mail.pem"), &path("mail.key"), mode]);
        let mut child =
            command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(child.stdout.take().unwrap()), &mut line).unwrap();
        Some(Self { child, port: line.trim().parse().unwrap() })
    }
}

#[test]
fn a_mail_arrives_encrypted_in_two_forms_and_in_the_thread_of_its_case() {
    for mode in ["smtp", "smtps"] {
        let desk = routed(LEGAL);
        let Some(server) = MailServer::start(&desk, mode) else { return };
        let address = format!("{mode}://localhost:{}", server.port);
        let ca = desk.sandbox.path("mail.pem");
        configure(
            &desk,
            "legal-mail",
            &[
                ("type", "mail"),
                ("tlp", "amber"),
                ("server", &address),
                ("from", "Incident response <ir@example.org>"),
                ("to", "counsel@example.org"),
                ("user", "casebook"),
                ("password", "MAIL_PASSWORD"),
                ("ca", ca.to_str().unwrap()),
            ],
        );
        desk.git(&["config", "--add", "casebook.channel.legal-mail.to", "Carol <carol@example.org>"]).ok();
        let send = |password: &str, more: &[&str]| {
            let mut command = desk.sandbox.command(super::support::CASEBOOK, &desk.top);
            command.env("MAIL_PASSWORD", password).args(["notify", "apply"]).args(more);
            super::support::ran(command.output().unwrap())
        };
        send("correct horse", &[]).ok();
        confirm(&desk);
        desk.commit("Confirm");
        let refused = send("wrong", &[]).code(1);
        assert!(refused.stderr.contains("535") && !refused.text().contains("wrong"), "{}", refused.text());
        desk.git(&["config", "--unset", "casebook.channel.legal-mail.ca"]).ok();
        let unknown = send("correct horse", &["--retry"]).code(1);
        assert!(unknown.stderr.contains("certificate"), "{}", unknown.text());
        configure(&desk, "legal-mail", &[("ca", ca.to_str().unwrap())]);
        let sent = send("correct horse", &["--retry"]).ok();
        assert!(sent.stdout.contains("250 2.0.0 Taken as number 1"), "{}", sent.text());
        super::set_status(&desk, "findings/f-7q2k9dm4.toml", "confirmed", "withdrawn");
        desk.commit("Withdraw");
        send("correct horse", &[]).ok();
        let mail = |number: usize| -> serde_json::Value {
            let path = desk.sandbox.path(&format!("mails/{number}.json"));
            serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
        };
        let (first, second) = (mail(1), mail(2));
        assert_eq!(first["encrypted"], true);
        assert_eq!(first["defects"], serde_json::json!([]));
        assert_eq!(first["recipients"], serde_json::json!(["counsel@example.org", "carol@example.org"]));
        let headers = &first["headers"];
        let subject = "[TLP:AMBER] [2026-0142] Finding confirmed: The attacker logged on to mail01";
        assert_eq!(headers["subject"], subject);
        assert_eq!(headers["auto-submitted"], "auto-generated");
        assert_eq!(headers["date"], "Thu, 05 Mar 2026 12:00:00 +0000");
        assert_eq!(headers["references"], second["headers"]["references"]);
        assert_ne!(headers["message-id"], second["headers"]["message-id"]);
        let kinds: Vec<&str> =
            first["parts"].as_array().unwrap().iter().map(|part| part["type"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["text/plain", "text/html"]);
        for part in first["parts"].as_array().unwrap() {
            assert!(part["text"].as_str().unwrap().contains("A logon from 194[.]61[.]24[.]102 at night."), "{part}");
        }
        assert!(second["parts"][0]["text"].as_str().unwrap().contains("holds no longer"), "{second}");
    }
}

/// What a chat is sent of a finding whose text is hostile.
fn posted(kind: &str) -> Option<serde_json::Value> {
    let desk = routed(LEGAL);
    let receiver = Receiver::start(|_| Mood::Take);
    configure(&desk, "legal-mail", &[("type", kind), ("tlp", "red"), ("secret", "HOOK_SECRET")]);
    let send = || {
        let mut command = desk.sandbox.command(super::support::CASEBOOK, &desk.top);
        command.env("HOOK_SECRET", format!("{}/token-1234", receiver.url)).args(["notify", "apply"]);
        super::support::ran(command.output().unwrap())
    };
    send().ok();
    super::hostile::write(&desk);
    let sent = send().ok();
    assert!(sent.stdout.contains("127.0.0.1") && !sent.text().contains("token-1234"), "{}", sent.text());
    let ledger = desk.git(&["log", "-p", "casebook-notices"]).stdout;
    assert!(!ledger.contains("token-1234"), "{ledger}");
    let taken = receiver.taken.lock().unwrap();
    assert!(!taken[0].body.contains("token-1234"));
    Some(serde_json::from_str(&taken[0].body).unwrap())
}

#[test]
fn slack_is_sent_plain_text_and_an_escaped_subject() {
    let posted = posted("slack").unwrap();
    assert!(posted["text"].as_str().unwrap().contains("&lt;!channel&gt; @everyone &lt;script&gt;"), "{posted}");
    for block in posted["blocks"].as_array().unwrap() {
        assert_eq!(block["text"]["type"], "plain_text");
    }
    assert_eq!((&posted["unfurl_links"], &posted["unfurl_media"]), (&false.into(), &false.into()));
}

#[test]
fn mattermost_and_discord_are_sent_one_block_of_code_that_nothing_ends() {
    for (kind, field, most) in [("mattermost", "text", 16_383), ("discord", "content", 2_000)] {
        let posted = posted(kind).unwrap();
        let text = posted[field].as_str().unwrap();
        assert!(text.starts_with("```\n") && text.ends_with("\n```"), "{text}");
        assert_eq!(text.matches('`').count(), 6, "{text}");
        assert!(text.contains("@everyone") && text.chars().count() <= most, "{text}");
        // As a reader of Markdown sees it, there is nothing but that block.
        let mut parts = pulldown_cmark::Parser::new(text);
        assert!(matches!(parts.next(), Some(pulldown_cmark::Event::Start(pulldown_cmark::Tag::CodeBlock(_)))));
        let rest: Vec<_> = parts.filter(|part| !matches!(part, pulldown_cmark::Event::Text(_))).collect();
        assert_eq!(rest.len(), 1, "{rest:?}");
        if kind == "discord" {
            assert_eq!(posted["allowed_mentions"], serde_json::json!({ "parse": [] }));
        }
    }
}

#[test]
fn teams_is_sent_a_card_that_its_own_library_reads_without_a_complaint() {
    let Some(library) = tool("adaptivecards") else { return };
    let posted = posted("teams").unwrap();
    let desk = super::support::Desk::new();
    desk.write("../card.json", posted.to_string());
    let script = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/notices/card.js");
    let mut command = desk.sandbox.command("node", &desk.top);
    command.arg(script).arg(library).stdin(std::fs::File::open(desk.path("../card.json")).unwrap());
    let read = super::support::ran(command.output().unwrap()).ok();
    let read: serde_json::Value = serde_json::from_str(&read.stdout).unwrap();
    assert_eq!(read["wrong"], serde_json::json!([]));
    let texts = read["texts"].as_array().unwrap();
    assert!(texts.iter().all(|text| text[0] == "TextRun"), "{read}");
    assert!(texts.iter().any(|text| text[1].as_str().unwrap().contains("<!channel> @everyone")), "{read}");
}

/// rsyslogd, which writes what it reads into a file.
struct Rsyslog {
    child: std::process::Child,
    port: u16,
}

impl Drop for Rsyslog {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Rsyslog {
    fn start(desk: &super::support::Desk) -> Option<Self> {
        let program = std::path::Path::new("/usr/sbin/rsyslogd");
        let program = if program.exists() { program.to_owned() } else { tool("rsyslogd")? };
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let settings = format!(
            "global(workDirectory=\"{folder}\")\nmodule(load=\"imtcp\")\ninput(type=\"imtcp\" address=\"127.0.0.1\" port=\"{port}\")\n\
             template(name=\"whole\" type=\"string\" string=\"%pri% %app-name% %timereported:::date-rfc3339% %msg%\\n\")\n\
             action(type=\"omfile\" file=\"{folder}/siem.log\" template=\"whole\")\n",
            folder = desk.sandbox.path("").display()
        );
        desk.write("../rsyslog.conf", settings);
        let (conf, pid) = (desk.sandbox.path("rsyslog.conf"), desk.sandbox.path("rsyslog.pid"));
        let mut command = desk.sandbox.command(program, &desk.top);
        command.arg("-n").arg("-f").arg(conf).arg("-i").arg(pid);
        let child = command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap();
        let started = Self { child, port };
        for _ in 0..200 {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Some(started);
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        panic!("rsyslogd does not start");
    }
}

#[test]
fn a_siem_reads_one_line_in_which_no_text_ends_a_field() {
    let desk = routed(LEGAL);
    let Some(server) = Rsyslog::start(&desk) else { return };
    let address = format!("syslog://localhost:{}", server.port);
    configure(&desk, "legal-mail", &[("type", "syslog"), ("tlp", "red"), ("server", &address)]);
    apply(&desk, &[]).ok();
    super::hostile::write(&desk);
    apply(&desk, &[]).ok();
    let log = desk.sandbox.path("siem.log");
    let mut text = String::new();
    for _ in 0..200 {
        text = std::fs::read_to_string(&log).unwrap_or_default();
        if text.ends_with('\n') {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(text.starts_with("133 casebook 2026-03-05T12:00:00"), "{text}");
    let cef = &text[text.find("CEF:0|").unwrap()..];
    let unescaped = cef.replace(r"\\", "").replace(r"\|", "");
    assert_eq!(unescaped.matches('|').count(), 7, "{cef}");
    assert!(cef.contains("|casebook|casebook|") && cef.contains("cs2=f-7q2k9dm4") && cef.contains(r"src\=x"), "{cef}");
}

/// OpenSSL's own server takes what is sent with encryption.
#[test]
fn a_siem_elsewhere_is_told_with_encryption_and_checked_by_its_certificate() {
    let desk = routed(LEGAL);
    certificate(&desk);
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let path = |name: &str| desk.sandbox.path(name).to_str().unwrap().to_owned();
    let mut command = desk.sandbox.command("openssl", &desk.top);
    command.args([
        "s_server",
        "-quiet",
        "-accept",
        &port.to_string(),
        "-cert",
        &path("mail.pem"),
        "-key",
        &path("mail.key"),
    ]);
    let log = std::fs::File::create(desk.sandbox.path("siem.log")).unwrap();
    let child =
        command.stdin(std::process::Stdio::piped()).stdout(log).stderr(std::process::Stdio::null()).spawn().unwrap();
    let _server = MailServer { child, port };
    for _ in 0..100 {
        if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let address = format!("syslog+tls://localhost:{port}");
    let ca = path("mail.pem");
    configure(
        &desk,
        "legal-mail",
        &[("type", "syslog"), ("tlp", "red"), ("server", &address), ("ca", &ca), ("timeout", "5s")],
    );
    apply(&desk, &[]).ok();
    confirm(&desk);
    desk.commit("Confirm");
    apply(&desk, &[]).ok();
    let text = std::fs::read_to_string(desk.sandbox.path("siem.log")).unwrap();
    let (length, message) = text.split_once(' ').unwrap();
    assert_eq!(length.parse::<usize>().unwrap(), message.len(), "{text}");
    assert!(message.starts_with("<133>1 2026-03-05T12:00:00.000000Z - casebook - - - CEF:0|"), "{text}");
}
