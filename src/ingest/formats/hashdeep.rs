//! Lists of hashdeep (<https://github.com/jessek/hashdeep/blob/master/FILEFORMAT>), version 1.0: the columns stand in the second
//! line, and commas beyond them belong to the name of the file. They give no times.

use super::super::cut;
use super::super::format::{Format, Head, Hear};
use super::super::instant::Told;
use super::super::lines;
use super::super::row::Row;
use std::io::{self, BufRead};

pub const FORMAT: Format = Format { name: "hashdeep", what: "a list of hashdeep", detect, cut: cut::nowhere, read };

const FIRST: &str = "%%%% HASHDEEP-";

fn detect(head: &Head<'_>) -> bool {
    head.first_line().starts_with(FIRST)
}

fn read(source: &mut dyn BufRead, _: &Told, hear: &mut Hear<'_>) -> io::Result<()> {
    let mut columns: Vec<String> = Vec::new();
    lines::each(
        source,
        &mut |line| match line.strip_prefix("%%%%") {
            Some(said) if !line.starts_with(FIRST) => {
                columns = said.trim().split(',').map(str::to_owned).collect();
                None
            }
            Some(_) => None,
            None => (!line.starts_with('#')).then(|| row(&columns, line)),
        },
        hear,
    )
}

fn row(columns: &[String], line: &str) -> Result<Row, String> {
    let cells: Vec<&str> = line.splitn(columns.len().max(1), ',').collect();
    if columns.is_empty() || cells.len() < columns.len() {
        return Err(format!("it has {} fields where the second line names {}", cells.len(), columns.len()));
    }
    let message = cells.last().copied().unwrap_or_default().to_owned();
    let fields = columns.iter().zip(cells).map(|(name, cell)| (name.clone(), cell.to_owned())).collect();
    Ok(Row { message, fields, ..Row::default() })
}
