//! Each thing in a step is in exactly one part, and has the meaning that its label or column gives it.

mod common;

use holdpoint_domain::runbook::{Block, CommandBlock, OnFail, Order, Part, ProcedureKind, Runbook, Step};
use holdpoint_reader::read;

fn first_step(text: &str) -> Step {
    read("parts.md", text).procedures.remove(0).steps.remove(0)
}

/// Parts as `name: text`, one per line.
fn parts(step: &Step) -> Vec<String> {
    let text = |blocks: &[Block]| {
        let mut text = String::new();
        common::blocks(blocks, &mut text);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    step.parts
        .iter()
        .map(|part| match part {
            Part::Why { blocks } => format!("why: {}", text(blocks)),
            Part::Command { command } => format!("command: {}", command.text),
            Part::Expected { blocks } => format!("expected: {}", text(blocks)),
            Part::Checks { label, blocks } => format!("checks ({label}): {}", text(blocks)),
            Part::IfItFails { action, blocks } => format!("if it fails ({action:?}): {}", text(blocks)),
            Part::Field { field } => format!("field: {} {}", field.id, field.label),
            Part::Text { blocks } => format!("text: {}", text(blocks)),
        })
        .collect()
}

#[test]
fn a_step_is_taken_apart_by_its_labels() {
    let step = first_step(
        "## Release\n\n### Step 1: Bake\n\nFirst of all.\n\n**Why:** hunger.\n\n```sh\nbake\n```\n\n**What it does:**\n\n\
         - heats\n- browns\n\n**Expected output:** `done`\n\n**STOP if it burns.** Open a window.\n\nThat is all.\n",
    );
    assert_eq!(
        parts(&step),
        [
            "text: First of all.",
            "why: hunger.",
            "command: bake",
            "checks (What it does): heats browns",
            "expected: done",
            "if it fails (Stop): STOP if it burns. Open a window.",
            "text: That is all.",
        ]
    );
    assert_eq!(step.on_fail, Some(OnFail::Stop));
}

#[test]
fn empty_columns_are_values_to_fill_in() {
    let step = first_step(
        "## Checklist\n\n| Check | Expected | Actual | Record time |\n|---|---|---|---|\n| Oven | 230 °C | | |\n| Door | shut | | ____ |\n",
    );
    assert_eq!(step.title, "Oven");
    assert_eq!(
        parts(&step),
        [
            "expected: 230 °C",
            "field: actual Actual",
            "field: record-time Record time"
        ]
    );
}

#[test]
fn a_column_to_fill_in_makes_checks_of_rows_that_no_other_column_names() {
    let runbook = read(
        "f.md",
        "## Numbers\n\n| Metric | Target | Actual |\n|---|---|---|\n| Loaves | 40 | |\n",
    );
    let step = &runbook.procedures[0].steps[0];
    assert_eq!(step.title, "Loaves");
    assert_eq!(parts(step), ["text: Target: 40", "field: actual Actual"]);
}

#[test]
fn other_columns_stay_with_their_row() {
    let step = first_step(
        "## Checklist\n\n| # | Check | Why | Owner | If it fails |\n|-|-|-|-|-|\n| 7 | Oven | heat | Ada | roll back |\n",
    );
    assert_eq!(step.number.as_deref(), Some("7"));
    assert_eq!(
        parts(&step),
        ["why: heat", "text: Owner: Ada", "if it fails (Rollback): roll back"]
    );
}

#[test]
fn a_command_cell_may_have_several_commands_or_none() {
    let runbook = read(
        "c.md",
        "## Checklist\n\n| Check | Command | Expected |\n|-|-|-|\n| A | `one` and `two` | 0 |\n| B | Click it | 0 |\n",
    );
    let steps = &runbook.procedures[0].steps;
    assert_eq!(
        steps[0]
            .commands()
            .map(|command| command.text.as_str())
            .collect::<Vec<_>>(),
        ["one", "two"]
    );
    assert_eq!(parts(&steps[1]), ["text: Click it", "expected: 0"]);
}

#[test]
fn placeholders_stay_in_commands_and_lines_are_those_of_the_source() {
    let step = first_step("## Release\n\n1. Tag\n\n   ```bash\n   git tag {{version}} <sha>\n   ```\n");
    let expected = CommandBlock {
        language: "bash".to_owned(),
        text: "git tag {{version}} <sha>".to_owned(),
        line: 6,
        expected: None,
    };
    assert_eq!(step.commands().collect::<Vec<_>>(), [&expected]);
}

#[test]
fn what_a_comment_in_a_command_expects_is_kept_beside_it() {
    let step = first_step("## Verification\n\n```sql\nSELECT 1;\n-- Expected: 1 row\n```\n");
    assert_eq!(
        step.commands().next().and_then(|command| command.expected.as_deref()),
        Some("1 row")
    );
}

#[test]
fn the_introduction_stands_before_the_steps_and_has_no_comments() {
    let runbook = read(
        "i.md",
        "## Release\n<!-- holdpoint: id=r -->\n\nRead this first.\n\n1. Go\n\nAnd this after.\n",
    );
    let mut text = String::new();
    common::blocks(&runbook.procedures[0].intro, &mut text);
    assert_eq!(text, "Read this first.\nAnd this after.\n");
}

#[test]
fn durations_come_from_titles_and_comments() {
    let text = "## First 15 minutes\n\n- [ ] Watch\n\n## Release (2 hours)\n\n1. Rest (5 min)\n2. Go <!-- holdpoint: timebox=1h30m -->\n";
    let runbook = read("d.md", text);
    let [watch, release] = &runbook.procedures[..] else {
        panic!("two procedures: {:?}", runbook.procedures)
    };
    assert_eq!(
        (watch.kind, watch.order, watch.timebox_seconds),
        (ProcedureKind::Monitoring, Order::Any, Some(900))
    );
    assert_eq!(release.timebox_seconds, Some(7200));
    assert_eq!(
        release
            .steps
            .iter()
            .map(|step| step.timebox_seconds)
            .collect::<Vec<_>>(),
        [Some(300), Some(5400)]
    );
}

#[test]
fn metadata_comes_from_leading_quotes_and_closing_lines() {
    let names = |runbook: &Runbook| {
        runbook
            .metadata
            .iter()
            .map(|fact| format!("{}={}", fact.name, fact.value))
            .collect::<Vec<_>>()
    };
    let quoted = "# T\n\n> **Audience:** bakers  \n> **Time to Complete:** 15 minutes\n\n## S\n\nText: not metadata.\n\n---\n\n_Last Updated: 2026-01-12_\n_Document Version: 1.0_\n";
    assert_eq!(
        names(&read("m.md", quoted)),
        [
            "Audience=bakers",
            "Time to Complete=15 minutes",
            "Last Updated=2026-01-12",
            "Document Version=1.0"
        ]
    );
    assert_eq!(
        names(&read("v.md", "# T\n\n_Version 1.0 | December_\n\n## S\n\nx\n")),
        ["Version=1.0", "Date=December"]
    );
    assert_eq!(
        names(&read("p.md", "# T\n\n## S\n\nx\n\n## Version\n\nLast updated: today\n")),
        ["Last updated=today"]
    );
}

#[test]
fn the_outlines_json_has_the_promised_shape() {
    let runbook = read(
        "j.md",
        "# T\n\n## Release\n\n1. Go: `a b` <!-- holdpoint: gate=g -->\n\n## Glossary\n\n- x\n",
    );
    let json = serde_json::to_value(holdpoint_reader::outline(&runbook)).expect("plain data");
    let expected = serde_json::json!({
        "title": "T",
        "procedures": [{
            "id": "release", "title": "Release", "kind": "release", "order": "sequential", "line": 3, "rollback": null,
            "steps": [{
                "id": "release/go", "number": "1", "title": "Go", "plain": null, "line": 5, "commands": ["a b"],
                "expected": null, "gates": ["g"], "on_fail": null, "optional": false, "work": false, "live": false, "timebox_seconds": null,
                "children": [],
            }],
        }],
        "references": [{ "id": "glossary", "title": "Glossary", "line": 7, "items": 1 }],
        "diagnostics": [],
    });
    assert_eq!(json, expected);
}
