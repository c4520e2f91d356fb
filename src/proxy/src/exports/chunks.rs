//! An export as the body of an answer, sent while it is made.

use std::io::{self, BufWriter, Write};
use std::time::{Duration, Instant};

use axum::body::Body;
use bytes::Bytes;
use futures::stream;
use holdpoint_report::ExportError;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::failure::ExportFailure;

/// Bytes in one piece of a body.
const CHUNK: usize = 64 * 1024;
/// Pieces that wait for a client that is slow.
const CHUNKS_AHEAD: usize = 2;
/// How long a client may take for a piece, before it is taken to be gone.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long an export may take from its beginning to its end, however steadily the client reads.
const WHOLE: Duration = Duration::from_secs(15 * 60);

/// The body of an answer that has what is written. If it cannot be made to its end, the body breaks off without one, so that no client
/// takes what came for the whole file. Of an export that fails before its first piece, nothing is sent.
///
/// # Errors
/// It cannot be written even so far.
pub async fn body_of(
    write: impl FnOnce(&mut dyn Write) -> Result<(), ExportError> + Send + 'static,
) -> Result<Body, ExportFailure> {
    body_within(WHOLE, write).await
}

async fn body_within(
    whole: Duration,
    write: impl FnOnce(&mut dyn Write) -> Result<(), ExportError> + Send + 'static,
) -> Result<Body, ExportFailure> {
    let (give, mut chunks) = mpsc::channel(CHUNKS_AHEAD);
    let runtime = Handle::current();
    let until = Instant::now() + whole;
    spawn_blocking(move || {
        let chunks = Chunks { give, runtime, until };
        let mut out = BufWriter::with_capacity(CHUNK, &chunks);
        let written = write(&mut out).and_then(|()| Ok(out.flush()?));
        // What is left in the buffer of an export that failed is never sent.
        let (_, _) = out.into_parts();
        let end = written.map(|()| Piece::End).map_err(ExportFailure::from);
        chunks.send(end).unwrap_or(());
    });
    let first = match chunks.recv().await {
        Some(Ok(Piece::Bytes(first))) => first,
        Some(Ok(Piece::End)) => return Ok(Body::empty()),
        Some(Err(error)) => return Err(error),
        None => return Err(ExportFailure::BrokenOff),
    };
    let rest = stream::unfold(Some(chunks), |chunks| async move {
        let mut chunks = chunks?;
        match chunks.recv().await.unwrap_or(Err(ExportFailure::BrokenOff)) {
            Ok(Piece::Bytes(bytes)) => Some((Ok(bytes), Some(chunks))),
            Ok(Piece::End) => None,
            Err(error) => {
                tracing::error!(%error, "an export was broken off");
                Some((Err(io::Error::other(error)), None))
            }
        }
    });
    let first = stream::once(async { Ok(first) });
    Ok(Body::from_stream(futures::StreamExt::chain(first, rest)))
}

/// A piece of an export. One without its end was broken off, whatever came of it: whoever made it may have panicked.
enum Piece {
    Bytes(Bytes),
    End,
}

/// Gives what is written to whoever sends the body.
struct Chunks {
    give: mpsc::Sender<Result<Piece, ExportFailure>>,
    runtime: Handle,
    /// When the export must be whole.
    until: Instant,
}

impl Chunks {
    fn send(&self, piece: Result<Piece, ExportFailure>) -> io::Result<()> {
        let left = self.until.saturating_duration_since(Instant::now());
        // What went wrong is said if it can be said at once.
        if left.is_zero() && piece.is_ok() {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "the export took too long"));
        }
        let sent = self
            .runtime
            .block_on(timeout(left.min(PATIENCE), self.give.send(piece)));
        match sent {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(io::Error::new(io::ErrorKind::BrokenPipe, "the client is gone")),
            Err(_) => Err(io::Error::new(
                io::ErrorKind::TimedOut,
                "the client takes nothing any more",
            )),
        }
    }
}

impl Write for &Chunks {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.send(Ok(Piece::Bytes(Bytes::copy_from_slice(bytes))))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use futures::StreamExt;

    use super::*;

    /// The pieces of a body, and whether it came to its end.
    async fn taken(body: Body) -> (usize, bool) {
        let (mut bytes, mut whole) = (0, true);
        let mut pieces = body.into_data_stream();
        while let Some(piece) = pieces.next().await {
            match piece {
                Ok(piece) => bytes += piece.len(),
                Err(_) => whole = false,
            }
        }
        (bytes, whole)
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_breaks_off_has_no_end() {
        let written = |count: usize, fails: bool| {
            move |out: &mut dyn Write| {
                for _ in 0..count {
                    out.write_all(&[b'x'; 1000])?;
                }
                match fails {
                    true => Err(ExportError::NoStart),
                    false => Ok(out.flush()?),
                }
            }
        };
        for count in [0, 1, 1000] {
            let body = body_of(written(count, false)).await.expect("it is written");
            assert_eq!(taken(body).await, (1000 * count, true));
        }
        let (bytes, whole) = taken(body_of(written(1000, true)).await.expect("it begins")).await;
        assert!(!whole && bytes < 1_000_000, "{bytes}");
        // Nothing was sent yet, so that the answer can still be an error.
        assert!(matches!(
            body_of(written(1, true)).await,
            Err(ExportFailure::Export(ExportError::NoStart))
        ));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn an_export_that_panics_or_takes_too_long_has_no_end() {
        let panics = |count: usize| {
            move |out: &mut dyn Write| {
                for _ in 0..count {
                    out.write_all(&[b'x'; CHUNK])?;
                }
                std::panic::resume_unwind(Box::new("a mistake of ours"))
            }
        };
        assert!(matches!(body_of(panics(0)).await, Err(ExportFailure::BrokenOff)));
        let begun = body_of(panics(10)).await.expect("it begins");
        assert_eq!(taken(begun).await, (10 * CHUNK, false));
        let endless = |out: &mut dyn Write| {
            loop {
                out.write_all(&[b'x'; CHUNK])?;
            }
        };
        let begun = body_within(Duration::from_millis(200), endless);
        assert!(!taken(begun.await.expect("it begins")).await.1);
    }
}
