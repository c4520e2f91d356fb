//! What the whole page shares.

use holdpoint_domain::wire::{EnvironmentBrief, Me, SearchAnswer};
use leptos::prelude::*;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use super::clock::Clock;
use super::outbox::Outbox;
use super::settings::Settings;
use super::shared_stream::{self, SharedStream};
use super::storage::Storage;
use crate::api::{self, ApiError, ApiResult};

/// Copying it copies handles.
#[derive(Clone, Copy)]
pub struct App {
    /// None until the proxy has answered.
    me: RwSignal<Option<ApiResult<Me>>>,
    /// The proxy does not know this browser.
    pub signed_out: Memo<bool>,
    /// The proxy runs a rehearsal platform.
    pub rehearsal: Memo<bool>,
    pub clock: Clock,
    pub settings: Settings,
    pub outbox: Outbox,
    pub storage: Storage,
    pub stream: SharedStream,
    pub palette_open: RwSignal<bool>,
    /// What waits for the name of whoever uses this browser.
    pub unnamed: RwSignal<Vec<Callback<String>>>,
    /// The session on screen, for the palette.
    pub open_session: RwSignal<Option<OpenSession>>,
}

/// What the palette needs of the session on screen.
#[derive(Clone, Copy)]
pub struct OpenSession {
    /// Finds its steps and commands by a few words; every step, where there are none.
    pub find: Callback<String, SearchAnswer>,
    /// The runbook's name and the procedure's id.
    pub of: Callback<(), Option<(String, String)>>,
    /// What its page can do now.
    pub actions: Callback<(), Vec<Action>>,
    /// Shows the step with this id.
    pub show: Callback<String>,
}

/// Something that a page can do.
#[derive(Clone, Copy)]
pub struct Action {
    pub title: &'static str,
    /// Other words by which it is found, and which are not shown.
    pub also: &'static str,
    pub act: Callback<()>,
}

/// Provides [`App`] as a context. To be called once, by the root component.
pub fn provide_app() -> App {
    let clock = Clock::start();
    let storage = Storage::new();
    let me = RwSignal::new(None);
    let app = App {
        me,
        signed_out: Memo::new(move |_| me.with(|me| matches!(me, Some(Err(ApiError::SignedOut))))),
        rehearsal: Memo::new(move |_| me.with(|me| matches!(me, Some(Ok(me)) if me.rehearsal))),
        clock,
        settings: Settings::load(),
        outbox: Outbox::open(storage),
        storage,
        stream: shared_stream::join(),
        palette_open: RwSignal::new(false),
        unnamed: RwSignal::new(Vec::new()),
        open_session: RwSignal::new(None),
    };
    provide_context(app);
    app.load_me();
    register_service_worker();
    app
}

pub fn use_app() -> App {
    expect_context()
}

impl App {
    /// Goes on with the name of whoever uses this browser, at once or when they have said it. Nothing is done in the name of
    /// somebody else.
    pub fn with_name(&self, then: Callback<String>) {
        let name = untrack(|| self.settings.name());
        match name.is_empty() {
            true => self.unnamed.update(|waiting| waiting.push(then)),
            false => then.run(name),
        }
    }

    /// Asks the proxy who is signed in, and what time it is there.
    pub fn load_me(&self) {
        let app = *self;
        leptos::task::spawn_local(async move {
            let answer = api::me().await;
            if let Ok(me) = &answer {
                app.clock.synchronize(me.now);
            }
            app.me.set(Some(answer));
        });
    }

    /// The environments that sessions can be started in, as far as the proxy has said them; tracked.
    pub fn environments(&self) -> Vec<EnvironmentBrief> {
        self.me.with(|me| match me {
            Some(Ok(me)) => me.environments.clone(),
            _ => Vec::new(),
        })
    }

    /// [`Self::load_me`], where the proxy did not answer before.
    pub fn load_me_if_unknown(&self) {
        if self.me.with_untracked(|me| !matches!(me, Some(Ok(_)))) {
            self.load_me();
        }
    }
}

/// Has the browser store the page itself (`src/app/sw.js`), for when the proxy cannot be reached. Without it everything works
/// as long as the proxy answers. leptos-use's `use_service_worker` is no help here: it reloads the page when a worker takes it
/// over, and fails where the browser offers none.
fn register_service_worker() {
    let navigator = window().navigator();
    // Browsers offer service workers only to pages that came over https or from this machine.
    let offered = js_sys::Reflect::has(&navigator, &JsValue::from_str("serviceWorker")).unwrap_or(false);
    if offered {
        let registered = navigator.service_worker().register("/sw.js");
        leptos::task::spawn_local(async move {
            if let Err(error) = JsFuture::from(registered).await {
                leptos::logging::warn!("the service worker could not be registered: {error:?}");
            }
        });
    }
}
