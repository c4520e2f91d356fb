//! The platform as a whole: faults, persistence, the server, and what becomes of the environments.

use holdpoint_domain::gate::Outcome;
use holdpoint_gates::config::GatesFile;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use url::Url;

use super::NOBODY;
use super::{gates, part, values};
use crate::answer::{Answer, HttpAnswer, HttpReply};
use crate::{CannotRehearse, Rehearsal, RehearsalError, RehearsalFile};

const GATES: &str = r#"
[gates.site]
title = "Site"
kind = "http"
direct = true
http = { url = "{url.site}/health?sha={git_sha}" }
expect = [{ check = "json", path = "$.sha", commit = "{git_sha}" }]

[gates.probe]
title = "Probe"
kind = "command"
command = { argv = ["probe"] }
expect = [{ check = "exit_code", equals = 0 }]

[gates.odd]
title = "Odd"
kind = "http"
http = { url = "{url.site}/odd" }
expect = [{ check = "json", path = "$..a", equals = 1 }]
"#;

const FILE: &str = r#"
[answers.site]
body = '{"sha":"{git_sha}"}'
[faults.old]
title = "Old"
description = "The old commit answers, slowly."
answers.site = { body = '{"sha":"0ddba11"}', delay = "1ms" }
[faults.down]
title = "Down"
description = "Nobody answers."
answers.site = "refused"
answers.probe = { exit_code = 7, output = ["no site"] }
[faults.slow]
title = "Slow"
description = "Everything is a little slower."
answers.site = { delay = "1ms", headers = { x-slow = "yes" } }
[faults.patched]
title = "Patched"
description = "The body is another one."
answers.site = { body = "" }
"#;

async fn start(folder: &tempfile::TempDir) -> (Rehearsal, GatesFile) {
    let mut gates = gates(GATES);
    let file = RehearsalFile::parse(FILE, &gates).unwrap();
    let rehearsal = Rehearsal::start(folder.path(), &mut gates, file).await.unwrap();
    (rehearsal, gates)
}

fn on(rehearsal: &Rehearsal) -> Vec<String> {
    let faults = rehearsal.faults().into_iter();
    faults.filter(|fault| fault.on).map(|fault| fault.id).collect()
}

/// The status line and the body of an answer; nothing when the connection is closed without one.
async fn get(url: &str) -> Option<(String, String)> {
    let url = Url::parse(url).unwrap();
    let address = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap());
    let mut stream = TcpStream::connect(&address).await.unwrap();
    let path = &url[url::Position::BeforePath..];
    stream
        .write_all(format!("GET {path} HTTP/1.1\r\nhost: {address}\r\n\r\n").as_bytes())
        .await
        .unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    Some((head.lines().next()?.to_owned(), body.to_owned()))
}

#[tokio::test]
async fn faults_are_listed_switched_and_kept_over_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let (rehearsal, _) = start(&folder).await;
    let faults = rehearsal.faults();
    let named: Vec<_> = faults
        .iter()
        .take(4)
        .map(|fault| (fault.id.as_str(), &fault.gate))
        .collect();
    assert_eq!(named, ["old", "down", "slow", "patched"].map(|id| (id, &None)));
    assert!(
        faults[4..].iter().all(|fault| fault.gate.is_some()),
        "then come those of the gates"
    );
    assert!(
        faults
            .iter()
            .any(|fault| fault.id == "site:wrong-value" && fault.title == "site: wrong value")
    );
    assert!(!faults.iter().any(|fault| fault.on));

    rehearsal.set_fault("down", true).await.unwrap();
    rehearsal.set_fault("probe:killed", true).await.unwrap();
    assert_eq!(on(&rehearsal), ["down", "probe:killed"]);
    for unknown in ["earthquake", "site:exit-1", "nobody:refused", "probe:wrong-output", ""] {
        let refusal = rehearsal.set_fault(unknown, true).await;
        assert!(
            matches!(refusal, Err(RehearsalError::UnknownFault { id }) if id == unknown),
            "{unknown}"
        );
    }
    rehearsal.stop().await;

    let (again, _) = start(&folder).await;
    assert_eq!(on(&again), ["down", "probe:killed"], "a restart keeps them");
    again.set_fault("down", false).await.unwrap();
    again.stop().await;
    std::fs::write(folder.path().join("faults.json"), r#"{"on":["probe:killed","gone"]}"#).unwrap();
    let (third, _) = start(&folder).await;
    assert_eq!(on(&third), ["probe:killed"], "what is not known any more is not on");
    third.stop().await;
}

#[tokio::test]
async fn a_rehearsal_does_not_start_with_faults_that_it_cannot_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("faults.json");
    std::fs::write(&path, "{").unwrap();
    let mut gates = gates(GATES);
    let refusal = Rehearsal::start(folder.path(), &mut gates, RehearsalFile::default()).await;
    let said = refusal.map(|_| ()).unwrap_err().to_string();
    for words in ["faults.json: the faults that were on cannot be read", "Remove the file"] {
        assert!(said.contains(words), "{said}");
    }
    std::fs::remove_file(&path).unwrap();
    assert_eq!(on(&start(&folder).await.0), [""; 0]);
}

#[tokio::test]
async fn what_a_killed_proxy_left_behind_is_removed_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["stand-in-a1.json", "stand-in-b2.json", "kept.json"] {
        std::fs::write(folder.path().join(name), "{}").unwrap();
    }
    start(&folder).await;
    let left = std::fs::read_dir(folder.path()).unwrap();
    let left: Vec<_> = left.map(|one| one.unwrap().file_name()).collect();
    assert_eq!(left, ["kept.json"]);
}

/// The head of an answer, line by line and in lower case.
async fn head(rehearsal: &Rehearsal, answer: HttpAnswer, method: &str, host: &str) -> Vec<String> {
    let ticket = rehearsal.at_server("site", answer);
    let url = ticket.url(&Url::parse("https://site.example/a").unwrap()).unwrap();
    let mut stream = TcpStream::connect(rehearsal.url().trim_start_matches("http://"))
        .await
        .unwrap();
    let request = format!("{method} {} HTTP/1.1\r\n{host}\r\n", url.path());
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    let (head, _) = text.split_once("\r\n\r\n").unwrap();
    head.to_lowercase().lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn every_header_that_is_sent_was_judged() {
    let folder = tempfile::tempdir().unwrap();
    let (rehearsal, _) = start(&folder).await;
    let host = format!("host: {}\r\n", rehearsal.url().trim_start_matches("http://"));
    for (method, status, body) in [
        ("GET", 200, "some text"),
        ("GET", 200, ""),
        ("GET", 204, ""),
        ("GET", 304, ""),
        ("GET", 503, "x"),
        ("HEAD", 200, "some text"),
        ("HEAD", 200, ""),
    ] {
        let reply = HttpReply::Response {
            status,
            headers: vec![("x-a".to_owned(), "1".to_owned()), ("x-a".to_owned(), "2".to_owned())],
            body: body.into(),
        };
        let judged = reply.sent(method == "HEAD").unwrap();
        let answer = HttpAnswer {
            delay: std::time::Duration::ZERO,
            reply,
        };
        let mut sent = head(&rehearsal, answer, method, &host).await.split_off(1);
        let mut judged: Vec<_> = judged
            .headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}"))
            .collect();
        sent.sort();
        judged.sort();
        assert_eq!(sent, judged, "{method} {status} {body}");
    }
}

#[tokio::test]
async fn a_request_that_names_another_host_is_not_answered() {
    let folder = tempfile::tempdir().unwrap();
    let (rehearsal, _) = start(&folder).await;
    let Ok(Answer::Http(answer)) = rehearsal.answer(NOBODY, "site", None, "lab", &values()) else {
        panic!("an HTTP answer");
    };
    let own = rehearsal.url().trim_start_matches("http://").to_owned();
    for (host, status) in [
        (format!("host: {own}\r\n"), "200"),
        ("host: evil.example\r\n".to_owned(), "421"),
        (format!("host: {own}\r\nhost: {own}\r\n"), "421"),
    ] {
        let said = head(&rehearsal, answer.clone(), "GET", &host).await;
        assert!(said[0].contains(status), "{host}: {said:?}");
        assert!(!said.iter().any(|line| line.starts_with("access-control")), "{said:?}");
    }
}

#[tokio::test]
async fn the_first_fault_of_the_file_is_put_over_a_later_one() {
    let folder = tempfile::tempdir().unwrap();
    let (rehearsal, gates) = start(&folder).await;
    let outcome = |id: &str| {
        let answer = rehearsal.answer(NOBODY, id, None, "lab", &values()).unwrap();
        (answer.judge(part(&gates.gates[id]), &values()).0, answer)
    };
    assert_eq!(outcome("site").0, Outcome::Pass);
    rehearsal.set_fault("down", true).await.unwrap();
    let refused = Answer::Http(HttpAnswer {
        delay: std::time::Duration::ZERO,
        reply: HttpReply::Refused,
    });
    assert_eq!(outcome("site"), (Outcome::Inconclusive, refused));
    assert_eq!(outcome("probe").0, Outcome::Fail);
    rehearsal.set_fault("old", true).await.unwrap();
    assert_eq!(outcome("site").0, Outcome::Fail);
    rehearsal.set_fault("site:time-out", true).await.unwrap();
    assert_eq!(
        outcome("site").0,
        Outcome::Inconclusive,
        "a gate's own fault goes before named ones"
    );
    for id in on(&rehearsal) {
        rehearsal.set_fault(&id, false).await.unwrap();
    }
    assert_eq!((outcome("site").0, outcome("probe").0), (Outcome::Pass, Outcome::Pass));
}

#[tokio::test]
async fn no_delay_or_header_makes_an_answer_where_there_is_none() {
    let mut gates = gates(GATES);
    // `slow` stands before `down`, and is put over it.
    let (before, after) = FILE.split_at(FILE.find("[faults.down]").unwrap());
    let (down, slow) = after.split_at(after.find("[faults.slow]").unwrap());
    let file = RehearsalFile::parse(&[before, slow, down].concat(), &gates).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let rehearsal = Rehearsal::start(folder.path(), &mut gates, file).await.unwrap();
    for fault in ["down", "slow"] {
        rehearsal.set_fault(fault, true).await.unwrap();
    }
    let answer = rehearsal.answer(NOBODY, "site", None, "lab", &values()).unwrap();
    let expected = HttpAnswer {
        delay: std::time::Duration::from_millis(1),
        reply: HttpReply::Refused,
    };
    assert_eq!(answer, Answer::Http(expected));
    rehearsal.set_fault("patched", true).await.unwrap();
    let answer = rehearsal.answer(NOBODY, "site", None, "lab", &values()).unwrap();
    let Answer::Http(HttpAnswer {
        reply: HttpReply::Response { status: 200, .. },
        ..
    }) = answer
    else {
        panic!("a body is an answer: {answer:?}");
    };
}

#[tokio::test]
async fn a_gate_that_cannot_be_rehearsed_is_told_at_the_start_and_when_it_asks() {
    let folder = tempfile::tempdir().unwrap();
    let (rehearsal, _) = start(&folder).await;
    let remarks = rehearsal.remarks();
    assert_eq!(remarks.len(), 2, "{remarks:?}");
    assert!(
        remarks[1].contains("The fault “slow” holds nothing: “site” pass with it"),
        "{remarks:?}"
    );
    assert!(remarks[0].contains("“odd” cannot be rehearsed in “lab”, because no document is made for the path $..a"));
    let cannot = rehearsal.answer(NOBODY, "odd", None, "lab", &values()).unwrap_err();
    assert!(cannot.to_string().contains("$..a"));
    assert!(rehearsal.answer(NOBODY, "nobody", None, "lab", &values()).is_err());
    rehearsal.set_fault("odd:503", true).await.unwrap();
    assert!(
        rehearsal.answer(NOBODY, "odd", None, "lab", &values()).is_ok(),
        "its faults can be rehearsed"
    );
}

#[tokio::test]
async fn environments_are_rehearsed_as_themselves_where_none_is_a_rehearsal() {
    let two = "\n[environments.live]\ntitle = \"Live\"\nproduction = true\nurls = { site = \"https://live.example\" }\n\
               databases = { main = { env = \"LIVE\" } }\n";
    let folder = tempfile::tempdir().unwrap();
    for (more, expected) in [
        (two.to_owned(), vec!["lab", "live"]),
        (format!("{two}rehearsal = true\n"), vec!["live"]),
    ] {
        let mut gates = gates(&format!(
            "[gates.probe]\ntitle = \"P\"\nkind = \"command\"\ncommand = {{ argv = [\"p\"] }}\nexpect = [{{ check = \"exit_code\", equals = 0 }}]\n{more}"
        ));
        let rehearsal = Rehearsal::start(folder.path(), &mut gates, RehearsalFile::default())
            .await
            .unwrap();
        assert_eq!(gates.environments.keys().collect::<Vec<_>>(), expected);
        for environment in gates.environments.values() {
            assert!(environment.rehearsal && !environment.production);
            let marked = environment.title.ends_with(" (rehearsal)");
            assert_eq!(
                marked,
                expected.len() == 2,
                "{}: one that is not marked says so",
                environment.title
            );
            assert_eq!(environment.stand_in.as_deref(), Some(rehearsal.url()));
        }
    }
    let mut nothing = GatesFile::parse("").unwrap();
    let refusal = Rehearsal::start(folder.path(), &mut nothing, RehearsalFile::default()).await;
    assert!(matches!(refusal, Err(RehearsalError::NothingToRehearse)));
}

#[tokio::test]
async fn the_server_answers_tickets_and_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    let (rehearsal, _) = start(&folder).await;
    let declared = Url::parse("https://site.example:8443/health?sha=c0ffee1#part").unwrap();
    let Ok(Answer::Http(answer)) = rehearsal.answer(NOBODY, "site", None, "lab", &values()) else {
        panic!("an HTTP answer");
    };
    let ticket = rehearsal.at_server("site", answer);
    let url = ticket.url(&declared).unwrap();
    assert!(url.as_str().starts_with(&format!("{}/run/", rehearsal.url())), "{url}");
    assert!(url.as_str().ends_with("/site/health?sha=c0ffee1"), "{url}");
    for _ in 0..2 {
        let (status, body) = get(url.as_str()).await.unwrap();
        assert!(
            status.contains("200") && body.contains("c0ffee11d00d"),
            "{status} {body}"
        );
    }
    drop(ticket);
    assert!(
        get(url.as_str()).await.unwrap().0.contains("404"),
        "a run that is over is not answered"
    );
    assert!(get(&format!("{}/", rehearsal.url())).await.unwrap().0.contains("404"));

    let url = format!("{}/direct/lab/site", rehearsal.url());
    assert!(get(&url).await.unwrap().0.contains("404"), "browsers ask the proxy");
    rehearsal.stop().await;
}

#[tokio::test]
async fn browsers_see_what_the_session_knows() {
    let folder = tempfile::tempdir().unwrap();
    let (rehearsal, gates) = start(&folder).await;
    assert_eq!(
        gates.snapshot("site", "lab").unwrap().direct_url.as_deref(),
        Some("/api/rehearsal/direct/{session}/site"),
        "without a port, which is another one after each start"
    );
    for sha in ["beef5eedbeef5eed", "c0ffee11c0ffee11"] {
        let mut session = values();
        session.insert("git_sha".to_owned(), sha.to_owned());
        let seen = rehearsal
            .direct(NOBODY, "site", "lab", &session)
            .unwrap()
            .reply
            .sent(false)
            .unwrap();
        assert_eq!(String::from_utf8(seen.body).unwrap(), format!(r#"{{"sha":"{sha}"}}"#));
    }
    for (gate, environment) in [("odd", "lab"), ("probe", "lab"), ("nobody", "lab"), ("site", "nowhere")] {
        let refused = rehearsal.direct(NOBODY, gate, environment, &values());
        assert!(
            matches!(refused, Err(CannotRehearse::NotDirect { .. })),
            "{gate}: {refused:?}"
        );
    }
    rehearsal.set_fault("down", true).await.unwrap();
    assert_eq!(
        rehearsal.direct(NOBODY, "site", "lab", &values()).unwrap().reply,
        HttpReply::Refused
    );
}

#[test]
fn a_digest_is_the_same_after_a_restart_and_another_than_the_real_one() {
    let digest = |stand_in: Option<&str>| {
        let mut gates = gates(GATES);
        gates.environments.get_mut("lab").unwrap().stand_in = stand_in.map(str::to_owned);
        gates.snapshot("site", "lab").unwrap().digest
    };
    assert_eq!(digest(Some("http://127.0.0.1:1")), digest(Some("http://127.0.0.1:2")));
    assert_ne!(digest(Some("http://127.0.0.1:1")), digest(None));
}
