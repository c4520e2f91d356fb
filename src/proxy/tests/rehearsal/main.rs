//! Gates in a rehearsal, run by the proxy's own runner against the rehearsal's server, rows and processes.

mod faults;
mod nothing_real;
mod shipped;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use holdpoint::config::Config;
use holdpoint::runner::{Progress, RunRequest, Runner};
use holdpoint_domain::gate::Verdict;
use holdpoint_gates::HumanDuration;
use holdpoint_gates::config::GatesFile;
use holdpoint_rehearsal::{Rehearsal, RehearsalFile};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

const GIT_SHA: &str = "c0ffee11d00d22f00d33beef44cafe55babe6677";
const VERSION: &str = "v2.0.1";

/// A folder of runbooks in a rehearsal, and the runner that `holdpoint serve --rehearsal` has.
struct Rehearsed {
    rehearsal: Arc<Rehearsal>,
    gates: GatesFile,
    runner: Runner,
    environment: String,
    _data: tempfile::TempDir,
}

impl Rehearsed {
    /// Rehearses a folder. Waits are cut short by `hurry`, because only their number and order matter here.
    async fn start(folder: &Path, hurry: impl Fn(&mut GatesFile)) -> Self {
        let data = tempfile::tempdir().expect("a folder");
        let mut config = Config::load(folder).unwrap_or_else(|error| panic!("{error}"));
        hurry(&mut config.gates);
        let file = RehearsalFile::load(folder, &config.gates).unwrap_or_else(|error| panic!("{error}"));
        let rehearsal = Rehearsal::start(data.path(), &mut config.gates, file)
            .await
            .expect("the rehearsal starts");
        let rehearsal = Arc::new(rehearsal);
        let gates = config.gates.clone();
        let environment = gates.environments.keys().next().expect("an environment").clone();
        let holdpoint = PathBuf::from(env!("CARGO_BIN_EXE_holdpoint"));
        let runner = Runner::new(Arc::new(config))
            .expect("a runner can be made")
            .rehearsing(Arc::clone(&rehearsal), holdpoint.clone())
            .guarded(holdpoint);
        Self {
            rehearsal,
            gates,
            runner,
            environment,
            _data: data,
        }
    }

    async fn run(&self, gate: &str) -> Verdict {
        self.run_for(gate, GIT_SHA).await.0
    }

    /// Runs a gate for a commit, and gives the pieces of output that were shown meanwhile, too.
    async fn run_for(&self, gate: &str, git_sha: &str) -> (Verdict, Vec<Progress>) {
        let values = [("git_sha", git_sha), ("version", VERSION)];
        let request = RunRequest {
            gate: gate.to_owned(),
            environment: self.environment.clone(),
            values: BTreeMap::from(values.map(|(name, value)| (name.to_owned(), value.to_owned()))),
        };
        let (progress, mut told) = mpsc::channel(64);
        let listening = tokio::spawn(async move {
            let mut all = Vec::new();
            while let Some(piece) = told.recv().await {
                all.push(piece);
            }
            all
        });
        let verdict = self.runner.run(request, progress, CancellationToken::new()).await;
        (verdict, listening.await.expect("the listener only listens"))
    }

    async fn switch(&self, fault: &str, on: bool) {
        let switched = self.rehearsal.set_fault(fault, on).await;
        switched.unwrap_or_else(|error| panic!("{fault}: {error}"));
    }
}

/// Shorter waits: a time limit of a few seconds, and no pause to speak of between attempts.
fn hurry(limit: HumanDuration) -> impl Fn(&mut GatesFile) {
    move |gates| {
        for gate in gates.gates.values_mut() {
            gate.timeout = limit;
            if let Some(retry) = &mut gate.retry {
                retry.pause = HumanDuration::from_millis(1);
            }
            if let Some(poll) = &mut gate.poll {
                poll.every = HumanDuration::from_millis(10);
                poll.until = HumanDuration::from_millis(200);
            }
        }
    }
}
