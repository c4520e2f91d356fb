//! A modal dialog on the browser's own `<dialog>`: focus stays inside, Escape closes it, focus returns to where it was.

use std::sync::atomic::{AtomicU32, Ordering};

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlDialogElement};

use crate::cells::{Callback, Read};
use crate::components::dom::{El, button, div, el, report};
use crate::components::icons::{Glyph, icon};

/// Ids must differ on one page; nothing else depends on their value.
static DIALOGS: AtomicU32 = AtomicU32::new(0);

/// A dialog. Whether it is open is the owner's truth; Escape, the cross and a click beside it only ask for it to be closed.
/// Its content exists only while it is open, so that a form in it starts fresh each time.
pub fn dialog(
    open: Read<bool>,
    on_close: Callback<()>,
    title: Read<String>,
    class: &str,
    content: impl Fn() -> Vec<El> + 'static,
) -> El {
    let heading = format!("dialog-{}", DIALOGS.fetch_add(1, Ordering::Relaxed));
    let show_or_hide = move |element: &Element| {
        let (wanted, element) = (open.get(), element.clone());
        // The content is rendered by the same change. It has to be there first, so that focus can go into it.
        request_animation_frame(move || show(element.unchecked_ref(), wanted));
    };
    let closed = move |_| {
        // Fires for every way of closing. Only one that the owner did not ask for is told.
        if open.get_untracked() {
            on_close.run(());
        }
    };
    let beside = move |event: Event| {
        // The sheet covers the whole dialog, so a click on the element itself was beside it.
        if event.target() == event.current_target() {
            on_close.run(());
        }
    };
    let body = div("dialog-body")
        .live_hidden(move || !open.get())
        .live_children(move || if open.get() { content() } else { Vec::new() });
    // Last in the order of focus, so that a dialog opens with focus on what it is about.
    let cross = button("btn bare icon-only dialog-close")
        .label("Close this dialog")
        .on_click(move || on_close.run(()))
        .child(icon(Glyph::Cross));
    let head = el("header").child(el("h2").id(&heading).live_text(move || title.get()));
    el("dialog")
        .class(&format!("dialog {class}"))
        .attr("aria-labelledby", &heading)
        .on("close", closed)
        .on("click", beside)
        .child(div("dialog-sheet").child(head).child(body).child(cross))
        .live(show_or_hide)
}

fn show(dialog: &HtmlDialogElement, wanted: bool) {
    if wanted && !dialog.open() {
        // A dialog that is not in the document cannot be shown, and one that is cannot fail.
        if let Err(error) = dialog.show_modal() {
            report("the dialog could not be opened", &error);
        }
    } else if !wanted && dialog.open() {
        dialog.close();
    }
}
