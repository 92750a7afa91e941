//! What tells the rows of a list of tables apart.

use super::meaning;
use crate::model::{Shape, TableShape};
use crate::scaffold::format::read::Row;

/// The keys that say which thing a row is about; none where a row is only what it says, such as a citation.
fn keys(table: &TableShape) -> &'static [&'static str] {
    match table.name {
        "person" | "team group" | "duty" | "audience" | "route" => &["handle"],
        "objective" => &["name"],
        "gate" => &["kind", "status"],
        "sign-off rule" => &["kind", "status", "severity"],
        "transition" => &["kind", "from"],
        "sighting" => &["asset", "time"],
        "known_as" => &["name", "from"],
        _ => &[],
    }
}

/// The names of the rows of three versions, for each version, and whether a row with the same name can say something else.
pub struct Names {
    pub versions: [Vec<String>; 3],
    pub lasting: bool,
}

impl Names {
    /// Rows are named by the keys of their record where these tell all of them apart in every version, and otherwise by
    /// all that they say.
    pub fn of(item: Option<&Shape>, versions: [&[Row]; 3]) -> Self {
        if let Some(Shape::Table(table)) = item
            && let keys @ [_, ..] = keys(table)
        {
            let named = versions.map(|rows| rows.iter().map(|row| name(row, keys)).collect::<Option<Vec<String>>>());
            if let [Some(base), Some(ours), Some(theirs)] = named {
                let versions = [base, ours, theirs];
                if versions
                    .iter()
                    .all(|names| names.iter().collect::<std::collections::BTreeSet<_>>().len() == names.len())
                {
                    return Self { versions, lasting: true };
                }
            }
        }
        let whole = |rows: &[Row]| rows.iter().map(|row| meaning::of_members(&row.members)).collect();
        Self { versions: versions.map(whole), lasting: false }
    }
}

/// The name of a row: its first key must be there.
fn name(row: &Row, keys: &[&str]) -> Option<String> {
    let said =
        |key: &str| row.members.iter().find(|member| member.key == key).map(|member| meaning::of_node(&member.node));
    said(keys.first()?)?;
    Some(keys.iter().map(|key| said(key).unwrap_or_default()).collect::<Vec<_>>().join(" "))
}

/// How people call a row, for a message.
pub fn label(row: &Row, item: Option<&Shape>) -> String {
    let Some(Shape::Table(table)) = item else { return String::new() };
    let texts = keys(table).iter().filter_map(|key| {
        let member = row.members.iter().find(|member| member.key == *key)?;
        let text = member.node.value_text()?;
        Some(text.split_whitespace().collect::<Vec<_>>().join(" ").replace(['"', '[', ']'], ""))
    });
    texts.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::keys;
    use crate::model::{Shape, schema};

    #[test]
    fn every_list_of_tables_that_can_be_merged_is_known() {
        let mut lists = Vec::new();
        for name in schema::names().into_iter().filter(|name| !matches!(*name, "evidence" | "custody" | "release")) {
            for table in schema::tables_inside(&schema::table(name).unwrap()) {
                for field in table.fields {
                    if let Shape::List { item, .. } = field.shape
                        && let Shape::Table(table) = *item
                    {
                        let names: Vec<&str> = table.fields.iter().map(|field| field.name).collect();
                        assert!(keys(&table).iter().all(|key| names.contains(key)), "{}", table.name);
                        lists.push((table.name, keys(&table).is_empty()));
                    }
                }
            }
        }
        lists.sort_unstable();
        lists.dedup();
        let expected = [
            ("audience", false),
            ("citation", true),
            ("duty", false),
            ("gate", false),
            ("known_as", false),
            ("objective", false),
            ("person", false),
            ("route", false),
            ("sighting", false),
            ("sign-off rule", false),
            ("team group", false),
            ("transition", false),
        ];
        assert_eq!(lists, expected);
    }
}
