//! Notifications through the whole proxy: who is told what, once, in order, and whatever the receiver does.

mod place;

use std::process::{Command, Output};
use std::time::{Duration, Instant};

use holdpoint_domain::session::{ClientCommand, SessionOutcome};
use holdpoint_tests::{Answer, DriverError, Options, Result, TestProxy, TestServer};
use reqwest::Method;
use serde_json::Value;

use place::{KEY, PATH, PATIENCE, PRIVATE, PUBLIC, Place, events, room, signed_in, statuses, until_status};

#[tokio::test(flavor = "multi_thread")]
async fn a_release_is_told_once_in_order_signed_and_in_the_watch_pages_words() -> Result<()> {
    let place = Place::new(&room(PRIVATE), [Answer::json(200, "ok")]).await?;
    let (mut proxy, client) = place
        .start(place.options().argument("--public-url").argument(PUBLIC))
        .await?;
    let session = client.begin_and_hold().await?;
    // The same failure once more is no news.
    client.run_gate(session, "release/verify", "health").await?;
    let again = |history: &holdpoint_tests::History| history.records().len() >= 8;
    client.until(session, "the second failure", PATIENCE, again).await?;
    let rollback = client.begin_rollback(session, "undo").await?;
    client.tick(rollback, "undo/back").await?;
    client.close(rollback, SessionOutcome::Completed).await?;
    client.close(session, SessionOutcome::RolledBack).await?;

    let messages = place.requests(5).await?;
    assert_eq!(
        events(&messages),
        ["started", "on_hold", "rollback_started", "rollback_finished", "closed"]
    );
    let hold = &messages[1];
    let status = client.request(Method::GET, &format!("/api/sessions/{session}/status"));
    let status: Value = status.send().await?.json().await?;
    assert_eq!(hold.body["title"], status["title"]);
    assert_eq!(
        (&hold.body["headline"], &hold.body["tone"]),
        (&"ON HOLD".into(), &"hold".into())
    );
    assert!(
        hold.body["sentence"]
            .as_str()
            .is_some_and(|text| text.contains("A check has not passed."))
    );
    assert_eq!(hold.body["watch"], format!("{PUBLIC}/watch/{session}"));
    assert_eq!(
        (&hold.body["commit"], &hold.body["environment"]),
        (&"a1b2c3d4".into(), &"test".into())
    );
    assert_eq!(messages[4].body["headline"], "ROLLED BACK");
    assert_eq!(messages[3].body["undoes"], session.to_string());
    for message in &messages {
        let signed = format!("{}.{}", message.header("x-holdpoint-timestamp"), message.text);
        assert_eq!(
            message.header("x-holdpoint-signature"),
            format!("sha256={}", hmac(KEY, &signed))
        );
        assert_eq!(message.header("x-holdpoint-delivery"), message.body["delivery"]);
    }
    let ids: std::collections::BTreeSet<&str> = messages.iter().map(|one| one.header("x-holdpoint-delivery")).collect();
    assert_eq!(ids.len(), 5);
    assert!(ids.contains(format!("room.{session}.1").as_str()), "{ids:?}");
    let metrics = client.request(Method::GET, "/metrics").send().await?.text().await?;
    assert!(
        metrics.contains("holdpoint_notifications_total{target=\"room\",outcome=\"delivered\"} 5"),
        "{metrics}"
    );

    // What was told is not told again, and what happens next is.
    proxy.restart().await?;
    let client = signed_in(&proxy).await?;
    client.begin("demo", "release", "test").await?;
    let messages = place.requests(6).await?;
    assert_eq!((messages.len(), messages[5].event()), (6, "started"));
    assert_silent(&proxy);
    Ok(())
}

/// Nothing that the proxy printed has the webhook's address or the key in it.
fn assert_silent(proxy: &TestProxy) {
    let output = proxy.output();
    assert!(!output.contains("s3cret-path") && !output.contains(KEY), "{output}");
}

/// HMAC-SHA256 by RFC 2104, apart from the proxy's.
fn hmac(key: &str, text: &str) -> String {
    use sha2::{Digest, Sha256};
    let mut block = [0u8; 64];
    block[..key.len()].copy_from_slice(key.as_bytes());
    let padded = |pad: u8| block.map(|byte| byte ^ pad);
    let inner = Sha256::new().chain_update(padded(0x36)).chain_update(text).finalize();
    let outer = Sha256::new().chain_update(padded(0x5c)).chain_update(inner).finalize();
    outer.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happened_before_a_target_was_declared_is_not_told() -> Result<()> {
    let place = Place::new("", [Answer::json(200, "ok")]).await?;
    let (mut proxy, client) = place.start(place.options()).await?;
    let session = client.begin_and_hold().await?;
    place.folder.write("notifications.toml", &room(PRIVATE))?;
    proxy.restart().await?;
    let client = signed_in(&proxy).await?;
    client.close(session, SessionOutcome::Abandoned).await?;
    let messages = place.requests(1).await?;
    assert_eq!(events(&messages), ["closed"]);
    // Nothing is known of where people reach the proxy, and that is said.
    assert_eq!(messages[0].body["watch"], Value::Null);
    assert!(proxy.output().contains("--public-url"), "{}", proxy.output());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_fails_hangs_breaks_off_or_asks_to_wait_is_told_again_under_the_same_id() -> Result<()> {
    let later = Answer::json(429, "{}").header("retry-after", "2");
    for (name, first, least) in [
        ("fails", Answer::json(500, "no"), Duration::from_millis(450)),
        ("hangs", Answer::Hang, Duration::from_millis(1400)),
        ("breaks off", Answer::Reset, Duration::from_millis(450)),
        ("asks to wait", later, Duration::from_millis(1950)),
    ] {
        let place = Place::new(&room(PRIVATE), [first, Answer::json(200, "ok")]).await?;
        let (proxy, client) = place.start(place.options()).await?;
        let session = client.begin("demo", "release", "test").await?;
        place.requests(1).await?;
        let since = Instant::now();
        // No release waits for a receiver, and what comes next waits for its turn.
        client.close(session, SessionOutcome::Abandoned).await?;
        let messages = place.requests(3).await?;
        assert_eq!(events(&messages), ["started", "started", "closed"], "{name}");
        let ids: Vec<&str> = messages.iter().map(|one| one.header("x-holdpoint-delivery")).collect();
        assert!(ids[0] == ids[1] && ids[1] != ids[2], "{name}: {ids:?}");
        assert!(since.elapsed() >= least, "{name}: {:?}", since.elapsed());
        let status = until_status(&client, "both deliveries", |status| status["delivered"] == 2).await?;
        assert_eq!(
            (&status["failed_attempts"], &status["given_up"]),
            (&1.into(), &0.into()),
            "{name}"
        );
        assert_eq!(
            (&status["state"], &status["last_error"]),
            (&"waiting".into(), &Value::Null),
            "{name}"
        );
        assert_silent(&proxy);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_is_not_followed_and_the_message_is_given_up_and_said_so() -> Result<()> {
    let elsewhere = TestServer::answering([Answer::json(200, "ok")]).await?;
    let away = Answer::redirect(format!("{}/elsewhere", elsewhere.url()));
    let place = Place::new(&room(PRIVATE), [away]).await?;
    let (mut proxy, client) = place.start(place.options()).await?;
    client.begin("demo", "release", "test").await?;
    let status = until_status(&client, "the giving up", |status| status["given_up"] == 1).await?;
    assert!(
        status["given_up_why"]
            .as_str()
            .is_some_and(|why| why.contains("redirect")),
        "{status}"
    );
    assert_eq!((elsewhere.requests().len(), place.receiver.requests_to(PATH)), (0, 1));
    assert!(
        proxy.output().contains("a notification was given up"),
        "{}",
        proxy.output()
    );
    let metrics = client.request(Method::GET, "/metrics").send().await?.text().await?;
    assert!(
        metrics.contains("holdpoint_notifications_total{target=\"room\",outcome=\"given_up\"} 1"),
        "{metrics}"
    );
    assert_silent(&proxy);
    // The next proxy still says so, and does not try it again.
    proxy.restart().await?;
    let client = signed_in(&proxy).await?;
    assert_eq!(statuses(&client).await?["given_up"], 1);
    assert_eq!(place.receiver.requests_to(PATH), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn private_addresses_are_refused_unless_declared() -> Result<()> {
    // By TLS, because plain HTTP is refused earlier.
    let place = Place::new(&room("timeout = \"1s\""), [Answer::json(200, "ok")]).await?;
    let url = format!("https://localhost:{}{PATH}", place.receiver.address().port());
    let (proxy, client) = place.start(place.with_url(&url)).await?;
    client.begin("demo", "release", "test").await?;
    let status = until_status(&client, "the giving up", |status| status["given_up"] == 1).await?;
    assert!(
        status["given_up_why"]
            .as_str()
            .is_some_and(|why| why.contains("not public")),
        "{status}"
    );
    assert_eq!(place.receiver.requests().len(), 0);
    assert_silent(&proxy);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rehearsal_is_told_to_nobody_who_did_not_ask_for_it() -> Result<()> {
    let answers = || [Answer::json(200, "ok")];
    let place = Place::new(&room(PRIVATE), answers()).await?;
    let options = |place: &Place| {
        Options::rehearsal()
            .runbooks(place.folder.path())
            .environment("ROOM_URL", format!("{}{PATH}", place.receiver.url()))
            .environment("ROOM_KEY", KEY)
    };
    let (_proxy, client) = place.start(options(&place)).await?;
    assert_eq!(statuses(&client).await?["state"], "off");
    client.begin("demo", "release", "test").await?;

    let told = Place::new(&room(&format!("{PRIVATE}\nrehearsals = true")), answers()).await?;
    let (_other, client) = told.start(options(&told)).await?;
    client.begin("demo", "release", "test").await?;
    let messages = told.requests(1).await?;
    assert_eq!(
        (messages[0].event(), &messages[0].body["rehearsal"]),
        ("started", &true.into())
    );
    assert_eq!(place.receiver.requests().len(), 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_stops_waits_for_no_receiver_and_the_next_one_goes_on() -> Result<()> {
    let place = Place::new(
        &room(PRIVATE),
        [
            Answer::json(503, "{}").header("retry-after", "600"),
            Answer::json(200, "ok"),
        ],
    )
    .await?;
    let (mut proxy, client) = place.start(place.options()).await?;
    client.begin("demo", "release", "test").await?;
    until_status(&client, "the pause", |status| status["state"] == "retrying").await?;
    let since = Instant::now();
    assert!(proxy.stop()?.success());
    assert!(since.elapsed() < Duration::from_secs(10), "{:?}", since.elapsed());
    proxy.restart().await?;
    let messages = place.requests(2).await?;
    assert_eq!(
        messages[0].header("x-holdpoint-delivery"),
        messages[1].header("x-holdpoint-delivery")
    );
    Ok(())
}

fn holdpoint(place: &Place, arguments: &[&str]) -> Result<Output> {
    let mut command = Command::new(TestProxy::program()?);
    command.args(arguments).arg("--runbooks").arg(place.folder.path());
    command.env("ROOM_URL", format!("{}{PATH}", place.receiver.url()));
    command.env("ROOM_KEY", KEY);
    command.output().map_err(|source| DriverError::Io {
        doing: "running holdpoint".to_owned(),
        source,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_can_be_tried_and_a_broken_file_is_told_with_its_place() -> Result<()> {
    let place = Place::new(&room(PRIVATE), [Answer::json(204, ""), Answer::json(404, "gone")]).await?;
    let tried = holdpoint(&place, &["notify", "--test", "room"])?;
    assert!(tried.status.success(), "{tried:?}");
    let messages = place.requests(1).await?;
    assert_eq!(
        (messages[0].event(), &messages[0].body["headline"]),
        ("test", &"TEST".into())
    );
    let refused = holdpoint(&place, &["notify", "--test", "room"])?;
    let said = String::from_utf8_lossy(&refused.stdout).into_owned();
    assert!(refused.status.code() == Some(1) && said.contains("404"), "{refused:?}");
    assert!(!said.contains("s3cret-path"), "{said}");
    let unknown = holdpoint(&place, &["notify", "--test", "rom"])?;
    let said = String::from_utf8_lossy(&unknown.stderr).into_owned();
    assert!(
        unknown.status.code() == Some(2) && said.contains("did you mean room?"),
        "{said}"
    );

    place.folder.write(
        "notifications.toml",
        "[targets.room]\nkind = \"slack\"\nurl = \"https://hooks.example/s3cret-path\"\n",
    )?;
    let lint = Command::new(TestProxy::program()?)
        .arg("lint")
        .arg(place.folder.path())
        .output();
    let lint = lint.map_err(|source| DriverError::Io {
        doing: "running holdpoint".to_owned(),
        source,
    })?;
    let said = String::from_utf8_lossy(&lint.stdout).into_owned();
    assert!(said.contains("notifications.toml:3:7: error: "), "{said}");
    assert!(lint.status.code() == Some(1) && !said.contains("s3cret-path"), "{said}");
    Ok(())
}

const CAUTIOUS: &str = "# Cautious

## Release
<!-- holdpoint: procedure id=release kind=release order=sequential -->

### STEP 1: VERIFY
<!-- holdpoint: id=verify gate=health on_fail=caution -->

Ask the service.

### STEP 2: ANNOUNCE
<!-- holdpoint: id=announce -->

Tell everybody.
";

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_that_is_lifted_and_a_decision_to_go_on_are_told_as_what_they_led_to() -> Result<()> {
    let place = Place::new(&room(PRIVATE), [Answer::json(200, "ok")]).await?;
    place.folder.write("cautious.md", CAUTIOUS)?;
    let (_proxy, client) = place.start(place.options()).await?;
    // One goes on without a pass.
    let session = client.begin("cautious", "release", "test").await?;
    client.run_gate(session, "release/verify", "health").await?;
    client
        .until(session, "the hold", PATIENCE, |history| history.standing() == "hold")
        .await?;
    let step = "release/verify".to_owned();
    let went_on = ClientCommand::ProceedWithCaution {
        step,
        gate: "health".to_owned(),
        reason: "@everyone knows why".to_owned(),
    };
    client.command(session, went_on).await?;
    let messages = place.requests(3).await?;
    assert_eq!(events(&messages), ["started", "on_hold", "went_on_without_pass"]);
    assert_eq!(messages[2].body["headline"], "GOING ON WITH CAUTION");
    assert_eq!(messages[2].body["quote"], "@everyone knows why");
    // Another one passes.
    let other = client.begin_and_hold().await?;
    place.platform.set("/health", Answer::json(200, r#"{"status": "ok"}"#));
    client.run_gate(other, "release/verify", "health").await?;
    let messages = place.requests(6).await?;
    assert_eq!(events(&messages[3..]), ["started", "on_hold", "hold_lifted"]);
    assert_eq!(messages[5].body["headline"], "GOING WELL");
    Ok(())
}
