//! `holdpoint token new` and `holdpoint sign-out --all`.

use std::process::ExitCode;

use secrecy::{ExposeSecret, SecretString};

use super::{CliError, DataArgs, print};
use crate::auth::{AuthError, new_link};
use crate::data::DataFolder;
use crate::store::{SqliteStore, Store};

pub(super) async fn new_link_for(folder: &DataFolder, store: &dyn Store, url: &str) -> Result<String, CliError> {
    folder.note_address(url)?;
    Ok(link(url, &new_link(store).await.map_err(refused)?))
}

pub(super) async fn new_link_of(data: DataArgs) -> Result<ExitCode, CliError> {
    let folder = DataFolder::find(data.data_dir)?;
    folder.must_exist()?;
    let store = SqliteStore::open_beside(&folder).await?;
    let token = new_link(&store).await.map_err(refused)?;
    store.close().await;
    print(&format!("{}\n", link(&folder.address(), &token)))?;
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn sign_all_out(data: DataArgs) -> Result<ExitCode, CliError> {
    let folder = DataFolder::find(data.data_dir)?;
    folder.must_exist()?;
    let store = SqliteStore::open_beside(&folder).await?;
    let ended = store.end_secrets().await?;
    store.close().await;
    let browsers = if ended == 1 { "browser was" } else { "browsers were" };
    print(&format!(
        "{ended} {browsers} signed out. A proxy that is running takes notice within 2 seconds, and ends their live views within \
         10. `holdpoint token new` prints a link to sign in with.\n"
    ))?;
    Ok(ExitCode::SUCCESS)
}

/// The link is a secret; it is made to be printed.
fn link(url: &str, token: &SecretString) -> String {
    format!("{}/sign-in?token={}", url.trim_end_matches('/'), token.expose_secret())
}

fn refused(error: AuthError) -> CliError {
    CliError::SignIn(error)
}
