//! Gates that make several HTTP requests by name: every answer that came counts, and none that did not come is a pass.

use std::time::{Duration, Instant};

use holdpoint::runner::MASK;
use holdpoint_domain::gate::Outcome::{self, Fail, Inconclusive, Pass};
use holdpoint_domain::gate::{CheckResult, Verdict};
use holdpoint_tests::{Answer, TestServer};

use crate::common::{Bench, TOKEN, assert_verdict, gate};

const VERSION: &str = r#"{"git_sha": "a1b2c3d4"}"#;

/// `database` and `docs` have one expectation and none, and `version` is on another server.
fn several(there: &str, rest: &str) -> String {
    let body = format!(
        r#"expect = [
  {{ of = "version", check = "json", path = "$.git_sha", commit = "{{git_sha}}" }},
  {{ of = "database", check = "json", path = "$.connected", equals = true }},
]
http.version = {{ url = "{there}/version", headers = {{ authorization = "Bearer {{secret.token}}" }} }}
http.database = {{ url = "{{url.api}}/database" }}
http.docs = {{ url = "{{url.api}}/docs", redirects = 1 }}
{rest}"#
    );
    gate("several", "http", &body)
}

struct Place {
    here: TestServer,
    there: TestServer,
    bench: Bench,
}

async fn place(rest: &str) -> Place {
    let [here, there] = [
        TestServer::start().await.expect("a server"),
        TestServer::start().await.expect("a server"),
    ];
    here.set("/database", Answer::json(200, r#"{"connected": true}"#));
    here.set("/docs", Answer::redirect("/docs/"));
    here.set("/docs/", Answer::new(200, "text/html", "<h1>Docs</h1>"));
    there.set("/version", Answer::json(200, VERSION));
    let environment = format!(
        "urls = {{ api = \"{}\", version = \"{}\" }}\nprivate_addresses = true",
        here.url(),
        there.url()
    );
    let bench = Bench::with_environment(&environment, "", &several("{url.version}", rest));
    Place { here, there, bench }
}

/// The outcome of a check by the words that it begins with.
fn outcome(verdict: &Verdict, check: &str) -> Outcome {
    let found = verdict.checks.iter().find(|result| result.check == check);
    let none = || panic!("{check}: {:#?}", verdict.checks);
    found.map_or_else(none, |CheckResult { outcome, .. }| *outcome)
}

#[tokio::test]
async fn all_are_asked_in_turn_for_one_verdict() {
    let Place { here, there, bench } = place("").await;
    let verdict = bench.run("several").await;
    assert_verdict(&verdict, Pass, "All 5 checks hold.");
    let paths: Vec<_> = here
        .requests()
        .iter()
        .map(|request| request.lines().next().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(
        paths,
        ["GET /database HTTP/1.1", "GET /docs HTTP/1.1", "GET /docs/ HTTP/1.1"]
    );
    assert!(
        there.requests()[0].contains(TOKEN),
        "its secret is for the request that names it"
    );
    assert!(!here.requests().concat().contains(TOKEN));
    assert_eq!(
        verdict.request,
        format!(
            "database: GET {0}/database\ndocs: GET {0}/docs\nversion: GET {1}/version",
            here.url(),
            there.url()
        )
    );
    assert_eq!(
        verdict.output,
        format!("--- database ---\n{{\"connected\": true}}\n--- docs ---\n<h1>Docs</h1>\n--- version ---\n{VERSION}")
    );
}

#[tokio::test]
async fn one_that_refuses_the_connection_is_inconclusive_and_the_others_are_judged() {
    let Place { here, there, bench } = place("").await;
    here.set_all(
        "/database",
        [Answer::Reset, Answer::json(200, r#"{"connected": true}"#)],
    );
    let verdict = bench.run("several").await;
    assert_verdict(
        &verdict,
        Inconclusive,
        "Could not compare $.connected of database: no answer: ",
    );
    assert_eq!(outcome(&verdict, "Status of docs"), Pass, "it is asked all the same");
    assert_eq!(outcome(&verdict, "$.git_sha of version"), Pass, "and so is this one");
    drop(there);
    let verdict = bench.run("several").await;
    assert_verdict(
        &verdict,
        Inconclusive,
        "Could not compare $.git_sha of version: no answer: ",
    );
    assert_eq!(outcome(&verdict, "$.connected of database"), Pass);
    assert_eq!(outcome(&verdict, "Status of docs"), Pass);
    assert_eq!(outcome(&verdict, "$.git_sha of version"), Inconclusive);

    // One of which nothing is expected but that it answers.
    here.set("/docs", Answer::Reset);
    let verdict = bench.run("several").await;
    assert_verdict(&verdict, Inconclusive, "Status of docs: no answer: ");
    here.set("/database", Answer::json(200, r#"{"connected": false}"#));
    let verdict = bench.run("several").await;
    assert_verdict(&verdict, Fail, "$.connected of database: false; expected: true.");
}

#[tokio::test]
async fn one_wrong_value_fails_it() {
    let Place { here, there, bench } = place("").await;
    there.set("/version", Answer::json(200, r#"{"git_sha": "0ddba11c"}"#));
    let verdict = bench.run("several").await;
    assert_verdict(
        &verdict,
        Fail,
        "$.git_sha of version: \"0ddba11c\"; expected: commit a1b2c3d4e5f6.",
    );
    assert_eq!(outcome(&verdict, "$.connected of database"), Pass);
    there.set("/version", Answer::json(200, VERSION));
    here.set("/docs/", Answer::json(503, TOKEN));
    let verdict = bench.run("several").await;
    assert_verdict(&verdict, Fail, "Status of docs: 503; expected: 200 to 299.");
    assert!(
        !verdict.output.contains(TOKEN) && verdict.output.contains(MASK),
        "{}",
        verdict.output
    );
}

#[tokio::test]
async fn the_time_limit_is_for_all_of_them() {
    let Place { here, there, bench } = place("timeout = \"600ms\"").await;
    here.set("/docs", Answer::Hang);
    let since = Instant::now();
    let verdict = bench.run("several").await;
    assert!(since.elapsed() < Duration::from_secs(4), "{:?}", since.elapsed());
    assert_verdict(&verdict, Inconclusive, "Status of docs: no answer within 600ms");
    assert_eq!(outcome(&verdict, "$.connected of database"), Pass, "it had answered");
    assert_verdict(&verdict, Inconclusive, "before it was the turn of this request");
    assert!(there.requests().is_empty());
    assert!(verdict.request.ends_with("/docs"), "{}", verdict.request);
    // What had come and is wrong is a failure still.
    here.set("/database", Answer::json(500, "{}"));
    assert_verdict(&bench.run("several").await, Fail, "Status of database: 500");
    // Each is in time, and all of them are not.
    let slow = |answer: Answer| answer.after(Duration::from_millis(350));
    here.set("/database", slow(Answer::json(200, r#"{"connected": true}"#)));
    here.set("/docs", slow(Answer::new(200, "text/html", "")));
    assert_verdict(
        &bench.run("several").await,
        Inconclusive,
        "Status of docs: no answer within",
    );
}

#[tokio::test]
async fn it_is_asked_again_until_all_pass_or_one_never_will() {
    let Place { here, there, bench } = place("poll = { every = \"20ms\", until = \"20s\" }").await;
    there.set_all(
        "/version",
        [Answer::Reset, Answer::json(404, "{}"), Answer::json(200, VERSION)],
    );
    let verdict = bench.run("several").await;
    assert_verdict(&verdict, Pass, "All 5 checks hold.");
    assert_eq!((verdict.attempts, here.requests_to("/database")), (3, 3));
    here.set("/database", Answer::json(401, "{}"));
    let verdict = bench.run("several").await;
    assert_verdict(&verdict, Fail, "so it was not asked again");
    assert_eq!(verdict.attempts, 1);
}

#[tokio::test]
async fn a_secret_that_is_missing_for_one_keeps_all_from_being_asked() {
    let missing = "http.apart = { url = \"{url.api}/\", headers = { x-key = \"{secret.missing}\" } }";
    let Place { here, there, bench } = place(missing).await;
    let verdict = bench.run("several").await;
    assert_verdict(&verdict, Inconclusive, "the secret “missing” cannot be used");
    assert!(here.requests().is_empty() && there.requests().is_empty());
}
