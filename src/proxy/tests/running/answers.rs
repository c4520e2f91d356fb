//! Answers that are not what a client hopes for: they are read, or it is said what is wrong with them.

use std::time::{Duration, Instant};

use holdpoint_domain::gate::Outcome::{Fail, Inconclusive, Pass};
use holdpoint_tests::Answer;

use crate::common::{Bench, assert_verdict, gate, serving};

fn get(expect: &str) -> String {
    gate(
        "g",
        "http",
        &format!("http = {{ url = \"{{url.api}}/\" }}\nexpect = [{expect}]"),
    )
}

fn bytes(body: impl Into<Vec<u8>>) -> Answer {
    Answer::json(200, body)
}

const JSON: &str = "{ check = \"json\", path = \"$.ok\", equals = true }";
const BODY: &str = "{ check = \"body\", contains = \"ok\" }";
const STATUS: &str = "{ check = \"status\", equals = 200 }";

#[tokio::test]
async fn bodies_are_read_or_it_is_said_why_not() {
    let packed = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xabV\xca\xcfV\xb2*)*M\xad\x05\x00";
    let utf16: Vec<u8> = "\u{feff}{\"ok\":true}"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    for (answer, expect, outcome, words) in [
        (bytes("\u{feff}{\"ok\":true}"), JSON, Pass, "true"),
        (bytes("\u{feff}ok"), "{ check = \"body\", equals = \"ok\" }", Pass, "ok"),
        (
            bytes(packed).header("content-encoding", "gzip"),
            JSON,
            Inconclusive,
            "packed (Content-Encoding: gzip)",
        ),
        (
            bytes(packed).header("content-encoding", "gzip"),
            BODY,
            Inconclusive,
            "packed (Content-Encoding: gzip)",
        ),
        (bytes(packed).header("content-encoding", "gzip"), STATUS, Pass, "200"),
        (bytes(packed), BODY, Inconclusive, "packed with gzip"),
        (
            bytes("ok").header("content-encoding", "br"),
            BODY,
            Inconclusive,
            "Content-Encoding: br",
        ),
        (bytes("ok").header("Content-Encoding", "Identity"), BODY, Pass, "ok"),
        (bytes(utf16.clone()), JSON, Inconclusive, "UTF-16"),
        (bytes(b"ok \xff".to_vec()), BODY, Inconclusive, "not UTF-8 from byte 3"),
    ] {
        let server = serving([answer.clone()]).await;
        let verdict = Bench::new(&server.url(), "", &get(expect)).run("g").await;
        assert_verdict(&verdict, outcome, words);
    }
}

#[tokio::test]
async fn an_answer_may_have_hundreds_of_headers() {
    let with = |count: usize| {
        (0..count).fold(bytes("{\"ok\":true}"), |answer, number| {
            answer.header(&format!("x-{number}"), "v")
        })
    };
    let server = serving([with(900)]).await;
    assert_verdict(&Bench::new(&server.url(), "", &get(JSON)).run("g").await, Pass, "true");
    let server = serving([with(1100)]).await;
    let verdict = Bench::new(&server.url(), "", &get(JSON)).run("g").await;
    assert_verdict(&verdict, Inconclusive, "more than 1000 headers");
    let server = serving([bytes("{}").header("x", &"v".repeat(1024 * 1024))]).await;
    let verdict = Bench::new(&server.url(), "", &get(JSON)).run("g").await;
    assert_verdict(&verdict, Inconclusive, "a head of more than 400 KiB");
}

/// A gate that polls for half a minute, when it is not stopped by something.
fn polling(request: &str, expect: &str) -> String {
    let poll = "timeout = \"2s\"\npoll = { every = \"100ms\", until = \"30s\" }";
    gate(
        "g",
        "http",
        &format!("http = {{ {request} }}\n{poll}\nexpect = [{expect}]"),
    )
}

#[tokio::test]
async fn what_cannot_mend_itself_ends_a_poll_at_once() {
    for status in [400, 401, 403, 405, 410, 415, 422, 501] {
        let server = serving([Answer::json(status, "{}")]).await;
        let since = Instant::now();
        let gate = polling("url = \"{url.api}/\"", STATUS);
        let verdict = Bench::new(&server.url(), "", &gate).run("g").await;
        assert_verdict(&verdict, Fail, &format!("Status: {status}"));
        assert!(
            verdict.summary.contains("Asking again would not change that"),
            "{}",
            verdict.summary
        );
        assert_eq!((verdict.attempts, server.requests().len()), (1, 1), "{status}");
        assert!(since.elapsed() < Duration::from_secs(10), "{status}");
    }
    // A secret that is not there, and an address that is not allowed, whether it is written or found.
    for (environment, request, words) in [
        (
            "urls = { api = \"http://127.0.0.1:1\" }\nprivate_addresses = true",
            "url = \"{url.api}/\", headers = { x = \"{secret.missing}\" }",
            "missing",
        ),
        (
            "urls = { api = \"http://127.0.0.1:1\" }",
            "url = \"{url.api}/\"",
            "not a public address",
        ),
        (
            "urls = { api = \"http://localhost:1\" }",
            "url = \"{url.api}/\"",
            "not a public address",
        ),
    ] {
        let since = Instant::now();
        let verdict = Bench::with_environment(environment, "", &polling(request, STATUS))
            .run("g")
            .await;
        assert_verdict(&verdict, Inconclusive, words);
        assert!(
            verdict.attempts <= 1 && since.elapsed() < Duration::from_secs(10),
            "{words}"
        );
    }
}

#[tokio::test]
async fn what_may_mend_itself_is_asked_again() {
    for first in [404, 408, 409, 425, 429, 500, 502, 503, 504]
        .map(|status| Answer::json(status, "{}"))
        .into_iter()
        .chain([Answer::Reset, Answer::redirect("http://elsewhere.example/")])
    {
        let server = serving([first.clone(), Answer::json(200, "{}")]).await;
        let gate = polling("url = \"{url.api}/\", redirects = 1", STATUS);
        let verdict = Bench::new(&server.url(), "", &gate).run("g").await;
        assert_verdict(&verdict, Pass, "200");
        assert_eq!(verdict.attempts, 2, "{first:?}");
    }
    // A gate that waits for a refusal waits through another one.
    for expect in [
        "{ check = \"status\", equals = 401 }",
        "{ check = \"status\", one_of = [401, 200] }",
        "{ check = \"status\", not_equals = 403 }",
    ] {
        let server = serving([Answer::json(403, "{}"), Answer::json(401, "{}")]).await;
        let gate = polling("url = \"{url.api}/\"", expect);
        let verdict = Bench::new(&server.url(), "", &gate).run("g").await;
        assert_verdict(&verdict, Pass, "401");
        assert_eq!(verdict.attempts, 2, "{expect}");
    }
}
