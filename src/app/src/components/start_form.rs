//! The form that starts a session.

use holdpoint_domain::wire::EnvironmentBrief;
use leptos::prelude::*;

use crate::cells::{Derived, Held, Read};
use crate::components::icons::{Glyph, Icon};

/// What a session is started with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StartValues {
    /// The environment's name.
    pub environment: String,
    /// The version.
    pub version: String,
    /// The commit.
    pub git_sha: String,
    /// The captain's name.
    pub captain: String,
}

/// What is wrong with a value; none when it can be sent.
type Rule = fn(&str) -> Option<&'static str>;

fn version_rule(value: &str) -> Option<&'static str> {
    match value.trim().chars().count() {
        0 => Some("Say which version is released, such as v1.4.2."),
        1..=100 => None,
        _ => Some("At most 100 characters."),
    }
}

fn sha_rule(value: &str) -> Option<&'static str> {
    let value = value.trim();
    let hexadecimal = value.bytes().all(|byte| byte.is_ascii_hexdigit());
    (!(7..=64).contains(&value.len()) || !hexadecimal)
        .then_some("7 to 64 hexadecimal digits, as `git rev-parse HEAD` prints them.")
}

fn name_rule(value: &str) -> Option<&'static str> {
    match value.trim().chars().count() {
        0 => Some("Each entry of the log carries a name. Say yours."),
        1..=100 => None,
        _ => Some("At most 100 characters."),
    }
}

/// The form.
#[component]
pub fn StartForm(
    /// The environments that sessions can be started in.
    environments: Vec<EnvironmentBrief>,
    /// What is filled in; its writer is this form.
    values: Held<StartValues>,
    /// It is being started.
    #[prop(into)]
    starting: Read<bool>,
    /// Why it could not be started.
    #[prop(into)]
    problem: Read<Option<String>>,
    /// Starts it.
    on_start: Callback<StartValues>,
) -> impl IntoView {
    let tried = Held::new(false);
    let right = move |values: &StartValues| {
        let rules = [version_rule(&values.version), sha_rule(&values.git_sha), name_rule(&values.captain)];
        rules.iter().all(Option::is_none) && !values.environment.is_empty()
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        let filled = values.get_untracked();
        if right(&filled) && !starting.get_untracked() {
            on_start.run(filled);
        } else {
            focus_first_problem();
        }
    };
    let options: Vec<_> = environments
        .into_iter()
        .map(|one| {
            let name = one.name.clone();
            let chosen = move || values.with(|values| values.environment == name);
            view! { <option value=one.name.clone() prop:selected=chosen>{one.title}</option> }
        })
        .collect();
    view! {
        <form class="form start-form" novalidate on:submit=submit>
            <div class="field">
                <label for="start-environment">"Environment"</label>
                <select id="start-environment" on:change=move |event| values.update(|values| values.environment = event_target_value(&event))>
                    {options}
                </select>
            </div>
            <Input id="start-version" label="Version" placeholder="v1.4.2" tried=tried rule=version_rule
                value=Read::derive(move || values.with(|values| values.version.clone()))
                on_input=Callback::new(move |text| values.update(|values| values.version = text)) />
            <Input id="start-sha" label="Git commit" placeholder="a1b2c3d" tried=tried rule=sha_rule
                value=Read::derive(move || values.with(|values| values.git_sha.clone()))
                on_input=Callback::new(move |text| values.update(|values| values.git_sha = text)) />
            <Input id="start-name" label="Your name" placeholder="" tried=tried rule=name_rule
                value=Read::derive(move || values.with(|values| values.captain.clone()))
                on_input=Callback::new(move |text| values.update(|values| values.captain = text)) />
            {move || problem.get().map(|problem| view! { <p class="problem" role="alert"><Icon glyph=Glyph::Alert />{problem}</p> })}
            <div class="acts">
                <button type="submit" class="btn primary" disabled=move || starting.get()>
                    {move || if starting.get() { "Starting…" } else { "Start session" }}
                </button>
            </div>
        </form>
    }
}

#[component]
fn Input(
    id: &'static str,
    label: &'static str,
    placeholder: &'static str,
    tried: Held<bool>,
    rule: Rule,
    value: Read<String>,
    on_input: Callback<String>,
) -> impl IntoView {
    let left = Held::new(false);
    let problem = Derived::new(move |()| {
        let empty = value.with(|value| value.trim().is_empty());
        // An empty field that somebody only passed through is no mistake yet.
        let judged = tried.get() || left.get() && !empty;
        if judged { value.with(|value| rule(value)) } else { None }
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
                prop:value=move || value.get()
                on:input=move |event| on_input.run(event_target_value(&event))
                on:blur=move |_| left.set(true)
            />
            <p id=message class="problem small">{move || problem.get()}</p>
        </div>
    }
}

/// Brings the first field that is wrong into focus, once its message is there.
fn focus_first_problem() {
    request_animation_frame(|| {
        use wasm_bindgen::JsCast;
        let found = document().query_selector(".start-form [aria-invalid]").ok().flatten();
        if let Some(Ok(field)) = found.map(wasm_bindgen::JsCast::dyn_into::<web_sys::HtmlElement>)
            && let Err(error) = field.unchecked_ref::<web_sys::HtmlElement>().focus()
        {
            leptos::logging::warn!("the field could not be focused: {error:?}");
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_what_the_proxy_accepts() {
        let table: [(&str, Rule, &str, bool); 8] = [
            ("a version", version_rule, "v1.4.2", true),
            ("no version", version_rule, "  ", false),
            ("a short commit", sha_rule, "a1b2c3d", true),
            ("a whole commit", sha_rule, "a1b2c3d4e5f60718293a4b5c6d7e8f9012345678", true),
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
