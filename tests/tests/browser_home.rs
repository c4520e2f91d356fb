//! The home page: what holds is seen first, what is pinned stays, and a release that was completed leads to what watches it.

use std::time::Duration;

use holdpoint_domain::session::SessionOutcome;
use holdpoint_tests::{Browser, Name, Options, Result, Scope, TestProxy};

const SOON: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread")]
async fn what_is_under_way_comes_first_and_what_was_pinned_stays() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let browser = Browser::signed_in(&proxy, &client).await?;
    browser.go("/").await?;
    browser.find("heading", "Under way").await?;
    browser
        .until("the first use to be explained", SOON, || async {
            Ok(browser.text().await?.contains("No sessions yet"))
        })
        .await?;

    // Runbooks are folded; one opens to its procedures, and stays open.
    let pin = Name::begins("Pin Perfect rollback");
    browser.find("heading", "The golden release").await?;
    assert!(browser.all(Scope::Page, "button", pin.clone()).await?.is_empty());
    browser
        .script("document.querySelectorAll('details.book')[1].querySelector('summary').click()")
        .await?;
    browser.click("button", pin.clone()).await?;
    let pinned = browser.find("list", "Pinned").await?;
    browser
        .find_in(pinned.scope(), "link", Name::begins("Start Perfect rollback"))
        .await?;

    client.begin("golden-release", "golden-release", "rehearsal").await?;
    client.begin("go-live", "service-rollback", "rehearsal").await?;
    browser.go("/").await?;
    let list = browser.find("list", "Under way").await?;
    let links = browser.all(list.scope(), "link", Name::Any).await?;
    let replays = links.iter().filter(|link| link.name.starts_with("Replay")).count();
    assert_eq!((links.len(), replays), (4, 2), "{links:?}");
    let pinned = browser.find("list", "Pinned").await?;
    browser
        .find_in(pinned.scope(), "link", Name::begins("Start Perfect rollback"))
        .await?;
    browser.find("button", pin).await?;
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_emergency_is_one_press_away() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let browser = Browser::signed_in(&proxy, &client).await?;
    browser.go("/").await?;
    let emergencies = browser.find("navigation", "In an emergency").await?;
    browser
        .click_in(emergencies.scope(), "link", Name::begins("Start API unresponsive"))
        .await?;
    browser.find("heading", "API unresponsive").await?;
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_completed_release_leads_to_its_monitoring_filled_in() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let done = client.begin("golden-release", "golden-release", "rehearsal").await?;
    client.walk(done).await?;
    client.close(done, SessionOutcome::Completed).await?;
    let brief = client.brief(done).await?;
    let browser = Browser::signed_in(&proxy, &client).await?;
    browser.go("/").await?;
    let ended = browser.find("list", "Last ended").await?;
    browser
        .click_in(ended.scope(), "link", Name::contains("First 15 minutes"))
        .await?;
    browser.find("heading", "First 15 minutes").await?;
    let filled = browser
        .script("return [...document.querySelectorAll('main input')].map(one => one.value).join(' ')")
        .await?;
    let filled = filled.as_str().unwrap_or_default().to_owned();
    assert!(
        filled.contains(&brief.version) && filled.contains(&brief.git_sha),
        "{filled}"
    );
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_phone_the_header_is_one_line_and_few_emergencies_stand_before_what_is_started() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let browser = Browser::signed_in(&proxy, &client).await?;
    browser.size(360, 740).await?;
    browser.go("/").await?;
    browser.find("DisclosureTriangle", "Menu").await?;
    let emergencies = browser.find("navigation", "In an emergency").await?;
    let lines = "const header = document.querySelector('header.site'); \
                 const middles = [...header.querySelectorAll(':scope > a, nav a, button')].filter(one => one.checkVisibility()) \
                     .map(one => { const place = one.getBoundingClientRect(); return Math.round((place.top + place.bottom) / 8); }); \
                 return [new Set(middles).size, header.scrollWidth <= innerWidth]";
    browser.find("button", Name::begins("Go to")).await?;
    for width in [320, 360, 390, 430, 480, 540] {
        browser.size(width, 740).await?;
        assert_eq!(browser.script(lines).await?, serde_json::json!([1, true]), "{width}");
    }
    browser.size(360, 740).await?;

    let links = || async { browser.all(emergencies.scope(), "link", Name::begins("Start ")).await };
    let few = links().await?.len();
    assert_eq!(few, 3);
    browser
        .click_in(emergencies.scope(), "button", Name::begins("All "))
        .await?;
    browser
        .until("all of them", SOON, || async { Ok(links().await?.len() > few) })
        .await?;
    // Where there is room, nothing is folded.
    browser.size(1280, 900).await?;
    browser.go("/").await?;
    let emergencies = browser.find("navigation", "In an emergency").await?;
    let all = browser.all(emergencies.scope(), "link", Name::begins("Start ")).await?;
    assert!(all.len() > few, "{all:?}");
    browser.close().await
}
