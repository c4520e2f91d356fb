//! Where the captain stands: what a key could not do, which step this is, what runs again during a hold, and as whom.

use std::time::Duration;

use holdpoint_tests::{Browser, Client, Name, Options, Result, Scope, TestProxy};
use serde_json::json;
use uuid::Uuid;

const SOON: Duration = Duration::from_secs(20);

async fn on_desk(proxy: &TestProxy, procedure: &str) -> Result<(Client, Browser, Uuid)> {
    let client = proxy.sign_in().await?;
    let session = client.begin("golden-release", procedure, "rehearsal").await?;
    let browser = Browser::signed_in(proxy, &client).await?;
    browser.go(&format!("/sessions/{session}")).await?;
    browser.until_step("FREEZE").await?;
    browser.until_connection("Live").await?;
    Ok((client, browser, session))
}

/// What is shown for a moment.
async fn told(browser: &Browser) -> Result<String> {
    let told = browser
        .script("return document.querySelector('.told').innerText")
        .await?;
    Ok(told.as_str().unwrap_or_default().to_owned())
}

/// How often something is said from now on.
const COUNT_SPOKEN: &str = "window.spoken = 0; \
    new MutationObserver(all => all.forEach(one => window.spoken += one.addedNodes.length)) \
    .observe(document.querySelector('[aria-label=Announcements]'), { subtree: true, childList: true })";

#[tokio::test(flavor = "multi_thread")]
async fn what_a_key_or_a_button_cannot_do_is_said_and_shown() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let (client, browser, session) = on_desk(&proxy, "golden-release").await?;
    browser.press("g").await?;
    browser.until_announced(&["This step has no gate."]).await?;
    assert_eq!(told(&browser).await?, "This step has no gate.");
    browser.press("r").await?;
    browser.until_announced(&["Nothing is on hold."]).await?;

    // A step whose turn has not come: its keys and its button give the reason, each time.
    browser.press("jj").await?;
    browser.until_step("MIGRATE").await?;
    browser.script(COUNT_SPOKEN).await?;
    for (what, press) in [("the key x", Some("x")), ("the key g", Some("g")), ("the button", None)] {
        let before = browser.script("return window.spoken").await?.as_u64();
        match press {
            Some(key) => browser.press(key).await?,
            None => {
                let panel = browser.find("region", Name::begins("Gate: ")).await?;
                let run = browser
                    .find_in(panel.scope(), "button", Name::begins("Run gate"))
                    .await?;
                browser.element(&run).await?.click().await?;
            }
        }
        browser
            .until(&format!("{what} to give the reason"), SOON, || async {
                Ok(browser.script("return window.spoken").await?.as_u64() > before)
            })
            .await?;
        let said = browser.announced().await?.pop().unwrap_or_default();
        assert!(said.contains("MIGRATE"), "{said}");
        assert_eq!(told(&browser).await?, said);
    }
    assert!(client.history(session).await?.runs().is_empty());
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_beside_the_current_one_says_so_and_leads_back() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let (client, browser, session) = on_desk(&proxy, "golden-release").await?;
    let bar = "return document.querySelector('.elsewhere-bar p')?.innerText ?? ''";
    assert_eq!(browser.script(bar).await?, "");
    client.tick(session, "golden-release/freeze").await?;
    browser.until_step("PREFLIGHT").await?;
    browser.press("k").await?;
    browser.until_step("FREEZE").await?;
    assert_eq!(
        browser.script(bar).await?,
        "You are looking at step 1 (done). Current: step 2 PREFLIGHT."
    );
    browser.click("button", "Back to the current step").await?;
    browser.until_step("PREFLIGHT").await?;
    browser.until_focused("h2: PREFLIGHT").await?;
    assert_eq!(browser.script(bar).await?, "");
    browser.press("jj").await?;
    browser.until_step("VERIFY").await?;
    browser.press("b").await?;
    browser.until_step("PREFLIGHT").await?;
    // Who came here by a key sees where the focus is.
    browser.until_focused("h2: PREFLIGHT").await?;
    let ring = "return getComputedStyle(document.activeElement).outlineStyle";
    assert_eq!(browser.script(ring).await?, "solid");
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_names_all_its_gates_and_says_what_runs_again() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let (client, browser, session) = on_desk(&proxy, "golden-release").await?;
    client.tick(session, "golden-release/freeze").await?;
    client
        .verdict_of(session, "golden-release/preflight", "preflight")
        .await?;
    client.set_fault("overloaded_rpc", true).await?;
    client
        .verdict_of(session, "golden-release/migrate", "migration-status")
        .await?;
    client
        .until(session, "both gates to hold", SOON, |history| {
            history.standing() == "hold" && history.runs().len() == 4 && history.running().is_empty()
        })
        .await?;
    browser.until_standing("HOLD").await?;
    let region = browser.find("region", "Hold").await?;
    browser
        .until("the other gate to be named", SOON, || async {
            Ok(browser.text_of(&region).await?.contains("1 more gate holds, too: "))
        })
        .await?;
    let watch = "window.ran = []; new MutationObserver(() => window.ran.push(document.querySelector('.hold-running').innerText)) \
        .observe(document.querySelector('.holdbar'), { subtree: true, childList: true, characterData: true, attributes: true })";
    browser.script(watch).await?;
    browser.press("g").await?;
    client
        .until(session, "both gates to have run again", SOON, |history| {
            history.runs().len() == 6 && history.running().is_empty()
        })
        .await?;
    browser.until_announced(&["Runs 2 gates: "]).await?;
    let ran = browser.script("return window.ran.join('|')").await?.to_string();
    assert!(ran.contains("RUNNING AGAIN"), "{ran}");
    assert!(ran.contains("What stands above is the old verdict, of "), "{ran}");

    // The key of the rollback asks, and starts nothing.
    let sessions = client.sessions().await?.len();
    browser.press("r").await?;
    let dialog = browser.find("dialog", "Start the rollback?").await?;
    browser.click_in(dialog.scope(), "button", "Cancel").await?;
    browser.until_gone("dialog", "Start the rollback?").await?;
    assert_eq!(client.sessions().await?.len(), sessions);
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_passes_by_itself_is_told() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let (client, browser, session) = on_desk(&proxy, "golden-release").await?;
    client.tick(session, "golden-release/freeze").await?;
    client
        .verdict_of(session, "golden-release/preflight", "preflight")
        .await?;
    client
        .verdict_of(session, "golden-release/migrate", "migration-status")
        .await?;
    browser.until_announced(&["VERIFY", "passed by itself."]).await?;
    assert!(told(&browser).await?.contains("passed by itself."));
    let said = browser.announced().await?.join(" ");
    assert!(
        !said.contains("PREFLIGHT (run the deployment gate) passed by itself"),
        "{said}"
    );
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_help_turns_nothing_off_by_a_habit_and_is_found_when_keys_are_off() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let (_client, browser, _session) = on_desk(&proxy, "golden-release").await?;
    browser.press("?").await?;
    let help = browser.find("dialog", "Keyboard shortcuts").await?;
    browser.until_focused("h2: Keyboard shortcuts").await?;
    browser.press(" ").await?;
    let switch = browser
        .find_in(help.scope(), "checkbox", Name::begins("Single-key shortcuts"))
        .await?;
    let switch = browser.element(&switch).await?;
    assert!(switch.is_selected().await?, "Space met no switch");
    switch.click().await?;
    browser.press("\u{e00c}").await?;
    browser.until_gone("dialog", "Keyboard shortcuts").await?;
    let button = browser.find("button", Name::begins("Keys (off)")).await?;
    let title = browser.element(&button).await?.attr("title").await?;
    assert!(title.is_some_and(|title| title.contains("switches them on again")));
    browser.click("button", Name::begins("Keys (off)")).await?;
    let help = browser.find("dialog", "Keyboard shortcuts").await?;
    assert!(browser.text_of(&help).await?.contains("Single keys are off."));
    browser
        .click_in(help.scope(), "checkbox", Name::begins("Single-key shortcuts"))
        .await?;

    // The name is changed from here, and from the head.
    browser.click_in(help.scope(), "button", "Change name").await?;
    browser.until_focused("input").await?;
    for (name, from_head) in [("Kim Second", false), ("Lee Third", true)] {
        if from_head {
            let head = browser.find("region", "Session").await?;
            browser.click_in(head.scope(), "button", "Change name").await?;
        }
        let dialog = browser.find("dialog", "Your name").await?;
        let field = browser.find_in(dialog.scope(), "textbox", "Your name").await?;
        let field = browser.element(&field).await?;
        field.clear().await?;
        field.send_keys(name).await?;
        browser.click_in(dialog.scope(), "button", "Save name").await?;
        browser.until_gone("dialog", "Your name").await?;
        browser.until_announced(&[&format!("You are {name} now.")]).await?;
        let head = browser.find("region", "Session").await?;
        assert!(browser.text_of(&head).await?.contains(&format!("you are {name}")));
    }
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_lies_over_the_outline_and_how_it_stands_stays_at_the_right() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let (client, browser, session) = on_desk(&proxy, "golden-release").await?;
    browser.size(1280, 657).await?;
    let clear = "const light = document.querySelector('.connection').getBoundingClientRect(); \
        const outline = document.querySelector('.outline').getBoundingClientRect(); return outline.bottom <= light.top + 1";
    assert_eq!(browser.script(clear).await?, true);
    let at_the_right = "const box = document.querySelector('.standing').getBoundingClientRect(); \
        return innerWidth - box.right < 48 && box.top < document.querySelector('.track').getBoundingClientRect().top";
    assert_eq!(browser.script(at_the_right).await?, true);
    client.tick(session, "golden-release/freeze").await?;
    browser.until_step("PREFLIGHT").await?;
    let names = "return Math.min(...[...document.querySelectorAll('.step-name')].map(one => one.getBoundingClientRect().width))";
    let narrowest = browser.script(names).await?.as_f64().unwrap_or_default();
    assert!(narrowest >= 140.0, "{narrowest}");
    // A command's lines are broken, so that there is nothing to scroll to.
    let stops = "return document.querySelectorAll('.cmd pre[tabindex]').length";
    assert_eq!(browser.script(stops).await?, 0);
    // Nor is a sample or a table that fits a stop of the Tab key, and each that does not fit is one.
    browser.size(390, 844).await?;
    browser.go("/runbooks/golden-release").await?;
    let wrong = "const boxes = [...document.querySelectorAll('.code > pre, .prose .scroll')]; if (!boxes.length) return 'none'; \
        return boxes.filter(one => (one.scrollWidth > one.clientWidth + 1) !== (one.getAttribute('tabindex') === '0')).length";
    browser
        .until("stops of the Tab key where something scrolls", SOON, || async {
            Ok(browser.script(wrong).await? == 0)
        })
        .await?;
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_has_no_keys_and_one_line_of_head_when_it_is_scrolled() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let (_client, browser, _session) = on_desk(&proxy, "golden-release").await?;
    browser.size(390, 844).await?;
    let touch = json!({ "enabled": true, "maxTouchPoints": 5 });
    browser
        .driver()
        .cdp()
        .send_raw("Emulation.setTouchEmulationEnabled", touch)
        .await?;
    let coarse = "return matchMedia('(hover: none) and (pointer: coarse)').matches";
    assert_eq!(browser.script(coarse).await?, true, "the browser plays a phone");
    assert!(
        browser
            .all(Scope::Page, "button", Name::begins("Keys"))
            .await?
            .is_empty()
    );
    let line = "const line = document.querySelector('.head-line'); const box = line.getBoundingClientRect(); \
        return line.hidden ? 'hidden' : [Math.round(box.top), box.height <= 48, line.innerText.includes('GO')].join()";
    assert_eq!(browser.script(line).await?, "hidden");
    browser.script("scrollTo(0, document.body.scrollHeight)").await?;
    browser
        .until("the head to be one line", SOON, || async {
            Ok(browser.script(line).await? == "0,true,true")
        })
        .await?;
    browser.script("scrollTo(0, 0)").await?;
    browser
        .until("the line to be gone", SOON, || async {
            Ok(browser.script(line).await? == "hidden")
        })
        .await?;
    browser.close().await
}
