//! What names a diagnostic from one run to the next, so that a platform shows it as known and not as new.

use crate::diagnostic::{At, Diagnostic};
use crate::values::Sha256;
use std::collections::BTreeMap;

/// One digest for each diagnostic: unique among them, and the same as long as the code, the file and the field (where
/// there is none, the message) are. Lines do not matter: text that is added above moves nothing.
pub fn all(diagnostics: &[Diagnostic]) -> Vec<Sha256> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut one = |diagnostic: &Diagnostic| {
        let what = match &diagnostic.place.at {
            At::Value(route) | At::Key(route) => route.to_string(),
            At::File | At::Bytes { .. } => diagnostic.message.clone(),
        };
        let name = format!("{}\0{}\0{what}", diagnostic.code, diagnostic.place.path);
        let ordinal = seen.entry(name.clone()).or_insert(0);
        *ordinal += 1;
        Sha256::of(format!("{name}\0{ordinal}").as_bytes())
    };
    diagnostics.iter().map(&mut one).collect()
}

#[cfg(test)]
mod tests {
    use super::all;
    use crate::diagnostic::{Code, Diagnostic, Place};
    use crate::values::{Route, TreePath};
    use std::collections::BTreeSet;

    #[test]
    fn equal_diagnostics_differ_and_lines_do_not_matter() {
        let path = TreePath::from("case.toml");
        let code = Code::new("bad-value");
        let at = |start: usize| Diagnostic::error(code.clone(), Place::bytes(&path, start..start + 1), "x");
        let value = Diagnostic::error(code.clone(), Place::value(&path, Route::key("title")), "x");
        let before = all(&[at(1), at(5), value.clone()]);
        let after = all(&[at(11), at(15), value]);
        assert_eq!(before, after);
        assert_eq!(before.iter().collect::<BTreeSet<_>>().len(), 3);
    }
}
