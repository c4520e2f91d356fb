//! What annotations can say.

use crate::source::Source;
use holdpoint_domain::runbook::{OnFail, Order, ProcedureKind, Undo};

/// `steps=…`: what a procedure's steps are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepsFrom {
    Headings,
    List,
    Fence,
    Table,
    None,
}

/// The arguments of one or several annotations together.
#[derive(Clone, Debug, Default)]
pub struct ArgValues {
    pub procedure: bool,
    pub reference: bool,
    pub step: bool,
    pub optional: bool,
    /// `work` or `work=no`: whether a gated step asks for work by hand.
    pub work: Option<bool>,
    /// `live`: with this step the new version goes live.
    pub live: bool,
    /// `undo=…`: what undoing the step takes.
    pub undo: Option<Undo>,
    pub kind: Option<ProcedureKind>,
    pub order: Option<Order>,
    pub rollback: Option<(String, usize)>,
    pub id: Option<String>,
    pub steps: Option<StepsFrom>,
    pub timebox: Option<u64>,
    pub gates: Vec<(String, usize)>,
    pub plain: Option<String>,
    pub title: Option<String>,
    pub on_fail: Option<OnFail>,
    /// `step=N`: the annotation means the Nth step that follows it, from 1.
    pub nth: Option<usize>,
    /// Offset of the first annotation in bytes.
    pub at: usize,
    /// Each key that was written, and its offset in bytes.
    pub keys: Vec<(&'static str, usize)>,
}

impl ArgValues {
    fn merge(&mut self, other: ArgValues) {
        self.procedure |= other.procedure;
        self.reference |= other.reference;
        self.step |= other.step;
        self.optional |= other.optional;
        self.live |= other.live;
        self.work = other.work.or(self.work);
        self.undo = other.undo.or(self.undo.take());
        self.kind = other.kind.or(self.kind);
        self.order = other.order.or(self.order);
        self.rollback = other.rollback.or(self.rollback.take());
        self.id = other.id.or(self.id.take());
        self.steps = other.steps.or(self.steps);
        self.timebox = other.timebox.or(self.timebox);
        self.gates.extend(other.gates);
        self.plain = other.plain.or(self.plain.take());
        self.title = other.title.or(self.title.take());
        self.on_fail = other.on_fail.or(self.on_fail);
        self.keys.extend(other.keys);
    }
}

/// The arguments of all annotations of one heading or step. Most have none, which takes one empty pointer.
#[derive(Clone, Debug, Default)]
pub struct AnnotationArgs(Option<Box<ArgValues>>);

static NOTHING: ArgValues = ArgValues {
    procedure: false,
    reference: false,
    step: false,
    optional: false,
    work: None,
    live: false,
    undo: None,
    kind: None,
    order: None,
    rollback: None,
    id: None,
    steps: None,
    timebox: None,
    gates: Vec::new(),
    plain: None,
    title: None,
    on_fail: None,
    nth: None,
    at: 0,
    keys: Vec::new(),
};

impl std::ops::Deref for AnnotationArgs {
    type Target = ArgValues;

    fn deref(&self) -> &ArgValues {
        self.0.as_deref().unwrap_or(&NOTHING)
    }
}

impl From<ArgValues> for AnnotationArgs {
    fn from(said: ArgValues) -> Self {
        Self(Some(Box::new(said)))
    }
}

impl AnnotationArgs {
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    pub fn into_values(self) -> ArgValues {
        self.0.map_or_else(ArgValues::default, |said| *said)
    }

    /// Adds the arguments of a later annotation, which win over earlier ones.
    pub fn merge(&mut self, other: AnnotationArgs) {
        let Some(other) = other.0 else { return };
        match &mut self.0 {
            Some(said) => said.merge(*other),
            empty => *empty = Some(other),
        }
    }

    /// Remarks on each key that is not allowed here; `what` is the subject, for people.
    pub fn reject_keys(&self, source: &Source<'_>, allowed: &[&str], what: &str) {
        for (key, at) in &self.keys {
            if !allowed.contains(key) {
                let message = format!("“{key}” says nothing about {what}; it may have: {}", allowed.join(", "));
                source.fault(*at, message);
            }
        }
    }
}

/// One annotation, and where it stands.
pub struct Directive {
    pub start: usize,
    pub args: AnnotationArgs,
    pub used: bool,
}
