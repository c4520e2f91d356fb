//! The release's story in every engine that people use: start, gates, no proxy for a while, hold, rollback, export.

use std::time::{Duration, Instant};

use holdpoint_tests::{Browser, Engine, Name, Options, RELEASED_VERSION, Result, TestProxy};

const SOON: Duration = Duration::from_secs(20);
/// How often the proxy sends a comment down a stream on which nothing happens.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

#[tokio::test(flavor = "multi_thread")]
async fn the_release_s_story_in_chromium() -> Result<()> {
    story(Engine::Chromium).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_release_s_story_in_firefox() -> Result<()> {
    story(Engine::Firefox).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_release_s_story_in_webkit() -> Result<()> {
    story(Engine::WebKit).await
}

async fn story(engine: Engine) -> Result<()> {
    let mut proxy = TestProxy::start(Options::rehearsal()).await?;
    let browser = Browser::of(engine, &proxy.url()).await?;
    let release = browser.begin_golden_release(&proxy).await?;
    let client = browser.client().await?;
    browser.until_standing("GO").await?;
    let opened = Instant::now();
    browser.until_connection("Live").await?;
    // The stream's first byte comes at once, and not with the first comment that keeps it alive, after 15 s.
    assert!(opened.elapsed() < KEEP_ALIVE, "{:?}", opened.elapsed());
    // WebKit does not give what was preloaded to a `fetch`.
    let loaded = "return performance.getEntriesByType('resource').filter(one => one.name.endsWith('.wasm')).length";
    assert_eq!(browser.script(loaded).await?, 1);

    browser.do_step("FREEZE (").await?;
    browser.until_announced(&["Ticked: FREEZE", "Next: PREFLIGHT"]).await?;
    browser.until_focused("h2: PREFLIGHT").await?;
    browser.do_step("PREFLIGHT (").await?;
    browser
        .until_announced(&["PASS: Preflight gate.", "Next: MIGRATE"])
        .await?;

    let ready = "return navigator.serviceWorker.ready.then(() => true)";
    assert_eq!(browser.script(ready).await?, true);
    // Without the proxy the page opens and a note is kept, and no gate can be asked; when it is back the note is sent.
    proxy.kill9()?;
    browser.until_connection("Offline").await?;
    // By the page itself: the refresh of Firefox's driver goes past the service worker.
    browser.script("window.isBefore = true; location.reload()").await?;
    browser
        .until("the page to be another one", SOON, || async {
            Ok(browser.script("return window.isBefore === undefined").await? == true)
        })
        .await?;
    browser.until_step("MIGRATE").await?;
    browser.until_connection("Offline").await?;
    browser.write_note("The proxy's machine restarts.").await?;
    browser.until_connection("1 ").await?;
    proxy.restart().await?;
    browser.until_connection("Live").await?;
    client
        .until(release, "the note", SOON, |history| history.notes().len() == 1)
        .await?;

    // The hold stays in sight, and nothing can be ticked.
    client.set_fault("overloaded_rpc", true).await?;
    browser.do_step("MIGRATE (").await?;
    browser.until_standing("HOLD").await?;
    browser.script("window.scrollTo(0, 900)").await?;
    browser
        .until("the hold to be in sight", SOON, || {
            browser.is_in_sight("region", "Hold")
        })
        .await?;
    let ticks = browser
        .all(holdpoint_tests::Scope::Page, "button", Name::begins("Tick step"))
        .await?;
    assert!(ticks.iter().all(holdpoint_tests::Found::is_disabled), "{ticks:?}");

    let rollback = browser.roll_back(release, &client).await?;
    let history = client.history(release).await?;
    assert_eq!(history.rollback(), Some(rollback.to_string().as_str()));

    let (_, report) = browser.export("Markdown", "md").await?;
    for word in [
        "Rehearsal",
        RELEASED_VERSION,
        "Robin Captain",
        "The proxy's machine restarts.",
        "An RPC was overloaded.",
    ] {
        assert!(report.contains(word), "the report says {word}:\n{report}");
    }
    browser.close().await
}
