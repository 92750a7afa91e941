//! Notices: who hears what of a change, and that everybody hears it once, whatever happens on the way; and the legal clocks.
//!
//! The texts are in tests/notices: `UPDATE=1 cargo nextest run --test notices` writes them anew; read the difference.

#![allow(clippy::unwrap_used)]

#[path = "notices/channels.rs"]
mod channels;
#[path = "notices/desks.rs"]
mod desks;
#[path = "notices/duties.rs"]
mod duties;
#[path = "review/firm.rs"]
#[allow(dead_code)]
mod firm;
#[path = "notices/hostile.rs"]
mod hostile;
#[path = "notices/kill.rs"]
mod kill;
#[path = "notices/metrics.rs"]
mod metrics;
#[path = "notices/planning.rs"]
mod planning;
#[path = "support/random.rs"]
mod random;
#[path = "notices/receiver.rs"]
mod receiver;
#[path = "notices/replay.rs"]
mod replay;
#[path = "notices/sending.rs"]
mod sending;
#[path = "notices/server.rs"]
mod server;
mod support;
#[path = "notices/tickets.rs"]
mod tickets;

use support::Desk;

/// A case whose policy has these routes.
fn routed(routes: &str) -> Desk {
    Desk::with(|desk| {
        desk.write("policy.toml", format!("version = 1\n\n{DUTY}\n{routes}"));
    })
}

const DUTY: &str = "[[duties]]\nhandle = \"gdpr-72h\"\nname = \"Notify the supervisory authority\"\nlaw = \"GDPR Art. 33(1)\"\nstarts = \"detected\"\nwithin = \"72h\"\nto = \"Supervisory authority\"\n";

/// Legal hears of findings, by mail.
const LEGAL: &str = "[[routes]]\nhandle = \"legal\"\naudience = \"legal\"\nchannels = [\"legal-mail\"]\nkind = [\"finding\"]\nstatus = [\"confirmed\"]\n";

fn confirm(desk: &Desk) {
    set_status(desk, "findings/f-7q2k9dm4.toml", "proposed", "confirmed");
}

fn set_status(desk: &Desk, file: &str, from: &str, to: &str) {
    desk.change(file, |text| {
        let (from, to) = (format!("status = \"{from}\""), format!("status = \"{to}\""));
        let changed = String::from_utf8_lossy(text).replacen(&from, &to, 1);
        assert_ne!(changed.as_bytes(), text.as_slice());
        *text = changed.into_bytes();
    });
}

fn configure(desk: &Desk, channel: &str, settings: &[(&str, &str)]) {
    for (name, value) in settings {
        desk.git(&["config", &format!("casebook.channel.{channel}.{name}"), value]).ok();
    }
}
