//! What the captain writes or chooses: a note, a reason, one of several.

use leptos::prelude::*;

use crate::components::dialog::CancelButton;
use crate::components::scroll::focus;

/// The id of a dialog's text. A dialog has one at most.
const TEXT: &str = "dialog-text";

/// A text to write, with one button. Ctrl Enter presses it.
#[component]
pub fn TextForm(
    label: &'static str,
    button: &'static str,
    hint: &'static str,
    #[prop(into)] text: Signal<String>,
    set_text: WriteSignal<String>,
    /// Gets the text without the space around it; never an empty one.
    on_save: Callback<String>,
) -> impl IntoView {
    let problem = RwSignal::new(None::<&'static str>);
    let save = Callback::new(move |()| {
        let written = text.with_untracked(|text| text.trim().to_owned());
        if written.is_empty() {
            problem.set(Some("Write something first."));
            focus(TEXT);
        } else {
            on_save.run(written);
        }
    });
    view! {
        <SubmitForm on_submit=save>
            <TextArea label hint problem text set_text on_ctrl_enter=save autofocus=true />
            <div class="acts">
                <button type="submit" class="btn primary">{button}</button>
                <CancelButton />
            </div>
        </SubmitForm>
    }
}

/// A form that the page itself handles.
#[component]
pub fn SubmitForm(on_submit: Callback<()>, children: Children) -> impl IntoView {
    view! {
        <form
            class="form"
            novalidate
            on:submit=move |event| {
                event.prevent_default();
                on_submit.run(());
            }
        >
            {children()}
        </form>
    }
}

/// A text of several lines.
#[component]
pub fn TextArea(
    label: &'static str,
    hint: &'static str,
    /// Stands in the hint's place until the text changes.
    #[prop(optional)]
    problem: RwSignal<Option<&'static str>>,
    text: Signal<String>,
    set_text: WriteSignal<String>,
    #[prop(optional)] on_ctrl_enter: Option<Callback<()>>,
    #[prop(optional)] autofocus: bool,
) -> impl IntoView {
    let invalid = move || problem.with(Option::is_some);
    view! {
        <label for=TEXT>{label}</label>
        <textarea
            id=TEXT
            rows="5"
            maxlength="10000"
            autofocus=autofocus
            aria-describedby="dialog-text-hint"
            aria-invalid=move || invalid().then_some("true")
            bind:value=(text, set_text)
            on:input=move |_| problem.set(None)
            on:keydown=move |event| {
                if let Some(on_ctrl_enter) = on_ctrl_enter
                    && event.key() == "Enter"
                    && (event.ctrl_key() || event.meta_key())
                {
                    event.prevent_default();
                    on_ctrl_enter.run(());
                }
            }
        ></textarea>
        <p id="dialog-text-hint" class="small" class:problem=invalid class:quiet=move || !invalid()>
            {move || problem.get().unwrap_or(hint)}
            {on_ctrl_enter.map(|_| view! { <span class="for-keyboard" hidden=invalid>" Ctrl Enter saves it."</span> })}
        </p>
    }
}

/// A choice among several: a name, and more about it in small type.
#[component]
pub fn Radio(
    /// The name that the choices have in common.
    group: &'static str,
    #[prop(into)] name: String,
    #[prop(into)] about: String,
    #[prop(optional)] disabled: bool,
    chosen: Signal<bool>,
    on_choose: Callback<()>,
) -> impl IntoView {
    view! {
        <label class="radio" class:refused=disabled>
            <input
                type="radio"
                name=group
                disabled=disabled
                prop:checked=move || chosen.get()
                on:change=move |_| on_choose.run(())
            />
            <span>{name}<small class="quiet">{about}</small></span>
        </label>
    }
}
