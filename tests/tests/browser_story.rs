//! The story that Holdpoint is for, told twice: a golden release that goes well, and one whose database does not verify.

use std::process::Command;

use holdpoint_domain::session::Event;
use holdpoint_tests::{Browser, Name, Options, RELEASED_SHA, RELEASED_VERSION, Result, Scope, TestProxy};

const STEPS: [&str; 7] = ["FREEZE", "PREFLIGHT", "MIGRATE", "VERIFY", "DEPLOY", "SMOKE", "SCALE"];

/// A release that goes well: seven steps, those with gates ticked by their gates, and a record that verifies.
#[tokio::test(flavor = "multi_thread")]
async fn golden_release_in_rehearsal() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let browser = Browser::open(&proxy).await?;
    let session = browser.begin_golden_release(&proxy).await?;

    // The head says what is released, and that it is only a rehearsal.
    let head = browser.find("region", "Session").await?;
    let says = browser.text_of(&head).await?;
    for word in [
        "Golden release",
        RELEASED_VERSION,
        &RELEASED_SHA[..7],
        "REHEARSAL",
        "Robin Captain",
    ] {
        assert!(says.contains(word), "the head says {word}: {says}");
    }
    browser.find_in(head.scope(), "timer", "Elapsed").await?;
    assert!(browser.standing().await?.ends_with("GO"));

    for title in STEPS {
        let title = format!("{title} (");
        browser.do_step(&title).await?;
        assert!(
            browser.standing().await?.ends_with("GO"),
            "{title} is done: {}",
            browser.text().await?
        );
    }

    // Who ticked what: the captain by hand where there is no gate, the gates everywhere else.
    let client = browser.client().await?;
    let records = client.events(session, 0).await?;
    let ticked: Vec<(&str, &str)> = records
        .iter()
        .filter_map(|record| match &record.event {
            Event::StepTicked { step, .. } => Some((step.as_str(), record.actor.name())),
            _ => None,
        })
        .collect();
    let expected = [
        ("golden-release/freeze", "Robin Captain"),
        ("golden-release/preflight", "Holdpoint"),
        ("golden-release/migrate", "Holdpoint"),
        ("golden-release/verify", "Holdpoint"),
        ("golden-release/deploy", "Holdpoint"),
        ("golden-release/smoke", "Holdpoint"),
        ("golden-release/scale", "Holdpoint"),
    ];
    assert_eq!(ticked, expected);

    browser.close_session("Completed", "It went well.").await?;
    browser.until_standing("COMPLETED").await?;
    let (_, report) = browser.export("Markdown", "md").await?;
    for word in [
        "Rehearsal",
        RELEASED_VERSION,
        "Robin Captain",
        "It went well.",
        "Timeline",
    ] {
        assert!(report.contains(word), "the report says {word}:\n{report}");
    }
    assert_eq!(browser.console_errors().await?, Vec::<String>::new());
    browser.close().await
}

/// A release whose database contract does not verify: hold, nothing further to be ticked, rollback, and the record of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_release_that_does_not_verify_is_held_and_rolled_back() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let browser = Browser::open(&proxy).await?;
    let session = browser.begin_golden_release(&proxy).await?;
    for title in &STEPS[..2] {
        browser.do_step(&format!("{title} (")).await?;
    }
    // While the captain migrates, somebody overloads a function in the database.
    let client = browser.client().await?;
    client.set_fault("overloaded_rpc", true).await?;
    browser.do_step("MIGRATE (").await?;

    // The verify gates run by themselves, and hold.
    browser.until_standing("HOLD").await?;
    let hold = browser.find("region", "Hold").await?;
    let says = browser.text_of(&hold).await?.to_lowercase();
    assert!(
        says.contains("roll back"),
        "the banner says what the runbook says: {says}"
    );
    let failing = client.history(session).await?;
    let held = failing.hold().expect("the proxy holds, too");
    assert_eq!(held["step"], "golden-release/verify");
    // Both of its gates see the fault, and run at the same time: the hold is that of the one that ended first.
    let gate = held["gate"].as_str();
    assert!(matches!(gate, Some("rpc-canonical" | "verify-db-contract")), "{held:?}");

    // Nothing further can be ticked: not on the page, whichever step is shown …
    for title in STEPS {
        let steps = browser.find("navigation", "Steps").await?;
        browser
            .click_in(steps.scope(), "button", Name::contains(&format!("{title} (")))
            .await?;
        browser.until_step(&format!("{title} (")).await?;
        let ticks = browser.all(Scope::Page, "button", Name::begins("Tick step")).await?;
        assert!(
            ticks.iter().all(holdpoint_tests::Found::is_disabled),
            "{title} cannot be ticked: {ticks:?}"
        );
    }
    // … and not by going around the page.
    for step in ["verify", "deploy", "smoke", "scale"] {
        let refused = client
            .tick(session, &format!("golden-release/{step}"))
            .await
            .expect_err("a hold holds");
        let (status, code) = refused.refusal().expect("a refusal");
        assert_eq!(status, 409, "{step}: {code}");
    }
    let refused = client.run_gate(session, "golden-release/deploy", "api-health").await;
    let after = client.history(session).await?;
    assert!(
        !after.is_done("golden-release/deploy"),
        "no gate of a later step ticks: {refused:?}"
    );

    // The rollback is another session, linked to this one.
    let rollback = browser.roll_back(session, &client).await?;
    let history = client.history(session).await?;
    assert_eq!(history.rollback(), Some(rollback.to_string().as_str()));
    assert_eq!(history.standing(), "rolled_back");

    // The record: downloaded by the browser, verified by the command line, and not to be altered.
    let (path, export) = browser.export("JSON", "json").await?;
    let verify = |path: &std::path::Path| {
        Command::new(TestProxy::program()?)
            .arg("verify")
            .arg(path)
            .output()
            .map_err(|source| holdpoint_tests::DriverError::Io {
                doing: "starting holdpoint verify".into(),
                source,
            })
    };
    let said = verify(&path)?;
    assert!(
        said.status.success(),
        "{}{}",
        String::from_utf8_lossy(&said.stdout),
        String::from_utf8_lossy(&said.stderr)
    );
    let (head, events) = export.split_once("\"events\"").expect("the export has events");
    let altered = format!(
        "{head}\"events\"{}",
        events.replacen("Robin Captain", "Somebody Else", 1)
    );
    assert_ne!(altered, export, "its events name the captain");
    let altered_path = path.with_file_name("altered.json");
    std::fs::write(&altered_path, altered).expect("the altered export can be written");
    let said = verify(&altered_path)?;
    let words = format!(
        "{}{}",
        String::from_utf8_lossy(&said.stdout),
        String::from_utf8_lossy(&said.stderr)
    );
    assert_eq!(said.status.code(), Some(1), "{words}");
    assert!(words.contains("vent 1"), "it names the first altered event: {words}");
    assert_eq!(browser.console_errors().await?, Vec::<String>::new());
    browser.close().await
}
