//! Who may ask, from where, and what never leaves the proxy.

use std::path::PathBuf;
use std::time::Duration;

use holdpoint_domain::gate::Outcome;
use holdpoint_domain::session::Event;
use holdpoint_domain::wire::Live;
use holdpoint_tests::{Client, Folder, Message, Options, Result, SECRET, TestProxy};
use reqwest::{Method, redirect};

const PATIENCE: Duration = Duration::from_secs(20);
const TOKEN: &str = "0123456789abcdef0123456789abcdef";

async fn place(options: Options) -> Result<(Folder, TestProxy)> {
    let folder = Folder::new("http://127.0.0.1:9")?;
    let proxy = TestProxy::start(options.runbooks(folder.path())).await?;
    Ok((folder, proxy))
}

/// The files of the data folder, the database among them, and what is in them.
fn stored(proxy: &TestProxy) -> Vec<(PathBuf, String)> {
    let entries = std::fs::read_dir(proxy.data()).expect("the data folder");
    let paths = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_file());
    let files: Vec<_> = paths
        .map(|path| {
            let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            (path, String::from_utf8_lossy(&bytes).into_owned())
        })
        .collect();
    let is_database = |text: &str| text.starts_with("SQLite format 3");
    assert!(files.iter().any(|(_, text)| is_database(text)), "{files:?}");
    files
}

fn http() -> Result<reqwest::Client> {
    Ok(reqwest::Client::builder()
        .no_proxy()
        .redirect(redirect::Policy::none())
        .build()?)
}

/// What the button does to which a link leads.
async fn click(link: &str) -> Result<reqwest::Response> {
    let (address, token) = link.split_once("?token=").expect("a link");
    let form = [("token", token)];
    Ok(http()?.post(address).form(&form).send().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_signs_one_browser_in_once() -> Result<()> {
    let (_folder, proxy) = place(Options::default()).await?;
    let link = proxy.sign_in_link()?;
    let wrong = format!("{}/sign-in?token=wrong", proxy.url());
    let answer = click(&wrong).await?;
    assert_eq!(answer.status(), 401);
    assert!(answer.headers().get("set-cookie").is_none());
    let answer = http()?.get(format!("{}/sign-in", proxy.url())).send().await?;
    assert_eq!(answer.status(), 401);

    let answer = click(&link).await?;
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["location"]),
        (303, &"/".parse().expect("value"))
    );
    let cookie = answer.headers()["set-cookie"].to_str().expect("text").to_owned();
    let mut parts: Vec<&str> = cookie.split("; ").collect();
    let secret = parts
        .remove(0)
        .strip_prefix(&format!("holdpoint-{}=", proxy.port()))
        .expect("our cookie")
        .to_owned();
    assert!(secret.len() >= 43, "256 bits");
    parts.sort_unstable();
    assert_eq!(parts, ["HttpOnly", "Max-Age=2592000", "Path=/", "SameSite=Strict"]);

    let answer = click(&link).await?;
    assert_eq!(answer.status(), 401, "it was used");
    assert!(
        answer.text().await?.contains("holdpoint token new"),
        "and the page says what to do"
    );

    // What the disk holds opens nothing.
    let token = link.split("token=").nth(1).expect("a token").to_owned();
    for (path, text) in stored(&proxy) {
        assert!(!text.contains(&secret) && !text.contains(&token), "{}", path.display());
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_told_to_those_who_are_not_signed_in() -> Result<()> {
    let (_folder, proxy) = place(Options::default()).await?;
    let client = proxy.sign_in().await?;
    let session = client.begin("demo", "release", "test").await?;
    let one = format!("/api/sessions/{session}");
    for (method, path) in [
        (Method::GET, "/api/me".to_owned()),
        (Method::GET, "/api/runbooks".to_owned()),
        (Method::GET, "/api/runbooks/demo".to_owned()),
        (Method::GET, "/api/runbooks/demo/text".to_owned()),
        (Method::GET, "/api/sessions".to_owned()),
        (Method::POST, "/api/sessions".to_owned()),
        (Method::GET, one.clone()),
        (Method::GET, format!("{one}/events")),
        (Method::GET, format!("{one}/stream")),
        (Method::POST, format!("{one}/commands")),
        (Method::POST, format!("{one}/observations")),
        (Method::GET, format!("{one}/gates/health/declaration")),
        (Method::GET, format!("{one}/export?format=md")),
        (Method::GET, format!("/api/rehearsal/direct/{session}/health")),
        (Method::GET, "/api/rehearsal/faults".to_owned()),
        (Method::PUT, "/api/rehearsal/faults/api_down".to_owned()),
        (Method::POST, "/api/sign-out".to_owned()),
        (Method::GET, "/api/nothing".to_owned()),
    ] {
        let own = format!("holdpoint-{}=", proxy.port());
        for cookie in ["", &own, &format!("{own}wrong"), "holdpoint=wrong", "other=1"] {
            let request = http()?.request(method.clone(), format!("{}{path}", proxy.url()));
            let answer = request
                .header("cookie", cookie)
                .json(&serde_json::json!({}))
                .send()
                .await?;
            assert_eq!(answer.status(), 401, "{method} {path} {cookie}");
            assert!(answer.text().await?.contains("signed_out"), "{method} {path} {cookie}");
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn only_our_own_host_and_origin_may_ask() -> Result<()> {
    let (_folder, proxy) = place(Options::default()).await?;
    let client = proxy.sign_in().await?;
    let own = proxy.url();
    let port = proxy.port();
    let start = client.start_of("demo", "release", "test").await?;
    let localhost = format!("localhost:{port}");
    for (name, header, value, status) in [
        ("rebound name", "host", "evil.example".to_owned(), 403),
        (
            "rebound name with our port",
            "host",
            format!("evil.example:{port}"),
            403,
        ),
        ("our address without its port", "host", "127.0.0.1".to_owned(), 403),
        ("our other name", "host", localhost, 201),
        ("our own page", "origin", own.clone(), 201),
        ("another site", "origin", "https://evil.example".to_owned(), 403),
        ("another port", "origin", "http://127.0.0.1:1".to_owned(), 403),
        ("a sandboxed page", "origin", "null".to_owned(), 403),
        (
            "the browser says cross-site",
            "sec-fetch-site",
            "cross-site".to_owned(),
            403,
        ),
        (
            "the browser says same-site",
            "sec-fetch-site",
            "same-site".to_owned(),
            403,
        ),
        (
            "the browser says same-origin",
            "sec-fetch-site",
            "same-origin".to_owned(),
            201,
        ),
    ] {
        let mut body = start.clone();
        body.command = uuid::Uuid::new_v4();
        body.session = uuid::Uuid::now_v7();
        let request = client
            .request(Method::POST, "/api/sessions")
            .header(header, value)
            .json(&body);
        let answer = request.send().await?;
        assert_eq!(answer.status().as_u16(), status, "{name}");
        if status == 403 {
            assert!(answer.text().await?.contains("forbidden_origin"), "{name}");
        }
    }
    for path in ["/", "/metrics", "/api/openapi.json", "/sign-in?token=x"] {
        let answer = client
            .request(Method::GET, path)
            .header("host", "evil.example")
            .send()
            .await?;
        assert_eq!(answer.status(), 403, "{path}");
    }
    let reading = client
        .request(Method::GET, "/api/sessions")
        .header("sec-fetch-site", "cross-site");
    assert_eq!(reading.send().await?.status(), 403);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_carries_the_security_headers() -> Result<()> {
    let (_folder, proxy) = place(Options::default()).await?;
    let client = proxy.sign_in().await?;
    let mut nonces = Vec::new();
    for (path, is_page) in [
        ("/", true),
        ("/runbooks/one", true),
        ("/missing.js", true),
        ("/api/me", false),
        ("/api/nothing", false),
        ("/metrics", false),
        ("/sign-in?token=x", false),
    ] {
        let answer = client.request(Method::GET, path).send().await?;
        let headers = answer.headers();
        let policies: Vec<_> = headers.get_all("content-security-policy").iter().collect();
        assert_eq!(policies.len(), 1, "{path}");
        let policy = policies[0].to_str().expect("text").to_owned();
        if is_page {
            let nonce = policy
                .split("'nonce-")
                .nth(1)
                .and_then(|rest| rest.split('\'').next())
                .expect("a nonce")
                .to_owned();
            assert_eq!(
                policy.replace(&nonce, "N"),
                "default-src 'self'; script-src 'self' 'nonce-N' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self' \
                 http://127.0.0.1:9; img-src 'self' data:; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; \
                 form-action 'self'",
                "{path}"
            );
            assert!(!nonces.contains(&nonce), "each answer has a nonce of its own");
            nonces.push(nonce);
        } else {
            assert_eq!(
                policy, "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
                "{path}: nothing is loaded"
            );
        }
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["referrer-policy"], "no-referrer", "{path}");
        assert_eq!(headers["cross-origin-opener-policy"], "same-origin", "{path}");
        assert_eq!(headers["cache-control"], "no-store", "{path}");
        assert!(headers.get("access-control-allow-origin").is_none(), "{path}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn configured_tokens_open_the_api_and_other_machines_addresses() -> Result<()> {
    let tokens = Folder::new("http://127.0.0.1:9")?;
    tokens.write("tokens", &format!("# the deploy job\n{TOKEN}\n"))?;
    let file = tokens.path().join("tokens");
    let options = Options::default()
        .environment("HOLDPOINT_TOKEN_FILE", file.display().to_string())
        .argument("--public-url")
        .argument("https://holdpoint.example");
    let (_folder, proxy) = place(options).await?;
    for (value, status) in [
        (format!("Bearer {TOKEN}"), 200),
        (format!("bearer {TOKEN}"), 200),
        (format!("Bearer {}", &TOKEN[1..]), 401),
        ("Bearer ".to_owned(), 401),
        (format!("Basic {TOKEN}"), 401),
        (TOKEN.to_owned(), 401),
    ] {
        let request = http()?
            .get(format!("{}/api/me", proxy.url()))
            .header("authorization", &value);
        assert_eq!(request.send().await?.status().as_u16(), status, "{value}");
    }
    // Known by its public name, whose links and cookies are for HTTPS only.
    let output = proxy.output();
    let link = output
        .split_whitespace()
        .find(|word| word.contains("/sign-in?token="))
        .expect("a link");
    let token = link
        .strip_prefix("https://holdpoint.example/sign-in?token=")
        .expect("the public name");
    let request = http()?
        .post(format!("{}/sign-in", proxy.url()))
        .header("host", "holdpoint.example")
        .header("origin", "https://holdpoint.example")
        .form(&[("token", token)]);
    let answer = request.send().await?;
    let cookie = answer.headers()["set-cookie"].to_str().expect("text");
    assert!(cookie.starts_with("__Host-holdpoint-443="), "{cookie}");
    assert!(cookie.split("; ").any(|part| part == "Secure"), "{cookie}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_stays_in_the_runner() -> Result<()> {
    let (_folder, proxy) = place(Options::default()).await?;
    let client: Client = proxy.sign_in().await?;
    let session = client.begin("demo", "checks", "test").await?;
    let mut stream = client.stream(session, None).await?;
    client.run_gate(session, "checks/telling", "telling").await?;
    let mut told = String::new();
    let verdict = loop {
        match stream.next(PATIENCE).await? {
            Some(Message::Live(Live::Output { text, .. })) => told.push_str(&text),
            Some(Message::Live(Live::Attempt { .. })) => {}
            Some(Message::Record(record)) => {
                if let Event::GateFinished { verdict, .. } = record.event {
                    break verdict;
                }
            }
            other => panic!("the stream ended: {other:?}"),
        }
    };
    assert_eq!(verdict.outcome, Outcome::Pass, "{verdict:?}");
    assert!(
        told.contains("before") && told.contains("after"),
        "the rest is told: {told}"
    );
    let base64 = "Y29ycmVjdC1ob3JzZS1iYXR0ZXJ5LXN0YXBsZS03";
    let leaks = |text: &str| text.contains(SECRET) || text.contains(base64) || text.contains("staple");
    assert!(!leaks(&told), "{told}");
    // Each tells the gate's output or its title, and not the secret.
    for (path, within) in [
        (format!("/api/sessions/{session}"), "before •••••• after"),
        (format!("/api/sessions/{session}/export?format=md"), "Tells a secret"),
        (
            format!("/api/sessions/{session}/export?format=json"),
            "before •••••• after",
        ),
        (format!("/api/sessions/{session}/export?format=csv"), "telling"),
        (format!("/api/sessions/{session}/export?format=html"), "Tells a secret"),
        ("/api/me".to_owned(), "Tells a secret"),
    ] {
        let answer = client.request(Method::GET, &path).send().await?;
        assert_eq!(answer.status(), 200, "{path}");
        let text = answer.text().await?;
        assert!(text.contains(within), "{path} should tell “{within}”: {text}");
        assert!(!leaks(&text), "{path}");
    }
    let log = proxy.output();
    assert!(log.contains("/sign-in?token=") && !leaks(&log), "the log: {log}");
    let stored = stored(&proxy);
    // The database may part a text between two of its pages.
    assert!(
        stored.iter().any(|(_, text)| text.contains("••••••")),
        "the output is stored"
    );
    for (path, text) in stored {
        assert!(!leaks(&text), "{}", path.display());
    }
    Ok(())
}
