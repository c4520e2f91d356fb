//! Kinds of documents that were once read wrongly, in the styles of other teams, three of each: titles, front matter, commands in a line, numbered headings.

mod common;

use common::understood;

#[test]
fn a_paragraph_has_its_first_sentence_as_title() {
    understood(
        r#"
## Release

1. Ask the translators. They need two days, so do this early in the week, and
   remember that the office in Lisbon is closed on Fridays.
2. Freeze the strings
"#,
        r#"
release sequential release: Release
  1. Ask the translators.
  2. Freeze the strings
"#,
    );
}

#[test]
fn a_bold_lead_before_a_break() {
    understood(
        r#"
## Deployment

- [ ] **Drain the node**<br/>It takes a while.
- [ ] **Replace it**<br>See the vendor's page.
"#,
        r#"
release any deployment: Deployment
  - Drain the node
  - Replace it
"#,
    );
}

#[test]
fn a_bold_lead_of_a_very_long_paragraph() {
    understood(
        r#"
## Cutover

1. **Switch the traffic** by moving the weight in the load balancer from the blue group to the green group in steps of twenty percent, with a look at the errors in between
2. Tell the team
"#,
        r#"
release sequential cutover: Cutover
  1. Switch the traffic
  2. Tell the team
"#,
    );
}

#[test]
fn yaml_of_a_static_site() {
    understood(
        r#"
---
layout: page
title: "Deploying"
nav_order: 3
tags:
  - ops
---

## Steps

1. Build
2. Upload
"#,
        r#"
release sequential steps: Steps
  1. Build
  2. Upload
"#,
    );
}

#[test]
fn toml() {
    understood(
        r#"
+++
title = "Release"
weight = 10
+++

1. Tag
2. Push
"#,
        r#"
release sequential release: Release
  1. Tag
  2. Push
"#,
    );
}

#[test]
fn an_issue_template_without_headings() {
    understood(
        r#"
---
name: 'New node'
about: Add a node to the cluster
---

- [ ] Rack it
- [ ] Install it
"#,
        r#"
checklist any new-node: New node
  - Rack it
  - Install it
"#,
    );
}

#[test]
fn commands_within_items() {
    understood(
        r#"
## Publish

1. Execute `mvn release:prepare`
2. Then run `mvn release:perform`, and wait
3. Verify with `gpg --verify app.asc` that it is signed
"#,
        r#"
release sequential publish: Publish
  1. Execute mvn release:prepare
      $ mvn release:prepare
  2. Then run mvn release:perform, and wait
      $ mvn release:perform
  3. Verify with gpg --verify app.asc that it is signed
      $ gpg --verify app.asc
"#,
    );
}

#[test]
fn names_within_items_are_none() {
    understood(
        r#"
## Release checklist

- [ ] `CHANGELOG.md` is up to date
- [ ] The branch `release/2.0` exists
- [ ] Set `debug` to `false`
"#,
        r#"
checklist any release-checklist: Release checklist
  - CHANGELOG.md is up to date
  - The branch release/2.0 exists
  - Set debug to false
"#,
    );
}

#[test]
fn a_command_after_an_arrow() {
    understood(
        r#"
## Deploy

1. Migrate → `./manage.py migrate`
2. Restart: `sudo systemctl restart app`
"#,
        r#"
release sequential deploy: Deploy
  1. Migrate
      $ ./manage.py migrate
  2. Restart
      $ sudo systemctl restart app
"#,
    );
}

#[test]
fn emoji_before_phases() {
    understood(
        r#"
# Move

## 🚀 Phase 1 – Copy

```sh
rsync -a a/ b/
```

## 🎉 Phase 2 – Switch

```sh
ln -sfn b current
```
"#,
        r#"
checklist sequential move: Move
  1. Copy
      $ rsync -a a/ b/
  2. Switch
      $ ln -sfn b current
"#,
    );
}

#[test]
fn steps_deep_below() {
    understood(
        r#"
# Handbook

## Servers

### Replacing a server

#### Part A: Old server

1. Drain it

#### Part B: New server

1. Rack it
"#,
        r#"
checklist sequential servers.replacing-a-server: Replacing a server
  A. Old server
    1. Drain it
  B. New server
    1. Rack it
"#,
    );
}

#[test]
fn steps_that_count_themselves() {
    understood(
        r#"
# Rollout

### Step 1/2: Canary

Send 1 % to it.

### [Optional] Step 2/2: All

Send everything to it.
"#,
        r#"
release sequential rollout: Rollout
  1. Canary
  2. All
      ? optional
"#,
    );
}
