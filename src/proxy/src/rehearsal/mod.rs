//! A stand-in platform on loopback, to rehearse a release against: the API, GitHub's workflow runs, the database and the
//! programs that gates run. Faults can be switched on in each of them.

mod cluster;
mod database;
mod error;
mod faults;
mod platform;
mod programs;
mod stand_in;
#[cfg(test)]
mod tests;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use holdpoint_gates::config::{Environment, Secret};
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use cluster::Cluster;
use database::Database;
pub use error::RehearsalError;
use error::failed;
pub use faults::{Fault, Pretence};
pub use holdpoint_domain::wire::FaultState;
use platform::{ApiListener, Shared};
pub use stand_in::stand_in;

/// How often the workers report.
const HEARTBEAT_EVERY: Duration = Duration::from_secs(5);
/// The programs that gates and runbooks name. None of them is ever run for real in a rehearsal.
const PROGRAMS: [&str; 11] = [
    "python",
    "python3",
    "pytest",
    "pwsh",
    "powershell",
    "npm",
    "git",
    "psql",
    "railway",
    "curl",
    "supabase",
];
/// What the golden path identifies itself with. It opens nothing, and shows that it is redacted.
const API_KEY: &str = "df_rehearsal_5f0c1d7e9b3a";
/// What GitHub would be asked with.
const GITHUB_TOKEN: &str = "ghp_rehearsal_2b8e4c6a1d9f";

/// The stand-in platform. Dropping it ends everything; [`Rehearsal::stop`] also waits for the end.
#[derive(Debug)]
pub struct Rehearsal {
    shared: Arc<Shared>,
    folder: PathBuf,
    program: PathBuf,
    api_url: String,
    github_url: String,
    /// What gates connect with, or why they cannot.
    database: Result<PathBuf, String>,
    cluster: Option<Cluster>,
    tasks: TaskTracker,
    ending: CancellationToken,
    _end_when_dropped: DropGuard,
}

impl Rehearsal {
    /// Starts the platform. `folder` is its own, inside the data folder; it is made where it is missing.
    ///
    /// Without PostgreSQL's programs, or with a PostgreSQL that does not start, the rehearsal goes on without a database.
    ///
    /// # Errors
    /// When the folder cannot be written to, or no loopback port can be had.
    pub async fn start(folder: &Path) -> Result<Self, RehearsalError> {
        Self::start_with(folder, programs::find_binaries()).await
    }

    async fn start_with(folder: &Path, postgresql: Option<PathBuf>) -> Result<Self, RehearsalError> {
        // The checkout that commands believe to run in.
        make_folder(&folder.join("repository/dragonfly-dashboard"))?;
        let folder = folder
            .canonicalize()
            .map_err(failed("resolving the rehearsal's folder"))?;
        let program = std::env::current_exe().map_err(failed("finding this program's own path"))?;

        let pretence = Pretence::default();
        pretence
            .write(&folder.join("faults.json"))
            .map_err(failed("writing the stand-ins' state"))?;
        write_private(&folder.join("api-key"), API_KEY)?;
        write_private(&folder.join("github-token"), GITHUB_TOKEN)?;

        let (cluster, database) = start_database(&folder, postgresql).await;
        let (connection, database) = match database {
            Ok(database) => {
                let file = folder.join("database-url");
                let url = cluster.as_ref().map(|cluster| cluster.address.for_gates());
                write_private(&file, &url.unwrap_or_else(String::new))?;
                (Ok(file), Some(database))
            }
            Err(reason) => (Err(reason), None),
        };

        let shared = Arc::new(Shared::new(pretence, database));
        let (tasks, ending) = (TaskTracker::new(), CancellationToken::new());
        let (api, api_url) = listen().await?;
        let (github, github_url) = listen().await?;
        let api = ApiListener {
            listener: api,
            shared: Arc::clone(&shared),
        };
        tasks.spawn(serve(
            axum::serve(api, platform::api(Arc::clone(&shared))).into_future(),
            ending.clone(),
        ));
        tasks.spawn(serve(
            axum::serve(github, platform::github(Arc::clone(&shared))).into_future(),
            ending.clone(),
        ));
        tasks.spawn(keep_beating(Arc::clone(&shared), ending.clone()));
        tasks.close();

        let end_when_dropped = ending.clone().drop_guard();
        Ok(Self {
            shared,
            folder,
            program,
            api_url,
            github_url,
            database: connection,
            cluster,
            tasks,
            ending,
            _end_when_dropped: end_when_dropped,
        })
    }

    /// Makes an environment ask this platform and nothing else.
    pub fn apply(&self, environment: &mut Environment) {
        // What gates are is still told by the declaration: this platform has other ports after each start.
        environment.declared = Some(Box::new(environment.clone()));
        environment.production = false;
        environment.rehearsal = true;
        environment.private_addresses = true;
        environment.hosts.clear();
        environment.urls.insert("api".to_owned(), self.api_url.clone());
        environment.urls.insert("github".to_owned(), self.github_url.clone());
        environment
            .variables
            .insert("api_base_url".to_owned(), self.api_url.clone());
        environment.variables.insert("mode".to_owned(), "rehearsal".to_owned());
        environment
            .secrets
            .insert("api_key".to_owned(), in_file(&self.folder.join("api-key")));
        environment
            .secrets
            .insert("github_token".to_owned(), in_file(&self.folder.join("github-token")));
        environment.folder = Some(self.folder.join("repository").display().to_string());
        match &self.database {
            Ok(file) => {
                environment.databases.insert("main".to_owned(), in_file(file));
                environment.unavailable.remove("main");
            }
            Err(reason) => {
                environment.unavailable.insert("main".to_owned(), reason.clone());
            }
        }
        for program in PROGRAMS {
            environment
                .programs
                .insert(program.to_owned(), self.stand_in_for(program));
        }
    }

    fn stand_in_for(&self, program: &str) -> Vec<String> {
        let state = self.state_file();
        let (this, state) = (self.program.display().to_string(), state.display().to_string());
        [&this, "stand-in", "--state", &state, "--", program]
            .map(ToOwned::to_owned)
            .to_vec()
    }

    fn state_file(&self) -> PathBuf {
        self.folder.join("faults.json")
    }

    /// The base URL of the stand-in API.
    #[must_use]
    pub fn api_url(&self) -> &str {
        &self.api_url
    }

    /// Every fault, and whether it is on.
    #[must_use]
    pub fn faults(&self) -> Vec<FaultState> {
        let pretence = self.shared.pretence();
        Fault::ALL
            .into_iter()
            .map(|fault| fault.state(pretence.has(fault)))
            .collect()
    }

    /// Switches a fault on or off. It is in effect when this returns.
    ///
    /// # Errors
    /// When there is no such fault, or when the database or the state file does not take it.
    pub async fn set_fault(&self, id: &str, on: bool) -> Result<(), RehearsalError> {
        let fault = Fault::from_id(id).ok_or_else(|| RehearsalError::UnknownFault { id: id.to_owned() })?;
        let _one_at_a_time = self.shared.changing.lock().await;
        let mut pretence = self.shared.pretence();
        if on {
            pretence.faults.insert(fault);
        } else {
            pretence.faults.remove(&fault);
        }
        if let Some(database) = &self.shared.database {
            let refused = |source| RehearsalError::Database {
                id: id.to_owned(),
                source,
            };
            database.set_fault(fault, on, &pretence).await.map_err(refused)?;
        }
        self.pretend(pretence)
    }

    /// The platform has this commit deployed from now on, as it would at the end of the release that is rehearsed.
    pub async fn set_release(&self, git_sha: &str, version: &str) {
        let _one_at_a_time = self.shared.changing.lock().await;
        let mut pretence = self.shared.pretence();
        git_sha.clone_into(&mut pretence.git_sha);
        version.clone_into(&mut pretence.version);
        if let Err(error) = self.pretend(pretence) {
            // The API still reports the old commit then, and gates that compare it fail, as they should.
            tracing::error!(%error, "the rehearsal did not take the released commit");
        }
    }

    fn pretend(&self, pretence: Pretence) -> Result<(), RehearsalError> {
        pretence
            .write(&self.state_file())
            .map_err(failed("writing the stand-ins' state"))?;
        self.shared.set_pretence(pretence);
        Ok(())
    }

    /// Ends everything, and returns when it is gone.
    pub async fn stop(self) {
        self.ending.cancel();
        self.tasks.wait().await;
        if let Some(database) = &self.shared.database {
            database.close().await;
        }
        if let Some(cluster) = self.cluster
            && let Err(error) = cluster.stop().await
        {
            tracing::warn!(%error, "the rehearsal's PostgreSQL could not be waited for");
        }
    }
}

/// A cluster with its database, or the reason why there is none.
async fn start_database(folder: &Path, postgresql: Option<PathBuf>) -> (Option<Cluster>, Result<Database, String>) {
    let cluster = match Cluster::start(folder, postgresql).await {
        Ok(cluster) => cluster,
        Err(error) => {
            tracing::warn!(%error, "the rehearsal has no database");
            return (None, Err(format!("The rehearsal has no database: {error}.")));
        }
    };
    match Database::create(&cluster.address).await {
        Ok(database) => (Some(cluster), Ok(database)),
        Err(error) => {
            tracing::warn!(%error, "the rehearsal's database could not be filled");
            (
                None,
                Err(format!("The rehearsal's database could not be filled: {error}.")),
            )
        }
    }
}

async fn serve(server: impl Future<Output = io::Result<()>>, ending: CancellationToken) {
    tokio::select! {
        result = server => if let Err(error) = result {
            tracing::error!(%error, "a stand-in server of the rehearsal ended");
        },
        () = ending.cancelled() => {}
    }
}

async fn keep_beating(shared: Arc<Shared>, ending: CancellationToken) {
    let Some(database) = &shared.database else { return };
    loop {
        tokio::select! {
            () = tokio::time::sleep(HEARTBEAT_EVERY) => {}
            () = ending.cancelled() => return,
        }
        let _not_while_a_fault_changes = shared.changing.lock().await;
        if let Err(error) = database.beat(&shared.pretence()).await {
            tracing::warn!(%error, "the rehearsal's workers could not report");
        }
    }
}

async fn listen() -> Result<(TcpListener, String), RehearsalError> {
    let listener = TcpListener::bind(("127.0.0.1", 0))
        .await
        .map_err(failed("listening on 127.0.0.1"))?;
    let address = listener.local_addr().map_err(failed("listening on 127.0.0.1"))?;
    Ok((listener, format!("http://{address}")))
}

fn make_folder(folder: &Path) -> Result<(), RehearsalError> {
    std::fs::create_dir_all(folder).map_err(failed("making its folder"))
}

/// Writes a file that only its owner can read.
fn write_private(path: &Path, text: &str) -> Result<(), RehearsalError> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let open = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path);
    open.and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(failed("writing a secret's file"))
}

fn in_file(path: &Path) -> Secret {
    Secret {
        env: None,
        file: Some(path.display().to_string()),
    }
}
