//! What results say to people, and what never gets into them.

use super::evaluating::{check_all, evaluate, evaluate_with, expectation, http, sql, values};
use crate::evaluate::{Observation, TEXT_KEPT, summary, unanswered, verdict_outcome};
use holdpoint_domain::gate::Outcome::{Fail, Inconclusive, Pass};

#[test]
fn large_numbers_are_not_rounded_into_equality() {
    let body = br#"{"n": 9007199254740993, "f": 9007199254740992.0}"#;
    check_all(&[
        (
            "check = 'json'; path = '$.n'; equals = 9007199254740993",
            http(200, body),
            Pass,
            "9007199254740993",
        ),
        (
            "check = 'json'; path = '$.n'; equals = 9007199254740992",
            http(200, body),
            Fail,
            "9007199254740993",
        ),
        (
            "check = 'json'; path = '$.f'; equals = 9007199254740993",
            http(200, body),
            Fail,
            "9007199254740992",
        ),
    ]);
}

#[test]
fn sentences_name_what_failed() {
    let of = |text: &str, observation: &Observation| summary(&evaluate(&[expectation(text)], observation, &values()));
    assert_eq!(
        of("check = 'status'; equals = 200", &http(503, b"")),
        "Status: 503; expected: 200."
    );
    assert_eq!(
        of("check = 'status'; equals = 200", &http(200, b"")),
        "Status: 200, as expected."
    );
    assert_eq!(
        of(
            "check = 'rows'; equals = 1; label = 'Signatures of queue_job'",
            &sql(&[])
        ),
        "Signatures of queue_job: 0; expected: 1."
    );
    assert_eq!(
        of("check = 'body'; contains = 'a'", &http(200, b"a")),
        "All 2 checks hold."
    );
    assert_eq!(
        of("check = 'json'; path = '$.a'; equals = 1", &http(200, b"")),
        "Could not compare $.a: the body is empty; expected: 1."
    );
    assert_eq!(summary(&[]), "The gate compares nothing, so it proves nothing.");
}

#[test]
fn without_an_answer_nothing_is_compared() {
    let results = unanswered(&[expectation("check = 'status'; equals = 200")], "no answer");
    assert_eq!(verdict_outcome(&results), Inconclusive);
    assert_eq!(
        (results[0].expected.as_str(), results[0].observed.as_str()),
        ("200", "no answer")
    );
}

#[test]
fn what_is_shown_is_redacted_before_it_is_shortened() {
    let body = format!("{}hunter2-hunter2", "x".repeat(TEXT_KEPT - 6));
    let redact = |text: &str| text.replace("hunter2-hunter2", "••••••");
    let expectations = [expectation("check = 'body'; contains = 'y'")];
    let results = evaluate_with(&expectations, &http(200, body.as_bytes()), &values(), &redact);
    assert!(
        results.iter().all(|result| !result.observed.contains("hun")),
        "{results:?}"
    );
}
