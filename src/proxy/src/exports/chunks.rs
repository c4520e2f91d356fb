//! An export as the body of an answer, sent while it is made.

use std::io::{self, BufWriter, Write};
use std::time::Duration;

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

/// The body of an answer that has what is written. If it cannot be made to its end, the body breaks off without one, so that no client
/// takes what came for the whole file. Of an export that fails before its first piece, nothing is sent.
///
/// # Errors
/// It cannot be written even so far.
pub async fn body_of(
    write: impl FnOnce(&mut dyn Write) -> Result<(), ExportError> + Send + 'static,
) -> Result<Body, ExportFailure> {
    let (give, mut chunks) = mpsc::channel(CHUNKS_AHEAD);
    let runtime = Handle::current();
    spawn_blocking(move || {
        let chunks = Chunks { give, runtime };
        let mut out = BufWriter::with_capacity(CHUNK, &chunks);
        let written = write(&mut out);
        // What is left in the buffer of an export that failed is never sent.
        let (_, _) = out.into_parts();
        if let Err(error) = written {
            chunks.send(Err(error.into())).unwrap_or(());
        }
    });
    let first = match chunks.recv().await {
        Some(Err(error)) => return Err(error),
        Some(Ok(first)) => first,
        None => return Ok(Body::empty()),
    };
    let rest = stream::unfold(chunks, |mut chunks| async move {
        let chunk = chunks.recv().await?;
        if let Err(error) = &chunk {
            tracing::error!(%error, "an export was broken off");
        }
        Some((chunk.map_err(io::Error::other), chunks))
    });
    let first = stream::once(async { Ok(first) });
    Ok(Body::from_stream(futures::StreamExt::chain(first, rest)))
}

/// Gives what is written to whoever sends the body.
struct Chunks {
    give: mpsc::Sender<Result<Bytes, ExportFailure>>,
    runtime: Handle,
}

impl Chunks {
    fn send(&self, chunk: Result<Bytes, ExportFailure>) -> io::Result<()> {
        let sent = self.runtime.block_on(timeout(PATIENCE, self.give.send(chunk)));
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
        self.send(Ok(Bytes::copy_from_slice(bytes)))?;
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
}
