//! What a start may be given at its longest: a full commit, and a version and a captain of as many characters as there may be without a
//! blank. No page is pushed sideways by them on a phone.

use holdpoint_domain::session::{SessionId, SessionOutcome};
use holdpoint_domain::wire::StartSession;
use holdpoint_tests::{Browser, Client, Options, Result, TestProxy, Theme};

use super::{Page, open, too_wide};

const COMMIT: &str = "a1b2c3d4e5f60718293a4b5c6d7e8f9001122334";

async fn begin(client: &Client, procedure: &str, undoes: Option<SessionId>) -> Result<SessionId> {
    let start = client.start_of("golden-release", procedure, "rehearsal").await?;
    let start = StartSession {
        version: format!("v1.4.2-{}", "x".repeat(93)),
        git_sha: COMMIT.to_owned(),
        captain: "W".repeat(100),
        undoes,
        variables: [("author".to_owned(), "M".repeat(200))].into(),
        ..start
    };
    client.start(&start).await?;
    Ok(start.session)
}

/// Held because another commit answers; and one that was rolled back.
async fn sessions(client: &Client) -> Result<[SessionId; 3]> {
    let held = begin(client, "golden-release", None).await?;
    client.walk_to(held, "golden-release/deploy").await?;
    client.set_fault("wrong_sha", true).await?;
    client.verdict_of(held, "golden-release/deploy", "api-health").await?;
    client.set_fault("wrong_sha", false).await?;
    let undone = begin(client, "golden-release", None).await?;
    client.tick(undone, "golden-release/freeze").await?;
    let rollback = begin(client, "perfect-rollback", Some(undone)).await?;
    client.close(undone, SessionOutcome::RolledBack).await?;
    Ok([held, undone, rollback])
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_is_pushed_sideways_by_what_a_session_was_started_with() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let [held, undone, rollback] = sessions(&client).await?;
    let browser = Browser::signed_in(&proxy, &client).await?;
    browser.theme(Theme::Light).await?;
    browser.size(360, 780).await?;
    let mut wrong = Vec::new();
    for (name, path, shows) in [
        ("watch-held", format!("/watch/{held}"), "ON HOLD"),
        ("watch-undone", format!("/watch/{undone}"), "ROLLING BACK"),
        ("watch-rollback", format!("/watch/{rollback}"), "What this rests on"),
        ("captain-held", format!("/sessions/{held}"), "HOLD"),
        ("captain-undone", format!("/sessions/{undone}"), "ROLLING BACK"),
        ("captain-rollback", format!("/sessions/{rollback}"), "FREEZE"),
        ("replay", format!("/sessions/{held}/replay?at=9"), "As it stood then"),
        (
            "compare",
            format!("/sessions/{held}/compare?with={undone}"),
            "Both are rehearsals",
        ),
        ("post-mortem", format!("/sessions/{held}/post-mortem"), "Five whys"),
        ("home", "/".to_owned(), "The golden release"),
        ("sessions", "/sessions?rehearsals=both".to_owned(), "Figures"),
        ("incidents", "/incidents?rehearsals=true".to_owned(), "Incidents"),
        (
            "start-rollback",
            format!("/runbooks/golden-release/start/perfect-rollback?undoes={undone}"),
            "rolls back",
        ),
        ("runbook", "/runbooks/golden-release".to_owned(), "Perfect rollback"),
    ] {
        let page = Page {
            name,
            path,
            shows,
            pictures: (false, false),
        };
        if let Err(error) = open(&browser, &page).await {
            wrong.push(format!("{name}: {error}"));
            continue;
        }
        // What is folded is part of the page as well.
        browser
            .script("document.querySelectorAll('main details').forEach(one => one.open = true)")
            .await?;
        wrong.extend(too_wide(&browser).await?.map(|what| format!("{name}: {what}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    browser.close().await
}
