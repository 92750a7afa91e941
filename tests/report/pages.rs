//! The pages of reports under programs that none of us wrote: the Nu checker of the W3C, and axe-core in a real Chromium.

use super::support::{self, Desk, Sandbox};
use std::fs;
use std::path::{Path, PathBuf};

fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The pages for all audiences of a case of the demo.
fn demo(case: &str) -> (Sandbox, Vec<PathBuf>) {
    let sandbox = Sandbox::new();
    sandbox.casebook(&sandbox.path(""), &["demo", "demo", "--case", case]).ok();
    let pages = pages(&sandbox.path("demo/case"));
    (sandbox, pages)
}

/// The pages of a case without entries.
fn empty() -> (Sandbox, Vec<PathBuf>) {
    begun(|_| ())
}

/// The pages of a case of many entries: 1,000, or as many as PAGES_ENTRIES says.
fn large() -> (Sandbox, Vec<PathBuf>) {
    let entries = std::env::var("PAGES_ENTRIES").unwrap_or_else(|_| "1000".to_owned());
    begun(|desk| {
        let script = project("benches/generate.py");
        let arguments = [script.to_str().unwrap(), ".", "--entries", &entries, "--evidence", "100"];
        desk.sandbox.run("python3", &desk.top, &arguments).ok();
    })
}

fn begun(fill: impl Fn(&Desk)) -> (Sandbox, Vec<PathBuf>) {
    let sandbox = Sandbox::new();
    for (name, value) in [("user.name", "Bob Example"), ("user.email", "bob@example.org")] {
        sandbox.git(&sandbox.path(""), &["config", "--global", name, value]).ok();
    }
    sandbox.casebook(&sandbox.path(""), &["init", "case"]).ok();
    let top = sandbox.path("case");
    let desk = Desk { sandbox, top };
    fill(&desk);
    desk.git(&["add", "-A"]).ok();
    desk.git(&["commit", "-q", "-m", "The case"]).ok();
    desk.casebook(&["report"]).ok();
    let pages = pages(&desk.top);
    (desk.sandbox, pages)
}

fn pages(case: &Path) -> Vec<PathBuf> {
    let found = walkdir::WalkDir::new(case.join("reports")).sort_by_file_name().into_iter().map(Result::unwrap);
    let pages: Vec<PathBuf> =
        found.map(|entry| entry.path().to_owned()).filter(|path| path.ends_with("index.html")).collect();
    assert_eq!(pages.len(), 8, "{pages:?}");
    pages
}

fn texts(paths: &[PathBuf]) -> impl Iterator<Item = &str> {
    paths.iter().map(|path| path.to_str().unwrap())
}

/// What the checker says of pages.
fn nu(sandbox: &Sandbox, pages: &[PathBuf]) -> Option<support::Ran> {
    let (java, checker) = (support::tool("java")?, support::tool("vnu-jar/build/dist/vnu.jar")?);
    let arguments: Vec<&str> = ["-jar", checker.to_str().unwrap()].into_iter().chain(texts(pages)).collect();
    Some(sandbox.run(java, &sandbox.path(""), &arguments))
}

#[test]
fn the_pages_are_valid_html() {
    for (sandbox, mut pages) in [demo("domain-controller"), demo("pypi-phishing"), empty(), large()] {
        pages.push(project("tests/golden/mailserver/expected/index.html"));
        let Some(ran) = nu(&sandbox, &pages) else { return };
        assert_eq!(ran.ok().text().trim(), "");
    }
    let sandbox = Sandbox::new();
    let broken = sandbox.path("broken.html");
    fs::write(&broken, "<!doctype html><p><div></p>").unwrap();
    nu(&sandbox, &[broken]).unwrap().code(1);
}

/// What axe-core finds in pages, and whether it found nothing.
fn axe(sandbox: &Sandbox, pages: &[PathBuf]) -> Option<support::Ran> {
    let (chromium, node) = (support::tool("chromium")?, support::tool("node")?);
    let modules = support::tool("axe-core")?.parent()?.to_owned();
    let script = project("tests/report/axe.mjs");
    let arguments: Vec<&str> = [&script, &chromium, &modules].into_iter().map(|path| path.to_str().unwrap()).collect();
    let arguments: Vec<&str> = arguments.into_iter().chain(texts(pages)).collect();
    Some(sandbox.run(node, &sandbox.path(""), &arguments))
}

#[test]
fn everybody_can_read_the_pages() {
    for (sandbox, pages) in [demo("domain-controller"), demo("pypi-phishing"), empty(), large()] {
        let Some(ran) = axe(&sandbox, &pages) else { return };
        assert!(ran.code == 0 && ran.stdout.contains("8 pages, 0 violations"), "{}", ran.text());
    }
    let sandbox = Sandbox::new();
    let broken = sandbox.path("broken.html");
    fs::write(&broken, "<!doctype html><html lang=en><title>x</title><main><h1>x</h1><img src=x.png></main>").unwrap();
    let ran = axe(&sandbox, &[broken]).unwrap().code(1);
    assert!(ran.stdout.contains("image-alt"), "{}", ran.text());
}

/// How many pages of paper Chromium makes of a page.
fn paper(sandbox: &Sandbox, page: &Path) -> Option<usize> {
    let chromium = support::tool("chromium")?;
    let pdf = sandbox.path("printed.pdf");
    let (target, source) = (format!("--print-to-pdf={}", pdf.display()), format!("file://{}", page.display()));
    let arguments = ["--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", &target, &source];
    sandbox.run(&chromium, &sandbox.path(""), &arguments).ok();
    let bytes = fs::read(&pdf).unwrap();
    fs::remove_file(&pdf).unwrap();
    Some(regex::bytes::Regex::new(r"/Type\s*/Page\b").unwrap().find_iter(&bytes).count())
}

#[test]
fn the_executive_report_fits_one_page() {
    for case in ["domain-controller", "pypi-phishing"] {
        let (sandbox, pages) = demo(case);
        let page = |audience: &str| pages.iter().find(|page| page.parent().unwrap().ends_with(audience)).unwrap();
        let Some(printed) = paper(&sandbox, page("executive")) else { return };
        assert_eq!(printed, 1, "{case}");
        assert!(paper(&sandbox, page("review")).unwrap() > 1, "{case}");
    }
}
