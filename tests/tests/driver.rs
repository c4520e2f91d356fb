//! The driver itself: a browser that finds things by role and name, a platform, a database.

use std::time::Duration;

use holdpoint_tests::{Answer, Browser, Name, Result, Scope, TestPlatform, TestPostgres};

const PAGE: &str = r#"<!doctype html><html lang="en"><head><title>Driver</title></head><body><main><h1>Driver</h1>
<p id="said" role="status" aria-label="Said">nothing</p>
<section aria-label="Left"><button onclick="said.textContent = 'left'">Say</button></section>
<section aria-label="Right"><button onclick="said.textContent = 'right'">Say</button><button disabled>Never</button></section>
<label>Name <input oninput="said.textContent = this.value"></label>
<div hidden><button>Secret</button></div>
<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">
</main></body></html>"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_finds_things_by_role_and_name() -> Result<()> {
    let platform = TestPlatform::start().await?;
    let headers = vec![("content-type".to_owned(), "text/html; charset=utf-8".to_owned())];
    platform.set(
        "/",
        Answer::Whole {
            status: 200,
            headers,
            body: PAGE.to_owned(),
            after: Duration::ZERO,
        },
    );
    let browser = Browser::at(&platform.url()).await?;
    browser.go("/").await?;
    let right = browser.find("region", "Right").await?;
    browser.click_in(right.scope(), "button", "Say").await?;
    let said = browser.find("status", "Said").await?;
    assert_eq!(browser.text_of(&said).await?, "right");
    browser.fill("Name", "Robin").await?;
    assert_eq!(browser.text_of(&said).await?, "Robin");
    assert!(browser.find_in(right.scope(), "button", "Never").await?.is_disabled());
    let buttons = browser.all(Scope::Page, "button", Name::Any).await?;
    let names: Vec<&str> = buttons.iter().map(|found| found.name.as_str()).collect();
    assert_eq!(names, ["Say", "Say", "Never"], "what is hidden is not there");
    let wrong = browser.axe().await?;
    assert!(
        wrong.iter().any(|line| line.starts_with("image-alt")),
        "axe-core sees the picture without a text: {wrong:?}"
    );
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_ones_own() -> Result<()> {
    let cluster = TestPostgres::start().await?;
    cluster.sql("postgres", "CREATE DATABASE shop")?;
    cluster.sql(
        "shop",
        "CREATE TABLE orders (id int); INSERT INTO orders VALUES (1), (2)",
    )?;
    assert_eq!(cluster.sql("shop", "SELECT count(*) FROM orders")?, "2");
    assert!(cluster.sql("shop", "SELECT nothing").is_err());
    Ok(())
}
