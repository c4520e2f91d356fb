//! The log credits people with what they did themselves, whatever browser they used.

use std::time::Duration;

use holdpoint_domain::session::Event;
use holdpoint_tests::{Browser, Client, Folder, Name, Options, Result, TestProxy};
use uuid::Uuid;

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
    browser.write_note("Taken over at the desk.").await?;
    client
        .until(session, "the note", SOON, |history| history.notes().len() == 1)
        .await?;
    browser.close().await
}

/// A browser at a session's first step whose user has not said a name.
async fn unnamed(proxy: &TestProxy) -> Result<(Client, Browser, Uuid)> {
    let browser = Browser::open(proxy).await?;
    browser.sign_in(&proxy.sign_in_link()?).await?;
    let client = browser.client().await?;
    let session = client.begin("golden-release", "golden-release", "rehearsal").await?;
    browser.go(&format!("/sessions/{session}")).await?;
    browser.until_step("FREEZE").await?;
    Ok((client, browser, session))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_outlives_the_question_for_the_name() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let (client, browser, session) = unnamed(&proxy).await?;
    browser.press("n").await?;
    let dialog = browser.find("dialog", "Add a note").await?;
    let note = browser.find_in(dialog.scope(), "textbox", Name::begins("Note")).await?;
    let field = browser.element(&note).await?;
    field.send_keys("Disk at 91 %.").await?;
    browser
        .click_in(dialog.scope(), "button", Name::begins("Save note"))
        .await?;
    let question = browser.find("dialog", "Who are you?").await?;
    browser.click_in(question.scope(), "button", "Cancel").await?;
    browser.until_gone("dialog", "Who are you?").await?;

    // The note's dialog is there, with its text and the focus.
    assert_eq!(field.prop("value").await?.as_deref(), Some("Disk at 91 %."));
    let within = "return !!document.activeElement.closest('dialog[open]')";
    browser
        .until("the focus to be in the note's dialog", SOON, || async {
            Ok(browser.script(within).await? == true)
        })
        .await?;
    assert!(client.history(session).await?.notes().is_empty());
    browser
        .click_in(dialog.scope(), "button", Name::begins("Save note"))
        .await?;
    let question = browser.find("dialog", "Who are you?").await?;
    let name = browser.find_in(question.scope(), "textbox", "Your name").await?;
    browser.element(&name).await?.send_keys("Sam Deputy").await?;
    browser.click_in(question.scope(), "button", "Go on").await?;
    let history = client
        .until(session, "the note", SOON, |history| !history.notes().is_empty())
        .await?;
    assert_eq!(history.notes(), ["Disk at 91 %."]);
    browser.until_gone("dialog", "Add a note").await?;

    // What is sent lets go of the text.
    browser.press("n").await?;
    let dialog = browser.find("dialog", "Add a note").await?;
    let note = browser.find_in(dialog.scope(), "textbox", Name::begins("Note")).await?;
    assert_eq!(browser.element(&note).await?.prop("value").await?.as_deref(), Some(""));
    // An empty one leaves the focus where it is to be mended.
    browser
        .click_in(dialog.scope(), "button", Name::begins("Save note"))
        .await?;
    browser.until_focused("textarea").await?;
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_was_typed_outlives_the_question_and_a_look_at_another_step() -> Result<()> {
    // No gate of it is run.
    let folder = Folder::new("http://127.0.0.1:9")?;
    let proxy = TestProxy::start(Options::default().runbooks(folder.path())).await?;
    let browser = Browser::open(&proxy).await?;
    browser.sign_in(&proxy.sign_in_link()?).await?;
    let client = browser.client().await?;
    let session = client.begin("demo", "checks", "test").await?;
    browser
        .go(&format!("/sessions/{session}#step-checks/queue-length"))
        .await?;
    let field = browser.find("textbox", Name::contains("Actual")).await?;
    browser.element(&field).await?.send_keys("7\u{e007}").await?;
    let question = browser.find("dialog", "Who are you?").await?;
    browser.click_in(question.scope(), "button", "Cancel").await?;
    browser.until_gone("dialog", "Who are you?").await?;
    let kept =
        "return document.querySelector('.field input').value + ' ' + document.querySelector('.field-state').innerText";
    browser
        .until("the value to be said not to be saved", SOON, || async {
            Ok(browser.script(kept).await?.to_string().contains("7 not saved yet"))
        })
        .await?;

    let steps = browser.find("navigation", "Steps").await?;
    browser
        .click_in(steps.scope(), "button", Name::contains("Program succeeds"))
        .await?;
    browser.until_step("Program succeeds").await?;
    browser
        .click_in(steps.scope(), "button", Name::contains("ueue"))
        .await?;
    browser.find("textbox", Name::contains("Actual")).await?;
    assert!(browser.script(kept).await?.to_string().contains("7 not saved yet"));
    browser.click("button", "Save").await?;
    let question = browser.find("dialog", "Who are you?").await?;
    let name = browser.find_in(question.scope(), "textbox", "Your name").await?;
    browser.element(&name).await?.send_keys("Sam Deputy").await?;
    browser.click_in(question.scope(), "button", "Go on").await?;
    let history = client
        .until(session, "the value", SOON, |history| !history.values().is_empty())
        .await?;
    assert_eq!(history.values().get(&("checks/queue-length", "actual")), Some(&"7"));
    browser.close().await
}
