//! Gates outside any session: on the command line, and over HTTP. Nothing of it is recorded.

use std::process::{Command, Output};
use std::time::{Duration, Instant};

use holdpoint_domain::gate::{Outcome, Verdict};
use holdpoint_domain::wire::CheckableGate;
use holdpoint_tests::{
    Answer, DriverError, Folder, Options, RELEASED_SHA, Result, SECRET, TestProxy, TestServer, repository,
};
use reqwest::Method;
use serde_json::{Value, json};

fn check(runbooks: &std::path::Path, arguments: &[&str]) -> Result<Output> {
    let mut command = Command::new(TestProxy::program()?);
    command.arg("check").arg("--runbooks").arg(runbooks).args(arguments);
    command
        .env_remove("HOLDPOINT_REHEARSAL")
        .output()
        .map_err(|source| DriverError::Io {
            doing: "running holdpoint check".to_owned(),
            source,
        })
}

fn said(output: &Output) -> (Option<i32>, String) {
    let text = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    (output.status.code(), text.concat())
}

#[test]
fn the_shipped_gates_are_checked_in_a_rehearsal() -> Result<()> {
    let runbooks = repository().join("runbooks");
    let sha = format!("git_sha={RELEASED_SHA}");
    let whole = [
        "--env",
        "rehearsal",
        "--commands",
        "--set",
        &sha,
        "--set",
        "version=v1.4.2",
    ];
    let (code, text) = said(&check(&runbooks, &whole)?);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("51 passed, 0 failed, 0 inconclusive."), "{text}");
    assert!(text.contains("This is a rehearsal: nothing real was asked"), "{text}");

    // Commands are not asked untold, and what a session would tell is missed.
    let (code, text) = said(&check(&runbooks, &["--env", "rehearsal"])?);
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.contains("25 not asked, because asking may change something"),
        "{text}"
    );
    assert!(text.contains("--set git_sha=…"), "{text}");
    assert!(!text.contains("PASS          golden-path"), "{text}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_tells_verdict_expected_observed_and_exits_by_it() -> Result<()> {
    let server = TestServer::start().await?;
    server.set("/health", Answer::json(200, r#"{"status": "starting"}"#));
    let folder = Folder::new(&server.url())?;
    let (code, text) = said(&check(folder.path(), &["health", "succeeds"])?);
    assert_eq!(code, Some(1), "{text}");
    let line = |word: &str| text.lines().find(|line| line.starts_with(word)).unwrap_or_default();
    assert!(line("FAIL").contains("health"), "{text}");
    assert!(text.contains(r#""ok""#) && text.contains(r#""starting""#), "{text}");
    assert!(line("PASS").contains("succeeds"), "{text}");
    assert!(text.contains("1 passed, 1 failed, 0 inconclusive."), "{text}");

    let (code, text) = said(&check(folder.path(), &["--json", "telling"])?);
    assert_eq!(code, Some(0), "{text}");
    assert!(!text.contains(SECRET), "{text}");
    let report: Value = serde_json::from_str(&text).expect("it is JSON");
    assert_eq!(
        (&report["environment"], &report["rehearsal"]),
        (&json!("test"), &json!(false))
    );
    assert_eq!(report["gates"][0]["verdict"]["outcome"], "pass");

    for (arguments, code, told) in [
        (&["absent"][..], 1, "INCONCLUSIVE"),
        (&["nobody"][..], 2, "no gate nobody in the environment test"),
        (
            &["--env", "prod"][..],
            2,
            "no environment prod in gates.toml. There is test.",
        ),
        (&["--set", "version"][..], 2, "NAME=VALUE"),
    ] {
        let (exit, text) = said(&check(folder.path(), arguments)?);
        assert_eq!(exit, Some(code), "{arguments:?}: {text}");
        assert!(text.contains(told), "{arguments:?}: {text}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn several_requests_have_one_verdict() -> Result<()> {
    let server = TestServer::start().await?;
    server.set("/ready", Answer::json(200, "{}"));
    server.set("/version", Answer::json(200, r#"{"git_sha": "a1b2c3d4"}"#));
    let folder = tempfile::tempdir().expect("a folder");
    let write = |gates: &str| std::fs::write(folder.path().join("gates.toml"), gates).expect("the file can be written");
    let gates = format!(
        r#"[environments.test]
title = "Test"
urls = {{ api = "{}" }}
private_addresses = true
[gates.deployed]
title = "The released version answers everywhere"
kind = "http"
expect = [
  {{ of = "ready", check = "status", equals = 200 }},
  {{ of = "version", check = "json", path = "$.git_sha", commit = "{{git_sha}}" }},
]
[gates.deployed.http.ready]
url = "{{url.api}}/ready"
[gates.deployed.http.version]
url = "{{url.api}}/version"
"#,
        server.url()
    );
    write(&gates);
    let ask = || check(folder.path(), &["--json", "--set", "git_sha=a1b2c3d", "deployed"]);
    let verdict = || -> Result<(Option<i32>, Verdict)> {
        let (code, text) = said(&ask()?);
        let report: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        let verdict = serde_json::from_value(report["gates"][0]["verdict"].clone());
        Ok((code, verdict.unwrap_or_else(|error| panic!("{error}: {text}"))))
    };
    let outcomes = |verdict: &Verdict| {
        let checks = verdict.checks.iter().map(|check| (check.check.clone(), check.outcome));
        checks.collect::<Vec<_>>()
    };
    let told = |version: Outcome, ready: Outcome, sha: Outcome| {
        [
            ("Status of version".to_owned(), version),
            ("Status of ready".to_owned(), ready),
            ("$.git_sha of version".to_owned(), sha),
        ]
    };
    let (code, all) = verdict()?;
    assert_eq!((code, all.outcome), (Some(0), Outcome::Pass), "{all:?}");
    assert_eq!(outcomes(&all), told(Outcome::Pass, Outcome::Pass, Outcome::Pass));

    server.set("/version", Answer::json(200, r#"{"git_sha": "0ddba11c"}"#));
    let (code, wrong) = verdict()?;
    assert_eq!((code, wrong.outcome), (Some(1), Outcome::Fail), "{wrong:?}");
    assert_eq!(outcomes(&wrong), told(Outcome::Pass, Outcome::Pass, Outcome::Fail));

    server.set("/version", Answer::Reset);
    let (code, silent) = verdict()?;
    assert_eq!((code, silent.outcome), (Some(1), Outcome::Inconclusive), "{silent:?}");
    assert_eq!(
        outcomes(&silent),
        told(Outcome::Pass, Outcome::Pass, Outcome::Inconclusive)[1..]
    );
    assert!(
        silent.summary.contains("$.git_sha of version: no answer: "),
        "{}",
        silent.summary
    );

    write(&gates.replace("of = \"ready\"", "of = \"raedy\""));
    let (code, text) = said(&ask()?);
    assert_eq!(code, Some(2), "{text}");
    let place = "gates.toml:9:5: ";
    assert!(
        text.contains(place) && text.contains("makes no request “raedy”"),
        "{text}"
    );
    Ok(())
}

#[test]
fn nothing_asked_is_no_success() -> Result<()> {
    let folder = tempfile::tempdir().expect("a folder");
    let gates = "[environments.one]\ntitle = \"One\"\n[gates.it]\ntitle = \"It\"\nkind = \"command\"\n\
                 command = { argv = [\"true\"] }\nexpect = [{ check = \"exit_code\", equals = 0 }]\n";
    std::fs::write(folder.path().join("gates.toml"), gates).expect("the file can be written");
    let (code, text) = said(&check(folder.path(), &[])?);
    assert_eq!(code, Some(2), "{text}");
    assert!(
        text.contains("no gate of one was asked: 1 of its gates may change something"),
        "{text}"
    );
    let (code, text) = said(&check(folder.path(), &["--commands"])?);
    assert_eq!(code, Some(0), "{text}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn over_http_a_gate_is_asked_once_and_nothing_is_recorded() -> Result<()> {
    let server = TestServer::start().await?;
    server.set("/health", Answer::json(503, r#"{"status": "starting"}"#));
    let folder = Folder::new(&server.url())?;
    let proxy = TestProxy::start(Options::default().runbooks(folder.path())).await?;
    let client = proxy.sign_in().await?;
    let path = "/api/environments/test/gates";
    let gates: Vec<CheckableGate> = client.request(Method::GET, path).send().await?.json().await?;
    let of = |id: &str| gates.iter().find(|one| one.gate.id == id).expect("it is declared");
    assert!(of("health").only_reads && !of("succeeds").only_reads);

    let before = client.sessions().await?.len();
    let ask = async |gate: &str, body: Value| {
        let path = format!("{path}/{gate}/check");
        client.request(Method::POST, &path).json(&body).send().await
    };
    let verdict: Verdict = ask("health", json!({})).await?.json().await?;
    assert_eq!((verdict.outcome, verdict.attempts), (Outcome::Fail, 1), "{verdict:?}");
    assert_eq!(server.requests_to("/health"), 1);
    assert_eq!(client.sessions().await?.len(), before, "nothing was recorded");

    assert_eq!(ask("nobody", json!({})).await?.status(), 404);
    assert_eq!(ask("health", json!({"verdict": "pass"})).await?.status(), 400);
    let other = client
        .request(Method::GET, "/api/environments/prod/gates")
        .send()
        .await?;
    assert_eq!(other.status(), 404);
    let anonymous = reqwest::Client::builder().no_proxy().build()?;
    let answer = anonymous
        .post(format!("{}{path}/health/check", proxy.url()))
        .json(&json!({}));
    assert_eq!(answer.send().await?.status(), 401);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_ends_when_nobody_waits_for_it() -> Result<()> {
    let server = TestServer::start().await?;
    let folder = Folder::new(&server.url())?;
    let mark = folder.path().join("ended");
    let gates = format!(
        "[environments.test]\ntitle = \"Test\"\n[gates.slow]\ntitle = \"Slow\"\nkind = \"command\"\ntimeout = \"60s\"\n\
         command = {{ argv = [\"/bin/sh\", \"-c\", \"touch {0}.begun; sleep 3; touch {0}\"] }}\n\
         expect = [{{ check = \"exit_code\", equals = 0 }}]\n",
        mark.display()
    );
    folder.write("gates.toml", &gates)?;
    let proxy = TestProxy::start(Options::default().runbooks(folder.path())).await?;
    let client = proxy.sign_in().await?;
    let request = client
        .request(Method::POST, "/api/environments/test/gates/slow/check")
        .json(&json!({}));
    let asking = tokio::spawn(request.send());
    let begun = folder.path().join("ended.begun");
    let deadline = Instant::now() + Duration::from_secs(20);
    while !begun.exists() {
        assert!(Instant::now() < deadline, "the program begins");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    asking.abort();
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert!(!mark.exists(), "the program was killed when its client went away");
    Ok(())
}
