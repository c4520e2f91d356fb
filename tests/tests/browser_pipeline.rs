//! The pipeline panel: a failed stage with what the runbook says about it, what is not known, and the same to the keyboard and on a phone.

use std::time::Duration;

use holdpoint_tests::github::{JOBS, PipelinePlace, RUNS, all_done, done, jobs, run, runs, sha};
use holdpoint_tests::{Answer, Browser, Name, Options, Result, TestProxy, Theme};
use serde_json::Value;

const SOON: Duration = Duration::from_secs(25);

async fn shows(browser: &Browser, words: &str) -> Result<()> {
    browser
        .until(words, SOON, || async { Ok(browser.text().await?.contains(words)) })
        .await
}

async fn looks_well(browser: &Browser, name: &str) -> Result<()> {
    for theme in Theme::BOTH {
        browser.theme(theme).await?;
        for (width, size) in [(1280, ""), (360, "-phone")] {
            browser.size(width, 900).await?;
            browser
                .script("document.getElementById('pipeline-title').scrollIntoView()")
                .await?;
            let place = format!("{name}{size}-{}", theme.name());
            assert_eq!(browser.axe().await?, Vec::<String>::new(), "{place}");
            let wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
            assert_eq!(browser.script(wide).await?, 0, "{place} scrolls sideways");
            browser.picture(&place).await?;
        }
    }
    browser.size(1280, 900).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_stage_stands_beside_what_the_runbook_says_about_it() -> Result<()> {
    let place = PipelinePlace::new(true).await?;
    let a = sha('a');
    let steps = [
        done("success"),
        done("failure"),
        done("skipped"),
        done("skipped"),
        done("skipped"),
    ];
    place
        .github
        .set(RUNS, runs(&[run(&a, 7, "completed", "failure".into())]));
    place.github.set(JOBS, jobs(&a, steps));
    let session = place.session(&a).await?;
    let browser = Browser::signed_in(&place.proxy, &place.client).await?;
    browser.go(&format!("/watch/{session}")).await?;
    browser.find("heading", "PIPELINE").await?;
    let advice = browser
        .find("group", Name::begins("What the runbook says about a failure of"))
        .await?;
    let said = browser.text_of(&advice).await?;
    for word in ["WHAT IT MEANS", "WHAT TO DO", "WHOM TO CONTACT", "NEVER DO"] {
        assert!(said.to_uppercase().contains(word), "{word} in:\n{said}");
    }
    let link = browser.find("link", Name::contains("on GitHub, in a new tab")).await?;
    let address = browser.element(&link).await?.attr("href").await?;
    assert_eq!(address, Some(format!("{}/org/name/actions/runs/7", place.github.url())));
    looks_well(&browser, "pipeline-failed").await?;

    // What is folded is opened by keyboard, and stays open when the answer is asked for again.
    let summary =
        "return [...document.querySelectorAll('.pipeline summary')].find(one => one.textContent.includes('colours'))";
    browser
        .script(&format!("({{ f() {{ {summary} }} }}).f().focus()"))
        .await?;
    browser.press("\u{E007}").await?;
    shows(&browser, "All of it succeeded").await?;
    browser.script("window.dispatchEvent(new Event('focus'))").await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let open = format!("return ({{ f() {{ {summary} }} }}).f().parentElement.open");
    assert_eq!(browser.script(&open).await?, true);
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_under_way_warns_or_is_not_known_is_said_and_not_green() -> Result<()> {
    let place = PipelinePlace::new(true).await?;
    let browser = Browser::signed_in(&place.proxy, &place.client).await?;
    let a = sha('a');
    let steps = [
        done("success"),
        ("in_progress", Value::Null),
        ("queued", Value::Null),
        ("queued", Value::Null),
        ("queued", Value::Null),
    ];
    place.github.set(RUNS, runs(&[run(&a, 7, "in_progress", Value::Null)]));
    place.github.set(JOBS, jobs(&a, steps));
    let session = place.session(&a).await?;
    browser.go(&format!("/watch/{session}")).await?;
    shows(&browser, "Set off by").await?;
    looks_well(&browser, "pipeline-running").await?;

    // A stage that only warns may be green without a deploy.
    let b = sha('b');
    place
        .github
        .set(RUNS, runs(&[run(&b, 7, "completed", "success".into())]));
    place.github.set(JOBS, all_done(&b));
    let session = place.session(&b).await?;
    browser.go(&format!("/watch/{session}")).await?;
    shows(&browser, "If the new version does not show").await?;
    looks_well(&browser, "pipeline-done").await?;

    let c = sha('c');
    place.github.set(RUNS, Answer::json(401, "{}"));
    let session = place.session(&c).await?;
    browser.go(&format!("/watch/{session}")).await?;
    browser.find("status", Name::Any).await?;
    shows(&browser, "asked again at").await?;
    let green = "return document.querySelectorAll('.pipeline .word.go').length";
    assert_eq!(
        browser.script(green).await?,
        0,
        "nothing is green of which nothing is known"
    );
    looks_well(&browser, "pipeline-unknown").await?;
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rehearsal_asks_nothing_and_shows_what_the_runbook_says() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let session = client.begin("golden-release", "golden-release", "rehearsal").await?;
    let browser = Browser::signed_in(&proxy, &client).await?;
    browser.go(&format!("/watch/{session}")).await?;
    browser.find("heading", "PIPELINE").await?;
    shows(&browser, "rehearsal").await?;
    shows(&browser, "What can go wrong, and what to do").await?;
    looks_well(&browser, "pipeline-rehearsal").await?;
    browser.close().await
}
