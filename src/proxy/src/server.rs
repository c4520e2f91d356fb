//! Connections. What `axum::serve` does, with less memory for each of them: a viewer's connection is open for hours and says
//! little, and HTTP/2, which is not for plain TCP in any browser, would cost every one of them.

use std::time::Duration;

use axum::Router;
use axum::serve::Listener;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// How long a client may take to send the head of a request. It is also how long a connection may stay idle between requests.
const HEADER_TIMEOUT: Duration = Duration::from_secs(60);
/// Bytes that a connection may keep in either direction: a request's head, and what a slow viewer has not taken yet. hyper begins
/// with 8 KiB and takes 400 unless it is told otherwise.
const MAX_BUFFER: usize = 64 * 1024;
/// How long open connections may take to end, before they are cut.
const UNTIL_CUT: Duration = Duration::from_secs(5);

/// Serves until `shutdown` is cancelled, and lets the requests end that are there by then.
pub async fn serve(mut listener: TcpListener, router: Router, shutdown: CancellationToken) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .max_buf_size(MAX_BUFFER);
    let connections = GracefulShutdown::new();
    // axum's listener waits a moment when the system has no more sockets, and goes on.
    while let Some((stream, _)) = shutdown.run_until_cancelled(Listener::accept(&mut listener)).await {
        let service = TowerToHyperService::new(router.clone());
        let connection = connections.watch(http.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            // A client that went away is no failure of ours.
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
    // Nobody can connect to a proxy that is stopping.
    drop(listener);
    if tokio::time::timeout(UNTIL_CUT, connections.shutdown()).await.is_err() {
        tracing::warn!("connections that did not end were cut");
    }
}
