//! What the summary's sentences claim, and the events that each claim needs. `docs/WATCH.md` has the table.

/// Something that a sentence says is so. A sentence is only said when every event that its claims need was recorded; see
/// `tests/claims.rs`, which looks for them in the log by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Claim {
    /// The step with which the new version goes live has not come yet: a step before it is open, and it was neither ticked nor left
    /// out, nor was one of its gates run, nor has a gate or a browser seen the new version.
    NothingNewLive,
    /// The step that changes the database was ticked.
    DatabaseStepDone,
    /// The step with which the new version goes live is the next one.
    LiveStepNext,
    /// The step with which the new version goes live was ticked.
    LiveStepDone,
    /// The step with which the new version goes live was ticked by its gates.
    LiveStepVerified,
    /// The last run of a gate that compares the answer with the release, and does not name it in what it asks, passed, and no hold was
    /// placed by such a gate since.
    NewVersionSeen,
    /// The same, before a rollback was started.
    NewVersionWasSeen,
    /// The last run of such a gate failed at a comparison with the version or the commit.
    OtherVersionSeen,
    /// A gate's verdict was recorded that holds, and nothing has lifted the hold.
    CheckNotPassed,
    /// A person recorded the decision to go on without a pass.
    WentOnWithoutPass,
    /// Every step was ticked.
    EveryStepDone,
    /// Every step was ticked or left out, and one at least was left out.
    EveryStepDoneOrLeftOut,
    /// It was a window to watch, and was closed before the time that the runbook gives it was over.
    ClosedEarly,
    /// The session was closed as given up.
    GivenUp,
    /// The session was closed as rolled back.
    ClosedAsRolledBack,
    /// A rollback of it was started, by its own log or, once it is closed, by the rollback's.
    RollbackStarted,
    /// The rollback has no hold, and is not closed.
    RollbackOpen,
    /// A gate of the rollback holds, and the rollback is not closed.
    RollbackHeld,
    /// The rollback was closed as completed, which takes every step of it ticked or left out.
    RollbackFinished,
    /// Every step of the rollback was ticked.
    RollbackEveryStepDone,
    /// Every step of the rollback was ticked or left out, and one at least was left out.
    RollbackLeftOut,
    /// A person recorded in the rollback the decision to go on without a pass.
    RollbackWithoutPass,
    /// The rollback was closed as given up.
    RollbackGivenUp,
    /// A rollback of the rollback was started.
    RollbackUndone,
}
