//! The session's page as a screen reader knows it, while it runs, on hold and when it is done, and its watch page: reviewed files. `INSTA_UPDATE=always`
//! writes them anew; read the difference as somebody who hears the page.

use std::time::Duration;

use holdpoint_domain::session::SessionOutcome;
use holdpoint_tests::{Browser, Options, Result, TestProxy, Theme, normalised};
use regex::Regex;

const SOON: Duration = Duration::from_secs(15);

/// The tree without what each run draws anew.
async fn tree(browser: &Browser) -> Result<String> {
    let tree = normalised(&browser.tree().await?);
    let drawn = [
        (r"\b\d\d:\d\d\b", "«time»"),
        (r"\b\d+(\.\d+)? s\b", "«length»"),
        (r"127\.0\.0\.1:\d+", "«address»"),
    ];
    Ok(drawn.iter().fold(tree, |tree, (pattern, place)| {
        let pattern = Regex::new(pattern).expect("the pattern is ours");
        pattern.replace_all(&tree, *place).into_owned()
    }))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_as_a_screen_reader_knows_it() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let browser = Browser::signed_in(&proxy, &client).await?;
    browser.theme(Theme::Light).await?;
    browser.size(1440, 900).await?;
    let session = client.begin("golden-release", "golden-release", "rehearsal").await?;
    client.tick(session, "golden-release/freeze").await?;
    browser.go(&format!("/sessions/{session}")).await?;
    browser.until_step("PREFLIGHT").await?;
    browser.until_connection("Live").await?;
    insta::assert_snapshot!("running", tree(&browser).await?);

    client.set_fault("command_fails_preflight", true).await?;
    client
        .verdict_of(session, "golden-release/preflight", "preflight")
        .await?;
    browser.until_standing("HOLD").await?;
    browser.go(&format!("/sessions/{session}")).await?;
    browser.until_standing("HOLD").await?;
    browser.until_connection("Live").await?;
    insta::assert_snapshot!("hold", tree(&browser).await?);
    browser.go(&format!("/watch/{session}")).await?;
    let answer = browser.find("status", "Answer").await?;
    browser
        .until("the watch page to say so", SOON, || async {
            Ok(browser.text_of(&answer).await?.starts_with("ON HOLD"))
        })
        .await?;
    insta::assert_snapshot!("watch_hold", tree(&browser).await?);

    // One gate after another, so that the log is the same each time.
    let done = client.begin("golden-release", "perfect-rollback", "rehearsal").await?;
    client.walk(done).await?;
    client.close(done, SessionOutcome::Completed).await?;
    browser.go(&format!("/sessions/{done}")).await?;
    browser.until_standing("COMPLETED").await?;
    browser.until_connection("Live").await?;
    insta::assert_snapshot!("done", tree(&browser).await?);
    browser.close().await
}
