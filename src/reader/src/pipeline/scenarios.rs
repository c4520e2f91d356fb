//! Sections that tell what one sees, what it means and what to do.

use holdpoint_domain::runbook::{Block, Inline, inline_text};
use holdpoint_domain::wire::ScenarioGuide;

use super::texts::{cut, lines, text, words};

/// What a label opens.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    See,
    Means,
    Act,
    Takes,
    /// A label that is not one of these: what follows belongs to none of them.
    Other,
}

const SEE: [&str; 6] = [
    "what you see",
    "what youll see",
    "what you will see",
    "what one sees",
    "symptom",
    "symptoms",
];
const MEANS: [&str; 6] = [
    "what it means",
    "what this means",
    "meaning",
    "cause",
    "likely cause",
    "why",
];
const ACT: [&str; 6] = [
    "what to do",
    "what you do",
    "what you should do",
    "action",
    "actions",
    "fix",
];
const TAKES: [&str; 6] = [
    "how long it takes",
    "how long",
    "timeline",
    "time to fix",
    "duration",
    "usual duration",
];

/// Sections in which a label says what one sees, and another one what it means or what to do.
pub(super) fn find(blocks: &[Block]) -> Vec<ScenarioGuide> {
    let mut found: Vec<(u8, ScenarioGuide)> = Vec::new();
    let mut part = Part::Other;
    for block in blocks {
        match block {
            Block::Heading { level, anchor, content } => {
                let title = text(content);
                // A label may be a heading below the scenario's own.
                let label = label_of(&title);
                if let (Some(label), Some((open, _))) = (label, found.last())
                    && level > open
                {
                    part = label;
                    continue;
                }
                part = Part::Other;
                found.push((*level, empty(title, anchor)));
            }
            Block::Paragraph { content } => {
                let (label, rest) = labelled(content);
                match label {
                    Some(label) => {
                        part = label;
                        put(&mut found, part, rest.into_iter().collect());
                    }
                    None => put(&mut found, part, lines(block)),
                }
            }
            Block::List { .. } | Block::Quote { .. } => put(&mut found, part, lines(block)),
            _ => {}
        }
    }
    let scenarios = found.into_iter().map(|(_, scenario)| scenario);
    let explained = scenarios.filter(|one| !one.means.is_empty() || !one.act.is_empty());
    explained.filter(|one| !one.see.is_empty()).collect()
}

fn empty(title: String, anchor: &str) -> ScenarioGuide {
    ScenarioGuide {
        title,
        anchor: anchor.to_owned(),
        see: Vec::new(),
        means: Vec::new(),
        act: Vec::new(),
        takes: Vec::new(),
    }
}

fn put(found: &mut [(u8, ScenarioGuide)], part: Part, lines: Vec<String>) {
    let Some((_, scenario)) = found.last_mut() else { return };
    match part {
        Part::See => scenario.see.extend(lines),
        Part::Means => scenario.means.extend(lines),
        Part::Act => scenario.act.extend(lines),
        Part::Takes => scenario.takes.extend(lines),
        Part::Other => {}
    }
}

/// The label that a paragraph begins with, in bold type, and what stands after it on its line.
fn labelled(content: &[Inline]) -> (Option<Part>, Option<String>) {
    let shown: Vec<&Inline> = content
        .iter()
        .filter(|piece| !matches!(piece, Inline::Html { comment: true, .. }))
        .skip_while(|piece| matches!(piece, Inline::Text { text } if text.trim().is_empty()))
        .collect();
    let Some((Inline::Strong { content }, rest)) = shown.split_first().map(|(first, rest)| (*first, rest)) else {
        return (None, None);
    };
    let label = inline_text(content);
    let rest: Vec<Inline> = rest.iter().map(|piece| (*piece).clone()).collect();
    let rest = inline_text(&rest);
    let is_label = label.trim_end().ends_with(':') || rest.trim().is_empty() || rest.trim_start().starts_with(':');
    if !is_label {
        return (None, None);
    }
    let rest = cut(rest.trim_start().trim_start_matches(':'));
    let part = label_of(&label).unwrap_or(Part::Other);
    (Some(part), Some(rest).filter(|rest| !rest.is_empty()))
}

fn label_of(text: &str) -> Option<Part> {
    let said = words(text);
    let kinds = [
        (Part::See, &SEE),
        (Part::Means, &MEANS),
        (Part::Act, &ACT),
        (Part::Takes, &TAKES),
    ];
    let known = kinds.into_iter().find(|(_, words)| words.contains(&said.as_str()));
    known.map(|(part, _)| part)
}
