//! Notifications of the browser, for whoever watches beside other work. They are asked for by a button, tell of the headline alone, and
//! come only as long as this page is open.

use codee::string::FromToStringCodec;
use holdpoint_domain::summary::{Headline, Summary};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_use_storage::use_local_storage;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Notification, NotificationOptions, NotificationPermission};

const KEY: &str = "holdpoint.watch-alerts";
const ON: &str = "on";

/// Whether the browser shows notifications of this site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Allowed {
    /// It has none, or none for pages like this one.
    Unsupported,
    Denied,
    /// The user was not asked yet.
    NotAsked,
    Granted,
}

fn allowed() -> Allowed {
    let is_there = js_sys::Reflect::has(&window(), &JsValue::from_str("Notification")).unwrap_or(false);
    if !is_there || !window().is_secure_context() {
        return Allowed::Unsupported;
    }
    match Notification::permission() {
        NotificationPermission::Granted => Allowed::Granted,
        NotificationPermission::Denied => Allowed::Denied,
        _ => Allowed::NotAsked,
    }
}

/// The button with its state, and what notifications can and cannot do.
#[component]
pub fn Alerts(summary: Memo<Option<Summary>>, #[prop(into)] lost: Signal<bool>) -> impl IntoView {
    let (wish, set_wish, _) = use_local_storage::<String, FromToStringCodec>(KEY);
    let allowed = RwSignal::new(allowed());
    let is_on = Memo::new(move |_| wish.with(|wish| wish == ON) && allowed.get() == Allowed::Granted);
    tell_of_headlines(summary, lost, is_on);
    let turn_on = move |_| {
        spawn_local(async move {
            if let Ok(asked) = Notification::request_permission() {
                // A browser that does not answer has not allowed it, which is looked up next.
                drop(JsFuture::from(asked).await);
            }
            let _ = allowed.try_set(self::allowed());
            set_wish.set(ON.to_owned());
        });
    };
    let control = move || {
        match (allowed.get(), is_on.get()) {
        (Allowed::Unsupported, _) => {
            view! { <p>"Notifications: this browser has none for this page."</p> }.into_any()
        }
        (Allowed::Denied, _) => view! {
            <p>"Notifications: refused by this browser. Its settings for this site can allow them."</p>
        }
        .into_any(),
        (_, true) => view! {
            <p>
                "Notifications are on: this browser tells you when the headline changes, as long as this page is open. A closed page, or a phone that has put it to sleep, tells nothing."
            </p>
            <button type="button" class="btn small" on:click=move |_| set_wish.set(String::new())>
                "Turn notifications off"
            </button>
        }
        .into_any(),
        (_, false) => view! {
            <button type="button" class="btn small" on:click=turn_on>"Notify me when the headline changes"</button>
            <p>"Only as long as this page is open."</p>
        }
        .into_any(),
    }
    };
    view! { <div class="alerts quiet small" role="group" aria-label="Notifications">{control}</div> }
}

/// What was known when the page came is no news, and neither is what somebody sees who looks at the page.
fn tell_of_headlines(summary: Memo<Option<Summary>>, lost: Signal<bool>, is_on: Memo<bool>) {
    let headline = Memo::new(move |_| summary.with(|summary| summary.as_ref().map(|summary| summary.headline)));
    Effect::new(move |before: Option<Option<Headline>>| {
        let now = headline.get();
        let before = before.flatten();
        let is_news = matches!((before, now), (Some(before), Some(now)) if before != now);
        let is_wanted = is_on.get_untracked() && !lost.get_untracked() && document().hidden();
        if let Some(summary) = summary.get_untracked().filter(|_| is_news && is_wanted) {
            spawn_local(show(title(&summary), summary.sentence.text));
        }
        now.or(before)
    });
}

/// `Rehearsal: ON HOLD · Release v1.4.2 to Production`.
fn title(summary: &Summary) -> String {
    let mark = if summary.rehearsal { "Rehearsal: " } else { "" };
    format!("{mark}{} · {}", summary.headline.words(), summary.title)
}

/// Browsers of phones show notifications by the service worker alone. One that shows none is no reason to disturb the page.
async fn show(title: String, body: String) {
    let options = NotificationOptions::new();
    options.set_body(&body);
    // The newest one takes the place of the one before it.
    options.set_tag(&window().location().pathname().unwrap_or_default());
    if let Ok(shown) = Notification::new_with_options(&title, &options) {
        let focus = Closure::once_into_js(|| drop(window().focus()));
        shown.set_onclick(Some(focus.unchecked_ref()));
        return;
    }
    let Ok(ready) = window().navigator().service_worker().ready() else {
        return;
    };
    let shown = match JsFuture::from(ready).await {
        Ok(worker) => web_sys::ServiceWorkerRegistration::from(worker).show_notification_with_options(&title, &options),
        Err(error) => Err(error),
    };
    if let Err(error) = shown {
        leptos::logging::warn!("a notification could not be shown: {error:?}");
    }
}
