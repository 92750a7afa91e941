//! The report as one HTML file that needs nothing else: no script, nothing to load, readable on a screen, on a phone and on
//! paper. Every text goes through [`escape::html`]; there is no other way into the file.

pub(super) mod figure;
mod prose;
mod remarks;

use super::escape;
use super::outline::{Banner, Block, Card, CitationLine, Fact, Outline, Row, Section, Span, Table, Tone};
use super::prose::safe_url;
use super::section::marking_words;
use crate::report::REBUILT;
use crate::values::EntryId;
use crate::values::vocabulary::Marking;
use std::collections::BTreeMap;
use std::fmt::Write;

const STYLE: [&str; 3] = [include_str!("style.css"), figure::STYLE, include_str!("paper.css")];

/// With more cards than this in a section, the table of contents does not list them.
const LISTED: usize = 40;

/// Writes the whole report.
pub fn write(outline: &Outline<'_>) -> String {
    let mut writer = Writer { out: String::with_capacity(256 * 1024), outline, figures: 0 };
    writer.head();
    writer.banner(&outline.banner);
    writer.raw("<div class=\"page\">\n");
    writer.contents();
    writer.raw("<main id=\"content\">\n");
    for section in &outline.sections {
        writer.section(section);
    }
    writer.raw("</main>\n</div>\n");
    writer.footer();
    writer.raw("</body>\n</html>\n");
    writer.out
}

/// The style sheet of our own page.
pub(super) fn style() -> String {
    STYLE.concat()
}

/// What stands first in the head of every page: how its bytes are read, and that nothing in it runs or loads anything.
pub(super) const GUARD: &str = "<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
     style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'\">\n";

/// Whether a page begins with what guards it, and nothing before that could be read otherwise.
pub(super) fn is_guarded(page: &str) -> bool {
    let head = page.trim_start().strip_prefix("<!doctype html>").map(str::trim_start);
    let head = head.and_then(|rest| rest.strip_prefix("<html")).and_then(|rest| rest.split_once('>'));
    let head = head.and_then(|(_, rest)| rest.trim_start().strip_prefix("<head>"));
    head.is_some_and(|rest| rest.trim_start().starts_with(GUARD.trim_end()))
}

/// A page without our own style sheet.
pub(super) fn without_style(page: &str) -> String {
    page.replace(&style(), "")
}

/// Writes each section, by its anchor.
pub(super) fn sections(outline: &Outline<'_>) -> BTreeMap<&'static str, String> {
    let mut writer = Writer { out: String::new(), outline, figures: 0 };
    let mut write = |section| {
        writer.section(section);
        std::mem::take(&mut writer.out)
    };
    outline.sections.iter().map(|section| (section.anchor, write(section))).collect()
}

/// Writes where the report comes from, and how it is made again.
pub(super) fn provenance(outline: &Outline<'_>) -> String {
    let mut writer = Writer { out: String::new(), outline, figures: 0 };
    writer.provenance();
    writer.out
}

/// Writes a marking.
pub(super) fn marking(marking: Marking) -> String {
    format!("<span class=\"tlp {}\">{}</span>", marking_class(marking), marking_words(marking))
}

/// Writes one text of a case, below a heading of the third level.
pub(super) fn prose_alone(outline: &Outline<'_>, text: &str) -> String {
    let mut writer = Writer { out: String::new(), outline, figures: 0 };
    writer.prose(text, 3);
    writer.out
}

struct Writer<'o, 'c> {
    out: String,
    outline: &'o Outline<'c>,
    /// How many figures it has so far: their ids count them.
    figures: usize,
}

impl<'c> Writer<'_, 'c> {
    /// Writes markup of this module; never a text of the case.
    fn raw(&mut self, markup: &str) {
        self.out.push_str(markup);
    }

    fn text(&mut self, text: &str) {
        escape::html(&mut self.out, &self.outline.defanged.text(text));
    }

    fn head(&mut self) {
        let banner = &self.outline.banner;
        self.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n");
        self.raw(GUARD);
        self.raw(
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"robots\" content=\"noindex\">\n\
             <meta name=\"referrer\" content=\"no-referrer\">\n<title>",
        );
        self.count_in_title();
        if !banner.case_id.is_empty() {
            self.text(&banner.case_id);
            self.raw(": ");
        }
        self.text(&banner.title);
        let _ = write!(self.out, " ({})", marking_words(banner.marking));
        self.raw("</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>\n");
        STYLE.into_iter().for_each(|part| self.raw(part));
        if self.outline.remarks.is_some() {
            self.raw(remarks::STYLE);
        }
        self.page_margins();
        self.raw("</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#content\">Skip to the content</a>\n");
    }

    /// What paper has in the margins of each page: the marking and the case.
    fn page_margins(&mut self) {
        let banner = &self.outline.banner;
        let _ = write!(
            self.out,
            "@page {{ @top-right {{ content: \"{}\"; }} @top-left {{ content: \"",
            marking_words(banner.marking)
        );
        escape::css(&mut self.out, &banner.case_id);
        self.raw("\"; } }\n");
    }

    fn banner(&mut self, banner: &Banner<'c>) {
        self.raw("<header class=\"banner\">\n<p class=\"above\">");
        self.marking(banner.marking);
        if !banner.case_id.is_empty() {
            self.raw("<span class=\"case\">");
            self.text(&banner.case_id);
            self.raw("</span>");
        }
        self.raw("</p>\n<h1>");
        self.text(&banner.title);
        self.raw("</h1>\n");
        if !banner.facts.is_empty() {
            self.raw("<dl class=\"glance\">\n");
            self.facts_inside(&banner.facts);
            self.raw("</dl>\n");
        }
        self.raw("<p class=\"meaning\">");
        self.raw(meaning(banner.marking));
        self.raw("</p>\n");
        for (tone, warning) in &banner.warnings {
            self.raw(if *tone == Tone::Bad { "<p class=\"warning bad\">" } else { "<p class=\"warning\">" });
            self.line(warning);
            self.raw("</p>\n");
        }
        self.remarks();
        self.raw("</header>\n");
    }

    fn contents(&mut self) {
        self.raw("<nav class=\"toc\" aria-label=\"Contents\">\n<ol>\n");
        for section in &self.outline.sections {
            let _ = write!(self.out, "<li><a href=\"#{}\">{}", section.anchor, section.title);
            if let Some(count) = section.count {
                let _ = write!(self.out, " <span class=\"count\">{count}</span>");
            }
            self.raw("</a>");
            let cards: Vec<&Card<'c>> = cards(section).take(LISTED + 1).collect();
            if section.anchor == "findings" && (1..=LISTED).contains(&cards.len()) {
                self.raw("\n<ol>\n");
                for card in cards {
                    self.raw("<li><a href=\"#");
                    self.text(&card.anchor);
                    self.raw("\">");
                    self.text(&card.title);
                    self.raw("</a></li>\n");
                }
                self.raw("</ol>\n");
            }
            self.raw("</li>\n");
        }
        self.raw("</ol>\n</nav>\n");
    }

    fn section(&mut self, section: &Section<'c>) {
        let _ = write!(self.out, "<section id=\"{}\">\n<h2>{}", section.anchor, section.title);
        if let Some(count) = section.count {
            let _ = write!(self.out, " <span class=\"count\">{count}</span>");
        }
        self.raw("</h2>\n");
        self.blocks(&section.blocks);
        self.raw("</section>\n");
    }

    fn blocks(&mut self, blocks: &[Block<'c>]) {
        for block in blocks {
            match block {
                Block::Heading(heading) => {
                    let _ = writeln!(self.out, "<h3>{heading}</h3>");
                }
                Block::Label(label) => {
                    let _ = writeln!(self.out, "<p class=\"label\">{label}</p>");
                }
                Block::Text(line) => {
                    self.raw("<p>");
                    self.line(line);
                    self.raw("</p>\n");
                }
                Block::Prose(text) => {
                    self.raw("<div class=\"prose\">\n");
                    // Prose of a section stands under its h2, prose of a card under its h3.
                    self.prose(text, 3);
                    self.raw("</div>\n");
                }
                Block::Facts(facts) => self.facts(facts),
                Block::List(lines) => {
                    self.raw("<ul>\n");
                    for line in lines {
                        self.raw("<li>");
                        self.line(line);
                        self.raw("</li>\n");
                    }
                    self.raw("</ul>\n");
                }
                Block::Table(table) => self.table(table),
                Block::Citations(citations) => self.citations(citations),
                Block::Card(card) => self.card(card),
                Block::Figure(figure) => self.figure(figure),
            }
        }
    }

    fn facts(&mut self, facts: &[Fact<'c>]) {
        if facts.is_empty() {
            return;
        }
        self.raw("<dl class=\"facts\">\n");
        self.facts_inside(facts);
        self.raw("</dl>\n");
    }

    fn facts_inside(&mut self, facts: &[Fact<'c>]) {
        for fact in facts {
            self.raw("<div><dt>");
            self.text(&fact.name);
            self.raw("</dt><dd>");
            self.line(&fact.value);
            self.raw("</dd></div>\n");
        }
    }

    fn card(&mut self, card: &Card<'c>) {
        self.raw("<article class=\"card\" id=\"");
        self.text(&card.anchor);
        self.raw("\">\n<h3><span class=\"number\">");
        self.text(&card.label);
        self.raw("</span> ");
        self.text(&card.title);
        self.raw("</h3>\n");
        if !card.badges.is_empty() {
            self.raw("<p class=\"badges\">");
            self.line(&card.badges);
            self.raw(" <a class=\"id\" href=\"#");
            self.text(&card.anchor);
            self.raw("\">");
            self.text(&card.anchor);
            self.raw("</a></p>\n");
        }
        self.problems_of(&card.anchor);
        self.blocks(&card.blocks);
        self.raw("</article>\n");
    }

    fn table(&mut self, table: &Table<'c>) {
        let _ = write!(
            self.out,
            "<table class=\"w{}\">\n<caption>{}</caption>\n<thead><tr>",
            table.columns.len(),
            table.caption
        );
        for column in table.columns {
            let _ = write!(self.out, "<th scope=\"col\">{column}</th>");
        }
        self.raw("</tr></thead>\n<tbody>\n");
        for row in &table.rows {
            self.row(row, table.columns);
        }
        self.raw("</tbody>\n</table>\n");
    }

    fn row(&mut self, row: &Row<'c>, columns: &[&str]) {
        match row.entry {
            Some(id) => {
                let _ = write!(self.out, "<tr id=\"{id}\">");
            }
            None => self.raw("<tr>"),
        }
        for (index, (cell, column)) in row.cells.iter().zip(columns).enumerate() {
            // On a phone, where cells stand below each other, one that says nothing is left out.
            let says_nothing = matches!(cell.as_slice(), [Span::Nothing]);
            self.raw(if says_nothing { "<td class=\"none\" data-name=\"" } else { "<td data-name=\"" });
            self.raw(column);
            self.raw("\"><div>");
            self.line(cell);
            if let Some(id) = row.entry.filter(|_| index == 0) {
                let _ = write!(self.out, "<a class=\"id\" href=\"#{id}\">{id}</a>");
            }
            self.raw("</div></td>");
        }
        self.raw("</tr>\n");
        if let Some(id) = row.entry {
            self.problems_below_row(&id.to_string(), row.cells.len());
        }
    }

    fn citations(&mut self, citations: &[CitationLine<'c>]) {
        self.raw("<ul class=\"citations\">\n");
        for citation in citations {
            self.raw("<li>");
            self.line(&citation.place);
            if let Some(quote) = citation.quote {
                self.raw("<pre class=\"quote\">");
                self.text(quote);
                self.raw("</pre>");
            }
            self.raw("</li>\n");
        }
        self.raw("</ul>\n");
    }

    fn line(&mut self, line: &[Span<'c>]) {
        for (index, span) in line.iter().enumerate() {
            match span {
                Span::Text(text) => self.text(text),
                Span::Strong(text) => self.within("<strong>", text, "</strong>"),
                Span::Code(text) => self.within("<code>", text, "</code>"),
                Span::Nothing => self.raw("<small>–</small>"),
                Span::Small(text) => self.within("<small>", text, "</small>"),
                Span::Badge(Tone::Marking(marking), _) => self.marking(*marking),
                Span::Badge(tone, text) => {
                    if index > 0 && matches!(line[index - 1], Span::Badge(..)) {
                        self.raw(" ");
                    }
                    self.within(open_badge(*tone), text, "</span>");
                }
                Span::Entry(id) => self.entry(*id, true),
                Span::Label(id) => self.entry(*id, false),
                Span::Url(url, words) => match safe_url(url) {
                    Some(url) => self.link(&url, words),
                    None => self.text(words),
                },
                Span::Prose(text) => {
                    self.raw("<span class=\"said\">");
                    self.inline_prose(text);
                    self.raw("</span>");
                }
                Span::Break => self.raw("<br>"),
            }
        }
    }

    fn within(&mut self, open: &str, text: &str, close: &str) {
        self.raw(open);
        self.text(text);
        self.raw(close);
    }

    fn link(&mut self, url: &str, words: &str) {
        // A preview is shown inside a page that lets nothing else be shown there.
        let elsewhere = if self.outline.remarks.is_some() { " target=\"_blank\"" } else { "" };
        let _ = write!(self.out, "<a{elsewhere} rel=\"noopener noreferrer nofollow\" href=\"");
        self.text(url);
        self.within("\">", words, "</a>");
    }

    /// A link to an entry, or its id where the report does not show it.
    fn entry(&mut self, id: EntryId, whole: bool) {
        let outline = self.outline;
        let Some(name) = outline.names.get(id) else {
            let _ = write!(self.out, "<code>{id}</code>");
            return;
        };
        if !outline.shown.contains(&id) {
            self.text(if whole { &name.title } else { &name.label });
            return;
        }
        let _ = write!(self.out, "<a href=\"#{id}\">");
        if !(name.speaks && whole) {
            self.text(&name.label);
        }
        if whole {
            if !name.speaks {
                self.raw(": ");
            }
            self.text(&name.title);
        }
        self.raw("</a>");
    }

    fn marking(&mut self, marking: Marking) {
        self.raw(&self::marking(marking));
    }

    fn provenance(&mut self) {
        let outline = self.outline;
        self.facts(&outline.origin);
        if let Some(rebuild) = &outline.rebuild {
            self.raw("<p>");
            self.raw(REBUILT);
            self.within("<code>", rebuild, "</code>");
            self.raw("</p>\n");
        }
    }

    fn footer(&mut self) {
        let outline = self.outline;
        let what = if outline.remarks.is_some() { "preview" } else { "report" };
        let _ = writeln!(self.out, "<footer>\n<h2>Where this {what} comes from</h2>");
        self.provenance();
        self.raw("<p>");
        self.marking(outline.banner.marking);
        self.raw("</p>\n</footer>\n");
    }
}

fn cards<'s, 'c>(section: &'s Section<'c>) -> impl Iterator<Item = &'s Card<'c>> {
    section.blocks.iter().filter_map(|block| match block {
        Block::Card(card) => Some(card),
        _ => None,
    })
}

fn open_badge(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain | Tone::Marking(_) => "<span class=\"badge\">",
        Tone::Good => "<span class=\"badge good\">",
        Tone::Watch => "<span class=\"badge watch\">",
        Tone::Bad => "<span class=\"badge bad\">",
    }
}

fn marking_class(marking: Marking) -> &'static str {
    match marking {
        Marking::Clear => "clear",
        Marking::Green => "green",
        Marking::Amber | Marking::AmberStrict => "amber",
        Marking::Red => "red",
    }
}

/// What a marking allows, after FIRST's definitions of TLP 2.0 (<https://www.first.org/tlp/>).
pub(super) fn meaning(marking: Marking) -> &'static str {
    match marking {
        Marking::Clear => "May be shared without restriction.",
        Marking::Green => "May be shared within the community, not in public.",
        Marking::Amber => "May be shared on a need-to-know basis within the organisation and with its clients.",
        Marking::AmberStrict => "May be shared on a need-to-know basis within the organisation only.",
        Marking::Red => "For the individual recipients only; not to be shared further.",
    }
}
