//! Viewers that note when each message reaches them, and the writer whose messages they are.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures::stream::{self, StreamExt, TryStreamExt};
use holdpoint_tests::{DriverError, Result};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

use crate::follow::follow;
use crate::http::{Connection, MARK, MARKED, Post, find};
use crate::memory::bytes_of;

/// Messages of one measurement.
pub const MESSAGES: usize = 20;
/// From one message to the next.
pub const APART: Duration = Duration::from_millis(500);
/// How long after the last message viewers may still wait for one.
const PATIENCE: Duration = Duration::from_secs(10);
/// Connections that are made at the same time. More would overflow the queue of those that are to be accepted.
const CONNECTING: usize = 100;

/// What is measured.
pub struct Server {
    pub port: u16,
    pub pid: u32,
    /// What a viewer sends.
    pub follow: String,
    /// What the writer sends.
    pub post: Post,
}

/// What viewers saw, in milliseconds from the moment in which a message was sent to the one in which a viewer read it.
pub struct Seen {
    pub median: f64,
    /// The 99th percentile.
    pub late: f64,
    /// Bytes of memory that each viewer costs the server.
    pub bytes_each: f64,
    /// Messages that did not reach a viewer.
    pub lost: usize,
}

/// When messages were sent: nanoseconds since the beginning.
struct Sent {
    beginning: Instant,
    at: [AtomicU64; MESSAGES],
}

impl Sent {
    fn now(&self) -> u64 {
        u64::try_from(self.beginning.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}

/// Connects so many viewers, sends, and waits until all have seen everything.
pub async fn measure(mut server: Server, viewers: usize) -> Result<Seen> {
    let before = bytes_of(server.pid)?;
    let connections: Vec<(TcpStream, Vec<u8>)> = stream::iter(0..viewers)
        .map(|_| async { follow(Connection::open(server.port).await?, server.follow.as_bytes()).await })
        .buffer_unordered(CONNECTING)
        .try_collect()
        .await?;
    let sent = Arc::new(Sent {
        beginning: Instant::now(),
        at: [const { AtomicU64::new(0) }; MESSAGES],
    });
    let until = tokio::time::Instant::now() + APART * u32::try_from(MESSAGES).unwrap_or(u32::MAX) + PATIENCE;
    let watching: Vec<_> = connections
        .into_iter()
        .map(|(stream, read)| tokio::spawn(watch(stream, read, Arc::clone(&sent), until)))
        .collect();
    let mut writer = Connection::open(server.port).await?;
    for at in &sent.at {
        tokio::time::sleep(APART).await;
        at.store(sent.now(), Ordering::Release);
        writer.exchange(server.post.next()).await?;
    }
    let mut all = Vec::with_capacity(viewers * MESSAGES);
    let mut still_there = Vec::with_capacity(viewers);
    for viewer in watching {
        let (stream, took) = viewer.await.map_err(|error| DriverError::Unexpected {
            what: "A viewer".to_owned(),
            found: error.to_string(),
        })?;
        all.extend(took);
        still_there.push(stream);
    }
    // Every viewer has had every message and is still connected.
    let after = bytes_of(server.pid)?;
    drop(still_there);
    all.sort_unstable();
    let at = |hundredths: usize| {
        let place = all.len().saturating_sub(1) * hundredths / 100;
        all.get(place).map_or(f64::NAN, |nanoseconds| *nanoseconds as f64 / 1e6)
    };
    Ok(Seen {
        median: at(50),
        late: at(99),
        bytes_each: (after - before) / viewers as f64,
        lost: viewers * MESSAGES - all.len(),
    })
}

/// Reads until every message was seen; how long each took. The connection is given back open.
async fn watch(
    mut stream: TcpStream,
    mut read: Vec<u8>,
    sent: Arc<Sent>,
    until: tokio::time::Instant,
) -> (TcpStream, Vec<u64>) {
    let mut took = Vec::with_capacity(MESSAGES);
    loop {
        let now = sent.now();
        let mut from = 0;
        while let Some(at) = find(&read[from..], MARK.as_bytes()) {
            let start = from + at + MARK.len();
            let Some(digits) = read.get(start..from + at + MARKED.len()) else {
                break;
            };
            let number = std::str::from_utf8(digits)
                .ok()
                .and_then(|text| text.parse::<usize>().ok());
            if let Some(sent) = number.and_then(|number| sent.at.get(number)) {
                took.push(now.saturating_sub(sent.load(Ordering::Acquire)));
            }
            from = start;
        }
        // What is left may be the beginning of a mark.
        let left = read.len().saturating_sub(MARKED.len() - 1).max(from);
        read.drain(..left);
        if took.len() >= MESSAGES {
            return (stream, took);
        }
        match tokio::time::timeout_at(until, stream.read_buf(&mut read)).await {
            Ok(Ok(1..)) => {}
            // The server ended the stream, or nothing more comes in time: what was not seen is lost.
            _ => return (stream, took),
        }
    }
}
