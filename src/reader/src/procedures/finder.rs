//! The procedures and references that were found so far, and how a procedure gets its id, kind and order.

use std::collections::BTreeSet;

use crate::blocks::Blocks;
use crate::duration::{bracketed_time, duration_in};
use crate::reader::Reader;
use crate::sections::Section;
use crate::slug::{UniqueIds, slug};
use crate::step_builder::StepBuilder;
use holdpoint_domain::runbook::{Block, Order, Procedure, ProcedureKind, Reference};

/// The keys that a procedure's heading may have.
const PROCEDURE_KEYS: [&str; 8] = [
    "procedure",
    "kind",
    "order",
    "rollback",
    "id",
    "steps",
    "timebox",
    "title",
];

/// The procedures and references of a document, and what links them.
#[derive(Default)]
pub struct Found {
    pub procedures: Vec<Procedure>,
    pub references: Vec<Reference>,
    /// The procedure that a section became: (index of the section, index of the procedure).
    pub owners: Vec<(usize, usize)>,
    /// `rollback=ID` of annotations: (index of the procedure, id, offset in bytes).
    pub rollbacks: Vec<(usize, String, usize)>,
}

pub(super) struct Finder<'r, 's, 't, 'd> {
    pub reader: &'r mut Reader<'s, 't>,
    pub all: Blocks<'d>,
    pub sections: &'d [Section],
    pub found: Found,
    ids: UniqueIds,
    /// Sections whose explicit id an earlier one has.
    doubled: BTreeSet<usize>,
    /// Sections whose annotations were looked at.
    pub heard: BTreeSet<usize>,
}

impl<'r, 's, 't, 'd> Finder<'r, 's, 't, 'd> {
    pub fn new(reader: &'r mut Reader<'s, 't>, all: Blocks<'d>, sections: &'d [Section]) -> Self {
        let mut ids = UniqueIds::default();
        let mut doubled = BTreeSet::new();
        for (at, section) in sections.iter().enumerate() {
            // Explicit ids come first, so that no derived one can push them aside.
            let Some(id) = &section.args.id else { continue };
            if ids.contains(id) {
                let message = format!("The id “{id}” is taken by another heading; give this one its own");
                reader.source.fault(section.at, message);
                doubled.insert(at);
            } else {
                ids.take(id.clone(), 2);
            }
        }
        Self {
            reader,
            all,
            sections,
            found: Found::default(),
            ids,
            doubled,
            heard: BTreeSet::new(),
        }
    }

    pub fn body(&self, section: &Section) -> Blocks<'d> {
        self.all.slice(section.body.clone())
    }

    pub fn push(&mut self, at: usize, intro: Vec<Block>, builders: Vec<StepBuilder>, order: Option<Order>) {
        self.heard.insert(at);
        let section = &self.sections[at];
        let args = &section.args;
        let source = self.reader.source;
        let single = builders.len() == 1 && builders[0].at == section.at;
        if single {
            let mut keys: Vec<&str> = PROCEDURE_KEYS.to_vec();
            keys.extend(["gate", "plain", "optional", "live", "undo", "on_fail"]);
            args.reject_keys(source, &keys, "a procedure");
        } else {
            args.reject_keys(source, &PROCEDURE_KEYS, "a procedure");
        }
        let id = self.id(at);
        let kind = args.kind.unwrap_or_else(|| self.kind(at));
        let numbered = builders.iter().any(|builder| {
            let children = || builder.children.iter().any(|child| child.number.is_some());
            builder.number.is_some() || builder.is_group && children()
        });
        let order = args
            .order
            .or(order)
            .unwrap_or(if numbered { Order::Sequential } else { Order::Any });
        let timebox_seconds = args.timebox.or_else(|| bracketed_time(&section.title)).or_else(|| {
            (kind == ProcedureKind::Monitoring)
                .then(|| duration_in(&section.title))
                .flatten()
        });
        let index = self.found.procedures.len();
        if let Some((rollback, at)) = &args.rollback {
            self.found.rollbacks.push((index, rollback.clone(), *at));
        }
        let steps = self.reader.finish(builders, &id);
        self.found.owners.push((at, index));
        self.found.procedures.push(Procedure {
            id,
            title: section.title.clone(),
            kind,
            order,
            line: source.line(section.at),
            intro,
            steps,
            rollback: None,
            timebox_seconds,
            errors: Vec::new(),
        });
    }

    /// The author's id, else one made of the headings.
    pub fn id(&mut self, at: usize) -> String {
        match &self.sections[at].args.id {
            Some(id) if !self.doubled.contains(&at) => id.clone(),
            _ => {
                let id = self.path(at);
                self.ids.take(id, 2)
            }
        }
    }

    /// The headings above, without the document's title, and this one: `rollback-procedures.code-rollback`.
    pub fn path(&self, at: usize) -> String {
        let mut parts = vec![slug(&self.sections[at].title)];
        let mut above = self.sections[at].parent;
        while let Some(parent) = above {
            let section = &self.sections[parent];
            if section.level > 1 {
                parts.push(section.args.id.clone().unwrap_or_else(|| slug(&section.title)));
            }
            above = section.parent;
        }
        parts.reverse();
        parts.join(".")
    }

    /// The kind that the title names, else the nearest heading above that names one.
    pub fn kind(&self, at: usize) -> ProcedureKind {
        let mut section = Some(at);
        while let Some(here) = section {
            if let Some(kind) = self.sections[here].args.kind.or_else(|| self.sections[here].words.kind) {
                return kind;
            }
            section = self.sections[here].parent;
        }
        ProcedureKind::Checklist
    }
}
