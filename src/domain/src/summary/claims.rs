//! What the summary's sentences claim, and the events that each claim needs. `docs/WATCH.md` has the table.

/// Something that a sentence says is so. A sentence is only said when every event that its claims need was recorded; see
/// `tests/claims.rs`, which looks for them in the log by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Claim {
    /// The step that puts the new version live has not come yet: a step before it is open, and it was neither ticked nor left
    /// out, nor was one of its gates run.
    NothingNewLive,
    /// The step that changes the database was ticked.
    DatabaseStepDone,
    /// The step that puts the new version live is the next one.
    LiveStepNext,
    /// The step that puts the new version live was ticked.
    LiveStepDone,
    /// The step that puts the new version live was ticked by its gates.
    LiveStepVerified,
    /// The last run of a gate that compares the answer with the release, at that step or a later one, passed, and no hold was
    /// placed by such a gate since.
    NewVersionSeen,
    /// A gate's verdict was recorded that holds, and nothing has lifted the hold.
    CheckNotPassed,
    /// A person recorded the decision to go on without a pass.
    WentOnWithoutPass,
    /// Every step was ticked.
    EveryStepDone,
    /// Every step was ticked or left out, and one at least was left out.
    EveryStepDoneOrLeftOut,
    /// The session was closed as given up.
    GivenUp,
    /// The session was closed as rolled back.
    ClosedAsRolledBack,
    /// A rollback of it was started.
    RollbackStarted,
    /// The rollback has no hold, and is not closed.
    RollbackOpen,
    /// A gate of the rollback holds, and the rollback is not closed.
    RollbackHeld,
    /// The rollback was closed as completed, which takes every step of it.
    RollbackFinished,
    /// The rollback was closed as given up.
    RollbackGivenUp,
    /// A rollback of the rollback was started.
    RollbackUndone,
}
