//! One press does one thing: no second run by a double click, no second tick by a second press, no run by a connection that comes back.

use std::time::Duration;

use holdpoint_tests::{Browser, Client, Name, Options, Result, Scope, TestProxy};
use thirtyfour::WebElement;
use uuid::Uuid;

const SOON: Duration = Duration::from_secs(20);

async fn at_the_gate(proxy: &TestProxy) -> Result<(Client, Browser, Uuid)> {
    let client = proxy.sign_in().await?;
    let session = client.begin("golden-release", "golden-release", "rehearsal").await?;
    client.tick(session, "golden-release/freeze").await?;
    let browser = Browser::signed_in(proxy, &client).await?;
    browser.go(&format!("/sessions/{session}")).await?;
    browser.until_step("PREFLIGHT").await?;
    browser.until_connection("Live").await?;
    Ok((client, browser, session))
}

async fn double_click(browser: &Browser, name: &str) -> Result<()> {
    let found = browser.find("button", Name::begins(name)).await?;
    let element: WebElement = browser.element(&found).await?;
    element.scroll_into_view().await?;
    Ok(browser
        .driver()
        .action_chain()
        .double_click_element(&element)
        .perform()
        .await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_double_click_is_one_click() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let (client, browser, session) = at_the_gate(&proxy).await?;
    double_click(&browser, "Run gate").await?;
    browser.until_step("MIGRATE").await?;
    // The second click of a slow double click meets what the first one brought, with the same button at the same place.
    browser.find("button", Name::begins("Run gate")).await?;
    let second = "const button = [...document.querySelectorAll('.gate button')].find(one => one.innerText.includes('Run gate')); \
        button.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, detail: 2 })); return !!button";
    assert_eq!(browser.script(second).await?, true);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(client.history(session).await?.runs().len(), 1);
    assert!(
        browser.all(Scope::Page, "alert", Name::Any).await?.is_empty(),
        "nothing was refused"
    );
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_quick_presses_tick_one_step() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    // Its first two steps are ticked by hand.
    let session = client.begin("golden-release", "perfect-rollback", "rehearsal").await?;
    let browser = Browser::signed_in(&proxy, &client).await?;
    browser.go(&format!("/sessions/{session}")).await?;
    browser.until_connection("Live").await?;
    browser.press("xx").await?;
    client
        .until(session, "a tick", SOON, |history| !history.done().is_empty())
        .await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(client.history(session).await?.done().len(), 1);
    browser.press("x").await?;
    client
        .until(session, "another tick", SOON, |history| history.done().len() == 2)
        .await?;
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gate_that_was_asked_for_without_a_connection_runs_only_when_it_is_asked_for_again() -> Result<()> {
    let mut proxy = TestProxy::start(Options::rehearsal()).await?;
    let (client, browser, session) = at_the_gate(&proxy).await?;
    proxy.kill9()?;
    browser.until_connection_is_not("Live").await?;
    browser.click("button", Name::begins("Run gate")).await?;
    for _ in 0..3 {
        // However often it is pressed, nothing is put aside for later.
        browser.click("button", Name::begins("Run it now")).await?;
    }
    let gate = browser.find("region", "Gate: Preflight gate").await?;
    browser
        .until("the gate to be said not to run", SOON, || async {
            Ok(browser.text_of(&gate).await?.contains("NOT RUN"))
        })
        .await?;
    assert!(!browser.connection().await?.contains("1 waiting"));
    // A note is still taken along.
    browser.press("n").await?;
    let dialog = browser.find("dialog", "Add a note").await?;
    let note = browser.find_in(dialog.scope(), "textbox", Name::begins("Note")).await?;
    browser.element(&note).await?.send_keys("No network here.").await?;
    browser.click_in(dialog.scope(), "button", "Save note").await?;
    browser.until_connection("1 waiting").await?;

    proxy.restart().await?;
    client
        .until(session, "the note", SOON, |history| !history.notes().is_empty())
        .await?;
    browser.until_connection("Live").await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(
        client.history(session).await?.runs().is_empty(),
        "nobody asked for it now"
    );
    assert!(browser.text_of(&gate).await?.contains("NOT RUN"));
    // Nor does a reload run it.
    browser.driver().refresh().await?;
    browser.until_step("PREFLIGHT").await?;
    browser.until_connection("Live").await?;
    browser.click("button", Name::begins("Run it now")).await?;
    client
        .until(session, "the gate to run once", SOON, |history| {
            history.runs().len() == 1 && history.is_done("golden-release/preflight")
        })
        .await?;
    browser.close().await
}
