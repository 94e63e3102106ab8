//! Which server a new instance goes to: of those that answer, the one that keeps the fewest.

use std::collections::BTreeMap;

/// The least loaded of `answering`, which stand in the order of the settings; of equals the first. Servers that keep
/// nothing yet are missing from `kept`.
pub fn choose<'a>(answering: &'a [String], kept: &BTreeMap<String, i64>) -> Option<&'a str> {
    answering.iter().min_by_key(|name| kept.get(*name).copied().unwrap_or(0)).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_that_keeps_the_fewest_and_the_first_of_equals() {
        let answering = ["east".to_owned(), "west".to_owned()];
        let kept = |east, west| BTreeMap::from([("east".to_owned(), east), ("west".to_owned(), west), ("gone".to_owned(), 0)]);
        assert_eq!(choose(&answering, &BTreeMap::new()), Some("east"));
        assert_eq!(choose(&answering, &kept(1, 0)), Some("west"));
        assert_eq!(choose(&answering, &kept(3, 3)), Some("east"));
        assert_eq!(choose(&answering[..1], &kept(9, 0)), Some("east"), "one that does not answer takes nothing");
        assert_eq!(choose(&[], &kept(0, 0)), None);
    }
}
