//! The text by which somebody who has never seen casebook checks a bag. Every command in it is run by a test.

use super::bag;
use super::contents::Item;
use super::pack::{Handover, Stamp};
use super::proof;
use super::signoff::Outside;
use crate::diagnostic::render::printable_line;
use crate::values::wording::{counted, shell_word};
use crate::values::{Digested, EntryId};
use std::collections::BTreeMap;
use std::fmt::Write;

/// A signature file of the bag, and what its outside says.
pub struct Signature {
    /// The path of what was signed, below `data/`; the signature is beside it, with `.sig`.
    pub path: String,
    pub outside: Outside,
}

/// The text, in sections that are numbered as they come.
struct Text {
    text: String,
    sections: u32,
}

impl Text {
    fn section(&mut self, title: &str) {
        self.sections += 1;
        let number = self.sections;
        self.raw(&format!("\n{number}. {title}\n"));
    }

    /// A paragraph, wrapped.
    fn say(&mut self, words: &str) {
        let wrapped = textwrap::wrap(words, textwrap::Options::new(96).break_words(false));
        self.raw(&format!("\n{}\n", wrapped.join("\n")));
    }

    /// A command, and what it must print.
    fn run(&mut self, command: &str, prints: &str) {
        self.raw(&format!("\n    $ {command}\n"));
        for line in prints.lines() {
            self.raw(&format!("    {line}\n"));
        }
    }

    fn raw(&mut self, text: &str) {
        self.text.push_str(text);
    }
}

/// Writes the text of a bag with these files.
pub fn write(handover: &Handover<'_>, payload: &BTreeMap<String, Digested>, signatures: &[Signature]) -> String {
    let mut text = Text { text: String::new(), sections: 0 };
    opening(&mut text, handover, payload);
    whole(&mut text, payload.len());
    registered(&mut text, handover);
    committed(&mut text, handover, payload);
    if !handover.stamps.is_empty() {
        stamped(&mut text, &handover.stamps);
    }
    signed(&mut text, handover, signatures);
    left_out(&mut text, handover);
    closing(&mut text);
    text.text
}

fn opening(text: &mut Text, handover: &Handover<'_>, payload: &BTreeMap<String, Digested>) {
    text.raw("HOW TO CHECK THIS FOLDER\n");
    let version = env!("CARGO_PKG_VERSION");
    text.say(&format!(
        "It holds {} of evidence of the case `{}`. For each there is the record of how it was acquired, its files, and every hand that \
         it went through. The folder was written by casebook {version}. You need not have casebook, and you need not believe \
         it, nor whoever gave you the folder: everything here can be checked with programs that others made. These are \
         sha256sum (of GNU coreutils), git, ssh-keygen (of OpenSSH) and openssl. A Linux machine has them; for Windows, Git \
         for Windows brings all of them in its Git Bash; on a Mac, `brew install coreutils git openssl` does.",
        counted(handover.contents.items.len(), "item"),
        printable_line(&handover.case_id()),
    ));
    text.say(
        "Open a terminal in the folder that holds this file. A line that begins with `$` is a command: type what comes after the `$`. \
         Where lines stand below a command, it must print these and nothing else; where none do, the text says what to look for.",
    );
    text.raw("\nWHAT IS WHERE\n\n");
    let mut rows = vec![
        (
            "data/evidence/x-….toml",
            "the record of an item, in plain text: what it is, who acquired it, when, where and how",
        ),
        ("data/evidence/x-….sha256", "the list of its files with their SHA-256 digests"),
        ("data/evidence/x-…/", "the files themselves, bit for bit"),
        ("data/custody/", "one file for each thing that was done with an item: by whom, when, why"),
        ("data/git/", "the commit of the case that all this was taken from"),
        ("data/evidence-root.txt", "the digests of all records, lists and custody events of that commit"),
        ("data/case-uco.jsonld", "items and custody once more, for programs that read CASE/UCO"),
    ];
    if handover.selection.with_case {
        rows.push(("data/case.toml", "what the case is about"));
        rows.push(("data/findings/ and others", "what was concluded from these items, and what that speaks of"));
    }
    if !handover.stamps.is_empty() {
        rows.push(("data/timestamps/", "what an authority that takes no side said of the case, and when"));
    }
    if payload.keys().any(|path| path.starts_with("data/signoffs/")) {
        rows.push(("data/signoffs/", "what people put their names to"));
    }
    if payload.contains_key("data/allowed_signers") {
        rows.push(("data/allowed_signers", "the public keys of the people of the case"));
    }
    rows.push(("bag-info.txt", "when and for whom this folder was written, and from what"));
    for (place, what) in rows {
        let pad = " ".repeat(28_usize.saturating_sub(place.chars().count()));
        writeln!(text.text, "    {place}{pad}{what}").expect("writing to a string never fails");
    }
}

fn whole(text: &mut Text, files: usize) {
    text.section("NOTHING WAS LOST OR CHANGED SINCE THE FOLDER WAS WRITTEN");
    text.run("sha256sum --check --strict --quiet tagmanifest-sha256.txt manifest-sha256.txt && echo whole", "whole");
    text.say("And nothing was put into it that is in no list, if the number of files is still this (do not add any of your own before):");
    text.run("find . ! -type d | wc -l | tr -d ' '", &(files + bag::TAG_FILES).to_string());
    text.say(
        "Whoever can change a file in here can change the lists to match. So ask the person who gave you the folder for the digest of \
         the last list, by another way than the folder came, such as on the telephone or on paper, and compare it with this:",
    );
    text.run("sha256sum tagmanifest-sha256.txt", "");
    text.say("The folder is a bag as RFC 8493 has it; any program for BagIt can check it, too.");
}

fn registered(text: &mut Text, handover: &Handover<'_>) {
    let items: Vec<&Item<'_, '_>> = handover.contents.items.iter().filter(|item| item.list.is_some()).collect();
    if items.is_empty() {
        return;
    }
    text.section("THE FILES ARE THOSE THAT WERE REGISTERED");
    text.say(
        "Each item has a list of its files with their digests. It was made when the item was taken in, before anything else was done \
         with it.",
    );
    if items.iter().all(|item| item.is_whole()) {
        text.run(
            "(cd data/evidence && sha256sum --check --strict --quiet x-*.sha256 && echo as registered)",
            "as registered",
        );
    } else {
        for item in &items {
            check_item(text, item);
        }
    }
    text.say("The lists are the registered ones if their digests are these …");
    let lines: String =
        items.iter().filter_map(|item| Some(format!("{}  {}.sha256\n", item.record.list?, item.id))).collect();
    text.run("(cd data/evidence && sha256sum x-*.sha256)", &lines);
    text.say("… and the same stand in the records of the items, after `list`:");
    text.run("grep -H '^list' data/evidence/x-*.toml", "");
}

/// How to check the files of one item, of which some may be missing.
fn check_item(text: &mut Text, item: &Item<'_, '_>) {
    let id = item.id;
    let here = item.files.iter().filter(|file| file.bytes.size().is_some()).count();
    match here {
        0 => {}
        here if here == item.files.len() => {
            text.run(
                &format!("(cd data/evidence && sha256sum --check --strict --quiet {id}.sha256 && echo as registered)"),
                "as registered",
            );
        }
        here => {
            text.say(&format!("Of {id}, {here} of {} are in this folder:", counted(item.files.len(), "file")));
            text.run(
                &format!("(cd data/evidence && sha256sum --check --strict --quiet --ignore-missing {id}.sha256 && echo as registered)"),
                "as registered",
            );
        }
    }
}

fn committed(text: &mut Text, handover: &Handover<'_>, payload: &BTreeMap<String, Digested>) {
    let (commit, tree) = (handover.commit.id, handover.commit.tree);
    text.section("ALL OF IT WAS TAKEN FROM ONE COMMIT OF THE CASE");
    text.say(&format!(
        "The case is kept in Git, where nothing of a commit can be changed without changing its id. This commit says that it was made \
         {}:",
        handover.commit.at
    ));
    text.run("git hash-object -t commit data/git/commit", &commit.to_string());
    text.say("Its first line names its tree, the top folder of the case, whose names and ids are here, too:");
    text.run("head -n 1 data/git/commit", &format!("tree {tree}"));
    text.say("A program of Git's makes the same of them, in a new repository of your own:");
    text.run("git init --quiet /tmp/casebook-check", "");
    text.run("git -C /tmp/casebook-check mktree --missing < data/git/tree.txt", &tree.to_string());
    text.say("The ids of the folders stand in data/git/tree.txt. The listings of the folders give the same:");
    for (folder, id) in &handover.folders {
        text.run(&format!("git -C /tmp/casebook-check mktree --missing < data/git/{folder}.txt"), id);
    }
    text.say("And the files in here stand in these listings with their ids and names, as often as there are files:");
    if handover.selection.with_case {
        text.run(&listed("data", "case.toml", "git/tree.txt"), "1");
    }
    for folder in handover.folders.keys() {
        let inside = format!("data/{folder}/");
        let count =
            payload.keys().filter(|path| path.strip_prefix(&inside).is_some_and(|name| !name.contains('/'))).count();
        text.run(&listed(&format!("data/{folder}"), "*.*", &format!("../git/{folder}.txt")), &count.to_string());
    }
    text.say(
        "Git's ids are SHA-1 digests. Beside them there is one SHA-256 digest, the evidence root, that stands for all evidence and \
         custody of the commit. It is the digest of a list of its records, lists and custody events; you have those that are in this \
         folder:",
    );
    text.run("sha256sum data/evidence-root.txt", &format!("{}  data/evidence-root.txt", handover.root.0));
    text.run("(cd data && sha256sum --check --strict --quiet --ignore-missing evidence-root.txt && echo same)", "same");
    text.say("If you have the repository of the case as well, in a folder REPOSITORY, see that it has this commit:");
    text.run(&format!("git -C REPOSITORY cat-file commit {commit} | cmp - data/git/commit && echo same"), "same");
}

/// The command that counts the files of a folder that a listing of Git's has with their ids and names.
fn listed(folder: &str, files: &str, listing: &str) -> String {
    format!(
        "(cd {folder} && for file in {files}; do printf 'blob %s\\t%s\\n' $(git hash-object --no-filters $file) $file; done | \
         grep -c -F -f - {listing})"
    )
}

fn stamped(text: &mut Text, stamps: &[Stamp]) {
    text.section("IT EXISTED AT A TIME, BY THE WORD OF SOMEBODY WHO TAKES NO SIDE");
    text.say(
        "A time-stamp authority has signed the digest of a statement together with the time (RFC 3161). The statement may be of an earlier \
         commit than the one above. Get the certificate of the \
         authority from where it publishes it, not from the people of the case, and save it as AUTHORITY.pem in this folder.",
    );
    for Stamp { name, root } in stamps {
        text.say(&format!("The statement {name}.txt, and when the authority saw it:"));
        text.run(&format!("cat data/timestamps/{name}.txt"), "");
        text.run(
            &format!(
                "openssl ts -verify -data data/timestamps/{name}.txt -in data/timestamps/{name}.tsr -CAfile AUTHORITY.pem 2>/dev/null"
            ),
            "Verification: OK",
        );
        text.run(
            &format!(
                "openssl ts -reply -in data/timestamps/{name}.tsr -token_out -text 2>/dev/null | grep 'Time stamp:'"
            ),
            "",
        );
        let Some((root, _)) = root else {
            text.say(
                "Its commit is not in the repository that this folder was written from, so no more can be said of it.",
            );
            continue;
        };
        text.say(
            "The evidence root in the statement is the digest of a list of the records and lists of the stamped commit. So those of them \
             that are in this folder existed then; what the list does not name was added later.",
        );
        text.run(
            &format!("sha256sum data/timestamps/{name}.root.txt"),
            &format!("{root}  data/timestamps/{name}.root.txt"),
        );
        text.run(&format!("grep -c '^evidence-root: {root}$' data/timestamps/{name}.txt"), "1");
        text.run(
            &format!(
                "(cd data && sha256sum --check --strict --quiet --ignore-missing timestamps/{name}.root.txt && echo same)"
            ),
            "same",
        );
    }
    text.say("Where the certificate has expired since, add `-attime SECONDS` to the first command, with the time as `date +%s` gives it.");
}

fn signed(text: &mut Text, handover: &Handover<'_>, signatures: &[Signature]) {
    let is_signed = proof::is_signed_with_ssh(handover.raw_commit);
    if !is_signed && signatures.is_empty() {
        return;
    }
    text.section("WHO SIGNED IT");
    text.say(
        "data/allowed_signers has the public keys that the case says its people have. Whether a key is theirs is for them to tell you. \
         To see the fingerprints of the keys:",
    );
    text.run("cut -d ' ' -f 2- data/allowed_signers | ssh-keygen -l -f -", "");
    if is_signed {
        let commit = handover.commit.id;
        text.say("The commit is signed. Git says by whom, if the key is one of these:");
        text.run("git -C /tmp/casebook-check hash-object -t commit -w --stdin < data/git/commit", &commit.to_string());
        text.run(
            &format!("git -C /tmp/casebook-check -c gpg.ssh.allowedSignersFile=\"$PWD/data/allowed_signers\" verify-commit {commit}"),
            "",
        );
    }
    for Signature { path, outside } in signatures {
        let file = format!("data/{path}");
        let namespace = shell_word(&outside.namespace);
        match &outside.principal {
            Some(principal) => {
                text.say(&format!("{file} is signed with the key of {}:", printable_line(principal)));
                let principal = shell_word(principal);
                text.run(
                    &format!(
                        "ssh-keygen -Y verify -f data/allowed_signers -I {principal} -n {namespace} -s {file}.sig < {file} > /dev/null && \
                         echo genuine"
                    ),
                    "genuine",
                );
            }
            None => {
                text.say(&format!(
                    "{file} is signed with a key that is not among these. That it was signed by whoever has the key:"
                ));
                text.run(
                    &format!("ssh-keygen -Y check-novalidate -n {namespace} -s {file}.sig < {file} > /dev/null && echo genuine"),
                    "genuine",
                );
            }
        }
    }
}

fn left_out(text: &mut Text, handover: &Handover<'_>) {
    let exhibits: Vec<EntryId> =
        handover.contents.items.iter().filter(|item| item.list.is_none()).map(|item| item.id).collect();
    let has_missing = handover.contents.items.iter().any(|item| !item.is_whole());
    let inputs = handover.missing_inputs();
    if exhibits.is_empty() && !has_missing && inputs.is_empty() {
        return;
    }
    text.section("WHAT IS NOT IN THIS FOLDER");
    if has_missing {
        text.say(
            "The files that data/not-included.txt names, with why. Their digests stand in the lists all the same.",
        );
    }
    for id in exhibits {
        text.say(&format!(
            "{id} is a thing, not a file: its record and custody are here, the thing itself is handed over by itself."
        ));
    }
    for (id, input) in inputs {
        text.say(&format!("{id} was made from {input}, which was not handed over."));
    }
}

fn closing(text: &mut Text) {
    text.section("WHAT ALL THIS DOES NOT SHOW");
    text.say(
        "It does not show that a record is true: that is the word of its author, and the time of a commit is that of the clock of \
         somebody's machine. It does not show that an item was sound before it was registered: its record says how it was acquired. It \
         does not show that people are who they say they are: ask them. It shows that what was registered is what you have, that every \
         change of it would be seen, and what of it others vouch for.",
    );
}
