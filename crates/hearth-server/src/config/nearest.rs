//! "Did you mean": the known key that is closest to an unknown one.

/// The candidate with the fewest edits from `given`, or `None` when nothing comes close enough to be a typing
/// mistake.
pub(super) fn nearest<'a>(given: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let tolerance = (given.chars().count() / 2).max(2);
    candidates
        .into_iter()
        .map(|candidate| (distance(given, candidate), candidate))
        .min()
        .filter(|(edits, _)| *edits <= tolerance)
        .map(|(_, candidate)| candidate.to_owned())
}

/// Levenshtein distance, one row at a time.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (index, left_char) in left.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], index + 1);
        for (column, right_char) in right.iter().enumerate() {
            let substituted = diagonal + usize::from(left_char != *right_char);
            diagonal = row[column + 1];
            row[column + 1] = substituted.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_typing_mistake() {
        let keys = ["listen.addresses", "tls.mode", "log.format"];
        assert_eq!(
            nearest("listen.adresses", keys).as_deref(),
            Some("listen.addresses")
        );
        assert_eq!(nearest("tls.mod", keys).as_deref(), Some("tls.mode"));
        assert_eq!(nearest("zzzz", keys), None);
    }

    #[test]
    fn distances_are_edit_distances() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", "abc"), 0);
    }
}
