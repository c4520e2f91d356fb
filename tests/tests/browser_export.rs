//! The saved HTML report, opened from a disk: it asks for nothing, whatever was written into the session, its picture is seen, and it can be
//! printed.

use std::path::Path;

use holdpoint_domain::session::{ClientCommand, SessionOutcome};
use holdpoint_tests::{Answer, Browser, Client, Folder, Options, Result, TestProxy, TestServer};
use serde_json::json;
use thirtyfour::common::print::PrintParameters;
use uuid::Uuid;

/// Everything that makes a browser ask for something, or run something. `@` is a server that hears of it.
const HOSTILE: [&str; 16] = [
    r#"<img src="@/img" onerror="window.ran = 1">"#,
    "![a picture](@/markdown-image)",
    "[a link](javascript:window.ran=1)",
    r#"<a href="javascript:window.ran=1">go</a>"#,
    "<script>window.ran = 1</script>",
    r#"<script src="@/script"></script>"#,
    r#"<link rel="stylesheet" href="@/sheet">"#,
    r#"<p style="background: url(@/style)">x</p>"#,
    "</style><style>@import url(@/import); body { background: url(@/body) }</style>",
    r#"<iframe src="@/frame"></iframe>"#,
    r#"<svg><image href="@/image"/><script>window.ran = 1</script></svg>"#,
    r#"</text></svg><img src="@/out-of-the-picture">"#,
    r#"<meta http-equiv="refresh" content="0; url=@/refresh">"#,
    r#"<base href="@/"><object data="@/object"></object>"#,
    "```\n</code></pre><img src=\"@/fence\">\n```",
    "| a | b |\n| --- | --- |\n| ![x](@/cell) | <video poster=\"@/poster\"> |",
];

const GATES: &str = r#"
[environments.test]
title = "Test"
urls = { api = "@URL@" }
private_addresses = true

[gates.health]
title = "<img src='@URL@/title'> ![x](@URL@/title-image)"
kind = "http"
http = { url = "{url.api}/health" }
expect = [{ check = "json", path = "$.status", equals = "ok" }]
"#;

fn hostile(url: &str) -> String {
    HOSTILE.map(|one| one.replace('@', url)).join("\n\n")
}

/// A session in which every place that takes somebody's words has hostile ones.
async fn session(client: &Client, server: &TestServer) -> Result<Uuid> {
    let text = hostile(&server.url());
    let mut start = client.start_of("demo", "release", "test").await?;
    // A name has no `:`.
    start.captain = "<img src=//x/captain>".to_owned();
    start
        .variables
        .insert("author".to_owned(), format!("![x]({}/author)", server.url()));
    client.start(&start).await?;
    let session = start.session;
    let note = ClientCommand::AddNote {
        step: Some("release/freeze".to_owned()),
        text: text.clone(),
        written: None,
    };
    client.command(session, note).await?;
    client.tick(session, "release/freeze").await?;
    client.verdict_of(session, "release/verify", "health").await?;
    let close = ClientCommand::Close {
        outcome: SessionOutcome::Abandoned,
        summary: text,
    };
    client.command(session, close).await?;
    Ok(session)
}

async fn opened(browser: &Browser, path: &Path) -> Result<Vec<String>> {
    browser.asked().await?;
    browser.go(&format!("file://{}", path.display())).await?;
    // What is asked for late would be asked for by then, a refresh without delay, too.
    tokio::time::sleep(std::time::Duration::from_millis(700)).await;
    browser.asked().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_saved_report_asks_for_nothing_but_itself() -> Result<()> {
    let server = TestServer::start().await?;
    let answer = json!({ "status": hostile(&server.url()) }).to_string();
    server.set("/health", Answer::json(200, answer));
    let folder = Folder::new(&server.url())?;
    folder.write("gates.toml", &GATES.replace("@URL@", &server.url()))?;
    let proxy = TestProxy::start(Options::default().runbooks(folder.path())).await?;
    let client = proxy.sign_in().await?;
    let session = session(&client, &server).await?;
    let html = client.export(session, "html").await?;
    let browser = Browser::recorded().await?;

    // The record hears of it where a page does ask.
    folder.write("asking.html", &format!("<img src=\"{}/control\">", server.url()))?;
    let asked = opened(&browser, &folder.path().join("asking.html")).await?;
    assert!(asked.iter().any(|one| one.ends_with("/control")), "{asked:?}");
    assert_eq!(server.requests_to("/control"), 1);

    // Its own policy forbids it to ask; without the policy there is nothing in it that would.
    let policy = "<meta http-equiv=\"Content-Security-Policy\"";
    assert!(html.contains(policy), "the report has no policy of its own");
    let before = server.requests();
    for (name, text) in [
        ("report.html", html.clone()),
        ("without-policy.html", html.replace(policy, "<meta name=\"taken-out\"")),
    ] {
        folder.write(name, &text)?;
        let path = folder.path().join(name);
        assert_eq!(
            opened(&browser, &path).await?,
            [format!("file://{}", path.display())],
            "{name}"
        );
        let found = browser
            .script(
                "const own = [...document.querySelectorAll('*')]; return { ran: window.ran ?? null, \
                 elements: own.filter(one => one.matches('script, img, image, iframe, object, embed, link, base, video, audio, use')).length, \
                 addresses: own.flatMap(one => [...one.attributes]).filter(one => /^(on|src|srcset|style|poster|data$)/.test(one.name) \
                     || (/href$/.test(one.name) && !/^#|^https:/.test(one.value))).map(one => one.name + '=' + one.value), \
                 refresh: document.querySelectorAll('meta[http-equiv=refresh]').length }",
            )
            .await?;
        assert_eq!(
            found,
            json!({ "ran": null, "elements": 0, "addresses": [], "refresh": 0 }),
            "{name}"
        );
    }
    assert_eq!(server.requests(), before);
    // What was written is not lost: it stands there as text.
    let text = browser.text().await?;
    for words in ["onerror=\"window.ran = 1\"", "/markdown-image", "/refresh", "/captain>"] {
        assert!(text.contains(words), "{words}: {text}");
    }

    // The picture of the timeline is seen, at a desk and on a phone.
    for width in [1280, 360] {
        browser.size(width, 800).await?;
        let picture = browser
            .script(
                "const picture = document.querySelector('svg[role=img]'); const place = picture.getBoundingClientRect(); \
                 const marks = [...picture.querySelectorAll('rect, circle, path, line')].filter(one => one.checkVisibility()); \
                 return { seen: picture.checkVisibility() && place.width > 200 && place.height > 40, marks: marks.length > 3, \
                     label: picture.getAttribute('aria-label') ?? picture.querySelector('title')?.textContent ?? '', \
                     fits: document.documentElement.scrollWidth <= innerWidth }",
            )
            .await?;
        assert_eq!(picture["seen"], true, "{width}: {picture}");
        assert_eq!(picture["marks"], true, "{width}: {picture}");
        assert_eq!(picture["fits"], true, "{width}: {picture}");
        assert_ne!(picture["label"], "", "{width}");
    }

    let pdf = browser.driver().print_page(PrintParameters::default()).await?;
    assert!(pdf.starts_with(b"%PDF-"), "no PDF");
    let pages = regex::bytes::Regex::new(r"/Type\s*/Page\b")
        .expect("ours")
        .find_iter(&pdf)
        .count();
    assert!(pages > 1, "{pages} pages of {} bytes", pdf.len());
    assert!(browser.asked().await?.iter().all(|one| one.starts_with("file://")));
    browser.close().await
}
