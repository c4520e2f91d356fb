//! A gate: what was expected beside what was observed, what it says while it runs, and one button to run it.

use chrono::{DateTime, Utc};
use holdpoint_domain::gate::Verdict;

use crate::cells::{Callback, Derived, Read};
use crate::components::dom::{El, el, paragraph, phrase};
use crate::components::gate_table::{check_table, seen};
use crate::components::icons::{Glyph, icon};
use crate::components::time::{Clip, local};
use crate::components::words::Word;
use crate::state::session::{GateView, GateWord, LiveRun, Look, seconds, span};

/// The word for how a gate stands.
pub fn gate_word(word: GateWord) -> (Word, &'static str) {
    match word {
        GateWord::Missing => (Word::NoGo, "MISSING"),
        GateWord::Waiting | GateWord::Asked => (Word::Wait, "WAITING"),
        GateWord::Running => (Word::Run, "RUNNING"),
        GateWord::Verdict(outcome) => Word::of_outcome(outcome),
        GateWord::Stale => (Word::Hold, "STALE"),
    }
}

/// What a gate's panel follows.
#[derive(Clone, Copy)]
pub struct GateSignals {
    /// How the gate stands.
    pub gate: Derived<GateView>,
    /// What it has said while running.
    pub live: Read<Option<LiveRun>>,
    /// This browser's own look at it.
    pub look: Read<Option<Look>>,
    /// Why it cannot be run now, where it cannot.
    pub refusal: Read<Option<String>>,
    /// It is the one that the key `g` runs.
    pub first: Read<bool>,
    /// The time.
    pub now: Read<DateTime<Utc>>,
}

/// A gate's panel, and what runs it.
pub fn gate_panel(signals: GateSignals, on_run: Callback<()>) -> El {
    let GateSignals {
        gate,
        live,
        look,
        refusal,
        first,
        now,
    } = signals;
    let title = gate.with_untracked(GateView::title);
    let kind = move || gate_word(gate.with(|gate| gate.word)).0;
    let text = move || {
        let word = gate_word(gate.with(|gate| gate.word)).1;
        match gate.with(|gate| gate.running) {
            Some((_, started)) => format!("{word} {} s", (now.get() - started).num_seconds().max(0)),
            None => word.to_owned(),
        }
    };
    let output = Derived::new(move |()| {
        let heard = live.with(|live| live.as_ref().map(|live| (live.output(), live.cut)));
        gate.with(|gate| match (&gate.running, &gate.verdict) {
            (Some(_), _) => heard.unwrap_or_default(),
            (None, Some(verdict)) => (
                verdict.output.clone(),
                verdict.output_bytes > verdict.output.len() as u64,
            ),
            (None, None) => (String::new(), false),
        })
    });
    let request = move || {
        let request = gate.with(|gate| gate.verdict.as_ref().map(|verdict| verdict.request.clone()));
        request.filter(|text| !text.is_empty())
    };
    let class = move || if kind() == Word::NoGo { "gate failing" } else { "gate" };
    let head = el("header")
        .child(el("b").text(&title))
        .child(phrase("quiet small").live_text(move || gate.with(|gate| live.with(|live| about(gate, live.as_ref())))))
        .child(el("span").live_look(move || kind().class()).live_text(text));
    let asked = paragraph("request")
        .live_hidden(move || request().is_none())
        .child(el("code").live_text(move || request().unwrap_or_default()));
    let cut = move || {
        if output.with(|(_, cut)| *cut) {
            "… the rest is longer than what is kept\n"
        } else {
            ""
        }
    };
    let said = el("pre")
        .role("log")
        .label(&format!("Output of {title}"))
        .attr("tabindex", "0")
        .live_hidden(move || output.with(|(text, _)| text.is_empty()))
        .child(phrase("quiet").live_word(cut))
        .live_text(move || output.with(|(text, _)| text.clone()));
    let button_class = move || {
        let leads = first.get() && refusal.with(Option::is_none);
        if leads { "btn small primary" } else { "btn small" }
    };
    let again = move || {
        if gate.with(|gate| gate.runs > 0) {
            "Run again "
        } else {
            "Run gate "
        }
    };
    let button = el("button")
        .attr("type", "button")
        .live_look(button_class)
        .live_mark("aria-disabled", "true", move || refusal.with(Option::is_some))
        .live_attr("title", move || refusal.get())
        .on_click(move || {
            if refusal.with_untracked(Option::is_none) {
                on_run.run(());
            }
        })
        .child(icon(Glyph::Play))
        .child(el("span").live_word(again))
        .child(el("kbd").text("g").live_hidden(move || !first.get()));
    el("section")
        .live_look(class)
        .label(&format!("Gate: {title}"))
        .child(head)
        .child(check_table(gate))
        .child(asked)
        .child(said)
        .child(seen(gate, look))
        .child(
            el("footer")
                .child(phrase("facts-line").live_text(move || gate.with(facts)))
                .child(button),
        )
}

/// What stands beside the title: how it was started, and how far it is.
fn about(gate: &GateView, live: Option<&LiveRun>) -> String {
    let mut words = String::new();
    match gate.word {
        GateWord::Missing => {
            dot(
                &mut words,
                "gates.toml does not declare it for this environment, so it can never pass",
            );
        }
        GateWord::Asked => dot(&mut words, "asked for, waiting to be sent"),
        GateWord::Waiting if gate.brief.as_ref().is_some_and(|brief| brief.auto) => dot(&mut words, "runs by itself"),
        _ => {}
    }
    if gate.runs > 0 && gate.auto {
        dot(&mut words, "started by itself");
    }
    match (gate.running, live.and_then(|live| live.attempt.as_ref())) {
        (Some(_), Some((number, summary))) => dot(&mut words, &format!("attempt {number}: {summary}")),
        (Some(_), None) => {}
        (None, _) => {
            if let Some(verdict) = &gate.verdict {
                dot(&mut words, &verdict.summary);
            }
        }
    }
    words
}

/// Adds to a line of facts.
#[inline(never)]
fn dot(line: &mut String, fact: &str) {
    if !line.is_empty() {
        line.push_str(" · ");
    }
    line.push_str(fact);
}

/// The footer: limit, freshness, time, source.
fn facts(gate: &GateView) -> String {
    let mut facts = String::new();
    if let Some(verdict) = gate.verdict.as_ref().filter(|_| gate.running.is_none()) {
        dot(
            &mut facts,
            &format!(
                "observed {} by the proxy in {}",
                local(verdict.finished, Clip::Seconds),
                took(verdict)
            ),
        );
        if verdict.attempts > 1 {
            dot(&mut facts, &format!("{} attempts", verdict.attempts));
        }
    }
    if let Some(until) = gate.until {
        let word = if gate.word == GateWord::Stale {
            "stale since"
        } else {
            "fresh until"
        };
        dot(&mut facts, &format!("{word} {}", local(until, Clip::Minutes)));
    } else if let Some(brief) = &gate.brief {
        dot(&mut facts, &format!("fresh for {}", span(brief.fresh_seconds)));
    }
    if let Some(brief) = &gate.brief {
        dot(&mut facts, &format!("limit {}", span(brief.timeout_seconds)));
    }
    facts
}

fn took(verdict: &Verdict) -> String {
    seconds((verdict.finished - verdict.started).num_milliseconds())
}
