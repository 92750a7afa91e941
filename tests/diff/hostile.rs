//! Texts of a case that try to be something else in a comment or on a terminal.

use super::support::Desk;
use pulldown_cmark::{Event, Options, Parser, Tag};
use std::fmt::Write;

const HOSTILE: &str = "@everyone #1 !2 :x: ![i](http://evil.example/i) [l](javascript:x) <img src=x> `a` ``` www.evil.example \
                       http://evil.example b@evil.example GH-1 a|b ::error::x";

/// Everything in a text that is markup and not code. Our own signs are no images, links or HTML.
fn outside_code(markdown: &str) -> (String, Vec<String>) {
    let (mut text, mut markup, mut in_code) = (String::new(), Vec::new(), false);
    for event in Parser::new_ext(markdown, Options::all()) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => in_code = true,
            Event::End(pulldown_cmark::TagEnd::CodeBlock) => in_code = false,
            Event::Start(
                tag @ (Tag::Link { .. }
                | Tag::Image { .. }
                | Tag::HtmlBlock
                | Tag::Table(_)
                | Tag::FootnoteDefinition(_)),
            ) => {
                markup.push(format!("{tag:?}"));
            }
            Event::Html(html) | Event::InlineHtml(html) => markup.push(html.into_string()),
            Event::Text(piece) if !in_code => text.push_str(&piece),
            Event::InlineMath(math) | Event::DisplayMath(math) => markup.push(math.into_string()),
            _ => {}
        }
    }
    (text, markup)
}

fn hostile_case() -> Desk {
    let desk = Desk::new();
    let quoted = format!("{HOSTILE} \\u001b]0;x\\u0007 \\u202e");
    let fences = "\\n```\\n@everyone\\n    ```\\n~~~\\n</details>\\n";
    desk.write(
        "findings/f-7q2k9dm4.toml",
        format!(
            "id = \"f-7q2k9dm4\"\ntitle = \"{quoted}\"\nstatus = \"draft\"\ntype = \"observation\"\nauthors = [\"bob\"]\n\
             reason = \"`` {quoted}\"\nsummary = \"{fences}{quoted}\"\n\n[[evidence]]\nitem = \"x-7q2k9dm4\"\npath = \"{quoted}\"\n\
             at = \"lines:1\"\nquote = \"{quoted}\"\n\n[custom]\n\"{quoted}\" = \"{quoted}\"\n"
        ),
    );
    desk.write("assets/a-7q2k9dm4.toml", format!("id = \"a-7q2k9dm4\"\nname = \"{quoted}\"\nkind = \"host\"\n"));
    desk.write("notes/@everyone ![i](x) www.evil.example.md", format!("```\n{HOSTILE}\n\t```` \n~~~\n"));
    let team = desk.read("team.toml");
    desk.write("team.toml", format!("{team}\n[[people]]\nhandle = \"eve\"\nname = \"{quoted}\"\n"));
    desk.commit("Hostile");
    desk
}

#[test]
fn no_text_of_the_case_is_markup_in_a_comment() {
    let desk = hostile_case();
    desk.git(&["branch", "base", "HEAD^1"]).ok();
    for arguments in [&["diff", "HEAD^1..HEAD"][..], &["pr", "base"]] {
        let ran = desk.casebook(&[arguments, &["--format", "md"]].concat());
        let (text, markup) = outside_code(&ran.stdout);
        assert!(markup.is_empty(), "{arguments:?}: {markup:?}\n{}", ran.stdout);
        for sign in ["@", "evil", "::error", "GH-", "#1", "<"] {
            assert!(!text.contains(sign), "{arguments:?}: `{sign}` outside of code\n{text}\n{}", ran.stdout);
        }
        assert!(ran.stdout.contains("evil.example"), "nothing is shown at all");
        let bad = ran.stdout.chars().find(|c| c.is_control() && *c != '\n' || *c == '\u{202e}');
        assert_eq!(bad, None);
    }
}

#[test]
fn nothing_hostile_reaches_the_terminal() {
    let desk = hostile_case();
    desk.git(&["branch", "base", "HEAD^1"]).ok();
    for arguments in [
        &["diff", "base..HEAD"][..],
        &["diff", "base..HEAD", "--format", "json"],
        &["pr", "base"],
        &["diff", "\u{1b}[2J"],
    ] {
        let ran = desk.casebook(arguments);
        let bad = ran.text().chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t') || *c == '\u{202e}');
        assert_eq!(bad, None, "{arguments:?}:\n{}", ran.text());
    }
}

#[test]
fn a_comment_stays_below_the_limit_and_counts_what_it_leaves_out() {
    let desk = Desk::new();
    for number in 0..1_500 {
        let id = format!("f-{number:08}");
        let mut text = format!(
            "id = \"{id}\"\ntitle = \"Finding {number}\"\nstatus = \"draft\"\ntype = \"observation\"\nauthors = [\"bob\"]\n"
        );
        let _ = writeln!(text, "summary = \"{}\"", "A long summary of what was seen. ".repeat(10));
        desk.write(&format!("findings/{id}.toml"), text);
    }
    desk.write("notes/last.md", "The last section\n");
    desk.commit("Many");
    let comment = desk.casebook(&["diff", "HEAD^1..HEAD", "--format", "md"]).ok().stdout;
    assert!(comment.len() <= 65_536 && comment.len() > 60_000, "{} bytes", comment.len());
    let shown = comment.matches("**added** `f-").count();
    let left_out = comment.lines().last().unwrap();
    assert!(left_out.contains(&format!("{} of “Findings”", 1_500 - shown)), "{left_out}");
    // One entry that is too long by itself is named, and its rows are counted.
    let huge = Desk::new();
    for number in 0..40 {
        let summary: Vec<String> = (0..60).map(|line| format!("{number} {line} {}", "x".repeat(300))).collect();
        let id = format!("f-{number:08}");
        huge.write(
            &format!("findings/{id}.toml"),
            format!("id = \"{id}\"\ntitle = \"Huge\"\nstatus = \"draft\"\ntype = \"observation\"\nauthors = [\"bob\"]\nsummary = \"\"\"\n{}\"\"\"\n", summary.join("\n")),
        );
    }
    huge.commit("Huge");
    let comment = huge.casebook(&["diff", "HEAD^1..HEAD", "--format", "md"]).ok().stdout;
    assert!(comment.len() <= 65_536, "{} bytes", comment.len());
    assert_eq!(comment.matches("**added** `f-").count(), 40);
    assert!(comment.contains("rows left out"), "{comment}");
}
