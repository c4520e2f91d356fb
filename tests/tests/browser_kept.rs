//! What the browser keeps of a session: it opens without the proxy, and is never believed against it.

use std::time::Duration;

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

/// Does something with what the browser keeps of sessions, and answers the keys that are left.
async fn kept(browser: &Browser, work: &str) -> Result<Vec<String>> {
    let script = format!(
        "return new Promise((done, fail) => {{
            const open = indexedDB.open('holdpoint');
            open.onerror = () => fail(open.error);
            open.onsuccess = () => {{
                const store = open.result.transaction('events', 'readwrite').objectStore('events');
                {work}
                const keys = store.getAllKeys();
                keys.onerror = () => fail(keys.error);
                keys.onsuccess = () => {{ open.result.close(); done(keys.result); }};
            }};
        }});"
    );
    let keys = browser.script(&script).await?;
    let keys = keys.as_array().expect("keys are a list").iter();
    Ok(keys.filter_map(|key| key.as_str().map(str::to_owned)).collect())
}

/// The browser has kept the page and the session, so that both are there when the proxy is not.
async fn until_kept(browser: &Browser, session: uuid::Uuid) -> Result<()> {
    let ready = "return navigator.serviceWorker.ready.then(() => true)";
    assert_eq!(browser.script(ready).await?, true);
    browser
        .until("the session to be kept", SOON, || async {
            Ok(kept(browser, "").await?.contains(&format!("{session}:000000000001")))
        })
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_was_seen_opens_without_the_proxy() -> Result<()> {
    let mut proxy = TestProxy::start(Options::rehearsal()).await?;
    let (client, browser, session) = on_desk(&proxy).await?;
    browser.until_connection("Live").await?;
    until_kept(&browser, session).await?;
    proxy.kill9()?;
    browser.driver().refresh().await?;
    browser.until_step("FREEZE").await?;
    browser.until_connection("Offline").await?;

    // It is worked on as before: a step without gates is ticked here and sent later, and one with gates is ticked by nobody.
    browser.click("button", Name::begins("Tick step")).await?;
    browser.until_connection("1 waiting").await?;
    browser.until_step("PREFLIGHT").await?;
    let ticks = browser.all(Scope::Page, "button", Name::begins("Tick step")).await?;
    assert!(
        ticks.iter().all(|button| button.is_disabled()),
        "a gate ticks this step"
    );

    proxy.restart().await?;
    browser.until_connection("Live").await?;
    client
        .until(session, "the tick to be sent", SOON, |history| {
            history.is_done("golden-release/freeze")
        })
        .await?;
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn kept_events_without_the_sessions_start_are_not_shown() -> Result<()> {
    let mut proxy = TestProxy::start(Options::rehearsal()).await?;
    let (_client, browser, session) = on_desk(&proxy).await?;
    browser.until_connection("Live").await?;
    until_kept(&browser, session).await?;
    // The start holds the procedure. What is left without it is no session.
    browser.do_step("FREEZE").await?;
    browser
        .until("the tick to be kept", SOON, || async {
            Ok(kept(&browser, "").await?.contains(&format!("{session}:000000000002")))
        })
        .await?;
    let first = format!("{session}:000000000001");
    let keys = kept(&browser, &format!("store.delete('{first}');")).await?;
    assert!(!keys.is_empty() && !keys.contains(&first), "{keys:?}");
    proxy.kill9()?;
    browser.driver().refresh().await?;
    browser.find("heading", "Session not loaded").await?;
    let ticks = browser.all(Scope::Page, "button", Name::begins("Tick")).await?;
    assert!(ticks.is_empty(), "there is nothing to tick");

    // The proxy knows the steps.
    proxy.restart().await?;
    browser.until_step("PREFLIGHT").await?;
    browser.until_connection("Live").await?;
    until_kept(&browser, session).await?;
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn ticks_that_were_written_into_the_browser_are_not_shown_beside_live() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let (client, browser, session) = on_desk(&proxy).await?;
    browser.until_connection("Live").await?;
    until_kept(&browser, session).await?;
    // Somebody makes up a log in which everything is done. Its events even go on from each other.
    let forge = format!(
        "const first = store.get('{session}:000000000001');
        first.onsuccess = () => {{
            const start = JSON.parse(first.result);
            ['freeze', 'preflight', 'migrate', 'verify', 'deploy', 'smoke', 'scale'].forEach((step, index) => {{
                const seq = index + 2;
                const event = {{ type: 'step_ticked', step: 'golden-release/' + step, by: {{ kind: 'person' }} }};
                const made_up = {{ ...start, seq, event, prev: start.hash, hash: start.hash }};
                store.put(JSON.stringify(made_up), '{session}:' + String(seq).padStart(12, '0'));
            }});
        }};"
    );
    kept(&browser, &forge).await?;
    let forged = format!("{session}:000000000008");
    assert!(kept(&browser, "").await?.contains(&forged), "it is kept");

    browser.driver().refresh().await?;
    browser.until_connection("Live").await?;
    browser.until_done("0 of 7").await?;
    browser.until_step("FREEZE").await?;
    assert!(client.history(session).await?.done().is_empty());
    // Nor does it come back: what the proxy has takes the place of what was kept.
    browser
        .until("the forgery to be forgotten", SOON, || async {
            Ok(!kept(&browser, "").await?.contains(&forged))
        })
        .await?;
    browser.close().await
}
