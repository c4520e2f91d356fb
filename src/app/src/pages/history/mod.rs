//! Sessions that were, found again: a search whose filters stand in the address, and figures of what it finds.

mod address;
mod figures;
mod filters;
mod found;

use leptos::prelude::*;

use crate::components::title::PageTitle;
use address::provide_asked;
use figures::Figures;
use filters::Filters;
use found::Found;

/// `/sessions`.
#[component]
pub fn HistoryPage() -> impl IntoView {
    provide_asked();
    view! {
        <PageTitle text="Sessions" />
        <main id="content" class="page history" tabindex="-1">
            <h1>"Sessions"</h1>
            <Filters />
            <div class="history-columns">
                <section aria-labelledby="found-title">
                    <h2 id="found-title">"Found"</h2>
                    <Found />
                </section>
                <section aria-labelledby="figures-title">
                    <h2 id="figures-title">"Figures"</h2>
                    <Figures />
                </section>
            </div>
        </main>
    }
}
