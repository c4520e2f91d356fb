//! How large a runbook may be. What is larger is not read as one: it is shown with one error and without a procedure, so that it
//! takes neither the time nor the memory of everybody else.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use holdpoint_domain::runbook::{Diagnostic, Place, Runbook, Severity, Step};

/// Bytes that a runbook may have.
pub const MAX_BYTES: usize = 1024 * 1024;
/// Steps and sub-steps that all procedures of a runbook may have together.
pub const MAX_STEPS: usize = 10_000;

/// A runbook's bytes. Of one that is too large there is one byte more than is allowed, and no more.
///
/// # Errors
/// The file cannot be read.
pub fn read_bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Reads a runbook, or says that it is too large.
#[must_use]
pub fn read(name: &str, bytes: &[u8]) -> Runbook {
    if bytes.len() > MAX_BYTES {
        return refused(
            name,
            &format!("The runbook has more than {MAX_BYTES} bytes, which is the most that is read."),
        );
    }
    let book = holdpoint_reader::read_bytes(name, bytes);
    let steps: usize = book.procedures.iter().map(|procedure| count(&procedure.steps)).sum();
    if steps > MAX_STEPS {
        return refused(
            name,
            &format!("The runbook has {steps} steps, and {MAX_STEPS} are the most that it may have."),
        );
    }
    book
}

fn count(steps: &[Step]) -> usize {
    steps.iter().map(|step| 1 + count(&step.children)).sum()
}

fn refused(name: &str, why: &str) -> Runbook {
    let mut book = holdpoint_reader::read_bytes(name, b"");
    book.diagnostics = vec![Diagnostic {
        place: Place { line: 1, column: 1 },
        severity: Severity::Error,
        message: format!("{why} Nothing of it can be started; divide it into several files."),
    }];
    book
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(items: usize) -> Vec<u8> {
        format!(
            "# Large\n\n## Release procedure\n\n{}",
            "- [ ] Look\n  - [ ] Look closer\n".repeat(items / 2)
        )
        .into_bytes()
    }

    #[test]
    fn what_is_too_large_has_one_error_and_nothing_to_start() {
        let most = of(MAX_STEPS);
        let book = read("large", &most);
        assert_eq!((book.title.as_str(), book.procedures.len()), ("Large", 1));
        let mut long = b"# Large\n\n## Release procedure\n\n- [ ] Look\n\n".to_vec();
        long.resize(MAX_BYTES + 1, b'x');
        for (bytes, why) in [(of(MAX_STEPS + 2), "10002 steps"), (long, "1048576 bytes")] {
            let book = read("large", &bytes);
            assert_eq!((book.title.as_str(), book.procedures.len()), ("large", 0), "{why}");
            assert_eq!(book.diagnostics.len(), 1, "{why}");
            let error = &book.diagnostics[0];
            assert!(
                error.severity == Severity::Error && error.message.contains(why),
                "{}",
                error.message
            );
        }
    }

    #[test]
    fn no_more_than_is_needed_is_taken_from_the_disk() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.md");
        File::create(&path).unwrap().set_len(1 << 40).unwrap();
        assert_eq!(read_bytes(&path).unwrap().len(), MAX_BYTES + 1);
    }
}
