//! The command line: one file per command, each arguments, one call, printing.

use std::process::ExitCode;

pub fn run() -> ExitCode {
    let tree = crate::disk::DiskTree::new(std::path::Path::new("."));
    let verdict = crate::check::check(&tree, &mut crate::load::NoMemory).unwrap();
    let mut sources = crate::diagnostic::Sources::default();
    for d in &verdict.diagnostics {
        use crate::tree::Tree;
        if let Ok(text) = tree.read(&d.place.path, 1 << 20) {
            sources.insert(d.place.path.clone(), String::from_utf8_lossy(&text).into_owned());
        }
    }
    print!("{}", crate::diagnostic::render::text::render(&sources, &verdict.diagnostics, false, 120));
    ExitCode::SUCCESS
}
