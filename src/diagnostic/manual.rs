//! Manual pages of the codes: each lives as the doc comment of the file that reports the code.

use super::Code;

/// The manual page of one code.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    pub code: &'static str,
    /// The Rust source whose leading `//!` lines are the page, in Markdown.
    pub source: &'static str,
}

impl Page {
    pub fn code(&self) -> Code {
        Code::new(self.code)
    }

    /// The page as Markdown: a title, then the headings What it checks, Why, Fails, Passes, How to fix.
    pub fn markdown(&self) -> String {
        let mut page = format!("# {}\n\n", self.code);
        for line in self.source.lines().map_while(|line| line.strip_prefix("//!")) {
            page.push_str(line.strip_prefix(' ').unwrap_or(line));
            page.push('\n');
        }
        page
    }

    /// The first sentence of the page.
    pub fn summary(&self) -> String {
        let markdown = self.markdown();
        let first = markdown.lines().skip(1).find(|line| !line.trim().is_empty()).unwrap_or("");
        first.to_owned()
    }
}
