//! The stand-in platform: its server, its faults, and what it answers.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use holdpoint_domain::drill::FaultWindow;
use holdpoint_domain::runbook::Procedure;
use holdpoint_domain::session::{SealedDrill, SessionId};
use holdpoint_domain::wire::{ChooseDrill, DrillOffer, FaultState};
use holdpoint_gates::config::GatesFile;
use holdpoint_gates::fill::Values;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use crate::answer::{Answer, CommandAnswer, HttpAnswer};
use crate::answers::Answers;
use crate::cannot::CannotRehearse;
use crate::drill::{Choice, DrillError, KeptDrills};
use crate::error::{RehearsalError, failed};
use crate::file::RehearsalFile;
use crate::server;
use crate::shared::Shared;
use crate::stand_in::{Script, sweep};
use crate::state::StateFile;
use crate::tickets::Ticket;

/// The stand-in platform. Dropping it ends everything; [`Rehearsal::stop`] also waits for the end.
#[derive(Debug)]
pub struct Rehearsal {
    shared: Arc<Shared>,
    folder: PathBuf,
    file: StateFile,
    kept: KeptDrills,
    url: String,
    /// One change of the faults at a time: the memory and the file say the same after each.
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
        sweep(&folder).map_err(failed("removing what an earlier rehearsal left in its folder"))?;
        let (listener, address) = server::listen().await.map_err(failed("listening on 127.0.0.1"))?;
        let url = format!("http://{address}");
        for environment in gates.environments.values_mut() {
            environment.production = false;
            // Whoever reads a list or an export sees nothing but the title.
            if !environment.rehearsal {
                environment.title.push_str(" (rehearsal)");
            }
            environment.rehearsal = true;
            environment.stand_in = Some(url.clone());
        }

        let answers = Answers::new(gates.clone(), file);
        let state_file = StateFile::new(&folder);
        let known = ids(&answers);
        let on = state_file.read()?.into_iter().filter(|id| known.contains(id));
        let on = on.collect();
        let shared = Arc::new(Shared::new(answers, address.to_string(), on));
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
            kept: KeptDrills::new(&folder),
            folder,
            url,
            changing: tokio::sync::Mutex::default(),
            tasks,
            ending,
            _end_when_dropped: end_when_dropped,
        })
    }

    /// What holds although no fault is on, one sentence each: gates that cannot be rehearsed, and answers of `rehearsal.toml`
    /// that do not pass. And its faults that hold none of their gates.
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

    /// The answer to a gate of a session at this moment, with the faults that are on, those of its drill among them: to one of its requests, where it makes several. `values`
    /// are those of the run, as for the gate's own texts.
    ///
    /// # Errors
    /// There is none, and why.
    pub fn answer(
        &self,
        session: SessionId,
        gate: &str,
        request: Option<&str>,
        environment: &str,
        values: &Values,
    ) -> Result<Answer, CannotRehearse> {
        self.shared.answer(session, gate, request, environment, values)
    }

    /// What a browser sees at this moment that asks for a `direct` gate in a session, of which `values` are what it knows.
    ///
    /// # Errors
    /// There is none, and why.
    pub fn direct(
        &self,
        session: SessionId,
        gate: &str,
        environment: &str,
        values: &Values,
    ) -> Result<HttpAnswer, CannotRehearse> {
        self.shared.direct(session, gate, environment, values)
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
        self.shared.answers.faults(&self.shared.on())
    }

    /// Switches a fault on or off. Attempts that begin after this returns see it, and it is kept over a restart; one that is on
    /// its way has its answer already.
    ///
    /// # Errors
    /// There is no such fault, or the state cannot be kept.
    pub async fn set_fault(&self, id: &str, on: bool) -> Result<(), RehearsalError> {
        if !ids(&self.shared.answers).contains(id) {
            return Err(RehearsalError::UnknownFault { id: id.to_owned() });
        }
        let _one_at_a_time = self.changing.lock().await;
        let mut all = self.shared.on();
        if on {
            all.insert(id.to_owned());
        } else {
            all.remove(id);
        }
        self.file.write(&all).map_err(failed("keeping its faults"))?;
        self.shared.set_on(all);
        Ok(())
    }

    /// The drills that can strike in a procedure in an environment.
    #[must_use]
    pub fn drills(&self, procedure: &Procedure, environment: &str) -> Vec<DrillOffer> {
        self.choice(procedure, environment, |choice| choice.offers())
    }

    /// Draws the plan of a session's drill, and keeps it. Where one is kept already that was drawn by the same choice, that is it: a
    /// start may be asked for twice.
    ///
    /// # Errors
    /// There is no such drill, the plan cannot be kept, or one of another choice is.
    pub fn draw_drill(
        &self,
        session: SessionId,
        choice: &ChooseDrill,
        procedure: &Procedure,
        environment: &str,
    ) -> Result<SealedDrill, DrillError> {
        let drawn = self.choice(procedure, environment, |of| of.draw(choice))?;
        let same = |kept: &SealedDrill| {
            let (id, seed) = (choice.id.as_ref(), choice.seed.as_ref());
            id.is_none_or(|id| kept.plan.drill == *id) && seed.is_none_or(|seed| kept.plan.seed == *seed)
        };
        if self.kept.write(session, &drawn)? {
            return Ok(drawn);
        }
        let kept = self.kept.read(session)?.filter(same);
        kept.ok_or(DrillError::Taken { session })
    }

    /// The plan of a session's drill, if it is the one with this commitment.
    ///
    /// # Errors
    /// It cannot be read, or there is none with this commitment.
    pub fn drill(&self, session: SessionId, commitment: &str) -> Result<SealedDrill, DrillError> {
        let kept = self.kept.read(session)?;
        let own = kept.filter(|drill| drill.commitment() == commitment);
        own.ok_or(DrillError::Lost { session })
    }

    /// Lets the faults of a session's drill strike in their windows. They are nobody else's, and a restart ends them until they are
    /// set again.
    pub fn set_drill(&self, session: SessionId, windows: Vec<FaultWindow>) {
        self.shared.drills.set(session, windows);
    }

    /// Ends the faults of a session's drill.
    pub fn end_drill(&self, session: SessionId) {
        self.shared.drills.end(session);
    }

    /// Forgets the plan of a session's drill, which its log has now, or which no session has.
    ///
    /// # Errors
    /// Its file cannot be removed.
    pub fn forget_drill(&self, session: SessionId) -> std::io::Result<()> {
        self.kept.remove(session)
    }

    fn choice<T>(&self, procedure: &Procedure, environment: &str, with: impl FnOnce(&Choice<'_>) -> T) -> T {
        let answers = &self.shared.answers;
        let is_here = |gate: &str| {
            let declared = answers.gates.gates.get(gate);
            declared.is_some_and(|gate| gate.exists_in(environment))
        };
        let known = |fault: &str| answers.known_fault(fault);
        with(&Choice::new(answers.drills(), procedure, &is_here, &known))
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
