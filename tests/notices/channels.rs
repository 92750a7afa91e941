//! Each channel against the real thing.

use super::receiver::{Mood, Receiver};
use super::sending::{SECRET, apply, hook};
use super::support::tool;
use super::{LEGAL, confirm, routed};

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
