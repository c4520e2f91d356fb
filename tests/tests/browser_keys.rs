//! Everything by keyboard, and nothing by accident.

use holdpoint_tests::{Browser, Name, Options, Result, Scope, TestProxy};
use std::time::Duration;

const SOON: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread")]
async fn a_release_by_keyboard() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let session = client.begin("golden-release", "golden-release", "rehearsal").await?;
    let browser = Browser::signed_in(&proxy, &client).await?;
    browser.go(&format!("/sessions/{session}")).await?;
    browser.until_step("FREEZE").await?;

    // j and k look at other steps; the current one stays marked.
    browser.press("j").await?;
    browser.until_step("PREFLIGHT").await?;
    let steps = browser.find("navigation", "Steps").await?;
    let current = browser.script(
        "return document.querySelector('nav[aria-label=Steps] [aria-current=step]').getAttribute('aria-label')",
    );
    assert!(current.await?.as_str().is_some_and(|name| name.contains("FREEZE")));
    browser
        .find_in(steps.scope(), "button", Name::contains("FREEZE"))
        .await?;
    browser.press("k").await?;
    browser.until_step("FREEZE").await?;

    // x ticks, g runs the gate.
    browser.press("x").await?;
    browser.until_step("PREFLIGHT").await?;
    browser.press("g").await?;
    client
        .until(session, "preflight to be ticked by its gate", SOON, |history| {
            history.is_done("golden-release/preflight")
        })
        .await?;
    browser.until_step("MIGRATE").await?;

    // n takes a note; while one types, keys are letters.
    browser.write_note("jxgkn: everybody is here?").await?;
    browser.until_gone("dialog", "Add a note").await?;
    let history = client
        .until(session, "the note", SOON, |history| !history.notes().is_empty())
        .await?;
    assert_eq!(history.notes()[0], "jxgkn: everybody is here?");
    assert_eq!(history.done().len(), 2, "no key of the note did anything else");

    // ? explains, and turns single keys off.
    browser.press("?").await?;
    let help = browser.find("dialog", "Keyboard shortcuts").await?;
    browser
        .click_in(help.scope(), "checkbox", Name::begins("Single-key shortcuts"))
        .await?;
    browser.press("\u{e00c}").await?;
    browser.until_gone("dialog", "Keyboard shortcuts").await?;
    browser.press("g").await?;
    browser.press("n").await?;
    browser.press("?").await?;
    // No key is named that does nothing.
    let hints = "return [...document.querySelectorAll('.session-page kbd, .session-page [aria-keyshortcuts]')] \
        .filter(one => one.getClientRects().length && (one.tagName === 'KBD' || one.hasAttribute('aria-keyshortcuts'))).length";
    assert_eq!(browser.script(hints).await?, 0);

    // The palette goes anywhere, with single keys off as well. Keys are handled in their order: once it is there, the two
    // before it have done all that they do.
    browser.press_with_control('k').await?;
    let palette = browser.find("dialog", "Go to").await?;
    let dialogs = browser.all(Scope::Page, "dialog", Name::Any).await?;
    let dialogs: Vec<&str> = dialogs.iter().map(|found| found.name.as_str()).collect();
    assert_eq!(dialogs, ["Go to"], "single keys are off");
    browser.find_in(palette.scope(), "combobox", Name::Any).await?;
    browser.press("DEPLOY (bring").await?;
    browser
        .find_in(palette.scope(), "option", Name::contains("DEPLOY"))
        .await?;
    // The Enter that ends a word of an input method chooses nothing.
    let composed = "document.querySelector('[role=combobox]').dispatchEvent(new KeyboardEvent('keydown', \
        { key: 'Enter', bubbles: true, cancelable: true, isComposing: true }))";
    browser.script(composed).await?;
    tokio::time::sleep(Duration::from_millis(300)).await;
    browser.find("dialog", "Go to").await?;
    browser.press("\u{e007}").await?;
    browser.until_gone("dialog", "Go to").await?;
    browser.until_step("DEPLOY").await?;
    let runs = client.history(session).await?.runs().len();
    assert_eq!(runs, history.runs().len(), "the key of the gate ran none");
    browser.close().await
}
