//! Finding what can be run, and what is there to be looked up.

mod body;
mod commands;
mod finder;
mod make;
mod recognise;
mod references;
mod remarks;

use crate::annotation::StepsFrom;
use crate::blocks::Blocks;
use crate::groups::mark_alternatives;
use crate::reader::Reader;
use crate::sections::Section;
use body::Candidate;
use finder::Finder;
pub(super) use finder::Found;
use holdpoint_domain::runbook::{Order, Severity};
use make::HeadingSteps;
use recognise::{Above, marked};

/// Finds the procedures and references of a document. `guide` tells that its name says that it tells what to do.
pub(super) fn find(reader: &mut Reader<'_, '_>, all: Blocks<'_>, sections: &[Section], guide: bool) -> Found {
    let mut finder = Finder::new(reader, all, sections);
    let above = Above {
        title: guide,
        ..Above::default()
    };
    finder.visit(0, above);
    finder.reject_unheard();
    finder.found
}

impl Finder<'_, '_, '_, '_> {
    fn visit(&mut self, at: usize, above: Above) {
        let sections = self.sections;
        let section = &sections[at];
        let reference = section.words.reference;
        let here = Above {
            procedure: section.level > 1 && (above.procedure || section.words.procedure),
            reference: above.reference || reference && section.level > 1,
            // The author's word about a section is stronger than the word about one above it.
            explicit_reference: section.args.reference || above.explicit_reference && !marked(section),
            title: section.level <= 1 && section.words.guide || above.title,
            siblings: above.siblings,
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
        let mut below = Above {
            siblings: false,
            ..here
        };
        for &child in &section.children {
            if consumed.binary_search(&child).is_err() {
                let before = self.found.procedures.len();
                self.visit(child, below);
                below.siblings |= self.found.procedures.len() > before;
            }
        }
    }

    /// Reads a section as a procedure; returns the sub-sections that became its steps.
    fn procedure(&mut self, at: usize, here: Above) -> Option<Vec<usize>> {
        let sections = self.sections;
        let section = &sections[at];
        let args = &section.args;
        if args.steps == Some(StepsFrom::None) {
            return None;
        }
        let explicit = marked(section);
        let by_headings = args.steps.is_none_or(|steps| steps == StepsFrom::Headings);
        let candidates = self.candidates(at, here, explicit);
        if by_headings && let Some((holder, steps)) = self.heading_steps(at, here, explicit) {
            return Some(self.procedure_of_headings(at, holder, steps, &candidates, here));
        }
        let mut made = self.body_steps(at, &candidates);
        if !made.builders.is_empty() {
            self.remark_candidates(at, here, &candidates);
            self.remark_fences(at, here, &made.left);
            let order = made.sentences.then_some(Order::Sequential);
            self.push(at, made.intro, std::mem::take(&mut made.builders), order);
            return Some(Vec::new());
        }
        if (args.steps.is_none() || explicit) && self.is_single(at, here, explicit) {
            self.single(at);
            return Some(Vec::new());
        }
        self.remark_candidates(at, here, &candidates);
        let fences = self.remark_fences(at, here, &made.left);
        if explicit {
            let message = format!(
                "“{}” is marked as a procedure, and no steps were found under it",
                section.title
            );
            self.reader.source.fault(section.at, message);
        } else if !fences && candidates.iter().all(Option::is_none) && self.promises(at, here) {
            let message = format!(
                "“{}” reads like a procedure, and no steps were found under it; number them, make them task items, or say \
                 steps=list (or reference) in a comment",
                section.title
            );
            self.reader.source.remark(section.at, Severity::Info, message);
        }
        None
    }

    /// Annotations of headings that are part of something else, such as a heading within a step, say nothing to anybody.
    fn reject_unheard(&mut self) {
        for (at, section) in self.sections.iter().enumerate() {
            if !self.heard.contains(&at) {
                let what = "a heading that is part of a step or holds the steps of the heading above it";
                section.args.reject_keys(self.reader.source, &["title"], what);
            }
        }
    }

    /// Makes a procedure of sub-sections that are steps, and looks at the sections within and beside them that are not. Steps in the
    /// section's own text come first.
    fn procedure_of_headings(
        &mut self,
        at: usize,
        holder: usize,
        steps: Vec<usize>,
        candidates: &[Option<Candidate>],
        here: Above,
    ) -> Vec<usize> {
        let within = Above {
            procedure: true,
            title: here.title,
            ..Above::default()
        };
        let own = self.body_steps(at, candidates);
        self.remark_candidates(at, here, candidates);
        self.remark_fences(at, here, &own.left);
        let HeadingSteps {
            intro,
            builders,
            procedures,
        } = self.steps_of_headings(at, holder, &steps, own.intro);
        for procedure in procedures {
            self.visit(procedure, within);
        }
        let mut all = own.builders;
        all.extend(builders);
        mark_alternatives(&mut all);
        self.push(at, intro, all, Some(Order::Sequential));
        if holder == at {
            return steps;
        }
        for &inner in &self.sections[holder].children {
            if steps.binary_search(&inner).is_err() {
                self.visit(inner, within);
            }
        }
        vec![holder]
    }

    /// A heading without sections below it whose words promise steps.
    fn promises(&self, at: usize, here: Above) -> bool {
        let section = &self.sections[at];
        let says = section.words.kind.is_some() && section.level > 1 && section.children.is_empty();
        says && !here.reference && section.args.is_empty() && !self.body(section).shown().is_empty()
    }
}
