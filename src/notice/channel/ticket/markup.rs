//! The texts of a case where a system reads markup: as blocks in which nothing is a format, a mention or a link, with a last line that
//! says what was written.

/// How a system reads text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Markup {
    /// As it is.
    Plain,
    Markdown,
    Textile,
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
            Markup::Plain => ("", ""),
            Markup::Markdown => ("```\n", "\n```"),
            Markup::Textile => ("<pre>\n", "\n</pre>"),
        };
        let mut inner = self.inert(text);
        if let Some((end, _)) = inner.char_indices().nth(most) {
            inner.truncate(end);
            inner.push_str("\n… (the report has the rest)");
        }
        format!("{open}{inner}\n\n{MARK}{}{KEY}{}{close}", footer.mark, footer.key)
    }

    /// Without what would end a block.
    fn inert(self, text: &str) -> String {
        match self {
            Markup::Plain => text.to_owned(),
            Markup::Markdown => text.replace('`', "\u{2019}"),
            Markup::Textile => text.replace('<', "\u{2039}"),
        }
    }
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
        for markup in [Markup::Plain, Markup::Markdown, Markup::Textile] {
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
    }
}
