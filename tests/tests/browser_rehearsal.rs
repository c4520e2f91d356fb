//! A folder that says nothing of rehearsals, rehearsed in the browser: the README's shop, without its web server and database.

use std::time::Duration;

use holdpoint_tests::{Browser, Name, Options, Result, TestProxy, fences, repository};

/// The runbook and gates of the README's shop, in a folder.
fn shop() -> tempfile::TempDir {
    let readme = std::fs::read_to_string(repository().join("README.md")).expect("the README can be read");
    let folder = tempfile::tempdir().expect("a folder");
    for fence in fences(&readme) {
        let file = fence.file.unwrap_or_default();
        if let Some(name) = file.strip_prefix("shop/runbooks/") {
            std::fs::write(folder.path().join(name), fence.text).expect("the file can be written");
        }
    }
    folder
}

#[tokio::test(flavor = "multi_thread")]
async fn the_readmes_shop_is_rehearsed_from_start_to_hold_to_rollback() -> Result<()> {
    let folder = shop();
    let proxy = TestProxy::start(Options::rehearsal().runbooks(folder.path())).await?;
    let browser = Browser::open(&proxy).await?;
    browser.sign_in(&proxy.sign_in_link()?).await?;
    browser.click("link", Name::begins("Start Release")).await?;
    let session = browser.start_session("The shop (rehearsal)", "Robin Captain").await?;
    let head = browser.find("region", "Session").await?;
    assert!(browser.text_of(&head).await?.contains("REHEARSAL"));
    browser.do_step("PUBLISH").await?;

    // The captain breaks the site on the page.
    browser.go("/rehearsal").await?;
    browser
        .click("DisclosureTriangle", Name::begins("The site runs the released version"))
        .await?;
    browser
        .click("switch", "The site runs the released version: wrong value")
        .await?;
    browser
        .until("the fault to be on", Duration::from_secs(10), || async {
            Ok(browser.text().await?.contains("1 fault is on."))
        })
        .await?;
    browser.go(&format!("/sessions/{session}")).await?;
    browser.do_step("CHECK THE SITE").await?;
    browser.until_standing("HOLD").await?;
    let hold = browser.find("region", "Hold").await?;
    assert!(browser.text_of(&hold).await?.to_lowercase().contains("roll back"));

    browser
        .click_in(hold.scope(), "button", Name::begins("Start rollback"))
        .await?;
    let dialog = browser.find("dialog", "Start the rollback?").await?;
    browser
        .click_in(dialog.scope(), "button", Name::begins("Start rollback"))
        .await?;
    let rollback = browser.session_on_screen(Some(session)).await?;
    browser.do_step("PUBLISH THE PREVIOUS VERSION").await?;
    let client = browser.client().await?;
    let undone = client.history(rollback).await?;
    assert_eq!((undone.standing(), undone.done().len()), ("go", 1));
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_takes_up_what_others_switch_and_what_a_restart_keeps() -> Result<()> {
    let mut proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let browser = Browser::signed_in(&proxy, &client).await?;
    browser.go("/rehearsal").await?;
    // Nothing in the browser is touched from here on: it asks by itself.
    let shows = async |words: &str| {
        browser
            .until(words, Duration::from_secs(20), || async {
                Ok(browser.text().await?.contains(words))
            })
            .await
    };
    shows("No fault is on: every gate should pass.").await?;
    client.set_fault("api_503", true).await?;
    shows("1 fault is on.").await?;
    browser.find("button", Name::begins("Switch off: ")).await?;

    client.set_fault("overloaded_rpc", true).await?;
    shows("2 faults are on.").await?;
    proxy.restart().await?;
    for fault in ["api_503", "overloaded_rpc"] {
        let kept = client.faults().await?.into_iter().any(|one| one.id == fault && one.on);
        assert!(kept, "{fault} is kept over a restart");
    }
    client.set_fault("api_503", false).await?;
    shows("1 fault is on.").await?;
    client.set_fault("overloaded_rpc", false).await?;
    shows("No fault is on: every gate should pass.").await?;
    browser.close().await
}
