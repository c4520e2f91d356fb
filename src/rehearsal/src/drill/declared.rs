//! `[[drill]]` of `rehearsal.toml`.

use holdpoint_domain::session::DrillTrigger;
use holdpoint_gates::HumanDuration;
use serde::Deserialize;

/// A named set of faults, some or all of which strike in a session.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drill {
    /// Letters, digits, `-` and `_`, a letter first.
    pub id: String,
    /// Never empty.
    pub title: String,
    /// What it practises, for whoever chooses it.
    pub description: String,
    /// How many of the faults strike; all of them where absent.
    pub strikes: Option<usize>,
    /// In the order of the file; one at least.
    pub faults: Vec<DrillFault>,
}

/// A fault of a drill, and when it may strike.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrillFault {
    /// The id of a named fault, or of a gate's own: `api-health:refused`.
    pub fault: String,
    /// Counted from when this is next: `live` for the step marked so, or a gate for its step.
    pub before: Option<String>,
    /// Counted from when this gate was asked first.
    pub once_asked: Option<String>,
    /// The earliest and the latest moment after that, or after the start; at once where absent.
    pub window: Option<(HumanDuration, HumanDuration)>,
    /// Until the rollback or the closing where absent.
    pub lasts: Option<HumanDuration>,
}

/// The word that stands for the step marked live.
pub(crate) const LIVE: &str = "live";

impl DrillFault {
    /// What its moment is counted from.
    #[must_use]
    pub fn from(&self) -> DrillTrigger {
        match (&self.before, &self.once_asked) {
            (Some(before), _) if before == LIVE => DrillTrigger::BeforeLive,
            (Some(gate), _) => DrillTrigger::BeforeGate { gate: gate.clone() },
            (None, Some(gate)) => DrillTrigger::Asked { gate: gate.clone() },
            (None, None) => DrillTrigger::Start,
        }
    }

    /// The earliest and the latest second after that.
    #[must_use]
    pub fn seconds(&self) -> (u64, u64) {
        self.window.map_or((0, 0), |(from, to)| (from.seconds(), to.seconds()))
    }
}
