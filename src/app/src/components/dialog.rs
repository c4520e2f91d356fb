//! A modal dialog on the browser's own `<dialog>`: focus stays inside, Escape closes it, focus returns to where it was.

use std::sync::atomic::{AtomicU32, Ordering};

use leptos::context::Provider;
use leptos::html;
use leptos::prelude::*;
use web_sys::HtmlDialogElement;

use crate::components::icons::{Glyph, Icon};

/// Ids must differ on one page; nothing else depends on their value.
static DIALOGS: AtomicU32 = AtomicU32::new(0);

/// Closes the dialog that is around it.
#[derive(Clone, Copy)]
struct CloseDialog(Callback<()>);

/// Leaves the dialog without doing what it asks about.
#[component]
pub fn CancelButton() -> impl IntoView {
    let close = use_context::<CloseDialog>();
    close.map(|CloseDialog(close)| {
        view! { <button type="button" class="btn bare" on:click=move |_| close.run(())>"Cancel"</button> }
    })
}

/// A dialog. Its content exists only while it is open, so that a form in it starts fresh each time.
#[component]
pub fn Dialog(
    /// Whether it is open. The owner of this signal is the one truth; the dialog only asks for it to be changed.
    #[prop(into)]
    open: Signal<bool>,
    /// Escape, the cross, or a click beside it.
    #[prop(into)]
    on_close: Callback<()>,
    #[prop(into)] title: Signal<String>,
    /// A further class: `wide`, `danger`, `palette`.
    #[prop(into, optional)]
    class: String,
    /// It opens with the focus on its heading, and not on the first thing in it that can be pressed.
    #[prop(optional)]
    focus_heading: Signal<bool>,
    children: ChildrenFn,
) -> impl IntoView {
    let heading = format!("dialog-{}", DIALOGS.fetch_add(1, Ordering::Relaxed));
    let element = NodeRef::<html::Dialog>::new();
    let children = StoredValue::new(children);
    let pressed_beside = StoredValue::new(false);

    Effect::new(move |_| {
        let wanted = open.get();
        // The content is rendered by the same change. It has to be there first, so that focus can go into it.
        request_animation_frame(move || {
            if let Some(dialog) = element.try_get_untracked().flatten() {
                show(&dialog, wanted);
            }
        });
    });

    let classes = format!("dialog {class}");
    view! {
        <dialog
            node_ref=element
            class=classes
            aria-labelledby=heading.clone()
            on:close=move |_| {
                // Fires for every way of closing. Only one that the owner did not ask for is told.
                if open.get_untracked() {
                    on_close.run(());
                }
            }
            on:pointerdown=move |event| pressed_beside.set_value(is_beside(&event))
            on:click=move |event| {
                // A selection that is dragged out of the sheet ends in a click beside it.
                if is_beside(&event) && pressed_beside.get_value() {
                    on_close.run(());
                }
            }
        >
            <div class="dialog-sheet">
                // Not a `<header>`, which would be a second banner of the page.
                <div class="dialog-head">
                    <h2
                        id=heading.clone()
                        tabindex=move || focus_heading.get().then_some("-1")
                        autofocus=move || focus_heading.get()
                    >
                        {move || title.get()}
                    </h2>
                </div>
                <Show when=move || open.get()>
                    <Provider value=CloseDialog(on_close)>
                        <div class="dialog-body">{children.with_value(|children| children())}</div>
                    </Provider>
                </Show>
                // Last in the order of focus, so that a dialog opens with focus on what it is about.
                <button
                    type="button"
                    class="btn bare icon-only dialog-close"
                    aria-label="Close this dialog"
                    on:click=move |_| on_close.run(())
                >
                    <Icon glyph=Glyph::Cross />
                </button>
            </div>
        </dialog>
    }
}

/// The sheet covers the whole dialog, so what happens to the element itself is beside it.
fn is_beside(event: &web_sys::Event) -> bool {
    event.target().as_ref() == event.current_target().as_ref()
}

fn show(dialog: &HtmlDialogElement, wanted: bool) {
    if wanted && !dialog.open() {
        // A dialog that is not in the document cannot be shown, and one that is cannot fail.
        if let Err(error) = dialog.show_modal() {
            leptos::logging::error!("the dialog could not be opened: {error:?}");
        }
    } else if !wanted && dialog.open() {
        dialog.close();
    }
}
