//! Reports as PDF by the typesetter that is built in (feature `pdf`), read by programs that none of us wrote.

#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use support::{Desk, tool};

/// A case whose texts would be code, markup or boxes without a shape, if they were not texts.
fn desk() -> Desk {
    Desk::with(|desk| {
        desk.write(
            "notes/hostile.md",
            "# #panic() \\ $x$ 日\n\n#read(\"/etc/passwd\") *x* `#import \"@preview/x:1.0.0\"` \u{202e} ] } </style>\n\n\
             - #include \"x.typ\"\n  1. 日本語 <script>\n     > quote\n\n| #eval(\"1+1\") | b |\n|---|---|\n| [a](https://e.example/?a=%22) | \
             0123456789abcdef0123456789abcdef0123456789abcdef |\n\n```\n  #let x = 1\n\n\tlines\n```\n\n#### deep\n",
        );
    })
}

#[test]
fn reports_are_set_as_pdf_that_others_read() {
    let desk = desk();
    let folder = desk.sandbox.path("given");
    let pdf = folder.join("report.pdf");
    let (file, folder) = (pdf.to_str().unwrap(), folder.to_str().unwrap());
    let handles = desk.casebook(&["report", "--list"]).ok().stdout;
    let handles = handles.lines().filter(|line| !line.starts_with(' ')).filter_map(|line| line.split(' ').next());
    for audience in handles {
        let make = || {
            desk.casebook(&["report", "--format", "pdf", "--audience", audience, "--output", folder]).ok();
            fs::read(&pdf).unwrap()
        };
        let bytes = make();
        assert!(bytes == make(), "{audience}: other bytes");
        let said = desk.casebook(&["report", "verify", file]).ok().stdout;
        assert!(said.contains(&format!("unaltered, from commit {} for audience `{audience}`", desk.head())), "{said}");
        if let Some(qpdf) = tool("qpdf") {
            desk.sandbox.run(&qpdf, &desk.top, &["--check", file]).ok();
        }
        let (Some(pdfinfo), Some(pdftotext)) = (tool("pdfinfo"), tool("pdftotext")) else { return };
        let said = desk.sandbox.run(&pdfinfo, &desk.top, &[file]).ok().stdout;
        assert!(said.contains("Tagged:          yes") && !said.contains("CreationDate"), "{said}");
        let meta = desk.sandbox.run(&pdfinfo, &desk.top, &["-meta", file]).ok().stdout;
        assert!(meta.contains("<pdfuaid:part>1</pdfuaid:part>"), "{meta}");
        let pages = said.lines().find_map(|line| line.strip_prefix("Pages:")).unwrap().trim();
        let text = desk.sandbox.run(&pdftotext, &desk.top, &[file, "-"]).ok().stdout;
        // Where lines end says nothing.
        let text: String = text.split_whitespace().collect();
        let markings = text.matches("TLP:").count();
        assert!(text.contains(&format!("{pages}/{pages}")), "{text}");
        assert!(markings >= 2 * pages.parse::<usize>().unwrap(), "{audience}: {markings} markings on {pages} pages");
        if audience == "technical" {
            for words in [
                "#panic() \\ $x$ [U+65E5]",
                "#read(\"/etc/passwd\")",
                "#import \"@preview/x:1.0.0\"",
                "[U+202E] ] } </style>",
            ] {
                assert!(text.contains(&words.replace(' ', "")), "{words} is not in:\n{text}");
            }
            assert!(text.contains("<script>") && text.contains("#eval(\"1+1\")"), "{text}");
        }
    }
}

#[test]
fn an_altered_pdf_shows() {
    let desk = desk();
    let folder = desk.sandbox.path("given");
    let pdf = folder.join("report.pdf");
    desk.casebook(&["report", "--format", "pdf", "-a", "status", "--output", folder.to_str().unwrap()]).ok();
    let whole = fs::read(&pdf).unwrap();
    for at in (0..whole.len()).step_by(whole.len() / 12) {
        let mut content = whole.clone();
        content[at] ^= 1;
        fs::write(&pdf, content).unwrap();
        assert_ne!(desk.casebook(&["report", "verify", pdf.to_str().unwrap()]).code, 0, "byte {at}");
    }
}
