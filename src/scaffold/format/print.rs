//! Prints members as a file.

use super::read::{Member, Node, Row, lines};
use super::value::key_text;

/// A whole file: the comments at its top, its members, the comments at its end.
pub fn file(top: &str, members: &[Member], trailing: &[String]) -> String {
    let mut out = String::new();
    let top = tidy(&lines(top));
    for line in top.iter().skip_while(|line| line.is_empty()) {
        push(&mut out, line);
    }
    if !top.is_empty() && !top.iter().all(|line| line.is_empty() || line.starts_with("#:")) {
        blank(&mut out);
    } else {
        out.truncate(out.trim_end().len() + usize::from(!out.is_empty()));
    }
    table(&mut out, &mut Vec::new(), members);
    let trailing = tidy(trailing);
    if trailing.iter().any(|line| !line.is_empty()) {
        for line in trailing {
            if line.is_empty() { blank(&mut out) } else { push(&mut out, &line) }
        }
    }
    out.truncate(out.trim_end_matches('\n').len());
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

/// Members as they stand in the table at a path of keys.
pub fn table(out: &mut String, path: &mut Vec<String>, members: &[Member]) {
    let mut is_first = true;
    for member in members {
        if let Some(text) = member.node.value_text() {
            above_key(out, &member.above, is_first);
            let beside = member.beside.as_ref().map_or(String::new(), |comment| format!(" {comment}"));
            push(out, &format!("{} = {text}{beside}", key_text(&member.key)));
            is_first = false;
        }
    }
    for member in members {
        path.push(key_text(&member.key));
        match &member.node {
            Node::Value(_) | Node::List(_) => {}
            Node::Table(inner) => {
                let speaks = member.beside.is_some() || member.above.iter().any(|line| !line.is_empty());
                let has_keys = inner.iter().any(|member| matches!(member.node, Node::Value(_) | Node::List(_)));
                if speaks || has_keys || inner.is_empty() {
                    header(out, &member.above, &format!("[{}]", path.join(".")), member.beside.as_deref());
                }
                table(out, path, inner);
            }
            Node::Tables(rows) => rows_of(out, path, &member.above, rows),
        }
        path.pop();
    }
}

/// The tables of a list at a path of keys.
pub fn rows_of(out: &mut String, path: &mut Vec<String>, above: &[String], rows: &[Row]) {
    for (index, row) in rows.iter().enumerate() {
        let name = format!("[[{}]]", path.join("."));
        let mut comments = if index == 0 { above.to_vec() } else { Vec::new() };
        comments.extend(row.above.iter().cloned());
        header(out, &comments, &name, row.beside.as_deref());
        table(out, path, &row.members);
    }
}

/// The comments above a key. A blank line is kept where it parts comments from something.
fn above_key(out: &mut String, above: &[String], is_first: bool) {
    let above = tidy(above);
    if above.iter().all(String::is_empty) {
        return;
    }
    for line in above.iter().skip_while(|line| is_first && line.is_empty()) {
        if line.is_empty() { blank(out) } else { push(out, line) }
    }
}

/// A header, with a blank line before it or before the comments that belong to it.
fn header(out: &mut String, above: &[String], name: &str, beside: Option<&str>) {
    let above = tidy(above);
    let parted = above.first().is_some_and(String::is_empty) || above.last().is_some_and(String::is_empty);
    if !parted {
        blank(out);
    }
    for line in &above {
        if line.is_empty() { blank(out) } else { push(out, line) }
    }
    match beside {
        Some(comment) => push(out, &format!("{name} {comment}")),
        None => push(out, name),
    }
}

/// Lines without two blank ones in a row.
fn tidy(lines: &[String]) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for line in lines {
        if !(line.is_empty() && kept.last().is_some_and(String::is_empty)) {
            kept.push(line.clone());
        }
    }
    kept
}

fn push(out: &mut String, line: &str) {
    out.push_str(line);
    out.push('\n');
}

/// Adds a blank line, but at the top of the file and after another.
fn blank(out: &mut String) {
    if !out.is_empty() && !out.ends_with("\n\n") {
        out.push('\n');
    }
}
