//! A plan as Markdown for a comment on a pull request. Every text of the case stands in code: there nothing is a mention, a link or
//! HTML, on any forge.

use super::{Notice, Plan, Withheld};
use crate::report::{escape, marking_words};
use crate::values::wording::counted;

/// The most bytes of a comment: GitHub takes 65,536 characters, and other text may stand around it.
pub const LIMIT: usize = 64_000;

/// Writes a plan under a heading, in at most [`LIMIT`] bytes; what does not fit is counted.
pub fn write(heading: &str, plan: &Plan) -> String {
    let mut out = format!("### {heading}\n\n{}.\n", counted(plan.notices.len(), "notice"));
    let told: Vec<String> = plan.notices.iter().map(notice).collect();
    let withheld: Vec<String> = plan.withheld.iter().map(self::withheld).collect();
    for (title, items) in [("Told", told), ("Not told, or not yet", withheld)] {
        if items.is_empty() {
            continue;
        }
        out.push_str(&format!("\n#### {title}\n\n"));
        for (number, item) in items.iter().enumerate() {
            if out.len() + item.len() > LIMIT - 200 {
                out.push_str(&format!("- and {} more\n", items.len() - number));
                break;
            }
            out.push_str(item);
        }
    }
    out
}

fn notice(notice: &Notice) -> String {
    let mut out = format!("- {}", code(&notice.message.subject));
    out.push_str(&format!(
        " to {} through {} (route {}, {}, {})\n",
        code(&notice.audience),
        code(notice.channel.as_str()),
        code(notice.route.as_str()),
        notice.occasion,
        marking_words(notice.marking)
    ));
    out
}

fn withheld(withheld: &Withheld) -> String {
    let reasons: Vec<String> = withheld.reasons.iter().map(|reason| code(reason)).collect();
    format!(
        "- {} to {} (route {}, {}): {}\n",
        code(&withheld.about),
        code(&withheld.audience),
        code(withheld.route.as_str()),
        withheld.occasion,
        reasons.join("; ")
    )
}

fn code(text: &str) -> String {
    let mut out = String::new();
    escape::markdown_code(&mut out, text, false);
    out
}
