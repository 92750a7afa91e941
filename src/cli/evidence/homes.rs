//! The homes of evidence bytes that this machine knows: where the store is comes from its user, never from the case.

use super::super::open::Open;
use super::super::{Failure, Surroundings};
use crate::disk::{ObjectFolder, file};
use crate::net::s3::settings::{Files, Lacking};
use crate::net::s3::{Bucket, Retention, Settings};
use crate::store::{Location, Store};
use crate::values::Malformed;
use std::path::{Path, PathBuf};

/// The homes that `evidence verify` looks into: the objects of Git LFS, and the store where it is a folder, or whatever it
/// is with `--remote`. Of a store that is not asked it reads what was fetched to this machine.
pub struct Here {
    lfs: ObjectFolder,
    store: Option<Box<dyn Store>>,
}

impl Here {
    pub fn of(option: Option<&str>, remote: bool, open: &Open, surroundings: &Surroundings) -> Result<Self, Failure> {
        let store = match location(option, open, surroundings)? {
            None if file::is_real_folder(&fetched_folder(open)) => Some(Box::new(fetched(open)) as Box<dyn Store>),
            None => None,
            Some((Location::Bucket { .. }, _)) if !remote => Some(Box::new(fetched(open)) as Box<dyn Store>),
            Some(_) => store(option, open, surroundings)?,
        };
        Ok(Self { lfs: lfs(open), store })
    }

    pub fn lfs(&self) -> &dyn Store {
        &self.lfs
    }

    pub fn store(&self) -> Option<&dyn Store> {
        self.store.as_deref()
    }
}

/// The store: what the option `--store` says, or else CASEBOOK_STORE, or else `git config casebook.store`; `None` where
/// nothing is said.
pub fn store(
    option: Option<&str>,
    open: &Open,
    surroundings: &Surroundings,
) -> Result<Option<Box<dyn Store>>, Failure> {
    match location(option, open, surroundings)? {
        None => Ok(None),
        Some((Location::Folder(folder), base)) => Ok(Some(Box::new(ObjectFolder::shared(&base.join(folder))))),
        Some((Location::Bucket { bucket, prefix }, _)) => {
            Ok(Some(Box::new(open_bucket(&bucket, &prefix, open, surroundings)?)))
        }
    }
}

/// Why there is no store to work with.
pub fn not_said() -> Failure {
    Failure::new("it is not said where the store is").help(
        "say it for this clone: `git config casebook.store /mnt/evidence` (or `s3://BUCKET/PREFIX`); or add `--store`",
    )
}

/// Where the store is, and the folder that a relative path starts from.
fn location(
    option: Option<&str>,
    open: &Open,
    surroundings: &Surroundings,
) -> Result<Option<(Location, PathBuf)>, Failure> {
    let variable = || surroundings.variable("CASEBOOK_STORE");
    let (text, base) = match option.map(str::to_owned).or_else(variable) {
        Some(text) => (text, surroundings.folder.as_path()),
        None => match open.repository.config_path("casebook.store") {
            Some(path) => (path.to_string_lossy().into_owned(), open.top.as_path()),
            None => return Ok(None),
        },
    };
    Ok(Some((text.parse()?, base.to_owned())))
}

fn open_bucket(name: &str, prefix: &str, open: &Open, surroundings: &Surroundings) -> Result<Bucket, Failure> {
    let settings = settings(surroundings)?;
    let trusted = match surroundings.variable("AWS_CA_BUNDLE") {
        Some(path) => Some(read(Path::new(&path))?.unwrap_or_default()),
        None => None,
    };
    let mut bucket = Bucket::new(&settings, name, prefix, trusted.as_deref())?;
    if let Some(text) = open.repository.config("casebook.storeRetention") {
        bucket.retention =
            Some(Retention::read(&text, surroundings.now).map_err(|wrong| wrong_setting(wrong, "storeRetention"))?);
    }
    bucket.uploads = Some(open.repository.common_dir().join("casebook").join("uploads"));
    Ok(bucket)
}

/// The keys, region and endpoint that the variables and files of AWS name.
fn settings(surroundings: &Surroundings) -> Result<Settings, Failure> {
    let home = surroundings.variable("HOME").or_else(|| surroundings.variable("USERPROFILE"));
    let file = |variable: &str, name: &str| -> Result<String, Failure> {
        let path = surroundings.variable(variable).map(PathBuf::from);
        let path = path.or_else(|| home.as_ref().map(|home| Path::new(home).join(".aws").join(name)));
        let content = path.map(|path| read(&path)).transpose()?.flatten();
        Ok(String::from_utf8_lossy(&content.unwrap_or_default()).into_owned())
    };
    let (credentials, config) =
        (file("AWS_SHARED_CREDENTIALS_FILE", "credentials")?, file("AWS_CONFIG_FILE", "config")?);
    let files = Files { credentials: &credentials, config: &config };
    Settings::read(&|name| surroundings.variable(name), files).map_err(|lacking| match lacking {
        Lacking::Profile(name) => Failure::new(format!("AWS_PROFILE is `{name}`, and no file of AWS has that profile"))
            .help("`aws configure list-profiles` shows those that are there"),
        Lacking::Keys => Failure::new("there are no keys for S3-compatible storage").help(
            "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or write them into ~/.aws/credentials; \
             `aws configure export-credentials --format env` prints those of a sign-on or a role",
        ),
    })
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, Failure> {
    let found = file::find(path).map_err(|error| {
        Failure::new(format!("cannot read `{}`: {error}", path.display()))
            .help("may you read it? `ls -l` shows who may")
    })?;
    Ok(found.map(|found| found.content))
}

fn wrong_setting(wrong: Malformed, name: &str) -> Failure {
    Failure { message: format!("`git config casebook.{name}`: {}", wrong.message), help: wrong.help }
}

/// What was fetched from a store to this machine.
pub fn fetched(open: &Open) -> ObjectFolder {
    ObjectFolder::own(&fetched_folder(open), "what was fetched to this machine")
}

fn fetched_folder(open: &Open) -> PathBuf {
    open.repository.common_dir().join("casebook").join("objects")
}

/// The objects that Git LFS has on this machine, where `lfs.storage` says or else below `.git`.
pub fn lfs(open: &Open) -> ObjectFolder {
    ObjectFolder::own(&lfs_folder(open), "Git LFS on this machine")
}

fn lfs_folder(open: &Open) -> PathBuf {
    // Git LFS takes a relative path from the folder of Git.
    let git = open.repository.common_dir();
    let storage = open.repository.config_path("lfs.storage").unwrap_or_else(|| Path::new("lfs").to_owned());
    git.join(storage).join("objects")
}
