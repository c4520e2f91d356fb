//! What a captain needs when things go wrong twice: another rollback in the place of one that was given up, what there is to undo
//! seen from the rollback, keys and *Go to* that lead to what they name, and what waits to be sent.

use std::time::Duration;

use holdpoint_domain::session::SessionOutcome;
use holdpoint_tests::{Browser, Name, Options, Result, Scope, TestProxy};

const SOON: Duration = Duration::from_secs(15);
const ENTER: &str = "\u{e007}";

/// The id of what has the focus.
async fn focused(browser: &Browser) -> Result<String> {
    let id = browser.script("return document.activeElement.id").await?;
    Ok(id.as_str().unwrap_or_default().to_owned())
}

async fn until_focused(browser: &Browser, id: &str) -> Result<()> {
    let what = format!("the focus to be on {id}");
    browser
        .until(&what, SOON, || async { Ok(focused(browser).await? == id) })
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn another_rollback_is_started_in_the_place_of_one_that_was_given_up() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let release = client.begin("golden-release", "golden-release", "rehearsal").await?;
    client.tick(release, "golden-release/freeze").await?;
    let wrong = client.begin_rollback(release, "perfect-rollback").await?;
    let browser = Browser::signed_in(&proxy, &client).await?;
    browser.is_used_by("Ada").await?;
    browser.go(&format!("/sessions/{release}")).await?;
    browser.until_standing("ROLLING BACK").await?;
    let another = "Start another rollback";
    assert!(browser.all(Scope::Page, "button", another).await?.is_empty());

    client.close(wrong, SessionOutcome::Abandoned).await?;
    browser.until_standing("ROLLBACK GIVEN UP").await?;
    let notice = browser.find("region", "Rollback").await?;
    browser.find_in(notice.scope(), "button", another).await?;
    browser.press("r").await?;
    let dialog = browser.find("dialog", "Start the rollback?").await?;
    let words = browser.text_of(&dialog).await?;
    assert!(words.contains("was given up with 0 of 5 steps done."), "{words}");
    browser.click_in(dialog.scope(), "button", "Start rollback").await?;

    // From the new one it is seen what there is to undo, and that it is not the first.
    browser.until_standing("ROLLING BACK").await?;
    let section = browser.find("region", "What there is to undo").await?;
    let words = browser.text_of(&section).await?;
    assert!(
        words.contains("FREEZE") && words.contains("earlier rollback"),
        "{words}"
    );
    browser
        .until("the release to be linked with the new one", SOON, || async {
            let linked = client.history(release).await?.rollback().map(str::to_owned);
            Ok(linked.is_some_and(|linked| linked != wrong.to_string()))
        })
        .await?;
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_and_go_to_lead_to_what_they_name() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let session = client.begin("golden-release", "golden-release", "rehearsal").await?;
    let browser = Browser::signed_in(&proxy, &client).await?;
    browser.go(&format!("/sessions/{session}")).await?;
    browser.until_step("FREEZE").await?;
    browser.script("document.querySelector('.brand').focus()").await?;
    browser.press("b").await?;
    until_focused(&browser, "step-title").await?;

    browser.press_with_control('k').await?;
    let palette = browser.find("dialog", "Go to").await?;
    browser.press("undo").await?;
    browser.find_in(palette.scope(), "option", "Start rollback").await?;
    browser.press(ENTER).await?;
    let dialog = browser.find("dialog", "Start the rollback?").await?;
    browser.click_in(dialog.scope(), "button", "Cancel").await?;

    // A heading that the address names has the focus and is marked, and its code can be copied.
    browser.press_with_control('k').await?;
    let palette = browser.find("dialog", "Go to").await?;
    browser.press("api answers 503").await?;
    browser
        .find_in(palette.scope(), "option", Name::begins("The API answers 503"))
        .await?;
    browser.press(ENTER).await?;
    browser.until_gone("dialog", "Go to").await?;
    browser
        .until("the heading to be marked and focused", SOON, || async {
            let script = "return location.hash.length > 1 && document.activeElement.matches('[data-sought]') \
                && '#' + document.activeElement.id === decodeURIComponent(location.hash)";
            Ok(browser.script(script).await? == true)
        })
        .await?;
    let copies = browser.all(Scope::Page, "button", Name::begins("Copy")).await?;
    assert!(!copies.is_empty(), "a fence is copied");
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_has_a_search_a_menu_and_the_post_mortem() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let session = client.begin("golden-release", "golden-release", "rehearsal").await?;
    let browser = Browser::signed_in(&proxy, &client).await?;
    browser.size(360, 740).await?;
    browser.go(&format!("/sessions/{session}")).await?;
    browser.until_step("FREEZE").await?;
    let head = browser.find("region", "Session").await?;
    browser.find_in(head.scope(), "link", "Post-mortem").await?;
    browser.click("button", Name::begins("Go to")).await?;
    browser.find("dialog", "Go to").await?;
    browser.press("\u{e00c}").await?;
    browser.until_gone("dialog", "Go to").await?;
    browser
        .script("document.querySelector('.site-menu summary').click()")
        .await?;
    browser.click("link", "Incidents").await?;
    browser.find("heading", Name::begins("Incident")).await?;
    let wide = browser.script("return document.documentElement.scrollWidth").await?;
    assert!(wide.as_i64().is_some_and(|wide| wide <= 360), "{wide:?}");
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_to_be_sent_is_on_the_page() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let session = client.begin("golden-release", "golden-release", "rehearsal").await?;
    let browser = Browser::signed_in(&proxy, &client).await?;
    browser.is_used_by("Ada").await?;
    browser.go(&format!("/sessions/{session}")).await?;
    browser.until_step("FREEZE").await?;
    drop(proxy);
    browser.write_note("The workers are stopped").await?;
    browser
        .until("the note to stand in the log as not sent", SOON, || async {
            let log = browser.find("complementary", "Log").await?;
            let words = browser.text_of(&log).await?;
            Ok(words.contains("The workers are stopped") && words.contains("not sent yet"))
        })
        .await?;
    browser.close().await
}
