//! Which procedures undo another.

use holdpoint_domain::runbook::Runbook;
use holdpoint_reader::read;

const HEAD: &str = "# Demo

## Golden release procedure
<!-- holdpoint: procedure id=release kind=release -->

1. Go

## Monitoring
<!-- holdpoint: procedure id=watch kind=monitoring -->

1. Look
";
const TWO: &str = "
## Quick rollback
<!-- holdpoint: procedure id=quick kind=rollback -->

1. Back

## Full rollback
<!-- holdpoint: procedure id=full kind=rollback -->

1. Back
2. Tell
";

fn ids(runbook: &Runbook, of: &str) -> Vec<String> {
    let procedure = runbook.procedure(of).expect("it was read");
    let among = procedure.rollbacks_among(&runbook.procedures);
    among.into_iter().map(|one| one.id.clone()).collect()
}

fn kept(text: &str, of: &str) -> Vec<String> {
    let runbook = read("demo", text);
    let procedure = runbook.procedure(of).expect("it was read");
    let kept = procedure.rollbacks_to_keep(&runbook.procedures);
    kept.into_iter().map(|one| one.id.clone()).collect()
}

#[test]
fn every_rollback_of_the_runbook_can_undo_where_none_is_named() {
    let runbook = read("demo", &format!("{HEAD}{TWO}"));
    assert_eq!(ids(&runbook, "watch"), ["quick", "full"]);
    assert_eq!(ids(&runbook, "quick"), ["full"], "nothing undoes itself");
    assert!(ids(&read("demo", HEAD), "release").is_empty());
}

#[test]
fn only_the_one_that_is_named_can_undo() {
    let named = format!("{HEAD}{TWO}").replace("kind=release", "kind=release rollback=full");
    assert_eq!(ids(&read("demo", &named), "release"), ["full"]);
    // The author's word goes before the kind.
    let other = named.replace("rollback=full", "rollback=watch");
    assert_eq!(ids(&read("demo", &other), "release"), ["watch"]);
    // What is named and not there is not made up for by another.
    let mut runbook = read("demo", &named);
    runbook.procedures.retain(|one| one.id != "full");
    assert!(ids(&runbook, "release").is_empty());
}

#[test]
fn a_rollback_without_steps_can_undo_nothing() {
    let mut runbook = read("demo", &format!("{HEAD}{TWO}"));
    let quick = runbook.procedures.iter_mut().find(|one| one.id == "quick");
    quick.expect("it was read").steps.clear();
    assert_eq!(ids(&runbook, "release"), ["full"]);
}

#[test]
fn every_rollback_is_kept_and_what_is_named_by_whatever_is_kept() {
    let text = format!("{HEAD}{TWO}");
    assert_eq!(kept(&text, "release"), ["quick", "full"]);
    assert_eq!(kept(&text, "quick"), ["full"], "not itself");
    assert_eq!(kept(HEAD, "release"), [""; 0]);
    // The one that is offered is not all that is kept.
    let named = text.replace("kind=release", "kind=release rollback=quick");
    assert_eq!(ids(&read("demo", &named), "release"), ["quick"]);
    assert_eq!(kept(&named, "release"), ["quick", "full"]);
    // A rollback of a rollback, of whatever kind; a circle ends.
    let chain = text
        .replace("id=quick kind=rollback", "id=quick kind=emergency rollback=watch")
        .replace("kind=release", "kind=release rollback=quick")
        .replace("kind=monitoring", "kind=monitoring rollback=release");
    assert_eq!(kept(&chain, "release"), ["watch", "quick", "full"]);
    assert_eq!(kept(&chain, "quick"), ["release", "watch", "full"]);
}
