//! Every page, in both themes and both sizes: nothing that axe-core objects to, nothing that has to be scrolled sideways on
//! a phone, no error in the console, and a picture of the ones that the README shows.

mod long;
mod sessions;

use std::time::Duration;

use holdpoint_domain::session::{SessionId, SessionOutcome};
use holdpoint_tests::{Browser, Name, Options, Result, TestProxy, Theme};
use uuid::Uuid;

use sessions::{Sessions, sessions};

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
    let plain = |name, path: &str, shows| page(name, path.to_owned(), shows, (false, false));
    let captain =
        |name, session: SessionId, shows, pictures| page(name, format!("/sessions/{session}"), shows, pictures);
    let watch = |name, session: SessionId, shows| page(name, format!("/watch/{session}"), shows, (false, true));
    let (rolled_back, done) = (sessions.rolled_back, sessions.done);
    vec![
        page("home", "/".into(), "The golden release", (true, true)),
        plain("runbook", "/runbooks/golden-release", "Perfect rollback"),
        plain("runbook-go-live", "/runbooks/go-live", "Smoke"),
        plain("runbook-railway", "/runbooks/railway-deployment", "Escalation"),
        plain("runbook-production", "/runbooks/production-deployment", "Glossary"),
        plain("runbook-release", "/runbooks/release", "Rollback"),
        plain(
            "start",
            "/runbooks/golden-release/start/golden-release",
            "Start session",
        ),
        captain("captain-running", sessions.running, "DEPLOY", (true, true)),
        captain("captain-hold", sessions.held, "HOLD", (true, true)),
        captain("captain-done", done, "COMPLETED", (true, true)),
        captain(
            "captain-rolling-back",
            sessions.rolling_back,
            "ROLLING BACK",
            (false, false),
        ),
        captain("captain-rollback", sessions.rollback, "FREEZE", (false, false)),
        watch("watch-running", sessions.running, "GOING WELL"),
        watch("watch-hold", sessions.held, "ON HOLD"),
        watch("watch-caution", sessions.caution, "FINISHED WITH CAUTION"),
        watch("watch-done", done, "FINISHED"),
        watch("watch-rolling-back", sessions.rolling_back, "ROLLING BACK"),
        watch("watch-rolled-back", rolled_back, "ROLLED BACK"),
        watch("watch-rollback-given-up", sessions.not_rolled_back, "ROLLBACK GIVEN UP"),
        watch("watch-emergency", sessions.emergency, "RESPONDING"),
        page(
            "sessions",
            "/sessions?rehearsals=both".into(),
            "steps most often",
            (true, true),
        ),
        page("incidents", "/incidents?rehearsals=true".into(), "SEV-2", (true, false)),
        page(
            "replay",
            format!("/sessions/{rolled_back}/replay?at=20"),
            "As it stood then",
            (true, true),
        ),
        page(
            "compare",
            format!("/sessions/{rolled_back}/compare?with={done}"),
            "Both are rehearsals",
            (true, true),
        ),
        page(
            "post-mortem",
            format!("/sessions/{rolled_back}/post-mortem"),
            "Five whys",
            (true, false),
        ),
        plain("gates", "/gates", "smoke"),
        plain("rehearsal", "/rehearsal", "overload"),
        plain("not-found", "/no/such/page", "not"),
        plain("bad-id", "/sessions/not-an-id", "not"),
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
            if !page.name.starts_with("runbook") {
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

/// The report of a release that was rolled back, as it is saved and opened from a disk.
#[tokio::test(flavor = "multi_thread")]
async fn a_saved_report_can_be_read_by_everybody() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let session = sessions::rolled_back(&client).await?;
    let folder = tempfile::tempdir().expect("a folder for the report");
    let file = folder.path().join("report.html");
    std::fs::write(&file, client.export(session, "html").await?).expect("the report can be written");
    let browser = Browser::open(&proxy).await?;
    for theme in Theme::BOTH {
        browser.theme(theme).await?;
        browser.size(1440, 900).await?;
        browser.go(&format!("file://{}", file.display())).await?;
        browser.find("image", Name::begins("Timeline")).await?;
        assert_eq!(browser.axe().await?, Vec::<String>::new(), "{} on a desk", theme.name());
        browser.picture(&format!("report-{}", theme.name())).await?;
        browser.size(360, 780).await?;
        assert_eq!(
            browser.axe().await?,
            Vec::<String>::new(),
            "{} on a phone",
            theme.name()
        );
        assert_eq!(too_wide(&browser).await?, None, "{} on a phone", theme.name());
    }
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
    // It leads back to what was wanted.
    let wanted = format!("/watch/{}", Uuid::nil());
    browser.go(&wanted).await?;
    browser.find("heading", "Sign in needed").await?;
    browser.sign_in(&link).await?;
    browser
        .until("the page that was wanted", Duration::from_secs(20), || async {
            Ok(browser.path().await? == wanted)
        })
        .await?;
    browser.go("/").await?;
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
