//! Fail closed: whatever a platform answers instead of the right thing, the gate's verdict is *fail* or *inconclusive*,
//! with the reason, and never *pass*. One gate of each kind that does pass shows that the others hold for their reasons.

mod common;
mod running;

use common::{Bench, assert_verdict, database_url, database_with, gate, serving};
use holdpoint_domain::gate::Outcome::{self, Fail, Inconclusive, Pass};
use holdpoint_tests::Answer;

const HEALTHY: &str = r#"{"status":"healthy","db_connected":true,"git_sha":"a1b2c3d"}"#;

const HEALTH: &str = r#"
http = { url = "{url.api}/api/health?version={version}", max_bytes = 4096 }
timeout = "700ms"
expect = [
  { check = "status", equals = 200 },
  { check = "json", path = "$.status", equals = "healthy" },
  { check = "json", path = "$.db_connected", equals = true },
  { check = "json", path = "$.git_sha", commit = "{git_sha}" },
]"#;

#[tokio::test]
async fn an_http_gate_passes_only_on_the_right_answer() {
    let head = |length: usize| format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{HEALTHY}").into_bytes();
    let table: Vec<(&str, Answer, Outcome, &str)> = vec![
        ("right", Answer::json(200, HEALTHY), Pass, "All 4 checks hold"),
        (
            "not found",
            Answer::json(404, HEALTHY),
            Fail,
            "Status: 404; expected: 200",
        ),
        (
            "server error",
            Answer::json(500, HEALTHY),
            Fail,
            "Status: 500; expected: 200",
        ),
        (
            "created",
            Answer::json(201, HEALTHY),
            Fail,
            "Status: 201; expected: 200",
        ),
        (
            "redirect",
            Answer::json(302, HEALTHY).header("location", "/elsewhere"),
            Fail,
            "Status: 302; expected: 200",
        ),
        (
            "no answer in time",
            Answer::Hang,
            Inconclusive,
            "No answer within 700ms",
        ),
        (
            "an answer without end",
            Answer::Drip,
            Inconclusive,
            "No answer within 700ms",
        ),
        ("reset", Answer::Reset, Inconclusive, "No answer: "),
        (
            "reset in the middle",
            Answer::RawThenReset(head(500)),
            Inconclusive,
            "No answer: ",
        ),
        (
            "ends in the middle",
            Answer::Raw(head(500)),
            Inconclusive,
            "No answer: ",
        ),
        (
            "not HTTP",
            Answer::Raw(b"SSH-2.0-OpenSSH_9\r\n".to_vec()),
            Inconclusive,
            "No answer: ",
        ),
        ("nothing at all", Answer::Raw(Vec::new()), Inconclusive, "No answer: "),
        ("empty body", Answer::json(200, ""), Inconclusive, "the body is empty"),
        (
            "malformed JSON",
            Answer::json(200, &HEALTHY[..40]),
            Inconclusive,
            "not JSON",
        ),
        (
            "HTML",
            Answer::new(200, "text/html", "<html>healthy</html>"),
            Inconclusive,
            "not JSON",
        ),
        ("not UTF-8", Answer::json(200, b"\xff\xfe{}"), Inconclusive, "not JSON"),
        (
            "another type",
            Answer::json(200, "[\"healthy\"]"),
            Inconclusive,
            "selects nothing",
        ),
        (
            "text for a flag",
            Answer::json(200, HEALTHY.replace("true", "\"true\"")),
            Inconclusive,
            "text cannot be compared",
        ),
        (
            "null for a flag",
            Answer::json(200, HEALTHY.replace("true", "null")),
            Inconclusive,
            "null cannot be compared",
        ),
        (
            "database down",
            Answer::json(200, HEALTHY.replace("true", "false")),
            Fail,
            "$.db_connected: false; expected: true",
        ),
        (
            "another commit",
            Answer::json(200, HEALTHY.replace("a1b", "b1b")),
            Fail,
            "$.git_sha",
        ),
        (
            "no commit",
            Answer::json(200, HEALTHY.replace("a1b2c3d", "unknown")),
            Inconclusive,
            "not a commit",
        ),
        (
            "too long",
            Answer::json(200, format!("{}{HEALTHY}", " ".repeat(5000))),
            Inconclusive,
            "4096 bytes",
        ),
        ("too long for ever", Answer::Flood, Inconclusive, "4096 bytes"),
    ];
    for (name, act, outcome, words) in table {
        let server = serving([act]).await;
        let bench = Bench::new(&server.url(), "", &gate("health", "http", HEALTH));
        let verdict = bench.run("health").await;
        println!("{name}: {:?}: {}", verdict.outcome, verdict.summary);
        assert_verdict(&verdict, outcome, words);
        assert_eq!(server.requests().len(), 1, "{name}");
    }
}

#[tokio::test]
async fn a_port_that_nobody_listens_on_is_inconclusive() {
    let gone = serving([]).await.url();
    let bench = Bench::new(&gone, "", &gate("health", "http", HEALTH));
    assert_verdict(&bench.run("health").await, Inconclusive, "No answer: ");
}

#[tokio::test]
async fn an_sql_gate_passes_only_on_the_right_rows() {
    let schema = "CREATE TABLE beats (worker text, status text, n int, at point);
        INSERT INTO beats SELECT 'w' || n, 'running', n, point(n, n) FROM generate_series(1, 20) AS n";
    let database = database_with(schema).await;
    let sql = |name: &str, statement: &str, expect: &str| {
        let rest =
            format!("sql = {{ database = \"main\", statement = \"{statement}\", max_rows = 20 }}\ntimeout = \"2s\"");
        gate(name, "sql", &format!("{rest}\nexpect = [{{ {expect} }}]"))
    };
    let running = "check = \"column\", name = \"status\", equals = \"running\"";
    let table: Vec<(&str, &str, &str, Outcome, &str)> = vec![
        ("right", "SELECT status FROM beats", running, Pass, "in each of 20 rows"),
        (
            "no-rows",
            "SELECT status FROM beats WHERE false",
            running,
            Fail,
            "no row",
        ),
        (
            "too-few",
            "SELECT 1 AS a FROM beats WHERE n > 19",
            "check = \"rows\", equals = 2",
            Fail,
            "Rows: 1; expected: 2",
        ),
        (
            "no-rows-counted",
            "SELECT 1 WHERE false",
            "check = \"rows\", at_least = 1",
            Fail,
            "Rows: 0",
        ),
        (
            "no-table",
            "SELECT status FROM nowhere",
            running,
            Inconclusive,
            "relation \"nowhere\" does not exist",
        ),
        (
            "fails-late",
            "SELECT 1 / (n - 5) AS status FROM beats",
            running,
            Inconclusive,
            "division by zero",
        ),
        (
            "no-column",
            "SELECT worker FROM beats",
            running,
            Inconclusive,
            "there is no column status",
        ),
        (
            "null",
            "SELECT NULL::text AS status",
            running,
            Inconclusive,
            "null cannot be compared",
        ),
        (
            "number",
            "SELECT 1 AS status",
            running,
            Inconclusive,
            "cannot be compared",
        ),
        (
            "other-type",
            "SELECT at AS status FROM beats",
            running,
            Fail,
            "expected: \"running\"",
        ),
        (
            "too-many",
            "SELECT 'running' AS status FROM generate_series(1, 21)",
            running,
            Inconclusive,
            "more than the 20",
        ),
        (
            "too-slow",
            "SELECT pg_sleep(60)::text AS status",
            running,
            Inconclusive,
            "No answer",
        ),
    ];
    let gates: String = table
        .iter()
        .map(|(name, statement, expect, ..)| sql(name, statement, expect))
        .collect();
    let bench = Bench::new("http://127.0.0.1:1", &database_url(&database), &gates);
    for (name, _, _, outcome, words) in table {
        let verdict = bench.run(name).await;
        println!("{name}: {:?}: {}", verdict.outcome, verdict.summary);
        assert_verdict(&verdict, outcome, words);
    }
    drop(database);
    assert_verdict(
        &bench.run("right").await,
        Inconclusive,
        "the database “main” cannot be reached",
    );
}

#[tokio::test]
async fn a_command_gate_passes_only_on_the_right_end() {
    let command = |name: &str, argv: &str, expect: &str| {
        let rest = format!("command = {{ argv = [{argv}], max_bytes = 10000 }}\ntimeout = \"1s\"");
        gate(name, "command", &format!("{rest}\nexpect = [{{ {expect} }}]"))
    };
    let zero = "check = \"exit_code\", equals = 0";
    let said = "check = \"output\", contains = \"all good\"";
    let table: Vec<(&str, &str, &str, Outcome, &str)> = vec![
        ("right", "\"echo\", \"all good\"", said, Pass, "All 2 checks hold"),
        (
            "three",
            "\"sh\", \"-c\", \"exit 3\"",
            zero,
            Fail,
            "Exit code: 3; expected: 0",
        ),
        (
            "three-implied",
            "\"sh\", \"-c\", \"echo all good; exit 3\"",
            said,
            Fail,
            "Exit code: 3; expected: 0",
        ),
        ("silent", "\"true\"", said, Fail, "contains “all good”"),
        (
            "killed",
            "\"sh\", \"-c\", \"echo all good; kill -9 $$\"",
            said,
            Inconclusive,
            "killed by signal 9",
        ),
        (
            "killed-code",
            "\"sh\", \"-c\", \"kill -15 $$\"",
            zero,
            Inconclusive,
            "killed by signal 15",
        ),
        (
            "too-much",
            "\"yes\", \"all good\"",
            said,
            Inconclusive,
            "more output than the 10000 bytes",
        ),
        (
            "too-slow",
            "\"sh\", \"-c\", \"echo all good; sleep 60\"",
            said,
            Inconclusive,
            "No answer within 1s",
        ),
        (
            "missing",
            "\"holdpoint-no-such-program\"",
            zero,
            Inconclusive,
            "was not found",
        ),
        (
            "missing-path",
            "\"./no-such-program\"",
            zero,
            Inconclusive,
            "was not found",
        ),
        (
            "not-a-program",
            "\"./token\"",
            zero,
            Inconclusive,
            "could not be started",
        ),
        ("not-text", "\"printf\", '\\377'", said, Inconclusive, "not UTF-8"),
    ];
    let gates: String = table
        .iter()
        .map(|(name, argv, expect, ..)| command(name, argv, expect))
        .collect();
    let bench = || Bench::new("http://127.0.0.1:1", "", &gates);
    let (bench, guarded) = (bench(), bench().guarded());
    for (name, _, _, outcome, words) in table {
        let verdict = bench.run(name).await;
        println!("{name}: {:?}: {}", verdict.outcome, verdict.summary);
        assert_verdict(&verdict, outcome, words);
        let under_guard = guarded.run(name).await;
        assert_verdict(&under_guard, outcome, words);
        assert_eq!(
            (under_guard.summary, under_guard.checks),
            (verdict.summary, verdict.checks),
            "{name} says the same under a guard"
        );
    }
}

#[tokio::test]
async fn what_cannot_be_asked_is_inconclusive() {
    let needs = |secret: &str| {
        let headers = format!("headers = {{ authorization = \"{{secret.{secret}}}\" }}");
        format!("http = {{ url = \"{{url.api}}/\", {headers} }}\nexpect = [{{ check = \"status\", equals = 200 }}]")
    };
    let server = serving([Answer::json(200, "{}")]).await;
    let gates = [
        gate("needs", "http", &needs("missing")),
        gate("fine", "http", &needs("token")),
    ]
    .concat();
    let bench = Bench::new(&server.url(), "", &gates);
    assert_verdict(&bench.run("fine").await, Pass, "Status: 200");
    assert_verdict(
        &bench.run("nobody").await,
        Inconclusive,
        "There is no gate “nobody” in gates.toml",
    );
    let verdict = bench.run("needs").await;
    assert_verdict(
        &verdict,
        Inconclusive,
        "the secret “missing” cannot be used, because the file",
    );

    for (environment, words) in [
        ("moon", "There is no environment “moon”"),
        ("other", "does not exist in the environment"),
    ] {
        let request = holdpoint::runner::RunRequest {
            environment: environment.to_owned(),
            ..common::request("fine")
        };
        let (progress, _shown) = tokio::sync::mpsc::channel(1);
        let verdict = bench
            .runner
            .run(request, progress, tokio_util::sync::CancellationToken::new())
            .await;
        assert_verdict(&verdict, Inconclusive, words);
    }
    assert_eq!(
        server.requests().len(),
        1,
        "only the gate that could be asked was asked"
    );
}
