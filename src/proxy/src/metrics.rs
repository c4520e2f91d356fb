//! What `GET /metrics` reports. The recorder is the proxy's own and not the process's global one, so that tests which run side
//! by side do not count each other's requests.

use std::time::Duration;

use axum::http::Method;
use holdpoint_domain::gate::{Outcome, Verdict};
use metrics::{Counter, Gauge, Histogram, Unit, with_local_recorder};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

/// Seconds, from a commit on a fast disk to one that waits for a jam.
const APPEND_BUCKETS: &[f64] = &[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];
/// Seconds. A stream's time ends with the head of its answer.
const REQUEST_BUCKETS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];
/// Seconds, up to gates that poll for an hour.
const GATE_BUCKETS: &[f64] = &[0.05, 0.25, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0];

const SESSIONS_OPEN: &str = "holdpoint_sessions_open";
const SESSIONS_UNREADABLE: &str = "holdpoint_sessions_unreadable";
const SSE_VIEWERS: &str = "holdpoint_sse_viewers";
const CONNECTIONS: &str = "holdpoint_connections";
const CONNECTIONS_LIMIT: &str = "holdpoint_connections_limit";
const CONNECTIONS_REPLACED: &str = "holdpoint_connections_replaced_total";
const CONNECTIONS_REFUSED: &str = "holdpoint_connections_refused_total";
const EVENTS: &str = "holdpoint_events_appended_total";
const APPEND: &str = "holdpoint_append_seconds";
const GATE_RUNS: &str = "holdpoint_gate_runs_total";
const GATE_RUN: &str = "holdpoint_gate_run_seconds";
const NOTIFICATIONS: &str = "holdpoint_notifications_total";
const REQUESTS: &str = "holdpoint_http_requests_total";
const REQUEST: &str = "holdpoint_http_request_seconds";

/// What became of a try to notify a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notified {
    Delivered,
    /// The message was not taken.
    Failed,
    /// It is not tried any more.
    GivenUp,
}

impl Notified {
    const ALL: [Self; 3] = [Self::Delivered, Self::Failed, Self::GivenUp];

    fn label(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::GivenUp => "given_up",
        }
    }
}

/// Counters and histograms since the start of the proxy.
pub struct Metrics {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
    sessions_open: Gauge,
    viewers: Gauge,
    events: Counter,
    append: Histogram,
}

impl Default for Metrics {
    fn default() -> Self {
        let recorder = [
            (APPEND, APPEND_BUCKETS),
            (GATE_RUN, GATE_BUCKETS),
            (REQUEST, REQUEST_BUCKETS),
        ]
        .into_iter()
        .fold(PrometheusBuilder::new(), |builder, (name, buckets)| {
            builder
                .set_buckets_for_metric(Matcher::Full(name.to_owned()), buckets)
                // Only an empty list of buckets is refused, and these are constants.
                .unwrap_or_default()
        })
        .build_recorder();
        let handle = recorder.handle();
        with_local_recorder(&recorder, describe);
        with_local_recorder(&recorder, || {
            // Counted from zero, so that the first run of a kind shows as a change.
            for outcome in [Outcome::Pass, Outcome::Fail, Outcome::Inconclusive] {
                metrics::counter!(GATE_RUNS, "outcome" => label(outcome)).increment(0);
            }
            metrics::counter!(CONNECTIONS_REPLACED).increment(0);
            metrics::counter!(CONNECTIONS_REFUSED).increment(0);
        });
        let (sessions_open, viewers, events, append) = with_local_recorder(&recorder, || {
            (
                metrics::gauge!(SESSIONS_OPEN),
                metrics::gauge!(SSE_VIEWERS),
                metrics::counter!(EVENTS),
                metrics::histogram!(APPEND),
            )
        });
        Self {
            recorder,
            handle,
            sessions_open,
            viewers,
            events,
            append,
        }
    }
}

fn describe() {
    use metrics::{describe_counter, describe_gauge, describe_histogram};
    describe_gauge!(SESSIONS_OPEN, "Sessions that are not closed.");
    describe_gauge!(
        SESSIONS_UNREADABLE,
        "Sessions of which an event could not be read when they were read last."
    );
    describe_gauge!(CONNECTIONS, "Open connections, event streams among them.");
    describe_gauge!(CONNECTIONS_LIMIT, "Connections that there may be at the same time.");
    describe_counter!(
        CONNECTIONS_REPLACED,
        "Connections that were closed because they waited while somebody else wished to connect."
    );
    describe_counter!(CONNECTIONS_REFUSED, "Connections for which there was no place.");
    describe_gauge!(SSE_VIEWERS, "Open event streams.");
    describe_counter!(EVENTS, "Events that became durable.");
    describe_histogram!(
        APPEND,
        Unit::Seconds,
        "Time from the decision on a command until its events were durable."
    );
    describe_counter!(GATE_RUNS, "Gates that reached a verdict, by outcome.");
    describe_histogram!(
        GATE_RUN,
        Unit::Seconds,
        "Time from a gate's start to its verdict, by outcome."
    );
    describe_counter!(
        NOTIFICATIONS,
        "Messages that were delivered or given up, and tries that failed, by target and outcome."
    );
    describe_counter!(REQUESTS, "Requests that were answered, by method, route and status.");
    describe_histogram!(
        REQUEST,
        Unit::Seconds,
        "Time from a request's head to its answer's head, by method, route and status."
    );
}

impl Metrics {
    /// Counts events that became durable together, and the time from their decision until then.
    pub fn appended(&self, events: usize, took: Duration) {
        self.events.increment(events as u64);
        self.append.record(took);
    }

    /// Notes how many sessions were found to be unreadable.
    pub fn unreadable(&self, sessions: usize) {
        self.gauge(SESSIONS_UNREADABLE, sessions);
    }

    /// Notes how many connections are open.
    pub fn connections(&self, open: usize) {
        self.gauge(CONNECTIONS, open);
    }

    /// Notes how many connections there may be.
    pub fn connection_limit(&self, limit: usize) {
        self.gauge(CONNECTIONS_LIMIT, limit);
    }

    /// Counts a connection that lost its place to another.
    pub fn connection_replaced(&self) {
        with_local_recorder(&self.recorder, || metrics::counter!(CONNECTIONS_REPLACED).increment(1));
    }

    /// Counts a connection for which there was no place.
    pub fn connection_refused(&self) {
        with_local_recorder(&self.recorder, || metrics::counter!(CONNECTIONS_REFUSED).increment(1));
    }

    fn gauge(&self, name: &'static str, count: usize) {
        #[allow(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
        with_local_recorder(&self.recorder, || metrics::gauge!(name).set(count as f64));
    }

    /// Counts a gate that reached its verdict.
    pub fn ran(&self, verdict: &Verdict) {
        // A clock that was set back between the two gives no time below zero.
        let took = (verdict.finished - verdict.started).to_std().unwrap_or_default();
        let outcome = label(verdict.outcome);
        with_local_recorder(&self.recorder, || {
            metrics::counter!(GATE_RUNS, "outcome" => outcome).increment(1);
            metrics::histogram!(GATE_RUN, "outcome" => outcome).record(took);
        });
    }

    /// Begins to count for a target of notifications, from zero.
    pub fn notifies(&self, target: &str) {
        for outcome in Notified::ALL {
            self.count_notified(target, outcome, 0);
        }
    }

    /// Counts what became of a try to notify a target.
    pub fn notified(&self, target: &str, outcome: Notified) {
        self.count_notified(target, outcome, 1);
    }

    fn count_notified(&self, target: &str, outcome: Notified, count: u64) {
        let labels = [("target", target.to_owned()), ("outcome", outcome.label().to_owned())];
        with_local_recorder(&self.recorder, || {
            metrics::counter!(NOTIFICATIONS, &labels).increment(count)
        });
    }

    /// Counts an answered request. `route` is the pattern that matched, so that ids in addresses make no series of their own.
    pub fn answered(&self, method: &Method, route: &str, status: u16, took: Duration) {
        let labels = [
            ("method", method_label(method).to_owned()),
            ("path", route.to_owned()),
            ("status", status.to_string()),
        ];
        with_local_recorder(&self.recorder, || {
            metrics::counter!(REQUESTS, &labels).increment(1);
            metrics::histogram!(REQUEST, &labels).record(took);
        });
    }

    /// Everything in Prometheus' text format.
    #[must_use]
    pub fn render(&self, sessions_open: u64, viewers: i64) -> String {
        #[allow(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
        {
            self.sessions_open.set(sessions_open as f64);
            self.viewers.set(viewers as f64);
        }
        self.handle.render()
    }

    /// Moves recorded times into their buckets. Until that is done each of them takes memory, and without scrapes nothing else
    /// does it.
    pub fn run_upkeep(&self) {
        self.handle.run_upkeep();
    }
}

/// HTTP takes any token as a method (RFC 9110, 9.1), and a series is kept as long as the process runs: without a bound, anybody who
/// can connect could fill the memory.
fn method_label(method: &Method) -> &str {
    let standard = [
        Method::CONNECT,
        Method::DELETE,
        Method::GET,
        Method::HEAD,
        Method::OPTIONS,
        Method::PATCH,
        Method::POST,
        Method::PUT,
        Method::TRACE,
    ];
    if standard.contains(method) {
        method.as_str()
    } else {
        "OTHER"
    }
}

fn label(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "pass",
        Outcome::Fail => "fail",
        Outcome::Inconclusive => "inconclusive",
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};
    use holdpoint_domain::gate::Source;

    use super::*;

    fn verdict(outcome: Outcome, seconds: i64) -> Verdict {
        Verdict {
            outcome,
            summary: String::new(),
            checks: Vec::new(),
            source: Source::Proxy,
            started: DateTime::UNIX_EPOCH,
            finished: DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds),
            attempts: 1,
            request: String::new(),
            output: String::new(),
            output_bytes: 0,
            gate_digest: String::new(),
        }
    }

    #[test]
    fn what_happened_is_counted_and_timed() {
        let metrics = Metrics::default();
        metrics.appended(3, Duration::from_millis(250));
        metrics.appended(1, Duration::from_millis(2));
        metrics.ran(&verdict(Outcome::Pass, 20));
        metrics.ran(&verdict(Outcome::Inconclusive, -1));
        metrics.answered(&Method::GET, "/api/sessions/{id}", 200, Duration::from_millis(3));
        metrics.answered(&Method::GET, "/api/sessions/{id}", 200, Duration::from_millis(700));
        metrics.answered(&Method::GET, "/api/sessions/{id}", 404, Duration::from_millis(3));
        metrics.run_upkeep();
        let text = metrics.render(2, 5);
        let session = |status| format!("{{method=\"GET\",path=\"/api/sessions/{{id}}\",status=\"{status}\"");
        for line in [
            "holdpoint_sessions_open 2".to_owned(),
            "holdpoint_sse_viewers 5".to_owned(),
            "holdpoint_events_appended_total 4".to_owned(),
            "holdpoint_append_seconds_bucket{le=\"0.0025\"} 1".to_owned(),
            "holdpoint_append_seconds_bucket{le=\"0.25\"} 2".to_owned(),
            "holdpoint_append_seconds_sum 0.252".to_owned(),
            "holdpoint_append_seconds_count 2".to_owned(),
            "holdpoint_gate_runs_total{outcome=\"pass\"} 1".to_owned(),
            "holdpoint_gate_runs_total{outcome=\"fail\"} 0".to_owned(),
            "holdpoint_gate_runs_total{outcome=\"inconclusive\"} 1".to_owned(),
            "holdpoint_gate_run_seconds_bucket{outcome=\"pass\",le=\"15\"} 0".to_owned(),
            "holdpoint_gate_run_seconds_bucket{outcome=\"pass\",le=\"60\"} 1".to_owned(),
            "holdpoint_gate_run_seconds_sum{outcome=\"inconclusive\"} 0".to_owned(),
            format!("holdpoint_http_requests_total{}}} 2", session(200)),
            format!("holdpoint_http_requests_total{}}} 1", session(404)),
            format!("holdpoint_http_request_seconds_bucket{},le=\"0.5\"}} 1", session(200)),
            format!("holdpoint_http_request_seconds_count{}}} 2", session(200)),
        ] {
            assert!(text.lines().any(|other| other == line), "{line} is missing in:\n{text}");
        }
    }

    #[test]
    fn two_proxies_in_one_process_count_apart() {
        let (one, other) = (Metrics::default(), Metrics::default());
        one.appended(1, Duration::ZERO);
        assert!(other.render(0, 0).contains("holdpoint_events_appended_total 0"));
    }
}
