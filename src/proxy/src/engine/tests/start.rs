//! What a session keeps from its start.

use holdpoint_domain::runbook::Procedure;
use holdpoint_reader::read;

use super::*;
use crate::engine::start::rollbacks_to_keep;

const BOOK: &str = "# Demo

## Release
<!-- holdpoint: procedure id=release kind=release rollback=quick -->

1. Go

## Quick
<!-- holdpoint: procedure id=quick kind=rollback rollback=full -->

1. Back

## Full
<!-- holdpoint: procedure id=full kind=rollback -->

1. Back
";

#[test]
fn in_an_emergency_a_rollback_that_cannot_be_run_is_left_out_and_refuses_nothing() {
    let mut book = read("demo", BOOK);
    let full = book.procedures.iter_mut().find(|one| one.id == "full").unwrap();
    full.steps.extend_from_within(..);
    let kept = |of: &str, undoes| {
        let kept: Vec<Procedure> = rollbacks_to_keep(book.procedure(of).unwrap(), &book.procedures, undoes);
        kept.into_iter().map(|one| one.id).collect::<Vec<_>>()
    };
    // The release keeps it, and the rules refuse its start.
    assert_eq!(kept("release", None), ["quick", "full"]);
    assert_eq!(kept("quick", None), [""; 0]);
    assert_eq!(kept("release", Some(Uuid::nil())), ["quick"]);
}

const BOTH: &str = "# Demo\n\n## Release procedure\n<!-- holdpoint: procedure id=release kind=release order=any -->\n\n\
                    - [ ] Go\n\n## Back procedure\n<!-- holdpoint: procedure id=back kind=rollback order=any -->\n\n- [ ] Back\n";

#[tokio::test(flavor = "multi_thread")]
async fn what_would_be_read_as_our_words_is_refused_at_the_start_of_a_rollback_too() {
    let place = Place::of(BOTH).await;
    let engine = place.engine(&place.store);
    let session = place.begin().await;
    let undo = |version: &str, author: &str| StartSession {
        procedure: "back".to_owned(),
        undoes: Some(session),
        version: version.to_owned(),
        variables: [("author".to_owned(), author.to_owned())].into(),
        ..place.start()
    };
    for (version, author, accepted) in [
        ("v1” is live. “", "Zoe", false),
        ("v1\u{202e}", "Zoe", false),
        ("v1", "Zo\u{202e}e", false),
        ("v1", "Zoe\u{0}", false),
        ("v1", "Zoe\nand Ana", true),
        ("", "", true),
    ] {
        let started = engine.start(undo(version, author)).await;
        assert_eq!(started.is_ok(), accepted, "{version:?} {author:?}: {started:?}");
    }
    engine.drain().await;
}
