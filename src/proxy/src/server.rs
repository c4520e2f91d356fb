//! Connections. `axum::serve` keeps more than 30 KiB for each of them as long as it is open, which is much for a viewer who only
//! listens for hours. Here hyper speaks HTTP/1.1 alone (no browser speaks HTTP/2 over plain TCP), and gives the socket back
//! once the head of an event stream is sent: from then on there is nothing to parse, and only events to write.

mod connections;

use std::convert::Infallible;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{Method, Request, Version};
use axum::response::Response;
use axum::serve::Listener;
use futures::{FutureExt, StreamExt, stream};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use connections::{Answer, Place};
pub use connections::{Connections, Limits};

/// How long a client may take to send the head of a request. hyper has one limit for this and for the idle time between requests,
/// which is longer than nginx's (60 s): the one who sends should be the one who closes, or a request meets a closed connection.
const HEADER_TIMEOUT: Duration = Duration::from_secs(75);
/// How long a client may take to send the head of its first request.
const FIRST_HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a viewer may take no byte of what happened. Where the viewer's machine is gone, the system has buffers to fill first:
/// that is what [`UNACKNOWLEDGED`] is for.
const WRITE_TIMEOUT: Duration = Duration::from_secs(60);
/// Milliseconds that a client's machine may leave sent bytes unacknowledged, before the system closes the connection. Linux goes on
/// sending for a quarter of an hour unless it is told otherwise.
#[cfg(target_os = "linux")]
const UNACKNOWLEDGED: u32 = 60_000;
/// Bytes that hyper may keep in either direction; a request's head has to fit in. It takes 400 KiB unless it is told otherwise.
const MAX_BUFFER: usize = 64 * 1024;
/// Connections that lost their place and are not closed yet, of which more make newcomers wait.
const CLOSING: usize = 16;
/// Milliseconds that a newcomer waits for them at most.
const CLOSING_WAITS: usize = 100;
/// How long open connections may take to end, before they are cut.
const UNTIL_CUT: Duration = Duration::from_secs(5);

/// An extension of an answer whose body is an event stream: once the head is sent, the connection belongs to that body.
#[derive(Clone, Copy, Debug)]
pub struct TakesConnection;

/// What somebody is told who cannot be answered now.
const NOT_NOW: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// Serves until `shutdown` is cancelled, and lets the requests end that are there by then.
pub async fn serve(mut listener: TcpListener, router: Router, shutdown: CancellationToken, places: Arc<Connections>) {
    let connections = TaskTracker::new();
    let cut = CancellationToken::new();
    let mut told = false;
    // axum's listener waits a moment when the system has no more sockets, and goes on.
    while let Some((stream, address)) = shutdown.run_until_cancelled(Listener::accept(&mut listener)).await {
        if !clock_is_usable() {
            if !told {
                tracing::error!("the system's clock is before 1970, so that no request is answered until it is set");
                told = true;
            }
            drop(stream.try_write(NOT_NOW));
            continue;
        }
        told = false;
        let Some(place) = places.admit(address) else {
            // What does not fit into the system's buffer at once is not waited for.
            drop(stream.try_write(NOT_NOW));
            continue;
        };
        let closed = place.closed();
        let (router, shutdown, viewers) = (router.clone(), shutdown.clone(), connections.clone());
        let cut_too = cut.clone();
        let connection = async move {
            match requests(stream, router, shutdown.clone(), &place).await {
                // A task of its own, so that this one's memory is free.
                Ok(Some((stream, body))) => {
                    let events = async move {
                        events(stream, body, shutdown).await;
                        drop(place);
                    };
                    drop(viewers.spawn(cut_too.run_until_cancelled_owned(events)));
                }
                Ok(None) => {}
                // A client that goes away is no failure of ours.
                Err(error) => tracing::debug!(error, "a connection ended early"),
            }
        };
        let connection = closed.run_until_cancelled_owned(connection);
        connections.spawn(cut.clone().run_until_cancelled_owned(connection));
        // A connection that lost its place keeps its descriptor until its task has run.
        for _ in 0..CLOSING_WAITS {
            if connections.len() <= places.total() + CLOSING {
                break;
            }
            sleep(Duration::from_millis(1)).await;
        }
    }
    // Nobody can connect to a proxy that is stopping.
    drop(listener);
    connections.close();
    if timeout(UNTIL_CUT, connections.wait()).await.is_err() {
        tracing::warn!(connections = connections.len(), "connections that did not end are cut");
        cut.cancel();
        connections.wait().await;
    }
}

/// Answers the requests of a connection, until it ends or becomes an event stream.
async fn requests(
    stream: TcpStream,
    router: Router,
    shutdown: CancellationToken,
    place: &Arc<Place>,
) -> Result<Option<(TcpStream, Body)>, Box<dyn std::error::Error + Send + Sync>> {
    // Events are small, and are not to wait for more.
    stream.set_nodelay(true)?;
    #[cfg(target_os = "linux")]
    nix::sys::socket::setsockopt(&stream, nix::sys::socket::sockopt::TcpUserTimeout, &UNACKNOWLEDGED)?;
    let detached: Arc<Mutex<Option<Body>>> = Arc::default();
    let asked = AtomicBool::new(false);
    let service = service_fn(|request: Request<Incoming>| {
        asked.store(true, Ordering::Relaxed);
        place.answers();
        let (router, detached, place) = (router.clone(), Arc::clone(&detached), Arc::clone(place));
        async move {
            let get = request.method() == Method::GET;
            let Ok(response) = router.oneshot(request).await;
            let response = if get { detach(response, &detached) } else { response };
            Ok::<_, Infallible>(response.map(|body| Answer::new(body, place)))
        }
        // `poll_without_shutdown` wants a future that is `Unpin`.
        .boxed()
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .max_buf_size(MAX_BUFFER);
    let mut connection = http.serve_connection(TokioIo::new(stream), service);
    let mut stopping = false;
    let first_header = tokio::time::sleep(FIRST_HEADER_TIMEOUT);
    tokio::pin!(first_header);
    loop {
        tokio::select! {
            // hyper's own limit is for the time between requests, too.
            () = &mut first_header, if !first_header.is_elapsed() => {
                if !asked.load(Ordering::Relaxed) {
                    return Ok(None);
                }
            }
            ended = std::future::poll_fn(|context| match clock_is_usable() {
                true => connection.poll_without_shutdown(context).map_ok(|()| true),
                false => Poll::Ready(Ok(false)),
            }) => {
                if !ended? {
                    return Ok(None);
                }
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
    match body {
        Some(_) => place.streams(),
        None => stream.shutdown().await?,
    }
    Ok(body.map(|body| (stream, body)))
}

/// hyper panics whenever it looks at a connection while the clock is before 1970, because HTTP has no such dates.
fn clock_is_usable() -> bool {
    SystemTime::now() >= SystemTime::UNIX_EPOCH
}

/// Takes the body out of an event stream's answer. HTTP/1.0 has bodies that end with the connection, so that hyper has no more to
/// write once the head is sent.
fn detach(mut response: Response, detached: &Mutex<Option<Body>>) -> Response {
    if response.extensions_mut().remove::<TakesConnection>().is_none() {
        return response;
    }
    // Of unknown length, because a known one would be written into the head.
    let nothing = Body::from_stream(stream::empty::<Result<Bytes, Infallible>>());
    let body = std::mem::replace(response.body_mut(), nothing);
    *response.version_mut() = Version::HTTP_10;
    *detached.lock().unwrap_or_else(PoisonError::into_inner) = Some(body);
    response
}

/// Writes an event stream's body until it ends or the viewer goes away. When the proxy stops, a viewer who takes nothing is not
/// waited for.
async fn events(mut stream: TcpStream, body: Body, shutdown: CancellationToken) {
    let mut frames = body.into_data_stream();
    let (mut reader, mut writer) = stream.split();
    let mut ignored = [0; 64];
    let ended: io::Result<()> = loop {
        tokio::select! {
            frame = frames.next() => match frame {
                Some(Ok(frame)) => {
                    let written = timeout(WRITE_TIMEOUT, writer.write_all(&frame));
                    tokio::select! {
                        // What can be written at once is written.
                        biased;
                        written = written => match written {
                            Ok(Ok(())) => {}
                            Ok(Err(error)) => break Err(error),
                            Err(elapsed) => break Err(elapsed.into()),
                        },
                        () = shutdown.cancelled() => break Ok(()),
                    }
                }
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
mod tests;
