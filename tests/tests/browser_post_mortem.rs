//! The post-mortem's page: written by keyboard, kept while it is typed, sent when there is a connection, and shown to nobody too wide.

use std::time::Duration;

use holdpoint_domain::session::{Annotations, SessionId, SessionOutcome, SeverityLevel, State};
use holdpoint_tests::{Browser, Client, Name, Options, Result, Scope, TestProxy, Theme};

const SOON: Duration = Duration::from_secs(20);

async fn given_up(proxy: &TestProxy) -> Result<(Client, Browser, SessionId)> {
    let client = proxy.sign_in().await?;
    let session = client.begin("golden-release", "golden-release", "rehearsal").await?;
    client.close(session, SessionOutcome::Abandoned).await?;
    let browser = Browser::signed_in(proxy, &client).await?;
    browser.go(&format!("/sessions/{session}/post-mortem")).await?;
    browser.find("heading", "Post-mortem").await?;
    browser.until_connection("Live").await?;
    Ok((client, browser, session))
}

async fn noted(client: &Client, session: SessionId) -> Result<Annotations> {
    Ok(State::fold(&client.events(session, 0).await?).annotations)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_mortem_is_written_by_keyboard_and_what_is_typed_survives_a_reload() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let (client, browser, session) = given_up(&proxy).await?;
    // The button leads into the first field, and Tab to the next.
    browser.click("button", "Write: Root cause: five whys").await?;
    browser.find("textbox", "1. Why did it happen?").await?;
    browser
        .until("the first field to have the focus", SOON, || async {
            Ok(browser.script("return document.activeElement.id").await? == "root-cause-field")
        })
        .await?;
    browser.press("The port was wrong.\tNobody had looked.").await?;
    browser.go(&format!("/sessions/{session}/post-mortem")).await?;
    let field = browser.find("textbox", "2. Why was that?").await?;
    let typed = browser.element(&field).await?.value().await?;
    assert_eq!(typed.as_deref(), Some("Nobody had looked."), "what was typed is kept");
    browser.click("button", "Save").await?;
    browser.find("button", "Edit: Root cause: five whys").await?;
    browser
        .until("the root cause to be recorded", SOON, || async {
            Ok(noted(&client, session).await?.root_cause.is_some())
        })
        .await?;
    let cause = noted(&client, session).await?.root_cause.expect("recorded");
    assert_eq!(cause.value, ["The port was wrong.", "Nobody had looked."]);

    // A severity needs a reason, and the page says so.
    browser.click("button", "Write: Severity").await?;
    browser.click("radio", Name::begins("SEV-2")).await?;
    browser.click("button", "Save").await?;
    browser.find("alert", Name::Any).await?;
    assert!(browser.text().await?.contains("The reason must not be empty."));
    browser.fill("Reason", "Users noticed.").await?;
    browser.click("button", "Save").await?;
    browser
        .until("the severity to be recorded", SOON, || async {
            let said = noted(&client, session).await?.severity;
            Ok(said.is_some_and(|said| said.value.level == SeverityLevel::Sev2))
        })
        .await?;

    // An action item, and that it is done.
    browser.click("button", "Write: an action item").await?;
    browser.fill("What is to be done", "Watch the port").await?;
    browser.click("button", "Save").await?;
    browser.click("button", "Done: action item 1").await?;
    browser.find("button", "Reopen: action item 1").await?;
    assert_eq!(browser.path().await?, format!("/sessions/{session}/post-mortem"));
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_starred_in_the_log_and_told_in_the_post_mortem() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let (client, browser, session) = given_up(&proxy).await?;
    browser.go(&format!("/sessions/{session}")).await?;
    let log = browser.find("complementary", "Log").await?;
    browser
        .click_in(log.scope(), "button", Name::begins("Star event 1:"))
        .await?;
    browser
        .until("the star to be recorded", SOON, || async {
            Ok(noted(&client, session).await?.stars.contains_key(&1))
        })
        .await?;
    browser
        .click_in(log.scope(), "link", Name::begins("Post-mortem"))
        .await?;
    browser.find("heading", "Post-mortem").await?;
    let caption = browser.find("textbox", "Caption of event 1").await?;
    browser.element(&caption).await?.send_keys("It began.\u{e007}").await?;
    browser
        .until("the caption to be recorded", SOON, || async {
            let stars = noted(&client, session).await?.stars;
            Ok(stars.get(&1).is_some_and(|star| star.value == "It began."))
        })
        .await?;
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn post_mortem_and_incidents_fit_a_phone_and_axe_finds_nothing() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let (_client, browser, session) = given_up(&proxy).await?;
    browser.click("button", "Write: Root cause: five whys").await?;
    browser.click("button", "Write: an action item").await?;
    for path in [
        format!("/sessions/{session}/post-mortem"),
        "/incidents?rehearsals=1".to_owned(),
    ] {
        for theme in Theme::BOTH {
            browser.theme(theme).await?;
            browser.size(360, 800).await?;
            browser.go(&path).await?;
            browser
                .until("the page to be loaded", SOON, || async {
                    Ok(!browser.text().await?.contains("Loading"))
                })
                .await?;
            let wide = browser
                .script("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
                .await?;
            assert_eq!(wide, 0, "{path}");
            assert_eq!(browser.axe().await?, Vec::<String>::new(), "{path} {}", theme.name());
        }
    }
    let rows = browser.all(Scope::Page, "listitem", Name::Any).await?;
    assert!(!rows.is_empty(), "the release that was given up is listed");
    browser.close().await
}
