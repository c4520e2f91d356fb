//! The evidence of a session: every run of a gate that has its verdict, and everything that a browser saw.

use chrono::{DateTime, Utc};

use crate::fence;
use holdpoint_domain::gate::{DeclaredLine, OUTPUT_KEPT, Outcome, Source, Verdict};
use holdpoint_domain::session::{Actor, Event, Record, State};

/// A verdict of the log, with where it stands there.
pub(super) struct Evidence<'a> {
    /// The number of its event.
    pub seq: u64,
    /// The step as people call it.
    pub step: String,
    /// The gate as people call it.
    pub gate: String,
    /// Its name in `gates.toml`.
    pub gate_id: &'a str,
    pub verdict: &'a Verdict,
    /// The name of the person whose command ended the run; none where the proxy ended it.
    pub ended_by: Option<&'a str>,
    /// What the gate asks, as the log has its declaration; empty where the log does not have the one that was asked.
    declared: &'a [DeclaredLine],
}

impl<'a> Evidence<'a> {
    /// None for an event that has no verdict.
    pub(super) fn of(record: &'a Record, state: &'a State) -> Option<Self> {
        let (Event::GateFinished {
            step, gate, verdict, ..
        }
        | Event::GateObserved {
            step, gate, verdict, ..
        }) = &record.event
        else {
            return None;
        };
        Some(Self {
            seq: record.seq,
            step: state.step_label(step),
            gate: state.gate_title(gate),
            gate_id: gate,
            verdict,
            ended_by: match &record.actor {
                Actor::Person { name } => Some(name),
                Actor::Proxy => None,
            },
            declared: declared(state, gate, verdict),
        })
    }

    /// Whether the run was ended before there was an answer: cancelled, or lost with the proxy.
    pub(super) fn was_cut_off(&self) -> bool {
        self.verdict.attempts == 0 && self.verdict.request.is_empty()
    }

    /// What the gate was asking when it was cut off, as plain text; empty where the log does not say.
    pub(super) fn was_asking(&self) -> String {
        let lines = self.declared.iter();
        let lines: Vec<String> = lines.map(|line| format!("{}: {}", line.label, line.text)).collect();
        fence::plain(&lines.join("\n"))
    }

    /// How long asking took, in seconds with three digits: retries and waiting between them included.
    pub(super) fn seconds(&self) -> String {
        let span = self.verdict.finished - self.verdict.started;
        format!("{:.3}", span.as_seconds_f64().max(0.0))
    }

    pub(super) fn source(&self) -> &'static str {
        match self.verdict.source {
            Source::Proxy => "the proxy",
            Source::Browser => "the captain's browser",
        }
    }

    /// Every expectation in a line of its own, for a cell.
    pub(super) fn expectations(&self) -> String {
        let checks = self.verdict.checks.iter();
        let lines: Vec<String> = checks
            .map(|check| {
                format!(
                    "{} {}: expected {}, observed {}",
                    word(check.outcome),
                    check.check,
                    check.expected,
                    check.observed
                )
            })
            .collect();
        fence::plain(&lines.join("\n"))
    }

    /// The output that the log keeps, as plain text, and how much of what there was that is.
    pub(super) fn output(&self) -> (String, String) {
        let (shown, left_out) = bounded(&self.verdict.output);
        let all = self.verdict.output_bytes;
        let kept = self.verdict.output.len() as u64;
        let mut size = match all > kept {
            true => format!("{kept} bytes kept of {all}"),
            false => format!("{all} bytes"),
        };
        if left_out > 0 {
            size += &format!(", the last {left_out} of them left out here: they are in the JSON export");
        }
        (fence::plain(shown), size)
    }

    /// What was asked, as plain text.
    pub(super) fn request(&self) -> String {
        fence::plain(bounded(&self.verdict.request).0)
    }
}

/// What a gate asks, of the declarations in the log: that which has the verdict's digest. A log from before digests proves none.
fn declared<'a>(state: &'a State, gate: &str, verdict: &Verdict) -> &'a [DeclaredLine] {
    let of_start = state.started.as_deref().and_then(|started| started.gates.get(gate));
    let mut known = [state.gate_snapshot(gate), of_start].into_iter().flatten();
    let asked = known.find(|one| one.digest.as_ref() == Some(&verdict.gate_digest));
    asked.map_or(&[], |one| one.asks.as_slice())
}

/// As reports write an outcome.
pub(super) fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "PASS",
        Outcome::Fail => "FAIL",
        Outcome::Inconclusive => "INCONCLUSIVE",
    }
}

/// A verdict keeps no more than this, unless another program made the log. A cell of a spreadsheet holds 32,767 characters.
fn bounded(text: &str) -> (&str, usize) {
    let shown = &text[..text.floor_char_boundary(OUTPUT_KEPT)];
    (shown, text.len() - shown.len())
}

pub(super) fn time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S").to_string()
}

/// For a time that stands outside a table whose head names the zone.
pub(super) fn time_utc(at: DateTime<Utc>) -> String {
    time(at) + " UTC"
}
