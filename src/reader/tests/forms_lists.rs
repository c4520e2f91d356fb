//! Steps in lists: task items, ordered lists, and what stands between their items.

mod common;

use common::check;

#[test]
fn task_items_are_checks_in_any_order() {
    check(
        r#"
# Bakery

## Opening checklist

All of these, before the door opens:

- [ ] The oven is **hot**
- [x] `flour` is in stock
- [ ] The till is counted
"#,
        r#"
# Bakery
checklist any opening-checklist: Opening checklist
  - The oven is hot
  - flour is in stock
  - The till is counted
"#,
    );
}

#[test]
fn an_ordered_list_under_a_telling_heading_is_a_procedure() {
    check(
        r#"
# Bakery

## Rollback

1. Take the bread out
2. Put the old bread back
"#,
        r#"
# Bakery
rollback sequential rollback: Rollback
  1. Take the bread out
  2. Put the old bread back
"#,
    );
}

#[test]
fn the_same_list_under_any_other_heading_is_only_read() {
    check(
        r#"
# Bakery

## How bread is made

1. Flour
2. Water
"#,
        r#"
# Bakery
reference how-bread-is-made: How bread is made (2 items)
info 5:1 This numbered list is read and not run: its heading tells how something is. If they are steps, put <!-- holdpoint: procedure steps=list --> on the line after the heading “How bread is made”; if not, <!-- holdpoint: reference -->
"#,
    );
}

#[test]
fn an_ordered_task_list_keeps_its_numbers_and_its_order() {
    check(
        r#"
# Bakery

## Deployment

1. [ ] Fetch
2. [ ] Build
"#,
        r#"
# Bakery
release sequential deployment: Deployment
  1. Fetch
  2. Build
"#,
    );
}

#[test]
fn nested_items_are_sub_steps() {
    check(
        r#"
# Bakery

## Emergency

1. Stop the line
   1. Press the red button
   2. Wait 2 minutes
2. Call someone
   - the baker
   - the owner
"#,
        r#"
# Bakery
emergency sequential emergency: Emergency
  1. Stop the line
    1. Press the red button
    2. Wait 2 minutes
        ~ 120 s
  2. Call someone
"#,
    );
}

#[test]
fn a_command_after_the_dash_is_the_steps_command() {
    check(
        r#"
# Bakery

## Verification

1. Ask the doctor – `python -m doctor --env prod`
2. **List the loaves:** `ls loaves/`
3. Look at `loaves.txt`
"#,
        r#"
# Bakery
validation sequential verification: Verification
  1. Ask the doctor
      $ python -m doctor --env prod
  2. List the loaves
      $ ls loaves/
  3. Look at loaves.txt
"#,
    );
}

#[test]
fn a_fence_in_an_item_is_its_command() {
    check(
        r#"
# Bakery

## Scale 0 → 1

1. See that the shop is open:
   ```bash
   curl -s https://bakery.example/open
   ```
2. Wait for this line:
   ```
   OPEN FOR BUSINESS
   ```
"#,
        r#"
# Bakery
scaling sequential scale-0-1: Scale 0 → 1
  1. See that the shop is open:
      $ curl -s https://bakery.example/open
  2. Wait for this line:
"#,
    );
}

#[test]
fn a_list_that_goes_on_after_a_fence_is_one_list() {
    check(
        r#"
# Bakery

## Deploy

1. Build

```bash
make bread
```

2. Ship
"#,
        r#"
# Bakery
release sequential deploy: Deploy
  1. Build
      $ make bread
  2. Ship
"#,
    );
}

#[test]
fn labels_inside_an_item_become_its_parts() {
    check(
        r#"
# Bakery

## Release

1. Heat the oven
   **Why:** cold ovens bake nothing
   **Expected:** 230 degrees
2. Bake
   - **Verify:** the crust is brown
   - **If it fails:** stop and call the baker
"#,
        r#"
# Bakery
release sequential release: Release
  1. Heat the oven
      = 230 degrees
  2. Bake
      = the crust is brown
      ! stop
"#,
    );
}

#[test]
fn what_a_machine_runs_is_not_for_people_to_do() {
    check(
        r#"
# Bakery

## Gate

```bash
make gate
```

This runs:

1. One thing
2. Another thing
"#,
        r#"
# Bakery
validation sequential gate: Gate
  - Gate
      $ make gate
"#,
    );
}

#[test]
fn bullets_are_steps_only_where_the_author_says_so() {
    check(
        r#"
# Bakery

## Prerequisites
<!-- holdpoint: steps=list -->

- An oven
- A baker
"#,
        r#"
# Bakery
checklist any prerequisites: Prerequisites
  - An oven
  - A baker
"#,
    );
}
