//! Remarks: where they stand and what they say.

mod common;

use common::check;

#[test]
fn equal_steps_are_said_and_get_different_ids() {
    check(
        r#"
# Desk

## Checklist

- [ ] Look
- [ ] look
"#,
        r#"
# Desk
checklist any checklist: Checklist
  - Look
  - look
warning 6:1 “look” is the same step as on line 5; say how they differ, so that a tick's meaning is clear
"#,
    );
}

#[test]
fn links_to_nowhere() {
    check(
        r#"
# Desk

See [the end](#the-end), or [the ende](#the-ende).

## The end
"#,
        r#"
# Desk
error 3:29 No heading here has the anchor “#the-ende”; did you mean “#the-end”?
"#,
    );
}

#[test]
fn links_that_run_things_are_text() {
    check(
        r#"
# Desk

## Checklist

- [ ] Press [here](javascript:alert(1)) or [there](<JaVa script:x>)
- [ ] Read <https://desk.example> and [mail](mailto:a@desk.example) and [file](other.md)
"#,
        r#"
# Desk
checklist any checklist: Checklist
  - Press here (javascript:alert(1)) or there (JaVa script:x)
  - Read https://desk.example and mail and file
error 5:13 The link to “javascript:alert(1)” is shown as text: links may lead to http, https, mailto, a path or a #fragment
error 5:44 The link to “JaVa script:x” is shown as text: links may lead to http, https, mailto, a path or a #fragment
"#,
    );
}

#[test]
fn columns_count_characters() {
    check(
        r#"
# Desk

Ünïcödé → [x](data:text/html,hi)
"#,
        r#"
# Desk
error 3:11 The link to “data:text/html,hi” is shown as text: links may lead to http, https, mailto, a path or a #fragment
"#,
    );
}

#[test]
fn a_comment_that_is_not_closed() {
    check(
        r#"
# Desk

## Release

1. Go

<!-- holdpoint: gate=open
"#,
        r#"
# Desk
release sequential release: Release
  1. Go
      @ open
error 7:1 This comment is not closed: end it with “-->”
"#,
    );
}

#[test]
fn no_heading_at_all() {
    check(
        r#"
Just text.
"#,
        r#"
# case.md
"#,
    );
}

#[test]
fn nothing_at_all() {
    check(
        r#"
"#,
        r#"
# case.md
"#,
    );
}

#[test]
fn a_heading_that_promises_steps_and_has_none() {
    check(
        r#"
# Desk

## Rollback steps

It is described elsewhere.

## When to roll back

- Always
"#,
        r#"
# Desk
reference when-to-roll-back: When to roll back (1 items)
info 3:1 “Rollback steps” reads like a procedure, and no steps were found under it; number them, make them task items, or say steps=list (or reference) in a comment
"#,
    );
}

#[test]
fn nesting_that_is_too_deep() {
    check(
        r#"
# Desk

> > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > >  deep
"#,
        r#"
# Desk
warning 3:97 This is nested more than 48 deep; what is deeper is shown as plain text
"#,
    );
}

#[test]
fn what_cannot_be_seen_is_told() {
    check(
        "# Desk\n\n## Checklist\n\n- [ ] Look `git \u{202e}hsup`\n- [ ] Wait\u{200b} here\n- [ ] Wave 👩\u{200d}💻\n",
        "# Desk\nchecklist any checklist: Checklist\n  - Look git \u{202e}hsup\n      $ git \u{202e}hsup\n  - Wait\u{200b} here\n  - Wave 👩\u{200d}💻\n\
         warning 5:17 The character U+202E stands here, which cannot be seen and changes how the line reads; delete it\n\
         warning 6:11 The character U+200B stands here, which cannot be seen and changes how the line reads; delete it\n",
    );
}
