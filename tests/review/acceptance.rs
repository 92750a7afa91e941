//! What sign-offs and the server must stand, each a failure that was reproduced before anything was built: the list, with the tests
//! that show it, and those tests that belong to no other file.

use super::firm::{FINDING, Firm};
use super::support::{CASEBOOK, NOW};
use casebook::review::NAMESPACE;
use ssh_key::private::{Ed25519Keypair, KeypairData};
use ssh_key::public::{KeyData, SkEd25519};
use ssh_key::{Algorithm, HashAlg, LineEnding, PrivateKey, Signature, SigningKey, SshSig};
use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// What must hold, and the tests that show it: the file below `tests`, and the function.
const ACCEPTANCE: [(&str, &[(&str, &str)]); 18] = [
    (
        "what is validated is what is committed: -a, a path, hunks, a folder below, linked work trees, submodules, GIT_DIR",
        &[
            ("hooks/candidate.rs", "of_all"),
            ("hooks/candidate.rs", "of_one_path_while_something_broken_is_staged"),
            ("hooks/candidate.rs", "of_chosen_hunks"),
            ("hooks/candidate.rs", "from_a_folder_below"),
            ("hooks/candidate.rs", "in_a_linked_work_tree"),
            ("hooks/candidate.rs", "in_a_submodule"),
            ("hooks/candidate.rs", "with_variables_that_name_the_repository"),
        ],
    ),
    ("add -N", &[("hooks/candidate.rs", "without_what_was_only_announced")]),
    (
        "split and sparse index",
        &[("hooks/candidate.rs", "from_a_split_index"), ("hooks/candidate.rs", "from_a_sparse_index")],
    ),
    ("a work tree that differs from the index", &[("hooks/candidate.rs", "and_the_files_on_the_disk_do_not_matter")]),
    ("a clean merge with a dangling reference", &[("hooks/gate.rs", "a_merge_that_is_clean_for_git_alone")]),
    (
        "rebase and cherry-pick of a bad commit are caught by pre-push",
        &[("review/server.rs", "the_net_of_a_clone_stops_what_no_other_hook_saw")],
    ),
    ("post-* end well when rendering fails", &[("hooks/rendering.rs", "and_no_failure_of_theirs_is_a_failure_of_git")]),
    ("one rendering after a rebase, none during it", &[("hooks/rendering.rs", "after_a_rebase_and_not_during_it")]),
    ("two clones render the same", &[("hooks/rendering.rs", "the_same_on_two_clones")]),
    (
        "pre-receive: new branch, force, deletion, tags, blobs, refs/replace, a pack, quarantine",
        &[
            ("review/server.rs", "refs_are_branches_and_tags_that_lead_to_commits"),
            ("review/acceptance.rs", "a_pack_is_judged_and_nothing_of_a_refused_push_stays"),
            ("review/acceptance.rs", "refs_beyond_what_is_read_are_not_taken_unread"),
            ("review/campaign.rs", "a_sample_of_both_goes_through_real_pushes"),
        ],
    ),
    (
        "evil merge, dropped and added again",
        &[
            ("review/server.rs", "an_evil_merge_is_refused"),
            ("review/server.rs", "evidence_custody_and_sign_offs_are_only_added_to"),
            ("review/campaign.rs", "a_thousand_attacks_are_each_refused_for_what_they_are"),
        ],
    ),
    (
        "sign-offs: squash, rebase, edit, CRLF, other namespace, a security key that nobody touched, roster in the same push, rollback",
        &[
            ("review/signing.rs", "a_sign_off_survives_merge_squash_rebase_and_cherry_pick"),
            ("review/signing.rs", "an_author_and_a_reviewer_sign_and_an_edit_makes_both_stale"),
            ("review/server.rs", "sign_offs_that_do_not_count_are_refused_by_name"),
            ("review/server.rs", "roster_and_policy_change_with_the_agreement_of_those_before"),
            ("review/server.rs", "two_changes_in_one_push_do_not_vouch_for_each_other"),
            ("review/acceptance.rs", "a_statement_with_other_line_ends_is_none"),
            ("review/acceptance.rs", "a_security_key_must_be_touched"),
        ],
    ),
    (
        "evidence under autocrlf, attributes below it",
        &[
            ("hooks/gate.rs", "evidence_whose_line_ends_git_changed"),
            ("hooks/gate.rs", "attributes_below_the_evidence"),
            ("evidence/checkout.rs", "autocrlf_without_attributes_damages_the_commit"),
        ],
    ),
    (
        "Git LFS: pointers, missing and empty files, nothing fetched",
        &[("verification/homes.rs", "git_lfs_is_read"), ("damage/table.rs", "every_damage_to_pointers")],
    ),
    (
        "names",
        &[
            ("hooks/gate.rs", "names_that_other_systems_cannot_hold"),
            ("damage/table.rs", "every_name_that_git_stores_and_nobody_wants"),
        ],
    ),
    (
        "a merge that moves an edit into another entry",
        &[("review/acceptance.rs", "an_edit_that_a_merge_moved_into_another_entry_is_refused")],
    ),
    (
        "the shim: no environment, spaces, Git LFS",
        &[
            ("hooks/installing.rs", "without_an_environment_and_with_spaces_in_every_path"),
            ("hooks/installing.rs", "beside_git_lfs"),
        ],
    ),
    (
        "reftable, SHA-256, another owner",
        &[
            ("hooks/repositories.rs", "with_refs_in_a_reftable"),
            ("hooks/repositories.rs", "with_object_names_of_sha256"),
            ("hooks/repositories.rs", "of_another_user"),
        ],
    ),
];

#[test]
fn each_has_tests_that_are_there() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    for (what, shown) in ACCEPTANCE {
        for (file, function) in shown {
            let source = fs::read_to_string(tests.join(file)).unwrap();
            assert!(source.contains(&format!("#[test]\nfn {function}()")), "{what}: no test `{function}` in {file}");
        }
    }
}

/// The files below the objects of a server.
fn objects(server: &Path) -> BTreeSet<PathBuf> {
    let files = walkdir::WalkDir::new(server.join("objects")).into_iter().flatten();
    files.filter(|entry| entry.file_type().is_file()).map(|entry| entry.into_path()).collect()
}

#[test]
fn a_pack_is_judged_and_nothing_of_a_refused_push_stays() {
    let firm = Firm::new();
    let desk = &firm.desk;
    // More objects than Git unpacks: they stay in a pack, in quarantine.
    for number in 0..150 {
        desk.write(&format!("notes/n{number}.md"), format!("Note {number}.\n"));
    }
    let sound = desk.commit("Many notes");
    desk.write("custody/c-7q2k9dm4.toml", desk.read("custody/c-7q2k9dm4.toml") + "tags = [\"x\"]\n");
    let evil = desk.commit("Custody");
    let before = objects(&firm.server);
    firm.is_refused("main", "error[custody-changed]");
    firm.is_refused("main:work", "error[custody-changed]");
    assert_eq!(objects(&firm.server), before, "objects of a refused push stayed");
    for id in [&sound, &evil] {
        assert_ne!(desk.sandbox.git(&firm.server, &["cat-file", "-e", id]).code, 0);
    }
    firm.push("HEAD^:main").ok();
    desk.sandbox.git(&firm.server, &["cat-file", "-e", &sound]).ok();
    assert!(objects(&firm.server).iter().any(|path| path.extension().is_some_and(|end| end == "pack")), "no pack");
}

#[test]
fn refs_beyond_what_is_read_are_not_taken_unread() {
    let firm = Firm::new();
    let id = firm.desk.head();
    let zero = "0".repeat(40);
    // The line that would be cut off deletes the protected branch.
    let mut input = String::new();
    for number in 0..12_000 {
        input.push_str(&format!("{zero} {id} refs/heads/{number:0>16}\n"));
    }
    input.push_str(&format!("{id} {zero} refs/heads/main\n"));
    let mut command = firm.desk.sandbox.command(CASEBOOK, &firm.server);
    command.env("GIT_DIR", ".").args(["hook", "run", "pre-receive"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // The hook may end before it has read everything.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let ran = super::support::ran(child.wait_with_output().unwrap());
    assert_ne!(ran.code, 0, "{}", ran.text());
    assert!(ran.stderr.contains("too many refs"), "{}", ran.text());
}

/// The statement of an approval of the finding by carol.
fn statement(firm: &Firm) -> String {
    let digest = |path: &str| casebook::values::Sha256::of(firm.desk.read(path).as_bytes()).to_string();
    format!(
        "casebook-signoff v1\ncase: 2026-0142\nrole: reviewer\ndecision: approve\nsigner: carol\nsigned-at: {NOW}\npolicy: {}\nentry: {FINDING} {}\n",
        digest("policy.toml"),
        digest(&format!("findings/{FINDING}.toml"))
    )
}

#[test]
fn a_statement_with_other_line_ends_is_none() {
    let firm = Firm::new();
    let desk = &firm.desk;
    let text = statement(&firm);
    // Signed as it is, with the line ends of another system.
    firm.forge("carol", &text.replace('\n', "\r\n"), NAMESPACE);
    desk.commit("Sign");
    firm.is_refused("main", "error[signoff-broken]");
    desk.git(&["reset", "-q", "--hard", "origin/main"]).ok();
    // Signed, and converted afterwards.
    firm.forge("carol", &text, NAMESPACE);
    let name = casebook::review::name_of(text.as_bytes(), &"carol".parse().unwrap());
    desk.write(&format!("signoffs/{name}.stmt"), text.replace('\n', "\r\n"));
    desk.commit("Sign");
    firm.is_refused("main", "error[signoff-broken]");
    desk.git(&["reset", "-q", "--hard", "origin/main"]).ok();
    // A clone of such a system commits what was signed.
    desk.git(&["config", "core.autocrlf", "true"]).ok();
    firm.forge("carol", &text, NAMESPACE);
    desk.commit("Sign");
    firm.push("main").ok();
}

/// The raw signature of bytes by a key. (The crate has no other way to it than its trait.)
fn raw(key: &impl SigningKey, bytes: &[u8]) -> Vec<u8> {
    key.try_sign(bytes).unwrap().as_bytes().to_vec()
}

/// What a security key gives for a message (OpenSSH's PROTOCOL.u2f): the flags say whether somebody touched it.
fn by_security_key(pair: &Ed25519Keypair, application: &str, flags: u8, message: &str) -> String {
    let digest = |bytes: &[u8]| casebook::values::Sha256::of(bytes).0.to_vec();
    let blob = SshSig::signed_data(NAMESPACE, HashAlg::Sha512, message.as_bytes()).unwrap();
    let trailer = [&[flags][..], &7_u32.to_be_bytes()].concat();
    let signed = [digest(application.as_bytes()), trailer.clone(), digest(&blob)].concat();
    let key = PrivateKey::new(KeypairData::from(pair.clone()), "").unwrap();
    let signature = Signature::new(Algorithm::SkEd25519, [raw(&key, &signed), trailer].concat()).unwrap();
    let public = KeyData::SkEd25519(SkEd25519::new(pair.public, application));
    SshSig::new(public, NAMESPACE, HashAlg::Sha512, signature).unwrap().to_pem(LineEnding::LF).unwrap()
}

#[test]
fn a_security_key_must_be_touched() {
    let pair = Ed25519Keypair::from_seed(&[9; 32]);
    let public = ssh_key::PublicKey::from(KeyData::SkEd25519(SkEd25519::new(pair.public, "ssh:")));
    let firm = Firm::new();
    let desk = &firm.desk;
    let carol = super::firm::public_key("carol");
    let team = desk.read("team.toml").replace(&carol, &public.to_openssh().unwrap());
    desk.write("team.toml", format!("version = 1\n\n{team}"));
    firm.sign("alice", &["team"]).ok();
    desk.commit("Carol has a security key");
    firm.push("main").ok();
    let text = statement(&firm);
    let name = casebook::review::name_of(text.as_bytes(), &"carol".parse().unwrap());
    let sign = |flags: u8| {
        desk.write(&format!("signoffs/{name}.stmt"), &text);
        desk.write(&format!("signoffs/{name}.stmt.sig"), by_security_key(&pair, "ssh:", flags, &text));
        desk.commit("Sign");
    };
    sign(0);
    firm.is_refused("main", "its security key was not touched");
    desk.git(&["reset", "-q", "--hard", "origin/main"]).ok();
    sign(1);
    firm.push("main").ok();
    assert_eq!(firm.state(FINDING), "approved");
    // OpenSSH reads the signature as we do.
    let signers = desk.sandbox.path("signers");
    fs::write(&signers, desk.casebook(&["signoffs", "--allowed-signers"]).ok().stdout).unwrap();
    let command = format!(
        "ssh-keygen -Y verify -f {} -I carol -n {NAMESPACE} -s signoffs/{name}.stmt.sig < signoffs/{name}.stmt",
        signers.display()
    );
    desk.sandbox.run("sh", &desk.top, &["-c", &command]).ok();
}

#[test]
fn an_edit_that_a_merge_moved_into_another_entry_is_refused() {
    let firm = Firm::new();
    let desk = &firm.desk;
    desk.git(&["checkout", "-qb", "work"]).ok();
    let path = format!("findings/{FINDING}.toml");
    desk.write(&path, desk.read(&path).replace("at night.", "after a mail."));
    desk.commit("Edit");
    desk.git(&["checkout", "-q", "main"]).ok();
    let other = "f-00000000";
    let text = desk.read(&format!("findings/{FINDING}.toml"));
    desk.git(&["rm", "-q", &format!("findings/{FINDING}.toml")]).ok();
    desk.write(&format!("findings/{other}.toml"), text.replace(FINDING, other));
    desk.commit("Another finding in its place");
    // Git takes the one for the other, and moves the edit.
    desk.git(&["merge", "-q", "--no-edit", "work"]).ok();
    assert!(desk.read(&format!("findings/{other}.toml")).contains("after a mail."));
    firm.is_refused("main", "error[entry-deleted]");
    firm.is_refused("main:other", "error[entry-deleted]");
}
