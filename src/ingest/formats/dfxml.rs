//! Digital Forensics XML (<https://github.com/dfxml-working-group/dfxml_schema>) of fiwalk, md5deep, hashdeep and others: each
//! `fileobject`, wherever it stands, with the times that it gives.

use super::super::cut;
use super::super::format::{Format, Head, Hear, MAX_ROW_BYTES};
use super::super::instant::{self, Form, NoInstant, Told};
use super::super::row::{Refused, Row, Timed};
use crate::values::Selector;
use quick_xml::Reader;
use quick_xml::escape::{resolve_predefined_entity, unescape};
use quick_xml::events::{BytesRef, BytesStart, Event};
use std::borrow::Cow;
use std::io::{self, BufRead, Read};

pub const FORMAT: Format = Format {
    name: "dfxml",
    what: "Digital Forensics XML of fiwalk, hashdeep or md5deep",
    detect,
    cut: cut::nowhere,
    read,
};

/// The element of a file.
const FILE: &str = "fileobject";

/// Elements with times, the most telling first.
const TIMES: [&str; 6] = ["mtime", "atime", "ctime", "crtime", "dtime", "bkup_time"];

fn detect(head: &Head<'_>) -> bool {
    let text = head.text();
    let text = text.trim_start();
    text.starts_with('<') && ["<dfxml", "<fiwalk"].iter().any(|root| text.contains(root))
}

/// A source that knows how many lines have been read of it, and no longer gives bytes once there are too many between two tags.
struct Counted<'s> {
    source: &'s mut dyn BufRead,
    line: u64,
    left: usize,
}

/// What is told where a source gives no more.
const TOO_LONG: &str = "what stands between two of its tags is too long";

impl Read for Counted<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let length = self.fill_buf()?.read(out)?;
        self.consume(length);
        Ok(length)
    }
}

impl BufRead for Counted<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, TOO_LONG));
        }
        self.source.fill_buf()
    }

    fn consume(&mut self, length: usize) {
        let read = self.source.fill_buf().map(|buffer| memchr::memchr_iter(b'\n', &buffer[..length]).count());
        self.line += read.unwrap_or_default() as u64;
        self.left = self.left.saturating_sub(length);
        self.source.consume(length);
    }
}

/// A file that is being read.
struct Open {
    line: u64,
    /// The elements that are open in it.
    path: Vec<Element>,
    fields: Vec<(String, String)>,
    bytes: usize,
}

struct Element {
    name: String,
    text: String,
    has_inner: bool,
}

fn read(source: &mut dyn BufRead, told: &Told, hear: &mut Hear<'_>) -> io::Result<()> {
    let mut reader = Reader::from_reader(Counted { source, line: 1, left: MAX_ROW_BYTES });
    let mut open: Option<Open> = None;
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        let line = reader.get_ref().line;
        reader.get_mut().left = MAX_ROW_BYTES;
        let event = match reader.read_event_into(&mut buffer) {
            Ok(Event::Eof) if open.is_none() => return Ok(()),
            Ok(Event::Eof) => Err("it ends in the midst of a file".to_owned()),
            Err(quick_xml::Error::Io(error)) if error.kind() != io::ErrorKind::FileTooLarge => {
                return Err(io::Error::new(error.kind(), error.to_string()));
            }
            Err(error) => Err(format!("the XML is broken here: {error}")),
            Ok(event) => Ok(event),
        };
        match event {
            Err(why) => {
                hear(Err(Refused { line: open.map_or(line, |open| open.line), why }));
                return Ok(());
            }
            Ok(Event::End(end))
                if end.name().as_ref() == FILE && open.as_ref().is_some_and(|open| open.path.is_empty()) =>
            {
                let Some(closed) = open.take() else { continue };
                if !hear(closed.row(reader.get_ref().line, told)) {
                    return Ok(());
                }
            }
            Ok(Event::Start(start)) if open.is_none() && start.name().as_ref() == FILE => {
                open = Some(Open { line, path: Vec::new(), fields: Vec::new(), bytes: 0 });
            }
            Ok(event) => open.iter_mut().for_each(|open| open.take(&event)),
        }
    }
}

impl Open {
    fn take(&mut self, event: &Event<'_>) {
        match event {
            Event::Start(start) => self.begin(start),
            Event::Empty(start) => {
                self.begin(start);
                self.end();
            }
            Event::End(_) => self.end(),
            Event::Text(text) => self.add(text),
            Event::CData(text) => self.add(text),
            Event::GeneralRef(name) => self.add(&referred(name)),
            _ => {}
        }
    }

    fn begin(&mut self, start: &BytesStart<'_>) {
        let own = start.name().as_ref().to_owned();
        let mut name = match self.path.last_mut() {
            Some(outer) => {
                outer.has_inner = true;
                format!("{}.{own}", outer.name)
            }
            None => own,
        };
        let mut said = Vec::new();
        for attribute in start.attributes().with_checks(false).flatten() {
            let value = unescape(&attribute.value).map_or_else(|_| attribute.value.to_string(), Cow::into_owned);
            match attribute.key.as_ref() {
                // `<hashdigest type='MD5'>`
                "type" => name = format!("{name}.{value}"),
                key => said.push((key.to_owned(), value)),
            }
        }
        for (key, value) in said {
            self.keep(format!("{name}.{key}"), value);
        }
        self.path.push(Element { name, text: String::new(), has_inner: false });
    }

    fn end(&mut self) {
        if let Some(Element { name, text, has_inner }) = self.path.pop()
            && (!has_inner || !text.trim().is_empty())
        {
            self.keep(name, text);
        }
    }

    fn add(&mut self, text: &str) {
        self.bytes += text.len();
        if let Some(element) = self.path.last_mut().filter(|_| self.bytes <= MAX_ROW_BYTES) {
            element.text.push_str(text);
        }
    }

    fn keep(&mut self, name: String, value: String) {
        self.bytes += name.len() + value.len();
        if self.bytes <= MAX_ROW_BYTES {
            self.fields.push((name, value));
        }
    }

    fn row(self, last: u64, told: &Told) -> Result<Row, Refused> {
        if self.bytes > MAX_ROW_BYTES {
            let why = format!("it is longer than {} MiB", MAX_ROW_BYTES >> 20);
            return Err(Refused { line: self.line, why });
        }
        let get = |name: &str| self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str());
        let time = |name: &&str| {
            let at = instant::read(get(name)?, Form::Iso, told);
            (at != Err(NoInstant::Absent)).then(|| Timed { means: (*name).to_owned(), at })
        };
        let times = TIMES.iter().filter_map(time).collect();
        let message = get("filename").unwrap_or_default().to_owned();
        Ok(Row { place: Some(Selector::Lines(self.line, last)), times, message, fields: self.fields, ..Row::default() })
    }
}

/// What `&amp;` or `&#38;` stands for; what is none of XML's own stays as it is written.
fn referred(name: &BytesRef<'_>) -> String {
    let character = name.resolve_char_ref().ok().flatten().map(String::from);
    let known = character.or_else(|| resolve_predefined_entity(name).map(str::to_owned));
    known.unwrap_or_else(|| format!("&{};", &**name))
}
