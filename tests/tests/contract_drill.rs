//! A drill over HTTP: its faults strike in its session alone, its plan is readable by nobody before the end, and both survive a
//! restart.

use std::fs;
use std::path::Path;
use std::process::Command;

use holdpoint_domain::drill::{DecidedBy, DrillScore, NoticedBy};
use holdpoint_domain::session::{ClientCommand, SessionId, SessionOutcome};
use holdpoint_domain::wire::{ChooseDrill, DrillHistory, DrillOffer, StartSession};
use holdpoint_tests::{Client, DriverError, Options, Result, TestProxy};
use reqwest::Method;
use serde_json::Value;

const RUNBOOK: &str = "# Demo\n\n## Release procedure\n<!-- holdpoint: procedure id=release kind=release order=sequential \
                       rollback=back -->\n\n### STEP 1: LOOK\n<!-- holdpoint: id=look gate=site -->\n\nLook at the site.\n\n\
                       ### STEP 2: ANNOUNCE\n<!-- holdpoint: id=announce -->\n\nTell everybody.\n\n\
                       ## Back procedure\n<!-- holdpoint: procedure id=back kind=rollback order=any -->\n\n\
                       - [ ] Put the old version back <!-- holdpoint: id=put -->\n";

const GATES: &str = "[environments.test]\ntitle = \"Test\"\nurls = { site = \"https://site.example\" }\n\n\
                     [gates.site]\ntitle = \"The site answers\"\nkind = \"http\"\nhttp = { url = \"{url.site}/health\" }\n\
                     expect = [{ check = \"status\", equals = 200 }]\n";

const REHEARSAL: &str = "[faults.outage]\ntitle = \"A complete outage\"\ndescription = \"The site is gone.\"\n\
                         answers.site = { status = 503 }\n\n\
                         [[drill]]\nid = \"dark\"\ntitle = \"Lights out\"\ndescription = \"Something goes out.\"\n\
                         faults = [{ fault = \"outage\" }]\n\n\
                         [[drill]]\nid = \"late\"\ntitle = \"A late failure\"\ndescription = \"Something goes out late.\"\n\
                         faults = [{ fault = \"site:refused\", window = [\"20h\", \"24h\"] }]\n";

/// What gives the plan away.
const SECRETS: [&str; 5] = ["outage", "our-seed", "after_seconds", "\"salt\"", "\"faults\":["];

fn runbooks() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in [
        ("demo.md", RUNBOOK),
        ("gates.toml", GATES),
        ("rehearsal.toml", REHEARSAL),
    ] {
        fs::write(folder.path().join(name), text).expect("it can be written");
    }
    folder
}

async fn drill(client: &Client, id: Option<&str>) -> Result<SessionId> {
    let drill = ChooseDrill {
        id: id.map(str::to_owned),
        seed: Some("our-seed".to_owned()),
    };
    let start = StartSession {
        drill: Some(drill),
        ..client.start_of("demo", "release", "test").await?
    };
    client.start(&start).await?;
    Ok(start.session)
}

async fn read<T: serde::de::DeserializeOwned>(client: &Client, path: &str) -> Result<T> {
    let answer = client.request(Method::GET, path).send().await?;
    assert_eq!(answer.status().as_u16(), 200, "{path}");
    Ok(answer.json().await?)
}

/// Runs the gate of the first step, and gives its outcome.
async fn look(client: &Client, session: SessionId) -> Result<String> {
    Ok(client.verdict_of(session, "release/look", "site").await?.outcome)
}

/// Everything that a captain can read of a session.
async fn told(client: &Client, session: SessionId) -> Result<Vec<(String, String)>> {
    let mut all = Vec::new();
    let of = |rest: &str| format!("/api/sessions/{session}{rest}");
    for path in [
        of(""),
        of("/events"),
        of("/status"),
        of("/drill"),
        of("/export?format=json"),
        of("/export?format=md"),
        of("/gates/site/declaration"),
        "/api/sessions".to_owned(),
        "/api/runbooks/demo/drills".to_owned(),
        format!("/watch/{session}"),
    ] {
        let answer = client.request(Method::GET, &path).send().await?;
        assert_eq!(answer.status().as_u16(), 200, "{path}");
        all.push((path, answer.text().await?));
    }
    Ok(all)
}

async fn nobody_is_told(client: &Client, session: SessionId) -> Result<()> {
    for (path, text) in told(client, session).await? {
        // What people are told of a running drill's faults is the empty list of its score.
        let text = text.replace("\"faults\":[]", "");
        for secret in SECRETS {
            assert!(!text.contains(secret), "{path} tells “{secret}” before the end");
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drill_strikes_in_its_session_alone_and_is_told_at_its_end_also_after_a_restart() -> Result<()> {
    let folder = runbooks();
    let mut proxy = TestProxy::start(Options::rehearsal().runbooks(folder.path())).await?;
    let client = proxy.sign_in().await?;
    let offers: Vec<DrillOffer> = read(
        &client,
        "/api/rehearsal/drills?runbook=demo&procedure=release&environment=test",
    )
    .await?;
    let ids: Vec<_> = offers.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(ids, ["dark", "late"]);
    let of_rollback: Vec<DrillOffer> = read(
        &client,
        "/api/rehearsal/drills?runbook=demo&procedure=back&environment=test",
    )
    .await?;
    assert_eq!(of_rollback, [], "no gate, nothing to strike at");

    let session = drill(&client, Some("dark")).await?;
    let other = client.begin("demo", "release", "test").await?;
    assert_eq!(
        look(&client, other).await?,
        "pass",
        "another rehearsal at the same time"
    );
    let brief = client.brief(session).await?;
    assert!(brief.rehearsal && brief.drill);
    assert!(!client.brief(other).await?.drill);
    nobody_is_told(&client, session).await?;
    assert_eq!(look(&client, session).await?, "fail", "it struck at once");
    assert!(
        !client.faults().await?.iter().any(|fault| fault.on),
        "no fault is switched on for everybody"
    );
    nobody_is_told(&client, session).await?;

    // A second start of the same session, with another drill, is refused and changes nothing of its plan.
    let again = StartSession {
        session,
        drill: Some(ChooseDrill {
            id: Some("late".to_owned()),
            seed: None,
        }),
        ..client.start_of("demo", "release", "test").await?
    };
    assert!(matches!(
        client.start(&again).await,
        Err(DriverError::Refused { status: 409, .. })
    ));
    assert_eq!(look(&client, session).await?, "fail", "its plan is what it was");

    proxy.restart().await?;
    let client = proxy.sign_in().await?;
    assert_eq!(look(&client, session).await?, "fail", "the same after a restart");
    assert_eq!(client.history(other).await?.standing(), "go");
    nobody_is_told(&client, session).await?;

    let rollback = client.begin_rollback(session, "back").await?;
    assert!(client.brief(rollback).await?.drill, "what undoes a drill is part of it");
    client.close(session, SessionOutcome::RolledBack).await?;
    let events = serde_json::to_value(client.events(session, 0).await?).expect("JSON");
    let kinds: Vec<_> = events
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| &one["event"]["type"])
        .collect();
    assert_eq!(kinds[kinds.len() - 2..], ["drill_revealed", "session_closed"]);
    client.close(rollback, SessionOutcome::Abandoned).await?;

    let score: DrillScore = read(&client, &format!("/api/sessions/{session}/drill")).await?;
    let fault = &score.faults[0];
    assert_eq!(
        (score.seed.as_deref(), fault.planned.fault.as_str()),
        (Some("our-seed"), "outage")
    );
    assert!(matches!(
        fault.noticed.as_ref().map(|noticed| &noticed.by),
        Some(NoticedBy::Gate { gate, .. }) if gate == "site"
    ));
    let decided = fault.decided.as_ref().expect("a rollback was started");
    assert_eq!((decided.by, fault.roll_back_seconds), (DecidedBy::RollBack, None));
    assert_eq!(
        score.turns.len(),
        3,
        "two retries without effect, and a rollback that was given up: {:?}",
        score.turns
    );
    let history: DrillHistory = read(&client, "/api/runbooks/demo/drills").await?;
    assert_eq!(history.drills.len(), 1, "its rollback is no drill of its own");
    assert_eq!(history.drills[0].environment, "test", "it is repeated where it was");
    assert_eq!(
        (history.drills[0].session, history.drills[0].drill.as_deref()),
        (session, Some("dark"))
    );

    let export = client.export(session, "json").await?;
    let file = folder.path().join("export.json");
    fs::write(&file, export).expect("it can be written");
    let verified = Command::new(TestProxy::program()?).arg("verify").arg(&file).output();
    assert!(
        verified.expect("it runs").status.success(),
        "the log of a drill verifies"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drill_that_is_drawn_has_no_name_until_its_end_and_one_that_is_refused_leaves_nothing() -> Result<()> {
    let folder = runbooks();
    let proxy = TestProxy::start(Options::rehearsal().runbooks(folder.path())).await?;
    let client = proxy.sign_in().await?;
    let session = drill(&client, None).await?;
    for (path, text) in told(&client, session).await? {
        for name in ["Lights out", "A late failure"] {
            assert!(!text.contains(name), "{path} names the drill");
        }
    }
    client.close(session, SessionOutcome::Abandoned).await?;
    let score: DrillScore = read(&client, &format!("/api/sessions/{session}/drill")).await?;
    assert!(score.title.is_some());

    for (choice, status, code) in [
        (serde_json::json!({"id": "nothing"}), 404, "not_found"),
        (serde_json::json!({"seed": " "}), 400, "malformed"),
        (serde_json::json!({"plan": []}), 400, "malformed"),
    ] {
        let mut start = serde_json::to_value(client.start_of("demo", "release", "test").await?).expect("JSON");
        start["drill"] = choice.clone();
        let refused = client
            .request(Method::POST, "/api/sessions")
            .json(&start)
            .send()
            .await?;
        assert_eq!(refused.status().as_u16(), status, "{choice}");
        let body: Value = refused.json().await?;
        assert_eq!(body["error"]["code"], code, "{choice}");
    }
    // A start that the rules refuse after the plan was drawn.
    let wrong = StartSession {
        version: String::new(),
        drill: Some(ChooseDrill::default()),
        ..client.start_of("demo", "release", "test").await?
    };
    assert!(matches!(client.start(&wrong).await, Err(DriverError::Refused { .. })));
    assert_eq!(plans(proxy.data()), 0, "no plan is left");

    let other = client.begin("demo", "release", "test").await?;
    let none = client
        .request(Method::GET, &format!("/api/sessions/{other}/drill"))
        .send()
        .await?;
    assert_eq!(none.status().as_u16(), 404, "a rehearsal that is no drill");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gate_of_a_drill_whose_plan_is_lost_is_not_asked_and_the_session_can_be_closed() -> Result<()> {
    let folder = runbooks();
    let proxy = TestProxy::start(Options::rehearsal().runbooks(folder.path())).await?;
    let client = proxy.sign_in().await?;
    let session = drill(&client, Some("late")).await?;
    let kept = proxy.data().join("rehearsal/drills").join(format!("{session}.json"));
    let text = fs::read_to_string(&kept).expect("a plan is kept");
    fs::write(&kept, text.replace("our-seed", "other-seed")).expect("it can be written");
    assert_eq!(look(&client, session).await?, "inconclusive", "fail-closed");
    client.close(session, SessionOutcome::Abandoned).await?;
    let score: DrillScore = read(&client, &format!("/api/sessions/{session}/drill")).await?;
    assert_eq!(
        (score.seed, score.faults.len()),
        (None, 0),
        "nothing is said of faults that are not known"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_could_not_be_followed_is_listed_for_the_author() -> Result<()> {
    let folder = runbooks();
    let proxy = TestProxy::start(Options::rehearsal().runbooks(folder.path())).await?;
    let client = proxy.sign_in().await?;
    let session = client.begin("demo", "release", "test").await?;
    let step = "release/announce".to_owned();
    let reason = "Whom do I tell?".to_owned();
    client
        .command(session, ClientCommand::MarkNotFollowed { step, reason })
        .await?;
    let history: DrillHistory = read(&client, "/api/runbooks/demo/drills").await?;
    let told = &history.not_followed[0];
    assert_eq!(
        (told.session, told.label.as_str(), told.reason.as_str()),
        (session, "2 ANNOUNCE", "Whom do I tell?")
    );
    assert_eq!(client.brief(session).await?.not_followed, 1);
    Ok(())
}

fn plans(data: &Path) -> usize {
    fs::read_dir(data.join("rehearsal/drills")).map_or(0, Iterator::count)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shipped_drills_can_strike_in_the_golden_release() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let path = "/api/rehearsal/drills?runbook=golden-release&procedure=golden-release&environment=rehearsal";
    let offers: Vec<DrillOffer> = read(&client, path).await?;
    let ids: Vec<_> = offers.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(ids, ["contract-drift", "bad-deploy", "two-at-once"]);
    Ok(())
}
