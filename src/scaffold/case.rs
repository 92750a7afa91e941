//! A new case: the files of a template with fresh ids, and what the person who opens it knows already.

use super::format::{self, format};
use super::{Files, template};
use crate::model::schema;
use crate::values::vocabulary::{Marking, Severity};
use crate::values::{EntryId, Handle, Kind, Moment, TreePath};
use std::collections::{BTreeMap, BTreeSet};
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, Value, value};

/// What is known of a case when it is opened.
pub struct NewCase {
    pub template: String,
    /// The team's own number or name for it.
    pub id: String,
    pub title: Option<String>,
    pub severity: Option<Severity>,
    pub tlp: Option<Marking>,
    pub lead: Option<Handle>,
    pub detected: Option<Moment>,
    /// Who opens it; unknown where Git does not say.
    pub opener: Option<Opener>,
}

/// The person who opens a case: the first one of its roster.
#[derive(Clone, Debug)]
pub struct Opener {
    pub handle: Handle,
    pub name: String,
    pub email: Option<String>,
}

/// The team that the opener belongs to: the templates' name for the incident responders.
const RESPONDERS: &str = "ir";

/// The files of a new case, schemas for editors among them; `bits` gives random bits for ids.
/// `None` where there is no such template.
pub fn new_case(case: &NewCase, bits: &mut dyn FnMut() -> u64) -> Option<Files> {
    let mut files = with_fresh_ids(template::files(&case.template)?, bits);
    edit(&mut files, "case.toml", |record| describe(record, case));
    edit(&mut files, "team.toml", |team| enlist(team, case));
    for (path, text) in &mut files {
        if let Some(table) = schema::table_of_path(&TreePath::from(path.as_str())) {
            // A template that cannot be formatted is caught by the test of the templates.
            *text = format(text, &table).unwrap_or_else(|_| text.clone());
        }
    }
    for name in schema::names() {
        let schema = schema::table(name).map(|table| schema::json_schema(&table)).unwrap_or_default();
        files.insert(format!("schemas/{name}.json"), format!("{schema:#}\n"));
    }
    Some(files)
}

/// Gives every entry a fresh id, in its file's name and wherever it is referred to: ids of two cases must differ.
fn with_fresh_ids(files: Files, bits: &mut dyn FnMut() -> u64) -> Files {
    let mut fresh: BTreeMap<String, String> = BTreeMap::new();
    let mut taken: BTreeSet<EntryId> = BTreeSet::new();
    for path in files.keys() {
        let path = TreePath::from(path.as_str());
        let (Some(kind), Ok(old)) = (Kind::of_folder(path.top()), path.stem().parse::<EntryId>()) else { continue };
        let new = loop {
            let id = EntryId::from_bits(kind, bits());
            if taken.insert(id) {
                break id;
            }
        };
        fresh.insert(old.to_string(), new.to_string());
    }
    let renew = |text: &str| {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        // An id is a letter, a hyphen and 8 characters: it is found by its hyphen, whatever stands around it.
        while let Some(hyphen) = rest.find('-') {
            let id = hyphen.checked_sub(1).and_then(|start| rest.get(start..hyphen + 9));
            match id.and_then(|id| fresh.get(id)) {
                Some(new) => {
                    out.push_str(&rest[..hyphen - 1]);
                    out.push_str(new);
                    rest = &rest[hyphen + 9..];
                }
                None => {
                    out.push_str(&rest[..=hyphen]);
                    rest = &rest[hyphen + 1..];
                }
            }
        }
        out.push_str(rest);
        out
    };
    files.iter().map(|(path, text)| (renew(path), renew(text))).collect()
}

/// Edits one of the files; a template that does not parse is left for its test to find.
fn edit(files: &mut Files, name: &str, change: impl FnOnce(&mut DocumentMut)) {
    let Some(text) = files.get_mut(name) else { return };
    let Some(table) = schema::table_of_path(&TreePath::from(name)) else { return };
    if let Ok((top, mut document)) = format::parse(text) {
        change(&mut document);
        *text = format::print(&top, &document, &table);
    }
}

fn describe(record: &mut DocumentMut, case: &NewCase) {
    record["id"] = value(&case.id);
    if let Some(title) = &case.title {
        record["title"] = value(title);
    }
    if let Some(severity) = case.severity {
        record["severity"] = value(severity.word());
    }
    if let Some(tlp) = case.tlp {
        record["tlp"] = value(tlp.word());
    }
    if let Some(lead) = case.lead.as_ref().or(case.opener.as_ref().map(|opener| &opener.handle)) {
        record["lead"] = value(lead.as_str());
    }
    if let Some(detected) = case.detected {
        let milestones = record.entry("milestones").or_insert(Item::Table(Table::new()));
        let time: Option<toml_edit::Datetime> = detected.as_written().parse().ok();
        if let Some(time) = time {
            milestones["detected"] = value(time);
        }
    }
}

/// Puts the opener and the lead into the roster.
fn enlist(team: &mut DocumentMut, case: &NewCase) {
    let mut people: Vec<Table> = Vec::new();
    let leads = |handle: &Handle| case.lead.as_ref().is_none_or(|lead| lead == handle);
    if let Some(opener) = &case.opener {
        let roles: &[&str] = if leads(&opener.handle) { &["analyst", "lead"] } else { &["analyst"] };
        people.push(person(&opener.handle, &opener.name, opener.email.as_deref(), roles));
    }
    if let Some(lead) = case.lead.as_ref().filter(|lead| case.opener.as_ref().is_none_or(|you| you.handle != **lead)) {
        people.push(person(lead, lead.as_str(), None, &["lead"]));
    }
    if people.is_empty() {
        return;
    }
    let roster = team.entry("people").or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
    if let Some(rows) = roster.as_array_of_tables_mut() {
        people.into_iter().for_each(|person| rows.push(person));
    }
}

fn person(handle: &Handle, name: &str, email: Option<&str>, roles: &[&str]) -> Table {
    let mut person = Table::new();
    person["handle"] = value(handle.as_str());
    person["name"] = value(name);
    person["roles"] = value(roles.iter().copied().map(Value::from).collect::<Array>());
    person["team"] = value(RESPONDERS);
    if let Some(email) = email {
        person["email"] = value(email);
    }
    person
}

#[cfg(test)]
mod tests {
    use super::with_fresh_ids;
    use crate::scaffold::Files;

    #[test]
    fn ids_are_renewed_everywhere_and_nothing_else_is() {
        let mut files = Files::new();
        files.insert(
            "actions/r-00000001.toml".into(),
            "id = \"r-00000001\" # é-r-00000001 x-00000001 [[r-00000001]]".into(),
        );
        files.insert("README.md".into(), "first-r-00000001- and r-0000000 -".into());
        let mut next = 5;
        let renewed = with_fresh_ids(files, &mut || {
            next += 1;
            next
        });
        let paths: Vec<&str> = renewed.keys().map(String::as_str).collect();
        assert_eq!(paths, ["README.md", "actions/r-00000006.toml"]);
        assert_eq!(renewed["actions/r-00000006.toml"], "id = \"r-00000006\" # é-r-00000006 x-00000001 [[r-00000006]]");
        assert_eq!(renewed["README.md"], "first-r-00000006- and r-0000000 -");
    }
}
