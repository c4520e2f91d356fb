//! What was understood of a runbook, for people, tests and other programs.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

use std::fmt::Write as _;

use serde::Serialize;

use crate::text::blocks_text;
use crate::words::{is_alternative, is_answer};
use holdpoint_domain::runbook::{
    Diagnostic, OnFail, Order, Part, Procedure, ProcedureKind, Reference, Runbook, Severity, Step, Undo,
};

/// What was understood of a runbook, in short.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outline {
    pub title: String,
    pub procedures: Vec<OutlineProcedure>,
    pub references: Vec<OutlineReference>,
    /// What was not understood, or is likely a mistake.
    pub diagnostics: Vec<Diagnostic>,
    /// What could be steps, with what was decided and why; only where [`reasons`](crate::reasons) were asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason>,
}

/// Something that could be steps, what was decided, and why.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reason {
    /// Where it begins, from 1.
    pub line: u32,
    /// `numbered list`, `table of checks`, …
    pub form: &'static str,
    /// How many steps were made of it; 0 where it is only read.
    pub steps: usize,
    /// The sum of what its form and its cues weigh; it is steps from 4.
    pub weight: i32,
    /// What its form weighs by itself.
    pub base: i32,
    /// What speaks for and against it: `+3 entries: most entries begin with a verb`.
    pub cues: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OutlineProcedure {
    pub id: String,
    pub title: String,
    pub kind: ProcedureKind,
    pub order: Order,
    /// The line of its heading, from 1.
    pub line: u32,
    /// The id of the procedure that undoes it.
    pub rollback: Option<String>,
    pub steps: Vec<OutlineStep>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OutlineStep {
    pub id: String,
    /// As written, where it is numbered.
    pub number: Option<String>,
    /// As written, without its number.
    pub title: String,
    /// The plain title for executives.
    pub plain: Option<String>,
    /// The line it starts on, from 1.
    pub line: u32,
    pub commands: Vec<String>,
    /// What the step says must be seen, else what a comment in its commands expects.
    pub expected: Option<String>,
    pub gates: Vec<String>,
    pub on_fail: Option<OnFail>,
    pub optional: bool,
    /// It is one of several ways to choose from; those that are not chosen are left out.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub alternative: bool,
    /// A person says that its work is done before its gates are asked.
    pub work: bool,
    /// With this step the new version goes live.
    pub live: bool,
    /// What undoing it takes, where the author says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undo: Option<Undo>,
    /// Seconds that the step may take, or that one must wait in it.
    pub timebox_seconds: Option<u64>,
    pub children: Vec<OutlineStep>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OutlineReference {
    pub id: String,
    pub title: String,
    /// The line of its heading, from 1.
    pub line: u32,
    /// The number of its rows and list items.
    pub items: usize,
}

/// The outline of a runbook.
#[must_use]
pub fn outline(runbook: &Runbook) -> Outline {
    Outline {
        title: runbook.title.clone(),
        procedures: runbook.procedures.iter().map(procedure).collect(),
        references: runbook.references.iter().map(reference).collect(),
        diagnostics: runbook.diagnostics.clone(),
        reasons: Vec::new(),
    }
}

fn procedure(procedure: &Procedure) -> OutlineProcedure {
    OutlineProcedure {
        id: procedure.id.clone(),
        title: procedure.title.clone(),
        kind: procedure.kind,
        order: procedure.order,
        line: procedure.line,
        rollback: procedure.rollback.clone(),
        steps: procedure.steps.iter().map(step).collect(),
    }
}

fn reference(reference: &Reference) -> OutlineReference {
    OutlineReference {
        id: reference.id.clone(),
        title: reference.title.clone(),
        line: reference.line,
        items: reference.items.len(),
    }
}

fn step(step: &Step) -> OutlineStep {
    OutlineStep {
        id: step.id.clone(),
        number: step.number.clone(),
        title: step.title.clone(),
        plain: step.plain.clone(),
        line: step.line,
        commands: step.commands().map(|command| command.text.clone()).collect(),
        expected: expected(step),
        gates: step.gates.clone(),
        on_fail: step.on_fail,
        optional: step.optional,
        alternative: step.optional
            && (!step.children.is_empty() && is_alternative(&step.title) || is_answer(&step.title)),
        work: step.work,
        live: step.live,
        undo: step.undo.clone(),
        timebox_seconds: step.timebox_seconds,
        children: step.children.iter().map(self::step).collect(),
    }
}

/// What the step says must be seen, else what its commands' comments say.
fn expected(step: &Step) -> Option<String> {
    let said: Vec<String> = step
        .parts
        .iter()
        .filter_map(|part| match part {
            Part::Expected { blocks } => Some(blocks_text(blocks)),
            _ => None,
        })
        .filter(|text| !text.is_empty())
        .collect();
    if said.is_empty() {
        return step.commands().find_map(|command| command.expected.clone());
    }
    Some(said.join("\n"))
}

impl Outline {
    /// The outline as indented text: `$` a command, `=` what is expected, `@` gates, `+` work before them, `^` the new version goes live, `<` what undoing takes, `!` what to do on failure,
    /// `“”` plain words, `~` seconds, `?` optional.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = format!("# {}\n", self.title);
        // Writing to a string cannot fail; the `Result`s below only exist for other writers.
        for procedure in &self.procedures {
            line(
                &mut text,
                0,
                format_args!(
                    "{} {} {}: {}",
                    word(&procedure.kind),
                    word(&procedure.order),
                    procedure.id,
                    procedure.title
                ),
            );
            if let Some(rollback) = &procedure.rollback {
                line(&mut text, 1, format_args!("undone by {rollback}"));
            }
            procedure.steps.iter().for_each(|step| step_text(step, 1, &mut text));
        }
        for reference in &self.references {
            line(
                &mut text,
                0,
                format_args!(
                    "reference {}: {} ({} items)",
                    reference.id, reference.title, reference.items
                ),
            );
        }
        for Diagnostic {
            place,
            severity,
            message,
        } in &self.diagnostics
        {
            let severity = match severity {
                Severity::Info => "info",
                Severity::Warning => "warning",
                Severity::Error => "error",
            };
            line(
                &mut text,
                0,
                format_args!("{severity} {}:{} {message}", place.line, place.column),
            );
        }
        for reason in &self.reasons {
            let outcome = match reason.steps {
                0 => "no steps".to_owned(),
                1 => "1 step".to_owned(),
                steps => format!("{steps} steps"),
            };
            let (form, weight, base) = (reason.form, reason.weight, reason.base);
            line(
                &mut text,
                0,
                format_args!(
                    "reason {}: {form}, {outcome}: {weight} ({base} for its form)",
                    reason.line
                ),
            );
            for cue in &reason.cues {
                line(&mut text, 1, format_args!("{cue}"));
            }
        }
        text
    }
}

fn step_text(step: &OutlineStep, depth: usize, text: &mut String) {
    match &step.number {
        Some(number) => line(text, depth, format_args!("{number}. {}", step.title)),
        None => line(text, depth, format_args!("- {}", step.title)),
    }
    let inner = depth + 2;
    for command in &step.commands {
        for (at, command) in command.lines().enumerate() {
            line(
                text,
                inner,
                format_args!("{} {command}", if at == 0 { '$' } else { ' ' }),
            );
        }
    }
    if let Some(expected) = &step.expected {
        expected
            .lines()
            .for_each(|expected| line(text, inner, format_args!("= {expected}")));
    }
    if !step.gates.is_empty() {
        line(text, inner, format_args!("@ {}", step.gates.join(", ")));
    }
    if step.work {
        line(text, inner, format_args!("+ work by hand before its gates"));
    }
    if step.live {
        line(text, inner, format_args!("^ goes live"));
    }
    match &step.undo {
        Some(Undo::How(how)) => line(text, inner, format_args!("< to undo it: {how}")),
        Some(Undo::Nothing) => line(text, inner, format_args!("< nothing to undo")),
        None => {}
    }
    if let Some(on_fail) = &step.on_fail {
        line(text, inner, format_args!("! {}", word(on_fail)));
    }
    if let Some(plain) = &step.plain {
        line(text, inner, format_args!("“{plain}”"));
    }
    if let Some(seconds) = step.timebox_seconds {
        line(text, inner, format_args!("~ {seconds} s"));
    }
    if step.optional {
        let what = if step.alternative {
            "? one of several ways"
        } else {
            "? optional"
        };
        line(text, inner, format_args!("{what}"));
    }
    step.children.iter().for_each(|child| step_text(child, depth + 1, text));
}

fn line(text: &mut String, depth: usize, said: std::fmt::Arguments<'_>) {
    for _ in 0..depth {
        text.push_str("  ");
    }
    text.write_fmt(said).expect("writing to a string cannot fail");
    text.truncate(text.trim_end_matches(' ').len());
    text.push('\n');
}

/// An enum's name as it stands in JSON.
fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => unreachable!("the outline's enums are strings in JSON"),
    }
}
