//! Small HTTP servers that do as they are told, down to the bytes.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What a server does with a request.
#[derive(Clone, Debug)]
pub enum Act {
    /// Answers with exactly these bytes, and closes the connection.
    Say(Vec<u8>),
    /// Never answers.
    Hang,
    /// Resets the connection as soon as the request is there.
    Reset,
    /// Says these bytes, and resets the connection instead of saying the rest.
    SayThenReset(Vec<u8>),
    /// Begins an answer and goes on with it for ever, a little at a time.
    Drip,
    /// Begins an answer and goes on with it for ever, as fast as it can.
    Flood,
    /// Answers with the request's own head as its body.
    Echo,
}

/// An HTTP answer with a JSON body.
pub fn json(status: u16, body: &str) -> Act {
    answer(status, "Content-Type: application/json\r\n", body.as_bytes())
}

/// An HTTP answer.
pub fn answer(status: u16, headers: &str, body: &[u8]) -> Act {
    let head = format!(
        "HTTP/1.1 {status} X\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    Act::Say([head.as_bytes(), body].concat())
}

/// A server on loopback. It acts out its script, one act for each request, and repeats the last one.
pub struct Server {
    pub address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Server {
    pub async fn start(script: Vec<Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port on loopback");
        let address = listener.local_addr().expect("the port's address");
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        let task = tokio::spawn(async move {
            let mut script = script.into_iter().peekable();
            while let Ok((stream, _)) = listener.accept().await {
                let act = if script.len() > 1 {
                    script.next()
                } else {
                    script.peek().cloned()
                };
                let (Some(act), seen) = (act, Arc::clone(&seen)) else {
                    return;
                };
                tokio::spawn(async move {
                    // A client that goes away in the middle is what some of the tests are about.
                    let _gone = serve(stream, act, &seen).await;
                });
            }
        });
        Self {
            address,
            requests,
            task,
        }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The requests so far, each as it came.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("no server panicked").clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, act: Act, seen: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let request = read_request(&mut stream).await?;
    seen.lock().expect("no server panicked").push(request.clone());
    match act {
        Act::Say(bytes) => {
            stream.write_all(&bytes).await?;
            stream.shutdown().await
        }
        Act::Hang => {
            tokio::time::sleep(Duration::from_secs(600)).await;
            Ok(())
        }
        Act::Reset => stream.set_zero_linger(),
        Act::SayThenReset(bytes) => {
            stream.write_all(&bytes).await?;
            stream.flush().await?;
            tokio::time::sleep(Duration::from_millis(50)).await;
            stream.set_zero_linger()
        }
        Act::Drip | Act::Flood => {
            stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
                .await?;
            loop {
                if matches!(act, Act::Drip) {
                    stream.write_all(b" ").await?;
                    tokio::time::sleep(Duration::from_millis(20)).await;
                } else {
                    stream.write_all(&[b' '; 4096]).await?;
                }
            }
        }
        Act::Echo => {
            let length = request.len();
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{request}");
            stream.write_all(head.as_bytes()).await?;
            stream.shutdown().await
        }
    }
}

/// Reads a request's head, and its body where it has a length.
async fn read_request(stream: &mut TcpStream) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let read = stream.read(&mut chunk).await?;
        bytes.extend_from_slice(&chunk[..read]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
            if body.len() >= length.unwrap_or(0) {
                return Ok(text);
            }
        }
        if read == 0 {
            return Ok(text);
        }
    }
}
