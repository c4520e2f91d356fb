//! The key to the picture: each shape and what it says.

use holdpoint_domain::timeline::{Timeline, Tone};
use leptos::prelude::*;

use crate::state::replay::use_replay;

/// The shape of a tone.
#[component]
pub fn Shape(tone: Tone, #[prop(optional)] x: f64, #[prop(optional)] y: f64) -> impl IntoView {
    view! {
        <path
            class=format!("mark-{}", tone.name())
            class:outline-shape=tone.is_outline()
            d=tone.path()
            transform=format!("translate({x:.1} {y:.1})")
        />
    }
}

#[component]
pub fn Key() -> impl IntoView {
    let replay = use_replay();
    let tones = Memo::new(move |_| {
        replay
            .timeline
            .with(|timeline| timeline.as_deref().map(used).unwrap_or_default())
    });
    let items = move || {
        let item = |tone: Tone| {
            view! {
                <li>
                    <svg class="key-shape" viewBox="-6 -6 12 12" aria-hidden="true" focusable="false"><Shape tone /></svg>
                    {tone.meaning()}
                </li>
            }
        };
        tones.get().into_iter().map(item).collect_view()
    };
    view! { <ul class="timeline-key small quiet" role="list" aria-label="Key to the timeline">{items}</ul> }
}

fn used(timeline: &Timeline) -> Vec<Tone> {
    let spans = timeline.lanes.iter().flat_map(|lane| &lane.spans);
    let seen: Vec<Tone> = spans.map(Tone::of).collect();
    Tone::ALL.into_iter().filter(|tone| seen.contains(tone)).collect()
}
