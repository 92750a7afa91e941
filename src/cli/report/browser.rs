//! A finished page as PDF, printed by a Chromium of this machine. It sees nothing but the page, and speaks to nobody.

use super::super::{Failure, Surroundings};
use crate::diagnostic::render::printable_line;
use crate::disk::scratch::Scratch;
use crate::exec;
use std::ffi::{OsStr, OsString};
use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

/// What it is called where none is set, in the order in which it is looked for.
#[cfg(not(feature = "pdf"))]
const NAMES: &[&str] = &[
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/// A report of ten thousand entries takes two minutes.
const LIMIT: Duration = Duration::from_secs(600);

/// What it says where it runs as root, with its sandbox.
const NOT_AS_ROOT: &str = "Running as root without --no-sandbox is not supported";

/// Those of its options that do not name a file.
const OPTIONS: &[&str] = &[
    "--headless=new",
    "--disable-gpu",
    "--no-pdf-header-footer",
    "--generate-pdf-document-outline",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-extensions",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-breakpad",
    // Nothing is to be looked up or loaded; the page asks for nothing, and this holds even if it did.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=127.0.0.1:9",
];

/// A browser that prints.
pub struct Browser {
    /// The programs to try.
    programs: Vec<OsString>,
}

impl Browser {
    /// The browser that is set for this machine or clone; `None` where none is.
    pub fn set(surroundings: &Surroundings) -> Result<Option<Self>, Failure> {
        let set = match surroundings.variable("CASEBOOK_CHROMIUM") {
            Some(program) => Some(program.into()),
            None => surroundings.repository()?.config_path("casebook.chromium").map(OsString::from),
        };
        Ok(set.map(|program| Self { programs: vec![program] }))
    }

    /// Whichever is there.
    #[cfg(not(feature = "pdf"))]
    pub fn any() -> Self {
        Self { programs: NAMES.iter().map(OsString::from).collect() }
    }

    /// Prints a page.
    pub fn print(&self, page: &str) -> Result<Vec<u8>, Failure> {
        for program in &self.programs {
            match print(program, page) {
                Err(Failed::NotThere) => {}
                Err(Failed::Says(message)) => {
                    let said = format!("`{}` does not print: {message}", program.display());
                    return Err(Failure::new(said)
                        .help("`casebook report --format html` writes the page; print that from a browser by hand"));
                }
                Ok(pdf) => {
                    errln!(
                        "note: printed by `{}`: its PDF has the date in it, and other bytes each time",
                        program.display()
                    );
                    return Ok(pdf);
                }
            }
        }
        Err(match self.programs.as_slice() {
            [set] => Failure::new(format!("the Chromium that is set is not there: `{}`", set.display()))
                .help("`git config casebook.chromium PATH` or CASEBOOK_CHROMIUM sets another; `git config --unset casebook.chromium`"),
            _ => Failure::new("a PDF needs Chromium or Chrome, and none is found")
                .help("install it, such as `apt install chromium`, or say where it is: `git config casebook.chromium PATH`; \
                       `cargo install --path . --features pdf` in its source makes a casebook that needs none"),
        })
    }
}

enum Failed {
    NotThere,
    Says(String),
}

impl From<std::io::Error> for Failed {
    fn from(error: std::io::Error) -> Self {
        Failed::Says(error.to_string())
    }
}

fn print(program: &OsStr, page: &str) -> Result<Vec<u8>, Failed> {
    let scratch = Scratch::new()?;
    scratch.write("report.html", page.as_bytes())?;
    let sandboxed = run(program, &scratch, "sandboxed", &[])?;
    let printed = match sandboxed {
        Err(said) if said.contains(NOT_AS_ROOT) => {
            errln!(
                "note: Chromium has no sandbox for root: it prints without, a page that has no script and loads nothing"
            );
            run(program, &scratch, "unsandboxed", &["--no-sandbox"])?
        }
        printed => printed,
    };
    printed.map_err(Failed::Says)?;
    let pdf = scratch.read("report.pdf").unwrap_or_default();
    if !pdf.starts_with(b"%PDF-") {
        return Err(Failed::Says("it wrote no PDF".to_owned()));
    }
    Ok(pdf)
}

/// Runs it once; what it said, where it failed.
fn run(program: &OsStr, scratch: &Scratch, name: &str, more: &[&str]) -> Result<Result<(), String>, Failed> {
    let folder = scratch.path();
    let mut profile = OsString::from("--user-data-dir=");
    profile.push(folder.join(name));
    let mut target = OsString::from("--print-to-pdf=");
    target.push(folder.join("report.pdf"));
    let address = address(&folder.join("report.html"));
    let mut arguments: Vec<&OsStr> = OPTIONS.iter().chain(more).map(OsStr::new).collect();
    arguments.extend([profile.as_os_str(), target.as_os_str(), OsStr::new(&address)]);
    let home = folder.as_os_str();
    let set = [("HOME", home), ("XDG_CONFIG_HOME", home), ("XDG_CACHE_HOME", home), ("XDG_DATA_HOME", home)];
    let log = format!("{name}.log");
    let file = scratch.log(&log)?;
    let ended = exec::limited(program, &arguments, folder, &set, None, [file.try_clone()?, file], LIMIT);
    let ended = ended.map_err(|error| match error.kind() {
        ErrorKind::NotFound => Failed::NotThere,
        _ => error.into(),
    })?;
    let said = String::from_utf8_lossy(&scratch.read(&log)?).into_owned();
    Ok(match ended {
        Some(status) if status.success() => Ok(()),
        Some(status) => {
            let last = said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it says nothing");
            Err(format!("{status}: {}", printable_line(if said.contains(NOT_AS_ROOT) { NOT_AS_ROOT } else { last })))
        }
        None => Err(format!("it was not done after {} minutes", LIMIT.as_secs() / 60)),
    })
}

/// The `file:` URL of a path.
fn address(path: &Path) -> String {
    let mut url = "file://".to_owned();
    let path = path.to_string_lossy().replace('\\', "/");
    if !path.starts_with('/') {
        url.push('/');
    }
    for byte in path.bytes() {
        match byte {
            _ if byte.is_ascii_alphanumeric() || b"/-._~:".contains(&byte) => url.push(char::from(byte)),
            _ => url.push_str(&format!("%{byte:02X}")),
        }
    }
    url
}
