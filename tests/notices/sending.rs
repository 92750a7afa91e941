//! Sending: once for each notice, in order, with a receipt, however often and from wherever it is tried.

use super::receiver::{Mood, Receiver};
use super::support::Desk;
use super::{LEGAL, configure, confirm, routed, set_status};
use std::path::PathBuf;

/// The secret of the webhook, as whoever runs the server sets it.
pub const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// Sends with the secret of the webhook in the environment.
pub fn apply(desk: &Desk, more: &[&str]) -> super::support::Ran {
    let mut command = desk.sandbox.command(super::support::CASEBOOK, &desk.top);
    command.env("HOOK_SECRET", SECRET).args(["notify", "apply"]).args(more);
    super::support::ran(command.output().unwrap())
}

/// Sets up the webhook for a channel.
pub fn hook(desk: &Desk, channel: &str, receiver: &Receiver) {
    let settings =
        [("type", "webhook"), ("url", &receiver.url), ("secret", "HOOK_SECRET"), ("tlp", "red"), ("timeout", "1s")];
    configure(desk, channel, &settings);
}

fn files(desk: &Desk, channel: &str) -> Vec<PathBuf> {
    let folder = desk.path(".git/casebook/notices").join(channel);
    std::fs::read_dir(folder).map(|list| list.map(|entry| entry.unwrap().path()).collect()).unwrap_or_default()
}

#[test]
fn without_channels_notices_become_files_and_nothing_is_sent_twice() {
    let desk = routed(LEGAL);
    let first = apply(&desk, &[]).ok();
    assert!(first.stdout.contains("nothing was told before"), "{}", first.text());
    confirm(&desk);
    desk.commit("Confirm");
    let dry = apply(&desk, &["--dry-run"]).ok();
    assert!(dry.stdout.contains("1 notice would be sent"), "{}", dry.text());
    assert!(files(&desk, "legal-mail").is_empty());
    let sent = apply(&desk, &[]).ok();
    assert!(sent.stdout.contains("1 notice sent"), "{}", sent.text());
    let written = files(&desk, "legal-mail");
    let text = std::fs::read_to_string(&written[0]).unwrap();
    assert!(text.contains("Finding confirmed: The attacker logged on to mail01"), "{text}");
    std::fs::remove_file(&written[0]).unwrap();
    let again = apply(&desk, &[]).ok();
    assert!(again.stdout.contains("0 notices sent"), "{}", again.text());
    assert!(files(&desk, "legal-mail").is_empty());
    desk.git(&["fsck", "--strict"]).ok();
    let log = desk.git(&["log", "--format=%s", "casebook-notices"]).stdout;
    assert_eq!(log.lines().count(), 3, "{log}");
}

#[test]
fn the_first_time_all_of_a_case_can_be_told_or_what_came_after_a_commit() {
    for (arguments, told) in [
        (vec!["--all"], "1 notice sent"),
        (vec!["--since", "HEAD^"], "1 notice sent"),
        (vec!["--since", "HEAD"], "0 notices sent"),
    ] {
        let desk = routed(LEGAL);
        confirm(&desk);
        desk.commit("Confirm");
        let sent = apply(&desk, &arguments).ok();
        assert!(sent.stdout.contains(told), "{arguments:?}: {}", sent.text());
        assert_eq!(sent.stderr, "");
        // Afterwards the ledger says from where on, and who types it again is told so.
        let again = apply(&desk, &arguments).ok();
        assert!(again.stdout.contains("0 notices sent"), "{arguments:?}: {}", again.text());
        let ignored = format!("`{}` changes nothing: the case is told up to", arguments[0]);
        assert!(again.stderr.starts_with(&ignored), "{arguments:?}: {}", again.text());
    }
}

#[test]
fn a_receiver_that_fails_gets_everything_in_order_when_it_is_back() {
    let desk = routed(LEGAL);
    let receiver = Receiver::start(|request| if request == 0 { Mood::Refuse } else { Mood::Take });
    hook(&desk, "legal-mail", &receiver);
    apply(&desk, &[]).ok();
    confirm(&desk);
    desk.commit("Confirm");
    let failed = apply(&desk, &[]).code(1);
    assert!(failed.stderr.contains("503"), "{}", failed.text());
    assert!(failed.stderr.contains("again after 2026-03-05T12:00:30Z"), "{}", failed.text());
    set_status(&desk, "findings/f-7q2k9dm4.toml", "confirmed", "withdrawn");
    desk.commit("Withdraw");
    // It is not time yet: the door stays closed, and what comes after waits behind it.
    let waits = apply(&desk, &[]).code(1);
    assert!(waits.stdout.contains("0 notices sent, 2 to be sent again"), "{}", waits.text());
    assert_eq!(receiver.keys().len(), 0);
    let sent = apply(&desk, &["--retry"]).ok();
    assert!(sent.stdout.contains("2 notices sent"), "{}", sent.text());
    let taken = receiver.taken.lock().unwrap();
    assert!(taken[0].body.contains("Finding confirmed"), "{}", taken[0].body);
    assert!(taken[1].body.contains("Correction"), "{}", taken[1].body);
    drop(taken);
    assert!(apply(&desk, &["--retry"]).ok().stdout.contains("0 notices sent"));
    assert_eq!(receiver.keys().len(), 2);
}

#[test]
fn two_who_send_at_once_send_everything_once() {
    let desk = routed(LEGAL);
    let receiver = Receiver::start(|_| Mood::Take);
    hook(&desk, "legal-mail", &receiver);
    apply(&desk, &[]).ok();
    confirm(&desk);
    desk.commit("Confirm");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| apply(&desk, &[]).ok());
        }
    });
    assert_eq!(receiver.taken.lock().unwrap().len(), 1);
}

#[test]
fn a_channel_carries_its_marking_and_no_more() {
    let desk = routed(LEGAL);
    let receiver = Receiver::start(|_| Mood::Take);
    hook(&desk, "legal-mail", &receiver);
    configure(&desk, "legal-mail", &[("tlp", "green")]);
    apply(&desk, &[]).ok();
    confirm(&desk);
    desk.commit("Confirm");
    let held = apply(&desk, &[]).code(1);
    assert!(held.stderr.contains("it is TLP:AMBER, and the channel carries TLP:GREEN at most"), "{}", held.text());
    configure(&desk, "legal-mail", &[("tlp", "amber")]);
    apply(&desk, &["--retry"]).ok();
    assert_eq!(receiver.keys().len(), 1);
}

#[test]
fn a_channel_that_nobody_configured_loses_nothing() {
    let desk = routed(LEGAL);
    configure(&desk, "other", &[("type", "command"), ("command", "cat"), ("tlp", "red")]);
    apply(&desk, &[]).ok();
    confirm(&desk);
    desk.commit("Confirm");
    let held = apply(&desk, &[]).code(1);
    assert!(held.stderr.contains("no channel `legal-mail` is configured here"), "{}", held.text());
    configure(&desk, "legal-mail", &[("type", "command"), ("command", "cat"), ("tlp", "red")]);
    let sent = apply(&desk, &["--retry", "--format", "json"]).ok();
    let sent: serde_json::Value = serde_json::from_str(&sent.stdout).unwrap();
    assert!(sent["sent"][0]["receipt"]["answer"].as_str().unwrap().contains("f-7q2k9dm4"), "{sent}");
}

#[test]
fn what_the_gate_held_back_is_tried_again_once_it_is_mended() {
    let desk = routed(LEGAL.replace("\"legal\"", "\"customer\"").as_str());
    apply(&desk, &[]).ok();
    desk.write(
        "assets/a-7q2k9dm5.toml",
        "id = \"a-7q2k9dm5\"\nname = \"projekt-nordlicht\"\nkind = \"host\"\ntlp = \"red\"\n",
    );
    confirm(&desk);
    let said = |from: &str, to: &str| {
        desk.change("findings/f-7q2k9dm4.toml", |text| {
            *text = String::from_utf8_lossy(text).replace(from, to).into_bytes();
        });
    };
    said("at night", "to projekt-nordlicht");
    desk.commit("Confirm");
    let held = apply(&desk, &[]).code(1);
    assert!(held.stdout.contains("projekt-nordlicht"), "{}", held.text());
    said("to projekt-nordlicht", "at night");
    desk.commit("Mend");
    let sent = apply(&desk, &[]);
    assert!(sent.stdout.contains("Finding confirmed: The attacker logged on"), "{}", sent.text());
}

#[test]
fn a_history_that_was_rewritten_stops_it() {
    let desk = routed(LEGAL);
    apply(&desk, &[]).ok();
    desk.git(&["commit", "-q", "--amend", "-m", "Another beginning"]).ok();
    let stopped = apply(&desk, &[]).code(2);
    assert!(stopped.stderr.contains("is not in the history of this commit"), "{}", stopped.text());
    assert!(stopped.stderr.contains("git branch -m casebook-notices casebook-notices-old"), "{}", stopped.text());
}

#[test]
fn a_lock_that_a_dead_process_left_is_taken_away() {
    let desk = routed(LEGAL);
    apply(&desk, &[]).ok();
    confirm(&desk);
    desk.commit("Confirm");
    desk.write(".git/refs/heads/casebook-notices.lock", "");
    assert!(apply(&desk, &[]).ok().stdout.contains("1 notice sent"));
}

#[test]
fn a_wrong_setting_says_where_it_is() {
    let desk = routed(LEGAL);
    for (settings, says) in [
        (
            &[("type", "pigeon")][..],
            "is `pigeon`; it is one of command, discord, file, gitea, github, gitlab, jira, mail, mattermost, redmine, rt, servicenow, slack,",
        ),
        (&[("type", "webhook")], "`casebook.channel.legal-mail.url` is not set"),
        (&[("url", "http://127.0.0.1:1/"), ("secret", "NOT_SET")], "names the variable NOT_SET, which is not set"),
        (
            &[("url", "http://receiver.example/"), ("secret", "HOOK_SECRET")],
            "without TLS what is sent goes to this machine only",
        ),
        (&[("type", "command"), ("command", "'")], "is no command"),
        (&[("command", "cat")], "`casebook.channel.legal-mail.tlp` is not set"),
        (&[("tlp", "purple")], "is `purple`, which is no marking"),
        (&[("tlp", "red"), ("timeout", "soon")], "is `soon`; write a length of time"),
        (&[("type", "mail"), ("timeout", "5s"), ("from", "nobody")], "`casebook.channel.legal-mail.to` is not set"),
        (&[("to", "carol@example.org")], "`casebook.channel.legal-mail.from` is `nobody`, which is no mail address"),
        (&[("from", "ir@example.org"), ("server", "mail.example.org")], "write `smtps://HOST` (TLS)"),
        (&[("server", "smtp+plain://mail.example.org")], "without encryption mail goes to this machine only"),
        (&[("server", "smtp://mail.example.org"), ("user", "u")], "`casebook.channel.legal-mail.password` is not set"),
    ] {
        configure(&desk, "legal-mail", settings);
        let wrong = apply(&desk, &[]).code(2);
        assert!(wrong.stderr.contains(says), "{}", wrong.text());
        assert!(wrong.stderr.contains("git config --show-origin"), "{}", wrong.text());
    }
}

#[test]
fn whoever_was_told_hears_of_the_end_though_the_route_does_not_lead_there_any_more() {
    let desk = routed(&format!("{LEGAL}severity = [\"critical\"]\n"));
    apply(&desk, &[]).ok();
    let edit = |from: &str, to: &str| {
        desk.change("findings/f-7q2k9dm4.toml", |text| {
            *text = String::from_utf8_lossy(text).replace(from, to).into_bytes();
        });
        desk.commit(to);
        apply(&desk, &[]).ok().stdout
    };
    assert!(
        edit("status = \"proposed\"", "status = \"confirmed\"\nseverity = \"critical\"").contains("Finding confirmed")
    );
    assert!(edit("\"critical\"", "\"high\"").contains("Correction"));
    assert!(edit("\"confirmed\"", "\"withdrawn\"").contains("Correction"));
    assert!(edit("at night", "by day").contains("0 notices sent"));
}

#[test]
fn whoever_was_never_told_hears_of_no_correction() {
    let desk = routed("");
    confirm(&desk);
    desk.commit("Confirm");
    apply(&desk, &[]).ok();
    desk.change("policy.toml", |text| text.extend_from_slice(LEGAL.as_bytes()));
    desk.commit("A route");
    apply(&desk, &[]).ok();
    set_status(&desk, "findings/f-7q2k9dm4.toml", "confirmed", "withdrawn");
    desk.commit("Withdraw");
    assert!(apply(&desk, &[]).ok().stdout.contains("0 notices sent"));
}

#[test]
fn while_the_policy_cannot_be_read_nothing_is_taken_as_told() {
    let desk = routed(LEGAL);
    apply(&desk, &[]).ok();
    confirm(&desk);
    let policy = desk.read("policy.toml");
    desk.write("policy.toml", "broken");
    desk.commit("Confirm, and break the policy");
    let stopped = apply(&desk, &[]).code(2);
    assert!(stopped.stderr.contains("`policy.toml` of commit"), "{}", stopped.text());
    desk.write("policy.toml", policy);
    desk.commit("Mend");
    assert!(apply(&desk, &[]).ok().stdout.contains("1 notice sent"));
}

#[test]
fn what_could_not_be_read_is_told_when_it_can_and_what_was_told_is_not_told_again() {
    for was_told in [false, true] {
        let desk = routed(LEGAL);
        apply(&desk, &[]).ok();
        if was_told {
            confirm(&desk);
            desk.commit("Confirm");
            assert!(apply(&desk, &[]).ok().stdout.contains("1 notice sent"));
        }
        let finding = desk.read("findings/f-7q2k9dm4.toml");
        desk.write("findings/f-7q2k9dm4.toml", "broken");
        desk.commit("Break");
        apply(&desk, &[]).ok();
        desk.write("findings/f-7q2k9dm4.toml", finding.replace("\"proposed\"", "\"confirmed\""));
        desk.commit("Mend");
        let told = if was_told { "0 notices sent" } else { "1 notice sent" };
        assert!(apply(&desk, &[]).ok().stdout.contains(told), "was told: {was_told}");
    }
}

#[test]
fn a_receipt_names_no_path_of_the_machine_and_a_case_without_routes_is_called_so() {
    let desk = routed("");
    let none = desk.casebook(&["notify", "plan"]).ok();
    assert!(none.stdout.contains("has no `[[routes]]`"), "{}", none.text());
    let desk = routed(LEGAL);
    confirm(&desk);
    desk.commit("Confirm");
    apply(&desk, &["--all"]).ok();
    let ledger = desk.git(&["log", "-p", "casebook-notices"]).stdout;
    assert!(
        ledger.contains("\"to\": \"casebook/notices/legal-mail of the repository\"")
            && !ledger.contains(desk.top.to_str().unwrap()),
        "{ledger}"
    );
}

#[test]
fn a_notice_that_its_channel_may_not_carry_holds_up_no_other() {
    let desk = routed(
        "[[routes]]\nhandle = \"work\"\naudience = \"technical\"\nchannels = [\"queue\"]\nkind = [\"action\"]\n",
    );
    configure(&desk, "queue", &[("type", "command"), ("command", "cat"), ("tlp", "amber")]);
    apply(&desk, &[]).ok();
    for (id, more) in [("r-11111111", "tlp = \"red\"\n"), ("r-22222222", "")] {
        desk.write(
            &format!("actions/{id}.toml"),
            format!("id = \"{id}\"\ntitle = \"Task\"\nphase = \"contain\"\nstatus = \"open\"\n{more}"),
        );
        desk.commit(id);
    }
    let sent = apply(&desk, &[]).code(1);
    assert!(sent.stdout.contains("1 notice sent, 1 to be sent again"), "{}", sent.text());
    // Whoever looks later is told why it waits.
    let later = apply(&desk, &[]).code(1);
    assert!(later.stderr.contains("it is TLP:RED, and the channel carries TLP:AMBER at most"), "{}", later.text());
}

#[test]
fn a_command_that_hangs_is_ended_in_its_time() {
    let desk = routed(LEGAL);
    let slow = [("type", "command"), ("command", "sleep 30"), ("tlp", "red"), ("timeout", "1s")];
    configure(&desk, "legal-mail", &slow);
    apply(&desk, &[]).ok();
    confirm(&desk);
    desk.commit("Confirm");
    let ended = apply(&desk, &[]).code(1);
    assert!(ended.stderr.contains("it took longer than 1 seconds"), "{}", ended.text());
}
