//! The case in the work tree: who works on it, what Git does to its bytes, and how its reports and schemas stand.

use super::{Examination, Patient, listed};
use crate::disk::{DiskTree, file};
use crate::git::Repo;
use crate::hook::local_reports::FOLDER;
use crate::hook::stamp::Stamp;
use crate::load::{self, NoMemory};
use crate::model::{Case, schema};
use crate::tree::Tree;
use crate::values::TreePath;
use std::path::Path;

pub fn examine(repository: &Repo, top: &Path, patient: &Patient) -> Vec<Examination> {
    let tree = DiskTree::new(top);
    if !crate::hook::is_case(&tree) {
        let says = "there is no case.toml at the top of this repository";
        return vec![Examination::ill("case", says, "go into a case, or make one: `casebook init PATH`")];
    }
    let case = team_of(&tree);
    let mut found = vec![identity(repository, &case, patient)];
    found.extend(bytes(repository));
    found.extend(reports(repository, top));
    found.extend(schemas(top));
    found.push(cache(repository));
    found
}

/// The case with its roster alone: the rest is for `casebook check`.
fn team_of(tree: &dyn Tree) -> Case {
    let mut roster = crate::tree::MemoryTree::new();
    if let Ok(text) = tree.read(&TreePath::from("team.toml"), crate::model::MAX_TEXT_BYTES) {
        roster.insert("team.toml", text);
    }
    load::load(&roster, &mut NoMemory).map(|(case, _)| case).unwrap_or_default()
}

fn identity(repository: &Repo, case: &Case, patient: &Patient) -> Examination {
    let name = patient.name.clone().or_else(|| repository.config("user.name"));
    let email = patient.email.clone().or_else(|| repository.config("user.email"));
    let (Some(name), Some(email)) = (name, email) else {
        return Examination::ill(
            "identity",
            "Git does not know who you are, so nobody can be accountable for your commits",
            "`git config --global user.name 'YOUR NAME' && git config --global user.email YOU@EXAMPLE.ORG`",
        );
    };
    let people = case.team.as_ref().map(|team| team.value.people.as_slice()).unwrap_or_default();
    let known = people
        .iter()
        .find(|person| person.email.as_ref().is_some_and(|known| known.as_str().eq_ignore_ascii_case(&email)));
    match known {
        Some(person) => Examination::well("identity", format!("{name} <{email}> is `{}` of team.toml", person.handle)),
        None => Examination::ill(
            "identity",
            format!("nobody in team.toml has your address `{email}`"),
            "add `email` to yourself in team.toml, or set the address that it has: `git config user.email …`",
        ),
    }
}

/// What Git may do to bytes that are evidence.
fn bytes(repository: &Repo) -> Vec<Examination> {
    let mut found = Vec::new();
    let lines = [
        ("evidence/x-00000000/file", "evidence/** -text -diff -merge -filter -ident -working-tree-encoding"),
        ("signoffs/statement.stmt", "signoffs/** -text"),
    ];
    for (path, line) in lines {
        let set = |name: &str| repository.attribute(path, name);
        let is_text = set("text").as_deref() != Some("unset") && set("filter").as_deref() != Some("lfs");
        let others = ["ident", "working-tree-encoding"]
            .into_iter()
            .filter(|name| !matches!(set(name).as_deref(), None | Some("unset" | "unspecified")));
        let filter = set("filter").filter(|filter| !matches!(filter.as_str(), "unset" | "unspecified" | "lfs"));
        if is_text || filter.is_some() || others.count() > 0 {
            let folder = path.split('/').next().unwrap_or(path);
            let converts = match repository.config("core.autocrlf") {
                Some(value) if value != "false" => format!(", and `core.autocrlf` is `{value}` here: it will"),
                _ => String::new(),
            };
            found.push(Examination::ill(
                "attributes",
                format!("Git may change bytes in `{folder}/` when it stores or writes them{converts}"),
                format!("append the line `{line}` to .gitattributes; `git check-attr -a {path}` shows what holds"),
            ));
        }
    }
    if found.is_empty() {
        found.push(Examination::well("attributes", "Git does not change the bytes of evidence and sign-offs"));
    }
    found
}

fn reports(repository: &Repo, top: &Path) -> Option<Examination> {
    if !repository.is_ignored(Path::new("reports/report.md")) {
        let says = "Git does not ignore the folder `reports`, so none are rendered into it";
        return Some(Examination::ill("reports", says, "`echo /reports/ >> .gitignore`"));
    }
    let head = repository.head().ok().flatten()?;
    let folder = top.join(FOLDER);
    let stamp = Stamp::read(&folder).ok().flatten();
    let render = "`casebook report`";
    Some(match stamp {
        None => Examination::ill("reports", "there are none", render),
        Some(stamp) if stamp.is_current(&head.id.to_string(), &folder) => {
            Examination::well("reports", format!("of commit {}", stamp.commit))
        }
        Some(stamp) if stamp.commit == head.id.to_string() => {
            Examination::ill("reports", "they were changed since they were made, or another version made them", render)
        }
        Some(stamp) => {
            Examination::ill("reports", format!("they are of commit {}, HEAD is {}", stamp.commit, head.id), render)
        }
    })
}

/// The schemas that editors read; a case may do without them.
fn schemas(top: &Path) -> Option<Examination> {
    let folder = top.join("schemas");
    let mut old = Vec::new();
    for name in schema::names() {
        let found = file::find(&folder.join(format!("{name}.json"))).ok().flatten();
        let current = schema::table(name).map(|table| format!("{:#}\n", schema::json_schema(&table)));
        match (found, current) {
            (Some(found), Some(current)) if found.content != current.as_bytes() => old.push(name),
            _ => {}
        }
    }
    if !file::is_real_folder(&folder) {
        return None;
    }
    if old.is_empty() {
        return Some(Examination::well("schemas", "they are those of this version"));
    }
    let says =
        format!("those of {} are not those of this version, so editors complete wrongly", listed(old.iter().copied()));
    let mend = format!("`for kind in {}; do casebook schema $kind > schemas/$kind.json; done`", old.join(" "));
    Some(Examination::ill("schemas", says, mend))
}

fn cache(repository: &Repo) -> Examination {
    let folder = repository.common_dir().join("casebook");
    let bytes = file::size_below(&folder);
    if bytes > 512 << 20 {
        let mend = format!("`rm -r {}`: it is made anew", super::word(&folder));
        return Examination::note("cache", format!("{} MiB", bytes >> 20), mend);
    }
    Examination::well("cache", format!("{} KiB", bytes.div_ceil(1024)))
}
