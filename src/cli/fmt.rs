//! `casebook fmt`: the canonical form of the files of a case.

use super::open::{Open, demand_case};
use super::{Failure, Outcome, Surroundings};
use crate::diagnostic::render::printable;
use crate::model::{MAX_TEXT_BYTES, schema};
use crate::scaffold::format;
use crate::tree::Tree;
use crate::values::{Kind, TreePath};
use clap::Args;
use std::path::{Path, PathBuf};

/// Give files their canonical form, so that branches merge: keys in order, sets sorted, one item a line.
#[derive(Args)]
#[command(after_help = "\
Comments are kept, values stay the same, and formatting again changes nothing. Evidence records, \
custody events and sign-offs are written once and never touched.

Examples:
  casebook fmt                                every file of the case
  casebook fmt findings/f-7q2k9dm4.toml       one file
  casebook fmt findings assets                the files of folders
  casebook fmt --check                        change nothing, list the files that would change

Exit codes: 0 done, 1 a file would change (--check) or cannot be read, 2 could not run.")]
pub struct Arguments {
    /// Files and folders; all of the case where none is named.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// Change nothing; list the files that would change, and exit with 1 where there are any.
    #[arg(long)]
    check: bool,
}

/// The kinds of entry whose files may be rewritten.
const REWRITABLE: [Kind; 6] = [Kind::Finding, Kind::Event, Kind::Indicator, Kind::Asset, Kind::Action, Kind::Decision];

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let open = Open::here(surroundings)?;
    let tree = open.tree();
    demand_case(&tree)?;
    let wanted = wanted(arguments, &open, surroundings)?;
    let files = files(&tree)?;
    if let Some(nothing) = wanted.iter().find(|wanted| !files.iter().any(|file| is_below(file, wanted))) {
        return Err(Failure::new(format!("`{nothing}` holds no file that `fmt` formats")).help(
            "it formats case.toml, team.toml, policy.toml and the entries, but never evidence, custody or sign-offs",
        ));
    }
    let mut changed = 0;
    let mut unreadable = 0;
    let chosen = files.iter().filter(|file| wanted.is_empty() || wanted.iter().any(|wanted| is_below(file, wanted)));
    for file in chosen {
        let Some(table) = schema::table_of_path(file) else { continue };
        let text = match tree.read(file, MAX_TEXT_BYTES).map(String::from_utf8) {
            Ok(Ok(text)) => text,
            Ok(Err(_)) => {
                unreadable += 1;
                errln!("{}: not formatted: it is not UTF-8", printable(file.as_str()));
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        match format(&text, &table) {
            Err(error) => {
                unreadable += 1;
                errln!("{}: not formatted: {}", printable(file.as_str()), printable(&error.to_string()));
            }
            Ok(formatted) if formatted == text => {}
            Ok(formatted) => {
                changed += 1;
                outln!("{}", printable(file.as_str()));
                if !arguments.check {
                    tree.write(file, formatted.as_bytes(), false)
                        .map_err(|error| Failure::new(format!("cannot write `{file}`: {error}")))?;
                }
            }
        }
    }
    if unreadable > 0 {
        errln!("`casebook check` shows where they are wrong");
    }
    if arguments.check && changed > 0 {
        errln!("{changed} to format: type `casebook fmt`");
    }
    Ok(if unreadable > 0 || (arguments.check && changed > 0) { Outcome::Problems } else { Outcome::Sound })
}

/// The paths of the command line, as paths of the case.
fn wanted(arguments: &Arguments, open: &Open, surroundings: &Surroundings) -> Result<Vec<TreePath>, Failure> {
    let top = real(&open.top)?;
    arguments
        .paths
        .iter()
        .map(|path| {
            let full = real(&surroundings.folder.join(path)).map_err(|_| {
                Failure::new(format!("`{}` is not there", path.display())).help("name a file or a folder of the case")
            })?;
            let inside = full.strip_prefix(&top).map_err(|_| {
                Failure::new(format!("`{}` is not in this case", path.display()))
                    .help(format!("the case is `{}`", top.display()))
            })?;
            let names: Vec<&str> = inside.iter().filter_map(|name| name.to_str()).collect();
            Ok(TreePath::from(names.join("/")))
        })
        .collect()
}

/// A path without `..` and symbolic links.
fn real(path: &Path) -> std::io::Result<PathBuf> {
    path.canonicalize()
}

fn is_below(file: &TreePath, wanted: &TreePath) -> bool {
    let rest = file.as_str().strip_prefix(wanted.as_str());
    wanted.is_root() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Every file of a tree that may be formatted.
fn files(tree: &dyn Tree) -> Result<Vec<TreePath>, Failure> {
    let mut found: Vec<TreePath> = ["case.toml", "team.toml", "policy.toml"].into_iter().map(TreePath::from).collect();
    found.retain(|path| tree.node(path).is_some_and(|node| node.is_file()));
    for kind in REWRITABLE {
        let folder = TreePath::from(kind.folder());
        let nodes = match tree.list(&folder) {
            Ok(nodes) => nodes,
            Err(crate::tree::TreeError::Missing(_)) => continue,
            Err(error) => return Err(error.into()),
        };
        let names = nodes.iter().filter(|node| node.is_file()).filter_map(|node| node.text());
        found.extend(names.filter(|name| name.ends_with(".toml")).map(|name| folder.join(name)));
    }
    Ok(found)
}
