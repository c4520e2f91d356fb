//! A platform that answers as a test tells it to, rightly or wrongly.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::{DriverError, Result};

/// How a path answers.
#[derive(Clone, Debug)]
pub enum Answer {
    /// Properly.
    Whole {
        /// The status.
        status: u16,
        /// The headers, besides `content-length` and `connection`.
        headers: Vec<(String, String)>,
        /// The body.
        body: String,
        /// Time to wait before.
        after: Duration,
    },
    /// The connection is reset.
    Reset,
    /// There never is an answer.
    Never,
    /// The body ends before its length is reached.
    Short,
}

impl Answer {
    /// A JSON document.
    #[must_use]
    pub fn json(status: u16, body: impl Into<String>) -> Self {
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        Self::Whole {
            status,
            headers,
            body: body.into(),
            after: Duration::ZERO,
        }
    }

    /// A redirect.
    #[must_use]
    pub fn redirect(location: impl Into<String>) -> Self {
        let headers = vec![("location".to_owned(), location.into())];
        Self::Whole {
            status: 302,
            headers,
            body: String::new(),
            after: Duration::ZERO,
        }
    }
}

type Answers = Arc<Mutex<BTreeMap<String, Answer>>>;

/// A platform that answers as it is told to. Paths that nobody told it about are 404.
pub struct TestPlatform {
    address: SocketAddr,
    answers: Answers,
    requests: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl TestPlatform {
    /// Starts it on a free port.
    ///
    /// # Errors
    /// The system has none.
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))
            .await
            .map_err(DriverError::io("starting a platform"))?;
        let address = listener.local_addr().map_err(DriverError::io("starting a platform"))?;
        let answers = Answers::default();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let task = tokio::spawn(accept(listener, Arc::clone(&answers), Arc::clone(&requests)));
        Ok(Self {
            address,
            answers,
            requests,
            task,
        })
    }

    /// Its address without a path.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Tells it how to answer a path (without its query).
    pub fn set(&self, path: &str, answer: Answer) {
        self.answers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(path.to_owned(), answer);
    }

    /// The request heads that it got, in order.
    #[must_use]
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for TestPlatform {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, answers: Answers, requests: Arc<Mutex<Vec<String>>>) {
    while let Ok((stream, _)) = listener.accept().await {
        let (answers, requests) = (Arc::clone(&answers), Arc::clone(&requests));
        tokio::spawn(async move {
            // A client that goes away is its own business.
            if let Err(error) = serve(stream, &answers, &requests).await {
                eprintln!("the platform lost a client: {error}");
            }
        });
    }
}

async fn serve(stream: TcpStream, answers: &Answers, requests: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if stream.read_line(&mut head).await? == 0 {
            return Ok(());
        }
    }
    let length = head.lines().find_map(|line| {
        line.to_ascii_lowercase()
            .strip_prefix("content-length:")?
            .trim()
            .parse()
            .ok()
    });
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).await?;
    let target = head.split_whitespace().nth(1).unwrap_or("/");
    let path = target.split('?').next().unwrap_or(target);
    let answer = answers
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .get(path)
        .cloned();
    requests
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(head.clone());
    let mut stream = stream.into_inner();
    match answer.unwrap_or_else(|| Answer::json(404, "{\"detail\": \"not found\"}")) {
        Answer::Whole {
            status,
            headers,
            body,
            after,
        } => {
            tokio::time::sleep(after).await;
            let headers: String = headers
                .iter()
                .map(|(name, value)| format!("{name}: {value}\r\n"))
                .collect();
            let length = body.len();
            let whole = format!(
                "HTTP/1.1 {status} Told\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
            );
            stream.write_all(whole.as_bytes()).await
        }
        // Closing with unread linger time zero sends RST instead of FIN.
        Answer::Reset => stream.set_zero_linger(),
        Answer::Never => std::future::pending().await,
        Answer::Short => {
            stream
                .write_all(b"HTTP/1.1 200 Told\r\ncontent-length: 100\r\nconnection: close\r\n\r\n{\"status\"")
                .await
        }
    }
}
