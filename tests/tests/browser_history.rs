//! The history of sessions: what is asked for stands in the address, so that it can be sent to somebody and gone back to.

use std::time::Duration;

use holdpoint_domain::session::{ClientCommand, SessionOutcome};
use holdpoint_tests::{Browser, Client, Folder, Name, Options, Result, TestProxy};

const SOON: Duration = Duration::from_secs(10);

async fn place() -> Result<(Folder, TestProxy, Client)> {
    let folder = Folder::new("http://127.0.0.1:9")?;
    let proxy = TestProxy::start(Options::default().runbooks(folder.path())).await?;
    let client = proxy.sign_in().await?;
    Ok((folder, proxy, client))
}

/// Waits until so many sessions were found.
async fn until_found(browser: &Browser, words: &str) -> Result<()> {
    let what = format!("the page to say {words:?}");
    browser
        .until(&what, SOON, || async { Ok(browser.text().await?.contains(words)) })
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_is_an_address_that_one_can_go_back_to() -> Result<()> {
    let (_folder, proxy, client) = place().await?;
    for _ in 0..3 {
        let session = client.begin("demo", "undo", "test").await?;
        client.tick(session, "undo/back").await?;
        client.close(session, SessionOutcome::Completed).await?;
    }
    let release = client.begin("demo", "release", "test").await?;
    let (step, text, written) = (None, "It was the load balancer.".to_owned(), None);
    client
        .command(release, ClientCommand::AddNote { step, text, written })
        .await?;

    let browser = Browser::signed_in(&proxy, &client).await?;
    browser.go("/").await?;
    browser.click("link", "Sessions").await?;
    browser.find("heading", "Sessions").await?;
    until_found(&browser, "4 sessions").await?;
    until_found(&browser, "Duration").await?;

    // By the keyboard alone.
    let field = "Words in titles, versions, commits and notes";
    browser.fill(field, "balancer").await?;
    browser.press("\u{e007}").await?;
    until_found(&browser, "1 session\n").await?;
    assert!(
        browser.path().await?.ends_with("/sessions?text=balancer"),
        "{}",
        browser.path().await?
    );
    browser.find("link", Name::begins("Release v")).await?;

    browser.script("history.back()").await?;
    until_found(&browser, "4 sessions").await?;
    browser.choose("How it was closed", "Completed").await?;
    until_found(&browser, "3 sessions").await?;
    browser.go(&browser.path().await?).await?;
    until_found(&browser, "3 sessions").await?;
    let chosen = browser
        .script("return document.getElementById('filter-outcome').value")
        .await?;
    assert_eq!(chosen, "completed");

    // What the proxy does not understand is said, with a way out.
    browser.go("/sessions?from=yesterday").await?;
    until_found(&browser, "“yesterday” is no day").await?;
    browser.click("link", "Clear").await?;
    until_found(&browser, "4 sessions").await?;
    browser.go("/sessions?text=nowhere").await?;
    until_found(&browser, "No session is like this").await?;

    // Of the three that were completed, whoever watches the next one learns when it ends.
    let rollback = client.begin("demo", "undo", "test").await?;
    browser.go(&format!("/watch/{rollback}")).await?;
    until_found(&browser, "Likely ends within a minute, from 3 earlier rollbacks.").await?;
    browser.close().await
}
