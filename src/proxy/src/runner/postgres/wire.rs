//! Messages to and from the server. No message is read whose length is beyond what is left of a limit.

use std::io;

use bytes::BytesMut;
use fallible_iterator::FallibleIterator;
use postgres_protocol::IsNull;
use postgres_protocol::message::backend::{DataRowBody, Header, Message, RowDescriptionBody};
use postgres_protocol::message::frontend;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::error::PostgresError;

/// The type of every bound value: text, which the statement casts.
const TEXT: u32 = 25;
/// Bytes of messages that are of no length worth speaking of: signing in, beginning and ending a transaction.
pub(super) const SMALL: u64 = 64 * 1024;
/// Bytes to make room for before each reading.
const READ: usize = 16 * 1024;

/// What a connection goes over: TCP, a Unix socket, or TLS over TCP.
pub(super) trait Socket: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Socket for T {}

/// A connection that is signed in. Dropping it closes it.
pub(in crate::runner) struct Wire {
    socket: Box<dyn Socket>,
    received: BytesMut,
    to_send: BytesMut,
}

/// What came of a statement, piece by piece.
pub(in crate::runner) enum Answer {
    /// The names of the columns and the object ids of their types.
    Columns(Vec<(String, u32)>),
    /// Each cell as the server's text; no text is NULL.
    Row(Vec<Option<Vec<u8>>>),
    /// There are further rows than were asked for.
    Suspended,
    /// Every row was given.
    Complete,
}

impl Wire {
    pub(super) fn new(socket: Box<dyn Socket>) -> Self {
        let (received, to_send) = Default::default();
        Self {
            socket,
            received,
            to_send,
        }
    }

    /// Puts messages together, and sends them.
    pub(super) async fn send(
        &mut self,
        write: impl FnOnce(&mut BytesMut) -> io::Result<()>,
    ) -> Result<(), PostgresError> {
        self.to_send.clear();
        write(&mut self.to_send)?;
        self.socket.write_all(&self.to_send).await?;
        self.socket.flush().await?;
        Ok(())
    }

    /// The next message, if it is within what is `left`, which it uses up. Notices, and parameters that change, are passed over and
    /// count.
    pub(super) async fn next(&mut self, left: &mut u64, limit: u64) -> Result<Message, PostgresError> {
        loop {
            if let Some(header) = Header::parse(&self.received)? {
                // The length has itself in it, and not the tag before it.
                let length = u64::from(header.len().unsigned_abs()) + 1;
                *left = left.checked_sub(length).ok_or(PostgresError::TooLong(limit))?;
                while (self.received.len() as u64) < length {
                    self.receive().await?;
                }
                match Message::parse(&mut self.received)? {
                    Some(
                        Message::NoticeResponse(_) | Message::ParameterStatus(_) | Message::NotificationResponse(_),
                    ) => {}
                    Some(Message::ErrorResponse(body)) => return Err(PostgresError::of_server(body.fields())),
                    Some(message) => return Ok(message),
                    None => return Err(PostgresError::Unexpected("a message of another length than it says")),
                }
            } else {
                self.receive().await?;
            }
        }
    }

    async fn receive(&mut self) -> Result<(), PostgresError> {
        self.received.reserve(READ);
        if self.socket.read_buf(&mut self.received).await? == 0 {
            return Err(PostgresError::Closed);
        }
        Ok(())
    }

    /// Runs statements of our own, and waits until the server is ready again.
    pub(in crate::runner) async fn run(&mut self, statements: &str) -> Result<(), PostgresError> {
        self.send(|buffer| frontend::query(statements, buffer)).await?;
        let mut left = SMALL;
        loop {
            if let Message::ReadyForQuery(_) = self.next(&mut left, SMALL).await? {
                return Ok(());
            }
        }
    }

    /// Asks for one statement's rows, one more than `rows` at most. It has no name, so that nothing of it is left with a pooler's
    /// server, and its values come back as text.
    pub(in crate::runner) async fn ask(
        &mut self,
        statement: &str,
        bind: &[String],
        rows: usize,
    ) -> Result<(), PostgresError> {
        let most = i32::try_from(rows.saturating_add(1)).unwrap_or(i32::MAX);
        self.send(|buffer| {
            frontend::parse("", statement, bind.iter().map(|_| TEXT), buffer)?;
            let bound = frontend::bind(
                "",
                "",
                [],
                bind,
                |value: &String, buffer| {
                    buffer.extend_from_slice(value.as_bytes());
                    Ok(IsNull::No)
                },
                [],
                buffer,
            );
            bound.map_err(|error| match error {
                frontend::BindError::Conversion(source) => io::Error::other(source),
                frontend::BindError::Serialization(source) => source,
            })?;
            frontend::describe(b'P', "", buffer)?;
            frontend::execute("", most, buffer)?;
            frontend::sync(buffer);
            Ok(())
        })
        .await
    }

    /// The next piece of the answer to [`Self::ask`].
    pub(in crate::runner) async fn answer(&mut self, left: &mut u64, limit: u64) -> Result<Answer, PostgresError> {
        loop {
            return Ok(match self.next(left, limit).await? {
                Message::ParseComplete | Message::BindComplete => continue,
                Message::RowDescription(body) => Answer::Columns(columns(&body)?),
                Message::NoData => Answer::Columns(Vec::new()),
                Message::DataRow(body) => Answer::Row(cells(&body)?),
                Message::PortalSuspended => Answer::Suspended,
                Message::CommandComplete(_) | Message::EmptyQueryResponse => Answer::Complete,
                _ => return Err(PostgresError::Unexpected("something that is no row")),
            });
        }
    }

    /// Ends the transaction and the connection, so that a pooler can use its server again.
    pub(in crate::runner) async fn leave(mut self) -> Result<(), PostgresError> {
        // What is still to come of the answer ends with the server's being ready.
        let mut left = SMALL;
        while !matches!(self.next(&mut left, SMALL).await?, Message::ReadyForQuery(_)) {}
        self.run("ROLLBACK").await?;
        self.send(|buffer| {
            frontend::terminate(buffer);
            Ok(())
        })
        .await
    }
}

fn columns(body: &RowDescriptionBody) -> io::Result<Vec<(String, u32)>> {
    body.fields()
        .map(|field| Ok((field.name().to_owned(), field.type_oid())))
        .collect()
}

fn cells(body: &DataRowBody) -> io::Result<Vec<Option<Vec<u8>>>> {
    let buffer = body.buffer();
    body.ranges()
        .map(|range| Ok(range.map(|range| buffer[range].to_vec())))
        .collect()
}
