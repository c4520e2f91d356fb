//! Steps in tables: rows that are checks, values to fill in, and tables that are only read.

mod common;

use common::check;

#[test]
fn rows_with_a_check_and_what_is_expected() {
    check(
        r#"
# Ship

## Pre-flight checklist

| Check | Command / Action | Expected |
| --- | --- | --- |
| Engine runs | `./engine --test` | Exit 0 |
| Crew aboard | Count them | 12 |
"#,
        r#"
# Ship
checklist any pre-flight-checklist: Pre-flight checklist
  - Engine runs
      $ ./engine --test
      = Exit 0
  - Crew aboard
      = 12
"#,
    );
}

#[test]
fn rows_with_what_happens_if_they_fail() {
    check(
        r#"
# Ship

## Pipeline

| Step | What it does | If it fails... |
| --- | --- | --- |
| **1. Load** | Brings cargo aboard | ❌ Stops the departure |
| **2. Paint** | Makes it pretty | ⚠️ Warning, but continues |
| **3. Wave** | Says goodbye | N/A |
"#,
        r#"
# Ship
pipeline sequential pipeline: Pipeline
  1. Load
      ! stop
  2. Paint
      ! caution
  3. Wave
"#,
    );
}

#[test]
fn a_gate_in_a_cell() {
    check(
        r#"
# Ship

## Checks

| Check | Expected |
| --- | --- |
| Engine runs <!-- holdpoint: gate=engine --> | Exit 0 |
"#,
        r#"
# Ship
checklist any checks: Checks
  - Engine runs
      = Exit 0
      @ engine
"#,
    );
}

#[test]
fn contacts_quick_references_and_troubleshooting_are_only_read() {
    check(
        r#"
# Ship

## Emergency contacts

| Role | Action |
| --- | --- |
| Captain | Decides |

## Quick reference

| Action | Command |
| --- | --- |
| Sail | `./sail` |

## Troubleshooting

| Symptom | Likely cause | Resolution |
| --- | --- | --- |
| Leak | Hole | Close it |
"#,
        r#"
# Ship
reference emergency-contacts: Emergency contacts (1 items)
reference quick-reference: Quick reference (1 items)
reference troubleshooting: Troubleshooting (1 items)
"#,
    );
}

#[test]
fn any_table_where_the_author_says_so() {
    check(
        r#"
# Ship

## Cargo
<!-- holdpoint: procedure kind=checklist steps=table order=sequential -->

| Crate | Weight |
| --- | --- |
| Tea | 3 t |
| Salt | 4 t |
"#,
        r#"
# Ship
checklist sequential cargo: Cargo
  - Tea
  - Salt
"#,
    );
}

#[test]
fn an_endpoint_and_what_it_must_answer_are_a_check() {
    check(
        r#"
# Ship

## Endpoints

| Service | Endpoint | Expected |
| --- | --- | --- |
| API | `GET /health` | 200 |
"#,
        r#"
# Ship
checklist any endpoints: Endpoints
  - GET /health
      = 200
"#,
    );
}
