//! Steps from tables.

use crate::blocks::Mark;
use crate::boxes::after_box;
use crate::duration::bracketed_time;
use crate::numbering::{Numbering, numbered};
use crate::parts::{command, failing};
use crate::reader::Reader;
use crate::slug::slug;
use crate::step_builder::StepBuilder;
use crate::text::one_line;
use crate::titles::is_optional;
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
                            id: slug(&label),
                            label,
                        },
                    });
                    continue;
                }
                if *column == Cell::Tick {
                    // A mark is what is ticked; words beside it are read.
                    if has_words(&inline_text(cell)) {
                        builder.parts.push(named(name, cell));
                    }
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
            if let Some((_, rest)) = after_box(&builder.title)
                && !rest.is_empty()
            {
                builder.title = rest.to_owned();
            }
            builder.timebox = bracketed_time(&builder.title);
            builder.optional = is_optional(&builder.title);
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
    /// Its rows have boxes.
    boxes: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Cell {
    Is(Column),
    Field,
    /// A box, or a status that is open in every row.
    Tick,
}

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
                let cells = || rows.iter().filter_map(|row| row.get(at));
                if empty && !rows.is_empty() {
                    if cells().any(|cell| inline_text(cell).contains(is_box)) {
                        Cell::Tick
                    } else {
                        Cell::Field
                    }
                } else if is_tick_column(name, cells()) {
                    Cell::Tick
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
            .any(|(column, name)| *column == Cell::Field && words::is_filled_in(name));
        let named = columns.iter().position(|column| *column == Cell::Is(Column::Title));
        let boxes = columns.contains(&Cell::Tick)
            || named.is_some_and(|at| {
                let mut cells = rows.iter().filter_map(|row| row.get(at)).peekable();
                cells.peek().is_some() && cells.all(|cell| after_box(&inline_text(cell)).is_some())
            });
        let signs = is_sign_off(&names, &columns);
        let checks = named.is_some() && (has(Column::Expected) || has(Column::Fails) || fields);
        if !checks && !known_field && !forced && !boxes && !signs {
            return None;
        }
        let title = named.or_else(|| {
            columns
                .iter()
                .position(|column| !matches!(column, Cell::Field | Cell::Tick | Cell::Is(Column::Number)))
        })?;
        Some(Self {
            columns,
            names,
            title,
            boxes,
        })
    }
}

/// Whether a table's rows are checks, and whether they have boxes.
pub(super) fn check_table(head: &[Vec<Inline>], rows: &[Vec<Vec<Inline>>]) -> Option<bool> {
    if rows.is_empty() {
        return None;
    }
    CheckTable::recognise(head, rows, false).map(|table| table.boxes)
}

/// A cell without text, or with a box or a line to write on.
fn is_blank_cell(cell: &[Inline]) -> bool {
    let text = inline_text(cell);
    let text = text.trim();
    matches!(
        text.to_lowercase().as_str(),
        "[ ]" | "[]" | "-" | "–" | "—" | "tbd" | "todo"
    ) || text
        .chars()
        .all(|c| c.is_whitespace() || matches!(c, '_' | '…' | '.' | '\u{FE0F}' | '/') || is_box(c))
}

fn is_box(one: char) -> bool {
    matches!(one, '☐' | '□' | '⬜' | '▢' | '◻' | '🔲' | '❏' | '❑')
}

/// Marks of what is open, besides boxes, and of what is done, in columns of a status.
const OPEN: [char; 9] = ['🔴', '⚪', '⭕', '⏳', '🟡', '🟠', '❌', '✗', '⏸'];
const DONE: [char; 7] = ['✅', '☑', '✔', '✓', '🟢', '☒', '🔵'];
const OPEN_WORDS: [&str; 14] = [
    "todo",
    "to do",
    "open",
    "pending",
    "not started",
    "tbd",
    "waiting",
    "not done",
    "offen",
    "à faire",
    "pendiente",
    "pendente",
    "no",
    "in progress",
];

/// Whether every cell of a column is a mark or a word of a status, and one at least is open.
fn is_tick_column<'a>(head: &str, cells: impl Iterator<Item = &'a Vec<Inline>>) -> bool {
    let status = words::is_status(head);
    let mut open = false;
    for cell in cells {
        let text = inline_text(cell);
        let text = text.trim();
        if text.is_empty() {
            continue;
        }
        let boxed = after_box(text).filter(|(ticked, _)| !ticked).is_some();
        let marks = |known: &[char]| text.starts_with(known);
        let word = text.trim_matches(|one: char| !one.is_alphanumeric()).to_lowercase();
        let said_open = OPEN_WORDS.contains(&word.as_str());
        if boxed || status && (marks(&OPEN) || said_open) {
            open = true;
        } else if !(marks(&DONE) || after_box(text).is_some()) || !status && after_box(text).is_none() {
            return false;
        }
    }
    open
}

fn has_words(text: &str) -> bool {
    let rest = after_box(text.trim()).map_or(text, |(_, rest)| rest);
    let word = rest.trim_matches(|one: char| !one.is_alphanumeric()).to_lowercase();
    !word.is_empty() && !OPEN_WORDS.contains(&word.as_str()) && word != "x"
}

/// A table of who signs: a role, and a name, a signature or a date to fill in.
fn is_sign_off(names: &[String], columns: &[Cell]) -> bool {
    let head = |at: usize| words::folded(&names[at]).trim().to_owned();
    let roles = [
        "role", "approver", "team", "area", "function", "reviewer", "rolle", "rôle", "rol", "função", "papel", "役割",
        "角色",
    ];
    let signs = [
        "name",
        "date",
        "signature",
        "signed",
        "initials",
        "nom",
        "nombre",
        "nome",
        "datum",
        "unterschrift",
        "firma",
        "fecha",
        "data",
        "assinatura",
        "氏名",
        "日付",
        "姓名",
        "日期",
        "sign off",
    ];
    let role = (0..columns.len()).any(|at| columns[at] != Cell::Field && roles.contains(&head(at).as_str()));
    let signed = (0..columns.len()).any(|at| columns[at] == Cell::Field && signs.contains(&head(at).as_str()));
    role && signed
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
