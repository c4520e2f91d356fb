//! Finding what can be run, and what is there to be looked up.

use std::collections::BTreeSet;

use super::comment::{Settings, StepsFrom};
use super::draft::{Blocks, Draft, Reader};
use super::forms::{bracketed_time, has_boxes, has_numbered_comments, is_check_table, one_line};
use super::parts::labelled;
use super::sections::Section;
use super::slug::{Numbering, Unique, duration_in, slug, waiting_in};
use super::words::{self, Fence, Label};
use super::{Block, Inline, ListItem, Order, Part, Procedure, ProcedureKind, Reference, Severity};

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

/// What the sections above say.
#[derive(Clone, Copy, Default)]
struct Above {
    /// One of them can be a procedure's heading.
    procedure: bool,
    /// One of them is of things to look up.
    reference: bool,
    /// The author says so.
    explicit_reference: bool,
}

/// The forms of steps in a section's own text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Task items, boxes and tables of checks.
    Checks,
    Ordered,
    Bullets,
    Fence,
    AnyTable,
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
        let reference = words::is_reference(&section.folded);
        let here = Above {
            procedure: section.level > 1 && (above.procedure || words::is_procedure(&section.folded)),
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
            if !consumed.contains(&child) {
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
            return Some(self.from_headings(at, holder, steps));
        }
        let form = match settings.steps {
            Some(StepsFrom::Headings | StepsFrom::None) => None,
            Some(StepsFrom::List) => self.list_form(section),
            Some(StepsFrom::Fence) => Some(Form::Fence),
            Some(StepsFrom::Table) => Some(Form::AnyTable),
            None => self.form(at, here, explicit),
        };
        if let Some(form) = form
            && let Some(()) = self.from_body(at, form)
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
        }
        None
    }

    fn body(&self, section: &Section) -> Blocks<'d> {
        self.all.slice(section.body.clone())
    }

    /// The sub-sections that are steps, and the section that holds them.
    fn heading_steps(&self, at: usize, here: Above, explicit: bool) -> Option<(usize, Vec<usize>)> {
        let section = &self.sections[at];
        if let Some(steps) = self.step_children(at, here, explicit) {
            return Some((at, steps));
        }
        let words = words::is_procedure(&section.folded) && section.level > 1 || explicit;
        if !words || here.reference && !explicit {
            return None;
        }
        // “Rollback steps” below “Rollback procedure” holds the steps of the latter.
        let mut wrappers = section.children.iter().filter(|&&child| {
            let child = &self.sections[child];
            !child.settings.procedure && child.settings.kind.is_none() && words::is_wrapper(&child.folded)
        });
        let (&wrapper, None) = (wrappers.next()?, wrappers.next()) else {
            return None;
        };
        if words::is_plural(&section.folded) {
            return None;
        }
        let steps = self.step_children(wrapper, here, true)?;
        Some((wrapper, steps))
    }

    fn step_children(&self, at: usize, here: Above, explicit: bool) -> Option<Vec<usize>> {
        let section = &self.sections[at];
        let child = |&&child: &&usize| &self.sections[child];
        let is_step = |section: &Section| {
            let other = section.settings.procedure || section.settings.reference || section.settings.kind.is_some();
            !other && (section.settings.step || section.numbering == Numbering::Step)
        };
        let steps: Vec<usize> = section
            .children
            .iter()
            .filter(|at| is_step(child(at)))
            .copied()
            .collect();
        if !steps.is_empty() && section.level > 0 {
            let asked = steps.iter().any(|&step| self.sections[step].settings.step);
            return (!here.reference || explicit || asked).then_some(steps);
        }
        let numbered: Vec<usize> = section
            .children
            .iter()
            .filter(|at| {
                let section = child(at);
                let other = section.settings.procedure || section.settings.reference || section.settings.kind.is_some();
                section.numbering == Numbering::Plain && !other
            })
            .copied()
            .collect();
        if explicit && section.settings.steps == Some(StepsFrom::Headings) && numbered.is_empty() {
            let plain: Vec<usize> = section
                .children
                .iter()
                .filter(|at| {
                    let settings = &child(at).settings;
                    !settings.procedure && !settings.reference && settings.kind.is_none()
                })
                .copied()
                .collect();
            return (!plain.is_empty()).then_some(plain);
        }
        if numbered.is_empty() {
            return None;
        }
        if explicit {
            return Some(numbered);
        }
        let lookup = numbered
            .iter()
            .any(|&child| words::is_reference(&self.sections[child].folded));
        let nested = numbered.iter().any(|&child| !self.sections[child].children.is_empty());
        let allowed = match section.level {
            0 => false,
            // Documents number their chapters; only a flat one under a telling title is a procedure.
            1 => words::is_procedure(&section.folded) && !lookup && !nested && numbered.len() > 1,
            _ => {
                let kind = words::kind(&section.folded);
                let own = words::is_procedure(&section.folded);
                let watched = kind == Some(ProcedureKind::Monitoring);
                own && !watched
                    && !words::is_plural(&section.folded)
                    && !here.reference
                    && numbered.len() > 1
                    && !numbered.iter().any(|&child| self.has_checks(child))
            }
        };
        allowed.then_some(numbered)
    }

    fn has_checks(&self, at: usize) -> bool {
        self.body(&self.sections[at]).blocks.iter().any(is_checks)
    }

    fn list_form(&self, section: &Section) -> Option<Form> {
        let blocks = self.body(section).blocks;
        if blocks
            .iter()
            .any(|block| matches!(block, Block::List { items, .. } if items.iter().any(|item| item.task.is_some())))
        {
            Some(Form::Checks)
        } else if blocks
            .iter()
            .any(|block| matches!(block, Block::List { start: Some(_), .. }))
        {
            Some(Form::Ordered)
        } else {
            Some(Form::Bullets)
        }
    }

    /// The form in which a section has steps, if it may have any.
    fn form(&self, at: usize, here: Above, explicit: bool) -> Option<Form> {
        let section = &self.sections[at];
        let own = words::is_procedure(&section.folded);
        if here.reference && !own && !explicit {
            return None;
        }
        let blocks = self.body(section).blocks;
        if blocks.iter().any(is_checks) {
            return Some(Form::Checks);
        }
        if !(own || here.procedure || explicit) {
            return None;
        }
        let mut before: Option<&Block> = None;
        for block in blocks {
            match block {
                Block::List { start: Some(_), .. } if !before.is_some_and(lists_facts) => return Some(Form::Ordered),
                _ => {}
            }
            before = Some(block);
        }
        let fence =
            |block: &Block| matches!(block, Block::Code { language, text } if has_numbered_comments(language, text));
        if blocks.iter().any(fence) {
            return Some(Form::Fence);
        }
        (settled_bullets(explicit) && blocks.iter().any(|block| matches!(block, Block::List { .. })))
            .then_some(Form::Bullets)
    }

    fn from_headings(&mut self, at: usize, holder: usize, steps: Vec<usize>) -> Vec<usize> {
        let sections = self.sections;
        let section = &sections[at];
        let first = sections[steps[0]].heading.unwrap_or(section.end);
        let mut intro = self.body(section).shown();
        let mut consumed = Vec::new();
        // Sections before the first step explain; those that are read otherwise too are also listed by themselves.
        for &child in &section.children {
            if child == holder {
                consumed.push(holder);
                intro.extend(self.body(&sections[holder]).shown());
                for &inner in &sections[holder].children {
                    if sections[inner].end <= first {
                        intro.extend(self.subtree(inner).shown());
                    }
                }
            } else if sections[child].end <= first && !steps.contains(&child) {
                intro.extend(self.subtree(child).shown());
            }
        }
        let mut drafts = Vec::with_capacity(steps.len());
        for &step in &steps {
            let draft = self.heading_step(step);
            drafts.push(draft);
        }
        self.push(at, intro, drafts, Some(Order::Sequential));
        if holder == at {
            consumed.extend(steps);
        } else {
            // Sections beside the steps are looked at by themselves.
            for &inner in &sections[holder].children {
                if !steps.contains(&inner) {
                    self.visit(
                        inner,
                        Above {
                            procedure: true,
                            ..Above::default()
                        },
                    );
                }
            }
        }
        consumed
    }

    fn subtree(&self, at: usize) -> Blocks<'d> {
        let section = &self.sections[at];
        self.all.slice(section.heading.unwrap_or(0)..section.end)
    }

    /// A heading that is a step, with the sections below it.
    fn heading_step(&mut self, at: usize) -> Draft {
        let sections = self.sections;
        let section = &sections[at];
        let mut parts = Vec::new();
        let mut children = Vec::new();
        let own = self.reader.content(self.body(section));
        parts.extend(own.parts);
        children.extend(own.children);
        for &child in &section.children {
            let below = &sections[child];
            if below.settings.procedure || below.settings.reference || below.settings.kind.is_some() {
                self.visit(
                    child,
                    Above {
                        procedure: true,
                        ..Above::default()
                    },
                );
            } else if below.numbering != Numbering::None && below.numbering != Numbering::Case || below.settings.step {
                children.push(self.heading_step(child));
            } else {
                let content = self.reader.content(self.subtree(child));
                parts.extend(content.parts);
                children.extend(content.children);
            }
        }
        let start = section.at;
        let end = self
            .all
            .marks
            .get(section.body.end.wrapping_sub(1))
            .map_or(start, |mark| mark.end);
        let mut settings = section.settings.clone();
        settings.merge(self.reader.settle(start, end.max(start), &mut children));
        Draft {
            number: section.number.clone(),
            title: section.title.clone(),
            at: section.at,
            timebox: bracketed_time(&section.title).or_else(|| waiting(&parts)),
            on_fail: None,
            parts,
            children,
            settings,
        }
    }

    /// Steps from a section's own text.
    fn from_body(&mut self, at: usize, form: Form) -> Option<()> {
        let section = &self.sections[at];
        let body = self.body(section);
        let mut intro = Vec::new();
        let mut drafts: Vec<Draft> = Vec::new();
        let mut between: Vec<usize> = Vec::new();
        // Where the author says that steps come from fences, one numbered comment is a step.
        let least = if section.settings.steps == Some(StepsFrom::Fence) {
            1
        } else {
            2
        };
        let mut before: Option<&Block> = None;
        for (index, (block, mark)) in body.iter().enumerate() {
            let steps = match (form, block) {
                (Form::Checks, Block::List { start, items }) if has_tasks(items) => {
                    Some(self.reader.list_steps(*start, items, &mark.children))
                }
                (
                    Form::Ordered,
                    Block::List {
                        start: Some(start),
                        items,
                    },
                ) if !before.is_some_and(lists_facts) => {
                    // A list that goes on after a fence: what stands between belongs to the step before it.
                    if *start > 1 && !drafts.is_empty() {
                        for at in std::mem::take(&mut between) {
                            let content = self.reader.content(body.slice(at..at + 1));
                            if let Some(last) = drafts.last_mut() {
                                last.parts.extend(content.parts);
                                last.children.extend(content.children);
                            }
                        }
                    }
                    Some(self.reader.list_steps(Some(*start), items, &mark.children))
                }
                (Form::Bullets, Block::List { start, items }) => {
                    Some(self.reader.list_steps(*start, items, &mark.children))
                }
                (Form::Checks, Block::Table { head, rows }) => {
                    self.reader.table_steps(head, rows, &mark.children, false)
                }
                (Form::AnyTable, Block::Table { head, rows }) => {
                    self.reader.table_steps(head, rows, &mark.children, true)
                }
                (Form::Checks, Block::Code { language, text }) if has_boxes(language, text) => {
                    self.fence(language, text, mark.inner, &mut intro, least)
                }
                (Form::Fence, Block::Code { language, text }) => {
                    self.fence(language, text, mark.inner, &mut intro, least)
                }
                _ => None,
            };
            match steps {
                Some(steps) => {
                    intro.extend(between.drain(..).flat_map(|at| body.slice(at..at + 1).shown()));
                    drafts.extend(steps);
                }
                None => between.push(index),
            }
            before = Some(block);
        }
        intro.extend(between.drain(..).flat_map(|at| body.slice(at..at + 1).shown()));
        if drafts.is_empty() {
            return None;
        }
        let start = body.marks.first().map_or(section.at, |mark| mark.start);
        let end = body.marks.last().map_or(section.at, |mark| mark.end);
        let plain = self.reader.take_plain(start, end);
        for settings in plain {
            // A comment on the line after a list item ends the list for Markdown; it still means that item.
            match drafts.iter_mut().rev().find(|draft| draft.at < settings.at) {
                Some(draft) if form != Form::Fence => draft.settings.merge(settings),
                _ => {
                    let message = "This comment stands at no step: put it at the end of a heading, list item or table \
                                   row, or say step=N before a fence";
                    self.reader.source.remark(settings.at, Severity::Error, message);
                }
            }
        }
        self.reader.settle(start, end, &mut drafts);
        self.push(at, intro, drafts, None);
        Some(())
    }

    fn fence(
        &mut self,
        language: &str,
        text: &str,
        inner: usize,
        intro: &mut Vec<Block>,
        least: usize,
    ) -> Option<Vec<Draft>> {
        let line = self.reader.source.line(inner);
        let steps = self.reader.fence_steps(language, text, line, least)?;
        if !steps.before.trim().is_empty() {
            intro.push(Block::Code {
                language: language.to_owned(),
                text: steps.before,
            });
        }
        Some(steps.drafts)
    }

    /// A section that says by its title what to verify or do, and by a fence how: one step.
    fn is_single(&self, at: usize, here: Above, explicit: bool) -> bool {
        let section = &self.sections[at];
        if section.level < 2 || here.reference && !explicit {
            return false;
        }
        let kind = words::kind(&section.folded);
        let telling = kind.is_some_and(|kind| kind != ProcedureKind::Setup && kind != ProcedureKind::Release)
            && !words::is_plural(&section.folded);
        let runs = self
            .body(section)
            .blocks
            .iter()
            .any(|block| matches!(block, Block::Code { language, .. } if words::fence(language) == Fence::Command));
        let steps_below = section.children.iter().any(|&child| {
            let child = &self.sections[child];
            child.numbering != Numbering::None || child.settings.procedure || child.settings.kind.is_some()
        });
        (telling && !steps_below || explicit) && runs
    }

    fn single(&mut self, at: usize) {
        let section = &self.sections[at];
        let body = self.body(section);
        let first = body
            .blocks
            .iter()
            .position(|block| !matches!(block, Block::Html { comment: true, .. } | Block::Quote { .. }))
            .unwrap_or(0);
        let intro = body.slice(0..first).shown();
        let content = self.reader.content(body.slice(first..body.blocks.len()));
        let mut draft = Draft {
            title: section.title.clone(),
            at: section.at,
            parts: content.parts,
            children: content.children,
            ..Draft::default()
        };
        let start = body.marks.first().map_or(section.at, |mark| mark.start);
        let end = body.marks.last().map_or(section.at, |mark| mark.end);
        draft.settings = self.reader.settle(start, end, &mut draft.children);
        let mut own = section.settings.clone();
        own.keys
            .retain(|(key, _)| ["gate", "plain", "optional", "on_fail"].contains(key));
        draft.settings.merge(Settings {
            procedure: false,
            reference: false,
            id: None,
            title: None,
            timebox: None,
            ..own
        });
        self.push(at, intro, vec![draft], Some(Order::Sequential));
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
                .or_else(|| words::kind(&self.sections[here].folded))
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

/// The author says that this is a procedure.
fn marked(section: &Section) -> bool {
    let settings = &section.settings;
    settings.procedure || settings.kind.is_some() || settings.steps.is_some_and(|steps| steps != StepsFrom::None)
}

fn settled_bullets(explicit: bool) -> bool {
    explicit
}

fn item_text(item: &ListItem) -> String {
    super::parts::blocks_text(&item.blocks)
}

fn has_tasks(items: &[ListItem]) -> bool {
    items.iter().any(|item| item.task.is_some())
}

/// Task items, boxes or a table of checks.
fn is_checks(block: &Block) -> bool {
    match block {
        Block::List { items, .. } => has_tasks(items),
        Block::Code { language, text } => has_boxes(language, text),
        Block::Table { head, rows } => is_check_table(head, rows),
        _ => false,
    }
}

/// `This runs:` before an ordered list: the list says what a machine does, and is not for people to do.
fn lists_facts(block: &Block) -> bool {
    let Block::Paragraph { content } = block else {
        return false;
    };
    let line = super::parts::label_lines(content).pop().unwrap_or_default();
    let text: &[Inline] = &line;
    labelled(text).is_some_and(|labelled| matches!(labelled.label, Label::Checks | Label::Expected | Label::Why))
}

/// A waiting time in a step's instructions.
fn waiting(parts: &[Part]) -> Option<u64> {
    parts.iter().find_map(|part| match part {
        Part::Text { blocks } => waiting_in(&super::parts::blocks_text(blocks)),
        _ => None,
    })
}
