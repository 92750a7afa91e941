//! What a preview says beside the report: what is wrong, beside what it concerns, and why the gate would keep the report back.

use super::Writer;
use crate::diagnostic::Level;
use crate::report::gate::Refusal;
use crate::report::preview::{Problem, Remarks, Spot};
use crate::values::wording::counted;
use std::fmt::Write;

pub(super) const STYLE: &str = include_str!("remarks.css");

/// How many problems of what is not shown are told at the top; `casebook check` tells all.
const AT_THE_TOP: usize = 20;

impl Writer<'_, '_> {
    /// How much is wrong, before the title of the page.
    pub(super) fn count_in_title(&mut self) {
        if let Some(remarks) = &self.outline.remarks {
            let _ = write!(self.out, "{} – ", remarks.count);
        }
    }

    /// What is told above everything.
    pub(super) fn remarks(&mut self) {
        let Some(remarks) = &self.outline.remarks else { return };
        self.tally(remarks);
        self.refusals(remarks);
        let (told, left) = remarks.elsewhere.split_at(remarks.elsewhere.len().min(AT_THE_TOP));
        self.problems(told);
        if !left.is_empty() {
            let _ = writeln!(
                self.out,
                "<p class=\"warning\">and {} more: <code>casebook check</code> shows them all</p>",
                left.len()
            );
        }
    }

    /// How much is wrong, and where: links to the entries.
    fn tally(&mut self, remarks: &Remarks) {
        let (errors, warnings) = (remarks.count.errors, remarks.count.warnings);
        if errors + warnings == 0 {
            self.raw("<p class=\"sound\"><code>casebook check</code> finds no problems.</p>\n");
            return;
        }
        self.raw(if errors > 0 { "<p class=\"warning bad\">" } else { "<p class=\"warning\">" });
        let _ = write!(self.out, "<strong>{}</strong>", remarks.count);
        for (number, (anchor, problems)) in remarks.beside.iter().enumerate() {
            self.raw(if number == 0 { ", at " } else { ", " });
            self.raw("<a href=\"#");
            self.text(anchor);
            self.raw("\">");
            match anchor.parse() {
                Ok(id) => self.raw(self.outline.names.get(id).map_or(anchor.as_str(), |name| name.label.as_str())),
                Err(_) => self.text(anchor),
            }
            self.raw("</a>");
            if problems.len() > 1 {
                let _ = write!(self.out, " ({})", problems.len());
            }
        }
        if !remarks.is_internal {
            self.raw(". What is wrong stands in the preview for those who work on the case");
        }
        self.raw(".</p>\n");
    }

    fn refusals(&mut self, remarks: &Remarks) {
        if remarks.refusals.is_empty() {
            return;
        }
        let _ = writeln!(
            self.out,
            "<div class=\"warning bad\">\n<p><strong>No report would be written, for {}:</strong></p>\n<ul>",
            counted(remarks.refusals.len(), "reason")
        );
        for refusal in &remarks.refusals {
            self.refusal(refusal, remarks.is_internal);
        }
        self.raw("</ul>\n</div>\n");
    }

    /// A reason. It may quote what the audience must not know, so that it is shown to who asks for it only.
    fn refusal(&mut self, refusal: &Refusal, is_internal: bool) {
        self.raw("<li>");
        if is_internal {
            self.text(&refusal.says);
            self.raw("<br>");
        } else if let Some(id) = refusal.entry {
            let _ = write!(self.out, "<code>{id}</code> ");
        }
        self.quoting(&refusal.help);
        if !is_internal {
            self.raw("<details><summary>Why; it may say what they must not know</summary>");
            self.text(&refusal.says);
            self.raw("</details>");
        }
        self.raw("</li>\n");
    }

    /// What is wrong with the entry of a card.
    pub(super) fn problems_of(&mut self, anchor: &str) {
        if let Some(problems) = self.outline.remarks.as_ref().and_then(|remarks| remarks.beside.get(anchor)) {
            self.problems(problems);
        }
    }

    /// What is wrong with the entry of a row, in a row of its own.
    pub(super) fn problems_below_row(&mut self, anchor: &str, columns: usize) {
        if let Some(problems) = self.outline.remarks.as_ref().and_then(|remarks| remarks.beside.get(anchor)) {
            let _ = write!(self.out, "<tr class=\"problems\"><td colspan=\"{columns}\"><div>");
            self.problems(problems);
            self.raw("</div></td></tr>\n");
        }
    }

    fn problems(&mut self, problems: &[Problem]) {
        for problem in problems {
            self.problem(problem);
        }
    }

    fn problem(&mut self, problem: &Problem) {
        let class = if problem.level == Level::Error { "problem bad" } else { "problem" };
        let _ = write!(self.out, "<div class=\"{class}\">\n<p><strong>{}</strong> ", problem.level);
        self.quoting(&problem.message);
        self.within(" <code class=\"code\">", &problem.code, "</code></p>\n");
        for spot in &problem.places {
            self.spot(spot);
        }
        if let Some(help) = &problem.help {
            self.raw("<p class=\"help\"><strong>help</strong> ");
            self.quoting(help);
            self.raw("</p>\n");
        }
        self.raw("</div>\n");
    }

    fn spot(&mut self, spot: &Spot) {
        self.raw("<div class=\"spot\"><p class=\"at\">");
        self.text(&spot.path);
        if let Some((line, column)) = spot.at {
            let _ = write!(self.out, ":{line}:{column}");
        }
        self.raw("</p>");
        if let Some(line) = &spot.line {
            self.raw("<pre>");
            self.text(&line.before);
            // An empty place, such as the end of a file, is shown as well.
            self.within("<em>", if line.marked.is_empty() { " " } else { &line.marked }, "</em>");
            self.text(&line.after);
            self.raw("</pre>");
        }
        if let Some(label) = &spot.label {
            self.raw("<p class=\"at\">");
            self.quoting(label);
            self.raw("</p>");
        }
        self.raw("</div>\n");
    }

    /// A message, in which backticks enclose names.
    fn quoting(&mut self, message: &str) {
        for (number, piece) in message.split('`').enumerate() {
            match number % 2 {
                0 => self.text(piece),
                _ => self.within("<code>", piece, "</code>"),
            }
        }
    }
}
