//! Kinds of documents that were once read wrongly, in the styles of other teams, three of each: what a machine does, labels, several forms, ways to choose from, notes.

mod common;

use common::understood;

#[test]
fn what_a_pipeline_does() {
    understood(
        r#"
# Shop

## Deployment pipeline

The pipeline runs the following:

1. Lint
2. Test
3. Build
"#,
        r#"
"#,
    );
}

#[test]
fn lists_of_links_and_facts() {
    understood(
        r#"
# Release

## Documents

1. [Plan](plan.md)
2. [Risks](risks.md)

## Servers

1. `web1`: the shop
2. `db1`: its database
"#,
        r#"
"#,
    );
}

#[test]
fn what_a_script_does_below_a_step() {
    understood(
        r#"
## Release

1. Start the script: `./release.sh`

   It will:

   1. Tag the commit
   2. Push the tag

2. Approve the job
"#,
        r#"
release sequential release: Release
  1. Start the script
      $ ./release.sh
  2. Approve the job
"#,
    );
}

#[test]
fn bold_labels_group() {
    understood(
        r#"
## Pre-flight

**Database**

- [ ] Backup
- [ ] Replica

**Application**

- [ ] Image is built
"#,
        r#"
checklist any pre-flight: Pre-flight
  - Database
    - Backup
    - Replica
  - Application
    - Image is built
"#,
    );
}

#[test]
fn lines_with_a_colon_group() {
    understood(
        r#"
## Deployment

On the first node:

1. Stop it
2. Upgrade it

On the other nodes:

1. Upgrade them
2. Restart them
"#,
        r#"
release sequential deployment: Deployment
  - On the first node
    1. Stop it
    2. Upgrade it
  - On the other nodes
    1. Upgrade them
    2. Restart them
"#,
    );
}

#[test]
fn one_label_introduces() {
    understood(
        r#"
## Checklist

All of these:

- [ ] One
- [ ] Two
"#,
        r#"
checklist any checklist: Checklist
  - One
  - Two
"#,
    );
}

#[test]
fn a_table_and_a_list() {
    understood(
        r#"
## Release

1. Build
2. Ship

| Check | Expected |
| --- | --- |
| Page | 200 |
"#,
        r#"
release sequential release: Release
  1. Build
  2. Ship
  - Page
      = 200
"#,
    );
}

#[test]
fn a_mail_to_send() {
    understood(
        r#"
## Release

1. Send this mail:

   ```
   Subject: Release tonight

   1. We start at 10
   2. We end at 11
   ```

2. Start
"#,
        r#"
release sequential release: Release
  1. Send this mail:
  2. Start
"#,
    );
}

#[test]
fn twelve_steps_and_one_table() {
    understood(
        r#"
## Go-live

1. Freeze
2. Migrate

| Check | Expected |
| --- | --- |
| Rows | 12 |

3. Open
"#,
        r#"
release sequential go-live: Go-live
  1. Freeze
  2. Migrate
  - Rows
      = 12
  3. Open
"#,
    );
}

#[test]
fn a_fence_behind_a_bullet() {
    understood(
        r#"
## Deploy

- Build the image

```sh
docker build .
```

- Push it

```sh
docker push shop
```
"#,
        r#"
release any deploy: Deploy
  - Build the image
      $ docker build .
  - Push it
      $ docker push shop
"#,
    );
}

#[test]
fn a_fence_behind_the_last_item() {
    understood(
        r#"
## Rollback

1. Stop
2. Go back

```sh
helm rollback shop
```
"#,
        r#"
rollback sequential rollback: Rollback
  1. Stop
  2. Go back
      $ helm rollback shop
"#,
    );
}

#[test]
fn a_fence_without_a_blank_line() {
    understood(
        r#"
## Checklist

- [ ] Fetch
```sh
git fetch
```
- [ ] Build
```sh
cargo build
```
"#,
        r#"
checklist any checklist: Checklist
  - Fetch
      $ git fetch
  - Build
      $ cargo build
"#,
    );
}

#[test]
fn if_and_if() {
    understood(
        r#"
## Recovery

If the disk is full:

1. Delete old logs
2. Restart

If the disk is broken:

1. Replace it
2. Rebuild
"#,
        r#"
emergency sequential recovery: Recovery
  - If the disk is full
      ? one of several ways
    1. Delete old logs
    2. Restart
  - If the disk is broken
      ? one of several ways
    1. Replace it
    2. Rebuild
"#,
    );
}

/// What has a gate is left out by its author's word alone: words of the text make no way around a check.
#[test]
fn a_way_with_a_gate_in_it_is_not_to_be_left_out() {
    understood(
        r#"
## Recovery

If the disk is full:

1. Delete old logs
2. Restart

If the disk is broken:

1. Replace it
2. Rebuild <!-- holdpoint: gate=health -->
"#,
        r#"
emergency sequential recovery: Recovery
  - If the disk is full
    1. Delete old logs
    2. Restart
  - If the disk is broken
    1. Replace it
    2. Rebuild
        @ health
"#,
    );
}

#[test]
fn options_with_letters() {
    understood(
        r#"
## Rollback

**Option A: redeploy**

1. Redeploy the last build

**Option B: restore**

1. Restore the snapshot
"#,
        r#"
rollback sequential rollback: Rollback
  - Option A: redeploy
      ? one of several ways
    1. Redeploy the last build
  - Option B: restore
      ? one of several ways
    1. Restore the snapshot
"#,
    );
}

#[test]
fn options_in_headings() {
    understood(
        r#"
## Rollback

### Option 1: Redeploy

1. Redeploy the last build

### Option 2: Restore

1. Restore the snapshot
"#,
        r#"
rollback sequential rollback.option-1-redeploy: Option 1: Redeploy
  1. Redeploy the last build
rollback sequential rollback.option-2-restore: Option 2: Restore
  1. Restore the snapshot
"#,
    );
}

#[test]
fn a_failure_in_a_note() {
    understood(
        r#"
## Release

### Step 1: Build

```sh
make
```

> **Note:** If the tests fail on a Mac, roll back nothing; it is the clock.
"#,
        r#"
release sequential release: Release
  1. Build
      $ make
"#,
    );
}

#[test]
fn a_failure_in_an_alert() {
    understood(
        r#"
## Release

1. Build

   > [!NOTE]
   > If the cache fails, it is only slow.

2. Ship
"#,
        r#"
release sequential release: Release
  1. Build
  2. Ship
"#,
    );
}

#[test]
fn the_steps_own_failure() {
    understood(
        r#"
## Release

### Step 1: Build

```sh
make
```

If this fails, stop.
"#,
        r#"
release sequential release: Release
  1. Build
      $ make
      ! stop
"#,
    );
}
