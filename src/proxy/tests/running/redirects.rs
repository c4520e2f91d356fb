//! Redirects: what is followed, and what of a request never changes its origin.

use holdpoint_domain::gate::Outcome::{self, Fail, Inconclusive, Pass};
use holdpoint_tests::{Answer, TestServer};

use crate::common::{Bench, TOKEN, assert_verdict, gate, serving};

const OK: &str = "expect = [{ check = \"status\", equals = 200 }]";
const SECRETS: &str = "headers = { authorization = \"Bearer {secret.token}\", x-mode = \"{mode}\", content-type = \
                       \"application/json\" }, body = '{\"t\": \"{secret.token}\"}'";

/// An answer that redirects with this status.
fn to(status: u16, location: impl AsRef<[u8]>) -> Answer {
    let head = format!("HTTP/1.1 {status} Elsewhere\r\ncontent-length: 0\r\nconnection: close\r\nlocation: ");
    Answer::Raw([head.as_bytes(), location.as_ref(), b"\r\n\r\n"].concat())
}

/// A bench whose gate asks `server` and may ask `there`.
fn bench(server: &TestServer, there: &TestServer, request: &str) -> Bench {
    let environment = format!(
        "urls = {{ api = \"{}\" }}\nhosts = [\"{}\"]\nprivate_addresses = true",
        server.url(),
        there.address()
    );
    let gate = gate(
        "g",
        "http",
        &format!("http = {{ url = \"{{url.api}}/a\", {request} }}\n{OK}"),
    );
    Bench::with_environment(&environment, "", &gate)
}

#[tokio::test]
async fn a_body_never_changes_its_origin() {
    for (method, status) in [
        ("POST", 307),
        ("POST", 308),
        ("PUT", 301),
        ("PUT", 302),
        ("PUT", 307),
        ("PUT", 308),
        ("PATCH", 302),
        ("DELETE", 302),
        ("GET", 302),
    ] {
        let there = serving([Answer::Echo]).await;
        let server = serving([to(status, format!("{}/b", there.url()))]).await;
        let request = format!("method = \"{method}\", redirects = 3, {SECRETS}");
        let verdict = bench(&server, &there, &request).run("g").await;
        assert_verdict(
            &verdict,
            Inconclusive,
            "the request has a body, which does not leave its own",
        );
        assert_eq!(there.requests(), Vec::<String>::new(), "{method} {status}");
    }
}

#[tokio::test]
async fn what_becomes_a_get_leaves_its_body_and_its_secrets_behind() {
    for (method, status) in [
        ("POST", 301),
        ("POST", 302),
        ("POST", 303),
        ("PUT", 303),
        ("DELETE", 303),
    ] {
        let there = serving([Answer::Echo]).await;
        let server = serving([to(status, format!("{}/b", there.url()))]).await;
        let request = format!("method = \"{method}\", redirects = 1, {SECRETS}");
        assert_verdict(&bench(&server, &there, &request).run("g").await, Pass, "200");
        let asked = there.requests().remove(0).to_lowercase();
        assert!(asked.starts_with("get /b http/1.1\r\n"), "{asked}");
        assert!(asked.contains("x-mode: strict"), "{asked}");
        for of_origin in ["bearer", "content-type", "content-length", &TOKEN.to_lowercase()] {
            assert!(!asked.contains(of_origin), "{method} {status}: {asked}");
        }
    }
}

#[tokio::test]
async fn within_its_origin_a_request_keeps_what_it_has() {
    let there = serving([]).await;
    let server = serving([to(307, "/b"), Answer::Echo]).await;
    let request = format!("method = \"POST\", redirects = 1, {SECRETS}");
    assert_verdict(&bench(&server, &there, &request).run("g").await, Pass, "200");
    let asked = server.requests().remove(1);
    assert!(asked.starts_with("POST /b ") && asked.contains("Bearer"), "{asked}");
    assert!(asked.ends_with('}'), "{asked}");
}

#[tokio::test]
async fn a_secret_in_the_address_goes_to_no_other_origin() {
    let encoded = "t0k3n%2Fwith%2Bodd%22chars";
    for location in [
        format!("/login?token={encoded}"),
        format!("/login?next=%2Fa%3Ftoken%3D{}", encoded.replace('%', "%25")),
        format!("/{}", encoded.to_lowercase()),
        format!("/?t={}", hex::encode(TOKEN)),
        format!("/b#{encoded}"),
    ] {
        let there = serving([Answer::Echo]).await;
        let server = serving([to(302, format!("{}{location}", there.url()))]).await;
        let request = "redirects = 1, headers = { x-token = \"{secret.token}\" }";
        let verdict = bench(&server, &there, request).run("g").await;
        assert_verdict(&verdict, Inconclusive, "with a secret in the address");
        assert_eq!(there.requests().len(), 0, "{location}");
    }
}

#[tokio::test]
async fn a_host_header_is_for_its_own_origin() {
    let there = serving([Answer::Echo]).await;
    let server = serving([to(302, format!("{}/b", there.url()))]).await;
    let request = "redirects = 1, headers = { host = \"internal.example\" }";
    assert_verdict(&bench(&server, &there, request).run("g").await, Pass, "200");
    assert!(server.requests()[0].contains("host: internal.example"));
    let asked = there.requests().remove(0);
    assert!(asked.contains(&format!("host: {}", there.address())), "{asked}");
}

/// What a redirect is that nobody follows, and what it is that somebody would have to.
async fn seen(location: &[u8], redirects: u8) -> (Outcome, String) {
    let there = serving([]).await;
    let server = serving([to(302, location)]).await;
    let request = format!("redirects = {redirects}");
    let verdict = bench(&server, &there, &request).run("g").await;
    assert_eq!(there.requests().len(), 0);
    (verdict.outcome, verdict.summary)
}

#[tokio::test]
async fn a_redirect_that_is_only_looked_at_is_an_answer_like_any_other() {
    for location in [
        "myapp://callback?code=1".as_bytes(),
        "mailto:me@example.com".as_bytes(),
        "javascript:alert(1)".as_bytes(),
        "/straße?größe=ü".as_bytes(),
        b"/caf\xe9",
        b"http://[",
        b"//user:password@127.0.0.1/",
        b"",
    ] {
        let (outcome, summary) = seen(location, 0).await;
        assert_eq!((outcome, summary.contains("Status: 302")), (Fail, true), "{summary}");
    }
    for location in [b"myapp://callback".as_slice(), b"/caf\xe9", b"http://["] {
        let (outcome, summary) = seen(location, 1).await;
        assert_eq!(outcome, Inconclusive, "{summary}");
        assert!(
            summary.contains("redirects to somewhere that cannot be followed"),
            "{summary}"
        );
    }
    // The header itself can be compared.
    let server = serving([to(302, "myapp://straße")]).await;
    let looks = gate(
        "looks",
        "http",
        "http = { url = \"{url.api}/a\" }\nexpect = [{ check = \"status\", equals = 302 }, { check = \"header\", name = \
         \"location\", equals = \"myapp://straße\" }]",
    );
    assert_verdict(
        &Bench::new(&server.url(), "", &looks).run("looks").await,
        Pass,
        "location",
    );
}

#[tokio::test]
async fn two_places_to_go_are_none() {
    let raw = "HTTP/1.1 302 Found\r\ncontent-length: 0\r\nconnection: close\r\nlocation: /a\r\nlocation: /b\r\n\r\n";
    let there = serving([]).await;
    let server = serving([Answer::Raw(raw.into())]).await;
    let verdict = bench(&server, &there, "redirects = 1").run("g").await;
    assert_verdict(&verdict, Inconclusive, "several Location headers");
}
