//! Attestations: shards that are verified by several machines, signed with real keys, and joined.

use super::support::{Ran, tool};
use super::{AUTH, Bench, ITEM, sha256};
use std::fs;

/// A case with thirty files more, in which bob has a key of his own; `None` where there is no `ssh-keygen`.
fn bench() -> Option<Bench> {
    tool("ssh-keygen")?;
    let bench = Bench::new();
    let public = key(&bench, "bob");
    bench.write(
        "team.toml",
        format!(
            "[[people]]\nhandle = \"alice\"\nname = \"Alice Example\"\nroles = [\"lead\", \"reviewer\"]\nteam = \"csirt\"\n\n\
             [[people]]\nhandle = \"bob\"\nname = \"Bob Example\"\nroles = [\"analyst\"]\nteam = \"csirt\"\n\
             email = \"bob@example.org\"\nkeys = [\n  \"{public}\",\n]\n\n[[teams]]\nhandle = \"csirt\"\nname = \"CSIRT\"\n"
        ),
    );
    let files: Vec<(String, Vec<u8>)> = (0..30_u8).map(|n| (format!("f{n}"), vec![n; 10])).collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, content)| (name.as_str(), content.as_slice())).collect();
    bench.add(&files);
    bench.commit("Thirty files");
    Some(bench)
}

/// Makes a pair of keys and gives the public one.
fn key(bench: &Bench, name: &str) -> String {
    let path = bench.sandbox.path(name);
    let arguments = ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", path.to_str().unwrap()];
    bench.sandbox.run("ssh-keygen", &bench.sandbox.path(""), &arguments).ok();
    fs::read_to_string(path.with_extension("pub")).unwrap().trim().to_owned()
}

fn file(bench: &Bench, name: &str) -> String {
    bench.sandbox.path(name).to_str().unwrap().to_owned()
}

/// Attests one shard into the file `<number>.txt`, signed by a key.
fn attest(bench: &Bench, shard: &str, options: &[&str]) -> Ran {
    let output = file(bench, &format!("{}.txt", shard.split('/').next().unwrap()));
    let key = file(bench, "bob");
    let arguments = ["evidence", "attest", "--shard", shard, "--output", &output, "--key", &key];
    bench.casebook(&[&arguments[..], options].concat())
}

fn three(bench: &Bench) {
    for shard in ["1/3", "2/3", "3/3"] {
        attest(bench, shard, &[]).ok();
    }
}

fn combine(bench: &Bench, names: &[&str], options: &[&str]) -> Ran {
    let files: Vec<String> = names.iter().map(|name| file(bench, name)).collect();
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    bench.casebook(&[&["evidence", "attest", "--combine"], &files[..], options].concat())
}

const ALL: &[&str] = &["1.txt", "2.txt", "3.txt"];

/// Fails unless the statements are refused and all of these are said.
#[track_caller]
fn refuses(bench: &Bench, names: &[&str], said: &[&str]) {
    let output = file(bench, "refused.txt");
    let ran = combine(bench, names, &["--output", &output]).code(1);
    for text in said {
        assert!(ran.stdout.contains(text), "no `{text}` in {}", ran.stdout);
    }
    assert!(fs::metadata(output).is_err());
}

#[test]
fn three_machines_verify_what_one_would() {
    let Some(bench) = bench() else { return };
    three(&bench);
    let whole = file(&bench, "whole.txt");
    let key = file(&bench, "bob");
    let ran = combine(&bench, ALL, &["--output", &whole, "--key", &key]).ok();
    assert!(ran.stdout.contains("3 shards, 32 files with 757 bytes"), "{}", ran.stdout);
    let text = fs::read_to_string(&whole).unwrap();
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(&format!("{name}: "))).unwrap().to_owned();
    let commit = bench.git(&["rev-parse", "HEAD"]).ok().stdout.trim().to_owned();
    assert_eq!((field("commit"), field("files"), field("bytes")), (commit, "32".to_owned(), "757".to_owned()));
    assert_eq!(text.matches("by bob at 2026-03-05T12:00:00Z signed SHA256:").count(), 3, "{text}");
    let first = fs::read(file(&bench, "1.txt")).unwrap();
    assert!(text.contains(&format!("shard: 1/3 sha256:{} ", sha256(&first))), "{text}");
    // The digest of the lines can be computed again with coreutils, and the signature verified with OpenSSH.
    let ran = bench.sandbox.run("sh", &bench.path("evidence"), &["-c", "cat x-*.sha256 | sha256sum"]).ok();
    assert_eq!(ran.stdout.split_whitespace().next(), Some(field("lines").as_str()));
    let signers = format!("bob {}", fs::read_to_string(file(&bench, "bob.pub")).unwrap());
    fs::write(bench.sandbox.path("signers"), signers).unwrap();
    let verify = format!(
        "ssh-keygen -Y verify -n casebook-attest -f {} -I bob -s {whole}.sig < {whole}",
        file(&bench, "signers")
    );
    bench.sandbox.run("sh", &bench.top, &["-c", &verify]).ok();
    // The order of the files says nothing.
    let again = file(&bench, "again.txt");
    combine(&bench, &["3.txt", "1.txt", "2.txt"], &["--output", &again]).ok();
    assert_eq!(fs::read_to_string(again).unwrap(), text);
}

#[test]
fn the_lines_of_a_shard_can_be_found_by_hand() {
    let Some(bench) = bench() else { return };
    if tool("python3").is_none() {
        return;
    }
    attest(&bench, "2/3", &[]).ok();
    let text = fs::read_to_string(file(&bench, "2.txt")).unwrap();
    let script = "cat x-*.sha256 | python3 -c 'import sys\nfor line in sys.stdin:\n if int(line[:16], 16) % 3 + 1 == 2: \
                  print(line, end=\"\")' | sha256sum";
    let ran = bench.sandbox.run("sh", &bench.path("evidence"), &["-c", script]).ok();
    assert!(text.contains(&format!("lines: {}\n", ran.stdout.split_whitespace().next().unwrap())), "{text}");
}

#[test]
fn gaps_and_overlaps_are_named() {
    let Some(bench) = bench() else { return };
    three(&bench);
    refuses(&bench, &["1.txt", "3.txt"], &["shard 2/3 missing"]);
    refuses(&bench, &["1.txt"], &["shards 2/3, 3/3 missing"]);
    refuses(&bench, &["1.txt", "2.txt", "1.txt", "3.txt"], &["shard 1/3 is there already"]);
    attest(&bench, "4/4", &[]).ok();
    refuses(&bench, &["1.txt", "2.txt", "3.txt", "4.txt"], &["4.txt: it is shard 4/4, and not one of 3"]);
    combine(&bench, ALL, &[]).ok();
}

#[test]
fn a_shard_with_problems_or_gaps_of_its_own_fails_the_whole() {
    let Some(bench) = bench() else { return };
    bench.change(AUTH, |content| content[0] ^= 1);
    bench.commit("Damage");
    let codes: Vec<i32> = ["1/3", "2/3", "3/3"].into_iter().map(|shard| attest(&bench, shard, &[]).code).collect();
    let mut sorted = codes.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, [0, 0, 1]);
    let bad = 1 + codes.iter().position(|code| *code == 1).unwrap();
    refuses(&bench, ALL, &[&format!("{bad}.txt: shard {bad}/3 has 1 problem")]);
}

#[test]
fn files_that_nobody_checked_fail_the_whole() {
    let Some(bench) = bench() else { return };
    bench.git(&["rm", "-rq", "evidence/x-7q2k9dm4"]).ok();
    bench.custody(1, ITEM, "action = \"transferred\"\nstorage = \"store\"");
    bench.commit("In a store that this machine does not know");
    let ran = attest(&bench, "1/1", &[]).code(1);
    assert!(ran.stdout.contains("not checked here: x-7q2k9dm4, 2 files"), "{}", ran.stdout);
    refuses(&bench, &["1.txt"], &["shard 1/1 has 2 files that nobody checked"]);
}

#[test]
fn what_was_disposed_of_is_counted() {
    let Some(bench) = bench() else { return };
    bench.git(&["rm", "-rq", "evidence/x-7q2k9dm4"]).ok();
    bench.custody(1, ITEM, "action = \"disposed\"\nreason = \"ordered by the court\"");
    bench.commit("Disposed of");
    three(&bench);
    let ran = combine(&bench, ALL, &[]).ok();
    assert!(ran.stdout.contains("\nfiles: 30\nbytes: 300\ndisposed: 2\n"), "{}", ran.stdout);
}

/// Signs a statement that was tampered with, as somebody with the key would.
fn sign_again(bench: &Bench, name: &str, key: &str) {
    let (statement, key) = (file(bench, name), file(bench, key));
    fs::remove_file(format!("{statement}.sig")).unwrap();
    let arguments = ["-Y", "sign", "-n", "casebook-attest", "-f", &key, &statement];
    bench.sandbox.run("ssh-keygen", &bench.top, &arguments).ok();
}

#[test]
fn a_statement_that_is_not_signed_by_whom_it_names_is_refused() {
    let Some(bench) = bench() else { return };
    three(&bench);
    let two = bench.sandbox.path("2.txt");
    let sound = fs::read_to_string(&two).unwrap();
    // A changed text.
    fs::write(&two, sound.replace("12:00:00Z", "13:00:00Z")).unwrap();
    refuses(&bench, ALL, &["2.txt: its signature is not one of `bob`"]);
    // Another key.
    fs::write(&two, &sound).unwrap();
    key(&bench, "mallory");
    sign_again(&bench, "2.txt", "mallory");
    refuses(&bench, ALL, &["2.txt: its signature is not one of `bob`"]);
    // Somebody without a key.
    fs::write(&two, sound.replace("by: bob", "by: alice")).unwrap();
    sign_again(&bench, "2.txt", "bob");
    refuses(&bench, ALL, &["team.toml of that commit has no public key of `alice`"]);
    // Another purpose.
    fs::write(&two, &sound).unwrap();
    fs::remove_file(bench.sandbox.path("2.txt.sig")).unwrap();
    let arguments = ["-Y", "sign", "-n", "git", "-f", &file(&bench, "bob"), &file(&bench, "2.txt")];
    bench.sandbox.run("ssh-keygen", &bench.top, &arguments).ok();
    refuses(&bench, ALL, &["2.txt: its signature is not one of `bob`"]);
    // No signature, unless that is allowed.
    fs::remove_file(bench.sandbox.path("2.txt.sig")).unwrap();
    refuses(&bench, ALL, &["2.txt: it is not signed"]);
    let ran = combine(&bench, ALL, &["--allow-unsigned"]).ok();
    assert_eq!((ran.stdout.matches(" signed SHA256:").count(), ran.stdout.matches(" unsigned").count()), (2, 1));
    // A signature that is there must be sound all the same.
    fs::write(bench.sandbox.path("2.txt.sig"), "nonsense").unwrap();
    combine(&bench, ALL, &["--allow-unsigned"]).code(1);
    // The right one.
    sign_again(&bench, "2.txt", "bob");
    combine(&bench, ALL, &[]).ok();
}

#[test]
fn counts_and_lines_must_be_those_of_the_commit() {
    let Some(bench) = bench() else { return };
    three(&bench);
    let one = bench.sandbox.path("1.txt");
    let sound = fs::read_to_string(&one).unwrap();
    let lie = |change: &dyn Fn(&str) -> String, said: &[&str]| {
        let text = change(&sound);
        assert_ne!(text, sound);
        fs::write(&one, text).unwrap();
        sign_again(&bench, "1.txt", "bob");
        refuses(&bench, ALL, said);
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
    sign_again(&bench, "1.txt", "bob");
    combine(&bench, ALL, &[]).ok();
    // Another commit.
    bench.custody(1, ITEM, "action = \"accessed\"");
    bench.commit("Another commit");
    combine(&bench, ALL, &[]).ok();
    let ran = combine(&bench, ALL, &["--rev", "HEAD"]).code(1);
    assert!(ran.stdout.contains("1.txt: its commit is"), "{}", ran.stdout);
    attest(&bench, "4/4", &[]).ok();
    refuses(&bench, &["1.txt", "2.txt", "3.txt", "4.txt"], &["4.txt: its commit is"]);
}

#[test]
fn what_is_no_statement_is_told() {
    let Some(bench) = bench() else { return };
    fs::write(bench.sandbox.path("1.txt"), "hello\n").unwrap();
    fs::write(bench.sandbox.path("2.txt"), [0xff, 0xfe]).unwrap();
    refuses(&bench, &["1.txt", "2.txt"], &["1.txt: this is no attestation", "2.txt: this is no attestation"]);
    combine(&bench, &["nothing.txt"], &[]).code(2);
    attest(&bench, "1/1", &[]).code(2);
    let printed = bench.casebook(&["evidence", "attest"]).ok();
    assert!(printed.stdout.starts_with("casebook-attestation v1\ncase: "), "{}", printed.stdout);
    let (key, output) = (file(&bench, "nokey"), file(&bench, "new.txt"));
    bench.casebook(&["evidence", "attest", "--output", &output, "--key", &key]).code(2);
    assert!(fs::metadata(&output).is_err());
}
