//! Every kind of fault through the runner, for gates that belong to nobody.

use holdpoint_domain::gate::Outcome::{self, Fail, Inconclusive, Pass};
use holdpoint_gates::HumanDuration;

use super::{Rehearsed, hurry};

const GATES: &str = r#"
[environments.lab]
title = "Lab"
urls = { site = "https://site.example" }
databases = { main = { env = "NO_SUCH_VARIABLE" } }

[gates.web]
title = "Web"
kind = "http"
http = { url = "{url.site}/state", redirects = 2 }
expect = [{ check = "json", path = "$.items[0].state", equals = "done" }, { check = "header", name = "x-build", equals = "{version}" }]

[gates.page]
title = "Page"
kind = "http"
http = { url = "https://site.example/", max_bytes = 100 }
expect = [{ check = "body", matches = "^Welcome" }]

[gates.rows]
title = "Rows"
kind = "sql"
sql = { database = "main", statement = "SELECT $1::text AS kind, 1 AS n", bind = ["{version}"], max_rows = 5 }
expect = [{ check = "column", name = "n", where = { kind = "{version}" }, equals = 1 }, { check = "rows", at_most = 4 }]

[gates.none]
title = "None"
kind = "sql"
sql = { database = "main", statement = "SELECT 1 WHERE false" }
expect = [{ check = "rows", equals = 0 }]

[gates.tool]
title = "Tool"
kind = "command"
command = { argv = ["no-such-program", "{git_sha}"], folder = "no-such-folder", max_bytes = 2000 }
expect = [{ check = "exit_code", equals = 0 }, { check = "output", matches = '[0-9]+ passed' }]

[gates.several]
title = "Several"
kind = "http"
expect = [{ of = "version", check = "json", path = "$.git_sha", commit = "{git_sha}" }]
http.alive = { url = "{url.site}/alive", method = "HEAD" }
http.version = { url = "{url.site}/version" }

[gates.plain]
title = "Plain"
kind = "command"
command = { argv = ["/no/such/program"] }
expect = [{ check = "exit_code", equals = 3 }]
"#;

/// Gate, fault, outcome, and what the verdict says.
const CASES: &[(&str, &str, Outcome, &str)] = &[
    ("web", "refused", Inconclusive, "No answer"),
    ("web", "time-out", Inconclusive, "No answer within"),
    ("web", "503", Fail, "Status: 503"),
    ("web", "302", Fail, "Status: 302"),
    ("web", "empty", Inconclusive, "is empty"),
    ("web", "malformed", Fail, "absent"),
    ("web", "wrong-value", Fail, "wrong"),
    ("page", "refused", Inconclusive, "No answer"),
    ("page", "time-out", Inconclusive, "No answer within"),
    ("page", "503", Fail, "Status: 503"),
    ("page", "302", Fail, "Status: 302"),
    ("page", "empty", Fail, "Body"),
    ("page", "malformed", Inconclusive, "not UTF-8"),
    ("page", "wrong-value", Fail, "wrong"),
    ("several", "refused", Inconclusive, "Status of alive: no answer"),
    ("several", "time-out", Inconclusive, "Status of alive: no answer within"),
    ("several", "503", Fail, "Status of alive: 503"),
    ("several", "302", Fail, "Status of alive: 302"),
    (
        "several",
        "empty",
        Inconclusive,
        "$.git_sha of version: the body is empty",
    ),
    ("several", "malformed", Inconclusive, "$.git_sha of version"),
    ("several", "wrong-value", Fail, "$.git_sha of version"),
    ("rows", "error", Inconclusive, "the rehearsal refuses the statement"),
    ("rows", "no-row", Fail, "no row"),
    ("rows", "wrong-value", Fail, "expected: 1"),
    ("none", "error", Inconclusive, "the rehearsal refuses the statement"),
    ("none", "wrong-value", Fail, "Rows: 1"),
    ("tool", "exit-1", Fail, "Exit code: 1"),
    ("tool", "killed", Inconclusive, "killed by signal 9"),
    ("tool", "silence", Inconclusive, "No answer within"),
    ("tool", "over-cap", Inconclusive, "more output than the 2000 bytes"),
    ("tool", "wrong-output", Fail, "wrong output"),
    ("plain", "exit-1", Fail, "Exit code: 1"),
    ("plain", "killed", Inconclusive, "killed by signal 9"),
    ("plain", "silence", Inconclusive, "No answer within"),
    ("plain", "over-cap", Inconclusive, "more output than the 1048576 bytes"),
];

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_fault_has_its_outcome_through_the_runner() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("gates.toml"), GATES).expect("gates.toml");
    let rehearsed = Rehearsed::start(folder.path(), hurry(HumanDuration::from_millis(1500))).await;
    let offered: Vec<_> = rehearsed.rehearsal.faults().into_iter().map(|fault| fault.id).collect();
    let mut listed: Vec<_> = CASES
        .iter()
        .map(|(gate, fault, ..)| format!("{gate}:{fault}"))
        .collect();
    listed.sort_by_key(|id| offered.iter().position(|other| other == id));
    assert_eq!(offered, listed, "every fault that is offered is tried here");

    for (gate, fault, outcome, said) in CASES {
        assert_eq!(rehearsed.run(gate).await.outcome, Pass, "{gate} without a fault");
        rehearsed.switch(&format!("{gate}:{fault}"), true).await;
        let verdict = rehearsed.run(gate).await;
        let all = format!("{}\n{:?}", verdict.summary, verdict.checks);
        assert_eq!(verdict.outcome, *outcome, "{gate}:{fault}: {all}");
        assert!(all.contains(said), "{gate}:{fault} should say “{said}”: {all}");
        rehearsed.switch(&format!("{gate}:{fault}"), false).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gate_that_cannot_be_rehearsed_is_inconclusive_and_says_why() {
    let folder = tempfile::tempdir().expect("a folder");
    let gates = "[environments.lab]\ntitle = \"Lab\"\nurls = { site = \"https://site.example\" }\n\
                 [gates.odd]\ntitle = \"Odd\"\nkind = \"http\"\nhttp = { url = \"{url.site}/\" }\n\
                 expect = [{ check = \"json\", path = \"$..a\", equals = 1 }]\n";
    std::fs::write(folder.path().join("gates.toml"), gates).expect("gates.toml");
    let rehearsed = Rehearsed::start(folder.path(), |_| {}).await;
    let verdict = rehearsed.run("odd").await;
    assert_eq!(verdict.outcome, Inconclusive);
    assert!(
        verdict
            .summary
            .contains("cannot be rehearsed, because no document is made for the path $..a"),
        "{}",
        verdict.summary
    );
    assert!(!verdict.checks.is_empty() && verdict.checks.iter().all(|check| check.outcome == Inconclusive));
}

#[tokio::test(flavor = "multi_thread")]
async fn caps_and_polling_are_the_runners_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let gates = GATES.replace(
        "max_rows = 5 }",
        "max_rows = 5 }\npoll = { every = \"10ms\", until = \"5s\" }",
    );
    std::fs::write(folder.path().join("gates.toml"), gates).expect("gates.toml");
    let answers = "[answers.page]\nbody = \"Welcome, and this is longer than a hundred bytes: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"\n\
                   [faults.many]\ntitle = \"Many\"\ndescription = \"More rows than are read.\"\n\
                   answers.rows = { columns = [\"kind\", \"n\"], rows = [[\"a\", 1], [\"a\", 1], [\"a\", 1], [\"a\", 1], [\"a\", 1], [\"a\", 1]] }\n";
    std::fs::write(folder.path().join("rehearsal.toml"), answers).expect("rehearsal.toml");
    let rehearsed = Rehearsed::start(folder.path(), |_| {}).await;
    assert_eq!(rehearsed.rehearsal.remarks().len(), 1, "the long answer does not pass");
    let page = rehearsed.run("page").await;
    assert_eq!(page.outcome, Inconclusive);
    assert!(page.output.len() <= 100, "{}", page.output);

    rehearsed.switch("many", true).await;
    let polled = async {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        rehearsed.switch("many", false).await;
    };
    let (rows, ()) = tokio::join!(rehearsed.run("rows"), polled);
    assert!(rows.passes(), "{}", rows.summary);
    assert!(
        rows.attempts > 1,
        "a fault that is switched off while the gate polls is seen"
    );
}
