//! What may be markup in a finished HTML file: the tags that the report itself writes, and no other. Everything else that
//! begins with `<` was a text that nobody escaped.

use super::Refusal;

/// The elements of a report. None of them runs or loads anything.
const ELEMENTS: &[&str] = &[
    "a",
    "article",
    "blockquote",
    "body",
    "br",
    "caption",
    "circle",
    "code",
    "dd",
    "del",
    "desc",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "footer",
    "g",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "i",
    "li",
    "line",
    "link",
    "main",
    "meta",
    "nav",
    "ol",
    "p",
    "path",
    "pre",
    "rect",
    "section",
    "small",
    "span",
    "strong",
    "style",
    "svg",
    "table",
    "tbody",
    "td",
    "text",
    "th",
    "thead",
    "title",
    "tr",
    "tspan",
    "ul",
    "polyline",
    "polygon",
    "defs",
    "marker",
    "use",
    "details",
    "summary",
];

/// What is in a file and must not be there.
pub fn stray(html: &str) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    for (at, _) in html.match_indices('<') {
        let tag = html[at..].find('>').map_or(&html[at..], |end| &html[at..=at + end]);
        if let Some(what) = wrong(tag) {
            let shown: String = tag.chars().take(80).collect();
            refusals.push(Refusal::new(
                None,
                format!("`{}` stands in the report as markup: {what}", shown.escape_debug()),
                "this is a fault of casebook or of a template, not of the case; report it",
            ));
        }
    }
    refusals
}

fn wrong(tag: &str) -> Option<&'static str> {
    if tag == "<!doctype html>" {
        return None;
    }
    let inner = tag.strip_prefix('<')?.strip_suffix('>').map(|inner| inner.trim_end_matches('/'));
    let Some(inner) = inner else { return Some("it does not end") };
    let (name, attributes) =
        inner.strip_prefix('/').unwrap_or(inner).split_once([' ', '\n']).unwrap_or((inner.trim_start_matches('/'), ""));
    if !ELEMENTS.contains(&name) {
        return Some("a report has no such element");
    }
    for attribute in attributes.split('"').step_by(2) {
        let attribute = attribute.trim().trim_end_matches('=');
        if attribute.to_ascii_lowercase().starts_with("on") || attribute == "src" || attribute == "srcdoc" {
            return Some("it has an attribute that runs or loads something");
        }
    }
    let leads = |scheme: &str| attributes.to_ascii_lowercase().contains(&format!("\"{scheme}"));
    (leads("javascript:") || leads("vbscript:") || leads("data:text")).then_some("it has a link that runs something")
}

#[cfg(test)]
mod tests {
    use super::stray;

    #[test]
    fn only_the_markup_of_reports_passes() {
        let ours = "<!doctype html>\n<html lang=\"en\"><p class=\"a on\">text &lt;script&gt;</p><br><a href=\"https://e.example/?a=1&amp;onload=2\">x</a></html>";
        assert_eq!(stray(ours), []);
        for text in [
            "<script>alert(1)</script>",
            "<p onclick=\"x\">",
            "<img src=\"https://e.example/p.png\">",
            "<iframe srcdoc=\"\">",
            "<a href=\"javascript:alert(1)\">",
            "<p",
            "<SCRIPT >",
            "<!-- -->",
        ] {
            assert!(!stray(text).is_empty(), "{text}");
        }
    }
}
