//! The one writer of what a replay shows: the moment, the states then, and a row for each step.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use holdpoint_domain::session::{Record, State};
use holdpoint_domain::timeline::{Moved, Replay, Timeline};
use leptos::prelude::*;

use super::feed::Feed;
use super::moments::{Chosen, Moments};
use super::player::advance;
use crate::state::app::use_app;
use crate::state::session::{Row, Session, follow_rollback, steps_in_outline, use_session};

/// How long an open session's timeline may be behind, in seconds.
const STALE: i64 = 10;

/// A session that is replayed. Copying it copies handles.
#[derive(Clone, Copy)]
pub struct ReplayStore {
    pub session: Session,
    pub rollback: Memo<Option<Session>>,
    pub timeline: Memo<Option<Arc<Timeline>>>,
    moments: Memo<Arc<Moments>>,
    chosen: RwSignal<Chosen>,
    /// A time after the moment's event and before the next one.
    between: RwSignal<Option<DateTime<Utc>>>,
    /// The session as it stood at the moment, and its rollback.
    then: RwSignal<Replay>,
    rollback_then: RwSignal<Replay>,
    /// By place in the outline. None before the session began.
    rows: StoredValue<Vec<RwSignal<Option<Row>>>>,
    pub playing: RwSignal<bool>,
    pub speed: RwSignal<u32>,
    pub skip: RwSignal<bool>,
    /// What of a wait was skipped last.
    pub skipped: RwSignal<Option<TimeDelta>>,
    /// The time while a session is played.
    clock: StoredValue<Option<DateTime<Utc>>>,
}

/// Provides the replay of the session that is loaded.
pub fn provide_replay() -> ReplayStore {
    let (session, app) = (use_session(), use_app());
    let rollback = follow_rollback(session);
    let feed = StoredValue::new(Feed::default());
    let now = Memo::new(move |_| {
        let closed = session.with_confirmed(|state| state.closed.is_some());
        let undone = rollback
            .get()
            .is_some_and(|one| one.with_confirmed(|state| state.closed.is_none()));
        (!closed || undone).then(|| {
            let now = app.clock.now().timestamp();
            DateTime::from_timestamp(now - now.rem_euclid(STALE), 0).unwrap_or_default()
        })
    });
    let timeline = Memo::new(move |_| {
        let take = |logs: &[&[Record]]| {
            feed.update_value(|feed| feed.follow(logs));
            feed.with_value(|feed| feed.fold.timeline(now.get()).map(Arc::new))
        };
        session.with_records(|own| match rollback.get() {
            Some(rollback) => rollback.with_records(|undoing| take(&[own, undoing])),
            None => take(&[own]),
        })
    });
    let moments = Memo::new(move |_| {
        timeline.with(|timeline| Arc::new(timeline.as_deref().map(Moments::of).unwrap_or_default()))
    });
    let steps = session.with_untracked(|state| steps_in_outline(state).len());
    let store = ReplayStore {
        session,
        rollback,
        timeline,
        moments,
        chosen: RwSignal::new(Chosen::Latest),
        between: RwSignal::new(None),
        then: RwSignal::new(Replay::default()),
        rollback_then: RwSignal::new(Replay::default()),
        rows: StoredValue::new((0..steps).map(|_| RwSignal::new(None)).collect()),
        playing: RwSignal::new(false),
        speed: RwSignal::new(20),
        skip: RwSignal::new(false),
        skipped: RwSignal::new(None),
        clock: StoredValue::new(None),
    };
    Effect::new(move || store.follow_moment());
    provide_context(store);
    store
}

pub fn use_replay() -> ReplayStore {
    expect_context()
}

impl ReplayStore {
    /// The place of the moment among all, from 0; tracked.
    pub fn position(&self) -> usize {
        self.moments.with(|moments| moments.position(self.chosen.get()).0)
    }

    /// How many moments there are; tracked.
    pub fn count(&self) -> usize {
        self.moments.with(|moments| moments.len())
    }

    /// The moment that is shown; tracked. None where there is no event at all.
    pub fn shown(&self) -> Chosen {
        self.moments
            .with(|moments| moments.chosen(moments.position(self.chosen.get()).0))
    }

    /// The event that was asked for and that is not there; tracked.
    pub fn missing(&self) -> Option<Chosen> {
        let chosen = self.chosen.get();
        let there = self.moments.with(|moments| moments.position(chosen).1);
        (!there).then_some(chosen)
    }

    /// Whether it shows the last event, and will show the next one that comes; tracked.
    pub fn is_latest(&self) -> bool {
        self.chosen.get() == Chosen::Latest
    }

    /// The time of the moment; tracked. At the end of an open session that is now.
    pub fn time(&self) -> Option<DateTime<Utc>> {
        let end = self.timeline.with(|timeline| Some(timeline.as_ref()?.axis.to))?;
        match (self.between.get(), self.is_latest()) {
            (Some(between), _) => Some(between.min(end)),
            // What was written after the closing is later than the end of the axis.
            (None, true) => {
                let last = self
                    .moments
                    .with(|moments| moments.time(moments.len().saturating_sub(1)));
                Some(last.map_or(end, |last| last.max(end)))
            }
            (None, false) => self
                .moments
                .with(|moments| moments.time(moments.position(self.chosen.get()).0)),
        }
    }

    /// Goes to the event at a place, the nearest one where there is none.
    pub fn go(&self, place: usize) {
        let chosen = self.moments.with_untracked(|moments| {
            let last = moments.len().saturating_sub(1);
            if place >= last {
                Chosen::Latest
            } else {
                moments.chosen(place)
            }
        });
        self.choose(chosen);
    }

    /// Goes so many events on, or back.
    pub fn go_on(&self, by: isize) {
        let place = untrack(|| self.position());
        self.go(place.saturating_add_signed(by));
    }

    /// Goes to an event.
    pub fn choose(&self, chosen: Chosen) {
        self.clock.set_value(None);
        self.skipped.set(None);
        self.between.set(None);
        if self.chosen.get_untracked() != chosen {
            self.chosen.set(chosen);
        }
    }

    /// Goes to an event of a lane of the timeline.
    pub fn choose_of_lane(&self, lane: usize, seq: u64) {
        self.choose(Moments::of_lane(lane, seq));
    }

    /// Goes to a time.
    pub fn go_to(&self, time: DateTime<Utc>) {
        self.clock.set_value(None);
        self.set_time(time, true);
    }

    fn set_time(&self, time: DateTime<Utc>, between_events: bool) {
        let chosen = self.moments.with_untracked(|moments| moments.chosen(moments.at(time)));
        if self.chosen.get_untracked() != chosen {
            self.chosen.set(chosen);
            self.between.set(None);
        }
        if between_events {
            self.between.set(Some(time));
        }
    }

    /// Begins to play, from the start where the end is shown.
    pub fn play(&self) {
        let place = untrack(|| self.position());
        if place + 1 >= untrack(|| self.count()) {
            self.go(0);
        }
        self.playing.set(true);
    }

    /// Lets so much real time pass. `smoothly` moves the time between events, too.
    pub fn tick(&self, real: TimeDelta, smoothly: bool) {
        if !self.playing.get_untracked() {
            return;
        }
        let Some(time) = self.clock.get_value().or_else(|| untrack(|| self.time())) else {
            return;
        };
        let place = untrack(|| self.position());
        let next = self.moments.with_untracked(|moments| moments.time(place + 1));
        if next.is_none() {
            self.playing.set(false);
            self.choose(Chosen::Latest);
            return;
        }
        let (speed, skip) = (self.speed.get_untracked(), self.skip.get_untracked());
        let (time, skipped) = advance(time, real, speed, next, skip);
        if skipped.is_some() {
            self.skipped.set(skipped);
        }
        self.set_time(time, smoothly);
        self.clock.set_value(Some(time));
    }

    /// Reads the session as it stood at the moment; tracked.
    pub fn with<T>(&self, read: impl FnOnce(&State) -> T) -> T {
        self.then.with(|replay| read(replay.state()))
    }

    /// Reads its rollback as it stood then; tracked.
    pub fn with_rollback<T>(&self, read: impl FnOnce(&State) -> T) -> T {
        self.rollback_then.with(|replay| read(replay.state()))
    }

    /// The row of the step at a place of the outline.
    pub fn row(&self, place: usize) -> Option<RwSignal<Option<Row>>> {
        self.rows.with_value(|rows| rows.get(place).copied())
    }

    /// Folds both sessions to the moment, and writes the rows that look different.
    fn follow_moment(&self) {
        let (own, undoing) = self
            .moments
            .with(|moments| moments.seqs(moments.position(self.chosen.get()).0));
        let moved = self.session.with_records(|records| go(self.then, records, own));
        if let Some(rollback) = self.rollback.get() {
            rollback.with_records(|records| go(self.rollback_then, records, undoing));
        }
        self.write_rows(&moved);
    }

    fn write_rows(&self, moved: &Moved) {
        self.then.with_untracked(|replay| {
            let state = replay.state();
            let write = |place: usize, id: &str, rows: &[RwSignal<Option<Row>>]| {
                let row = state.row(id).map(|step| Row { step, sending: false });
                if let Some(signal) = rows.get(place)
                    && signal.with_untracked(|shown| *shown != row)
                {
                    signal.set(row);
                }
            };
            self.rows.with_value(|rows| {
                // Of the whole log, because before its start the session has no steps.
                self.session.with_untracked(|whole| {
                    let steps = steps_in_outline(whole);
                    match moved {
                        Moved::All => steps
                            .iter()
                            .enumerate()
                            .for_each(|(place, step)| write(place, &step.id, rows)),
                        Moved::Steps(places) => {
                            for place in places.iter().map(|place| *place as usize) {
                                if let Some(step) = steps.get(place) {
                                    write(place, &step.id, rows);
                                }
                            }
                        }
                    }
                });
            });
        });
    }
}

/// Tells those who read it only where it moved.
fn go(replay: RwSignal<Replay>, records: &[Record], seq: u64) -> Moved {
    let moved = replay.try_maybe_update(|replay| {
        let before = replay.at();
        let moved = replay.go(records, seq);
        (replay.at() != before || moved == Moved::All, moved)
    });
    moved.unwrap_or(Moved::Steps(Vec::new()))
}
