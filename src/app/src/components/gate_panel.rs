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
    let class = move || if kind() == Word::NoGo { "gate failing" } else { "gate" }.to_owned();
    let head = el("header")
        .child(el("b").text(&title))
        .child(phrase("quiet small").live_text(move || about(&gate.get(), live.get().as_ref())))
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
        if leads { "btn small primary" } else { "btn small" }.to_owned()
    };
    let again = move || {
        if gate.with(|gate| gate.runs > 0) {
            "Run again "
        } else {
            "Run gate "
        }
        .to_owned()
    };
    let button = el("button")
        .attr("type", "button")
        .live_class(button_class)
        .live_attr("aria-disabled", move || {
            refusal.with(Option::is_some).then(|| "true".to_owned())
        })
        .live_attr("title", move || refusal.get())
        .on_click(move || {
            if refusal.with_untracked(Option::is_none) {
                on_run.run(());
            }
        })
        .child(icon(Glyph::Play))
        .child(el("span").live_text(again))
        .child(el("kbd").text("g").live_hidden(move || !first.get()));
    el("section")
        .live_class(class)
        .label(&format!("Gate: {title}"))
        .child(head)
        .child(check_table(gate))
        .child(asked)
        .child(said)
        .child(seen(gate, look))
        .child(
            el("footer")
                .child(phrase("facts-line").live_text(move || facts(&gate.get())))
                .child(button),
        )
}

/// What stands beside the title: how it was started, and how far it is.
fn about(gate: &GateView, live: Option<&LiveRun>) -> String {
    let mut words = Vec::new();
    match gate.word {
        GateWord::Missing => {
            words.push("gates.toml does not declare it for this environment, so it can never pass".to_owned())
        }
        GateWord::Asked => words.push("asked for, waiting to be sent".to_owned()),
        GateWord::Waiting if gate.brief.as_ref().is_some_and(|brief| brief.auto) => {
            words.push("runs by itself".to_owned())
        }
        _ => {}
    }
    if gate.runs > 0 && gate.auto {
        words.push("started by itself".to_owned());
    }
    match (gate.running, live.and_then(|live| live.attempt.as_ref())) {
        (Some(_), Some((number, summary))) => words.push(format!("attempt {number}: {summary}")),
        (Some(_), None) => {}
        (None, _) => words.extend(gate.verdict.as_ref().map(|verdict| verdict.summary.clone())),
    }
    words.join(" · ")
}

/// The footer: limit, freshness, time, source.
fn facts(gate: &GateView) -> String {
    let mut facts = Vec::new();
    if let Some(verdict) = gate.verdict.as_ref().filter(|_| gate.running.is_none()) {
        facts.push(format!(
            "observed {} by the proxy in {}",
            local(verdict.finished, Clip::Seconds),
            took(verdict)
        ));
        if verdict.attempts > 1 {
            facts.push(format!("{} attempts", verdict.attempts));
        }
    }
    if let Some(until) = gate.until {
        let word = if gate.word == GateWord::Stale {
            "stale since"
        } else {
            "fresh until"
        };
        facts.push(format!("{word} {}", local(until, Clip::Minutes)));
    } else if let Some(brief) = &gate.brief {
        facts.push(format!("fresh for {}", span(brief.fresh_seconds)));
    }
    if let Some(brief) = &gate.brief {
        facts.push(format!("limit {}", span(brief.timeout_seconds)));
    }
    facts.join(" · ")
}

fn took(verdict: &Verdict) -> String {
    seconds((verdict.finished - verdict.started).num_milliseconds())
}
