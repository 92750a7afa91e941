//! What may be markup in a finished file: elements and attributes that run and load nothing. Everything else that begins with `<`
//! was a text that nobody escaped, or a template that does more than a report may.

use super::Refusal;
use crate::report::prose::safe_url;
use crate::report::{RenderedFile, html as own};
use pulldown_cmark::{Event, Options, Parser, Tag};

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
    "abbr",
    "address",
    "aside",
    "b",
    "cite",
    "col",
    "colgroup",
    "dfn",
    "ellipse",
    "ins",
    "kbd",
    "mark",
    "q",
    "s",
    "samp",
    "sub",
    "sup",
    "tfoot",
    "time",
    "u",
    "var",
    "wbr",
];

/// The attributes beside those that begin with `aria-` and `data-`, sorted.
const ATTRIBUTES: &[&str] = &[
    "alt",
    "charset",
    "class",
    "clip-rule",
    "colspan",
    "content",
    "cx",
    "cy",
    "d",
    "datetime",
    "dir",
    "dominant-baseline",
    "dx",
    "dy",
    "fill",
    "fill-opacity",
    "fill-rule",
    "font-family",
    "font-size",
    "font-weight",
    "height",
    "hidden",
    "href",
    "http-equiv",
    "id",
    "lang",
    "marker-end",
    "markerHeight",
    "markerWidth",
    "media",
    "name",
    "opacity",
    "open",
    "orient",
    "points",
    "preserveAspectRatio",
    "r",
    "refX",
    "refY",
    "rel",
    "role",
    "rowspan",
    "rx",
    "ry",
    "scope",
    "start",
    "stroke",
    "stroke-dasharray",
    "stroke-linecap",
    "stroke-linejoin",
    "stroke-opacity",
    "stroke-width",
    "style",
    "tabindex",
    "text-anchor",
    "title",
    "transform",
    "viewBox",
    "width",
    "x",
    "x1",
    "x2",
    "xmlns",
    "y",
    "y1",
    "y2",
];

/// Attributes whose values are words, in which nothing is loaded.
const WORDS: &[&str] = &["alt", "class", "content", "href", "id", "title", "xmlns"];

/// The character references that may stand in a page: those that the search for what must not be told reads.
const REFERENCES: &[&str] = &["amp;", "lt;", "gt;", "quot;", "#39;", "nbsp;"];

/// What in styles loads something, or hides what they say.
const LOADING: &[&str] = &["url(", "@import", "@font-face", "image(", "image-set(", "src(", "\\"];

/// What is in a page and must not be there.
pub fn stray(file: &RenderedFile) -> Vec<Refusal> {
    let html = &file.content;
    let mut refusals = Vec::new();
    for (at, _) in html.match_indices('<') {
        let tag = html[at..].find('>').map_or(&html[at..], |end| &html[at..=at + end]);
        refusals.extend(wrong(tag).map(|what| refusal(tag, what, file)));
    }
    for (at, _) in html.match_indices('&') {
        if !REFERENCES.iter().any(|reference| html[at + 1..].starts_with(reference)) {
            refusals.push(refusal(
                &html[at..],
                "it is no reference that a report has; write the character itself",
                file,
            ));
        }
    }
    refusals.extend(unseen(file));
    if file.is_templated {
        if !own::is_guarded(html) {
            let start: String = html.chars().take(200).collect();
            let what = "a page begins with `<!doctype html>`, `<html lang=\"…\">`, `<head>` and `{{ head() }}`, so that no browser reads it \
                        otherwise or runs anything in it";
            refusals.push(refusal(&start, what, file));
        }
        for style in own::without_style(html).split("<style").skip(1) {
            let style = style.split("</style").next().unwrap_or(style);
            refusals
                .extend(loading(style).map(|what| refusal(what, "a style loads nothing, and has no escapes", file)));
        }
    }
    refusals
}

/// What a template wrote into a Markdown file and may not.
pub fn stray_in_markdown(file: &RenderedFile) -> Vec<Refusal> {
    let mut refusals: Vec<Refusal> = unseen(file).into_iter().collect();
    for event in Parser::new_ext(&file.content, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Html(tag) | Event::InlineHtml(tag) if !is_anchor(&tag) => {
                refusals.push(refusal(&tag, "Markdown of a report has no HTML", file));
            }
            Event::Start(Tag::Image { dest_url, .. }) => {
                refusals.push(refusal(&dest_url, "a report loads no image", file));
            }
            Event::Start(Tag::Link { dest_url, .. }) if !leads_to_a_page(&dest_url) => {
                refusals.push(refusal(&dest_url, "a link leads to a page, a letter or a place in the report", file));
            }
            _ => {}
        }
    }
    refusals
}

/// A control character, with which a browser may read what follows as another encoding, or a terminal as a command.
fn unseen(file: &RenderedFile) -> Option<Refusal> {
    let (at, _) = file.content.char_indices().find(|(_, c)| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))?;
    Some(refusal(&file.content[at..], "a report has no control characters", file))
}

/// Whether it is one of the report's own anchors.
fn is_anchor(tag: &str) -> bool {
    let id = tag.strip_prefix("<a id=\"").and_then(|rest| rest.strip_suffix("\">"));
    tag == "</a>" || id.is_some_and(|id| id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'))
}

fn refusal(markup: &str, what: &str, file: &RenderedFile) -> Refusal {
    let shown: String = markup.chars().take(80).collect();
    let help = match file.is_templated {
        true => "change the template that writes it; docs/templates.md says what a report may have",
        false => "this is a fault of casebook, not of the case; report it",
    };
    Refusal::new(None, format!("`{}` stands in the report as markup: {what}", shown.escape_debug()), help)
}

fn wrong(tag: &str) -> Option<&'static str> {
    if tag == "<!doctype html>" {
        return None;
    }
    if tag.starts_with("<!--") {
        return Some("a report has no such comments; those of templates are `{# … #}`");
    }
    let Some(inner) = tag.strip_prefix('<')?.strip_suffix('>') else { return Some("it does not end") };
    let inner = inner.strip_prefix('/').unwrap_or(inner).trim_end_matches('/');
    let (name, rest) = inner.split_once([' ', '\n']).unwrap_or((inner, ""));
    if !ELEMENTS.contains(&name) {
        return Some("a report has no such element");
    }
    let Some(attributes) = attributes(rest) else {
        return Some("its attributes are not written as name=\"value\"");
    };
    attributes.into_iter().find_map(|(attribute, value)| wrong_attribute(name, attribute, value))
}

fn wrong_attribute(element: &str, name: &str, value: &str) -> Option<&'static str> {
    if !(name.starts_with("aria-") || name.starts_with("data-") || ATTRIBUTES.binary_search(&name).is_ok()) {
        return Some("it has an attribute that no report has, such as one that runs or loads something");
    }
    let is_sound = match (element, name) {
        ("a", "href") => leads_to_a_page(&value.replace("&amp;", "&")),
        (_, "charset") => value == "utf-8",
        ("link", "href") => value == "data:,",
        (_, "href") => value.starts_with('#'),
        (_, "http-equiv") => value == "Content-Security-Policy",
        (_, name) if WORDS.contains(&name) || name.starts_with("aria-") || name.starts_with("data-") => true,
        _ => loading(&value.replace("url(#", "")).is_none(),
    };
    (!is_sound).then_some("it has an attribute that runs or loads something")
}

fn leads_to_a_page(target: &str) -> bool {
    target.starts_with('#') || safe_url(target).is_some()
}

fn loading(style: &str) -> Option<&'static str> {
    let style = style.to_ascii_lowercase();
    LOADING.iter().copied().find(|what| style.contains(what))
}

/// The attributes of a tag: names alone, or with a value between double quotes; nothing where they are written otherwise.
fn attributes(text: &str) -> Option<Vec<(&str, &str)>> {
    let mut attributes = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let (value, after) = match after.strip_prefix("=\"") {
            Some(quoted) => quoted.split_once('"')?,
            None => ("", after),
        };
        if name.is_empty() || !(after.is_empty() || after.starts_with([' ', '\n'])) {
            return None;
        }
        attributes.push((name, value));
        rest = after.trim_start();
    }
    Some(attributes)
}

#[cfg(test)]
mod tests {
    use super::{ATTRIBUTES, stray};
    use crate::report::{Dialect, RenderedFile};

    fn of(html: &str) -> usize {
        let content =
            format!("<!doctype html>\n<html lang=\"en\">\n<head>\n{}</head>{html}", crate::report::html::GUARD);
        stray(&RenderedFile { name: String::new(), dialect: Dialect::Html, content, is_templated: true }).len()
    }

    #[test]
    fn the_attributes_are_sorted() {
        assert!(ATTRIBUTES.is_sorted());
    }

    #[test]
    fn only_the_markup_of_reports_passes() {
        for ours in [
            "<!doctype html>\n<html lang=\"en\"><p class=\"a on\">text &lt;script&gt;</p><br><a href=\"https://e.example/?a=1&amp;onload=2\">x</a></html>",
            "<svg viewBox=\"0 0 1 1\"><path d=\"M0 0\" fill=\"url(#a)\"/></svg>",
            "<style media=\"print\">p { color: red; content: \"x\" }</style><p style=\"color: red\">a</p>",
            "<details open><summary>a</summary></details>",
        ] {
            assert_eq!(of(ours), 0, "{ours}");
        }
        for text in [
            "<script>alert(1)</script>",
            "<p onclick=\"x\">",
            "<p class='a' onclick='x'>",
            "<p class=a onclick=x>",
            "<p class=\"a\"onclick=\"x\">",
            "<p/onclick=x>",
            "<p\tonclick=x>",
            "<img src=\"https://e.example/p.png\">",
            "<iframe srcdoc=\"\">",
            "<form action=\"https://e.example\">",
            "<base href=\"https://e.example\">",
            "<a href=\"javascript:alert(1)\">",
            "<a href=\"java&#115;cript:alert(1)\">",
            "<a href=\"&#x6a;avascript:alert(1)\">",
            "<a href=\" javascript:alert(1)\">",
            "<a href=\"//e.example\">",
            "<a href=\"data:text/html,x\">",
            "<a href=\"#x\" ping=\"https://e.example\">",
            "<link rel=\"stylesheet\" href=\"https://e.example/a.css\">",
            "<meta http-equiv=\"refresh\" content=\"0; url=https://e.example\">",
            "<svg><use href=\"https://e.example/a.svg#b\"/></svg>",
            "<svg><rect fill=\"url(https://e.example)\"/></svg>",
            "<svg><a xlink:href=\"https://e.example\">x</a></svg>",
            "<style>@import \"https://e.example\";</style>",
            "<style>p { background: URL(https://e.example) }</style>",
            "<style>p { background: u\\72l(https://e.example) }</style>",
            "<p style=\"background: url(https://e.example)\">",
            "<p",
            "<meta charset=\"iso-2022-jp\">",
            "<p>\u{1b}$B</p>",
            "<SCRIPT >",
            "<!-- -->",
            "&colon;",
            "&#104;ttp",
        ] {
            assert_ne!(of(text), 0, "{text}");
        }
    }
}
