//! Plain text: what a notice says where there is no markup, and prose of a case without its own.

use super::Message;
use crate::report::marking_words;
use crate::report::prose::{self, Element, Piece};
use crate::values::EntryId;
use crate::values::vocabulary::Marking;

/// The whole of a message, its marking first and last.
pub fn write(message: &Message, marking: Marking) -> String {
    let marking = marking_words(marking);
    let mut blocks = vec![marking.to_owned(), message.subject.clone()];
    blocks.extend(message.lead.clone());
    let facts: Vec<String> = message.facts.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    if !facts.is_empty() {
        blocks.push(facts.join("\n"));
    }
    blocks.extend(message.text.iter().cloned());
    blocks.push(message.origin.clone());
    blocks.push(marking.to_owned());
    format!("{}\n", blocks.join("\n\n"))
}

/// The paragraphs of a prose, each on lines of its own; `title` names an entry that it mentions.
pub fn paragraphs(text: &str, title: &dyn Fn(EntryId) -> Option<String>) -> Vec<String> {
    let mut writer = Writer { done: Vec::new(), line: String::new(), lists: Vec::new(), links: Vec::new(), title };
    for piece in prose::parse(text, 0) {
        writer.take(piece);
    }
    writer.end();
    writer.done
}

struct Writer<'w> {
    done: Vec<String>,
    line: String,
    /// The numbers of the next items of the lists that are open; none where they have bullets.
    lists: Vec<Option<u64>>,
    /// Where the links that are open lead.
    links: Vec<String>,
    title: &'w dyn Fn(EntryId) -> Option<String>,
}

impl Writer<'_> {
    fn take(&mut self, piece: Piece<'_>) {
        match piece {
            Piece::Open(element) => self.open(element),
            Piece::Close(element) => self.close(&element),
            Piece::Text(text) | Piece::Code(text) => self.line.push_str(&text),
            Piece::Mention(id) => self.line.push_str(&(self.title)(id).unwrap_or_else(|| id.to_string())),
            Piece::SoftBreak => self.line.push(' '),
            Piece::HardBreak => self.line.push('\n'),
            Piece::Rule => self.end(),
        }
    }

    fn open(&mut self, element: Element<'_>) {
        match element {
            Element::List(first) => self.lists.push(first),
            Element::Item => {
                self.end();
                let depth = "  ".repeat(self.lists.len().saturating_sub(1));
                let mark = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{}. ", *number - 1)
                    }
                    _ => "- ".to_owned(),
                };
                self.line = format!("{depth}{mark}");
            }
            Element::Link(url) => self.links.push(url),
            element if element.is_inline() => {}
            // A paragraph in an item goes on after its mark.
            Element::Paragraph if self.line.ends_with("- ") || self.line.ends_with(". ") => {}
            Element::Cell => {}
            _ => self.end(),
        }
    }

    fn close(&mut self, element: &Element<'_>) {
        match element {
            Element::List(_) => {
                self.end();
                self.lists.pop();
            }
            Element::Link(_) => {
                // Where it leads is shown, so that nobody is led elsewhere than they read.
                if let Some(url) = self.links.pop()
                    && !self.line.ends_with(&url)
                {
                    self.line.push_str(&format!(" ({url})"));
                }
            }
            Element::Cell => self.line.push_str("  "),
            element if element.is_inline() => {}
            _ => self.end(),
        }
    }

    fn end(&mut self) {
        let line = std::mem::take(&mut self.line);
        if !line.trim().is_empty() {
            self.done.push(line.trim_end().to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::paragraphs;

    #[test]
    fn prose_is_read_without_its_markup() {
        let text = "# Title\n\nA **bold** [link](https://a.example/x) and `code`\nnext [[f-00000001]].\n\n1. one\n2. two\n\n   - deep\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n<script>x</script>\n";
        let read = paragraphs(text, &|_| Some("“F”".to_owned()));
        assert_eq!(
            read,
            [
                "Title",
                "A bold link (https://a.example/x) and code next “F”.",
                "1. one",
                "2. two",
                "  - deep",
                "a  b",
                "1  2",
                "<script>x</script>"
            ]
        );
    }
}
