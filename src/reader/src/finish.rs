//! From step builders to steps: ids, and remarks on steps that are doubled.

use std::collections::HashMap;

use crate::blanks::number_fields;
use crate::reader::Reader;
use crate::slug::{UniqueIds, slug};
use crate::step_builder::StepBuilder;
use crate::words::asks_for_work;
use holdpoint_domain::runbook::{Part, Severity, Step};

/// The keys that a step may have.
const STEP_KEYS: [&str; 11] = [
    "step", "gate", "plain", "timebox", "optional", "work", "live", "undo", "on_fail", "id", "title",
];

impl Reader<'_, '_> {
    /// Gives steps their ids, and remarks on those that are doubled.
    pub fn finish(&self, builders: Vec<StepBuilder>, prefix: &str) -> Vec<Step> {
        if builders.is_empty() {
            return Vec::new();
        }
        let mut ids = UniqueIds::default();
        // Explicit ids are taken first, so that no derived one can push them aside.
        let explicit: Vec<Option<String>> = builders
            .iter()
            .map(|builder| {
                let id = builder.args.id.as_ref()?;
                let unique = ids.take(id.clone(), 2);
                if unique != *id {
                    let message = format!("The id “{id}” is taken by another step here; this one becomes “{unique}”");
                    self.source.fault(builder.at, message);
                }
                Some(unique)
            })
            .collect();
        self.remark_duplicates(&builders);
        builders
            .into_iter()
            .zip(explicit)
            .map(|(builder, explicit)| {
                let own = explicit.unwrap_or_else(|| ids.take(slug(&builder.title), 2));
                self.step(builder, format!("{prefix}/{own}"))
            })
            .collect()
    }

    fn step(&self, mut builder: StepBuilder, id: String) -> Step {
        number_fields(&mut builder.parts);
        builder.args.reject_keys(self.source, &STEP_KEYS, "a step");
        let children = self.finish(builder.children, &id);
        let stated = builder.parts.iter().find_map(|part| match part {
            Part::IfItFails { action, .. } => Some(*action),
            _ => None,
        });
        let said = builder.args.into_values();
        let title = said.title.unwrap_or(builder.title);
        let timebox = said.timebox.or(builder.timebox);
        let asks = said.work.unwrap_or_else(|| timebox.is_some() || asks_for_work(&title));
        Step {
            id,
            number: builder.number,
            work: asks && !said.gates.is_empty(),
            live: said.live,
            undo: said.undo,
            title,
            plain: said.plain,
            line: self.source.line(builder.at),
            parts: builder.parts,
            gates: said.gates.into_iter().map(|(name, _)| name).collect(),
            on_fail: said.on_fail.or(builder.on_fail).or(stated),
            optional: said.optional || builder.optional,
            timebox_seconds: timebox,
            children,
        }
    }

    /// Says which steps have the same text as one before them.
    fn remark_duplicates(&self, builders: &[StepBuilder]) {
        let mut seen: HashMap<String, u32> = HashMap::new();
        for (at, again) in (0_u32..).zip(builders) {
            let Some(first) = seen.insert(again.title.to_lowercase(), at) else {
                continue;
            };
            if self.source.is_full() {
                return;
            }
            let first = &builders[first as usize];
            let message = format!(
                "“{}” is the same step as on line {}; say how they differ, so that a tick's meaning is clear",
                again.title,
                self.source.line(first.at)
            );
            self.source.remark(again.at, Severity::Warning, message);
        }
    }
}
