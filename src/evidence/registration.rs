//! What registering an evidence item writes: its record, its list and the first custody event. Pure text.

use super::list;
use crate::model::{Custody, Evidence};
use crate::values::time::Known;
use crate::values::vocabulary::EvidenceKind;
use crate::values::{Sha256, TreePath, When};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{Display, Write};

/// The files that registering an item writes, with their content.
pub fn texts(record: &Evidence, custody: &Custody, files: &BTreeMap<String, Sha256>) -> Vec<(TreePath, String)> {
    let item = record.id.0.0;
    let mut texts = Vec::new();
    if record.list.is_some() {
        texts.push((list::list_path(item), list::render(item, files)));
    }
    texts.push((custody.id.0.0.path(), custody_text(custody)));
    texts.push((item.path(), record_text(record)));
    texts
}

/// Writes TOML keys and tables in the order in which they are called.
struct Toml(String);

impl Toml {
    fn of(kind: &str) -> Self {
        Self(format!("#:schema ../schemas/{kind}.json\n"))
    }

    fn raw(&mut self, key: &str, value: impl Display) {
        writeln!(self.0, "{key} = {value}").expect("writing to a string never fails");
    }

    fn text(&mut self, key: &str, value: impl Display) {
        self.raw(key, quoted(&value.to_string()));
    }

    fn maybe(&mut self, key: &str, value: &Option<impl Display>) {
        if let Some(value) = value {
            self.text(key, value);
        }
    }

    fn set<T: Display>(&mut self, key: &str, values: &[T]) {
        if values.is_empty() {
            return;
        }
        let sorted: BTreeSet<String> = values.iter().map(|value| quoted(&value.to_string())).collect();
        if let (Some(only), 1) = (sorted.first(), sorted.len()) {
            return self.raw(key, format_args!("[{only}]"));
        }
        let lines: String = sorted.iter().map(|value| format!("    {value},\n")).collect();
        self.raw(key, format_args!("[\n{lines}]"));
    }

    fn table(&mut self, header: &str) {
        write!(self.0, "\n{header}\n").expect("writing to a string never fails");
    }
}

/// A basic string of TOML 1.0.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

fn when(when: &When) -> String {
    let rest = [
        when.skew.map(|skew| format!("skew = {}", quoted(&skew.to_string()))),
        when.original.as_ref().map(|text| format!("original = {}", quoted(text))),
    ];
    let rest: Vec<String> = rest.into_iter().flatten().collect();
    let known = match when.known {
        Known::At(at) if rest.is_empty() => return at.to_toml(),
        Known::At(at) => format!("at = {}", at.to_toml()),
        Known::Between(from, to) => format!("from = {}, to = {}", from.to_toml(), to.to_toml()),
        Known::Within(at, precision) => format!("at = {}, precision = \"{precision}\"", at.to_toml()),
    };
    format!("{{ {} }}", std::iter::once(known).chain(rest).collect::<Vec<_>>().join(", "))
}

/// The record of an item as TOML, in the order of its schema. A team's own fields are not written: a new item has none.
pub fn record_text(record: &Evidence) -> String {
    let mut toml = Toml::of("evidence");
    toml.text("id", record.id.0.0);
    toml.text("title", &record.title);
    toml.text("kind", record.kind);
    toml.text("storage", record.storage);
    toml.raw("files", record.files);
    toml.raw("bytes", record.bytes);
    toml.maybe("list", &record.list);
    toml.maybe("tlp", &record.tlp);
    toml.set("tags", &record.tags.0);
    toml.maybe("description", &record.description);
    if let Some(source) = &record.source {
        toml.table("[source]");
        toml.maybe("asset", &source.asset.as_ref().map(|asset| asset.0));
        toml.maybe("location", &source.location);
        toml.maybe("serial", &source.serial);
        toml.maybe("clock_skew", &source.clock_skew);
    }
    toml.table("[acquired]");
    toml.raw("at", when(&record.acquired.at));
    toml.text("by", &record.acquired.by);
    toml.maybe("method", &record.acquired.method);
    toml.maybe("tool", &record.acquired.tool);
    toml.maybe("version", &record.acquired.version);
    toml.maybe("command", &record.acquired.command);
    toml.maybe("authority", &record.acquired.authority);
    if let Some(derivation) = &record.derived_from {
        toml.table("[derived_from]");
        toml.set("inputs", &derivation.inputs.0.iter().map(|id| id.0).collect::<Vec<_>>());
        toml.text("tool", &derivation.tool);
        toml.maybe("version", &derivation.version);
        toml.maybe("command", &derivation.command);
        toml.set("outputs", &derivation.outputs.0);
        toml.maybe("stdout", &derivation.stdout);
        if let Some(status) = derivation.exit_status {
            toml.raw("exit_status", status);
        }
        for (key, time) in [("started", derivation.started), ("ended", derivation.ended)] {
            if let Some(time) = time {
                toml.raw(key, time.to_toml());
            }
        }
        for seen in &derivation.seen {
            toml.table("[[derived_from.seen]]");
            toml.text("item", seen.item.0);
            toml.text("digest", &seen.digest);
        }
    }
    for renamed in &record.renamed {
        toml.table("[[renamed]]");
        toml.text("path", &renamed.path);
        toml.text("original", &renamed.original);
    }
    toml.0
}

/// A custody event as TOML, in the order of its schema.
pub fn custody_text(custody: &Custody) -> String {
    let mut toml = Toml::of("custody");
    toml.text("id", custody.id.0.0);
    toml.text("item", custody.item.0);
    toml.raw("at", custody.at.to_toml());
    toml.text("by", &custody.by);
    toml.text("action", custody.action);
    toml.maybe("from", &custody.from);
    toml.maybe("to", &custody.to);
    toml.maybe("reason", &custody.reason);
    toml.maybe("digest", &custody.digest);
    toml.maybe("storage", &custody.storage);
    toml.maybe("supersedes", &custody.supersedes.as_ref().map(|id| id.0));
    if let Some(recorded) = custody.recorded {
        toml.raw("recorded", recorded.to_toml());
    }
    toml.maybe("recorded_by", &custody.recorded_by);
    toml.0
}

/// What kind of evidence files are, by their names: `other` kinds are for people to say.
pub fn kind_of<'n>(names: impl IntoIterator<Item = &'n str>) -> EvidenceKind {
    let kinds: BTreeSet<EvidenceKind> = names.into_iter().map(kind_of_one).collect();
    match kinds.len() {
        1 => kinds.into_iter().next().unwrap_or(EvidenceKind::File),
        0 => EvidenceKind::File,
        _ => EvidenceKind::TriageCollection,
    }
}

fn kind_of_one(name: &str) -> EvidenceKind {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).unwrap_or_default();
    match extension.as_str() {
        "evtx" | "evt" | "log" | "etl" | "journal" => EvidenceKind::Log,
        "pcap" | "pcapng" | "cap" => EvidenceKind::NetworkCapture,
        "e01" | "dd" | "img" | "vmdk" | "vhd" | "vhdx" | "qcow2" | "aff4" => EvidenceKind::DiskImage,
        "mem" | "dmp" | "vmem" | "lime" => EvidenceKind::MemoryImage,
        "eml" | "msg" | "pst" | "ost" | "mbox" => EvidenceKind::Email,
        "jpg" | "jpeg" | "png" | "heic" => EvidenceKind::Photo,
        "pdf" | "doc" | "docx" | "odt" | "md" => EvidenceKind::Document,
        _ => EvidenceKind::File,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::{NoMemory, load};
    use crate::model::{Acquired, AssetId, CustodyId, Custom, Derivation, EvidenceId, Own, Renamed, Set, Source};
    use crate::tree::MemoryTree;
    use crate::values::vocabulary::{CustodyAction, Marking, Storage};
    use crate::values::{EntryId, Kind, Moment};

    fn id(kind: Kind, bits: u64) -> EntryId {
        EntryId::from_bits(kind, bits)
    }

    #[test]
    fn what_is_written_reads_back() {
        let moment: Moment = "2026-03-01T10:00:00.5Z".parse().unwrap();
        let files = BTreeMap::from([("a \"b\".log".to_owned(), Sha256::of(b"a"))]);
        let record = Evidence {
            id: Own(EvidenceId(id(Kind::Evidence, 1))),
            title: "Logs of \"mail01\" \\ C:\t".parse().unwrap(),
            kind: EvidenceKind::Log,
            storage: Storage::Git,
            files: 1,
            bytes: 1,
            list: Some(Sha256::of(b"list")),
            tlp: Some(Marking::AmberStrict),
            tags: Set(vec!["a".parse().unwrap(), "b".parse().unwrap()]),
            description: Some("two\nlines".parse().unwrap()),
            source: Some(Source {
                asset: Some(AssetId(id(Kind::Asset, 2))),
                location: Some("C:\\Windows".parse().unwrap()),
                serial: None,
                clock_skew: Some("+1h".parse().unwrap()),
            }),
            acquired: Acquired {
                at: When::at(moment),
                by: "bob".parse().unwrap(),
                method: Some("copied".parse().unwrap()),
                tool: None,
                version: None,
                command: Some("cp -p \"a\" b".parse().unwrap()),
                authority: Some("warrant".parse().unwrap()),
            },
            derived_from: Some(Derivation {
                inputs: Set(vec![EvidenceId(id(Kind::Evidence, 3))]),
                tool: "chainsaw".parse().unwrap(),
                version: Some("2.16.4".parse().unwrap()),
                command: Some("chainsaw hunt 'x'".parse().unwrap()),
                outputs: Set(vec!["hits".parse().unwrap(), "log.txt".parse().unwrap()]),
                stdout: Some("log.txt".parse().unwrap()),
                exit_status: Some(0),
                started: Some(moment),
                ended: None,
                seen: vec![crate::model::Seen {
                    item: EvidenceId(id(Kind::Evidence, 3)),
                    digest: crate::values::digest::NamedDigest(Sha256::of(b"input")),
                }],
            }),
            renamed: vec![Renamed { path: "a%3Ab".parse().unwrap(), original: "a:b".parse().unwrap() }],
            custom: Custom::default(),
        };
        let custody = Custody {
            id: Own(CustodyId(id(Kind::Custody, 4))),
            item: EvidenceId(id(Kind::Evidence, 1)),
            at: moment,
            by: "bob".parse().unwrap(),
            action: CustodyAction::Collected,
            from: Some("the rack".parse().unwrap()),
            to: None,
            reason: None,
            digest: Some(crate::values::digest::NamedDigest(Sha256::of(b"list"))),
            storage: Some(Storage::Store),
            supersedes: None,
            recorded: Some(moment),
            recorded_by: Some("alice".parse().unwrap()),
            custom: Custom::default(),
        };
        let mut tree = MemoryTree::new();
        for (path, text) in texts(&record, &custody, &files) {
            tree.insert(path.as_str(), text);
        }
        let (case, found) = load(&tree, &mut NoMemory).unwrap();
        let found: Vec<_> = found.iter().filter(|found| found.code.as_str() != "missing-file").collect();
        assert!(found.is_empty(), "{found:?}");
        assert_eq!(case.evidence().next().unwrap().1, &record);
        assert_eq!(case.custody().next().unwrap().1, &custody);
    }
}
