//! Who leads.

use std::time::Duration;

use futures::channel::oneshot;
use futures::future::{Either, select};
use gloo_timers::future::sleep;
use js_sys::{Function, Promise, Reflect};
use leptos::prelude::window;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::leader::lead;
use super::tabs::{NAME, SharedStream, Word};

/// How long a leader has to answer, where there are no locks. It answers from the turn of the browser in which it was asked.
const ANSWER: Duration = Duration::from_millis(300);
/// Until the leader is asked again.
const PAUSE: Duration = Duration::from_millis(600);

/// Leads whenever it is this tab's turn.
pub(super) async fn take_part(shared: SharedStream) {
    let locked = lock().await;
    if let Err(reason) = &locked {
        leptos::logging::log!("the tabs choose which of them leads, because this page may not have locks: {reason:?}");
    }
    if locked.is_err() {
        until_nobody_leads(shared).await;
    }
    loop {
        lead(shared).await;
        until_nobody_leads(shared).await;
    }
}

/// Waits for the browser's lock, which is then this tab's until it is gone. web-sys has these names for unstable builds only.
async fn lock() -> Result<(), JsValue> {
    let locks = Reflect::get(&window().navigator(), &"locks".into())?;
    // Without a secure context there are none, and this fails.
    let request: Function = Reflect::get(&locks, &"request".into())?.dyn_into()?;
    let (sender, granted) = oneshot::channel();
    let granting = Closure::once_into_js(move || {
        // Nobody waits any more where the request failed.
        let _ = sender.send(());
        // The lock is given back when this is resolved, which it never is.
        Promise::new(&mut |_, _| {})
    });
    let request: Promise = request.call2(&locks, &NAME.into(), &granting)?.dyn_into()?;
    match select(granted, JsFuture::from(request)).await {
        Either::Left((Ok(()), _)) => Ok(()),
        Either::Left((Err(canceled), _)) => Err(JsValue::from_str(&canceled.to_string())),
        Either::Right((ended, _)) => Err(ended.unwrap_or_else(|error| error)),
    }
}

/// Waits until no other tab says that it leads. Two may find so at once; [`lead`] sees to that.
async fn until_nobody_leads(shared: SharedStream) {
    loop {
        shared.set_heard_leader(false);
        shared.say(Word::Who);
        sleep(ANSWER).await;
        if !shared.heard_leader() {
            return;
        }
        sleep(PAUSE).await;
    }
}
