//! How much work a JSONPath may be. An answer's author chooses how deep and how wide the document is, so the work is counted
//! before it is done.

use std::cell::Cell;

use serde_json::Value;

use super::query::query;
use super::segments::{InnerQuery, Operand, Segment, Selector, inner_queries};

/// Values that a path may visit, each as often as it does. A document of 1 MiB has 500,000 values at most.
pub(super) const MOST_STEPS: usize = 1_000_000;
/// Compiling a pattern, which is done anew for each value, in visits.
const PATTERN_STEPS: usize = 20;
/// Bytes of a text in which a pattern is looked for, for one visit.
const TEXT_STEP: usize = 16;

/// What is left of the steps.
pub(super) struct Steps(Cell<usize>);

impl Steps {
    pub fn new() -> Self {
        Self(Cell::new(MOST_STEPS))
    }

    /// Takes some; a reason if there are not as many left.
    pub fn take(&self, count: usize) -> Option<String> {
        let left = self.0.get().checked_sub(count);
        self.0.set(left.unwrap_or(0));
        left.is_none().then(|| {
            "the path is too much work in this document: it would look at more than 1,000,000 values".to_owned()
        })
    }

    /// Takes the steps of a filter for one value.
    pub fn take_filter(&self, filter: &str, child: &Value, document: &Value) -> Option<String> {
        let patterns = filter.matches("match(").count() + filter.matches("search(").count();
        if let Some(why) = self.take(1 + patterns * PATTERN_STEPS) {
            return Some(why);
        }
        for one in inner_queries(filter) {
            let start = if one.root { document } else { child };
            let steps = self.of_query(&one.segments, start, document);
            if let Some(why) = self.take(steps.saturating_add(text_steps(&one, start))) {
                return Some(why);
            }
        }
        None
    }

    /// The most values that a filter's query can visit.
    fn of_query(&self, segments: &[Segment<'_>], start: &Value, document: &Value) -> usize {
        if segments.iter().all(Segment::is_singular) {
            return segments.len();
        }
        let size = Size::of(start, self.0.get());
        let mut each: usize = 1;
        let mut deep = false;
        let mut steps: usize = 0;
        for segment in segments {
            each = each.saturating_mul(segment.selectors.len());
            // A value is found again from every one that it lies in.
            if segment.deep && std::mem::replace(&mut deep, true) {
                each = each.saturating_mul(size.depth);
            }
            steps = steps.saturating_add(each.saturating_mul(size.values));
            for filter in segment.selectors.iter().filter_map(Selector::filter) {
                for one in inner_queries(filter) {
                    let start = if one.root { document } else { start };
                    let inner = self.of_query(&one.segments, start, document);
                    steps = steps.saturating_add(each.saturating_mul(size.values).saturating_mul(inner));
                }
            }
        }
        steps
    }
}

/// What looking for a pattern in the text that a filter's query finds costs: there is at most one.
fn text_steps(one: &InnerQuery<'_>, start: &Value) -> usize {
    if !matches!(one.operand, Operand::Text) || !one.segments.iter().all(Segment::is_singular) {
        return 0;
    }
    let found = query(one.text, start);
    let text = found.first().and_then(|value| value.as_str());
    text.map_or(0, |text| text.len() / TEXT_STEP)
}

/// How large a document is.
struct Size {
    values: usize,
    depth: usize,
}

impl Size {
    /// Counts no further than to `most` values.
    fn of(start: &Value, most: usize) -> Self {
        let mut size = Self { values: 0, depth: 0 };
        let mut open = vec![(start, 1)];
        while let Some((value, depth)) = open.pop() {
            size.values += 1;
            size.depth = size.depth.max(depth);
            if size.values > most {
                break;
            }
            open.extend(children(value).map(|child| (child, depth + 1)));
        }
        size
    }
}

pub(super) fn children(node: &Value) -> impl Iterator<Item = &Value> {
    let items = node.as_array().into_iter().flatten();
    items.chain(node.as_object().into_iter().flat_map(|members| members.values()))
}

pub(super) fn child_count(node: &Value) -> usize {
    match node {
        Value::Array(items) => items.len(),
        Value::Object(members) => members.len(),
        _ => 0,
    }
}
