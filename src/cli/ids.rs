//! Ids as people type them: any unambiguous beginning, in any case, with or without hyphens, or the file's path.

use super::Failure;
use crate::diagnostic::render::printable_line;
use crate::disk::file::is_regular;
use crate::model::Case;
use crate::review::{FILES, Item};
use crate::values::{EntryId, Kind, nearest};
use std::path::Path;

/// How many candidates a message lists.
const SHOWN: usize = 8;

/// The entry of the case that a text is short for.
pub fn resolve(case: &Case, typed: &str) -> Result<EntryId, Failure> {
    match candidates(case, typed).as_slice() {
        [id] => Ok(*id),
        [] => Err(unknown(case, typed)),
        several => Err(ambiguous(case, typed, several)),
    }
}

/// All entries of the case that a text may be short for.
pub fn candidates(case: &Case, typed: &str) -> Vec<EntryId> {
    let wanted = simplified(typed);
    if wanted.is_empty() {
        return Vec::new();
    }
    all(case).filter(|id| starts(*id, &wanted)).collect()
}

fn all(case: &Case) -> impl Iterator<Item = EntryId> {
    case.entries.keys().chain(case.unreadable.keys()).copied()
}

/// The evidence item that a text is short for; a file in the folder is none yet.
pub fn evidence(case: &Case, typed: &str, folder: &Path) -> Result<EntryId, Failure> {
    if candidates(case, typed).is_empty() && is_regular(&folder.join(typed)) {
        let typed = printable_line(typed);
        return Err(Failure::new(format!("`{typed}` is a file, and no evidence item"))
            .help(format!("`casebook import {typed}` makes it evidence, or says as which item it is registered")));
    }
    let id = resolve(case, typed)?;
    match id.kind() {
        Kind::Evidence => Ok(id),
        _ => Err(Failure::new(format!("`{id}` is no evidence item")).help("`casebook evidence list` lists them")),
    }
}

/// What can be signed and a text is short for: an entry, or `case`, `team` or `policy`.
pub fn item(case: &Case, typed: &str) -> Result<Item, Failure> {
    match FILES.iter().find(|name| **name == typed || name.strip_suffix(".toml") == Some(typed)) {
        Some(name) => Ok(Item::File((*name).to_owned())),
        None => resolve(case, typed).map(Item::Entry),
    }
}

/// The entries that texts are short for, in the order given.
pub fn resolve_all(case: &Case, typed: &[String]) -> Result<Vec<EntryId>, Failure> {
    typed.iter().map(|typed| resolve(case, typed)).collect()
}

/// The evidence items that texts are short for, in the order given.
pub fn evidence_all(case: &Case, typed: &[String], folder: &Path) -> Result<Vec<EntryId>, Failure> {
    typed.iter().map(|typed| evidence(case, typed, folder)).collect()
}

fn starts(id: EntryId, wanted: &str) -> bool {
    id.to_string().replacen('-', "", 1).starts_with(wanted)
}

/// Lower case, without folder, extension, brackets and hyphens; the characters that Crockford's base 32 leaves out
/// because they look like digits become those digits.
fn simplified(typed: &str) -> String {
    let name = typed.trim().rsplit(['/', '\\']).next().unwrap_or("");
    let name = name.strip_suffix(".toml").unwrap_or(name).trim_matches(['[', ']']).to_lowercase();
    let mut simple: String = name.chars().take(1).collect();
    simple.extend(name.chars().skip(1).filter(|c| *c != '-').map(|c| match c {
        'o' => '0',
        'i' | 'l' => '1',
        other => other,
    }));
    simple
}

fn unknown(case: &Case, typed: &str) -> Failure {
    let all: Vec<EntryId> = all(case).collect();
    let failure = Failure::new(format!("no entry of this case has the id `{typed}`"));
    let texts: Vec<String> = all.iter().map(|id| id.to_string().replacen('-', "", 1)).collect();
    let near = nearest(&simplified(typed), texts.iter().map(String::as_str))
        .and_then(|near| texts.iter().position(|text| text == near))
        .map(|index| all[index]);
    failure.help(match near {
        Some(id) => format!("did you mean `{id}`, {}?", title(case, id)),
        None => "`casebook list` shows the entries, `casebook search TEXT` finds one by its words".to_owned(),
    })
}

fn ambiguous(case: &Case, typed: &str, several: &[EntryId]) -> Failure {
    let mut lines: Vec<String> =
        several.iter().take(SHOWN).map(|id| format!("    {id}  {}", title(case, *id))).collect();
    if several.len() > SHOWN {
        lines.push(format!("    and {} more", several.len() - SHOWN));
    }
    Failure::new(format!("`{typed}` is short for {} entries:\n{}", several.len(), lines.join("\n")))
        .help("type a few more characters of the id")
}

fn title(case: &Case, id: EntryId) -> String {
    case.get(id).map_or_else(|| "(its file cannot be read)".to_owned(), |entry| format!("“{}”", entry.title()))
}

#[cfg(test)]
mod tests {
    use super::{resolve, simplified};
    use crate::model::Case;
    use crate::values::TreePath;

    fn case(ids: &[&str]) -> Case {
        let mut case = Case::default();
        for id in ids {
            case.unreadable.insert(id.parse().unwrap(), TreePath::from("x"));
        }
        case
    }

    #[test]
    fn what_people_type_is_simplified() {
        for typed in
            ["f-7q2k9dm4", "F-7Q2K-9DM4", "f7q2k9dm4", "findings/f-7q2k9dm4.toml", "[[f-7q2k9dm4]]", " f-7q2k9dm4 "]
        {
            assert_eq!(simplified(typed), "f7q2k9dm4", "{typed}");
        }
        assert_eq!(simplified("i-O1l"), "i011");
    }

    #[test]
    fn one_is_found_several_are_listed_and_none_names_the_nearest() {
        let case = case(&["f-7q2k9dm4", "f-7q2zzzzz", "i-00000000"]);
        assert_eq!(resolve(&case, "F7Q2K").unwrap().to_string(), "f-7q2k9dm4");
        assert_eq!(resolve(&case, "i").unwrap().to_string(), "i-00000000");
        let several = resolve(&case, "f-7q2").unwrap_err();
        assert!(
            several.message.contains("f-7q2k9dm4") && several.message.contains("f-7q2zzzzz"),
            "{}",
            several.message
        );
        let near = resolve(&case, "f-7q2k9dm5").unwrap_err();
        assert!(near.help.as_deref().unwrap().contains("f-7q2k9dm4"), "{near:?}");
        assert!(resolve(&case, "").is_err());
        assert!(resolve(&case, "-").is_err());
    }
}
