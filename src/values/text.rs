//! Texts of a certain form: lines, Markdown, tags, people's handles, ATT&CK, CVE and CVSS names.

use super::reference::without_mentions;
use super::{EntryId, Malformed, serde_as_text};
use std::fmt;
use std::str::FromStr;

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = Malformed;

            fn from_str(text: &str) -> Result<Self, Malformed> {
                let check: fn(&str) -> Result<(), Malformed> = $check;
                check(text)?;
                Ok(Self(text.to_owned()))
            }
        }
        serde_as_text!($name);
    };
}

text!(
    /// One line of text that is not blank.
    Line,
    |text| {
        if text.trim().is_empty() {
            return Err(Malformed::new("this text is empty").help("write something, or remove the key"));
        }
        if text.contains('\n') {
            return Err(Malformed::new("this text has more than one line").help("put it on one line"));
        }
        Ok(())
    }
);

text!(
    /// Text in CommonMark with tables, of any number of lines; raw HTML in it is shown as text.
    Markdown,
    |text| {
        if text.trim().is_empty() {
            return Err(Malformed::new("this text is empty").help("write something, or remove the key"));
        }
        Ok(())
    }
);

text!(
    /// A tag: lower-case letters, digits and `-_.:=/`, such as `ransomware:lockbit`.
    Tag,
    |text| named(text, "a tag", |c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.:=/".contains(c))
);

text!(
    /// The name of a person or a team in team.toml: lower-case letters, digits, `.`, `-` and `_`.
    Handle,
    |text| named(text, "a handle", |c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c))
);

text!(
    /// A technique or sub-technique of MITRE ATT&CK: `T1021` or `T1021.001`.
    TechniqueId,
    |text| {
        let form = match text.strip_prefix('T').map(|rest| rest.split_once('.').unwrap_or((rest, "001"))) {
            Some((main, sub)) => digits(main, 4..=4) && digits(sub, 3..=3),
            None => false,
        };
        form.then_some(()).ok_or_else(|| {
            Malformed::new(format!("`{text}` is not an ATT&CK technique"))
                .help("write `T` and four digits, with three more for a sub-technique, such as `T1021.001`")
        })
    }
);

text!(
    /// A CVE identifier: `CVE-2020-1472` (four or more digits after the year, CVE ID syntax of 2014).
    Cve,
    |text| {
        let form = text
            .strip_prefix("CVE-")
            .and_then(|rest| rest.split_once('-'))
            .is_some_and(|(year, number)| digits(year, 4..=4) && digits(number, 4..=19) && year >= "1999");
        form.then_some(()).ok_or_else(|| {
            Malformed::new(format!("`{text}` is not a CVE identifier"))
                .help("write `CVE-`, the year and at least four digits, such as `CVE-2020-1472`")
        })
    }
);

text!(
    /// A CVSS vector of version 2.0, 3.0, 3.1 or 4.0, such as `CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H`.
    Cvss,
    |text| {
        text.parse::<cvss::Cvss>().map(|_| ()).map_err(|error| {
            Malformed::new(format!("`{text}` is not a CVSS vector: {error}"))
                .help("copy the whole vector, such as `CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H`")
        })
    }
);

impl Markdown {
    /// The text without its mentions of these entries.
    pub fn without_mentions(&self, is_left_out: impl Fn(EntryId) -> bool) -> Self {
        Self(without_mentions(&self.0, is_left_out))
    }
}

impl Cvss {
    /// Base score from 0.0 to 10.0 and its severity word, as FIRST defines them for the vector's version.
    pub fn score(&self) -> Option<(f64, String)> {
        let vector: cvss::Cvss = self.0.parse().ok()?;
        Some((vector.score(), vector.severity().to_string()))
    }
}

fn digits(text: &str, count: std::ops::RangeInclusive<usize>) -> bool {
    count.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

fn named(text: &str, what: &str, allowed: fn(char) -> bool) -> Result<(), Malformed> {
    if text.is_empty() || text.len() > 100 {
        return Err(Malformed::new(format!("{what} has 1 to 100 characters")));
    }
    match text.chars().find(|c| !allowed(*c)) {
        None => Ok(()),
        Some(bad) => {
            let better: String = text.to_lowercase().chars().map(|c| if allowed(c) { c } else { '-' }).collect();
            Err(Malformed::new(format!("{what} cannot hold `{}`", bad.escape_default()))
                .help(format!("write `{better}`")))
        }
    }
}
