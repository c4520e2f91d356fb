//! Ids: readable, and the same after something else was inserted.

mod common;

use std::collections::BTreeSet;

use holdpoint_domain::runbook::Runbook;
use holdpoint_reader::read;
use proptest::prelude::*;

fn step_ids(runbook: &Runbook) -> Vec<String> {
    runbook
        .procedures
        .iter()
        .flat_map(|procedure| procedure.in_order())
        .map(|step| step.id.clone())
        .collect()
}

#[test]
fn ids_are_made_of_headings_and_text() {
    let text = "# Any title\n\n## 2. Golden Release Sequence\n\n### STEP 3: MIGRATE (Apply it)\n\n1. Don't panic\n\n## Rollback procedures\n\n### Code rollback (Railway)\n\n1. Go\n";
    assert_eq!(
        step_ids(&read("ids.md", text)),
        [
            "golden-release-sequence/migrate/dont-panic",
            "golden-release-sequence/migrate",
            "rollback-procedures.code-rollback/go",
        ]
    );
}

#[test]
fn equal_texts_get_different_ids() {
    let text = "## Checklist\n\n- [ ] Look\n- [ ] Look\n- [ ] Look 2\n\n## Checklist\n\n- [ ] Look\n";
    assert_eq!(
        step_ids(&read("ids.md", text)),
        [
            "checklist/look",
            "checklist/look-2",
            "checklist/look-2-2",
            "checklist-2/look"
        ]
    );
}

#[test]
fn long_texts_that_differ_at_their_end_get_different_ids_that_do_not_count() {
    let long = "Run the check of the schema's consistency with all of its many options against the system called";
    let ids = step_ids(&read(
        "ids.md",
        &format!("## Checklist\n\n- [ ] {long} dev\n- [ ] {long} prod\n"),
    ));
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 2);
    assert!(ids.iter().all(|id| id.len() < 80 && !id.ends_with("-2")), "{ids:?}");
}

#[test]
fn the_authors_id_is_kept_and_pushes_a_derived_one_aside() {
    let text = "## Checklist <!-- holdpoint: id=c -->\n\n- [ ] Look\n- [ ] Something <!-- holdpoint: id=look -->\n";
    assert_eq!(step_ids(&read("ids.md", text)), ["c/look-2", "c/look"]);
}

#[test]
fn text_without_letters_has_an_id_too() {
    let ids = step_ids(&read("ids.md", "## Checklist\n\n- [ ] →\n- [ ] ←\n"));
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 2, "{ids:?}");
}

/// A runbook with one procedure per list of titles.
fn runbook(procedures: &[Vec<String>], form: usize) -> String {
    let mut text = String::from("# Title\n");
    for (at, steps) in procedures.iter().enumerate() {
        text.push_str(&format!("\n## Release {at}\n\n"));
        for (number, step) in steps.iter().enumerate() {
            text.push_str(&match form {
                0 => format!("- [ ] {step}\n"),
                1 => format!("{}. {step}\n", number + 1),
                _ => format!("### Step {}: {step}\n\nText.\n\n", number + 1),
            });
        }
    }
    text
}

proptest! {
    #[test]
    fn inserting_a_step_changes_no_other_steps_id(
        procedures in prop::collection::vec(prop::collection::vec("[a-z]{1,8}( [a-z]{1,8}){0,14}", 1..6), 1..4),
        form in 0..3_usize,
        place in any::<prop::sample::Index>(),
        within in any::<prop::sample::Index>(),
    ) {
        let before = step_ids(&read("a.md", &runbook(&procedures, form)));
        let mut longer = procedures.clone();
        let procedure = place.index(longer.len());
        let at = within.index(longer[procedure].len() + 1);
        longer[procedure].insert(at, "Something Quite New".to_owned());
        let after: BTreeSet<String> = step_ids(&read("a.md", &runbook(&longer, form))).into_iter().collect();
        prop_assert_eq!(before.len() + 1, after.len());
        for id in before {
            prop_assert!(after.contains(&id), "{} is gone: {:?}", id, after);
        }
    }

    #[test]
    fn ids_are_unique(text in common_fragments()) {
        let runbook = read("u.md", &text);
        let procedures: Vec<&str> = runbook.procedures.iter().map(|procedure| procedure.id.as_str()).collect();
        prop_assert_eq!(procedures.iter().collect::<BTreeSet<_>>().len(), procedures.len());
        for procedure in &runbook.procedures {
            let ids: Vec<&str> = procedure.in_order().iter().map(|step| step.id.as_str()).collect();
            prop_assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{:?}", ids);
        }
    }
}

fn common_fragments() -> impl Strategy<Value = String> {
    let line = prop::sample::select(vec![
        "## Release",
        "## Rollback",
        "### Step 1: Go",
        "### Step 1: Go",
        "1. Look",
        "2. Look",
        "- [ ] Look",
        "   - [ ] Look",
        "   1. Look",
        "Text",
        "",
        "```sh\n# 1. a\n# 2. a\n```",
        "<!-- holdpoint: id=look -->",
        "- [ ] Look <!-- holdpoint: id=x -->",
    ]);
    prop::collection::vec(line, 0..30).prop_map(|lines| lines.join("\n"))
}
