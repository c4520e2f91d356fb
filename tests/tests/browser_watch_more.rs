//! What stands below the answer of the watch page: what it rests on, what changed, and terms on tap.

use std::time::Duration;

use holdpoint_tests::{Answer, Browser, Folder, Name, Options, Result, TestProxy, TestServer};

const SOON: Duration = Duration::from_secs(25);

const BOOK: &str = r"# Demo

## Release
<!-- holdpoint: procedure id=release kind=release order=sequential -->

### STEP 1: MIGRATE
<!-- holdpoint: id=migrate plain='The migration is done' -->

Change the database.

### STEP 2: VERIFY
<!-- holdpoint: id=verify gate=health on_fail=stop -->

Ask the service.

## Glossary
<!-- holdpoint: reference -->

| Term | In plain English |
| --- | --- |
| **Migration** | A change to the database |
| Unused | Never shown |
";

#[tokio::test(flavor = "multi_thread")]
async fn sentences_lead_to_their_evidence_and_terms_are_explained_by_the_keyboard() -> Result<()> {
    let server = TestServer::start().await?;
    server.set("/health", Answer::json(503, r#"{"status": "starting"}"#));
    let folder = Folder::new(&server.url())?;
    folder.write("demo.md", &BOOK.replace('\'', "\""))?;
    let gates = std::fs::read_to_string(folder.path().join("gates.toml")).unwrap_or_default();
    let repository = "title = \"Test\"\nrepository = \"https://github.com/org/name\"";
    folder.write("gates.toml", &gates.replacen("title = \"Test\"", repository, 1))?;
    let proxy = TestProxy::start(Options::default().runbooks(folder.path())).await?;
    let client = proxy.sign_in().await?;
    let session = client.begin("demo", "release", "test").await?;
    client.tick(session, "release/migrate").await?;
    client.verdict_of(session, "release/verify", "health").await?;

    let browser = Browser::signed_in(&proxy, &client).await?;
    browser.go(&format!("/watch/{session}")).await?;
    // The commit leads to the declared repository, and nowhere else.
    let commit = browser.find("link", Name::contains("in the repository")).await?;
    let address = browser.element(&commit).await?.attr("href").await?;
    assert_eq!(address.as_deref(), Some("https://github.com/org/name/commit/a1b2c3d4"));

    // A term of the glossary is a button, which the keyboard opens and closes.
    let term = browser.find("button", "migration").await?;
    browser.element(&term).await?.focus().await?;
    browser.press("\u{E007}").await?;
    let note = browser.find("note", Name::contains("")).await?;
    assert!(browser.text_of(&note).await?.contains("A change to the database"));
    browser.press("\u{E00C}").await?;
    browser
        .until("the meaning to close", SOON, || async {
            Ok(browser
                .all(holdpoint_tests::Scope::Page, "note", Name::contains(""))
                .await?
                .is_empty())
        })
        .await?;

    // The sentence about the check leads to what it saw.
    browser
        .script("document.querySelector('details.rests summary').click()")
        .await?;
    browser.click("link", Name::begins("Evidence of event 4")).await?;
    browser
        .until("the evidence", SOON, || async {
            let Some(dialog) = browser
                .all(holdpoint_tests::Scope::Page, "dialog", "Evidence")
                .await?
                .pop()
            else {
                return Ok(false);
            };
            Ok(browser.text_of(&dialog).await?.contains("503"))
        })
        .await?;
    browser.close().await
}
