//! Connections, spoken to by hand.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use axum::Extension;
use axum::response::Sse;
use axum::response::sse::Event;
use axum::routing::get;
use tokio::task::JoinHandle;

use super::*;

struct OnDrop(Arc<AtomicBool>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// A server whose `/stream` tells one event, and then nothing until the proxy stops.
async fn server(shutdown: &CancellationToken, ended: &Arc<AtomicBool>) -> SocketAddr {
    let (token, ended) = (shutdown.clone(), Arc::clone(ended));
    let told = move || {
        let (token, guard) = (token.clone(), OnDrop(Arc::clone(&ended)));
        let first = stream::iter([Ok::<_, Infallible>(Event::default().data("first"))]);
        let rest = stream::once(async move {
            token.cancelled().await;
            drop(guard);
            Ok(Event::default().data("last"))
        });
        std::future::ready((Extension(TakesConnection), Sse::new(first.chain(rest))))
    };
    let router = Router::new()
        .route("/stream", get(told))
        .route("/plain", get(|| async { "plain" }));
    serving(router, shutdown).await.0
}

/// Serves on a free port.
async fn serving(router: Router, shutdown: &CancellationToken) -> (SocketAddr, JoinHandle<()>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let limits = Limits { total: 4, per_peer: 3 };
    let places = Connections::new(limits, Arc::default());
    let served = tokio::spawn(serve(listener, router, shutdown.clone(), places));
    (address, served)
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
    let plain = read_until(&mut client, "\r\n\r\nplain").await;
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
    read_until(&mut client, "\r\n\r\nplain").await;
    shutdown.cancel();
    let ended = timeout(Duration::from_secs(2), client.read(&mut [0; 1])).await;
    assert!(matches!(ended, Ok(Ok(0))), "{ended:?}");
    assert!(
        TcpStream::connect(address).await.is_err(),
        "nobody can connect any more"
    );
}

#[tokio::test]
async fn a_stream_is_the_last_answer_of_its_connection() {
    let get = "GET /stream HTTP/1.1\r\nhost: x\r\n";
    for (name, request) in [
        (
            "a second request behind it",
            format!("{get}\r\nGET /plain HTTP/1.1\r\nhost: x\r\n\r\n"),
        ),
        ("a body", format!("{get}content-length: 4\r\n\r\nbody")),
        ("a body that does not come", format!("{get}content-length: 4\r\n\r\n")),
        ("connection: close", format!("{get}connection: close\r\n\r\n")),
        ("connection: keep-alive", format!("{get}connection: keep-alive\r\n\r\n")),
        ("HTTP/1.0", "GET /stream HTTP/1.0\r\nhost: x\r\n\r\n".to_owned()),
    ] {
        let shutdown = CancellationToken::new();
        let address = server(&shutdown, &Arc::default()).await;
        let mut client = TcpStream::connect(address).await.unwrap();
        client.write_all(request.as_bytes()).await.unwrap();
        let first = timeout(Duration::from_secs(5), read_until(&mut client, "data: first\n\n")).await;
        let first = first.expect(name);
        shutdown.cancel();
        let mut rest = String::new();
        client
            .read_to_string(&mut rest)
            .await
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(first.starts_with("HTTP/1.0 200 OK\r\n"), "{name}: {first}");
        assert_eq!(rest, "data: last\n\n", "{name}: {first}");
    }
}

#[tokio::test]
async fn only_a_marked_answer_takes_the_connection() {
    let events = || std::future::ready(([("content-type", "text/event-stream")], "data: all\n\n"));
    let router = Router::new().route("/events", get(events));
    let (address, _served) = serving(router, &CancellationToken::new()).await;
    let mut client = TcpStream::connect(address).await.unwrap();
    for _ in 0..2 {
        client
            .write_all(b"GET /events HTTP/1.1\r\nhost: x\r\n\r\n")
            .await
            .unwrap();
        let answer = read_until(&mut client, "data: all\n\n").await;
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    }
}

/// A server whose `/endless` never stops telling, and a viewer who reads none of it.
async fn stalled(shutdown: &CancellationToken, ended: &Arc<AtomicBool>) -> (TcpStream, JoinHandle<()>) {
    let told = Arc::new(AtomicUsize::new(0));
    let (counted, guarded) = (Arc::clone(&told), Arc::clone(ended));
    let endless = move || {
        let (counted, guard) = (Arc::clone(&counted), OnDrop(Arc::clone(&guarded)));
        let body = stream::repeat_with(move || {
            let _ = &guard;
            counted.fetch_add(1, Ordering::SeqCst);
            Ok::<_, Infallible>(Bytes::from(vec![b'x'; 1 << 16]))
        });
        std::future::ready((Extension(TakesConnection), Body::from_stream(body)))
    };
    let (address, served) = serving(Router::new().route("/endless", get(endless)), shutdown).await;
    let mut client = TcpStream::connect(address).await.unwrap();
    client
        .write_all(b"GET /endless HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    let mut before = 0;
    loop {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let now = told.load(Ordering::SeqCst);
        if now > 0 && now == before {
            return (client, served);
        }
        before = now;
    }
}

#[tokio::test]
async fn a_viewer_who_reads_nothing_is_given_up() {
    let ended = Arc::default();
    let (_client, _served) = stalled(&CancellationToken::new(), &ended).await;
    assert!(!ended.load(Ordering::SeqCst));
    // From here on time passes as soon as everybody waits for it.
    tokio::time::pause();
    let begun = tokio::time::Instant::now();
    while !ended.load(Ordering::SeqCst) {
        assert!(begun.elapsed() < 2 * WRITE_TIMEOUT);
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

#[tokio::test]
async fn a_viewer_who_reads_nothing_does_not_hold_the_end_up() {
    let (shutdown, ended) = (CancellationToken::new(), Arc::default());
    let (_client, served) = stalled(&shutdown, &ended).await;
    shutdown.cancel();
    assert!(timeout(UNTIL_CUT / 2, served).await.is_ok());
    assert!(ended.load(Ordering::SeqCst));
}

#[tokio::test]
async fn a_request_that_does_not_end_is_cut() {
    let (shutdown, ended) = (CancellationToken::new(), Arc::<AtomicBool>::default());
    let (asked, guarded) = (Arc::new(AtomicBool::new(false)), Arc::clone(&ended));
    let noted = Arc::clone(&asked);
    let never = move || {
        noted.store(true, Ordering::SeqCst);
        let guard = OnDrop(Arc::clone(&guarded));
        async move {
            std::future::pending::<()>().await;
            drop(guard);
        }
    };
    let (address, served) = serving(Router::new().route("/never", get(never)), &shutdown).await;
    let mut client = TcpStream::connect(address).await.unwrap();
    client
        .write_all(b"GET /never HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    while !asked.load(Ordering::SeqCst) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    tokio::time::pause();
    shutdown.cancel();
    served.await.unwrap();
    assert!(ended.load(Ordering::SeqCst), "the request's work was dropped");
}

#[tokio::test]
async fn who_connects_and_sends_nothing_keeps_nobody_out() {
    let (shutdown, ended) = (CancellationToken::new(), Arc::<AtomicBool>::default());
    let address = server(&shutdown, &ended).await;
    let mut viewer = TcpStream::connect(address).await.unwrap();
    viewer
        .write_all(b"GET /stream HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    read_until(&mut viewer, "first").await;
    let mut idle = Vec::new();
    for number in 0..20 {
        let mut one = TcpStream::connect(address).await.unwrap();
        if number % 2 == 0 {
            one.write_all(b"GET /plain HTTP/1.1\r\nho").await.unwrap();
        }
        idle.push(one);
        let mut client = TcpStream::connect(address).await.unwrap();
        client
            .write_all(b"GET /plain HTTP/1.1\r\nhost: x\r\n\r\n")
            .await
            .unwrap();
        timeout(Duration::from_secs(5), read_until(&mut client, "\r\n\r\nplain"))
            .await
            .unwrap();
    }
    let closed = timeout(Duration::from_secs(5), idle[0].read(&mut [0; 1])).await;
    assert!(matches!(closed, Ok(Ok(0) | Err(_))), "{closed:?}");
    assert!(!ended.load(Ordering::SeqCst), "the viewer has lost nothing");
    shutdown.cancel();
    read_until(&mut viewer, "last").await;
}

#[tokio::test]
async fn a_first_request_that_does_not_come_is_not_waited_for() {
    let address = server(&CancellationToken::new(), &Arc::default()).await;
    let mut silent = TcpStream::connect(address).await.unwrap();
    let mut dripping = TcpStream::connect(address).await.unwrap();
    let mut client = TcpStream::connect(address).await.unwrap();
    client
        .write_all(b"GET /plain HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    read_until(&mut client, "plain").await;
    tokio::time::pause();
    let begun = tokio::time::Instant::now();
    for byte in b"GET /plain HTT" {
        // It may be closed by now, which is what is looked at below.
        drop(dripping.write_all(&[*byte]).await);
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    assert!(begun.elapsed() > FIRST_HEADER_TIMEOUT);
    for gone in [&mut silent, &mut dripping] {
        let read = gone.read(&mut [0; 1]).await;
        assert!(matches!(read, Ok(0) | Err(_)), "{read:?}");
    }
    // Between requests there is more time.
    client
        .write_all(b"GET /plain HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    read_until(&mut client, "plain").await;
}
