//! What a gate said when it failed can be looked at after it passed.

use std::time::Duration;

use holdpoint_tests::{Answer, Browser, Folder, Name, Options, Result, Scope, TestProxy, TestServer};

const SOON: Duration = Duration::from_secs(20);
const FIRST: &str = "the first answer";

async fn until_evidence_says(browser: &Browser, what: &str) -> Result<()> {
    browser
        .until(what, SOON, || async {
            let Some(dialog) = browser.all(Scope::Page, "dialog", "Evidence").await?.pop() else {
                return Ok(false);
            };
            let text = browser.text_of(&dialog).await?;
            Ok([FIRST, "503", "FAIL", "VERIFY", "GET http", "\"starting\""]
                .iter()
                .all(|part| text.contains(part)))
        })
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_run_is_found_from_the_log_the_panel_and_by_its_link_after_a_later_pass() -> Result<()> {
    let server = TestServer::start().await?;
    let said = format!(r#"{{"status": "starting", "note": "{FIRST}"}}"#);
    server.set("/health", Answer::json(503, said.as_str()));
    let folder = Folder::new(&server.url())?;
    let proxy = TestProxy::start(Options::default().runbooks(folder.path())).await?;
    let client = proxy.sign_in().await?;
    let session = client.begin("demo", "release", "test").await?;
    client.tick(session, "release/freeze").await?;
    client.verdict_of(session, "release/verify", "health").await?;
    server.set("/health", Answer::json(200, r#"{"status": "ok"}"#));
    client.verdict_of(session, "release/verify", "health").await?;
    client
        .until(session, "the pass", SOON, |history| history.standing() == "go")
        .await?;

    let browser = Browser::signed_in(&proxy, &client).await?;
    browser.go(&format!("/sessions/{session}")).await?;
    browser.until_standing("GO").await?;
    // By the keyboard, from the log.
    let name = "Evidence of event 4: Service health";
    let from_log = browser.find("button", name).await?;
    browser.element(&from_log).await?.focus().await?;
    browser.press("\u{E007}").await?;
    until_evidence_says(&browser, "the first output, from the log").await?;
    browser.press("\u{E00C}").await?;
    browser.until_gone("dialog", "Evidence").await?;

    browser.click("button", Name::contains("VERIFY")).await?;
    let panel = browser.find("region", "Gate: Service health").await?;
    let text = browser.text_of(&panel).await?;
    assert!(text.contains("PASS") && !text.contains(FIRST), "{text}");
    let earlier = browser
        .all(panel.scope(), "button", Name::begins("Evidence of"))
        .await?;
    assert_eq!(earlier.len(), 1, "the pass is what the panel shows: {earlier:?}");
    browser
        .click_in(panel.scope(), "button", earlier[0].name.as_str())
        .await?;
    until_evidence_says(&browser, "the first output, from the panel").await?;

    // Its link opens it again.
    browser.go(&format!("/sessions/{session}?event=4")).await?;
    until_evidence_says(&browser, "the first output, by its link").await?;
    browser.close().await
}
