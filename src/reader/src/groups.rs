//! Labels that group lists, and ways to choose from.

use std::collections::HashMap;

use crate::boxes::has_box_line;
use crate::labels::labelled;
use crate::numbering::{Numbering, numbered};
use crate::step_builder::StepBuilder;
use crate::text::one_line;
use crate::words;
use holdpoint_domain::runbook::{Block, Inline};

/// Labels that group lists: the index of each list, and that of the paragraph before it. One label alone introduces its list.
pub(super) fn group_labels(blocks: &[Block], makes_steps: impl Fn(usize) -> bool) -> HashMap<usize, usize> {
    let mut groups = HashMap::new();
    let mut before: Option<usize> = None;
    for (index, block) in blocks.iter().enumerate() {
        if matches!(block, Block::Html { comment: true, .. }) {
            continue;
        }
        if matches!(block, Block::List { .. } | Block::Paragraph { .. })
            && let Some(label) = before
            && let Block::Paragraph { content } = &blocks[label]
            && makes_steps(index)
            && is_group_label(content)
        {
            groups.insert(index, label);
        }
        before = Some(index);
    }
    if groups.len() < 2 {
        groups.clear();
    }
    groups
}

/// `**Database**`, `On the server:`.
fn is_group_label(content: &[Inline]) -> bool {
    let bold = content.iter().all(|piece| match piece {
        Inline::Strong { .. } | Inline::Emphasis { .. } => true,
        Inline::Text { text } => !text.contains(char::is_alphanumeric),
        Inline::Html { comment, .. } => *comment,
        _ => false,
    });
    let text = one_line(content);
    let ends = text.ends_with([':', '：']);
    let option = words::is_alternative(&text);
    let short =
        !text.ends_with(['.', '!', '?', ',', ';']) && text.split_whitespace().count() <= 4 && !has_box_line(content);
    (bold || ends || option || short) && text.len() <= 100 && labelled(content).is_none()
}

/// The step that a label makes of the steps below it.
pub(super) fn group(label: &Block, at: usize, children: Vec<StepBuilder>) -> StepBuilder {
    let title = match label {
        Block::Paragraph { content } => one_line(content),
        _ => String::new(),
    };
    let (how, number, rest) = numbered(&title);
    let (number, rest) = if how == Numbering::Step {
        (number, rest)
    } else {
        (None, title.as_str())
    };
    StepBuilder {
        number,
        title: rest.trim_end_matches([':', '：', ' ']).to_owned(),
        at,
        children,
        is_group: true,
        ..StepBuilder::default()
    }
}

/// Of ways to choose from, each may be left out: the log then says why. One with a gate anywhere in it may not: by words of the text alone nobody
/// gets around a check.
pub(super) fn mark_alternatives(builders: &mut [StepBuilder]) {
    let is_way = |builder: &StepBuilder| {
        !has_gate(builder) && !builder.children.is_empty() && words::is_alternative(&builder.title)
    };
    let ways: Vec<bool> = builders.iter().map(is_way).collect();
    let answers = builders.len() > 1
        && builders
            .iter()
            .all(|one| !has_gate(one) && words::is_answer(&one.title));
    for (at, builder) in builders.iter_mut().enumerate() {
        let beside = at > 0 && ways[at - 1] || ways.get(at + 1) == Some(&true);
        builder.optional |= answers || ways[at] && beside;
    }
}

fn has_gate(builder: &StepBuilder) -> bool {
    !builder.args.gates.is_empty() || builder.children.iter().any(has_gate)
}
