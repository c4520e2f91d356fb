//! What authors say in comments.

mod common;

use common::check;

#[test]
fn at_headings_items_and_after_them() {
    check(
        r#"
# Port

## Leaving <!-- holdpoint: procedure kind=release id=leave order=any timebox=1h30m -->

1. Cast off <!-- holdpoint: gate=ropes,crew plain="Ropes are loose" timebox=90s -->
2. Sail
   <!-- holdpoint: live optional on_fail=caution -->
3. Wave
<!-- holdpoint: title="Wave to the land" id=wave -->
"#,
        r#"
# Port
release any leave: Leaving
  1. Cast off
      @ ropes, crew
      + work by hand before its gates
      “Ropes are loose”
      ~ 90 s
  2. Sail
      ^ goes live
      ! caution
      ? optional
  3. Wave to the land
"#,
    );
}

#[test]
fn a_heading_can_be_a_step_or_not() {
    check(
        r#"
# Port

## Docking <!-- holdpoint: procedure kind=setup steps=headings -->

### Slow down

### Turn <!-- holdpoint: gate=rudder -->

### History <!-- holdpoint: reference -->

Ships docked here before.
"#,
        r#"
# Port
setup sequential docking: Docking
  - Slow down
  - Turn
      @ rudder
reference docking.history: History (0 items)
"#,
    );
}

#[test]
fn reference_silences_everything_below() {
    check(
        r#"
# Port

## Release notes <!-- holdpoint: reference -->

- [ ] An old task

### Rollback

1. An old rollback
"#,
        r#"
# Port
reference release-notes: Release notes (1 items)
reference release-notes.rollback: Rollback (1 items)
"#,
    );
}

#[test]
fn but_a_procedure_below_it_speaks_up() {
    check(
        r#"
# Port

## Harbour <!-- holdpoint: reference -->

### Rescue <!-- holdpoint: procedure kind=emergency -->

1. Throw a rope
"#,
        r#"
# Port
emergency sequential harbour.rescue: Rescue
  1. Throw a rope
"#,
    );
}

#[test]
fn steps_none_makes_no_procedure() {
    check(
        r#"
# Port

## Release <!-- holdpoint: steps=none -->

1. Only prose
"#,
        r#"
# Port
reference release: Release (1 items)
"#,
    );
}

#[test]
fn one_procedure_undoes_another() {
    check(
        r#"
# Port

## Release <!-- holdpoint: rollback=back-b -->

1. Go

## Rollback A <!-- holdpoint: id=back-a -->

1. Back

## Rollback B <!-- holdpoint: id=back-b -->

1. Further back
"#,
        r#"
# Port
release sequential release: Release
  undone by back-b
  1. Go
rollback sequential back-a: Rollback A
  1. Back
rollback sequential back-b: Rollback B
  1. Further back
"#,
    );
}

#[test]
fn a_link_says_what_undoes_it() {
    check(
        r#"
# Port

## Release

1. Go, or else [go back](#rollback-b)

## Rollback A

1. Back

## Rollback B

1. Further back
"#,
        r#"
# Port
release sequential release: Release
  undone by rollback-b
  1. Go, or else go back
rollback sequential rollback-a: Rollback A
  1. Back
rollback sequential rollback-b: Rollback B
  1. Further back
"#,
    );
}

#[test]
fn a_step_says_what_undoing_it_takes() {
    check(
        r#"
# Port

## Release

1. Scale down <!-- holdpoint: undo="Scale up, as before" -->
2. Look <!-- holdpoint: undo=none -->
3. Wait
"#,
        r#"
# Port
release sequential release: Release
  1. Scale down
      < to undo it: Scale up, as before
  2. Look
      < nothing to undo
  3. Wait
"#,
    );
}

#[test]
fn unknown_keys_and_values_are_errors_with_a_hint() {
    check(
        r#"
# Port

## Release <!-- holdpoint: knid=release order=backwards -->

1. Go <!-- holdpoint: gaet=x timebox=soon -->
2. Come <!-- holdpoint: kind=release plain= optional=perhaps -->
3. Stay <!-- holdpoint: plain="never closed -->
"#,
        r#"
# Port
release sequential release: Release
  1. Go
  2. Come
  3. Stay
      “never closed”
error 3:28 Unknown key “knid” in a holdpoint comment; did you mean “kind”?
error 3:41 order=backwards is not known; it may be one of: any, sequential
error 5:23 Unknown key “gaet” in a holdpoint comment; did you mean “gate”?
error 5:30 timebox=soon is no duration; write it as 90s, 15m, 2h or 1h30m
error 6:25 “kind” says nothing about a step; it may have: step, gate, plain, timebox, optional, work, live, undo, on_fail, id, title
error 6:38 “plain” needs a value: write plain=…
error 6:45 “optional” is a flag: write it alone, not as optional=perhaps
error 7:31 The value of “plain” has no closing quotation mark
"#,
    );
}

#[test]
fn comments_that_belong_to_nothing_are_errors() {
    check(
        r#"
# Port

Prose. <!-- holdpoint: gate=lost -->

## Release

<!-- holdpoint: step=3 gate=far -->

1. Go
"#,
        r#"
# Port
release sequential release: Release
  1. Go
error 3:8 This comment belongs to no procedure and no step: put it at the end of a heading, list item or table row
error 7:1 No 3 steps follow this comment; count those of the fence, list or table
"#,
    );
}

#[test]
fn an_empty_procedure_is_an_error() {
    check(
        r#"
# Port

## Dreams <!-- holdpoint: procedure -->

Nothing to do.

## Release <!-- holdpoint: rollback=nowhere -->

1. Go
"#,
        r#"
# Port
release sequential release: Release
  1. Go
error 3:1 “Dreams” is marked as a procedure, and no steps were found under it
error 7:28 No procedure here has the id “nowhere”; there are: release
"#,
    );
}

#[test]
fn a_table_row_and_a_nested_item_keep_their_own() {
    check(
        r#"
# Port

## Release

1. Outer <!-- holdpoint: gate=outer -->
   1. Inner <!-- holdpoint: gate=inner -->
"#,
        r#"
# Port
release sequential release: Release
  1. Outer
      @ outer
    1. Inner
        @ inner
"#,
    );
}

#[test]
fn a_gate_at_a_heading_that_is_no_step_is_an_error() {
    check(
        r#"
# Port

## History <!-- holdpoint: gate=lost -->

Long ago.
"#,
        r#"
# Port
error 3:28 “gate” says nothing about a heading that is neither a procedure nor a step; it may have: reference, steps, id, title
"#,
    );
}

#[test]
fn a_procedure_of_one_step_has_its_keys_at_its_heading() {
    check(
        r#"
# Port

## Smoke test <!-- holdpoint: id=smoke live gate=smoke plain="It works" on_fail=caution optional -->

```sh
./smoke
```
"#,
        r#"
# Port
validation sequential smoke: Smoke test
  - Smoke test
      $ ./smoke
      @ smoke
      ^ goes live
      ! caution
      “It works”
      ? optional
"#,
    );
}
