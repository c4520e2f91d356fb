//! A team's own reports: templates in the folder `templates` beside the runbooks, read when they are asked for.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use holdpoint_report::{ReportTemplate, TEMPLATE_LIMIT, TemplateError, TemplateKind};

use crate::runbook_size;

/// The folder, within that of the runbooks.
pub const FOLDER: &str = "templates";
/// Templates that are offered at most.
const MOST: usize = 50;

/// What is wrong with a template, and where.
#[derive(Debug)]
pub struct TemplateProblem {
    pub path: PathBuf,
    pub error: TemplateError,
}

/// The names of the templates' files, in order. None where there is no folder.
///
/// # Errors
/// The folder cannot be read.
pub fn files(runbooks: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(runbooks.join(FOLDER)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| kind_of(name).is_some() && is_plain(name))
        .collect();
    names.sort();
    names.truncate(MOST);
    Ok(names)
}

/// The file of a template that is named by its file's name, or by its stem where that is one file's alone.
#[must_use]
pub fn file_of(files: &[String], wanted: &str) -> Option<String> {
    let stem = |file: &&String| file.rsplit_once('.').is_some_and(|(stem, _)| stem == wanted);
    match files.iter().find(|file| *file == wanted) {
        Some(file) => Some(file.clone()),
        None => match files.iter().filter(stem).collect::<Vec<_>>()[..] {
            [one] => Some(one.clone()),
            _ => None,
        },
    }
}

/// A template as it is on disk now.
///
/// # Errors
/// What is wrong with it, and what kind of report stands in its place.
pub fn read(runbooks: &Path, file: &str) -> Result<ReportTemplate, (TemplateKind, TemplateError)> {
    let kind = kind_of(file).unwrap_or(TemplateKind::Md);
    let wrong = |message: String| TemplateError {
        file: file.to_owned(),
        line: None,
        message,
    };
    let text = text_of(runbooks, file).map_err(|error| (kind, wrong(format!("it cannot be read: {error}."))))?;
    ReportTemplate::new(file, &text).map_err(|error| (kind, error))
}

fn text_of(runbooks: &Path, file: &str) -> io::Result<String> {
    let folder = runbooks.join(FOLDER).canonicalize()?;
    let path = folder.join(file).canonicalize()?;
    if !is_plain(file) || !path.starts_with(&folder) {
        return Err(io::Error::other("it is not in the folder of templates"));
    }
    if fs::metadata(&path)?.len() > TEMPLATE_LIMIT as u64 {
        return Err(io::Error::other("a template has at most 256 KiB"));
    }
    let bytes = runbook_size::read_bytes(&path)?;
    String::from_utf8(bytes).map_err(|_| io::Error::other("it is not UTF-8"))
}

/// What is wrong with the templates of a folder of runbooks.
///
/// # Errors
/// The folder of templates cannot be read.
pub fn problems(runbooks: &Path) -> io::Result<Vec<TemplateProblem>> {
    let found = files(runbooks)?.into_iter().filter_map(|file| {
        let checked = read(runbooks, &file)
            .map_err(|(_, error)| error)
            .and_then(|template| template.check());
        let error = checked.err()?;
        let path = runbooks.join(FOLDER).join(file);
        Some(TemplateProblem { path, error })
    });
    Ok(found.collect())
}

/// A name, and never a way out of the folder.
fn is_plain(name: &str) -> bool {
    !name.starts_with('.') && !name.contains(['/', '\\', '\0']) && name.len() <= 100
}

fn kind_of(name: &str) -> Option<TemplateKind> {
    match name.rsplit_once('.') {
        Some((stem, "md")) if !stem.is_empty() => Some(TemplateKind::Md),
        Some((stem, "html")) if !stem.is_empty() => Some(TemplateKind::Html),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_the_files_of_their_folder_and_no_others() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(files(dir.path()).unwrap(), Vec::<String>::new());
        let folder = dir.path().join(FOLDER);
        fs::create_dir(&folder).unwrap();
        for (name, text) in [
            ("a.md", "{{ report.id }}"),
            ("a.html", "{{ report.id"),
            ("b.md", "{% include 'a.md' %}"),
            ("notes.txt", "x"),
            (".hidden.md", "x"),
            (".md", "x"),
        ] {
            fs::write(folder.join(name), text).unwrap();
        }
        fs::write(dir.path().join("outside.md"), "secret").unwrap();
        std::os::unix::fs::symlink(dir.path().join("outside.md"), folder.join("link.md")).unwrap();
        let all = files(dir.path()).unwrap();
        assert_eq!(all, ["a.html", "a.md", "b.md", "link.md"]);
        let found = |wanted| file_of(&all, wanted);
        assert_eq!([found("a.md"), found("b")], [Some("a.md".into()), Some("b.md".into())]);
        assert_eq!([found("a"), found("c.md"), found("../outside.md")], [None, None, None]);
        let wrong: Vec<String> = problems(dir.path())
            .unwrap()
            .iter()
            .map(|one| one.error.to_string())
            .collect();
        assert_eq!(wrong.len(), 3, "{wrong:?}");
        assert!(wrong[0].starts_with("a.html, line 1: syntax error"), "{wrong:?}");
        assert!(wrong[1].starts_with("b.md, line 1: "), "{wrong:?}");
        assert!(
            wrong[2].starts_with("link.md: it cannot be read: it is not in the folder"),
            "{wrong:?}"
        );
        for out in ["../outside.md", "/etc/passwd", "..", ".hidden.md"] {
            assert!(read(dir.path(), out).is_err(), "{out}");
        }
    }
}
