//! A session and its rollback on one axis.

use chrono::{DateTime, Utc};

use super::axis::Axis;
use super::lane::LaneFold;
use super::span::{Lane, LaneRole};
use crate::session::Record;

/// Takes the records of a session and of its rollback, each session's in their order, and gives a [`Timeline`] at any time.
#[derive(Clone, Debug, Default)]
pub struct TimelineFold {
    lanes: Vec<LaneFold>,
    ids: Vec<uuid::Uuid>,
}

/// What happened, to be drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Timeline {
    /// The session, and its rollback after it.
    pub lanes: Vec<Lane>,
    /// From the first event to the closing, or to now while a session is open. What was written later is drawn at its end.
    pub axis: Axis,
    /// Events that were written after their session was closed.
    pub after_closing: usize,
    /// Not every session is closed.
    pub open: bool,
}

impl TimelineFold {
    /// Takes one record more.
    pub fn add(&mut self, record: &Record) {
        let place = match self.ids.iter().position(|id| *id == record.session) {
            Some(place) => place,
            None => {
                self.ids.push(record.session);
                self.lanes.push(LaneFold::new(record.session));
                self.lanes.len() - 1
            }
        };
        self.lanes[place].add(record);
    }

    /// Whether there was no record.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lanes.is_empty()
    }

    /// How many events of a session were taken.
    #[must_use]
    pub fn taken(&self, session: uuid::Uuid) -> usize {
        let place = self.ids.iter().position(|id| *id == session);
        place.map_or(0, |place| self.lanes[place].events().len())
    }

    /// The timeline of what was taken so far. An open session lasts to `now`, or to the last event where that is not said.
    #[must_use]
    pub fn timeline(&self, now: Option<DateTime<Utc>>) -> Option<Timeline> {
        let role = |lane: &LaneFold| match lane.undoes() {
            Some(undone) if self.ids.contains(&undone) => LaneRole::Rollback,
            _ => LaneRole::Session,
        };
        let mut lanes: Vec<Lane> = self.lanes.iter().map(|lane| lane.lane(role(lane))).collect();
        lanes.sort_by_key(|lane| (lane.role, lane.events.first().map(|first| first.drawn)));
        let from = lanes.iter().filter_map(|lane| Some(lane.events.first()?.drawn)).min()?;
        let end = |lane: &Lane| Some(lane.closed.or(lane.events.last().copied())?.drawn);
        let last = lanes.iter().filter_map(end).max()?;
        let late = |lane: &Lane| match lane.closed {
            Some(closed) => lane.events.iter().filter(|event| event.seq > closed.seq).count(),
            None => 0,
        };
        let after_closing = lanes.iter().map(late).sum();
        let open = self.lanes.iter().any(LaneFold::is_open);
        let to = now.filter(|_| open).map_or(last, |now| now.max(last));
        Some(Timeline {
            lanes,
            axis: Axis::new(from, to),
            after_closing,
            open,
        })
    }

    /// The timeline of everything that was taken. None without a record.
    #[must_use]
    pub fn finish(self, now: Option<DateTime<Utc>>) -> Option<Timeline> {
        self.timeline(now)
    }
}
