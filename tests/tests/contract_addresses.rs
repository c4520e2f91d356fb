//! Addresses that are not a public name with a public certificate: IPv6 literals, and an authority of the team's own.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use holdpoint_tests::{Folder, Options, RecordedVerdict, Result, TestProxy};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const PATIENCE: Duration = Duration::from_secs(20);

const BOOK: &str = "# Book\n\n## Checks\n<!-- holdpoint: procedure id=checks kind=checklist order=any -->\n\n\
                    - [ ] Asked <!-- holdpoint: id=asked gate=asked -->\n";

/// What the gate says of this address.
async fn ask(url: &str, options: impl FnOnce(Options) -> Options) -> Result<RecordedVerdict> {
    let folder = Folder::new("http://127.0.0.1:9")?;
    std::fs::remove_file(folder.path().join("demo.md")).expect("it was there");
    folder.write("book.md", BOOK)?;
    folder.write(
        "gates.toml",
        &format!(
            "[environments.test]\ntitle = \"Test\"\nurls = {{ api = \"{url}\" }}\nprivate_addresses = true\n\n[gates.asked]\n\
             title = \"Asked\"\nkind = \"http\"\nhttp = {{ url = \"{{url.api}}/\" }}\n\
             expect = [{{ check = \"status\", equals = 200 }}]\n"
        ),
    )?;
    let proxy = TestProxy::start(options(Options::default().runbooks(folder.path()))).await?;
    let client = proxy.sign_in().await?;
    let session = client.begin("book", "checks", "test").await?;
    client.run_gate(session, "checks/asked", "asked").await?;
    let told = |history: &holdpoint_tests::History| history.verdict("checks/asked", "asked").is_some();
    let history = client.until(session, "the verdict", PATIENCE, told).await?;
    Ok(history.verdict("checks/asked", "asked").expect("it is there"))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ipv6_literal_is_asked_like_any_address() -> Result<()> {
    let listener = match TcpListener::bind("[::1]:0").await {
        Ok(listener) => listener,
        Err(error) => {
            println!("nothing was tested, because this machine has no IPv6: {error}");
            return Ok(());
        }
    };
    let address = listener.local_addr().expect("it has one");
    let served = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        let mut request = [0; 4096];
        let length = stream.read(&mut request).await.expect("a request");
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
            .await
            .expect("an answer");
        String::from_utf8_lossy(&request[..length]).into_owned()
    });
    let verdict = ask(&format!("http://{address}"), |options| options).await?;
    assert_eq!(verdict.outcome, "pass", "{}", verdict.summary);
    let request = served.await.expect("it was asked").to_lowercase();
    assert!(request.contains(&format!("host: {address}\r\n")), "{request}");
    Ok(())
}

/// An HTTPS server with a certificate of an authority that nobody else knows. It ends when it is dropped.
struct Internal(Child);

impl Drop for Internal {
    fn drop(&mut self) {
        if let Err(error) = self.0.kill().and_then(|()| self.0.wait()) {
            eprintln!("the server did not end: {error}");
        }
    }
}

fn openssl(dir: &Path, arguments: &str) {
    let done = Command::new("openssl")
        .args(arguments.split(' '))
        .current_dir(dir)
        .output();
    let done = done.expect("openssl is installed");
    assert!(
        done.status.success(),
        "openssl {arguments}: {}",
        String::from_utf8_lossy(&done.stderr)
    );
}

fn internal_server(dir: &Path, port: u16) -> Internal {
    std::fs::write(dir.join("san"), "subjectAltName = IP:127.0.0.1\n").expect("a file");
    openssl(
        dir,
        "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=Our-own-authority",
    );
    openssl(
        dir,
        "req -newkey rsa:2048 -nodes -keyout key.pem -out request.pem -subj /CN=internal",
    );
    openssl(
        dir,
        "x509 -req -in request.pem -CA ca.pem -CAkey ca.key -CAcreateserial -out cert.pem -days 2 -extfile san",
    );
    let mut command = Command::new("openssl");
    command.args([
        "s_server",
        "-accept",
        &format!("127.0.0.1:{port}"),
        "-cert",
        "cert.pem",
        "-key",
        "key.pem",
        "-www",
        "-quiet",
    ]);
    let child = command
        .current_dir(dir)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let server = Internal(child.expect("openssl is installed"));
    let since = Instant::now();
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(since.elapsed() < PATIENCE, "the server listens");
        std::thread::sleep(Duration::from_millis(20));
    }
    server
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authority_of_one_s_own_is_named_by_ssl_cert_file_and_by_nothing_else() -> Result<()> {
    let dir = tempfile::tempdir().expect("a folder");
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a port")
        .port();
    let _server = internal_server(dir.path(), port);
    let url = format!("https://127.0.0.1:{port}");
    let unknown = ask(&url, |options| options).await?;
    assert_eq!(unknown.outcome, "inconclusive", "{}", unknown.summary);
    let named = dir.path().join("ca.pem").display().to_string();
    let known = ask(&url, |options| options.environment("SSL_CERT_FILE", named)).await?;
    assert_eq!(known.outcome, "pass", "{}", known.summary);
    Ok(())
}
