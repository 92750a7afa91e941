//! `casebook serve`: the case in a browser while it is edited.

use super::open::{self, Open, demand_case};
use super::{Failure, Format, Outcome, Surroundings, report, terminal};
use crate::cache::{Cache, Stamps};
use crate::check::{self, Memories};
use crate::diagnostic::render;
use crate::disk::DiskTree;
use crate::disk::watch::Watch;
use crate::net::loopback::Loopback;
use crate::report::Source;
use crate::report::audience::{self, TECHNICAL};
use crate::report::preview::Looked;
use crate::serve::{Signal, Site, follow};
use clap::Args;
use serde_json::json;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::time::Instant;

/// Show the case in a browser while you edit it: the report of the files as they are now, with what is wrong beside it.
///
/// The page follows every file that is saved. It is a preview and no report: nothing of it is committed, and nothing is written
/// into the case. Only this machine can reach it, and only who knows the whole address.
#[derive(Args)]
#[command(after_help = "\
Examples:
  casebook serve                        prints the address; Ctrl-C ends it
  casebook serve --audience executive   what management would be told
  casebook serve --port 8000            the same port every time, with another secret
  casebook serve --format json          one line of JSON with the address

The page has a link for every audience of the case. Nothing is loaded from anywhere else.

Exit codes: 0 ended by Ctrl-C, 2 could not run.")]
pub struct Arguments {
    /// Whose report is shown first.
    #[arg(short, long, value_name = "AUDIENCE", default_value = TECHNICAL)]
    audience: String,

    /// The port of 127.0.0.1; 0 is any that is free.
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    port: u16,

    /// How to print the address.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let open = Open::here(surroundings)?;
    demand_case(&open.tree())?;
    let (tell, signals) = channel();
    let mut watch = watch(&open, tell)?;
    let seen = watch.look();
    let looked = look(&open, surroundings)?;
    if audience::profile(&looked.source.case, &arguments.audience).is_none() {
        return Err(report::unknown(&looked.source.case, &arguments.audience));
    }
    let server = Loopback::bind(arguments.port).map_err(|error| {
        Failure::new(format!("port {} of 127.0.0.1 cannot be had: {error}", arguments.port))
            .help("leave out `--port`, and any port that is free is taken")
    })?;
    let token = format!("{:016x}{:016x}", surroundings.bits(), surroundings.bits());
    let url = format!("{}/{token}/{}/", server.origin(), arguments.audience);
    let site = Arc::new(Site::new(&token, looked));
    let answering = Arc::clone(&site);
    server.answer(move |request| answering.answer(request));
    match arguments.format {
        Format::Json => outln!("{}", json!({ "url": url, "audience": arguments.audience })),
        Format::Text => {
            outln!("{url}");
            errln!("open it in a browser of this machine; the address is a secret, and Ctrl-C ends it");
        }
    }
    if let Some(trouble) = watch.trouble() {
        errln!("note: changes show after two seconds, since not every folder can be watched: {trouble}");
    }
    follow(&signals, &mut watch, seen, &mut || look_again(&site, &open, arguments, surroundings));
    site.end();
    Ok(Outcome::Sound)
}

/// The watch over the work tree, and over Ctrl-C.
fn watch(open: &Open, tell: Sender<Signal>) -> Result<Watch, Failure> {
    let stop = tell.clone();
    ctrlc::set_handler(move || {
        let _ = stop.send(Signal::Stop);
    })
    .map_err(|error| Failure::new(format!("cannot listen for Ctrl-C: {error}")))?;
    let told = move |told| {
        let _ = tell.send(Signal::Told(told));
    };
    Ok(Watch::new(&open.top, open.repository.git_dir(), told))
}

/// Judges the files as they are now, as `casebook check` does, but for evidence whose time stamps say that it is as it was.
fn look(open: &Open, surroundings: &Surroundings) -> Result<Looked, Failure> {
    let now = surroundings.clock();
    let tree = open.stamped(DiskTree::new(&open.top).ignoring(|path, _| {
        // What Emacs has beside a file that is not saved yet.
        path.name().starts_with(".#") || open.ignores(path)
    }));
    demand_case(&tree)?;
    let folder = open::memory_folder(&open.repository);
    let (mut cache, mut stamps) = (Cache::open(&folder), Stamps::open(&folder, true));
    let mut memories = Memories { entries: &mut cache.entries, digests: &mut stamps, paths: &mut cache.paths };
    let bases = open::followed(&open.repository)?;
    let bases: Vec<_> = bases.iter().map(|(name, base)| (name.clone(), base as &dyn crate::tree::Tree)).collect();
    let verdict = check::check(&tree, &bases, &mut memories, now)?;
    cache.save();
    stamps.save();
    let problems = render::count(&verdict.diagnostics);
    let sources = check::sources(&tree, &verdict.diagnostics);
    let source = Source::of(&tree, verdict.case, problems)?;
    Ok(Looked { source, diagnostics: verdict.diagnostics, sources, now })
}

/// Shows what the files say now; false where they cannot be read.
fn look_again(site: &Arc<Site>, open: &Open, arguments: &Arguments, surroundings: &Surroundings) -> bool {
    let began = Instant::now();
    let looked = match look(open, surroundings) {
        Ok(looked) => looked,
        Err(failure) => {
            if site.trouble(&failure.message) {
                errln!("warning: {}", render::printable(&failure.message));
            }
            return false;
        }
    };
    let (problems, judged) = (looked.source.problems, began.elapsed());
    site.show(looked);
    if terminal::shows_progress() {
        let began = Instant::now();
        let _ = site.preview(&arguments.audience);
        let (judged, rendered) = (judged.as_millis(), began.elapsed().as_millis());
        errln!("{problems}; judged in {judged} ms, rendered in {rendered} ms");
    }
    true
}
