//! What is said of candidates that are no steps, and of commands that stand in none.

use super::body::Candidate;
use super::finder::Finder;
use super::recognise::{Above, is_command};
use crate::annotation::StepsFrom;
use crate::cues::{Form, NEEDED, Weighed};
use holdpoint_domain::runbook::Severity;

/// How far below what is needed a list of bullets may be to be remarked on: most say facts.
const NEARLY: i32 = 4;

impl Finder<'_, '_, '_, '_> {
    /// Keeps the candidates that are no steps, and remarks on them.
    pub(super) fn remark_candidates(&mut self, at: usize, here: Above, candidates: &[Option<Candidate>]) {
        for one in candidates.iter().flatten().filter(|one| !one.taken) {
            self.reader.weighed.push((one.weighed, 0));
            let wanted = self.sections[at].args.steps;
            let said = wanted.is_some() || here.explicit_reference;
            let far = one.weighed.form == Form::BulletList && one.weighed.weight() < NEEDED - NEARLY
                || one.weighed.has_links();
            if !said && !far {
                self.remark_candidate(at, &one.weighed);
            }
        }
    }

    fn remark_candidate(&self, at: usize, weighed: &Weighed) {
        if self.reader.source.is_full() {
            return;
        }
        let against = weighed.said(false);
        let why = if against.is_empty() {
            "nothing above it says that it is something to do".to_owned()
        } else {
            against.join(", and ")
        };
        let comment = weighed.form.comment();
        let message = format!(
            "This {} is read and not run: {why}. {}",
            weighed.form.name(),
            self.place_for(at, comment, "are steps")
        );
        self.reader.source.remark(weighed.at, Severity::Info, message);
    }

    /// Remarks on the commands among blocks that belong to no step; whether there are any.
    pub(super) fn remark_fences(&self, at: usize, here: Above, left: &[usize]) -> bool {
        let section = &self.sections[at];
        let mut any = false;
        if here.reference || here.explicit_reference || section.args.steps == Some(StepsFrom::None) {
            return false;
        }
        let body = self.body(section);
        for &index in left {
            if !is_command(&body.blocks[index]) {
                continue;
            }
            any = true;
            if self.reader.source.is_full() {
                return true;
            }
            let message = format!(
                "These commands are in no step. {}",
                self.place_for(at, "<!-- holdpoint: procedure -->", "belong to one")
            );
            self.reader
                .source
                .remark(body.marks[index].start, Severity::Info, message);
        }
        any
    }

    /// Where a comment goes that would change what was decided.
    fn place_for(&self, at: usize, comment: &str, what: &str) -> String {
        let title: String = self.sections[at].title.chars().take(60).collect();
        if self.sections[at].heading.is_none() {
            return format!("If they {what}, put a heading above them, and {comment} on the line after it");
        }
        format!(
            "If they {what}, put {comment} on the line after the heading “{title}”; if not, <!-- holdpoint: reference -->"
        )
    }
}
