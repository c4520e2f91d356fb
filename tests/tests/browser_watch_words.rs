//! Everything that the watch page says, top to bottom, at each moment of a release, of its rollback and of an emergency: reviewed files.
//! What the first answer says, before the page's program is there, must stand on the page word by word. `INSTA_UPDATE=always` writes
//! the files anew; read the difference as somebody who decides by it: is each sentence true, plain, and not misleading?

use std::time::Duration;

use holdpoint_domain::session::{ClientCommand, SessionOutcome};
use holdpoint_tests::{Answer, Browser, Client, Folder, Options, Result, TestProxy, TestServer};
use regex::Regex;
use reqwest::Method;
use uuid::Uuid;

const SOON: Duration = Duration::from_secs(25);

/// A release of production whose checks ask a server of the test's own, its rollback, and an emergency.
const BOOK: &str = r#"# Shop

## Release
<!-- holdpoint: procedure id=release kind=release order=sequential rollback=undo -->

### STEP 1: FREEZE
<!-- holdpoint: id=freeze plain="Background jobs are paused" timebox=5m -->

Scale the workers to zero.

### STEP 2: MIGRATE
<!-- holdpoint: id=migrate plain="The database is updated" -->

Apply the migrations.

### STEP 3: ORDERS
<!-- holdpoint: id=orders gate=orders on_fail=caution -->

Ask how many orders wait.

### STEP 4: DEPLOY
<!-- holdpoint: id=deploy live plain="Customers are moved to the new version" -->

Bring the code.

### STEP 5: VERIFY
<!-- holdpoint: id=verify gate=version on_fail=rollback -->

Ask the service for its version.

## Undo
<!-- holdpoint: procedure id=undo kind=rollback order=sequential -->

### STEP 1: BACK
<!-- holdpoint: id=back plain="The old version is back" -->

Put the old version back.

### STEP 2: LOOK
<!-- holdpoint: id=look gate=health on_fail=stop -->

Ask the service how it is.

## Outage
<!-- holdpoint: procedure id=outage kind=emergency order=sequential rollback=undo -->

### STEP 1: ANNOUNCE
<!-- holdpoint: id=announce plain="Customers are told" -->

Write on the status page.

### STEP 2: RECOVER
<!-- holdpoint: id=recover gate=health on_fail=stop -->

Ask the service how it is.
"#;

const GATES: &str = r#"
[environments.prod]
title = "Production"
production = true
urls = { api = "@URL@" }
private_addresses = true

[gates.orders]
title = "Orders that wait"
plain = "No order is waiting"
kind = "http"
http = { url = "{url.api}/orders" }
expect = [{ check = "json", path = "$.waiting", equals = 0 }]

[gates.version]
title = "Version"
plain = "Customers get the new version"
kind = "http"
http = { url = "{url.api}/version" }
expect = [{ check = "json", path = "$.version", equals = "{version}" }]

[gates.health]
title = "Health"
plain = "The service is healthy"
kind = "http"
http = { url = "{url.api}/health" }
expect = [{ check = "json", path = "$.status", equals = "ok" }]
"#;

/// A shop in production, and somebody who watches.
struct Shop {
    server: TestServer,
    client: Client,
    browser: Browser,
    _proxy: TestProxy,
    _folder: Folder,
}

impl Shop {
    async fn open() -> Result<Self> {
        let server = TestServer::start().await?;
        server.set("/orders", Answer::json(200, r#"{"waiting": 0}"#));
        server.set("/version", Answer::json(200, r#"{"version": "v1.4.2"}"#));
        server.set("/health", Answer::json(200, r#"{"status": "ok"}"#));
        let folder = Folder::new(&server.url())?;
        folder.write("shop.md", BOOK)?;
        folder.write("gates.toml", &GATES.replace("@URL@", &server.url()))?;
        let proxy = TestProxy::start(Options::default().runbooks(folder.path())).await?;
        let client = proxy.sign_in().await?;
        let browser = Browser::signed_in(&proxy, &client).await?;
        Ok(Self {
            server,
            client,
            browser,
            _proxy: proxy,
            _folder: folder,
        })
    }

    async fn begin(&self, procedure: &str) -> Result<Uuid> {
        let session = self.client.begin("shop", procedure, "prod").await?;
        self.browser.go(&format!("/watch/{session}")).await?;
        Ok(session)
    }

    /// A check of the release that does not pass.
    async fn fails(&self, session: Uuid, step: &str, gate: &str) -> Result<()> {
        let answer = match gate {
            "orders" => r#"{"waiting": 12}"#,
            "version" => r#"{"version": "v1.4.1"}"#,
            _ => r#"{"status": "starting"}"#,
        };
        self.server.set(&format!("/{gate}"), Answer::json(200, answer));
        let verdict = self.client.verdict_of(session, step, gate).await?;
        assert_eq!(verdict.outcome, "fail");
        Ok(())
    }

    async fn goes_on(&self, session: Uuid, step: &str, gate: &str) -> Result<()> {
        let caution = ClientCommand::ProceedWithCaution {
            step: step.to_owned(),
            gate: gate.to_owned(),
            reason: "The twelve orders are a test's.".to_owned(),
        };
        self.client.command(session, caution).await?;
        Ok(())
    }

    /// What is said at this moment, once the page says what the first answer does.
    async fn says(&self, session: Uuid) -> Result<String> {
        let first = first_answer(&self.client, session).await?;
        let what = format!("the page to say {first:#?}");
        self.browser
            .until(&what, SOON, || async {
                let (said, live) = (said(&self.browser).await?, is_live(&self.browser).await?);
                Ok(said == first && live)
            })
            .await?;
        // What stands closed is opened: it is read, too.
        let text = self
            .browser
            .script(
                "document.querySelectorAll('main details').forEach(one => one.open = true); \
                 return document.querySelector('main').innerText",
            )
            .await?;
        Ok(redacted(text.as_str().unwrap_or_default()))
    }
}

/// Whether the page's own program says it, and not the first answer.
async fn is_live(browser: &Browser) -> Result<bool> {
    let line = "return document.querySelector('main:not(#first-answer) .live-line')?.textContent ?? ''";
    Ok(browser
        .script(line)
        .await?
        .as_str()
        .is_some_and(|line| line.starts_with("Connected")))
}

/// What the page says in the places that the first answer has, too, line by line.
async fn said(browser: &Browser) -> Result<Vec<String>> {
    let places = "const main = document.querySelector('main'); \
        const facts = [...main.querySelectorAll('dl.facts dt')].filter(one => ['Waiting for', 'Who decides', 'Who decided', 'You need to do', 'When it ends'].includes(one.textContent)); \
        return [...main.querySelectorAll('h1, .practice, .answer > .word, .answer > p:not(:has(a))'), \
            ...facts.flatMap(one => [one, one.nextElementSibling])].map(one => one.textContent)";
    let lines = browser.script(places).await?;
    Ok(serde_json::from_value(lines).unwrap_or_default())
}

/// The lines of the first HTML answer, but for the one that says what it is, what it turns into when nothing renews it, and what the page
/// says in other words: times of the reader's zone.
async fn first_answer(client: &Client, session: Uuid) -> Result<Vec<String>> {
    let answer = client.request(Method::GET, &format!("/watch/{session}")).send().await?;
    let html = answer.text().await?;
    let main = html
        .split_once("<main id=\"first-answer\"")
        .and_then(|(_, rest)| rest.split_once("</main>"))
        .map_or_else(|| panic!("no first answer in {html}"), |(main, _)| main);
    let kinds = ["h1", "p", "span class=\"word", "dt", "dd"].map(|kind| {
        let end = kind.split(' ').next().unwrap_or(kind);
        format!("<{kind}[^>]*>(.*?)</{end}>")
    });
    let element = Regex::new(&format!("(?s){}", kinds.join("|"))).expect("the pattern is ours");
    let tag = Regex::new("<[^>]*>").expect("the pattern is ours");
    let is_late = |one: &str| one.split_once('>').is_some_and(|(start, _)| start.ends_with("late\""));
    let fact = Regex::new("(?s)<dt>(Since|Ended)</dt>\\s*<dd>.*?</dd>").expect("the pattern is ours");
    let main = fact.replace_all(main, "");
    let lines = element
        .find_iter(&main)
        .filter(|one| !is_late(one.as_str()))
        .map(|one| {
            let text = tag.replace_all(one.as_str(), "").replace("&quot;", "\"");
            text.replace("&#x27;", "'").replace("&amp;", "&")
        });
    Ok(lines.filter(|line| !line.starts_with("As of ")).collect())
}

/// Without what each run draws anew.
fn redacted(text: &str) -> String {
    let drawn = [
        (r"\b\d\d:\d\d(:\d\d)?\b", "«time»"),
        (r"\((less than a minute|\d+ minutes?)\)", "(«length»)"),
        (
            r"last change (just now|\d+ seconds ago|\d+ minutes? ago)",
            "last change «ago»",
        ),
        (r"this device: UTC(\+\d\d:\d\d)?", "this device: «zone»"),
        (r"\n{2,}", "\n"),
    ];
    drawn.iter().fold(text.to_owned(), |text, (pattern, place)| {
        let place = if *pattern == r"\n{2,}" { "\n" } else { place };
        let pattern = Regex::new(pattern).expect("the pattern is ours");
        pattern.replace_all(&text, place).into_owned()
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_that_goes_wrong_and_is_rolled_back() -> Result<()> {
    let shop = Shop::open().await?;
    let release = shop.begin("release").await?;
    insta::assert_snapshot!("started", shop.says(release).await?);
    shop.client.tick(release, "release/freeze").await?;
    shop.client.tick(release, "release/migrate").await?;
    insta::assert_snapshot!("before_live", shop.says(release).await?);
    shop.fails(release, "release/orders", "orders").await?;
    insta::assert_snapshot!("on_hold_before_live", shop.says(release).await?);
    shop.goes_on(release, "release/orders", "orders").await?;
    insta::assert_snapshot!("gone_on_with_caution", shop.says(release).await?);
    shop.client.tick(release, "release/deploy").await?;
    insta::assert_snapshot!("live_by_hand", shop.says(release).await?);
    shop.fails(release, "release/verify", "version").await?;
    insta::assert_snapshot!("on_hold_after_live", shop.says(release).await?);

    let rollback = shop.client.begin_rollback(release, "undo").await?;
    insta::assert_snapshot!("rolling_back", shop.says(release).await?);
    shop.client.tick(rollback, "undo/back").await?;
    shop.fails(rollback, "undo/look", "health").await?;
    insta::assert_snapshot!("rollback_on_hold", shop.says(release).await?);
    shop.server.set("/health", Answer::json(200, r#"{"status": "ok"}"#));
    shop.client.verdict_of(rollback, "undo/look", "health").await?;
    shop.client.close(rollback, SessionOutcome::Completed).await?;
    insta::assert_snapshot!("rollback_finished", shop.says(release).await?);
    shop.client.close(release, SessionOutcome::RolledBack).await?;
    insta::assert_snapshot!("rolled_back", shop.says(release).await?);
    // The rollback has a page of its own.
    shop.browser.go(&format!("/watch/{rollback}")).await?;
    insta::assert_snapshot!("rollback_itself_finished", shop.says(rollback).await?);
    shop.browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_that_is_done() -> Result<()> {
    let shop = Shop::open().await?;
    let release = shop.begin("release").await?;
    shop.client.walk(release).await?;
    insta::assert_snapshot!("every_step_done", shop.says(release).await?);
    shop.client.close(release, SessionOutcome::Completed).await?;
    insta::assert_snapshot!("done", shop.says(release).await?);

    let release = shop.begin("release").await?;
    shop.client.walk_to(release, "release/orders").await?;
    shop.fails(release, "release/orders", "orders").await?;
    shop.goes_on(release, "release/orders", "orders").await?;
    shop.client.walk(release).await?;
    shop.client.close(release, SessionOutcome::Completed).await?;
    insta::assert_snapshot!("done_with_caution", shop.says(release).await?);
    shop.browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_that_is_given_up() -> Result<()> {
    let shop = Shop::open().await?;
    let release = shop.begin("release").await?;
    shop.client.walk_to(release, "release/orders").await?;
    shop.fails(release, "release/orders", "orders").await?;
    shop.client.close(release, SessionOutcome::Abandoned).await?;
    insta::assert_snapshot!("given_up_before_live", shop.says(release).await?);

    shop.server.set("/orders", Answer::json(200, r#"{"waiting": 0}"#));
    let release = shop.begin("release").await?;
    shop.client.walk_to(release, "release/verify").await?;
    shop.client.close(release, SessionOutcome::Abandoned).await?;
    insta::assert_snapshot!("given_up_after_live", shop.says(release).await?);

    let release = shop.begin("release").await?;
    shop.client.walk_to(release, "release/verify").await?;
    let rollback = shop.client.begin_rollback(release, "undo").await?;
    shop.client.tick(rollback, "undo/back").await?;
    shop.client.close(rollback, SessionOutcome::Abandoned).await?;
    insta::assert_snapshot!("rollback_given_up", shop.says(release).await?);
    shop.browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_emergency() -> Result<()> {
    let shop = Shop::open().await?;
    let outage = shop.begin("outage").await?;
    insta::assert_snapshot!("responding", shop.says(outage).await?);
    shop.client.tick(outage, "outage/announce").await?;
    shop.fails(outage, "outage/recover", "health").await?;
    insta::assert_snapshot!("emergency_on_hold", shop.says(outage).await?);
    let rollback = shop.client.begin_rollback(outage, "undo").await?;
    insta::assert_snapshot!("emergency_beside_its_rollback", shop.says(outage).await?);
    shop.server.set("/health", Answer::json(200, r#"{"status": "ok"}"#));
    shop.client.walk(rollback).await?;
    shop.client.close(rollback, SessionOutcome::Completed).await?;
    shop.client.verdict_of(outage, "outage/recover", "health").await?;
    shop.client.close(outage, SessionOutcome::Completed).await?;
    insta::assert_snapshot!("emergency_closed", shop.says(outage).await?);
    shop.browser.close().await
}
