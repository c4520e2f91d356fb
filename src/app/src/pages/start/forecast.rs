//! What will happen once a session is started: which steps a machine ticks, and which can never pass.

use holdpoint_domain::runbook::{Order, Procedure, Step};
use holdpoint_domain::wire::EnvironmentBrief;

use crate::components::dom::{El, el};
use crate::components::kind::count;
use crate::components::words::{Word, env_badge, status};

/// The outlook in words.
pub fn forecast(procedure: &Procedure, environment: &EnvironmentBrief) -> El {
    let mut missing = Vec::new();
    let mut gated = 0;
    let mut rows = Vec::new();
    for step in &procedure.steps {
        let mut gates = Vec::new();
        let mut auto = false;
        collect(
            step,
            &mut |gate| match environment.gates.iter().find(|brief| brief.id == gate) {
                Some(brief) => {
                    auto |= brief.auto;
                    gates.push(brief.title.clone());
                }
                None => {
                    gates.push(format!("{gate} (missing)"));
                    // In order, and each once.
                    if let Err(at) = missing.binary_search_by(|one: &String| one.as_str().cmp(gate)) {
                        missing.insert(at, gate.to_owned());
                    }
                }
            },
        );
        gated += usize::from(!gates.is_empty());
        let how = match (gates.is_empty(), auto) {
            (true, _) => "you tick it".to_owned(),
            (false, true) => format!("by itself: {}", gates.join(", ")),
            (false, false) => format!("you run: {}", gates.join(", ")),
        };
        rows.push(
            el("li")
                .child(el("span").text(&step.title))
                .child(el("span").class("quiet small").text(&how)),
        );
    }
    let order = match procedure.order {
        Order::Sequential => "one after another",
        Order::Any => "in any order",
    };
    let by_hand = procedure.steps.len() - gated;
    let words = el("p")
        .text(&format!("{}, {order}, in ", count(procedure.steps.len(), "step")))
        .child(env_badge(
            &environment.title,
            environment.production,
            environment.rehearsal,
        ))
        .text(&format!(
            ". Gates tick {gated} of them, you tick {by_hand}. A gate that does not pass puts the session on hold."
        ));
    el("section")
        .class("forecast")
        .attr("aria-labelledby", "forecast-title")
        .child(el("h2").attr("id", "forecast-title").text("What will happen"))
        .child(words)
        .children((!missing.is_empty()).then(|| warning(&missing.join(", "))))
        .child(el("ol").class("forecast-steps").children(rows))
}

fn warning(names: &str) -> El {
    let words = el("p")
        .text("gates.toml declares no ")
        .child(el("code").text(names))
        .text(" for this environment. The steps that need them can never pass here.");
    el("div")
        .class("notice missing")
        .attr("role", "status")
        .child(status(Word::Hold, "MISSING"))
        .child(words)
}

/// Every gate that a step and its sub-steps name.
fn collect(step: &Step, found: &mut dyn FnMut(&str)) {
    step.gates.iter().for_each(|gate| found(gate));
    for child in &step.children {
        collect(child, found);
    }
}
