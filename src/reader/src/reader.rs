//! The source while it is read, and the annotations in it that are not used yet.

use crate::annotation::{AnnotationArgs, Directive};
use crate::cues::Weighed;
use crate::source::Source;
use crate::step_builder::StepBuilder;

/// The source, and its annotations with a mark on those that a heading or step has taken.
pub(super) struct Reader<'s, 't> {
    pub source: &'s Source<'t>,
    pub directives: Vec<Directive>,
    /// Every candidate, and how many steps were made of it.
    pub weighed: Vec<(Weighed, usize)>,
}

impl Reader<'_, '_> {
    /// Takes the unused annotations between two offsets.
    pub fn take_each(&mut self, start: usize, end: usize) -> Vec<AnnotationArgs> {
        let from = self.directives.partition_point(|directive| directive.start < start);
        let mut taken = Vec::new();
        for directive in &mut self.directives[from..] {
            if directive.start >= end {
                break;
            }
            if !directive.used {
                directive.used = true;
                taken.push(std::mem::take(&mut directive.args));
            }
        }
        taken
    }

    /// Takes the annotations of a heading; those with `step=N` are left for what follows it.
    pub fn take_heading(&mut self, start: usize, end: usize) -> AnnotationArgs {
        let mut all = AnnotationArgs::default();
        for args in self.take_plain(start, end) {
            all.merge(args);
        }
        all
    }

    /// Takes the unused annotations without `step=N` between two offsets.
    pub fn take_plain(&mut self, start: usize, end: usize) -> Vec<AnnotationArgs> {
        let from = self.directives.partition_point(|directive| directive.start < start);
        let to = self.directives.partition_point(|directive| directive.start < end);
        self.directives[from..to]
            .iter_mut()
            .filter(|directive| !directive.used && directive.args.nth.is_none())
            .map(|directive| {
                directive.used = true;
                std::mem::take(&mut directive.args)
            })
            .collect()
    }

    /// Takes the unused annotations between two offsets as one.
    pub fn take(&mut self, start: usize, end: usize) -> AnnotationArgs {
        let mut all = AnnotationArgs::default();
        for args in self.take_each(start, end) {
            if let Some(number) = args.nth {
                let message = format!("There is no step {number} here: step=N stands before a fence, list or table");
                self.source.fault(args.at, message);
            }
            all.merge(args);
        }
        all
    }

    /// Takes the unused annotations between two offsets as one; those with `step=N` go to the Nth step that follows them.
    pub fn settle(&mut self, start: usize, end: usize, builders: &mut [StepBuilder]) -> AnnotationArgs {
        let mut all = AnnotationArgs::default();
        for args in self.take_each(start, end) {
            let Some(number) = args.nth else {
                all.merge(args);
                continue;
            };
            let first = builders.partition_point(|builder| builder.at <= args.at);
            match builders.get_mut(first.saturating_add(number - 1)) {
                Some(builder) => builder.args.merge(args),
                None => {
                    let message =
                        format!("No {number} steps follow this comment; count those of the fence, list or table");
                    self.source.fault(args.at, message);
                }
            }
        }
        all
    }
}
