//! Finding what can be run, and what is there to be looked up.

use std::collections::BTreeSet;

use crate::comment::StepsFrom;
use crate::draft::{Blocks, Draft, Reader};
use crate::forms::{bracketed_time, one_line};
use crate::sections::Section;
use crate::slug::{Unique, duration_in, slug};
use holdpoint_domain::runbook::{Block, ListItem, Order, Procedure, ProcedureKind, Reference, Severity};
use recognise::{Above, Form, marked};

mod make;
mod recognise;

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

/// What was found.
#[derive(Default)]
pub(super) struct Found {
    pub procedures: Vec<Procedure>,
    pub references: Vec<Reference>,
    /// Procedure of a section, for links: (section, index).
    pub owners: Vec<(usize, usize)>,
    /// Explicit `rollback=ID`, and where it is said: (index, id, offset).
    pub rollbacks: Vec<(usize, String, usize)>,
}

pub(super) struct Finder<'r, 's, 't, 'd> {
    pub reader: &'r mut Reader<'s, 't>,
    pub all: Blocks<'d>,
    pub sections: &'d [Section],
    pub found: Found,
    ids: Unique,
    /// Sections whose explicit id is another's, too.
    doubled: BTreeSet<usize>,
}

impl<'r, 's, 't, 'd> Finder<'r, 's, 't, 'd> {
    pub fn new(reader: &'r mut Reader<'s, 't>, all: Blocks<'d>, sections: &'d [Section]) -> Self {
        let mut ids = Unique::default();
        let mut doubled = BTreeSet::new();
        for (at, section) in sections.iter().enumerate() {
            // Explicit ids come first, so that no derived one can push them aside.
            let Some(id) = &section.settings.id else { continue };
            if ids.contains(id) {
                let message = format!("The id “{id}” is taken by another heading; give this one its own");
                reader.source.remark(section.at, Severity::Error, message);
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
        }
    }

    pub fn run(mut self) -> Found {
        self.visit(0, Above::default());
        self.found
    }

    fn visit(&mut self, at: usize, above: Above) {
        let section = &self.sections[at];
        let reference = section.words.reference;
        let here = Above {
            procedure: section.level > 1 && (above.procedure || section.words.procedure),
            reference: above.reference || reference && section.level > 1,
            // The author's word about a section is stronger than the word about one above it.
            explicit_reference: section.settings.reference || above.explicit_reference && !marked(section),
        };
        let steps = if here.explicit_reference {
            None
        } else {
            self.procedure(at, here)
        };
        let consumed = match steps {
            Some(consumed) => consumed,
            None => {
                self.reference(at, here);
                Vec::new()
            }
        };
        for &child in &section.children {
            if consumed.binary_search(&child).is_err() {
                self.visit(child, here);
            }
        }
    }

    /// Reads a section as a procedure; returns the sub-sections that became its steps.
    fn procedure(&mut self, at: usize, here: Above) -> Option<Vec<usize>> {
        let section = &self.sections[at];
        let settings = &section.settings;
        if settings.steps == Some(StepsFrom::None) {
            return None;
        }
        let explicit = marked(section);
        let by_headings = settings.steps.is_none_or(|steps| steps == StepsFrom::Headings);
        if by_headings && let Some((holder, steps)) = self.heading_steps(at, here, explicit) {
            return Some(self.make_of_headings(at, holder, steps));
        }
        let form = match settings.steps {
            Some(StepsFrom::Headings | StepsFrom::None) => None,
            Some(StepsFrom::List) => self.list_form(section),
            Some(StepsFrom::Fence) => Some(Form::Fence),
            Some(StepsFrom::Table) => Some(Form::AnyTable),
            None => self.form(at, here, explicit),
        };
        if let Some(form) = form
            && let Some(()) = self.make_of_body(at, form)
        {
            return Some(Vec::new());
        }
        if self.is_single(at, here, explicit) {
            self.single(at);
            return Some(Vec::new());
        }
        if explicit {
            let message = format!(
                "“{}” is marked as a procedure, and no steps were found under it",
                section.title
            );
            self.reader.source.remark(section.at, Severity::Error, message);
        } else if self.promises(at, here) {
            let message = format!(
                "“{}” reads like a procedure, and no steps were found under it; number them, make them task items, or say \
                 steps=list (or reference) in a comment",
                section.title
            );
            self.reader.source.remark(section.at, Severity::Info, message);
        }
        None
    }

    /// A heading without sections below it whose words promise steps.
    fn promises(&self, at: usize, here: Above) -> bool {
        let section = &self.sections[at];
        let says = section.words.kind.is_some() && section.level > 1 && section.children.is_empty();
        says && !here.reference && section.settings.is_empty() && !self.body(section).shown().is_empty()
    }

    fn body(&self, section: &Section) -> Blocks<'d> {
        self.all.slice(section.body.clone())
    }

    fn push(&mut self, at: usize, intro: Vec<Block>, drafts: Vec<Draft>, order: Option<Order>) {
        let section = &self.sections[at];
        let settings = &section.settings;
        let source = self.reader.source;
        let single = drafts.len() == 1 && drafts[0].at == section.at;
        if single {
            let mut keys: Vec<&str> = PROCEDURE_KEYS.to_vec();
            keys.extend(["gate", "plain", "optional", "on_fail"]);
            settings.refuse(source, &keys, "a procedure");
        } else {
            settings.refuse(source, &PROCEDURE_KEYS, "a procedure");
        }
        let id = self.id(at);
        let kind = settings.kind.unwrap_or_else(|| self.kind(at));
        let numbered = drafts.iter().any(|draft| draft.number.is_some());
        let order = settings
            .order
            .or(order)
            .unwrap_or(if numbered { Order::Sequential } else { Order::Any });
        let timebox_seconds = settings.timebox.or_else(|| bracketed_time(&section.title)).or_else(|| {
            (kind == ProcedureKind::Monitoring)
                .then(|| duration_in(&section.title))
                .flatten()
        });
        let index = self.found.procedures.len();
        if let Some((rollback, at)) = &settings.rollback {
            self.found.rollbacks.push((index, rollback.clone(), *at));
        }
        let steps = self.reader.finish(drafts, &id);
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
        });
    }

    /// The author's id, else one made of the headings.
    fn id(&mut self, at: usize) -> String {
        match &self.sections[at].settings.id {
            Some(id) if !self.doubled.contains(&at) => id.clone(),
            _ => {
                let id = self.path(at);
                self.ids.take(id, 2)
            }
        }
    }

    /// The headings above, without the document's title, and this one: `rollback-procedures.code-rollback`.
    fn path(&self, at: usize) -> String {
        let mut parts = vec![slug(&self.sections[at].title)];
        let mut above = self.sections[at].parent;
        while let Some(parent) = above {
            let section = &self.sections[parent];
            if section.level > 1 {
                parts.push(section.settings.id.clone().unwrap_or_else(|| slug(&section.title)));
            }
            above = section.parent;
        }
        parts.reverse();
        parts.join(".")
    }

    /// The kind that the title names, else the nearest heading above that names one.
    fn kind(&self, at: usize) -> ProcedureKind {
        let mut section = Some(at);
        while let Some(here) = section {
            if let Some(kind) = self.sections[here]
                .settings
                .kind
                .or_else(|| self.sections[here].words.kind)
            {
                return kind;
            }
            section = self.sections[here].parent;
        }
        ProcedureKind::Checklist
    }

    /// Tables, lists and look-up headings outside procedures.
    fn reference(&mut self, at: usize, here: Above) {
        let section = &self.sections[at];
        let mut items = Vec::new();
        for block in self.body(section).blocks {
            match block {
                Block::Table { rows, .. } => {
                    items.extend(
                        rows.iter()
                            .map(|row| row.iter().map(|cell| one_line(cell)).collect::<Vec<_>>()),
                    );
                }
                Block::List { items: list, .. } => items.extend(list.iter().map(|item| vec![item_text(item)])),
                _ => {}
            }
        }
        let body = self.body(section).shown();
        let named =
            (here.reference || here.explicit_reference) && body.iter().any(|block| !matches!(block, Block::Rule));
        if section.level < 2 && !section.settings.reference || items.is_empty() && !named {
            // A heading marked as a procedure was told already that it has no steps.
            if !marked(section) {
                let what = "a heading that is neither a procedure nor a step";
                section
                    .settings
                    .refuse(self.reader.source, &["reference", "steps", "id", "title"], what);
            }
            return;
        }
        let allowed = ["reference", "id", "title", "steps"];
        section
            .settings
            .refuse(self.reader.source, &allowed, "reference material");
        let id = self.id(at);
        self.found.references.push(Reference {
            id,
            title: section.title.clone(),
            line: self.reader.source.line(section.at),
            items,
            blocks: body,
        });
    }
}

fn item_text(item: &ListItem) -> String {
    crate::parts::blocks_text(&item.blocks)
}
