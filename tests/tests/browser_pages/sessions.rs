//! Sessions of the shipped release in every state that a page shows: under way, held, gone on with, rolled back, given up, finished.

use std::time::Duration;

use holdpoint_domain::session::{Annotation, ClientCommand, SessionId, SessionOutcome, SeverityLevel};
use holdpoint_tests::{Client, Result, renews_pictures};
use uuid::Uuid;

const SOON: Duration = Duration::from_secs(30);
const SMOKE: &str = "golden-release/smoke";

/// Their ids.
pub struct Sessions {
    pub running: SessionId,
    pub held: SessionId,
    pub done: SessionId,
    /// Gone on with at the smoke test without a pass, and completed.
    pub caution: SessionId,
    /// Held after the new version was deployed, rolled back to the end, and written about.
    pub rolled_back: SessionId,
    pub rolling_back: SessionId,
    pub rollback: SessionId,
    /// Its rollback was given up.
    pub not_rolled_back: SessionId,
    pub emergency: SessionId,
}

async fn begin(client: &Client) -> Result<SessionId> {
    client.begin("golden-release", "golden-release", "rehearsal").await
}

/// As long as a person would look, where pictures are made that show how long things took.
async fn look_around(seconds: u64) {
    if renews_pictures() {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
    }
}

/// Done to the smoke test, which fails.
async fn failed_at_smoke(client: &Client) -> Result<SessionId> {
    let session = begin(client).await?;
    for (step, seconds) in [
        ("golden-release/preflight", 4),
        ("golden-release/migrate", 7),
        ("golden-release/deploy", 11),
    ] {
        client.walk_to(session, step).await?;
        look_around(seconds).await;
    }
    client.walk_to(session, SMOKE).await?;
    client.set_fault("api_503", true).await?;
    client.verdict_of(session, SMOKE, "smoke").await?;
    client.set_fault("api_503", false).await?;
    Ok(session)
}

async fn note(client: &Client, session: SessionId, step: &str, text: &str) -> Result<()> {
    let note = ClientCommand::AddNote {
        step: Some(step.to_owned()),
        text: text.to_owned(),
        written: None,
    };
    client.command(session, note).await.map(|_| ())
}

/// Held at the smoke test, rolled back to the end, and written about.
///
/// # Errors
/// As for [`sessions`].
pub async fn rolled_back(client: &Client) -> Result<SessionId> {
    let session = failed_at_smoke(client).await?;
    note(client, session, SMOKE, "Customers see an error on the intake form.").await?;
    look_around(14).await;
    let rollback = client.begin_rollback(session, "perfect-rollback").await?;
    client.walk_to(rollback, "perfect-rollback/rollback-database").await?;
    look_around(9).await;
    client.walk(rollback).await?;
    client.close(rollback, SessionOutcome::Completed).await?;
    client.close(session, SessionOutcome::RolledBack).await?;
    let whys = [
        "The new version answered 503 to the intake form.",
        "Its database pool was smaller than the number of workers.",
        "The size of the pool is not part of the pre-flight.",
    ];
    let annotations = [
        Annotation::RootCause {
            whys: whys.map(str::to_owned).to_vec(),
        },
        Annotation::Severity {
            level: Some(SeverityLevel::Sev2),
            reason: "The intake form failed for everybody until the old version was back.".to_owned(),
        },
        Annotation::Action {
            id: Uuid::now_v7(),
            text: "Compare the pool with the number of workers in the pre-flight.".to_owned(),
            owner: "Robin Captain".to_owned(),
            due: chrono::NaiveDate::from_ymd_opt(2027, 1, 15),
        },
        Annotation::Star {
            seq: 1,
            caption: "The release begins".to_owned(),
        },
    ];
    for annotation in annotations {
        client.command(session, ClientCommand::Annotate { annotation }).await?;
    }
    Ok(session)
}

async fn with_caution(client: &Client) -> Result<SessionId> {
    let session = failed_at_smoke(client).await?;
    let decision = ClientCommand::ProceedWithCaution {
        step: SMOKE.to_owned(),
        gate: "smoke".to_owned(),
        reason: "The intake form works by hand; the test account is locked.".to_owned(),
    };
    client.command(session, decision).await?;
    client.walk(session).await?;
    client.close(session, SessionOutcome::Completed).await?;
    Ok(session)
}

/// Two that are held at the verification.
async fn held(client: &Client) -> Result<[SessionId; 2]> {
    let sessions = [begin(client).await?, begin(client).await?];
    for session in sessions {
        client.tick(session, "golden-release/freeze").await?;
        client
            .verdict_of(session, "golden-release/preflight", "preflight")
            .await?;
    }
    client.set_fault("overloaded_rpc", true).await?;
    for session in sessions {
        client
            .verdict_of(session, "golden-release/migrate", "migration-status")
            .await?;
        client
            .until(session, "both gates to have run", SOON, |history| {
                history.runs().len() == 4 && history.running().is_empty()
            })
            .await?;
    }
    Ok(sessions)
}

/// Makes them all.
///
/// # Errors
/// The proxy refuses something, or a gate does not answer.
pub async fn sessions(client: &Client) -> Result<Sessions> {
    let done = begin(client).await?;
    client.walk(done).await?;
    client.close(done, SessionOutcome::Completed).await?;

    let caution = with_caution(client).await?;
    let rolled_back = rolled_back(client).await?;
    let not_rolled_back = failed_at_smoke(client).await?;
    let given_up = client.begin_rollback(not_rolled_back, "perfect-rollback").await?;
    client.close(given_up, SessionOutcome::Abandoned).await?;

    let emergency = client
        .begin("golden-release", "emergencies.critical-production-outage", "rehearsal")
        .await?;
    let [held, rolling_back] = held(client).await?;
    let rollback = client.begin_rollback(rolling_back, "perfect-rollback").await?;
    client.set_fault("overloaded_rpc", false).await?;

    let running = begin(client).await?;
    client.walk_to(running, "golden-release/deploy").await?;
    note(
        client,
        running,
        "golden-release/deploy",
        "Traffic is low, a good moment to deploy.",
    )
    .await?;
    Ok(Sessions {
        running,
        held,
        done,
        caution,
        rolled_back,
        rolling_back,
        rollback,
        not_rolled_back,
        emergency,
    })
}
