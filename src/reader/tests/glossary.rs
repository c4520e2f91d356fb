//! The terms that a runbook explains itself.

use holdpoint_reader::{glossary, read};

fn terms(text: &str) -> Vec<(String, String)> {
    let terms = glossary(&read("demo", text)).into_iter();
    terms.map(|one| (one.term, one.meaning)).collect()
}

#[test]
fn a_glossary_is_a_table_of_terms_under_its_heading() {
    let text = "# Demo\n\n## Release\n\n1. Deploy it.\n2. Look at it.\n\n## 7. Glossary\n\n\
        | Term | In plain English |\n| --- | --- |\n| **Deploy** | To put new code where users reach it |\n\
        | Migration | A change to the database |\n| deploy | Something else |\n| Empty | |\n";
    assert_eq!(
        terms(text),
        [
            ("Deploy".to_owned(), "To put new code where users reach it".to_owned()),
            ("Migration".to_owned(), "A change to the database".to_owned()),
        ]
    );
}

#[test]
fn other_tables_explain_nothing() {
    let table = "| Name | Role |\n| --- | --- |\n| Ana | Captain |\n";
    assert!(terms(&format!("# Demo\n\n## Contacts\n\n{table}")).is_empty());
    assert!(!terms(&format!("# Demo\n\n## Terminology\n\n{table}")).is_empty());
}

#[test]
fn the_shipped_deployment_guide_explains_its_terms() {
    let text = include_str!("../../../runbooks/production-deployment.md");
    let terms = terms(text);
    assert!(terms.len() >= 8, "{terms:?}");
    assert!(terms.iter().any(|(term, _)| term == "Migration"), "{terms:?}");
}
