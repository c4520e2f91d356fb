//! Connections. `axum::serve` keeps more than 30 KiB for each of them as long as it is open, which is much for a viewer who only
//! listens for hours. Here hyper speaks HTTP/1.1 alone (no browser speaks HTTP/2 over plain TCP), and gives the socket back
//! once the head of an event stream is sent: from then on there is nothing to parse, and only events to write.

use std::convert::Infallible;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

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
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

/// How long a client may take to send the head of a request. hyper has one limit for this and for the idle time between requests,
/// which is longer than nginx's (60 s): the one who sends should be the one who closes, or a request meets a closed connection.
const HEADER_TIMEOUT: Duration = Duration::from_secs(75);
/// How long a viewer may take no byte of what happened. Where the viewer's machine is gone, the system has buffers to fill first:
/// that is what [`UNACKNOWLEDGED`] is for.
const WRITE_TIMEOUT: Duration = Duration::from_secs(60);
/// Milliseconds that a client's machine may leave sent bytes unacknowledged, before the system closes the connection. Linux goes on
/// sending for a quarter of an hour unless it is told otherwise.
#[cfg(target_os = "linux")]
const UNACKNOWLEDGED: u32 = 60_000;
/// Bytes that hyper may keep in either direction; a request's head has to fit in. It takes 400 KiB unless it is told otherwise.
const MAX_BUFFER: usize = 64 * 1024;
/// How long open connections may take to end, before they are cut.
const UNTIL_CUT: Duration = Duration::from_secs(5);

/// An extension of an answer whose body is an event stream: once the head is sent, the connection belongs to that body.
#[derive(Clone, Copy, Debug)]
pub struct TakesConnection;

/// Serves until `shutdown` is cancelled, and lets the requests end that are there by then.
pub async fn serve(mut listener: TcpListener, router: Router, shutdown: CancellationToken) {
    let connections = TaskTracker::new();
    let cut = CancellationToken::new();
    // axum's listener waits a moment when the system has no more sockets, and goes on.
    while let Some((stream, _)) = shutdown.run_until_cancelled(Listener::accept(&mut listener)).await {
        let (router, shutdown, viewers) = (router.clone(), shutdown.clone(), connections.clone());
        let cut_too = cut.clone();
        let connection = async move {
            match requests(stream, router, shutdown.clone()).await {
                // A task of its own, so that this one's memory is free.
                Ok(Some((stream, body))) => {
                    let events = events(stream, body, shutdown);
                    drop(viewers.spawn(cut_too.run_until_cancelled_owned(events)));
                }
                Ok(None) => {}
                // A client that goes away is no failure of ours.
                Err(error) => tracing::debug!(error, "a connection ended early"),
            }
        };
        connections.spawn(cut.clone().run_until_cancelled_owned(connection));
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
) -> Result<Option<(TcpStream, Body)>, Box<dyn std::error::Error + Send + Sync>> {
    // Events are small, and are not to wait for more.
    stream.set_nodelay(true)?;
    #[cfg(target_os = "linux")]
    nix::sys::socket::setsockopt(&stream, nix::sys::socket::sockopt::TcpUserTimeout, &UNACKNOWLEDGED)?;
    let detached: Arc<Mutex<Option<Body>>> = Arc::default();
    let service = service_fn(|request: Request<Incoming>| {
        let (router, detached) = (router.clone(), Arc::clone(&detached));
        async move {
            let get = request.method() == Method::GET;
            let Ok(response) = router.oneshot(request).await;
            Ok::<_, Infallible>(if get { detach(response, &detached) } else { response })
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
