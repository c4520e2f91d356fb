//! `holdpoint anchor`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use holdpoint_domain::session::SessionId;
use reqwest::header::CONTENT_TYPE;
use secrecy::{ExposeSecret, SecretString};

use super::{CliError, DataArgs, FOUND_WRONG, print};
use crate::anchors::{self, Anchor};
use crate::clock;
use crate::data::DataFolder;
use crate::exports::ExportFailure;
use crate::store::{SqliteStore, Store};

/// How long the receiver may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where anchors go, or what is to be checked.
#[derive(Debug, Args)]
pub(super) struct AnchorArgs {
    /// Add the heads that are not in this file yet to its end, one line of JSON for each session
    #[arg(long, env = "HOLDPOINT_ANCHOR_FILE")]
    file: Option<PathBuf>,
    /// Post the heads of all sessions to this address, one line of JSON for each
    #[arg(long, env = "HOLDPOINT_ANCHOR_WEBHOOK", hide_env_values = true)]
    webhook: Option<SecretString>,
    /// Check every session that this file has an anchor of, and write nothing; exit with 1 if a log was cut or rebuilt since
    #[arg(long, conflicts_with_all = ["file", "webhook"])]
    check: Option<PathBuf>,
    #[command(flatten)]
    pub(super) data: DataArgs,
}

pub(super) async fn anchor(args: AnchorArgs) -> Result<ExitCode, CliError> {
    let folder = DataFolder::find(args.data.data_dir)?;
    folder.must_exist()?;
    let store = Arc::new(SqliteStore::open_to_read(&folder).await?);
    let shared = Arc::clone(&store) as Arc<dyn Store>;
    let found = match args.check {
        Some(path) => check(&shared, path).await,
        None => write(&shared, args.file, args.webhook).await,
    };
    store.close().await;
    found
}

async fn check(store: &Arc<dyn Store>, path: PathBuf) -> Result<ExitCode, CliError> {
    let known = read(&path)?;
    let findings = anchors::check_database(store, &known)
        .await
        .map_err(ExportFailure::from)?;
    for finding in &findings {
        eprintln!("holdpoint: {finding}.");
    }
    if !findings.is_empty() {
        return Ok(ExitCode::from(FOUND_WRONG));
    }
    let sessions: std::collections::BTreeSet<SessionId> = known.iter().map(|anchor| anchor.session).collect();
    print(&format!(
        "{}: {} anchors of {} sessions hold: no log was cut or rebuilt up to them.\n",
        path.display(),
        known.len(),
        sessions.len()
    ))?;
    Ok(ExitCode::SUCCESS)
}

/// The anchors of a file; lines that prove nothing are told.
pub(super) fn read(path: &Path) -> Result<Vec<Anchor>, CliError> {
    let file = anchors::read(path)?;
    for line in file.torn {
        eprintln!(
            "holdpoint: {}: line {line} was cut off and proves nothing.",
            path.display()
        );
    }
    Ok(file.anchors)
}

async fn write(
    store: &Arc<dyn Store>,
    file: Option<PathBuf>,
    webhook: Option<SecretString>,
) -> Result<ExitCode, CliError> {
    let (heads, unread) = anchors::heads(store, clock::now()).await?;
    let mut code = ExitCode::SUCCESS;
    for (session, error) in &unread {
        eprintln!("holdpoint: session {session}: it is not anchored, because it cannot be read: {error}.");
        code = ExitCode::from(FOUND_WRONG);
    }
    let lines = |heads: &[Anchor]| anchors::lines(heads).map_err(CliError::Json);
    if let Some(url) = &webhook {
        post(url, lines(&heads)?).await?;
    }
    match file {
        Some(path) => {
            let known = match path.exists() {
                true => read(&path)?,
                false => Vec::new(),
            };
            let last: BTreeMap<SessionId, &Anchor> = known.iter().map(|anchor| (anchor.session, anchor)).collect();
            let mut new = Vec::new();
            for head in heads {
                match last.get(&head.session) {
                    Some(last) if last.seq == head.seq && last.hash == head.hash => {}
                    // What was anchored must not be hidden by an anchor of what took its place.
                    Some(last) if last.seq >= head.seq => {
                        eprintln!(
                            "holdpoint: session {}: it is not anchored anew, because its log was cut or rebuilt since event {} was \
                             anchored; `holdpoint anchor --check` says more.",
                            head.session, last.seq
                        );
                        code = ExitCode::from(FOUND_WRONG);
                    }
                    _ => new.push(head),
                }
            }
            anchors::append(&path, &new)?;
            print(&format!("{}: {} anchors added.\n", path.display(), new.len()))?;
        }
        None if webhook.is_some() => print(&format!("{} anchors posted.\n", heads.len()))?,
        None => print(&lines(&heads)?)?,
    }
    Ok(code)
}

/// The address may hold a secret, so that it is in no message.
async fn post(url: &SecretString, body: String) -> Result<(), CliError> {
    // The process makes no other request, so that nobody else has chosen a provider.
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        rustls::crypto::ring::default_provider().install_default().unwrap_or(());
    }
    let refused = |error: reqwest::Error| CliError::Webhook(error.without_url());
    let client = reqwest::Client::builder()
        .user_agent(concat!("holdpoint/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .timeout(PATIENCE)
        .build()
        .map_err(refused)?;
    let sent = client
        .post(url.expose_secret())
        .header(CONTENT_TYPE, "application/x-ndjson")
        .body(body)
        .send()
        .await
        .map_err(refused)?;
    match sent.status().is_success() {
        true => Ok(()),
        false => Err(CliError::WebhookAnswer {
            status: sent.status().as_u16(),
        }),
    }
}
