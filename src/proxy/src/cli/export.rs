//! `holdpoint export SESSION`.

use std::path::PathBuf;
use std::process::ExitCode;

use chrono::NaiveDate;
use holdpoint_domain::session::SessionId;
use holdpoint_report::{self as exports, Format};

use super::{CliError, DataArgs, FOUND_WRONG, print};
use crate::data::DataFolder;
use crate::links::linked_sessions;
use crate::report_templates;
use crate::store::{SqliteStore, Store, all_events};

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
    let store = SqliteStore::open_to_read(&folder).await?;
    let ids: Vec<SessionId> = store.sessions().await?.into_iter().map(|row| row.id).collect();
    let id = match of_report(&session) {
        Some((day, number)) => {
            let found = store.session_of_day(day, number).await?;
            found.ok_or_else(|| CliError::NoSession {
                session: session.clone(),
                data: folder.path().to_owned(),
            })?
        }
        None => find(&ids, &session, &folder)?,
    };
    let records = all_events(&store, id, 0).await?;
    let number = store.number_of_day(id).await?;
    let linked = linked_sessions(&store, id, &records).await?;
    store.close().await;
    let (text, problem) = match what {
        What::Format(format) => (exports::export(&records, number, linked, format)?, None),
        What::Template { runbooks, template } => {
            let folder = runbooks.join(report_templates::FOLDER);
            let there = report_templates::files(&runbooks);
            let there = there.map_err(|source| CliError::Read {
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
            let made = exports::export_by_template(&records, number, linked, report_templates::read(&runbooks, &file))?;
            (made.text, made.problem)
        }
    };
    match output {
        Some(path) => std::fs::write(&path, text).map_err(|source| CliError::Write { path, source })?,
        None => print(&text)?,
    }
    Ok(match problem {
        None => ExitCode::SUCCESS,
        Some(problem) => {
            eprintln!("holdpoint: the template could not be used, so the shipped report was written: {problem}");
            ExitCode::from(FOUND_WRONG)
        }
    })
}

/// The day and the number of the id that a report shows: `2026-11-27-38`.
fn of_report(wanted: &str) -> Option<(String, u32)> {
    let (day, number) = wanted.rsplit_once('-')?;
    // `2026-11-27`. No session's id has two `-` at these places.
    let day = NaiveDate::parse_from_str(day, "%Y-%m-%d").ok()?;
    Some((day.to_string(), number.parse().ok()?))
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
    fn the_id_of_a_report_is_a_day_and_a_number() {
        assert_eq!(of_report("2026-11-27-38"), Some(("2026-11-27".to_owned(), 38)));
        for other in [
            "2026-11-27",
            "2026-13-27-38",
            "2026-11-27-x",
            "0199c2d4-0000-7000-8000-0000000000aa",
            "38",
        ] {
            assert_eq!(of_report(other), None, "{other}");
        }
    }
}
