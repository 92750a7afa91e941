//! A process that sends is killed at any point, again and again, while the receiver fails, hangs and answers late: in the end every
//! notice has arrived, none counts twice, and the ledger says the same as the receiver. KILL_POINTS says how often.

use super::random::Random;
use super::receiver::{Mood, Receiver};
use super::sending::{SECRET, apply, hook};
use super::support::{self, Desk};
use super::{configure, routed};
use std::collections::BTreeSet;
use std::process::Stdio;
use std::time::Duration;

const ROUTES: &str =
    "[[routes]]\nhandle = \"work\"\naudience = \"technical\"\nchannels = [\"hook\"]\nkind = [\"action\"]\n";

fn points() -> usize {
    std::env::var("KILL_POINTS").ok().and_then(|points| points.parse().ok()).unwrap_or(30)
}

/// Starts a run, kills it after a while, and says whether it had ended by itself.
fn killed(desk: &Desk, after: Duration) -> bool {
    let mut command = desk.sandbox.command(support::CASEBOOK, &desk.top);
    command.env("HOOK_SECRET", SECRET).args(["notify", "apply", "--retry"]).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    std::thread::sleep(after);
    let ended = child.try_wait().unwrap().is_some();
    let _ = child.kill();
    child.wait().unwrap();
    ended
}

#[test]
fn whenever_it_is_killed_every_notice_arrives_and_counts_once() {
    let desk = routed(ROUTES);
    let receiver = Receiver::start(|request| match request % 11 {
        2 => Mood::Refuse,
        4 => Mood::TakeAndHangUp,
        7 => Mood::TakeLate,
        9 => Mood::Hang,
        _ => Mood::Take,
    });
    hook(&desk, "hook", &receiver);
    configure(&desk, "hook", &[("timeout", "1s")]);
    apply(&desk, &[]).ok();
    let mut random = Random::new(std::env::var("KILL_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1));
    let mut written = 0;
    let mut cut_off = 0;
    for point in 0..points() {
        if point % 3 == 0 {
            written += 1;
            let id = format!("r-{:08}", written);
            desk.write(
                &format!("actions/{id}.toml"),
                format!("id = \"{id}\"\ntitle = \"Task {written}\"\nphase = \"contain\"\nstatus = \"open\"\n"),
            );
            desk.commit("A task");
        }
        let after = Duration::from_micros(random.below(60_000) as u64);
        cut_off += usize::from(!killed(&desk, after));
    }
    assert!(cut_off > points() / 4, "only {cut_off} of {} were killed before their end", points());
    let mut last = apply(&desk, &["--retry"]);
    // Each run ends at the first that fails: the receiver goes on to be as it is.
    for _ in 0..written {
        if last.code == 0 {
            break;
        }
        last = apply(&desk, &["--retry"]);
    }
    let last = last.ok();
    assert!(last.stderr.is_empty(), "{}", last.text());
    let arrived = receiver.keys();
    assert_eq!(arrived.len(), written, "every notice arrives, and each counts once");
    // What came more than once said the same each time.
    let bodies: BTreeSet<String> = receiver.taken.lock().unwrap().iter().map(|request| request.body.clone()).collect();
    assert_eq!(bodies.len(), written);
    let ledger = desk.git(&["ls-tree", "-r", "--name-only", "casebook-notices"]).ok().stdout;
    let sent: BTreeSet<String> = ledger
        .lines()
        .filter_map(|path| Some(path.strip_prefix("sent/")?.get(3..)?.strip_suffix(".json")?.to_owned()))
        .collect();
    assert_eq!(sent, arrived.into_iter().collect(), "the ledger agrees with the receiver");
    assert!(!ledger.contains("pending/"), "{ledger}");
    desk.git(&["fsck", "--strict"]).ok();
}
