//! What may be markup in a finished HTML file or document: the tags that the report itself writes, and no other. Everything else that
//! begins with `<` was a text that nobody escaped.

use super::Refusal;

/// The elements of a report as HTML. None of them runs or loads anything.
pub const PAGE: &[&str] = &[
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

/// The elements of a report as a document: no objects, no pictures, no fields but the numbers of pages.
pub const DOCUMENT: &[&str] = &[
    "Relationship",
    "Relationships",
    "cp:coreProperties",
    "cp:keywords",
    "dc:language",
    "dc:title",
    "w:abstractNum",
    "w:abstractNumId",
    "w:b",
    "w:body",
    "w:bookmarkEnd",
    "w:bookmarkStart",
    "w:br",
    "w:cantSplit",
    "w:color",
    "w:document",
    "w:fldSimple",
    "w:footerReference",
    "w:ftr",
    "w:gridCol",
    "w:hdr",
    "w:headerReference",
    "w:hyperlink",
    "w:i",
    "w:ilvl",
    "w:ind",
    "w:lvl",
    "w:lvlJc",
    "w:lvlOverride",
    "w:lvlText",
    "w:multiLevelType",
    "w:num",
    "w:numFmt",
    "w:numId",
    "w:numPr",
    "w:numbering",
    "w:p",
    "w:pPr",
    "w:pStyle",
    "w:pgMar",
    "w:pgSz",
    "w:r",
    "w:rFonts",
    "w:rPr",
    "w:rStyle",
    "w:sectPr",
    "w:shd",
    "w:start",
    "w:startOverride",
    "w:strike",
    "w:sz",
    "w:szCs",
    "w:t",
    "w:tab",
    "w:tbl",
    "w:tblCaption",
    "w:tblGrid",
    "w:tblHeader",
    "w:tblLayout",
    "w:tblLook",
    "w:tblPr",
    "w:tblStyle",
    "w:tblW",
    "w:tc",
    "w:tcPr",
    "w:tcW",
    "w:tr",
    "w:trPr",
];

/// What begins a file and is no element.
const DECLARATIONS: [&str; 2] = ["<!doctype html>", "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>"];

/// What is in a file and must not be there.
pub fn stray(html: &str, elements: &[&str]) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    for (at, _) in html.match_indices('<') {
        let tag = html[at..].find('>').map_or(&html[at..], |end| &html[at..=at + end]);
        if let Some(what) = wrong(tag, elements) {
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

fn wrong(tag: &str, elements: &[&str]) -> Option<&'static str> {
    if DECLARATIONS.contains(&tag) {
        return None;
    }
    let inner = tag.strip_prefix('<')?.strip_suffix('>').map(|inner| inner.trim_end_matches('/'));
    let Some(inner) = inner else { return Some("it does not end") };
    let (name, attributes) =
        inner.strip_prefix('/').unwrap_or(inner).split_once([' ', '\n']).unwrap_or((inner.trim_start_matches('/'), ""));
    if !elements.contains(&name) {
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
    use super::{DOCUMENT, PAGE, stray};

    #[test]
    fn only_the_markup_of_reports_passes() {
        let ours = "<!doctype html>\n<html lang=\"en\"><p class=\"a on\">text &lt;script&gt;</p><br><a href=\"https://e.example/?a=1&amp;onload=2\">x</a></html>";
        assert_eq!(stray(ours, PAGE), []);
        assert_eq!(stray("<w:p><w:r/><w:t xml:space=\"preserve\">a &lt; b</w:t></w:p>", DOCUMENT), []);
        assert_ne!(stray("<w:altChunk r:id=\"web1\"/>", DOCUMENT), []);
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
            assert!(!stray(text, PAGE).is_empty(), "{text}");
        }
    }
}
