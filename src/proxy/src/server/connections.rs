//! How many connections there may be. Each takes a file descriptor, and gates and the database need some, too.
//!
//! Whoever connects when there is no more room takes the place of a connection that only waits: the longest waiting of the same
//! peer, if that one has its share, or of all. So those who connect and send nothing cannot keep out those who ask for something.
//! Event streams are of people who are signed in; they are never ended for others, and count in the whole only.

use std::collections::{BTreeSet, HashMap};
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use hyper::body::{Frame, SizeHint};
use nix::sys::resource::{Resource, getrlimit};
use tokio_util::sync::CancellationToken;

use crate::metrics::Metrics;

/// File descriptors for gates (sixteen attempts at a time, with up to a dozen each), the database (three for each of five connections) and
/// the program itself.
const RESERVED: u64 = 256;
/// The most that is of use: each connection takes some KiB of memory.
const MOST: u64 = 65_536;
/// An answer that takes longer than this is given up for somebody who connects, if nobody else can be.
const LONG_ANSWER: Duration = Duration::from_secs(60);

/// How many connections there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// In all.
    pub total: usize,
    /// Of one peer, event streams not counted: one IPv4 address, or one IPv6 network of 64 bits.
    pub per_peer: usize,
}

impl Limits {
    /// What the system's limit of open files leaves room for, or what was wished for, if that is less.
    ///
    /// # Errors
    /// The system does not tell its limit.
    pub fn of_system(wished: Option<usize>) -> Result<Self, std::io::Error> {
        let (files, _) = getrlimit(Resource::RLIMIT_NOFILE)?;
        Ok(Self::of(files, wished))
    }

    fn of(files: u64, wished: Option<usize>) -> Self {
        let room = (files - RESERVED.min(files / 2)).clamp(1, MOST);
        let room = usize::try_from(room).unwrap_or(usize::MAX);
        let total = wished.unwrap_or(room).clamp(1, room);
        Self {
            total,
            per_peer: total.div_ceil(2),
        }
    }
}

/// Who connects: an IPv4 address, or an IPv6 network, because whoever has one address of it has all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Peer(u128);

impl Peer {
    fn of(address: SocketAddr) -> Self {
        match address.ip().to_canonical() {
            IpAddr::V4(ip) => Self(ip.to_ipv6_mapped().to_bits()),
            IpAddr::V6(ip) => Self(ip.to_bits() >> 64 << 64),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Doing {
    /// For a request, the first one or another.
    Waiting,
    Answering,
    /// Events, to somebody who is signed in.
    Streaming,
}

#[derive(Debug)]
struct Connection {
    peer: Peer,
    doing: Doing,
    since: Instant,
    close: CancellationToken,
}

#[derive(Debug, Default)]
struct Open {
    all: HashMap<u64, Connection>,
    /// Those of each peer that are no event streams.
    of_peer: HashMap<Peer, usize>,
    /// Those that wait, the longest waiting first: of all, and of each peer.
    waiting: BTreeSet<(Instant, u64)>,
    waiting_of_peer: BTreeSet<(Peer, Instant, u64)>,
    next: u64,
}

impl Open {
    fn enter(&mut self, id: u64, connection: Connection) {
        let Connection { peer, doing, since, .. } = connection;
        if doing != Doing::Streaming {
            *self.of_peer.entry(peer).or_default() += 1;
        }
        if doing == Doing::Waiting {
            self.waiting.insert((since, id));
            self.waiting_of_peer.insert((peer, since, id));
        }
        self.all.insert(id, connection);
    }

    fn take_out(&mut self, id: u64) -> Option<Connection> {
        let connection = self.all.remove(&id)?;
        let Connection { peer, doing, since, .. } = connection;
        if doing != Doing::Streaming
            && let Some(count) = self.of_peer.get_mut(&peer)
        {
            *count -= 1;
            if *count == 0 {
                self.of_peer.remove(&peer);
            }
        }
        self.waiting.remove(&(since, id));
        self.waiting_of_peer.remove(&(peer, since, id));
        Some(connection)
    }

    /// Whose place somebody may take: of this peer, or of anybody.
    fn replaceable(&self, peer: Option<Peer>) -> Option<u64> {
        let waiting = match peer {
            Some(peer) => {
                let first = self.waiting_of_peer.range((peer, self.beginning()?, 0)..).next();
                first.filter(|(of, ..)| *of == peer).map(|(_, _, id)| *id)
            }
            None => self.waiting.first().map(|(_, id)| *id),
        };
        waiting.or_else(|| {
            let long = |one: &Connection| one.doing == Doing::Answering && one.since.elapsed() > LONG_ANSWER;
            let of = |one: &Connection| peer.is_none_or(|peer| one.peer == peer);
            let mut found = self.all.iter().filter(|(_, one)| long(one) && of(one));
            found.next().map(|(id, _)| *id)
        })
    }

    /// Not later than anything that waits; nothing when nobody does.
    fn beginning(&self) -> Option<Instant> {
        self.waiting.first().map(|(since, _)| *since)
    }
}

/// The connections that there are.
pub struct Connections {
    limits: Limits,
    metrics: Arc<Metrics>,
    open: Mutex<Open>,
}

impl Connections {
    /// None yet.
    #[must_use]
    pub fn new(limits: Limits, metrics: Arc<Metrics>) -> Arc<Self> {
        metrics.connection_limit(limits.total);
        Arc::new(Self {
            limits,
            metrics,
            open: Mutex::default(),
        })
    }

    /// How many there may be.
    pub(super) fn total(&self) -> usize {
        self.limits.total
    }

    /// Gives somebody who connects a place, if need be that of another one. None when there is no place.
    pub(super) fn admit(self: &Arc<Self>, address: SocketAddr) -> Option<Arc<Place>> {
        let peer = Peer::of(address);
        let mut open = self.locked();
        let crowded = if open
            .of_peer
            .get(&peer)
            .is_some_and(|count| *count >= self.limits.per_peer)
        {
            Some(Some(peer))
        } else {
            (open.all.len() >= self.limits.total).then_some(None)
        };
        if let Some(of) = crowded {
            let Some(replaced) = open.replaceable(of).and_then(|id| open.take_out(id)) else {
                self.metrics.connection_refused();
                return None;
            };
            self.metrics.connection_replaced();
            replaced.close.cancel();
        }
        let (id, closed) = (open.next, CancellationToken::new());
        open.next += 1;
        let connection = Connection {
            peer,
            doing: Doing::Waiting,
            since: Instant::now(),
            close: closed.clone(),
        };
        open.enter(id, connection);
        self.metrics.connections(open.all.len());
        drop(open);
        Some(Arc::new(Place {
            id,
            connections: Arc::clone(self),
            closed,
        }))
    }

    fn locked(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection's place; given up when it is dropped.
pub(super) struct Place {
    id: u64,
    connections: Arc<Connections>,
    closed: CancellationToken,
}

impl Place {
    /// Cancelled when somebody else took the place.
    pub(super) fn closed(&self) -> CancellationToken {
        self.closed.clone()
    }

    /// A request came.
    pub(super) fn answers(&self) {
        self.does(Doing::Answering);
    }

    /// Nothing but an event stream is written from now on.
    pub(super) fn streams(&self) {
        self.does(Doing::Streaming);
    }

    fn does(&self, doing: Doing) {
        let mut open = self.connections.locked();
        // It may have lost its place already.
        if let Some(connection) = open.take_out(self.id) {
            let since = Instant::now();
            open.enter(
                self.id,
                Connection {
                    doing,
                    since,
                    ..connection
                },
            );
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.connections.locked();
        open.take_out(self.id);
        self.connections.metrics.connections(open.all.len());
    }
}

/// The body of an answer. When it is over, the connection waits again.
pub(super) struct Answer {
    body: Body,
    place: Arc<Place>,
}

impl Answer {
    pub(super) fn new(body: Body, place: Arc<Place>) -> Self {
        Self { body, place }
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.place.does(Doing::Waiting);
    }
}

impl hyper::body::Body for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connections(total: usize, per_peer: usize) -> Arc<Connections> {
        Connections::new(Limits { total, per_peer }, Arc::default())
    }

    fn at(address: &str) -> SocketAddr {
        SocketAddr::new(address.parse().unwrap(), 1)
    }

    fn told(connections: &Connections) -> (bool, bool) {
        let text = connections.metrics.render(0, 0);
        let counted = |what: &str| !text.contains(&format!("holdpoint_connections_{what}_total 0"));
        (counted("replaced"), counted("refused"))
    }

    #[test]
    fn descriptors_are_left_for_gates() {
        for (files, wished, total) in [
            (1024, None, 768_usize),
            (256, None, 128),
            (65_536, None, 65_280),
            (u64::MAX, None, 65_536),
            (1024, Some(100), 100),
            (1024, Some(5_000), 768),
            (1024, Some(0), 1),
            (0, None, 1),
        ] {
            let limits = Limits::of(files, wished);
            assert_eq!(
                (limits.total, limits.per_peer),
                (total, total.div_ceil(2)),
                "{files} {wished:?}"
            );
        }
    }

    #[test]
    fn who_comes_takes_the_place_of_the_one_who_waited_longest() {
        let connections = connections(3, 3);
        let places: Vec<_> = (0..3).map(|_| connections.admit(at("10.0.0.1")).unwrap()).collect();
        // The first one asks something, and waits again: now the second one has waited longest.
        places[0].answers();
        drop(Answer::new(Body::empty(), Arc::clone(&places[0])));
        let fourth = connections.admit(at("10.0.0.2")).unwrap();
        assert_eq!(
            places
                .iter()
                .map(|place| place.closed.is_cancelled())
                .collect::<Vec<_>>(),
            [false, true, false]
        );
        assert_eq!(told(&connections), (true, false));
        // The one who lost its place may still be at work for a moment, and gets none back.
        places[1].answers();
        assert_eq!(connections.locked().all.len(), 3);
        drop((places, fourth));
        let open = connections.locked();
        assert!(
            open.all.is_empty()
                && open.of_peer.is_empty()
                && open.waiting_of_peer.is_empty()
                && open.waiting.is_empty()
        );
    }

    #[test]
    fn nobody_who_is_answered_or_follows_loses_its_place() {
        let connections = connections(2, 2);
        let (answered, follower) = (
            connections.admit(at("10.0.0.1")).unwrap(),
            connections.admit(at("10.0.0.2")).unwrap(),
        );
        answered.answers();
        follower.streams();
        assert!(connections.admit(at("10.0.0.3")).is_none());
        assert!(!answered.closed.is_cancelled() && !follower.closed.is_cancelled());
        assert_eq!(told(&connections), (false, true));
    }

    #[test]
    fn a_peer_that_has_its_share_loses_its_own() {
        let connections = connections(10, 2);
        let other = connections.admit(at("10.0.0.9")).unwrap();
        for (one, same) in [("10.0.0.1", "::ffff:10.0.0.1"), ("2001:db8::1", "2001:db8::2")] {
            let places = [one, same].map(|address| connections.admit(at(address)).unwrap());
            let third = connections.admit(at(one)).unwrap();
            assert!(places[0].closed.is_cancelled() && !other.closed.is_cancelled(), "{one}");
            third.answers();
            places[1].answers();
            assert!(connections.admit(at(same)).is_none(), "{same}");
            assert!(connections.admit(at("2001:db8:0:1::1")).is_some());
            // Followers are signed in, and have their place in the whole.
            third.streams();
            assert!(connections.admit(at(same)).is_some(), "{same}");
        }
    }
}
