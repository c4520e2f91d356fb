//! Kinds of documents that were once read wrongly, in the styles of other teams, three of each: terminals, times, nested boxes, tables, optional steps.

mod common;

use common::understood;

#[test]
fn prompts_of_windows() {
    understood(
        r#"
## Rollback

1. Restore:

   ```powershell
   PS C:\app> .\restore.ps1 -Last
   Restored 12 files
   ```
"#,
        r#"
rollback sequential rollback: Rollback
  1. Restore:
      $ .\restore.ps1 -Last
      = Restored 12 files
"#,
    );
}

#[test]
fn prompts_of_databases() {
    understood(
        r#"
## Verification

1. Ask the primary:

   ```console
   shop=# SELECT pg_is_in_recovery();
    f
   ```
"#,
        r#"
validation sequential verification: Verification
  1. Ask the primary:
      $ SELECT pg_is_in_recovery();
      =  f
"#,
    );
}

#[test]
fn fences_with_words_alone() {
    understood(
        r#"
## Deploy

1. Press the button:

   ```sh
   # Console > Deploys
   # Button "Ship"
   ```
"#,
        r#"
release sequential deploy: Deploy
  1. Press the button:
"#,
    );
}

#[test]
fn limits_and_ages() {
    understood(
        r#"
## Monitoring

- [ ] Latency below 200 ms for the last 15 minutes
- [ ] No job older than 2 hours
- [ ] Alerts fire within 5 minutes
"#,
        r#"
monitoring any monitoring: Monitoring
  - Latency below 200 ms for the last 15 minutes
  - No job older than 2 hours
  - Alerts fire within 5 minutes
"#,
    );
}

#[test]
fn rhythms() {
    understood(
        r#"
## Checklist

- [ ] Backups run (every 6 hours)
- [ ] Limits are set (100 requests/min)
- [ ] The key is rotated (once per 90 days)
"#,
        r#"
checklist any checklist: Checklist
  - Backups run (every 6 hours)
  - Limits are set (100 requests/min)
  - The key is rotated (once per 90 days)
"#,
    );
}

#[test]
fn what_is_waited_for() {
    understood(
        r#"
## Release

1. Watch the canary for 20 minutes
2. Let it settle for 90s
3. Migrate (about 10 min)
"#,
        r#"
release sequential release: Release
  1. Watch the canary for 20 minutes
      ~ 1200 s
  2. Let it settle for 90s
      ~ 90 s
  3. Migrate (about 10 min)
      ~ 600 s
"#,
    );
}

#[test]
fn boxes_below_numbers() {
    understood(
        r#"
# Day

## Open

1. Prepare
   - [ ] Lights
   - [ ] Heating
2. Open
   - [ ] Door
"#,
        r#"
checklist sequential open: Open
  1. Prepare
    - Lights
    - Heating
  2. Open
    - Door
"#,
    );
}

#[test]
fn boxes_in_a_frame() {
    understood(
        r#"
# Launch

## Before

```
┌──────────────────────┐
│ □ Fuel               │
│ □ Weather            │
└──────────────────────┘
```
"#,
        r#"
checklist any before: Before
  - Fuel
  - Weather
"#,
    );
}

#[test]
fn boxes_three_levels_down() {
    understood(
        r#"
# Fleet

- Region A
  - Cluster 1
    - [ ] Drain
    - [ ] Patch
- Region B
  - [ ] Nothing runs there
"#,
        r#"
checklist any fleet: Fleet
  - Region A
    - Cluster 1
      - Drain
      - Patch
  - Region B
    - Nothing runs there
"#,
    );
}

#[test]
fn endpoints_to_verify() {
    understood(
        r#"
# Smoke

| Endpoint | Verified |
| --- | --- |
| `/` | [ ] |
| `/login` | [ ] |
"#,
        r#"
validation any smoke: Smoke
  - /
  - /login
"#,
    );
}

#[test]
fn a_status_to_fill_in() {
    understood(
        r#"
# Cutover

| Item | Owner | Status |
| --- | --- | --- |
| Data is copied | Ana | Not started |
| Keys are there | Ben | Not started |
"#,
        r#"
release any cutover: Cutover
  - Data is copied
  - Keys are there
"#,
    );
}

#[test]
fn a_status_that_is_a_fact() {
    understood(
        r#"
# Services

| Name | Port | Status |
| --- | --- | --- |
| web | 443 | running |
| db | 5432 | running |
"#,
        r#"
"#,
    );
}

#[test]
fn optional_in_brackets() {
    understood(
        r#"
## Release

1. Tag
2. Write a post (optional)
3. [Optional] Tweet
"#,
        r#"
release sequential release: Release
  1. Tag
  2. Write a post (optional)
      ? optional
  3. [Optional] Tweet
      ? optional
"#,
    );
}

#[test]
fn optional_with_a_colon() {
    understood(
        r#"
## Release checklist

- [ ] Optional: warm the cache
- [ ] The optional fields are empty
"#,
        r#"
checklist any release-checklist: Release checklist
  - Optional: warm the cache
      ? optional
  - The optional fields are empty
"#,
    );
}

#[test]
fn optional_in_other_languages() {
    understood(
        r#"
## Despliegue

1. Probar
2. Avisar a los socios (opcional)
"#,
        r#"
release sequential despliegue: Despliegue
  1. Probar
  2. Avisar a los socios (opcional)
      ? optional
"#,
    );
}
