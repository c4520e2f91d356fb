//! Steps in headings: numbered words, numbered sections, phases.

mod common;

use common::check;

#[test]
fn step_headings_are_steps_of_the_section_above() {
    check(
        r#"
# Launch

## Release sequence

### STEP 1: FREEZE (nobody moves)

**Why:** moving things break

```bash
./freeze.sh
```

**Verification:** the dashboard shows "0 moving".

### STEP 2: THAW

STOP if anything is still frozen.
"#,
        r#"
# Launch
release sequential release-sequence: Release sequence
  1. FREEZE (nobody moves)
      $ ./freeze.sh
      = the dashboard shows "0 moving".
  2. THAW
      ! stop
"#,
    );
}

#[test]
fn a_wrapper_gives_its_steps_to_the_section_above() {
    check(
        r#"
# Launch

## Perfect rollback procedure

### When to roll back

- When it burns

### Rollback steps

#### Step 1: Freeze

#### Step 2: Redeploy

## Contacts

| Role | Who |
| --- | --- |
| Captain | Ada |
"#,
        r#"
# Launch
rollback sequential perfect-rollback-procedure: Perfect rollback procedure
  1. Freeze
  2. Redeploy
reference perfect-rollback-procedure.when-to-roll-back: When to roll back (1 items)
reference contacts: Contacts (1 items)
"#,
    );
}

#[test]
fn numbered_sections_under_a_telling_heading_are_steps() {
    check(
        r#"
# Launch

## Rollback procedure

### 1. Stop the bleeding

```bash
./stop.sh
```

### 2. Look at it

```sql
-- Expected: 0 rows
SELECT * FROM wounds;
```
"#,
        r#"
# Launch
rollback sequential rollback-procedure: Rollback procedure
  1. Stop the bleeding
      $ ./stop.sh
  2. Look at it
      $ -- Expected: 0 rows
        SELECT * FROM wounds;
      = 0 rows
"#,
    );
}

#[test]
fn numbered_chapters_of_a_document_are_not_steps() {
    check(
        r#"
# Launch runbook

## 1. What this is

### 1.1 Background

## 2. Who reads it

### 2.1 People
"#,
        r#"
# Launch runbook
"#,
    );
}

#[test]
fn a_flat_document_of_numbered_headings_is_one_procedure() {
    check(
        r#"
# Release of the rocket

## 1. Fuel

## 2. Ignite

```bash
./ignite
```
"#,
        r#"
# Release of the rocket
release sequential release-of-the-rocket: Release of the rocket
  1. Fuel
  2. Ignite
      $ ./ignite
"#,
    );
}

#[test]
fn phases_hold_sub_steps() {
    check(
        r#"
# Launch

## Deployment

### Phase 1: Prepare (15 min)

1. Fuel
2. Count

### Phase 2: Go

- [ ] Ignite
"#,
        r#"
# Launch
release sequential deployment: Deployment
  1. Prepare (15 min)
      ~ 900 s
    1. Fuel
    2. Count
  2. Go
    - Ignite
"#,
    );
}

#[test]
fn setup_chapters_are_steps_and_their_lists_sub_steps() {
    check(
        r#"
# Launch

## 1. Tower configuration (5 min)

### 1.1 Get the keys

### 1.2 Open the gate

1. Turn the key
2. Push
"#,
        r#"
# Launch
setup sequential tower-configuration: Tower configuration (5 min)
  1.1. Get the keys
  1.2. Open the gate
    1. Turn the key
    2. Push
"#,
    );
}

#[test]
fn procedures_in_the_plural_are_below() {
    check(
        r#"
# Launch

## 5. Rollback procedures

### 5.1 Engine rollback

1. Cut the engine

### 5.2 Fuel rollback

Write it back:

```sql
UPDATE fuel SET level = 1;
```
"#,
        r#"
# Launch
rollback sequential rollback-procedures.engine-rollback: Engine rollback
  1. Cut the engine
rollback sequential rollback-procedures.fuel-rollback: Fuel rollback
  - Fuel rollback
      $ UPDATE fuel SET level = 1;
"#,
    );
}

#[test]
fn one_fence_under_a_telling_heading_is_a_procedure_of_one_step() {
    check(
        r#"
# Launch

## Smoke test

```bash
./smoke.sh
```
"#,
        r#"
# Launch
validation sequential smoke-test: Smoke test
  - Smoke test
      $ ./smoke.sh
"#,
    );
}

#[test]
fn scenarios_keep_their_letter() {
    check(
        r#"
# Launch

## Troubleshooting

### Scenario A: the engine is cold

**What you see:**

- Ice

**What to do:**

1. Warm it
2. Wait 5 minutes
"#,
        r#"
# Launch
emergency sequential troubleshooting.scenario-a-the-engine-is-cold: Scenario A: the engine is cold
  1. Warm it
  2. Wait 5 minutes
      ~ 300 s
"#,
    );
}

#[test]
fn windows_of_time_are_monitoring() {
    check(
        r#"
# Launch

## After the launch

### First 15 minutes

- [ ] Watch the flame

### First hour

- [ ] Watch the orbit
"#,
        r#"
# Launch
monitoring any after-the-launch.first-15-minutes: First 15 minutes
  - Watch the flame
monitoring any after-the-launch.first-hour: First hour
  - Watch the orbit
"#,
    );
}
