//! The server: a push to the protected branch sends what it brings, and nobody waits for that or writes into the ledger.

use super::LEGAL;
use super::firm::Firm;
use std::path::Path;
use std::time::{Duration, Instant};

/// A firm whose server sends what legal hears into a folder.
fn firm() -> Firm {
    let firm = Firm::of_policy(LEGAL);
    let folder = firm.desk.sandbox.path("legal");
    for (name, value) in [("type", "file"), ("tlp", "red"), ("folder", folder.to_str().unwrap())] {
        firm.desk.sandbox.git(&firm.server, &["config", &format!("casebook.channel.legal-mail.{name}"), value]).ok();
    }
    firm
}

fn texts(folder: &Path) -> Vec<String> {
    let Ok(list) = std::fs::read_dir(folder) else { return Vec::new() };
    let files =
        list.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|kind| kind == "txt"));
    files.map(|path| std::fs::read_to_string(path).unwrap()).collect()
}

/// Waits until the server has told so much; a test that waits in vain shows its log.
#[track_caller]
fn await_texts(firm: &Firm, number: usize) -> Vec<String> {
    let end = Instant::now() + Duration::from_secs(60);
    while Instant::now() < end {
        let found = texts(&firm.desk.sandbox.path("legal"));
        if found.len() >= number {
            return found;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let log = std::fs::read_to_string(firm.server.join("casebook/notify.log")).unwrap_or_default();
    panic!("waited in vain; the log says:\n{log}");
}

#[test]
fn a_push_tells_what_it_brings_and_nobody_writes_into_the_ledger() {
    let firm = firm();
    firm.push("main").ok();
    firm.confirm();
    firm.sign("carol", &["f-7q2k9dm4", "--as", "reviewer"]).ok();
    firm.desk.commit("Confirm");
    firm.push("HEAD:refs/heads/own").ok();
    firm.push("main").ok();
    let told = await_texts(&firm, 1);
    assert!(told[0].contains("Finding confirmed: The attacker logged on to mail01"), "{}", told[0]);
    // The ledger can be read by whoever may read the case, and be written by nobody who pushes.
    let end = Instant::now() + Duration::from_secs(60);
    let sent =
        || firm.desk.sandbox.git(&firm.server, &["log", "--format=%s", "casebook-notices"]).stdout.contains("Sent ");
    while !sent() && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(20));
    }
    firm.desk.git(&["fetch", "-q", "origin", "casebook-notices:casebook-notices"]).ok();
    firm.desk.git(&["branch", "-f", "casebook-notices", "HEAD"]).ok();
    firm.is_refused("+casebook-notices", "is written by the server alone");
    firm.is_refused(":casebook-notices", "is written by the server alone");
    firm.is_refused("HEAD:refs/heads/casebook-notices/below", "is written by the server alone");
    // The same again, as a hook that is delivered twice would.
    let again = firm.desk.sandbox.casebook(&firm.server, &["notify", "apply"]).ok();
    assert!(again.stdout.contains("0 notices sent"), "{}", again.text());
    assert_eq!(texts(&firm.desk.sandbox.path("legal")).len(), 1);
}
