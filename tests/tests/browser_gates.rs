//! The page *Gates*: gates are asked outside any session.

use std::time::Duration;

use holdpoint_tests::{Answer, Browser, Folder, Name, Options, Result, TestProxy, TestServer};

const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread")]
async fn an_author_asks_gates_outside_any_session() -> Result<()> {
    let server = TestServer::start().await?;
    server.set("/health", Answer::json(200, r#"{"status": "starting"}"#));
    let folder = Folder::new(&server.url())?;
    let proxy = TestProxy::start(Options::default().runbooks(folder.path())).await?;
    let browser = Browser::open(&proxy).await?;
    browser.sign_in(&proxy.sign_in_link()?).await?;
    browser.click("link", "Gates").await?;
    browser.click("button", "Ask the 3 gates that only read").await?;
    browser
        .until("three verdicts", PATIENCE, || async {
            Ok(browser.text().await?.contains("3 failed"))
        })
        .await?;
    let text = browser.text().await?;
    assert!(text.contains("\"starting\""), "{text}");

    // Programs run when they are named, and only then.
    assert!(!text.contains("all is well\n"), "{text}");
    browser.click("button", "Ask Succeeds").await?;
    browser
        .until("its verdict", PATIENCE, || async {
            Ok(browser.text().await?.contains("1 passed"))
        })
        .await?;
    server.set("/health", Answer::json(200, r#"{"status": "ok"}"#));
    browser.click("button", Name::begins("Ask Service health")).await?;
    browser
        .until("the mended answer", PATIENCE, || async {
            Ok(browser.text().await?.contains("2 passed"))
        })
        .await?;
    assert!(
        browser.client().await?.sessions().await?.is_empty(),
        "nothing was recorded"
    );
    browser.close().await
}
