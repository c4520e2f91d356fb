//! The page behind a real nginx: as it is, and with streams kept back.

use holdpoint_domain::session::ClientCommand;
use holdpoint_domain::wire::SendCommand;
use holdpoint_tests::{Browser, Name, Nginx, Options, Result, TestProxy};
use uuid::Uuid;

/// A captain at a session, behind an nginx with these settings.
async fn on_desk(settings: &str) -> Result<(TestProxy, Nginx, Browser)> {
    let port = Nginx::free_port()?;
    let public = format!("http://127.0.0.1:{port}");
    let proxy = TestProxy::start(Options::rehearsal().argument("--public-url").argument(&public)).await?;
    let nginx = Nginx::start_with(port, &proxy.url(), settings)?;
    let browser = Browser::at(&nginx.url()).await?;
    browser.is_used_by("Robin Captain").await?;
    browser.sign_in(&proxy.sign_in_link()?).await?;
    browser.find("link", Name::contains("The golden release")).await?;
    let client = browser.client().await?;
    let session = client.begin("golden-release", "golden-release", "rehearsal").await?;
    browser.go(&format!("/sessions/{session}")).await?;
    Ok((proxy, nginx, browser))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_is_live_through_nginx_as_it_is() -> Result<()> {
    let (_proxy, _nginx, browser) = on_desk("").await?;
    browser.until_connection("Live").await?;
    browser.click("button", Name::begins("Tick step")).await?;
    browser.until_done("1 of").await?;
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn where_streams_are_kept_back_the_page_asks_and_shows_what_was_accepted() -> Result<()> {
    let (_proxy, _nginx, browser) = on_desk("proxy_ignore_headers X-Accel-Buffering;").await?;
    browser.click("button", Name::begins("Tick step")).await?;
    browser.until_done("1 of").await?;
    browser.until_connection("Polling").await?;
    // What others do is seen, too.
    let client = browser.client().await?;
    let session = client.sessions().await?[0].id;
    let untick = SendCommand {
        id: Uuid::now_v7(),
        actor: "Kim".to_owned(),
        command: ClientCommand::Untick {
            step: "golden-release/freeze".to_owned(),
            reason: "It was not frozen.".to_owned(),
        },
    };
    client.send(session, &untick).await?;
    browser.until_done("0 of").await?;
    browser.close().await
}
