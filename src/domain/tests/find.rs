//! Which procedures undo another.

use holdpoint_domain::runbook::{Runbook, read};

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
    runbook.rollbacks_of(of).into_iter().map(|one| one.id.clone()).collect()
}

#[test]
fn every_rollback_of_the_runbook_can_undo_where_none_is_named() {
    let runbook = read("demo", &format!("{HEAD}{TWO}"));
    assert_eq!(ids(&runbook, "watch"), ["quick", "full"]);
    assert_eq!(ids(&runbook, "quick"), ["full"], "nothing undoes itself");
    assert_eq!(ids(&runbook, "no-such"), ["quick", "full"]);
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
fn among_compiled_procedures_the_same_rule_holds() {
    for text in [
        format!("{HEAD}{TWO}"),
        format!("{HEAD}{TWO}").replace("kind=release", "kind=release rollback=full"),
    ] {
        let runbook = read("demo", &text);
        for procedure in &runbook.procedures {
            let among = procedure.rollbacks_among(&runbook.procedures);
            assert_eq!(among, runbook.rollbacks_of(&procedure.id), "{}", procedure.id);
        }
        // What is not known is not made up for.
        assert!(
            runbook.procedures[0]
                .rollbacks_among([&runbook.procedures[1]])
                .is_empty()
        );
    }
}
