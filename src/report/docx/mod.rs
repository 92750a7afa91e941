//! The report as a document of word processors (ECMA-376, WordprocessingML): the parts that say something as text, one after the
//! other, and what packs them. Every text goes through [`escape::html`], whose references XML has, too.

pub mod package;

use super::escape;
use super::outline::{Outline, Tone};
use super::paper::{self, Block, Paper, Picture, Row, Run, Style, Table, Target};
use crate::values::vocabulary::Marking;
use package::Part;
use std::collections::BTreeMap;
use std::fmt::Write;

/// The namespaces of the parts.
const W: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" \
     xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"";

/// Space between the margins of A4, in twentieths of a point.
const WIDTH: usize = 9978;
/// How far each level of a list is indented.
const INDENT: usize = 360;
/// The deepest level of a list, and the highest number that one starts with, that word processors take.
const DEEPEST: usize = 8;
const HIGHEST: u64 = 32_767;

/// The list with bullets, the only one that is always there.
const BULLETS: usize = 1;

/// Writes the parts of the report, for [`package::pack`].
pub fn write(outline: &Outline<'_>) -> String {
    let paper = paper::of(outline);
    let mut writer = Writer { out: String::with_capacity(256 * 1024), ..Writer::default() };
    let _ = writeln!(writer.out, "<w:document {W}><w:body>");
    writer.blocks(&paper.blocks, At::default());
    writer.raw(
        "<w:sectPr><w:headerReference w:type=\"default\" r:id=\"header\"/><w:footerReference w:type=\"default\" r:id=\"footer\"/>\
         <w:pgSz w:w=\"11906\" w:h=\"16838\"/><w:pgMar w:top=\"1021\" w:right=\"964\" w:bottom=\"907\" w:left=\"964\" \
         w:header=\"482\" w:footer=\"397\" w:gutter=\"0\"/></w:sectPr>\n</w:body></w:document>",
    );
    package::joined(|part| match part {
        Part::Document => std::mem::take(&mut writer.out),
        Part::Relationships => relationships(&writer.urls),
        Part::Numbering => numbering(&writer.numbered),
        Part::Header => header(&paper),
        Part::Footer => footer(&paper),
        Part::Properties => properties(&paper),
    })
}

#[derive(Default)]
struct Writer {
    out: String,
    /// The web pages that it links to, each with the number of its relationship.
    urls: BTreeMap<String, usize>,
    /// The numbered lists: the level of each, and its first number.
    numbered: Vec<(usize, u64)>,
    bookmarks: usize,
}

/// Where a block stands.
#[derive(Clone, Copy, Default)]
struct At {
    /// How many lists it is in.
    depth: usize,
    /// The list whose next item it begins.
    item: Option<usize>,
    in_quote: bool,
}

impl Writer {
    /// Writes markup of this module; never a text of the case.
    fn raw(&mut self, markup: &str) {
        self.out.push_str(markup);
    }

    fn text(&mut self, text: &str) {
        escape::html(&mut self.out, text);
    }

    fn blocks(&mut self, blocks: &[Block], at: At) {
        for (index, block) in blocks.iter().enumerate() {
            let at = At { item: at.item.filter(|_| index == 0), ..at };
            match block {
                Block::Heading { level, anchor, runs } => {
                    let style = format!("Heading{}", level.clamp(&1, &5));
                    self.paragraph(&style, anchor.as_deref(), runs, At::default());
                }
                Block::Paragraph(style, runs) => self.paragraph(named(*style, at), None, runs, at),
                Block::Facts(facts) => {
                    for (name, value) in facts {
                        let tab = Run { text: "\t".to_owned(), ..Run::default() };
                        let runs: Vec<Run> = [name.clone(), tab].into_iter().chain(value.iter().cloned()).collect();
                        self.paragraph("Fact", None, &runs, at);
                    }
                }
                Block::List(first, items) => self.list(*first, items, at),
                Block::Quote(blocks) => self.blocks(blocks, At { in_quote: true, ..at }),
                Block::Code(code) => {
                    let run = Run { text: code.clone(), ..Run::default() };
                    self.paragraph("Listing", None, &[run], at);
                }
                Block::Table(table) => self.table(table),
                Block::Picture(Picture { title, says, .. }) => {
                    let title = Run { text: format!("{title}: "), is_strong: true, ..Run::default() };
                    let says = Run { text: says.clone(), ..Run::default() };
                    self.paragraph("Normal", None, &[title, says], at);
                }
                Block::Rule => self.paragraph("Rule", None, &[], at),
            }
        }
    }

    fn list(&mut self, first: Option<u64>, items: &[Vec<Block>], at: At) {
        let level = at.depth.min(DEEPEST);
        let number = match first {
            None => BULLETS,
            Some(first) => {
                self.numbered.push((level, first.min(HIGHEST)));
                BULLETS + self.numbered.len()
            }
        };
        for item in items {
            self.blocks(item, At { depth: at.depth + 1, item: Some(number), ..at });
        }
    }

    fn paragraph(&mut self, style: &str, anchor: Option<&str>, runs: &[Run], at: At) {
        let _ = write!(self.out, "<w:p><w:pPr><w:pStyle w:val=\"{style}\"/>");
        let level = at.depth.clamp(1, DEEPEST + 1) - 1;
        if let Some(list) = at.item {
            let _ = write!(self.out, "<w:numPr><w:ilvl w:val=\"{level}\"/><w:numId w:val=\"{list}\"/></w:numPr>");
        } else if at.depth > 0 {
            let _ = write!(self.out, "<w:ind w:left=\"{}\"/>", (level + 1) * INDENT);
        }
        self.raw("</w:pPr>");
        self.bookmark(anchor);
        self.runs(runs);
        self.raw("</w:p>\n");
    }

    fn bookmark(&mut self, anchor: Option<&str>) {
        let Some(anchor) = anchor else { return };
        self.bookmarks += 1;
        let number = self.bookmarks;
        let _ = write!(
            self.out,
            "<w:bookmarkStart w:id=\"{number}\" w:name=\"{}\"/><w:bookmarkEnd w:id=\"{number}\"/>",
            bookmark(anchor)
        );
    }

    fn runs(&mut self, runs: &[Run]) {
        for run in runs {
            match &run.to {
                None => self.run(run),
                Some(Target::Here(anchor)) => {
                    let _ = write!(self.out, "<w:hyperlink w:anchor=\"{}\" w:history=\"1\">", bookmark(anchor));
                    self.run(run);
                    self.raw("</w:hyperlink>");
                }
                Some(Target::Web(url)) => {
                    let next = self.urls.len() + 1;
                    let number = *self.urls.entry(url.clone()).or_insert(next);
                    let _ = write!(self.out, "<w:hyperlink r:id=\"web{number}\" w:history=\"1\">");
                    self.run(run);
                    self.raw("</w:hyperlink>");
                }
            }
        }
    }

    fn run(&mut self, run: &Run) {
        self.raw("<w:r>");
        let Looks { style, bold, colour, fill } = Looks::of(run);
        let mut looks = String::new();
        looks.extend(style.map(|style| format!("<w:rStyle w:val=\"{style}\"/>")));
        // A link that is code, too, has but one style.
        let is_code_link = run.is_code && run.to.is_some();
        looks.push_str(if is_code_link {
            "<w:rFonts w:ascii=\"Consolas\" w:hAnsi=\"Consolas\" w:cs=\"Consolas\"/>"
        } else {
            ""
        });
        looks.push_str(if bold { "<w:b/>" } else { "" });
        looks.push_str(if run.is_emphasised { "<w:i/>" } else { "" });
        looks.push_str(if run.is_struck { "<w:strike/>" } else { "" });
        looks.extend(colour.map(|colour| format!("<w:color w:val=\"{colour}\"/>")));
        looks.push_str(if run.is_small { "<w:sz w:val=\"16\"/><w:szCs w:val=\"16\"/>" } else { "" });
        looks.extend(fill.map(|fill| format!("<w:shd w:val=\"clear\" w:color=\"auto\" w:fill=\"{fill}\"/>")));
        if !looks.is_empty() {
            let _ = write!(self.out, "<w:rPr>{looks}</w:rPr>");
        }
        for (index, line) in run.text.split('\n').enumerate() {
            self.raw(if index > 0 { "<w:br/>" } else { "" });
            for (index, piece) in line.split('\t').enumerate() {
                self.raw(if index > 0 { "<w:tab/>" } else { "" });
                if !piece.is_empty() {
                    self.raw("<w:t xml:space=\"preserve\">");
                    self.text(piece);
                    self.raw("</w:t>");
                }
            }
        }
        self.raw("</w:r>");
    }

    fn table(&mut self, table: &Table) {
        self.raw("<w:tbl><w:tblPr><w:tblStyle w:val=\"Entries\"/><w:tblW w:w=\"5000\" w:type=\"pct\"/><w:tblLayout w:type=\"fixed\"/>");
        self.raw("<w:tblLook w:val=\"0020\" w:firstRow=\"1\" w:lastRow=\"0\" w:firstColumn=\"0\" w:lastColumn=\"0\" w:noHBand=\"1\" w:noVBand=\"1\"/>");
        if !table.caption.is_empty() {
            let _ = write!(self.out, "<w:tblCaption w:val=\"{}\"/>", table.caption);
        }
        self.raw("</w:tblPr><w:tblGrid>");
        for width in &table.widths {
            let _ = write!(self.out, "<w:gridCol w:w=\"{}\"/>", width * WIDTH / 1000);
        }
        self.raw("</w:tblGrid>\n<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>");
        self.cells(table, &table.head, None);
        self.raw("</w:tr>\n");
        for Row { anchor, cells } in &table.rows {
            self.raw("<w:tr><w:trPr><w:cantSplit/></w:trPr>");
            self.cells(table, cells, anchor.as_deref());
            self.raw("</w:tr>\n");
        }
        // Two tables with nothing between them would be one.
        self.raw("</w:tbl>\n<w:p/>\n");
    }

    fn cells(&mut self, table: &Table, cells: &[Vec<Run>], anchor: Option<&str>) {
        let nothing = Vec::new();
        for (index, width) in table.widths.iter().enumerate() {
            let _ = write!(
                self.out,
                "<w:tc><w:tcPr><w:tcW w:w=\"{}\" w:type=\"dxa\"/></w:tcPr><w:p>",
                width * WIDTH / 1000
            );
            self.bookmark(anchor.filter(|_| index == 0));
            self.runs(cells.get(index).unwrap_or(&nothing));
            self.raw("</w:p></w:tc>");
        }
    }
}

/// How a run looks in this format.
#[derive(Default)]
struct Looks {
    style: Option<&'static str>,
    bold: bool,
    colour: Option<&'static str>,
    fill: Option<&'static str>,
}

impl Looks {
    fn of(run: &Run) -> Self {
        let style = match (&run.to, run.is_code) {
            (Some(_), _) => Some("Hyperlink"),
            (None, true) => Some("Code"),
            (None, false) => None,
        };
        let faint = (run.is_small && run.to.is_none()).then_some("444444");
        let plain = Self { style, bold: run.is_strong, colour: faint, fill: None };
        let badge = |colour, fill| Self { colour: Some(colour), fill: Some(fill), ..Self::default() };
        match run.tone {
            None => plain,
            Some(Tone::Plain) => badge("444444", "F5F5F5"),
            Some(Tone::Good) => badge("14692F", "E3F3E8"),
            Some(Tone::Watch) => badge("7A4D00", "FDF0D5"),
            Some(Tone::Bad) => badge("A3161F", "FDE8E8"),
            Some(Tone::Marking(marking)) => Self { bold: true, ..badge(marking_colour(marking), "000000") },
        }
    }
}

/// The colours of FIRST for TLP 2.0, on black.
fn marking_colour(marking: Marking) -> &'static str {
    match marking {
        Marking::Clear => "FFFFFF",
        Marking::Green => "33FF00",
        Marking::Amber | Marking::AmberStrict => "FFC000",
        Marking::Red => "FF2B2B",
    }
}

fn named(style: Style, at: At) -> &'static str {
    match style {
        Style::Body if at.depth > 0 => "ListParagraph",
        Style::Body if at.in_quote => "Quote",
        Style::Body => "Normal",
        Style::Title => "Title",
        Style::Above => "Above",
        Style::Label => "Label",
        Style::Meaning => "Meaning",
        Style::Warning => "Warning",
        Style::Origin => "Origin",
    }
}

/// The name of a bookmark: letters, digits and `_`, as word processors have them.
fn bookmark(anchor: &str) -> String {
    anchor.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

fn relationships(urls: &BTreeMap<String, usize>) -> String {
    let mut out = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\n".to_owned();
    for (id, kind) in [
        ("styles", "styles"),
        ("numbering", "numbering"),
        ("settings", "settings"),
        ("header", "header"),
        ("footer", "footer"),
    ] {
        let _ = writeln!(out, "<Relationship Id=\"{id}\" Type=\"{OFFICE}/{kind}\" Target=\"{kind}.xml\"/>");
    }
    for (url, number) in urls {
        let _ = write!(out, "<Relationship Id=\"web{number}\" Type=\"{OFFICE}/hyperlink\" Target=\"");
        escape::html(&mut out, url);
        out.push_str("\" TargetMode=\"External\"/>\n");
    }
    out.push_str("</Relationships>");
    out
}

fn numbering(numbered: &[(usize, u64)]) -> String {
    let mut out = format!("<w:numbering {W}>\n");
    for (list, format, text) in [(0, "bullet", None), (1, "decimal", Some('%'))] {
        let _ = write!(out, "<w:abstractNum w:abstractNumId=\"{list}\"><w:multiLevelType w:val=\"multilevel\"/>");
        for level in 0..=DEEPEST {
            let mark = text.map_or("•".to_owned(), |percent| format!("{percent}{}.", level + 1));
            let _ = write!(
                out,
                "<w:lvl w:ilvl=\"{level}\"><w:start w:val=\"1\"/><w:numFmt w:val=\"{format}\"/><w:lvlText w:val=\"{mark}\"/>\
                 <w:lvlJc w:val=\"left\"/><w:pPr><w:ind w:left=\"{}\" w:hanging=\"{INDENT}\"/></w:pPr></w:lvl>",
                (level + 1) * INDENT
            );
        }
        out.push_str("</w:abstractNum>\n");
    }
    let _ = writeln!(out, "<w:num w:numId=\"{BULLETS}\"><w:abstractNumId w:val=\"0\"/></w:num>");
    for (index, (level, first)) in numbered.iter().enumerate() {
        let _ = writeln!(
            out,
            "<w:num w:numId=\"{}\"><w:abstractNumId w:val=\"1\"/><w:lvlOverride w:ilvl=\"{level}\"><w:startOverride w:val=\"{first}\"/>\
             </w:lvlOverride></w:num>",
            BULLETS + 1 + index
        );
    }
    out.push_str("</w:numbering>");
    out
}

/// What stands at the top of each page: the number of the case and the marking.
fn header(paper: &Paper) -> String {
    let mut out =
        format!("<w:hdr {W}><w:p><w:pPr><w:pStyle w:val=\"Header\"/></w:pPr><w:r><w:t xml:space=\"preserve\">");
    escape::html(&mut out, &paper.case_id);
    let _ = write!(
        out,
        "</w:t></w:r><w:r><w:tab/></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>{}</w:t></w:r></w:p></w:hdr>",
        paper.marking
    );
    out
}

/// What stands at the bottom of each page: the marking, and which page it is.
fn footer(paper: &Paper) -> String {
    let field = |name: &str| format!("<w:fldSimple w:instr=\" {name} \"><w:r><w:t>1</w:t></w:r></w:fldSimple>");
    format!(
        "<w:ftr {W}><w:p><w:pPr><w:pStyle w:val=\"Footer\"/></w:pPr><w:r><w:rPr><w:b/></w:rPr><w:t>{}</w:t></w:r><w:r><w:tab/></w:r>{}\
         <w:r><w:t xml:space=\"preserve\"> / </w:t></w:r>{}</w:p></w:ftr>",
        paper.marking,
        field("PAGE"),
        field("NUMPAGES"),
    )
}

/// What the document says of itself: its title and marking, and of nobody and no machine.
fn properties(paper: &Paper) -> String {
    let mut out =
        "<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title>"
            .to_owned();
    escape::html(&mut out, &paper.title);
    let _ = write!(
        out,
        "</dc:title><dc:language>en-GB</dc:language><cp:keywords>{}</cp:keywords></cp:coreProperties>",
        paper.marking
    );
    out
}
