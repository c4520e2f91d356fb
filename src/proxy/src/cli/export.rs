//! `holdpoint export SESSION`.

use std::fs::{File, Permissions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use holdpoint_domain::session::SessionId;
use holdpoint_domain::wire::report_number;
use holdpoint_report::{ExportError, Format, TemplateExport};
use tokio::task::spawn_blocking;

use super::{CliError, DataArgs, FOUND_WRONG};
use crate::data::DataFolder;
use crate::exports::{ExportFailure, SessionExport};
use crate::report_templates;
use crate::store::{SqliteStore, Store};

/// What to write of a session.
pub(super) enum What {
    Format(Format),
    /// As a template of the runbooks' folder makes it.
    Template {
        runbooks: PathBuf,
        template: String,
    },
}

pub(super) async fn export(
    session: String,
    what: What,
    output: Option<PathBuf>,
    data: DataArgs,
) -> Result<ExitCode, CliError> {
    let folder = DataFolder::find(data.data_dir)?;
    folder.must_exist()?;
    let store = Arc::new(SqliteStore::open_to_read(&folder).await?);
    let ids: Vec<SessionId> = store.sessions().await?.into_iter().map(|row| row.id).collect();
    let id = match report_number(&session) {
        Some((day, number)) => {
            let found = store.session_of_day(day, number).await?;
            found.ok_or_else(|| CliError::NoSession {
                session: session.clone(),
                data: folder.path().to_owned(),
            })?
        }
        None => find(&ids, &session, &folder)?,
    };
    let export = SessionExport::prepare(Arc::clone(&store) as Arc<dyn Store>, id).await?;
    let head = export.head().clone();
    let problem = spawn_blocking(move || match what {
        What::Format(format) => {
            write(output, &|out| export.write(out, format))?;
            Ok(None)
        }
        What::Template { runbooks, template } => {
            let made = by_template(&export, &runbooks, template)?;
            write(output, &|out| Ok(out.write_all(made.text.as_bytes())?))?;
            Ok::<_, CliError>(made.problem)
        }
    })
    .await
    .map_err(ExportFailure::from)??;
    store.close().await;
    // Whoever keeps this can tell later whether what was exported is what was recorded.
    eprintln!("holdpoint: session {id}, {} events, head hash {}", head.seq, head.hash);
    Ok(match problem {
        None => ExitCode::SUCCESS,
        Some(problem) => {
            eprintln!("holdpoint: the template could not be used, so the shipped report was written: {problem}");
            ExitCode::from(FOUND_WRONG)
        }
    })
}

fn by_template(export: &SessionExport, runbooks: &Path, template: String) -> Result<TemplateExport, CliError> {
    let folder = runbooks.join(report_templates::FOLDER);
    let there = report_templates::files(runbooks).map_err(|source| CliError::Read {
        path: folder.clone(),
        source,
    })?;
    let Some(file) = report_templates::file_of(&there, &template) else {
        return Err(CliError::NoTemplate {
            template,
            folder,
            there,
        });
    };
    let made = export.by_template(report_templates::read(runbooks, &file));
    Ok(made.map_err(ExportFailure::from)?)
}

fn write(
    output: Option<PathBuf>,
    export: &dyn Fn(&mut dyn io::Write) -> Result<(), ExportError>,
) -> Result<(), CliError> {
    match output {
        Some(path) => write_whole(&path, export).map_err(|error| match error {
            ExportError::Write(source) => CliError::Write { path, source },
            other => ExportFailure::from(other).into(),
        }),
        None => buffered(io::stdout().lock(), export).map_err(|error| match error {
            ExportError::Write(source) => CliError::Print(source),
            other => ExportFailure::from(other).into(),
        }),
    }
}

/// Bytes that are written at once.
const AT_ONCE: usize = 64 * 1024;

/// Writes all of it, to the last byte that waits in the buffer.
fn buffered(
    to: impl io::Write,
    write: impl FnOnce(&mut dyn io::Write) -> Result<(), ExportError>,
) -> Result<(), ExportError> {
    let mut out = BufWriter::with_capacity(AT_ONCE, to);
    write(&mut out)?;
    Ok(out.flush()?)
}

/// Writes a file that is there whole or, if anything fails, as it was before: it is written beside its place under another name and
/// takes its place in the end. What is no file, such as a pipe, is written to as it is.
fn write_whole(
    path: &Path,
    write: impl FnOnce(&mut dyn io::Write) -> Result<(), ExportError>,
) -> Result<(), ExportError> {
    // What a link leads to is written, and the link stays.
    let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if std::fs::metadata(&path).is_ok_and(|found| !found.is_file()) {
        let file = File::options().write(true).open(&path)?;
        return buffered(file, write);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut beside = tempfile::Builder::new();
    // What the umask leaves of these is what any new file has.
    beside.prefix(".holdpoint-").permissions(Permissions::from_mode(0o666));
    let file = beside.tempfile_in(folder.unwrap_or(Path::new(".")))?;
    if let Ok(found) = std::fs::metadata(&path) {
        file.as_file().set_permissions(found.permissions())?;
    }
    buffered(file.as_file(), write)?;
    file.as_file().sync_all()?;
    file.persist(&path).map_err(|error| error.error)?;
    Ok(())
}

/// The session with this id, or the only one whose id begins or ends so.
fn find(ids: &[SessionId], wanted: &str, folder: &DataFolder) -> Result<SessionId, CliError> {
    let plain = wanted.replace('-', "").to_ascii_lowercase();
    let is_meant = |id: &SessionId| {
        let id = id.simple().to_string();
        !plain.is_empty() && (id.starts_with(&plain) || id.ends_with(&plain))
    };
    let found: Vec<SessionId> = ids.iter().copied().filter(is_meant).collect();
    match found.as_slice() {
        [one] => Ok(*one),
        [] => Err(CliError::NoSession {
            session: wanted.to_owned(),
            data: folder.path().to_owned(),
        }),
        many => Err(CliError::ManySessions {
            session: wanted.to_owned(),
            count: many.len(),
            listed: listed(many),
        }),
    }
}

/// The first few of the ids.
fn listed(ids: &[SessionId]) -> String {
    const SHOWN: usize = 10;
    let mut shown: Vec<String> = ids.iter().take(SHOWN).map(ToString::to_string).collect();
    if ids.len() > SHOWN {
        shown.push(format!("and {} more", ids.len() - SHOWN));
    }
    shown.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_found_by_either_end_of_its_id() {
        let data = tempfile::tempdir().unwrap();
        let folder = DataFolder::find(Some(data.path().to_owned())).unwrap();
        let ids = [
            "0199c2d4-0000-7000-8000-0000000000aa",
            "0199c2d4-1111-7000-8000-0000000000bb",
        ];
        let ids = ids.map(|id| id.parse::<SessionId>().unwrap());
        for (wanted, found) in [
            ("0000000000aa", 0),
            ("aa", 0),
            ("0199c2d4-1", 1),
            ("0199C2D40", 0),
            ("0199c2d4-1111-7000-8000-0000000000bb", 1),
        ] {
            assert_eq!(find(&ids, wanted, &folder).unwrap(), ids[found], "{wanted}");
        }
        let error = find(&ids, "0199c2d4", &folder).unwrap_err().to_string();
        assert!(ids.iter().all(|id| error.contains(&id.to_string())), "{error}");
        for nothing in ["", "-", "0199c2d5", "7000"] {
            assert!(find(&ids, nothing, &folder).is_err(), "{nothing}");
        }
    }

    #[test]
    fn a_file_is_written_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("report.md"), folder.path().join("link.md"));
        let files = || std::fs::read_dir(folder.path()).unwrap().count();
        let whole = |out: &mut dyn io::Write| Ok(out.write_all(b"new").and_then(|()| out.flush())?);
        let half = |out: &mut dyn io::Write| {
            out.write_all(b"half").and_then(|()| out.flush())?;
            Err(ExportError::NoStart)
        };
        assert!(write_whole(&path, half).is_err());
        assert_eq!(files(), 0, "nothing is left of it");
        std::fs::write(&path, "old").unwrap();
        std::fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert!(write_whole(&link, half).is_err());
        assert_eq!((std::fs::read_to_string(&path).unwrap().as_str(), files()), ("old", 2));
        write_whole(&link, whole).unwrap();
        assert_eq!((std::fs::read_to_string(&path).unwrap().as_str(), files()), ("new", 2));
        assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
        // What waits in a buffer is written, and said to be lost where it is.
        let unflushed = |out: &mut dyn io::Write| Ok(out.write_all(b"last")?);
        write_whole(&path, unflushed).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "last");
        assert!(matches!(
            write_whole(Path::new("/dev/full"), unflushed),
            Err(ExportError::Write(_))
        ));
        // What is no file is not replaced by one.
        write_whole(Path::new("/dev/null"), whole).unwrap();
        assert!(!std::fs::metadata("/dev/null").unwrap().is_file());
    }
}
