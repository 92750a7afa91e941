//! File system timelines of The Sleuth Kit (<https://wiki.sleuthkit.org>): the body file of `fls -m`, version 3, and the table of
//! `mactime -d`.

use super::super::cut;
use super::super::format::{Format, Head, Hear};
use super::super::instant::{self, Form, Told};
use super::super::lines;
use super::super::row::{Row, Timed};
use super::super::table::{self, Cells, Header};
use std::io::{self, BufRead};

pub const BODYFILE: Format = Format {
    name: "bodyfile",
    what: "a body file of The Sleuth Kit",
    detect: is_bodyfile,
    cut: cut::lines,
    read: read_bodyfile,
};
pub const MACTIME: Format = Format {
    name: "mactime",
    what: "a timeline of mactime, as a table",
    detect: is_mactime,
    cut: cut::table,
    read: read_mactime,
};

/// The columns: MD5, name, inode, mode, owner, group, size, and four times.
const COLUMNS: usize = 11;

fn is_bodyfile(head: &Head<'_>) -> bool {
    let parts: Vec<String> = head.first_line().split('|').map(str::to_owned).collect();
    parts.len() == COLUMNS
        && parts[7..].iter().all(|time| time.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-'))
}

fn read_bodyfile(source: &mut dyn BufRead, _: &Told, hear: &mut Hear<'_>) -> io::Result<()> {
    lines::each(source, &mut |line| (!line.starts_with('#')).then(|| of_line(line)), hear)
}

fn of_line(line: &str) -> Result<Row, String> {
    // A name may have a bar in it: what stands before and behind it has none.
    let all: Vec<&str> = line.split('|').collect();
    let (Some(before), Some(behind)) = (all.first(), all.len().checked_sub(COLUMNS - 2)) else {
        return Err(few(all.len()));
    };
    if all.len() < COLUMNS {
        return Err(few(all.len()));
    }
    let name = all[1..behind].join("|");
    let rest = &all[behind..];
    let time = |means: &str, raw: &str| Timed {
        means: means.to_owned(),
        at: instant::read(raw, Form::Seconds, &Told::default()),
    };
    let names = ["inode", "mode", "uid", "gid", "size", "atime", "mtime", "ctime", "crtime"];
    let mut fields = vec![("md5".to_owned(), (*before).to_owned()), ("name".to_owned(), name.clone())];
    fields.extend(names.iter().zip(rest).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    Ok(Row {
        times: vec![
            time("modified", rest[6]),
            time("accessed", rest[5]),
            time("changed", rest[7]),
            time("born", rest[8]),
        ],
        message: name,
        fields,
        ..Row::default()
    })
}

fn few(has: usize) -> String {
    format!("it has {has} fields where a body file has {COLUMNS}")
}

fn is_mactime(head: &Head<'_>) -> bool {
    Header::of_line(&head.first_line(), b',').has(&["date", "size", "type", "mode", "meta", "file name"])
}

fn read_mactime(source: &mut dyn BufRead, told: &Told, hear: &mut Hear<'_>) -> io::Result<()> {
    let row = |cells: &Cells<'_>| {
        let raw = cells.get("date").unwrap_or_default();
        // With `-y` it writes ISO 8601, and else `Thu Mar 01 2012 10:15:00`, in the zone of its `-z`.
        let form = if raw.starts_with(|c: char| c.is_ascii_digit()) {
            Form::Iso
        } else {
            Form::Pattern("%a %b %d %Y %H:%M:%S")
        };
        Row {
            times: vec![Timed { means: cells.text("type").unwrap_or_default(), at: instant::read(raw, form, told) }],
            message: cells.text("file name").unwrap_or_default(),
            fields: cells.fields(),
            ..Row::default()
        }
    };
    table::each(source, b',', &mut |cells| Ok(row(cells)), hear)
}
