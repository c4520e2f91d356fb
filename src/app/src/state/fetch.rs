//! Fetching something, and fetching it again.

use std::future::Future;
use std::pin::Pin;

use leptos::prelude::*;

use super::load::Load;
use crate::api::ApiError;
use crate::cells::{Held, Value};

type Asking<T> = Box<dyn Fn() -> Pin<Box<dyn Future<Output = Result<T, ApiError>>>>>;

/// Something that is fetched.
pub struct Fetch<T> {
    load: Held<Load<T>>,
    ask: StoredValue<Asking<T>, LocalStorage>,
}

impl<T> Clone for Fetch<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Fetch<T> {}

impl<T: Value> Fetch<T> {
    /// Fetches it now.
    pub fn new<F>(ask: impl Fn() -> F + 'static) -> Self
    where
        F: Future<Output = Result<T, ApiError>> + 'static,
    {
        let ask: Asking<T> = Box::new(move || Box::pin(ask()));
        let fetch = Self {
            load: Held::new(Load::Loading),
            ask: StoredValue::new_local(ask),
        };
        fetch.again();
        fetch
    }

    /// Fetches it again. What is there stays until the answer is.
    pub fn again(&self) {
        let load = self.load;
        let asked = self.ask.with_value(|ask| ask());
        leptos::task::spawn_local(async move {
            let answer = asked.await;
            // The page may have been left in the meantime.
            load.try_update(|load| *load = answer.into());
        });
    }

    /// Reads it; tracked.
    pub fn with<U>(&self, read: impl FnOnce(&Load<T>) -> U) -> U {
        self.load.with(read)
    }
}

impl<T: Value + Clone> Fetch<T> {
    /// How far it is; tracked.
    pub fn get(&self) -> Load<T> {
        self.load.get()
    }
}
