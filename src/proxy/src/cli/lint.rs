//! `holdpoint lint DIR`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use holdpoint_domain::runbook::{Mentioned, Runbook, Severity};
use holdpoint_gates::config::GatesFile;
use holdpoint_gates::error_at;
use holdpoint_reader::LintContext;
use holdpoint_rehearsal::RehearsalError;

use super::lint_findings::Findings;
use super::lint_secrets::{likely_secrets, told_secrets};
use super::{CliError, FOUND_WRONG, print};
use crate::config::{self, Config, ConfigError, GATES_FILE, RunbookFile};
use crate::notify::{self, Declarations, NotificationsError};
use crate::report_templates::{self, TemplateProblem};
use crate::runbook_size;
use crate::runner::program_remarks;

/// What lint came to.
struct Linted {
    findings: Findings,
    runbooks: usize,
    /// None where `gates.toml` could not be read.
    gates: Option<usize>,
}

pub(super) fn lint(path: &Path, deny_warnings: bool) -> Result<ExitCode, CliError> {
    let linted = look(path)?;
    let mut report = String::new();
    for finding in linted.findings.iter() {
        report += &format!("{finding}\n");
    }
    report += &linted.sentence();
    print(&report)?;
    let found = &linted.findings;
    let wrong = found.count(Severity::Error) > 0 || deny_warnings && found.count(Severity::Warning) > 0;
    Ok(if wrong {
        ExitCode::from(FOUND_WRONG)
    } else {
        ExitCode::SUCCESS
    })
}

/// Looks at a folder, or at one file with the `gates.toml` beside it.
fn look(path: &Path) -> Result<Linted, CliError> {
    if !path.is_file() {
        return look_at_folder(path);
    }
    let dir = match path.parent() {
        Some(dir) if dir != Path::new("") => dir.to_owned(),
        _ => PathBuf::from("."),
    };
    let file = dir.join(path.file_name().unwrap_or_default());
    let is_runbook = config::runbook_paths(&dir)?.contains(&file);
    let others = [GATES_FILE, holdpoint_rehearsal::FILE, notify::FILE];
    if !is_runbook && !others.iter().any(|name| dir.join(name) == file) {
        return Err(CliError::NotLinted { path: path.to_owned() });
    }
    let mut linted = look_at_folder(&dir)?;
    linted.runbooks = usize::from(is_runbook);
    let gates_file = dir.join(GATES_FILE);
    let broken = linted.gates.is_none().then_some(gates_file.as_path());
    linted.findings.keep(&file, broken);
    Ok(linted)
}

fn look_at_folder(dir: &Path) -> Result<Linted, CliError> {
    let mut found = Findings::default();
    let gates = match Config::load(dir) {
        Ok(config) => {
            lint_gates(dir, &config.gates, &mut found)?;
            lint_powers(dir, &config.gates, &mut found)?;
            lint_programs(dir, &config, &mut found)?;
            lint_rehearsal(dir, &config.gates, &mut found)?;
            lint_notifications(dir, &config.gates, &mut found)?;
            found.extend(told_secrets(dir, &config)?);
            Some(config.gates.gates.into_keys().collect::<BTreeSet<_>>())
        }
        Err(ConfigError::Gates {
            path,
            line,
            column,
            message,
        }) => {
            found.push(&path, (line, column), Severity::Error, message);
            None
        }
        Err(error) => return Err(error.into()),
    };
    lint_templates(dir, &mut found)?;
    found.extend(likely_secrets(dir)?);
    let books = read_all(dir)?;
    for (file, book) in &books {
        let known = LintContext {
            gates: gates.clone(),
            files: Some(files(dir, &books, book)),
        };
        for diagnostic in holdpoint_reader::lint(book, &known) {
            let at = (diagnostic.place.line, diagnostic.place.column);
            found.push(&file.path, at, diagnostic.severity, diagnostic.message);
        }
    }
    Ok(Linted {
        findings: found.sorted(),
        runbooks: books.len(),
        gates: gates.as_ref().map(BTreeSet::len),
    })
}

/// What the SQL gates could do besides reading, and with it that they are to be asked as a role that cannot.
fn lint_powers(dir: &Path, gates: &GatesFile, found: &mut Findings) -> Result<(), CliError> {
    let remarks = gates.power_remarks();
    if remarks.is_empty() {
        return Ok(());
    }
    let path = dir.join(GATES_FILE);
    let text = String::from_utf8_lossy(&config::read(&path)?).into_owned();
    for remark in remarks {
        let severity = if remark.acts { Severity::Warning } else { Severity::Info };
        let at = error_at(&text, &remark.path, remark.message);
        found.push(&path, (at.line, at.column), severity, at.message);
    }
    Ok(())
}

/// The programs that command gates would not find, or may not execute, on this machine.
fn lint_programs(dir: &Path, config: &Config, found: &mut Findings) -> Result<(), CliError> {
    let remarks = program_remarks(&config.gates, &config.dir);
    if remarks.is_empty() {
        return Ok(());
    }
    let path = dir.join(GATES_FILE);
    let text = String::from_utf8_lossy(&config::read(&path)?).into_owned();
    for remark in remarks {
        let at = error_at(&text, &remark.path, remark.message);
        found.push(&path, (at.line, at.column), Severity::Warning, at.message);
    }
    Ok(())
}

/// What is right in `gates.toml` and proves less than it may seem. The file is there, because it was read.
fn lint_gates(dir: &Path, gates: &GatesFile, found: &mut Findings) -> Result<(), CliError> {
    let path = dir.join(GATES_FILE);
    if gates.gates.is_empty() {
        return Ok(());
    }
    let bytes = config::read(&path)?;
    for remark in gates.remarks(&String::from_utf8_lossy(&bytes)) {
        let place = remark.place;
        found.push(&path, (place.line, place.column), remark.severity, remark.message);
    }
    Ok(())
}

/// The team's own reports that could not be made.
fn lint_templates(dir: &Path, found: &mut Findings) -> Result<(), CliError> {
    let problems = report_templates::problems(dir).map_err(|source| CliError::Read {
        path: dir.join(report_templates::FOLDER),
        source,
    })?;
    for TemplateProblem { path, error } in problems {
        let line = error.line.and_then(|line| u32::try_from(line).ok()).unwrap_or(1);
        found.push(&path, (line, 1), Severity::Error, error.message);
    }
    Ok(())
}

/// What would hold in a rehearsal of the folder: a broken `rehearsal.toml` is an error, an answer in it that does not pass a
/// warning, and a gate for which no answer can be made a remark.
fn lint_rehearsal(dir: &Path, gates: &GatesFile, found: &mut Findings) -> Result<(), CliError> {
    let remarks = match holdpoint_rehearsal::lint(&dir.join(GATES_FILE), gates) {
        Ok(remarks) => remarks,
        Err(RehearsalError::File {
            path,
            line,
            column,
            message,
        }) => {
            found.push(&path, (line, column), Severity::Error, message);
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
        found.push(&remark.path, (remark.line, remark.column), severity, remark.message);
    }
    Ok(())
}

/// A broken `notifications.toml` is an error, because the proxy does not start with it, and a target that is never told anything a
/// warning.
fn lint_notifications(dir: &Path, gates: &GatesFile, found: &mut Findings) -> Result<(), CliError> {
    let declared = match Declarations::load(dir, gates) {
        Ok(declared) => declared,
        Err(NotificationsError::Wrong {
            path,
            line,
            column,
            message,
        }) => {
            found.push(&path, (line, column), Severity::Error, message);
            return Ok(());
        }
        Err(error) => return Err(error.into()),
    };
    if declared.targets.is_empty() {
        return Ok(());
    }
    let path = dir.join(notify::FILE);
    let text = String::from_utf8_lossy(&config::read(&path)?).into_owned();
    for remark in declared.remarks(&text, gates) {
        found.push(&path, (remark.line, remark.column), Severity::Warning, remark.message);
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

impl Linted {
    fn sentence(&self) -> String {
        let gates = self
            .gates
            .map_or_else(|| "gates.toml not read".to_owned(), |count| counted(count, "gate"));
        let runbooks = counted(self.runbooks, "runbook");
        let [errors, warnings, remarks] = [
            (Severity::Error, "error"),
            (Severity::Warning, "warning"),
            (Severity::Info, "remark"),
        ]
        .map(|(severity, what)| counted(self.findings.count(severity), what));
        format!("{runbooks}, {gates}: {errors}, {warnings}, {remarks}\n")
    }
}

/// `1 gate`, `2 gates`.
fn counted(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder of two runbooks, the second with a mistake, and a `gates.toml`.
    fn folder() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
        write("a.md", "# A\n\n- [ ] One\n\n[b](b.md#no-such-place) [c](c.md)\n");
        write(
            "shop.md",
            "# Shop\n\nUse psql postgres://me:hunter2-x@db/main.\n\n- [ ] Verify <!-- holdpoint: gate=site-verison -->\n\n[a](a.md)\n",
        );
        write(
            "gates.toml",
            "[environments.test]\ntitle = \"Test\"\nurls = { api = \"http://a.example\" }\n\n[gates.site-version]\ntitle = \"Site\"\n\
             kind = \"http\"\nhttp = { url = \"{url.api}/\", headers = { x-api-key = \"9f8a7b6c5d4e\" } }\n\
             expect = [{ check = \"status\", equals = 200 }]\n",
        );
        dir
    }

    fn told(path: &Path) -> Vec<String> {
        let linted = look(path).unwrap();
        linted.findings.iter().map(ToString::to_string).collect()
    }

    fn place(told: &str) -> (String, u32) {
        let (path, rest) = told.split_once(':').unwrap();
        let file = path.rsplit('/').next().unwrap().to_owned();
        (file, rest.split(':').next().unwrap().parse().unwrap())
    }

    #[test]
    fn findings_come_in_the_order_of_files_and_lines_and_no_secret_is_printed() {
        let dir = folder();
        let told = told(dir.path());
        let places: Vec<_> = told.iter().map(|one| place(one)).collect();
        let mut sorted = places.clone();
        sorted.sort();
        assert_eq!(places, sorted, "{told:?}");
        for (file, line, said) in [
            (
                "gates.toml",
                8,
                "this looks like the value of the header “x-api-key”, written as it is",
            ),
            ("shop.md", 3, "this looks like a password in an address"),
            ("shop.md", 5, "did you mean “site-version”?"),
        ] {
            let found = told
                .iter()
                .any(|one| place(one) == (file.to_owned(), line) && one.contains(said));
            assert!(found, "{file}:{line} {said}\n{told:#?}");
        }
        let secret = told.iter().any(|one| one.contains("9f8a") || one.contains("hunter2"));
        assert!(!secret, "{told:?}");
    }

    #[test]
    fn one_file_is_looked_at_alone_with_the_gates_toml_of_its_folder() {
        let dir = folder();
        let shop = dir.path().join("shop.md");
        let sentence = look(&shop).unwrap().sentence();
        assert!(
            sentence.starts_with("1 runbook, 1 gate: 1 error, 1 warning, "),
            "{sentence}"
        );
        let of_shop = told(&shop);
        // The links of one to the other are still known to lead somewhere.
        let alone = of_shop
            .iter()
            .all(|one| place(one).0 == "shop.md" && !one.contains("a.md"));
        assert!(alone, "{of_shop:?}");
        let gates = dir.path().join("gates.toml");
        assert!(told(&gates).iter().all(|one| place(one).0 == "gates.toml"));
        std::fs::write(&gates, "[gates.x]\n").unwrap();
        let broken = told(&shop);
        assert!(
            broken
                .iter()
                .any(|one| place(one).0 == "gates.toml" && one.contains(": error: ")),
            "{broken:?}"
        );
        std::fs::write(dir.path().join("notes.txt"), "").unwrap();
        let error = look(&dir.path().join("notes.txt")).err().unwrap().to_string();
        assert!(error.contains("is no runbook"), "{error}");
    }

    #[test]
    fn warnings_are_wrong_where_they_are_denied() {
        let dir = folder();
        std::fs::remove_file(dir.path().join("a.md")).unwrap();
        let text = "# Shop\n\n- [ ] psql postgres://me:hunter2-x@db/main\n";
        std::fs::write(dir.path().join("shop.md"), text).unwrap();
        for (denied, code) in [(false, ExitCode::SUCCESS), (true, ExitCode::from(FOUND_WRONG))] {
            assert_eq!(lint(dir.path(), denied).unwrap(), code, "{denied}");
        }
    }
}
