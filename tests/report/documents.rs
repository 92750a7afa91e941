//! Reports as documents of word processors and as PDF: opened by programs that none of us wrote.

use super::support::{Desk, ran, tool};
use super::{files, now, provenance, source};
use casebook::report::audience::{self, TECHNICAL};
use casebook::report::{self, Dialect, RenderedFile, Source};
use std::fs;
use std::path::Path;

fn document(source: &Source, audience: &str) -> RenderedFile {
    let profile = audience::profile(&source.case, audience).unwrap();
    let report = report::make(source, &profile, None, &provenance(), now(), &[Dialect::Docx]);
    assert_eq!(report.refusals, [], "{audience}");
    report.files.into_iter().next().unwrap()
}

/// Opens a document with python-docx, which checks that everything in it leads somewhere; gives what it counts.
fn opened(desk: &Desk, path: &Path) -> Option<serde_json::Value> {
    let python = tool("python")?;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/report/open-docx.py");
    let mut command = desk.sandbox.command(&python, &desk.top);
    let ran = ran(command.arg(&script).arg(path).output().unwrap());
    assert_eq!(ran.code, 0, "{}", ran.text());
    Some(serde_json::from_str(&ran.stdout).unwrap())
}

#[test]
fn word_processors_read_what_the_page_says() {
    let (desk, source) = (Desk::new(), source(&files()));
    let path = desk.sandbox.path("report.docx");
    for audience in audience::handles(&source.case) {
        fs::write(&path, document(&source, audience).bytes().unwrap()).unwrap();
        let Some(said) = opened(&desk, &path) else { return };
        let profile = audience::profile(&source.case, audience).unwrap();
        let pages = report::make(&source, &profile, None, &provenance(), now(), &[Dialect::Html]).files;
        let page = &pages[0].content;
        let count = |what: &str| page.matches(what).count();
        assert_eq!(said["headings"]["Heading 1"], count("<h2>"), "{audience}");
        assert_eq!(said["tables"], count("<table"), "{audience}");
        assert_eq!(said["rows_repeated"], count("<thead>"), "{audience}");
        assert_eq!(said["language"], "en-GB");
        assert_eq!(said["author"], "");
        let marking = page.split("class=\"tlp ").nth(1).unwrap().split(['>', '<']).nth(1).unwrap();
        assert!(
            said["header"].as_str().unwrap().ends_with(marking) && said["footer"].as_str().unwrap().contains(marking)
        );
    }
}

#[test]
fn a_document_has_the_same_bytes_every_time() {
    let source = source(&files());
    let bytes = || document(&source, TECHNICAL).bytes().unwrap().into_owned();
    assert!(bytes() == bytes());
}

#[test]
fn hostile_text_stays_text_in_a_document() {
    let mut files = files();
    let note = "# A \u{1}\u{b} note ]]>\n\n</w:t></w:r><w:altChunk r:id=\"web1\"/> <?xml version=\"1.0\" encoding=\"UTF-8\" \
                standalone=\"yes\"?>\n\n`<!ENTITY x SYSTEM \"file:///etc/passwd\">` &x; \u{202e}\u{fffe}\u{feff}\n\n\
                [a](https://e.example/\"/><w:x>) [b](javascript:alert(1))\n\n999999999. far\n\n> - a\n>   1. b\n>\n>      ```\n>      c\n>      ```\n\n\
                | a | b |\n|---|---|\n| `|` | [[f-0000000000]] |\n\n- \n- ***\n";
    files.push(("notes/hostile.md".to_owned(), note.as_bytes().to_vec()));
    let source = source(&files);
    let made = document(&source, TECHNICAL);
    for hidden in ['\u{1}', '\u{b}', '\u{202e}', '\u{fffe}', '\u{feff}'] {
        assert!(!made.content.contains(hidden), "{hidden:?}");
    }
    for markup in ["<w:altChunk", "<!ENTITY", "<w:x>", "javascript:\""] {
        assert!(!made.content.contains(markup), "{markup}");
    }
    assert!(made.content.contains("&lt;w:altChunk"));
    let desk = Desk::new();
    let path = desk.sandbox.path("report.docx");
    fs::write(&path, made.bytes().unwrap()).unwrap();
    let Some(said) = opened(&desk, &path) else { return };
    assert!(said["text"].as_str().unwrap().contains("</w:t></w:r><w:altChunk r:id=\"web1\"/>"), "{said}");
}

#[test]
fn a_document_is_verified_and_what_is_altered_shows() {
    let desk = Desk::new();
    let folder = desk.sandbox.path("given");
    let output = ["report", "--format", "docx", "--audience", "legal", "--output", folder.to_str().unwrap()];
    desk.casebook(&output).ok();
    let path = folder.join("report.docx");
    let file = path.to_str().unwrap();
    let verify = || desk.casebook(&["report", "verify", file]);
    assert!(verify().ok().stdout.contains("for audience `legal`"));
    let whole = fs::read(&path).unwrap();
    for at in (0..whole.len()).step_by(whole.len() / 12) {
        let mut content = whole.clone();
        content[at] ^= 1;
        fs::write(&path, content).unwrap();
        assert_ne!(verify().code, 0, "byte {at}");
    }
    fs::write(&path, &whole).unwrap();
    let Some(python) = tool("python") else { return };
    let edit = |script: &str| {
        fs::write(&path, &whole).unwrap();
        desk.sandbox.run(&python, &desk.top, &["-c", script, file]).ok();
        verify().code(1).stdout
    };
    let packed = "import sys, zipfile\np = sys.argv[1]\nz = zipfile.ZipFile(p)\nparts = [(n, z.read(n)) for n in z.namelist()]\n\
                  w = zipfile.ZipFile(p, 'w')\n[w.writestr(n, CHANGED) for n, b in parts]\nw.close()";
    let said = edit(&packed.replace("CHANGED", "b"));
    assert!(said.contains("another program has packed it"), "{said}");
    let said = edit(&packed.replace("CHANGED", "b.replace(b'TLP:', b'TLB:')"));
    assert!(said.contains("first difference at line") && said.contains("TLB:"), "{said}");
    assert!(said.contains("--format docx --output"), "{said}");
}

#[test]
fn a_document_is_released_and_its_bytes_are_recorded() {
    let desk = Desk::with(|desk| desk.write(".gitignore", "/reports/\n"));
    let made = desk.json(&["release", "technical", "--to", "Carol Example", "--as", "docx", "--by", "bob"]);
    let place = made["files"][0].as_str().unwrap();
    assert!(place.ends_with("/report.docx") && made["files"].as_array().unwrap().len() == 1, "{made}");
    let record = desk.read(made["release"].as_str().unwrap());
    let digest = casebook::values::Sha256::of(&fs::read(desk.path(place)).unwrap());
    assert!(record.contains(&digest.to_string()), "{record}");
}

#[test]
fn a_browser_prints_the_page_as_pdf() {
    let (Some(_), Some(pdftotext)) = (tool("chromium"), tool("pdftotext")) else { return };
    let desk = Desk::new();
    let folder = desk.sandbox.path("given");
    let report = ["report", "--format", "pdf", "--audience", "legal", "--output", folder.to_str().unwrap()];
    let mut command = desk.sandbox.command(env!("CARGO_BIN_EXE_casebook"), &desk.top);
    let made = ran(command.args(report).env("CASEBOOK_CHROMIUM", "chromium").output().unwrap()).ok();
    assert!(made.stderr.contains("printed by `chromium`"), "{}", made.stderr);
    let pdf = folder.join("report.pdf");
    let text = desk.sandbox.run(&pdftotext, &desk.top, &[pdf.to_str().unwrap(), "-"]).ok().stdout;
    assert!(text.contains("Where this report comes from") && text.contains("TLP:"), "{text}");
    assert!(text.contains(&desk.head()), "{text}");
    let said = desk.casebook(&["report", "verify", pdf.to_str().unwrap()]).code(2).stderr;
    assert!(said.contains("PDF that a browser printed"), "{said}");
}

#[test]
fn where_no_browser_prints_nothing_is_written_and_it_says_what_to_do() {
    let desk = Desk::new();
    let folder = desk.sandbox.path("given");
    let report = ["report", "--format", "pdf", "--output", folder.to_str().unwrap()];
    for (program, expected) in [("/nowhere/chromium", "is not there"), ("false", "does not print")] {
        let mut command = desk.sandbox.command(env!("CARGO_BIN_EXE_casebook"), &desk.top);
        let made = ran(command.args(report).env("CASEBOOK_CHROMIUM", program).output().unwrap()).code(2);
        assert!(made.stderr.contains(expected) && made.stderr.contains("help:"), "{}", made.stderr);
        assert!(!folder.exists(), "{program}");
    }
}
