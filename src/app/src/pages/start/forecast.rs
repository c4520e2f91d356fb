//! What will happen once a session is started: which steps a machine ticks, and which can never pass.

use holdpoint_domain::runbook::{Order, Procedure, Step};
use holdpoint_domain::wire::EnvironmentBrief;
use leptos::prelude::*;

use crate::components::kind::count;
use crate::components::words::{EnvBadge, StatusWord, Word};

/// What is known beforehand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outlook {
    /// The environment.
    environment: (String, bool, bool),
    /// In order, or not.
    order: Order,
    /// Each step: its title, the titles of its gates, and whether the first of them runs by itself.
    steps: Vec<(String, Vec<String>, bool)>,
    /// Gates that the environment does not have.
    missing: Vec<String>,
}

/// Looks ahead.
pub fn forecast(procedure: &Procedure, environment: &EnvironmentBrief) -> Outlook {
    let mut missing = Vec::new();
    let mut steps = Vec::new();
    for step in &procedure.steps {
        let mut gates = Vec::new();
        let mut auto = false;
        collect(step, &mut |gate| match environment.gates.iter().find(|brief| brief.id == gate) {
            Some(brief) => {
                auto |= brief.auto;
                gates.push(brief.title.clone());
            }
            None => {
                gates.push(format!("{gate} (missing)"));
                missing.push(gate.to_owned());
            }
        });
        steps.push((step.title.clone(), gates, auto));
    }
    missing.sort_unstable();
    missing.dedup();
    let environment = (environment.title.clone(), environment.production, environment.rehearsal);
    Outlook { environment, order: procedure.order, steps, missing }
}

fn collect(step: &Step, found: &mut impl FnMut(&str)) {
    step.gates.iter().for_each(|gate| found(gate));
    for child in &step.children {
        collect(child, found);
    }
}

/// The outlook in words.
#[component]
pub fn Forecast(outlook: Outlook) -> impl IntoView {
    let (name, production, rehearsal) = outlook.environment;
    let gated = outlook.steps.iter().filter(|(_, gates, _)| !gates.is_empty()).count();
    let by_hand = outlook.steps.len() - gated;
    let order = match outlook.order {
        Order::Sequential => "one after another",
        Order::Any => "in any order",
    };
    let rows: Vec<_> = outlook
        .steps
        .into_iter()
        .map(|(title, gates, auto)| {
            let how = match (gates.is_empty(), auto) {
                (true, _) => "you tick it".to_owned(),
                (false, true) => format!("by itself: {}", gates.join(", ")),
                (false, false) => format!("you run: {}", gates.join(", ")),
            };
            view! { <li><span>{title}</span><span class="quiet small">{how}</span></li> }
        })
        .collect();
    let missing = (!outlook.missing.is_empty()).then(|| {
        let names = outlook.missing.join(", ");
        view! {
            <div class="notice missing" role="status">
                <StatusWord kind=Word::Hold text="MISSING" />
                <p>
                    "gates.toml declares no "<code>{names}</code>" for this environment. The steps that need them can never pass here."
                </p>
            </div>
        }
    });
    view! {
        <section class="forecast" aria-labelledby="forecast-title">
            <h2 id="forecast-title">"What will happen"</h2>
            <p>
                {count(rows.len(), "step")}", "{order}", in "<EnvBadge name=name production=production rehearsal=rehearsal />". "
                {format!("Gates tick {gated} of them, you tick {by_hand}. A gate that does not pass puts the session on hold.")}
            </p>
            {missing}
            <ol class="forecast-steps">{rows}</ol>
        </section>
    }
}
