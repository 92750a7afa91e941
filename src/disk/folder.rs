//! Making a folder with everything in it, or not at all.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The names in a folder; `None` where nothing is there.
pub fn names(folder: &Path) -> io::Result<Option<Vec<OsString>>> {
    match fs::read_dir(folder) {
        Ok(entries) => {
            let mut names = entries.map(|entry| Ok(entry?.file_name())).collect::<io::Result<Vec<OsString>>>()?;
            names.sort();
            Ok(Some(names))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Makes the folder `target` with what `fill` writes into the folder that it is given, or nothing.
///
/// What is written lies in a temporary folder until it is complete. A folder that exists is kept, with what is in it:
/// the new names are moved into it, none of which may be there.
pub fn whole<E: From<io::Error>>(target: &Path, fill: impl FnOnce(&Path) -> Result<(), E>) -> Result<(), E> {
    let exists = fs::symlink_metadata(target).is_ok();
    let beside = if exists { target } else { target.parent().unwrap_or(Path::new(".")) };
    let temporary = tempfile::Builder::new().prefix(".casebook-new-").tempdir_in(beside)?;
    // Temporary folders are private; one inside has the permissions that any new folder gets.
    let made = temporary.path().join("case");
    fs::create_dir(&made)?;
    fill(&made)?;
    if exists {
        move_into(&made, target)?
    } else {
        fs::rename(&made, target)?
    }
    super::write::sync_folder(beside)?;
    Ok(())
}

/// Moves everything in a folder into another; on an error, what was moved is removed again.
fn move_into(from: &Path, to: &Path) -> io::Result<()> {
    let names = names(from)?.unwrap_or_default();
    let mut moved: Vec<PathBuf> = Vec::new();
    for name in names {
        let place = to.join(&name);
        let result = match fs::symlink_metadata(&place) {
            Ok(_) => {
                Err(io::Error::new(io::ErrorKind::AlreadyExists, format!("`{}` is there already", place.display())))
            }
            Err(_) => fs::rename(from.join(&name), &place),
        };
        if let Err(error) = result {
            for place in moved.iter().rev() {
                let _ = if place.is_dir() { fs::remove_dir_all(place) } else { fs::remove_file(place) };
            }
            return Err(error);
        }
        moved.push(place);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{names, whole};
    use std::fs;
    use std::io;

    #[test]
    fn a_folder_is_made_whole_or_not_at_all() {
        let outside = tempfile::tempdir().unwrap();
        let target = outside.path().join("case");
        let fail = |folder: &std::path::Path| {
            fs::write(folder.join("half"), "x")?;
            Err(io::Error::other("the disk is full"))
        };
        assert!(whole::<io::Error>(&target, fail).is_err());
        assert_eq!(names(outside.path()).unwrap().unwrap().len(), 0);
        whole::<io::Error>(&target, |folder| fs::write(folder.join("all"), "x")).unwrap();
        assert_eq!(names(&target).unwrap().unwrap(), ["all"]);
        assert!(whole::<io::Error>(&target, fail).is_err());
        assert_eq!(names(&target).unwrap().unwrap(), ["all"]);
    }

    #[test]
    fn what_is_in_a_folder_stays_when_moving_into_it_fails() {
        let target = tempfile::tempdir().unwrap();
        fs::write(target.path().join("b"), "mine").unwrap();
        let two = |folder: &std::path::Path| {
            fs::write(folder.join("a"), "x")?;
            fs::write(folder.join("b"), "x")
        };
        assert!(whole::<io::Error>(target.path(), two).is_err());
        assert_eq!(names(target.path()).unwrap().unwrap(), ["b"]);
        assert_eq!(fs::read_to_string(target.path().join("b")).unwrap(), "mine");
    }
}
