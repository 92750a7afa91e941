//! Comments of two sides: those that either wrote are kept, those that either removed are gone.

/// Whether one side alone changed something, or both the same.
pub fn one_of<'v, T: PartialEq>(base: &'v T, ours: &'v T, theirs: &'v T) -> Option<&'v T> {
    match () {
        () if ours == theirs || base == theirs => Some(ours),
        () if base == ours => Some(theirs),
        () => None,
    }
}

/// Lines of comments of both sides, the same whichever side is called ours.
pub fn lines(base: &[String], ours: &[String], theirs: &[String]) -> Vec<String> {
    if let Some(lines) = one_of(&base, &ours, &theirs) {
        return lines.to_vec();
    }
    let (first, second) = if ours <= theirs { (ours, theirs) } else { (theirs, ours) };
    let is_gone = |line: &String| !line.is_empty() && base.contains(line) && !second.contains(line);
    let mut merged: Vec<String> = first.iter().filter(|line| !is_gone(line)).cloned().collect();
    let is_new = |line: &&String| !line.is_empty() && !base.contains(line) && !first.contains(line);
    merged.extend(second.iter().filter(is_new).cloned());
    merged
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn what_either_side_wrote_is_kept() {
        let split = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
        for (base, ours, theirs, expected) in [
            ("# a", "# a\n# b", "# a\n# c", "# a\n# b\n# c"),
            ("# a\n# b", "# a", "# b\n# c", "# c"),
            ("", "# b", "# a", "# a\n# b"),
            ("# a", "# a", "", ""),
        ] {
            let (base, ours, theirs) = (split(base), split(ours), split(theirs));
            assert_eq!(lines(&base, &ours, &theirs), split(expected));
            assert_eq!(lines(&base, &theirs, &ours), split(expected));
        }
    }
}
