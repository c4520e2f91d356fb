//! Every page, in both themes and both sizes: nothing that axe-core objects to, nothing that has to be scrolled sideways on
//! a phone, no error in the console, and a picture of the ones that the README shows.

use std::time::Duration;

use holdpoint_domain::session::SessionOutcome;
use holdpoint_tests::{Browser, Client, Name, Options, Result, TestProxy, Theme};
use uuid::Uuid;

/// Sessions in the states that pages show.
struct Sessions {
    running: Uuid,
    held: Uuid,
    done: Uuid,
    rolling_back: Uuid,
    rollback: Uuid,
}

async fn sessions(client: &Client) -> Result<Sessions> {
    let begin = || client.begin("golden-release", "golden-release", "rehearsal");
    let done = begin().await?;
    client.walk(done).await?;
    client.close(done, SessionOutcome::Completed).await?;

    // Two that are held at the verification, of which one is being rolled back.
    let (held, rolling_back) = (begin().await?, begin().await?);
    for session in [held, rolling_back] {
        client.tick(session, "golden-release/freeze").await?;
        client
            .verdict_of(session, "golden-release/preflight", "preflight")
            .await?;
    }
    client.set_fault("overloaded_rpc", true).await?;
    for session in [held, rolling_back] {
        client
            .verdict_of(session, "golden-release/migrate", "migration-status")
            .await?;
        client
            .until(session, "both gates to have run", Duration::from_secs(30), |history| {
                history.runs().len() == 4 && history.running().is_empty()
            })
            .await?;
    }
    let rollback = client.begin_rollback(rolling_back, "perfect-rollback").await?;
    client.set_fault("overloaded_rpc", false).await?;

    let running = begin().await?;
    client.tick(running, "golden-release/freeze").await?;
    client
        .verdict_of(running, "golden-release/preflight", "preflight")
        .await?;
    client
        .verdict_of(running, "golden-release/migrate", "migration-status")
        .await?;
    client
        .until(running, "the verification", Duration::from_secs(30), |history| {
            history.is_done("golden-release/verify")
        })
        .await?;
    client
        .command(
            running,
            holdpoint_domain::session::ClientCommand::AddNote {
                step: Some("golden-release/deploy".to_owned()),
                text: "Traffic is low, a good moment to deploy.".to_owned(),
                written: None,
            },
        )
        .await?;
    Ok(Sessions {
        running,
        held,
        done,
        rolling_back,
        rollback,
    })
}

/// A page to look at: its name in pictures, its path, and a word that says that it is whole.
struct Page {
    name: &'static str,
    path: String,
    shows: &'static str,
    /// Whether the README and the documentation show it: on a desk, on a phone.
    pictures: (bool, bool),
}

fn pages(sessions: &Sessions) -> Vec<Page> {
    let page = |name, path: String, shows, pictures| Page {
        name,
        path,
        shows,
        pictures,
    };
    vec![
        page("home", "/".into(), "The golden release", (true, true)),
        page(
            "runbook",
            "/runbooks/golden-release".into(),
            "Perfect rollback",
            (false, false),
        ),
        page("runbook-go-live", "/runbooks/go-live".into(), "Smoke", (false, false)),
        page(
            "runbook-railway",
            "/runbooks/railway-deployment".into(),
            "Escalation",
            (false, false),
        ),
        page(
            "runbook-production",
            "/runbooks/production-deployment".into(),
            "Glossary",
            (false, false),
        ),
        page(
            "runbook-release",
            "/runbooks/release".into(),
            "Rollback",
            (false, false),
        ),
        page(
            "start",
            "/runbooks/golden-release/start/golden-release".into(),
            "Start session",
            (false, false),
        ),
        page(
            "captain-running",
            format!("/sessions/{}", sessions.running),
            "DEPLOY",
            (true, true),
        ),
        page(
            "captain-hold",
            format!("/sessions/{}", sessions.held),
            "HOLD",
            (true, true),
        ),
        page(
            "captain-done",
            format!("/sessions/{}", sessions.done),
            "COMPLETED",
            (true, true),
        ),
        page(
            "captain-rolling-back",
            format!("/sessions/{}", sessions.rolling_back),
            "ROLLING BACK",
            (false, false),
        ),
        page(
            "captain-rollback",
            format!("/sessions/{}", sessions.rollback),
            "FREEZE",
            (false, false),
        ),
        page(
            "watch-running",
            format!("/watch/{}", sessions.running),
            "GOING WELL",
            (false, true),
        ),
        page(
            "watch-hold",
            format!("/watch/{}", sessions.held),
            "ON HOLD",
            (false, true),
        ),
        page(
            "watch-done",
            format!("/watch/{}", sessions.done),
            "FINISHED",
            (false, false),
        ),
        page(
            "watch-rolling-back",
            format!("/watch/{}", sessions.rolling_back),
            "ROLLING BACK",
            (false, false),
        ),
        page("rehearsal", "/rehearsal".into(), "overload", (false, false)),
        page("not-found", "/no/such/page".into(), "not", (false, false)),
        page("bad-id", "/sessions/not-an-id".into(), "not", (false, false)),
        page(
            "unknown-session",
            format!("/sessions/{}", Uuid::nil()),
            "not",
            (false, false),
        ),
    ]
}

async fn open(browser: &Browser, page: &Page) -> Result<()> {
    browser.go(&page.path).await?;
    let wanted = page.shows.to_lowercase();
    browser
        .until(
            &format!("{} to show “{}”", page.path, page.shows),
            Duration::from_secs(20),
            || async { Ok(browser.text().await?.to_lowercase().contains(&wanted)) },
        )
        .await?;
    browser.find("heading", Name::Any).await?;
    Ok(())
}

/// What is wider than the page, if anything is.
async fn too_wide(browser: &Browser) -> Result<Option<String>> {
    let script = "const width = document.documentElement.clientWidth; \
        if (document.documentElement.scrollWidth <= width) return null; \
        const wide = [...document.querySelectorAll('body *')].filter(one => one.getBoundingClientRect().right > width + 1); \
        return document.documentElement.scrollWidth + ' > ' + width + ': ' + wide.slice(0, 5).map(one => one.outerHTML.slice(0, 120)).join(' | ');";
    Ok(browser.script(script).await?.as_str().map(str::to_owned))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_can_be_read_by_everybody() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let sessions = sessions(&client).await?;
    let browser = Browser::signed_in(&proxy, &client).await?;
    let mut wrong = Vec::new();
    for theme in Theme::BOTH {
        browser.theme(theme).await?;
        for page in pages(&sessions) {
            browser.size(1440, 900).await?;
            if let Err(error) = open(&browser, &page).await {
                wrong.push(format!("{} in {}: {error}", page.name, theme.name()));
                continue;
            }
            let place = |size: &str| format!("{} in {}, {size}", page.name, theme.name());
            wrong.extend(
                browser
                    .axe()
                    .await?
                    .into_iter()
                    .map(|line| format!("{}: {line}", place("desk"))),
            );
            if page.pictures.0 {
                browser.picture(&format!("{}-{}", page.name, theme.name())).await?;
            }
            browser.size(360, 780).await?;
            wrong.extend(
                too_wide(&browser)
                    .await?
                    .map(|what| format!("{}: scrolls sideways: {what}", place("phone"))),
            );
            if page.name.starts_with("captain") || page.name.starts_with("watch") || page.name == "home" {
                wrong.extend(
                    browser
                        .axe()
                        .await?
                        .into_iter()
                        .map(|line| format!("{}: {line}", place("phone"))),
                );
            }
            if page.pictures.1 {
                browser
                    .picture(&format!("{}-phone-{}", page.name, theme.name()))
                    .await?;
            }
            let title = browser.driver().title().await?;
            if !title.ends_with(" · Holdpoint") {
                wrong.push(format!("{}: its title is “{title}”", page.name));
            }
            let headings = browser.script("return document.querySelectorAll('h1').length").await?;
            if headings != 1 {
                wrong.push(format!("{}: it has {headings} headings of the first level", page.name));
            }
            // A session that does not exist is answered with 404, which browsers write to the console themselves.
            let errors = browser.console_errors().await?;
            wrong.extend(
                errors
                    .into_iter()
                    .filter(|line| !line.contains("404"))
                    .map(|line| format!("{}: {line}", page.name)),
            );
        }
    }
    assert!(wrong.is_empty(), "{} findings:\n{}", wrong.len(), wrong.join("\n"));
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_cookie_there_is_only_the_way_in() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let browser = Browser::open(&proxy).await?;
    for theme in Theme::BOTH {
        browser.theme(theme).await?;
        browser.go("/").await?;
        browser.find("heading", "Sign in needed").await?;
        assert!(browser.text().await?.contains("one-time link"));
        assert_eq!(browser.axe().await?, Vec::<String>::new());
    }
    // The link works once.
    let link = proxy.sign_in_link()?;
    browser.sign_in(&link).await?;
    browser.find("link", Name::contains("The golden release")).await?;
    let other = Browser::open(&proxy).await?;
    other.go(&link).await?;
    other.click("button", "Sign in").await?;
    other.find("heading", "This link has expired or was used").await?;
    assert!(
        !other.text().await?.contains("The golden release"),
        "a link that was used opens nothing"
    );
    other.close().await?;
    browser.close().await
}

/// A session prints as a checklist: ticks, times and the log on paper, buttons and other controls not.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_prints_as_a_checklist() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let done = client.begin("golden-release", "golden-release", "rehearsal").await?;
    client.walk(done).await?;
    client.close(done, SessionOutcome::Completed).await?;
    let undone = client.begin("golden-release", "golden-release", "rehearsal").await?;
    client.tick(undone, "golden-release/freeze").await?;
    client.begin_rollback(undone, "perfect-rollback").await?;
    client.close(undone, SessionOutcome::RolledBack).await?;
    let browser = Browser::signed_in(&proxy, &client).await?;
    // As wide as a sheet of paper, where the page on a screen folds its outline.
    browser.size(700, 1000).await?;
    let media = serde_json::json!({ "media": "print" });
    browser
        .driver()
        .cdp()
        .send_raw("Emulation.setEmulatedMedia", media)
        .await?;
    for (session, standing) in [(done, "COMPLETED"), (undone, "ROLLING BACK")] {
        browser.go(&format!("/sessions/{session}")).await?;
        browser.until_standing(standing).await?;
        // What is not painted before it is scrolled to is not on paper either.
        let left_out = "return [...document.querySelectorAll('.outline li')] \
            .filter(one => getComputedStyle(one).contentVisibility !== 'visible' || !one.getClientRects().length).length";
        assert_eq!(browser.script(left_out).await?, 0);
        let text = browser.text().await?;
        for word in ["Golden release", "FREEZE", "SCALE", "Robin Captain"] {
            assert!(text.contains(word), "{word} is on paper:\n{text}");
        }
        for control in ["Roll back", "Close session", "Theme:", "Show all steps"] {
            assert!(!text.contains(control), "{control} is not on paper:\n{text}");
        }
    }
    browser.close().await
}
