//! Runbooks in the styles of many teams, and small inputs that were once read wrongly: what is understood of each stands in a snapshot,
//! which a person has read as the captain who would follow it.

#![expect(
    clippy::disallowed_methods,
    reason = "the crate does no I/O; this test reads the files that it is about"
)]

mod common;

use std::path::{Path, PathBuf};

use holdpoint_domain::runbook::Severity;
use holdpoint_reader::{outline, read, read_bytes};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/runbooks")
        .join(name)
}

/// The Markdown files of a folder, by name, with their text.
fn files(name: &str) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(folder(name)).expect("the folder of the runbooks is there");
    let paths = entries.map(|entry| entry.expect("an entry can be read").path());
    let mut files: Vec<(String, Vec<u8>)> = paths
        .filter(|path| path.extension().is_some_and(|kind| kind == "md"))
        .map(|path| {
            let name = path
                .file_stem()
                .expect("a file has a name")
                .to_string_lossy()
                .into_owned();
            (name, std::fs::read(&path).expect("a runbook can be read"))
        })
        .collect();
    files.sort();
    files
}

fn snapshots(of: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder(of).join("snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for (name, bytes) in files(of) {
            let runbook = read_bytes(&name, &bytes);
            insta::assert_snapshot!(name, outline(&runbook).to_text());
        }
    });
}

#[test]
fn each_runbook_is_understood_as_its_snapshot_says() {
    assert!(files("").len() >= 40);
    snapshots("");
}

#[test]
fn what_was_once_read_wrongly_is_understood() {
    assert_eq!(files("wild").len(), 22);
    snapshots("wild");
}

#[test]
fn line_ends_and_byte_order_marks_change_nothing() {
    for (name, bytes) in files("").into_iter().chain(files("wild")) {
        let text = String::from_utf8(bytes).expect("UTF-8");
        let plain = outline(&read(&name, &text)).to_text();
        let windows = format!("\u{FEFF}{}", text.replace('\n', "\r\n"));
        assert_eq!(outline(&read(&name, &windows)).to_text(), plain, "{name}");
    }
}

/// A box, a numbered list and a command fence: each is a step or part of one, looked up, or remarked on.
#[test]
fn nothing_that_could_be_a_step_is_passed_over_in_silence() {
    for (name, bytes) in files("").into_iter().chain(files("wild")) {
        let runbook = read_bytes(&name, &bytes);
        for reason in holdpoint_reader::reasons(&name, &bytes) {
            if reason.steps > 0
                || reason.form == "list of bullets"
                || reason.cues.iter().any(|cue| cue.contains("links"))
            {
                continue;
            }
            let told = runbook.diagnostics.iter().any(|told| told.place.line == reason.line)
                || runbook
                    .procedures
                    .iter()
                    .flat_map(|one| one.in_order())
                    .any(|step| step.line >= reason.line)
                || reason.form.contains("section");
            assert!(told, "{name}:{} {} is passed over", reason.line, reason.form);
        }
        let errors = runbook
            .diagnostics
            .iter()
            .filter(|told| told.severity == Severity::Error);
        assert_eq!(errors.count(), 0, "{name}: {:?}", runbook.diagnostics);
    }
}

#[test]
fn the_reasons_name_what_was_weighed() {
    let text = "# Release guide\n\n## Before\n\n1. Build it\n2. Sign it\n\n## Who\n\n1. Ana\n2. Ben\n";
    let mut outline = outline(&read("r.md", text));
    outline.reasons = holdpoint_reader::reasons("r.md", text.as_bytes());
    let text = outline.to_text();
    let expected = "\
reason 5: numbered list, 2 steps: 7 (1 for its form)
  +3 document: the document's title speaks of something to do
  +3 entries: most entries begin with a verb
reason 10: numbered list, no steps: 1 (1 for its form)
  +3 document: the document's title speaks of something to do
  +1 sections: a section beside it is a procedure
  -4 heading: its heading tells how something is
";
    assert!(text.ends_with(expected), "{text}");
}
