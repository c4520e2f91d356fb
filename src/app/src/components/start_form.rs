//! The form that starts a session.

use holdpoint_domain::session::check_version;
use holdpoint_domain::wire::EnvironmentBrief;
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlFormElement};

use crate::components::icons::{Glyph, Icon};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StartValues {
    pub environment: String,
    pub version: String,
    pub git_sha: String,
    pub captain: String,
}

/// Says what is wrong with a value; none when it can be sent.
type Rule = fn(&str) -> Option<&'static str>;

fn version_rule(value: &str) -> Option<&'static str> {
    match value.trim().chars().count() {
        0 => Some("Enter the version, e.g. v1.4.2."),
        1..=100 if check_version(value.trim()).is_err() => Some(
            "Enter one name of letters, digits and signs such as . - + /, without quotation marks and without . , : ; ! ? before a blank or at its end.",
        ),
        1..=100 => None,
        _ => Some("At most 100 characters."),
    }
}

fn sha_rule(value: &str) -> Option<&'static str> {
    let value = value.trim();
    let hexadecimal = value.bytes().all(|byte| byte.is_ascii_hexdigit());
    (!(7..=64).contains(&value.len()) || !hexadecimal)
        .then_some("Enter the commit as git rev-parse HEAD prints it: 7 to 64 hexadecimal digits.")
}

fn name_rule(value: &str) -> Option<&'static str> {
    match value.trim().chars().count() {
        0 => Some("Enter your name: each entry of the log carries one."),
        1..=100 => None,
        _ => Some("At most 100 characters."),
    }
}

#[component]
pub fn StartForm(
    environments: Vec<EnvironmentBrief>,
    /// The name of the chosen one.
    environment: RwSignal<String>,
    values: StartValues,
    /// An emergency is started before anybody knows the version that it is about.
    #[prop(optional)]
    without_version: bool,
    /// Nothing can be started; beside the form stands why.
    #[prop(into)]
    stopped: Signal<bool>,
    #[prop(into)] starting: Signal<bool>,
    #[prop(into)] problem: Signal<Option<String>>,
    #[prop(into)] on_start: Callback<StartValues>,
    /// Further fields, before the button.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let form = NodeRef::<html::Form>::new();
    let tried = RwSignal::new(false);
    let version = RwSignal::new(values.version);
    let git_sha = RwSignal::new(values.git_sha);
    let captain = RwSignal::new(values.captain);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        let filled = StartValues {
            environment: environment.get_untracked(),
            version: version.get_untracked(),
            git_sha: git_sha.get_untracked(),
            captain: captain.get_untracked(),
        };
        if stopped.get_untracked() {
            return;
        }
        if is_right(&filled, without_version) && !starting.get_untracked() {
            on_start.run(filled);
        } else if let Some(form) = form.get_untracked() {
            focus_first_problem(form);
        }
    };
    let options = environments.into_iter().map(|one| {
        let name = one.name.clone();
        let chosen = move || environment.with(|chosen| *chosen == name);
        view! {
            <option value=one.name prop:selected=chosen>
                {one.title}
            </option>
        }
    });
    let told = move || {
        problem.get().map(|problem| {
            view! { <p class="problem" role="alert"><Icon glyph=Glyph::Alert />{problem}</p> }.into_any()
        })
    };
    view! {
        <form node_ref=form class="form start-form" novalidate on:submit=submit>
            <div class="field">
                <label for="start-environment">"Environment"</label>
                <select id="start-environment" on:change=move |event| environment.set(event_target_value(&event))>
                    {options.collect_view()}
                </select>
            </div>
            {(!without_version).then(|| view! {
                <Input id="start-version" label="Version" placeholder="v1.4.2" rule=version_rule value=version tried />
                <Input id="start-sha" label="Git commit" placeholder="a1b2c3d" rule=sha_rule value=git_sha tried />
            })}
            <Input id="start-name" label="Your name" placeholder="" rule=name_rule value=captain tried />
            {children.map(|children| children())}
            {told}
            <div class="acts">
                <button type="submit" class="btn primary" disabled=move || stopped.get() || starting.get()>
                    {move || if starting.get() { "Starting…" } else { "Start session" }}
                </button>
            </div>
        </form>
    }
}

/// One of the form's texts, with what is wrong with it below.
#[component]
fn Input(
    id: &'static str,
    label: &'static str,
    placeholder: &'static str,
    rule: Rule,
    value: RwSignal<String>,
    /// The form was submitted once: empty fields are mistakes from then on.
    tried: RwSignal<bool>,
) -> impl IntoView {
    let left = RwSignal::new(false);
    let problem = Memo::new(move |_| {
        value.with(|value| {
            // An empty field that somebody only passed through is no mistake yet.
            let judged = tried.get() || left.get() && !value.trim().is_empty();
            if judged { rule(value) } else { None }
        })
    });
    let message = format!("{id}-problem");
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <input
                id=id
                type="text"
                placeholder=placeholder
                autocomplete="off"
                spellcheck="false"
                required
                aria-describedby=message.clone()
                aria-invalid=move || problem.get().map(|_| "true")
                bind:value=value
                on:blur=move |_| left.set(true)
            />
            <p id=message class="problem small">
                {problem}
            </p>
        </div>
    }
}

fn is_right(values: &StartValues, without_version: bool) -> bool {
    let of_version = [version_rule(&values.version), sha_rule(&values.git_sha)];
    (without_version || of_version.iter().all(Option::is_none))
        && name_rule(&values.captain).is_none()
        && !values.environment.is_empty()
}

/// Brings the first field that is wrong into focus, once its message is there.
fn focus_first_problem(form: HtmlFormElement) {
    request_animation_frame(move || {
        let found = form.query_selector("[aria-invalid]").ok().flatten();
        let field = found.and_then(|field| field.dyn_into::<HtmlElement>().ok());
        if let Some(Err(error)) = field.map(|field| field.focus()) {
            leptos::logging::warn!("the field could not be focused: {error:?}");
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_what_the_proxy_accepts() {
        let table: [(&str, Rule, &str, bool); 9] = [
            ("a version", version_rule, "v1.4.2", true),
            ("no version", version_rule, "  ", false),
            ("a sentence", version_rule, "v1. All is well", false),
            ("a short commit", sha_rule, "a1b2c3d", true),
            (
                "a whole commit",
                sha_rule,
                "a1b2c3d4e5f60718293a4b5c6d7e8f9012345678",
                true,
            ),
            ("too short a commit", sha_rule, "a1b2c3", false),
            ("a branch", sha_rule, "mainbranch", false),
            ("a name", name_rule, "Ada", true),
            ("no name", name_rule, "", false),
        ];
        for (what, rule, value, right) in table {
            assert_eq!(rule(value).is_none(), right, "{what}");
        }
    }
}
