//! A team's own templates: whole reports and sections, and templates of somebody who means harm.

use super::support::Desk;
use super::{files, now, provenance, source};
use casebook::report::audience;
use casebook::report::{self, Dialect, Report};
use casebook::template;
use casebook::tree::MemoryTree;
use casebook::values::TreePath;
use std::fs;

/// The report of the golden case for the management, with these templates.
fn with(templates: &[(&str, &str)]) -> Report {
    made("executive", templates, &[Dialect::Html, Dialect::Markdown])
}

fn made(audience: &str, templates: &[(&str, &str)], dialects: &[Dialect]) -> Report {
    let mut files = files();
    let place = |(name, text): &(&str, &str)| (format!("templates/{name}"), text.as_bytes().to_vec());
    files.extend(templates.iter().map(place));
    let source = source(&files);
    let profile = audience::profile(&source.case, audience).unwrap();
    report::make(&source, &profile, None, &provenance(), now(), dialects)
}

fn content(report: &Report, dialect: Dialect) -> &str {
    assert_eq!(report.refusals, []);
    &report.files.iter().find(|file| file.dialect == dialect).unwrap().content
}

/// Why a report is refused: all reasons in one text.
fn refused(report: &Report) -> String {
    assert!(!report.refusals.is_empty());
    report.refusals.iter().map(|refusal| format!("{}\nhelp: {}\n", refusal.says, refusal.help)).collect()
}

/// A page that says so much, and what every page must.
fn page(body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\"><head>{{{{ head() }}}}<title>x</title></head><body>{body}{{{{ provenance() }}}}</body></html>\n"
    )
}

fn refused_page(body: &str) -> String {
    refused(&with(&[("executive.html.jinja", &page(body))]))
}

const PAGE: &str = include_str!("../../src/cli/report/example.html.jinja");
const MARKDOWN: &str = include_str!("../../src/cli/report/example.md.jinja");
const SECTION: &str = include_str!("../../src/cli/report/example.section.md.jinja");

#[test]
fn the_examples_make_a_report_that_passes_the_gate() {
    let report = with(&[("executive.html.jinja", PAGE), ("executive.md.jinja", MARKDOWN)]);
    let page = content(&report, Dialect::Html);
    assert!(page.contains("<dt>Severity</dt><dd>high</dd>"), "{page}");
    assert!(page.contains("<section id=\"summary\">") && page.contains("Rebuilt anywhere"), "{page}");
    assert!(page.contains("<dt>Templates</dt>"), "{page}");
    let text = content(&report, Dialect::Markdown);
    assert!(text.starts_with("**TLP:") && text.contains("<a id=\"summary\"></a>Summary"), "{text}");
    // Those of others are as they were.
    let other = made("legal", &[("executive.html.jinja", PAGE)], &Dialect::ALL);
    let without = made("legal", &[], &Dialect::ALL);
    assert!(content(&other, Dialect::Html) == content(&without, Dialect::Html));
}

#[test]
fn the_example_of_a_section_works_for_every_section_of_every_audience() {
    let source = source(&files());
    for handle in audience::handles(&source.case) {
        let sections = audience::profile(&source.case, handle).unwrap().sections;
        let names: Vec<String> = sections.iter().map(|section| format!("sections/{section}.md.jinja")).collect();
        let templates: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), SECTION)).collect();
        let dialects = [Dialect::Html, Dialect::Markdown, Dialect::Json];
        let report = made(handle, &templates, &dialects);
        super::links_lead_somewhere(handle, content(&report, Dialect::Html), content(&report, Dialect::Markdown));
    }
}

#[test]
fn a_section_is_prose_and_every_format_follows() {
    let text = "Known **so far**: {{ case }}, <script>x</script> {{ title }}\n\n\
                {% for block in section.blocks if block.type == 'prose' %}{{ block.markdown | prose }}{% endfor %}\n\
                [[f-1aaaaaa1]] https://update.evil-cdn.com/gate.php?id=7\n";
    let dialects = [Dialect::Html, Dialect::Markdown, Dialect::Json];
    let report = made("technical", &[("sections/summary.md.jinja", text)], &dialects);
    let html = content(&report, Dialect::Html);
    assert!(html.contains("<p>Known <strong>so far</strong>: ") && html.contains("&lt;script&gt;x&lt;/script&gt;"));
    assert!(html.contains("<a href=\"#f-1aaaaaa1\">"), "{html}");
    let markdown = content(&report, Dialect::Markdown);
    assert!(markdown.contains("Known **so far**: ") && markdown.contains("](#f-1aaaaaa1)"), "{markdown}");
    let json: serde_json::Value = serde_json::from_str(content(&report, Dialect::Json)).unwrap();
    let block = &json["sections"][0]["blocks"][0];
    assert_eq!((&json["sections"][0]["title"], &block["type"]), (&"Summary".into(), &"prose".into()));
    assert!(block["markdown"].as_str().unwrap().contains("[[f-1aaaaaa1]]"));
    for text in [html, markdown] {
        assert!(
            text.contains("hxxps://update[.]evil-cdn[.]com/gate.php?id=7") && !text.contains("https://update.evil")
        );
    }
    // What it writes nothing into is left out, and no link leads there.
    let report = made("technical", &[("sections/findings.md.jinja", "{# nothing #}\n")], &Dialect::ALL);
    let html = content(&report, Dialect::Html);
    assert!(!html.contains("id=\"findings\"") && !html.contains("href=\"#f-1aaaaaa1\""), "{html}");
}

#[test]
fn parts_are_shared_by_name_and_nothing_else_can_be_read() {
    let layout = page("<h1>{% block head %}{% endblock %}</h1>");
    let child = "{% extends '_layout.html.jinja' %}{% block head %}Ours: {{ title }}{% endblock %}";
    let report = with(&[("_layout.html.jinja", &layout), ("executive.html.jinja", child)]);
    assert!(content(&report, Dialect::Html).contains("<h1>Ours: "));
    for name in ["../../../../etc/passwd", "/etc/passwd", "../case.toml", "file:///etc/passwd", "_nothing.html.jinja"] {
        let said = refused_page(&format!("{{% include '{name}' %}}"));
        assert!(said.contains("template not found"), "{said}");
    }
}

#[test]
fn what_is_wrong_is_underlined_in_the_file_that_has_it() {
    let said = refused_page("\n<h1>{{ titel }}</h1>\n");
    assert!(said.contains("templates/executive.html.jinja:3:8") && said.contains("undefined value"), "{said}");
    assert!(said.contains("3 | <h1>{{ titel }}</h1>") && said.contains("^^^^^"), "{said}");
    let part = "<p>\n{{ nothing.at.all }}</p>";
    let report =
        with(&[("_part.html.jinja", part), ("executive.html.jinja", &page("{% include '_part.html.jinja' %}"))]);
    assert!(refused(&report).contains("templates/_part.html.jinja:2:"), "{}", refused(&report));
    // All of them at once.
    let report = with(&[
        ("executive.html.jinja", "{{ a }"),
        ("executive.md.jinja", "{{ b }}"),
        ("sections/summary.md.jinja", "{{ c }}"),
        ("sections/impact.md.jinja", "{% if %}"),
    ]);
    let said = refused(&report);
    for name in ["executive.html", "executive.md", "sections/summary.md", "sections/impact.md"] {
        assert!(said.contains(&format!("templates/{name}.jinja:1:")), "{name}: {said}");
    }
}

#[test]
fn a_template_cannot_run_on_or_fill_the_memory() {
    for body in [
        "{% for a in range(100000) %}{% for b in range(100000) %}x{% endfor %}{% endfor %}",
        "{% macro m(n) %}{{ m(n) }}{% endmacro %}{{ m(1) }}",
        "{{ 'x' * 1000000000 }}",
        "{% set ns = namespace(x='xxxxxxxx') %}{% for a in range(100) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}{{ ns.x }}",
        "{% for a in range(100000) %}{{ sections }}{% endfor %}",
        "{% include 'executive.html.jinja' %}",
        "{{ range(100000) | list | map('string') | sort | join('x' * 100000) }}",
    ] {
        let said = refused_page(body);
        assert!(said.contains("templates/executive.html.jinja:"), "{body}: {said}");
    }
    let deep = format!("{}1{}", "(".repeat(10_000), ")".repeat(10_000));
    assert!(refused_page(&format!("{{{{ {deep} }}}}")).contains("syntax error"));
    let long = "{{ sections }}".repeat(3);
    content(&with(&[("executive.html.jinja", &page(&long))]), Dialect::Html);
}

#[test]
fn texts_of_the_case_stay_texts_whatever_the_template_says() {
    let mut files = files();
    let case = files.iter_mut().find(|(path, _)| path == "case.toml").unwrap();
    let text = String::from_utf8(case.1.clone()).unwrap();
    let title = text.lines().find(|line| line.starts_with("title = ")).unwrap();
    case.1 = text.replace(title, "title = '<img src=x onerror=alert(1)> # [a](javascript:x)'").into_bytes();
    let page = page(
        "<h1 title=\"{{ title }}\">{{ title }}</h1>{% autoescape false %}{{ title }}{% endautoescape %}\
         {% set x %}{{ title }}{% endset %}{{ x }}{{ title | e }}{{ title | prose }}{{ [title, title] | join(', ') }}",
    );
    for (name, text) in [
        ("executive.html.jinja", page.as_str()),
        ("executive.md.jinja", "{{ title }}\n\n{{ title | prose }}\n\n{{ provenance() }}"),
        ("sections/summary.md.jinja", "{{ title }}\n\n{{ title | prose }}"),
    ] {
        files.push((format!("templates/{name}"), text.as_bytes().to_vec()));
    }
    let source = source(&files);
    let profile = audience::profile(&source.case, "executive").unwrap();
    let report = report::make(&source, &profile, None, &provenance(), now(), &Dialect::ALL);
    assert!(!content(&report, Dialect::Html).contains("<img"));
    assert!(!content(&report, Dialect::Markdown).contains("[a](javascript"));
    let said = refused_page("{{ title | safe }}");
    assert!(said.contains("unknown filter"), "{said}");
    assert!(
        content(&with(&[("executive.html.jinja", &self::page("{{ '<b>' | tojson }}"))]), Dialect::Html)
            .contains("&quot;&lt;b&gt;&quot;")
    );
    for gone in ["namespace()", "debug()", "now()", "env()", "lipsum()", "randrange(3)"] {
        assert!(refused_page(&format!("{{{{ {gone} }}}}")).contains("unknown function"), "{gone}");
    }
}

#[test]
fn what_a_template_writes_goes_through_the_gate() {
    for body in [
        "<script>alert(1)</script>",
        "<p onclick='x'>",
        "<img src=\"https://e.example/p.png\">",
        "<link rel=\"stylesheet\" href=\"https://e.example/x.css\">",
        "<style>@import \"https://e.example/x.css\";</style>",
        "<form action=\"https://e.example\"></form>",
        "<iframe></iframe>",
        "<!-- a comment -->",
        "{{ '<script>' | prose }}<base href=\"https://e.example\">",
    ] {
        assert!(refused_page(body).contains("change the template"), "{body}");
    }
    // What a browser could read otherwise than the gate.
    for page in [
        page("<p>\u{1b}$B x</p>"),
        page("x").replace("{{ head() }}", "<meta charset=\"iso-2022-jp\">"),
        page("x").replace("{{ head() }}", ""),
        page("x").replace("<!doctype html>", "<!doctype html><p>x</p>"),
    ] {
        let said = refused(&with(&[("executive.html.jinja", &page)]));
        assert!(said.contains("change the template"), "{page}: {said}");
    }
    // A value that could be opened, however it is written.
    for body in [
        "https://update.evil-cdn.com/gate.php?id=7",
        "HTTPS://UPDATE.<b>EVIL</b>-CDN.COM/gate.php?id=7",
        "<style>p::after { content: \"https://update.evil-cdn.com/gate.php?id=7\" }</style>",
        "<p title=\"https://update.evil-cdn.com/gate.php?id=7\">x</p>",
        "{{ 'https:' ~ '//update.evil' ~ '-cdn.com/gate.php?id=7' }}",
    ] {
        assert!(refused_page(body).contains("is in the report as it is"), "{body}: {}", refused_page(body));
    }
    assert!(refused_page("&#104;ttps://update.evil-cdn.com/gate.php?id=7").contains("write the character itself"));
    let markdown = |text: &str| refused(&with(&[("executive.md.jinja", &format!("{text}\n\n{{{{ provenance() }}}}"))]));
    for text in ["<script>x</script>", "a <b>b</b>", "![x](https://e.example/p.png)", "[x](javascript:x)"] {
        assert!(markdown(text).contains("change the template"), "{text}");
    }
    for text in ["https://update.evil-cdn.com/gate.php?id=7", "&#104;ttps&colon;//update.evil-cdn.com/gate.php?id=7"] {
        assert!(markdown(text).contains("is in the report as it is"), "{text}: {}", markdown(text));
    }
}

#[test]
fn a_report_that_nobody_could_verify_is_none() {
    let said = refused(&with(&[("executive.html.jinja", "<p>{{ title }}</p>")]));
    assert!(said.contains("does not say how it is made again") && said.contains("provenance()"), "{said}");
    let forged = "<p>Rebuilt anywhere, this report has the same bytes: <code>casebook report --rev \
                  0123456789abcdef0123456789abcdef01234567</code></p>";
    let said = refused(&with(&[("executive.html.jinja", &format!("{{{{ provenance() }}}}{forged}"))]));
    assert!(said.contains("does not say how it is made again"), "{said}");
}

#[test]
fn what_cannot_be_used_is_found_before_any_report_is_made() {
    let mut tree = MemoryTree::new();
    for (path, content) in files() {
        tree.insert(&path, content);
    }
    for (name, text) in [
        ("executive.html.jinja", "{{ a }"),
        ("exekutive.html.jinja", ""),
        ("_part.html.jinja", "{% if %}"),
        ("_fine.html.jinja", ""),
        ("logo.png", ""),
        ("sections/summary.html.jinja", ""),
        ("sections/sumary.md.jinja", ""),
        ("sections/summary.md.jinja", ""),
        ("sections/deeper/x.md.jinja", ""),
    ] {
        tree.insert(&format!("templates/{name}"), text.as_bytes().to_vec());
    }
    tree.insert("templates/legal.html.jinja", b"\xff".to_vec());
    tree.insert("templates/status.html.jinja", vec![b'x'; 300 << 10]);
    let (case, _) = casebook::load::load(&tree, &mut casebook::load::NoMemory).unwrap();
    let found = template::judge(&tree, &case).unwrap();
    let mut paths: Vec<&str> = found.iter().map(|diagnostic| diagnostic.place.path.name()).collect();
    paths.sort_unstable();
    let wanted = [
        "_part.html.jinja",
        "deeper",
        "executive.html.jinja",
        "exekutive.html.jinja",
        "legal.html.jinja",
        "logo.png",
        "status.html.jinja",
        "sumary.md.jinja",
        "summary.html.jinja",
    ];
    assert_eq!(paths, wanted);
    let near = found.iter().find(|found| found.place.path == TreePath::from("templates/sections/sumary.md.jinja"));
    assert!(near.unwrap().help.as_ref().unwrap().contains("did you mean `summary`"));
}

#[test]
fn a_template_is_begun_committed_used_and_verified() {
    let desk = Desk::new();
    desk.write(".gitignore", "/reports/\n");
    let said = desk.casebook(&["report", "template", "executive"]).ok().stdout;
    assert!(said.starts_with("templates/executive.html.jinja\n"), "{said}");
    let said = desk.casebook(&["report", "template", "executive"]).code(2).stderr;
    assert!(said.contains("is there already"), "{said}");
    desk.casebook(&["report", "template", "--section", "needs"]).ok();
    assert!(desk.casebook(&["report", "template", "--section", "need"]).code(2).stderr.contains("`needs`"));
    assert!(desk.casebook(&["report", "template", "exekutive"]).code(2).stderr.contains("`executive`"));
    desk.casebook(&["check"]).ok();
    desk.commit("Templates");
    let said = desk.casebook(&["report", "--audience", "executive"]).ok().stdout;
    assert!(said.starts_with("reports/executive/index.html"), "{said}");
    let page = fs::read_to_string(desk.top.join("reports/executive/index.html")).unwrap();
    assert!(page.contains("max-width: 46rem") && page.contains("<dt>Templates</dt>"), "{page}");
    let said = desk.casebook(&["report", "verify", "reports/executive/index.html"]).ok().stdout;
    assert!(said.contains("unaltered"), "{said}");
    // One that breaks keeps back the reports that it is for, and no others.
    desk.write("templates/executive.html.jinja", "{{ titel }}\n");
    desk.commit("A template with a slip");
    let ran = desk.casebook(&["report", "--audience", "executive"]).code(1);
    assert!(ran.stderr.contains("templates/executive.html.jinja:1:4"), "{}", ran.stderr);
    assert!(ran.stderr.contains("{{ titel }}"), "{}", ran.stderr);
    assert!(
        desk.top.join("reports/legal/index.html").exists() && !desk.top.join("reports/executive/index.html").exists()
    );
    desk.write("templates/executive.html.jinja", "{{ title }\n");
    let ran = desk.casebook(&["check"]).code(1);
    assert!(ran.stdout.contains("template-broken") || ran.stderr.contains("template-broken"), "{}", ran.stdout);
}

#[test]
fn templates_from_outside_are_named_by_their_digest() {
    let desk = Desk::new();
    let folder = desk.sandbox.path("ours");
    fs::create_dir_all(folder.join("sections")).unwrap();
    fs::write(folder.join("executive.html.jinja"), PAGE).unwrap();
    fs::write(folder.join("sections/summary.md.jinja"), "In short: {{ title }}\n").unwrap();
    let ours = folder.to_str().unwrap();
    let output = desk.sandbox.path("made");
    let made = output.to_str().unwrap();
    desk.casebook(&["report", "--all-audiences", "--templates", ours, "--output", made]).ok();
    for name in ["executive/index.html", "executive/report.md", "index.html", "indicators/report.md"] {
        let file = output.join(name);
        let file = file.to_str().unwrap();
        let said = desk.casebook(&["report", "verify", file, "--templates", ours]).ok().stdout;
        assert!(said.contains("unaltered"), "{said}");
        let said = desk.casebook(&["report", "verify", file]).code(2).stderr;
        assert!(said.contains("templates from outside") && said.contains("--templates FOLDER"), "{said}");
    }
    let page = fs::read_to_string(output.join("executive/index.html")).unwrap();
    assert!(page.contains("In short: ") && page.contains(" --templates "), "{page}");
    // The digest is that of a list that everybody can make.
    let list = "find . -name '*.jinja' | sed 's|^./||' | LC_ALL=C sort | xargs sha256sum | sha256sum";
    let listed = desk.sandbox.run("sh", &folder, &["-c", list]).ok().stdout;
    let digest = listed.split_whitespace().next().unwrap();
    assert!(page.contains(&format!("--templates {digest}")), "{digest}");
    fs::write(folder.join("sections/summary.md.jinja"), "In brief: {{ title }}\n").unwrap();
    let file = output.join("index.html");
    let said = desk.casebook(&["report", "verify", file.to_str().unwrap(), "--templates", ours]).code(2).stderr;
    assert!(said.contains("whose digest is "), "{said}");
    let said = desk.casebook(&["report", "--templates", digest, "--output", made]).code(2).stderr;
    assert!(said.contains("name the folder"), "{said}");
    fs::write(folder.join("README"), "x").unwrap();
    let said = desk.casebook(&["report", "--templates", ours, "--output", made]).code(2).stderr;
    assert!(said.contains("README"), "{said}");
}

/// What no template may do: take for ever, or all memory, or the program with it.
#[test]
fn a_template_that_does_too_much_is_refused_and_the_program_goes_on() {
    let doubled = (0..40).fold("{% set a = [title] %}".to_owned(), |text, _| text + "{% set a = [a, a] %}");
    let deep = "{% set a = [a] %}".repeat(14_000);
    for body in [
        format!("{doubled}{{{{ a }}}}"),
        format!("{doubled}{{{{ a | e }}}}"),
        "{% macro m(x, n) %}{% if n %}{{ m([x, x], n - 1) }}{% else %}{{ x }}{% endif %}{% endmacro %}{{ m(title, 60) }}".to_owned(),
        "{% set t = title * 10000 %}{% for i in range(100000) %}{% set y = t | prose %}{% endfor %}".to_owned(),
        "{% for i in range(100000) %}{% set y = section(\"summary\") %}{% endfor %}{% for i in range(100000) %}\
         {% for i in range(100000) %}{{ tlp() }}{% endfor %}{% endfor %}"
            .to_owned(),
    ] {
        let said = refused_page(&body);
        let reasons = ["32 MiB", "more than a template may", "recursion limit"];
        assert!(reasons.iter().any(|reason| said.contains(reason)), "{said}");
    }
    let report = with(&[("executive.html.jinja", &page(&format!("{{% set a = title %}}{deep}")))]);
    assert_eq!(report.refusals, []);
}
