//! A JSON document for what several paths expect of it.

use std::collections::BTreeMap;

use holdpoint_gates::Comparison;
use holdpoint_gates::config::Check;
use serde_json::{Map, Value};

use super::path::{Step, steps};
use super::{Expected, value};
use crate::cannot::CannotRehearse;

/// Items that a list may have.
const MOST_ITEMS: usize = 10_000;
/// Values that a document may have: lists within lists multiply.
const MOST_VALUES: usize = 100_000;
/// Steps that a path may have. Documents are walked by recursion, and readers of JSON stop at a depth of 128.
const MOST_STEPS: usize = 100;

/// What is known of one place in the document.
#[derive(Clone, Default)]
struct Node {
    comparisons: Vec<Comparison>,
    fields: BTreeMap<String, Node>,
    items: BTreeMap<usize, Node>,
    from_end: BTreeMap<usize, Node>,
    each: Option<Box<Node>>,
    length: Option<usize>,
    is_object: bool,
    subject: String,
}

/// The document that the `json` checks are made for. None when there is no such check.
pub(super) fn make(expected: &[Expected<'_>]) -> Result<Option<Value>, CannotRehearse> {
    let mut root = Node::default();
    let mut any = false;
    for one in expected.iter().filter(|one| one.expectation.check == Check::Json) {
        any = true;
        let text = one.expectation.path.clone().unwrap_or_default();
        let path = steps(&text).ok_or(CannotRehearse::Path { path: text })?;
        if path.len() > MOST_STEPS {
            return Err(CannotRehearse::LongPath { most: MOST_STEPS });
        }
        let subject = one.expectation.subject();
        match one.comparison {
            Comparison::CountEquals(count) => root.count(&path, count, &subject)?,
            _ => {
                let node = root.reach(&path);
                node.comparisons.push(one.comparison.clone());
                node.subject = subject;
            }
        }
    }
    let mut left = MOST_VALUES;
    any.then(|| root.realised(&mut left)).transpose()
}

impl Node {
    /// The place at the end of a path.
    fn reach(&mut self, path: &[Step]) -> &mut Self {
        let mut node = self;
        for step in path {
            node = match step {
                Step::Name(name) => {
                    node.is_object = true;
                    node.fields.entry(name.clone()).or_default()
                }
                Step::Index(index) => node.items.entry(*index).or_default(),
                Step::FromEnd(back) => node.from_end.entry(*back).or_default(),
                Step::Each => node.each.get_or_insert_default(),
            };
        }
        node
    }

    /// So many values at the end of a path.
    fn count(&mut self, path: &[Step], count: u64, subject: &str) -> Result<(), CannotRehearse> {
        let too_much = || CannotRehearse::TooMuch {
            subject: subject.to_owned(),
        };
        let count = usize::try_from(count)
            .ok()
            .filter(|count| *count <= MOST_ITEMS)
            .ok_or_else(too_much)?;
        let Some(each) = path.iter().rposition(|step| *step == Step::Each) else {
            return match (count, path.split_last()) {
                (1, _) => {
                    self.reach(path);
                    Ok(())
                }
                // What it would be selected from is there, and it is not.
                (0, Some((Step::Name(_), parent))) => {
                    self.reach(parent).is_object = true;
                    Ok(())
                }
                (0, Some((_, parent))) => {
                    self.reach(parent).length = Some(0);
                    Ok(())
                }
                _ => Err(CannotRehearse::NoValue {
                    subject: subject.to_owned(),
                }),
            };
        };
        let list = self.reach(&path[..each]);
        if list.subject.is_empty() {
            subject.clone_into(&mut list.subject);
        }
        let rest = &path[each + 1..];
        match (count, rest.split_last()) {
            (0, Some((_, parent))) => {
                list.length = Some(1);
                list.reach(&[Step::Each]).reach(parent).is_object = true;
            }
            (0, None) => list.length = Some(0),
            (count, _) => {
                list.length = Some(count);
                list.reach(&[Step::Each]).reach(rest);
            }
        }
        Ok(())
    }

    /// The value of this place. `left` is how many values the document may still have.
    fn realised(&self, left: &mut usize) -> Result<Value, CannotRehearse> {
        self.realised_within(left).map_err(|error| match error {
            // The place itself has no name for people; one around it has.
            CannotRehearse::TooMuch { subject } if subject.is_empty() => CannotRehearse::TooMuch {
                subject: self.any_subject().to_owned(),
            },
            other => other,
        })
    }

    fn realised_within(&self, left: &mut usize) -> Result<Value, CannotRehearse> {
        self.spend(1, left)?;
        let is_list =
            self.each.is_some() || self.length.is_some() || !self.items.is_empty() || !self.from_end.is_empty();
        if is_list && self.comparisons.is_empty() && !self.is_object {
            return self.list(left);
        }
        if !self.comparisons.is_empty() {
            return value::find(&self.comparisons).ok_or_else(|| CannotRehearse::NoValue {
                subject: self.subject.clone(),
            });
        }
        if !self.is_object {
            return Ok(Value::from("ok"));
        }
        let mut object = Map::new();
        for (name, field) in &self.fields {
            object.insert(name.clone(), field.realised(left)?);
        }
        Ok(Value::Object(object))
    }

    fn spend(&self, count: usize, left: &mut usize) -> Result<(), CannotRehearse> {
        let rest = left.checked_sub(count).ok_or_else(|| CannotRehearse::TooMuch {
            subject: self.any_subject().to_owned(),
        })?;
        *left = rest;
        Ok(())
    }

    /// What is looked at here, or in a place within.
    fn any_subject(&self) -> &str {
        let within = self
            .fields
            .values()
            .chain(self.items.values())
            .chain(self.from_end.values());
        let mut all = within.chain(self.each.as_deref()).map(Self::any_subject);
        match self.subject.as_str() {
            "" => all.find(|subject| !subject.is_empty()).unwrap_or_default(),
            subject => subject,
        }
    }

    fn list(&self, left: &mut usize) -> Result<Value, CannotRehearse> {
        let beyond = self.items.keys().next_back().map_or(0, |last| last.saturating_add(1));
        let back = self.from_end.keys().next_back().copied().unwrap_or(0);
        let each = usize::from(self.each.is_some());
        let length = self.length.unwrap_or(beyond.max(back).max(each));
        if length > MOST_ITEMS {
            return Err(CannotRehearse::TooMuch {
                subject: self.any_subject().to_owned(),
            });
        }
        // Most items are the same one, which is made once. The first number is how many values it has.
        let mut common: Option<(usize, Value)> = None;
        let mut items = Vec::new();
        for index in 0..length {
            let own: Vec<_> = self
                .items
                .get(&index)
                .into_iter()
                .chain(self.from_end.get(&(length - index)))
                .collect();
            if own.is_empty()
                && let Some((count, item)) = &common
            {
                self.spend(*count, left)?;
                items.push(item.clone());
                continue;
            }
            let mut node = Self::default();
            self.each
                .as_deref()
                .into_iter()
                .chain(own.iter().copied())
                .for_each(|other| node.merge(other));
            let before = *left;
            let item = node.realised(left)?;
            if own.is_empty() {
                common = Some((before - *left, item.clone()));
            }
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn merge(&mut self, other: &Self) {
        self.comparisons.extend(other.comparisons.iter().cloned());
        for (name, field) in &other.fields {
            self.fields.entry(name.clone()).or_default().merge(field);
        }
        for (index, item) in &other.items {
            self.items.entry(*index).or_default().merge(item);
        }
        for (back, item) in &other.from_end {
            self.from_end.entry(*back).or_default().merge(item);
        }
        if let Some(each) = &other.each {
            self.each.get_or_insert_default().merge(each);
        }
        self.length = self.length.or(other.length);
        self.is_object |= other.is_object;
        if !other.subject.is_empty() {
            self.subject.clone_from(&other.subject);
        }
    }
}
