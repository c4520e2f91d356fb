//! Writers over HTTP: each has a connection that it keeps, and sends the next command when the last one is acknowledged.

use std::time::{Duration, Instant};

use futures::future::try_join_all;
use holdpoint_tests::Result;

use crate::bed::Bed;
use crate::http::{Connection, Post};

/// Acknowledged commands per second of so many writers, spread over so many new sessions.
pub async fn rate(bed: &Bed, writers: usize, sessions: usize, span: Duration) -> Result<f64> {
    let mut ids = Vec::with_capacity(sessions);
    for _ in 0..sessions {
        ids.push(bed.session().await?);
    }
    let mut ready = Vec::with_capacity(writers);
    for session in ids.iter().cycle().take(writers) {
        ready.push((Connection::open(bed.proxy.port()).await?, bed.notes(*session)));
    }
    let since = Instant::now();
    let until = since + span;
    let counts = try_join_all(
        ready
            .into_iter()
            .map(|(connection, notes)| write(connection, notes, until)),
    )
    .await?;
    let acknowledged: u32 = counts.into_iter().sum();
    Ok(f64::from(acknowledged) / since.elapsed().as_secs_f64())
}

async fn write(mut connection: Connection, mut notes: Post, until: Instant) -> Result<u32> {
    let mut acknowledged = 0;
    while Instant::now() < until {
        connection.exchange(notes.next()).await?;
        acknowledged += 1;
    }
    Ok(acknowledged)
}
