//! A release for people who do not see the page: what happens is spoken, and the focus is never lost.

use std::time::Duration;

use holdpoint_domain::session::ClientCommand;
use holdpoint_tests::{Browser, Client, Name, Options, Result, TestProxy};
use uuid::Uuid;

const SOON: Duration = Duration::from_secs(20);

/// A browser in which a session has been started by the form.
async fn started(proxy: &TestProxy) -> Result<(Client, Browser, Uuid)> {
    let client = proxy.sign_in().await?;
    let browser = Browser::signed_in(proxy, &client).await?;
    browser.go("/").await?;
    browser.click("link", Name::begins("Start Golden release")).await?;
    browser.until_focused("h1: Golden release").await?;
    let session = browser.start_session("Rehearsal", "Robin Captain").await?;
    Ok((client, browser, session))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_is_spoken_and_the_focus_goes_to_what_is_next() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let (client, browser, session) = started(&proxy).await?;
    browser.until_focused("h2: FREEZE").await?;

    // The name of a button does not carry its key.
    browser.click("button", "Tick step").await?;
    browser.until_announced(&["Ticked: FREEZE", "Next: PREFLIGHT"]).await?;
    browser.until_focused("h2: PREFLIGHT").await?;

    browser.click("button", "Run gate").await?;
    browser
        .until_announced(&["PASS: Preflight gate.", "Next: MIGRATE"])
        .await?;
    browser.until_focused("h2: MIGRATE").await?;

    browser.click("button", "Copy command 1").await?;
    browser.until_announced(&["Copied command 1"]).await?;
    browser.until_focused("button: ").await?;
    browser.press("n").await?;
    let dialog = browser.find("dialog", "Add a note").await?;
    let note = browser.find_in(dialog.scope(), "textbox", "Note").await?;
    browser.element(&note).await?.send_keys("All is quiet.").await?;
    browser.click_in(dialog.scope(), "button", "Save note").await?;
    browser.until_announced(&["Note added."]).await?;

    browser.click("button", "Roll back").await?;
    let dialog = browser.find("dialog", "Start the rollback?").await?;
    browser.click_in(dialog.scope(), "button", "Cancel").await?;
    browser.until_focused("button: Roll back").await?;

    browser.close_session("Given up", "Another day.").await?;
    browser.until_announced(&["Session closed: given up."]).await?;
    browser.until_focused("h2: Given up").await?;
    assert_eq!(client.history(session).await?.standing(), "abandoned");
    browser.close().await
}

/// How often the hold's alert changed since it was first seen; anything in it counts.
const WATCH_ALERT: &str = "window.alertChanges = 0; const alert = document.querySelector('.holdbar [role=alert], .holdbar[role=alert]'); \
    window.theAlert = alert; new MutationObserver(all => window.alertChanges += all.length) \
    .observe(alert, { subtree: true, childList: true, characterData: true, attributes: true }); return true";
const ALERT_CHANGES: &str = "return window.theAlert === document.querySelector('.holdbar [role=alert], .holdbar[role=alert]') ? window.alertChanges : -1";

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_is_spoken_once_and_lifted_with_the_focus_on_the_next_step() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let (client, browser, session) = started(&proxy).await?;
    browser.until_focused("h2: FREEZE").await?;
    browser.click("button", "Tick step").await?;
    browser.until_focused("h2: PREFLIGHT").await?;
    client.set_fault("command_fails_preflight", true).await?;
    browser.click("button", "Run gate").await?;
    browser.until_standing("HOLD").await?;
    browser.until_announced(&["FAIL: Preflight gate."]).await?;
    let region = browser.find("region", "Hold").await?;
    browser.find_in(region.scope(), "alert", Name::Any).await?;

    // Banner, card and key mean the same gate. While it fails again the banner stays what it is, and the focus where it is.
    browser.script(WATCH_ALERT).await?;
    for by_key in [false, true] {
        let runs = client.history(session).await?.runs().len();
        if by_key {
            browser.press("g").await?;
        } else {
            browser
                .click_in(region.scope(), "button", "Run again · Preflight gate")
                .await?;
        }
        client
            .until(session, "another run", SOON, |history| {
                history.runs().len() == runs + 1 && history.running().is_empty()
            })
            .await?;
        browser.until_focused("button: Run again · Preflight gate").await?;
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(browser.script(ALERT_CHANGES).await?, 0);

    client.set_fault("command_fails_preflight", false).await?;
    browser
        .click_in(region.scope(), "button", "Run again · Preflight gate")
        .await?;
    browser
        .until_announced(&["PASS: Preflight gate.", "The hold is lifted.", "Next: MIGRATE"])
        .await?;
    browser.until_focused("h2: MIGRATE").await?;
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_output_of_a_gate_grows_line_by_line() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let (client, browser, session) = started(&proxy).await?;
    browser.until_focused("h2: FREEZE").await?;
    client.tick(session, "golden-release/freeze").await?;
    browser.until_focused("h2: PREFLIGHT").await?;
    // Every element that is added to the log, and every text in it that is written anew.
    let watch = "window.added = 0; window.rewritten = 0; new MutationObserver(all => all.forEach(one => { \
        const log = one.target.nodeType === 1 ? one.target.closest('[role=log]') : one.target.parentElement?.closest('[role=log]'); \
        if (!log) return; if (one.type === 'characterData') window.rewritten += 1; else window.added += one.addedNodes.length; \
        })).observe(document.body, { subtree: true, childList: true, characterData: true })";
    browser.script(watch).await?;
    browser.click("button", "Run gate").await?;
    browser.until_focused("h2: MIGRATE").await?;
    assert_eq!(browser.script("return window.rewritten").await?, 0);
    assert!(browser.script("return window.added").await?.as_u64() > Some(1));
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_do_is_spoken_too_and_takes_no_focus_away() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let (client, browser, session) = started(&proxy).await?;
    browser.until_focused("h2: FREEZE").await?;
    let steps = browser.find("navigation", "Steps").await?;
    browser
        .click_in(steps.scope(), "button", Name::contains("SMOKE"))
        .await?;
    browser.until_step("SMOKE").await?;
    browser.until_focused("button: 6 SMOKE").await?;
    client.tick(session, "golden-release/freeze").await?;
    browser.until_announced(&["Ticked: FREEZE", "Next: PREFLIGHT"]).await?;
    let text = "Looks fine.".to_owned();
    client
        .command(
            session,
            ClientCommand::AddNote {
                step: None,
                text,
                written: None,
            },
        )
        .await?;
    browser.until_announced(&["Note added."]).await?;
    assert!(browser.focused().await?.starts_with("button: 6 SMOKE"));
    browser.close().await
}
