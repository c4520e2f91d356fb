//! The timeline, to scale: an axis, and a lane for the session and one for its rollback.

use std::sync::Arc;

use holdpoint_domain::timeline::{Axis, Lane, LaneRole, RowLayout, Timeline, layout};
use leptos::html::Div;
use leptos::prelude::*;
use leptos::svg;

use super::key::Key;
use super::marks::{LEFT, LaneMarks, WIDTH, lane_height, top_of};
use crate::components::scroll::tab_stop;
use crate::format::{TimeFormat, local_time};
use crate::state::replay::use_replay;

/// The height of the axis above the lanes.
const AXIS: f64 = 22.0;
/// Lines of the axis.
const TICKS: usize = 9;

/// A timeline with everything placed.
#[derive(Clone, Debug, PartialEq)]
struct Placed {
    timeline: Arc<Timeline>,
    rows: Vec<Vec<RowLayout>>,
}

impl Placed {
    fn height(&self) -> f64 {
        AXIS + self.rows.iter().map(|rows| lane_height(rows)).sum::<f64>()
    }
}

#[component]
pub fn Chart() -> impl IntoView {
    let replay = use_replay();
    let placed = Memo::new(move |_| {
        let timeline = replay.timeline.get()?;
        let rows = timeline
            .lanes
            .iter()
            .map(|lane| layout(lane, &timeline.axis, WIDTH))
            .collect();
        Some(Placed { timeline, rows })
    });
    let scroller = NodeRef::<Div>::new();
    let stop = tab_stop(scroller);
    view! {
        // On a phone it is wider than the page, and scrolls by itself.
        <div node_ref=scroller class="timeline-scroll" tabindex=move || stop.get() role="group" aria-label="Picture of the timeline">
            {move || placed.get().map(|placed| view! { <Picture placed /> })}
        </div>
        {move || placed.get().and_then(|placed| clustered(&placed))}
        <Key />
    }
}

/// That not everything has a mark of its own.
fn clustered(placed: &Placed) -> Option<impl IntoView + use<>> {
    let drawn = placed.rows.iter().flatten().flat_map(|row| &row.drawn);
    let together: usize = drawn
        .filter(|drawn| drawn.spans.len() > 1)
        .map(|drawn| drawn.spans.len())
        .sum();
    (together > 0).then(|| {
        let words = format!(
            "{together} of them stand too close to be drawn apart: a mark with a number stands for so many. The table below has each by itself."
        );
        view! { <p class="small quiet">{words}</p> }
    })
}

#[component]
fn Picture(placed: Placed) -> impl IntoView {
    let replay = use_replay();
    let svg = NodeRef::<svg::Svg>::new();
    let height = placed.height();
    let axis = placed.timeline.axis;
    let playhead = move || {
        let place = replay.time().map_or(0.0, |time| axis.place(time));
        format!("{:.1}", LEFT + place * WIDTH)
    };
    // The sliders below do the same from the keyboard.
    let choose = move |event: leptos::ev::MouseEvent| {
        let Some(shape) = svg.get_untracked() else { return };
        let rect = shape.get_bounding_client_rect();
        let x = (f64::from(event.client_x()) - rect.left()) / rect.width().max(1.0) * (LEFT + WIDTH + 10.0);
        if x >= LEFT {
            replay.go_to(axis.at((x - LEFT) / WIDTH));
        }
    };
    let ends = [axis.from, axis.to].map(|at| local_time(at, TimeFormat::Day));
    let label = format!(
        "Timeline from {} to {}. The table “Everything in order” has the same content.",
        ends[0], ends[1]
    );
    let mut top = AXIS;
    let lanes = placed
        .timeline
        .lanes
        .iter()
        .zip(&placed.rows)
        .enumerate()
        .map(|(place, (lane, rows))| {
            let at = top;
            top += lane_height(rows);
            view! { <LaneView place lane=lane.clone() rows=rows.clone() axis top=at /> }
        });
    let lanes = lanes.collect_view();
    view! {
        <svg
            node_ref=svg
            class="timeline"
            viewBox=format!("0 0 {} {height}", LEFT + WIDTH + 10.0)
            role="img"
            aria-label=label
            on:click=choose
        >
            <defs>
                <pattern id="hold-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                    <path class="hatch" d="M0 0V6" />
                </pattern>
            </defs>
            <AxisView axis height />
            {lanes}
            <line class="playhead" x1=playhead x2=playhead y1="4" y2=height />
        </svg>
    }
}

#[component]
fn AxisView(axis: Axis, height: f64) -> impl IntoView {
    let date = js_sys::Date::new(&(axis.from.timestamp_millis() as f64).into());
    let ahead = -(date.get_timezone_offset() as i64) * 60;
    let lines = axis.ticks(TICKS, ahead).into_iter().map(|tick| {
        let x = LEFT + axis.place(tick.at) * WIDTH;
        let format = match (tick.day, tick.seconds) {
            (true, _) => TimeFormat::Day,
            (false, true) => TimeFormat::Seconds,
            (false, false) => TimeFormat::Minutes,
        };
        // A text at the right end would leave the picture.
        let (anchor, text_x) = if x > LEFT + WIDTH - 60.0 {
            ("end", x - 3.0)
        } else {
            ("start", x + 3.0)
        };
        view! {
            <line class="tick-line" x1=x x2=x y1="4" y2=height />
            <text class="tick-text" x=text_x y="13" text-anchor=anchor>{local_time(tick.at, format)}</text>
        }
    });
    lines.collect_view()
}

#[component]
fn LaneView(place: usize, lane: Lane, rows: Vec<RowLayout>, axis: Axis, top: f64) -> impl IntoView {
    let what = match (lane.role, lane.rehearsal) {
        (LaneRole::Rollback, true) => "Rollback (rehearsal): ",
        (LaneRole::Rollback, false) => "Rollback: ",
        (LaneRole::Session, true) => "Rehearsal: ",
        (LaneRole::Session, false) => "",
    };
    let names = rows.iter().enumerate().map(|(index, row)| {
        let y = top + top_of(&rows, index) + 11.0;
        view! { <text class="row-name" x="0" y=y>{row.row.title()}</text> }
    });
    let names = names.collect_view();
    view! {
        <text class="lane-name" x="0" y=top + 14.0>{format!("{what}{}", lane.name)}</text>
        {names}
        <LaneMarks place lane rows axis top />
    }
}
