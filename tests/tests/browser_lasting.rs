//! Nothing is lost: reloads, closed tabs, other people's tabs, a proxy that goes away and comes back.

use std::time::Duration;

use holdpoint_domain::session::SessionOutcome;
use holdpoint_tests::{Browser, Client, Name, Options, Result, Scope, TestProxy};

const SOON: Duration = Duration::from_secs(10);

/// A signed-in browser on the page of a golden release in rehearsal, and the session.
async fn on_desk(proxy: &TestProxy) -> Result<(Client, Browser, uuid::Uuid)> {
    let client = proxy.sign_in().await?;
    let session = client.begin("golden-release", "golden-release", "rehearsal").await?;
    let browser = Browser::signed_in(proxy, &client).await?;
    browser.go(&format!("/sessions/{session}")).await?;
    browser.until_step("FREEZE").await?;
    Ok((client, browser, session))
}

#[tokio::test(flavor = "multi_thread")]
async fn reload_close_and_come_back() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let (client, browser, session) = on_desk(&proxy).await?;
    browser.do_step("FREEZE").await?;
    browser.do_step("PREFLIGHT").await?;

    // A note that is only half written is there after a reload.
    browser.press("n").await?;
    let dialog = browser.find("dialog", "Add a note").await?;
    let note = browser.find_in(dialog.scope(), "textbox", Name::begins("Note")).await?;
    browser.element(&note).await?.send_keys("Half of a thought").await?;
    browser.driver().refresh().await?;
    browser.until_step("MIGRATE").await?;
    browser.press("n").await?;
    let dialog = browser.find("dialog", "Add a note").await?;
    let note = browser.find_in(dialog.scope(), "textbox", Name::begins("Note")).await?;
    assert_eq!(
        browser.element(&note).await?.value().await?.as_deref(),
        Some("Half of a thought")
    );
    browser
        .click_in(dialog.scope(), "button", Name::begins("Save note"))
        .await?;
    browser.until_gone("dialog", "Add a note").await?;

    // The tab is closed, and a new one is opened from the list of sessions.
    let old = browser.driver().window().await?;
    let new = browser.driver().new_tab().await?;
    browser.driver().switch_to_window(old).await?;
    browser.driver().close_window().await?;
    browser.driver().switch_to_window(new).await?;
    browser.go("/").await?;
    browser.click("link", Name::begins("Golden release v")).await?;
    assert_eq!(browser.session_on_screen(None).await?, session);
    browser.until_step("MIGRATE").await?;
    let log = browser.find("complementary", "Log").await?;
    assert!(browser.text_of(&log).await?.contains("Half of a thought"));
    let history = client.history(session).await?;
    assert_eq!((history.done().len(), history.notes().len()), (2, 1));
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_watches_sees_it_happen() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let (client, browser, session) = on_desk(&proxy).await?;
    let desk = browser.driver().window().await?;
    let watch = browser.new_tab().await?;
    browser.go(&format!("/watch/{session}")).await?;
    let says = |words: &'static str| {
        let browser = &browser;
        async move { Ok(browser.text().await?.to_uppercase().contains(words)) }
    };
    browser
        .until("the watch page to say that it goes well", SOON, || says("GOING WELL"))
        .await?;
    browser.until("no stage to be done", SOON, || says("0 OF 7")).await?;
    assert!(
        browser.text().await?.to_uppercase().contains("REHEARSAL"),
        "a rehearsal is marked as one"
    );
    assert!(
        browser
            .all(Scope::Page, "button", Name::begins("Tick"))
            .await?
            .is_empty(),
        "the watch page only shows"
    );

    // The captain ticks in one tab, and the other one knows without a reload.
    browser.driver().switch_to_window(desk).await?;
    browser.do_step("FREEZE").await?;
    browser.driver().switch_to_window(watch).await?;
    browser.until("one stage to be done", SOON, || says("1 OF 7")).await?;

    // A hold is on the watch page at once, in plain words.
    client.set_fault("command_fails_preflight", true).await?;
    client
        .verdict_of(session, "golden-release/preflight", "preflight")
        .await?;
    browser
        .until("the watch page to say that it is on hold", SOON, || says("ON HOLD"))
        .await?;
    assert!(
        browser
            .text()
            .await?
            .contains("A check has not passed. Nothing new is live yet"),
        "{}",
        browser.text().await?
    );

    client.set_fault("command_fails_preflight", false).await?;
    client
        .verdict_of(session, "golden-release/preflight", "preflight")
        .await?;
    browser
        .until("it to go well again", SOON, || says("GOING WELL"))
        .await?;
    client.close(session, SessionOutcome::Abandoned).await?;
    browser.until("it to be over", SOON, || says("GIVEN UP")).await?;
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_proxy_goes_away_and_comes_back() -> Result<()> {
    let mut proxy = TestProxy::start(Options::rehearsal()).await?;
    let (client, browser, session) = on_desk(&proxy).await?;
    browser.until_connection("Live").await?;
    proxy.kill9()?;
    browser.until_connection_is_not("Live").await?;

    // The captain goes on: the step is ticked here, and waits to be sent.
    browser.click("button", Name::begins("Tick step")).await?;
    browser.until_connection("1 waiting").await?;

    proxy.restart().await?;
    browser.until_connection("Live").await?;
    let history = client
        .until(session, "the tick to be sent", SOON, |history| {
            history.is_done("golden-release/freeze")
        })
        .await?;
    assert_eq!((history.done().len(), history.standing()), (1, "go"));
    browser.until_step("PREFLIGHT").await?;

    // It is live again: what others do is seen.
    client
        .verdict_of(session, "golden-release/preflight", "preflight")
        .await?;
    browser.until_step("MIGRATE").await?;
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_proxy_refuses_is_shown_and_never_dropped() -> Result<()> {
    let mut proxy = TestProxy::start(Options::rehearsal()).await?;
    let (client, browser, session) = on_desk(&proxy).await?;
    browser.until_connection("Live").await?;
    proxy.kill9()?;
    browser.until_connection_is_not("Live").await?;
    browser.click("button", Name::begins("Tick step")).await?;
    browser.until_connection("1 waiting").await?;
    // Meanwhile somebody else gave the session up: the tick comes too late. The page must not hear of it first, so the
    // browser is away while it happens.
    browser.go("about:blank").await?;
    proxy.restart().await?;
    client.close(session, SessionOutcome::Abandoned).await?;
    browser.go(&format!("/sessions/{session}")).await?;
    let refused = browser.find("alert", Name::begins("Not accepted")).await?;
    let says = browser.text_of(&refused).await?;
    assert!(says.to_lowercase().contains("closed"), "the reason is shown: {says}");
    assert!(!client.history(session).await?.is_done("golden-release/freeze"));
    browser.until_standing("GIVEN UP").await?;
    browser.close().await
}

/// The files of one folder take the place of those of another.
fn copy_files(from: &std::path::Path, to: &std::path::Path) -> std::io::Result<()> {
    let files = |folder| std::fs::read_dir(folder).map(|files| files.filter_map(std::result::Result::ok));
    for file in files(to)?.filter(|file| file.path().is_file()) {
        std::fs::remove_file(file.path())?;
    }
    for file in files(from)?.filter(|file| file.path().is_file()) {
        std::fs::copy(file.path(), to.join(file.file_name()))?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_comes_back_with_an_older_log_is_believed() -> Result<()> {
    let mut proxy = TestProxy::start(Options::rehearsal()).await?;
    let (client, browser, session) = on_desk(&proxy).await?;
    browser.until_connection("Live").await?;
    proxy.stop()?;
    let older = tempfile::tempdir().expect("a folder");
    copy_files(proxy.data(), older.path()).expect("a copy");
    proxy.restart().await?;
    browser.until_connection("Live").await?;
    browser.do_step("FREEZE").await?;
    browser.until_done("1 of 7").await?;

    // A disk fails, and yesterday's copy of the folder is put back.
    proxy.stop()?;
    copy_files(older.path(), proxy.data()).expect("the copy is put back");
    proxy.restart().await?;
    browser.until_connection("Live").await?;
    browser.until_done("0 of 7").await?;
    assert!(client.history(session).await?.done().is_empty());
    // And what is done now is done there.
    browser.do_step("FREEZE").await?;
    client
        .until(session, "the tick to be recorded", SOON, |history| {
            history.is_done("golden-release/freeze")
        })
        .await?;
    browser.until_done("1 of 7").await?;
    browser.close().await
}
