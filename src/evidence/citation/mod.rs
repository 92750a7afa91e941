//! Citations: does every claim point to a file that its evidence item has, and does its quote stand there?

mod bytes;
mod json;
mod lines;
pub mod place;
mod record;
mod row;
mod shelf;
pub mod text;

use super::damage::citation_quote::{Cited, Elsewhere};
use super::damage::{citation_place, citation_quote, citation_target};
use super::plan::Registered;
use super::{DigestMemory, Homes};
use crate::diagnostic::Diagnostic;
use crate::model::{Body, Case, Citation, Entry};
use crate::tree::Tree;
use crate::values::vocabulary::Storage;
use crate::values::{EntryId, Selector, nearest};
use place::{Miss, Source, Texts};
pub use row::delimiter;
pub use shelf::{Content, MAX_CITED_BYTES, Shelves, Unread};
use std::collections::{BTreeMap, BTreeSet};
use text::Quote;

/// What came of judging citations.
#[derive(Clone, Debug, Default)]
pub struct Judged {
    pub diagnostics: Vec<Diagnostic>,
    /// Citations whose place and quote were found, now or before.
    pub checked: u64,
    /// Citations of which nothing is said, since the bytes that they cite could not be read here.
    pub unchecked: Vec<Unchecked>,
    /// How many quotes were looked for elsewhere.
    searched: u64,
}

/// A citation that was not checked, and never passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unchecked {
    pub entry: EntryId,
    pub item: EntryId,
    pub why: Unread,
}

/// A citation that is to be checked against the file that it names.
struct Claim<'c> {
    entry: &'c Entry,
    number: usize,
    citation: &'c Citation,
    home: Storage,
}

impl<'c> Claim<'c> {
    /// The file that it names; empty where it names none.
    fn file(&self) -> &'c str {
        self.citation.path.as_ref().map_or("", |path| path.as_str())
    }
}

/// Judges every citation of a case: the file that it names, the place in the file, and the quote that must stand there.
/// `memory` knows which were found before.
pub fn judge(tree: &dyn Tree, case: &Case, homes: &Homes<'_>, memory: &mut dyn DigestMemory) -> Judged {
    let mut shelves = Shelves::of(tree, *homes);
    let holdings = case.holdings();
    let mut judged = Judged::default();
    let mut claims: BTreeMap<(EntryId, &str), Vec<Claim<'_>>> = BTreeMap::new();
    for entry in case.entries.values() {
        for (number, citation) in entry.citations().iter().enumerate() {
            // A dangling reference is reported elsewhere.
            let Some(item) = case.get(citation.item.0) else { continue };
            let (Body::Evidence(record), Some(holding)) = (&item.body, holdings.get(&item.id())) else { continue };
            let home = Registered { path: &item.path, record, holding: *holding }.home();
            let file = citation.path.as_ref().map_or("", |path| path.as_str());
            let says_where = citation.at.is_some() || citation.quote.is_some();
            if home == Storage::None {
                if says_where {
                    judged.unchecked.push(Unchecked { entry: entry.id(), item: item.id(), why: Unread::Exhibit });
                }
                continue;
            }
            if file.is_empty() && record.files > 1 {
                if says_where {
                    judged.diagnostics.push(citation_target::unnamed(&entry.path, number, item.id(), record.files));
                }
                continue;
            }
            if shelves.is_known(item.id(), &remembered(file, citation), memory) {
                judged.checked += u64::from(says_where);
                continue;
            }
            claims.entry((item.id(), file)).or_default().push(Claim { entry, number, citation, home });
        }
    }
    for ((item, file), claims) in claims {
        judge_file(&mut shelves, item, file, &claims, memory, &mut judged);
    }
    judged
}

/// Judges the citations of one file.
fn judge_file(
    shelves: &mut Shelves<'_>,
    item: EntryId,
    file: &str,
    claims: &[Claim<'_>],
    memory: &mut dyn DigestMemory,
    judged: &mut Judged,
) {
    let listed = shelves.listed(item);
    let only = || listed.keys().next().filter(|_| listed.len() == 1).map(String::as_str);
    let known = if file.is_empty() { only() } else { listed.get_key_value(file).map(|(name, _)| name.as_str()) };
    let Some(name) = known.map(str::to_owned) else {
        let near = nearest(file, listed.keys().map(String::as_str)).map(str::to_owned);
        // A file that nobody listed is told once, by the item, and not by each entry that cites it.
        if !file.is_empty() && !shelves.has(item, file) {
            let found = |claim: &Claim<'_>| {
                citation_target::missing(&claim.entry.path, claim.number, item, file, near.as_deref())
            };
            judged.diagnostics.extend(claims.iter().map(found));
        }
        return;
    };
    let (deep, shallow): (Vec<_>, Vec<_>) =
        claims.iter().partition(|claim| claim.citation.at.is_some() || claim.citation.quote.is_some());
    for claim in shallow {
        shelves.remember(item, &name, &remembered(file, claim.citation), memory);
    }
    let deep: Vec<&Claim<'_>> = deep
        .into_iter()
        .filter(|claim| {
            let known = shelves.is_known_by_digest(item, &name, &remembered(file, claim.citation), memory);
            judged.checked += u64::from(known);
            !known
        })
        .collect();
    let Some(first) = deep.first() else { return };
    let content = match shelves.content(item, &name, first.home) {
        Ok(content) => content,
        Err(why) => {
            let unchecked = |claim: &&Claim<'_>| Unchecked { entry: claim.entry.id(), item, why: why.clone() };
            judged.unchecked.extend(deep.iter().map(unchecked));
            return;
        }
    };
    compare(shelves, item, &name, &content, &deep, memory, judged);
}

/// The most bytes that are compared with quotes in one file: 16 GiB, so that a hostile case ends.
const MAX_COMPARED: u64 = 16 << 30;

/// How many quotes that do not stand where they should are looked for elsewhere in a case: the first ones.
const MAX_SEARCHED: u64 = 20;

/// A citation with what was found of it.
struct Heard<'c> {
    claim: &'c Claim<'c>,
    quote: Option<Quote>,
    /// How many things stand at its place.
    times: u64,
    stands: bool,
    /// What stands there, where it is something else.
    shown: Option<String>,
}

/// Compares citations with the content of the file that they cite.
fn compare(
    shelves: &mut Shelves<'_>,
    item: EntryId,
    name: &str,
    content: &Content,
    claims: &[&Claim<'_>],
    memory: &mut dyn DigestMemory,
    judged: &mut Judged,
) {
    let source = Source::of(name, &content.bytes);
    let mut left = MAX_COMPARED;
    let mut spend = |bytes: u64| {
        left = left.saturating_sub(bytes);
        left > 0
    };
    let (mut placed, mut loose): (BTreeMap<&Selector, Vec<Heard<'_>>>, Vec<Heard<'_>>) = Default::default();
    for claim in claims {
        let quote = claim.citation.quote.as_ref().map(|quote| Quote::of(quote.as_str()));
        let heard = Heard { claim, quote, times: 0, stands: false, shown: None };
        match &claim.citation.at {
            Some(at) => placed.entry(at).or_default().push(heard),
            None => loose.push(heard),
        }
    }
    let places: BTreeSet<&Selector> = placed.keys().copied().collect();
    let missing = source.read(&places, &mut |place, texts| {
        if let Some(heard) = placed.get_mut(place) {
            hear(heard, texts, &mut spend);
        }
    });
    let quotes: Vec<&Quote> = loose.iter().filter_map(|heard| heard.quote.as_ref()).collect();
    let held = if quotes.is_empty() { Vec::new() } else { source.hold(&quotes, &mut spend) };
    for (heard, held) in loose.iter_mut().zip(held) {
        heard.stands = held;
    }
    let is_spent = left == 0;
    let heard: Vec<Heard<'_>> = placed.into_values().flatten().chain(loose).collect();
    let elsewhere = look_elsewhere(&heard, &missing, &source, &mut judged.searched);
    for (heard, elsewhere) in heard.iter().zip(elsewhere) {
        let miss = heard.miss(&missing);
        if is_spent && heard.quote.is_some() && !heard.stands && miss.is_none() {
            let entry = heard.claim.entry.id();
            judged.unchecked.push(Unchecked { entry, item, why: Unread::TooMuch });
            continue;
        }
        let cited = Cited { entry: &heard.claim.entry.path, number: heard.claim.number, item, file: name };
        let found = problem(heard, miss, &cited, &elsewhere);
        if found.is_none() {
            judged.checked += 1;
            if content.is_in_tree {
                shelves.remember(item, name, &remembered(heard.claim.file(), heard.claim.citation), memory);
            }
        }
        judged.diagnostics.extend(found);
    }
}

impl Heard<'_> {
    /// Why its place is not there.
    fn miss<'m>(&self, missing: &'m BTreeMap<Selector, Miss>) -> Option<&'m Miss> {
        self.claim.citation.at.as_ref().and_then(|at| missing.get(at))
    }
}

/// Where those quotes stand that do not stand at their places.
fn look_elsewhere(
    heard: &[Heard<'_>],
    missing: &BTreeMap<Selector, Miss>,
    source: &Source<'_>,
    searched: &mut u64,
) -> Vec<Elsewhere> {
    let mut elsewhere: Vec<Elsewhere> = heard.iter().map(|_| Elsewhere::Unknown).collect();
    let mut sought: Vec<(usize, &Quote)> = Vec::new();
    for (number, heard) in heard.iter().enumerate() {
        let is_wrong = heard.claim.citation.at.is_some() && (!heard.stands || heard.miss(missing).is_some());
        let quote = heard.quote.as_ref().filter(|quote| is_wrong && !quote.is_empty());
        if let Some(quote) = quote.filter(|_| *searched < MAX_SEARCHED) {
            *searched += 1;
            sought.push((number, quote));
        }
    }
    let quotes: Vec<&Quote> = sought.iter().map(|(_, quote)| *quote).collect();
    for ((number, _), place) in sought.into_iter().zip(source.first(&quotes)) {
        elsewhere[number] = place.map_or(Elsewhere::Nowhere, Elsewhere::At);
    }
    elsewhere
}

/// Compares what stands at a place with the quotes that are to stand there.
fn hear(claims: &mut [Heard<'_>], texts: &Texts<'_>, spend: &mut dyn FnMut(u64) -> bool) {
    let made = claims.iter().any(|heard| heard.quote.is_some() && !heard.stands).then(|| texts.comparable());
    for heard in claims {
        heard.times += 1;
        let Some((quote, made)) = heard.quote.as_ref().zip(made.as_ref()) else { continue };
        if !heard.stands && spend(made.length()) {
            heard.stands = made.hold(quote);
        }
        if !heard.stands && heard.shown.is_none() {
            heard.shown = Some(citation_quote::shortened(&texts.brief()));
        }
    }
}

/// What is wrong with the place or the quote of a citation.
fn problem(heard: &Heard<'_>, miss: Option<&Miss>, cited: &Cited<'_>, elsewhere: &Elsewhere) -> Option<Diagnostic> {
    let is_empty = heard.quote.as_ref().is_some_and(Quote::is_empty);
    let is_sound = heard.stands || heard.quote.is_none();
    match (&heard.claim.citation.at, miss) {
        (Some(at), Some(miss)) => Some(citation_place::found(cited, at, &miss.0, elsewhere)),
        _ if is_empty => Some(citation_quote::empty(cited)),
        (Some(at), None) if heard.quote.is_none() && heard.times > 1 => {
            Some(citation_place::several(cited, at, heard.times))
        }
        _ if is_sound => None,
        (Some(at), None) => {
            let shown = heard.shown.as_deref().unwrap_or("nothing");
            Some(citation_quote::found(cited, at, shown, heard.times, elsewhere))
        }
        (None, _) => Some(citation_quote::nowhere(cited)),
    }
}

/// What is remembered of a citation that was found: its file, place and quote.
fn remembered(file: &str, citation: &Citation) -> String {
    let at = citation.at.as_ref().map(ToString::to_string).unwrap_or_default();
    let quote = citation.quote.as_ref().map(|quote| quote.as_str()).unwrap_or_default();
    format!("{file}\0{at}\0{quote}")
}
