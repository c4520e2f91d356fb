//! The events of all sessions of a timeline in one order.

use super::span::Lane;

/// An event: of which lane, and which of its events, both from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The lane's place.
    pub lane: usize,
    /// The event's place in it.
    pub event: usize,
}

/// Every event in the order of time; of those of the same time the ones of the first lane stand first.
#[must_use]
pub fn merged(lanes: &[Lane]) -> Vec<Step> {
    let mut next = vec![0_usize; lanes.len()];
    let mut order = Vec::with_capacity(lanes.iter().map(|lane| lane.events.len()).sum());
    loop {
        let heads = lanes.iter().zip(&next).enumerate();
        let heads = heads.filter_map(|(lane, (of, event))| Some((of.events.get(*event)?.drawn, lane)));
        let Some((_, lane)) = heads.min() else {
            return order;
        };
        order.push(Step {
            lane,
            event: next[lane],
        });
        next[lane] += 1;
    }
}
