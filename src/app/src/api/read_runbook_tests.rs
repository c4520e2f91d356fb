//! What the page reads of runbooks is what the proxy read of them.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use holdpoint_domain::runbook::{Procedure, Runbook, read, read_bytes};
use holdpoint_domain::session::Record;
use holdpoint_domain::wire::{ProcedureBrief, RunbookRead, SessionRead, Usual};
use serde_json::{Value, json};

use super::json::from_text;
use super::{Reading, Session};

/// Every event that version 1 knows.
const GOLDEN: &str = include_str!("../../../domain/src/session/tests/golden/v1.json");

/// What the shipped runbooks do not have.
const REST: &str = "# Rest

> Last updated: 2025-01-13

Text with *stress*, **strong words**, ~~struck~~, `code`, [a link](https://example.org), <b>HTML</b> <!-- and a comment -->\\
and a break.

<div>raw</div>

---

## Release procedure

### STEP 1: GO
<!-- holdpoint: gate=health on_fail=caution optional timebox=10m plain=\"It goes\" -->

**Why:** it must be so.

```bash
# Expected: ok
go --now
```

**Verification:** it is there.

**What it checks:** the health.

**STOP if** it is not.

> Quoted.

1. Sub-step

| Step | Expected | Actual |
| --- | --- | --- |
| Look | seen | |

## Checklist

- [ ] Open
- [x] Done

| Check | Expected | Actual |
| --- | --- | --- |
| Instances | 0 | |

[nowhere](javascript:alert)
";

fn shipped() -> Vec<Runbook> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../runbooks");
    let files = fs::read_dir(folder).expect("the shipped runbooks are there").flatten();
    let markdown = files.filter(|file| file.path().extension().is_some_and(|ending| ending == "md"));
    let books: Vec<Runbook> = markdown
        .map(|file| {
            let name = file.file_name().to_string_lossy().into_owned();
            read_bytes(&name, &fs::read(file.path()).expect("it can be read"))
        })
        .collect();
    assert!(books.len() >= 5, "{}", books.len());
    books
}

/// The answer that holds the runbook, and what the page has to read of it.
fn answer(runbook: Runbook) -> (String, RunbookRead) {
    let mut read = RunbookRead {
        name: "a".to_owned(),
        digest: "d".to_owned(),
        runbook,
    };
    let text = serde_json::to_string(&read).expect("it can be written");
    // These the page leaves aside.
    read.runbook.references.clear();
    read.runbook.mentions.clear();
    (text, read)
}

/// The words of a tag, wherever it stands.
fn words(value: &Value, tag: &str, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            into.extend(fields.get(tag).and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|value| words(value, tag, into));
        }
        Value::Array(values) => values.iter().for_each(|value| words(value, tag, into)),
        _ => {}
    }
}

#[test]
fn every_runbook_is_read_as_serde_writes_it() {
    let (mut blocks, mut inlines, mut parts) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for runbook in shipped().into_iter().chain([read("rest", REST)]) {
        let title = runbook.title.clone();
        let (text, expected) = answer(runbook);
        assert_eq!(
            from_text::<RunbookRead>(&text).expect("the page reads it"),
            expected,
            "{title}"
        );
        let value: Value = serde_json::from_str(&text).expect("JSON");
        for (tag, into) in [("block", &mut blocks), ("inline", &mut inlines), ("part", &mut parts)] {
            words(&value, tag, into);
        }
    }
    // None of them was left out of the comparison.
    let all = |text: &str| text.split(' ').map(str::to_owned).collect::<BTreeSet<_>>();
    assert_eq!(blocks, all("heading paragraph quote list code table html rule"));
    assert_eq!(inlines, all("text code emphasis strong strike link html break"));
    assert_eq!(parts, all("why command expected checks if_it_fails field text"));
}

#[test]
fn what_is_nested_as_deep_as_the_reader_lets_it_be_can_be_read() {
    let headings: String = (1..=5)
        .map(|level| format!("#{} STEP {level}: GO\n\n", "#".repeat(level)))
        .collect();
    let headings = format!("# Release procedure\n\n{headings}");
    let lists: String = (0..60).map(|depth| format!("{}- item\n", "  ".repeat(depth))).collect();
    let ordered: String = (0..60)
        .map(|depth| format!("{}1. item\n", "   ".repeat(depth)))
        .collect();
    let quotes = format!("{}deep **down *below***\n", "> ".repeat(60));
    let mixed = format!("{}- [ ] inmost\n", "> - ".repeat(60));
    let table = format!("{0}| *a* |\n{0}|---|\n{0}| **b *c*** |\n", "> ".repeat(43));
    for deep in [lists, ordered, quotes, mixed, table] {
        for head in ["# A\n\n", "# A\n\n## Release procedure\n\n1. Go\n\n", &headings] {
            let text = if head.ends_with("1. Go\n\n") {
                let inner: String = deep.lines().map(|line| format!("   {line}\n")).collect();
                format!("{head}{inner}")
            } else {
                format!("{head}{deep}")
            };
            let runbook = read("deep", &text);
            let procedure = runbook.procedures.first().cloned();
            let (text, expected) = answer(runbook);
            let back = from_text::<RunbookRead>(&text).map_err(|wrong| wrong.to_string());
            assert_eq!(back.as_ref(), Ok(&expected), "{head}{deep}");
            if let Some(procedure) = procedure {
                let kept = json!({"procedure": procedure, "rollbacks": []}).to_string();
                let reading = from_text::<Reading>(&kept).expect("the page reads it");
                assert_eq!(reading.procedure.as_deref(), Some(&procedure));
            }
        }
    }
}

#[test]
fn a_session_is_read_as_serde_writes_it_and_can_be_kept() {
    let records: Vec<Record> = serde_json::from_str(GOLDEN).expect("the golden log");
    let written = SessionRead {
        usual: Some(Usual {
            sessions: 4,
            from_seconds: 60,
            to_seconds: 120,
        }),
        ..SessionRead::of(records)
    };
    assert!(written.procedure.is_some(), "the golden log's text has its procedure");
    let text = serde_json::to_string(&written).expect("it can be written");
    let read = from_text::<Session>(&text).expect("the page reads it");
    let events: Vec<Record> = read.events.iter().map(|one| one.record.clone()).collect();
    assert_eq!(events, written.events);
    assert_eq!(read.reading.procedure.as_deref(), written.procedure.as_ref());
    assert_eq!(read.reading.rollbacks, written.rollbacks);
    assert_eq!(read.usual, written.usual);
    // What is kept is read again as the same.
    assert_eq!(from_text::<Reading>(&read.reading.text), Ok(read.reading));
}

#[test]
fn procedures_and_what_undoes_them_are_read_from_every_shipped_runbook() {
    for runbook in shipped() {
        for procedure in &runbook.procedures {
            let rollbacks = runbook.rollbacks_of(&procedure.id);
            let written = SessionRead {
                events: Vec::new(),
                procedure: Some(procedure.clone()),
                rollbacks: rollbacks.into_iter().map(ProcedureBrief::from).collect(),
                usual: None,
            };
            let text = serde_json::to_string(&written).expect("it can be written");
            let Reading {
                procedure, rollbacks, ..
            } = from_text::<Session>(&text).expect("the page reads it").reading;
            assert_eq!(procedure.as_deref(), written.procedure.as_ref());
            assert_eq!(rollbacks, written.rollbacks);
        }
    }
}

#[test]
fn a_session_without_a_procedure_is_told_of_and_never_guessed() {
    let none = from_text::<Session>(r#"{"events":[],"procedure":null,"rollbacks":[]}"#).expect("it is told");
    assert_eq!(none.reading.procedure, None);
    for text in [
        "{}",
        r#"{"events":[]}"#,
        r#"{"events":[],"rollbacks":[]}"#,
        r#"{"events":[],"procedure":null}"#,
        r#"{"events":[],"procedure":null,"rollbacks":null}"#,
        r#"{"events":[],"procedure":{},"rollbacks":[]}"#,
        r#"{"procedure":null,"rollbacks":[]}"#,
    ] {
        assert!(from_text::<Session>(text).is_err(), "{text}");
    }
}

#[test]
fn a_step_of_which_something_is_missing_is_an_error_and_never_a_step_without_gates() {
    let book = read("rest", REST);
    let procedure = &book.procedures[0];
    let good = serde_json::to_value(procedure).expect("it can be written");
    assert_eq!(from_text::<Procedure>(&good.to_string()).as_ref(), Ok(procedure));
    for name in ["id", "title", "kind", "order", "steps", "intro"] {
        let mut bad = good.clone();
        bad.as_object_mut().expect("an object").remove(name);
        assert!(
            from_text::<Procedure>(&bad.to_string()).is_err(),
            "a procedure without {name}"
        );
    }
    for name in ["id", "title", "parts", "gates", "optional", "children"] {
        let mut bad = good.clone();
        bad["steps"][0].as_object_mut().expect("an object").remove(name);
        assert!(
            from_text::<Procedure>(&bad.to_string()).is_err(),
            "a step without {name}"
        );
    }
}
