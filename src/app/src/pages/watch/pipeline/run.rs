//! The run that is told of: its page, who set it off, and whose commit it is.

use holdpoint_domain::wire::PipelineRun;
use leptos::prelude::*;

use super::word_of;
use crate::components::time::NearTime;
use crate::components::words::StatusWord;
use crate::state::app::use_app;

#[component]
pub fn RunFacts(run: PipelineRun) -> impl IntoView {
    let now = use_app().clock.signal();
    let by = run.actor.clone().map(|actor| {
        let event = event_words(&run.event);
        view! { <dt>"Set off by"</dt><dd>{format!("{actor}{event}")}</dd> }
    });
    let author = run
        .author
        .clone()
        .map(|author| view! { <dt>"Commit’s author"</dt><dd>{author}</dd> });
    let started = run
        .started
        .map(|at| view! { <dt>"Started"</dt><dd><NearTime at now /></dd> });
    view! {
        <dl class="facts">
            <dt>"Run"</dt>
            <dd><RunLink run=run.clone() /></dd>
            {by}
            {author}
            {started}
        </dl>
    }
}

/// Runs of several workflows, each by itself.
#[component]
pub fn Several(runs: Vec<PipelineRun>) -> impl IntoView {
    let row = |run: PipelineRun| {
        view! {
            <li>
                <StatusWord kind=word_of(run.standing) text=run.standing.word() />
                " "
                <RunLink run />
            </li>
        }
    };
    view! { <ul role="list" class="pipeline-runs">{runs.into_iter().map(row).collect_view()}</ul> }
}

/// A link where the address is one of the web, and its words where it is not.
#[component]
fn RunLink(run: PipelineRun) -> impl IntoView {
    let words = match run.attempt {
        0 | 1 => format!("{} #{}", run.name, run.number),
        attempt => format!("{} #{}, attempt {attempt}", run.name, run.number),
    };
    if !is_web(&run.url) {
        return view! { <span>{words}</span> }.into_any();
    }
    view! {
        <a href=run.url target="_blank" rel="noopener noreferrer external" class="out">
            {words}
            <span class="sr-only">" on GitHub, in a new tab"</span>
        </a>
    }
    .into_any()
}

fn is_web(address: &str) -> bool {
    address.starts_with("https://") || address.starts_with("http://")
}

fn event_words(event: &str) -> String {
    match event {
        "" => String::new(),
        "push" => ", by a push".to_owned(),
        "workflow_dispatch" => ", by hand".to_owned(),
        "pull_request" => ", by a pull request".to_owned(),
        "schedule" => ", by the schedule".to_owned(),
        other => format!(", by “{other}”"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_web_are_links() {
        assert!(is_web("https://github.com/o/r/actions/runs/1"));
        for address in ["javascript:alert(1)", "data:text/html,x", "//github.com", ""] {
            assert!(!is_web(address), "{address}");
        }
    }
}
