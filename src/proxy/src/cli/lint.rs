//! `holdpoint lint DIR`.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

use holdpoint_domain::runbook::{Mentioned, Runbook, Severity};
use holdpoint_gates::config::GatesFile;
use holdpoint_gates::error_at;
use holdpoint_reader::LintContext;
use holdpoint_rehearsal::RehearsalError;

use super::lint_secrets::told_secrets;
use super::{CliError, FOUND_WRONG, print};
use crate::config::{self, Config, ConfigError, GATES_FILE, RunbookFile};
use crate::runbook_size;
use crate::runner::program_remarks;

pub(super) fn lint(dir: &Path) -> Result<ExitCode, CliError> {
    let mut report = String::new();
    let mut counts = Counts::default();
    let gates = match Config::load(dir) {
        Ok(config) => {
            lint_gates(dir, &config.gates, &mut report, &mut counts)?;
            lint_powers(dir, &config.gates, &mut report, &mut counts)?;
            lint_programs(dir, &config, &mut report, &mut counts)?;
            lint_rehearsal(dir, &config.gates, &mut report, &mut counts)?;
            for found in told_secrets(dir, &config)? {
                counts.add(Severity::Warning);
                writeln!(report, "{found}").unwrap_or(());
            }
            Some(config.gates.gates.into_keys().collect::<BTreeSet<_>>())
        }
        Err(ConfigError::Gates {
            path,
            line,
            column,
            message,
        }) => {
            counts.add(Severity::Error);
            // Writing to a string cannot fail, here and below.
            writeln!(report, "{}:{line}:{column}: error: {message}", path.display()).unwrap_or(());
            None
        }
        Err(error) => return Err(error.into()),
    };
    let books = read_all(dir)?;
    for (file, book) in &books {
        let known = LintContext {
            gates: gates.clone(),
            files: Some(files(dir, &books, book)),
        };
        for diagnostic in holdpoint_reader::lint(book, &known) {
            counts.add(diagnostic.severity);
            let place = diagnostic.place;
            let word = word(diagnostic.severity);
            let path = file.path.display();
            writeln!(
                report,
                "{path}:{}:{}: {word}: {}",
                place.line, place.column, diagnostic.message
            )
            .unwrap_or(());
        }
    }
    writeln!(
        report,
        "{}",
        counts.sentence(books.len(), gates.as_ref().map(BTreeSet::len))
    )
    .unwrap_or(());
    print(&report)?;
    Ok(if counts.errors > 0 {
        ExitCode::from(FOUND_WRONG)
    } else {
        ExitCode::SUCCESS
    })
}

/// What the SQL gates could do besides reading, and with it that they are to be asked as a role that cannot.
fn lint_powers(dir: &Path, gates: &GatesFile, report: &mut String, counts: &mut Counts) -> Result<(), CliError> {
    let remarks = gates.power_remarks();
    if remarks.is_empty() {
        return Ok(());
    }
    let path = dir.join(GATES_FILE);
    let text = String::from_utf8_lossy(&config::read(&path)?).into_owned();
    for remark in remarks {
        let severity = if remark.acts { Severity::Warning } else { Severity::Info };
        counts.add(severity);
        let at = error_at(&text, &remark.path, remark.message);
        let (path, word) = (path.display(), word(severity));
        writeln!(report, "{path}:{}:{}: {word}: {}", at.line, at.column, at.message).unwrap_or(());
    }
    Ok(())
}

/// The programs that command gates would not find, or may not execute, on this machine.
fn lint_programs(dir: &Path, config: &Config, report: &mut String, counts: &mut Counts) -> Result<(), CliError> {
    let remarks = program_remarks(&config.gates, &config.dir);
    if remarks.is_empty() {
        return Ok(());
    }
    let path = dir.join(GATES_FILE);
    let text = String::from_utf8_lossy(&config::read(&path)?).into_owned();
    for remark in remarks {
        counts.add(Severity::Warning);
        let at = error_at(&text, &remark.path, remark.message);
        let (path, word) = (path.display(), word(Severity::Warning));
        writeln!(report, "{path}:{}:{}: {word}: {}", at.line, at.column, at.message).unwrap_or(());
    }
    Ok(())
}

/// What is right in `gates.toml` and proves less than it may seem. The file is there, because it was read.
fn lint_gates(dir: &Path, gates: &GatesFile, report: &mut String, counts: &mut Counts) -> Result<(), CliError> {
    let path = dir.join(GATES_FILE);
    if gates.gates.is_empty() {
        return Ok(());
    }
    let bytes = config::read(&path)?;
    for remark in gates.remarks(&String::from_utf8_lossy(&bytes)) {
        counts.add(remark.severity);
        let (place, word) = (remark.place, word(remark.severity));
        writeln!(
            report,
            "{}:{}:{}: {word}: {}",
            path.display(),
            place.line,
            place.column,
            remark.message
        )
        .unwrap_or(());
    }
    Ok(())
}

/// What would hold in a rehearsal of the folder: a broken `rehearsal.toml` is an error, an answer in it that does not pass a
/// warning, and a gate for which no answer can be made a remark.
fn lint_rehearsal(dir: &Path, gates: &GatesFile, report: &mut String, counts: &mut Counts) -> Result<(), CliError> {
    let remarks = match holdpoint_rehearsal::lint(&dir.join(GATES_FILE), gates) {
        Ok(remarks) => remarks,
        Err(RehearsalError::File {
            path,
            line,
            column,
            message,
        }) => {
            counts.add(Severity::Error);
            writeln!(report, "{}:{line}:{column}: error: {message}", path.display()).unwrap_or(());
            return Ok(());
        }
        Err(error) => return Err(error.into()),
    };
    for remark in remarks {
        let severity = if remark.is_entry {
            Severity::Warning
        } else {
            Severity::Info
        };
        counts.add(severity);
        let (path, word) = (remark.path.display(), word(severity));
        writeln!(
            report,
            "{path}:{}:{}: {word}: {}",
            remark.line, remark.column, remark.message
        )
        .unwrap_or(());
    }
    Ok(())
}

/// Every runbook of the folder, by name. They are read here once more, because a broken `gates.toml` must not hide what is
/// wrong with them.
fn read_all(dir: &Path) -> Result<Vec<(RunbookFile, Runbook)>, CliError> {
    let mut books = Vec::new();
    for path in config::runbook_paths(dir)? {
        let read = runbook_size::read_bytes(&path);
        let bytes = read.map_err(|source| CliError::Read {
            path: path.clone(),
            source,
        })?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let book = runbook_size::read(&name, &bytes);
        books.push((RunbookFile::new(name, &bytes, path), book));
    }
    books.sort_by(|one, other| one.0.name.cmp(&other.0.name));
    Ok(books)
}

/// What the runbook's links may lead to: the runbooks with their anchors, and whatever else is there.
fn files(dir: &Path, books: &[(RunbookFile, Runbook)], book: &Runbook) -> BTreeSet<String> {
    let mut files: BTreeSet<String> = BTreeSet::from([GATES_FILE.to_owned()]);
    files.retain(|file| dir.join(file).is_file());
    for (file, other) in books {
        let name = format!("{}.md", file.name);
        files.extend(other.anchors().map(|anchor| format!("{name}#{anchor}")));
        files.insert(name);
    }
    for mention in &book.mentions {
        let Mentioned::Link { target } = &mention.of else {
            continue;
        };
        let path = target.split(['#', '?']).next().unwrap_or(target);
        let path = path.trim_start_matches("./").trim_end_matches('/');
        if !path.is_empty() && !path.contains(':') && dir.join(path).exists() {
            files.insert(path.to_owned());
        }
    }
    files
}

#[derive(Default)]
struct Counts {
    errors: usize,
    warnings: usize,
    infos: usize,
}

impl Counts {
    fn add(&mut self, severity: Severity) {
        match severity {
            Severity::Error => self.errors += 1,
            Severity::Warning => self.warnings += 1,
            Severity::Info => self.infos += 1,
        }
    }

    fn sentence(&self, runbooks: usize, gates: Option<usize>) -> String {
        let gates = gates.map_or_else(|| "gates.toml not read".to_owned(), |count| counted(count, "gate"));
        let runbooks = counted(runbooks, "runbook");
        let errors = counted(self.errors, "error");
        let (warnings, remarks) = (counted(self.warnings, "warning"), counted(self.infos, "remark"));
        format!("{runbooks}, {gates}: {errors}, {warnings}, {remarks}")
    }
}

/// `1 gate`, `2 gates`.
fn counted(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}
