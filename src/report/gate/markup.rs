//! What may be markup in a finished document: the tags that the report itself writes, and no other. Everything else that
//! begins with `<` was a text that nobody escaped.

use super::Refusal;

/// The elements of a report as a document: no objects, no pictures, no fields but the numbers of pages.
const DOCUMENT: &[&str] = &[
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

/// What begins a part and is no element.
const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>";

/// What is in a file and must not be there.
pub fn stray(document: &str) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    for (at, _) in document.match_indices('<') {
        let tag = document[at..].find('>').map_or(&document[at..], |end| &document[at..=at + end]);
        if let Some(what) = wrong(tag) {
            let shown: String = tag.chars().take(80).collect();
            refusals.push(Refusal::new(
                None,
                format!("`{}` stands in the report as markup: {what}", shown.escape_debug()),
                "this is a fault of casebook, not of the case; report it",
            ));
        }
    }
    refusals
}

fn wrong(tag: &str) -> Option<&'static str> {
    if tag == DECLARATION {
        return None;
    }
    let inner = tag.strip_prefix('<')?.strip_suffix('>').map(|inner| inner.trim_end_matches('/'));
    let Some(inner) = inner else { return Some("it does not end") };
    let (name, attributes) =
        inner.strip_prefix('/').unwrap_or(inner).split_once([' ', '\n']).unwrap_or((inner.trim_start_matches('/'), ""));
    if !DOCUMENT.contains(&name) {
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
    fn only_the_markup_of_documents_passes() {
        assert_eq!(stray("<w:p><w:r/><w:t xml:space=\"preserve\">a &lt; b</w:t></w:p>"), []);
        for text in ["<w:altChunk r:id=\"web1\"/>", "<w:p onclick=\"x\">", "<script>", "<w:p", "<!-- -->"] {
            assert_ne!(stray(text), [], "{text}");
        }
    }
}
