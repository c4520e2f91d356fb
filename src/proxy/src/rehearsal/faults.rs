//! What can be made to go wrong in a rehearsal, and the file that tells the stand-in programs about it.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use holdpoint_domain::wire::FaultState;
use serde::{Deserialize, Serialize};

/// A fault that can be switched on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The API closes every connection without an answer.
    ApiDown,
    /// The API answers 503.
    #[serde(rename = "api_503")]
    Api503,
    /// The API answers too late.
    ApiSlow,
    /// The API answers with JSON that breaks off.
    MalformedAnswer,
    /// The API reports another commit.
    WrongSha,
    /// The API has lost its database.
    DbDisconnected,
    /// A GitHub workflow failed for the released commit.
    CiFailed,
    /// The workers' heartbeats are old.
    StaleHeartbeat,
    /// `ops.queue_job` has a second signature.
    OverloadedRpc,
    /// `anon` may write to `ops.job_queue`.
    DangerousGrant,
    /// The workers crash again and again.
    WorkerCrashLoop,
    /// The preflight gate fails.
    CommandFailsPreflight,
    /// The migration status reports a pending migration.
    CommandFailsMigrations,
    /// The database contract check fails.
    CommandFailsContract,
    /// The smoke tests fail.
    CommandFailsSmoke,
    /// The golden path fails.
    CommandFailsGoldenPath,
    /// The test suite fails.
    CommandFailsTests,
    /// The doctor and the production gate fail.
    CommandFailsDoctor,
    /// The dashboard cannot be built.
    CommandFailsBuild,
}

impl Fault {
    /// Every fault, in the order in which people see them.
    pub const ALL: [Self; 19] = [
        Self::ApiDown,
        Self::Api503,
        Self::ApiSlow,
        Self::MalformedAnswer,
        Self::WrongSha,
        Self::DbDisconnected,
        Self::CiFailed,
        Self::StaleHeartbeat,
        Self::OverloadedRpc,
        Self::DangerousGrant,
        Self::WorkerCrashLoop,
        Self::CommandFailsPreflight,
        Self::CommandFailsMigrations,
        Self::CommandFailsContract,
        Self::CommandFailsSmoke,
        Self::CommandFailsGoldenPath,
        Self::CommandFailsTests,
        Self::CommandFailsDoctor,
        Self::CommandFailsBuild,
    ];

    /// The fault with this id.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fault| fault.id() == id)
    }

    /// Its id, title and description.
    fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::ApiDown => (
                "api_down",
                "API down",
                "Every connection to the API is closed without an answer. Every API gate and smoke test sees it.",
            ),
            Self::Api503 => (
                "api_503",
                "API answers 503",
                "The API is there, and says that it is starting. Every API gate and smoke test sees it.",
            ),
            Self::ApiSlow => (
                "api_slow",
                "API slow",
                "The API takes 20 seconds for each answer. Every API gate and smoke test sees it.",
            ),
            Self::MalformedAnswer => (
                "malformed_answer",
                "Malformed answer",
                "The API answers 200 with JSON that breaks off. Every API gate and smoke test sees it.",
            ),
            Self::WrongSha => (
                "wrong_sha",
                "Wrong SHA",
                "The API reports a commit that is not the released one. Gates that compare the commit see it.",
            ),
            Self::DbDisconnected => (
                "db_disconnected",
                "Database disconnected",
                "The API answers, and says that it has lost its database. The health gates and the smoke tests see it.",
            ),
            Self::CiFailed => (
                "ci_failed",
                "CI failed",
                "GitHub says that dragonfly-ci.yml failed for the released commit. That workflow's gate sees it.",
            ),
            Self::StaleHeartbeat => (
                "stale_heartbeat",
                "Stale heartbeat",
                "The workers' last heartbeats are 20 minutes old. The heartbeat gates see it.",
            ),
            Self::OverloadedRpc => (
                "overloaded_rpc",
                "Overloaded RPC",
                "ops.queue_job has a second signature. The RPC gates and the contract check see it.",
            ),
            Self::DangerousGrant => (
                "dangerous_grant",
                "Dangerous grant",
                "anon may write to ops.job_queue. The grant gates and the security audit see it.",
            ),
            Self::WorkerCrashLoop => (
                "worker_crash_loop",
                "Worker crash loop",
                "Workers crash and leave a job locked. Worker, job and golden-path gates and smoke tests see it.",
            ),
            Self::CommandFailsPreflight => (
                "command_fails_preflight",
                "Preflight fails",
                "gate_preflight.ps1 ends with RPC-CONTRACT failed.",
            ),
            Self::CommandFailsMigrations => (
                "command_fails_migrations",
                "Migration pending",
                "tools.migration_status finds a migration that was not applied.",
            ),
            Self::CommandFailsContract => (
                "command_fails_contract",
                "Contract check fails",
                "verify_db_contract.py says that a function is not SECURITY DEFINER.",
            ),
            Self::CommandFailsSmoke => (
                "command_fails_smoke",
                "Smoke tests fail",
                "smoke_production.ps1 ends with a failed batch ingest.",
            ),
            Self::CommandFailsGoldenPath => (
                "command_fails_golden_path",
                "Golden path fails",
                "The mission report says FAIL for its snapshot.",
            ),
            Self::CommandFailsTests => ("command_fails_tests", "Tests fail", "pytest ends with one failed test."),
            Self::CommandFailsDoctor => (
                "command_fails_doctor",
                "Doctor fails",
                "The doctor and the production gate find the system ill.",
            ),
            Self::CommandFailsBuild => (
                "command_fails_build",
                "Dashboard build fails",
                "npm run build ends with a TypeScript error.",
            ),
        }
    }

    /// Its id, as in the API and in the state file.
    #[must_use]
    pub fn id(self) -> &'static str {
        self.words().0
    }

    /// How it stands now.
    #[must_use]
    pub fn state(self, on: bool) -> FaultState {
        let (id, title, description) = self.words();
        FaultState {
            id: id.to_owned(),
            title: title.to_owned(),
            description: description.to_owned(),
            on,
            gate: None,
        }
    }
}

/// What the stand-in platform pretends at present. The proxy writes it to a file, and stand-in programs read it there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pretence {
    /// The faults that are switched on.
    pub faults: BTreeSet<Fault>,
    /// The commit that is deployed.
    pub git_sha: String,
    /// Its version.
    pub version: String,
}

impl Default for Pretence {
    fn default() -> Self {
        Self {
            faults: BTreeSet::new(),
            git_sha: "a1b2c3d4e5f60718293a4b5c6d7e8f9012345678".to_owned(),
            version: "v1.4.2".to_owned(),
        }
    }
}

impl Pretence {
    /// Whether a fault is switched on.
    #[must_use]
    pub fn has(&self, fault: Fault) -> bool {
        self.faults.contains(&fault)
    }

    /// Reads the state file.
    ///
    /// # Errors
    /// When it cannot be read, or does not say what it should.
    pub fn read(path: &Path) -> io::Result<Self> {
        serde_json::from_slice(&std::fs::read(path)?).map_err(io::Error::from)
    }

    /// Writes the state file, so that a reader sees either the old one or the new one.
    ///
    /// # Errors
    /// When the folder cannot be written to.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        let beside = path.with_extension("json.new");
        std::fs::write(&beside, serde_json::to_vec_pretty(self)?)?;
        std::fs::rename(&beside, path)
    }
}
