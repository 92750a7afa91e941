//! The techniques of MITRE ATT&CK Enterprise: names, tactics, and what became of those that are gone.
//!
//! © 2025 The MITRE Corporation. This work is reproduced and distributed with the permission of The MITRE Corporation;
//! src/values/attack/LICENSE.txt is its licence.

use super::vocabulary::Tactic;
use std::sync::OnceLock;

/// The version of ATT&CK that the table holds.
pub const VERSION: &str = "18";

/// A technique or sub-technique.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Technique {
    pub id: &'static str,
    pub name: &'static str,
    pub tactics: Vec<Tactic>,
    pub standing: Standing,
}

/// Whether a technique is still part of ATT&CK.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Active,
    /// Given up without a successor.
    Deprecated,
    /// Given up for another one, whose id this is.
    Revoked(&'static str),
}

/// The technique of an id such as `T1021.001`, active or not.
pub fn technique(id: &str) -> Option<&'static Technique> {
    let table = techniques();
    table.binary_search_by(|technique| technique.id.cmp(id)).ok().map(|at| &table[at])
}

/// The active technique that took the place of a revoked one.
pub fn successor(technique: &Technique) -> Option<&'static Technique> {
    let mut next = technique.standing;
    // ATT&CK has chains of two; the bound is for a table that was damaged.
    for _ in 0..8 {
        let Standing::Revoked(id) = next else { return None };
        let found = self::technique(id)?;
        if found.standing == Standing::Active {
            return Some(found);
        }
        next = found.standing;
    }
    None
}

/// The active sub-techniques of a technique such as `T1021`, in order.
pub fn sub_techniques(id: &str) -> impl Iterator<Item = &'static Technique> {
    let start = techniques().partition_point(|technique| technique.id <= id);
    let of_it = move |technique: &&Technique| technique.id.strip_prefix(id).is_some_and(|rest| rest.starts_with('.'));
    techniques()[start..].iter().take_while(of_it).filter(|technique| technique.standing == Standing::Active)
}

/// Every technique, by id.
pub fn techniques() -> &'static [Technique] {
    static TABLE: OnceLock<Vec<Technique>> = OnceLock::new();
    TABLE.get_or_init(|| include_str!("attack/techniques.csv").lines().skip(1).filter_map(parse).collect())
}

/// Reads a line `id,name,tactic;tactic,status,successor`; no name holds a comma.
fn parse(line: &'static str) -> Option<Technique> {
    let mut cells = line.split(',');
    let (id, name, tactics) = (cells.next()?, cells.next()?, cells.next()?);
    let standing = match (cells.next()?, cells.next()?) {
        ("revoked", successor) => Standing::Revoked(successor),
        ("deprecated", _) => Standing::Deprecated,
        _ => Standing::Active,
    };
    let tactics = tactics.split(';').filter_map(|tactic| tactic.parse().ok()).collect();
    Some(Technique { id, name, tactics, standing })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_read() {
        let lines = include_str!("attack/techniques.csv").lines().count() - 1;
        assert_eq!(techniques().len(), lines);
        assert!(techniques().windows(2).all(|pair| pair[0].id < pair[1].id));
        for technique in techniques() {
            assert!(!technique.tactics.is_empty(), "{}", technique.id);
            assert!(technique.id.parse::<crate::values::TechniqueId>().is_ok(), "{}", technique.id);
            if matches!(technique.standing, Standing::Revoked(_)) {
                assert!(successor(technique).is_some(), "{}", technique.id);
            }
        }
    }

    #[test]
    fn techniques_are_looked_up() {
        let rdp = technique("T1021.001").unwrap();
        assert_eq!((rdp.name, rdp.tactics.as_slice()), ("Remote Desktop Protocol", &[Tactic::LateralMovement][..]));
        assert_eq!(technique("T9999"), None);
        assert_eq!(successor(technique("T1073").unwrap()).unwrap().id, "T1574.001");
        assert!(sub_techniques("T1021").all(|sub| sub.id.starts_with("T1021.")));
        assert!(sub_techniques("T1021").count() > 5);
    }
}
