//! Lists of digests: of `sha256sum` and its siblings and of `sha256deep`, with the digest first, or as BSD and `--tag` write
//! them: `SHA256 (file) = digest`. A name with a line feed or a backslash in it begins the line with a backslash
//! (<https://www.gnu.org/software/coreutils/manual/html_node/md5sum-invocation.html>). They give no times.

use super::super::cut;
use super::super::format::{Format, Head, Hear};
use super::super::instant::Told;
use super::super::lines;
use super::super::row::Row;
use std::io::{self, BufRead};

pub const FORMAT: Format =
    Format { name: "sums", what: "a list of digests: sha256sum, md5sum, BSD tags", detect, cut: cut::lines, read };

/// Digits of a digest in hexadecimal, and what makes such digests where nothing else is said.
const DIGESTS: [(usize, &str); 6] =
    [(32, "md5"), (40, "sha1"), (56, "sha224"), (64, "sha256"), (96, "sha384"), (128, "sha512")];

/// The first lines of a file, of which each must be one of a list.
const LOOKED_AT: usize = 10;

fn detect(head: &Head<'_>) -> bool {
    let text = head.text();
    // The last of them may be cut off.
    let whole = text.rsplit_once('\n').map_or(&*text, |(whole, _)| whole);
    let mut lines = whole.lines().filter(|line| !line.trim().is_empty()).take(LOOKED_AT).peekable();
    lines.peek().is_some() && lines.all(|line| entry(line).is_some())
}

fn read(source: &mut dyn BufRead, _: &Told, hear: &mut Hear<'_>) -> io::Result<()> {
    lines::each(source, &mut |line| Some(row(line)), hear)
}

/// A digest and its file.
struct Entry<'l> {
    method: String,
    digest: &'l str,
    name: String,
}

fn row(line: &str) -> Result<Row, String> {
    let Entry { method, digest, name } = entry(line).ok_or("it is no digest with the name of a file")?;
    let fields = vec![(method, digest.to_owned()), ("file".to_owned(), name.clone())];
    Ok(Row { message: name, fields, ..Row::default() })
}

fn entry(line: &str) -> Option<Entry<'_>> {
    let (is_escaped, line) = line.strip_prefix('\\').map_or((false, line), |rest| (true, rest));
    let (method, digest, name) = digest_first(line).or_else(|| tagged(line))?;
    (!name.is_empty()).then(|| Entry {
        method,
        digest,
        name: if is_escaped { unescaped(name) } else { name.to_owned() },
    })
}

/// `digest  name`, or `digest *name` of what was read as binary.
fn digest_first(line: &str) -> Option<(String, &str, &str)> {
    let (digest, name) = line.split_once(' ')?;
    let name = name.strip_prefix([' ', '*'])?;
    Some((made_by(digest)?.to_owned(), digest, name))
}

/// `SHA256 (name) = digest`.
fn tagged(line: &str) -> Option<(String, &str, &str)> {
    let (method, rest) = line.split_once(" (")?;
    let (name, digest) = rest.rsplit_once(") = ")?;
    let is_name =
        !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'/'));
    made_by(digest)?;
    is_name.then(|| (method.to_lowercase(), digest, name))
}

fn made_by(digest: &str) -> Option<&'static str> {
    let is_hexadecimal = digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    let known = DIGESTS.iter().find(|(digits, _)| is_hexadecimal && *digits == digest.len());
    known.map(|(_, name)| *name)
}

fn unescaped(name: &str) -> String {
    let mut made = String::with_capacity(name.len());
    let mut rest = name.chars();
    while let Some(c) = rest.next() {
        match c {
            '\\' => match rest.next() {
                Some('n') => made.push('\n'),
                Some('r') => made.push('\r'),
                other => made.extend(other),
            },
            c => made.push(c),
        }
    }
    made
}
