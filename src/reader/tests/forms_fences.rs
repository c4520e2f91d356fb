//! Steps in fences: boxes, numbered comments, instructions.

mod common;

use common::check;

#[test]
fn boxes_with_the_command_indented_under_each() {
    check(
        r#"
# Garden

## Pre-deployment checklist

```text
□ Water the plants
    ./water.sh --all

☐ Count them
    ./count.sh
    ./count.sh --again

[ ] Close the door
```
"#,
        r#"
# Garden
checklist any pre-deployment-checklist: Pre-deployment checklist
  - Water the plants
      $ ./water.sh --all
  - Count them
      $ ./count.sh
        ./count.sh --again
  - Close the door
"#,
    );
}

#[test]
fn numbered_boxes_are_done_in_order() {
    check(
        r#"
# Garden

## Before deploying

```
1. [ ] Dig
2. [ ] Plant
```
"#,
        r#"
# Garden
checklist sequential before-deploying: Before deploying
  1. Dig
  2. Plant
"#,
    );
}

#[test]
fn comments_that_number_their_commands() {
    check(
        r#"
# Garden

## Pre-release checklist

```powershell
$env:GARDEN = "dev"

# 1. Run the tests (all of them)
python -m pytest -q

# 2. Build
Set-Location garden
npm run build
```
"#,
        r#"
# Garden
checklist sequential pre-release-checklist: Pre-release checklist
  1. Run the tests (all of them)
      $ python -m pytest -q
  2. Build
      $ Set-Location garden
        npm run build
"#,
    );
}

#[test]
fn in_sql_too_with_what_is_expected() {
    check(
        r#"
# Garden

## SQL verification

```sql
-- 1. Verify that a seed was sown
SELECT id FROM seeds;

-- 2. Verify that no weed grows
SELECT id FROM weeds;
-- Expected: 0 rows
```
"#,
        r#"
# Garden
validation sequential sql-verification: SQL verification
  1. Verify that a seed was sown
      $ SELECT id FROM seeds;
  2. Verify that no weed grows
      $ SELECT id FROM weeds;
        -- Expected: 0 rows
      = 0 rows
"#,
    );
}

#[test]
fn instructions_in_a_step_are_sub_steps() {
    check(
        r#"
# Garden

## Release

### Step 1: Deploy

```
On the dashboard:
1. Open the shed
2. Wait for "open"
```
"#,
        r#"
# Garden
release sequential release: Release
  1. Deploy
    1. Open the shed
    2. Wait for "open"
"#,
    );
}

#[test]
fn a_drawing_is_never_a_step() {
    check(
        r#"
# Garden

## Release sequence

```
┌──────────┐    ┌──────────┐
│ 1. DIG   │───▶│ 2. PLANT │
└──────────┘    └──────────┘
```
"#,
        r#"
# Garden
info 3:1 “Release sequence” reads like a procedure, and no steps were found under it; number them, make them task items, or say steps=list (or reference) in a comment
"#,
    );
}

#[test]
fn output_is_expected_and_not_run() {
    check(
        r#"
# Garden

## Verification

### Step 1: Look

```bash
./look
```

**Expected output:**

```
green
```

### Step 2: Ask

```bash
curl -s https://garden.example/health
```

**Expected response:**

```json
{"status": "ok"}
```
"#,
        r#"
# Garden
validation sequential verification: Verification
  1. Look
      $ ./look
      = green
  2. Ask
      $ curl -s https://garden.example/health
      = {"status": "ok"}
"#,
    );
}

#[test]
fn comments_speak_to_the_steps_of_a_fence() {
    check(
        r#"
# Garden

## Pre-flight

<!-- holdpoint: step=2 gate=soil plain="The soil is good" -->
```bash
# 1. Look at the sky
./sky
# 2. Look at the soil
./soil
```
"#,
        r#"
# Garden
checklist sequential pre-flight: Pre-flight
  1. Look at the sky
      $ ./sky
  2. Look at the soil
      $ ./soil
      @ soil
      “The soil is good”
"#,
    );
}

#[test]
fn what_is_not_indented_below_a_box_is_no_command() {
    check(
        r#"
# Garden

## Checklist

```text
□ Water the plants
    ./water.sh
    Expected: wet soil
Only in the evening.
```
"#,
        r#"
# Garden
checklist any checklist: Checklist
  - Water the plants
      $ ./water.sh
      = wet soil
"#,
    );
}

#[test]
fn one_numbered_comment_is_a_step_where_the_author_says_so() {
    check(
        r#"
# Garden

## Views <!-- holdpoint: procedure kind=validation steps=fence -->

<!-- holdpoint: step=1 gate=views -->
```sh
# 1. Read the views
./views
```
"#,
        r#"
# Garden
validation sequential views: Views
  1. Read the views
      $ ./views
      @ views
"#,
    );
}

#[test]
fn a_box_fence_below_a_step_holds_its_sub_steps() {
    check(
        r#"
# Garden

## Release

### Step 1: Prepare

```
[ ] Rake
[ ] Water
```
"#,
        r#"
# Garden
release sequential release: Release
  1. Prepare
    - Rake
    - Water
"#,
    );
}
