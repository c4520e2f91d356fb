//! What the captain's page says of a session and its rollback: how each stands, how it ended, and the way from one to the other.

use std::time::Duration;

use holdpoint_domain::runbook::{Procedure, ProcedureKind};
use holdpoint_domain::session::{ClientCommand, SessionOutcome};
use holdpoint_tests::{Browser, Name, Options, Result, Scope, TestProxy};

const SOON: Duration = Duration::from_secs(15);

/// Waits until the page says this.
async fn says(browser: &Browser, words: &str) -> Result<()> {
    let what = format!("the page to say “{words}”");
    browser
        .until(&what, SOON, || async { Ok(browser.text().await?.contains(words)) })
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_emergency_is_not_closed_as_if_its_rollback_were_finished() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let emergency = client.procedure("golden-release", "Critical production outage").await?;
    let about_rollback = &emergency.steps[3].id;
    let session = client.begin("golden-release", &emergency.id, "rehearsal").await?;
    client.walk_to(session, about_rollback).await?;
    let browser = Browser::signed_in(&proxy, &client).await?;
    browser.go(&format!("/sessions/{session}")).await?;
    browser.until_step("Roll back").await?;
    says(&browser, "No rollback was started from this session.").await?;

    // The dialog says that the emergency goes on, which it does.
    browser.click("button", "Roll back").await?;
    let dialog = browser.find("dialog", "Start the rollback?").await?;
    let words = browser.text_of(&dialog).await?;
    assert!(words.contains("its steps can still be ticked"), "{words}");
    browser.click_in(dialog.scope(), "button", "Cancel").await?;
    let rollback = client.begin_rollback(session, "perfect-rollback").await?;
    says(&browser, "is under way: 0 of 5 steps done.").await?;
    let step = browser.find("article", Name::begins("Roll back")).await?;
    let words = browser.text_of(&step).await?;
    assert!(words.contains("Its rollback, Perfect rollback"), "{words}");

    // Nothing is chosen for the captain, and *Completed* takes a word.
    for step in &emergency.steps[3..] {
        client.tick(session, &step.id).await?;
    }
    browser.find("heading", "Every step is done").await?;
    browser.click("button", "Close session").await?;
    let dialog = browser.find("dialog", "Close the session").await?;
    let words = browser.text_of(&dialog).await?;
    assert!(words.contains("is under way: 0 of 5 steps done."), "{words}");
    browser.click_in(dialog.scope(), "button", "Close session").await?;
    says(&browser, "Choose how it ended.").await?;
    browser
        .click_in(dialog.scope(), "radio", Name::begins("Completed"))
        .await?;
    browser.click_in(dialog.scope(), "button", "Close session").await?;
    says(&browser, "Say that you know that its rollback is not finished").await?;
    let standing = client.history(session).await?.standing().to_owned();
    assert_eq!(standing, "rolling_back", "nothing was closed");
    let known = "I know that its rollback is not finished";
    browser.click_in(dialog.scope(), "checkbox", known).await?;
    browser.click_in(dialog.scope(), "button", "Close session").await?;

    // The end is not told as a good one, here and in the list, until the rollback is finished.
    browser.until_standing("COMPLETED, ROLLBACK NOT FINISHED").await?;
    browser
        .find("heading", "Completed; its rollback is not finished")
        .await?;
    browser.go("/").await?;
    says(&browser, "COMPLETED, ROLLBACK NOT FINISHED").await?;
    browser
        .click("link", Name::begins("its rollback, Perfect rollback"))
        .await?;
    browser.until_standing("ROLLING BACK").await?;
    browser.go(&format!("/sessions/{session}")).await?;
    let main = browser.find("main", Name::Any).await?;
    browser
        .find_in(main.scope(), "link", Name::begins("Go to Perfect rollback"))
        .await?;
    client.walk(rollback).await?;
    client.close(rollback, SessionOutcome::Completed).await?;
    browser.find("heading", "Completed").await?;
    assert!(browser.standing().await?.ends_with("COMPLETED"));
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rollback_that_does_not_verify_is_not_told_to_roll_back() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let release = client.begin("golden-release", "golden-release", "rehearsal").await?;
    client.tick(release, "golden-release/freeze").await?;
    let rollback = client.begin_rollback(release, "perfect-rollback").await?;
    let step = "perfect-rollback/rollback-verify";
    // Its gates run by themselves as soon as it is the step's turn.
    client.set_fault("overloaded_rpc", true).await?;
    client.walk_to(rollback, step).await?;
    client
        .until(rollback, "the hold", SOON, |history| history.standing() == "hold")
        .await?;
    let browser = Browser::signed_in(&proxy, &client).await?;
    browser.go(&format!("/sessions/{rollback}")).await?;
    browser.until_standing("ROLLBACK ON HOLD").await?;
    let hold = browser.find("region", "Hold").await?;
    let words = browser.text_of(&hold).await?;
    assert!(words.contains("The rollback itself does not verify."), "{words}");
    assert!(words.contains("ROLLBACK ON HOLD"), "{words}");
    for button in ["Start rollback", "Roll back"] {
        let found = browser.all(Scope::Page, "button", button).await?;
        assert!(found.is_empty(), "no rollback of the rollback is offered: {found:?}");
    }

    // On hold nothing is chosen for the captain.
    browser.click("button", "Close session").await?;
    let dialog = browser.find("dialog", "Close the session").await?;
    browser.click_in(dialog.scope(), "button", "Close session").await?;
    says(&browser, "Choose how it ended.").await?;
    assert_eq!(client.history(rollback).await?.standing(), "hold");

    // The session that it undoes says the same of it.
    browser.go(&format!("/sessions/{release}")).await?;
    browser.until_standing("ROLLBACK ON HOLD").await?;
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_and_its_rollback_lead_to_each_other_by_name() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let release = client.begin("golden-release", "golden-release", "rehearsal").await?;
    client.tick(release, "golden-release/freeze").await?;
    let rollback = client.begin_rollback(release, "perfect-rollback").await?;
    let browser = Browser::signed_in(&proxy, &client).await?;
    browser.go(&format!("/sessions/{rollback}")).await?;
    let head = browser.find("region", "Session").await?;
    browser
        .find_in(head.scope(), "link", Name::begins("rolls back Golden release v"))
        .await?;
    let log = browser.find("complementary", "Log").await?;
    browser
        .find_in(log.scope(), "link", Name::begins("rolls back Golden release v"))
        .await?;

    // After the end there is a next step, and it is a link.
    client.walk(rollback).await?;
    client.close(rollback, SessionOutcome::Completed).await?;
    browser.until_standing("COMPLETED").await?;
    says(&browser, "and close it.").await?;
    let main = browser.find("main", Name::Any).await?;
    browser
        .click_in(main.scope(), "link", Name::begins("Golden release v"))
        .await?;
    browser.until_standing("ROLLBACK FINISHED").await?;
    let notice = browser.find("region", "Rollback").await?;
    let words = browser.text_of(&notice).await?;
    assert!(
        words.contains("is finished: it was closed with every step done."),
        "{words}"
    );
    browser.click_in(notice.scope(), "button", "Close session").await?;
    let dialog = browser.find("dialog", "Close the session").await?;
    let words = browser.text_of(&dialog).await?;
    assert!(!words.contains(&rollback.to_string()[..8]), "no id is shown: {words}");
    browser.click_in(dialog.scope(), "button", "Close session").await?;
    browser.until_standing("ROLLED BACK").await?;
    assert_eq!(client.history(release).await?.standing(), "rolled_back");
    let main = browser.find("main", Name::Any).await?;
    browser
        .click_in(main.scope(), "link", Name::begins("Go to Perfect rollback"))
        .await?;
    says(&browser, "It rolls back").await?;
    browser.go("/").await?;
    browser
        .find("link", Name::begins("rolls back Golden release v"))
        .await?;
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_left_out_or_has_no_pass_is_said_at_the_end() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let rollback = client.begin("golden-release", "perfect-rollback", "rehearsal").await?;
    client.walk_to(rollback, "perfect-rollback/rollback-database").await?;
    let (step, reason) = (
        "perfect-rollback/rollback-database".to_owned(),
        "No migration ran.".to_owned(),
    );
    client.command(rollback, ClientCommand::Skip { step, reason }).await?;
    client.walk(rollback).await?;
    let browser = Browser::signed_in(&proxy, &client).await?;
    browser.go(&format!("/sessions/{rollback}")).await?;
    browser
        .find("heading", "Every step is done or was left out (1 was left out)")
        .await?;
    says(&browser, "5 of 5, 1 of them left out").await?;

    let release = client.begin("golden-release", "golden-release", "rehearsal").await?;
    let (smoke, gate) = ("golden-release/smoke", "smoke");
    client.walk_to(release, smoke).await?;
    client.set_fault("api_503", true).await?;
    client.verdict_of(release, smoke, gate).await?;
    let decide = ClientCommand::ProceedWithCaution {
        step: smoke.to_owned(),
        gate: gate.to_owned(),
        reason: "The test queue is paused.".to_owned(),
    };
    client.set_fault("api_503", false).await?;
    client.command(release, decide).await?;
    client.walk(release).await?;
    client.close(release, SessionOutcome::Completed).await?;
    browser.go(&format!("/sessions/{release}#step-{smoke}")).await?;
    browser.until_standing("COMPLETED WITH CAUTION").await?;
    says(&browser, "DONE WITHOUT A PASS").await?;
    says(&browser, "The test queue is paused.").await?;
    browser.go("/").await?;
    says(&browser, "COMPLETED WITH CAUTION").await?;
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_runbook_has_no_rollback_those_of_others_are_named() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let name = "production-deployment";
    let book = client.runbook(name).await?.runbook;
    let is_rollback = |one: &Procedure| one.kind == ProcedureKind::Rollback;
    assert!(!book.procedures.iter().any(is_rollback), "this runbook has no rollback");
    let procedure = book.procedures.first().expect("it has a procedure").id.clone();
    let session = client.begin(name, &procedure, "rehearsal").await?;
    let browser = Browser::signed_in(&proxy, &client).await?;
    browser.go(&format!("/sessions/{session}")).await?;
    browser.click("button", "Roll back").await?;
    let dialog = browser.find("dialog", "Start the rollback?").await?;
    let words = browser.text_of(&dialog).await?;
    assert!(words.contains("runbook has no rollback procedure"), "{words}");
    browser
        .click_in(
            dialog.scope(),
            "link",
            Name::begins("Perfect rollback, of The golden release"),
        )
        .await?;
    browser.find("heading", "Perfect rollback").await?;
    says(&browser, "rolls back").await?;
    browser.close().await
}

/// The page of a rollback follows the session that it undoes as well; its own commands stay its own.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_ticked_on_a_rollback_without_a_connection_is_shown_at_once() -> Result<()> {
    let mut proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let release = client.begin("golden-release", "golden-release", "rehearsal").await?;
    client.tick(release, "golden-release/freeze").await?;
    let rollback = client.begin_rollback(release, "perfect-rollback").await?;
    let browser = Browser::signed_in(&proxy, &client).await?;
    browser.go(&format!("/sessions/{rollback}")).await?;
    browser.until_step("FREEZE").await?;
    let head = browser.find("region", "Session").await?;
    browser
        .find_in(head.scope(), "link", Name::begins("rolls back Golden release v"))
        .await?;
    proxy.kill9()?;
    browser.until_connection("Offline").await?;
    browser.click("button", Name::begins("Tick step")).await?;
    browser.until_connection("1 waiting").await?;
    browser.until_step("REDEPLOY").await?;
    proxy.restart().await?;
    client
        .until(rollback, "the tick", SOON, |history| {
            history.is_done("perfect-rollback/rollback-freeze")
        })
        .await?;
    browser.close().await
}

/// The log of a session that is closed takes no word of a rollback that is started later; the proxy says it.
#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_is_open_on_a_closed_release_learns_of_its_rollback() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let release = client.begin("golden-release", "golden-release", "rehearsal").await?;
    client.walk(release).await?;
    client.close(release, SessionOutcome::Completed).await?;
    let browser = Browser::signed_in(&proxy, &client).await?;
    browser.go(&format!("/sessions/{release}")).await?;
    browser.until_standing("COMPLETED").await?;
    client.begin_rollback(release, "perfect-rollback").await?;
    browser.until_standing("ROLLING BACK").await?;
    browser.close().await
}
