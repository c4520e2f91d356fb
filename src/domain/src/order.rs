//! Putting things in order, with one sort for all of them.
//!
//! The standard library compiles its sort again for each type of item. In the page that was some 38 kB before compression, so
//! here only pairs of a number and a place are ever sorted, and the items follow them.

/// The items by their keys; those with equal keys stay in the order in which they were.
#[must_use]
pub fn by_key<T>(items: Vec<T>, key: impl Fn(&T) -> u64) -> Vec<T> {
    let mut order: Vec<(u64, usize)> = items.iter().map(key).zip(0..).collect();
    sort(&mut order);
    let mut items: Vec<Option<T>> = items.into_iter().map(Some).collect();
    // Every place stands in the order once, so that nothing is left out.
    order.into_iter().filter_map(|(_, at)| items[at].take()).collect()
}

/// Not generic, so that it exists once.
fn sort(order: &mut [(u64, usize)]) {
    order.sort_unstable();
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::by_key;

    proptest! {
        #[test]
        fn it_is_the_standard_librarys_stable_sort(items in prop::collection::vec((0..9_u64, any::<u8>()), 0..60)) {
            let mut expected = items.clone();
            expected.sort_by_key(|(key, _)| *key);
            prop_assert_eq!(by_key(items, |(key, _)| *key), expected);
        }
    }
}
