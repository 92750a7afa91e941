//! Citations: does every claim point to a file that its evidence item has, and does its quote stand there?

mod bytes;
mod json;
mod lines;
pub mod place;
mod record;
mod row;
mod shelf;
pub mod text;

use super::damage::{citation_place, citation_quote, citation_target};
use super::plan::Registered;
use super::{DigestMemory, Homes};
use crate::diagnostic::Diagnostic;
use crate::model::{Body, Case, Citation, Entry};
use crate::tree::Tree;
use crate::values::vocabulary::Storage;
use crate::values::{EntryId, Selector, nearest};
pub use shelf::{Content, MAX_CITED_BYTES, Shelves, Unread};
use std::collections::BTreeMap;
use text::Quote;

/// What came of judging citations.
#[derive(Clone, Debug, Default)]
pub struct Judged {
    pub diagnostics: Vec<Diagnostic>,
    /// Citations whose place and quote were found, now or before.
    pub checked: u64,
    /// Citations of which nothing is said, since the bytes that they cite could not be read here.
    pub unchecked: Vec<Unchecked>,
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
    let places = place::read(&content.0, deep.iter().filter_map(|claim| claim.citation.at.as_ref()));
    for claim in deep {
        let found = judge_claim(claim, &name, &content, &places);
        if found.is_none() {
            judged.checked += 1;
            shelves.remember(item, &name, &remembered(file, claim.citation), memory);
        }
        judged.diagnostics.extend(found);
    }
}

type Places = BTreeMap<Selector, Result<place::Texts, place::Miss>>;

/// What is wrong with the place or the quote of a citation.
fn judge_claim(claim: &Claim<'_>, name: &str, content: &Content, places: &Places) -> Option<Diagnostic> {
    let (entry, number) = (&claim.entry.path, claim.number);
    let text = claim.citation.quote.as_ref().map(|quote| quote.as_str());
    let quote = text.map(Quote::of);
    let elsewhere = || text.and_then(|text| place::find(name, &content.0, text, 1).into_iter().next());
    let Some(at) = &claim.citation.at else {
        let stands = quote.is_none_or(|quote| place::is_somewhere(&content.0, &quote));
        return (!stands).then(|| citation_quote::nowhere(entry, number, name));
    };
    match &places[at] {
        Err(miss) => {
            Some(citation_place::found(entry, number, name, at, &miss.0, elsewhere().map(|hit| hit.at).as_ref()))
        }
        Ok(texts) if quote.is_none_or(|quote| texts.hold(&quote)) => None,
        Ok(texts) => {
            Some(citation_quote::found(entry, number, at, texts.shown(), elsewhere().map(|hit| hit.at).as_ref()))
        }
    }
}

/// What is remembered of a citation that was found: its file, place and quote.
fn remembered(file: &str, citation: &Citation) -> String {
    let at = citation.at.as_ref().map(ToString::to_string).unwrap_or_default();
    let quote = citation.quote.as_ref().map(|quote| quote.as_str()).unwrap_or_default();
    format!("{file}\0{at}\0{quote}")
}
