//! A procedure with an error in it is not started, and the answer names each line.

use holdpoint_domain::runbook::Diagnostic;

use super::*;

const RIGHT: &str = "# Demo\n\n## Release procedure\n<!-- holdpoint: procedure id=release kind=release order=any -->\n\n\
                     - [ ] Go\n\n## Back procedure\n<!-- holdpoint: procedure id=back kind=rollback order=any -->\n\n- [ ] Back\n";

/// The right runbook with a step behind another one, in a procedure of its own folder.
async fn refused(runbook: String, change: impl FnOnce(StartSession) -> StartSession) -> EngineError {
    let place = Place::of(runbook.leak()).await;
    let engine = place.engine(&place.store);
    let start = change(place.start());
    let session = start.session;
    let error = engine.start(start).await.unwrap_err();
    assert_eq!(place.store.head(session).await.unwrap(), None, "nothing was recorded");
    error
}

fn errors(error: &EngineError) -> Vec<Diagnostic> {
    match error {
        EngineError::Refused(refusal) => refusal.runbook_errors().to_vec(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_in_it_refuses_its_start_with_every_line() {
    let wrong = RIGHT.replace(
        "- [ ] Go\n",
        "- [ ] Go <!-- holdpoint gate=a -->\n- [ ] Stay <!-- holdpoint: gate= -->\n- [ ] Look\n",
    );
    let error = refused(wrong.clone(), |start| start).await;
    let lines: Vec<u32> = errors(&error).iter().map(|one| one.place.line).collect();
    assert_eq!(lines, [6, 7]);
    let text = error.to_string();
    assert!(text.contains("Line 6: ") && text.contains("Line 7: "), "{text}");
    // The rollback beside it has no error.
    let place = Place::of(wrong.leak()).await;
    let start = StartSession {
        procedure: "back".to_owned(),
        ..place.start()
    };
    place.engine(&place.store).start(start).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_in_its_rollback_refuses_both() {
    let wrong = RIGHT.replace("- [ ] Back\n", "- [ ] Back <!-- holdpint: gate=a -->\n");
    for procedure in ["release", "back"] {
        let error = refused(wrong.clone(), |start| StartSession {
            procedure: procedure.to_owned(),
            ..start
        })
        .await;
        let lines: Vec<u32> = errors(&error).iter().map(|one| one.place.line).collect();
        assert_eq!(lines, [11], "{procedure}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_became_wrong_stops_no_rollback_that_a_session_keeps() {
    let place = Place::of(RIGHT).await;
    let session = place.begin().await;
    let wrong = RIGHT.replace("- [ ] Back\n", "- [ ] Back <!-- holdpint: gate=a -->\n");
    std::fs::write(place.dir.path().join("demo.md"), &wrong).unwrap();
    let engine = place.engine(&place.store);
    let undo = |text: &str| StartSession {
        procedure: "back".to_owned(),
        undoes: Some(session),
        digest: digest(text),
        ..place.start()
    };
    let refused = engine.start(undo(&wrong)).await.unwrap_err();
    assert_eq!(errors(&refused).len(), 1);
    engine.start(undo(RIGHT)).await.unwrap();
}
