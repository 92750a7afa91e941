//! What is above the audience's marking, whom it must not name, and live indicators, looked for in the finished bytes.

use super::canon::canon;
use super::{Examined, Refusal};
use crate::model::{Body, Datum, Entry, LeftOut, Person};
use crate::report::{Dialect, RenderedFile, defanged, html, json};
use crate::values::EntryId;
use crate::values::vocabulary::{Marking, Naming};
use aho_corasick::AhoCorasick;
use pulldown_cmark::{Event, Options, Parser, Tag};
use std::collections::{BTreeMap, BTreeSet};

/// Values of fewer letters and digits are not looked for: they stand everywhere.
const SHORTEST: usize = 4;

/// Names that every machine has, and that nobody is known by: those of local and service accounts of Windows (Microsoft,
/// "Security identifiers") and of Unix. Beside them this program's own, which every report names.
const EVERYWHERE: &[&str] = &[
    " admin ",
    " administrator ",
    " casebook ",
    " guest ",
    " local service ",
    " localhost ",
    " network service ",
    " nobody ",
    " root ",
    " system ",
    " user ",
];

/// What must not be found.
pub struct Secrets<'e> {
    /// What is not to be told in any form.
    hidden: Option<Search<'e>>,
    /// What is not to be told as it is.
    live: Option<Search<'e>>,
}

/// Something that must not be found.
enum Secret<'e> {
    /// A text of an entry that is left out.
    Text(EntryId, &'e str, LeftOut),
    /// The title of the case, and how it is marked.
    Title(&'e str, Marking),
    /// What a person is known by, where nobody is to be named.
    Name(&'e str),
    /// The value of an indicator.
    Value(EntryId),
}

impl<'e> Secrets<'e> {
    pub fn of(examined: &Examined<'e>) -> Self {
        let mut hidden = BTreeMap::new();
        for (id, reason) in &examined.told.left_out {
            if let (LeftOut::Above(_) | LeftOut::Bereft, Some(entry)) = (reason, examined.case.get(*id)) {
                for text in texts(entry) {
                    hidden.entry(canon(text)).or_insert(Secret::Text(*id, text, *reason));
                }
            }
        }
        if let (Some(marking), Some(record)) = (examined.told.withheld, &examined.case.record) {
            let title = record.value.title.as_str();
            hidden.entry(canon(title)).or_insert(Secret::Title(title, marking));
        }
        if examined.profile.people != Naming::Names {
            let team = examined.case.team.as_ref();
            for person in team.into_iter().flat_map(|team| &team.value.people) {
                for text in names(person) {
                    hidden.entry(canon(text)).or_insert(Secret::Name(text));
                }
            }
        }
        hidden.retain(|text, _| is_telling(text));
        if !hidden.is_empty() {
            // What is told in a field of its own is no secret, whatever else it is called.
            for text in examined.told.case.entries.values().flat_map(texts) {
                hidden.remove(&canon(text));
            }
        }
        let mut live = BTreeMap::new();
        if !examined.profile.live {
            for (entry, indicator) in examined.case.indicators() {
                if let Some((value, _)) = defanged::live(indicator) {
                    live.entry(value.to_lowercase()).or_insert(Secret::Value(entry.id()));
                }
            }
        }
        Self { hidden: Search::of(hidden), live: Search::of(live) }
    }

    pub fn found_in(&self, file: &RenderedFile) -> Vec<Refusal> {
        if self.hidden.is_none() && self.live.is_none() {
            return Vec::new();
        }
        let mut refusals = Vec::new();
        for text in readings(file) {
            refusals.extend(self.live.iter().flat_map(|search| search.found_in(&text.to_lowercase())));
            refusals.extend(self.hidden.iter().flat_map(|search| search.found_in(&canon(&text))));
        }
        refusals
    }
}

impl Secret<'_> {
    fn refusal(&self) -> Refusal {
        match self {
            Secret::Text(id, text, reason) => {
                Refusal::new(Some(*id), format!("“{text}” of {id}, which is {reason}, is in the report"), REWORD)
            }
            Secret::Title(title, marking) => Refusal::new(
                None,
                format!("the title of the case, “{title}”, which is marked {marking}, is in the report"),
                REWORD,
            ),
            Secret::Name(name) => {
                Refusal::new(None, format!("“{name}” is in the report, which is to name nobody"), REWORD)
            }
            Secret::Value(id) => Refusal::new(
                Some(*id),
                format!("the indicator {id} is in the report as it is, and could be opened by accident"),
                "write its value in one piece, so that it can be taken apart",
            ),
        }
    }
}

const REWORD: &str = "say it in other words there, or raise the marking of the entry that says it";

/// A search for many texts at once.
struct Search<'e> {
    matcher: AhoCorasick,
    /// What each of the texts is.
    secrets: Vec<Secret<'e>>,
}

impl<'e> Search<'e> {
    fn of(texts: BTreeMap<String, Secret<'e>>) -> Option<Self> {
        if texts.is_empty() {
            return None;
        }
        let (texts, secrets): (Vec<String>, Vec<Secret<'e>>) = texts.into_iter().unzip();
        AhoCorasick::new(&texts).ok().map(|matcher| Self { matcher, secrets })
    }

    fn found_in(&self, text: &str) -> Vec<Refusal> {
        let hits: BTreeSet<usize> =
            self.matcher.find_overlapping_iter(text).map(|hit| hit.pattern().as_usize()).collect();
        hits.into_iter().filter_map(|hit| self.secrets.get(hit)).map(Secret::refusal).collect()
    }
}

/// Whether a text says enough to be known by.
fn is_telling(text: &str) -> bool {
    text.chars().filter(|c| c.is_alphanumeric()).count() >= SHORTEST && !EVERYWHERE.contains(&text)
}

/// The texts by which an entry is known: not its prose, which nobody repeats word by word.
fn texts(entry: &Entry) -> Vec<&str> {
    let mut texts = Vec::new();
    entry.visit(&mut |route, datum| {
        let is_digest = |text: &str| text.starts_with("sha256:");
        match datum {
            // Where evidence is cited, what stands there is evidence, and words of a tool.
            Datum::Text(text) if !is_digest(text) && route.last_key() != Some("tags") => texts.push(text),
            _ => {}
        }
    });
    if let Body::Indicator(indicator) = &entry.body {
        texts.push(indicator.value.as_str());
    }
    texts
}

fn names(person: &Person) -> Vec<&str> {
    let email = person.email.iter().map(|email| email.as_str());
    email.chain([person.name.as_str(), person.handle.as_str()]).collect()
}

/// The ways to read a file: with its markup as spaces, and with its markup as nothing, so that markup can take nothing apart.
fn readings(file: &RenderedFile) -> Vec<String> {
    match file.dialect {
        Dialect::Html if file.is_templated => {
            // A style of the team's own may say something; ours does not.
            let html = html::without_style(&file.content).replace("<style", "<div").replace("</style", "</div");
            vec![without_tags(&html, " "), without_tags(&html, "")]
        }
        Dialect::Html | Dialect::Docx => vec![without_tags(&file.content, " "), without_tags(&file.content, "")],
        Dialect::Markdown if file.is_templated => {
            vec![file.content.clone(), without_marks(&file.content), as_read(&file.content)]
        }
        Dialect::Markdown => vec![file.content.clone(), without_marks(&file.content)],
        Dialect::Json => {
            let texts = json::texts(&file.content);
            let without = without_marks(&texts);
            vec![texts, without]
        }
        #[cfg(feature = "pdf")]
        Dialect::Pdf => data_readings(&file.content).to_vec(),
    }
}

/// The text of Markdown as a reader sees it, with the targets of its links.
fn as_read(markdown: &str) -> String {
    let mut text = String::with_capacity(markdown.len());
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Text(said) | Event::Code(said) => text.push_str(&said),
            Event::Start(Tag::Link { dest_url, title, .. }) => text.push_str(&format!(" {dest_url} {title} ")),
            Event::Start(Tag::Paragraph | Tag::Heading { .. } | Tag::Item | Tag::TableCell) => text.push('\n'),
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            _ => {}
        }
    }
    text
}

fn without_marks(markdown: &str) -> String {
    markdown.replace(['\\', '*', '_', '~', '`'], "")
}

/// All texts in the data of a PDF, with their looks and the pictures apart and with nothing between them.
#[cfg(feature = "pdf")]
fn data_readings(data: &str) -> [String; 2] {
    let (mut texts, mut all) = (Vec::new(), Vec::new());
    fn visit(value: &serde_json::Value, name: &str, texts: &mut Vec<String>, all: &mut Vec<String>) {
        match value {
            serde_json::Value::String(text) if name == "svg" => {
                all.push(without_tags(text, " "));
                all.push(without_tags(text, ""));
            }
            serde_json::Value::String(text) => {
                if name == "text" {
                    texts.push(text.clone());
                }
                all.push(text.clone());
            }
            serde_json::Value::Array(values) => values.iter().for_each(|value| visit(value, name, texts, all)),
            serde_json::Value::Object(values) => {
                values.iter().for_each(|(name, value)| visit(value, name, texts, all));
            }
            _ => {}
        }
    }
    match serde_json::from_str(data) {
        Ok(value) => visit(&value, "", &mut texts, &mut all),
        // What cannot be read is read as it is.
        Err(_) => all.push(data.to_owned()),
    }
    [all.join(" "), texts.concat()]
}

/// The text of a file with tags, with its attributes: `alt`, `title` and links are read, too.
fn without_tags(html: &str, space: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut attributes = String::new();
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        out.push_str(&rest[..open]);
        let Some(close) = rest[open..].find('>') else { break };
        out.push_str(space);
        if rest[open..].starts_with("<style>") {
            // Our own, where no text of the case is but for the number on the margin of a page.
            rest = rest[open..].find("</style>").map_or("", |end| &rest[open + end..]);
            continue;
        }
        let tag = &rest[open + 1..open + close];
        for value in tag.split('"').skip(1).step_by(2) {
            attributes.push(' ');
            attributes.push_str(value);
        }
        rest = &rest[open + close + 1..];
    }
    out.push_str(rest);
    out.push_str(&attributes);
    decoded(&out)
}

/// The characters behind the references that the report writes.
fn decoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, after) = rest.split_at(at);
        let known = REFERENCES.iter().find(|(reference, _)| after.starts_with(reference));
        let (reference, character) = known.unwrap_or(&("&", "&"));
        out.push_str(before);
        out.push_str(character);
        rest = &after[reference.len()..];
    }
    out.push_str(rest);
    out
}

const REFERENCES: [(&str, &str); 6] =
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&nbsp;", " "), ("&amp;", "&")];
