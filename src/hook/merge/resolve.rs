//! What is left of a merge that stopped: the conflicts of each file, and the choice of a side for a key.
//!
//! The three versions are those of the index, so that it makes no difference what wrote the file of the work tree. What was
//! chosen before, or written by hand, stands in that file: it is written over only as far as Git or casebook wrote it.

use crate::diagnostic::Diagnostic;
use crate::disk::DiskTree;
use crate::git::conflicts::{Style, merge_lines};
use crate::git::{GitError, Oid, Repo, Unmerged};
use crate::load;
use crate::model::{MAX_TEXT_BYTES, schema};
use crate::scaffold::format;
use crate::scaffold::merge::{self, Block, Conflict, Labels, Merge, MergeError, Side, Versions, blocks};
use crate::tree::{Tree, TreeError};
use crate::values::{EntryId, Malformed, TreePath};

/// A file with a conflict.
#[derive(Clone, Debug)]
pub struct Conflicted {
    pub path: TreePath,
    pub nature: Nature,
}

/// What kind of conflict it is.
#[derive(Clone, Debug)]
pub enum Nature {
    /// Keys, and which of them are still to be decided in the work tree.
    Keys { all: Vec<Conflict>, open: Vec<usize>, work: Work },
    /// One side removed the file, the other changed it.
    Removed { by: Side },
    /// A side is another entry, which Git took for this one.
    Mistaken { side: Side, id: String },
    /// It is written once.
    WrittenOnce,
    /// It is merged line by line, for this reason.
    Lines(String),
}

/// What stands in the work tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// What Git or the driver wrote: it can be written again.
    Fresh,
    /// Some keys were decided, the others are between marks.
    Begun,
    /// No marks are left.
    Done,
    /// Marks that are not those of keys, in a text that Git did not write.
    ByHand,
}

impl Work {
    pub fn word(self) -> &'static str {
        match self {
            Work::Fresh => "open",
            Work::Begun => "begun",
            Work::Done => "done",
            Work::ByHand => "by-hand",
        }
    }
}

/// What a choice came to.
#[derive(Debug)]
pub struct Chosen {
    /// The files that were written.
    pub written: Vec<TreePath>,
    /// The keys that are still to be decided.
    pub left: Vec<String>,
    /// The text that was written, and what is wrong with it as a record.
    pub text: String,
    pub found: Vec<Diagnostic>,
}

/// Why nothing was chosen.
#[derive(Debug, thiserror::Error)]
pub enum ResolveError {
    #[error("{}", .0.message)]
    Senseless(Malformed),
    #[error(transparent)]
    Git(#[from] GitError),
    #[error(transparent)]
    Tree(#[from] TreeError),
    #[error("cannot write `{path}`: {reason}")]
    Disk { path: TreePath, reason: std::io::Error },
}

impl ResolveError {
    fn senseless(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Senseless(Malformed::new(message).help(help))
    }
}

/// The versions of a file, as texts.
struct Texts {
    base: Option<String>,
    ours: Option<String>,
    theirs: Option<String>,
}

impl Texts {
    /// `None` where a version is no text.
    fn of(repository: &Repo, unmerged: &Unmerged) -> Result<Option<Self>, GitError> {
        let text = |id: Option<Oid>| -> Result<Option<Option<String>>, GitError> {
            let Some(id) = id else { return Ok(Some(None)) };
            Ok(String::from_utf8(repository.blob(id, MAX_TEXT_BYTES)?).ok().map(Some))
        };
        let (base, ours, theirs) = (text(unmerged.base)?, text(unmerged.ours)?, text(unmerged.theirs)?);
        Ok(base.zip(ours).zip(theirs).map(|((base, ours), theirs)| Self { base, ours, theirs }))
    }

    fn versions(&self) -> Option<Versions<'_>> {
        Some(Versions { base: self.base.as_deref(), ours: self.ours.as_deref()?, theirs: self.theirs.as_deref()? })
    }

    fn side(&self, side: Side) -> Option<&str> {
        match side {
            Side::Ours => self.ours.as_deref(),
            Side::Theirs => self.theirs.as_deref(),
        }
    }

    /// Whether Git or the driver wrote a text of the work tree, and nobody has changed it since.
    fn made(&self, text: &str) -> bool {
        let [base, ours, theirs] =
            [&self.base, &self.ours, &self.theirs].map(|text| text.as_deref().unwrap_or_default().as_bytes());
        let plain = |text: &str| without_labels(&text.replace("\r\n", "\n"));
        let wanted = plain(text);
        let lines = [Style::Merge, Style::Diff3, Style::Zdiff3]
            .into_iter()
            .filter_map(|style| merge_lines([base, ours, theirs], ["", "", ""], 7, style).ok().flatten())
            .filter_map(|lines| String::from_utf8(lines.text).ok());
        let whole = self.versions().map(|versions| merge::whole(versions, &Labels::default()));
        let sides = [&self.ours, &self.theirs].into_iter().flatten().cloned();
        lines.chain(whole).chain(sides).any(|made| plain(&made) == wanted)
    }
}

/// Every file with a conflict, by path.
pub fn conflicted(repository: &Repo, tree: &DiskTree<'_>) -> Result<Vec<Conflicted>, ResolveError> {
    let all = repository.unmerged()?;
    all.iter().map(|unmerged| examine(repository, tree, unmerged)).collect()
}

fn examine(repository: &Repo, tree: &DiskTree<'_>, unmerged: &Unmerged) -> Result<Conflicted, ResolveError> {
    let path = TreePath::from(unmerged.path.as_str());
    let nature = |nature| Ok(Conflicted { path: path.clone(), nature });
    if schema::table_of_path(&path).is_none() {
        return nature(Nature::Lines(MergeError::NoRecord.to_string()));
    }
    let Some(texts) = Texts::of(repository, unmerged)? else {
        return nature(Nature::Lines("it is no text".to_owned()));
    };
    let removed = match (&texts.ours, &texts.theirs) {
        (None, Some(_)) => Some(Side::Ours),
        (Some(_), None) => Some(Side::Theirs),
        _ => None,
    };
    if let Some(by) = removed {
        return nature(Nature::Removed { by });
    }
    let Some(versions) = texts.versions() else {
        return nature(Nature::Lines("neither side has it".to_owned()));
    };
    nature(match merge::merge(&path, versions) {
        Ok(merged) => {
            let (work, found) = work(&texts, &merged, work_tree_text(tree, &path)?.as_deref());
            let open = match work {
                Work::Fresh => (0..merged.conflicts.len()).collect(),
                _ => found.into_iter().map(|(index, _)| index).collect(),
            };
            Nature::Keys { all: merged.conflicts, open, work }
        }
        Err(MergeError::WrittenOnce) => Nature::WrittenOnce,
        Err(MergeError::Mistaken { side, id }) => Nature::Mistaken { side, id },
        Err(error) => Nature::Lines(error.to_string()),
    })
}

/// The file of the work tree; `None` where there is none that can be read as text.
fn work_tree_text(tree: &DiskTree<'_>, path: &TreePath) -> Result<Option<String>, TreeError> {
    match tree.read(path, MAX_TEXT_BYTES) {
        Ok(content) => Ok(Some(String::from_utf8_lossy(&content).into_owned())),
        Err(TreeError::Missing(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What the work tree has of a merge, and the conflicts that are between marks there.
fn work(texts: &Texts, merged: &Merge, text: Option<&str>) -> (Work, Vec<(usize, Block)>) {
    let Some(text) = text else { return (Work::Fresh, Vec::new()) };
    let found = blocks(text);
    let known = known(&found, &merged.conflicts);
    if let Some(known) = known.filter(|known| !known.is_empty()) {
        return (Work::Begun, known);
    }
    if texts.made(text) {
        return (Work::Fresh, Vec::new());
    }
    (if found.is_empty() { Work::Done } else { Work::ByHand }, Vec::new())
}

/// Which conflict each block is; `None` where one is none of them, or cannot be told from another.
fn known(found: &[Block], conflicts: &[Conflict]) -> Option<Vec<(usize, Block)>> {
    let is = |block: &Block, conflict: &Conflict| block.ours == conflict.ours && block.theirs == conflict.theirs;
    let is_whole = found.len() == conflicts.len();
    let mut next = 0;
    let mut known = Vec::new();
    for block in found {
        let same = conflicts.iter().filter(|conflict| is(block, conflict)).count();
        let index = (next..conflicts.len()).find(|index| is(block, &conflicts[*index]))?;
        if same > 1 && !is_whole {
            return None;
        }
        next = index + 1;
        known.push((index, block.clone()));
    }
    Some(known)
}

/// A text with its conflicts as they are, whatever is written beside their marks.
fn without_labels(text: &str) -> String {
    let mut out = String::new();
    let mut from = 0;
    for block in blocks(text) {
        out.push_str(&text[from..block.range.start]);
        out.push_str(&format!("\0{}\0{}\0", block.ours, block.theirs));
        from = block.range.end;
    }
    out + &text[from..]
}

/// Takes a side for the named keys of a file, or for all that are still to be decided, and writes the file.
pub fn choose(
    repository: &Repo,
    tree: &DiskTree<'_>,
    path: &TreePath,
    side: Side,
    keys: &[String],
) -> Result<Chosen, ResolveError> {
    let all = repository.unmerged()?;
    let unmerged = all.iter().find(|unmerged| unmerged.path == path.as_str()).ok_or_else(|| {
        ResolveError::senseless(format!("`{path}` has no conflict"), "`casebook resolve` lists the files that have one")
    })?;
    let conflicted = examine(repository, tree, unmerged)?;
    let texts = Texts::of(repository, unmerged)?;
    match (conflicted.nature, &texts) {
        (Nature::Keys { .. }, Some(texts)) => choose_keys(tree, path, texts, side, keys),
        (nature, Some(texts)) if keys.is_empty() => choose_file(tree, path, texts, side, &nature),
        (nature, _) => Err(refusal(path, &nature)),
    }
}

fn choose_keys(
    tree: &DiskTree<'_>,
    path: &TreePath,
    texts: &Texts,
    side: Side,
    keys: &[String],
) -> Result<Chosen, ResolveError> {
    let again = format!("`git checkout -m -- {path}` begins anew, without what was written there");
    let merged = texts.versions().and_then(|versions| merge::merge(path, versions).ok());
    let merged =
        merged.ok_or_else(|| ResolveError::senseless(format!("`{path}` cannot be merged by keys"), again.clone()))?;
    let written = work_tree_text(tree, path)?;
    let (work, known_blocks) = work(texts, &merged, written.as_deref());
    let (mut text, open) = match work {
        Work::Done => {
            return Err(ResolveError::senseless(
                format!("nothing is left to choose in `{path}`"),
                format!("`git add {path}` if it is as it should be; {again}"),
            ));
        }
        Work::ByHand => {
            return Err(ResolveError::senseless(
                format!("somebody has begun to resolve `{path}` by hand"),
                format!("finish there, then `git add {path}`; or {again}"),
            ));
        }
        Work::Begun => (written.unwrap_or_default(), known_blocks),
        Work::Fresh => {
            let text = merged.text(&Labels::default());
            let open = known(&blocks(&text), &merged.conflicts).unwrap_or_default();
            (text, open)
        }
    };
    let is_wanted = |index: usize| keys.is_empty() || keys.iter().any(|key| merged.conflicts[index].is_of(key));
    if let Some(key) = keys.iter().find(|key| !open.iter().any(|(index, _)| merged.conflicts[*index].is_of(key))) {
        let names: Vec<&str> = open.iter().map(|(index, _)| merged.conflicts[*index].key.as_str()).collect();
        return Err(ResolveError::senseless(
            format!("`{key}` is not to be decided in `{path}`"),
            format!("what is: {}", names.join(", ")),
        ));
    }
    let mut left = Vec::new();
    for (index, block) in open.iter().rev() {
        let conflict = &merged.conflicts[*index];
        if !is_wanted(*index) {
            left.insert(0, conflict.key.clone());
            continue;
        }
        let lines = conflict.raised.map(|number| format!("version = {number}\n"));
        text.replace_range(block.range.clone(), lines.as_deref().unwrap_or(conflict.side(side)));
    }
    if left.is_empty() {
        text = canonical(path, &text)?;
    }
    put(tree, path, text, left)
}

fn canonical(path: &TreePath, text: &str) -> Result<String, ResolveError> {
    let Some(table) = schema::table_of_path(path) else { return Ok(text.to_owned()) };
    format(text, &table).map_err(|error| {
        ResolveError::senseless(
            format!("`{path}` would not be readable: {error}"),
            format!("mend it in an editor, then `git add {path}`"),
        )
    })
}

fn put(tree: &DiskTree<'_>, path: &TreePath, text: String, left: Vec<String>) -> Result<Chosen, ResolveError> {
    tree.write(path, text.as_bytes(), false).map_err(|reason| ResolveError::Disk { path: path.clone(), reason })?;
    let found = if left.is_empty() { load::examine(path, text.as_bytes()) } else { Vec::new() };
    Ok(Chosen { written: vec![path.clone()], left, text, found })
}

/// Takes a side as a whole, where keys cannot be told apart.
fn choose_file(
    tree: &DiskTree<'_>,
    path: &TreePath,
    texts: &Texts,
    side: Side,
    nature: &Nature,
) -> Result<Chosen, ResolveError> {
    let text = texts.side(side).map(str::to_owned);
    let is_own = |text: &str| {
        let versions = Versions { base: None, ours: text, theirs: text };
        merge::merge(path, versions).is_ok()
    };
    let text = match (nature, text) {
        (Nature::Removed { .. } | Nature::Mistaken { .. }, Some(text)) if is_own(&text) => text,
        _ => return Err(refusal(path, nature)),
    };
    if work_tree_text(tree, path)?.is_some_and(|written| !texts.made(&written)) {
        return Err(ResolveError::senseless(
            format!("somebody has changed `{path}` since"),
            format!("finish there, then `git add {path}`; or `git checkout -m -- {path}` begins anew"),
        ));
    }
    let mut chosen = put(tree, path, text, Vec::new())?;
    if let Nature::Mistaken { side: stray, id } = nature
        && let (Some(own), Some(text)) = (id.parse::<EntryId>().ok().map(EntryId::path), texts.side(*stray))
        && *stray != side
    {
        restore(tree, &own, text, &mut chosen)?;
    }
    Ok(chosen)
}

/// Puts an entry that Git took for another one back into its own file, unless something is there.
fn restore(tree: &DiskTree<'_>, own: &TreePath, text: &str, chosen: &mut Chosen) -> Result<(), ResolveError> {
    match work_tree_text(tree, own)? {
        Some(there) if there == text => {}
        Some(_) => chosen.left.push(own.to_string()),
        None => {
            tree.write(own, text.as_bytes(), false)
                .map_err(|reason| ResolveError::Disk { path: own.clone(), reason })?;
            chosen.written.push(own.clone());
        }
    }
    Ok(())
}

/// Why a side cannot be taken, and what to do.
fn refusal(path: &TreePath, nature: &Nature) -> ResolveError {
    let (message, help) = advice(path, nature);
    ResolveError::senseless(message, help)
}

/// What there is to say of a conflict that is not one of keys.
pub fn advice(path: &TreePath, nature: &Nature) -> (String, String) {
    match nature {
        Nature::Keys { .. } => {
            (format!("`{path}` has keys to decide"), format!("`casebook resolve {path} --ours --key KEY`"))
        }
        Nature::Removed { by } => {
            let (who, option) = match by {
                Side::Ours => ("our side", "--theirs"),
                Side::Theirs => ("their side", "--ours"),
            };
            (
                format!("{who} removed `{path}`, the other changed it"),
                format!(
                    "no entry is ever removed: `casebook resolve {path} {option}` keeps it, then set its status to `withdrawn`"
                ),
            )
        }
        Nature::Mistaken { side, id } => {
            let option = match side {
                Side::Ours => "--theirs",
                Side::Theirs => "--ours",
            };
            (
                format!("Git took `{id}` for `{}`: {side} is that other entry", path.stem()),
                format!("`casebook resolve {path} {option}` keeps them apart, each in its own file"),
            )
        }
        Nature::WrittenOnce => (
            format!("`{path}` is written once, and the two sides have different ones"),
            format!(
                "keep the one that was registered first, `git checkout --ours {path}` or `--theirs`; register the other anew"
            ),
        ),
        Nature::Lines(reason) => (
            format!("`{path}` is merged line by line: {reason}"),
            format!("edit it, remove the lines with `<<<<<<<`, `=======`, `>>>>>>>`, then `git add {path}`"),
        ),
    }
}
