//! Nothing is lost: reloads, closed tabs, other people's tabs, a proxy that goes away and comes back.

use std::time::Duration;

use holdpoint_domain::session::SessionOutcome;
use holdpoint_tests::{Browser, Client, Name, Options, Result, Scope, TestProxy};

const SOON: Duration = Duration::from_secs(10);

async fn connection(browser: &Browser) -> Result<String> {
    let found = browser.find("status", "Connection").await?;
    browser.text_of(&found).await
}

async fn until_connection(browser: &Browser, word: &str) -> Result<()> {
    let what = format!("the connection to be “{word}”");
    browser
        .until(&what, Duration::from_secs(30), || async {
            Ok(connection(browser).await?.contains(word))
        })
        .await
}

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
    browser.click("link", "Golden release").await?;
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
        browser.text().await?.to_lowercase().contains("production is safe"),
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
    until_connection(&browser, "Live").await?;
    proxy.kill9()?;
    browser
        .until("the page to notice", Duration::from_secs(30), || async {
            Ok(!connection(&browser).await?.contains("Live"))
        })
        .await?;

    // The captain goes on: the step is ticked here, and waits to be sent.
    browser.click("button", Name::begins("Tick step")).await?;
    until_connection(&browser, "1 waiting").await?;

    proxy.restart().await?;
    until_connection(&browser, "Live").await?;
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
    until_connection(&browser, "Live").await?;
    proxy.kill9()?;
    browser
        .until("the page to notice", Duration::from_secs(30), || async {
            Ok(!connection(&browser).await?.contains("Live"))
        })
        .await?;
    browser.click("button", Name::begins("Tick step")).await?;
    until_connection(&browser, "1 waiting").await?;
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
    browser.until_standing("ABANDONED").await?;
    browser.close().await
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
    until_connection(&browser, "Live").await?;
    until_kept(&browser, session).await?;
    proxy.kill9()?;
    browser.driver().refresh().await?;
    browser.until_step("FREEZE").await?;
    until_connection(&browser, "Offline").await?;

    // It is worked on as before: a step without gates is ticked here and sent later, and one with gates is ticked by nobody.
    browser.click("button", Name::begins("Tick step")).await?;
    until_connection(&browser, "1 waiting").await?;
    browser.until_step("PREFLIGHT").await?;
    let ticks = browser.all(Scope::Page, "button", Name::begins("Tick step")).await?;
    assert!(
        ticks.iter().all(|button| button.is_disabled()),
        "a gate ticks this step"
    );

    proxy.restart().await?;
    until_connection(&browser, "Live").await?;
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
    until_connection(&browser, "Live").await?;
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
    until_connection(&browser, "Live").await?;
    until_kept(&browser, session).await?;
    browser.close().await
}

/// How far the outline says that the session is.
async fn until_done(browser: &Browser, done: &str) -> Result<()> {
    let what = format!("the outline to say {done}");
    browser
        .until(&what, SOON, || async {
            let outline = browser.find("navigation", "Steps").await?;
            Ok(browser.text_of(&outline).await?.to_lowercase().contains(done))
        })
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn ticks_that_were_written_into_the_browser_are_not_shown_beside_live() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let (client, browser, session) = on_desk(&proxy).await?;
    until_connection(&browser, "Live").await?;
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
    until_connection(&browser, "Live").await?;
    until_done(&browser, "0 of 7").await?;
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
    until_connection(&browser, "Live").await?;
    proxy.stop()?;
    let older = tempfile::tempdir().expect("a folder");
    copy_files(proxy.data(), older.path()).expect("a copy");
    proxy.restart().await?;
    until_connection(&browser, "Live").await?;
    browser.do_step("FREEZE").await?;
    until_done(&browser, "1 of 7").await?;

    // A disk fails, and yesterday's copy of the folder is put back.
    proxy.stop()?;
    copy_files(older.path(), proxy.data()).expect("the copy is put back");
    proxy.restart().await?;
    until_connection(&browser, "Live").await?;
    until_done(&browser, "0 of 7").await?;
    assert!(client.history(session).await?.done().is_empty());
    // And what is done now is done there.
    browser.do_step("FREEZE").await?;
    client
        .until(session, "the tick to be recorded", SOON, |history| {
            history.is_done("golden-release/freeze")
        })
        .await?;
    until_done(&browser, "1 of 7").await?;
    browser.close().await
}
