//! A team's own templates of reports: which there are, and what is wrong with them. The **adapter** for the template engine.
//!
//! Templates come from anybody who may write to a case. They see what an audience may be told and nothing else: no file, no
//! network, no time, no environment; how long they run and how much they write is bounded.

pub mod broken;
mod engine;

pub use engine::Calls;

use crate::diagnostic::{Diagnostic, Page, Sources, render::text};
use crate::model::Case;
use crate::tree::{Node, Tree, TreeError};
use crate::values::vocabulary::{KnownAudience, ReportSection};
use crate::values::{Sha256, TreePath};
use std::collections::BTreeMap;

/// The folder of templates of a case.
pub const FOLDER: &str = "templates";

/// The folder in it with templates of single sections.
const SECTIONS: &str = "sections";

/// The largest template, and the most of them.
pub const MAX_BYTES: u64 = 256 << 10;
const MAX_FILES: usize = 200;

/// What a template is written in, and becomes.
const HTML: &str = ".html.jinja";
const MARKDOWN: &str = ".md.jinja";

/// The manual pages of the codes that templates are judged by.
pub const PAGES: &[Page] = &[Page::of("template-broken", include_str!("broken.rs"))];

/// Templates, by their paths below the folder that they are in.
#[derive(Clone, Debug, Default)]
pub struct Templates {
    folder: TreePath,
    files: BTreeMap<String, String>,
    /// Whether they are not those of the case, but stand in their place.
    pub is_outside: bool,
}

impl Templates {
    /// Reads the templates of a folder, and what is wrong with those that cannot be read.
    pub fn read(tree: &dyn Tree, folder: &TreePath) -> Result<(Self, Vec<Diagnostic>), TreeError> {
        let mut templates = Self { folder: folder.clone(), ..Self::default() };
        let mut found = Vec::new();
        for node in tree.list_or_nothing(folder)? {
            if node.name == SECTIONS.as_bytes() && !node.is_file() {
                for node in tree.list_or_nothing(&folder.join(SECTIONS))? {
                    templates.take(tree, &format!("{SECTIONS}/"), &node, &mut found)?;
                }
            } else {
                templates.take(tree, "", &node, &mut found)?;
            }
        }
        Ok((templates, found))
    }

    fn take(
        &mut self,
        tree: &dyn Tree,
        below: &str,
        node: &Node,
        found: &mut Vec<Diagnostic>,
    ) -> Result<(), TreeError> {
        let name = format!("{below}{}", String::from_utf8_lossy(&node.name));
        let path = self.folder.join(&name);
        if node.text().is_none() || !node.is_file() || !(name.ends_with(HTML) || name.ends_with(MARKDOWN)) {
            found.push(broken::stray(&path));
            return Ok(());
        }
        if self.files.len() == MAX_FILES {
            found.push(broken::too_many(&path, MAX_FILES));
            return Ok(());
        }
        match tree.read(&path, MAX_BYTES) {
            Ok(content) => match String::from_utf8(content) {
                Ok(text) => _ = self.files.insert(name, text),
                Err(_) => found.push(broken::unreadable(&path, "is no text in UTF-8")),
            },
            Err(TreeError::TooLarge { .. }) => found.push(broken::unreadable(&path, "is larger than 256 KiB")),
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// The same, in the place of those of a case.
    pub fn from_outside(self) -> Self {
        Self { is_outside: true, ..self }
    }

    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The digest of all of them: of a list as `sha256sum` prints it, sorted by names.
    pub fn digest(&self) -> Sha256 {
        let lines = self.files.iter().map(|(name, text)| format!("{}  {name}\n", Sha256::of(text.as_bytes())));
        Sha256::of(lines.collect::<String>().as_bytes())
    }

    /// The template of the whole HTML page of an audience.
    pub fn page(&self, audience: &str) -> Option<&str> {
        self.known(&format!("{audience}{HTML}"))
    }

    /// The template of the whole Markdown file of an audience.
    pub fn markdown(&self, audience: &str) -> Option<&str> {
        self.known(&format!("{audience}{MARKDOWN}"))
    }

    /// The template of a section, by its word.
    pub fn section(&self, section: &str) -> Option<&str> {
        self.known(&format!("{SECTIONS}/{section}{MARKDOWN}"))
    }

    /// Where a template of an audience, or of a section, lies below the folder.
    pub fn place(audience_or_section: &str, is_section: bool, is_page: bool) -> String {
        match (is_section, is_page) {
            (true, _) => format!("{SECTIONS}/{audience_or_section}{MARKDOWN}"),
            (false, true) => format!("{audience_or_section}{HTML}"),
            (false, false) => format!("{audience_or_section}{MARKDOWN}"),
        }
    }

    fn known(&self, name: &str) -> Option<&str> {
        self.files.get_key_value(name).map(|(name, _)| name.as_str())
    }

    /// What a template makes of a report, or what is wrong with it or with one that it includes, as people read it.
    pub fn render(&self, name: &str, context: &serde_json::Value, calls: Calls) -> Result<String, String> {
        engine::render(&self.files, name, context, calls).map_err(|fault| self.shown(&self.found(name, &fault)))
    }

    /// What to say of a template whose report nobody could verify.
    pub fn unprovable(&self, name: &str) -> String {
        self.shown(&broken::unprovable(&self.folder.join(name)))
    }

    /// A diagnostic as people read it, with the text that it is about.
    pub fn shown(&self, diagnostic: &Diagnostic) -> String {
        let mut sources = Sources::default();
        for (name, content) in &self.files {
            sources.insert(self.folder.join(name), content.clone());
        }
        text::render(&sources, std::slice::from_ref(diagnostic), false, 120).trim_end().to_owned()
    }

    fn found(&self, name: &str, fault: &engine::Fault) -> Diagnostic {
        let name = fault.name.as_deref().unwrap_or(name);
        let content = self.files.get(name).map_or("", String::as_str);
        broken::found(&self.folder.join(name), content, fault)
    }

    /// What of them is none that can be used in a case: it does not parse, or is for nobody.
    fn judge(&self, case: &Case) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        for (name, content) in &self.files {
            if let Err(fault) = engine::parse(name, content) {
                found.push(self.found(name, &fault));
            }
            found.extend(self.for_nobody(name, case));
        }
        found
    }

    /// What to say of a template whose name is of no audience and of no section.
    fn for_nobody(&self, name: &str, case: &Case) -> Option<Diagnostic> {
        let path = self.folder.join(name);
        let stem = name.strip_suffix(HTML).or(name.strip_suffix(MARKDOWN))?;
        if let Some(section) = stem.strip_prefix(SECTIONS).and_then(|rest| rest.strip_prefix('/')) {
            let words: Vec<&str> = ReportSection::ALL.iter().map(|section| section.word()).collect();
            return match () {
                () if section.starts_with('_') => None,
                () if name.ends_with(HTML) => Some(broken::section_in_html(&path)),
                () if words.contains(&section) => None,
                () => Some(broken::unknown(&path, "section", section, &words)),
            };
        }
        let own = case.policy.iter().flat_map(|policy| &policy.value.audiences).map(|own| own.handle.as_str());
        let handles: Vec<&str> = KnownAudience::ALL.iter().map(|known| known.word()).chain(own).collect();
        let is_known = stem.starts_with('_') || handles.contains(&stem);
        (!is_known).then(|| broken::unknown(&path, "audience", stem, &handles))
    }
}

/// What is wrong with the templates of a case.
pub fn judge(tree: &dyn Tree, case: &Case) -> Result<Vec<Diagnostic>, TreeError> {
    let (templates, mut found) = Templates::read(tree, &TreePath::from(FOLDER))?;
    found.extend(templates.judge(case));
    Ok(found)
}
