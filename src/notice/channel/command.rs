//! A program of whoever runs the server: it reads the notice as JSON from its standard input, and has taken it when it ends with 0.

use super::{Channel, Settings, WrongSetting};
use crate::disk::scratch::Scratch;
use crate::exec;
use crate::notice::json;
use crate::notice::ledger::Parcel;
use crate::values::wording::shortened;
use jiff::Timestamp;
use std::ffi::OsStr;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// How long it may take, where nothing else is said.
const PATIENCE: Duration = Duration::from_secs(60);

/// How much of what it says is kept, in characters.
const KEPT: usize = 300;

pub struct Command {
    words: Vec<String>,
    folder: PathBuf,
    patience: Duration,
}

impl Command {
    /// The words of the command are split as a shell would, and no shell runs.
    pub fn of(settings: &Settings<'_>) -> Result<Self, WrongSetting> {
        let line = settings.demand("command")?;
        let words = shlex::split(&line).filter(|words| !words.is_empty());
        let words =
            words.ok_or_else(|| settings.wrong("command", "is no command: a quote is not closed, or it is empty"))?;
        let folder = settings.repository.common_dir().to_owned();
        Ok(Self { words, folder, patience: settings.timeout(PATIENCE)? })
    }
}

impl Channel for Command {
    fn place(&self) -> String {
        self.words.first().cloned().unwrap_or_default()
    }

    fn deliver(&self, parcel: &Parcel, _: Timestamp) -> Result<String, String> {
        let input = json::notice(&parcel.notice).to_string();
        let words: Vec<&OsStr> = self.words.iter().map(OsStr::new).collect();
        let (program, arguments) = words.split_first().ok_or("it is no command")?;
        let ran = self.run(program, arguments, input.as_bytes());
        let (status, out, err) = ran.map_err(|error| format!("`{}` cannot be run: {error}", self.place()))?;
        let said = |bytes: &[u8]| shortened(String::from_utf8_lossy(bytes).trim(), KEPT);
        match status {
            None => Err(format!("it took longer than {} seconds", self.patience.as_secs())),
            Some(status) if status.success() => Ok(said(&out)),
            Some(status) => Err(format!("it ended with {status}: {}", said(&err))),
        }
    }
}

impl Command {
    /// Runs it on an input: how it ended, and what it wrote to both its outputs.
    fn run(
        &self,
        program: &OsStr,
        arguments: &[&OsStr],
        input: &[u8],
    ) -> io::Result<(Option<exec::ExitStatus>, Vec<u8>, Vec<u8>)> {
        let scratch = Scratch::new()?;
        scratch.write("notice.json", input)?;
        let outputs = [scratch.log("out")?, scratch.log("err")?];
        let status = exec::limited(
            program,
            arguments,
            &self.folder,
            &[],
            Some(scratch.open("notice.json")?),
            outputs,
            self.patience,
        )?;
        Ok((status, scratch.read("out")?, scratch.read("err")?))
    }
}
