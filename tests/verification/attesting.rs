//! Attestations: shards that are verified by several machines, signed with real keys, and joined.

use super::support::{Ran, tool};
use super::{AUTH, Desk, ITEM, sha256};
use std::fs;

/// A case with thirty files more, in which bob has a key of his own; `None` where there is no `ssh-keygen`.
fn desk() -> Option<Desk> {
    tool("ssh-keygen")?;
    let desk = Desk::new();
    let public = key(&desk, "bob");
    desk.write(
        "team.toml",
        format!(
            "[[people]]\nhandle = \"alice\"\nname = \"Alice Example\"\nroles = [\"lead\", \"reviewer\"]\nteam = \"csirt\"\n\n\
             [[people]]\nhandle = \"bob\"\nname = \"Bob Example\"\nroles = [\"analyst\"]\nteam = \"csirt\"\n\
             email = \"bob@example.org\"\nkeys = [\n  \"{public}\",\n]\n\n[[teams]]\nhandle = \"csirt\"\nname = \"CSIRT\"\n"
        ),
    );
    let files: Vec<(String, Vec<u8>)> = (0..30_u8).map(|n| (format!("f{n}"), vec![n; 10])).collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, content)| (name.as_str(), content.as_slice())).collect();
    desk.item(&files);
    desk.commit("Thirty files");
    Some(desk)
}

/// Makes a pair of keys and gives the public one.
fn key(desk: &Desk, name: &str) -> String {
    let path = desk.sandbox.path(name);
    let arguments = ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", path.to_str().unwrap()];
    desk.sandbox.run("ssh-keygen", &desk.sandbox.path(""), &arguments).ok();
    fs::read_to_string(path.with_extension("pub")).unwrap().trim().to_owned()
}

fn file(desk: &Desk, name: &str) -> String {
    desk.sandbox.path(name).to_str().unwrap().to_owned()
}

/// Attests one shard into the file `<number>.txt`, signed by a key.
fn attest(desk: &Desk, shard: &str, options: &[&str]) -> Ran {
    let output = file(desk, &format!("{}.txt", shard.split('/').next().unwrap()));
    let key = file(desk, "bob");
    let arguments = ["evidence", "attest", "--shard", shard, "--output", &output, "--key", &key];
    desk.casebook(&[&arguments[..], options].concat())
}

fn three(desk: &Desk) {
    for shard in ["1/3", "2/3", "3/3"] {
        attest(desk, shard, &[]).ok();
    }
}

fn combine(desk: &Desk, names: &[&str], options: &[&str]) -> Ran {
    let files: Vec<String> = names.iter().map(|name| file(desk, name)).collect();
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    desk.casebook(&[&["evidence", "attest", "--combine"], &files[..], options].concat())
}

const ALL: &[&str] = &["1.txt", "2.txt", "3.txt"];

/// Fails unless the statements are refused and all of these are said.
#[track_caller]
fn refuses(desk: &Desk, names: &[&str], said: &[&str]) {
    let output = file(desk, "refused.txt");
    let ran = combine(desk, names, &["--output", &output]).code(1);
    for text in said {
        assert!(ran.stdout.contains(text), "no `{text}` in {}", ran.stdout);
    }
    assert!(fs::metadata(output).is_err());
}

#[test]
fn three_machines_verify_what_one_would() {
    let Some(desk) = desk() else { return };
    three(&desk);
    let whole = file(&desk, "whole.txt");
    let key = file(&desk, "bob");
    let ran = combine(&desk, ALL, &["--output", &whole, "--key", &key]).ok();
    assert!(ran.stdout.contains("3 shards, 32 files with 757 bytes"), "{}", ran.stdout);
    let text = fs::read_to_string(&whole).unwrap();
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(&format!("{name}: "))).unwrap().to_owned();
    let commit = desk.git(&["rev-parse", "HEAD"]).ok().stdout.trim().to_owned();
    assert_eq!((field("commit"), field("files"), field("bytes")), (commit, "32".to_owned(), "757".to_owned()));
    assert_eq!(text.matches("by bob at 2026-03-05T12:00:00Z signed SHA256:").count(), 3, "{text}");
    let first = fs::read(file(&desk, "1.txt")).unwrap();
    assert!(text.contains(&format!("shard: 1/3 sha256:{} ", sha256(&first))), "{text}");
    // The digest of the lines can be computed again with coreutils, and the signature verified with OpenSSH.
    let ran = desk.sandbox.run("sh", &desk.path("evidence"), &["-c", "cat x-*.sha256 | sha256sum"]).ok();
    assert_eq!(ran.stdout.split_whitespace().next(), Some(field("lines").as_str()));
    let signers = format!("bob {}", fs::read_to_string(file(&desk, "bob.pub")).unwrap());
    fs::write(desk.sandbox.path("signers"), signers).unwrap();
    let verify = format!(
        "ssh-keygen -Y verify -n casebook-attest -f {} -I bob -s {whole}.sig < {whole}",
        file(&desk, "signers")
    );
    desk.sandbox.run("sh", &desk.top, &["-c", &verify]).ok();
    // The order of the files says nothing.
    let again = file(&desk, "again.txt");
    combine(&desk, &["3.txt", "1.txt", "2.txt"], &["--output", &again]).ok();
    assert_eq!(fs::read_to_string(again).unwrap(), text);
}

#[test]
fn the_lines_of_a_shard_can_be_found_by_hand() {
    let Some(desk) = desk() else { return };
    if tool("python3").is_none() {
        return;
    }
    attest(&desk, "2/3", &[]).ok();
    let text = fs::read_to_string(file(&desk, "2.txt")).unwrap();
    let script = "cat x-*.sha256 | python3 -c 'import sys\nfor line in sys.stdin:\n if int(line[:16], 16) % 3 + 1 == 2: \
                  print(line, end=\"\")' | sha256sum";
    let ran = desk.sandbox.run("sh", &desk.path("evidence"), &["-c", script]).ok();
    assert!(text.contains(&format!("lines: {}\n", ran.stdout.split_whitespace().next().unwrap())), "{text}");
}

#[test]
fn gaps_and_overlaps_are_named() {
    let Some(desk) = desk() else { return };
    three(&desk);
    refuses(&desk, &["1.txt", "3.txt"], &["shard 2/3 missing"]);
    refuses(&desk, &["1.txt"], &["shards 2/3, 3/3 missing"]);
    refuses(&desk, &["1.txt", "2.txt", "1.txt", "3.txt"], &["shard 1/3 is there already"]);
    attest(&desk, "4/4", &[]).ok();
    refuses(&desk, &["1.txt", "2.txt", "3.txt", "4.txt"], &["4.txt: it is shard 4/4, and not one of 3"]);
    combine(&desk, ALL, &[]).ok();
}

#[test]
fn a_shard_with_problems_or_gaps_of_its_own_fails_the_whole() {
    let Some(desk) = desk() else { return };
    desk.change(AUTH, |content| content[0] ^= 1);
    desk.commit("Damage");
    let codes: Vec<i32> = ["1/3", "2/3", "3/3"].into_iter().map(|shard| attest(&desk, shard, &[]).code).collect();
    let mut sorted = codes.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, [0, 0, 1]);
    let bad = 1 + codes.iter().position(|code| *code == 1).unwrap();
    refuses(&desk, ALL, &[&format!("{bad}.txt: shard {bad}/3 has 1 problem")]);
}

#[test]
fn files_that_nobody_checked_fail_the_whole() {
    let Some(desk) = desk() else { return };
    desk.git(&["rm", "-rq", "evidence/x-7q2k9dm4"]).ok();
    desk.custody(1, ITEM, "action = \"transferred\"\nstorage = \"store\"");
    desk.commit("In a store that this machine does not know");
    let ran = attest(&desk, "1/1", &[]).code(1);
    assert!(ran.stdout.contains("not checked here: x-7q2k9dm4, 2 files"), "{}", ran.stdout);
    refuses(&desk, &["1.txt"], &["shard 1/1 has 2 files that nobody checked"]);
}

#[test]
fn what_was_disposed_of_is_counted() {
    let Some(desk) = desk() else { return };
    desk.git(&["rm", "-rq", "evidence/x-7q2k9dm4"]).ok();
    desk.custody(1, ITEM, "action = \"disposed\"\nreason = \"ordered by the court\"");
    desk.commit("Disposed of");
    three(&desk);
    let ran = combine(&desk, ALL, &[]).ok();
    assert!(ran.stdout.contains("\nfiles: 30\nbytes: 300\ndisposed: 2\n"), "{}", ran.stdout);
}

/// Signs a statement that was tampered with, as somebody with the key would.
fn sign_again(desk: &Desk, name: &str, key: &str) {
    let (statement, key) = (file(desk, name), file(desk, key));
    fs::remove_file(format!("{statement}.sig")).unwrap();
    let arguments = ["-Y", "sign", "-n", "casebook-attest", "-f", &key, &statement];
    desk.sandbox.run("ssh-keygen", &desk.top, &arguments).ok();
}

#[test]
fn a_statement_that_is_not_signed_by_whom_it_names_is_refused() {
    let Some(desk) = desk() else { return };
    three(&desk);
    let two = desk.sandbox.path("2.txt");
    let sound = fs::read_to_string(&two).unwrap();
    // A changed text.
    fs::write(&two, sound.replace("12:00:00Z", "13:00:00Z")).unwrap();
    refuses(&desk, ALL, &["2.txt: its signature is not one of `bob`"]);
    // Another key.
    fs::write(&two, &sound).unwrap();
    key(&desk, "mallory");
    sign_again(&desk, "2.txt", "mallory");
    refuses(&desk, ALL, &["2.txt: its signature is not one of `bob`"]);
    // Somebody without a key.
    fs::write(&two, sound.replace("by: bob", "by: alice")).unwrap();
    sign_again(&desk, "2.txt", "bob");
    refuses(&desk, ALL, &["team.toml of that commit has no public key of `alice`"]);
    // Another purpose.
    fs::write(&two, &sound).unwrap();
    fs::remove_file(desk.sandbox.path("2.txt.sig")).unwrap();
    let arguments = ["-Y", "sign", "-n", "git", "-f", &file(&desk, "bob"), &file(&desk, "2.txt")];
    desk.sandbox.run("ssh-keygen", &desk.top, &arguments).ok();
    refuses(&desk, ALL, &["2.txt: its signature is not one of `bob`"]);
    // No signature, unless that is allowed.
    fs::remove_file(desk.sandbox.path("2.txt.sig")).unwrap();
    refuses(&desk, ALL, &["2.txt: it is not signed"]);
    let ran = combine(&desk, ALL, &["--allow-unsigned"]).ok();
    assert_eq!((ran.stdout.matches(" signed SHA256:").count(), ran.stdout.matches(" unsigned").count()), (2, 1));
    // A signature that is there must be sound all the same.
    fs::write(desk.sandbox.path("2.txt.sig"), "nonsense").unwrap();
    combine(&desk, ALL, &["--allow-unsigned"]).code(1);
    // The right one.
    sign_again(&desk, "2.txt", "bob");
    combine(&desk, ALL, &[]).ok();
}

#[test]
fn counts_and_lines_must_be_those_of_the_commit() {
    let Some(desk) = desk() else { return };
    three(&desk);
    let one = desk.sandbox.path("1.txt");
    let sound = fs::read_to_string(&one).unwrap();
    let lie = |change: &dyn Fn(&str) -> String, said: &[&str]| {
        let text = change(&sound);
        assert_ne!(text, sound);
        fs::write(&one, text).unwrap();
        sign_again(&desk, "1.txt", "bob");
        refuses(&desk, ALL, said);
    };
    let line = |name: &str| sound.lines().find(|line| line.starts_with(&format!("{name}: "))).unwrap().to_owned();
    lie(&|text| text.replace(&line("lines"), &format!("lines: {}", sha256(b""))), &["covers other lines"]);
    lie(
        &|text| text.replace(&line("evidence-root"), &format!("evidence-root: {}", sha256(b""))),
        &["1.txt: its evidence root is"],
    );
    lie(&|text| text.replace(&line("case"), "case: 2026-9999"), &["1.txt: its case is 2026-9999"]);
    lie(&|text| text.replace("\nproblems: 0", "\nproblems: 2"), &["1.txt: shard 1/3 has 2 problems"]);
    // A file less, in the item and in the sums.
    let item = sound.lines().filter(|line| line.starts_with("item: ")).max_by_key(|line| line.len()).unwrap();
    let words: Vec<&str> = item.split(' ').collect();
    let (files, bytes) = (words[3].parse::<u64>().unwrap(), words[5].parse::<u64>().unwrap());
    let number = |name: &str| line(name).split(' ').nth(1).unwrap().parse::<u64>().unwrap();
    let fewer = |text: &str| {
        text.replace(item, &item.replace(&format!("files {files} "), &format!("files {} ", files - 1)))
            .replace(&line("files"), &format!("files: {}", number("files") - 1))
    };
    lie(&fewer, &["1.txt: shard 1/3 counts", "the list has"]);
    let lighter = |text: &str| {
        text.replace(item, &item.replace(&format!("bytes {bytes} "), &format!("bytes {} ", bytes - 1)))
            .replace(&line("bytes"), &format!("bytes: {}", number("bytes") - 1))
    };
    lie(&lighter, &["together, its record counts"]);
    // Sums that do not fit the items are no statement at all.
    lie(&|text| text.replace(&line("bytes"), "bytes: 999"), &["1.txt: this is no attestation"]);
    fs::write(&one, &sound).unwrap();
    sign_again(&desk, "1.txt", "bob");
    combine(&desk, ALL, &[]).ok();
    // Another commit.
    desk.custody(1, ITEM, "action = \"accessed\"");
    desk.commit("Another commit");
    combine(&desk, ALL, &[]).ok();
    let ran = combine(&desk, ALL, &["--rev", "HEAD"]).code(1);
    assert!(ran.stdout.contains("1.txt: its commit is"), "{}", ran.stdout);
    attest(&desk, "4/4", &[]).ok();
    refuses(&desk, &["1.txt", "2.txt", "3.txt", "4.txt"], &["4.txt: its commit is"]);
}

#[test]
fn what_is_no_statement_is_told() {
    let Some(desk) = desk() else { return };
    fs::write(desk.sandbox.path("1.txt"), "hello\n").unwrap();
    fs::write(desk.sandbox.path("2.txt"), [0xff, 0xfe]).unwrap();
    refuses(&desk, &["1.txt", "2.txt"], &["1.txt: this is no attestation", "2.txt: this is no attestation"]);
    combine(&desk, &["nothing.txt"], &[]).code(2);
    attest(&desk, "1/1", &[]).code(2);
    let printed = desk.casebook(&["evidence", "attest"]).ok();
    assert!(printed.stdout.starts_with("casebook-attestation v1\ncase: "), "{}", printed.stdout);
    let (key, output) = (file(&desk, "nokey"), file(&desk, "new.txt"));
    desk.casebook(&["evidence", "attest", "--output", &output, "--key", &key]).code(2);
    assert!(fs::metadata(&output).is_err());
}
