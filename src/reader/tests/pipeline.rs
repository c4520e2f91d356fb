//! What a runbook says about its pipeline.

use holdpoint_domain::wire::{PipelineGuide, StageEffect};
use holdpoint_reader::{pipeline_guide, read};

fn guide(text: &str) -> PipelineGuide {
    pipeline_guide("book", &read("book", text))
}

/// Another team's runbook, in other words and another form than the shipped one.
const OTHER: &str = r#"# How we ship

## Delivery workflow

| Stage | What it does | On failure |
| --- | --- | --- |
| 1. Unit tests | Runs them all | 🛑 Aborts: nothing is shipped |
| 2. Publish image | Pushes it to the registry | Aborts |
| 3. Refresh cache | Warms the edge | Logs a warning and continues |
| 4. Tell people | Writes a mail | Unknown |

| Symbol | Meaning |
| --- | --- |
| green | fine |
| red | broken |

## Troubleshooting

### The image cannot be published

#### Symptoms

The step **publish image** is red.

#### Likely cause

The registry is full.

#### Fix

1. Ask for room.
2. Run it again.

**Timeline:** an hour.

### Something else

Nothing here.

## Contacts

| Problem | Who | Then |
| --- | --- | --- |
| Unit tests are red | The author | |
| Publishing fails | Platform team | Head of platform |

## You must not

❌ **Don't** push tags.  
❌ **Don't** delete images.
"#;

#[test]
fn any_runbook_of_that_shape_explains_its_pipeline() {
    let guide = guide(OTHER);
    let stages: Vec<_> = guide
        .stages
        .iter()
        .map(|stage| {
            (
                stage.number.as_deref(),
                stage.title.as_str(),
                stage.effect,
                stage.scenario,
            )
        })
        .collect();
    assert_eq!(
        stages,
        [
            (Some("1"), "Unit tests", StageEffect::Stops, None),
            (Some("2"), "Publish image", StageEffect::Stops, Some(0)),
            (Some("3"), "Refresh cache", StageEffect::Warns, None),
            (Some("4"), "Tell people", StageEffect::Unsaid, None),
        ]
    );
    assert_eq!(guide.stages[1].does, "Pushes it to the registry");
    assert_eq!(guide.stages[3].fails, "Unknown");
    assert_eq!(
        guide.colours.iter().map(|one| one.meaning.as_str()).collect::<Vec<_>>(),
        ["fine", "broken"]
    );
    let scenario = &guide.scenarios[0];
    assert_eq!(guide.scenarios.len(), 1);
    assert_eq!(scenario.title, "The image cannot be published");
    assert_eq!(scenario.see, ["The step publish image is red."]);
    assert_eq!(scenario.means, ["The registry is full."]);
    assert_eq!(scenario.act, ["Ask for room.", "Run it again."]);
    assert_eq!(scenario.takes, ["an hour."]);
    assert_eq!(guide.contacts.len(), 2);
    assert_eq!(
        (guide.stages[0].contacts.as_slice(), guide.stages[1].contacts.as_slice()),
        (&[0][..], &[1][..])
    );
    assert_eq!(guide.contacts[1].whom[1].label, "Then");
    assert_eq!(guide.never, ["❌ Don't push tags.", "❌ Don't delete images."]);
    assert!(!guide.cut);
}

#[test]
fn what_is_not_there_stays_empty_and_other_tables_are_no_pipeline() {
    let none = guide("# A release\n\n## Release\n\n1. Do it.\n2. See that it is done.\n");
    assert!(none.stages.is_empty() && none.colours.is_empty() && none.scenarios.is_empty());
    assert!(none.contacts.is_empty() && none.never.is_empty());
    assert_eq!(none.runbook.as_ref().map(|one| one.title.as_str()), Some("A release"));

    // Steps of a checklist, a legend without colours, people without what happened, and half a scenario.
    let other = guide(
        "# R\n\n## Release\n\n| Step | What it does | If it fails |\n| --- | --- | --- |\n| One | Does | Stop |\n\n\
         | Mark | Meaning |\n| --- | --- |\n| ✓ | done |\n| - | open |\n\n## Contacts\n\n| Name | Role |\n| --- | --- |\n\
         | Ana | Captain |\n\n## Case\n\n**What you see**\n\n- Smoke\n",
    );
    assert!(
        other.stages.is_empty() && other.colours.is_empty() && other.contacts.is_empty(),
        "{other:?}"
    );
    assert!(other.scenarios.is_empty(), "{:?}", other.scenarios);
}

#[test]
fn whether_a_failure_stops_is_read_from_the_column_and_from_nothing_else() {
    for (cell, effect) in [
        (
            "❌ Stops the pipeline. No changes reach production.",
            StageEffect::Stops,
        ),
        ("The pipeline ends", StageEffect::Stops),
        ("Halts", StageEffect::Stops),
        ("⚠️ Warning logged, but continues", StageEffect::Warns),
        (
            "⚠️ Caution: a warning goes into the log, and the pipeline carries on",
            StageEffect::Warns,
        ),
        ("Non-blocking", StageEffect::Warns),
        ("N/A", StageEffect::Unsaid),
        ("", StageEffect::Unsaid),
        ("A warning stops it", StageEffect::Unsaid),
        ("Somebody looks", StageEffect::Unsaid),
    ] {
        let text = format!(
            "# R\n\n## Pipeline\n\n| Step | What it does | If it fails |\n| --- | --- | --- |\n| One | Does | {cell} |\n"
        );
        assert_eq!(guide(&text).stages[0].effect, effect, "{cell}");
    }
}

#[test]
fn a_long_runbook_is_cut_and_says_so() {
    let rows = "| One | Does | Stop |\n".repeat(60);
    let text = format!("# R\n\n## Pipeline\n\n| Step | What it does | If it fails |\n| --- | --- | --- |\n{rows}");
    let guide = guide(&text);
    assert_eq!((guide.stages.len(), guide.cut), (40, true));
}

#[test]
fn the_shipped_runbook_explains_its_five_stages() {
    let guide = guide(include_str!("../../../runbooks/production-deployment.md"));
    let effects: Vec<_> = guide.stages.iter().map(|stage| stage.effect).collect();
    let (stops, warns) = (StageEffect::Stops, StageEffect::Warns);
    assert_eq!(effects, [stops, stops, warns, warns, StageEffect::Unsaid]);
    assert_eq!(guide.colours.len(), 4);
    assert_eq!(
        guide.scenarios.len(),
        4,
        "{:?}",
        guide.scenarios.iter().map(|one| &one.title).collect::<Vec<_>>()
    );
    let scenarios: Vec<_> = guide.stages.iter().map(|stage| stage.scenario).collect();
    assert_eq!(scenarios[..4], [Some(0), Some(1), Some(2), Some(2)]);
    let contacts: Vec<_> = guide.stages.iter().map(|stage| stage.contacts.clone()).collect();
    assert_eq!(contacts, [vec![0], vec![1], vec![3], vec![2], vec![4]]);
    assert_eq!(guide.never.len(), 4);
    for scenario in &guide.scenarios[..3] {
        assert!(
            !scenario.means.is_empty() && !scenario.act.is_empty() && !scenario.takes.is_empty(),
            "{scenario:?}"
        );
        assert!(!scenario.anchor.is_empty());
    }
    assert_eq!(guide.stages[0].plain.as_deref(), Some("The code is being tested"));
}
