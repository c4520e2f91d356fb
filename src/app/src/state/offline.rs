//! The page itself, kept for when the proxy cannot be reached: by a service worker, `src/app/sw.js`.

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// Asks the browser to keep the page. Without it everything works as long as the proxy can be reached.
pub fn keep_page() {
    let navigator = leptos::prelude::window().navigator();
    // Browsers offer service workers only to pages that came over https or from this machine.
    let offered = js_sys::Reflect::has(&navigator, &JsValue::from_str("serviceWorker")).unwrap_or(false);
    if offered {
        let asked = navigator.service_worker().register("/sw.js");
        spawn_local(async move {
            if let Err(error) = JsFuture::from(asked).await {
                leptos::logging::warn!("the page is not kept for later: {error:?}");
            }
        });
    }
}
