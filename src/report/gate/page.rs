//! What may be markup in a finished file: elements and attributes that run and load nothing. Everything else that begins with `<`
//! was a text that nobody escaped, or a template that does more than a report may.

use super::Refusal;
use crate::report::prose::safe_url;
use crate::report::{RenderedFile, html as own};
use memchr::{memchr, memchr_iter};
use pulldown_cmark::{Event, Options, Parser, Tag};

/// The elements of a report, the most frequent first, since every tag is looked up. None of them runs or loads anything.
const ELEMENTS: &[&str] = &[
    "div",
    "td",
    "a",
    "small",
    "span",
    "code",
    "tr",
    "dt",
    "dd",
    "br",
    "strong",
    "p",
    "li",
    "abbr",
    "address",
    "article",
    "aside",
    "b",
    "blockquote",
    "body",
    "caption",
    "circle",
    "cite",
    "col",
    "colgroup",
    "defs",
    "del",
    "desc",
    "details",
    "dfn",
    "dl",
    "ellipse",
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
    "ins",
    "kbd",
    "line",
    "link",
    "main",
    "mark",
    "marker",
    "meta",
    "nav",
    "ol",
    "path",
    "polygon",
    "polyline",
    "pre",
    "q",
    "rect",
    "s",
    "samp",
    "section",
    "style",
    "sub",
    "summary",
    "sup",
    "svg",
    "table",
    "tbody",
    "text",
    "tfoot",
    "th",
    "thead",
    "time",
    "title",
    "tspan",
    "u",
    "ul",
    "use",
    "var",
    "wbr",
];

/// The attributes beside those that begin with `aria-` and `data-`, the most frequent first.
const ATTRIBUTES: &[&str] = &[
    "class",
    "href",
    "id",
    "alt",
    "charset",
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
    "http-equiv",
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
    for at in memchr_iter(b'<', html.as_bytes()) {
        let rest = &html[at..];
        let tag = memchr(b'>', rest.as_bytes()).map_or(rest, |end| &rest[..=end]);
        refusals.extend(wrong(tag).map(|what| refusal(tag, what, file)));
    }
    for at in memchr_iter(b'&', html.as_bytes()) {
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
    // The bytes that such a character begins with, since most files have none of them.
    let may_begin = |byte: &u8| matches!(byte, 0..=8 | 11 | 12 | 14..=31 | 0x7f | 0xc2);
    let start = file.content.as_bytes().iter().position(may_begin)?;
    let mut after = file.content[start..].char_indices();
    let (at, _) = after.find(|(_, c)| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))?;
    let at = start + at;
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
    if tag.as_bytes().get(1) == Some(&b'!') {
        return match tag {
            "<!doctype html>" => None,
            _ if tag.starts_with("<!--") => Some("a report has no such comments; those of templates are `{# … #}`"),
            _ => Some("a report has no such element"),
        };
    }
    let Some(inner) = tag.strip_prefix('<')?.strip_suffix('>') else { return Some("it does not end") };
    let inner = inner.strip_prefix('/').unwrap_or(inner).trim_end_matches('/');
    let (name, rest) = inner.split_once([' ', '\n']).unwrap_or((inner, ""));
    if !ELEMENTS.contains(&name) {
        return Some("a report has no such element");
    }
    let mut rest = rest.trim_start();
    while !rest.is_empty() {
        let Some((attribute, value, after)) = attribute(rest) else {
            return Some("its attributes are not written as name=\"value\"");
        };
        if let Some(what) = wrong_attribute(name, attribute, value) {
            return Some(what);
        }
        rest = after;
    }
    None
}

fn wrong_attribute(element: &str, name: &str, value: &str) -> Option<&'static str> {
    if !(name.starts_with("aria-") || name.starts_with("data-") || ATTRIBUTES.contains(&name)) {
        return Some("it has an attribute that no report has, such as one that runs or loads something");
    }
    let is_sound = match (element, name) {
        ("a", "href") => value.starts_with('#') || leads_to_a_page(&value.replace("&amp;", "&")),
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
    if !style.contains(['(', '@', '\\']) {
        return None;
    }
    let style = style.to_ascii_lowercase();
    LOADING.iter().copied().find(|what| style.contains(what))
}

/// The first attribute of a tag, a name alone or with a value between double quotes, and what follows it; nothing where it is
/// written otherwise.
fn attribute(text: &str) -> Option<(&str, &str, &str)> {
    let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let end = text.bytes().position(|byte| !is_of_name(byte)).unwrap_or(text.len());
    let (name, after) = text.split_at(end);
    let (value, after) = match after.strip_prefix("=\"") {
        Some(quoted) => quoted.split_once('"')?,
        None => ("", after),
    };
    let is_sound = !name.is_empty() && (after.is_empty() || after.starts_with([' ', '\n']));
    is_sound.then(|| (name, value, after.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::{LOADING, loading, stray};
    use crate::report::{Dialect, RenderedFile};

    fn of(html: &str) -> usize {
        let content =
            format!("<!doctype html>\n<html lang=\"en\">\n<head>\n{}</head>{html}", crate::report::html::GUARD);
        stray(&RenderedFile { name: String::new(), dialect: Dialect::Html, content, is_templated: true }).len()
    }

    #[test]
    fn whatever_loads_has_a_sign_of_it() {
        assert!(LOADING.iter().all(|what| loading(what) == Some(*what)));
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
            "<p hidden\" class=\"x\">",
            "<p class=\"a\" onclick=\"x\">",
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
