//! The tables of stages, of marks and of contacts, and the list of what never to do.

use holdpoint_domain::runbook::{Block, Inline, Runbook};
use holdpoint_domain::wire::{ColourGuide, ContactGuide, ContactWord, PipelineGuide, StageEffect, StageGuide};

use super::texts::{lines, text, words};
use crate::numbering::numbered;
use crate::words::{Column, column, folded, has};

/// The words of headings under which stages stand. Apostrophes are not kept: `The pipeline's stages`.
const SPEAKS: [&str; 5] = ["pipeline", "pipelines", "workflow", "workflows", "github actions"];
/// The heads of columns that say what happened.
const ABOUT: [&str; 9] = [
    "issue",
    "issues",
    "problem",
    "what happened",
    "what happens",
    "situation",
    "event",
    "incident",
    "when",
];
/// The heads of columns that name marks.
const MARKS: [&str; 9] = [
    "icon", "mark", "symbol", "colour", "color", "sign", "status", "light", "badge",
];
/// What a mark looks like.
const COLOURS: [&str; 7] = ["green", "red", "yellow", "amber", "orange", "gray", "grey"];
/// Words of a failure that ends the pipeline, and of one that does not.
const STOPS: [&str; 14] = [
    "stop", "stops", "stopped", "ends", "end", "halt", "halts", "abort", "aborts", "aborted", "block", "blocks",
    "cancels", "rollback",
];
const WARNS: [&str; 14] = [
    "warn",
    "warns",
    "warning",
    "warnings",
    "caution",
    "continue",
    "continues",
    "carries on",
    "goes on",
    "go on",
    "proceeds",
    "ignored",
    "non blocking",
    "not blocking",
];

struct Table<'a> {
    /// The words of the headings that it stands under, the innermost last.
    under: &'a [(u8, String)],
    head: &'a [Vec<Inline>],
    rows: &'a [Vec<Vec<Inline>>],
}

/// Finds the tables. The first one of each kind counts, and the others are not mixed in.
pub(super) fn find(book: &Runbook, into: &mut PipelineGuide) {
    let mut under: Vec<(u8, String)> = Vec::new();
    for block in &book.blocks {
        match block {
            Block::Heading { level, content, .. } => {
                under.retain(|(above, _)| above < level);
                under.push((*level, folded(&text(content))));
            }
            Block::Table { head, rows } => {
                let table = Table {
                    under: &under,
                    head,
                    rows,
                };
                if into.stages.is_empty() {
                    into.stages = table.stages(book);
                }
                if into.colours.is_empty() {
                    into.colours = table.colours();
                }
                if into.contacts.is_empty() {
                    into.contacts = table.contacts();
                }
            }
            _ => {}
        }
    }
}

impl Table<'_> {
    fn is_under(&self, word: &str) -> bool {
        self.under.iter().any(|(_, heading)| has(heading, word))
    }

    fn heads(&self) -> Vec<String> {
        self.head.iter().map(|cell| words(&text(cell))).collect()
    }

    fn cell(&self, row: &[Vec<Inline>], at: Option<usize>) -> String {
        at.and_then(|at| row.get(at)).map(|cell| text(cell)).unwrap_or_default()
    }

    /// Rows of *step* or *stage*, *what it does* and *if it fails*, under a heading that speaks of a pipeline, or with a column *stage*.
    fn stages(&self, book: &Runbook) -> Vec<StageGuide> {
        let columns: Vec<Column> = self.head.iter().map(|cell| column(&text(cell))).collect();
        let at = |wanted| columns.iter().position(|column| *column == wanted);
        let (Some(title), Some(fails)) = (at(Column::Title), at(Column::Fails)) else {
            return Vec::new();
        };
        let speaks = SPEAKS.iter().any(|word| self.is_under(word));
        if !speaks && self.heads()[title] != "stage" {
            return Vec::new();
        }
        let does = at(Column::Checks).or_else(|| at(Column::Other));
        let stage = |row: &Vec<Vec<Inline>>| {
            let whole = self.cell(row, Some(title));
            let (_, number, title) = numbered(&whole);
            let fails = self.cell(row, Some(fails));
            let steps = book.procedures.iter().flat_map(|procedure| &procedure.steps);
            let plain = steps
                .filter(|step| step.title == title)
                .find_map(|step| step.plain.clone());
            StageGuide {
                number,
                title: title.to_owned(),
                plain,
                does: self.cell(row, does),
                effect: effect(&fails),
                fails,
                scenario: None,
                contacts: Vec::new(),
            }
        };
        let stages = self.rows.iter().map(stage);
        stages.filter(|stage| !stage.title.is_empty()).collect()
    }

    /// Rows of a mark or a colour and its meaning.
    fn colours(&self) -> Vec<ColourGuide> {
        let heads = self.heads();
        let (Some(first), Some(second)) = (heads.first(), heads.get(1)) else {
            return Vec::new();
        };
        let is_mark = MARKS.contains(&first.as_str());
        if !is_mark || !(has(&folded(second), "meaning") || has(&folded(second), "means")) {
            return Vec::new();
        }
        let rows = self.rows.iter().map(|row| ColourGuide {
            mark: self.cell(row, Some(0)),
            meaning: self.cell(row, Some(1)),
        });
        let colours: Vec<ColourGuide> = rows
            .filter(|row| !row.mark.is_empty() && !row.meaning.is_empty())
            .collect();
        let coloured = colours.iter().filter(|row| {
            let mark = folded(&row.mark);
            COLOURS.iter().any(|colour| has(&mark, colour))
        });
        if coloured.count() < 2 { Vec::new() } else { colours }
    }

    /// Rows of what happened and whom to contact, under a heading that speaks of contacts.
    fn contacts(&self) -> Vec<ContactGuide> {
        let heads = self.heads();
        let is_about = heads.first().is_some_and(|first| ABOUT.contains(&first.as_str()));
        let named = heads.iter().skip(1).any(|head| has(&folded(head), "contact"));
        if !is_about || !(named || self.is_under("contact") || self.is_under("contacts")) {
            return Vec::new();
        }
        let rows = self.rows.iter().map(|row| {
            let others = self.head.iter().enumerate().skip(1);
            let whom = others.map(|(at, head)| ContactWord {
                label: text(head),
                text: self.cell(row, Some(at)),
            });
            ContactGuide {
                about: self.cell(row, Some(0)),
                whom: whom.filter(|word| !word.text.is_empty()).collect(),
            }
        });
        rows.filter(|row| !row.about.is_empty() && !row.whom.is_empty())
            .collect()
    }
}

/// What the words of a column say: nothing where there are words of neither kind, or of both.
fn effect(text: &str) -> StageEffect {
    let said = folded(text);
    let any = |words: &[&str]| words.iter().any(|word| has(&said, word));
    match (any(&WARNS), any(&STOPS)) {
        (true, false) => StageEffect::Warns,
        (false, true) => StageEffect::Stops,
        _ => StageEffect::Unsaid,
    }
}

/// The items under a heading that says *never* or *must not*, each with its own words.
pub(super) fn never(blocks: &[Block]) -> Vec<String> {
    let mut found = Vec::new();
    let mut within: Option<u8> = None;
    for block in blocks {
        match block {
            Block::Heading { level, content, .. } => {
                let heading = folded(&text(content));
                let says = ["never", "must not", "do not do", "donts"]
                    .iter()
                    .any(|word| has(&heading, word));
                if says {
                    within = Some(*level);
                } else if within.is_some_and(|open| *level <= open) {
                    within = None;
                }
            }
            Block::List { .. } | Block::Paragraph { .. } if within.is_some() => found.extend(lines(block)),
            _ => {}
        }
    }
    found
}
