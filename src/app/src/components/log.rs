//! A line of the log.

use leptos::prelude::*;

use crate::components::time::{Clip, Time};
use crate::components::words::{StatusWord, Word};
use crate::state::session::{LogLine, LogMark};

/// When, what, and who.
#[component]
pub fn LogEntry(line: LogLine) -> impl IntoView {
    let mark = line.mark.map(|mark| {
        let (kind, text) = match mark {
            LogMark::Outcome(outcome) => Word::of_outcome(outcome),
            LogMark::Hold => (Word::Hold, "HOLD"),
            LogMark::Lifted => (Word::Go, "GO"),
            LogMark::Back => (Word::Back, "ROLLBACK"),
        };
        view! { <StatusWord kind text />" " }
    });
    let text = (!line.text.is_empty()).then(|| format!("{} ", line.text));
    view! {
        <li>
            <Time at=line.at clip=Clip::Seconds />
            <span>{mark}<b>{line.what}</b>" "{text}<span class="by">{line.by}</span></span>
        </li>
    }
}
