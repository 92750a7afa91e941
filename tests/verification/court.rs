//! A real case as it is handed to a court: the event logs of an intruded domain controller, what Chainsaw made of them, an
//! item in Git LFS, one in S3-compatible storage, findings that cite records by their number, and the bag of it all.

use super::server::Moto;
use super::support::{CASEBOOK, Ran, ran, shared, tool};
use super::{Desk, expected, marks};
use serde_json::Value;
use std::fs;
use std::path::Path;

struct Court {
    desk: Desk,
    moto: Moto,
    logs: String,
    hive: String,
    shortcuts: String,
}

impl Court {
    /// The case, committed; `None` where the data or the programs are not there.
    fn open() -> Option<Self> {
        tool("git-lfs")?;
        let (artefacts, generated) = (shared("dfir-artifact-museum-szechuan/Windows")?, shared("generated/chainsaw")?);
        let desk = Desk::new();
        let logs = desk.sandbox.path("Logs");
        fs::create_dir(&logs).unwrap();
        let archive = artefacts.join("EventLogs/Win2012R2/StolenSzechuan/StolenSzechuanEventLogs.7z");
        desk.sandbox.run(tool("py7zr")?, &logs, &["x", archive.to_str().unwrap()]).ok();
        let moto = Moto::start()?;
        moto.bucket("evidence", true);
        desk.git(&["lfs", "install", "--local"]).ok();
        desk.git(&["config", "casebook.store", "s3://evidence/2026-0142"]).ok();
        let mut court = Self { desk, moto, logs: String::new(), hive: String::new(), shortcuts: String::new() };
        court.logs = court.add(&logs, &["--title", "Event logs", "--kind", "log", "--clock-skew", "+1h"]);
        let command = format!("chainsaw hunt {{{}}} --csv", court.logs);
        let derived = ["--derived-from", &court.logs.clone(), "--tool", "chainsaw", "--tool-version", "2.16.4"];
        let table = generated.join("szechuan_builtin_csv");
        let options = [&["--title", "Chainsaw", "--command", &command], derived.as_slice()].concat();
        court.add(&table, &options);
        court.hive = court.add(&artefacts.join("Amcache"), &["--title", "Amcache", "--storage", "lfs"]);
        court.shortcuts = court.add(&artefacts.join("LNK"), &["--title", "Shortcuts", "--storage", "store"]);
        court.desk.commit("The evidence");
        Some(court)
    }

    fn casebook(&self, arguments: &[&str]) -> Ran {
        let mut command = self.desk.sandbox.command(CASEBOOK, &self.desk.top);
        command.env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test");
        command.env("AWS_ENDPOINT_URL", &self.moto.address).env("AWS_REGION", "us-east-1");
        ran(command.args(arguments).output().unwrap())
    }

    fn add(&self, path: &Path, options: &[&str]) -> String {
        let arguments = [&["evidence", "add", path.to_str().unwrap(), "--by", "bob"], options].concat();
        self.casebook(&arguments).ok().stdout.split_whitespace().nth(1).unwrap().to_owned()
    }

    /// The commit as `evidence verify` sees it in every home, with its citations.
    fn verified(&self) -> Value {
        let ran =
            self.casebook(&["evidence", "verify", "--rev", "HEAD", "--remote", "--citations", "--format", "json"]);
        let value: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}", ran.text()));
        value["commit"].clone()
    }
}

#[test]
fn a_case_is_cited_handed_over_and_every_changed_byte_is_named() {
    let Some(court) = Court::open() else { return };
    let desk = &court.desk;
    // The logon of the intruder, by the number of its record, and a shortcut in the store.
    let cite = ["cite", &court.logs, "Security.evtx", "--entry", "f-7q2", "--find"];
    court.casebook(&[&cite[..], &["194.61.24.102", "--nth", "1"]].concat()).ok();
    court
        .casebook(&["cite", &court.shortcuts, "Secret.lnk", "--find", "Secret", "--nth", "1", "--entry", "f-7q2"])
        .ok();
    let finding = fs::read_to_string(desk.path("findings/f-7q2k9dm4.toml")).unwrap();
    assert!(finding.contains("at = \"record:"), "{finding}");
    desk.commit("A finding that says where it stands");

    let sound = court.verified();
    assert_eq!(marks(&sound), expected(&[]));
    assert_eq!((&sound["citations"]["checked"], sound["files"].as_u64()), (&2.into(), Some(2 + 102 + 9 + 3 + 6)));

    court.casebook(&["evidence", "fetch"]).ok();
    court
        .casebook(&["evidence", "export", "--bag", "../bag", "--to", "Court", "--reason", "order 7", "--by", "bob"])
        .ok();
    let bag = desk.sandbox.path("bag");
    if let Some(bagit) = tool("bagit.py") {
        desk.sandbox.run(bagit, &bag, &["--quiet", "--validate", "."]).ok();
    }
    let lists = fs::read_dir(bag.join("data/evidence")).unwrap().map(|entry| entry.unwrap().file_name());
    let lists: Vec<String> =
        lists.filter_map(|name| name.into_string().ok()).filter(|name| name.ends_with("256")).collect();
    assert_eq!(lists.len(), 5);
    for list in lists {
        desk.sandbox.run("sha256sum", &bag.join("data/evidence"), &["--strict", "--quiet", "-c", &list]).ok();
    }
    desk.commit("Handed over");

    // One byte in each home.
    let log = first(desk, &court.logs, "Application.evtx");
    desk.change(&log, |content| content[70_000] ^= 1);
    desk.git(&["commit", "-qam", "Damage", "--no-verify"]).ok();
    let hive = first(desk, &court.hive, "Amcache.hve");
    let digest = super::sha256(&fs::read(desk.path(&hive)).unwrap());
    let object = desk.path(&format!(".git/lfs/objects/{}/{}/{digest}", &digest[..2], &digest[2..4]));
    let mut content = fs::read(&object).unwrap();
    content[100] ^= 1;
    fs::remove_file(&object).unwrap();
    fs::write(&object, content).unwrap();
    let key = court.moto.names("evidence").into_iter().next().unwrap();
    court.moto.replace("evidence", &key, b"other bytes");
    let found = marks(&court.verified());
    assert!(found.contains(&("evidence-altered".to_owned(), log)), "{found:?}");
    assert!(found.contains(&("object-altered".to_owned(), hive)), "{found:?}");
    let of_store = format!("evidence/{}/", court.shortcuts);
    assert!(found.iter().any(|(code, path)| code == "object-altered" && path.starts_with(&of_store)), "{found:?}");
    assert_eq!(found.len(), 3, "{found:?}");
}

/// The file of an item that has a name, from the top of the case.
fn first(desk: &Desk, item: &str, name: &str) -> String {
    let list = fs::read_to_string(desk.path(&format!("evidence/{item}.sha256"))).unwrap();
    let line = list.lines().find(|line| line.ends_with(&format!("/{name}"))).unwrap();
    format!("evidence/{}", &line[66..])
}
