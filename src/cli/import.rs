//! `casebook import`: registers what other tools wrote, and makes entries of it.

use super::evidence::add::{self, Described};
use super::evidence::move_::Home;
use super::evidence::{gate, open, progress};
use super::open::{Open, tell_unreadable};
use super::wanted::{ReadAs, Wanted, misfit_of};
use super::{Failure, Format, Outcome, Surroundings, ids, style};
use crate::diagnostic::render::{printable, printable_line};
use crate::disk::file::{is_real_folder, is_regular, is_there};
use crate::disk::intake::{self, Intake};
use crate::evidence::add::registered;
use crate::evidence::list::{self, folder_path};
use crate::import::making::Account;
use crate::import::neighbour::{self, Neighbour};
use crate::import::rows::{self, Chosen, NOT_ASKED};
use crate::import::{Making, event, made};
use crate::ingest::columns::ColumnMap;
use crate::ingest::format::{self, Head};
use crate::ingest::formats::any_table;
use crate::model::{Case, EvidenceId};
use crate::timeline::opened::opened;
use crate::tree::Tree;
use crate::values::wording::counted;
use crate::values::{EntryId, Kind, Line, Sha256, TreePath};
use clap::Args;
use serde_json::json;
use std::collections::BTreeMap;
use std::io::{Cursor, ErrorKind, Read};
use std::path::{Path, PathBuf};

/// Register what other tools wrote as evidence, and make entries of it.
///
/// The file is registered, unless its bytes are evidence already. A neighbour's case becomes entries; rows of a tool's output become
/// events where you say which: with `--events`, and with anything that rows must have. Each entry cites the row that it was made from,
/// and has an id that comes from it: importing a file twice adds nothing. No row is lost: each is taken, skipped or refused, and told.
#[derive(Args)]
#[command(after_help = "\
Examples:
  casebook import hits.csv --tool chainsaw --derived-from x-4n8      register it, count its rows
  casebook import hits.csv --detections --from 2020-09-19T02:00:00Z  and make events of these
  casebook import auth.log --events --year 2026 --zone Europe/Berlin every row, with times that say neither
  casebook import case.fox                                           a neighbour's case
  casebook import x-4n8 --grep coreupdater                           of evidence that is registered
  casebook import case.json --dry-run                                see what would come of it
  casebook timeline --formats                                        what can be read

Exit codes: 0 every row was taken or skipped, 1 rows were refused, 2 could not run.")]
pub struct Arguments {
    /// Files, or evidence items.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,

    /// Make events of all rows, or of those that have what is asked for.
    #[arg(long)]
    events: bool,

    #[command(flatten)]
    wanted: Wanted,

    #[command(flatten)]
    read_as: ReadAs,

    /// The most events that are made of a file.
    #[arg(long, value_name = "N", default_value_t = 500)]
    most: u64,

    /// Make and register nothing where a row is refused.
    #[arg(long)]
    all_or_nothing: bool,

    /// Say what would come of it, and write nothing.
    #[arg(long)]
    dry_run: bool,

    /// What the file is, in one line; its name where it is not given.
    #[arg(long)]
    title: Option<Line>,

    #[command(flatten)]
    described: Described,

    /// How to print what was made.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// A file to import.
pub struct Source {
    /// As it was typed.
    name: String,
    path: PathBuf,
    pub digest: Sha256,
    bytes: u64,
    /// The item and the file in it, where its bytes are evidence.
    registered: Option<(EntryId, String)>,
}

/// How a file is read.
enum Reader {
    Rows(&'static format::Format),
    Case(&'static Neighbour),
}

impl Reader {
    fn name(&self) -> &'static str {
        match self {
            Reader::Rows(format) => format.name,
            Reader::Case(neighbour) => neighbour.name,
        }
    }
}

/// What came of a file.
struct Imported {
    name: String,
    format: &'static str,
    item: Option<EntryId>,
    is_new: bool,
    account: Account,
    made: Vec<(EntryId, String)>,
    notes: Vec<TreePath>,
    is_written: bool,
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let open = open(surroundings)?;
    let (case, _) = open.case()?;
    tell_unreadable(&case);
    let sources = sources(arguments, &open, &case, surroundings)?;
    let (mut all, mut failed) = (Vec::new(), None);
    for source in sources {
        match import(source, arguments, &open, surroundings) {
            Ok(imported) => all.push(imported),
            Err(failure) => {
                failed = Some(failure);
                break;
            }
        }
    }
    // What was done before something failed is done, and told.
    match arguments.format {
        Format::Text => {
            all.iter().for_each(|imported| print(imported, arguments));
            print_next(&all);
        }
        Format::Json => outln!("{:#}", json!({ "files": all.iter().map(as_json).collect::<Vec<_>>() })),
    }
    if let Some(failure) = failed {
        return Err(failure);
    }
    let is_refused = all.iter().any(|imported| imported.account.refused > 0);
    Ok(if is_refused { Outcome::Problems } else { Outcome::Sound })
}

/// The files that were typed: paths, or items of evidence by their ids.
fn sources(
    arguments: &Arguments,
    open: &Open,
    case: &Case,
    surroundings: &Surroundings,
) -> Result<Vec<Source>, Failure> {
    let known = registered(&open.tree());
    let mut sources = Vec::new();
    for typed in &arguments.files {
        let path = surroundings.folder.join(typed);
        if is_regular(&path) {
            sources.push(hashed(typed.clone(), path, &known)?);
            continue;
        }
        if ids::candidates(case, typed).is_empty() {
            return Err(no_file(typed, &path));
        }
        sources.extend(sources_of(open, ids::evidence(case, typed, &surroundings.folder)?)?);
    }
    Ok(sources)
}

/// What is said of what is neither a file nor an item.
fn no_file(typed: &str, path: &Path) -> Failure {
    let typed = printable_line(typed);
    if is_real_folder(path) {
        let add = format!("name the files in it; or `casebook evidence add {typed}`, then `casebook import` its item");
        return Failure::new(format!("`{typed}` is a folder")).help(add);
    }
    if is_there(path) {
        return Failure::new(format!("`{typed}` is no regular file"))
            .help("of a link, name what it leads to; what a pipe or a device gives, write into a file first");
    }
    Failure::new(format!("`{typed}` is neither a file nor an evidence item"))
        .help("name a file, or an item of `casebook evidence list`")
}

pub fn cannot_read(name: &str, error: &std::io::Error) -> Failure {
    let failure = Failure::new(format!("cannot read `{name}`: {error}"));
    match error.kind() {
        ErrorKind::PermissionDenied => failure.help("may you read it? `ls -l` shows who may"),
        _ => failure,
    }
}

/// A file that is not evidence, or whose bytes an item has.
fn hashed(name: String, path: PathBuf, known: &BTreeMap<Sha256, TreePath>) -> Result<Source, Failure> {
    let (digest, bytes) = digest(&name, &path)?;
    Ok(Source { name, path, digest, bytes, registered: place_of(digest, known) })
}

/// The item and the file in it that has these bytes.
fn place_of(digest: Sha256, known: &BTreeMap<Sha256, TreePath>) -> Option<(EntryId, String)> {
    let (item, inside) = known.get(&digest)?.as_str().strip_prefix("evidence/")?.split_once('/')?;
    Some((item.parse().ok()?, inside.to_owned()))
}

fn digest(name: &str, path: &Path) -> Result<(Sha256, u64), Failure> {
    let bar = progress(0);
    let digested = intake::digest(path, &|bytes| bar.inc(bytes));
    bar.finish_and_clear();
    let digested = digested.map_err(|error| cannot_read(&printable_line(name), &error))?;
    Ok((digested.sha256, digested.bytes))
}

/// All files of an item.
fn sources_of(open: &Open, item: EntryId) -> Result<Vec<Source>, Failure> {
    lines_of(&open.tree(), item)?.iter().map(|line| source_of(open, item, line)).collect()
}

/// A file of an item, as its list has it: what has other bytes is no evidence.
pub fn source_of(open: &Open, item: EntryId, line: &list::ListLine) -> Result<Source, Failure> {
    let inside = inside(item, line);
    let (path, name) = (open.tree().locate(&line.path), format!("{item} {inside}"));
    if !is_regular(&path) {
        return Err(Failure::new(format!("{} is not on this machine", printable_line(&name)))
            .help(format!("`casebook evidence materialise {item}` brings it")));
    }
    let (digest, bytes) = digest(&name, &path)?;
    if digest != line.digest {
        return Err(Failure::new(format!("{} has other bytes than were registered", printable_line(&name)))
            .help(format!("`casebook evidence verify {item}` tells more")));
    }
    Ok(Source { name, path, digest, bytes, registered: Some((item, inside)) })
}

/// The path of a file inside its item.
pub fn inside(item: EntryId, line: &list::ListLine) -> String {
    line.path.as_str().strip_prefix(&format!("{}/", folder_path(item))).unwrap_or_default().to_owned()
}

/// What the list of an item says of its files.
pub fn lines_of(tree: &dyn Tree, item: EntryId) -> Result<Vec<list::ListLine>, Failure> {
    let path = list::list_path(item);
    let content = tree.read(&path, list::MAX_LIST_BYTES).map_err(|error| {
        let failure = Failure::from(error);
        Failure { message: format!("{item}: {}", failure.message), ..failure }
    })?;
    let (lines, found) = list::parse(&path, item, &content);
    match found.first() {
        Some(first) => Err(Failure::new(format!("the list of {item} is broken: {}", first.message))
            .help("`casebook evidence verify` tells more")),
        None => Ok(lines),
    }
}

impl Source {
    /// Its path inside its item.
    pub fn inside(&self) -> &str {
        self.registered.as_ref().map_or("", |(_, inside)| inside)
    }

    pub fn open(&self) -> std::io::Result<impl Read + use<>> {
        Ok(crate::disk::file::open_regular(&self.path)?.0)
    }
}

fn import(
    source: Source,
    arguments: &Arguments,
    open: &Open,
    surroundings: &Surroundings,
) -> Result<Imported, Failure> {
    let (case, _) = open.case()?;
    // The file before it may have had the same bytes.
    let registered = source.registered.clone().or_else(|| place_of(source.digest, &registered(&open.tree())));
    let source = Source { registered, ..source };
    let name = printable_line(&source.name);
    let cannot = |error| cannot_read(&name, &error);
    let opened = opened(Box::new(source.open().map_err(cannot)?)).map_err(cannot)?;
    let reader = reader(&source, &opened.head, arguments)?;
    demand_columns(arguments.read_as.columns.as_ref(), &name, &opened.head)?;
    let mut making = Making::new(source.digest, &case, arguments.read_as.told());
    let item = source.registered.as_ref().map(|(item, _)| *item);
    making.marking = arguments.described.marking().or_else(|| item.and_then(|item| event::marking(&case, item)));
    let skew = arguments.described.skew().or_else(|| item.and_then(|item| case.clock_skew(item)));
    match &reader {
        Reader::Rows(format) => {
            let filter = arguments.wanted.filter(&case, None)?;
            let chosen = Chosen { filter: &filter, places: None, means: None, skew, most: arguments.most };
            let is_chosen = arguments.events || arguments.wanted.is_given();
            rows::read(&mut making, format, opened, is_chosen.then_some(&chosen), &mut |_, _, _| {}).map_err(cannot)?;
            demand_few(&making.account, &name, arguments.most)?;
        }
        Reader::Case(neighbour) => {
            if source.bytes > neighbour::MAX_BYTES {
                return Err(too_large(&name));
            }
            let mut whole = Vec::new();
            let content = Cursor::new(opened.head).chain(opened.content);
            content.take(neighbour::MAX_BYTES + 1).read_to_end(&mut whole).map_err(cannot)?;
            // What was packed may be larger than its file.
            if whole.len() as u64 > neighbour::MAX_BYTES {
                return Err(too_large(&name));
            }
            neighbour
                .make(&whole, &mut making)
                .map_err(|why| Failure::new(format!("`{name}` cannot be read as {}: {why}", neighbour.name)))?;
        }
    }
    let is_held_back = arguments.all_or_nothing && making.account.refused > 0;
    let is_written = !arguments.dry_run && !is_held_back;
    let mut item = source.registered.clone();
    if is_written {
        if item.is_none() {
            item = Some(register(&source, arguments, &case, open, surroundings)?);
        }
        if let Some((item, inside)) = &item {
            write(open, &making, *item, inside, surroundings)?;
        }
    }
    let (made, notes) = (making.titles(), making.notes.into_keys().collect());
    Ok(Imported {
        name: source.name,
        format: reader.name(),
        item: item.map(|(item, _)| item),
        is_new: source.registered.is_none(),
        account: making.account,
        made,
        notes,
        is_written,
    })
}

fn too_large(name: &str) -> Failure {
    Failure::new(format!("`{name}` has more than {} bytes; nothing was made", neighbour::MAX_BYTES))
        .help("part it, as its program exports parts; `casebook evidence add` registers a file of any size")
}

/// So many events at once are most often a filter that was forgotten.
fn demand_few(account: &Account, name: &str, most: u64) -> Result<(), Failure> {
    if account.over == 0 {
        return Ok(());
    }
    let asked = account.taken + account.over;
    Err(Failure::new(format!("{asked} rows of `{name}` have what you ask for, more than {most}; nothing was made"))
        .help(format!(
            "ask for less with --from, --to, --host, --grep, --technique or --detections; or say `--most {asked}`"
        )))
}

/// How a file is read: as it is said, or by its beginning.
fn reader(source: &Source, head: &[u8], arguments: &Arguments) -> Result<Reader, Failure> {
    let is_of_indicators = arguments.read_as.columns.as_ref().is_some_and(ColumnMap::is_of_indicators);
    let named = if is_of_indicators { Some("indicators") } else { arguments.read_as.r#as.as_deref() };
    if let Some(neighbour) = named.and_then(neighbour::named) {
        return Ok(Reader::Case(neighbour));
    }
    if let Some(format) = arguments.read_as.format()? {
        return Ok(Reader::Rows(format));
    }
    let file = source.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let head = Head { name: &file, bytes: head };
    neighbour::detect(&head).map(Reader::Case).or_else(|| format::detect(&head).map(Reader::Rows)).ok_or_else(|| {
        Failure::new(format!("`{}` has no format that is known", printable_line(&source.name)))
            .help("`casebook timeline --formats` lists them, `--as NAME` says which; `casebook evidence add` registers any file")
    })
}

/// Whether a file has the columns that were said.
pub fn demand_columns(columns: Option<&ColumnMap>, name: &str, head: &[u8]) -> Result<(), Failure> {
    let Some(columns) = columns else { return Ok(()) };
    let header = any_table::header(&Head { name, bytes: head });
    if columns.missing(&header).is_empty() { Ok(()) } else { Err(misfit_of(columns, name, &header)) }
}

/// Registers the file as an item of its own.
fn register(
    source: &Source,
    arguments: &Arguments,
    case: &Case,
    open: &Open,
    surroundings: &Surroundings,
) -> Result<(EntryId, String), Failure> {
    let file = source.path.file_name().map(|name| made::one_line(&name.to_string_lossy())).unwrap_or_default();
    let title = match &arguments.title {
        Some(title) => title.clone(),
        None => file.parse().map_err(|_| Failure::new("the file has no name").help("give it a `--title`"))?,
    };
    let details = add::details(&title, &arguments.described, case, open, surroundings)?;
    let choice = add::Choice { home: Home::Git, store: None, again: false };
    let prepare = |limit| crate::evidence::add::prepare_for(&open.top, std::slice::from_ref(&source.path), limit);
    let added = add::register(choice, prepare, details, case, open, surroundings)?
        .map_err(|refused| add::failure(refused, open))?;
    if lines_of(&open.tree(), added.item)?.iter().any(|line| line.digest != source.digest) {
        return Err(Failure::new(format!(
            "`{}` changed while it was read; it is registered as {}, and no entry was made",
            printable_line(&source.name),
            added.item
        ))
        .help(format!("stop what writes to it, then type `casebook import {}`", added.item)));
    }
    // It is the only file of its item, whose path no citation says.
    Ok((added.item, String::new()))
}

/// Writes the entries that were made, all of them or none.
fn write(
    open: &Open,
    making: &Making<'_>,
    item: EntryId,
    inside: &str,
    surroundings: &Surroundings,
) -> Result<(), Failure> {
    let has_several = lines_of(&open.tree(), item)?.len() > 1;
    let files = making.files(EvidenceId(item), has_several.then_some(inside));
    write_all(open, &files, &making.notes, surroundings)
}

/// Writes new entries, all of them or none.
pub fn write_new(open: &Open, files: &BTreeMap<EntryId, String>, surroundings: &Surroundings) -> Result<(), Failure> {
    write_all(open, files, &BTreeMap::new(), surroundings)
}

fn write_all(
    open: &Open,
    files: &BTreeMap<EntryId, String>,
    notes: &BTreeMap<TreePath, String>,
    surroundings: &Surroundings,
) -> Result<(), Failure> {
    if files.is_empty() && notes.is_empty() {
        return Ok(());
    }
    let cannot = |error: std::io::Error| match intake::is_unfinished(&error) {
        true => Failure::from(error),
        false => Failure::new(format!("no entry was written: {error}"))
            .help(format!("is there space left, and may you write to `{}`?", open.top.display())),
    };
    let mut draw = || EntryId::from_bits(Kind::Event, surroundings.bits()).to_string();
    let (intake, _) = Intake::begin(&open.top, &gate(open), &mut draw).map_err(cannot)?;
    let entries = files.iter().map(|(id, text)| (id.path(), text));
    for (path, text) in entries.chain(notes.iter().map(|(path, text)| (path.clone(), text))) {
        intake.write(path.as_str(), text.as_bytes()).map_err(cannot)?;
    }
    intake.publish::<std::io::Error>(|| Ok(())).map_err(cannot)
}

/// The most that is listed of anything.
const SHOWN: usize = 20;

fn print(imported: &Imported, arguments: &Arguments) {
    let (bold, dim, warn) = (style::BOLD, style::DIM, style::WARN);
    let account = &imported.account;
    let item = match (imported.item, imported.is_new) {
        (Some(item), true) => format!("registered as {bold}{item}{bold:#}"),
        (Some(item), false) => format!("registered before as {bold}{item}{bold:#}"),
        (None, _) => "not registered".to_owned(),
    };
    outln!("{}: {}, {item}", printable_line(&imported.name), imported.format);
    let skipped: u64 = account.skipped.values().sum();
    outln!(
        "  {} read: {bold}{} taken{bold:#}, {skipped} skipped, {} refused",
        counted(account.read, "row"),
        account.taken,
        account.refused
    );
    if account.read == 0 && imported.made.is_empty() {
        outln!(
            "  note: there is no row in it that can be read as {}; `--as NAME` reads it as another format",
            imported.format
        );
    }
    for (why, rows) in &account.skipped {
        outln!("  {dim}skipped {rows}: {}{dim:#}", printable_line(why));
    }
    for refused in account.refusals.iter().take(SHOWN) {
        outln!("  {warn}refused{warn:#} {}: {}", printable_line(&refused.place), printable_line(&refused.why));
    }
    more(account.refused as usize);
    strangers(account);
    for (field, rows) in &account.lost {
        outln!("  {dim}found no place: {} of {}{dim:#}", printable_line(field), counted(*rows, "row"));
    }
    for (remark, times) in &account.remarks {
        let times = if *times > 1 { format!(" ({times} times)") } else { String::new() };
        outln!("  note: {}{times}", printable_line(remark));
    }
    for (id, title) in imported.made.iter().take(SHOWN) {
        outln!("  {bold}{id}{bold:#} {}", printable_line(title));
    }
    more(imported.made.len());
    for path in imported.notes.iter().take(SHOWN) {
        outln!("  {bold}{}{bold:#}", printable_line(path.as_str()));
    }
    more(imported.notes.len());
    if !account.case_keys.is_empty() {
        outln!("  of the case as a whole the file says this, which nothing was overwritten with:");
    }
    for (key, value) in &account.case_keys {
        outln!("    casebook set case {}", shell_word(&format!("{key}={value}")));
    }
    if !imported.is_written {
        let why = if arguments.dry_run { "it is a dry run" } else { "rows were refused" };
        outln!("nothing was written: {why}");
    }
}

/// What to type next.
fn print_next(all: &[Imported]) {
    if !all.iter().any(|imported| imported.is_written) {
        return;
    }
    if all.iter().any(|imported| !imported.made.is_empty()) {
        return outln!("next: casebook check, then git add -A && git commit");
    }
    if all.iter().any(|imported| imported.account.skipped.contains_key(NOT_ASKED)) {
        let item = all.iter().find_map(|imported| imported.item).map(|item| item.to_string()).unwrap_or_default();
        outln!("next: casebook timeline {item}             look at the rows");
        outln!("      casebook propose                         draft findings of what rules fired on");
        outln!("      casebook import {item} --grep TEXT   make events of rows");
    }
}

/// A text as one word for a shell.
fn shell_word(text: &str) -> String {
    let text = printable_line(text);
    shlex::try_quote(&text).map_or_else(|_| text.clone(), std::borrow::Cow::into_owned)
}

/// Machines that no asset is called by: entries about them name no asset.
pub fn strangers(account: &Account) {
    for (host, rows) in account.strangers.iter().take(SHOWN) {
        let (shown, rows) = (printable_line(host), counted(*rows, "row"));
        let set = shell_word(&format!("identifiers+={shown}"));
        outln!("  note: no one asset is called {shown} ({rows}); `casebook set ASSET {set}` says which is");
    }
    more(account.strangers.len());
}

pub fn more(all: usize) {
    if all > SHOWN {
        outln!("  and {} more; `--format json` lists all", all - SHOWN);
    }
}

fn as_json(imported: &Imported) -> serde_json::Value {
    let account = &imported.account;
    let refused: Vec<_> =
        account.refusals.iter().map(|refused| json!({ "place": refused.place, "why": refused.why })).collect();
    let made: Vec<_> = imported
        .made
        .iter()
        .map(|(id, title)| json!({ "id": id, "kind": id.kind().noun(), "title": printable(title) }))
        .collect();
    json!({
        "file": printable_line(&imported.name),
        "format": imported.format,
        "item": imported.item,
        "registered": imported.is_new && imported.is_written,
        "written": imported.is_written,
        "rows": { "read": account.read, "taken": account.taken, "skipped": account.skipped, "refused": account.refused, "refusals": refused },
        "strangers": account.strangers.iter().map(|(host, rows)| (printable_line(host), *rows)).collect::<BTreeMap<_, _>>(),
        "lost": account.lost,
        "remarks": account.remarks,
        "case": account.case_keys,
        "notes": imported.notes.iter().map(|path| printable_line(path.as_str())).collect::<Vec<_>>(),
        "entries": made,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_not_read_a_file_is_told_where_to_look() {
        let failure = |kind: ErrorKind| cannot_read("auth.log", &kind.into());
        assert!(failure(ErrorKind::PermissionDenied).help.unwrap().contains("`ls -l`"));
        assert_eq!(failure(ErrorKind::UnexpectedEof).help, None);
    }
}
