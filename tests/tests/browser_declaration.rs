//! A gate that was corrected, on the captain's page: seen beside the old one, and taken with a reason.

use std::time::Duration;

use holdpoint_tests::{Answer, Browser, Folder, Name, Options, Result, TestProxy, TestServer};

const PATIENCE: Duration = Duration::from_secs(20);

/// Whether the dialog that is open lies within the window, and nothing in it is cut off at its side.
const FITS: &str = "const open = document.querySelector('dialog[open]'); const box = open.getBoundingClientRect(); \
    const body = open.querySelector('.dialog-body'); \
    return box.left >= 0 && box.right <= innerWidth && body.scrollWidth <= body.clientWidth";

#[tokio::test(flavor = "multi_thread")]
async fn a_captain_takes_a_corrected_gate_and_goes_on() -> Result<()> {
    let server = TestServer::start().await?;
    server.set("/health", Answer::json(503, r#"{"status": "gone"}"#));
    server.set("/healthz", Answer::json(200, r#"{"status": "ok"}"#));
    let folder = Folder::new(&server.url())?;
    let gates = std::fs::read_to_string(folder.path().join("gates.toml")).expect("the folder has it");
    // Only the proxy asks, so that the page asks no other origin.
    let gates = gates.replace("direct = true\n", "");
    folder.write("gates.toml", &gates)?;
    let mut proxy = TestProxy::start(Options::default().runbooks(folder.path())).await?;
    let client = proxy.sign_in().await?;
    let session = client.begin("demo", "release", "test").await?;
    client.tick(session, "release/freeze").await?;
    client.verdict_of(session, "release/verify", "health").await?;

    let title = "title = \"Service health\"\n";
    let (before, after) = gates.split_once(title).expect("the demo's gate");
    let mended = after.replacen("{url.api}/health\"", "{url.api}/healthz\"", 1);
    folder.write("gates.toml", &format!("{before}{title}{mended}"))?;
    proxy.restart().await?;
    client.verdict_of(session, "release/verify", "health").await?;

    let browser = Browser::signed_in(&proxy, &client).await?;
    browser.go(&format!("/sessions/{session}")).await?;
    browser.until_standing("HOLD").await?;
    browser.click("button", "Look at the corrected gate").await?;
    let dialog = browser.find("dialog", "The corrected gate").await?;
    browser.find_in(dialog.scope(), "table", "What differs").await?;
    let said = browser.text_of(&dialog).await?;
    for words in [
        "{url.api}/health",
        "{url.api}/healthz",
        "The session goes by",
        "gates.toml now",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    browser.size(360, 780).await?;
    assert_eq!(browser.script(FITS).await?, true, "at 360 pixels");

    // Without a reason nothing is taken. With the keyboard alone it is.
    browser
        .click_in(dialog.scope(), "button", "Take the corrected gate")
        .await?;
    let reason = browser
        .find_in(dialog.scope(), "textbox", Name::begins("Reason"))
        .await?;
    assert!(
        reason.description.contains("Write something first."),
        "{}",
        reason.description
    );
    let reason = browser.element(&reason).await?;
    reason.send_keys("The health is told at /healthz.").await?;
    browser.press_with_control('\u{e007}').await?;
    browser.until_gone("dialog", "The corrected gate").await?;
    browser.until_gone("button", "Look at the corrected gate").await?;
    browser
        .until("the log to tell of it", PATIENCE, || async {
            let text = browser.text().await?;
            Ok(text.contains("corrected declaration taken") && text.contains("The health is told at /healthz."))
        })
        .await?;
    assert!(browser.standing().await?.ends_with("HOLD"), "nothing was asked yet");
    browser.click("button", Name::begins("Run again")).await?;
    browser.until_standing("GO").await?;
    browser.until_done("2 of 3").await?;
    browser.close().await
}
