//! What an executive reads: how a release goes whose rollback is another session, before and after it was closed, an emergency with a
//! rollback inside, and a release that went on without a pass.

use std::time::Duration;

use holdpoint_domain::session::{ClientCommand, SessionOutcome};
use holdpoint_tests::{Browser, Client, Folder, Name, Options, Result, TestProxy};
use uuid::Uuid;

/// A rollback of a session that is closed is seen within 10 seconds.
const SOON: Duration = Duration::from_secs(25);

/// A release of production, with a rollback of which a step may be left out.
const BOOK: &str = r#"# Demo

## Release
<!-- holdpoint: procedure id=release kind=release order=sequential rollback=undo -->

### STEP 1: FREEZE
<!-- holdpoint: id=freeze plain="Background workers paused" -->

Scale the workers to zero.

### STEP 2: DEPLOY
<!-- holdpoint: id=deploy live plain="Customers are moved to the new version" -->

Bring the code.

## Undo
<!-- holdpoint: procedure id=undo kind=rollback order=sequential -->

### STEP 1: BACK
<!-- holdpoint: id=back plain="Old version is back" -->

Put the old version back.

### STEP 2: LOOK
<!-- holdpoint: id=look optional plain="Looked at" -->

Look at it.
"#;

const PRODUCTION: &str = "[environments.live]\ntitle = \"Live\"\nproduction = true\n";

/// A proxy in rehearsal, somebody who works, and a browser on a session's watch page.
async fn watched(proxy: &TestProxy, procedure: &str) -> Result<(Client, Browser, Uuid)> {
    let client = proxy.sign_in().await?;
    let session = client.begin("golden-release", procedure, "rehearsal").await?;
    let browser = Browser::signed_in(proxy, &client).await?;
    browser.go(&format!("/watch/{session}")).await?;
    Ok((client, browser, session))
}

/// Waits until the answer begins with this headline and has this in it.
async fn answers(browser: &Browser, headline: &str, sentence: &str) -> Result<()> {
    let what = format!("the answer {headline}: {sentence}");
    browser
        .until(&what, SOON, || async {
            let answer = browser.find("status", "Answer").await?;
            let text = browser.text_of(&answer).await?;
            Ok(text.starts_with(headline) && text.contains(sentence))
        })
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rollback_that_was_given_up_is_not_told_as_one_that_undid_the_release() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let (client, browser, session) = watched(&proxy, "golden-release").await?;
    client.tick(session, "golden-release/freeze").await?;
    answers(&browser, "GOING WELL", "Nothing new is live yet").await?;
    let rollback = client.begin_rollback(session, "perfect-rollback").await?;
    answers(&browser, "ROLLING BACK", "0 of its 5 steps are done").await?;
    client.close(rollback, SessionOutcome::Abandoned).await?;
    answers(&browser, "ROLLBACK GIVEN UP", "given up with 0 of 5 steps done").await?;
    client.close(session, SessionOutcome::RolledBack).await?;
    answers(&browser, "ROLLBACK GIVEN UP", "closed this as rolled back").await?;

    // Neither the list nor the captain's page says more.
    browser.go("/").await?;
    browser
        .until("the list to say it", SOON, || async {
            Ok(browser.text().await?.contains("ROLLBACK GIVEN UP"))
        })
        .await?;
    browser.go(&format!("/sessions/{session}")).await?;
    browser.until_standing("ROLLBACK GIVEN UP").await?;
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rollback_that_is_finished_is_not_told_as_under_way() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let (client, browser, session) = watched(&proxy, "golden-release").await?;
    client.tick(session, "golden-release/freeze").await?;
    let rollback = client.begin_rollback(session, "perfect-rollback").await?;
    client.walk(rollback).await?;
    answers(&browser, "ROLLING BACK", "5 of its 5 steps are done").await?;
    client.close(rollback, SessionOutcome::Completed).await?;
    answers(&browser, "ROLLBACK FINISHED", "closed with every step done").await?;
    assert!(browser.text().await?.contains("to close the session"));
    client.close(session, SessionOutcome::RolledBack).await?;
    answers(&browser, "ROLLED BACK", "closed with every step done").await?;
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rollback_that_is_started_after_the_closing_is_followed_by_a_page_that_is_open() -> Result<()> {
    let folder = Folder::new("http://127.0.0.1:9")?;
    folder.write("demo.md", BOOK)?;
    folder.write("gates.toml", PRODUCTION)?;
    let proxy = TestProxy::start(Options::default().runbooks(folder.path())).await?;
    let client = proxy.sign_in().await?;
    let session = client.begin("demo", "release", "live").await?;
    let browser = Browser::signed_in(&proxy, &client).await?;
    browser.go(&format!("/watch/{session}")).await?;
    let next = "“Customers are moved to the new version”";
    answers(
        &browser,
        "GOING WELL",
        &format!("Nothing new is live yet: {next} comes later."),
    )
    .await?;
    let text = browser.text().await?;
    for said in [
        "This is production.",
        "The next step: “Background workers paused”",
        "Later",
    ] {
        assert!(text.contains(said), "{said} in: {text}");
    }
    client.tick(session, "release/freeze").await?;
    answers(&browser, "GOING WELL", &format!("{next} is the step at hand")).await?;
    client.tick(session, "release/deploy").await?;
    client.close(session, SessionOutcome::Completed).await?;
    answers(&browser, "FINISHED, NEW VERSION NOT VERIFIED", "Every step is done.").await?;
    let text = browser.text().await?;
    assert!(text.contains("“Closed by a test.”"), "{text}");

    let rollback = client.begin_rollback(session, "undo").await?;
    answers(
        &browser,
        "ROLLING BACK",
        "A rollback was started: 0 of its 2 steps are done.",
    )
    .await?;
    let text = browser.text().await?;
    for said in [
        "Watch the rollback",
        "Done before the rollback",
        "The rollback to finish",
    ] {
        assert!(text.contains(said), "{said} in: {text}");
    }
    client.tick(rollback, "undo/back").await?;
    answers(&browser, "ROLLING BACK", "1 of its 2 steps are done").await?;
    let skip = ClientCommand::Skip {
        step: "undo/look".to_owned(),
        reason: "Nobody is there.".to_owned(),
    };
    client.command(rollback, skip).await?;
    client.close(rollback, SessionOutcome::Completed).await?;
    answers(
        &browser,
        "ROLLBACK FINISHED, STEPS LEFT OUT",
        "1 step was left out: “Looked at”.",
    )
    .await?;
    browser.go("/").await?;
    browser
        .until("the list to say it", SOON, || async {
            Ok(browser.text().await?.contains("ROLLBACK FINISHED, STEPS LEFT OUT"))
        })
        .await?;
    // A page that is opened now says it, too.
    browser.go(&format!("/watch/{session}")).await?;
    answers(&browser, "ROLLBACK FINISHED, STEPS LEFT OUT", "Every step was done.").await?;
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_emergency_goes_on_while_its_rollback_runs() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let book = client.runbook("golden-release").await?.runbook;
    let emergency = book
        .procedures
        .iter()
        .find(|one| one.kind == holdpoint_domain::runbook::ProcedureKind::Emergency && one.steps[0].gates.is_empty())
        .expect("the shipped runbook has an emergency that begins with work by hand");
    // Nobody knows a version yet, and nobody is asked for one.
    let mut start = client.start_of("golden-release", &emergency.id, "rehearsal").await?;
    (start.version, start.git_sha) = (String::new(), String::new());
    client.start(&start).await?;
    let session = start.session;
    let browser = Browser::signed_in(&proxy, &client).await?;
    browser.go(&format!("/watch/{session}")).await?;
    answers(&browser, "RESPONDING", "There is a problem").await?;
    client.begin_rollback(session, "perfect-rollback").await?;
    answers(
        &browser,
        "RESPONDING",
        "A rollback was started: 0 of its 5 steps are done.",
    )
    .await?;

    // The captain goes on with the emergency.
    client.tick(session, &emergency.steps[0].id).await?;
    answers(&browser, "RESPONDING", "1 of").await?;
    browser.go(&format!("/sessions/{session}")).await?;
    let notice = browser.find("region", "Rollback").await?;
    assert!(
        browser
            .text_of(&notice)
            .await?
            .contains("This emergency goes on beside it."),
        "{}",
        browser.text().await?
    );
    assert!(browser.standing().await?.ends_with("RESPONDING"));
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_captain_goes_on_without_a_pass_and_whoever_watches_reads_it() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let (client, browser, session) = watched(&proxy, "golden-release").await?;
    client.walk_to(session, "golden-release/smoke").await?;
    client.set_fault("api_503", true).await?;
    client.verdict_of(session, "golden-release/smoke", "smoke").await?;
    answers(&browser, "ON HOLD", "A check has not passed.").await?;

    browser.go(&format!("/sessions/{session}")).await?;
    let hold = browser.find("region", "Hold").await?;
    browser
        .click_in(hold.scope(), "button", Name::begins("Proceed with caution"))
        .await?;
    let dialog = browser.find("dialog", "Proceed with caution").await?;
    let reason = browser
        .find_in(dialog.scope(), "textbox", Name::begins("Why is it safe"))
        .await?;
    browser
        .element(&reason)
        .await?
        .send_keys("Known: the test queue is paused.")
        .await?;
    browser
        .click_in(dialog.scope(), "button", Name::begins("Go on without a pass"))
        .await?;
    browser.until_standing("GO ON WITH CAUTION").await?;
    browser.until_step("SCALE").await?;
    assert_eq!(browser.step_state("SMOKE").await?, "done without a pass");

    browser.go(&format!("/watch/{session}")).await?;
    answers(
        &browser,
        "GOING ON WITH CAUTION",
        "decided to go on although a check did not pass",
    )
    .await?;
    let text = browser.text().await?;
    for said in [
        "“Known: the test queue is paused.”",
        "Gone on with, without a pass",
        ", 1 without a pass",
    ] {
        assert!(text.contains(said), "{said} in: {text}");
    }
    for format in ["md", "csv", "html"] {
        let export = client.export(session, format).await?;
        assert!(export.contains("Known: the test queue is paused."), "{format}");
    }
    // Another failure takes another decision.
    client
        .command(
            session,
            ClientCommand::RunGate {
                step: "golden-release/smoke".to_owned(),
                gate: "smoke".to_owned(),
            },
        )
        .await?;
    answers(&browser, "ON HOLD", "A check has not passed.").await?;
    browser.close().await
}
