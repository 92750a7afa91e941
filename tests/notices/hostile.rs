//! What a case says is hostile: it becomes no line, no header and no control character in what is sent.

use super::sending::apply;
use super::support::Desk;
use super::{LEGAL, configure, routed};

/// Confirms the finding with texts that would be something else in every channel.
pub fn write(desk: &Desk) {
    desk.change("findings/f-7q2k9dm4.toml", |text| {
        let changed = String::from_utf8_lossy(text)
            .replace("\"proposed\"", "\"confirmed\"")
            .replace(
                "The attacker logged on to mail01",
                "$(touch owned) `id` <!channel> @everyone <script> a|b a=b ``` \\u202E",
            )
            .replace(
                "A logon from",
                "<img src=x onerror=y> [text](https://evil.example/) **b** \\u001B[31m A logon from",
            );
        *text = changed.into_bytes();
    });
    desk.git(&["add", "-A"]).ok();
    desk.git(&["commit", "-qm", "Hostile", "--no-verify"]).ok();
}

#[test]
fn hostile_texts_stay_texts() {
    let desk = routed(LEGAL);
    configure(&desk, "legal-mail", &[("type", "command"), ("command", "cat"), ("tlp", "red")]);
    apply(&desk, &[]).ok();
    write(&desk);
    let plan = desk.casebook(&["notify", "plan", "--text"]);
    let plain = plan.stdout.replace('\n', "");
    assert!(!plain.chars().any(|c| c.is_control() || c == '\u{202e}'), "{}", plan.text());
    apply(&desk, &[]);
    assert!(!desk.path("owned").exists() && !desk.path(".git/owned").exists());
}
