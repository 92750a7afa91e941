//! Records: tables with named fields, declared by the `record!` macro.

use super::field::{Reader, Shape};
use super::reading;
use crate::values::nearest;
use std::ops::Range;
use toml::de::DeTable;

/// A table with named fields.
pub trait Record: Sized {
    /// Its fields, in canonical order.
    const KEYS: &'static [&'static str];

    fn table() -> TableShape;

    /// Reads the table, reporting every field that is wrong, missing or unknown.
    /// `span` is what to mark when a field is missing.
    fn read_table(table: &DeTable<'_>, span: Range<usize>, reader: &mut Reader) -> Option<Self>;
}

/// The shape of a record.
#[derive(Clone, Debug)]
pub struct TableShape {
    pub name: &'static str,
    /// The sentence that explains it.
    pub doc: String,
    pub fields: Vec<FieldShape>,
}

/// The shape of one field of a record.
#[derive(Clone, Debug)]
pub struct FieldShape {
    pub name: &'static str,
    pub doc: String,
    pub required: bool,
    pub shape: Shape,
}

/// The key of a field: its Rust name without the raw prefix.
pub const fn key(name: &'static str) -> &'static str {
    match name.as_bytes() {
        [b'r', b'#', ..] => name.split_at(2).1,
        _ => name,
    }
}

/// Joins the lines of a doc comment into one text.
pub fn doc(lines: &[&str]) -> String {
    lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
}

/// Reports the keys of a table that its record does not have.
pub fn report_unknown_keys(table: &DeTable<'_>, keys: &[&'static str], reader: &mut Reader) {
    for key in table.keys() {
        let name = key.get_ref().as_ref();
        if !keys.contains(&name) {
            let near = nearest(name, keys.iter().copied());
            reader.report(reading::unknown_key::found(&reader.path, key.span(), name, near, keys));
        }
    }
}

/// Declares a record: a struct whose doc comments, names and types are also its reader, schema and manual.
macro_rules! record {
    (
        $(#[doc = $doc:literal])*
        $name:ident ($label:literal) {
            $( $(#[doc = $field_doc:literal])* $field:ident : $type:ty, )*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        pub struct $name {
            $( $(#[doc = $field_doc])* pub $field: $type, )*
        }

        impl $crate::model::record::Record for $name {
            const KEYS: &'static [&'static str] = &[$($crate::model::record::key(stringify!($field))),*];

            fn table() -> $crate::model::record::TableShape {
                use $crate::model::record::{FieldShape, TableShape, doc, key};
                use $crate::model::field::Field;
                TableShape {
                    name: $label,
                    doc: doc(&[$($doc),*]),
                    fields: vec![$(FieldShape {
                        name: key(stringify!($field)),
                        doc: doc(&[$($field_doc),*]),
                        required: <$type as Field>::absent().is_none(),
                        shape: <$type as Field>::shape(),
                    }),*],
                }
            }

            fn read_table(
                table: &toml::de::DeTable<'_>,
                span: std::ops::Range<usize>,
                reader: &mut $crate::model::field::Reader,
            ) -> Option<Self> {
                use $crate::model::field::Field;
                use $crate::model::record::{Record, key};
                $crate::model::record::report_unknown_keys(table, <Self as Record>::KEYS, reader);
                $(
                    let $field: Option<$type> = match table.get(key(stringify!($field))) {
                        Some(value) => <$type as Field>::read(value, reader),
                        None => {
                            let absent = <$type as Field>::absent();
                            if absent.is_none() {
                                let missing = $crate::model::reading::missing_field::found(
                                    &reader.path, span.clone(), key(stringify!($field)), &<$type as Field>::shape());
                                reader.report(missing);
                            }
                            absent
                        }
                    };
                )*
                Some(Self { $($field: $field?),* })
            }
        }

        impl $crate::model::field::Field for $name {
            fn shape() -> $crate::model::field::Shape {
                $crate::model::field::Shape::Table(<Self as $crate::model::record::Record>::table())
            }

            fn read(
                value: &toml::Spanned<toml::de::DeValue<'_>>,
                reader: &mut $crate::model::field::Reader,
            ) -> Option<Self> {
                match value.get_ref() {
                    toml::de::DeValue::Table(table) => {
                        <Self as $crate::model::record::Record>::read_table(table, value.span(), reader)
                    }
                    other => {
                        let wrong = $crate::model::reading::wrong_type::found(&reader.path, value.span(), "a table", other);
                        reader.report(wrong);
                        None
                    }
                }
            }

            fn holds(&self, route: &str) -> Option<bool> {
                if route.is_empty() {
                    return Some(true);
                }
                let (first, rest) = route.split_once('.').unwrap_or((route, ""));
                $( if first == $crate::model::record::key(stringify!($field)) {
                    return $crate::model::field::Field::holds(&self.$field, rest);
                } )*
                None
            }

            fn visit<'a>(
                &'a self,
                trail: $crate::values::Trail<'_>,
                visitor: &mut dyn FnMut($crate::values::Trail<'_>, $crate::model::field::Datum<'a>),
            ) {
                use $crate::values::Trail;
                $( $crate::model::field::Field::visit(
                    &self.$field, Trail::Key(&trail, $crate::model::record::key(stringify!($field))), visitor); )*
            }

            fn cut(&mut self, stays: &dyn Fn($crate::values::EntryId) -> bool) -> bool {
                let mut is_whole = true;
                $( is_whole &= $crate::model::field::Field::cut(&mut self.$field, stays); )*
                is_whole
            }
        }
    };
}
pub(crate) use record;
