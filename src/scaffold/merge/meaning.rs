//! What members say, as texts to compare: two notations of one value are the same.

use crate::scaffold::format::read::{Member, Node, Row};
use crate::scaffold::format::value::ListItem;
use toml::Table;

/// What a node says, without its comments.
pub fn of_node(node: &Node) -> String {
    match node {
        Node::Value(text) => of_value(text),
        Node::List(list) => {
            let items: Vec<String> = list.items.iter().map(of_item).collect();
            format!("[{}]", items.join(", "))
        }
        Node::Table(members) => of_members(members),
        Node::Tables(rows) => {
            let rows: Vec<String> = rows.iter().map(|row| of_members(&row.members)).collect();
            format!("[[{}]]", rows.join(", "))
        }
    }
}

/// What the members of a table say, in whatever order they stand.
pub fn of_members(members: &[Member]) -> String {
    let mut pairs: Vec<String> =
        members.iter().map(|member| format!("{:?}: {}", member.key, of_node(&member.node))).collect();
    pairs.sort();
    format!("{{{}}}", pairs.join(", "))
}

pub fn of_item(item: &ListItem) -> String {
    of_value(&item.text)
}

/// What a value says; its text where it is none of TOML 1.0.
fn of_value(text: &str) -> String {
    let table: Option<Table> = format!("value = {text}").parse().ok();
    table.and_then(|table| table.get("value").map(|value| format!("{value:?}"))).unwrap_or_else(|| text.to_owned())
}

/// What a member says, with its comments and as it is written.
pub fn in_full(member: &Member) -> String {
    let node = match &member.node {
        Node::Table(members) => members_in_full(members),
        Node::Tables(rows) => rows.iter().map(row_in_full).collect::<Vec<_>>().join(", "),
        node => node.value_text().unwrap_or_default(),
    };
    format!("{:?}: {:?} {:?} {node:?}", member.key, comments(&member.above), member.beside)
}

pub fn members_in_full(members: &[Member]) -> String {
    members.iter().map(in_full).collect::<Vec<_>>().join("; ")
}

pub fn row_in_full(row: &Row) -> String {
    format!("{:?} {:?} {:?}", comments(&row.above), row.beside, members_in_full(&row.members))
}

pub fn item_in_full(item: &ListItem) -> String {
    format!("{:?} {:?} {}", item.above, item.beside, item.text)
}

/// Blank lines are no comments.
fn comments(above: &[String]) -> Vec<&String> {
    above.iter().filter(|line| !line.is_empty()).collect()
}
