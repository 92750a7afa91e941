//! The columns of a table that no format knows, as whoever reads it names them: `time=When,message=What,host=Machine`.

use super::instant::Form;
use super::table::Header;
use crate::values::{Malformed, nearest};
use std::fmt;
use std::ops::Range;
use std::str::FromStr;

/// Which column says what of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnMap {
    /// As it was typed.
    pub typed: String,
    pub given: Vec<Given>,
}

/// A column, and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    pub role: Role,
    /// How a time is written, where it is no ISO 8601.
    form: Option<TimeForm>,
    /// The name of the column, in any case; of a time also several with a `+` between.
    pub column: String,
    /// Where the name stands in what was typed.
    pub at: Range<usize>,
}

/// What a column says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Time,
    Zone,
    Message,
    Host,
    Account,
    Source,
    Destination,
    Rule,
    Severity,
    Technique,
    /// The value of an indicator; the others below say more of it.
    Value,
    Type,
    Verdict,
    Tlp,
    Tags,
    Description,
    FirstSeen,
    LastSeen,
    Confidence,
}

impl Role {
    pub const ALL: [(&'static str, Role); 19] = [
        ("time", Role::Time),
        ("zone", Role::Zone),
        ("message", Role::Message),
        ("host", Role::Host),
        ("account", Role::Account),
        ("source", Role::Source),
        ("destination", Role::Destination),
        ("rule", Role::Rule),
        ("severity", Role::Severity),
        ("technique", Role::Technique),
        ("value", Role::Value),
        ("type", Role::Type),
        ("verdict", Role::Verdict),
        ("tlp", Role::Tlp),
        ("tags", Role::Tags),
        ("description", Role::Description),
        ("first_seen", Role::FirstSeen),
        ("last_seen", Role::LastSeen),
        ("confidence", Role::Confidence),
    ];
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum TimeForm {
    Seconds,
    Milliseconds,
    Microseconds,
    Filetime,
    /// A pattern of `strptime`.
    Pattern(String),
}

impl Given {
    pub fn form(&self) -> Form<'_> {
        match &self.form {
            None => Form::Iso,
            Some(TimeForm::Seconds) => Form::Seconds,
            Some(TimeForm::Milliseconds) => Form::Milliseconds,
            Some(TimeForm::Microseconds) => Form::Microseconds,
            Some(TimeForm::Filetime) => Form::Filetime,
            Some(TimeForm::Pattern(pattern)) => Form::Pattern(pattern),
        }
    }

    /// The columns of a header that are meant; none where it has not all of them.
    pub fn places(&self, header: &Header) -> Option<Vec<usize>> {
        let find = |name: &str| header.find(&name.trim().to_lowercase());
        match find(&self.column) {
            Some(place) => Some(vec![place]),
            None if self.role == Role::Time => self.column.split('+').map(find).collect(),
            None => None,
        }
    }
}

impl ColumnMap {
    /// What is named and no column of a header.
    pub fn missing(&self, header: &Header) -> Vec<&Given> {
        self.given.iter().filter(|given| given.places(header).is_none()).collect()
    }

    /// Whether it names the values of indicators: then rows are those, and no events.
    pub fn is_of_indicators(&self) -> bool {
        self.of(Role::Value).next().is_some()
    }

    pub fn of(&self, role: Role) -> impl Iterator<Item = &Given> {
        self.given.iter().filter(move |given| given.role == role)
    }
}

impl FromStr for ColumnMap {
    type Err = Malformed;

    fn from_str(typed: &str) -> Result<Self, Malformed> {
        let given: Vec<Given> = parts(typed).into_iter().map(|at| given(typed, at)).collect::<Result<_, _>>()?;
        let map = Self { typed: typed.to_owned(), given };
        if map.of(Role::Time).next().is_none() && !map.is_of_indicators() {
            return Err(Malformed::new("no column is named as the time").help(FORMS));
        }
        Ok(map)
    }
}

impl fmt::Display for ColumnMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.typed)
    }
}

const FORMS: &str = "write `time=When,message=What,host=Machine`";

/// What stands between commas, without the quotes in which it may stand.
fn parts(typed: &str) -> Vec<Range<usize>> {
    let (mut found, mut start, mut is_quoted) = (Vec::new(), 0, false);
    for (at, c) in typed.char_indices().chain([(typed.len(), ',')]) {
        match c {
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted || at == typed.len() => {
                let part = &typed[start..at];
                let inside = part.strip_prefix('"').and_then(|part| part.strip_suffix('"'));
                found.push(if inside.is_some() { start + 1..at - 1 } else { start..at });
                start = at + 1;
            }
            _ => {}
        }
    }
    found
}

/// One part: `time=When` or `time:seconds=When`.
fn given(typed: &str, part: Range<usize>) -> Result<Given, Malformed> {
    let text = &typed[part.clone()];
    let Some((left, column)) = text.split_once('=') else {
        return Err(Malformed::new(format!("`{text}` names no column")).help(FORMS));
    };
    let (word, form) = left.split_once(':').map_or((left, None), |(word, form)| (word, Some(form)));
    let word = word.trim();
    let Some((_, role)) = Role::ALL.iter().find(|(known, _)| *known == word) else {
        let known: Vec<&str> = Role::ALL.iter().map(|(known, _)| *known).collect();
        let near =
            nearest(word, known.iter().copied()).map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
        return Err(Malformed::new(format!("a row has no `{word}`")).help(format!("{near}it has {}", known.join(", "))));
    };
    let form = match (form, role) {
        (None, _) => None,
        (Some(form), Role::Time) => Some(time_form(form)?),
        (Some(_), _) => return Err(Malformed::new(format!("`{left}` is no time")).help(FORMS)),
    };
    let column = column.trim_matches('"');
    if column.trim().is_empty() {
        return Err(Malformed::new(format!("`{text}` names no column")).help(FORMS));
    }
    let start = part.start + text.len() - column.len() - usize::from(text.ends_with('"'));
    Ok(Given { role: *role, form, column: column.to_owned(), at: start..start + column.len() })
}

fn time_form(text: &str) -> Result<TimeForm, Malformed> {
    Ok(match text {
        "seconds" => TimeForm::Seconds,
        "milliseconds" => TimeForm::Milliseconds,
        "microseconds" => TimeForm::Microseconds,
        "filetime" => TimeForm::Filetime,
        pattern if pattern.contains('%') => TimeForm::Pattern(pattern.to_owned()),
        other => {
            let help = "write `time:seconds=`, `time:milliseconds=`, `time:microseconds=`, `time:filetime=`, or a pattern of \
                        strptime, `time:%d.%m.%Y %H:%M:%S=`; ISO 8601 needs none";
            return Err(Malformed::new(format!("`{other}` is no way to write times")).help(help));
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_understood_or_told() {
        let typed = "time:%d.%m.%Y %H:%M=Date+Clock,\"message=What, in words\",host=\"M\"";
        let map: ColumnMap = typed.parse().unwrap();
        let said: Vec<(&str, &str)> =
            map.given.iter().map(|given| (given.column.as_str(), &typed[given.at.clone()])).collect();
        assert_eq!(said, [("Date+Clock", "Date+Clock"), ("What, in words", "What, in words"), ("M", "M")]);
        assert_eq!(map.given[0].form(), Form::Pattern("%d.%m.%Y %H:%M"));
        for (typed, wanted) in [
            ("time", "names no column"),
            ("tiem=A", "a row has no `tiem`"),
            ("time=", "names no column"),
            ("message=A", "no column is named as the time"),
            ("time:weeks=A", "`weeks` is no way"),
            ("host:seconds=A,time=B", "is no time"),
            ("", "names no column"),
            ("\"", "names no column"),
        ] {
            let error = typed.parse::<ColumnMap>().unwrap_err().to_string();
            assert!(error.contains(wanted), "{typed}: {error}");
        }
    }
}
