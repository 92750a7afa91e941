//! The templates that are built into the program: `case-template/base` and the playbooks that overlay it.

use super::Files;
use include_dir::{Dir, include_dir};

static TEMPLATES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/case-template");

/// The template that has no playbook.
pub const BASE: &str = "base";

/// A template: its name, and what it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    pub name: String,
    pub summary: String,
}

/// Every template, the base first.
pub fn templates() -> Vec<Template> {
    let mut found: Vec<Template> = TEMPLATES
        .dirs()
        .filter_map(|folder| folder.path().to_str())
        .map(|name| Template { name: name.to_owned(), summary: summary(name) })
        .collect();
    found.sort_by_key(|template| (template.name != BASE, template.name.clone()));
    found
}

/// The files of a template: those of the base, with those of the playbook over them. The playbook's README follows
/// the base's, which says how to work in any case. `None` where there is no such template.
pub fn files(name: &str) -> Option<Files> {
    let mut files = texts(BASE)?;
    if name == BASE {
        return Some(files);
    }
    for (path, text) in texts(name)? {
        match files.get_mut(&path) {
            Some(base) if path == "README.md" => {
                base.push('\n');
                base.push_str(&text);
            }
            _ => {
                files.insert(path, text);
            }
        }
    }
    Some(files)
}

fn texts(name: &str) -> Option<Files> {
    let folder = TEMPLATES.get_dir(name)?;
    let mut files = Files::new();
    collect(folder, name, &mut files);
    Some(files)
}

fn collect(folder: &Dir<'_>, name: &str, files: &mut Files) {
    for file in folder.files() {
        let path = file.path().strip_prefix(name).unwrap_or(file.path());
        let names: Vec<&str> = path.iter().filter_map(|piece| piece.to_str()).collect();
        files.insert(names.join("/"), String::from_utf8_lossy(file.contents()).into_owned());
    }
    for inner in folder.dirs() {
        collect(inner, name, files);
    }
}

/// The first line of a template's README that is not a heading.
fn summary(name: &str) -> String {
    if name == BASE {
        return "No playbook: gates, teams and an empty case.".to_owned();
    }
    let file = TEMPLATES.get_file(format!("{name}/README.md"));
    let text = file.and_then(|file| file.contents_utf8()).unwrap_or("");
    text.lines().find(|line| !line.trim().is_empty() && !line.starts_with('#')).unwrap_or("").to_owned()
}
