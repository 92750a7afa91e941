//! The fields that hold one value, and sets of them.

use super::field::{Datum, Field, Reader, Shape};
use super::reading;
use crate::diagnostic::Diagnostic;
use crate::values::digest::NamedDigest;
use crate::values::time::Known;
use crate::values::vocabulary::{self, Vocabulary};
use crate::values::{
    CommitId, Cve, Cvss, EntryId, Handle, Kind, Line, Markdown, Moment, Period, Precision, Selector, Sha256, Skew,
    Span, Tag, TechniqueId, Trail, When, Zone,
};
use std::collections::BTreeMap;
use std::str::FromStr;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Reads a string and parses it.
fn parse<T: FromStr<Err = crate::values::Malformed>>(
    value: &Spanned<DeValue<'_>>,
    reader: &mut Reader,
    expected: &str,
) -> Option<T> {
    let text = reader.string(value, expected)?;
    match text.parse() {
        Ok(parsed) => Some(parsed),
        Err(malformed) => {
            reader.report(reading::bad_value::found(&reader.path, value.span(), malformed));
            None
        }
    }
}

macro_rules! text_field {
    ($type:ty, $expected:literal, $shape:expr $(, $datum:expr)?) => {
        impl Field for $type {
            fn shape() -> Shape {
                $shape
            }

            fn read(value: &Spanned<DeValue<'_>>, reader: &mut Reader) -> Option<Self> {
                parse(value, reader, $expected)
            }

            $(fn visit<'a>(&'a self, trail: Trail<'_>, visitor: &mut dyn FnMut(Trail<'_>, Datum<'a>)) {
                let datum: fn(&'a Self) -> Datum<'a> = $datum;
                visitor(trail, datum(self));
            })?
        }
    };
}

text_field!(Line, "a text", Shape::Text, |line| Datum::Text(line.as_str()));
text_field!(
    Tag,
    "a tag",
    Shape::Form { what: "tag", pattern: "^[a-z0-9_.:=/-]{1,100}$", example: "ransomware:lockbit" },
    |tag| Datum::Text(tag.as_str())
);
text_field!(
    Handle,
    "a handle of team.toml",
    Shape::Form { what: "handle", pattern: "^[a-z0-9_.-]{1,100}$", example: "bob" },
    |handle| Datum::Handle(handle.as_str())
);
text_field!(
    TechniqueId,
    "an ATT&CK technique",
    Shape::Form { what: "ATT&CK technique", pattern: "^T[0-9]{4}(\\.[0-9]{3})?$", example: "T1021.001" },
    |technique| Datum::Technique(technique.as_str())
);
text_field!(
    Cve,
    "a CVE identifier",
    Shape::Form { what: "CVE identifier", pattern: "^CVE-[0-9]{4}-[0-9]{4,19}$", example: "CVE-2020-1472" },
    |cve| Datum::Text(cve.as_str())
);
text_field!(
    Cvss,
    "a CVSS vector",
    Shape::Form {
        what: "CVSS vector",
        pattern: "^(CVSS:[34]\\.[01]/)?AV:[A-Z].*$",
        example: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
    }
);
text_field!(
    Span,
    "a length of time",
    Shape::Form { what: "length of time", pattern: "^([0-9]+[wdhms])+$", example: "72h" }
);
text_field!(
    Period,
    "a time that is allowed",
    Shape::Form {
        what: "time that is allowed",
        pattern: "^(([0-9]+[wdhms])+|[1-9][0-9]* (month|business day)s?)$",
        example: "1 month"
    }
);
text_field!(
    Skew,
    "a clock skew",
    Shape::Form { what: "clock skew", pattern: "^[+-]([0-9]+[wdhms])+$", example: "+1h" }
);
text_field!(
    Selector,
    "a place in a file",
    Shape::Form {
        what: "place in a file",
        pattern: "^(lines:[0-9]+(-[0-9]+)?|row:[0-9]+|record:[0-9]+|json:[0-9]*(/.*)?|bytes:[0-9]+\\+[0-9]+)$",
        example: "record:4211"
    }
);
text_field!(
    Sha256,
    "a SHA-256 digest",
    Shape::Form { what: "SHA-256 digest", pattern: "^[0-9a-f]{64}$", example: "e3b0c44298fc1c149afbf4c8996fb924…" }
);
text_field!(
    CommitId,
    "the id of a commit",
    Shape::Form {
        what: "id of a commit",
        pattern: "^([0-9a-f]{40}|[0-9a-f]{64})$",
        example: "5f0c1d2e3a4b5c6d7e8f90123456789abcdef012"
    }
);
text_field!(
    NamedDigest,
    "a digest",
    Shape::Form { what: "named digest", pattern: "^sha256:[0-9a-f]{64}$", example: "sha256:e3b0c442…" }
);

impl Field for Markdown {
    fn shape() -> Shape {
        Shape::Markdown
    }

    fn read(value: &Spanned<DeValue<'_>>, reader: &mut Reader) -> Option<Self> {
        parse(value, reader, "a text")
    }

    fn visit<'a>(&'a self, trail: Trail<'_>, visitor: &mut dyn FnMut(Trail<'_>, Datum<'a>)) {
        visitor(trail, Datum::Markdown(self));
    }

    fn cut(&mut self, stays: &dyn Fn(EntryId) -> bool) -> bool {
        *self = self.without_mentions(|id| !stays(id));
        true
    }
}

text_field!(
    Zone,
    "a time zone",
    Shape::Form { what: "time zone", pattern: "^[A-Za-z0-9_+/-]+$", example: "Europe/Berlin" }
);

macro_rules! word_fields {
    ($($type:ident),* $(,)?) => { $(
        impl Field for vocabulary::$type {
            fn shape() -> Shape {
                Shape::Word { what: <Self as Vocabulary>::NAME, words: <Self as Vocabulary>::WORDS }
            }

            fn read(value: &Spanned<DeValue<'_>>, reader: &mut Reader) -> Option<Self> {
                parse(value, reader, <Self as Vocabulary>::NAME)
            }
        }
    )* };
}
word_fields!(
    Severity,
    Confidence,
    Marking,
    CaseStatus,
    Category,
    Measure,
    Milestone,
    FindingStatus,
    FindingType,
    EntryStatus,
    Actor,
    Tactic,
    Direction,
    IndicatorType,
    Verdict,
    AssetKind,
    Criticality,
    Compromise,
    Containment,
    Phase,
    ActionStatus,
    Priority,
    DecisionStatus,
    EvidenceKind,
    Storage,
    CustodyAction,
    Role,
    Level,
    CustomType,
    LeastStanding,
    KnownAudience,
    ReportSection,
    Wording,
    Naming,
    Occasion,
    Outcome,
);

impl Field for bool {
    fn shape() -> Shape {
        Shape::Boolean
    }

    fn read(value: &Spanned<DeValue<'_>>, reader: &mut Reader) -> Option<Self> {
        match value.get_ref() {
            DeValue::Boolean(boolean) => Some(*boolean),
            other => {
                reader.report(reading::wrong_type::found(&reader.path, value.span(), "true or false", other));
                None
            }
        }
    }
}

macro_rules! integer_field {
    ($type:ty) => {
        impl Field for $type {
            fn shape() -> Shape {
                Shape::Integer
            }

            fn read(value: &Spanned<DeValue<'_>>, reader: &mut Reader) -> Option<Self> {
                let DeValue::Integer(integer) = value.get_ref() else {
                    let wrong =
                        reading::wrong_type::found(&reader.path, value.span(), "a whole number", value.get_ref());
                    reader.report(wrong);
                    return None;
                };
                let parsed = <$type>::from_str_radix(integer.as_str(), integer.radix()).ok();
                if parsed.is_none() {
                    let message = format!("`{}` is out of range", integer);
                    let error = crate::values::Malformed::new(message).help(format!(
                        "write a whole number from {} to {}",
                        <$type>::MIN,
                        <$type>::MAX.min(i64::MAX as _)
                    ));
                    reader.report(reading::bad_value::found(&reader.path, value.span(), error));
                }
                parsed
            }
        }
    };
}
integer_field!(u64);
integer_field!(u32);
integer_field!(i64);

/// A reference to an entry of one kind.
pub trait Reference: Copy {
    const KIND: Kind;
    fn id(self) -> EntryId;
}

macro_rules! reference {
    ($name:ident, $kind:ident) => {
        #[doc = concat!("The id of an entry of the kind ", stringify!($kind), ".")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub struct $name(pub EntryId);

        impl Reference for $name {
            const KIND: Kind = Kind::$kind;

            fn id(self) -> EntryId {
                self.0
            }
        }

        impl Field for $name {
            fn shape() -> Shape {
                Shape::Reference(Kind::$kind)
            }

            fn read(value: &Spanned<DeValue<'_>>, reader: &mut Reader) -> Option<Self> {
                let id: EntryId = parse(value, reader, "the id of an entry")?;
                if id.kind() != Kind::$kind {
                    reader.report(reading::wrong_kind::found(&reader.path, value.span(), id, Kind::$kind));
                    return None;
                }
                reader.references.push((id, value.span()));
                Some(Self(id))
            }

            fn visit<'a>(&'a self, trail: Trail<'_>, visitor: &mut dyn FnMut(Trail<'_>, Datum<'a>)) {
                visitor(trail, Datum::Reference(self.0));
            }

            fn cut(&mut self, stays: &dyn Fn(EntryId) -> bool) -> bool {
                stays(self.0)
            }
        }
    };
}
reference!(FindingId, Finding);
reference!(EventId, Event);
reference!(IndicatorId, Indicator);
reference!(AssetId, Asset);
reference!(ActionId, Action);
reference!(DecisionId, Decision);
reference!(EvidenceId, Evidence);
reference!(CustodyId, Custody);

/// The entry's own id: read like a reference to its kind, but it refers to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct Own<R>(pub R);

impl<R: Reference + Field> Field for Own<R> {
    fn shape() -> Shape {
        Shape::Id(R::KIND)
    }

    fn read(value: &Spanned<DeValue<'_>>, reader: &mut Reader) -> Option<Self> {
        let own = R::read(value, reader).map(Self);
        reader.references.pop_if(|(_, span)| *span == value.span());
        own
    }
}

/// A list without order or doubles, kept sorted in its file so that two branches that add to it merge.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Set<T>(pub Vec<T>);

impl<T> Default for Set<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> std::ops::Deref for Set<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T: Field + Ord> Field for Set<T> {
    fn shape() -> Shape {
        Shape::List { item: Box::new(T::shape()), sorted: true }
    }

    fn read(value: &Spanned<DeValue<'_>>, reader: &mut Reader) -> Option<Self> {
        let items = Vec::<T>::read(value, reader)?;
        let DeValue::Array(values) = value.get_ref() else { return None };
        let mut seen: BTreeMap<&T, usize> = BTreeMap::new();
        for (index, item) in items.iter().enumerate() {
            match seen.get(item) {
                None => {
                    seen.insert(item, index);
                }
                Some(first) => {
                    let (again, before) = (values[index].span(), values[*first].span());
                    reader.report(reading::duplicate_item::found(&reader.path, again, before));
                }
            }
        }
        Some(Self(items))
    }

    fn absent() -> Option<Self> {
        Some(Self::default())
    }

    fn holds(&self, route: &str) -> Option<bool> {
        self.0.holds(route)
    }

    fn visit<'a>(&'a self, trail: Trail<'_>, visitor: &mut dyn FnMut(Trail<'_>, Datum<'a>)) {
        self.0.visit(trail, visitor);
    }

    fn cut(&mut self, stays: &dyn Fn(EntryId) -> bool) -> bool {
        self.0.cut(stays)
    }
}

impl Field for Moment {
    fn shape() -> Shape {
        Shape::Moment
    }

    fn read(value: &Spanned<DeValue<'_>>, reader: &mut Reader) -> Option<Self> {
        match value.get_ref() {
            DeValue::Datetime(datetime) => {
                if datetime.offset.is_none() || datetime.date.is_none() || datetime.time.is_none() {
                    let text = datetime.to_string();
                    reader.report(reading::time_without_offset::found(&reader.path, value.span(), &text));
                    return None;
                }
                if datetime.time.is_some_and(|time| time.second.is_none()) {
                    reader.report(reading::syntax::without_seconds(&reader.path, value.span()));
                    return None;
                }
                match datetime.to_string().parse() {
                    Ok(moment) => Some(moment),
                    Err(malformed) => {
                        reader.report(reading::bad_value::found(&reader.path, value.span(), malformed));
                        None
                    }
                }
            }
            other => {
                let wrong =
                    reading::wrong_type::found(&reader.path, value.span(), "a date and time with an offset", other);
                let wrong = match other {
                    DeValue::String(text) if text.parse::<Moment>().is_ok() => {
                        wrong.help(format!("remove the quotes: `{text}`"))
                    }
                    _ => wrong.help("write it as `2026-03-01T10:15:00Z`, without quotes"),
                };
                reader.report(wrong);
                None
            }
        }
    }

    fn visit<'a>(&'a self, trail: Trail<'_>, visitor: &mut dyn FnMut(Trail<'_>, Datum<'a>)) {
        visitor(trail, Datum::Moment(*self));
    }
}

/// The keys of a time that is written as a table, in canonical order.
pub const WHEN_KEYS: &[&str] = &["at", "precision", "from", "to", "skew", "original"];

impl Field for When {
    fn shape() -> Shape {
        Shape::When
    }

    fn read(value: &Spanned<DeValue<'_>>, reader: &mut Reader) -> Option<Self> {
        match value.get_ref() {
            DeValue::Table(table) => read_when_table(table, value.span(), reader),
            _ => Moment::read(value, reader).map(When::at),
        }
    }

    fn visit<'a>(&'a self, trail: Trail<'_>, visitor: &mut dyn FnMut(Trail<'_>, Datum<'a>)) {
        visitor(trail, Datum::When(self));
        if let Some(original) = &self.original {
            visitor(Trail::Key(&trail, "original"), Datum::Text(original));
        }
    }
}

/// Reads `{ at = …, precision = … }` or `{ from = …, to = … }`, each with `skew` and `original`.
fn read_when_table(table: &DeTable<'_>, span: std::ops::Range<usize>, reader: &mut Reader) -> Option<When> {
    super::record::report_unknown_keys(table, WHEN_KEYS, reader);
    let before = reader.found.len();
    let at: Option<Moment> = read_key(table, "at", reader);
    let from: Option<Moment> = read_key(table, "from", reader);
    let to: Option<Moment> = read_key(table, "to", reader);
    let skew: Option<Skew> = read_key(table, "skew", reader);
    let original: Option<Line> = read_key(table, "original", reader);
    let precision: Option<Precision> = table.get("precision").and_then(|value| parse(value, reader, "a precision"));
    if reader.found.len() > before {
        return None;
    }
    let known = match (at, from, to, precision) {
        (Some(at), None, None, None) => Known::At(at),
        (Some(at), None, None, Some(precision)) => Known::Within(at, precision),
        (None, Some(from), Some(to), None) => Known::Between(from, to),
        _ => {
            let error = crate::values::Malformed::new("a time needs `at`, or `from` and `to`")
                .help("write `{ at = …, precision = \"minute\" }` or `{ from = …, to = … }`");
            reader.report(reading::bad_value::found(&reader.path, span, error));
            return None;
        }
    };
    Some(When { known, skew, original: original.map(|line| line.as_str().to_owned()) })
}

fn read_key<T: Field>(table: &DeTable<'_>, key: &str, reader: &mut Reader) -> Option<T> {
    table.get(key).and_then(|value| T::read(value, reader))
}

/// A key that must hold exactly this number, such as the number of the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FormatNumber(pub u32);

/// The format of case repositories that this version writes and reads.
pub const FORMAT: u32 = 1;

impl Field for FormatNumber {
    fn shape() -> Shape {
        Shape::Integer
    }

    fn read(value: &Spanned<DeValue<'_>>, reader: &mut Reader) -> Option<Self> {
        let number = u32::read(value, reader)?;
        if number != FORMAT {
            let report: Diagnostic = reading::unknown_format::found(&reader.path, value.span(), number);
            reader.report(report);
            return None;
        }
        Some(Self(number))
    }
}
