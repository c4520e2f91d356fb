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
