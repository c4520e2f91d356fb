//! A proxy that hangs, and one that is gone: the page does not say that it is live, and says what will be sent and what not.

use std::time::Duration;

use holdpoint_tests::{Browser, Client, Name, Options, Result, TestProxy};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use uuid::Uuid;

const SOON: Duration = Duration::from_secs(20);

async fn on_desk(proxy: &TestProxy) -> Result<(Client, Browser, Uuid)> {
    let client = proxy.sign_in().await?;
    let session = client.begin("golden-release", "golden-release", "rehearsal").await?;
    let browser = Browser::signed_in(proxy, &client).await?;
    browser.go(&format!("/sessions/{session}")).await?;
    browser.until_step("FREEZE").await?;
    browser.until_connection("Live").await?;
    Ok((client, browser, session))
}

fn send(proxy: &TestProxy, signal: Signal) {
    let pid = i32::try_from(proxy.pid()).expect("a process id");
    kill(Pid::from_raw(pid), signal).expect("it is ours, and runs");
}

/// The colour of GO in the head, and whether it is the page's green.
const GREEN: &str = "const style = getComputedStyle(document.querySelector('.head .standing .word')); \
    return style.getPropertyValue('--go').trim() === getComputedStyle(document.documentElement).getPropertyValue('--go').trim()";

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_hangs_is_not_called_live() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let (client, browser, session) = on_desk(&proxy).await?;
    assert_eq!(browser.script(GREEN).await?, true);
    send(&proxy, Signal::SIGSTOP);
    // A command that is not answered tells it first. One step is where the work is, and it is not the one that is on its way.
    browser.click("button", Name::begins("Tick step")).await?;
    browser.until_step("PREFLIGHT").await?;
    let highlighted =
        "return [...document.querySelectorAll('.outline .step-row.now, .track li.now')].map(one => one.innerText)";
    let now = browser.script(highlighted).await?.to_string().to_lowercase();
    assert!(now.contains("preflight") && !now.contains("freeze"), "{now}");
    browser.until_connection("No answer for").await?;
    assert!(!browser.connection().await?.contains("Live"));
    assert_eq!(browser.script(GREEN).await?, false);
    browser.until_announced(&["Holdpoint does not answer."]).await?;
    send(&proxy, Signal::SIGCONT);
    client
        .until(session, "the tick", SOON, |history| {
            history.is_done("golden-release/freeze")
        })
        .await?;
    browser.until_connection("Live").await?;
    assert_eq!(browser.script(GREEN).await?, true);

    // Nobody does anything: the page asks by itself, and long before the stream's next sign of life is due and missing.
    send(&proxy, Signal::SIGSTOP);
    let since = std::time::Instant::now();
    browser.until_connection("No answer for").await?;
    assert!(since.elapsed() < Duration::from_secs(14), "{:?}", since.elapsed());
    send(&proxy, Signal::SIGCONT);
    browser.until_connection("Live").await?;
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_will_be_sent_is_counted_and_what_did_not_run_is_said() -> Result<()> {
    let mut proxy = TestProxy::start(Options::rehearsal()).await?;
    let (client, browser, session) = on_desk(&proxy).await?;
    client.tick(session, "golden-release/freeze").await?;
    client
        .verdict_of(session, "golden-release/preflight", "preflight")
        .await?;
    browser.until_step("MIGRATE").await?;
    browser.until_connection("Live").await?;
    proxy.kill9()?;
    browser.until_connection("Offline").await?;
    browser.click("button", Name::begins("Done, now check")).await?;
    browser.until_connection("1 waiting").await?;
    browser.until_announced(&["Waits to be sent."]).await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(
        browser.connection().await?.contains("1 waiting"),
        "the gate is not sent"
    );

    proxy.restart().await?;
    browser.until_connection("Live").await?;
    browser
        .until_announced(&["Work done: MIGRATE", "Its gate did not run: run it."])
        .await?;
    let said = browser.announced().await?.join(" ");
    assert!(!said.contains("Its checks run now"), "{said}");
    assert!(client.history(session).await?.running().is_empty());
    browser.close().await
}
