//! The browser's own look at a `direct` gate: what it saw is what the gate's address said, and nothing else.

use std::time::Duration;

use holdpoint_domain::gate::{Outcome, Source};
use holdpoint_domain::session::{Event, Standing};
use holdpoint_tests::{Answer, Browser, Folder, Name, Options, Result, TestPlatform, TestProxy};

const SOON: Duration = Duration::from_secs(20);

/// An answer that pages of other origins may read.
fn readable(answer: Answer) -> Answer {
    match answer {
        Answer::Whole {
            status,
            mut headers,
            body,
            after,
        } => {
            headers.push(("access-control-allow-origin".to_owned(), "*".to_owned()));
            Answer::Whole {
                status,
                headers,
                body,
                after,
            }
        }
        other => other,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_is_not_led_elsewhere() -> Result<()> {
    let platform = TestPlatform::start().await?;
    let fine = || readable(Answer::json(200, r#"{"status": "ok"}"#));
    platform.set("/health", fine());
    platform.set("/elsewhere", fine());
    let folder = Folder::new(&platform.url())?;
    let proxy = TestProxy::start(Options::default().runbooks(folder.path())).await?;
    let client = proxy.sign_in().await?;
    let browser = Browser::signed_in(&proxy, &client).await?;

    let (step, gate) = ("checks/healthy", "health");
    for (answer, outcome) in [
        (fine(), Outcome::Pass),
        (readable(Answer::redirect("/elsewhere")), Outcome::Inconclusive),
    ] {
        platform.set("/health", answer);
        let session = client.begin("demo", "checks", "test").await?;
        browser.go(&format!("/sessions/{session}")).await?;
        browser.find("heading", Name::begins("Checks")).await?;
        client.run_gate(session, step, gate).await?;
        let there = |state: &holdpoint_domain::session::State| {
            state.last_verdict(step, gate).is_some() && !state.observed.is_empty()
        };
        let state = client.until(session, "both verdicts", SOON, there).await?;
        let records = client.events(session, 0).await?;
        let seen = records.iter().find_map(|record| match &record.event {
            Event::GateObserved { verdict, .. } => Some(verdict),
            _ => None,
        });
        let seen = seen.expect("the browser looked");
        assert_eq!(
            (seen.outcome, seen.source),
            (outcome, Source::Browser),
            "{}",
            seen.summary
        );
        if outcome == Outcome::Inconclusive {
            assert!(seen.summary.contains("the answer is a redirect"), "{}", seen.summary);
            // The proxy does not follow it either, and what it saw is the verdict.
            assert_eq!(state.standing(), Standing::Hold);
            assert!(state.done.is_empty());
        }
    }
    let asked = platform.requests();
    let led: Vec<_> = asked.iter().filter(|head| head.contains("/elsewhere")).collect();
    assert!(led.is_empty(), "{led:?}");
    browser.close().await
}
