//! Notices as files of a folder, each by its key: what another program picks up, and where they go as long as no channel is
//! configured.

use super::{Channel, Settings, WrongSetting};
use crate::disk::write;
use crate::notice::ledger::Parcel;
use jiff::Timestamp;
use std::path::{Path, PathBuf};

/// The folder of notices that no channel takes elsewhere.
const NOTICES: &str = "notices";

pub struct Folder {
    folder: PathBuf,
    /// What it is called in receipts, which others read.
    called: String,
}

impl Folder {
    /// The folder of a channel in what casebook keeps of a repository, named from there.
    pub fn within(kept: &Path, channel: &str) -> Self {
        let below = format!("{NOTICES}/{channel}");
        Self { folder: kept.join(&below), called: format!("casebook/{below} of the repository") }
    }

    pub fn of(settings: &Settings<'_>) -> Result<Self, WrongSetting> {
        settings.demand("folder")?;
        let folder = settings.repository.config_path(&settings.name("folder"));
        let folder = folder.filter(|folder| folder.is_absolute());
        folder
            .map(|folder| Self { called: folder.display().to_string(), folder })
            .ok_or_else(|| settings.wrong("folder", "is no whole path"))
    }
}

impl Channel for Folder {
    fn place(&self) -> String {
        self.called.clone()
    }

    fn deliver(&self, parcel: &Parcel, _: Timestamp) -> Result<String, String> {
        let name = format!("{}.txt", parcel.notice.key);
        let path = self.folder.join(&name);
        write::whole(&path, parcel.notice.text().as_bytes(), true).map_err(|error| error.to_string())?;
        Ok(name)
    }
}
