//! What will happen once a session is started: which steps a machine ticks, and which can never pass.

use holdpoint_domain::runbook::{Order, Procedure, Step};
use holdpoint_domain::wire::EnvironmentBrief;
use leptos::prelude::*;

use crate::components::words::{EnvBadge, StatusWord, Word};
use crate::format::count;

/// How a procedure will go in an environment, in words.
#[component]
pub fn Forecast(
    procedure: Procedure,
    environment: EnvironmentBrief,
    /// A drill is chosen.
    #[prop(into)]
    drill: Signal<bool>,
) -> impl IntoView {
    let all = procedure.steps.len();
    let order = match procedure.order {
        Order::Sequential => "one after another",
        Order::Any => "in any order",
    };
    let gates: Vec<_> = procedure.steps.iter().map(gates_of).collect();
    let gated = gates.iter().filter(|gates| !gates.is_empty()).count();
    let mut missing = Vec::new();
    for gate in gates.iter().flatten().copied() {
        if !environment.gates.iter().any(|known| known.id == gate) && !missing.contains(&gate) {
            missing.push(gate);
        }
    }
    let rows = procedure.steps.iter().zip(&gates).map(|(step, gates)| {
        view! {
            <li>
                <span>{step.title.clone()}</span>
                <span class="quiet small">{how(gates, &environment)}</span>
            </li>
        }
    });
    let rows = rows.collect_view();
    let title = environment.title.clone();
    view! {
        <section class="forecast" aria-labelledby="forecast-title">
            <h2 id="forecast-title">"What will happen"</h2>
            <p>
                {format!("{}, {order}, in ", count(all, "step"))}
                <span class="nowrap">
                    {move || {
                        let EnvironmentBrief { production, rehearsal, .. } = environment;
                        view! { <EnvBadge name=title.clone() production rehearsal drill=drill.get() /> }
                    }}
                    "."
                </span>
                {who_ticks(gated, all - gated)}
            </p>
            {(!missing.is_empty()).then(|| view! { <Missing names=missing.join(", ") /> })}
            <ol role="list" class="forecast-steps">{rows}</ol>
        </section>
    }
}

#[component]
fn Missing(names: String) -> impl IntoView {
    view! {
        <div class="notice missing" role="status">
            <StatusWord kind=Word::Hold text="MISSING" />
            <p>
                "gates.toml declares no " <code>{names}</code>
                " for this environment. The steps that need them can never pass here."
            </p>
        </div>
    }
}

/// How many steps gates tick, and what a gate can do; where there is none, nothing of gates.
fn who_ticks(gated: usize, by_hand: usize) -> String {
    match (gated, by_hand) {
        (0, _) => " You tick each of them.".to_owned(),
        (_, 0) => " Gates tick each of them. A gate that does not pass puts the session on hold.".to_owned(),
        _ => format!(
            " Gates tick {gated} of them, you tick {by_hand}. A gate that does not pass puts the session on hold."
        ),
    }
}

/// Every gate that a step and its sub-steps name.
fn gates_of(step: &Step) -> Vec<&str> {
    let own = step.gates.iter().map(String::as_str);
    own.chain(step.children.iter().flat_map(gates_of)).collect()
}

/// Who ticks a step that names these gates.
fn how(gates: &[&str], environment: &EnvironmentBrief) -> String {
    let brief = |id: &str| environment.gates.iter().find(|brief| brief.id == id);
    let names: Vec<_> = gates
        .iter()
        .map(|id| brief(id).map_or_else(|| format!("{id} (missing)"), |brief| brief.title.clone()))
        .collect();
    let names = names.join(", ");
    if gates.is_empty() {
        "you tick it".to_owned()
    } else if gates
        .iter()
        .any(|id| brief(id).is_some_and(|brief| brief.direct_decides))
    {
        format!("rests on your browser's word: {names}")
    } else if gates.iter().any(|id| brief(id).is_some_and(|brief| brief.auto)) {
        format!("automatic: {names}")
    } else {
        format!("you run: {names}")
    }
}

#[cfg(test)]
mod tests {
    use super::who_ticks;

    #[test]
    fn nothing_is_said_of_gates_that_are_not_there() {
        assert_eq!(who_ticks(0, 4), " You tick each of them.");
        assert!(who_ticks(3, 0).starts_with(" Gates tick each of them."));
        assert!(who_ticks(2, 5).starts_with(" Gates tick 2 of them, you tick 5. A gate"));
    }
}
