//! Gates that make several requests by name: what each is answered with, and what a fault does to them.

use std::collections::BTreeSet;

use holdpoint_domain::gate::Outcome::{self, Fail, Inconclusive, Pass};
use holdpoint_gates::config::GatesFile;

use super::{gates, values};
use crate::answer::{Answer, HttpReply};
use crate::answers::{Answers, Asked};
use crate::cannot::CannotRehearse;
use crate::file::RehearsalFile;

const GATES: &str = r#"
[gates.deployed]
title = "Deployed"
kind = "http"
expect = [{ of = "version", check = "json", path = "$.git_sha", commit = "{git_sha}" }]
http.ready = { url = "{url.site}/ready" }
http.version = { url = "{url.site}/version" }

[gates.site]
title = "Site"
kind = "http"
http = { url = "{url.site}/a" }
expect = [{ check = "status", equals = 200 }]
"#;

fn file() -> GatesFile {
    gates(GATES)
}

fn parse(text: &str) -> Result<RehearsalFile, String> {
    RehearsalFile::parse(text, &file()).map_err(|error| error.to_string())
}

fn answers(text: &str) -> Answers {
    Answers::new(file(), parse(text).unwrap_or_else(|error| panic!("{error}\n{text}")))
}

fn answer(answers: &Answers, request: Option<&str>, on: &[&str]) -> Result<Answer, CannotRehearse> {
    let asked = Asked {
        gate: "deployed",
        request,
        environment: "lab",
        values: &values(),
        now: chrono::DateTime::UNIX_EPOCH,
    };
    answers.answer(asked, &on.iter().map(|id| (*id).to_owned()).collect::<BTreeSet<_>>())
}

/// What `ready` and `version` make of their answers.
fn judged(answers: &Answers, on: &[&str]) -> Vec<Outcome> {
    let file = file();
    let parts = file.gates["deployed"].parts().into_iter();
    let outcome = |made: Result<Answer, _>, part| made.map_or(Inconclusive, |answer| answer.judge(part, &values()).0);
    parts
        .map(|part| outcome(answer(answers, part.name, on), part))
        .collect()
}

fn reply(answers: &Answers, request: &str, on: &[&str]) -> (u16, String) {
    match answer(answers, Some(request), on) {
        Ok(Answer::Http(answer)) => match answer.reply {
            HttpReply::Response { status, body, .. } => (status, String::from_utf8(body).unwrap()),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

#[test]
fn without_a_word_each_request_passes_and_each_fault_holds_one() {
    let answers = answers("");
    assert_eq!(answers.remarks(), []);
    assert_eq!(judged(&answers, &[]), [Pass, Pass]);
    for (fault, outcomes) in [
        ("refused", [Inconclusive, Pass]),
        ("time-out", [Inconclusive, Pass]),
        ("503", [Fail, Pass]),
        ("302", [Fail, Pass]),
        // Of the first nothing is expected that these could spoil.
        ("empty", [Pass, Inconclusive]),
        ("malformed", [Pass, Inconclusive]),
        ("wrong-value", [Pass, Fail]),
    ] {
        assert_eq!(judged(&answers, &[&format!("deployed:{fault}")]), outcomes, "{fault}");
    }
    assert!(matches!(
        answer(&answers, None, &[]),
        Err(CannotRehearse::NoRequest { .. })
    ));
    assert!(matches!(
        answer(&answers, Some("nobody"), &[]),
        Err(CannotRehearse::NoRequest { .. })
    ));
}

#[test]
fn each_request_has_its_own_answers_and_faults() {
    let answers = answers(
        r#"
[answers.deployed.ready]
body = "yes, {mode}"
[answers.deployed.version]
body = '{"git_sha":"{git_sha}","at":"{now}"}'
[faults.old]
title = "Old"
description = "The old version answers."
answers.deployed.version = { body = '{"git_sha":"0ddba11c"}' }
answers.deployed.ready = { delay = "1ms" }
[faults.gone]
title = "Gone"
description = "One of them is gone."
answers.deployed.version = "refused"
[faults.down]
title = "Down"
description = "The service is."
answers.deployed = "503"
"#,
    );
    assert_eq!(answers.remarks(), []);
    assert_eq!(reply(&answers, "ready", &[]), (200, "yes, lab".to_owned()));
    let (_, body) = reply(&answers, "version", &[]);
    assert_eq!(
        body,
        r#"{"git_sha":"c0ffee11d00d22f00d33beef44cafe55babe6677","at":"1970-01-01T00:00:00Z"}"#
    );
    for (fault, outcomes) in [
        ("old", [Pass, Fail]),
        ("gone", [Pass, Inconclusive]),
        ("down", [Fail, Pass]),
    ] {
        assert_eq!(judged(&answers, &[fault]), outcomes, "{fault}");
    }
    assert_eq!(reply(&answers, "ready", &["down"]).0, 503);
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let fault = |rest: &str| format!("[faults.f]\ntitle = \"F\"\ndescription = \"d\"\n{rest}");
    let which = "makes several requests, so each is answered by its name: ready, version";
    for (text, said) in [
        (
            "[answers.deployed.raedy]\nstatus = 200\n",
            "1:19: the gate “deployed” makes no request “raedy”; its requests are ready, version",
        ),
        ("[answers.deployed]\nstatus = 200\n", which),
        ("[answers.deployed]\n", which),
        ("[answers.deployed.headers]\nx-a = \"1\"\n", "2:1: unknown field `x-a`"),
        ("[answers.deployed.ready]\nstate = 200\n", "2:1: unknown field `state`"),
        (
            "[answers.deployed.ready]\nstatus = 100\n",
            "2:1: the status is from 200 to 599",
        ),
        (
            "[answers.deployed.ready]\nrows = []\ncolumns = []\n",
            "2:1: the gate “deployed.ready” is of kind “http”",
        ),
        (
            "[answers.deployed.ready]\nbody = \"{nobody}\"\n",
            "1:19: in the environment “lab”",
        ),
        (
            "[answers.\"deployed.ready\"]\n",
            "1:10: gates.toml declares no gate “deployed.ready”",
        ),
        ("[answers.site.ready]\nstatus = 200\n", "1:15: unknown field `ready`"),
        (
            &fault("answers.deployed.raedy = \"refused\""),
            "4:18: the gate “deployed” makes no request “raedy”",
        ),
        (
            &fault("answers.deployed.ready = \"melted\""),
            "4:18: “melted” is not a fault that the gate “deployed.ready” can have",
        ),
        (&fault("answers.deployed = { status = 500 }"), which),
        (
            &fault("answers.\"deployed.ready\" = \"refused\""),
            "declares no gate “deployed.ready”",
        ),
    ] {
        let error = parse(text).expect_err(text);
        assert!(error.contains(said), "{text}\n{error}\nshould say {said}");
    }
}

#[test]
fn an_answer_that_does_not_pass_is_told_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gates.toml");
    std::fs::write(&path, GATES).unwrap();
    let text = "[answers.deployed.version]\nbody = '{}'\n\
                [faults.mild]\ntitle = \"Mild\"\ndescription = \"It holds nothing.\"\n\
                answers.deployed.ready = { delay = \"1ms\" }\n";
    std::fs::write(folder.path().join("rehearsal.toml"), text).unwrap();
    let remarks = crate::lint(&path, &file()).unwrap();
    let told: Vec<_> = remarks
        .iter()
        .map(|remark| format!("{}:{} {}", remark.line, remark.column, remark.message))
        .collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0].starts_with("1:19 The answer to the gate “deployed.version” does not pass in “lab”: "),
        "{told:?}"
    );
}
