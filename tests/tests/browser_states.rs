//! Pages as they are seldom seen: in a window that becomes narrow, without a connection, with faults switched on.

use std::time::Duration;

use holdpoint_tests::{Browser, Client, Name, Options, Result, Scope, TestProxy};
use serde_json::json;
use uuid::Uuid;

const SOON: Duration = Duration::from_secs(20);

/// A golden release that is held at its fourth step.
async fn held(client: &Client) -> Result<Uuid> {
    let session = client.begin("golden-release", "golden-release", "rehearsal").await?;
    client.tick(session, "golden-release/freeze").await?;
    client
        .verdict_of(session, "golden-release/preflight", "preflight")
        .await?;
    client.set_fault("overloaded_rpc", true).await?;
    client
        .verdict_of(session, "golden-release/migrate", "migration-status")
        .await?;
    client
        .until(session, "the hold", SOON, |state| state.standing() == "hold")
        .await?;
    Ok(session)
}

/// Whether the whole of the station that is held is within the track's box, and the track within the window's.
const HELD_IN_SIGHT: &str = "const track = document.querySelector('[aria-label=Phases]'); \
    const held = track.querySelector('li.held').getBoundingClientRect(); \
    const box = track.getBoundingClientRect(); \
    return held.left >= box.left - 1 && held.right <= box.right + 1 && box.right <= innerWidth";

#[tokio::test(flavor = "multi_thread")]
async fn the_station_that_is_held_stays_in_sight_when_the_window_becomes_narrow() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let session = held(&client).await?;
    let browser = Browser::signed_in(&proxy, &client).await?;
    browser.size(1440, 900).await?;
    browser.go(&format!("/sessions/{session}")).await?;
    browser.until_standing("HOLD").await?;
    browser.size(360, 780).await?;
    browser
        .until("the held station to be in sight", SOON, || async {
            Ok(browser.script(HELD_IN_SIGHT).await? == true)
        })
        .await?;

    // On phones a page that scrolls changes its height all the time. It must not be pulled back to the track by that.
    browser.script("window.scrollTo(0, 500)").await?;
    browser.size(360, 700).await?;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(browser.script("return Math.round(window.scrollY)").await?, 500);
    browser.close().await
}

/// How many elements of the page have the colour of what is well.
const GREEN: &str = "const probe = document.body.appendChild(document.createElement('i')); \
    probe.style.color = 'var(--go)'; const green = getComputedStyle(probe).color; probe.remove(); \
    const isGreen = style => style.color === green || style.backgroundColor === green; \
    const all = [...document.querySelectorAll('body *')]; \
    return all.filter(one => [null, '::before', '::after'].some(part => isGreen(getComputedStyle(one, part)))).length";

async fn is_green(browser: &Browser) -> Result<bool> {
    Ok(browser.script(GREEN).await?.as_u64() > Some(0))
}

/// Stops the proxy and starts it again while a page of a session with a ticked step is open.
async fn without_a_connection(path: &str, said: &str) -> Result<()> {
    let mut proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let session = client.begin("golden-release", "golden-release", "rehearsal").await?;
    client.tick(session, "golden-release/freeze").await?;
    let browser = Browser::signed_in(&proxy, &client).await?;
    browser.go(&format!("/{path}/{session}")).await?;
    let says_it = || async { Ok(browser.text().await?.contains(said)) };
    let green = || async { is_green(&browser).await };
    browser.until("what is well to be green", SOON, green).await?;
    let own = || async {
        let own = "return document.getElementById('first-answer') === null";
        Ok(browser.script(own).await? == true)
    };
    browser
        .until("the page to have taken over from the proxy's first answer", SOON, own)
        .await?;
    assert!(!says_it().await?);
    proxy.kill9()?;
    browser.until("the page to say that this is old", SOON, says_it).await?;
    browser
        .until("nothing to be green", SOON, || async { Ok(!green().await?) })
        .await?;
    let tab = browser.driver().title().await?;
    assert!(tab.starts_with("Not connected"), "the tab says “{tab}”");
    proxy.restart().await?;
    browser.until("what is well to be green again", SOON, green).await?;
    assert!(!says_it().await?);
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_page_without_a_connection_says_so_and_is_not_green() -> Result<()> {
    without_a_connection("watch", "What was last known: GOING WELL.").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_without_a_connection_says_so_and_is_not_green() -> Result<()> {
    without_a_connection("sessions", "Connection lost.").await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_of_sessions_says_how_they_stand_now_without_a_reload() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let browser = Browser::signed_in(&proxy, &client).await?;
    browser.go("/").await?;
    let shows = |words: &'static str| {
        let browser = &browser;
        async move {
            let text = browser
                .script("return document.querySelector('main').innerText")
                .await?;
            Ok(text.as_str().is_some_and(|text| text.contains(words)))
        }
    };
    browser
        .until("the list to be empty", SOON, || shows("No sessions yet"))
        .await?;
    held(&client).await?;
    browser
        .until("the list to show the hold", SOON, || shows("HOLD"))
        .await?;
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_that_cannot_be_fetched_again_are_said_to_be_old() -> Result<()> {
    let mut proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let browser = Browser::signed_in(&proxy, &client).await?;
    browser.go("/rehearsal").await?;
    browser.find("switch", "API down").await?;
    let come_back = || browser.script("window.dispatchEvent(new Event('focus'))");
    let is_old = || async {
        let said = browser
            .script("return document.querySelector('main [role=alert]').textContent")
            .await?;
        Ok(said
            .as_str()
            .is_some_and(|said| said.starts_with("What is on may have changed.")))
    };
    proxy.kill9()?;
    come_back().await?;
    browser.until("the list to be said to be old", SOON, is_old).await?;
    proxy.restart().await?;
    come_back().await?;
    browser
        .until("the list to be new again", SOON, || async { Ok(!is_old().await?) })
        .await?;
    browser.close().await
}

async fn on(client: &Client) -> Result<Vec<String>> {
    let faults = client.faults().await?;
    Ok(faults
        .into_iter()
        .filter(|fault| fault.on)
        .map(|fault| fault.id)
        .collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_that_are_on_are_listed_and_switched_off_there() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let browser = Browser::signed_in(&proxy, &client).await?;
    browser.go("/rehearsal").await?;
    browser.click("switch", "API down").await?;
    browser.click("switch", "API slow").await?;
    browser.find("button", "Switch off: API down").await?;
    browser.find("button", "Switch off: API slow").await?;
    assert_eq!(on(&client).await?, ["api_down", "api_slow"]);

    browser.click("button", "Switch off: API down").await?;
    browser.until_gone("button", "Switch off: API down").await?;
    assert_eq!(on(&client).await?, ["api_slow"]);
    // The button that had the focus is gone; the list's heading has it, so that Tab goes on from there.
    let focused = "return document.activeElement.textContent";
    browser
        .until("the heading to have the focus", SOON, || async {
            Ok(browser.script(focused).await? == "1 fault is on.")
        })
        .await?;

    // What somebody else switches is shown when one comes back to the page.
    client.set_fault("ci_failed", true).await?;
    browser.script("window.dispatchEvent(new Event('focus'))").await?;
    browser.find("button", "Switch off: CI failed").await?;
    browser.click("button", "Switch all off").await?;
    browser.until_gone("button", "Switch all off").await?;
    assert_eq!(on(&client).await?, Vec::<String>::new());
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_faults_of_gates_stand_in_groups_those_of_the_session_first() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    client.begin("golden-release", "golden-release", "rehearsal").await?;
    client.set_fault("preflight:exit-1", true).await?;
    let browser = Browser::signed_in(&proxy, &client).await?;
    browser.go("/rehearsal").await?;
    browser
        .find("button", "Switch off: Preflight gate: exit code 1")
        .await?;
    let headings = browser
        .script("return [...document.querySelectorAll('main h2')].map(one => one.textContent)")
        .await?;
    let expected = json!([
        "1 fault is on.",
        "Named faults",
        "Gates of Golden release v1.4.2",
        "Other gates"
    ]);
    assert_eq!(headings, expected);

    // A gate's faults are folded away until its line is pressed.
    let killed = "Preflight gate: program killed";
    assert!(browser.all(Scope::Page, "switch", killed).await?.is_empty());
    browser
        .click("DisclosureTriangle", Name::begins("Preflight gate"))
        .await?;
    browser.click("switch", killed).await?;
    browser.find("button", format!("Switch off: {killed}").as_str()).await?;
    assert_eq!(on(&client).await?, ["preflight:exit-1", "preflight:killed"]);
    browser.size(360, 780).await?;
    let wide = "return document.documentElement.scrollWidth > document.documentElement.clientWidth";
    assert_eq!(browser.script(wide).await?, false);
    assert_eq!(browser.axe().await?, Vec::<String>::new());
    browser.close().await
}
