//! What a browser saw is an observation: the proxy judges it with the gate's own expectations.

use std::collections::BTreeMap;

use chrono::{TimeZone, Utc};
use holdpoint_domain::gate::Outcome::{Fail, Inconclusive, Pass};
use holdpoint_domain::gate::Source;
use holdpoint_domain::wire::BrowserObservation;

use crate::common::{Bench, TOKEN, assert_verdict, gate, request};

fn seen(status: Option<u16>, body: &str) -> BrowserObservation {
    let error = status.is_none().then(|| "Failed to fetch".to_owned());
    BrowserObservation {
        status,
        headers: BTreeMap::new(),
        body: body.to_owned(),
        latency_ms: 120,
        error,
    }
}

#[tokio::test]
async fn what_a_browser_saw_is_judged_like_any_answer() {
    let http = "http = { url = \"{url.api}/health?sha={git_sha}\", max_bytes = 100 }\n\
        expect = [{ check = \"json\", path = \"$.status\", equals = \"healthy\" }, { check = \"latency\", below = \"1s\" }]";
    let gates = [
        gate("direct", "http", &format!("direct = true\n{http}")),
        gate("indirect", "http", http),
    ]
    .concat();
    let bench = Bench::new("http://127.0.0.1:1", "", &gates);
    let at = Utc.with_ymd_and_hms(2026, 1, 2, 3, 4, 5).unwrap();
    let judged = async |gate: &str, seen| bench.runner.judge_observation(&request(gate), seen, at).await;
    let healthy = r#"{"status": "healthy"}"#;

    let verdict = judged("direct", seen(Some(200), healthy)).await;
    assert_verdict(&verdict, Pass, "All 3 checks hold");
    assert_eq!((verdict.source, verdict.finished), (Source::Browser, at));
    assert_eq!((at - verdict.started).num_milliseconds(), 120);
    assert_eq!(verdict.request, "GET http://127.0.0.1:1/health?sha=a1b2c3d4e5f6");

    for (seen, outcome, words) in [
        (seen(Some(503), healthy), Fail, "Status: 503"),
        (seen(Some(200), "{}"), Inconclusive, "selects nothing"),
        (seen(Some(200), "<html>"), Inconclusive, "not JSON"),
        (
            seen(Some(200), &format!("{healthy}{}", " ".repeat(100))),
            Inconclusive,
            "longer than may be read",
        ),
        (
            seen(None, healthy),
            Inconclusive,
            "The browser had no answer: Failed to fetch",
        ),
        (seen(None, healthy), Inconclusive, "no answer"),
        (
            BrowserObservation {
                error: Some("x".to_owned()),
                ..seen(Some(200), healthy)
            },
            Inconclusive,
            "that there was an answer, and that there was none (x)",
        ),
        (
            BrowserObservation {
                latency_ms: u64::MAX,
                ..seen(Some(200), healthy)
            },
            Fail,
            "Time",
        ),
    ] {
        assert_verdict(&judged("direct", seen).await, outcome, words);
    }
    assert_verdict(
        &judged("indirect", seen(Some(200), healthy)).await,
        Inconclusive,
        "not `direct`",
    );
    assert_verdict(
        &judged("nobody", seen(Some(200), healthy)).await,
        Inconclusive,
        "There is no gate",
    );

    let telling = judged(
        "direct",
        seen(
            Some(200),
            &format!("{{\"status\": \"{}\"}}", TOKEN.replace('"', "\\\"")),
        ),
    )
    .await;
    assert!(!format!("{telling:?}").contains("t0k3n"), "{telling:?}");
}
