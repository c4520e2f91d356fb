//! The stand-in platform: its server, its state, and what it answers.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use holdpoint_domain::wire::FaultState;
use holdpoint_gates::config::GatesFile;
use holdpoint_gates::fill::Values;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use crate::answer::{Answer, CommandAnswer, HttpAnswer};
use crate::answers::Answers;
use crate::cannot::CannotRehearse;
use crate::error::{RehearsalError, failed};
use crate::file::RehearsalFile;
use crate::server;
use crate::shared::Shared;
use crate::stand_in::Script;
use crate::state::{PlatformState, StateFile};
use crate::tickets::Ticket;

/// The stand-in platform. Dropping it ends everything; [`Rehearsal::stop`] also waits for the end.
#[derive(Debug)]
pub struct Rehearsal {
    shared: Arc<Shared>,
    folder: PathBuf,
    file: StateFile,
    url: String,
    /// One change of the state at a time: the memory and the file say the same after each.
    changing: tokio::sync::Mutex<()>,
    tasks: TaskTracker,
    ending: CancellationToken,
    _end_when_dropped: DropGuard,
}

impl Rehearsal {
    /// Starts the platform for these gates, and makes their environments ask it: those that are marked `rehearsal`, or all of
    /// them where none is. The others are taken out. `folder` is its own, inside the data folder; it is made where it is
    /// missing.
    ///
    /// # Errors
    /// There is no environment, the folder cannot be written to, or no loopback port can be had.
    pub async fn start(folder: &Path, gates: &mut GatesFile, file: RehearsalFile) -> Result<Self, RehearsalError> {
        keep_rehearsed(gates);
        if gates.environments.is_empty() {
            return Err(RehearsalError::NothingToRehearse);
        }
        std::fs::create_dir_all(folder).map_err(failed("making its folder"))?;
        let folder = folder
            .canonicalize()
            .map_err(failed("resolving the rehearsal's folder"))?;
        let (listener, url) = server::listen().await.map_err(failed("listening on 127.0.0.1"))?;
        for environment in gates.environments.values_mut() {
            environment.production = false;
            environment.rehearsal = true;
            environment.stand_in = Some(url.clone());
        }

        let answers = Answers::new(gates.clone(), file);
        let state_file = StateFile::new(&folder);
        let known = ids(&answers);
        let state = PlatformState {
            on: state_file.read().into_iter().filter(|id| known.contains(id)).collect(),
            git_sha: "a1b2c3d4e5f60718293a4b5c6d7e8f9012345678".to_owned(),
            version: "v1.4.2".to_owned(),
        };
        let shared = Arc::new(Shared::new(answers, state));
        let (tasks, ending) = (TaskTracker::new(), CancellationToken::new());
        tasks.spawn(server::serve(
            listener,
            Arc::clone(&shared),
            tasks.clone(),
            ending.clone(),
        ));
        let end_when_dropped = ending.clone().drop_guard();
        Ok(Self {
            shared,
            file: state_file,
            folder,
            url,
            changing: tokio::sync::Mutex::default(),
            tasks,
            ending,
            _end_when_dropped: end_when_dropped,
        })
    }

    /// What holds although no fault is on, one sentence each: gates that cannot be rehearsed, and answers of `rehearsal.toml`
    /// that do not pass.
    #[must_use]
    pub fn remarks(&self) -> Vec<String> {
        let remarks = self.shared.answers.remarks().into_iter();
        remarks.map(|remark| remark.message).collect()
    }

    /// The base URL of the server, on loopback.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The folder that stand-in programs run in.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The answer to a gate at this moment, with the faults that are on. `values` are those of the run, as for the gate's own
    /// texts.
    ///
    /// # Errors
    /// There is none, and why.
    pub fn answer(&self, gate: &str, environment: &str, values: &Values) -> Result<Answer, CannotRehearse> {
        self.shared.answer(gate, environment, values)
    }

    /// Gives an answer to whoever asks the server with the ticket.
    #[must_use]
    pub fn at_server(&self, gate: &str, answer: HttpAnswer) -> Ticket {
        self.shared.waiting.put(&self.url, gate, answer)
    }

    /// Writes down what a stand-in program is to do.
    ///
    /// # Errors
    /// The rehearsal's folder cannot be written to.
    pub fn script(&self, answer: &CommandAnswer) -> std::io::Result<Script> {
        Script::write(&self.folder, answer)
    }

    /// Every fault, and whether it is on: the named ones first, then those of each gate.
    #[must_use]
    pub fn faults(&self) -> Vec<FaultState> {
        self.shared.answers.faults(&self.shared.state().on)
    }

    /// Switches a fault on or off. It is in effect, and kept over a restart, when this returns.
    ///
    /// # Errors
    /// There is no such fault, or the state cannot be kept.
    pub async fn set_fault(&self, id: &str, on: bool) -> Result<(), RehearsalError> {
        if !ids(&self.shared.answers).contains(id) {
            return Err(RehearsalError::UnknownFault { id: id.to_owned() });
        }
        let _one_at_a_time = self.changing.lock().await;
        let mut state = self.shared.state();
        if on {
            state.on.insert(id.to_owned());
        } else {
            state.on.remove(id);
        }
        self.file.write(&state.on).map_err(failed("keeping its faults"))?;
        self.shared.set_state(state);
        Ok(())
    }

    /// The session that started last releases this commit: a browser that asks without a run gets it.
    pub async fn set_release(&self, git_sha: &str, version: &str) {
        let _one_at_a_time = self.changing.lock().await;
        let mut state = self.shared.state();
        git_sha.clone_into(&mut state.git_sha);
        version.clone_into(&mut state.version);
        self.shared.set_state(state);
    }

    /// Ends everything, and returns when it is gone.
    pub async fn stop(&self) {
        self.ending.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

/// Takes out the environments that are not rehearsed: those that are not marked, where one is.
pub(crate) fn keep_rehearsed(gates: &mut GatesFile) {
    if gates.environments.values().any(|environment| environment.rehearsal) {
        gates.environments.retain(|_, environment| environment.rehearsal);
    }
}

fn ids(answers: &Answers) -> BTreeSet<String> {
    answers
        .faults(&BTreeSet::new())
        .into_iter()
        .map(|fault| fault.id)
        .collect()
}
