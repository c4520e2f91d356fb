//! What is told of a session's end, in words.

use chrono::{DateTime, TimeDelta, Utc};

use super::estimate::{Basis, Estimate, Overdue};
use super::minutes::{in_words, minutes};
use crate::runbook::ProcedureKind;

impl Estimate {
    /// Between which times the session is likely to end. None where that cannot be said: on hold, while a step is overdue, and where
    /// only the runbook's own times are known.
    #[must_use]
    pub fn between(&self) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        let can_be_said = matches!(self.basis, Basis::Earlier { .. }) && !self.on_hold && self.overdue.is_none();
        can_be_said.then(|| (self.now + self.least, self.now + self.most))
    }

    /// In words: `Likely ends between 14:20 and 14:35, from 7 earlier releases.` The times are written by `time`, to the minute, with the day
    /// where that is another one than [`Estimate::now`]'s.
    #[must_use]
    pub fn words(&self, time: impl Fn(DateTime<Utc>) -> String) -> String {
        let mut told = Vec::new();
        if self.on_hold {
            told.push("On hold, so no end can be said.".to_owned());
        }
        if let Some(overdue) = &self.overdue {
            told.push(self.late(overdue));
        }
        match self.between() {
            Some((from, to)) => {
                // Zones are ahead of each other by full minutes.
                let minute = |at: DateTime<Utc>| at.timestamp().div_euclid(60);
                told.push(self.ends(minute(from) == minute(to), &time(from), &time(to)));
            }
            None => told.extend(self.remains()),
        }
        if let Basis::Earlier { .. } = self.basis {
            match self.by_runbook {
                0 => {}
                1 => told.push("One step is counted by the runbook's own time.".to_owned()),
                steps => told.push(format!("{steps} steps are counted by the runbook's own times.")),
            }
            match self.uncounted {
                0 => {}
                1 => told.push("One step that fewer than three of those did is not counted.".to_owned()),
                steps => told.push(format!(
                    "{steps} steps that fewer than three of those did are not counted."
                )),
            }
        }
        told.join(" ")
    }

    fn ends(&self, at_once: bool, from: &str, to: &str) -> String {
        let source = self.source();
        match (at_once, self.most < TimeDelta::minutes(1)) {
            (_, true) => format!("Likely ends within a minute, {source}."),
            (true, false) => format!("Likely ends at about {from}, {source}."),
            (false, false) => format!("Likely ends between {from} and {to}, {source}."),
        }
    }

    fn late(&self, overdue: &Overdue) -> String {
        let Overdue {
            step,
            taken,
            most,
            source,
        } = overdue;
        // What is not over yet was not taken.
        let (taken, most) = (in_words(taken.num_minutes()), minutes(*most));
        match *source {
            Basis::Earlier { sessions } => format!(
                "Later than usual: “{step}” has taken {taken}, and at most {most} in nine of ten of {sessions} earlier {}.",
                self.sessions()
            ),
            Basis::Runbook => {
                format!("Later than planned: “{step}” has taken {taken}, and the runbook gives it {most}.")
            }
        }
    }

    /// What is left where no end is told. Nothing where only the step that is overdue is left.
    fn remains(&self) -> Option<String> {
        let after = if self.overdue.is_some() {
            "for what comes after it"
        } else {
            "for what is left"
        };
        let (least, most) = (minutes(self.least), minutes(self.most));
        let range = match least == most {
            true if self.most < TimeDelta::minutes(1) => most,
            true => format!("about {most}"),
            false => format!("{least} to {most}"),
        };
        if self.most.is_zero() {
            return None;
        }
        let counted = self.left - self.uncounted;
        Some(match self.basis {
            // The sum of what each step took is no session's own time.
            Basis::Earlier { sessions } => {
                format!(
                    "By what each step took in {sessions} earlier {}, {range} more {after}.",
                    self.sessions()
                )
            }
            Basis::Runbook if self.uncounted == 0 => format!("The runbook itself says {range} {after}."),
            Basis::Runbook => format!(
                "The runbook itself gives {range} for {counted} of the {} steps that are left, and no time for the others.",
                self.left
            ),
        })
    }

    fn source(&self) -> String {
        match self.basis {
            Basis::Earlier { sessions } => format!("from {sessions} earlier {}", self.sessions()),
            Basis::Runbook => "by the runbook".to_owned(),
        }
    }

    fn sessions(&self) -> &'static str {
        match self.kind {
            ProcedureKind::Release => "releases",
            ProcedureKind::Rollback => "rollbacks",
            _ => "sessions",
        }
    }
}
