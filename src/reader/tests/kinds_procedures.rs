//! Kinds of documents that were once read wrongly, in the styles of other teams, three of each: what makes a procedure.

mod common;

use common::understood;

#[test]
fn sections_of_a_sentence_and_a_command() {
    understood(
        r#"
# Releasing the library

## Update the version

Change it in both places.

```bash
./bump 2.0
```

## Tag

```bash
git tag v2.0
```

## Announcement

Post it to the list with `./announce 2.0`.
"#,
        r#"
release sequential releasing-the-library: Releasing the library
  - Update the version
      $ ./bump 2.0
  - Tag
      $ git tag v2.0
  - Announcement
      $ ./announce 2.0
"#,
    );
}

#[test]
fn sections_below_a_section() {
    understood(
        r#"
# Ops

## Database maintenance

### Stop the writers

    $ systemctl stop writer

### Vacuum

```sql
VACUUM FULL orders;
```

### Start the writers

    $ systemctl start writer
"#,
        r#"
checklist sequential database-maintenance: Database maintenance
  - Stop the writers
      $ systemctl stop writer
  - Vacuum
      $ VACUUM FULL orders;
  - Start the writers
      $ systemctl start writer
"#,
    );
}

#[test]
fn sentences_that_lead_to_commands() {
    understood(
        r#"
# Deploying the docs

Build them first:

```
make html
```

Now copy the result to the server:

```
rsync -a build/ docs:/srv/
```
"#,
        r#"
release sequential deploying-the-docs: Deploying the docs
  - Build them first
      $ make html
  - Now copy the result to the server
      $ rsync -a build/ docs:/srv/
"#,
    );
}

#[test]
fn the_word_is_in_the_title() {
    understood(
        r#"
# Playbook for a lost laptop

## At once

1. Lock the account
2. Wipe the device

## Later

1. Order a new one
"#,
        r#"
checklist sequential at-once: At once
  1. Lock the account
  2. Wipe the device
checklist sequential later: Later
  1. Order a new one
"#,
    );
}

#[test]
fn the_word_is_german() {
    understood(
        r#"
# Kasse

## Inbetriebnahme der neuen Kasse

1. Gerät anschließen
2. Bon drucken
"#,
        r#"
release sequential inbetriebnahme-der-neuen-kasse: Inbetriebnahme der neuen Kasse
  1. Gerät anschließen
  2. Bon drucken
"#,
    );
}

#[test]
fn no_word_at_all_but_verbs() {
    understood(
        r#"
# Cash desk

## Every evening

1. Count the money
2. Print the report
3. Close the safe
"#,
        r#"
checklist sequential every-evening: Every evening
  1. Count the money
  2. Print the report
  3. Close the safe
"#,
    );
}

#[test]
fn boxes_below_a_summary() {
    understood(
        r#"
# Week

## Summary

- [ ] Send the report
- [ ] Archive the board
"#,
        r#"
checklist any summary: Summary
  - Send the report
  - Archive the board
"#,
    );
}

#[test]
fn boxes_below_references() {
    understood(
        r#"
# Docs

## Reference manual

### API reference

- [ ] Generate the pages
- [ ] Look at the index
"#,
        r#"
checklist any reference-manual.api-reference: API reference
  - Generate the pages
  - Look at the index
"#,
    );
}

#[test]
fn a_version_in_a_heading() {
    understood(
        r#"
# Apps

## Release a new version

1. Build
2. Upload
"#,
        r#"
release sequential release-a-new-version: Release a new version
  1. Build
  2. Upload
"#,
    );
}

#[test]
fn bullets_of_an_alert() {
    understood(
        r#"
# NodeDown

## Remediation

- Restart the node: `ipmitool power cycle`
- If it stays down, open a ticket
"#,
        r#"
emergency any remediation: Remediation
  - Restart the node
      $ ipmitool power cycle
  - If it stays down, open a ticket
"#,
    );
}

#[test]
fn bullets_after_the_release() {
    understood(
        r#"
# Release process

## Afterwards

* Update the homepage
* Write to the list
* Close the milestone
"#,
        r#"
release any afterwards: Afterwards
  - Update the homepage
  - Write to the list
  - Close the milestone
"#,
    );
}

#[test]
fn bullets_of_facts_are_none() {
    understood(
        r#"
# Release process

## Rules

* The main branch is always green.
* A release has a captain.
"#,
        r#"
"#,
    );
}
