//! Two sessions of a procedure side by side, or a session and the times that its runbook gives.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::gate::Outcome;
use crate::session::Standing;
use crate::timeline::count;

/// `GET /api/sessions/{id}/compare?with=…`: where the two differ comes first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Comparison {
    pub this: ComparedSide,
    pub other: ComparedSide,
    /// What has to be known of the two before anything is concluded, in sentences.
    pub remarks: Vec<String>,
    /// False where nothing of the one is in the other; the remarks say why.
    pub comparable: bool,
    /// Those that differ first, the gravest before the others; then all others in the outline's order.
    pub steps: Vec<ComparedStep>,
}

/// One of the two.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ComparedSide {
    /// The session; null for the runbook's own times.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Uuid>))]
    pub session: Option<Uuid>,
    /// `Golden release v1.4.2`; for the runbook its title.
    pub name: String,
    pub environment: Option<String>,
    pub production: bool,
    pub rehearsal: bool,
    pub captain: Option<String>,
    pub standing: Option<Standing>,
    /// How it stands in words, its rollback included.
    #[serde(default)]
    pub stands: Option<String>,
    pub started: Option<DateTime<Utc>>,
    /// From its start to its closing; the runbook's time for the whole procedure. Null where the session is open, or the runbook
    /// gives none.
    pub seconds: Option<u64>,
    /// Runs of gates that the proxy asked.
    pub gate_runs: u32,
    pub holds: u32,
    /// Of all gates that held, each by itself.
    pub seconds_on_hold: u64,
    /// Decisions to go on without a pass.
    pub without_pass: u32,
    /// Steps and sub-steps.
    pub left_out: u32,
}

/// A step or a sub-step of the two.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ComparedStep {
    /// Its number and title.
    pub label: String,
    /// It has sub-steps: its length is that of all of them.
    pub phase: bool,
    pub matched: Matched,
    pub this: Option<StepFacts>,
    pub other: Option<StepFacts>,
    /// The gravest first; empty where the two do not differ.
    pub deviations: Vec<Deviation>,
}

impl Comparison {
    /// Whether the other one is the runbook's own times.
    #[must_use]
    pub fn is_of_runbook(&self) -> bool {
        self.other.session.is_none()
    }

    /// What came of it in a sentence; none where nothing can be compared.
    #[must_use]
    pub fn in_words(&self) -> Option<String> {
        let of_runbook = self.is_of_runbook();
        let differ = self.steps.iter().filter(|step| !step.deviations.is_empty()).count();
        let compared = self.steps.iter().filter(|step| step.is_compared(of_runbook)).count();
        let steps = count(compared, "compared step");
        if !self.comparable {
            return None;
        }
        Some(match (of_runbook, compared, differ) {
            (_, 0, _) => "No step was compared: none has come so far in both.".to_owned(),
            (true, _, 0) => format!("None of {steps} took longer than the runbook says."),
            (true, _, differ) => format!("{differ} of {steps} took longer than the runbook says; they stand first."),
            (false, _, 0) => format!("No notable difference in {steps}."),
            (false, _, differ) => format!("{differ} of {steps} differ; they stand first."),
        })
    }
}

impl ComparedStep {
    /// Whether there is something on both sides, or it was found that one lacks it.
    #[must_use]
    pub fn is_compared(&self, of_runbook: bool) -> bool {
        if !self.deviations.is_empty() {
            return true;
        }
        let known = |facts: &Option<StepFacts>, of: fn(&StepFacts) -> bool| facts.as_ref().is_some_and(of);
        match of_runbook {
            true => {
                known(&self.this, |facts| facts.seconds.is_some())
                    && known(&self.other, |facts| facts.seconds.is_some())
            }
            false => {
                let came = |facts: &StepFacts| facts.end.is_some() || !facts.gates.is_empty() || facts.holds > 0;
                known(&self.this, came) && known(&self.other, came)
            }
        }
    }

    /// What is said in the place of differences where there are none.
    #[must_use]
    pub fn without_deviation(&self, of_runbook: bool) -> &'static str {
        let end = self.this.as_ref().and_then(|facts| facts.end);
        match (self.is_compared(of_runbook), of_runbook, end) {
            (true, true, _) => "not longer",
            (true, false, _) => "no notable difference",
            (false, true, _) if self.other.is_none() => "not compared: the runbook gives no time",
            (false, true, None) => "not compared: not done",
            (false, true, Some(StepOutcome::LeftOut)) => "not compared: left out",
            (false, true, Some(_)) => "not compared: its length is not known",
            (false, false, _) => "not compared: done in neither",
        }
    }
}

/// How a step of the one was found in the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Matched {
    ById,
    /// The ids differ, and the titles are the same.
    ByTitle,
    OnlyThis,
    OnlyOther,
}

/// What came of a step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StepFacts {
    /// From when it was next until it was done, each time that it was; what the runbook says it may take. Null where that is not
    /// known.
    pub seconds: Option<u64>,
    /// Its place among the steps that are done, in the order in which they were, from 1.
    pub place: Option<u32>,
    /// Null where it is not done, and for the runbook.
    pub end: Option<StepOutcome>,
    pub by: Option<String>,
    pub gates: Vec<GateFacts>,
    pub holds: u32,
    /// To the last event where it still holds.
    pub seconds_on_hold: u64,
    /// Decisions to go on without a pass.
    pub without_pass: u32,
}

/// How a step came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum StepOutcome {
    Done,
    WithoutPass,
    LeftOut,
}

/// The runs of a gate at a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GateFacts {
    pub gate: String,
    pub title: String,
    pub runs: u32,
    /// The last one.
    pub verdict: Option<Outcome>,
}

/// One way in which the two differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Deviation {
    pub kind: DeviationKind,
    /// For people; *here* is the session that is compared.
    pub words: String,
}

/// In what the two differ, the gravest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum DeviationKind {
    WithoutPass,
    Verdict,
    Hold,
    LeftOut,
    NotDone,
    OnlyOne,
    GateRuns,
    Order,
    Duration,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn side(session: Option<u128>) -> ComparedSide {
        ComparedSide {
            session: session.map(Uuid::from_u128),
            name: "Release".to_owned(),
            environment: None,
            production: false,
            rehearsal: false,
            captain: None,
            standing: None,
            stands: None,
            started: None,
            seconds: None,
            gate_runs: 0,
            holds: 0,
            seconds_on_hold: 0,
            without_pass: 0,
            left_out: 0,
        }
    }

    fn step(this: Option<(StepOutcome, u64)>, other: Option<StepFacts>) -> ComparedStep {
        ComparedStep {
            label: "1 FREEZE".to_owned(),
            phase: false,
            matched: Matched::ById,
            this: Some(StepFacts {
                end: this.map(|(end, _)| end),
                seconds: this
                    .filter(|(end, _)| *end == StepOutcome::Done)
                    .map(|(_, seconds)| seconds),
                ..StepFacts::default()
            }),
            other,
            deviations: Vec::new(),
        }
    }

    fn told(other: ComparedSide, steps: Vec<ComparedStep>) -> (Option<String>, Vec<&'static str>) {
        let comparison = Comparison {
            this: side(Some(1)),
            other,
            remarks: Vec::new(),
            comparable: true,
            steps,
        };
        let of_runbook = comparison.is_of_runbook();
        let words = comparison.steps.iter().map(|step| step.without_deviation(of_runbook));
        (comparison.in_words(), words.collect())
    }

    #[test]
    fn a_step_that_was_not_done_is_not_told_as_the_same() {
        let minute = || {
            Some(StepFacts {
                seconds: Some(60),
                ..StepFacts::default()
            })
        };
        let (words, steps) = told(
            side(None),
            vec![step(None, minute()), step(Some((StepOutcome::LeftOut, 0)), minute())],
        );
        assert_eq!(
            words.as_deref(),
            Some("No step was compared: none has come so far in both.")
        );
        assert_eq!(steps, ["not compared: not done", "not compared: left out"]);
        let done = step(Some((StepOutcome::Done, 5)), minute());
        let (words, steps) = told(
            side(None),
            vec![done, step(None, minute()), step(Some((StepOutcome::Done, 5)), None)],
        );
        assert_eq!(
            words.as_deref(),
            Some("None of 1 compared step took longer than the runbook says.")
        );
        assert_eq!(
            steps,
            [
                "not longer",
                "not compared: not done",
                "not compared: the runbook gives no time"
            ]
        );
    }

    #[test]
    fn two_sessions_are_told_to_differ_by_a_rule_and_not_to_be_the_same() {
        let done = || Some((StepOutcome::Done, 12));
        let there = |end| {
            Some(StepFacts {
                end,
                ..StepFacts::default()
            })
        };
        let steps = vec![step(done(), there(Some(StepOutcome::Done))), step(None, there(None))];
        let (words, steps) = told(side(Some(2)), steps);
        assert_eq!(words.as_deref(), Some("No notable difference in 1 compared step."));
        assert_eq!(steps, ["no notable difference", "not compared: done in neither"]);
    }
}
