//! Packets as `tshark` writes them (<https://www.wireshark.org/docs/man-pages/tshark.html>): `-T json`, `-T ek`, and `-T fields` with
//! `-E header=y` and `frame.time_epoch` or `frame.time` among the fields, apart by a tab or by `-E separator=,`. The time is that of
//! the clock of the machine that captured.

use super::super::cut;
use super::super::format::{Format, Head, Hear};
use super::super::instant::{self, Form, Instant, NoInstant, Told};
use super::super::json::{self, Inner};
use super::super::row::{Row, Timed};
use super::super::table::{self, Cells, Header, Lined};
use serde_json::Value;
use std::io::{self, BufRead};

pub const JSON: Format = Format {
    name: "tshark-json",
    what: "packets of tshark: -T json or -T ek",
    detect: is_json,
    cut: cut::json_lines,
    read: read_json,
};
pub const FIELDS: Format = Format {
    name: "tshark-fields",
    what: "packets of tshark: -T fields with a header",
    detect: is_fields,
    cut: cut::nowhere,
    read: read_fields,
};

fn is_json(head: &Head<'_>) -> bool {
    let text = head.text();
    let text = text.trim_start();
    text.starts_with(['[', '{'])
        && text.contains("\"layers\"")
        && ["\"_source\"", "\"timestamp\""].iter().any(|key| text.contains(key))
        && ["\"frame\"", "\"frame.", "\"frame_"].iter().any(|key| text.contains(key))
}

fn read_json(source: &mut dyn BufRead, told: &Told, hear: &mut Hear<'_>) -> io::Result<()> {
    let mut rows = |value: &Value| -> Vec<Inner> {
        // `-T ek` tells Elasticsearch before each packet where to put it.
        let is_order = value.get("index").is_some() && value.get("layers").is_none();
        if is_order { Vec::new() } else { vec![(String::new(), packet(value, told))] }
    };
    json::each_inner(source, &mut rows, hear)
}

fn packet(value: &Value, told: &Told) -> Result<Row, String> {
    let layers = value.pointer("/_source/layers").or_else(|| value.get("layers")).ok_or("it has no `layers`")?;
    // `-T json` names a field `ip.src`, and `-T ek` `ip_ip_src`; with `-e` it stands alone, in a list.
    let get = |layer: &str, name: &str| {
        let dotted = format!("{layer}.{name}");
        let own = layers.get(layer);
        let ek = format!("{layer}_{layer}_{}", name.replace('.', "_"));
        let found = own.and_then(|own| own.get(&dotted).or_else(|| own.get(&ek))).or_else(|| layers.get(&dotted))?;
        let found = found.as_array().and_then(|list| list.first()).unwrap_or(found);
        Some(json::text(found)).filter(|text| !text.is_empty())
    };
    let raw = get("frame", "time_epoch").or_else(|| get("frame", "time"));
    let at = match raw {
        Some(raw) => time(&raw, told),
        None => instant::read(&json::at(value, "/timestamp").unwrap_or_default(), Form::Milliseconds, told),
    };
    Ok(row(at, get("frame", "protocols").unwrap_or_default(), &get, json::fields(layers)))
}

/// A packet by its fields.
fn row(
    at: Result<Instant, NoInstant>,
    what: String,
    get: &dyn Fn(&str, &str) -> Option<String>,
    fields: Vec<(String, String)>,
) -> Row {
    let address = |name: &str| ["ip", "ipv6"].iter().find_map(|layer| get(layer, name));
    let port = |name: &str| ["tcp", "udp"].iter().find_map(|layer| get(layer, name));
    let with_port = |address: &str, port: Option<String>| match port {
        Some(port) => format!("{address}:{port}"),
        None => address.to_owned(),
    };
    let (source, destination) = (address("src"), address("dst"));
    let ends = source
        .as_deref()
        .zip(destination.as_deref())
        .map(|(from, to)| format!("{} → {} ", with_port(from, port("srcport")), with_port(to, port("dstport"))));
    let message = format!("{}{what}", ends.unwrap_or_default()).trim().to_owned();
    let times = vec![Timed { means: "frame.time".to_owned(), at }];
    Row { times, message, source, destination, fields, ..Row::default() }
}

/// Seconds since 1970; since version 4.2 ISO 8601 in some outputs; or `May 11, 2022 18:10:20.898048000 UTC`.
fn time(raw: &str, told: &Told) -> Result<Instant, NoInstant> {
    if raw.starts_with(|c: char| c.is_ascii_digit()) {
        return instant::read(raw, if raw.contains('T') { Form::Iso } else { Form::Seconds }, told);
    }
    let (local, zone) = raw.rsplit_once(' ').unwrap_or((raw, ""));
    instant::read_in(local, Form::Pattern("%b %d, %Y %H:%M:%S%.f"), zone, told)
        .map(|instant| Instant { raw: raw.to_owned(), ..instant })
}

/// Every line is a packet: what would break one is written as an escape. `-E quote=d` puts quotes around every cell.
const LINED: Lined = Lined { delimiter, may_be_quoted: true, is_note };

/// What tshark says where root runs it, which stands at the top where its errors go to the same file.
fn is_note(line: &str) -> bool {
    line.starts_with("Running as user ")
}

fn delimiter(header: &str) -> u8 {
    if header.contains('\t') { b'\t' } else { b',' }
}

fn is_fields(head: &Head<'_>) -> bool {
    let text = head.text();
    let line = text.lines().find(|line| !line.trim().is_empty() && !is_note(line)).unwrap_or_default();
    let header = Header::of_line(line, delimiter(line));
    ["frame.time_epoch", "frame.time"].iter().any(|name| header.has(&[name]))
}

fn read_fields(source: &mut dyn BufRead, told: &Told, hear: &mut Hear<'_>) -> io::Result<()> {
    table::each_line(source, &LINED, &mut |cells| Ok(of_cells(cells, told)), hear)
}

fn of_cells(cells: &Cells<'_>, told: &Told) -> Row {
    let get = |layer: &str, name: &str| cells.text(&format!("{layer}.{name}"));
    let raw = get("frame", "time_epoch").or_else(|| get("frame", "time")).unwrap_or_default();
    let what = ["_ws.col.info", "_ws.col.protocol", "frame.protocols"].into_iter().find_map(|name| cells.text(name));
    row(time(&raw, told), what.unwrap_or_default(), &get, cells.fields())
}
