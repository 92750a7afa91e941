//! Prose: the Markdown of entries and notes as a stream of safe pieces. Raw HTML is text by then, links lead to the web or
//! to entries and nowhere else, nothing is loaded, and headings are below those of the report.

use crate::values::EntryId;
use crate::values::reference::mentions;
use pulldown_cmark::{Alignment, CodeBlockKind, CowStr, Event, HeadingLevel, Options, Parser, Tag, TextMergeStream};
use std::borrow::Cow;

/// A piece of prose. What is opened is closed, in order.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece<'a> {
    Open(Element<'a>),
    Close(Element<'a>),
    Text(CowStr<'a>),
    Code(CowStr<'a>),
    /// `[[f-7q2k9dm4]]`: an entry, which may or may not be in the case.
    Mention(EntryId),
    SoftBreak,
    HardBreak,
    Rule,
}

/// What can hold other pieces.
#[derive(Clone, Debug, PartialEq)]
pub enum Element<'a> {
    Paragraph,
    /// A heading of this level of the whole report.
    Heading(u8),
    Quote,
    /// Code with the language that it names.
    CodeBlock(Cow<'a, str>),
    /// A list, numbered from this number on or with bullets.
    List(Option<u64>),
    Item,
    Table(Vec<Alignment>),
    Head,
    Row,
    Cell,
    Emphasis,
    Strong,
    Strike,
    /// A link to a safe URL.
    Link(String),
}

impl Element<'_> {
    /// Whether it stands inside a line.
    pub fn is_inline(&self) -> bool {
        matches!(self, Element::Emphasis | Element::Strong | Element::Strike | Element::Link(_))
    }
}

/// Reads prose. Its headings are put below `above`, the level of the heading that it stands under, without gaps.
pub fn parse(text: &str, above: u8) -> Vec<Piece<'_>> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let mut reader = Reading { pieces: Vec::new(), open: Vec::new(), headings: Vec::new(), above };
    for event in TextMergeStream::new(Parser::new_ext(text, options)) {
        reader.take(event);
    }
    reader.pieces
}

/// What an opened tag came to.
enum Opened<'a> {
    Element(Element<'a>),
    /// A tag of which only the content is kept, with what is said after it.
    Nothing(Option<String>),
}

struct Reading<'a> {
    pieces: Vec<Piece<'a>>,
    open: Vec<Opened<'a>>,
    /// The levels, as written, of the headings that the next one is below.
    headings: Vec<HeadingLevel>,
    above: u8,
}

impl<'a> Reading<'a> {
    fn take(&mut self, event: Event<'a>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(_) => self.end(),
            Event::Text(text) => self.text(text),
            Event::Code(code) | Event::InlineMath(code) | Event::DisplayMath(code) => {
                self.pieces.push(Piece::Code(code))
            }
            Event::Html(html) => self.html_line(html),
            Event::InlineHtml(html) => self.pieces.push(Piece::Text(html)),
            Event::SoftBreak => self.pieces.push(Piece::SoftBreak),
            Event::HardBreak => self.pieces.push(Piece::HardBreak),
            Event::Rule => self.pieces.push(Piece::Rule),
            // Not switched on.
            Event::FootnoteReference(_) | Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'a>) {
        let element = match tag {
            Tag::Paragraph | Tag::HtmlBlock => Element::Paragraph,
            Tag::Heading { level, .. } => Element::Heading(self.level(level)),
            Tag::BlockQuote(_) => Element::Quote,
            Tag::CodeBlock(CodeBlockKind::Indented) => Element::CodeBlock(Cow::Borrowed("")),
            Tag::CodeBlock(CodeBlockKind::Fenced(info)) => Element::CodeBlock(language(&info)),
            Tag::List(first) => Element::List(first),
            Tag::Item => Element::Item,
            Tag::Table(alignments) => Element::Table(alignments),
            Tag::TableHead => Element::Head,
            Tag::TableRow => Element::Row,
            Tag::TableCell => Element::Cell,
            Tag::Emphasis => Element::Emphasis,
            Tag::Strong => Element::Strong,
            Tag::Strikethrough => Element::Strike,
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => return self.link(&dest_url),
            _ => return self.open.push(Opened::Nothing(None)),
        };
        self.push_open(element);
    }

    fn push_open(&mut self, element: Element<'a>) {
        self.pieces.push(Piece::Open(element.clone()));
        self.open.push(Opened::Element(element));
    }

    fn end(&mut self) {
        match self.open.pop() {
            Some(Opened::Element(element)) => self.pieces.push(Piece::Close(element)),
            Some(Opened::Nothing(Some(after))) => {
                // An autolink says its own target.
                if !matches!(self.pieces.last(), Some(Piece::Text(said)) if said.as_ref() == after) {
                    self.pieces.push(Piece::Text(" (".into()));
                    self.pieces.push(Piece::Code(after.into()));
                    self.pieces.push(Piece::Text(")".into()));
                }
            }
            Some(Opened::Nothing(None)) | None => {}
        }
    }

    /// Opens a link or the link that stands for an image. A link inside a link is only its text.
    fn link(&mut self, target: &str) {
        let inside = self.open.iter().any(|opened| matches!(opened, Opened::Element(Element::Link(_))));
        match safe_url(target) {
            _ if inside => self.open.push(Opened::Nothing(None)),
            Some(url) => self.push_open(Element::Link(url)),
            None => self.open.push(Opened::Nothing((!target.is_empty()).then(|| target.to_owned()))),
        }
    }

    fn text(&mut self, text: CowStr<'a>) {
        let literal = self
            .open
            .iter()
            .any(|opened| matches!(opened, Opened::Element(Element::CodeBlock(_)) | Opened::Element(Element::Link(_))));
        if literal || !text.contains("[[") {
            self.pieces.push(Piece::Text(text));
            return;
        }
        let mut from = 0;
        for mention in mentions(&text) {
            let Some(id) = mention.id() else { continue };
            if mention.range.start > from {
                self.pieces.push(Piece::Text(text[from..mention.range.start].to_owned().into()));
            }
            self.pieces.push(Piece::Mention(id));
            from = mention.range.end;
        }
        if from < text.len() {
            self.pieces.push(Piece::Text(text[from..].to_owned().into()));
        }
    }

    /// Takes one line of a block of raw HTML, with its line break, as text of a paragraph.
    fn html_line(&mut self, html: CowStr<'a>) {
        if matches!(self.pieces.last(), Some(Piece::Text(_))) {
            self.pieces.push(Piece::SoftBreak);
        }
        let line = html.trim_end_matches(['\n', '\r']);
        for (index, line) in line.split('\n').enumerate() {
            if index > 0 {
                self.pieces.push(Piece::SoftBreak);
            }
            self.pieces.push(Piece::Text(line.to_owned().into()));
        }
    }

    /// The level of a heading in the report: one below the heading that it belongs to, whatever its author wrote.
    fn level(&mut self, written: HeadingLevel) -> u8 {
        while self.headings.last().is_some_and(|last| *last >= written) {
            self.headings.pop();
        }
        self.headings.push(written);
        (self.above + u8::try_from(self.headings.len()).unwrap_or(6)).min(6)
    }
}

/// The language of a fenced block: its first word, where that is a plain name.
fn language(info: &str) -> Cow<'static, str> {
    let word = info.split_whitespace().next().unwrap_or("");
    let plain = word.len() <= 20 && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-_#".contains(&byte));
    Cow::Owned(if plain { word.to_ascii_lowercase() } else { String::new() })
}

/// The URL in a form that can stand anywhere, or `None` where following it could do more than open a page or a letter:
/// another scheme than http, https or mailto, a user name before the host, or characters that no host has.
pub fn safe_url(target: &str) -> Option<String> {
    let (scheme, rest) = target.trim().split_once(':')?;
    let scheme = scheme.to_ascii_lowercase();
    let body = match scheme.as_str() {
        "http" | "https" => {
            let rest = rest.strip_prefix("//")?;
            let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
            if !is_authority(&rest[..end]) {
                return None;
            }
            format!("//{}{}", &rest[..end], encode(&rest[end..]))
        }
        "mailto" if !rest.is_empty() && !rest.starts_with('/') => encode(rest),
        _ => return None,
    };
    Some(format!("{scheme}:{body}"))
}

/// Whether a text is a host name or IPv4 address, perhaps with a port.
fn is_authority(text: &str) -> bool {
    let (host, port) = text.split_once(':').unwrap_or((text, "80"));
    let label = |label: &str| {
        !label.is_empty() && label.len() <= 63 && label.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
    };
    host.len() <= 253
        && host.strip_suffix('.').unwrap_or(host).split('.').all(label)
        && port.parse::<u16>().is_ok_and(|_| port.bytes().all(|b| b.is_ascii_digit()))
}

/// Percent-encodes what a URL cannot hold (RFC 3986), and parentheses and quotes, which end links and attributes.
fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut fragments = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escape = byte == b'%'
            && text.as_bytes().get(at + 1..at + 3).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit));
        fragments += usize::from(byte == b'#');
        if byte.is_ascii_alphanumeric()
            || b"-._~/?:@!$&*+,;=".contains(&byte)
            || escape
            || (byte == b'#' && fragments == 1)
        {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// Prose on one line: what stands inside lines is kept, and blocks become breaks.
pub fn inline(text: &str) -> Vec<Piece<'_>> {
    let mut flat: Vec<Piece<'_>> = Vec::new();
    let mut pending = false;
    let mut in_code = false;
    for piece in parse(text, 6) {
        match piece {
            Piece::Open(Element::Item) => {
                if !flat.is_empty() {
                    flat.push(Piece::HardBreak);
                }
                flat.push(Piece::Text("• ".into()));
                pending = false;
            }
            Piece::Close(Element::Cell) => flat.push(Piece::Text("  ".into())),
            Piece::Open(Element::CodeBlock(_)) => (in_code, pending) = (true, !flat.is_empty()),
            Piece::Open(element) if !element.is_inline() => {}
            Piece::Close(element) if !element.is_inline() => {
                in_code = false;
                pending = true;
            }
            Piece::Rule => pending = true,
            piece => {
                if std::mem::take(&mut pending) && !flat.is_empty() {
                    flat.push(Piece::HardBreak);
                }
                match piece {
                    Piece::Text(code) if in_code => flat.push(Piece::Code(code)),
                    Piece::SoftBreak => flat.push(Piece::Text(" ".into())),
                    piece => flat.push(piece),
                }
            }
        }
    }
    flat
}

#[cfg(test)]
mod tests {
    use super::{Element, Piece, parse, safe_url};

    #[test]
    fn only_harmless_urls_are_links() {
        for (target, expected) in [
            ("https://example.org/a b?c=<d>#e", Some("https://example.org/a%20b?c=%3Cd%3E#e")),
            ("HTTP://example.org:8080", Some("http://example.org:8080")),
            ("mailto:bob@example.org", Some("mailto:bob@example.org")),
            ("javascript:alert(1)", None),
            ("java\tscript:alert(1)", None),
            ("data:text/html,x", None),
            ("//example.org", None),
            ("#f-7q2k9dm4", None),
            ("http://google.com@evil.example/", None),
            ("http://exa mple/", None),
            ("http://", None),
            ("file:///etc/passwd", None),
        ] {
            assert_eq!(safe_url(target).as_deref(), expected, "{target}");
        }
    }

    #[test]
    fn headings_go_below_the_report_without_gaps() {
        let levels: Vec<u8> = parse("# a\n#### b\n## c\n# d\n", 3)
            .into_iter()
            .filter_map(|piece| match piece {
                Piece::Open(Element::Heading(level)) => Some(level),
                _ => None,
            })
            .collect();
        assert_eq!(levels, [4, 5, 5, 4]);
    }

    #[test]
    fn html_is_text_and_mentions_are_seen() {
        let pieces = parse("<b>x</b> [[f-7q2k9dm4]] `[[f-7q2k9dm4]]` <javascript:x>", 3);
        let mentions = pieces.iter().filter(|piece| matches!(piece, Piece::Mention(_))).count();
        assert_eq!(mentions, 1);
        assert!(pieces.contains(&Piece::Text("<b>".into())));
        assert!(!pieces.iter().any(|piece| matches!(piece, Piece::Open(Element::Link(_)))));
    }
}
