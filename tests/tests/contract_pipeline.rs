//! The pipeline panel's answer, against a stand-in of GitHub's API: what is said of each of its answers, and what is not.

use std::time::Duration;

use holdpoint_tests::github::{JOBS, PipelinePlace, RUNS, TOKEN, all_done, done, jobs, run, runs, sha};
use holdpoint_tests::{Answer, Folder, Options, Result, TestProxy, TestServer};
use reqwest::Method;
use serde_json::Value;
use uuid::Uuid;

fn standings(read: &Value) -> Vec<&str> {
    let stages = read["stages"].as_array().map(Vec::as_slice).unwrap_or_default();
    stages
        .iter()
        .map(|stage| stage["standing"].as_str().unwrap_or_default())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_told_stage_by_stage_for_this_very_commit() -> Result<()> {
    let place = PipelinePlace::new(true).await?;
    let a = sha('a');
    let read = place
        .told(&a, runs(&[run(&a, 7, "completed", "success".into())]), all_done(&a))
        .await?;
    let found = &read["found"];
    assert_eq!(
        (&found["found"], &found["run"]["standing"]),
        (&"run".into(), &"succeeded".into()),
        "{read}"
    );
    assert_eq!(standings(&read), ["succeeded"; 5]);
    assert_eq!(
        found["run"]["url"],
        format!("{}/org/name/actions/runs/7", place.github.url())
    );
    assert_eq!(
        (&found["run"]["actor"], &found["run"]["author"]),
        (&"alex".into(), &"Ana Author".into())
    );
    assert_eq!((&read["problem"], read["as_of"].is_string()), (&Value::Null, true));
    assert_eq!(read["guide"]["stages"][2]["effect"], "warns");
    let asked = place.github.requests();
    assert!(asked[0].contains(&format!("head_sha={a}")), "{}", asked[0]);
    assert!(asked.iter().all(|request| request.contains(&format!("Bearer {TOKEN}"))));
    assert!(!read.to_string().contains("ana@example.org") && !read.to_string().contains("javascript"));

    // The tests failed, so that the rest was left out.
    let b = sha('b');
    let steps = [
        done("success"),
        done("failure"),
        done("skipped"),
        done("skipped"),
        done("skipped"),
    ];
    let failed = place
        .told(&b, runs(&[run(&b, 7, "completed", "failure".into())]), jobs(&b, steps))
        .await?;
    assert_eq!(failed["found"]["run"]["standing"], "failed");
    assert_eq!(
        standings(&failed),
        ["succeeded", "failed", "skipped", "skipped", "skipped"]
    );
    assert_eq!(failed["guide"]["stages"][1]["scenario"], 1);

    let c = sha('c');
    let steps = [
        done("success"),
        ("in_progress", Value::Null),
        ("queued", Value::Null),
        ("queued", Value::Null),
        ("queued", Value::Null),
    ];
    let going = place
        .told(&c, runs(&[run(&c, 7, "in_progress", Value::Null)]), jobs(&c, steps))
        .await?;
    assert_eq!(going["found"]["run"]["standing"], "running");
    assert_eq!(
        standings(&going),
        ["succeeded", "running", "waiting", "waiting", "waiting"]
    );

    // Run again: the newest counts, and says that it is not the first.
    let d = sha('d');
    let mut again = run(&d, 7, "completed", "success".into());
    again["run_attempt"] = 2.into();
    again["run_started_at"] = "2026-11-27T13:00:00Z".into();
    let list = [
        run(&d, 6, "completed", "failure".into()),
        again,
        run(&d, 8, "completed", "cancelled".into()),
    ];
    let read = place.told(&d, runs(&list), all_done(&d)).await?;
    let told = &read["found"]["run"];
    assert_eq!(
        (&told["id"], &told["attempt"], &told["older"]),
        (&7.into(), &2.into(), &2.into())
    );

    let e = sha('e');
    assert_eq!(
        place.told(&e, runs(&[]), all_done(&e)).await?["found"]["found"],
        "no_run"
    );
    // Jobs of another commit are none of this run.
    let f = sha('f');
    let other = place
        .told(&f, runs(&[run(&f, 7, "completed", "success".into())]), all_done(&a))
        .await?;
    assert_eq!(standings(&other), ["unclear"; 5]);
    assert!(!place.proxy.output().contains(TOKEN));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_github_does_not_say_is_not_known_and_never_green() -> Result<()> {
    let place = PipelinePlace::new(true).await?;
    let other = run(&sha('f'), 7, "completed", "success".into());
    let elsewhere = TestServer::answering([Answer::json(200, "{}")]).await?;
    let answers = [
        ("401", Answer::json(401, "{}"), "unauthorized"),
        ("403", Answer::json(403, "{}"), "forbidden"),
        ("404", Answer::json(404, "{}"), "not_found"),
        ("500", Answer::json(500, TOKEN), "unavailable"),
        ("hang", Answer::Hang, "timed_out"),
        ("drip", Answer::Drip, "timed_out"),
        ("reset", Answer::Reset, "unreachable"),
        ("no JSON", Answer::json(200, TOKEN), "unreadable"),
        ("other JSON", Answer::json(200, "{\"total_count\": 1}"), "unreadable"),
        ("endless", Answer::Flood, "too_large"),
        (
            "redirect",
            Answer::redirect(format!("{}/x", elsewhere.url())),
            "redirect",
        ),
        ("another commit", runs(&[other]), "other_commit"),
    ];
    for (at, (name, answer, code)) in answers.into_iter().enumerate() {
        let sha = format!("{at:040x}");
        let read = place.told(&sha, answer, all_done(&sha)).await?;
        assert_eq!(
            (&read["found"]["found"], &read["problem"]["code"]),
            (&"unknown".into(), &code.into()),
            "{name}: {read}"
        );
        assert_eq!(standings(&read), [""; 0], "{name}");
        assert!(
            read["as_of"].is_null() && read["guide"]["never"].as_array().is_some_and(|never| never.len() == 4),
            "{name}"
        );
    }
    assert_eq!(elsewhere.requests().len(), 0);
    // The run is there, and its jobs are not.
    let read = place
        .told(
            &sha('a'),
            runs(&[run(&sha('a'), 7, "completed", "success".into())]),
            Answer::json(502, "{}"),
        )
        .await?;
    assert_eq!(
        (&read["found"]["found"], &read["problem"]["code"]),
        (&"run".into(), &"unavailable".into()),
        "{read}"
    );
    assert_eq!(standings(&read), ["unclear"; 5]);
    // GitHub says of a secondary limit in the body alone.
    let limit = Answer::json(403, "{\"message\": \"You have exceeded a secondary rate limit.\"}");
    let read = place.told(&sha('b'), limit, all_done(&sha('b'))).await?;
    assert_eq!(read["problem"]["code"], "rate_limited", "{read}");
    assert!(!place.proxy.output().contains(TOKEN));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_hash_is_resolved_first_or_said_not_to_be() -> Result<()> {
    let place = PipelinePlace::new(true).await?;
    let whole = format!("abcdef1{}", "0".repeat(33));
    place.github.set(
        "/repos/org/name/commits/abcdef1",
        Answer::new(200, "text/plain", whole.clone()),
    );
    let read = place
        .told(
            "abcdef1",
            runs(&[run(&whole, 7, "completed", "success".into())]),
            all_done(&whole),
        )
        .await?;
    assert_eq!(read["found"]["run"]["head_sha"], whole, "{read}");
    // A branch may have the name of a hash; several commits may begin with one.
    place.github.set(
        "/repos/org/name/commits/abcdef2",
        Answer::new(200, "text/plain", whole.clone()),
    );
    place
        .github
        .set("/repos/org/name/commits/abcdef3", Answer::json(422, "{}"));
    for short in ["abcdef2", "abcdef3"] {
        let session = place.session(short).await?;
        let read = place.read(session).await?;
        assert_eq!(
            (&read["found"]["found"], &read["problem"]["code"]),
            (&"unknown".into(), &"commit".into()),
            "{short}: {read}"
        );
    }
    let asked = place.github.requests().len();
    // A hash of SHA-256 is none that GitHub knows.
    let session = place.session(&"a".repeat(64)).await?;
    assert_eq!(place.read(session).await?["found"]["why"], "not_a_commit");
    assert_eq!(place.github.requests().len(), asked);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn however_many_look_github_is_asked_once_and_then_only_for_what_changed() -> Result<()> {
    let place = PipelinePlace::new(true).await?;
    let a = sha('a');
    let unchanged = Answer::Respond {
        status: 304,
        headers: Vec::new(),
        body: Vec::new(),
        after: Duration::ZERO,
    };
    let first = runs(&[run(&a, 7, "in_progress", Value::Null)])
        .header("etag", "\"one\"")
        .after(Duration::from_millis(300));
    place.github.set_all(RUNS, [first, unchanged.clone()]);
    place
        .github
        .set_all(JOBS, [all_done(&a).header("etag", "\"two\""), unchanged]);
    let session = place.session(&a).await?;
    let looked = futures::future::join_all((0..60).map(|_| place.read(session))).await;
    for read in looked {
        assert_eq!(read?["found"]["run"]["standing"], "running");
    }
    // Another session of the same commit asks the same question.
    let other = place.session(&a).await?;
    let before = place.read(other).await?;
    assert_eq!((place.github.requests_to(RUNS), place.github.requests_to(JOBS)), (1, 1));
    tokio::time::sleep(Duration::from_secs(11)).await;
    let after = place.read(session).await?;
    assert_eq!(after["found"], before["found"]);
    assert!(
        after["problem"].is_null() && after["as_of"].as_str() > before["as_of"].as_str(),
        "{after}"
    );
    let asked = place.github.requests();
    assert!(
        asked
            .iter()
            .any(|request| request.to_lowercase().contains("if-none-match: \"one\""))
    );
    assert!(
        asked
            .iter()
            .any(|request| request.to_lowercase().contains("if-none-match: \"two\""))
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_and_goes_away_is_no_reason_to_ask_again() -> Result<()> {
    let place = PipelinePlace::new(true).await?;
    let a = sha('a');
    let slow = runs(&[run(&a, 7, "in_progress", Value::Null)]).after(Duration::from_millis(800));
    place.github.set(RUNS, slow);
    place.github.set(JOBS, all_done(&a));
    let session = place.session(&a).await?;
    for _ in 0..3 {
        let gone = tokio::time::timeout(Duration::from_millis(200), place.read(session)).await;
        assert!(gone.is_err(), "the answer is slower than whoever asks waits");
    }
    assert_eq!(place.read(session).await?["found"]["run"]["standing"], "running");
    assert_eq!((place.github.requests_to(RUNS), place.github.requests_to(JOBS)), (1, 1));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn github_is_left_alone_for_as_long_as_it_asks_and_the_last_answer_stays_with_its_time() -> Result<()> {
    let place = PipelinePlace::new(true).await?;
    let a = sha('a');
    let limited = Answer::json(403, "{}").header("retry-after", "600");
    let first = runs(&[run(&a, 7, "in_progress", Value::Null)]);
    place.github.set_all(RUNS, [first, limited]);
    place.github.set(JOBS, all_done(&a));
    let session = place.session(&a).await?;
    let before = place.read(session).await?;
    // Another commit is answered with the limit, which counts for the whole environment.
    let other = place.session(&sha('b')).await?;
    let limited = place.read(other).await?;
    assert_eq!(
        (&limited["found"]["found"], &limited["problem"]["code"]),
        (&"unknown".into(), &"rate_limited".into())
    );
    tokio::time::sleep(Duration::from_secs(11)).await;
    let after = place.read(session).await?;
    assert_eq!((&after["found"], &after["as_of"]), (&before["found"], &before["as_of"]));
    assert_eq!(after["problem"]["code"], "rate_limited");
    assert_eq!(place.github.requests_to(RUNS), 2);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn private_addresses_are_refused_and_environments_without_a_pipeline_have_none() -> Result<()> {
    let place = PipelinePlace::new(false).await?;
    let session = place.session(&sha('a')).await?;
    let read = place.read(session).await?;
    assert_eq!(read["problem"]["code"], "unreachable", "{read}");
    assert!(
        read["problem"]["message"]
            .as_str()
            .is_some_and(|said| said.contains("not public")),
        "{read}"
    );
    assert_eq!(place.github.requests().len(), 0);

    let folder = Folder::new("http://127.0.0.1:9")?;
    let proxy = TestProxy::start(Options::default().runbooks(folder.path())).await?;
    let client = proxy.sign_in().await?;
    let session = client.begin("demo", "release", "test").await?;
    let answer = client
        .request(Method::GET, &format!("/api/sessions/{session}/pipeline"))
        .send()
        .await?;
    assert_eq!(answer.status(), 404);
    let unknown = format!("/api/sessions/{}/pipeline", Uuid::now_v7());
    assert_eq!(client.request(Method::GET, &unknown).send().await?.status(), 404);
    assert_eq!(
        reqwest::get(format!("{}/api/sessions/{session}/pipeline", proxy.url()))
            .await?
            .status(),
        401
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rehearsal_asks_nothing_and_explains_all_the_same() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let session = client.begin("golden-release", "golden-release", "rehearsal").await?;
    let answer = client
        .request(Method::GET, &format!("/api/sessions/{session}/pipeline"))
        .send()
        .await?;
    let read: Value = answer.json().await?;
    assert_eq!(
        (&read["found"]["found"], &read["found"]["why"]),
        (&"not_asked".into(), &"rehearsal".into()),
        "{read}"
    );
    assert_eq!(read["guide"]["stages"].as_array().map(Vec::len), Some(5));
    assert!(read["as_of"].is_null() && read["problem"].is_null());
    Ok(())
}
