//! A file of `templates/` is no template that reports can be made with.
//!
//! ## What it checks
//! That each file in `templates/` and `templates/sections/` is a text of at most 256 KiB, that it can be read as a template, and
//! that its name says what it is for: `AUDIENCE.html.jinja` and `AUDIENCE.md.jinja` for the whole report of an audience,
//! `sections/SECTION.md.jinja` for a section. What begins with `_` is a part that others include.
//!
//! ## Why
//! A template that is broken keeps back every report that it is for, and one whose name is of no audience is used by none.
//!
//! ## Fails
//! ```text
//! templates/executive.html.jinja:
//! <h1>{{ title }</h1>
//! ```
//!
//! ## Passes
//! ```text
//! templates/executive.html.jinja:
//! <h1>{{ title }}</h1>
//! ```
//!
//! ## How to fix
//! Correct what is underlined. `casebook report --audience AUDIENCE` shows what goes wrong only when a report is made, such as a
//! name that the report does not have; docs/templates.md lists what templates may use.

use super::engine::Fault;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::{TreePath, nearest};

pub const CODE: Code = Code::new("template-broken");

/// A template that the engine cannot read or carry out, with the text that it is about.
pub fn found(path: &TreePath, content: &str, fault: &Fault) -> Diagnostic {
    let place = match fault.range.clone().or_else(|| line(content, fault.line)) {
        Some(range) => Place::bytes(path, range),
        None => Place::file(path),
    };
    Diagnostic::error(CODE, place, fault.says.clone()).help(fault.help)
}

/// The bytes of a line, counted from 1, without the spaces around it.
fn line(content: &str, number: Option<usize>) -> Option<std::ops::Range<usize>> {
    let number = number?;
    let start: usize = content.split_inclusive('\n').take(number - 1).map(str::len).sum();
    let line = content.lines().nth(number - 1)?;
    let start = start + line.len() - line.trim_start().len();
    Some(start..start + line.trim().len())
}

fn whole(path: &TreePath, says: &str, help: &str) -> Diagnostic {
    Diagnostic::error(CODE, Place::file(path), says).help(help)
}

pub fn unprovable(path: &TreePath) -> Diagnostic {
    let says = "the report does not say how it is made again, so that nobody could verify it";
    whole(path, says, "write `{{ provenance() }}` at its end")
}

pub fn stray(path: &TreePath) -> Diagnostic {
    let says =
        format!("`{path}` is no template: only files that end in `.html.jinja` or `.md.jinja` belong in this folder");
    whole(path, &says, "rename it, or move it out of this folder")
}

pub fn too_many(path: &TreePath, most: usize) -> Diagnostic {
    whole(
        path,
        &format!("there are more than {most} templates, and this one is not read"),
        "remove those that nobody uses",
    )
}

pub fn unreadable(path: &TreePath, why: &str) -> Diagnostic {
    whole(path, &format!("`{path}` {why}"), "a template is a text of at most 256 KiB")
}

pub fn section_in_html(path: &TreePath) -> Diagnostic {
    let help = "sections are Markdown, from which every format follows: end its name in `.md.jinja`";
    whole(path, "a section has no template in HTML", help)
}

/// A template that is for nobody.
pub fn unknown(path: &TreePath, what: &str, name: &str, known: &[&str]) -> Diagnostic {
    let help = match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`? The name of a part that others include begins with `_`"),
        None => {
            "`casebook report --list` lists them; the name of a part that others include begins with `_`".to_owned()
        }
    };
    Diagnostic::error(CODE, Place::file(path), format!("there is no {what} `{name}`, so nothing is made with it"))
        .help(help)
}
