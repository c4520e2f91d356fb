//! Long lists of which each line follows its own part.
//!
//! A signal that ten thousand lines follow tells all of them of every change, and each of them leaves and joins its list of
//! followers again, which is a search in that list. So a list is followed by blocks of lines, and a line by its block alone: a
//! change of one line reaches the blocks, and the lines of one of them.

use crate::cells::{Derived, Value};

/// Lines in a block. The square root of what is a very long list.
const LINES: usize = 100;

/// A list in blocks.
pub struct Blocks<T> {
    blocks: Vec<Derived<Vec<T>>>,
}

impl<T: Value + Clone + PartialEq> Blocks<T> {
    /// A list whose length stays as it is.
    pub fn of(list: Derived<Vec<T>>) -> Self {
        let length = list.with_untracked(Vec::len);
        let block = |from: usize| {
            Derived::new(move |()| list.with(|list| list.iter().skip(from).take(LINES).cloned().collect::<Vec<T>>()))
        };
        Self {
            blocks: (0..length).step_by(LINES).map(block).collect(),
        }
    }

    /// The line at a place; none where the list ends before it.
    pub fn line(&self, place: usize) -> Derived<Option<T>> {
        let block = self.blocks.get(place / LINES).copied();
        Derived::new(move |()| block.and_then(|block| block.with(|lines| lines.get(place % LINES).cloned())))
    }
}

#[cfg(test)]
mod tests {
    use leptos::prelude::Owner;

    use super::*;
    use crate::cells::Held;

    #[test]
    fn each_line_follows_its_own_place() {
        let owner = Owner::new();
        owner.set();
        let held = Held::new((0..250).collect::<Vec<u32>>());
        let blocks = Blocks::of(Derived::new(move |()| held.get()));
        let lines: Vec<_> = (0..251).map(|place| blocks.line(place)).collect();
        let at = |place: usize| lines[place].get_untracked();
        assert_eq!(
            [at(0), at(99), at(100), at(249), at(250)],
            [Some(0), Some(99), Some(100), Some(249), None]
        );
        held.update(|list| list[100] = 7);
        assert_eq!([at(99), at(100), at(101)], [Some(99), Some(7), Some(101)]);
    }
}
