//! Numbers about the proxy, in the text format of Prometheus.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use holdpoint_domain::gate::Outcome;

/// Numbers about the proxy since its start.
#[derive(Debug, Default)]
pub struct Metrics {
    events: AtomicU64,
    appends: AtomicU64,
    append_micros: AtomicU64,
    runs: [AtomicU64; 3],
    requests: [AtomicU64; 5],
}

const OUTCOMES: [&str; 3] = ["pass", "fail", "inconclusive"];

impl Metrics {
    /// Events became durable.
    pub fn appended(&self, events: usize, took: Duration) {
        self.events.fetch_add(events as u64, Ordering::Relaxed);
        self.appends.fetch_add(1, Ordering::Relaxed);
        self.append_micros
            .fetch_add(u64::try_from(took.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// A gate reached its verdict.
    pub fn ran(&self, outcome: Outcome) {
        let index = match outcome {
            Outcome::Pass => 0,
            Outcome::Fail => 1,
            Outcome::Inconclusive => 2,
        };
        self.runs[index].fetch_add(1, Ordering::Relaxed);
    }

    /// A request was answered with this status.
    pub fn answered(&self, status: u16) {
        if let Some(class) = self.requests.get(usize::from(status / 100).wrapping_sub(1)) {
            class.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// All of them, as Prometheus reads them.
    #[must_use]
    pub fn render(&self, sessions_open: usize, viewers: i64) -> String {
        let read = |number: &AtomicU64| number.load(Ordering::Relaxed);
        let mut text = String::with_capacity(1500);
        let mut family = |name: &str, kind: &str, help: &str, values: &[(String, String)]| {
            // Writing to a string cannot fail.
            write!(text, "# HELP holdpoint_{name} {help}\n# TYPE holdpoint_{name} {kind}\n").unwrap_or(());
            for (labels, value) in values {
                writeln!(text, "holdpoint_{name}{labels} {value}").unwrap_or(());
            }
        };
        let one = |value: String| [(String::new(), value)];
        family(
            "sessions_open",
            "gauge",
            "Sessions that are not closed.",
            &one(sessions_open.to_string()),
        );
        family("sse_viewers", "gauge", "Open event streams.", &one(viewers.to_string()));
        let events = one(read(&self.events).to_string());
        family(
            "events_appended_total",
            "counter",
            "Events that became durable.",
            &events,
        );
        let runs: Vec<_> = OUTCOMES
            .iter()
            .zip(&self.runs)
            .map(|(outcome, count)| (format!("{{outcome=\"{outcome}\"}}"), read(count).to_string()))
            .collect();
        family("gate_runs_total", "counter", "Gates that reached a verdict.", &runs);
        let requests: Vec<_> = (1..)
            .zip(&self.requests)
            .map(|(class, count)| (format!("{{status=\"{class}xx\"}}"), read(count).to_string()))
            .collect();
        family(
            "http_requests_total",
            "counter",
            "Requests that were answered.",
            &requests,
        );
        #[allow(
            clippy::cast_precision_loss,
            reason = "a sum of seconds need not be exact to the microsecond"
        )]
        let seconds = read(&self.append_micros) as f64 / 1e6;
        let latency = [
            ("_sum".to_owned(), format!("{seconds:.6}")),
            ("_count".to_owned(), read(&self.appends).to_string()),
        ];
        let help = "Time from the decision on a command until its events were durable.";
        family("append_seconds", "summary", help, &latency);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_counted_and_written() {
        let metrics = Metrics::default();
        metrics.appended(3, Duration::from_millis(250));
        metrics.appended(1, Duration::from_millis(250));
        metrics.ran(Outcome::Pass);
        metrics.ran(Outcome::Inconclusive);
        [200, 204, 404, 7]
            .into_iter()
            .for_each(|status| metrics.answered(status));
        let text = metrics.render(2, 5);
        for line in [
            "holdpoint_sessions_open 2",
            "holdpoint_sse_viewers 5",
            "holdpoint_events_appended_total 4",
            "holdpoint_gate_runs_total{outcome=\"pass\"} 1",
            "holdpoint_gate_runs_total{outcome=\"fail\"} 0",
            "holdpoint_gate_runs_total{outcome=\"inconclusive\"} 1",
            "holdpoint_http_requests_total{status=\"2xx\"} 2",
            "holdpoint_http_requests_total{status=\"4xx\"} 1",
            "holdpoint_append_seconds_sum 0.500000",
            "holdpoint_append_seconds_count 2",
        ] {
            assert!(text.lines().any(|other| other == line), "{line} is missing in:\n{text}");
        }
    }
}
