//! Signals whose machinery exists once, whatever they hold.
//!
//! Leptos compiles a signal's and a memo's whole machinery again for each type in it. With some eighty types that was a
//! third of the page's bytes. What stands here holds its value behind `Any`: the machinery is compiled once, and what remains
//! per type is a cast. A cast cannot fail, because a cell is made and read with the same type parameter.
//!
//! A reader gets a share in the value and reads it where it stands, so that it needs no closure object, either.

use std::any::Any;
use std::marker::PhantomData;
use std::sync::Arc;

use leptos::prelude::{
    Get as _, GetUntracked as _, Memo, RwSignal, Update as _, UpdateUntracked as _, With as _, WithUntracked as _,
    untrack,
};

type Slot = Box<dyn Any + Send + Sync>;
/// One word, so that it is handed on without the stack.
type Shared = Arc<Slot>;
/// Nothing is in it while it is being changed.
type Cell = RwSignal<Option<Shared>>;

/// What a cell can hold.
pub trait Value: Send + Sync + 'static {}
impl<T: Send + Sync + 'static> Value for T {}

/// A value that can be written: a signal.
pub struct Held<T> {
    cell: Cell,
    of: PhantomData<fn() -> T>,
}

/// A value that follows from others, and tells its readers only when it is another one: a memo.
pub struct Derived<T> {
    memo: Memo<Kept>,
    of: PhantomData<fn() -> T>,
}

/// A value that a component is given, wherever it comes from.
pub struct Read<T> {
    source: Source,
    of: PhantomData<fn() -> T>,
}

/// What somebody wants to be told: a component's prop.
pub struct Callback<In, Out = ()> {
    act: Cell,
    of: PhantomData<fn(In) -> Out>,
}

#[derive(Clone, Copy)]
enum Source {
    Held(Cell),
    Derived(Memo<Kept>),
    /// Worked out whenever it is read.
    Work(Cell),
}

macro_rules! handles {
    ($($name:ident<$($of:ident),*>),*) => {$(
        impl<$($of),*> Clone for $name<$($of),*> {
            fn clone(&self) -> Self {
                *self
            }
        }
        impl<$($of),*> Copy for $name<$($of),*> {}
    )*};
}
handles!(Held<T>, Derived<T>, Read<T>, Callback<In, Out>);

/// Work that gives a value. A closure's own trait would bring code of its own for calling it once, for each closure.
trait Work: Send + Sync {
    fn work(&self) -> Slot;
}

impl<T: Value, F: Fn() -> T + Send + Sync> Work for F {
    fn work(&self) -> Slot {
        Box::new(self())
    }
}

#[cold]
#[inline(never)]
fn other_type() -> ! {
    panic!("a cell has the type that it was made with, and is not read and changed at once")
}

/// The value in its own type.
#[inline(never)]
fn cast<T: Value>(slot: &Slot) -> &T {
    slot.downcast_ref().unwrap_or_else(|| other_type())
}

#[inline(never)]
fn cast_mut<T: Value>(slot: &mut Slot) -> &mut T {
    slot.downcast_mut().unwrap_or_else(|| other_type())
}

/// Reads a share's value where the caller stands.
#[inline(always)]
fn read_share<T: Value, U>(share: Shared, read: impl FnOnce(&T) -> U) -> U {
    let result = read(cast(&share));
    end(share);
    result
}

/// Letting go of a share is the same code for every type.
#[inline(never)]
fn end(share: Shared) {
    drop(share);
}

#[inline(never)]
fn new_cell(value: Slot) -> Cell {
    RwSignal::new(Some(Arc::new(value)))
}

#[inline(never)]
fn tracked(cell: Cell) -> Shared {
    cell.get().unwrap_or_else(|| other_type())
}

#[inline(never)]
fn untracked(cell: Cell) -> Shared {
    cell.get_untracked().unwrap_or_else(|| other_type())
}

/// Takes a cell's value out of it, to change it. Nothing comes of a cell that is gone.
#[inline(never)]
fn take(cell: Cell) -> Option<Shared> {
    let value = cell.try_update_untracked(Option::take)?;
    Some(value.unwrap_or_else(|| other_type()))
}

/// The value of a share that nobody else has. A change that were left out because somebody reads the value at this moment
/// would be an event that the page does not show, so it stops the page instead.
#[inline(never)]
fn only(share: &mut Shared) -> &mut Slot {
    Arc::get_mut(share).unwrap_or_else(|| other_type())
}

/// Puts a value into a cell and tells its readers.
#[inline(never)]
fn put(cell: Cell, share: Shared) -> bool {
    cell.try_update(|value| *value = Some(share)).is_some()
}

#[inline(never)]
fn replace(cell: Cell, value: Slot) {
    put(cell, Arc::new(value));
}

impl<T: Value> Held<T> {
    /// A cell that holds this.
    #[inline(never)]
    pub fn new(value: T) -> Self {
        Self {
            cell: new_cell(Box::new(value)),
            of: PhantomData,
        }
    }

    /// Reads it; tracked.
    #[inline(always)]
    pub fn with<U>(&self, read: impl FnOnce(&T) -> U) -> U {
        read_share(tracked(self.cell), read)
    }

    /// Reads it; not tracked.
    #[inline(always)]
    pub fn with_untracked<U>(&self, read: impl FnOnce(&T) -> U) -> U {
        read_share(untracked(self.cell), read)
    }

    /// Whether the page that made it still stands.
    pub fn is_here(&self) -> bool {
        self.cell.try_with_untracked(|_| ()).is_some()
    }

    /// Changes it. Nothing happens when the page has moved on and the cell is gone.
    #[inline(always)]
    pub fn update(&self, change: impl FnOnce(&mut T)) {
        self.try_update(change);
    }

    /// Changes it; false when the cell is gone.
    #[inline(always)]
    pub fn try_update(&self, change: impl FnOnce(&mut T)) -> bool {
        let Some(mut share) = take(self.cell) else { return false };
        change(cast_mut(only(&mut share)));
        put(self.cell, share)
    }

    /// Replaces it. Nothing happens when the cell is gone.
    #[inline(never)]
    pub fn set(&self, value: T) {
        replace(self.cell, Box::new(value));
    }
}

impl<T: Value + Clone> Held<T> {
    /// The value; tracked.
    #[inline(never)]
    pub fn get(&self) -> T {
        self.with(T::clone)
    }

    /// The value; not tracked.
    #[inline(never)]
    pub fn get_untracked(&self) -> T {
        self.with_untracked(T::clone)
    }
}

/// A value with the comparison of its type.
#[derive(Clone)]
struct Kept {
    value: Shared,
    same: fn(&Slot, &Slot) -> bool,
}

impl PartialEq for Kept {
    fn eq(&self, other: &Self) -> bool {
        (self.same)(&self.value, &other.value)
    }
}

fn same<T: Value + PartialEq>(one: &Slot, other: &Slot) -> bool {
    cast::<T>(one) == cast::<T>(other)
}

#[inline(never)]
fn new_memo(work: Box<dyn Work>, same: fn(&Slot, &Slot) -> bool) -> Memo<Kept> {
    Memo::new(move |_| Kept {
        value: Arc::new(work.work()),
        same,
    })
}

#[inline(never)]
fn read_memo(memo: Memo<Kept>) -> Shared {
    memo.with(|kept| Arc::clone(&kept.value))
}

#[inline(never)]
fn read_memo_untracked(memo: Memo<Kept>) -> Shared {
    memo.with_untracked(|kept| Arc::clone(&kept.value))
}

impl<T: Value + PartialEq> Derived<T> {
    /// A value that is worked out like this.
    pub fn new(work: impl Fn(()) -> T + Send + Sync + 'static) -> Self {
        Self {
            memo: new_memo(Box::new(move || work(())), same::<T>),
            of: PhantomData,
        }
    }

    /// Reads it; tracked.
    #[inline(always)]
    pub fn with<U>(&self, read: impl FnOnce(&T) -> U) -> U {
        read_share(read_memo(self.memo), read)
    }

    /// Reads it; not tracked.
    #[inline(always)]
    pub fn with_untracked<U>(&self, read: impl FnOnce(&T) -> U) -> U {
        read_share(read_memo_untracked(self.memo), read)
    }
}

impl<T: Value + PartialEq + Clone> Derived<T> {
    /// The value; tracked.
    #[inline(never)]
    pub fn get(&self) -> T {
        self.with(T::clone)
    }

    /// The value; not tracked.
    #[inline(never)]
    pub fn get_untracked(&self) -> T {
        self.with_untracked(T::clone)
    }
}

#[inline(never)]
fn new_work(work: Box<dyn Work>) -> Source {
    Source::Work(new_cell(Box::new(work)))
}

#[inline(never)]
fn read_source(source: Source) -> Shared {
    match source {
        Source::Held(cell) => tracked(cell),
        Source::Derived(memo) => read_memo(memo),
        Source::Work(cell) => Arc::new(cast::<Box<dyn Work>>(&untracked(cell)).work()),
    }
}

#[inline(never)]
fn read_source_untracked(source: Source) -> Shared {
    untrack(|| read_source(source))
}

impl<T: Value> Read<T> {
    /// A value that is worked out like this whenever it is read.
    pub fn derive(work: impl Fn() -> T + Send + Sync + 'static) -> Self {
        Self::of(new_work(Box::new(work)))
    }

    fn of(source: Source) -> Self {
        Self {
            source,
            of: PhantomData,
        }
    }

    /// Reads it; tracked as far as its source reads cells.
    #[inline(always)]
    pub fn with<U>(&self, read: impl FnOnce(&T) -> U) -> U {
        read_share(read_source(self.source), read)
    }

    /// Reads it; not tracked.
    #[inline(always)]
    pub fn with_untracked<U>(&self, read: impl FnOnce(&T) -> U) -> U {
        read_share(read_source_untracked(self.source), read)
    }
}

impl<T: Value + Clone> Read<T> {
    /// The value; tracked as far as its source reads cells.
    #[inline(never)]
    pub fn get(&self) -> T {
        self.with(T::clone)
    }

    /// The value; not tracked.
    #[inline(never)]
    pub fn get_untracked(&self) -> T {
        self.with_untracked(T::clone)
    }
}

impl<T: Value> From<T> for Read<T> {
    fn from(value: T) -> Self {
        Held::new(value).into()
    }
}

impl From<&'static str> for Read<String> {
    fn from(text: &'static str) -> Self {
        Held::new(text.to_owned()).into()
    }
}

impl<T: Value> From<Held<T>> for Read<T> {
    fn from(held: Held<T>) -> Self {
        Self::of(Source::Held(held.cell))
    }
}

impl<T: Value> From<Derived<T>> for Read<T> {
    fn from(derived: Derived<T>) -> Self {
        Self::of(Source::Derived(derived.memo))
    }
}

type Act<In, Out> = Box<dyn Fn(In) -> Out + Send + Sync>;

impl<In: 'static, Out: 'static> Callback<In, Out> {
    /// Does this when it is told.
    pub fn new(act: impl Fn(In) -> Out + Send + Sync + 'static) -> Self {
        Self::of(Box::new(act))
    }

    #[inline(never)]
    fn of(act: Act<In, Out>) -> Self {
        Self {
            act: new_cell(Box::new(act)),
            of: PhantomData,
        }
    }

    /// Tells it.
    #[inline(never)]
    pub fn run(&self, input: In) -> Out {
        cast::<Act<In, Out>>(&untracked(self.act))(input)
    }
}

#[cfg(test)]
mod tests {
    use leptos::prelude::Owner;

    use super::*;

    #[test]
    fn hold_derive_and_read_in_their_own_types() {
        let owner = Owner::new();
        owner.set();
        let text = Held::new("a".to_owned());
        let length = Derived::new(move |_| text.with(String::len));
        let both = Read::derive(move || (text.get(), length.get()));
        assert_eq!(both.get_untracked(), ("a".to_owned(), 1));
        text.update(|text| text.push('b'));
        assert_eq!(both.get_untracked(), ("ab".to_owned(), 2));
        text.set("c".to_owned());
        assert_eq!(Read::<usize>::from(length).get_untracked(), 1);
    }
    #[test]
    #[should_panic(expected = "not read and changed at once")]
    fn a_change_is_never_left_out_because_somebody_reads() {
        let owner = Owner::new();
        owner.set();
        let text = Held::new("a".to_owned());
        text.with(|_| text.update(|text| text.push('b')));
    }
}
