//! Where a team keeps its store, as people write it: a folder, `file:///…`, or `s3://bucket/prefix`.

use crate::values::Malformed;
use std::path::PathBuf;
use std::str::FromStr;

/// The location of a store. It never comes from a case, which could send evidence, or credentials, anywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    Folder(PathBuf),
    /// A bucket of S3-compatible storage, and what the keys of its objects begin with.
    Bucket {
        bucket: String,
        prefix: String,
    },
}

impl FromStr for Location {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let help = "write a folder such as `/mnt/evidence`, or `s3://BUCKET/PREFIX`";
        let Some((scheme, rest)) = text.split_once("://") else {
            if text.is_empty() {
                return Err(Malformed::new("the location of the store is empty").help(help));
            }
            return Ok(Location::Folder(PathBuf::from(text)));
        };
        match scheme {
            "file" if rest.starts_with('/') => Ok(Location::Folder(PathBuf::from(rest))),
            "file" => Err(Malformed::new(format!("`{text}` names another machine"))
                .help(format!("write three slashes for a folder of this one: `file:///{rest}`"))),
            "s3" => bucket(text, rest),
            _ => Err(Malformed::new(format!("`{text}` is no kind of store that is known")).help(help)),
        }
    }
}

fn bucket(text: &str, rest: &str) -> Result<Location, Malformed> {
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let is_named = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
    // By the rules of S3 a name has 3 to 63 characters; it is put into a host name.
    if !(3..=63).contains(&bucket.len()) || !bucket.chars().all(is_named) || bucket.starts_with('.') {
        return Err(Malformed::new(format!("`{text}` names no bucket"))
            .help("write `s3://BUCKET/PREFIX`; keys and endpoints come from the variables and files of AWS"));
    }
    let prefix = prefix.trim_matches('/');
    let is_plain = |name: &str| !matches!(name, "" | "." | "..") && !name.contains(char::is_control);
    if !prefix.is_empty() && !prefix.split('/').all(is_plain) {
        return Err(Malformed::new(format!("`{prefix}` is no prefix of keys"))
            .help("write names with `/` between them: `s3://BUCKET/cases/2026`"));
    }
    Ok(Location::Bucket { bucket: bucket.to_owned(), prefix: prefix.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::Location;

    #[test]
    fn every_form_is_read_and_others_are_refused() {
        let folder = |path: &str| Some(Location::Folder(path.into()));
        let bucket =
            |bucket: &str, prefix: &str| Some(Location::Bucket { bucket: bucket.into(), prefix: prefix.into() });
        for (text, expected) in [
            ("/mnt/evidence", folder("/mnt/evidence")),
            ("evidence store", folder("evidence store")),
            ("file:///mnt/evidence", folder("/mnt/evidence")),
            ("s3://team-evidence", bucket("team-evidence", "")),
            ("s3://team-evidence/", bucket("team-evidence", "")),
            ("s3://team-evidence/cases/2026/", bucket("team-evidence", "cases/2026")),
            ("", None),
            ("file://server/share", None),
            ("https://example.org/x", None),
            ("s3://", None),
            ("s3://KEY:SECRET@bucket/x", None),
            ("s3://team-evidence/../other", None),
            ("s3://team-evidence//x", bucket("team-evidence", "x")),
            ("s3://team-evidence/a//b", None),
        ] {
            assert_eq!(text.parse::<Location>().ok(), expected, "{text}");
        }
    }
}
