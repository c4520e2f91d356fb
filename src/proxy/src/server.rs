//! Connections. `axum::serve` keeps more than 30 KiB for each of them as long as it is open, which is much for a viewer who only
//! listens for hours. Here hyper speaks HTTP/1.1 alone (no browser speaks HTTP/2 over plain TCP), and gives the socket back
//! once the head of an event stream is sent: from then on there is nothing to parse, and only events to write.

use std::convert::Infallible;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, Method, Request, Version, header};
use axum::response::Response;
use axum::serve::Listener;
use futures::{FutureExt, StreamExt, stream};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

/// How long a client may take to send the head of a request. It is also how long a connection may stay idle between requests.
const HEADER_TIMEOUT: Duration = Duration::from_secs(60);
/// How long a viewer may take no byte of what happened.
const WRITE_TIMEOUT: Duration = Duration::from_secs(60);
/// Bytes that hyper may keep in either direction; a request's head has to fit in. It takes 400 KiB unless it is told otherwise.
const MAX_BUFFER: usize = 64 * 1024;
/// How long open connections may take to end, before they are cut.
const UNTIL_CUT: Duration = Duration::from_secs(5);

/// Serves until `shutdown` is cancelled, and lets the requests end that are there by then.
pub async fn serve(mut listener: TcpListener, router: Router, shutdown: CancellationToken) {
    let connections = TaskTracker::new();
    // axum's listener waits a moment when the system has no more sockets, and goes on.
    while let Some((stream, _)) = shutdown.run_until_cancelled(Listener::accept(&mut listener)).await {
        let (router, shutdown, viewers) = (router.clone(), shutdown.clone(), connections.clone());
        connections.spawn(async move {
            match requests(stream, router, shutdown).await {
                // A task of its own, so that this one's memory is free.
                Ok(Some((stream, body))) => drop(viewers.spawn(events(stream, body))),
                Ok(None) => {}
                // A client that goes away is no failure of ours.
                Err(error) => tracing::debug!(error, "a connection ended early"),
            }
        });
    }
    // Nobody can connect to a proxy that is stopping.
    drop(listener);
    connections.close();
    if timeout(UNTIL_CUT, connections.wait()).await.is_err() {
        tracing::warn!("connections that did not end were cut");
    }
}

/// Answers the requests of a connection, until it ends or becomes an event stream.
async fn requests(
    stream: TcpStream,
    router: Router,
    shutdown: CancellationToken,
) -> Result<Option<(TcpStream, Body)>, Box<dyn std::error::Error + Send + Sync>> {
    // Events are small, and are not to wait for more.
    stream.set_nodelay(true)?;
    let detached: Arc<Mutex<Option<Body>>> = Arc::default();
    let service = service_fn(|request: Request<Incoming>| {
        let (router, detached) = (router.clone(), Arc::clone(&detached));
        async move {
            let get = request.method() == Method::GET;
            let Ok(response) = router.oneshot(request).await;
            Ok::<_, Infallible>(if get { detach(response, &detached) } else { response })
        }
        .boxed()
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .max_buf_size(MAX_BUFFER);
    let mut connection = http.serve_connection(TokioIo::new(stream), service);
    let mut stopping = false;
    loop {
        tokio::select! {
            ended = std::future::poll_fn(|context| connection.poll_without_shutdown(context)) => {
                ended?;
                break;
            }
            () = shutdown.cancelled(), if !stopping => {
                stopping = true;
                std::pin::Pin::new(&mut connection).graceful_shutdown();
            }
        }
    }
    let mut stream = connection.into_parts().io.into_inner();
    let body = detached.lock().unwrap_or_else(PoisonError::into_inner).take();
    if body.is_none() {
        stream.shutdown().await?;
    }
    Ok(body.map(|body| (stream, body)))
}

/// Takes the body out of an event stream's answer. HTTP/1.0 has bodies that end with the connection, so that hyper has no more to
/// write once the head is sent.
fn detach(mut response: Response, detached: &Mutex<Option<Body>>) -> Response {
    let media = HeaderValue::from_static("text/event-stream");
    if response.headers().get(header::CONTENT_TYPE) != Some(&media) {
        return response;
    }
    // Of unknown length, because a known one would be written into the head.
    let nothing = Body::from_stream(stream::empty::<Result<Bytes, Infallible>>());
    let body = std::mem::replace(response.body_mut(), nothing);
    *response.version_mut() = Version::HTTP_10;
    *detached.lock().unwrap_or_else(PoisonError::into_inner) = Some(body);
    response
}

/// Writes an event stream's body until it ends or the viewer goes away.
async fn events(mut stream: TcpStream, body: Body) {
    let mut frames = body.into_data_stream();
    let (mut reader, mut writer) = stream.split();
    let mut ignored = [0; 64];
    let ended: io::Result<()> = loop {
        tokio::select! {
            frame = frames.next() => match frame {
                Some(Ok(frame)) => match timeout(WRITE_TIMEOUT, writer.write_all(&frame)).await {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => break Err(error),
                    Err(elapsed) => break Err(elapsed.into()),
                },
                // `live::follow` logs what failed. The viewer comes back with the last event that it got.
                Some(Err(_)) | None => break writer.shutdown().await,
            },
            read = reader.read(&mut ignored) => match read {
                Ok(0) => break Ok(()),
                Ok(_) => {}
                Err(error) => break Err(error),
            },
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a viewer's connection ended early");
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use axum::response::Sse;
    use axum::response::sse::Event;
    use axum::routing::get;

    use super::*;

    /// A server whose `/stream` tells one event, and then nothing until the proxy stops.
    async fn server(shutdown: &CancellationToken, ended: &Arc<AtomicBool>) -> std::net::SocketAddr {
        struct OnDrop(Arc<AtomicBool>);
        impl Drop for OnDrop {
            fn drop(&mut self) {
                self.0.store(true, Ordering::SeqCst);
            }
        }
        let (token, ended) = (shutdown.clone(), Arc::clone(ended));
        let told = move || {
            let (token, guard) = (token.clone(), OnDrop(Arc::clone(&ended)));
            let first = stream::iter([Ok::<_, Infallible>(Event::default().data("first"))]);
            let rest = stream::once(async move {
                token.cancelled().await;
                drop(guard);
                Ok(Event::default().data("last"))
            });
            std::future::ready(Sse::new(first.chain(rest)))
        };
        let router = Router::new()
            .route("/stream", get(told))
            .route("/plain", get(|| async { "plain" }));
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(serve(listener, router, shutdown.clone()));
        address
    }

    async fn read_until(client: &mut TcpStream, wanted: &str) -> String {
        let mut read = Vec::new();
        while !String::from_utf8_lossy(&read).contains(wanted) {
            assert_ne!(client.read_buf(&mut read).await.unwrap(), 0, "{wanted} in {read:?}");
        }
        String::from_utf8(read).unwrap()
    }

    #[tokio::test]
    async fn a_connection_answers_and_then_becomes_a_stream_that_ends_with_the_proxy() {
        let (shutdown, ended) = (CancellationToken::new(), Arc::default());
        let address = server(&shutdown, &ended).await;
        let mut client = TcpStream::connect(address).await.unwrap();
        client
            .write_all(b"GET /plain HTTP/1.1\r\nhost: x\r\n\r\n")
            .await
            .unwrap();
        let plain = read_until(&mut client, "plain").await;
        assert!(plain.starts_with("HTTP/1.1 200 OK\r\n"), "{plain}");
        client
            .write_all(b"GET /stream HTTP/1.1\r\nhost: x\r\n\r\n")
            .await
            .unwrap();
        let head = read_until(&mut client, "data: first\n\n").await;
        let (head, body) = head.split_once("\r\n\r\n").unwrap();
        assert!(
            head.starts_with("HTTP/1.0 200 OK\r\n") && head.contains("text/event-stream"),
            "{head}"
        );
        assert!(
            !head.contains("content-length") && !head.contains("transfer-encoding"),
            "{head}"
        );
        assert_eq!(body, "data: first\n\n");
        shutdown.cancel();
        let mut rest = String::new();
        client.read_to_string(&mut rest).await.unwrap();
        assert_eq!(rest, "data: last\n\n");
    }

    #[tokio::test]
    async fn a_viewer_who_leaves_is_noticed() {
        let (shutdown, ended) = (CancellationToken::new(), Arc::<AtomicBool>::default());
        let address = server(&shutdown, &ended).await;
        let mut client = TcpStream::connect(address).await.unwrap();
        client
            .write_all(b"GET /stream HTTP/1.1\r\nhost: x\r\n\r\n")
            .await
            .unwrap();
        read_until(&mut client, "first").await;
        assert!(!ended.load(Ordering::SeqCst));
        drop(client);
        let noticed = timeout(Duration::from_secs(5), async {
            while !ended.load(Ordering::SeqCst) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        });
        assert!(noticed.await.is_ok(), "the stream's body was dropped");
    }

    #[tokio::test]
    async fn an_idle_connection_does_not_hold_the_end_up() {
        let shutdown = CancellationToken::new();
        let address = server(&shutdown, &Arc::default()).await;
        let mut client = TcpStream::connect(address).await.unwrap();
        client
            .write_all(b"GET /plain HTTP/1.1\r\nhost: x\r\n\r\n")
            .await
            .unwrap();
        read_until(&mut client, "plain").await;
        shutdown.cancel();
        let ended = timeout(Duration::from_secs(2), client.read(&mut [0; 1])).await;
        assert!(matches!(ended, Ok(Ok(0))), "{ended:?}");
        assert!(
            TcpStream::connect(address).await.is_err(),
            "nobody can connect any more"
        );
    }
}
