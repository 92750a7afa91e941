//! The lines that the homes of evidence need in Git's own files: `.gitattributes` for items that Git LFS keeps, and the
//! clone's `info/exclude` for copies of what a store keeps.

use super::list::folder_path;
use crate::values::EntryId;
use std::collections::BTreeSet;

const LFS: &str = "filter=lfs diff=lfs merge=lfs -text -ident -working-tree-encoding";
const PLAIN: &str = "-text -diff -merge -filter -ident -working-tree-encoding";

/// The text of the top `.gitattributes` with which Git LFS keeps an item, or does not; all other lines stay as they are.
pub fn attributes(text: &str, item: EntryId, is_lfs: bool) -> String {
    let own = [line(item, LFS), line(item, PLAIN)];
    let mut kept: String =
        text.split_inclusive('\n').filter(|line| !own.iter().any(|own| own == line.trim())).collect();
    let needed = match (is_lfs, lfs_keeps_all(&kept)) {
        (true, false) => LFS,
        (false, true) => PLAIN,
        _ => return kept,
    };
    if !kept.is_empty() && !kept.ends_with('\n') {
        kept.push('\n');
    }
    kept.push_str(&line(item, needed));
    kept.push('\n');
    kept
}

fn line(item: EntryId, attributes: &str) -> String {
    format!("{}/** {attributes}", folder_path(item))
}

/// Whether the line for all evidence gives it to Git LFS.
fn lfs_keeps_all(text: &str) -> bool {
    let general = |line: &str| -> Option<bool> {
        let mut words = line.split_ascii_whitespace();
        let is_general = words.next()?.trim_start_matches('/') == "evidence/**";
        is_general
            .then(|| words.find(|word| word.ends_with("filter") || word.starts_with("filter=")) == Some("filter=lfs"))
    };
    text.lines().rev().find_map(general).unwrap_or(false)
}

const BEGIN: &str = "# casebook begins: copies of what the store keeps; these lines are casebook's own";
const END: &str = "# casebook ends";

/// The items whose folders a clone's `info/exclude` leaves out, by our own lines.
pub fn excluded(text: &str) -> BTreeSet<EntryId> {
    let own = text.lines().skip_while(|line| *line != BEGIN).take_while(|line| *line != END);
    own.filter_map(|line| line.strip_prefix("/evidence/")?.strip_suffix('/')?.parse().ok()).collect()
}

/// The text of a clone's `info/exclude` with which Git leaves out the folders of these items.
pub fn exclude(text: &str, items: &BTreeSet<EntryId>) -> String {
    let mut kept = String::new();
    let mut is_own = false;
    for line in text.split_inclusive('\n') {
        match line.trim_end() {
            BEGIN => is_own = true,
            END if is_own => is_own = false,
            _ if !is_own => kept.push_str(line),
            _ => {}
        }
    }
    if items.is_empty() {
        return kept;
    }
    if !kept.is_empty() && !kept.ends_with('\n') {
        kept.push('\n');
    }
    let lines: String = items.iter().map(|item| format!("/{}/\n", folder_path(*item))).collect();
    format!("{kept}{BEGIN}\n{lines}{END}\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::Kind;

    fn item(bits: u64) -> EntryId {
        EntryId::from_bits(Kind::Evidence, bits)
    }

    #[test]
    fn attributes_change_for_one_item_and_back() {
        let text = "* text=auto eol=lf\nevidence/** -text -diff -merge -filter -ident -working-tree-encoding\nsignoffs/** -text";
        let lfs = attributes(text, item(7), true);
        assert_eq!(lfs, format!("{text}\nevidence/{}/** {LFS}\n", item(7)));
        assert_eq!(attributes(&lfs, item(7), true), lfs, "once is enough");
        assert_eq!(attributes(&lfs, item(7), false), format!("{text}\n"));
        assert_eq!(attributes(text, item(7), false), text);
        let both = attributes(&lfs, item(8), true);
        assert_eq!(attributes(&both, item(7), false), format!("{text}\nevidence/{}/** {LFS}\n", item(8)));
    }

    #[test]
    fn where_git_lfs_keeps_everything_an_item_can_be_left_out() {
        let text = "evidence/** filter=lfs diff=lfs merge=lfs -text -ident -working-tree-encoding\n";
        assert_eq!(attributes(text, item(7), true), text);
        let plain = attributes(text, item(7), false);
        assert_eq!(plain, format!("{text}evidence/{}/** {PLAIN}\n", item(7)));
        assert_eq!(attributes(&plain, item(7), true), text);
    }

    #[test]
    fn the_lines_of_others_stay_in_the_exclude_file() {
        let text = "# git ls-files --others\n*.swp";
        let items = BTreeSet::from([item(8), item(7)]);
        let with = exclude(text, &items);
        assert!(with.starts_with("# git ls-files --others\n*.swp\n# casebook begins"), "{with}");
        assert!(with.contains(&format!("\n/evidence/{}/\n", item(7))), "{with}");
        assert_eq!(exclude(&with, &items), with);
        assert_eq!((excluded(&with), excluded(text)), (items, BTreeSet::new()));
        assert_eq!(exclude(&with, &BTreeSet::new()), format!("{text}\n"));
        assert_eq!(exclude("", &BTreeSet::new()), "");
    }
}
