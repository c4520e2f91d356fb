//! The incident log: what is in it, by whose word, and that one damaged session harms no other row.

use std::time::Duration;

use chrono::{Days, Utc};
use holdpoint_domain::session::{Annotation, ClientCommand, SessionId, SessionOutcome, SeverityLevel};
use holdpoint_domain::wire::{Incident, IncidentLog, IncidentStatus};
use holdpoint_tests::{Client, Result, unhealthy_platform};
use reqwest::Method;
use uuid::Uuid;

const PATIENCE: Duration = Duration::from_secs(20);

async fn log(client: &Client, query: &str) -> Result<IncidentLog> {
    let answer = client
        .request(Method::GET, &format!("/api/incidents{query}"))
        .send()
        .await?;
    Ok(answer.json().await?)
}

fn of(log: &IncidentLog, session: SessionId) -> Option<&Incident> {
    log.incidents.iter().find(|one| one.session == session)
}

async fn annotate(client: &Client, session: SessionId, annotation: Annotation) -> Result<()> {
    client
        .command(session, ClientCommand::Annotate { annotation })
        .await
        .map(drop)
}

fn severity(level: SeverityLevel) -> Annotation {
    Annotation::Severity {
        level: Some(level),
        reason: "by a look at it".to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incident_stands_in_the_log_by_its_course_or_by_a_persons_word() -> Result<()> {
    let (_server, _folder, _proxy, client) = unhealthy_platform().await?;
    let smooth = client.begin("demo", "release", "test").await?;
    let given_up = client.begin("demo", "release", "test").await?;
    client.close(given_up, SessionOutcome::Abandoned).await?;
    let held = client.begin("demo", "release", "test").await?;
    client.tick(held, "release/freeze").await?;
    client.run_gate(held, "release/verify", "health").await?;
    client
        .until(held, "the hold", PATIENCE, |history| history.standing() == "hold")
        .await?;
    let first = log(&client, "").await?;
    assert_eq!(first.sessions, 3);
    assert_eq!(of(&first, smooth), None, "a session under way is no incident by itself");
    assert_eq!(of(&first, held), None, "a hold is none by itself either");
    let one = of(&first, given_up).expect("a release that was given up is one");
    assert_eq!(
        (one.severity, one.severity_by.as_deref()),
        (Some(SeverityLevel::Sev3), None)
    );
    assert_eq!(
        (one.status, one.owner.as_str()),
        (IncidentStatus::GivenUp, "Robin Captain")
    );
    assert!(
        one.report.starts_with(&one.started.format("%Y-%m-%d-").to_string()),
        "{}",
        one.report
    );

    // A person's word makes one, and goes before what the events suggest.
    annotate(&client, held, severity(SeverityLevel::Sev2)).await?;
    annotate(&client, given_up, severity(SeverityLevel::NoIncident)).await?;
    annotate(&client, smooth, severity(SeverityLevel::NoIncident)).await?;
    let yesterday = Utc::now().date_naive() - Days::new(1);
    for due in [None, Some(yesterday)] {
        let action = Annotation::Action {
            id: Uuid::now_v7(),
            text: "Watch".to_owned(),
            owner: String::new(),
            due,
        };
        annotate(&client, held, action).await?;
    }
    let second = log(&client, "").await?;
    let one = of(&second, held).expect("by a person's word");
    assert_eq!(
        (one.severity, one.severity_by.as_deref()),
        (Some(SeverityLevel::Sev2), Some("Robin Captain"))
    );
    assert_eq!(
        (one.status, one.actions, one.open_actions, one.overdue_actions),
        (IncidentStatus::Open, 2, 2, 1)
    );
    let one = of(&second, given_up).expect("its course keeps it in the log");
    assert_eq!(one.severity, Some(SeverityLevel::NoIncident));
    assert_eq!(of(&second, smooth), None);
    assert_eq!(
        (second.statistics.open_actions, second.statistics.overdue_actions),
        (2, 1)
    );
    let months: Vec<_> = second
        .statistics
        .months
        .iter()
        .map(|month| (month.sev2, month.none))
        .collect();
    assert_eq!(months, [(1, 1)]);
    assert_eq!((second.unread, second.older), (0, None));

    // As files; and rehearsals stand apart.
    for (format, media, part) in [
        (
            "md",
            "text/markdown; charset=utf-8",
            "| SEV-2 | said by Robin Captain | open: on hold | 2, 2 open, 1 overdue |",
        ),
        (
            "csv",
            "text/csv; charset=utf-8",
            ",SEV-2,said by Robin Captain,open: on hold,Robin Captain,2,2,1,",
        ),
    ] {
        let path = format!("/api/incidents?format={format}");
        let answer = client.request(Method::GET, &path).send().await?;
        assert_eq!(answer.headers()["content-type"], media);
        let text = answer.text().await?;
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert_eq!(log(&client, "?rehearsals=true").await?.incidents, []);
    let bad = client.request(Method::GET, "/api/incidents?format=pdf").send().await?;
    assert_eq!(bad.status().as_u16(), 400);
    Ok(())
}

/// Damage in one session is told in its row, and the others are as they were.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_cannot_be_read_keeps_its_row_and_harms_no_other() -> Result<()> {
    let (_server, _folder, mut proxy, client) = unhealthy_platform().await?;
    let mut sessions = Vec::new();
    for _ in 0..2 {
        let session = client.begin("demo", "release", "test").await?;
        client.close(session, SessionOutcome::Abandoned).await?;
        sessions.push(session);
    }
    let [damaged, whole] = sessions[..] else {
        unreachable!("two were begun")
    };
    let before = log(&client, "").await?;
    let path = proxy.data().join("holdpoint.db");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
    let mut database = <sqlx::SqliteConnection as sqlx::Connection>::connect_with(&options)
        .await
        .expect("the database opens");
    let damage = format!(
        "DROP TRIGGER events_are_not_changed; UPDATE events SET record = '{{' WHERE session = '{}' AND seq = 2;",
        damaged.hyphenated()
    );
    let done = sqlx::raw_sql(sqlx::AssertSqlSafe(damage)).execute(&mut database).await;
    done.expect("it is damaged");
    drop(database);
    proxy.restart().await?;
    let client = proxy.sign_in().await?;
    let after = log(&client, "").await?;
    let row = of(&after, damaged).expect("its course is known by its row");
    assert_eq!(
        (row.unreadable, row.severity, row.status),
        (true, None, IncidentStatus::Unknown)
    );
    assert_eq!(row.report, of(&before, damaged).expect("it was there").report);
    assert_eq!(of(&after, whole), of(&before, whole));
    assert_eq!(after.statistics.months[0].unknown, 1);
    Ok(())
}
