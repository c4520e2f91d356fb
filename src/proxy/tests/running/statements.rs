//! SQL gates: what they read, and that they cannot write.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use holdpoint_domain::gate::Outcome::{Inconclusive, Pass};
use holdpoint_domain::gate::Verdict;
use holdpoint_gates::config::GatesFile;

use crate::common::{Bench, assert_verdict, database_url, database_with, gate};

const SCHEMA: &str = "CREATE TABLE kept (n int);
    INSERT INTO kept VALUES (1), (2), (3);
    CREATE FUNCTION wipe() RETURNS int LANGUAGE sql AS 'DELETE FROM kept; SELECT 1';
    CREATE TYPE mood AS ENUM ('calm', 'tense')";

pub fn sql(name: &str, statement: &str, bind: &str, expect: &str) -> String {
    let body = format!(
        "sql = {{ database = \"main\", statement = \"\"\"{statement}\"\"\", bind = [{bind}] }}\ntimeout = \"5s\""
    );
    gate(name, "sql", &format!("{body}\nexpect = [{expect}]"))
}

#[tokio::test]
async fn a_gate_cannot_write() {
    let database = database_with(SCHEMA).await;
    let any = "{ check = \"rows\", at_least = 0 }";
    let gates = sql(
        "cte",
        "WITH gone AS (DELETE FROM kept RETURNING n) SELECT count(*) FROM gone",
        "",
        any,
    ) + &*sql("function", "SELECT wipe()", "", any)
        + &*sql("analyze", "EXPLAIN ANALYZE DELETE FROM kept", "", any)
        + &*sql(
            "nextval",
            "SELECT pg_advisory_lock(1)::text, set_config('transaction_read_only', 'off', false), wipe()",
            "",
            any,
        );
    let bench = Bench::new("http://127.0.0.1:1", &database_url(&database), &gates);
    for name in ["cte", "function", "analyze", "nextval"] {
        let verdict = bench.run(name).await;
        println!("{name}: {}", verdict.summary);
        assert_verdict(&verdict, Inconclusive, "read-");
    }
    assert_eq!(
        database.sql("postgres", "SELECT count(*) FROM kept").expect("a number"),
        "3"
    );
}

#[tokio::test]
async fn two_statements_are_refused_by_the_file_the_runner_and_the_database() {
    let two = sql(
        "g",
        "SELECT 1; DELETE FROM kept",
        "",
        "{ check = \"rows\", equals = 1 }",
    );
    let environment = "[environments.test]\ntitle = \"T\"\ndatabases = { main = { file = \"database\" } }\n";
    let error = GatesFile::parse(&format!("{environment}{two}")).unwrap_err();
    assert!(error.message.contains("more than one statement"), "{error}");

    // A file that came another way than by its reading is refused by the runner.
    let file: GatesFile = toml::from_str(&format!("{environment}{two}")).unwrap();
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("database"), "postgres://127.0.0.1:1/none").unwrap();
    let (progress, _shown) = tokio::sync::mpsc::channel(1);
    let runner = Bench::unchecked(dir.path(), file);
    let verdict = runner
        .run(
            crate::common::request("g"),
            progress,
            tokio_util::sync::CancellationToken::new(),
        )
        .await;
    assert_verdict(&verdict, Inconclusive, "more than one statement");
}

#[tokio::test]
async fn values_of_every_common_type_are_compared() {
    let database = database_with(SCHEMA).await;
    let columns = "true AS b, 7::int2 AS i2, 8::int4 AS i4, 9::int8 AS i8, 1.5::float8 AS f8, 12.50::numeric AS num, 'x'::text AS t, \
        'y'::name AS nm, 'z'::varchar AS vc, '{\"a\": [1]}'::jsonb AS j, '2026-01-02 03:04:05+00'::timestamptz AS ts, \
        '2026-01-02'::date AS d, 'f0000000-0000-0000-0000-000000000001'::uuid AS id, 'calm'::mood AS m, \
        ARRAY['a', NULL]::text[] AS ta, ARRAY[1, 2] AS ia, 'r'::\"char\" AS c, 42::oid AS o";
    let equals = [
        ("b", "true"),
        ("i2", "7"),
        ("i4", "8"),
        ("i8", "9"),
        ("f8", "1.5"),
        ("num", "\"12.50\""),
        ("t", "\"x\""),
        ("nm", "\"y\""),
        ("vc", "\"z\""),
        ("j", "{ a = [1] }"),
        ("ts", "\"2026-01-02T03:04:05Z\""),
        ("d", "\"2026-01-02\""),
        ("id", "\"f0000000-0000-0000-0000-000000000001\""),
        ("m", "\"calm\""),
        ("ia", "[1, 2]"),
        ("c", "\"r\""),
        ("o", "42"),
    ];
    let expect: Vec<_> = equals
        .iter()
        .map(|(name, value)| format!("{{ check = \"column\", name = \"{name}\", equals = {value} }}"))
        .collect();
    let gates = sql("types", &format!("SELECT {columns}"), "", &expect.join(", "))
        + &*sql(
            "bound",
            "SELECT $1::text AS a, $2::int + 1 AS b",
            "\"{git_sha}'; DROP TABLE kept --\", \"41\"",
            "{ check = \"column\", name = \"b\", equals = 42 }, { check = \"column\", name = \"a\", contains = \"DROP\" }",
        );
    let bench = Bench::new("http://127.0.0.1:1", &database_url(&database), &gates);
    let verdict = bench.run("types").await;
    assert_verdict(&verdict, Pass, "All 17 checks hold");
    assert!(verdict.output.starts_with("b | i2 | i4"), "{}", verdict.output);
    let verdict = bench.run("bound").await;
    assert_verdict(&verdict, Pass, "All 2 checks hold");
    assert!(
        verdict
            .request
            .ends_with("-- $1 = a1b2c3d4e5f6'; DROP TABLE kept --\n-- $2 = 41"),
        "{}",
        verdict.request
    );
    assert_eq!(
        database.sql("postgres", "SELECT count(*) FROM kept").expect("a number"),
        "3"
    );
}

#[tokio::test]
async fn the_database_itself_stops_a_statement_that_takes_too_long() {
    let database = database_with(SCHEMA).await;
    let slow = sql(
        "slow",
        "SELECT pg_sleep(60)::text AS s",
        "",
        "{ check = \"rows\", equals = 1 }",
    );
    let bench = Bench::new(
        "http://127.0.0.1:1",
        &database_url(&database),
        &slow.replace("5s", "600ms"),
    );
    assert_verdict(&bench.run("slow").await, Inconclusive, "No answer");
    let running = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'holdpoint' AND state = 'active'";
    for _ in 0..40 {
        if database.sql("postgres", running).expect("a number") == "0" {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the statement still runs two seconds after its time limit");
}

/// A heavy thread beside the gate, to see that nothing else waits for it: the longest time between two of its ticks.
async fn longest_pause(gate: impl Future<Output = Verdict>) -> (Verdict, Duration) {
    let ticking = tokio::spawn(async {
        let (mut last, mut longest) = (Instant::now(), Duration::ZERO);
        loop {
            tokio::time::sleep(Duration::from_millis(5)).await;
            longest = longest.max(last.elapsed());
            last = Instant::now();
            LONGEST.store(u64::try_from(longest.as_millis()).unwrap(), Ordering::SeqCst);
        }
    });
    let verdict = gate.await;
    ticking.abort();
    (verdict, Duration::from_millis(LONGEST.load(Ordering::SeqCst)))
}
static LONGEST: AtomicU64 = AtomicU64::new(0);

#[tokio::test]
async fn an_answer_that_is_too_long_is_given_up_before_it_is_read() {
    let database = database_with(SCHEMA).await;
    let any = "{ check = \"rows\", at_least = 1 }";
    let gates = sql("row", "SELECT repeat('x', 300000000) AS a", "", any)
        + &*sql(
            "rows",
            "SELECT repeat('x', 1000) AS a FROM generate_series(1, 900) ",
            "",
            any,
        )
        .replace("bind = []", "bind = [], max_bytes = 100000")
        + &*sql(
            "fits",
            "SELECT repeat('x', 1000) AS a FROM generate_series(1, 900) ",
            "",
            any,
        );
    let bench = Bench::new("http://127.0.0.1:1", &database_url(&database), &gates);
    let (verdict, pause) = longest_pause(bench.run("row")).await;
    assert_verdict(&verdict, Inconclusive, "more bytes of rows than the 1048576");
    // Reading it takes seconds; the length that stands before it is enough.
    assert!(pause < Duration::from_secs(1), "nothing else ran for {pause:?}");
    assert_verdict(
        &bench.run("rows").await,
        Inconclusive,
        "more bytes of rows than the 100000",
    );
    assert_verdict(&bench.run("fits").await, Pass, "Rows: 900");
}

#[tokio::test]
async fn the_time_limit_holds_while_rows_arrive() {
    let database = database_with(SCHEMA).await;
    let any = "{ check = \"rows\", at_least = 1 }";
    // The database would go on: its own limit is taken away.
    let statement =
        "SELECT set_config('statement_timeout', '0', true), n, pg_sleep(0.05) FROM generate_series(1, 900) AS n";
    let gates = sql("drips", statement, "", any).replace("5s", "500ms");
    let bench = Bench::new("http://127.0.0.1:1", &database_url(&database), &gates);
    let since = Instant::now();
    assert_verdict(&bench.run("drips").await, Inconclusive, "No answer");
    assert!(since.elapsed() < Duration::from_secs(4));
}

#[tokio::test]
async fn what_cannot_mend_itself_is_not_asked_again() {
    let database = database_with(SCHEMA).await;
    let one = "{ check = \"column\", name = \"n\", equals = 1 }";
    let polls = |name: &str, statement: &str, expect: &str| {
        sql(name, statement, "", expect).replace(
            "timeout = ",
            "poll = { every = \"20ms\", until = \"900ms\" }\ntimeout = ",
        )
    };
    let gates = polls("table", "SELECT n FROM nowhere", one)
        + &*polls("column", "SELECT nothing AS n FROM kept", one)
        + &*polls("answer", "SELECT n AS m FROM kept WHERE false", one)
        + &*polls("function", "SELECT nothing() AS n", one)
        + &*polls("writes", "SELECT wipe() AS n", one)
        + &*polls("divides", "SELECT 1 / (n - 1) AS n FROM kept", one)
        + &*polls("waits", "SELECT n FROM kept WHERE n = 2", one);
    let bench = Bench::new("http://127.0.0.1:1", &database_url(&database), &gates);
    for gate in ["table", "column", "answer", "function", "writes"] {
        let verdict = bench.run(gate).await;
        assert_verdict(&verdict, Inconclusive, "so it was not asked again");
        assert_eq!(verdict.attempts, 1, "{gate}");
    }
    let verdict = bench.run("divides").await;
    assert_verdict(&verdict, Inconclusive, "division by zero");
    assert!(verdict.attempts > 1, "data may change");
    assert!(bench.run("waits").await.attempts > 1);

    for (url, words) in [
        ("postgres://nobody@127.0.0.1:PORT/postgres", "SQLSTATE 28000"),
        ("postgres://postgres@127.0.0.1:PORT/nothing", "SQLSTATE 3D000"),
        (
            "postgres://postgres@127.0.0.1:PORT/postgres?sslmode=require",
            "does not encrypt",
        ),
        (
            "postgres://postgres@127.0.0.1:PORT/postgres?sslmode=maybe",
            "its sslmode is none of",
        ),
    ] {
        let url = url.replace("PORT", &database.port().to_string());
        let verdict = Bench::new("http://127.0.0.1:1", &url, &gates).run("waits").await;
        assert_verdict(&verdict, Inconclusive, words);
        assert_eq!(verdict.attempts, 1, "{url}");
    }
    // A server that is not there may come back.
    let gone = Bench::new("http://127.0.0.1:1", "postgres://postgres@127.0.0.1:1/postgres", &gates);
    assert!(gone.run("waits").await.attempts > 1);
}
