//! Commands that stand in a section without a list: the section is one step.

use super::finder::Finder;
use super::recognise::{Above, is_command};
use crate::cues::{Cue, Form, Weighed};
use crate::numbering::Numbering;

impl Finder<'_, '_, '_, '_> {
    /// A section that says by its title what to verify or do, and by a command how: one step.
    pub(super) fn is_single(&mut self, at: usize, here: Above, explicit: bool) -> bool {
        let section = &self.sections[at];
        let steps_below = section.children.iter().any(|&child| {
            let child = &self.sections[child];
            child.numbering != Numbering::None || child.args.procedure || child.args.kind.is_some()
        });
        let whole = section.level > 1 || section.level == 1 && section.children.is_empty();
        if !(explicit && section.level > 0 || whole && !steps_below && !section.words.plural) {
            return false;
        }
        let body = self.body(section);
        if !body.blocks.iter().any(is_command) {
            return false;
        }
        let context = self.context(at, here, explicit);
        let weighed = Weighed {
            form: Form::CommandSection,
            at: section.at,
            cues: context
                .with(Cue::Commands, true)
                .with(Cue::HeadingVerb, section.words.verb)
                .with(Cue::Systems, section.words.platform),
        };
        let taken = weighed.is_steps();
        self.reader.weighed.push((weighed, usize::from(taken)));
        taken
    }
}
