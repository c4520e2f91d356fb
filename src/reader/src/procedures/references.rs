//! What is looked up and never run.

use super::finder::Finder;
use super::recognise::{Above, marked};
use crate::text::{blocks_text, one_line};
use holdpoint_domain::runbook::{Block, Reference};

impl Finder<'_, '_, '_, '_> {
    /// Tables, lists and look-up headings outside procedures.
    pub fn reference(&mut self, at: usize, here: Above) {
        self.heard.insert(at);
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
                Block::List { items: list, .. } => {
                    items.extend(list.iter().map(|item| vec![blocks_text(&item.blocks)]))
                }
                _ => {}
            }
        }
        let body = self.body(section).shown();
        let named =
            (here.reference || here.explicit_reference) && body.iter().any(|block| !matches!(block, Block::Rule));
        if section.level < 2 && !section.args.reference || items.is_empty() && !named {
            // A heading marked as a procedure was told already that it has no steps.
            if !marked(section) {
                let what = "a heading that is neither a procedure nor a step";
                section
                    .args
                    .reject_keys(self.reader.source, &["reference", "steps", "id", "title"], what);
            }
            return;
        }
        let allowed = ["reference", "id", "title", "steps"];
        section
            .args
            .reject_keys(self.reader.source, &allowed, "reference material");
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
