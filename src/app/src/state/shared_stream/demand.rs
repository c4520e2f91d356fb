//! What the tabs of a browser wish to see, and how far the stream is.

use holdpoint_domain::session::SessionId;
use uuid::Uuid;

use crate::api::stream::MAX_SESSIONS;

/// After so many heartbeats in which nothing was heard of it, a tab is taken for gone. Tabs answer each.
const MAX_SILENT: u32 = 4;

struct Want {
    tab: Uuid,
    session: SessionId,
    /// Heartbeats since the tab was heard.
    silent: u32,
}

#[derive(Default)]
pub(super) struct Demand {
    /// In the order in which they were said first. The stream is of the first [`MAX_SESSIONS`] sessions.
    wants: Vec<Want>,
    /// The newest event that came of each session that is wanted or in the stream.
    places: Vec<(SessionId, u64)>,
    /// Of which sessions the stream is.
    opened: Vec<SessionId>,
}

impl Demand {
    /// Takes what a tab wants in place of what it wanted before. True when the stream has to be opened anew for it.
    pub(super) fn want(&mut self, tab: Uuid, wanted: &[(SessionId, u64)]) -> bool {
        let is_wanted = |session: SessionId| wanted.iter().any(|(other, _)| *other == session);
        self.wants.retain(|want| want.tab != tab || is_wanted(want.session));
        self.here(tab);
        let mut behind = false;
        for (session, after) in wanted {
            if !self
                .wants
                .iter()
                .any(|want| want.tab == tab && want.session == *session)
            {
                self.wants.push(Want {
                    tab,
                    session: *session,
                    silent: 0,
                });
            }
            match self.places.iter_mut().find(|(known, _)| known == session) {
                Some((_, place)) if *after < *place => {
                    *place = *after;
                    behind |= self.opened.contains(session);
                }
                Some(_) => {}
                None => self.places.push((*session, *after)),
            }
        }
        self.forget_places();
        let chosen = self.chosen();
        behind
            || wanted
                .iter()
                .any(|(session, _)| chosen.contains(session) && !self.opened.contains(session))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.wants.is_empty()
    }

    /// What the stream that is opened now has to tell of, and from where.
    pub(super) fn open(&mut self) -> Vec<(SessionId, u64)> {
        self.opened = self.chosen();
        self.forget_places();
        let opened = &self.opened;
        let places = self.places.iter().filter(|(session, _)| opened.contains(session));
        places.copied().collect()
    }

    /// Whether the stream is of all of these.
    pub(super) fn tells(&self, wanted: &[(SessionId, u64)]) -> bool {
        !wanted.is_empty() && wanted.iter().all(|(session, _)| self.opened.contains(session))
    }

    pub(super) fn opened(&self) -> &[SessionId] {
        &self.opened
    }

    /// A record came on the stream.
    pub(super) fn came(&mut self, session: SessionId, seq: u64) {
        if let Some((_, place)) = self.places.iter_mut().find(|(known, _)| *known == session) {
            *place = seq;
        }
    }

    /// The stream tells no more of a session. Who wants it nevertheless says so anew.
    pub(super) fn ended(&mut self, session: SessionId) {
        self.wants.retain(|want| want.session != session);
        self.opened.retain(|opened| *opened != session);
        self.forget_places();
    }

    /// A tab was heard.
    pub(super) fn here(&mut self, tab: Uuid) {
        for want in self.wants.iter_mut().filter(|want| want.tab == tab) {
            want.silent = 0;
        }
    }

    /// The proxy gave a sign of life, which is handed on to the tabs.
    pub(super) fn heartbeat(&mut self) {
        self.wants.retain_mut(|want| {
            want.silent += 1;
            want.silent <= MAX_SILENT
        });
    }

    fn chosen(&self) -> Vec<SessionId> {
        let mut chosen = Vec::new();
        for Want { session, .. } in &self.wants {
            if !chosen.contains(session) && chosen.len() < MAX_SESSIONS {
                chosen.push(*session);
            }
        }
        chosen
    }

    fn forget_places(&mut self) {
        let (wants, opened) = (&self.wants, &self.opened);
        self.places
            .retain(|(session, _)| opened.contains(session) || wants.iter().any(|want| want.session == *session));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    const TAB: Uuid = Uuid::from_u128(1001);
    const OTHER: Uuid = Uuid::from_u128(1002);

    #[test]
    fn a_stream_is_opened_anew_only_for_what_it_does_not_tell() {
        let mut demand = Demand::default();
        assert!(demand.want(TAB, &[(id(1), 5)]));
        assert_eq!(demand.open(), [(id(1), 5)]);
        demand.came(id(1), 6);
        assert!(!demand.want(OTHER, &[(id(1), 6)]), "the next event is for both");
        assert!(!demand.want(OTHER, &[(id(1), 9)]), "it knows more than came");
        assert!(demand.want(OTHER, &[(id(2), 0)]), "nothing comes of this session yet");
        assert_eq!(demand.open(), [(id(1), 6), (id(2), 0)]);
        assert!(
            demand.want(OTHER, &[(id(1), 5)]),
            "what it does not have was handed on already"
        );
        assert_eq!(demand.open(), [(id(1), 5)]);
    }

    #[test]
    fn a_session_that_nobody_wants_any_more_is_known_as_long_as_it_is_told() {
        let mut demand = Demand::default();
        demand.want(TAB, &[(id(1), 5)]);
        demand.want(OTHER, &[(id(2), 1)]);
        demand.open();
        assert!(!demand.want(TAB, &[]));
        demand.came(id(1), 6);
        assert!(demand.want(TAB, &[(id(1), 5)]), "event 6 went by");
        assert!(!demand.want(OTHER, &[]));
        assert!(!demand.is_empty());
        assert!(!demand.want(TAB, &[]));
        assert!(demand.is_empty());
    }

    #[test]
    fn of_more_sessions_than_a_stream_may_have_the_first_ones_are_told() {
        let mut demand = Demand::default();
        for number in 0..40 {
            let opens = demand.want(id(2000 + number), &[(id(number), 1)]);
            assert_eq!(opens, number < 32, "{number}");
            if opens {
                demand.open();
            }
        }
        assert_eq!(demand.opened().len(), MAX_SESSIONS);
        assert!(!demand.want(id(2039), &[(id(39), 1)]), "to ask again changes nothing");
        // One of the first goes, and the next in order has its place.
        demand.want(id(2000), &[]);
        assert!(demand.want(id(2032), &[(id(32), 1)]));
        assert!(demand.open().contains(&(id(32), 1)));
    }

    #[test]
    fn tabs_that_are_not_heard_any_more_and_sessions_that_end_are_wanted_no_more() {
        let mut demand = Demand::default();
        demand.want(TAB, &[(id(1), 1)]);
        demand.want(OTHER, &[(id(2), 1)]);
        demand.open();
        for _ in 0..=MAX_SILENT {
            demand.heartbeat();
            demand.here(TAB);
        }
        assert_eq!(demand.open(), [(id(1), 1)]);
        demand.ended(id(1));
        assert!(demand.is_empty());
        assert!(demand.want(TAB, &[(id(1), 1)]), "it may be told again");
    }
}
