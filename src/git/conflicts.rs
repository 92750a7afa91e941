//! Merges that stopped: the versions that the index holds of a path, who the sides are, and Git's own merge of lines.

use super::{Commit, GitError, Repo};
use git2::{MergeFileInput, MergeFileOptions, Oid};
use std::collections::BTreeMap;

/// A path that the index has in several versions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unmerged {
    pub path: String,
    pub base: Option<Oid>,
    pub ours: Option<Oid>,
    pub theirs: Option<Oid>,
}

/// What Git is doing that stopped.
#[derive(Clone, Debug)]
pub struct Halted {
    /// How to go on once everything is resolved.
    pub go_on: &'static str,
    /// Whether `ours` is what the user's own commits are put upon, as in a rebase.
    pub swapped: bool,
    /// The commit that the other side is of.
    pub other: Commit,
}

/// How conflicts of lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    Merge,
    Diff3,
    Zdiff3,
}

/// What came of a merge of lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lines {
    pub text: Vec<u8>,
    pub is_clean: bool,
}

impl Repo {
    /// The paths with conflicts. Git itself is asked: libgit2 cannot read a split or sparse index.
    pub fn unmerged(&self) -> Result<Vec<Unmerged>, GitError> {
        let mut found: BTreeMap<String, Unmerged> = BTreeMap::new();
        for line in self.ask(&["ls-files", "--unmerged", "-z", "--full-name"])?.split('\0') {
            let Some((about, path)) = line.split_once('\t') else { continue };
            let mut words = about.split(' ').skip(1);
            let (Some(id), Some(stage)) = (words.next(), words.next()) else { continue };
            let id = Some(Oid::from_str(id)?);
            let unmerged = found.entry(path.to_owned()).or_default();
            unmerged.path = path.to_owned();
            match stage {
                "1" => unmerged.base = id,
                "2" => unmerged.ours = id,
                _ => unmerged.theirs = id,
            }
        }
        Ok(found.into_values().collect())
    }

    /// The bytes of a blob of at most so many.
    pub fn blob(&self, id: Oid, limit: u64) -> Result<Vec<u8>, GitError> {
        let (size, _) = self.repository.odb()?.read_header(id)?;
        if size as u64 > limit {
            return Err(GitError::Other(format!("{id} has {size} bytes")));
        }
        Ok(self.repository.find_blob(id)?.content().to_vec())
    }

    /// What Git has begun and not ended; `None` where it does not say, such as after `git stash pop`.
    pub fn halted(&self) -> Option<Halted> {
        let states = [
            ("MERGE_HEAD", "git commit", false),
            ("CHERRY_PICK_HEAD", "git cherry-pick --continue", false),
            ("REVERT_HEAD", "git revert --continue", false),
            ("REBASE_HEAD", "git rebase --continue", true),
        ];
        // A rebase leaves CHERRY_PICK_HEAD, too.
        let is_rebase = self.replay().is_some_and(|replay| matches!(replay, super::Replay::Rebase { .. }));
        states.into_iter().filter(|(name, ..)| !is_rebase || *name == "REBASE_HEAD").find_map(
            |(name, go_on, swapped)| {
                let other = self.resolve(name).ok()?;
                Some(Halted { go_on, swapped, other })
            },
        )
    }
}

/// Merges lines as Git does where no driver is set; nothing for bytes that are no text.
pub fn merge_lines(
    [base, ours, theirs]: [&[u8]; 3],
    [of_base, of_ours, of_theirs]: [&str; 3],
    size: usize,
    style: Style,
) -> Result<Option<Lines>, GitError> {
    if [base, ours, theirs].iter().any(|text| text.contains(&0)) {
        return Ok(None);
    }
    // The function below is the only one of git2 that does not start libgit2 itself.
    let _ = git2::Config::new()?;
    // A first line that all have: libgit2 has no pointer for a result without bytes.
    let longer = [base, ours, theirs].map(|text| [b"\n", text].concat());
    let mut inputs = [MergeFileInput::new(), MergeFileInput::new(), MergeFileInput::new()];
    for (input, text) in inputs.iter_mut().zip(&longer) {
        input.content(text);
    }
    let label = |text: &str| text.replace(|c: char| c.is_control(), " ");
    let mut options = MergeFileOptions::new();
    options.ancestor_label(label(of_base)).our_label(label(of_ours)).their_label(label(of_theirs));
    options.marker_size(u16::try_from(size).unwrap_or(7));
    match style {
        Style::Merge => options.style_standard(true),
        Style::Diff3 => options.style_diff3(true),
        Style::Zdiff3 => options.style_zdiff3(true),
    };
    let merged = git2::merge_file(&inputs[0], &inputs[1], &inputs[2], Some(&mut options))?;
    let text = merged.content();
    Ok(Some(Lines { text: text.strip_prefix(b"\n").unwrap_or(text).to_vec(), is_clean: merged.is_automergeable() }))
}

#[cfg(test)]
mod tests {
    use super::{Style, merge_lines};

    fn merged(versions: [&str; 3]) -> (String, bool) {
        let lines = merge_lines(versions.map(str::as_bytes), ["b", "o", "t"], 7, Style::Merge).unwrap().unwrap();
        (String::from_utf8(lines.text).unwrap(), lines.is_clean)
    }

    #[test]
    fn lines_merge_as_git_merges_them() {
        assert_eq!(merged(["a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n"]), ("A\nb\nC\n".to_owned(), true));
        assert_eq!(merged(["a\n", "", "a\n"]), (String::new(), true));
        let (text, is_clean) = merged(["a\n", "b\n", "c\n"]);
        assert_eq!((text.as_str(), is_clean), ("<<<<<<< o\nb\n=======\nc\n>>>>>>> t\n", false));
        assert!(merge_lines([b"\0", b"a", b"b"], ["", "", ""], 7, Style::Merge).unwrap().is_none());
    }
}
