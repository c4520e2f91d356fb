//! HTTP gates: where they go, and where they do not.

use holdpoint_domain::gate::Outcome::{Fail, Inconclusive, Pass};
use holdpoint_tests::{Answer, TestServer};

use crate::common::{Bench, TOKEN, assert_verdict, gate, serving};

const OK: &str = "expect = [{ check = \"status\", equals = 200 }]";

fn to(location: &str) -> Answer {
    Answer::redirect(location)
}

#[tokio::test]
async fn redirects_are_followed_only_when_told_and_only_to_allowed_hosts() {
    let forbidden = serving([Answer::json(200, "{}")]).await;
    let there = serving([Answer::Echo]).await;
    let follow = "http = { url = \"{url.api}/a\", redirects = 2, headers = { authorization = \"Bearer {secret.token}\", x-mode = \"{mode}\" } }";
    let stay = "http = { url = \"{url.api}/a\" }";
    let gates = [
        gate("follow", "http", &format!("{follow}\n{OK}")),
        gate("stay", "http", &format!("{stay}\n{OK}")),
    ]
    .concat();
    let bench = |server: &TestServer| {
        let hosts = format!(
            "urls = {{ api = \"{}\" }}\nhosts = [\"{}\"]\nprivate_addresses = true",
            server.url(),
            there.address()
        );
        Bench::with_environment(&hosts, "", &gates)
    };

    let server = serving([to(&format!("{}/b", forbidden.url()))]).await;
    assert_verdict(
        &bench(&server).run("follow").await,
        Inconclusive,
        "is not allowed in this environment",
    );
    assert_verdict(&bench(&server).run("stay").await, Fail, "Status: 302");
    assert_eq!(forbidden.requests().len(), 0, "the forbidden host was never asked");

    let server = serving([to(&format!("{}/b", there.url()))]).await;
    let verdict = bench(&server).run("follow").await;
    assert_verdict(&verdict, Pass, "200");
    assert!(server.requests()[0].contains(TOKEN), "the allowed host gets the secret");
    assert!(
        !there.requests()[0].contains("Bearer"),
        "another origin does not: {:?}",
        there.requests()
    );
    assert!(there.requests()[0].contains("x-mode: strict"));

    let server = serving([to("/b")]).await;
    assert_verdict(&bench(&server).run("follow").await, Fail, "Status: 302");
    assert_eq!(
        server.requests().len(),
        3,
        "the first, and the two redirects that it may follow"
    );

    for odd in ["file:///etc/passwd", "//user:password@127.0.0.1/", "http://["] {
        let server = serving([to(odd)]).await;
        assert_verdict(
            &bench(&server).run("follow").await,
            Inconclusive,
            "redirects to somewhere that cannot be followed",
        );
    }
}

#[tokio::test]
async fn private_addresses_are_refused_before_a_connection_is_made() {
    let server = serving([Answer::json(200, "{}")]).await;
    let port = server.address().port();
    let ok = gate("g", "http", &format!("http = {{ url = \"{{url.api}}/\" }}\n{OK}"));
    for host in [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "2130706433",
        "0x7f.1",
        "0.0.0.0",
    ] {
        let bench = Bench::with_environment(&format!("urls = {{ api = \"http://{host}:{port}\" }}"), "", &ok);
        assert_verdict(&bench.run("g").await, Inconclusive, "which is not a public address");
    }
    assert_eq!(server.requests().len(), 0, "nobody was asked");

    let allowed = Bench::with_environment(
        &format!("urls = {{ api = \"http://localhost:{port}\" }}\nprivate_addresses = true"),
        "",
        &ok,
    );
    assert_verdict(&allowed.run("g").await, Pass, "200");
}

#[tokio::test]
async fn a_name_that_cannot_be_resolved_is_inconclusive() {
    let ok = gate("g", "http", &format!("http = {{ url = \"{{url.api}}/\" }}\n{OK}"));
    let bench = Bench::new("http://no-such-host.invalid", "", &ok);
    assert_verdict(&bench.run("g").await, Inconclusive, "cannot be resolved");
}

#[tokio::test]
async fn values_are_encoded_for_the_place_they_go_to() {
    let server = serving([Answer::Echo]).await;
    let http = r#"http = { method = "POST", url = "{url.api}/runs/{odd}?sha={git_sha}", body = '{"v": "{odd}"}' }"#;
    let bench = Bench::with_environment(
        &format!("urls = {{ api = \"{}\" }}\nprivate_addresses = true", server.url()),
        "",
        &gate("g", "http", &format!("{}\n{OK}", http.replace("{odd}", "{version}"))),
    );
    let mut request = crate::common::request("g");
    request.values.insert("version".to_owned(), "a/b?c=\"d\"&é".to_owned());
    let (progress, _shown) = tokio::sync::mpsc::channel(1);
    let verdict = bench
        .runner
        .run(request.clone(), progress, tokio_util::sync::CancellationToken::new())
        .await;
    assert_verdict(&verdict, Pass, "200");
    let asked = server.requests().remove(0);
    assert!(
        asked.starts_with("POST /runs/a%2Fb%3Fc%3D%22d%22%26%C3%A9?sha=a1b2c3d4e5f6 HTTP/1.1\r\n"),
        "{asked}"
    );
    assert!(asked.ends_with(r#"{"v": "a/b?c=\"d\"&é"}"#), "{asked}");
    assert!(
        !asked.to_lowercase().contains("accept-encoding"),
        "no answer is unpacked: {asked}"
    );

    request.values.insert("version".to_owned(), "..".to_owned());
    let (progress, _shown) = tokio::sync::mpsc::channel(1);
    let verdict = bench
        .runner
        .run(request, progress, tokio_util::sync::CancellationToken::new())
        .await;
    assert_verdict(&verdict, Inconclusive, "would climb in the URL's path");
}

#[tokio::test]
async fn an_environment_for_rehearsals_is_never_really_asked() {
    let server = serving([Answer::json(200, "{}")]).await;
    let environment = format!(
        "rehearsal = true\nurls = {{ api = \"{}\" }}\nprivate_addresses = true",
        server.url()
    );
    let gates = gate("a", "http", &format!("http = {{ url = \"{{url.api}}/a\" }}\n{OK}"));
    let bench = Bench::with_environment(&environment, "", &gates);
    assert_verdict(&bench.run("a").await, Inconclusive, "for rehearsals only");
    assert_eq!(server.requests().len(), 0);
}
