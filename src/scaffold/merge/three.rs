//! The merge of members of three versions.

use super::comments::{lines, one_of};
use super::identity::{self, Names};
use super::sequence::{Slot, align, contested};
use super::{Conflict, MergeError, mark_value, meaning};
use crate::model::{Shape, TableShape};
use crate::scaffold::format::print;
use crate::scaffold::format::read::{Fields, Member, Node, Row};
use crate::scaffold::format::value::{List, ListItem, key_text};

/// A merge that is going on.
pub struct Three<'m> {
    mark: &'m str,
    /// Whether both sides come from nothing: then nothing is taken from one of them alone.
    baseless: bool,
    /// The keys that lead to the table that is being merged, as they are written in headers.
    path: Vec<String>,
    /// The same for people, with the names of rows.
    trail: Vec<String>,
    pub conflicts: Vec<Conflict>,
}

/// What came of two values.
enum Met {
    Node(Node),
    Contrary,
}

impl<'m> Three<'m> {
    pub fn new(mark: &'m str, baseless: bool) -> Self {
        Self { mark, baseless, path: Vec::new(), trail: Vec::new(), conflicts: Vec::new() }
    }

    /// Merges the keys of a table.
    pub fn members(
        &mut self,
        base: &[Member],
        ours: &[Member],
        theirs: &[Member],
        fields: Fields<'_>,
    ) -> Result<Vec<Member>, MergeError> {
        let mut merged = Vec::new();
        for key in keys(ours, theirs) {
            let find = |members: &'_ [Member]| members.iter().position(|member| member.key == key);
            let base = find(base).map(|index| &base[index]);
            let ours = find(ours).map(|index| &ours[index]);
            let theirs = find(theirs).map(|index| &theirs[index]);
            merged.extend(self.member(&key, base, ours, theirs, fields.shape(&key))?);
        }
        fields.sort(&mut merged);
        Ok(merged)
    }

    fn member(
        &mut self,
        key: &str,
        base: Option<&Member>,
        ours: Option<&Member>,
        theirs: Option<&Member>,
        shape: Option<&Shape>,
    ) -> Result<Option<Member>, MergeError> {
        let full = |member: Option<&Member>| member.map(meaning::in_full);
        let (was, is, other) = (full(base), full(ours), full(theirs));
        if is == other {
            return Ok(ours.cloned());
        }
        if !self.baseless
            && let Some(side) = one_of(&was, &is, &other)
        {
            return Ok(if *side == is { ours.cloned() } else { theirs.cloned() });
        }
        self.path.push(key_text(key));
        self.trail.push(key.to_owned());
        let met = self.meet(base, ours, theirs, shape);
        self.path.pop();
        self.trail.pop();
        let above = |member: Option<&Member>| member.map(|member| member.above.clone()).unwrap_or_default();
        let beside = |member: Option<&Member>| member.and_then(|member| member.beside.clone());
        let beside = one_of(&beside(base), &beside(ours), &beside(theirs)).cloned();
        match (met?, beside) {
            (Met::Node(Node::Tables(rows)), _) if rows.is_empty() => Ok(None),
            // An empty set or table says what none says: it stays only where both sides wrote it.
            (Met::Node(Node::List(list)), _) if list.items.is_empty() && ours.zip(theirs).is_none() => Ok(None),
            (Met::Node(Node::Table(members)), _) if members.is_empty() && ours.zip(theirs).is_none() => Ok(None),
            (Met::Node(node), Some(beside)) => {
                let above = lines(&above(base), &above(ours), &above(theirs));
                Ok(Some(Member { key: key.to_owned(), above, beside, node }))
            }
            _ => Ok(Some(self.conflict(key, base.cloned(), ours.cloned(), theirs.cloned()))),
        }
    }

    /// Merges the values of a key that both sides changed, or that one changed and the other removed.
    fn meet(
        &mut self,
        base: Option<&Member>,
        ours: Option<&Member>,
        theirs: Option<&Member>,
        shape: Option<&Shape>,
    ) -> Result<Met, MergeError> {
        let said = |member: Option<&Member>| member.map(|member| meaning::of_node(&member.node));
        let (was, is, other) = (said(base), said(ours), said(theirs));
        if self.baseless && is != other {
            return self.contrary([base, ours, theirs]);
        }
        match shape {
            Some(Shape::List { item, sorted: true }) if !matches!(**item, Shape::Table(_)) => {
                let none = List::default();
                if let [Some(base), Some(ours), Some(theirs)] = [base, ours, theirs].map(|member| list(member, &none)) {
                    return Ok(set(base, ours, theirs));
                }
            }
            Some(Shape::List { item, .. }) if matches!(**item, Shape::Table(_)) => {
                if let [Some(base), Some(ours), Some(theirs)] = [base, ours, theirs].map(rows) {
                    return self.rows(base, ours, theirs, Some(item));
                }
            }
            Some(Shape::Table(_) | Shape::Map(_) | Shape::Custom) if !has_required(shape) => {
                if let [Some(base), Some(ours), Some(theirs)] = [base, ours, theirs].map(table) {
                    return self
                        .members(base, ours, theirs, Fields::of(shape))
                        .map(|members| Met::Node(Node::Table(members)));
                }
            }
            _ => {}
        }
        let (Some(ours), Some(theirs)) = (ours, theirs) else {
            return self.contrary([base, ours, theirs]);
        };
        match (&ours.node, &theirs.node) {
            (Node::List(first), Node::List(second)) => {
                let none = List::default();
                Ok(list(base, &none).map_or(Met::Contrary, |base| sequence(base, first, second)))
            }
            (Node::Table(first), Node::Table(second)) => {
                let known = match base.map(|base| &base.node) {
                    Some(Node::Table(members)) => Some(members.as_slice()),
                    _ => None,
                };
                if known.is_none() && is != other && has_required(shape) {
                    return Ok(Met::Contrary);
                }
                self.members(known.unwrap_or_default(), first, second, Fields::of(shape))
                    .map(|members| Met::Node(Node::Table(members)))
            }
            (first, second) if is == other => Ok(Met::Node(notation(base.map(|base| &base.node), first, second))),
            // The other side changed at most the notation or a comment.
            (changed, _) if was.is_some() && was == other => Ok(Met::Node(changed.clone())),
            (_, changed) if was.is_some() && was == is => Ok(Met::Node(changed.clone())),
            _ => self.contrary([base, Some(ours), Some(theirs)]),
        }
    }

    /// A conflict of a key; an error where it is a value in one version and a table in another, since their lines do not
    /// belong to one place.
    fn contrary(&self, versions: [Option<&Member>; 3]) -> Result<Met, MergeError> {
        let mut kinds = versions.into_iter().flatten().map(|member| member.node.value_text().is_some());
        let first = kinds.next();
        let is_mixed = kinds.any(|kind| Some(kind) != first);
        if is_mixed { Err(MergeError::Mixed(self.trail.join("."))) } else { Ok(Met::Contrary) }
    }

    fn rows(&mut self, base: &[Row], ours: &[Row], theirs: &[Row], item: Option<&Shape>) -> Result<Met, MergeError> {
        let names = Names::of(item, [base, ours, theirs]);
        let [of_base, of_ours, of_theirs] = &names.versions;
        let Some(slots) = align(of_base, of_ours, of_theirs) else { return Ok(Met::Contrary) };
        let contested = if names.lasting { Default::default() } else { contested(&slots, of_ours, of_theirs) };
        let mut merged = Vec::new();
        let mut told = std::collections::BTreeSet::new();
        for slot in &slots {
            if slot.base.is_none() && contested.contains(&slot.stretch) {
                if told.insert(slot.stretch) {
                    let added = |place: fn(&Slot) -> Option<usize>, rows: &[Row]| -> Vec<Row> {
                        let added = slots.iter().filter(|other| other.base.is_none() && other.stretch == slot.stretch);
                        added.filter_map(|slot| rows.get(place(slot)?).cloned()).collect()
                    };
                    let gone = slots.iter().filter(|other| other.stretch == slot.stretch && is_gone(other));
                    let gone: Vec<Row> = gone.filter_map(|slot| base.get(slot.base?).cloned()).collect();
                    let (ours, theirs) = (added(|slot| slot.ours, ours), added(|slot| slot.theirs, theirs));
                    merged.push(self.rows_conflict(&gone, &ours, &theirs, None));
                }
                continue;
            }
            let row = |place: Option<usize>, rows: &'_ [Row]| place.map(|place| rows[place].clone());
            let (base, ours, theirs) = (row(slot.base, base), row(slot.ours, ours), row(slot.theirs, theirs));
            merged.extend(self.row(base.as_ref(), ours.as_ref(), theirs.as_ref(), item)?);
        }
        Ok(Met::Node(Node::Tables(merged)))
    }

    fn row(
        &mut self,
        base: Option<&Row>,
        ours: Option<&Row>,
        theirs: Option<&Row>,
        item: Option<&Shape>,
    ) -> Result<Option<Row>, MergeError> {
        let full = |row: Option<&Row>| row.map(meaning::row_in_full);
        if let Some(side) = one_of(&full(base), &full(ours), &full(theirs)) {
            return Ok(if *side == full(ours) { ours.cloned() } else { theirs.cloned() });
        }
        let all = [base, ours, theirs];
        let name = all.into_iter().flatten().map(|row| identity::label(row, item)).next().unwrap_or_default();
        let conflict = |three: &mut Self| {
            let piece = |row: Option<&Row>| row.cloned().into_iter().collect::<Vec<_>>();
            three.rows_conflict(&piece(base), &piece(ours), &piece(theirs), Some(&name))
        };
        let (Some(first), Some(second)) = (ours, theirs) else { return Ok(Some(conflict(self))) };
        let differ = meaning::of_members(&first.members) != meaning::of_members(&second.members);
        let beside = one_of(&base.and_then(|base| base.beside.clone()), &first.beside, &second.beside).cloned();
        let Some(beside) = beside.filter(|_| base.is_some() || !differ) else { return Ok(Some(conflict(self))) };
        let known = base.map(|base| base.members.as_slice()).unwrap_or_default();
        let last = self.trail.len().saturating_sub(1);
        let plain = self.trail.get(last).cloned().unwrap_or_default();
        if let Some(step) = self.trail.get_mut(last) {
            *step = format!("{plain}[{name}]");
        }
        let members = self.members(known, &first.members, &second.members, Fields::of(item));
        if let Some(step) = self.trail.get_mut(last) {
            *step = plain;
        }
        let above = lines(base.map(|base| base.above.as_slice()).unwrap_or_default(), &first.above, &second.above);
        Ok(Some(Row { above, beside, members: members? }))
    }

    /// A mark in the place of a key, and the conflict that it stands for.
    pub fn conflict(
        &mut self,
        key: &str,
        base: Option<Member>,
        ours: Option<Member>,
        theirs: Option<Member>,
    ) -> Member {
        let is_table = [&ours, &theirs].into_iter().flatten().any(|member| member.node.value_text().is_none());
        // An empty list in the place of tables has no line that could stand among tables.
        let fits = |member: &Member| !is_table || member.node.value_text().is_none();
        let text = |member: Option<Member>| {
            let member = member.filter(fits);
            let mut out = String::new();
            print::table(&mut out, &mut self.path.clone(), &member.into_iter().collect::<Vec<_>>());
            out.trim_start_matches('\n').to_owned()
        };
        let texts = [text(base), text(ours), text(theirs)];
        let route = self.trail.iter().map(String::as_str).chain([key]).collect::<Vec<_>>().join(".");
        let index = self.tell(route, texts);
        let mark = mark_value(self.mark, index);
        let node = if is_table { Node::Table(vec![self.mark_key(index)]) } else { mark };
        Member { key: key.to_owned(), above: Vec::new(), beside: None, node }
    }

    /// The same for rows.
    fn rows_conflict(&mut self, base: &[Row], ours: &[Row], theirs: &[Row], name: Option<&str>) -> Row {
        let text = |rows: &[Row]| {
            let mut out = String::new();
            print::rows_of(&mut out, &mut self.path.clone(), &[], rows);
            out.trim_start_matches('\n').to_owned()
        };
        let texts = [text(base), text(ours), text(theirs)];
        let route = self.trail.join(".");
        let index = self.tell(name.map_or(route.clone(), |name| format!("{route}[{name}]")), texts);
        Row { above: Vec::new(), beside: None, members: vec![self.mark_key(index)] }
    }

    fn tell(&mut self, key: String, [base, ours, theirs]: [String; 3]) -> usize {
        self.conflicts.push(Conflict { key, base, ours, theirs, raised: None });
        self.conflicts.len() - 1
    }

    fn mark_key(&self, index: usize) -> Member {
        let key = format!("{}{index}", self.mark);
        Member { key, above: Vec::new(), beside: None, node: Node::Value("0".to_owned()) }
    }
}

/// The keys of both sides, in an order that does not ask which is ours.
fn keys(ours: &[Member], theirs: &[Member]) -> Vec<String> {
    let names = |members: &[Member]| members.iter().map(|member| member.key.clone()).collect::<Vec<_>>();
    let (ours, theirs) = (names(ours), names(theirs));
    let (mut first, second) = if ours <= theirs { (ours, theirs) } else { (theirs, ours) };
    let new: Vec<String> = second.into_iter().filter(|key| !first.contains(key)).collect();
    first.extend(new);
    first
}

/// The items of a key, none where it is not there; `None` where it is no list.
fn list<'m>(member: Option<&'m Member>, none: &'m List) -> Option<&'m List> {
    match member.map(|member| &member.node) {
        None => Some(none),
        Some(Node::List(list)) => Some(list),
        Some(_) => None,
    }
}

/// The same for tables: an empty list is a list of none.
fn rows(member: Option<&Member>) -> Option<&[Row]> {
    match member.map(|member| &member.node) {
        None => Some(&[]),
        Some(Node::Tables(rows)) => Some(rows),
        Some(Node::List(list)) if list.items.is_empty() => Some(&[]),
        Some(_) => None,
    }
}

/// The members of a table of a collection.
fn table(member: Option<&Member>) -> Option<&[Member]> {
    match member.map(|member| &member.node) {
        None => Some(&[]),
        Some(Node::Table(members)) => Some(members),
        Some(_) => None,
    }
}

fn is_gone(slot: &Slot) -> bool {
    slot.base.is_some() && slot.ours.is_none() && slot.theirs.is_none()
}

/// Whether a record has keys that must be there, so that it is one thing and not a collection.
fn has_required(shape: Option<&Shape>) -> bool {
    matches!(shape, Some(Shape::Table(TableShape { fields, .. })) if fields.iter().any(|field| field.required))
}

/// One of two notations of a value: the one that a side changed.
fn notation(base: Option<&Node>, ours: &Node, theirs: &Node) -> Node {
    let text = |node: &Node| node.value_text();
    let chosen = match one_of(&base.and_then(text), &text(ours), &text(theirs)) {
        Some(chosen) => *chosen == text(ours),
        None => text(ours) <= text(theirs),
    };
    if chosen { ours.clone() } else { theirs.clone() }
}

/// Merges sets by their items.
fn set(base: &List, ours: &List, theirs: &List) -> Met {
    let names = |list: &List| list.items.iter().map(meaning::of_item).collect::<Vec<String>>();
    let names = [names(base), names(ours), names(theirs)];
    let mut all: Vec<&String> = names[1].iter().chain(&names[2]).collect();
    all.sort();
    all.dedup();
    let mut items = Vec::new();
    for name in all {
        let find = |index: usize, list: &'_ List| {
            names[index].iter().position(|other| other == name).map(|at| list.items[at].clone())
        };
        match item(find(0, base), find(1, ours), find(2, theirs)) {
            Ok(merged) => items.extend(merged),
            Err(()) => return Met::Contrary,
        }
    }
    items.sort_by(|a, b| a.rank.cmp(&b.rank));
    Met::Node(Node::List(List { items, last: lines(&base.last, &ours.last, &theirs.last) }))
}

/// Merges lists whose order says something.
fn sequence(base: &List, ours: &List, theirs: &List) -> Met {
    let names = |list: &List| list.items.iter().map(meaning::of_item).collect::<Vec<String>>();
    let (of_ours, of_theirs) = (names(ours), names(theirs));
    let Some(slots) = align(&names(base), &of_ours, &of_theirs) else { return Met::Contrary };
    if !contested(&slots, &of_ours, &of_theirs).is_empty() {
        return Met::Contrary;
    }
    let mut items = Vec::new();
    for slot in slots {
        let find = |place: Option<usize>, list: &List| place.map(|place| list.items[place].clone());
        match item(find(slot.base, base), find(slot.ours, ours), find(slot.theirs, theirs)) {
            Ok(merged) => items.extend(merged),
            Err(()) => return Met::Contrary,
        }
    }
    Met::Node(Node::List(List { items, last: lines(&base.last, &ours.last, &theirs.last) }))
}

/// Merges an item with its comments; an error where one side removed what the other commented on, or both did differently.
fn item(base: Option<ListItem>, ours: Option<ListItem>, theirs: Option<ListItem>) -> Result<Option<ListItem>, ()> {
    let full = |item: &Option<ListItem>| item.as_ref().map(meaning::item_in_full);
    let texts = (full(&base), full(&ours), full(&theirs));
    if let Some(side) = one_of(&texts.0, &texts.1, &texts.2) {
        return Ok(if *side == texts.1 { ours } else { theirs });
    }
    let (Some(first), Some(second)) = (ours, theirs) else { return Err(()) };
    let known = base.clone().map(|base| base.above).unwrap_or_default();
    let above = lines(&known, &first.above, &second.above);
    let beside = one_of(&base.and_then(|base| base.beside), &first.beside, &second.beside).cloned().ok_or(())?;
    let (text, rank) = if first.text <= second.text { (first.text, first.rank) } else { (second.text, second.rank) };
    Ok(Some(ListItem { above, text, beside, rank }))
}
