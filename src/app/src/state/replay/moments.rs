//! The events of a timeline as moments to go to, in one order.

use chrono::{DateTime, Utc};
use holdpoint_domain::timeline::{MomentAt, Timeline, merged};

/// Which moment is shown. It stays what it is when further events come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// The last event there is.
    Latest,
    /// This event of the session.
    Own(u64),
    /// This event of its rollback.
    Rollback(u64),
}

/// Every event of a session and of its rollback, in the order of time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Moments {
    order: Vec<MomentAt>,
    times: Vec<DateTime<Utc>>,
    /// How many events of the session there were after each.
    own: Vec<u64>,
}

impl Moments {
    pub fn of(timeline: &Timeline) -> Self {
        let order = merged(&timeline.lanes);
        let time = |one: &MomentAt| timeline.lanes[one.lane].events[one.event].drawn;
        let mut own = 0;
        let counted = order.iter().map(|one| {
            own += u64::from(one.lane == 0);
            own
        });
        Self {
            own: counted.collect(),
            times: order.iter().map(time).collect(),
            order,
        }
    }

    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// The place of a moment, from 0, and whether there is just this one.
    pub fn position(&self, chosen: Chosen) -> (usize, bool) {
        let last = self.len().saturating_sub(1);
        let rollback = |place: usize| place as u64 + 1 - self.own[place];
        let wanted = match chosen {
            Chosen::Latest => return (last, true),
            Chosen::Own(seq) => self.own.partition_point(|own| *own < seq),
            Chosen::Rollback(seq) => (0..self.len())
                .collect::<Vec<_>>()
                .partition_point(|place| rollback(*place) < seq),
        };
        let place = wanted.min(last);
        (place, self.order.get(wanted).is_some() && self.chosen(place) == chosen)
    }

    pub fn chosen(&self, place: usize) -> Chosen {
        match self.order.get(place) {
            None => Chosen::Latest,
            Some(one) if one.lane == 0 => Chosen::Own(one.event as u64 + 1),
            Some(one) => Chosen::Rollback(one.event as u64 + 1),
        }
    }

    /// The numbers of the last event of the session and of its rollback, at a place.
    pub fn seqs(&self, place: usize) -> (u64, u64) {
        match self.own.get(place) {
            Some(own) => (*own, place as u64 + 1 - own),
            None => (0, 0),
        }
    }

    pub fn time(&self, place: usize) -> Option<DateTime<Utc>> {
        self.times.get(place).copied()
    }

    /// The last event at a time or before it; the first one before that.
    pub fn at(&self, time: DateTime<Utc>) -> usize {
        self.times.partition_point(|one| *one <= time).saturating_sub(1)
    }

    /// The event of a lane with this number.
    pub fn of_lane(lane: usize, seq: u64) -> Chosen {
        if lane == 0 {
            Chosen::Own(seq)
        } else {
            Chosen::Rollback(seq)
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn moments() -> (Moments, DateTime<Utc>) {
        let began = DateTime::from_timestamp(1_700_000_000, 0).expect("a time");
        // Session, session, rollback, session, rollback; a second apart.
        let lanes = [0, 0, 1, 0, 1];
        let mut next = [0, 0];
        let mut moments = Moments::default();
        for (place, lane) in lanes.into_iter().enumerate() {
            moments.order.push(MomentAt {
                lane,
                event: next[lane],
            });
            next[lane] += 1;
            moments.own.push(next[0] as u64);
            moments.times.push(began + TimeDelta::seconds(place as i64));
        }
        (moments, began)
    }

    #[test]
    fn each_moment_has_one_place_and_what_is_not_there_says_so() {
        let (moments, began) = moments();
        let table = [
            (Chosen::Latest, 4, true),
            (Chosen::Own(1), 0, true),
            (Chosen::Own(3), 3, true),
            (Chosen::Own(9), 4, false),
            (Chosen::Own(0), 0, false),
            (Chosen::Rollback(1), 2, true),
            (Chosen::Rollback(2), 4, true),
            (Chosen::Rollback(3), 4, false),
        ];
        for (chosen, place, exact) in table {
            assert_eq!(moments.position(chosen), (place, exact), "{chosen:?}");
        }
        for place in 0..moments.len() {
            assert_eq!(moments.position(moments.chosen(place)), (place, true));
        }
        assert_eq!(
            (moments.seqs(2), moments.seqs(4), moments.seqs(9)),
            ((2, 1), (3, 2), (0, 0))
        );
        for (after, place) in [(-5, 0), (0, 0), (1, 1), (3, 3), (90, 4)] {
            assert_eq!(moments.at(began + TimeDelta::seconds(after)), place);
        }
        assert_eq!(Moments::default().position(Chosen::Own(1)), (0, false));
    }
}
