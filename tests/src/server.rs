//! A fake HTTP server that answers as a test tells it to, rightly or wrongly, down to the bytes.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use crate::{DriverError, Result};

/// The key of what answers paths that have no answers of their own. No request line can have it as its path.
const ANY_PATH: &str = "";

/// What the server does with a request. It closes the connection afterwards.
#[derive(Clone, Debug)]
pub enum Answer {
    /// Sends a whole HTTP answer.
    Respond {
        /// The status.
        status: u16,
        /// The headers, besides `content-length` and `connection`.
        headers: Vec<(String, String)>,
        /// The body.
        body: Vec<u8>,
        /// Time to wait before.
        after: Duration,
    },
    /// Sends exactly these bytes, which need not be HTTP.
    Raw(Vec<u8>),
    /// Sends these bytes, and resets the connection 50 ms later.
    RawThenReset(Vec<u8>),
    /// Resets the connection as soon as the request is there.
    Reset,
    /// Never sends anything.
    Hang,
    /// Begins an answer and goes on with it for ever, a byte each 20 ms.
    Drip,
    /// Begins an answer and goes on with it for ever, as fast as it can.
    Flood,
    /// Sends the request, as it came, as the body of its answer.
    Echo,
}

impl Answer {
    /// A whole answer with a body of this media type.
    #[must_use]
    pub fn new(status: u16, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::Respond {
            status,
            headers: vec![("content-type".to_owned(), media_type.to_owned())],
            body: body.into(),
            after: Duration::ZERO,
        }
    }

    /// A JSON document.
    #[must_use]
    pub fn json(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::new(status, "application/json", body)
    }

    /// A redirect (302) with an empty body.
    #[must_use]
    pub fn redirect(location: impl Into<String>) -> Self {
        Self::Respond {
            status: 302,
            headers: vec![("location".to_owned(), location.into())],
            body: Vec::new(),
            after: Duration::ZERO,
        }
    }

    /// An answer whose body is this, and breaks off before the length that its head promises.
    #[must_use]
    pub fn cut_short(body: &str) -> Self {
        let length = body.len() + 100;
        Self::Raw(format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}").into())
    }

    /// The same whole answer with this header. Other answers have none of their own.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let Self::Respond { headers, .. } = &mut self {
            headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    /// The same whole answer, this much later. Only whole answers wait.
    #[must_use]
    pub fn after(mut self, wait: Duration) -> Self {
        if let Self::Respond { after, .. } = &mut self {
            *after = wait;
        }
        self
    }
}

#[derive(Debug, Default)]
struct Shared {
    /// By path, or [`ANY_PATH`]. The last answer of each is repeated.
    answers: BTreeMap<String, VecDeque<Answer>>,
    requests: Vec<String>,
}

impl Shared {
    /// Notes a request, and says what becomes of it.
    fn take(&mut self, request: &str) -> Answer {
        self.requests.push(request.to_owned());
        let path = path_of(request);
        let key = if self.answers.contains_key(path) {
            path
        } else {
            ANY_PATH
        };
        let answers = self.answers.get_mut(key);
        let next = answers.and_then(|left| {
            if left.len() > 1 {
                left.pop_front()
            } else {
                left.front().cloned()
            }
        });
        next.unwrap_or_else(|| Answer::json(404, r#"{"detail": "not found"}"#))
    }
}

/// A server on a free port of 127.0.0.1. Paths that it was told nothing about are answered with 404. Dropping it closes its
/// port and its connections.
#[derive(Debug)]
pub struct TestServer {
    address: SocketAddr,
    shared: Arc<Mutex<Shared>>,
    task: JoinHandle<()>,
}

impl TestServer {
    /// Starts it. It answers 404 until it is told otherwise.
    ///
    /// # Errors
    /// The system has no free port.
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await;
        let listener = listener.map_err(DriverError::io("starting a server"))?;
        let address = listener.local_addr().map_err(DriverError::io("starting a server"))?;
        let shared = Arc::new(Mutex::new(Shared::default()));
        let task = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Ok(Self { address, shared, task })
    }

    /// Starts it with answers for every path: one for each request, and the last one again and again.
    ///
    /// # Errors
    /// The system has no free port.
    pub async fn answering(answers: impl IntoIterator<Item = Answer>) -> Result<Self> {
        let server = Self::start().await?;
        server.set_all(ANY_PATH, answers);
        Ok(server)
    }

    /// Answers this path (without its query) so from now on.
    pub fn set(&self, path: &str, answer: Answer) {
        self.set_all(path, [answer]);
    }

    /// Answers this path (without its query) with these: one for each request, and the last one again and again.
    pub fn set_all(&self, path: &str, answers: impl IntoIterator<Item = Answer>) {
        let answers = answers.into_iter().collect();
        lock(&self.shared).answers.insert(path.to_owned(), answers);
    }

    /// `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Its address and port.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The requests so far, in the order of their coming, each whole: head, empty line, body.
    #[must_use]
    pub fn requests(&self) -> Vec<String> {
        lock(&self.shared).requests.clone()
    }

    /// How many requests asked this path (without its query).
    #[must_use]
    pub fn requests_to(&self, path: &str) -> usize {
        let shared = lock(&self.shared);
        shared
            .requests
            .iter()
            .filter(|request| path_of(request) == path)
            .count()
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// `/health` of `GET /health?version=1 HTTP/1.1`.
fn path_of(request: &str) -> &str {
    let target = request.split_whitespace().nth(1).unwrap_or("/");
    target.split('?').next().unwrap_or(target)
}

async fn accept(listener: TcpListener, shared: Arc<Mutex<Shared>>) {
    // They end with the server.
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let shared = Arc::clone(&shared);
        connections.spawn(async move {
            // A client that goes away in the middle is what some tests are about.
            if let Err(error) = serve(stream, &shared).await {
                eprintln!("the test server lost a client: {error}");
            }
        });
        while connections.try_join_next().is_some() {}
    }
}

async fn serve(mut stream: TcpStream, shared: &Mutex<Shared>) -> std::io::Result<()> {
    let Some(request) = read_request(&mut stream).await? else {
        return Ok(());
    };
    let answer = lock(shared).take(&request);
    match answer {
        Answer::Respond {
            status,
            headers,
            body,
            after,
        } => {
            tokio::time::sleep(after).await;
            send(&mut stream, status, &headers, &body).await
        }
        Answer::Raw(bytes) => {
            stream.write_all(&bytes).await?;
            stream.shutdown().await
        }
        Answer::RawThenReset(bytes) => {
            stream.write_all(&bytes).await?;
            stream.flush().await?;
            tokio::time::sleep(Duration::from_millis(50)).await;
            stream.set_zero_linger()
        }
        // Closing with a linger time of zero sends RST instead of FIN.
        Answer::Reset => stream.set_zero_linger(),
        Answer::Hang => std::future::pending().await,
        Answer::Drip => go_on(&mut stream, b" ", Duration::from_millis(20)).await,
        Answer::Flood => go_on(&mut stream, &[b' '; 4096], Duration::ZERO).await,
        Answer::Echo => send(&mut stream, 200, &[], request.as_bytes()).await,
    }
}

async fn send(stream: &mut TcpStream, status: u16, headers: &[(String, String)], body: &[u8]) -> std::io::Result<()> {
    let headers: String = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let length = body.len();
    let head = format!("HTTP/1.1 {status} Told\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n");
    stream.write_all(&[head.as_bytes(), body].concat()).await?;
    stream.shutdown().await
}

/// Begins an answer of a gigabyte, and sends this piece until the client goes away.
async fn go_on(stream: &mut TcpStream, piece: &[u8], pause: Duration) -> std::io::Result<()> {
    let head = b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n";
    stream.write_all(head).await?;
    loop {
        stream.write_all(piece).await?;
        tokio::time::sleep(pause).await;
    }
}

/// Reads a request's head, and its body where it has a length. `None` when the client went away without one.
async fn read_request(stream: &mut TcpStream) -> std::io::Result<Option<String>> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let read = stream.read(&mut chunk).await?;
        bytes.extend_from_slice(&chunk[..read]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                line.to_ascii_lowercase()
                    .strip_prefix("content-length:")?
                    .trim()
                    .parse()
                    .ok()
            });
            if body.len() >= length.unwrap_or(0) {
                return Ok(Some(text));
            }
        }
        if read == 0 {
            return Ok(None);
        }
    }
}
