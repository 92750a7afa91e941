//! Manual pages of the codes: each lives as the doc comment of the file that reports the code.

/// The manual page of one code.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    pub code: &'static str,
    /// The Rust source whose leading `//!` lines are the page, in Markdown.
    pub source: &'static str,
    /// Whether no policy may change its level: without it a case is unreadable or unproven.
    pub fixed: bool,
}

impl Page {
    /// The page of a code whose level a policy may change.
    pub const fn of(code: &'static str, source: &'static str) -> Self {
        Self { code, source, fixed: false }
    }

    /// The page of a code that no policy may change.
    pub const fn fixed(code: &'static str, source: &'static str) -> Self {
        Self { code, source, fixed: true }
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
