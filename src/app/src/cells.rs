//! Signals whose machinery exists once, whatever they hold.
//!
//! Leptos compiles a signal's and a memo's whole machinery again for each type in it. With some eighty types that was a
//! third of the page's bytes. These three hold their value behind `Any`: the machinery is compiled once, and what remains
//! per type is a cast. A cast cannot fail, because a cell is made and read with the same type parameter.

use std::any::Any;
use std::marker::PhantomData;
use std::sync::Arc;

use leptos::prelude::*;

type Erased = Box<dyn Any + Send + Sync>;
type Shared = Arc<dyn Any + Send + Sync>;

/// What a cell can hold.
pub trait Value: Send + Sync + 'static {}
impl<T: Send + Sync + 'static> Value for T {}

/// A value that can be written: a signal.
pub struct Held<T> {
    cell: RwSignal<Erased>,
    of: PhantomData<fn() -> T>,
}

/// A value that follows from others, and tells its readers only when it is another one: a memo.
pub struct Derived<T> {
    memo: Memo<Kept>,
    of: PhantomData<fn() -> T>,
}

/// A value that is worked out whenever it is read, as a component's prop.
pub struct Read<T> {
    work: StoredValue<Shared>,
    of: PhantomData<fn() -> T>,
}

macro_rules! handles {
    ($($name:ident),*) => {$(
        impl<T> Clone for $name<T> {
            fn clone(&self) -> Self {
                *self
            }
        }
        impl<T> Copy for $name<T> {}
    )*};
}
handles!(Held, Derived, Read);

/// Calls a reader that can be called once with the value in its own type.
fn typed<T: Value, U>(read: impl FnOnce(&T) -> U, with: impl FnOnce(&mut dyn FnMut(&dyn Any))) -> U {
    let mut read = Some(read);
    let mut result = None;
    with(&mut |value| {
        if let (Some(read), Some(value)) = (read.take(), value.downcast_ref::<T>()) {
            result = Some(read(value));
        }
    });
    result.expect("a cell is read with the type that it was made with")
}

fn read_cell(cell: RwSignal<Erased>, tracked: bool, read: &mut dyn FnMut(&dyn Any)) {
    if tracked {
        cell.with(|value| read(&**value));
    } else {
        cell.with_untracked(|value| read(&**value));
    }
}

fn write_cell(cell: RwSignal<Erased>, write: &mut dyn FnMut(&mut dyn Any)) -> bool {
    cell.try_update(|value| write(&mut **value)).is_some()
}

impl<T: Value> Held<T> {
    /// A cell that holds this.
    pub fn new(value: T) -> Self {
        Self {
            cell: RwSignal::new(Box::new(value)),
            of: PhantomData,
        }
    }

    /// Reads it; tracked.
    pub fn with<U>(&self, read: impl FnOnce(&T) -> U) -> U {
        typed(read, |read| read_cell(self.cell, true, read))
    }

    /// Reads it; not tracked.
    pub fn with_untracked<U>(&self, read: impl FnOnce(&T) -> U) -> U {
        typed(read, |read| read_cell(self.cell, false, read))
    }

    /// Whether the page that made it still stands.
    pub fn is_here(&self) -> bool {
        self.cell.try_with_untracked(|_| ()).is_some()
    }

    /// Changes it. Nothing happens when the page has moved on and the cell is gone.
    pub fn update(&self, change: impl FnOnce(&mut T)) {
        self.try_update(change);
    }

    /// Changes it; false when the cell is gone.
    pub fn try_update(&self, change: impl FnOnce(&mut T)) -> bool {
        let mut change = Some(change);
        write_cell(self.cell, &mut |value| {
            if let (Some(change), Some(value)) = (change.take(), value.downcast_mut::<T>()) {
                change(value);
            }
        })
    }

    /// Replaces it. Nothing happens when the cell is gone.
    pub fn set(&self, value: T) {
        self.try_update(move |held| *held = value);
    }
}

impl<T: Value + Clone> Held<T> {
    /// The value; tracked.
    pub fn get(&self) -> T {
        self.with(T::clone)
    }

    /// The value; not tracked.
    pub fn get_untracked(&self) -> T {
        self.with_untracked(T::clone)
    }
}

/// A value with the comparison of its type.
#[derive(Clone)]
struct Kept {
    value: Shared,
    same: fn(&dyn Any, &dyn Any) -> bool,
}

impl PartialEq for Kept {
    fn eq(&self, other: &Self) -> bool {
        (self.same)(&*self.value, &*other.value)
    }
}

fn same<T: Value + PartialEq>(one: &dyn Any, other: &dyn Any) -> bool {
    one.downcast_ref::<T>() == other.downcast_ref::<T>()
}

fn new_memo(work: Box<dyn Fn() -> Kept + Send + Sync>) -> Memo<Kept> {
    Memo::new(move |_| work())
}

fn read_memo(memo: Memo<Kept>, tracked: bool) -> Shared {
    if tracked {
        memo.with(|kept| Arc::clone(&kept.value))
    } else {
        memo.with_untracked(|kept| Arc::clone(&kept.value))
    }
}

impl<T: Value + PartialEq> Derived<T> {
    /// A value that is worked out like this.
    pub fn new(work: impl Fn(()) -> T + Send + Sync + 'static) -> Self {
        let memo = new_memo(Box::new(move || Kept {
            value: Arc::new(work(())),
            same: same::<T>,
        }));
        Self { memo, of: PhantomData }
    }

    /// Reads it; tracked.
    pub fn with<U>(&self, read: impl FnOnce(&T) -> U) -> U {
        typed(read, |read| read(&*read_memo(self.memo, true)))
    }

    /// Reads it; not tracked.
    pub fn with_untracked<U>(&self, read: impl FnOnce(&T) -> U) -> U {
        typed(read, |read| read(&*read_memo(self.memo, false)))
    }
}

impl<T: Value + PartialEq + Clone> Derived<T> {
    /// The value; tracked.
    pub fn get(&self) -> T {
        self.with(T::clone)
    }

    /// The value; not tracked.
    pub fn get_untracked(&self) -> T {
        self.with_untracked(T::clone)
    }
}

type Work<T> = Box<dyn Fn() -> T + Send + Sync>;

impl<T: 'static> Read<T> {
    /// A value that is worked out like this.
    pub fn derive(work: impl Fn() -> T + Send + Sync + 'static) -> Self {
        let work: Work<T> = Box::new(work);
        Self {
            work: StoredValue::new(Arc::new(work)),
            of: PhantomData,
        }
    }

    /// The value; tracked as far as the work reads cells.
    pub fn get(&self) -> T {
        let work = self.work.get_value();
        work.downcast_ref::<Work<T>>()
            .expect("a prop is read with the type that it was made with")()
    }

    /// The value; not tracked.
    pub fn get_untracked(&self) -> T {
        untrack(|| self.get())
    }

    /// Reads it; tracked as far as the work reads cells.
    pub fn with<U>(&self, read: impl FnOnce(&T) -> U) -> U {
        read(&self.get())
    }

    /// Reads it; not tracked.
    pub fn with_untracked<U>(&self, read: impl FnOnce(&T) -> U) -> U {
        read(&self.get_untracked())
    }
}

impl<T: Value + Clone> From<T> for Read<T> {
    fn from(value: T) -> Self {
        Self::derive(move || value.clone())
    }
}

impl<T: Value + Clone + Default> Default for Read<T> {
    fn default() -> Self {
        Self::from(T::default())
    }
}

impl From<&'static str> for Read<String> {
    fn from(text: &'static str) -> Self {
        Self::derive(move || text.to_owned())
    }
}

impl<T: Value + Clone> From<Held<T>> for Read<T> {
    fn from(held: Held<T>) -> Self {
        Self::derive(move || held.get())
    }
}

impl<T: Value + Clone + PartialEq> From<Derived<T>> for Read<T> {
    fn from(derived: Derived<T>) -> Self {
        Self::derive(move || derived.get())
    }
}

impl<T: Value> From<Read<T>> for Signal<T> {
    fn from(read: Read<T>) -> Self {
        Self::derive(move || read.get())
    }
}

impl<T: Value + Clone> From<Held<T>> for Signal<T> {
    fn from(held: Held<T>) -> Self {
        Self::derive(move || held.get())
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
}
