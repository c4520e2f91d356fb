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
