//! The title of the browser's tab.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::components::attention::use_attention;

/// The text that the page on screen gave. There is one `<Title>` for all pages: one of leptos_meta 0.8.7 whose view is built
/// again in place is never taken back.
#[derive(Clone, Copy)]
struct TabTitle(RwSignal<Signal<String>>);

/// The one `<Title>`, and the context in which [`PageTitle`] sets its text.
#[component]
pub fn TitleProvider(children: Children) -> impl IntoView {
    let title = TabTitle(RwSignal::new(Signal::stored(String::new())));
    provide_context(title);
    // The text of a page that is gone is disposed of with it.
    let text = move || title.0.get().try_get().unwrap_or_default();
    view! {
        <Title text=move || format!("{} · Holdpoint", text()) />
        {children()}
    }
}

/// Names the tab, until another page does. A page that comes in the place of another gets the focus by it.
#[component]
pub fn PageTitle(#[prop(into)] text: Signal<String>) -> impl IntoView {
    use_attention().enter_page();
    expect_context::<TabTitle>().0.set(text);
}
