//! What happened in a session, read from the events' JSON and from `docs/EVENTS.md` alone: nothing here is computed by the
//! crates under test.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// The events of a session, in order, each as the API gives it: `{v, session, seq, at, actor, command, event, prev, hash}`.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    records: Vec<Value>,
}

/// A gate's verdict, in the words of the API.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct RecordedVerdict {
    /// `pass`, `fail` or `inconclusive`.
    pub outcome: String,
    /// One sentence.
    pub summary: String,
    /// One for each expectation.
    pub checks: Vec<RecordedCheck>,
    /// `proxy` or `browser`.
    pub source: String,
    /// How often it was tried.
    pub attempts: u32,
}

/// What came of one expectation, in the words of the API.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct RecordedCheck {
    /// The expectation's label.
    pub check: String,
    /// What was expected.
    pub expected: String,
    /// What was observed.
    pub observed: String,
    /// `pass`, `fail` or `inconclusive`.
    pub outcome: String,
}

impl History {
    /// Of records in the order of their places.
    #[must_use]
    pub fn new(records: Vec<Value>) -> Self {
        Self { records }
    }

    /// The records, whole.
    #[must_use]
    pub fn records(&self) -> &[Value] {
        &self.records
    }

    /// The events of these types, in order.
    pub fn events<'a>(&'a self, types: &'a [&str]) -> impl DoubleEndedIterator<Item = &'a Value> {
        let events = self.records.iter().map(|record| &record["event"]);
        events.filter(|event| types.contains(&text(&event["type"])))
    }

    /// `go`, `hold`, `rolling_back`, or how the session was closed.
    #[must_use]
    pub fn standing(&self) -> &str {
        if let Some(closed) = self.events(&["session_closed"]).next() {
            return text(&closed["outcome"]);
        }
        if self.rollback().is_some() {
            return "rolling_back";
        }
        if self.hold().is_some() { "hold" } else { "go" }
    }

    /// The last hold that was placed and not lifted since, as its event.
    #[must_use]
    pub fn hold(&self) -> Option<&Value> {
        let last = self.events(&["hold_placed", "hold_lifted"]).next_back();
        last.filter(|event| event["type"] == "hold_placed")
    }

    /// The session that undoes this one.
    #[must_use]
    pub fn rollback(&self) -> Option<&str> {
        let started = self.events(&["rollback_started"]).next_back();
        started.map(|event| text(&event["session"]))
    }

    /// The steps that were ticked or skipped and not unticked since, in the order of that.
    #[must_use]
    pub fn done(&self) -> Vec<&str> {
        let mut done = Vec::new();
        for event in self.events(&["step_ticked", "step_skipped", "step_unticked"]) {
            let step = text(&event["step"]);
            if event["type"] == "step_unticked" {
                done.retain(|one| *one != step);
            } else {
                done.push(step);
            }
        }
        done
    }

    /// Whether a step was ticked or skipped, and not unticked since.
    #[must_use]
    pub fn is_done(&self, step: &str) -> bool {
        self.done().contains(&step)
    }

    /// Every tick: the step, and by what right (`person`, `gate` or `children`).
    #[must_use]
    pub fn ticks(&self) -> Vec<(&str, &str)> {
        let ticks = self.events(&["step_ticked"]);
        ticks
            .map(|event| (text(&event["step"]), text(&event["by"]["kind"])))
            .collect()
    }

    /// The runs that were started, as their events.
    #[must_use]
    pub fn runs(&self) -> Vec<&Value> {
        self.events(&["gate_started"]).collect()
    }

    /// The runs that were started and have no verdict, as their events.
    #[must_use]
    pub fn running(&self) -> Vec<&Value> {
        let has_verdict = |run: &Value| self.events(&["gate_finished"]).any(|event| event["run"] == *run);
        let mut runs = self.runs();
        runs.retain(|started| !has_verdict(&started["run"]));
        runs
    }

    /// The verdict of a run.
    #[must_use]
    pub fn verdict_of_run(&self, run: &str) -> Option<RecordedVerdict> {
        let finished = self.events(&["gate_finished"]).find(|event| event["run"] == run);
        finished.and_then(read_verdict)
    }

    /// The last verdict that the proxy reached for a gate of a step.
    #[must_use]
    pub fn verdict(&self, step: &str, gate: &str) -> Option<RecordedVerdict> {
        self.last_verdict("gate_finished", step, gate)
    }

    /// The last verdict on what a browser saw at a gate of a step.
    #[must_use]
    pub fn observed(&self, step: &str, gate: &str) -> Option<RecordedVerdict> {
        self.last_verdict("gate_observed", step, gate)
    }

    fn last_verdict(&self, kind: &str, step: &str, gate: &str) -> Option<RecordedVerdict> {
        let kinds = [kind];
        let mut events = self.events(&kinds);
        let last = events.rfind(|event| event["step"] == step && event["gate"] == gate);
        last.and_then(read_verdict)
    }

    /// The texts of the notes, in order.
    #[must_use]
    pub fn notes(&self) -> Vec<&str> {
        self.events(&["note_added"]).map(|event| text(&event["text"])).collect()
    }

    /// The values that were filled in, the last of each step and field.
    #[must_use]
    pub fn values(&self) -> BTreeMap<(&str, &str), &str> {
        let filled = self.events(&["value_filled"]);
        filled
            .map(|event| ((text(&event["step"]), text(&event["field"])), text(&event["value"])))
            .collect()
    }

    /// The session's first event; null when there is none.
    #[must_use]
    pub fn started(&self) -> &Value {
        self.records.first().map_or(&Value::Null, |record| &record["event"])
    }

    /// The steps of the procedure on its first level, in order, as the session's start holds them.
    #[must_use]
    pub fn steps(&self) -> &[Value] {
        self.started()["procedure"]["steps"]
            .as_array()
            .map_or(&[], Vec::as_slice)
    }

    /// The step that can be worked on next: the first that is not done, after its sub-steps.
    #[must_use]
    pub fn next_step(&self) -> Option<&Value> {
        fn first_open<'a>(steps: &'a [Value], done: &[&str]) -> Option<&'a Value> {
            let open = steps.iter().find(|step| !done.contains(&text(&step["id"])))?;
            let children = open["children"].as_array().map_or(&[][..], Vec::as_slice);
            first_open(children, done).or(Some(open))
        }
        first_open(self.steps(), &self.done())
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("")
}

fn read_verdict(event: &Value) -> Option<RecordedVerdict> {
    RecordedVerdict::deserialize(&event["verdict"]).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::History;

    fn history(events: &[Value]) -> History {
        History::new(events.iter().map(|event| json!({ "event": event })).collect())
    }

    #[test]
    fn standing_follows_from_the_last_that_happened() {
        let placed = json!({"type": "hold_placed", "step": "a", "gate": "g"});
        let lifted = json!({"type": "hold_lifted", "by": {"kind": "pass"}});
        let undone = json!({"type": "rollback_started", "session": "s"});
        let closed = json!({"type": "session_closed", "outcome": "rolled_back"});
        for (events, expected) in [
            (vec![], "go"),
            (vec![&placed], "hold"),
            (vec![&placed, &lifted], "go"),
            (vec![&placed, &lifted, &placed], "hold"),
            (vec![&placed, &lifted, &undone], "rolling_back"),
            (vec![&undone, &closed], "rolled_back"),
        ] {
            let events: Vec<Value> = events.into_iter().cloned().collect();
            assert_eq!(history(&events).standing(), expected, "{events:?}");
        }
    }

    #[test]
    fn sub_steps_come_before_their_step() {
        let procedure =
            json!({"steps": [{"id": "a", "children": []}, {"id": "b", "children": [{"id": "b1", "children": []}]}]});
        let start = json!({"type": "session_started", "procedure": procedure});
        let tick = |step: &str| json!({"type": "step_ticked", "step": step, "by": {"kind": "person"}});
        let untick = json!({"type": "step_unticked", "step": "a", "reason": "again"});
        for (events, expected) in [
            (vec![start.clone()], Some("a")),
            (vec![start.clone(), tick("a")], Some("b1")),
            (vec![start.clone(), tick("a"), tick("b1")], Some("b")),
            (vec![start.clone(), tick("a"), tick("b1"), tick("b")], None),
            (vec![start, tick("a"), untick], Some("a")),
        ] {
            let history = history(&events);
            let next = history.next_step().map(|step| step["id"].as_str().expect("an id"));
            assert_eq!(next, expected);
        }
    }
}
