//! A session gone through again: what the page shows at a moment is the fold of what came until then.

use std::time::Duration;

use holdpoint_domain::session::{ClientCommand, Record, SessionOutcome, State, StepBy, StepStatus};
use holdpoint_tests::{Browser, Client, Name, Options, Result, Scope, TestProxy, Theme};
use uuid::Uuid;

const SOON: Duration = Duration::from_secs(20);
const RIGHT: &str = "\u{E014}";
const HOME: &str = "\u{E011}";
const END: &str = "\u{E010}";

/// A release that holds at the pre-flight, is mended, and is given up.
async fn session(client: &Client) -> Result<Uuid> {
    let session = client.begin("golden-release", "golden-release", "rehearsal").await?;
    client.tick(session, "golden-release/freeze").await?;
    client.set_fault("command_fails_preflight", true).await?;
    client
        .verdict_of(session, "golden-release/preflight", "preflight")
        .await?;
    let text = "The credentials had expired.".to_owned();
    client
        .command(
            session,
            ClientCommand::AddNote {
                step: None,
                text,
                written: None,
            },
        )
        .await?;
    client.set_fault("command_fails_preflight", false).await?;
    client
        .verdict_of(session, "golden-release/preflight", "preflight")
        .await?;
    client
        .until(session, "the pre-flight", SOON, |history| {
            history.is_done("golden-release/preflight") && history.running().is_empty()
        })
        .await?;
    client.close(session, SessionOutcome::Abandoned).await?;
    Ok(session)
}

/// What the rules say of each step after so many events: the word of its status, in the outline's order.
fn folded(records: &[Record]) -> Vec<(String, String)> {
    let state = State::fold(records);
    let procedure = state.procedure.as_ref().expect("it began");
    let steps = procedure.steps.iter().map(|step| {
        let row = state.row(&step.id).expect("it has the step");
        let word = match (row.status, row.by) {
            (StepStatus::Done, Some(StepBy::Caution)) => "done without a pass",
            (StepStatus::Done, _) => "done",
            (StepStatus::Skipped, _) => "left out",
            (StepStatus::Failed, _) => "failed",
            (StepStatus::Inconclusive, _) => "inconclusive",
            (StepStatus::Running, _) => "current, gate running",
            (StepStatus::Current, _) => "current",
            (StepStatus::Later, _) => "later",
        };
        (step.title.clone(), word.to_owned())
    });
    steps.collect()
}

async fn until_shown(browser: &Browser, records: &[Record], seq: usize) -> Result<()> {
    let expected = folded(&records[..seq]);
    browser
        .until(&format!("the steps as they stood after event {seq}"), SOON, || async {
            let list = browser.find("list", "Steps then").await?;
            let rows = browser.all(list.scope(), "listitem", Name::Any).await?;
            if rows.len() != expected.len() {
                return Ok(false);
            }
            for (row, (title, word)) in rows.iter().zip(&expected) {
                let text = browser.text_of(row).await?;
                let rest = text.split_once(title.as_str()).map(|(_, rest)| rest.trim_start());
                if !rest.is_some_and(|rest| {
                    rest == word || rest.starts_with(&format!("{word}\n")) || rest.starts_with(&format!("{word} "))
                }) {
                    return Ok(false);
                }
            }
            Ok(browser
                .text()
                .await?
                .contains(&format!("Event {seq} of {},", records.len())))
        })
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn any_moment_is_shown_as_it_stood_by_its_link_and_by_the_keys() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let session = session(&client).await?;
    let records = client.events(session, 0).await?;
    let held = records
        .iter()
        .position(|record| State::fold(&records[..record.seq as usize]).hold().is_some())
        .expect("it held")
        + 1;
    let browser = Browser::signed_in(&proxy, &client).await?;
    // The link to a moment opens that moment.
    browser.go(&format!("/sessions/{session}/replay?at={held}")).await?;
    until_shown(&browser, &records, held).await?;
    let holds = browser.find("list", "What held then").await?;
    assert!(browser.text_of(&holds).await?.contains("FAIL"));
    let gate = browser.find("region", Name::begins("Gate then")).await?;
    assert!(browser.text_of(&gate).await?.contains("FAIL"), "the evidence of then");
    assert!(browser.text().await?.contains("REHEARSAL"), "a rehearsal is marked");

    let slider = browser.find("slider", "By event").await?;
    browser.element(&slider).await?.focus().await?;
    browser.press(RIGHT).await?;
    until_shown(&browser, &records, held + 1).await?;
    browser.press(HOME).await?;
    until_shown(&browser, &records, 1).await?;
    browser.press(END).await?;
    until_shown(&browser, &records, records.len()).await?;
    let by_time = browser.find("slider", "By time").await?;
    browser.element(&by_time).await?.focus().await?;
    browser.press(HOME).await?;
    browser.press(RIGHT).await?;
    until_shown(&browser, &records, 2).await?;
    // The address names the moment, to be copied.
    browser
        .until("the address to name the moment", SOON, || async {
            Ok(browser.path().await?.ends_with("/replay?at=2"))
        })
        .await?;

    // The table has the same content, and leads to its moments.
    let table = browser.find("table", Name::begins("Phases, steps")).await?;
    let text = browser.text_of(&table).await?;
    for part in [
        "Phase: ",
        "Gate run: ",
        "failed, run 1",
        "passed, run 2",
        "lifted by a pass",
        "The credentials had expired.",
    ] {
        assert!(text.contains(part), "{part} is in the table:\n{text}");
    }
    browser
        .click_in(table.scope(), "link", format!("Event {held}").as_str())
        .await?;
    until_shown(&browser, &records, held).await?;
    let picture = browser.find("image", Name::begins("Timeline from")).await?;
    assert!(picture.name.contains("Everything in order"));

    // Played, it comes to its end by itself.
    browser.press(HOME).await?;
    browser.choose("Speed", "100×").await?;
    browser.click("button", "Play").await?;
    until_shown(&browser, &records, records.len()).await?;
    browser.find("button", "Play").await?;
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn replay_and_comparison_can_be_read_by_everybody() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let (one, other) = (session(&client).await?, session(&client).await?);
    let browser = Browser::signed_in(&proxy, &client).await?;
    let mut wrong = Vec::new();
    for theme in Theme::BOTH {
        browser.theme(theme).await?;
        for (path, shows) in [
            (format!("/sessions/{one}/replay?at=5"), "As it stood then"),
            (format!("/sessions/{one}/compare?with={other}"), "Both are rehearsals"),
        ] {
            for (width, height) in [(1440, 900), (360, 780)] {
                browser.size(width, height).await?;
                browser.go(&path).await?;
                browser
                    .until(shows, SOON, || async { Ok(browser.text().await?.contains(shows)) })
                    .await?;
                let place = |line: String| format!("{path} at {width} in {}: {line}", theme.name());
                wrong.extend(browser.axe().await?.into_iter().map(place));
                let script = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
                if browser.script(script).await?.as_i64().is_some_and(|wide| wide > 0) {
                    wrong.push(place("it scrolls sideways".to_owned()));
                }
                wrong.extend(browser.console_errors().await?.into_iter().map(place));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_compared_with_what_is_chosen() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let one = session(&client).await?;
    let other = client.begin("golden-release", "golden-release", "rehearsal").await?;
    let browser = Browser::signed_in(&proxy, &client).await?;
    browser.go(&format!("/sessions/{one}/compare")).await?;
    browser.find("combobox", "Compare with").await?;
    browser.choose("Compare with", "The latest rehearsal").await?;
    let table = browser.find("table", Name::begins("Each step here and there")).await?;
    let rows = browser.all(table.scope(), "row", Name::Any).await?;
    let first = browser.text_of(&rows[1]).await?;
    assert!(first.contains("DIFFERS"), "what differs stands first: {first}");
    assert!(browser.path().await?.ends_with(&format!("compare?with={other}")));
    browser.choose("Compare with", "The runbook’s own times").await?;
    browser
        .until("the runbook's times", SOON, || async {
            Ok(browser.text().await?.contains("The runbook gives "))
        })
        .await?;
    // An address that names nothing says so.
    browser.go(&format!("/sessions/{one}/compare?with=yesterday")).await?;
    browser.find("alert", Name::Any).await?;
    assert!(browser.all(Scope::Page, "table", Name::Any).await?.is_empty());
    browser.close().await
}
