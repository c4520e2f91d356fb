//! What must be in sight is in sight, at each size; what the Tab key reaches next is what stands next.

use std::time::Duration;

use holdpoint_tests::{Browser, Client, Name, Options, Result, Scope, TestProxy};
use serde_json::json;
use uuid::Uuid;

const SOON: Duration = Duration::from_secs(20);
const SIZES: [(u32, u32); 4] = [(1440, 900), (1000, 800), (640, 450), (390, 780)];

/// A golden release that is held at its fourth step.
async fn held(client: &Client) -> Result<Uuid> {
    let session = client.begin("golden-release", "golden-release", "rehearsal").await?;
    client.tick(session, "golden-release/freeze").await?;
    client
        .verdict_of(session, "golden-release/preflight", "preflight")
        .await?;
    client.set_fault("overloaded_rpc", true).await?;
    client
        .verdict_of(session, "golden-release/migrate", "migration-status")
        .await?;
    client
        .until(session, "the hold", SOON, |state| state.standing() == "hold")
        .await?;
    Ok(session)
}

/// Scrolls whatever can be scrolled.
const SCROLL: &str =
    "window.scrollTo(0, 900); document.querySelectorAll('main, nav, aside').forEach(one => one.scrollTop = 900)";

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_stays_in_sight_however_far_the_page_is_scrolled() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let session = held(&client).await?;
    let browser = Browser::signed_in(&proxy, &client).await?;
    for (width, height) in SIZES {
        browser.size(width, height).await?;
        browser.go(&format!("/sessions/{session}")).await?;
        browser.until_standing("HOLD").await?;
        browser.script(SCROLL).await?;
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert!(browser.is_in_sight("region", "Hold").await?, "{width} × {height}");
        let alert = browser.find("alert", Name::Any).await?;
        let part = "const bar = document.querySelector('.holdbar').getBoundingClientRect(); return bar.height / innerHeight < 0.5";
        assert_eq!(browser.script(part).await?, true, "{width} × {height}: {}", alert.name);
        if (width, height) == SIZES[0] {
            assert!(
                browser.is_in_sight("region", "Session").await?,
                "so does the head where there is room"
            );
        }
    }
    browser.close().await
}

/// The gates that a captain runs before the last step. Those of VERIFY run by themselves.
const BEFORE_THE_LAST: [(&str, &str); 5] = [
    ("preflight", "preflight"),
    ("migrate", "migration-status"),
    ("deploy", "api-health"),
    ("deploy", "api-ready"),
    ("smoke", "smoke"),
];

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_release_is_in_sight() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    for (width, height) in SIZES {
        let session = client.begin("golden-release", "golden-release", "rehearsal").await?;
        let browser = Browser::signed_in(&proxy, &client).await?;
        browser.size(width, height).await?;
        browser.go(&format!("/sessions/{session}")).await?;
        browser.until_step("FREEZE").await?;
        client.tick(session, "golden-release/freeze").await?;
        for (step, gate) in BEFORE_THE_LAST {
            let step = format!("golden-release/{step}");
            client
                .until(session, "the step's turn", SOON, |history| {
                    history.next_step().is_some_and(|next| next["id"] == step.as_str())
                })
                .await?;
            client.verdict_of(session, &step, gate).await?;
        }
        browser.until_step("SCALE").await?;
        browser.script(SCROLL).await?;
        client
            .verdict_of(session, "golden-release/scale", "worker-heartbeats")
            .await?;
        browser
            .until("“Every step is done” to be in sight", SOON, || {
                browser.is_in_sight("heading", "Every step is done")
            })
            .await?;
        browser.close().await?;
    }
    Ok(())
}

/// What the Tab key would reach that stands above what it reached before, in the order of the page; the columns of a wide desk
/// stand beside each other.
const OUT_OF_ORDER: &str = "const all = [...document.querySelectorAll('main, nav, aside, .holdbar, .head, header')] \
        .filter(one => one.getClientRects().length); \
    const tops = all.map(one => one.getBoundingClientRect().top + scrollY); \
    return all.slice(1).filter((one, index) => tops[index + 1] < tops[index] - 1).map(one => one.className || one.tagName)";

#[tokio::test(flavor = "multi_thread")]
async fn on_a_phone_the_tab_key_goes_down_the_page() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let session = held(&client).await?;
    let browser = Browser::signed_in(&proxy, &client).await?;
    browser.size(390, 780).await?;
    browser.go(&format!("/sessions/{session}")).await?;
    browser.until_standing("HOLD").await?;
    assert_eq!(browser.script(OUT_OF_ORDER).await?, json!([]));

    // The outline is folded, and opens where it stands.
    let steps = browser.find("navigation", "Steps").await?;
    let listed = || browser.all(steps.scope(), "button", Name::contains("DEPLOY"));
    assert!(listed().await?.is_empty());
    browser.click("button", "Show all steps").await?;
    assert_eq!(browser.script(OUT_OF_ORDER).await?, json!([]));
    browser
        .click_in(steps.scope(), "button", Name::contains("DEPLOY"))
        .await?;
    browser.until_step("DEPLOY").await?;
    assert!(listed().await?.is_empty());
    browser
        .until("the step to be in sight", SOON, || async {
            let title = browser.find("heading", Name::begins("DEPLOY")).await?;
            browser.is_in_sight("heading", &title.name).await
        })
        .await?;
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_menu_of_exports_is_on_the_screen_and_goes_away() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let session = client.begin("golden-release", "golden-release", "rehearsal").await?;
    let browser = Browser::signed_in(&proxy, &client).await?;
    for (width, height) in [(1440, 900), (720, 450), (390, 780)] {
        browser.size(width, height).await?;
        browser.go(&format!("/sessions/{session}")).await?;
        browser.until_step("FREEZE").await?;
        browser.click("DisclosureTriangle", "Export").await?;
        for format in ["Markdown", "HTML", "JSON", "CSV", "Zip"] {
            assert!(browser.is_in_sight("link", format).await?, "{format} at {width} px");
        }
        browser.press("\u{e00c}").await?;
        browser.until_gone("link", "JSON").await?;
        browser.until_focused("summary: Export").await?;
        browser.click("DisclosureTriangle", "Export").await?;
        browser.find("link", "JSON").await?;
        let elsewhere = browser.find("heading", "LOG").await?;
        browser.element(&elsewhere).await?.click().await?;
        browser.until_gone("link", "JSON").await?;
    }
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_has_an_address() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let session = client.begin("golden-release", "golden-release", "rehearsal").await?;
    let browser = Browser::signed_in(&proxy, &client).await?;
    browser
        .go(&format!("/sessions/{session}#step-golden-release/smoke"))
        .await?;
    browser.until_step("SMOKE").await?;
    browser.press("k").await?;
    browser.until_step("DEPLOY").await?;
    assert_eq!(
        browser.script("return location.hash").await?,
        "#step-golden-release/deploy"
    );
    browser.driver().refresh().await?;
    browser.until_step("DEPLOY").await?;
    browser.script("location.hash = 'step-golden-release/scale'").await?;
    browser.until_step("SCALE").await?;
    // An address of no step of this session shows where the work is.
    browser.go("about:blank").await?;
    browser.go(&format!("/sessions/{session}#step-nowhere")).await?;
    browser.until_step("FREEZE").await?;
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn going_back_to_the_list_shows_the_place_that_was_left() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    for _ in 0..12 {
        client.begin("golden-release", "golden-release", "rehearsal").await?;
    }
    let browser = Browser::signed_in(&proxy, &client).await?;
    browser.size(1000, 500).await?;
    browser.go("/").await?;
    browser.find("link", Name::begins("Golden release")).await?;
    browser.find("heading", "Runbooks").await?;
    browser.find("link", Name::contains("The golden release")).await?;
    browser.script("window.scrollTo(0, 700)").await?;
    tokio::time::sleep(Duration::from_millis(300)).await;
    browser
        .script("document.elementFromPoint(200, 250).closest('li, article, section').querySelector('a').click()")
        .await?;
    browser
        .until("another page", SOON, || async { Ok(browser.path().await? != "/") })
        .await?;
    browser.find("heading", Name::Any).await?;
    browser.script("history.back()").await?;
    browser
        .until("the list at its place", SOON, || async {
            Ok(browser
                .script("return location.pathname === '/' && Math.abs(scrollY - 700) < 2")
                .await?
                == true)
        })
        .await?;
    assert!(browser.all(Scope::Page, "heading", "Runbooks").await?.len() == 1);
    browser.close().await
}

/// How the marks of a station look: what is left of them without colours.
const MARKS: &str = "const look = name => { const one = document.querySelector('.track li.' + name); \
        const mark = getComputedStyle(one, '::after'); \
        return [mark.borderTopStyle, mark.borderTopWidth, mark.borderTopLeftRadius, mark.backgroundColor].join(' ') }; \
    return ['done', 'held', 'later'].map(look)";

#[tokio::test(flavor = "multi_thread")]
async fn without_colours_of_its_own_the_track_is_told_apart_and_without_motion_nothing_moves() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let session = held(&client).await?;
    let browser = Browser::signed_in(&proxy, &client).await?;
    let features = json!([
        { "name": "forced-colors", "value": "active" },
        { "name": "prefers-reduced-motion", "value": "reduce" },
    ]);
    browser
        .driver()
        .cdp()
        .send_raw("Emulation.setEmulatedMedia", json!({ "features": features }))
        .await?;
    browser.go(&format!("/sessions/{session}")).await?;
    browser.until_standing("HOLD").await?;
    let marks = browser.script(MARKS).await?;
    let marks: Vec<&str> = marks
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|mark| mark.as_str())
        .collect();
    let different: std::collections::BTreeSet<&str> = marks.iter().copied().collect();
    assert_eq!(different.len(), 3, "{marks:?}");
    let line = "return getComputedStyle(document.querySelector('.track li.done'), '::before').backgroundColor \
        !== getComputedStyle(document.body).backgroundColor";
    assert_eq!(browser.script(line).await?, true, "the line is seen");
    let moving = "const one = document.createElement('span'); one.className = 'word run'; document.body.append(one); \
        return getComputedStyle(one, '::before').animationName";
    assert_eq!(browser.script(moving).await?, "none");
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_are_shown_whole_and_the_one_in_view_is_copied() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let session = client.begin("golden-release", "perfect-rollback", "rehearsal").await?;
    let browser = Browser::signed_in(&proxy, &client).await?;
    browser.size(390, 600).await?;
    let history = client.history(session).await?;
    // The step with the most commands.
    let commands = |step: &serde_json::Value| {
        let parts = step["parts"].as_array().into_iter().flatten();
        parts.filter(|part| part["part"] == "command").count()
    };
    let step = history.steps().iter().max_by_key(|step| commands(step)).expect("steps");
    browser
        .go(&format!(
            "/sessions/{session}#step-{}",
            step["id"].as_str().unwrap_or_default()
        ))
        .await?;
    browser.find("group", "Command 2").await?;
    assert!(browser.text().await?.contains("Not part of the rehearsal"));
    let cut =
        "return [...document.querySelectorAll('.cmd pre')].filter(one => one.scrollWidth > one.clientWidth).length";
    assert_eq!(browser.script(cut).await?, 0, "no line ends out of sight");
    for number in [2, 1] {
        browser
            .script(&format!(
                "document.querySelectorAll('.cmd')[{}].scrollIntoView()",
                number - 1
            ))
            .await?;
        tokio::time::sleep(Duration::from_millis(100)).await;
        browser.press("c").await?;
        browser
            .until_announced(&[&format!("Copied command {number}, which is the real one.")])
            .await?;
    }
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_of_twice_the_size_leave_the_hold_its_room() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let session = held(&client).await?;
    let browser = Browser::signed_in(&proxy, &client).await?;
    browser.size(1280, 900).await?;
    browser.go(&format!("/sessions/{session}")).await?;
    browser.until_standing("HOLD").await?;
    browser
        .script("document.documentElement.style.fontSize = '200%'")
        .await?;
    tokio::time::sleep(Duration::from_millis(200)).await;
    let room = "const bar = document.querySelector('.holdbar'); const words = bar.querySelector('p').getBoundingClientRect(); \
        const step = document.querySelector('main').getBoundingClientRect(); \
        return [words.width > innerWidth / 2, bar.clientHeight + 2 >= Math.min(bar.scrollHeight, innerHeight / 2), \
            step.width > innerWidth / 3, document.documentElement.scrollWidth <= innerWidth]";
    assert_eq!(browser.script(room).await?, json!([true, true, true, true]));
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn each_session_of_a_list_has_a_name_of_its_own_and_the_program_is_loaded_once() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    for _ in 0..2 {
        client.begin("golden-release", "golden-release", "rehearsal").await?;
        // Its start is in its name, to the second.
        tokio::time::sleep(Duration::from_millis(1100)).await;
    }
    let browser = Browser::signed_in(&proxy, &client).await?;
    browser.go("/").await?;
    browser.find("link", Name::begins("Golden release v")).await?;
    let links = browser.all(Scope::Page, "link", Name::begins("Golden release")).await?;
    let names: std::collections::BTreeSet<&str> = links.iter().map(|link| link.name.as_str()).collect();
    assert_eq!((links.len(), names.len()), (2, 2), "{names:?}");

    let loads = "return performance.getEntriesByType('resource').filter(one => one.name.endsWith('.wasm')).length";
    assert_eq!(browser.script(loads).await?, 1);
    browser.close().await
}
