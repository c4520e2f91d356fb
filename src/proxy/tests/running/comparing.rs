//! An answer that takes long to compare: the verdict comes within the gate's time limit, and nothing else waits for it.

use std::future::Future;
use std::pin::pin;
use std::time::{Duration, Instant};

use chrono::Utc;
use holdpoint_domain::gate::Outcome::{Fail, Inconclusive};
use holdpoint_domain::gate::Verdict;
use holdpoint_domain::wire::BrowserObservation;

use crate::common::{Bench, assert_verdict, gate, request};

/// After each `a` it may be at any of 500 places, and nothing ends it in a text of `a` and `b`.
const EXPECT: &str = r#"matches = "a[ab]{500}[^ab]" }]"#;
/// How long the comparing is to take on this machine. It cannot be stopped, so that the test lasts as long.
const COMPARING: Duration = Duration::from_secs(4);

fn letters(count: usize) -> String {
    let mut state = 1_u32;
    let mut letter = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        if state >> 31 == 0 { 'a' } else { 'b' }
    };
    (0..count).map(|_| letter()).collect()
}

async fn seen(bench: &Bench, gate: &str, body: String) -> Verdict {
    let observation = BrowserObservation {
        status: Some(200),
        headers: Default::default(),
        body,
        latency_ms: 1,
        error: None,
    };
    bench
        .runner
        .judge_observation(&request(gate), observation, Utc::now())
        .await
}

/// A text whose comparing takes about as long as it should.
async fn slow_text(bench: &Bench) -> String {
    let mut count = 10_000;
    loop {
        let (text, since) = (letters(count), Instant::now());
        assert_verdict(&seen(bench, "patient", text).await, Fail, "matches");
        let took = since.elapsed();
        if took > Duration::from_millis(200) {
            return letters(usize::try_from(count as u128 * COMPARING.as_millis() / took.as_millis()).unwrap());
        }
        count *= 2;
    }
}

/// The verdict, how long it took, and the longest time in which nothing else on this thread could go on.
async fn watched(work: impl Future<Output = Verdict>) -> (Verdict, Duration, Duration) {
    let begun = Instant::now();
    let (mut last, mut longest) = (begun, Duration::ZERO);
    let mut work = pin!(work);
    loop {
        let done = tokio::time::timeout(Duration::from_millis(5), &mut work).await;
        longest = longest.max(last.elapsed());
        last = Instant::now();
        if let Ok(verdict) = done {
            return (verdict, begun.elapsed(), longest);
        }
    }
}

#[tokio::test]
async fn comparing_is_within_the_time_limit_and_nothing_waits_for_it() {
    let http = |limit: &str| {
        format!(
            "direct = true\ntimeout = \"{limit}\"\nhttp = {{ url = \"{{url.api}}/\", max_bytes = 60000000 }}\n\
             expect = [{{ check = \"body\", {EXPECT}"
        )
    };
    let command = format!(
        "timeout = \"1s\"\ncommand = {{ argv = [\"cat\", \"letters\"], max_bytes = 60000000 }}\n\
         expect = [{{ check = \"output\", {EXPECT}"
    );
    let gates = [
        gate("patient", "http", &http("20s")),
        gate("browser", "http", &http("1s")),
        gate("program", "command", &command),
    ];
    let bench = Bench::new("http://127.0.0.1:1", "", &gates.concat());
    let text = slow_text(&bench).await;
    std::fs::write(bench.dir.path().join("letters"), &text).unwrap();
    for (verdict, took, longest) in [
        watched(seen(&bench, "browser", text)).await,
        watched(bench.run("program")).await,
    ] {
        assert_verdict(&verdict, Inconclusive, "comparing it took longer than 1s allow");
        assert!(
            took >= Duration::from_secs(1) && took < COMPARING - Duration::from_secs(1),
            "{took:?}"
        );
        assert!(
            longest < Duration::from_millis(700),
            "nothing else went on for {longest:?}"
        );
    }
}
