//! Trying again: after what could not be compared, and until it passes.

use std::time::{Duration, Instant};

use holdpoint::runner::Progress;
use holdpoint_domain::gate::Outcome::{Fail, Inconclusive, Pass};
use holdpoint_tests::Answer;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::common::{Bench, assert_verdict, gate, request, serving};

fn ready(rest: &str) -> String {
    gate(
        "ready",
        "http",
        &format!(
            "http = {{ url = \"{{url.api}}/\" }}\ntimeout = \"500ms\"\n{rest}\nexpect = [{{ check = \"status\", equals = 200 }}]"
        ),
    )
}

fn attempts(shown: &[Progress]) -> Vec<u32> {
    let number = |progress: &Progress| match progress {
        Progress::Attempt { number, .. } => Some(*number),
        Progress::Output { .. } => None,
    };
    shown.iter().filter_map(number).collect()
}

#[tokio::test]
async fn only_what_could_not_be_compared_is_tried_again() {
    let retry = ready("retry = { times = 2, pause = \"20ms\" }");
    for (script, outcome, tried) in [
        (vec![Answer::Reset, Answer::Hang, Answer::json(200, "{}")], Pass, 3),
        (
            vec![Answer::Reset, Answer::json(503, "{}"), Answer::json(200, "{}")],
            Fail,
            2,
        ),
        (vec![Answer::json(503, "{}"), Answer::json(200, "{}")], Fail, 1),
        (
            vec![Answer::Reset, Answer::Reset, Answer::Reset, Answer::json(200, "{}")],
            Inconclusive,
            3,
        ),
    ] {
        let server = serving(script).await;
        let (verdict, shown) = Bench::new(&server.url(), "", &retry).run_shown("ready").await;
        assert_verdict(&verdict, outcome, "");
        assert_eq!((verdict.attempts, server.requests().len()), (tried, tried as usize));
        assert_eq!(attempts(&shown), (1..tried).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn polling_goes_on_until_it_passes_or_the_time_is_over() {
    let poll = ready("poll = { every = \"50ms\", until = \"2s\" }");
    let server = serving([
        Answer::json(503, "{}"),
        Answer::Reset,
        Answer::json(503, "{}"),
        Answer::json(200, "{}"),
    ])
    .await;
    let (verdict, shown) = Bench::new(&server.url(), "", &poll).run_shown("ready").await;
    assert_verdict(&verdict, Pass, "Status: 200");
    assert_eq!((verdict.attempts, attempts(&shown)), (4, vec![1, 2, 3]));

    let poll = ready("poll = { every = \"50ms\", until = \"700ms\" }");
    let server = serving([Answer::json(503, "{}")]).await;
    let since = Instant::now();
    let verdict = Bench::new(&server.url(), "", &poll).run("ready").await;
    assert_verdict(&verdict, Fail, "Status: 503");
    assert!(verdict.attempts > 2 && since.elapsed() < Duration::from_secs(5));
    assert_eq!(server.requests().len(), verdict.attempts as usize);
}

#[tokio::test]
async fn a_try_that_the_end_of_polling_cuts_short_does_not_hide_the_answer_before_it() {
    let poll = ready("poll = { every = \"20ms\", until = \"300ms\" }");
    let server = serving([Answer::json(503, "{}"), Answer::Hang]).await;
    let verdict = Bench::new(&server.url(), "", &poll).run("ready").await;
    assert_verdict(&verdict, Fail, "Status: 503");
    assert_eq!(verdict.attempts, 2);
}

#[tokio::test]
async fn waiting_for_the_next_try_can_be_cancelled() {
    let poll = ready("poll = { every = \"60s\", until = \"10m\" }");
    let server = serving([Answer::json(503, "{}")]).await;
    let bench = Bench::new(&server.url(), "", &poll);
    let cancel = CancellationToken::new();
    let (progress, mut shown) = mpsc::channel(4);
    let (runner, token) = (bench.runner.clone(), cancel.clone());
    let run = tokio::spawn(async move { runner.run(request("ready"), progress, token).await });
    assert!(matches!(shown.recv().await, Some(Progress::Attempt { number: 1, .. })));
    cancel.cancel();
    assert_verdict(&run.await.unwrap(), Inconclusive, "interrupted");
}

#[tokio::test]
async fn gates_beyond_the_eighth_wait_for_their_turn_without_losing_their_time() {
    let slow = gate(
        "slow",
        "command",
        "command = { argv = [\"sleep\", \"0.6\"] }\ntimeout = \"5s\"\nexpect = [{ check = \"exit_code\", equals = 0 }]",
    );
    let bench = Bench::new("http://127.0.0.1:1", "", &slow);
    let since = Instant::now();
    let verdicts = futures::future::join_all((0..9).map(|_| bench.run("slow"))).await;
    assert!(verdicts.iter().all(|verdict| verdict.outcome == Pass));
    assert!(since.elapsed() >= Duration::from_millis(1200), "the ninth waited");
}
