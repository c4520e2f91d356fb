//! No secret is in a verdict, in what is shown meanwhile, or in what a browser's answer is recorded as.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::Utc;
use holdpoint_domain::gate::Outcome::{Fail, Inconclusive, Pass};
use holdpoint_domain::wire::BrowserObservation;
use holdpoint_tests::Answer;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::common::{Bench, PASSWORD, TOKEN, assert_verdict, gate, request, serving};

fn forms(secret: &str) -> Vec<String> {
    let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    let json = serde_json::to_string(secret).unwrap();
    vec![
        secret.to_owned(),
        utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string(),
        json[1..json.len() - 1].to_owned(),
        STANDARD.encode(secret),
        hex,
    ]
}

#[tokio::test]
async fn a_platform_that_tells_its_secrets_finds_no_way_into_the_record() {
    let server = serving([Answer::Echo]).await;
    let url = format!(
        "postgres://someone:{}@127.0.0.1:1/none",
        PASSWORD.replace(' ', "%20").replace('&', "%26")
    );
    let echoed = gate(
        "echoed",
        "http",
        "http = { url = \"{url.api}/?key={secret.token}\", headers = { x-token = \"{secret.token}\" } }\n\
         expect = [{ check = \"body\", contains = \"nothing like it\" }]",
    );
    let printed = gate(
        "printed",
        "command",
        "command = { argv = [\"sh\", \"-c\", 'for i in 1 2 3; do printf %s \"$T\" | cut -c1-9 | tr -d \"\\n\"; sleep 0.05; printf %s \"$T\" | cut -c10-; done; cat database; printf %s \"$T\" | base64; printf %s \"$T\" | od -An -tx1 | tr -d \" \"'], env = { T = \"{secret.token}\" } }\n\
         expect = [{ check = \"output\", contains = \"nothing like it\" }]",
    );
    let database = gate(
        "database",
        "sql",
        "sql = { database = \"main\", statement = \"SELECT 1\" }\nexpect = [{ check = \"rows\", equals = 1 }]",
    );
    let bench = Bench::new(&server.url(), &url, &(echoed + &*printed + &*database));
    for (name, outcome) in [("echoed", Fail), ("printed", Fail), ("database", Inconclusive)] {
        let (verdict, shown) = bench.run_shown(name).await;
        assert_verdict(&verdict, outcome, "");
        let record = format!("{}\n{verdict:?}\n{shown:?}", serde_json::to_string(&verdict).unwrap());
        for form in forms(TOKEN).into_iter().chain(forms(PASSWORD)).chain([url.clone()]) {
            assert!(!record.contains(&form), "{name}: {form} is in the record:\n{record}");
        }
        if outcome == Fail {
            assert!(verdict.output.contains("••••••"), "{}", verdict.output);
        }
    }
    assert!(server.requests()[0].contains(TOKEN), "the platform itself did get it");
}

#[tokio::test]
async fn a_secret_that_is_too_short_to_hide_is_not_used() {
    let server = serving([Answer::json(200, "{}")]).await;
    let gates = gate(
        "g",
        "http",
        "http = { url = \"{url.api}/\", headers = { x = \"{secret.token}\" } }\nexpect = [{ check = \"status\", equals = 200 }]",
    );
    let bench = Bench::new(&server.url(), "", &gates);
    assert_verdict(&bench.run("g").await, Pass, "200");
    std::fs::write(bench.dir.path().join("token"), "abc\n").unwrap();
    assert_verdict(&bench.run("g").await, Inconclusive, "fewer than 4 characters");
    assert_eq!(server.requests().len(), 1);
}

fn observation() -> BrowserObservation {
    BrowserObservation {
        status: Some(200),
        headers: BTreeMap::new(),
        body: String::new(),
        latency_ms: 1,
        error: None,
    }
}

#[tokio::test]
async fn what_went_wrong_before_anything_was_asked_tells_no_secret() {
    let needs = gate(
        "needs",
        "http",
        "http = { url = \"{url.api}/\", headers = { x = \"{secret.missing}\" } }\nexpect = [{ check = \"status\", equals = 200 }]",
    );
    let elsewhere = gate(
        "elsewhere",
        "http",
        "direct = true\nhttp = { url = \"http://{mode}.example/\" }\nexpect = [{ check = \"status\", equals = 200 }]",
    );
    let environment = "urls = { api = \"http://127.0.0.1:1\" }\nhosts = [\"strict.example\"]";
    let bench = Bench::with_environment(environment, "", &(needs + &*elsewhere));
    let folder = bench.dir.path().file_name().unwrap().to_str().unwrap();

    // The path of the file that is not there holds what is secret elsewhere: as a secret, and as a database's password.
    for (file, text) in [
        ("token", folder.to_owned()),
        ("database", format!("postgres://me:{folder}@db/main")),
    ] {
        std::fs::write(bench.dir.path().join(file), text).unwrap();
        let verdict = bench.run("needs").await;
        assert_verdict(&verdict, Inconclusive, "••••••/missing cannot be read");
        assert!(!format!("{verdict:?}").contains(folder), "{file}: {verdict:?}");
        std::fs::write(bench.dir.path().join(file), TOKEN).unwrap();
    }

    // So does the host that a direct gate would ask.
    std::fs::write(bench.dir.path().join("token"), "hunter2hunter2").unwrap();
    let mut asked = request("elsewhere");
    asked.values.insert("mode".to_owned(), "hunter2hunter2".to_owned());
    let verdict = bench.runner.judge_observation(&asked, observation(), Utc::now()).await;
    assert_verdict(&verdict, Inconclusive, "••••••.example is neither the host");
    assert!(!format!("{verdict:?}").contains("hunter2"), "{verdict:?}");
}
