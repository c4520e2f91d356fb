//! Ctrl-K: everything is found from everywhere, by keyboard, and what could not be searched is said.

use std::time::Duration;

use holdpoint_tests::{Browser, Name, Options, Result, TestProxy};

const SOON: Duration = Duration::from_secs(10);
const ENTER: &str = "\u{e007}";
const ESCAPE: &str = "\u{e00c}";

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_in_a_runbook_is_found_and_opened_where_it_stands() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let browser = Browser::signed_in(&proxy, &client).await?;
    browser.go("/").await?;
    browser.find("heading", "Runbooks").await?;
    browser.press_with_control('k').await?;
    let palette = browser.find("dialog", "Go to").await?;
    browser.press("api answers 503").await?;
    browser
        .find_in(palette.scope(), "group", Name::begins("TROUBLESHOOTING"))
        .await?;
    let option = browser
        .find_in(palette.scope(), "option", Name::begins("The API answers 503"))
        .await?;
    // The focus stays in the field, which names the option that Enter chooses.
    let active = "const field = document.querySelector('[role=combobox]'); \
        return document.activeElement === field && document.getElementById(field.getAttribute('aria-activedescendant')).textContent";
    let active = browser.script(active).await?;
    assert!(
        active
            .as_str()
            .is_some_and(|text| text.starts_with("The API answers 503")),
        "{active:?}"
    );
    drop(option);
    browser.press(ENTER).await?;
    browser.until_gone("dialog", "Go to").await?;
    browser.find("heading", "What you may meet").await?;
    assert_eq!(
        browser.path().await?.split('#').next(),
        Some("/runbooks/railway-deployment")
    );

    // Escape gives the focus back.
    browser.script("document.querySelector('#find').focus()").await?;
    browser.press_with_control('k').await?;
    browser.find("dialog", "Go to").await?;
    browser.press(ESCAPE).await?;
    browser.until_gone("dialog", "Go to").await?;
    let focused = browser.script("return document.activeElement.id").await?;
    assert_eq!(focused.as_str(), Some("find"));
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_searched_without_a_connection_and_says_so() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let session = client.begin("golden-release", "golden-release", "rehearsal").await?;
    let browser = Browser::signed_in(&proxy, &client).await?;
    browser.go(&format!("/sessions/{session}")).await?;
    browser.until_step("FREEZE").await?;
    drop(proxy);
    browser.press_with_control('k').await?;
    let palette = browser.find("dialog", "Go to").await?;
    browser.press("verify_db_contract").await?;
    browser
        .find_in(palette.scope(), "option", Name::contains("verify_db_contract.py"))
        .await?;
    browser
        .until("the palette to say what it did not search", SOON, || async {
            Ok(browser
                .text()
                .await?
                .contains("Only this session’s own steps and commands"))
        })
        .await?;
    browser.press(ENTER).await?;
    browser.until_step("VERIFY").await?;
    browser.close().await
}
