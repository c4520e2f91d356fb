//! Steps from tables.

use crate::blocks::Mark;
use crate::duration::bracketed_time;
use crate::numbering::{Numbering, numbered};
use crate::parts::{command, failing};
use crate::reader::Reader;
use crate::slug::{UniqueIds, slug};
use crate::step_builder::StepBuilder;
use crate::text::one_line;
use crate::words::{self, Column};
use holdpoint_domain::runbook::{Block, Field, Inline, Part, inline_text};

impl Reader<'_, '_> {
    /// Rows that are checks, where the head says so, or where the author does (`forced`).
    pub fn table_steps(
        &mut self,
        head: &[Vec<Inline>],
        rows: &[Vec<Vec<Inline>>],
        marks: &[Mark],
        forced: bool,
    ) -> Option<Vec<StepBuilder>> {
        let table = CheckTable::recognise(head, rows, forced)?;
        let mut builders = Vec::with_capacity(rows.len());
        for (row, mark) in rows.iter().zip(marks) {
            if row.iter().all(|cell| inline_text(cell).trim().is_empty()) {
                continue;
            }
            let mut builder = StepBuilder {
                at: mark.start,
                ..StepBuilder::default()
            };
            let mut fields = UniqueIds::default();
            for (at, column) in table.columns.iter().enumerate() {
                let empty = Vec::new();
                let cell = row.get(at).unwrap_or(&empty);
                let name = &table.names[at];
                if at == table.title {
                    let text = one_line(cell);
                    let (how, number, title) = numbered(&text);
                    if how != Numbering::Case {
                        builder.number = number.or(builder.number);
                        builder.title = title.to_owned();
                    } else {
                        builder.title = text;
                    }
                    continue;
                }
                if *column == Cell::Field {
                    let label = name.clone();
                    builder.parts.push(Part::Field {
                        field: Field {
                            id: fields.take(slug(&label), 2),
                            label,
                        },
                    });
                    continue;
                }
                let text = inline_text(cell);
                if text.trim().is_empty() {
                    continue;
                }
                let block = || Block::Paragraph { content: cell.clone() };
                let Cell::Is(column) = column else { continue };
                match column {
                    Column::Number => builder.number = Some(text.trim().trim_end_matches('.').to_owned()),
                    Column::Command => self.cell_commands(cell, mark.start, &mut builder.parts),
                    Column::Expected => builder.parts.push(Part::Expected { blocks: vec![block()] }),
                    Column::Why => builder.parts.push(Part::Why { blocks: vec![block()] }),
                    Column::Checks => builder.parts.push(Part::Checks {
                        label: name.clone(),
                        blocks: vec![block()],
                    }),
                    Column::Fails => match failing(&text) {
                        Some(action) => builder.parts.push(Part::IfItFails {
                            action,
                            blocks: vec![block()],
                        }),
                        None => builder.parts.push(named(name, cell)),
                    },
                    Column::Title | Column::Other => builder.parts.push(named(name, cell)),
                }
            }
            if builder.title.is_empty() {
                builder.title = row
                    .iter()
                    .map(|cell| one_line(cell))
                    .find(|text| !text.is_empty())
                    .unwrap_or_default();
            }
            builder.timebox = bracketed_time(&builder.title);
            builder.args = self.take(mark.start, mark.end);
            builders.push(builder);
        }
        (!builders.is_empty()).then_some(builders)
    }

    /// Code in a command cell is what to run; a cell without code says what to do.
    fn cell_commands(&self, cell: &[Inline], at: usize, parts: &mut Vec<Part>) {
        let mut codes = Vec::new();
        collect_code(cell, &mut codes);
        if codes.is_empty() {
            parts.push(Part::Text {
                blocks: vec![Block::Paragraph { content: cell.to_vec() }],
            });
            return;
        }
        let line = self.source.line(at);
        let said: String = inline_text(
            &cell
                .iter()
                .filter(|piece| !matches!(piece, Inline::Code { .. }))
                .cloned()
                .collect::<Vec<_>>(),
        );
        if said.chars().filter(|c| c.is_alphanumeric()).count() > 3 {
            parts.push(Part::Text {
                blocks: vec![Block::Paragraph { content: cell.to_vec() }],
            });
        }
        parts.extend(codes.into_iter().map(|code| Part::Command {
            command: command("", code, line),
        }));
    }
}

/// A table whose rows are checks: what each column holds, and which one is the title.
struct CheckTable {
    columns: Vec<Cell>,
    names: Vec<String>,
    title: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Cell {
    Is(Column),
    Field,
}

/// Heads of columns that people fill in.
const FILLED_IN: [&str; 16] = [
    "actual",
    "record time",
    "time",
    "recorded",
    "result",
    "observed",
    "value",
    "initials",
    "who",
    "done by",
    "notes",
    "signed",
    "signature",
    "actual value",
    "measured",
    "done",
];

impl CheckTable {
    /// Reads the head, and which columns are empty; none when the rows are no checks and the author did not say that they are.
    fn recognise(head: &[Vec<Inline>], rows: &[Vec<Vec<Inline>>], forced: bool) -> Option<Self> {
        let names: Vec<String> = head.iter().map(|cell| one_line(cell)).collect();
        let columns: Vec<Cell> = names
            .iter()
            .enumerate()
            .map(|(at, name)| {
                let empty = !name.is_empty()
                    && rows
                        .iter()
                        .all(|row| row.get(at).is_none_or(|cell| is_blank_cell(cell)));
                if empty && !rows.is_empty() {
                    Cell::Field
                } else {
                    Cell::Is(words::column(name))
                }
            })
            .collect();
        let has = |wanted: Column| columns.contains(&Cell::Is(wanted));
        let fields = columns.contains(&Cell::Field);
        let known_field = columns
            .iter()
            .zip(&names)
            .any(|(column, name)| *column == Cell::Field && FILLED_IN.contains(&words::folded(name).trim()));
        let named = columns.iter().position(|column| *column == Cell::Is(Column::Title));
        let checks = named.is_some() && (has(Column::Expected) || has(Column::Fails) || fields);
        if !checks && !known_field && !forced {
            return None;
        }
        let title = named.or_else(|| {
            columns
                .iter()
                .position(|column| !matches!(column, Cell::Field | Cell::Is(Column::Number)))
        })?;
        Some(Self { columns, names, title })
    }
}

/// Whether a table's rows are checks.
pub(super) fn is_check_table(head: &[Vec<Inline>], rows: &[Vec<Vec<Inline>>]) -> bool {
    !rows.is_empty() && CheckTable::recognise(head, rows, false).is_some()
}

/// A cell without text, or with a box or a line to write on.
fn is_blank_cell(cell: &[Inline]) -> bool {
    inline_text(cell)
        .chars()
        .all(|c| c.is_whitespace() || matches!(c, '_' | '☐' | '□' | '…' | '.'))
}

fn named(name: &str, cell: &[Inline]) -> Part {
    let mut content = Vec::with_capacity(cell.len() + 2);
    if !name.is_empty() {
        content.push(Inline::Strong {
            content: vec![Inline::Text {
                text: format!("{name}:"),
            }],
        });
        content.push(Inline::Text { text: " ".to_owned() });
    }
    content.extend_from_slice(cell);
    Part::Text {
        blocks: vec![Block::Paragraph { content }],
    }
}

fn collect_code<'a>(content: &'a [Inline], into: &mut Vec<&'a str>) {
    for piece in content {
        match piece {
            Inline::Code { text } => into.push(text),
            Inline::Emphasis { content }
            | Inline::Strong { content }
            | Inline::Strike { content }
            | Inline::Link { content, .. } => {
                collect_code(content, into);
            }
            _ => {}
        }
    }
}
