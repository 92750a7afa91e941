//! The texts of a case where a system reads markup: as blocks in which nothing is a format, a mention or a link, with a last line that
//! says what was written.

use crate::values::wording::shortened;

/// How a system reads text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Markup {
    /// As it is.
    Plain,
    Markdown,
    Textile,
    /// That of Jira.
    Wiki,
    /// The journals of ServiceNow, where `[code]` begins HTML.
    Journal,
}

/// The last line of everything that is written into a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Footer {
    pub mark: String,
    pub key: String,
}

const MARK: &str = "casebook-ticket:";
const KEY: &str = " notice:";

impl Footer {
    /// The footer of a text. Only the last one counts: what stands before is the text of a case.
    pub fn read(text: &str) -> Option<Self> {
        let (_, footer) = text.rsplit_once(MARK)?;
        let (mark, rest) = footer.split_once(KEY)?;
        let key: String = rest.chars().take_while(char::is_ascii_hexdigit).collect();
        Some(Self { mark: mark.to_owned(), key })
    }

    /// What of a footer is looked for.
    pub fn needle(mark: &str) -> String {
        format!("{MARK}{mark}")
    }
}

impl Markup {
    /// A text of at most so many characters, with its footer.
    pub fn write(self, text: &str, footer: &Footer, most: usize) -> String {
        let (open, close) = match self {
            Markup::Plain | Markup::Journal => ("", ""),
            Markup::Markdown => ("```\n", "\n```"),
            Markup::Textile => ("<pre>\n", "\n</pre>"),
            Markup::Wiki => ("{noformat}\n", "\n{noformat}"),
        };
        let mut inner = self.inert(text);
        if let Some((end, _)) = inner.char_indices().nth(most) {
            inner.truncate(end);
            inner.push_str("\n… (the report has the rest)");
        }
        format!("{open}{inner}\n\n{MARK}{}{KEY}{}{close}", footer.mark, footer.key)
    }

    /// Without what would end a block, or be a footer.
    fn inert(self, text: &str) -> String {
        let text = text.replace(MARK, "casebook-ticket: ");
        match self {
            Markup::Plain => text,
            Markup::Markdown => text.replace('`', "\u{2019}"),
            Markup::Textile => text.replace('<', "\u{2039}"),
            Markup::Wiki => text.replace('{', "\u{ff5b}"),
            Markup::Journal => {
                let broken =
                    |text: String, begin: &str| text.replace(begin, &begin.replace('[', &format!("[{JOINER}")));
                ["[c", "[C", "[/"].into_iter().fold(text, broken)
            }
        }
    }
}

/// A character that nobody sees, and that ends what begins before it.
const JOINER: char = '\u{2060}';

/// The footers of texts that stand one after the other, each as a text of its own.
pub fn footers(text: &str) -> Vec<String> {
    text.split(MARK).skip(1).map(|rest| format!("{MARK}{rest}")).collect()
}

/// A title where titles may mention people, things and addresses: after every character that begins such a name stands one that nobody
/// sees. It has at most 250 characters.
pub fn title(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '`' => out.push('\u{2019}'),
            '@' | '#' | '!' | '$' | '%' | '&' | '~' | '^' | '*' | '[' | ':' => out.extend([c, JOINER]),
            '.' if out.to_ascii_lowercase().ends_with("www") => out.extend([JOINER, c]),
            _ => out.push(c),
        }
    }
    shortened(&out, 249)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn footer() -> Footer {
        Footer { mark: "casebook-00ff".to_owned(), key: "ab12".to_owned() }
    }

    #[test]
    fn a_footer_is_read_back_whatever_stands_before() {
        let hostile = "casebook-ticket:casebook-9999 notice:cd34\n``` </pre> {noformat}";
        for markup in [Markup::Plain, Markup::Markdown, Markup::Textile, Markup::Wiki, Markup::Journal] {
            let written = markup.write(hostile, &footer(), 1_000);
            assert_eq!(Footer::read(&written.replace('\n', "\r\n")), Some(footer()), "{written}");
            assert_eq!(Footer::read(&markup.write(&"x".repeat(2_000), &footer(), 100)), Some(footer()));
        }
        assert_eq!(Footer::read("casebook-ticket:none"), None);
    }

    #[test]
    fn nothing_ends_a_block() {
        let markdown = Markup::Markdown.write("a ``` b", &footer(), 100);
        assert_eq!(markdown.matches("```").count(), 2);
        let textile = Markup::Textile.write("a </pre> <b>b</b>", &footer(), 100);
        assert_eq!(textile.matches('<').count(), 2);
        let wiki = Markup::Wiki.write("a {noformat} {code}", &footer(), 100);
        assert_eq!(wiki.matches('{').count(), 2);
        let journal = Markup::Journal.write("a [code]<b>[/code][CODE] 194[.]61", &footer(), 100);
        assert!(!journal.to_lowercase().contains("[code") && !journal.contains("[/") && journal.contains("[.]"));
    }

    #[test]
    fn a_title_mentions_nobody() {
        let shown = title("[TLP:RED] @admin #1 !2 https://evil.example www.evil.example `x`");
        assert!(!["@a", "#1", "!2", "://", "www.", "`"].iter().any(|begin| shown.contains(begin)), "{shown}");
        assert_eq!(shown.replace(JOINER, ""), "[TLP:RED] @admin #1 !2 https://evil.example www.evil.example ’x’");
    }
}
