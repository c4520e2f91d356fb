//! Labels at the beginning of a line: `**Why:** …`, `Verify:`, `STOP if any gate fails.`

use crate::text::has_breaks;
use crate::words::{self, Label};
use holdpoint_domain::runbook::{Block, Inline, inline_text};

/// A line that starts with a label.
pub(super) struct Labelled {
    pub label: Label,
    pub rest: Vec<Inline>,
    /// The label as written.
    pub name: String,
}

/// Splits a paragraph before each line that starts with a label. Most paragraphs stay whole.
pub(super) fn label_lines(inlines: &[Inline]) -> Vec<Vec<Inline>> {
    if !has_breaks(inlines) {
        return vec![inlines.to_vec()];
    }
    let mut lines: Vec<(Vec<Inline>, Inline)> = vec![(Vec::new(), Inline::Break)];
    let newline = || Inline::Text { text: "\n".to_owned() };
    for inline in inlines {
        match inline {
            Inline::Break => lines.push((Vec::new(), Inline::Break)),
            Inline::Text { text } if text.contains('\n') => {
                for (at, piece) in text.split('\n').enumerate() {
                    if at > 0 {
                        lines.push((Vec::new(), newline()));
                    }
                    if !piece.is_empty()
                        && let Some((line, _)) = lines.last_mut()
                    {
                        line.push(Inline::Text { text: piece.to_owned() });
                    }
                }
            }
            other => {
                if let Some((line, _)) = lines.last_mut() {
                    line.push(other.clone());
                }
            }
        }
    }
    let mut groups: Vec<Vec<Inline>> = Vec::new();
    for (line, before) in lines {
        match groups.last_mut() {
            Some(group) if labelled(&line).is_none() => {
                group.push(before);
                group.extend(line);
            }
            _ => groups.push(line),
        }
    }
    groups
}

/// Reads the label that a line starts with: `**Why:** …`, `Verify:`, `STOP if any gate fails.`
pub(super) fn labelled(line: &[Inline]) -> Option<Labelled> {
    let mut line = line;
    while let [Inline::Text { text }, rest @ ..] = line
        && !rest.is_empty()
        && !text.chars().any(char::is_alphanumeric)
    {
        line = rest;
    }
    let (first, rest) = line.split_first()?;
    if let Inline::Strong { content } | Inline::Emphasis { content } = first {
        let name = inline_text(content);
        let name = name.trim();
        let bare = name.trim_end_matches([':', '.', '–', '—', ' ']);
        let label = words::label(bare)?;
        if let Label::Fails(_) = label {
            return Some(Labelled {
                label,
                rest: line.to_vec(),
                name: bare.to_owned(),
            });
        }
        let mut rest = rest.to_vec();
        let mut colon = name.ends_with(':') || rest.is_empty();
        if let Some(Inline::Text { text }) = rest.first_mut() {
            let trimmed = text.trim_start();
            colon |= trimmed.starts_with([':', '–', '—']) || trimmed.is_empty();
            *text = trimmed.trim_start_matches([':', '–', '—', ' ']).to_owned();
        }
        return colon.then(|| Labelled {
            label,
            rest,
            name: bare.to_owned(),
        });
    }
    let Inline::Text { text } = first else { return None };
    // Labels are short: a long text is looked at no further than one can be.
    let mut end = text.len().min(80);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let begins = text.trim_start();
    if let Some(colon) = text[..end].find(':')
        && text[colon + 1..].chars().next().is_none_or(char::is_whitespace)
    {
        let name = text[..colon].trim();
        let label = words::label(name);
        match label {
            Some(Label::Fails(_)) | None => {}
            Some(label) => {
                let mut content = vec![Inline::Text {
                    text: text[colon + 1..].trim_start().to_owned(),
                }];
                content.extend(rest.iter().cloned());
                return Some(Labelled {
                    label,
                    rest: content,
                    name: name.to_owned(),
                });
            }
        }
    }
    let starts = [
        "if ", "stop ", "halt ", "abort ", "roll", "proceed ", "on ", "when ", "caution ", "no-go ",
    ];
    let can_fail = begins.get(..8.min(begins.len())).is_none_or(|start| {
        let start = start.to_ascii_lowercase();
        starts.iter().any(|word| start.starts_with(word))
    });
    if can_fail {
        let whole = inline_text(line);
        let clause = whole.split([',', ':', '.', ';']).next().unwrap_or_default();
        if let Some(label @ Label::Fails(_)) = words::label(clause) {
            return Some(Labelled {
                label,
                rest: line.to_vec(),
                name: clause.to_owned(),
            });
        }
    }
    None
}

pub(super) fn ends_with_colon(line: &[Inline]) -> bool {
    inline_text(line).trim_end().ends_with(':')
}

/// `This runs:` before an ordered list: the list says what a machine does, and is not for people to do.
pub(super) fn lists_facts(block: &Block) -> bool {
    let Block::Paragraph { content } = block else {
        return false;
    };
    let line = label_lines(content).pop().unwrap_or_default();
    labelled(&line).is_some_and(|labelled| matches!(labelled.label, Label::Checks | Label::Expected | Label::Why))
}
