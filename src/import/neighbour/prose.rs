//! Texts of neighbours: what an entry says in prose, and what casebook itself wrote into prose when it exported an entry, read back.

use crate::import::{Made, Making};
use crate::model::EvidenceId;
use crate::values::reference::mentions;
use crate::values::time::Known;
use crate::values::{EntryId, Kind, Moment, Precision, Selector, Skew, When};
use std::collections::BTreeMap;
use toml_edit::Value;

/// Prose in the making: what is said first, then facts with their names.
#[derive(Default)]
pub struct Prose {
    parts: Vec<String>,
    facts: Vec<String>,
}

impl Prose {
    pub fn add(&mut self, text: Option<impl AsRef<str>>) -> &mut Self {
        let text = text.as_ref().map(|text| text.as_ref().trim()).unwrap_or_default();
        if !text.is_empty() && !self.parts.iter().any(|part| part == text) {
            self.parts.push(text.to_owned());
        }
        self
    }

    /// A fact that no field holds, as `Name: value`.
    pub fn fact(&mut self, name: &str, value: Option<impl AsRef<str>>) -> &mut Self {
        let value = value.as_ref().map(|value| value.as_ref().trim()).unwrap_or_default();
        if !value.is_empty() {
            self.facts.push(format!("- {name}: {value}"));
        }
        self
    }

    /// Raw text of a tool, which is no Markdown.
    pub fn raw(&mut self, text: Option<impl AsRef<str>>) -> &mut Self {
        let text = text.as_ref().map(|text| text.as_ref().trim()).unwrap_or_default();
        self.add((!text.is_empty()).then(|| fenced(text)))
    }

    pub fn text(&self) -> String {
        let facts = self.facts.join("\n");
        let all = self.parts.iter().chain((!facts.is_empty()).then_some(&facts));
        all.map(String::as_str).collect::<Vec<_>>().join("\n\n")
    }
}

/// A text as a block of code, in a fence that it does not hold.
pub fn fenced(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat((longest + 1).max(3));
    format!("{fence}\n{text}\n{fence}")
}

/// The facts `Name: value` at the end of a text, for these names, and the text before them.
pub fn facts(text: &str, names: &[&str]) -> (String, BTreeMap<String, String>) {
    let mut lines: Vec<&str> = text.lines().collect();
    let mut found = BTreeMap::new();
    while let Some(last) = lines.last() {
        let fact = last.split_once(": ").filter(|(name, _)| names.contains(name));
        let Some((name, value)) = fact.filter(|(name, _)| !found.contains_key(*name)) else { break };
        found.insert(name.to_owned(), value.trim().to_owned());
        lines.pop();
    }
    (lines.join("\n"), found)
}

/// A citation that was written as text: `x-7q2k9dm4 auth.log record:17: "…"`.
pub struct Cited {
    item: EvidenceId,
    path: Option<String>,
    at: Option<Selector>,
    quote: Option<String>,
}

impl Cited {
    pub fn put(self, entry: &mut Made) {
        let mut cells = vec![("item", Value::from(self.item.0.to_string()))];
        cells.extend(self.path.map(|path| ("path", Value::from(path))));
        cells.extend(self.at.map(|at| ("at", Value::from(at.to_string()))));
        cells.extend(self.quote.map(|quote| ("quote", Value::from(quote))));
        entry.row("evidence", cells);
    }
}

/// Takes the citations of items that the case has out of a text, and gives what is left of it.
pub fn citations(text: &str, making: &Making<'_>) -> (String, Vec<Cited>) {
    let mut left: Vec<&str> = Vec::new();
    let mut found = Vec::new();
    let lines: Vec<&str> = text.lines().collect();
    let mut at = 0;
    while at < lines.len() {
        match longest_citation(&lines[at..], making) {
            Some((cited, count)) => {
                found.push(cited);
                at += count;
            }
            None => {
                left.push(lines[at]);
                at += 1;
            }
        }
    }
    (left.join("\n").trim().to_owned(), found)
}

/// The most lines that a quote is looked for in.
const MAX_QUOTE_LINES: usize = 200;

fn longest_citation(lines: &[&str], making: &Making<'_>) -> Option<(Cited, usize)> {
    let item: EntryId = lines.first()?.get(..10)?.parse().ok()?;
    if item.kind() != Kind::Evidence || !making.is_known(item) {
        return None;
    }
    let (head, quoted) = lines[0].split_once(": \"").map_or((lines[0], None), |(head, quote)| (head, Some(quote)));
    let mut words: Vec<&str> = head.split(' ').skip(1).collect();
    let at: Option<Selector> = words.last().and_then(|last| last.parse().ok());
    if at.is_some() {
        words.pop();
    }
    let path = Some(words.join(" ")).filter(|path| !path.is_empty());
    let cited = |quote| Cited { item: EvidenceId(item), path: path.clone(), at: at.clone(), quote };
    let Some(first) = quoted else { return Some((cited(None), 1)) };
    let mut quote = first.to_owned();
    for count in 1..=MAX_QUOTE_LINES {
        if let Some(whole) = quote.strip_suffix('"') {
            return Some((cited(Some(whole.to_owned())), count));
        }
        quote.push('\n');
        quote.push_str(lines.get(count)?);
    }
    None
}

/// A time as it was before casebook wrote it as one moment, by what it wrote beside that: `the source gave …; its clock was …`.
pub fn recalled(when: When, remark: Option<&str>) -> When {
    let (Known::At(at), Some(remark)) = (when.known, remark) else { return When { original: None, ..when } };
    let mut recalled = When { original: None, ..when };
    for said in remark.split("; ") {
        if let Some(text) = said.strip_prefix("the source gave `").and_then(|text| text.strip_suffix('`')) {
            recalled.original = Some(text.to_owned());
        } else if let Some(skew) =
            said.strip_prefix("its clock was ").and_then(|text| text.strip_suffix(" off true time"))
        {
            recalled.skew = skew.parse().ok();
        } else if let Some((from, to)) = said.split_once(" to ")
            && let (Some(from), Some(to)) = (utc(from), utc(to))
        {
            recalled.known = Known::Between(from, to);
        } else if let Some(precision) = said.strip_suffix(')').and_then(|text| text.rsplit_once("(to the ")) {
            recalled.known =
                precision.1.parse().map_or(recalled.known, |precision: Precision| Known::Within(at, precision));
        }
    }
    let shifted = |moment: Moment| shift(moment, recalled.skew);
    recalled.known = match recalled.known {
        Known::At(at) => Known::At(shifted(at)),
        Known::Between(from, to) => Known::Between(shifted(from), shifted(to)),
        Known::Within(at, precision) => Known::Within(shifted(at), precision),
    };
    recalled
}

/// A true time as the clock of its source showed it.
fn shift(moment: Moment, skew: Option<Skew>) -> Moment {
    let ahead = jiff::SignedDuration::from_secs(skew.map_or(0, |skew| skew.0));
    moment.timestamp().checked_add(ahead).map_or(moment, Moment::utc)
}

fn utc(text: &str) -> Option<Moment> {
    let text = text.trim().strip_suffix(" UTC")?.replacen(' ', "T", 1);
    format!("{text}Z").parse().ok()
}

/// A time that casebook wrote as text: `2026-03-01 10:00:00 UTC`, or `2026-03-01T10:00:00Z (the source gave …; its clock was …)`.
pub fn told_time(text: &str) -> Option<When> {
    let (moment, remark) = match text.trim().split_once(" (") {
        Some((moment, rest)) => (moment, Some(rest.strip_suffix(')').unwrap_or(rest))),
        None => (text.trim(), None),
    };
    let at: Moment = utc(moment).or_else(|| moment.trim().parse().ok())?;
    Some(recalled(When::at(at), remark))
}

/// A time as casebook shows it, with how exactly it is known: `2026-03-01 10:00 UTC (to the minute)`, `… to …`.
pub fn shown_time(text: &str) -> Option<When> {
    if let Some((from, to)) = text.split_once(" to ")
        && let (Some(from), Some(to)) = (utc(from), utc(to))
    {
        return Some(When { known: Known::Between(from, to), skew: None, original: None });
    }
    if let Some(at) = utc(text) {
        return Some(When::at(at));
    }
    let (shown, precision) = text.strip_suffix(')')?.split_once(" (to the ")?;
    let precision: Precision = precision.parse().ok()?;
    let shown = shown.trim_end_matches(" UTC").trim_end_matches('h').replacen(' ', "T", 1);
    let rest = "0000-00-00T00:00:00Z".get(shown.len()..)?;
    Some(When { known: Known::Within(format!("{shown}{rest}").parse().ok()?, precision), skew: None, original: None })
}

/// The text with every `[[…]]` that looks like the id of an entry which does not exist between backticks, where it is no mention.
pub fn without_dangling(text: &str, exists: &dyn Fn(EntryId) -> bool) -> Option<String> {
    let looks_like_one =
        |inside: &str| inside.get(1..2) == Some("-") && inside.starts_with(|c: char| "feiardxc".contains(c));
    let dangling: Vec<_> = mentions(text)
        .into_iter()
        .filter(|mention| looks_like_one(mention.inside) && !mention.id().is_some_and(exists))
        .map(|mention| mention.range)
        .collect();
    if dangling.is_empty() {
        return None;
    }
    let mut out = String::with_capacity(text.len() + 2 * dangling.len());
    let mut from = 0;
    for range in dangling {
        out.push_str(&text[from..range.start]);
        out.push_str(&format!("`{}`", &text[range.clone()]));
        from = range.end;
    }
    out.push_str(&text[from..]);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::source;

    #[test]
    fn a_time_comes_back_as_it_was_whatever_is_said_beside_it() {
        let when = |known, skew: Option<&str>, original: Option<&str>| When {
            known,
            skew: skew.map(|text| text.parse().unwrap()),
            original: original.map(str::to_owned),
        };
        let at = || Known::At("2020-09-19T03:34:56.970445Z".parse().unwrap());
        for time in [
            when(at(), None, None),
            when(at(), Some("+1h"), None),
            when(at(), Some("-90s"), Some("19/09/2020 03:34:56")),
            when(at(), None, Some("19/09/2020 03:34:56")),
            when(Known::Within("2026-03-01T10:15:00Z".parse().unwrap(), Precision::Minute), None, None),
        ] {
            assert_eq!(told_time(&source::told_time(&time)), Some(time));
        }
    }
}
