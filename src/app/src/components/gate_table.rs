//! Expected beside observed, and what the browser itself saw.

use crate::cells::{Derived, Read};
use crate::components::dom::{El, div, el, phrase};
use crate::components::time::{Clip, local};
use crate::components::words::{Word, status};
use crate::state::session::{GateView, GateWord, Look, LookState};
use holdpoint_domain::gate::{CheckResult, Verdict};

/// Every expectation of a gate: compared, or waiting to be.
pub fn check_table(gate: Derived<GateView>) -> El {
    let rows = move || {
        gate.with(|gate| match (&gate.verdict, gate.running.is_some()) {
            (Some(verdict), false) => verdict.checks.iter().map(compared).collect::<Vec<_>>(),
            _ => gate
                .brief
                .iter()
                .flat_map(|brief| &brief.expects)
                .map(|expects| awaited(expects, gate.word))
                .collect(),
        })
    };
    let names = ["Check", "Expected", "Observed", "Verdict"];
    let head = el("tr").each(&names, |name| el("th").attr("scope", "col").text(name));
    el("table")
        .child(el("thead").child(head))
        .child(el("tbody").live_children(rows))
}

fn compared(check: &CheckResult) -> El {
    let (kind, text) = Word::of_outcome(check.outcome);
    el("tr")
        .child(el("td").text(&check.check))
        .child(el("td").child(el("code").text(&check.expected)))
        .child(el("td").child(el("code").text(&check.observed)))
        .child(el("td").child(status(kind, text)))
}

fn awaited(expects: &str, word: GateWord) -> El {
    let observed = if word == GateWord::Running {
        "waiting"
    } else {
        "not run"
    };
    el("tr")
        .class("awaited")
        .child(el("td").attr("colspan", "2").text(expects))
        .child(el("td").class("quiet").text(observed))
        .child(el("td").child(status(Word::Wait, "WAITING")))
}

/// What the captain's browser saw at a `direct` gate, beside what the proxy saw.
pub fn seen(gate: Derived<GateView>, look: Read<Option<Look>>) -> El {
    let direct =
        move || gate.with(|gate| gate.brief.as_ref().is_some_and(|brief| brief.direct) || gate.browser.is_some());
    let content = move || {
        let look = look.get();
        let mut parts = vec![phrase("seen-label").text("seen from the browser")];
        match (
            look.as_ref().map(|look| &look.state),
            gate.with(|gate| gate.browser.as_ref().map(judged)),
        ) {
            (Some(LookState::Looking), _) => parts.push(status(Word::Run, "LOOKING")),
            (Some(LookState::NotTaken(reason)), _) => parts.extend([status(Word::Hold, "NOT RECORDED"), quiet(reason)]),
            (_, Some(judged)) => parts.extend(judged),
            (_, None) => parts.push(quiet("not yet; it is asked when the gate runs")),
        }
        parts
    };
    div("seen").live_hidden(move || !direct()).live_children(content)
}

fn judged(verdict: &Verdict) -> [El; 2] {
    let (kind, text) = Word::of_outcome(verdict.outcome);
    [
        status(kind, text),
        quiet(&format!(
            "{} · {}",
            verdict.summary,
            local(verdict.finished, Clip::Seconds)
        )),
    ]
}

fn quiet(text: &str) -> El {
    phrase("quiet small").text(text)
}
