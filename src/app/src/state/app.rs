//! What the whole page shares.

use holdpoint_domain::wire::Me;
use leptos::prelude::*;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use super::clock::Clock;
use super::outbox::Outbox;
use super::settings::Settings;
use super::storage::Storage;
use crate::api::{self, ApiError, ApiResult};

/// Handles to what the whole page shares. Copying it copies handles.
#[derive(Clone, Copy)]
pub struct App {
    /// Who is signed in, and what the proxy is; none until the proxy has answered.
    me: RwSignal<Option<ApiResult<Me>>>,
    /// The proxy does not know this browser.
    pub signed_out: Memo<bool>,
    /// The proxy runs a rehearsal platform.
    pub rehearsal: Memo<bool>,
    /// The clock.
    pub clock: Clock,
    /// What this browser remembers of its user.
    pub settings: Settings,
    /// Commands on their way.
    pub outbox: Outbox,
    /// What the browser keeps.
    pub storage: Storage,
    /// What the browser's tab says, without the program's name.
    pub title: RwSignal<String>,
    /// The palette is open.
    pub palette_open: RwSignal<bool>,
    /// The session on screen, for the palette.
    pub on_screen: RwSignal<Option<OnScreen>>,
}

/// The session on screen.
#[derive(Clone, Copy)]
pub struct OnScreen {
    /// Its steps: ids and titles, in order.
    pub steps: Callback<(), Vec<(String, String)>>,
    /// Shows a step, by its id.
    pub show: Callback<String>,
}

/// Starts what the whole page shares, and provides it as a context.
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
        title: RwSignal::new(String::new()),
        palette_open: RwSignal::new(false),
        on_screen: RwSignal::new(None),
    };
    provide_context(app);
    app.ask_me();
    keep_page();
    app
}

/// What the whole page shares, from the context that [`provide_app`] provides.
pub fn use_app() -> App {
    expect_context()
}

impl App {
    /// Asks the proxy who is signed in, and what time it is there.
    pub fn ask_me(&self) {
        let app = *self;
        leptos::task::spawn_local(async move {
            let answer = api::me().await;
            if let Ok(me) = &answer {
                app.clock.correct(me.now);
            }
            app.me.set(Some(answer));
        });
    }

    /// The same, where the proxy did not answer before.
    pub fn ask_me_where_unknown(&self) {
        if self.me.with_untracked(|me| !matches!(me, Some(Ok(_)))) {
            self.ask_me();
        }
    }
}

/// Asks the browser to keep the page itself (`src/app/sw.js`), for when the proxy cannot be reached. Without it everything works
/// as long as the proxy answers. leptos-use's `use_service_worker` is no help here: it reloads the page when a worker takes it
/// over, and fails where the browser offers none.
fn keep_page() {
    let navigator = window().navigator();
    // Browsers offer service workers only to pages that came over https or from this machine.
    let offered = js_sys::Reflect::has(&navigator, &JsValue::from_str("serviceWorker")).unwrap_or(false);
    if offered {
        let registered = navigator.service_worker().register("/sw.js");
        leptos::task::spawn_local(async move {
            if let Err(error) = JsFuture::from(registered).await {
                leptos::logging::warn!("the page is not kept for later: {error:?}");
            }
        });
    }
}
