//! A notice as a page, for mail: the words of the plain text, without a link, a picture or a style that loads anything.

use super::Message;
use crate::report::{escape, marking_words};
use crate::values::vocabulary::Marking;

/// The whole of a message, its marking first and last.
pub fn write(message: &Message, marking: Marking) -> String {
    let marking = format!("<p><strong>{}</strong></p>\n", marking_words(marking));
    let mut out = String::from("<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>");
    escape::html(&mut out, &message.subject);
    out.push_str("</title></head>\n<body>\n");
    out.push_str(&marking);
    element(&mut out, "h1", &message.subject);
    if let Some(lead) = &message.lead {
        element(&mut out, "p", lead);
    }
    if !message.facts.is_empty() {
        out.push_str("<table>\n");
        for (name, value) in &message.facts {
            out.push_str("<tr><th scope=\"row\">");
            escape::html(&mut out, name);
            out.push_str("</th><td>");
            escape::html(&mut out, value);
            out.push_str("</td></tr>\n");
        }
        out.push_str("</table>\n");
    }
    for paragraph in &message.text {
        out.push_str("<p>");
        for (number, line) in paragraph.lines().enumerate() {
            if number > 0 {
                out.push_str("<br>");
            }
            escape::html(&mut out, line);
        }
        out.push_str("</p>\n");
    }
    element(&mut out, "p", &message.origin);
    out.push_str(&marking);
    out.push_str("</body>\n</html>\n");
    out
}

fn element(out: &mut String, name: &str, text: &str) {
    out.push_str(&format!("<{name}>"));
    escape::html(out, text);
    out.push_str(&format!("</{name}>\n"));
}
