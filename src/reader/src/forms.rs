//! Steps from lists, fences and tables.

use crate::draft::{Blocks, Draft, Reader};
use crate::parse::Mark;
use crate::parts::{Content, command, failing, has_breaks, label_lines, paragraph};
use crate::slug::{Numbering, Unique, duration_in, numbered, slug, waiting_in};
use crate::words::{self, Column};
use holdpoint_domain::runbook::{Block, Field, Inline, ListItem, Part, inline_text};

impl Reader<'_, '_> {
    /// Every item is a step.
    pub fn list_steps(&mut self, start: Option<u64>, items: &[ListItem], marks: &[Mark]) -> Vec<Draft> {
        let mut drafts = Vec::with_capacity(items.len());
        for (at, (item, mark)) in items.iter().zip(marks).enumerate() {
            let mut draft = Draft {
                number: start.map(|start| start.saturating_add(at as u64).to_string()),
                at: mark.start,
                ..Draft::default()
            };
            let blocks = Blocks {
                blocks: &item.blocks,
                marks: &mark.children,
            };
            let mut content = Content::default();
            let mut rest = blocks;
            if let Some(Block::Paragraph { content: inlines }) = item.blocks.first() {
                rest = blocks.slice(1..blocks.blocks.len());
                let lines = if has_breaks(inlines) {
                    label_lines(inlines)
                } else {
                    Vec::new()
                };
                let (title, trailing) = title_and_command(lines.first().unwrap_or(inlines));
                draft.title = title;
                if let Some(text) = trailing {
                    let line = self.source.line(mark.start);
                    content.parts.push(Part::Command {
                        command: command("", &text, line),
                    });
                }
                for line in lines.iter().skip(1) {
                    paragraph(line, None, &mut content);
                }
            }
            let more = self.content(rest);
            content.parts.extend(more.parts);
            content.children.extend(more.children);
            if draft.title.is_empty() {
                draft.title = first_words(&content);
            }
            draft.settings = self.settle(mark.start, mark.end, &mut content.children);
            draft.timebox = bracketed_time(&draft.title).or_else(|| waiting_in(&draft.title));
            draft.parts = content.parts;
            draft.children = content.children;
            drafts.push(draft);
        }
        drafts
    }

    /// Rows that are checks, where the head says so, or where the author does (`forced`).
    pub fn table_steps(
        &mut self,
        head: &[Vec<Inline>],
        rows: &[Vec<Vec<Inline>>],
        marks: &[Mark],
        forced: bool,
    ) -> Option<Vec<Draft>> {
        let shape = Shape::of(head, rows, forced)?;
        let mut drafts = Vec::with_capacity(rows.len());
        for (row, mark) in rows.iter().zip(marks) {
            if row.iter().all(|cell| inline_text(cell).trim().is_empty()) {
                continue;
            }
            let mut draft = Draft {
                at: mark.start,
                ..Draft::default()
            };
            let mut fields = Unique::default();
            for (at, column) in shape.columns.iter().enumerate() {
                let empty = Vec::new();
                let cell = row.get(at).unwrap_or(&empty);
                let name = &shape.names[at];
                if at == shape.title {
                    let text = one_line(cell);
                    let (how, number, title) = numbered(&text);
                    if how != Numbering::Case {
                        draft.number = number.or(draft.number);
                        draft.title = title.to_owned();
                    } else {
                        draft.title = text;
                    }
                    continue;
                }
                if *column == Cell::Field {
                    let label = name.clone();
                    draft.parts.push(Part::Field {
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
                    Column::Number => draft.number = Some(text.trim().trim_end_matches('.').to_owned()),
                    Column::Command => self.cell_commands(cell, mark.start, &mut draft.parts),
                    Column::Expected => draft.parts.push(Part::Expected { blocks: vec![block()] }),
                    Column::Why => draft.parts.push(Part::Why { blocks: vec![block()] }),
                    Column::Checks => draft.parts.push(Part::Checks {
                        label: name.clone(),
                        blocks: vec![block()],
                    }),
                    Column::Fails => match failing(&text) {
                        Some(action) => draft.parts.push(Part::IfItFails {
                            action,
                            blocks: vec![block()],
                        }),
                        None => draft.parts.push(named(name, cell)),
                    },
                    Column::Title | Column::Other => draft.parts.push(named(name, cell)),
                }
            }
            if draft.title.is_empty() {
                draft.title = row
                    .iter()
                    .map(|cell| one_line(cell))
                    .find(|text| !text.is_empty())
                    .unwrap_or_default();
            }
            draft.timebox = bracketed_time(&draft.title);
            draft.settings = self.take(mark.start, mark.end);
            drafts.push(draft);
        }
        (!drafts.is_empty()).then_some(drafts)
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

/// A table's columns.
struct Shape {
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

impl Shape {
    fn of(head: &[Vec<Inline>], rows: &[Vec<Vec<Inline>>], forced: bool) -> Option<Self> {
        let names: Vec<String> = head.iter().map(|cell| one_line(cell)).collect();
        let columns: Vec<Cell> = names
            .iter()
            .enumerate()
            .map(|(at, name)| {
                let empty = !name.is_empty() && rows.iter().all(|row| row.get(at).is_none_or(|cell| is_blank(cell)));
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
    !rows.is_empty() && Shape::of(head, rows, false).is_some()
}

/// Text on one line.
pub(super) fn one_line(content: &[Inline]) -> String {
    let text = inline_text(content);
    if !text.contains(['\n', '\t']) && !text.contains("  ") && text.trim().len() == text.len() {
        return text;
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The duration that a title has in brackets: `Migrate (5 min)`.
pub(super) fn bracketed_time(title: &str) -> Option<u64> {
    let (_, inside) = title.rsplit_once('(')?;
    duration_in(inside)
}

fn is_blank(cell: &[Inline]) -> bool {
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

/// `Run the doctor – \`python -m tools.doctor\``: the code after the dash is the step's command.
fn title_and_command(content: &[Inline]) -> (String, Option<String>) {
    let separators = ['–', '—', ':', '-', '→', ' '];
    let shown = content.iter().rposition(|piece| match piece {
        Inline::Html { comment, .. } => !comment,
        Inline::Text { text } => !text.trim().is_empty(),
        _ => true,
    });
    if let Some(last) = shown
        && let Inline::Code { text: code } = &content[last]
        && (words::is_command_line(code) || code.contains(' '))
    {
        let before = one_line(&content[..last]);
        let title = before.trim_end_matches(separators);
        if !title.is_empty() && title.len() < before.len() {
            return (title.to_owned(), Some(code.clone()));
        }
    }
    (one_line(content), None)
}

fn first_words(content: &Content) -> String {
    let text = content.parts.iter().find_map(|part| match part {
        Part::Command { command } => Some(command.text.clone()),
        Part::Why { blocks }
        | Part::Expected { blocks }
        | Part::Checks { blocks, .. }
        | Part::IfItFails { blocks, .. }
        | Part::Text { blocks } => Some(crate::parts::blocks_text(blocks)),
        Part::Field { .. } => None,
    });
    text.as_deref()
        .and_then(|text| text.lines().find(|line| !line.trim().is_empty()))
        .map_or_else(
            || {
                content
                    .children
                    .first()
                    .map_or_else(String::new, |child| child.title.clone())
            },
            |line| line.trim().chars().take(120).collect(),
        )
}
