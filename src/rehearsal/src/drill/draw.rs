//! Drawing a plan: the same drill with the same seed, for the same procedure, gives the same plan.

use std::collections::BTreeSet;

use holdpoint_domain::runbook::{Procedure, Step};
use holdpoint_domain::session::{DrillPlan, DrillTrigger, PlannedFault, digest};

use super::declared::{Drill, DrillFault};

/// A number that follows from a seed and from what it is for: the first 64 bits of SHA-256 of both. It is the same on every machine
/// and in every version, which no generator of random numbers promises.
pub(super) fn number(seed: &str, what: &str) -> u64 {
    let hex = digest(&format!("holdpoint drill\n{what}\n{seed}"));
    u64::from_str_radix(&hex[..16], 16).unwrap_or_default()
}

/// What a procedure has for a drill to strike at.
#[derive(Debug)]
pub(crate) struct Ground<'a> {
    gates: BTreeSet<&'a str>,
    live: bool,
}

impl<'a> Ground<'a> {
    /// Of the procedure's gates only those that there are in its environment.
    pub(crate) fn new(procedure: &'a Procedure, is_here: impl Fn(&str) -> bool) -> Self {
        let mut gates = procedure.gates();
        gates.retain(|gate| is_here(gate));
        let live = procedure.in_order().into_iter().any(|step: &Step| step.live);
        Self { gates, live }
    }

    fn can_happen(&self, trigger: &DrillTrigger) -> bool {
        match trigger {
            DrillTrigger::Start => true,
            DrillTrigger::BeforeLive => self.live,
            DrillTrigger::BeforeGate { gate } | DrillTrigger::Asked { gate } => self.gates.contains(gate.as_str()),
        }
    }
}

/// A fault as its drill needs it: its title, and the gates that it answers.
pub(crate) type Known = (String, Vec<String>);

/// The faults of a drill that can strike here: their place in the drill, and what is known of them.
pub(crate) fn usable<'d>(
    drill: &'d Drill,
    ground: &Ground<'_>,
    known: &dyn Fn(&str) -> Option<Known>,
) -> Vec<(usize, &'d DrillFault, Known)> {
    let faults = drill.faults.iter().enumerate();
    faults
        .filter(|(_, fault)| ground.can_happen(&fault.from()))
        .filter_map(|(at, fault)| {
            let (title, mut gates) = known(&fault.fault)?;
            gates.retain(|gate| ground.gates.contains(gate.as_str()));
            (!gates.is_empty()).then_some((at, fault, (title, gates)))
        })
        .collect()
}

/// The plan of a drill, out of its faults that can strike here.
pub(crate) fn plan(drill: &Drill, seed: &str, mut usable: Vec<(usize, &DrillFault, Known)>) -> DrillPlan {
    let most = drill.strikes.unwrap_or(usable.len());
    usable.sort_by_key(|(at, ..)| (number(seed, &format!("fault {at}")), *at));
    usable.truncate(most);
    usable.sort_by_key(|(at, ..)| *at);
    let planned = |(at, fault, (title, gates)): (usize, &DrillFault, Known)| {
        let (from, to) = fault.seconds();
        let spread = to.saturating_sub(from).saturating_add(1);
        PlannedFault {
            fault: fault.fault.clone(),
            title,
            gates,
            from: fault.from(),
            after_seconds: from + number(seed, &format!("moment {at}")) % spread,
            lasts_seconds: fault.lasts.map(holdpoint_gates::HumanDuration::seconds),
        }
    };
    DrillPlan {
        drill: drill.id.clone(),
        title: drill.title.clone(),
        seed: seed.to_owned(),
        faults: usable.into_iter().map(planned).collect(),
    }
}

/// Which of so many drills a seed draws; none of none.
pub(super) fn which(seed: &str, count: usize) -> Option<usize> {
    let at = number(seed, "drill").checked_rem(u64::try_from(count).ok()?)?;
    usize::try_from(at).ok()
}
