//! The watch page says how a release stands before the page's own program is there, and after it in the same place.

use std::time::Duration;

use holdpoint_tests::{Browser, Options, Result, TestProxy};
use serde_json::json;

const SOON: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread")]
async fn the_verdict_is_read_before_any_program_of_the_page() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let session = client.begin("golden-release", "golden-release", "rehearsal").await?;
    client.tick(session, "golden-release/freeze").await?;
    client.set_fault("command_fails_preflight", true).await?;
    client
        .verdict_of(session, "golden-release/preflight", "preflight")
        .await?;
    let browser = Browser::signed_in(&proxy, &client).await?;
    browser.size(390, 844).await?;

    // A line on which the program never arrives.
    let cdp = browser.driver().cdp();
    cdp.send_raw("Network.enable", json!({})).await?;
    let blocked = json!({ "urls": ["*.wasm"] });
    cdp.send_raw("Network.setBlockedURLs", blocked).await?;
    browser.go(&format!("/watch/{session}")).await?;
    let text = browser.text().await?;
    for words in [
        "ON HOLD",
        "A check has not passed.",
        "This is practice.",
        "The live view is on its way.",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(!text.contains("Starting Holdpoint"), "{text}");
    assert!(browser.is_in_sight("region", "Answer").await?);
    browser.picture("watch-first-answer-phone-light").await?;

    // Nobody renews it, and no script says so.
    let old = "return getComputedStyle(document.querySelector('#first-answer .word.hold')).visibility";
    assert_eq!(browser.script(old).await?, "visible");
    browser
        .until("the answer to be called old", SOON, || async {
            let text = browser.text().await?;
            Ok(text.contains("NOT UP TO DATE") && text.contains("Not up to date: this was so at "))
        })
        .await?;
    let text = browser.text().await?;
    assert!(text.contains("UTC: ON HOLD.") && !text.contains("on its way"), "{text}");
    assert_eq!(browser.script(old).await?, "hidden");
    let ground = "const one = document.querySelector('#first-answer .answer'); const other = document.createElement('div'); \
        other.className = 'answer lost'; one.after(other); \
        const same = getComputedStyle(one).backgroundColor === getComputedStyle(other).backgroundColor; other.remove(); return same";
    assert_eq!(
        browser.script(ground).await?,
        true,
        "it is as grey as a page that is not connected"
    );
    assert_eq!(browser.axe().await?, Vec::<String>::new());
    assert!(browser.driver().title().await?.contains("to Rehearsal"));

    cdp.send_raw("Network.setBlockedURLs", json!({ "urls": [] })).await?;
    browser.go(&format!("/watch/{session}")).await?;
    browser.find("status", "Answer").await?;
    browser
        .until("the page's own answer alone", SOON, || async {
            let mains = browser
                .script("return document.querySelectorAll('main').length")
                .await?;
            let text = browser.text().await?;
            Ok(mains == 1 && text.matches("ON HOLD").count() == 1 && !text.contains("on its way"))
        })
        .await?;
    browser.close().await
}
