//! The two, put together.

use holdpoint_domain::wire::{ComparedSide, ComparedStep, Comparison, Deviation, DeviationKind, Matched, StepFacts};

use super::deviations::{LENGTHS, of_runbook, of_sessions};
use super::facts::SessionFacts;
use super::matching::{out_of_order, pairs};

/// A session beside another one.
#[must_use]
pub fn compare_with_session(this: &SessionFacts, other: &SessionFacts) -> Comparison {
    let pairs = pairs(&this.steps, &other.steps);
    let places = |pair: &super::matching::Pair| {
        let (here, there) = (&this.steps[pair.this?], &other.steps[pair.other?]);
        Some((here.facts.place?, there.facts.place?))
    };
    let ordered: Vec<(usize, (u32, u32))> = pairs
        .iter()
        .enumerate()
        .filter_map(|(index, pair)| Some((index, places(pair)?)))
        .collect();
    let out = out_of_order(&ordered.iter().map(|(_, places)| *places).collect::<Vec<_>>());
    let mut is_out = vec![false; pairs.len()];
    for ((index, _), out) in ordered.iter().zip(out) {
        is_out[*index] = out;
    }
    let open = (this.open, other.open);
    let steps = pairs.iter().enumerate().map(|(index, pair)| {
        let here = pair.this.map(|place| &this.steps[place]);
        let there = pair.other.map(|place| &other.steps[place]);
        let only = |words: &str| {
            vec![Deviation {
                kind: DeviationKind::OnlyOne,
                words: words.to_owned(),
            }]
        };
        let deviations = match (here, there) {
            (Some(here), Some(there)) => of_sessions(&here.facts, &there.facts, open, is_out[index]),
            (Some(_), None) => only("Only in this session"),
            _ => only("Only in the other session"),
        };
        ComparedStep {
            label: here.or(there).map(|step| step.label.clone()).unwrap_or_default(),
            phase: here.or(there).is_some_and(|step| step.phase),
            matched: pair.matched,
            this: here.map(|step| step.facts.clone()),
            other: there.map(|step| step.facts.clone()),
            deviations,
        }
    });
    let comparable = pairs.iter().any(|pair| pair.this.is_some() && pair.other.is_some());
    let mut steps: Vec<ComparedStep> = steps.collect();
    deviations_first(&mut steps);
    Comparison {
        remarks: remarks(this, other, comparable),
        comparable,
        steps,
        this: this.side.clone(),
        other: other.side.clone(),
    }
}

/// A session beside the times that its runbook gave when it began.
#[must_use]
pub fn compare_with_runbook(this: &SessionFacts) -> Comparison {
    let whole = this.started.procedure.timebox_seconds;
    let given = this.steps.iter().filter(|step| step.timebox.is_some()).count();
    let comparable = whole.is_some() || given > 0;
    let mut remarks = vec![match (comparable, given) {
        (false, _) => {
            "The runbook gives no time for this procedure and for none of its steps, so there is nothing to compare."
                .to_owned()
        }
        (true, given) => format!(
            "The runbook gives a time for {given} of {} steps{}. What took longer differs; what was quicker does not.",
            this.steps.len(),
            if whole.is_some() { ", and one for the whole" } else { "" }
        ),
    }];
    remarks.extend(own_remarks(this, "This session"));
    let steps = this.steps.iter().map(|step| ComparedStep {
        label: step.label.clone(),
        phase: step.phase,
        matched: Matched::ById,
        this: Some(step.facts.clone()),
        other: step.timebox.map(|seconds| StepFacts {
            seconds: Some(seconds),
            ..StepFacts::default()
        }),
        deviations: of_runbook(&step.facts, step.timebox),
    });
    let mut steps: Vec<ComparedStep> = steps.collect();
    deviations_first(&mut steps);
    Comparison {
        this: this.side.clone(),
        other: ComparedSide {
            session: None,
            name: this.started.runbook_title.clone(),
            environment: None,
            production: false,
            rehearsal: false,
            captain: None,
            standing: None,
            stands: None,
            started: None,
            seconds: whole,
            gate_runs: 0,
            holds: 0,
            seconds_on_hold: 0,
            without_pass: 0,
            left_out: 0,
        },
        remarks,
        comparable,
        steps,
    }
}

/// Those that differ first, the gravest before the others. The sort keeps the outline's order otherwise.
fn deviations_first(steps: &mut [ComparedStep]) {
    steps.sort_by_key(|step| {
        step.deviations
            .first()
            .map_or((1, None), |gravest| (0, Some(gravest.kind)))
    });
}

fn own_remarks(of: &SessionFacts, what: &str) -> Vec<String> {
    let mut remarks = Vec::new();
    if of.open {
        remarks.push(format!("{what} is not closed: what is not done may be done yet."));
    }
    if of.clock_back {
        remarks.push(format!(
            "{what}: the clock went back while it went on, so that lengths around that time may be wrong."
        ));
    }
    remarks
}

fn remarks(this: &SessionFacts, other: &SessionFacts, comparable: bool) -> Vec<String> {
    let mut remarks = Vec::new();
    if !comparable {
        remarks.push("No step of the one is in the other, so there is nothing to compare.".to_owned());
    }
    match (this.started.rehearsal, other.started.rehearsal) {
        (false, true) => remarks.push(
            "A real session is compared with a rehearsal: a stand-in answered the rehearsal's gates, so that its verdicts and times \
             say nothing of the real platform."
                .to_owned(),
        ),
        (true, false) => remarks.push(
            "A rehearsal is compared with a real session: a stand-in answered the gates here, so that verdicts and times say nothing \
             of the real platform."
                .to_owned(),
        ),
        (true, true) => remarks.push("Both are rehearsals: a stand-in answered the gates.".to_owned()),
        (false, false) => {}
    }
    if (&this.started.runbook, &this.started.procedure.id) != (&other.started.runbook, &other.started.procedure.id) {
        remarks.push(format!(
            "They are sessions of two procedures: {} and {}.",
            this.started.procedure.title, other.started.procedure.title
        ));
    } else if this.started.digest != other.started.digest {
        remarks.push("The runbook was changed between the two.".to_owned());
    }
    if this.started.environment != other.started.environment {
        remarks.push(format!(
            "They ran in two environments: {} and {}.",
            this.started.environment_title, other.started.environment_title
        ));
    }
    if comparable {
        remarks.push(LENGTHS.to_owned());
    }
    remarks.extend(own_remarks(this, "This session"));
    remarks.extend(own_remarks(other, "The other session"));
    remarks
}
