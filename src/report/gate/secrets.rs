//! What is above the audience's marking, whom it must not name, and live indicators, looked for in the finished bytes.

use super::canon::canon;
use super::{Examined, Refusal};
use crate::model::{Body, Datum, Entry, LeftOut, Person};
use crate::report::{Dialect, RenderedFile, defanged, html, json};
use crate::values::EntryId;
use crate::values::vocabulary::Naming;
use aho_corasick::AhoCorasick;
use pulldown_cmark::{Event, Options, Parser, Tag};
use std::collections::{BTreeMap, BTreeSet};

/// Values of fewer letters and digits are not looked for: they stand everywhere.
const SHORTEST: usize = 4;

/// Names that every machine has, and that nobody is known by: those of local and service accounts of Windows (Microsoft,
/// "Security identifiers") and of Unix.
const EVERYWHERE: &[&str] = &[
    " admin ",
    " administrator ",
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
pub struct Secrets {
    /// What is not to be told in any form, with the reason.
    hidden: Option<(AhoCorasick, Vec<Refusal>)>,
    /// What is not to be told as it is.
    live: Option<(AhoCorasick, Vec<Refusal>)>,
}

impl Secrets {
    pub fn of(examined: &Examined<'_>) -> Self {
        let mut hidden = BTreeMap::new();
        for (id, reason) in &examined.told.left_out {
            if let (LeftOut::Above(_) | LeftOut::Bereft, Some(entry)) = (reason, examined.case.get(*id)) {
                for text in texts(entry) {
                    hidden.entry(canon(text)).or_insert_with(|| of_entry(*id, text, reason));
                }
            }
        }
        if let (Some(marking), Some(record)) = (examined.told.withheld, &examined.case.record) {
            let title = record.value.title.as_str();
            hidden.entry(canon(title)).or_insert_with(|| {
                Refusal::new(
                    None,
                    format!("the title of the case, “{title}”, which is marked {marking}, is in the report"),
                    REWORD,
                )
            });
        }
        if examined.profile.people != Naming::Names {
            let team = examined.case.team.as_ref();
            for person in team.into_iter().flat_map(|team| &team.value.people) {
                for text in names(person) {
                    hidden.entry(canon(text)).or_insert_with(|| {
                        Refusal::new(None, format!("“{text}” is in the report, which is to name nobody"), REWORD)
                    });
                }
            }
        }
        // What is told in a field of its own is no secret, whatever else it is called.
        let told: BTreeSet<String> =
            examined.told.case.entries.values().flat_map(|entry| texts(entry).into_iter().map(canon)).collect();
        hidden.retain(|text, _| is_telling(text) && !told.contains(text));
        let mut live = BTreeMap::new();
        if !examined.profile.live {
            for (entry, indicator) in examined.case.indicators() {
                if let Some((value, _)) = defanged::live(indicator) {
                    live.entry(value.to_lowercase()).or_insert_with(|| {
                        let says = format!(
                            "the indicator {} is in the report as it is, and could be opened by accident",
                            entry.id()
                        );
                        Refusal::new(
                            Some(entry.id()),
                            says,
                            "write its value in one piece, so that it can be taken apart",
                        )
                    });
                }
            }
        }
        Self { hidden: matcher(hidden), live: matcher(live) }
    }

    pub fn found_in(&self, file: &RenderedFile) -> Vec<Refusal> {
        if self.hidden.is_none() && self.live.is_none() {
            return Vec::new();
        }
        let mut refusals = Vec::new();
        for text in readings(file) {
            refusals.extend(found(&self.live, &text.to_lowercase()));
            if self.hidden.is_some() {
                refusals.extend(found(&self.hidden, &canon(&text)));
            }
        }
        refusals
    }
}

/// Whether a text says enough to be known by.
fn is_telling(text: &str) -> bool {
    text.chars().filter(|c| c.is_alphanumeric()).count() >= SHORTEST && !EVERYWHERE.contains(&text)
}

const REWORD: &str = "say it in other words there, or raise the marking of the entry that says it";

fn of_entry(id: EntryId, text: &str, reason: &LeftOut) -> Refusal {
    Refusal::new(Some(id), format!("“{text}” of {id}, which is {reason}, is in the report"), REWORD)
}

fn matcher(texts: BTreeMap<String, Refusal>) -> Option<(AhoCorasick, Vec<Refusal>)> {
    if texts.is_empty() {
        return None;
    }
    let (texts, refusals): (Vec<String>, Vec<Refusal>) = texts.into_iter().unzip();
    AhoCorasick::new(&texts).ok().map(|matcher| (matcher, refusals))
}

fn found(matcher: &Option<(AhoCorasick, Vec<Refusal>)>, text: &str) -> Vec<Refusal> {
    let Some((matcher, refusals)) = matcher else { return Vec::new() };
    let hits: BTreeSet<usize> = matcher.find_overlapping_iter(text).map(|hit| hit.pattern().as_usize()).collect();
    hits.into_iter().filter_map(|hit| refusals.get(hit).cloned()).collect()
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
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&nbsp;", " "), ("&amp;", "&")]
        .into_iter()
        .fold(text.to_owned(), |text, (reference, character)| text.replace(reference, character))
}
