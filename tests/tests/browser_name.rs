//! The log credits people with what they did themselves, whatever browser they used.

use std::time::Duration;

use holdpoint_domain::session::Event;
use holdpoint_tests::{Browser, Name, Options, Result, TestProxy};

const SOON: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_asks_its_user_s_name_before_the_first_command() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let browser = Browser::open(&proxy).await?;
    browser.sign_in(&proxy.sign_in_link()?).await?;
    let client = browser.client().await?;
    let session = client.begin("golden-release", "golden-release", "rehearsal").await?;
    browser.go(&format!("/sessions/{session}")).await?;
    browser.until_step("FREEZE").await?;

    // Without a name nothing is sent, and nothing is kept to be sent later.
    browser.click("button", Name::begins("Tick step")).await?;
    let dialog = browser.find("dialog", "Who are you?").await?;
    browser.click_in(dialog.scope(), "button", "Cancel").await?;
    browser.until_gone("dialog", "Who are you?").await?;
    assert!(client.history(session).await?.done().is_empty());

    browser.click("button", Name::begins("Tick step")).await?;
    let dialog = browser.find("dialog", "Who are you?").await?;
    let name = browser.find_in(dialog.scope(), "textbox", "Your name").await?;
    browser.element(&name).await?.send_keys("Sam Deputy").await?;
    browser.click_in(dialog.scope(), "button", "Go on").await?;
    browser.until_step("PREFLIGHT").await?;
    client
        .until(session, "the tick", SOON, |history| {
            history.is_done("golden-release/freeze")
        })
        .await?;
    let records = client.events(session, 0).await?;
    let ticked = records
        .iter()
        .find(|record| matches!(record.event, Event::StepTicked { .. }))
        .expect("it is done");
    assert_eq!(ticked.actor.name(), "Sam Deputy", "and not the captain");
    let head = browser.find("region", "Session").await?;
    assert!(browser.text_of(&head).await?.contains("you are Sam Deputy"));

    // It is asked once.
    browser.press("n").await?;
    let dialog = browser.find("dialog", "Add a note").await?;
    let note = browser.find_in(dialog.scope(), "textbox", Name::begins("Note")).await?;
    browser
        .element(&note)
        .await?
        .send_keys("Taken over at the desk.")
        .await?;
    browser
        .click_in(dialog.scope(), "button", Name::begins("Save note"))
        .await?;
    client
        .until(session, "the note", SOON, |history| history.notes().len() == 1)
        .await?;
    browser.close().await
}
