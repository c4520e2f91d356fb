//! `holdpoint export SESSION`.

use std::path::PathBuf;
use std::process::ExitCode;

use holdpoint_domain::session::SessionId;
use holdpoint_domain::wire::SessionBrief;
use holdpoint_report::{self as exports, Format};

use super::{CliError, DataArgs, print};
use crate::data::DataFolder;
use crate::engine::{list_sessions, number_of};
use crate::store::{SqliteStore, Store, all_events};

pub(super) async fn export(
    session: String,
    format: Format,
    output: Option<PathBuf>,
    data: DataArgs,
) -> Result<ExitCode, CliError> {
    let folder = DataFolder::find(data.data_dir)?;
    folder.must_exist()?;
    let store = SqliteStore::open_beside(&folder).await?;
    let list = list_sessions(&store).await?;
    let id = match find(&list, &session, &folder) {
        Ok(id) => id,
        // One that cannot be read is not in the list. What is wrong with it is said when it is read.
        Err(error) => match session.parse() {
            Ok(id) if store.head(id).await?.is_some() => id,
            _ => return Err(error),
        },
    };
    let records = all_events(&store, id, 0).await?;
    store.close().await;
    let text = exports::export(&records, number_of(&list, id), format)?;
    match output {
        Some(path) => std::fs::write(&path, text).map_err(|source| CliError::Write { path, source })?,
        None => print(&text)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The session with this id, or the only one whose id ends so.
fn find(list: &[SessionBrief], wanted: &str, folder: &DataFolder) -> Result<SessionId, CliError> {
    let plain = wanted.replace('-', "").to_ascii_lowercase();
    let ends = |id: &SessionId| !plain.is_empty() && id.simple().to_string().ends_with(&plain);
    let found: Vec<SessionId> = list.iter().map(|brief| brief.id).filter(ends).collect();
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
