//! The report: a golden case that people can read, the same bytes every time, and no power for hostile text.

#![allow(clippy::unwrap_used)]

#[path = "report/audiences.rs"]
mod audiences;
#[path = "support/random.rs"]
mod chance;
#[path = "report/documents.rs"]
mod documents;
#[path = "report/figures.rs"]
mod figures;
#[path = "report/json.rs"]
mod json;
#[path = "report/leaks.rs"]
mod leaks;
#[path = "report/pages.rs"]
mod pages;
#[path = "report/releases.rs"]
mod releases;
#[path = "report/serving.rs"]
mod serving;
mod support;
#[path = "report/templates.rs"]
mod templates;
#[path = "report/verifying.rs"]
mod verifying;

use casebook::diagnostic::render::Count;
use casebook::load::NoMemory;
use casebook::report::audience::{self, TECHNICAL};
use casebook::report::{self, Dialect, Provenance, RenderedFile, Report, Source};
use casebook::tree::MemoryTree;
use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use support::Sandbox;

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/mailserver")
}

/// The files of the golden case, by path.
fn files() -> Vec<(String, Vec<u8>)> {
    let root = golden().join("case");
    let entries = walkdir::WalkDir::new(&root).sort_by_file_name().into_iter().map(Result::unwrap);
    let files = entries.filter(|entry| entry.file_type().is_file());
    files
        .map(|entry| {
            let path = entry.path().strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
            (path, fs::read(entry.path()).unwrap())
        })
        .collect()
}

fn provenance() -> Provenance {
    Provenance {
        commit: "5f0c1d2e3a4b5c6d7e8f90123456789abcdef012".to_owned(),
        tree: "0123456789abcdef0123456789abcdef01234567".to_owned(),
        author: "Bob Example".to_owned(),
        summary: "f-1aaaaaa1: confirmed, with <citations>".to_owned(),
        at: "2026-03-03T19:12:45Z".parse().unwrap(),
    }
}

fn now() -> jiff::Timestamp {
    "2026-03-03T20:00:00Z".parse().unwrap()
}

fn source(files: &[(String, Vec<u8>)]) -> Source {
    let mut tree = MemoryTree::new();
    for (path, content) in files {
        tree.insert(path, content.clone());
    }
    let (case, _) = casebook::load::load(&tree, &mut NoMemory).unwrap();
    // As many as a case could have: which rules there are is not what is tested here.
    Source::of(&tree, case, Count { errors: 2, warnings: 1 }).unwrap()
}

/// The report for an audience.
fn report_for(source: &Source, audience: &str) -> Report {
    let profile = audience::profile(&source.case, audience).unwrap();
    report::make(source, &profile, None, &provenance(), now(), &Dialect::ALL)
}

fn render(files: &[(String, Vec<u8>)]) -> Vec<RenderedFile> {
    report_for(&source(files), TECHNICAL).files
}

fn rendered(dialect: Dialect) -> String {
    render(&files()).into_iter().find(|file| file.dialect == dialect).unwrap().content
}

#[test]
fn the_golden_case_is_reported_as_expected() {
    let expected = golden().join("expected");
    let source = source(&files());
    let mut wrong = Vec::new();
    for audience in audience::handles(&source.case) {
        let report = report_for(&source, audience);
        assert_eq!(report.refusals, [], "{audience}");
        for file in report.files {
            let path = expected.join(if audience == TECHNICAL { "" } else { audience }).join(&file.name);
            if std::env::var_os("UPDATE").is_some() {
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(&path, &file.content).unwrap();
            }
            if fs::read(&path).unwrap_or_default() != file.content.as_bytes() {
                wrong.push(path.display().to_string());
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{wrong:?} differ; `UPDATE=1 cargo nextest run --test report` writes them: read the diff"
    );
}

#[test]
fn the_order_in_which_files_are_found_does_not_matter() {
    let mut backwards = files();
    backwards.reverse();
    let contents = |files: Vec<RenderedFile>| files.into_iter().map(|file| file.content).collect::<Vec<_>>();
    assert!(contents(render(&files())) == contents(render(&backwards)));
}

/// The values of an attribute in a page.
fn attributes<'h>(html: &'h str, name: &str) -> Vec<&'h str> {
    let start = format!(" {name}=\"");
    html.split(&start).skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

#[test]
fn every_link_inside_leads_somewhere() {
    let source = source(&files());
    for audience in audience::handles(&source.case) {
        let report = report_for(&source, audience);
        let text = |dialect| report.files.iter().find(|file| file.dialect == dialect).unwrap().content.clone();
        links_lead_somewhere(audience, &text(Dialect::Html), &text(Dialect::Markdown));
    }
}

fn links_lead_somewhere(audience: &str, html: &str, markdown: &str) {
    let ids = attributes(html, "id");
    let unique: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), unique.len(), "an id is used twice");
    for href in attributes(html, "href") {
        if let Some(anchor) = href.strip_prefix('#') {
            assert!(unique.contains(anchor), "{audience}/index.html: #{anchor} leads nowhere");
        }
    }
    let anchors: BTreeSet<&str> = attributes(markdown, "id").into_iter().collect();
    for anchor in markdown.split("](#").skip(1).map(|rest| rest.split(')').next().unwrap()) {
        assert!(anchors.contains(anchor), "{audience}/report.md: #{anchor} leads nowhere");
    }
}

#[test]
fn the_page_loads_nothing_and_runs_nothing() {
    let html = rendered(Dialect::Html);
    for tag in
        ["<script", "<iframe", "<object", "<embed", "<form", "<base", "<img", "<video", "<meta http-equiv=\"refresh"]
    {
        assert!(!html.contains(tag), "{tag}");
    }
    for word in ["@import", "url("] {
        assert!(!html.contains(word), "{word}");
    }
    // Every attribute is one that the report itself writes; none of them runs a script or loads anything.
    for name in ["src", "srcset", "style", "onclick", "onerror", "onload", "action", "xlink:href", "ping", "poster"] {
        assert_eq!(attributes(&html, name), [""; 0], "{name}");
    }
    for href in attributes(&html, "href") {
        let safe = ["#", "http://", "https://", "mailto:"].iter().any(|start| href.starts_with(start));
        assert!(safe || href == "data:,", "{href}");
    }
    assert!(html.contains("default-src 'none'"));
}

#[test]
fn hostile_text_is_shown_and_does_nothing() {
    let html = rendered(Dialect::Html);
    assert!(html.contains("&lt;script&gt;alert(&quot;summary&quot;)&lt;/script&gt;"));
    assert!(
        html.contains("[U+202E]gnp.exe[U+202C]") && html.contains("a[U+200B]b") && html.contains("a bell: [U+0007]")
    );
    let markdown = rendered(Dialect::Markdown);
    for text in [&html, &markdown] {
        assert!(!text.contains(['\u{202e}', '\u{202c}', '\u{200b}', '\u{7}']));
        assert!(text.ends_with('\n') && text.contains("casebook report --rev 5f0c1d2e"), "it was cut short");
    }
    for event in Parser::new_ext(&markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Html(tag) | Event::InlineHtml(tag) => {
                assert!(tag.starts_with("<a id=\"") || tag.as_ref() == "</a>", "report.md: {tag}");
            }
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                let safe = ["#", "https://", "http://", "mailto:"].iter().any(|start| dest_url.starts_with(start));
                assert!(safe, "report.md: {dest_url}");
            }
            _ => {}
        }
    }
}

#[test]
fn indicators_are_defanged_unless_they_are_ones_own() {
    for dialect in Dialect::ALL {
        let text = rendered(dialect);
        assert!(text.contains("hxxps://update[.]evil-cdn[.]com/gate.php?id=7"), "{dialect:?}");
        assert!(!text.contains("https://update.evil-cdn.com"), "{dialect:?}");
        assert!(text.contains("mail01.corp.example"), "{dialect:?}");
    }
}

/// What a well-known sanitiser leaves of a fragment that may hold what reports hold, and nothing else.
fn sanitised(fragment: &str) -> String {
    let tags = [
        "p",
        "h4",
        "h5",
        "h6",
        "blockquote",
        "pre",
        "code",
        "ul",
        "ol",
        "li",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "div",
        "em",
        "strong",
        "del",
        "a",
        "br",
        "hr",
    ];
    ammonia::Builder::empty()
        .tags(tags.into_iter().collect())
        .add_tag_attributes("a", ["href", "rel"])
        .add_tag_attributes("th", ["scope", "class"])
        .add_tag_attributes("td", ["class"])
        .add_tag_attributes("ol", ["start"])
        .url_schemes(["http", "https", "mailto"].into_iter().collect())
        .link_rel(None)
        .clean(fragment)
        .to_string()
}

/// Text with more than its share of what Markdown, HTML and URLs are made of.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-z ]{1,6}",
        4 => proptest::sample::select(vec![
            "<", ">", "\"", "'", "&", "`", "``", "```\n", "~~~", "*", "**", "_", "~~", "[", "]", "(", ")", "![", "](", "\\", "|",
            "\n", "\n\n", "    ", "# ", "- ", "1. ", "2) ", "> ", "---\n", "===\n", "| a | b |\n|---|:-:|\n", "<script>", "</script>",
            "<!--", "-->", "<![CDATA[", "<img src=x onerror=alert(1)>", "<a href=javascript:x>", "javascript:alert(1)", "(javascript:x)", "[U+0000]",
            "JaVaScRiPt&colon;x", "data:text/html,x", "https://example.org/?a=b&c", "<https://example.org>", "mailto:a@b.example",
            "[x]: javascript:x\n", "[[f-7q2k9dm4]]", "&lt;", "&#0;", "&#x3c;", "\0", "\u{7}", "\u{202e}", "\u{feff}", "\u{fffe}", "é", "\t",
            "http://[::1]/", "http://a@b/", "</table>", "</p>", "<pre>", "<textarea>", "<style>", "<svg onload=x>",
        ])
        .prop_map(str::to_owned),
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    /// The sanitiser of somebody else finds nothing to take away from what prose becomes.
    #[test]
    fn a_sanitiser_changes_nothing(text in hostile()) {
        let fragment = report::prose(&text, Dialect::Html);
        let plain = |html: &str| html.replace("&#39;", "'").replace("&quot;", "\"");
        prop_assert_eq!(plain(&sanitised(&fragment)), plain(&fragment), "{:?}", text);
    }

    /// Prose that was written as Markdown again still has no HTML, no unsafe link and no image.
    #[test]
    fn markdown_made_of_markdown_is_harmless(text in hostile()) {
        let again = report::prose(&text, Dialect::Markdown);
        for event in Parser::new_ext(&again, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
            match event {
                Event::Html(tag) | Event::InlineHtml(tag) => prop_assert!(false, "{tag:?} in {again:?} from {text:?}"),
                Event::Start(Tag::Image { dest_url, .. }) => prop_assert!(false, "{dest_url:?} in {again:?} from {text:?}"),
                Event::Start(Tag::Link { dest_url, .. }) => {
                    let safe = ["https:", "http:", "mailto:"].iter().any(|scheme| dest_url.starts_with(scheme));
                    prop_assert!(safe, "{dest_url:?} in {again:?} from {text:?}");
                }
                Event::Start(Tag::Heading { level, .. }) => prop_assert!(level as u8 >= 4, "{again:?} from {text:?}"),
                _ => {}
            }
        }
    }
}

/// A repository with the golden case in one commit.
fn repository(sandbox: &Sandbox, name: &str) -> PathBuf {
    let folder = sandbox.path(name);
    support::copy(&golden().join("case"), &folder);
    fs::write(folder.join(".gitignore"), "reports/\n").unwrap();
    sandbox.git(&folder, &["init", "-q", "-b", "main"]).ok();
    sandbox.git(&folder, &["add", "--all"]).ok();
    sandbox.git(&folder, &["commit", "-q", "-m", "The case"]).ok();
    folder
}

#[test]
fn two_clones_have_the_same_bytes() {
    let sandbox = Sandbox::new();
    let first = repository(&sandbox, "first");
    sandbox.git(&sandbox.path("home"), &["clone", "-q", "../first", "../second"]).ok();
    let second = sandbox.path("second");
    for folder in [&first, &second] {
        let said = sandbox.casebook(folder, &["report"]).ok().stdout;
        assert_eq!(said, "reports/index.html\n");
    }
    for name in ["index.html", "report.md", ".casebook-stamp"] {
        let read = |folder: &Path| fs::read(folder.join("reports").join(name)).unwrap();
        assert!(read(&first) == read(&second), "{name}");
    }
    let said = sandbox.casebook(&first, &["report", "--format", "md"]).ok().stdout;
    assert_eq!(said, "reports/report.md (up to date)\n");
}

#[test]
fn what_is_in_the_folder_of_reports_is_of_head() {
    let sandbox = Sandbox::new();
    let folder = repository(&sandbox, "case");
    sandbox.casebook(&folder, &["report"]).ok();
    let page = folder.join("reports/report.md");
    let made = fs::read_to_string(&page).unwrap();
    fs::write(&page, made.replace("critical", "harmless").replace("high", "none")).unwrap();
    let status = sandbox.casebook(&folder, &["status"]);
    assert!(status.stdout.contains("changed since they were made"), "{}", status.stdout);
    assert_eq!(sandbox.casebook(&folder, &["report"]).ok().stdout, "reports/index.html\n");
    assert_eq!(fs::read_to_string(&page).unwrap(), made);
    let now = ["report", "--now", "2026-03-09T00:00:00Z", "--output"];
    let refused = sandbox.casebook(&folder, &[&now[..], &["reports"]].concat()).code(2);
    assert!(refused.stderr.contains("name another folder"), "{}", refused.stderr);
    let refused = sandbox.casebook(&folder, &[&now[..], &["case.toml"]].concat()).code(2);
    assert!(refused.stderr.contains("name a folder"), "{}", refused.stderr);
    assert_eq!(fs::read_to_string(&page).unwrap(), made);
}

#[test]
fn a_report_is_of_the_commit_and_not_of_the_files() {
    let sandbox = Sandbox::new();
    let folder = repository(&sandbox, "case");
    fs::write(folder.join("notes/handover.md"), "# A draft that nobody committed\n").unwrap();
    let said = sandbox.casebook(&folder, &["report", "--format", "md", "--output", "-"]).ok().stdout;
    assert!(said.contains("Handover to the night shift") && !said.contains("A draft that nobody committed"));
    let later = sandbox.casebook(&folder, &["report", "--now", "2026-03-09T00:00:00Z", "--output", "out"]).ok();
    assert_eq!(later.stdout.lines().count(), 2);
    let page = fs::read_to_string(folder.join("out/index.html")).unwrap();
    assert!(page.contains("overdue, 2 d 6 h ago") && page.contains(" --now 2026-03-09T00:00:00Z"));
}

#[test]
fn a_case_with_errors_is_reported_with_a_warning() {
    let sandbox = Sandbox::new();
    let folder = repository(&sandbox, "case");
    fs::write(folder.join("events/e-1aaaaaa1.toml"), "id = \n").unwrap();
    sandbox.git(&folder, &["commit", "-q", "-a", "-m", "Broken"]).ok();
    let said = sandbox.casebook(&folder, &["report", "--format", "md", "--output", "-"]).ok().stdout;
    assert!(said.contains("in this case.**") && said.contains("Run `casebook check`"), "{said}");
    assert!(said.contains("The web shell is called for the first time"));
}

#[test]
fn what_cannot_be_reported_says_why() {
    let sandbox = Sandbox::new();
    let folder = repository(&sandbox, "case");
    let missing = sandbox.casebook(&folder, &["report", "--rev", "nonsense"]).code(2);
    assert!(missing.stderr.contains("`nonsense` names no commit"));
    let empty = sandbox.path("empty");
    fs::create_dir(&empty).unwrap();
    sandbox.git(&empty, &["init", "-q"]).ok();
    let none = sandbox.casebook(&empty, &["report"]).code(2);
    assert!(none.stderr.contains("nothing to report"), "{}", none.stderr);
}
