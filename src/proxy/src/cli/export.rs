//! `holdpoint export SESSION`.

use std::path::PathBuf;
use std::process::ExitCode;

use holdpoint_domain::session::SessionId;
use holdpoint_report::{self as exports, Format};

use super::{CliError, DataArgs, print};
use crate::data::DataFolder;
use crate::links::linked_sessions;
use crate::store::{SqliteStore, Store, all_events};

pub(super) async fn export(
    session: String,
    format: Format,
    output: Option<PathBuf>,
    data: DataArgs,
) -> Result<ExitCode, CliError> {
    let folder = DataFolder::find(data.data_dir)?;
    folder.must_exist()?;
    let store = SqliteStore::open_to_read(&folder).await?;
    let ids: Vec<SessionId> = store.sessions().await?.into_iter().map(|row| row.id).collect();
    let id = find(&ids, &session, &folder)?;
    let records = all_events(&store, id, 0).await?;
    let number = store.number_of_day(id).await?;
    let linked = linked_sessions(&store, id, &records).await?;
    store.close().await;
    let text = exports::export(&records, number, linked, format)?;
    match output {
        Some(path) => std::fs::write(&path, text).map_err(|source| CliError::Write { path, source })?,
        None => print(&text)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The session with this id, or the only one whose id ends so.
fn find(ids: &[SessionId], wanted: &str, folder: &DataFolder) -> Result<SessionId, CliError> {
    let plain = wanted.replace('-', "").to_ascii_lowercase();
    let ends = |id: &SessionId| !plain.is_empty() && id.simple().to_string().ends_with(&plain);
    let found: Vec<SessionId> = ids.iter().copied().filter(ends).collect();
    match found.as_slice() {
        [one] => Ok(*one),
        [] => Err(CliError::NoSession {
            session: wanted.to_owned(),
            data: folder.path().to_owned(),
        }),
        many => Err(CliError::ManySessions {
            session: wanted.to_owned(),
            count: many.len(),
        }),
    }
}
