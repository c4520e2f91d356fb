//! What a program writes, read while it runs and up to its cap.

use tokio::io::AsyncReadExt;

use super::error::GateRunError;
use super::group::Group;
use super::plain_text::PlainText;
use super::sink::{Sink, Stream};

/// Reads both streams in the order in which they come, up to the cap.
pub(super) struct Reader {
    out: Option<tokio::process::ChildStdout>,
    err: Option<tokio::process::ChildStderr>,
    /// Of the standard output and of the standard error.
    plain: [PlainText; 2],
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: Vec<u8>,
    /// Both, in the order in which they came.
    pub(super) combined: Vec<u8>,
    /// Bytes that may still come.
    room: u64,
    cap: u64,
}

impl Reader {
    pub(super) fn new(group: &mut Group, cap: u64) -> Result<Self, GateRunError> {
        let (out, err) = group.streams().ok_or_else(|| GateRunError::Output {
            reason: "it has none".to_owned(),
        })?;
        let (stdout, stderr, combined) = Default::default();
        Ok(Self {
            out: Some(out),
            err: Some(err),
            plain: Default::default(),
            stdout,
            stderr,
            combined,
            room: cap,
            cap,
        })
    }

    pub(super) fn is_open(&self) -> bool {
        self.out.is_some() || self.err.is_some()
    }

    /// Reads what comes next on either stream.
    pub(super) async fn more(&mut self, sink: &mut Sink) -> Result<(), GateRunError> {
        let mut from_out = [0; 8192];
        let mut from_err = [0; 8192];
        let read = tokio::select! {
            read = read_some(&mut self.out, &mut from_out), if self.out.is_some() => read.map(|read| (Stream::Out, read)),
            read = read_some(&mut self.err, &mut from_err), if self.err.is_some() => read.map(|read| (Stream::Err, read)),
            else => return Ok(()),
        };
        let (stream, read) = read.map_err(|error| GateRunError::Output {
            reason: error.to_string(),
        })?;
        let bytes = match stream {
            Stream::Out => &from_out[..read],
            Stream::Err => &from_err[..read],
        };
        if read == 0 {
            match stream {
                Stream::Out => self.out = None,
                Stream::Err => self.err = None,
            }
            let rest = self.plain[stream as usize].finish();
            self.keep(stream, &rest, sink);
            return Ok(());
        }
        let fits = &bytes[..read.min(usize::try_from(self.room).unwrap_or(usize::MAX))];
        let plain = self.plain[stream as usize].push(fits);
        self.keep(stream, &plain, sink);
        if fits.len() < read {
            return Err(GateRunError::TooMuchOutput { cap: self.cap });
        }
        self.room -= read as u64;
        Ok(())
    }

    fn keep(&mut self, stream: Stream, text: &[u8], sink: &mut Sink) {
        match stream {
            Stream::Out => self.stdout.extend_from_slice(text),
            Stream::Err => self.stderr.extend_from_slice(text),
        }
        self.combined.extend_from_slice(text);
        sink.push(stream, text);
    }
}

async fn read_some<R: tokio::io::AsyncRead + Unpin>(stream: &mut Option<R>, into: &mut [u8]) -> std::io::Result<usize> {
    match stream {
        Some(stream) => stream.read(into).await,
        None => std::future::pending().await,
    }
}
