//! Lists of two sides brought into one order, by what tells their items apart.

use std::collections::BTreeSet;

/// An item of the merged list, by its place in each version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    pub base: Option<usize>,
    pub ours: Option<usize>,
    pub theirs: Option<usize>,
    /// The stretch between two items that both sides kept, for what a side added.
    pub stretch: usize,
}

/// The items of three lists in one order; the same whichever side is called ours. An item that a side added follows what
/// it follows there. `None` where a list names an item twice, or where the two sides sorted it differently.
pub fn align(base: &[String], ours: &[String], theirs: &[String]) -> Option<Vec<Slot>> {
    if [base, ours, theirs].into_iter().any(repeats) {
        return None;
    }
    let order = skeleton(base, ours, theirs)?;
    let added = [additions(&order, ours), additions(&order, theirs)];
    let mut slots = Vec::new();
    let mut stretch = 0;
    for after in 0..=order.len() {
        if let Some(item) = after.checked_sub(1).map(|index| &order[index]) {
            let slot = Slot { base: place(base, item), ours: place(ours, item), theirs: place(theirs, item), stretch };
            stretch += usize::from(slot.ours.is_some() && slot.theirs.is_some());
            slots.push(Slot { stretch, ..slot });
        }
        let mut blocks: Vec<Vec<&String>> = added
            .iter()
            .map(|added| added.iter().filter(|(place, _)| *place == after).map(|(_, item)| *item).collect())
            .collect();
        blocks.sort();
        for item in blocks.into_iter().flatten() {
            let slot = Slot { base: None, ours: place(ours, item), theirs: place(theirs, item), stretch };
            let is_known =
                |known: &Slot| known.base.is_none() && (known.ours, known.theirs) == (slot.ours, slot.theirs);
            if !slots.iter().any(is_known) {
                slots.push(slot);
            }
        }
    }
    Some(slots)
}

/// The stretches in which both sides put something different in the place of the same item.
pub fn contested(slots: &[Slot], ours: &[String], theirs: &[String]) -> BTreeSet<usize> {
    let gone = slots.iter().filter(|slot| slot.base.is_some() && slot.ours.is_none() && slot.theirs.is_none());
    let added = |stretch: usize, of: &dyn Fn(&Slot) -> Option<usize>, items: &[String]| -> BTreeSet<String> {
        let added = slots.iter().filter(|slot| slot.base.is_none() && slot.stretch == stretch);
        added.filter_map(|slot| items.get(of(slot)?).cloned()).collect()
    };
    gone.map(|slot| slot.stretch)
        .filter(|stretch| added(*stretch, &|slot| slot.ours, ours) != added(*stretch, &|slot| slot.theirs, theirs))
        .collect()
}

fn repeats(items: &[String]) -> bool {
    items.iter().collect::<BTreeSet<_>>().len() < items.len()
}

fn place(items: &[String], wanted: &str) -> Option<usize> {
    items.iter().position(|item| item == wanted)
}

/// The items of the base, in the order of the side that sorted them anew.
fn skeleton(base: &[String], ours: &[String], theirs: &[String]) -> Option<Vec<String>> {
    let kept = |side: &[String]| -> Vec<String> { side.iter().filter(|item| base.contains(item)).cloned().collect() };
    let sorts_anew = |kept: &[String]| {
        let places: Vec<Option<usize>> = kept.iter().map(|item| place(base, item)).collect();
        !places.is_sorted()
    };
    let (ours, theirs) = (kept(ours), kept(theirs));
    let mut order = match (sorts_anew(&ours), sorts_anew(&theirs)) {
        (false, false) => return Some(base.to_vec()),
        (true, false) => ours,
        (false, true) => theirs,
        (true, true) if ours == theirs => ours,
        (true, true) => return None,
    };
    let gone: Vec<String> = base.iter().filter(|item| !order.contains(item)).cloned().collect();
    order.extend(gone);
    Some(order)
}

/// What a side has that the base has not, each with the number of items that come before it.
fn additions<'s>(order: &[String], side: &'s [String]) -> Vec<(usize, &'s String)> {
    let mut after = 0;
    let mut found = Vec::new();
    for item in side {
        match place(order, item) {
            Some(index) => after = index + 1,
            None => found.push((after, item)),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{align, contested};

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    /// The merged list without what a side removed, `!` before what is contested.
    fn merged(base: &str, ours: &str, theirs: &str) -> Option<String> {
        let (base, ours, theirs) = (words(base), words(ours), words(theirs));
        let slots = align(&base, &ours, &theirs)?;
        let contested = contested(&slots, &ours, &theirs);
        let kept = slots.iter().filter(|slot| slot.base.is_none() || (slot.ours.is_some() && slot.theirs.is_some()));
        let shown = kept.map(|slot| {
            let item = slot.ours.map(|place| &ours[place]).or(slot.theirs.map(|place| &theirs[place])).unwrap();
            let is_contested = slot.base.is_none() && contested.contains(&slot.stretch);
            format!("{}{item}", if is_contested { "!" } else { "" })
        });
        Some(shown.collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn both_sides_add_and_remove() {
        for (base, ours, theirs, expected) in [
            ("a b", "a b c", "a b d", "a b c d"),
            ("a b", "x a b", "a y b", "x a y b"),
            ("a b c", "a c", "a b c d", "a c d"),
            ("a b c", "b c", "a b", "b"),
            ("", "a", "b", "a b"),
            ("", "a b", "a c", "a b c"),
            ("a", "A", "a d", "A d"),
            ("a b", "A b", "a B", "A B"),
            ("a b c", "c a b", "a b c d", "c d a b"),
            ("a b", "a n b", "a n b", "a n b"),
        ] {
            assert_eq!(merged(base, ours, theirs).as_deref(), Some(expected), "{base} | {ours} | {theirs}");
            assert_eq!(merged(base, theirs, ours).as_deref(), Some(expected), "{base} | {theirs} | {ours}");
        }
    }

    #[test]
    fn what_both_put_in_the_place_of_one_item_is_contested() {
        assert_eq!(merged("a b c", "a B c", "a X c").as_deref(), Some("a !B !X c"));
        assert_eq!(merged("a b c", "a c", "a X c").as_deref(), Some("a !X c"));
        assert_eq!(merged("a b c", "a B c", "a B c").as_deref(), Some("a B c"));
    }

    #[test]
    fn what_has_no_one_order_is_not_merged() {
        assert_eq!(merged("a b c", "b a c", "c b a"), None);
        assert_eq!(merged("a a", "a", "a b"), None);
    }
}
