//! In what words a session stands.

use ProcedureKind::{Emergency, Release, Rollback as Back};
use Rollback::{Known, None as No, Unknown};
use Standing::{Abandoned, Completed, Go, Hold, RolledBack, RollingBack};

use super::*;

const fn facts(standing: Standing, ending: Ending) -> RollbackFacts {
    RollbackFacts {
        standing,
        done: 1,
        steps: 5,
        ending,
    }
}

const fn known(standing: Standing) -> Rollback {
    Known(facts(standing, Ending::Done))
}

#[test]
fn a_session_stands_as_its_events_and_its_rollback_say() {
    let without = Known(facts(Completed, Ending::WithoutPass));
    let left_out = Known(facts(Completed, Ending::LeftOut));
    let table = [
        (Go, Release, No, Word::Go, "GO"),
        (Go, Emergency, No, Word::Alert, "RESPONDING"),
        (Go, Emergency, known(Hold), Word::Alert, "RESPONDING"),
        (Go, Back, No, Word::Back, "ROLLING BACK"),
        (Hold, Release, No, Word::Hold, "HOLD"),
        (Hold, Back, No, Word::Hold, "ROLLBACK ON HOLD"),
        (RollingBack, Release, Unknown, Word::Back, "ROLLBACK STARTED"),
        (RollingBack, Release, known(Go), Word::Back, "ROLLING BACK"),
        (RollingBack, Release, known(Hold), Word::Hold, "ROLLBACK ON HOLD"),
        (RollingBack, Release, known(Completed), Word::Back, "ROLLBACK FINISHED"),
        (RollingBack, Release, known(Abandoned), Word::Hold, "ROLLBACK GIVEN UP"),
        (
            RollingBack,
            Release,
            without,
            Word::Alert,
            "ROLLBACK FINISHED WITH CAUTION",
        ),
        (
            RolledBack,
            Release,
            left_out,
            Word::Alert,
            "ROLLBACK FINISHED, STEPS LEFT OUT",
        ),
        (RolledBack, Release, known(Completed), Word::Back, "ROLLED BACK"),
        (RolledBack, Release, known(Go), Word::Back, "ROLLING BACK"),
        (
            RolledBack,
            Release,
            known(RollingBack),
            Word::Hold,
            "ROLLBACK OF THE ROLLBACK STARTED",
        ),
        (
            Completed,
            Emergency,
            known(RollingBack),
            Word::Alert,
            "COMPLETED, ROLLBACK OF THE ROLLBACK STARTED",
        ),
        (RolledBack, Release, known(Abandoned), Word::Hold, "ROLLBACK GIVEN UP"),
        (RolledBack, Release, Unknown, Word::Back, "CLOSED AS ROLLED BACK"),
        (RolledBack, Emergency, known(Go), Word::Back, "ROLLING BACK"),
        (Completed, Release, No, Word::Go, "COMPLETED"),
        (Completed, Release, known(Go), Word::Back, "ROLLING BACK"),
        (Completed, Release, known(Completed), Word::Back, "ROLLED BACK"),
        (Completed, Release, Unknown, Word::Back, "ROLLBACK STARTED"),
        (Completed, Emergency, known(Completed), Word::Go, "COMPLETED"),
        (
            Completed,
            Emergency,
            known(Go),
            Word::Alert,
            "COMPLETED, ROLLBACK NOT FINISHED",
        ),
        (
            Completed,
            Emergency,
            known(Hold),
            Word::Alert,
            "COMPLETED, ROLLBACK NOT FINISHED",
        ),
        (
            Completed,
            Emergency,
            known(Abandoned),
            Word::Alert,
            "COMPLETED, ROLLBACK GIVEN UP",
        ),
        (
            Completed,
            Emergency,
            Unknown,
            Word::Alert,
            "COMPLETED, ROLLBACK STARTED",
        ),
        (Abandoned, Release, No, Word::Wait, "GIVEN UP"),
        (Abandoned, Back, No, Word::Hold, "ROLLBACK GIVEN UP"),
        (
            Completed,
            Emergency,
            left_out,
            Word::Alert,
            "ROLLBACK FINISHED, STEPS LEFT OUT",
        ),
        (
            Completed,
            Emergency,
            without,
            Word::Alert,
            "ROLLBACK FINISHED WITH CAUTION",
        ),
        (Abandoned, Release, known(Go), Word::Back, "ROLLING BACK"),
        (
            Abandoned,
            Emergency,
            known(Go),
            Word::Alert,
            "GIVEN UP, ROLLBACK NOT FINISHED",
        ),
    ];
    for (standing, kind, rollback, word, text) in table {
        let stands = Stands {
            standing,
            kind: Some(kind),
            ending: Ending::Done,
            maybe_live: false,
            rollback,
        };
        assert_eq!(stands.word(), (word, text), "{stands:?}");
    }
}

#[test]
fn a_release_that_was_given_up_and_may_be_live_is_amber() {
    let given_up = Stands {
        standing: Abandoned,
        kind: Some(Release),
        ending: Ending::Done,
        maybe_live: true,
        rollback: No,
    };
    assert_eq!(given_up.word(), (Word::Hold, "GIVEN UP"));
    let undone = Stands {
        rollback: known(Completed),
        ..given_up
    };
    assert_eq!(undone.word(), (Word::Back, "ROLLED BACK"));
}

#[test]
fn what_was_left_out_or_has_no_pass_is_not_green() {
    let table = [
        (Go, Ending::LeftOut, Word::Go, "GO"),
        (Go, Ending::WithoutPass, Word::Alert, "GO ON WITH CAUTION"),
        (Completed, Ending::LeftOut, Word::Wait, "COMPLETED, STEPS LEFT OUT"),
        (
            Completed,
            Ending::Unverified,
            Word::Alert,
            "COMPLETED, NEW VERSION NOT VERIFIED",
        ),
        (Completed, Ending::WithoutPass, Word::Alert, "COMPLETED WITH CAUTION"),
    ];
    for (standing, ending, word, text) in table {
        let kind = Some(Release);
        let rollback = No;
        let stands = Stands {
            standing,
            kind,
            ending,
            maybe_live: false,
            rollback,
        };
        assert_eq!(stands.word(), (word, text));
    }
}

#[test]
fn no_end_beside_an_unfinished_rollback_is_green() {
    let all = [known(Go), known(Hold), known(Abandoned), known(RollingBack), Unknown];
    for rollback in all {
        assert!(rollback.is_unfinished(), "{rollback:?}");
        for (standing, kind) in [Completed, RolledBack, Abandoned]
            .into_iter()
            .flat_map(|one| [(one, Release), (one, Emergency)])
        {
            let stands = Stands {
                standing,
                kind: Some(kind),
                ending: Ending::Done,
                maybe_live: true,
                rollback,
            };
            assert_ne!(stands.word().0, Word::Go, "{stands:?}");
        }
    }
    assert!(!known(Completed).is_unfinished() && !No.is_unfinished());
    assert_eq!(Rollback::new(false, Some(facts(Go, Ending::Done))), No);
}

#[test]
fn a_rollback_is_told_by_its_name_and_how_it_stands() {
    let done = |standing| Some(facts(standing, Ending::Done));
    let table = [
        (done(Go), "is under way: 1 of 5 steps done"),
        (done(Hold), "is on hold: 1 of 5 steps done"),
        (done(Abandoned), "was given up with 1 of 5 steps done"),
        (
            done(RollingBack),
            "has a rollback of its own, so that what it did may be undone",
        ),
        (done(Completed), "is finished: it was closed with every step done"),
        (
            Some(facts(Completed, Ending::LeftOut)),
            "is finished: it was closed with every step done or left out",
        ),
        (
            Some(facts(Completed, Ending::WithoutPass)),
            "is finished, with steps that were gone on with without a pass",
        ),
        (None, "was started; how it stands is not known here"),
    ];
    for (standing, words) in table {
        assert_eq!(
            rollback_sentence(Some("Perfect rollback v2"), standing),
            format!("Its rollback, Perfect rollback v2, {words}.")
        );
    }
    assert_eq!(
        rollback_sentence(None, done(Go)),
        "Its rollback is under way: 1 of 5 steps done."
    );
}

#[test]
fn a_rollback_is_told_by_the_list_as_what_it_is() {
    use crate::components::choice::tests::release;
    let mut back = release(2);
    back.kind = Some(Back);
    (back.left_out, back.done) = (true, 1);
    let facts = |one: &SessionBrief| RollbackFacts::of_brief(one).expect("it can be read");
    assert_eq!((facts(&back).standing, facts(&back).done), (Completed, 1));
    back.undone_by = Some(uuid::Uuid::from_u128(3));
    assert_eq!(facts(&back).standing, RollingBack);
    let mut undone = release(1);
    undone.unverified = true;
    assert_eq!(
        Stands::of_brief(&undone, None).word(),
        (Word::Alert, "COMPLETED, NEW VERSION NOT VERIFIED")
    );
    undone.undone_by = Some(back.id);
    assert_eq!(
        Stands::of_brief(&undone, Some(&back)).word(),
        (Word::Hold, "ROLLBACK OF THE ROLLBACK STARTED")
    );
}
