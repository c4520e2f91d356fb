//! One fault of a drill, and how it was met.

use holdpoint_domain::drill::FaultScore;
use leptos::prelude::*;

use crate::components::words::{StatusWord, Word};
use crate::format::{TimeFormat, local_time};

/// When it struck, when it was noticed, what was decided, and how long each took.
#[component]
pub fn FaultCard(fault: FaultScore) -> impl IntoView {
    let kind = match fault.struck.is_some() && fault.noticed.is_none() {
        true => Word::Hold,
        false => Word::Wait,
    };
    let word = fault.standing();
    let struck = match fault.struck {
        Some(at) => local_time(at, TimeFormat::Day),
        None => "never: what it waits for did not happen, or the session ended before".to_owned(),
    };
    let rows = [
        ("Struck", struck),
        ("Time to notice", fault.noticed_in_words()),
        ("Time to decide", fault.decided_in_words()),
        ("Time to roll back", fault.roll_back_in_words()),
    ];
    let rows = rows.map(|(name, value)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> });
    view! {
        <li class="drill-fault">
            <p class="drill-fault-head"><b>{fault.planned.title.clone()}</b><StatusWord kind text=word /></p>
            <p class="quiet small">"Planned for "{fault.planned.moment_in_words()}". Gates: "{fault.planned.gates.join(", ")}"."</p>
            <dl class="drill-figures">{rows}</dl>
        </li>
    }
}
