//! Asking the proxy while somebody types.

use std::time::Duration;

use holdpoint_domain::wire::SearchAnswer;
use leptos::prelude::*;
use web_sys::AbortController;

use crate::api::{self, ApiResult};

/// How long nobody types before the proxy is asked.
const PAUSE: Duration = Duration::from_millis(150);

/// The last answer, and what was asked for.
pub type Asked = Option<(String, ApiResult<SearchAnswer>)>;

/// Asks for what is wanted when nobody types any more, and gives up what is not wanted any more.
pub fn ask_while_typed(wanted: RwSignal<String>) -> RwSignal<Asked> {
    let asked = RwSignal::new(None);
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let running = StoredValue::new_local(None::<AbortController>);
    let stop = move || {
        if let Some(Some(handle)) = waiting.try_update_value(Option::take) {
            handle.clear();
        }
        if let Some(Some(controller)) = running.try_update_value(Option::take) {
            controller.abort();
        }
    };
    Effect::new(move |before: Option<()>| {
        let query = wanted.get();
        stop();
        let pause = if before.is_none() { Duration::ZERO } else { PAUSE };
        let ask = move || {
            let Ok(controller) = AbortController::new() else {
                return;
            };
            let signal = controller.signal();
            running.set_value(Some(controller.clone()));
            leptos::task::spawn_local(async move {
                let answer = api::search(&query, &signal).await;
                // What was given up gives an error that nobody is to see, and the palette may be gone.
                if !signal.aborted() {
                    // An answer that did not come in time is awaited no longer.
                    controller.abort();
                    let _ = asked.try_set(Some((query, answer)));
                }
            });
        };
        match set_timeout_with_handle(ask, pause) {
            Ok(handle) => waiting.set_value(Some(handle)),
            Err(error) => leptos::logging::warn!("the search could not be asked for: {error:?}"),
        }
    });
    on_cleanup(stop);
    asked
}
