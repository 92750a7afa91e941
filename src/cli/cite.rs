//! `casebook cite`: finds a place in the evidence, and writes the citation.

use super::evidence::homes::Here;
use super::open::Open;
use super::set::{self, Words};
use super::{Failure, Format, Outcome, Surroundings, ids};
use crate::diagnostic::render::{printable, printable_line};
use crate::evidence::Homes;
use crate::evidence::citation::place::{Hit, Source};
use crate::evidence::citation::text::Quote;
use crate::evidence::citation::{Shelves, Unread};
use crate::model::{Body, Case, MAX_TEXT_BYTES, schema};
use crate::scaffold::assignment::Change;
use crate::scaffold::{Assignment, edit};
use crate::tree::Tree;
use crate::values::wording::counted;
use crate::values::{EntryId, Kind, Selector, Step};
use clap::Args;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Find a place in the evidence and print the citation of it, or write it into an entry.
///
/// In an event log places are records, in a table rows, in JSON values, in other texts lines, and in all other files bytes. Upper
/// and lower case are told apart; runs of spaces, tabs and line ends are all alike. With --at alone, what stands there is shown.
#[derive(Args)]
#[command(after_help = "\
Examples:
  casebook cite x-4n8 auth.log --find \"Accepted password for backup\"
  casebook cite x-4n8 Security.evtx --find 194.61.24.102 --nth 2 --entry f-7q2
  casebook cite x-4n8 Security.evtx --at record:7389
  casebook cite x-4n8 hits.csv --at row:17 --quote mimikatz --entry e-9zk

Exit codes: 0 found, 1 nothing stands there, 2 could not look.")]
pub struct Arguments {
    /// The evidence item; any unambiguous beginning of its id.
    #[arg(value_name = "ID")]
    item: String,

    /// The file inside the item, as its list names it; where it has only one, it need not be said.
    path: Option<String>,

    /// The text to find, which becomes the quote.
    #[arg(long, value_name = "TEXT", required_unless_present = "at")]
    find: Option<String>,

    /// The place, if it is known: lines:120-130, row:17, record:4211, json:/events/3 or bytes:512+64.
    #[arg(long, value_name = "PLACE")]
    at: Option<Selector>,

    /// The quote, if it is not the text to find; it must stand there.
    #[arg(long, value_name = "TEXT")]
    quote: Option<String>,

    /// Which of several places it is to be, from 1.
    #[arg(long, value_name = "N")]
    nth: Option<usize>,

    /// Write the citation into this finding, event or indicator.
    #[arg(long, value_name = "ID")]
    entry: Option<String>,

    /// Where the store is, in place of `git config casebook.store`.
    #[arg(long, value_name = "PLACE")]
    store: Option<String>,

    /// How to print what is found.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// The most places that are looked for.
const MOST: usize = 10_000;
/// The most places that are listed.
const SHOWN: usize = 20;

/// A citation as it is to be written.
struct Cited<'a> {
    item: EntryId,
    /// The file, where the item has several.
    path: Option<&'a str>,
    at: &'a Selector,
    quote: Option<&'a str>,
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let open = Open::here(surroundings)?;
    let (case, _) = open.case()?;
    let item = ids::resolve(&case, &arguments.item)?;
    let Some(Body::Evidence(record)) = case.get(item).map(|entry| &entry.body) else {
        return Err(Failure::new(format!("`{item}` is no evidence item that can be read"))
            .help("`casebook evidence list` shows them"));
    };
    let here = Here::of(arguments.store.as_deref(), true, &open, surroundings)?;
    let homes = Homes { lfs: Some(here.lfs()), store: here.store() };
    let tree = open.tree();
    let mut shelves = Shelves::of(&tree, homes);
    let name = file(&mut shelves, item, arguments.path.as_deref())?;
    let home = case.holdings().get(&item).map_or(record.storage, |holding| holding.storage);
    let content = shelves.content(item, &name, home).map_err(|why| unread(&why, item, &name))?;
    let source = Source::of(&name, &content.bytes);
    let quote = arguments.quote.as_deref().or(arguments.find.as_deref());
    let places = match &arguments.at {
        Some(at) => there(&source, &name, at)?,
        None => source.find(&Quote::of(arguments.find.as_deref().unwrap_or_default()), MOST),
    };
    let hits: Vec<Hit> = match quote {
        Some(quote) => places.iter().filter(|hit| stands(&source, &hit.at, quote)).cloned().collect(),
        None => places.clone(),
    };
    let is_only_shown = arguments.at.is_some() && quote.is_none() && arguments.entry.is_none();
    if is_only_shown {
        show(arguments, &name, &hits);
        return Ok(Outcome::Sound);
    }
    let Some(hit) = choose(arguments, &hits)? else {
        return Ok(list(arguments, &name, &hits, &places));
    };
    let path = (record.files > 1).then_some(name.as_str());
    let cited = Cited { item, path, at: &hit.at, quote };
    match &arguments.entry {
        Some(entry) => insert(&case, &open, entry, &cited, arguments, surroundings),
        None => {
            print(arguments, &cited, hit);
            Ok(Outcome::Sound)
        }
    }
}

/// Whether a quote stands at a place.
fn stands(source: &Source<'_>, at: &Selector, quote: &str) -> bool {
    let quote = Quote::of(quote);
    let mut stands = false;
    source.read(&BTreeSet::from([at]), &mut |_, texts| stands |= texts.comparable().hold(&quote));
    stands
}

/// The file that is meant.
fn file(shelves: &mut Shelves<'_>, item: EntryId, typed: Option<&str>) -> Result<String, Failure> {
    let listed = shelves.listed(item);
    match (typed, listed.len()) {
        (Some(typed), _) if listed.contains_key(typed) => Ok(typed.to_owned()),
        (Some(typed), _) => {
            let ends = |name: &&String| name.rsplit('/').next() == Some(typed);
            let mut alike = listed.keys().filter(ends);
            match (alike.next(), alike.next()) {
                (Some(only), None) => Ok(only.clone()),
                _ => Err(Failure::new(format!("`{item}` has no file `{}`", printable(typed)))
                    .help(format!("its files: {}", names(listed.keys())))),
            }
        }
        (None, 0) => Err(Failure::new(format!("`{item}` has no files")).help("cite it without a place")),
        (None, 1) => Ok(listed.keys().next().cloned().unwrap_or_default()),
        (None, number) => Err(Failure::new(format!("`{item}` has {number} files: say which"))
            .help(format!("its files: {}", names(listed.keys())))),
    }
}

fn names<'n>(names: impl Iterator<Item = &'n String>) -> String {
    let names: Vec<&String> = names.collect();
    let shown: Vec<String> = names.iter().take(SHOWN).map(|name| printable(name)).collect();
    let more = if names.len() > SHOWN { format!(" and {} more", names.len() - SHOWN) } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

fn unread(why: &Unread, item: EntryId, name: &str) -> Failure {
    let help = match why {
        Unread::NotHere => format!("`casebook evidence fetch {item}` brings it"),
        Unread::TooLarge => {
            "export the part that matters with its tool, and register that as derived evidence".to_owned()
        }
        Unread::Altered | Unread::Exhibit | Unread::TooMuch => format!("`casebook evidence verify {item}` tells more"),
    };
    Failure::new(format!("`{}` cannot be read: {}", printable(name), why.words())).help(help)
}

/// What stands at a place: several things where they have the same number.
fn there(source: &Source<'_>, name: &str, at: &Selector) -> Result<Vec<Hit>, Failure> {
    let mut hits = Vec::new();
    let missing = source.read(&BTreeSet::from([at]), &mut |at, texts| hits.push(Hit::new(at.clone(), &texts.shown())));
    match missing.into_values().next() {
        None => Ok(hits),
        Some(miss) => Err(Failure::new(format!("`{}` has no `{at}`: {}", printable(name), printable(&miss.0)))
            .help("`--find TEXT` names the place of a text")),
    }
}

/// Prints what stands at a place that was named.
fn show(arguments: &Arguments, name: &str, hits: &[Hit]) {
    if arguments.format == Format::Json {
        let places: Vec<Value> = hits.iter().map(hit_json).collect();
        outln!("{:#}", json!({ "path": name, "places": places }));
        return;
    }
    for hit in hits {
        outln!("{}", printable(&hit.text));
    }
    if hits.len() > 1 {
        errln!("note: {} of it are in the file, so a citation needs a quote that tells which", hits.len());
    }
}

/// The place that is cited: the only one, or the one that was chosen.
fn choose<'h>(arguments: &Arguments, hits: &'h [Hit]) -> Result<Option<&'h Hit>, Failure> {
    match (arguments.nth, hits) {
        (None, [only]) => Ok(Some(only)),
        (None, _) => Ok(None),
        (Some(number), hits) => match number.checked_sub(1).and_then(|index| hits.get(index)) {
            Some(hit) => Ok(Some(hit)),
            None => {
                Err(Failure::new(format!("there are {} such places", hits.len())).help("`--nth` counts them from 1"))
            }
        },
    }
}

/// Says that there is no place, or which there are.
fn list(arguments: &Arguments, name: &str, hits: &[Hit], places: &[Hit]) -> Outcome {
    if arguments.format == Format::Json {
        let hits: Vec<Value> = hits.iter().map(hit_json).collect();
        outln!("{:#}", json!({ "path": name, "places": hits }));
    } else if let ([], [place, ..]) = (hits, places) {
        let place = &place.at;
        outln!("the quote does not stand at `{place}`: `--at {place}` alone shows what does");
    } else if hits.is_empty() {
        outln!("it stands nowhere in `{}`; upper and lower case are told apart", printable(name));
    } else {
        for (index, hit) in hits.iter().take(SHOWN).enumerate() {
            let text = printable_line(&excerpt(&hit.text, arguments.find.as_deref().unwrap_or_default()));
            let text: String = text.chars().take(100).collect();
            outln!("{:>3}  {:<16} {text}", index + 1, hit.at.to_string());
        }
        if hits.len() > SHOWN {
            outln!("     and {} more", hits.len() - SHOWN);
        }
        outln!("{} in `{}`: choose one with `--nth N`", counted(hits.len(), "place"), printable(name));
    }
    // A citation that was to be written was not.
    if hits.is_empty() || arguments.entry.is_some() { Outcome::Problems } else { Outcome::Sound }
}

/// What tells one place from the others: the time of a record, and the line with the text that was looked for.
fn excerpt(there: &str, text: &str) -> String {
    let quote = Quote::of(text);
    let time = there.lines().find_map(|line| line.strip_prefix("TimeCreated.SystemTime: "));
    let line = there.lines().find(|line| quote.is_in(line)).or(there.lines().next()).unwrap_or_default();
    time.into_iter().chain([line]).collect::<Vec<_>>().join("  ")
}

fn hit_json(hit: &Hit) -> Value {
    json!({ "at": hit.at.to_string(), "text": hit.text })
}

/// Prints the citation as it stands in an entry, and what stands at its place as a comment.
fn print(arguments: &Arguments, cited: &Cited<'_>, hit: &Hit) {
    if arguments.format == Format::Json {
        let mut value = citation_json(cited);
        value["text"] = json!(hit.text);
        outln!("{value:#}");
        return;
    }
    for line in hit.text.lines() {
        outln!("# {}", printable(line));
    }
    outln!("[[evidence]]");
    for (key, value) in fields(cited) {
        outln!("{key} = {}", printable(&toml_edit_value(&value)));
    }
}

fn citation_json(cited: &Cited<'_>) -> Value {
    json!({ "item": cited.item.to_string(), "path": cited.path, "at": cited.at.to_string(), "quote": cited.quote })
}

fn fields(cited: &Cited<'_>) -> Vec<(&'static str, String)> {
    let mut fields = vec![("item", cited.item.to_string())];
    fields.extend(cited.path.map(|path| ("path", path.to_owned())));
    fields.push(("at", cited.at.to_string()));
    fields.extend(cited.quote.map(|quote| ("quote", quote.to_owned())));
    fields
}

fn toml_edit_value(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// Writes the citation into an entry.
fn insert(
    case: &Case,
    open: &Open,
    entry: &str,
    cited: &Cited<'_>,
    arguments: &Arguments,
    surroundings: &Surroundings,
) -> Result<Outcome, Failure> {
    let id = ids::resolve(case, entry)?;
    let path = case.get(id).map_or_else(|| id.path(), |entry| entry.path.clone());
    let fits = matches!(id.kind(), Kind::Finding | Kind::Event | Kind::Indicator);
    let table = schema::table_of_path(&path).filter(|_| fits);
    let table = table.ok_or_else(|| {
        Failure::new(format!("`{id}` has no citations"))
            .help("findings, events and indicators have: `casebook list finding`")
    })?;
    let tree = open.tree();
    let text = String::from_utf8(tree.read(&path, MAX_TEXT_BYTES)?)
        .map_err(|_| Failure::new(format!("`{path}` is not UTF-8")))?;
    let written = fields(cited).into_iter().map(|(key, value)| format!("{key} = {}", toml_edit_value(&value)));
    let citation = format!("{{ {} }}", written.collect::<Vec<_>>().join(", "));
    let assignment = Assignment { route: vec![Step::Key("evidence".to_owned())], change: Change::Add(citation) };
    let words = Words { case, kind: Some(id.kind()) };
    let edited = words.with_meaning(surroundings, |meaning| edit(&path, &text, &table, &[assignment], meaning));
    let edited = edited.map_err(|error| set::failure(error, &path))?;
    if !edited.found.is_empty() {
        set::show(&path, &edited.text, &edited.found);
        errln!("nothing was changed: the file would look as shown");
        return Ok(Outcome::Problems);
    }
    tree.write(&path, edited.text.as_bytes(), false)
        .map_err(|error| Failure::new(format!("cannot write `{path}`: {error}")))?;
    if arguments.format == Format::Json {
        let mut value = citation_json(cited);
        value["entry"] = json!(id.to_string());
        outln!("{value:#}");
    } else {
        outln!("{path}: cites {} at {}", cited.item, cited.at);
    }
    Ok(Outcome::Sound)
}
