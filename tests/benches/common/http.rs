//! A lean HTTP/1.1 client. It shares the cores with what it measures, so a request is bytes that were made before.

use std::io::{Error, ErrorKind};

use holdpoint_tests::{DriverError, Result};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use uuid::Uuid;

/// Stands in a body for the command's id, which is another one in each request: a UUID v7, as the page makes them.
pub const ID: &str = "00000000-0000-4000-8000-000000000000";
/// Stands in a body before eight digits, which count the requests.
pub const MARK: &str = "#note-";
/// [`MARK`] with its digits.
pub const MARKED: &str = "#note-00000000";

/// A connection that is kept alive.
pub struct Connection {
    pub stream: TcpStream,
    /// What was read of the last answer.
    pub read: Vec<u8>,
}

impl Connection {
    /// Connects to a port of this machine.
    pub async fn open(port: u16) -> Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await.map_err(connection)?;
        stream.set_nodelay(true).map_err(connection)?;
        Ok(Self {
            stream,
            read: Vec::with_capacity(4096),
        })
    }

    /// Sends a request and gives the body of the answer, which must be a good one of a known length.
    pub async fn exchange(&mut self, request: &[u8]) -> Result<&[u8]> {
        self.send(request).await?;
        let head = self.head().await?;
        let length = content_length(&self.read[..head]).ok_or_else(|| self.unexpected("its length is not said"))?;
        while self.read.len() < head + length {
            self.more().await?;
        }
        Ok(&self.read[head..])
    }

    /// Sends a request.
    pub async fn send(&mut self, request: &[u8]) -> Result<()> {
        self.read.clear();
        self.stream.write_all(request).await.map_err(connection)
    }

    /// Reads the head of the answer; where its body begins.
    pub async fn head(&mut self) -> Result<usize> {
        loop {
            if let Some(end) = find(&self.read, b"\r\n\r\n") {
                // An event stream is answered as HTTP/1.0: its body ends with the connection.
                let good = self.read.starts_with(b"HTTP/1.1 20") || self.read.starts_with(b"HTTP/1.0 20");
                return if good {
                    Ok(end + 4)
                } else {
                    Err(self.unexpected("it is refused"))
                };
            }
            self.more().await?;
        }
    }

    async fn more(&mut self) -> Result<()> {
        match self.stream.read_buf(&mut self.read).await {
            Ok(0) => Err(connection(Error::from(ErrorKind::UnexpectedEof))),
            Ok(_) => Ok(()),
            Err(error) => Err(connection(error)),
        }
    }

    fn unexpected(&self, why: &str) -> DriverError {
        DriverError::Unexpected {
            what: format!("The answer to the bench's request ({why})"),
            found: String::from_utf8_lossy(&self.read).into_owned(),
        }
    }
}

/// A POST request that is made once. Before each use its id is drawn anew and its number counted up.
pub struct Post {
    bytes: Vec<u8>,
    id: Option<usize>,
    number: Option<usize>,
    count: usize,
}

impl Post {
    /// A request with [`ID`] and [`MARKED`] where they change. `cookie` is `name=value`.
    pub fn new(port: u16, path: &str, cookie: Option<&str>, body: &str) -> Self {
        let cookie = cookie.map_or_else(String::new, |cookie| format!("cookie: {cookie}\r\n"));
        let bytes = format!(
            "POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n{cookie}content-type: application/json\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        )
        .into_bytes();
        Self {
            id: find(&bytes, ID.as_bytes()),
            number: find(&bytes, MARKED.as_bytes()).map(|at| at + MARK.len()),
            bytes,
            count: 0,
        }
    }

    /// The next request. The first one has the number 0.
    pub fn next(&mut self) -> &[u8] {
        if let Some(at) = self.id {
            let mut text = Uuid::encode_buffer();
            let text = Uuid::now_v7().hyphenated().encode_lower(&mut text);
            self.bytes[at..at + ID.len()].copy_from_slice(text.as_bytes());
        }
        if let Some(at) = self.number {
            let digits = format!("{:08}", self.count);
            self.bytes[at..at + digits.len()].copy_from_slice(digits.as_bytes());
        }
        self.count += 1;
        &self.bytes
    }
}

/// Where one text begins in another.
pub fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    let first = *wanted.first()?;
    let mut from = 0;
    while let Some(at) = bytes[from..].iter().position(|byte| *byte == first) {
        if bytes[from + at..].starts_with(wanted) {
            return Some(from + at);
        }
        from += at + 1;
    }
    None
}

fn content_length(head: &[u8]) -> Option<usize> {
    let head = std::str::from_utf8(head).ok()?;
    let value = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then_some(value)
    })?;
    value.trim().parse().ok()
}

fn connection(source: Error) -> DriverError {
    DriverError::Io {
        doing: "talking HTTP to what is measured".to_owned(),
        source,
    }
}
