//! The tab that holds the stream. Nothing here waits for a timer, because browsers slow those of hidden tabs down: what the
//! leader does it does when it hears a tab or the proxy.

use std::pin::pin;

use chrono::{DateTime, TimeDelta, Utc};
use futures::StreamExt;
use futures::channel::mpsc::UnboundedReceiver;
use futures::future::{Either, select};
use holdpoint_domain::session::SessionId;
use serde::Deserialize;

use super::demand::Demand;
use super::tabs::{SharedStream, Word};
use crate::api::stream::{Arrival, Kind, Stream};

/// The proxy gives a sign of life every 15 seconds. After an older one it is not said that the stream lives.
const RECENT: TimeDelta = TimeDelta::seconds(20);

/// What is needed of a message to hand it on.
#[derive(Deserialize)]
struct Place {
    session: SessionId,
    /// A record's.
    #[serde(default)]
    seq: u64,
}

struct Leader {
    shared: SharedStream,
    demand: Demand,
    stream: Option<Stream>,
    /// When the stream gave something last.
    sign: Option<DateTime<Utc>>,
}

/// Leads until another tab has the right to, which happens only where there are no locks.
pub(super) async fn lead(shared: SharedStream) {
    let mut words = shared.begin_to_lead();
    shared.say(Word::Leads { tab: shared.tab });
    shared.say(Word::Ask);
    let mut leader = Leader {
        shared,
        demand: Demand::default(),
        stream: None,
        sign: None,
    };
    while leader.turn(&mut words).await {}
    shared.stop_to_lead();
}

impl Leader {
    /// Waits for one thing and does what follows from it. False when another tab leads.
    async fn turn(&mut self, words: &mut UnboundedReceiver<Word>) -> bool {
        // What was said in the meantime goes into the same stream.
        while let Ok(word) = words.try_recv() {
            if !self.hear(word) {
                return false;
            }
        }
        if self.stream.is_none() && !self.demand.is_empty() {
            self.sign = None;
            match Stream::open(&self.demand.open()) {
                Ok(stream) => self.stream = Some(stream),
                Err(_) => self.lost(),
            }
        }
        let arrival = match &mut self.stream {
            None => Either::Left(words.next().await),
            Some(stream) => match select(pin!(words.next()), pin!(stream.next())).await {
                Either::Left((word, _)) => Either::Left(word),
                Either::Right((arrival, _)) => Either::Right(arrival),
            },
        };
        match arrival {
            Either::Left(word) => return word.is_some_and(|word| self.hear(word)),
            Either::Right(Arrival::Message(kind, text)) => self.pass_on(kind, text),
            Either::Right(Arrival::Heartbeat) => {
                self.demand.heartbeat();
                if self.demand.is_empty() {
                    self.close();
                } else {
                    self.sign = Some(Utc::now());
                    self.say_that_it_lives();
                }
            }
            Either::Right(Arrival::Lost) => self.lost(),
        }
        true
    }

    /// False when another tab leads.
    fn hear(&mut self, word: Word) -> bool {
        match word {
            Word::Want { tab, places } => {
                if self.demand.want(tab, &places) {
                    self.stream = None;
                } else if self.demand.is_empty() {
                    self.close();
                } else if self.demand.tells(&places) && self.sign.is_some_and(|sign| Utc::now() - sign < RECENT) {
                    self.say_that_it_lives();
                }
            }
            Word::Here { tab } => self.demand.here(tab),
            Word::Who => self.shared.say(Word::Leads { tab: self.shared.tab }),
            // Of two the one with the lower id stays.
            Word::Leads { tab } if tab < self.shared.tab => return false,
            Word::Leads { tab } if tab > self.shared.tab => self.shared.say(Word::Leads { tab: self.shared.tab }),
            Word::Ask | Word::Came { .. } | Word::Alive { .. } | Word::Lost | Word::Leads { .. } => {}
        }
        true
    }

    fn pass_on(&mut self, kind: Kind, text: String) {
        let Ok(Place { session, seq }) = serde_json::from_str(&text) else {
            // Whoever reads the session anew sees what is wrong.
            return self.lost();
        };
        match kind {
            Kind::Record => self.demand.came(session, seq),
            Kind::Ended => self.demand.ended(session),
            Kind::Live => {}
        }
        self.sign = Some(Utc::now());
        self.shared.say(Word::Came { session, kind, text });
    }

    fn say_that_it_lives(&self) {
        let sessions = self.demand.opened().to_vec();
        self.shared.say(Word::Alive { sessions });
    }

    /// The tabs ask the proxy, and say anew what they want when it answers.
    fn lost(&mut self) {
        self.close();
        self.shared.say(Word::Lost);
    }

    fn close(&mut self) {
        self.stream = None;
        self.sign = None;
        self.demand = Demand::default();
    }
}
