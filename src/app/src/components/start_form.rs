//! The form that starts a session.

use holdpoint_domain::wire::EnvironmentBrief;
use leptos::prelude::*;

use crate::cells::{Callback, Derived, Held, Read};
use crate::components::dom::{El, div, el, paragraph, report, value_of};
use crate::components::forms::submit;
use crate::components::icons::{Glyph, icon};

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

/// The form. It writes `values`; `starting` and `problem` say what became of the last try.
pub fn start_form(
    environments: Vec<EnvironmentBrief>,
    values: Held<StartValues>,
    starting: Read<bool>,
    problem: Read<Option<String>>,
    on_start: Callback<StartValues>,
) -> El {
    let tried = Held::new(false);
    let right = move |values: &StartValues| {
        let rules = [
            version_rule(&values.version),
            sha_rule(&values.git_sha),
            name_rule(&values.captain),
        ];
        rules.iter().all(Option::is_none) && !values.environment.is_empty()
    };
    let send = move |event: web_sys::Event| {
        event.prevent_default();
        tried.set(true);
        let filled = values.get_untracked();
        if right(&filled) && !starting.get_untracked() {
            on_start.run(filled);
        } else {
            focus_first_problem();
        }
    };
    let option = |one: &EnvironmentBrief| {
        let name = one.name.clone();
        let chosen = move || values.with(|values| values.environment == name);
        el("option")
            .attr("value", &one.name)
            .text(&one.title)
            .live_flag("selected", chosen)
    };
    let environment = el("select")
        .id("start-environment")
        .on("change", move |event| {
            values.update(|values| values.environment = value_of(&event))
        })
        .each(&environments, option);
    let environment = div("field")
        .child(el("label").attr("for", "start-environment").text("Environment"))
        .child(environment);
    let inputs = [
        Input {
            id: "start-version",
            label: "Version",
            placeholder: "v1.4.2",
            rule: version_rule,
            of: |values| &mut values.version,
        },
        Input {
            id: "start-sha",
            label: "Git commit",
            placeholder: "a1b2c3d",
            rule: sha_rule,
            of: |values| &mut values.git_sha,
        },
        Input {
            id: "start-name",
            label: "Your name",
            placeholder: "",
            rule: name_rule,
            of: |values| &mut values.captain,
        },
    ];
    let told = move || {
        let problem = problem.get().map(|problem| {
            paragraph("problem")
                .role("alert")
                .child(icon(Glyph::Alert))
                .text(&problem)
        });
        problem.into_iter().collect()
    };
    let words = move || if starting.get() { "Starting…" } else { "Start session" };
    let start = submit("btn primary")
        .live_flag("disabled", move || starting.get())
        .live_word(words);
    el("form")
        .class("form start-form")
        .attr("novalidate", "")
        .on("submit", send)
        .child(environment)
        .each(&inputs, |input| input.view(values, tried))
        .child(el("div").live_children(told))
        .child(div("acts").child(start))
}

/// One of the form's texts.
#[derive(Clone, Copy)]
struct Input {
    id: &'static str,
    label: &'static str,
    placeholder: &'static str,
    rule: Rule,
    /// Which of the values it is.
    of: fn(&mut StartValues) -> &mut String,
}

impl Input {
    fn view(self, values: Held<StartValues>, tried: Held<bool>) -> El {
        let Self {
            id,
            label,
            placeholder,
            rule,
            of,
        } = self;
        let value = move || of(&mut values.get()).clone();
        let left = Held::new(false);
        let problem = Derived::new(move |()| {
            let value = value();
            // An empty field that somebody only passed through is no mistake yet.
            let judged = tried.get() || left.get() && !value.trim().is_empty();
            if judged { rule(&value) } else { None }
        });
        let message = format!("{id}-problem");
        let input = el("input")
            .id(id)
            .attr("type", "text")
            .attr("placeholder", placeholder)
            .attr("autocomplete", "off")
            .attr("spellcheck", "false")
            .attr("required", "")
            .attr("aria-describedby", &message)
            .live_mark("aria-invalid", "true", move || problem.get().is_some())
            .live_value(value)
            .on("input", move |event| {
                values.update(|values| *of(values) = value_of(&event))
            })
            .on("blur", move |_| left.set(true));
        div("field")
            .child(el("label").attr("for", id).text(label))
            .child(input)
            .child(
                el("p")
                    .id(&message)
                    .class("problem small")
                    .live_word(move || problem.get().unwrap_or_default()),
            )
    }
}

/// Brings the first field that is wrong into focus, once its message is there.
fn focus_first_problem() {
    request_animation_frame(|| {
        use wasm_bindgen::JsCast;
        let found = document().query_selector(".start-form [aria-invalid]").ok().flatten();
        if let Some(field) = found
            && let Err(error) = field.unchecked_ref::<web_sys::HtmlElement>().focus()
        {
            report("the field could not be focused", &error);
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
