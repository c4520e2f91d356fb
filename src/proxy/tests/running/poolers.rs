//! SQL gates through a pooler that gives each transaction another server: PgBouncer in transaction mode, as hosted databases have it.

use holdpoint_domain::gate::Outcome::{Inconclusive, Pass};
use holdpoint_tests::TestPgBouncer;

use super::statements::sql;
use crate::common::{Bench, assert_verdict, database_with};

#[tokio::test]
async fn a_gate_asks_through_pgbouncer_in_transaction_mode() {
    let database =
        database_with("CREATE TABLE kept (n int, at timestamptz); INSERT INTO kept VALUES (1, 'infinity')").await;
    let pooler = TestPgBouncer::start(&database).expect("a pooler");
    let gates = sql(
        "kept",
        "SELECT n, at, 0.1::real AS f, $1::text AS v FROM kept WHERE n = $2::int",
        "\"{version}\", \"1\"",
        "{ check = \"column\", name = \"n\", equals = 1 }, { check = \"column\", name = \"at\", equals = \"infinity\" }, \
         { check = \"column\", name = \"f\", equals = 0.1 }, { check = \"column\", name = \"v\", equals = \"v1.4.2\" }",
    ) + &*sql(
        "left",
        "SELECT (SELECT count(*) FROM pg_prepared_statements) AS statements, current_setting('TimeZone') AS zone",
        "",
        "{ check = \"column\", name = \"statements\", equals = 0 }",
    ) + &*sql(
        "broken",
        "SELECT nothing FROM kept",
        "",
        "{ check = \"rows\", equals = 1 }",
    ) + &*sql(
        "long",
        "SELECT repeat('x', 3000000) AS a",
        "",
        "{ check = \"rows\", equals = 1 }",
    );
    let bench = Bench::new("http://127.0.0.1:1", &pooler.url("postgres"), &gates);
    // All of them share one server, so that what one leaves behind, the next one meets.
    for _ in 0..3 {
        assert_verdict(&bench.run("kept").await, Pass, "All 4 checks hold");
        assert_verdict(
            &bench.run("broken").await,
            Inconclusive,
            "column \"nothing\" does not exist",
        );
        assert_verdict(&bench.run("long").await, Inconclusive, "more bytes of rows than");
        assert_verdict(&bench.run("left").await, Pass, "Column statements: 0");
    }
    let all = futures::future::join_all((0..4).map(|_| bench.run("kept"))).await;
    assert!(all.iter().all(|verdict| verdict.outcome == Pass), "{all:?}");

    let wrong = pooler.url("postgres").replace(":p00led", ":wrong");
    let verdict = Bench::new("http://127.0.0.1:1", &wrong, &gates).run("kept").await;
    assert_verdict(&verdict, Inconclusive, "cannot be reached");
}

#[tokio::test]
async fn a_role_that_may_too_much_is_remarked_on() {
    let roles = "CREATE ROLE reader LOGIN; CREATE ROLE signals LOGIN IN ROLE pg_signal_backend";
    let database = database_with(roles).await;
    let gates = sql("any", "SELECT 1 AS n", "", "{ check = \"rows\", equals = 1 }");
    let remarks = async |url: String| {
        Bench::new("http://127.0.0.1:1", &url, &gates)
            .runner
            .remarks_on_roles()
            .await
    };
    for (role, words) in [
        ("postgres", "is a superuser"),
        ("signals", "is a member of pg_signal_backend"),
    ] {
        let remarks = remarks(database.url_as(role, "postgres")).await;
        assert_eq!(remarks.len(), 1);
        assert!(
            remarks[0].contains(&format!("as “{role}”, which {words}")),
            "{}",
            remarks[0]
        );
    }
    assert_eq!(remarks(database.url_as("reader", "postgres")).await, [""; 0]);
    assert_eq!(remarks("postgres://x@127.0.0.1:1/none".to_owned()).await, [""; 0]);
}
