//! The loopback server that HTTP gates ask in a rehearsal.
//!
//! A run's requests go to `/run/TICKET/GATE` and the path that the gate names, as often as the run is redirected. Nobody else is
//! answered: browsers ask the proxy.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::answer::{HttpAnswer, HttpReply, LONGEST_SILENCE, Sent};
use crate::shared::Shared;

/// Bytes of a request's body that are read.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// Listens on a free port of 127.0.0.1.
pub(crate) async fn listen() -> io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// Answers until the end.
pub(crate) async fn serve(listener: TcpListener, shared: Arc<Shared>, tasks: TaskTracker, ending: CancellationToken) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = ending.cancelled() => return,
        };
        match accepted {
            Ok((stream, _)) => {
                let (shared, ending) = (Arc::clone(&shared), ending.clone());
                tasks.spawn(async move {
                    tokio::select! {
                        () = connection(stream, shared) => {}
                        () = ending.cancelled() => {}
                    }
                });
            }
            Err(error) => {
                tracing::warn!(%error, "the rehearsal could not accept a connection");
                // Too many open files, for example: the next moment may be better.
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            }
        }
    }
}

/// Why a connection is closed without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the rehearsal refuses")]
struct Closed;

async fn connection(stream: TcpStream, shared: Arc<Shared>) {
    let service = service_fn(|request| respond(Arc::clone(&shared), request));
    // Connections are not kept alive, so that a fault meets the next request as well. No header is added that was not judged.
    let served = http1::Builder::new()
        .auto_date_header(false)
        .timer(TokioTimer::new())
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if let Err(error) = served {
        tracing::debug!(%error, "a connection to the rehearsal ended early");
    }
}

async fn respond(shared: Arc<Shared>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Closed> {
    let (head, body) = request.into_parts();
    let body = match Limited::new(body, MOST_BYTES).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) => {
            tracing::debug!(%error, "a request's body could not be read");
            return Err(Closed);
        }
    };
    tracing::trace!(
        target: "holdpoint_rehearsal::requests",
        method = %head.method, uri = %head.uri, headers = ?head.headers, body = %String::from_utf8_lossy(&body),
        "a request arrived"
    );
    if !is_ours(&head.headers, &shared.address) {
        return Ok(plain(
            StatusCode::MISDIRECTED_REQUEST,
            "This is not the host that was asked for.",
        ));
    }
    let answer = match found(&shared, head.uri.path()) {
        Ok(answer) => answer,
        Err(reason) => return Ok(plain(StatusCode::NOT_FOUND, reason)),
    };
    tokio::time::sleep(answer.delay).await;
    if answer.reply == HttpReply::Silent {
        tokio::time::sleep(LONGEST_SILENCE).await;
    }
    answer
        .reply
        .sent(head.method == Method::HEAD)
        .map(written)
        .ok_or(Closed)
}

/// A page that had its own name resolve to 127.0.0.1 names itself as the host.
fn is_ours(headers: &HeaderMap, address: &str) -> bool {
    let mut named = headers.get_all(HOST).iter();
    named.next().is_some_and(|host| host == address) && named.next().is_none()
}

fn found(shared: &Shared, path: &str) -> Result<HttpAnswer, &'static str> {
    let mut steps = path.splitn(4, '/').skip(1);
    match (steps.next(), steps.next()) {
        (Some("run"), Some(ticket)) => shared.waiting.get(ticket).ok_or("No run of a gate waits for this."),
        _ => Err("This is the stand-in server of a Holdpoint rehearsal. It answers gates only."),
    }
}

fn written(Sent { status, headers, body }: Sent) -> Response<Full<Bytes>> {
    let Ok(status) = StatusCode::from_u16(status) else {
        return plain(StatusCode::INTERNAL_SERVER_ERROR, "The status cannot be sent.");
    };
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    for (name, value) in headers {
        match (
            HeaderName::from_bytes(name.as_bytes()),
            HeaderValue::from_bytes(value.as_bytes()),
        ) {
            (Ok(name), Ok(value)) => drop(response.headers_mut().append(name, value)),
            _ => return plain(StatusCode::INTERNAL_SERVER_ERROR, "A header cannot be sent."),
        }
    }
    response
}

fn plain(status: StatusCode, text: &str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(format!("{text}\n"))));
    *response.status_mut() = status;
    let text = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, text);
    response
}
