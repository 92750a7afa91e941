//! The reference pages of docs/ are what the program says of itself.
//!
//! `UPDATE=1 cargo nextest run --test docs` writes them anew.

#![allow(clippy::unwrap_used)]

use casebook::check;
use casebook::cli::manual;
use casebook::ingest::format::{self, Format};
use casebook::report::audience;
use casebook::values::vocabulary::{KnownAudience, ReportSection};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")
}

/// Compares files of docs/ with what they should be, or writes them with UPDATE=1.
fn compare(pages: BTreeMap<String, String>) {
    let mut wrong = Vec::new();
    for (name, text) in pages {
        let path = docs().join(&name);
        if std::env::var_os("UPDATE").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
        } else if fs::read_to_string(&path).unwrap_or_default() != text {
            wrong.push(name);
        }
    }
    assert!(
        wrong.is_empty(),
        "docs/ is behind the program, run `UPDATE=1 cargo nextest run --test docs`: {}",
        wrong.join(", ")
    );
}

#[test]
fn the_commands_are_documented() {
    compare(BTreeMap::from([("cli.md".to_owned(), manual::commands())]));
}

#[test]
fn the_codes_are_documented() {
    let mut pages = BTreeMap::from([("rules/README.md".to_owned(), manual::rules())]);
    pages.extend(check::pages().iter().map(|page| (format!("rules/{}.md", page.code), manual::rule(page))));
    let known = pages.clone();
    compare(pages);
    for entry in fs::read_dir(docs().join("rules")).unwrap() {
        let entry = entry.unwrap();
        let name = format!("rules/{}", entry.file_name().to_str().unwrap());
        if !known.contains_key(&name) && std::env::var_os("UPDATE").is_some() {
            fs::remove_file(entry.path()).unwrap();
        } else {
            assert!(known.contains_key(&name), "docs/{name} is of no code that there is");
        }
    }
}

/// Replaces what stands between the marks of a name.
fn between(document: &str, name: &str, content: &str) -> String {
    let mark = format!("<!-- generated: {name} -->\n");
    let (before, rest) = document.split_once(&mark).unwrap();
    let (_, after) = rest.split_once("<!-- end -->").unwrap();
    format!("{before}{mark}{content}<!-- end -->{after}")
}

#[test]
fn the_audiences_and_sections_are_documented() {
    let document = fs::read_to_string(docs().join("reports.md")).unwrap();
    let document = between(&document, "audiences", &audiences());
    let document = between(&document, "sections", &sections());
    compare(BTreeMap::from([("reports.md".to_owned(), document)]));
}

fn audiences() -> String {
    let mut table =
        "| audience | who | marking | words | people | at most | sections |\n|---|---|---|---|---|---|---|\n"
            .to_owned();
    for known in KnownAudience::ALL {
        let profile = audience::known(known.word()).unwrap();
        let limit = profile.limit.map_or("all".to_owned(), |limit| limit.to_string());
        let sections: Vec<&str> = profile.sections.iter().map(|section| section.word()).collect();
        table.push_str(&format!(
            "| `{}` | {} | {} | {} | {} | {limit} | {} |\n",
            profile.handle,
            profile.name,
            profile.ceiling,
            profile.wording,
            profile.people,
            sections.join(", ")
        ));
    }
    table
}

#[test]
fn the_formats_that_can_be_read_are_documented() {
    let rows = format::ALL.iter().map(|format| format!("| `{}` | {} |\n", format.name, format.what));
    let table = format!("| name | what |\n|---|---|\n{}", rows.collect::<String>());
    let document = fs::read_to_string(docs().join("ingest.md")).unwrap();
    let document = between(&document, "formats", &table);
    let document = between(&document, "format pages", &format_pages());
    compare(BTreeMap::from([("ingest.md".to_owned(), between(&document, "neighbours", &neighbours()))]));
}

/// The formats of neighbours' cases, and how each reader says that it takes their words.
fn neighbours() -> String {
    let row = |format: &casebook::import::neighbour::Neighbour| {
        format!("| `{}` | {} | {} | {} |\n", format.name, format.what, format.keeps, format.loses)
    };
    let rows: String = casebook::import::neighbour::ALL.iter().map(row).collect();
    let mut text = format!("| name | what | a case keeps | finds no place |\n|---|---|---|---|\n{rows}");
    for file in [
        "iris/mod.rs",
        "aurora.rs",
        "misp.rs",
        "stix/mod.rs",
        "kanvas.rs",
        "thehive.rs",
        "veris.rs",
        "indicator_table.rs",
    ] {
        let source = fs::read_to_string(docs().join("../src/import/neighbour").join(file)).unwrap();
        let said = source
            .lines()
            .map_while(|line| line.strip_prefix("//!"))
            .map(|line| line.strip_prefix(' ').unwrap_or(line));
        text += &format!("\n{}\n", said.collect::<Vec<_>>().join("\n"));
    }
    text
}

/// What the file of each format says of it.
fn format_pages() -> String {
    let folder = docs().join("../src/ingest/formats");
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let page = |file: &PathBuf| {
        let source = fs::read_to_string(file).unwrap();
        let has = |format: &&Format| source.contains(&format!("name: \"{}\"", format.name));
        let names: Vec<String> = format::ALL.iter().filter(has).map(|format| format!("`{}`", format.name)).collect();
        let text: Vec<&str> = source.lines().map_while(|line| line.strip_prefix("//! ")).collect();
        (!names.is_empty()).then(|| format!("- **{}**: {}\n", names.join(", "), text.join(" ")))
    };
    files.iter().filter_map(page).collect()
}

/// What the file of each section says that it is.
fn sections() -> String {
    let folder = docs().join("../src/report/section");
    let line = |section: &ReportSection| {
        let file = if *section == ReportSection::Evidence { "exhibits" } else { section.word() };
        let source = fs::read_to_string(folder.join(file).with_extension("rs")).unwrap();
        let text: Vec<&str> = source.lines().map_while(|line| line.strip_prefix("//! ")).collect();
        let (_, says) = text.join(" ").split_once(": ").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
        format!("- `{section}`: {says}\n")
    };
    ReportSection::ALL.iter().map(line).collect()
}

#[test]
fn every_command_has_a_sentence_and_examples() {
    fn look(command: &clap::Command, path: &str, wrong: &mut Vec<String>) {
        for inner in command.get_subcommands().filter(|inner| !inner.is_hide_set()) {
            let path = format!("{path} {}", inner.get_name());
            if inner.get_about().is_none() {
                wrong.push(format!("`{path}` says nothing of what it does"));
            }
            let leads = inner.get_subcommands().next().is_none() && path.split(' ').count() == 2;
            let help = inner.get_after_help().map(ToString::to_string).unwrap_or_default();
            if leads && !help.contains("Examples:") {
                wrong.push(format!("`{path}` shows no examples"));
            }
            let lines: Vec<&str> = help.lines().collect();
            for pair in lines
                .windows(2)
                .filter(|pair| !pair[0].starts_with(' ') && pair[0].chars().count() > 100 && !pair[1].is_empty())
            {
                wrong.push(format!("`{path}`: a paragraph is one line, or it is broken twice: {}", pair[0]));
            }
            look(inner, &path, wrong);
        }
    }
    let mut wrong = Vec::new();
    look(&<casebook::cli::Cli as clap::CommandFactory>::command(), "casebook", &mut wrong);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_a_colluding_analyst_can_try_is_tested_where_the_table_says() {
    let page = fs::read_to_string(docs().join("threat-model.md")).unwrap();
    let section = page.split("## One analyst who colludes").nth(1).unwrap().split("\n## ").next().unwrap();
    let rows: Vec<&str> = section.lines().filter(|line| line.starts_with("| ")).skip(1).collect();
    assert!(rows.len() > 8);
    for row in rows {
        let named = row.trim_end_matches(" |").rsplit(" | ").next().unwrap();
        let words: Vec<&str> = named.split('`').skip(1).step_by(2).collect();
        assert!(!words.is_empty() || named == "none", "{row}");
        for pair in words.chunks(2) {
            let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(pair[0]);
            let tests = fs::read_to_string(&file).unwrap();
            assert!(tests.contains(&format!("fn {}()", pair[1])), "{} has no test {}", pair[0], pair[1]);
        }
    }
}
