//! Steps before they have ids.

use std::collections::HashMap;

use crate::comment::{Directive, Settings};
use crate::parse::Mark;
use crate::slug::{Unique, slug};
use crate::source::Source;
use holdpoint_domain::runbook::{Block, OnFail, Part, Severity, Step};

/// A step that was recognised and has no id yet.
#[derive(Default)]
pub(super) struct Draft {
    pub number: Option<String>,
    pub title: String,
    pub at: usize,
    pub parts: Vec<Part>,
    pub children: Vec<Draft>,
    pub settings: Settings,
    pub on_fail: Option<OnFail>,
    pub timebox: Option<u64>,
}

/// Consecutive blocks and where they stand.
#[derive(Clone, Copy)]
pub(super) struct Blocks<'a> {
    pub blocks: &'a [Block],
    pub marks: &'a [Mark],
}

impl<'a> Blocks<'a> {
    pub fn iter(self) -> impl Iterator<Item = (&'a Block, &'a Mark)> {
        self.blocks.iter().zip(self.marks)
    }

    pub fn slice(self, range: std::ops::Range<usize>) -> Self {
        let end = range.end.min(self.blocks.len()).min(self.marks.len());
        let start = range.start.min(end);
        Self {
            blocks: &self.blocks[start..end],
            marks: &self.marks[start..end],
        }
    }

    /// Without comments that are not shown.
    pub fn shown(self) -> Vec<Block> {
        self.blocks
            .iter()
            .filter(|block| !matches!(block, Block::Html { comment: true, .. }))
            .cloned()
            .collect()
    }
}

/// What reading works on, and what of its comments was used.
pub(super) struct Reader<'s, 't> {
    pub source: &'s Source<'t>,
    pub directives: Vec<Directive>,
}

/// The keys that a step may have.
pub(super) const STEP_KEYS: [&str; 8] = ["step", "gate", "plain", "timebox", "optional", "on_fail", "id", "title"];

impl Reader<'_, '_> {
    /// The comments in a part of the source that were not used yet, and which one of several steps each means.
    pub fn take_each(&mut self, start: usize, end: usize) -> Vec<Settings> {
        let from = self.directives.partition_point(|directive| directive.start < start);
        let mut taken = Vec::new();
        for directive in &mut self.directives[from..] {
            if directive.start >= end {
                break;
            }
            if !directive.used {
                directive.used = true;
                taken.push(std::mem::take(&mut directive.settings));
            }
        }
        taken
    }

    /// The comments at a heading; those with `step=N` are left for what follows it.
    pub fn take_heading(&mut self, start: usize, end: usize) -> Settings {
        let mut all = Settings::default();
        for settings in self.take_plain(start, end) {
            all.merge(settings);
        }
        all
    }

    /// The comments without `step=N` in a part of the source.
    pub fn take_plain(&mut self, start: usize, end: usize) -> Vec<Settings> {
        let from = self.directives.partition_point(|directive| directive.start < start);
        let to = self.directives.partition_point(|directive| directive.start < end);
        self.directives[from..to]
            .iter_mut()
            .filter(|directive| !directive.used && directive.settings.nth.is_none())
            .map(|directive| {
                directive.used = true;
                std::mem::take(&mut directive.settings)
            })
            .collect()
    }

    /// The comments in a part of the source as one.
    pub fn take(&mut self, start: usize, end: usize) -> Settings {
        let mut all = Settings::default();
        for settings in self.take_each(start, end) {
            if let Some(number) = settings.nth {
                let message = format!("There is no step {number} here: step=N stands before a fence, list or table");
                self.source.remark(settings.at, Severity::Error, message);
            }
            all.merge(settings);
        }
        all
    }

    /// The comments in a part of the source as one; those with `step=N` go to the nth step that follows them.
    pub fn settle(&mut self, start: usize, end: usize, drafts: &mut [Draft]) -> Settings {
        let mut all = Settings::default();
        for settings in self.take_each(start, end) {
            let Some(number) = settings.nth else {
                all.merge(settings);
                continue;
            };
            let first = drafts.partition_point(|draft| draft.at <= settings.at);
            match drafts.get_mut(first.saturating_add(number - 1)) {
                Some(draft) => draft.settings.merge(settings),
                None => {
                    let message =
                        format!("No {number} steps follow this comment; count those of the fence, list or table");
                    self.source.remark(settings.at, Severity::Error, message);
                }
            }
        }
        all
    }

    /// Puts ids on steps, and says what is doubled.
    pub fn finish(&self, drafts: Vec<Draft>, prefix: &str) -> Vec<Step> {
        if drafts.is_empty() {
            return Vec::new();
        }
        let mut ids = Unique::default();
        // Explicit ids are taken first, so that no derived one can push them aside.
        let explicit: Vec<Option<String>> = drafts
            .iter()
            .map(|draft| {
                let id = draft.settings.id.as_ref()?;
                let unique = ids.take(id.clone(), 2);
                if unique != *id {
                    let message = format!("The id “{id}” is taken by another step here; this one becomes “{unique}”");
                    self.source.remark(draft.at, Severity::Error, message);
                }
                Some(unique)
            })
            .collect();
        self.say_doubled(&drafts);
        drafts
            .into_iter()
            .zip(explicit)
            .map(|(draft, explicit)| {
                let own = explicit.unwrap_or_else(|| ids.take(slug(&draft.title), 2));
                self.step(draft, format!("{prefix}/{own}"))
            })
            .collect()
    }

    fn step(&self, draft: Draft, id: String) -> Step {
        draft.settings.refuse(self.source, &STEP_KEYS, "a step");
        let children = self.finish(draft.children, &id);
        let stated = draft.parts.iter().find_map(|part| match part {
            Part::IfItFails { action, .. } => Some(*action),
            _ => None,
        });
        let said = draft.settings.into_said();
        Step {
            id,
            number: draft.number,
            title: said.title.unwrap_or(draft.title),
            plain: said.plain,
            line: self.source.line(draft.at),
            parts: draft.parts,
            gates: said.gates.into_iter().map(|(name, _)| name).collect(),
            on_fail: said.on_fail.or(draft.on_fail).or(stated),
            optional: said.optional,
            timebox_seconds: said.timebox.or(draft.timebox),
            children,
        }
    }

    /// Says which steps have the same text as one before them.
    fn say_doubled(&self, drafts: &[Draft]) {
        let mut seen: HashMap<String, u32> = HashMap::new();
        for (at, again) in (0_u32..).zip(drafts) {
            let Some(first) = seen.insert(again.title.to_lowercase(), at) else {
                continue;
            };
            if self.source.is_full() {
                return;
            }
            let first = &drafts[first as usize];
            let message = format!(
                "“{}” is the same step as on line {}; say how they differ, so that a tick's meaning is clear",
                again.title,
                self.source.line(first.at)
            );
            self.source.remark(again.at, Severity::Warning, message);
        }
    }
}
