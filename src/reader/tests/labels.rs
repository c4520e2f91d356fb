//! Labels: what they say about what follows them.

mod common;

use common::check;

#[test]
fn every_label_in_one_step() {
    check(
        r#"
# Mill

## Release

### Step 1: Grind

**Why:** people want bread.

```bash
./grind --all
```

**What it checks:**

- stones
- belts

**Verify:** flour comes out.

**STOP if the belt slips.** Mend it first.
"#,
        r#"
# Mill
release sequential release: Release
  1. Grind
      $ ./grind --all
      = flour comes out.
      ! stop
"#,
    );
}

#[test]
fn rollback_if_says_rollback() {
    check(
        r#"
# Mill

## Release

### Step 1: Verify

**ROLLBACK if verification fails.** See the plan.
"#,
        r#"
# Mill
release sequential release: Release
  1. Verify
      ! rollback
"#,
    );
}

#[test]
fn if_it_fails_says_what_its_text_says() {
    check(
        r#"
# Mill

## Release

### Step 1: Smoke

**If smoke fails:** Look at the logs. You may proceed with caution or roll back.

### Step 2: Count

If the count fails, roll back.

### Step 3: Silence

**If this fails:** call the miller.
"#,
        r#"
# Mill
release sequential release: Release
  1. Smoke
      ! caution
  2. Count
      ! rollback
  3. Silence
      ! stop
"#,
    );
}

#[test]
fn plain_labels_on_lines_of_one_paragraph() {
    check(
        r#"
# Mill

## Release

### Step 1: Turn

Why: it must turn
Expected: it turns
"#,
        r#"
# Mill
release sequential release: Release
  1. Turn
      = it turns
"#,
    );
}

#[test]
fn verify_before_a_fence_is_a_command() {
    check(
        r#"
# Mill

## Release

### Step 1: Turn

Verify:

```bash
./is-turning
```
"#,
        r#"
# Mill
release sequential release: Release
  1. Turn
      $ ./is-turning
"#,
    );
}

#[test]
fn a_sentence_about_verification_is_no_label() {
    check(
        r#"
# Mill

## Release

### Step 1: Turn

Verification is dull: do it anyway, and whatever happens keep calm.
"#,
        r#"
# Mill
release sequential release: Release
  1. Turn
"#,
    );
}
