//! The timeline as a table, for those who read it and for paper: the same content as the picture.

use holdpoint_domain::session::span_in_words;
use holdpoint_domain::timeline::{LaneRole, Timeline, kind_word, result_words};
use leptos::prelude::*;

use super::address::path;
use super::told::format_of;
use crate::components::time::Time;
use crate::format::count;
use crate::state::replay::{Chosen, use_replay};

/// Rows that are shown at first, and how many more each press of the button shows.
const FIRST: usize = 200;
const MORE: usize = 500;

/// The places of the spans of all lanes, in the order of time.
fn in_order(timeline: &Timeline) -> Vec<(usize, usize)> {
    let lanes = timeline.lanes.iter().enumerate();
    let all = lanes.flat_map(|(lane, of)| (0..of.spans.len()).map(move |span| (lane, span)));
    let mut order: Vec<(usize, usize)> = all.collect();
    order.sort_by_key(|(lane, span)| (timeline.lanes[*lane].spans[*span].from.drawn, *lane, *span));
    order
}

#[component]
pub fn Table() -> impl IntoView {
    let replay = use_replay();
    let limit = RwSignal::new(FIRST);
    let order = Memo::new(move |_| {
        replay
            .timeline
            .with(|timeline| timeline.as_deref().map(in_order).unwrap_or_default())
    });
    let total = move || order.with(Vec::len);
    let two_lanes = Memo::new(move |_| {
        replay
            .timeline
            .with(|timeline| timeline.as_ref().is_some_and(|one| one.lanes.len() > 1))
    });
    // A row stays what it is while the time goes on, so that a focus in it stays.
    let rows = move || {
        replay.timeline.with(|timeline| {
            let Some(timeline) = timeline.as_deref() else {
                return Vec::new();
            };
            let key = |(lane, place): &(usize, usize)| {
                let span = &timeline.lanes[*lane].spans[*place];
                (*lane, *place, span.from.seq, result_words(span))
            };
            order.with(|order| order.iter().take(limit.get()).map(key).collect())
        })
    };
    let left = move || total().saturating_sub(limit.get());
    let more = Memo::new(move |_| left() > 0);
    view! {
        <section aria-labelledby="table-title">
            <h2 id="table-title">"Everything in order"</h2>
            <div class="scroll" tabindex="0" role="group" aria-label="Table of the timeline">
                <table class="timeline-table">
                    <caption class="sr-only">"Phases, steps, gate runs, holds, timers, notes and decisions, in the order of their beginnings"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"From"</th>
                            <th scope="col">"To"</th>
                            <th scope="col">"Lasted"</th>
                            <th scope="col">"What"</th>
                            <th scope="col">"Result"</th>
                            <th scope="col">"Who"</th>
                            <th scope="col">"Moment"</th>
                        </tr>
                    </thead>
                    <tbody>
                        <For each=rows key=Clone::clone let:key>
                            {replay.timeline.with_untracked(|timeline| {
                                let timeline = timeline.as_deref()?;
                                Some(row(timeline, key.0, key.1, two_lanes.get_untracked()))
                            })}
                        </For>
                    </tbody>
                </table>
            </div>
            <Show when=move || more.get()>
                <p class="small quiet">{move || format!("{} not shown yet.", count(left(), "more row"))}</p>
                <button type="button" class="btn small" on:click=move |_| limit.update(|limit| *limit += MORE)>
                    {move || format!("Show {} more", left().min(MORE))}
                </button>
            </Show>
        </section>
    }
}

fn row(timeline: &Timeline, lane: usize, span: usize, two_lanes: bool) -> impl IntoView + use<> {
    let format = format_of(&timeline.axis);
    let replay = use_replay();
    let of = &timeline.lanes[lane];
    let span = &of.spans[span];
    let which = match (two_lanes, of.role) {
        (true, LaneRole::Rollback) => "Rollback · ",
        _ => "",
    };
    let to = span.to.filter(|to| to.seq != span.from.seq);
    let until = match (to, span.to) {
        (Some(to), _) => view! { <Time at=to.at format /> }.into_any(),
        (None, Some(_)) => ().into_any(),
        (None, None) => "no end yet".into_any(),
    };
    let detail =
        (!span.detail.is_empty()).then(|| view! { <br /><span class="quiet small">{span.detail.clone()}</span> });
    let seq = span.from.seq;
    let chosen = if lane == 0 {
        Chosen::Own(seq)
    } else {
        Chosen::Rollback(seq)
    };
    let choose = move |event: leptos::ev::MouseEvent| {
        // With a key held the browser opens it elsewhere, as it does with every link.
        if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
            event.prevent_default();
            replay.playing.set(false);
            replay.choose(chosen);
        }
    };
    let event = match lane {
        0 => format!("Event {seq}"),
        _ => format!("Rollback event {seq}"),
    };
    view! {
        <tr>
            <td><Time at=span.from.at format /></td>
            <td>{until}</td>
            <td>{span.seconds().map(span_in_words)}</td>
            <th scope="row">{which}{kind_word(span)}": "{span.label.clone()}{detail}</th>
            <td>{result_words(span)}</td>
            <td>{span.by.clone()}</td>
            <td><a href=path(replay.session.id, chosen) on:click=choose>{event}</a></td>
        </tr>
    }
}
