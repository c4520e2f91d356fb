//! What every page shares.

use std::ops::Deref;

use holdpoint_domain::wire::Me;
use leptos::prelude::*;

use super::clock::Clock;
use super::load::Load;
use super::outbox::Outbox;
use super::settings::Settings;
use super::storage::Storage;
use crate::api::{self, ApiError};
use crate::cells::{Callback, Held};
use crate::route::Router;

/// What the whole page shares. It is there as long as the page is, so that a copy is one word in every closure that uses it.
#[derive(Clone, Copy)]
pub struct AppState(&'static Shared);

/// What every page shares, in its place.
pub struct Shared {
    /// Who is signed in, and what the proxy is.
    me: Held<Load<Me>>,
    /// Where the page is.
    pub router: Router,
    /// The clock.
    pub clock: Clock,
    /// What this browser remembers of its user.
    pub settings: Settings,
    /// Commands on their way.
    pub outbox: Outbox,
    /// What the browser keeps.
    pub storage: Storage,
    /// The palette is open.
    pub palette: Held<bool>,
    /// The session on screen, for the palette; it says of itself which steps there are and how to get to one.
    desk: StoredValue<Option<OnScreen>>,
}

/// The session on screen.
#[derive(Clone, Copy)]
pub struct OnScreen {
    /// Its steps: ids and titles, in order.
    pub steps: Callback<(), Vec<(String, String)>>,
    /// Shows a step.
    pub show: Callback<String>,
}

impl Deref for AppState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        self.0
    }
}

impl AppState {
    /// Starts the page: reads what was remembered, asks the proxy who is signed in.
    pub fn start() -> Self {
        let storage = Storage::new();
        let app = Self(Box::leak(Box::new(Shared {
            me: Held::new(Load::Loading),
            router: Router::start(),
            clock: Clock::start(),
            settings: Settings::load(),
            outbox: Outbox::open(storage),
            storage,
            palette: Held::new(false),
            desk: StoredValue::new(None),
        })));
        app.ask_me();
        app
    }

    /// Asks the proxy again who is signed in.
    pub fn ask_me(&self) {
        let app = *self;
        leptos::task::spawn_local(async move {
            let answer = api::me().await;
            if let Ok(me) = &answer {
                app.clock.correct(me.now);
            }
            app.me.set(answer.into());
        });
    }

    /// Asks once more where the proxy did not answer before.
    pub fn ask_me_where_unknown(&self) {
        if self.me.with_untracked(|me| me.ready().is_none()) {
            self.ask_me();
        }
    }

    /// Reads who is signed in; tracked.
    pub fn with_me<T>(&self, read: impl FnOnce(Option<&Me>) -> T) -> T {
        self.me.with(|me| read(me.ready()))
    }

    /// The proxy does not know this browser; tracked.
    pub fn signed_out(&self) -> bool {
        self.me.with(|me| matches!(me, Load::Failed(ApiError::SignedOut)))
    }

    /// A session came on screen, or left it.
    pub fn set_on_screen(&self, desk: Option<OnScreen>) {
        self.desk.set_value(desk);
    }

    /// The steps of the session on screen.
    pub fn steps(&self) -> Vec<(String, String)> {
        self.desk.get_value().map_or_else(Vec::new, |desk| desk.steps.run(()))
    }

    /// Shows a step of the session on screen.
    pub fn go_to_step(&self, step: String) {
        if let Some(desk) = self.desk.get_value() {
            desk.show.run(step);
        }
    }

    /// The proxy runs a rehearsal platform; tracked.
    pub fn rehearsal(&self) -> bool {
        self.with_me(|me| me.is_some_and(|me| me.rehearsal))
    }
}
