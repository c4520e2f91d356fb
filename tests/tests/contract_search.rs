//! What `GET /api/search` finds: over the runbooks as they are on disk, and the sessions.

use holdpoint_domain::wire::{FoundKind, SearchAnswer};
use holdpoint_tests::{Client, Options, Result, TestProxy};
use reqwest::{Method, StatusCode};

async fn search(client: &Client, wanted: &str) -> Result<SearchAnswer> {
    let path = format!("/api/search?q={}", wanted.replace(' ', "+"));
    let request = client.request(Method::GET, &path);
    Ok(request.send().await?.error_for_status()?.json().await?)
}

fn found(answer: &SearchAnswer, kind: FoundKind) -> Vec<(&str, &str)> {
    let hits = answer.hits.iter().filter(|hit| hit.kind == kind);
    hits.map(|hit| (hit.title.as_str(), hit.href.as_str())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn runbooks_and_sessions_are_found_by_their_words_and_lead_where_they_stand() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let session = client.begin("golden-release", "golden-release", "rehearsal").await?;
    let brief = client.brief(session).await?;

    let answer = search(&client, "Platform Lead").await?;
    let contacts = found(&answer, FoundKind::Contact);
    assert_eq!(
        contacts,
        [("Platform Lead", "/runbooks/golden-release#emergency-contacts")]
    );
    assert!(!answer.hits[0].title_marks.is_empty() && !answer.similar);

    let answer = search(&client, "the api answers 503").await?;
    let symptoms = found(&answer, FoundKind::Symptom);
    assert_eq!(
        symptoms,
        [("The API answers 503", "/runbooks/railway-deployment#what-you-may-meet")]
    );

    // A session by its version, its commit, its captain.
    let href = format!("/sessions/{session}");
    for wanted in [&brief.version, &brief.git_sha[..7], &brief.captain] {
        let answer = search(&client, wanted).await?;
        let sessions = found(&answer, FoundKind::Session);
        assert!(
            sessions.iter().any(|(_, found)| *found == href),
            "{wanted}: {sessions:?}"
        );
    }

    let answer = search(&client, "perfct rollbak").await?;
    assert!(answer.similar);
    let back = ("Perfect rollback", "/runbooks/golden-release/start/perfect-rollback");
    assert_eq!(found(&answer, FoundKind::Procedure), [back]);

    let answer = search(&client, "no such words anywhere at all").await?;
    assert!(answer.hits.is_empty() && answer.counts.is_empty() && !answer.similar);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_has_a_bound_and_an_answer_too() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let answer = search(&client, &"a".repeat(5_000)).await?;
    assert_eq!(answer.query.len(), 200);
    let answer = search(&client, "railway").await?;
    for count in &answer.counts {
        let listed = found(&answer, count.kind).len();
        assert!(listed <= 8 && listed <= count.count as usize, "{count:?}");
    }
    assert!(
        answer.counts.iter().any(|count| count.count > 8),
        "there is more than is listed"
    );

    let unknown = client.request(Method::GET, "/api/search?what=railway").send().await?;
    assert_eq!(unknown.status(), StatusCode::BAD_REQUEST);
    let nobody = reqwest::get(format!("{}/api/search?q=railway", proxy.url())).await?;
    assert_eq!(nobody.status(), StatusCode::UNAUTHORIZED);
    Ok(())
}
