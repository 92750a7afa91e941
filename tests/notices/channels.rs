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

/// A mail server that ends with the test.
struct MailServer {
    child: std::process::Child,
    port: u16,
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl MailServer {
    fn start(desk: &super::support::Desk, mode: &str) -> Option<Self> {
        let python = tool("python")?;
        let script = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/notices/mail_server.py");
        let path = |name: &str| desk.sandbox.path(name).to_str().unwrap().to_owned();
        let subject = [
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost",
            "-addext",
            "basicConstraints=CA:FALSE",
        ];
        let new = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
        let files = ["-keyout", &path("mail.key"), "-out", &path("mail.pem")];
        desk.sandbox.run("openssl", &desk.top, &[&new[..], &subject, &files].concat()).ok();
        std::fs::create_dir(desk.sandbox.path("mails")).unwrap();
        let mut command = desk.sandbox.command(python, &desk.top);
        command.arg(script).args([&path("mails"), &path("mail.pem"), &path("mail.key"), mode]);
        let mut child = command.stdout(std::process::Stdio::piped()).spawn().unwrap();
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
