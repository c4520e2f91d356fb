//! SQL gates: every type that PostgreSQL has is read, by the server's own text, and what is read is compared exactly.

use std::collections::BTreeSet;

use holdpoint_domain::gate::Outcome::Pass;
use serde_json::{Value, json};

use super::statements::sql;
use crate::common::{Bench, assert_verdict, database_url, database_with};

/// What a value of a type arrives as.
enum Arrives {
    /// As the text that `psql` prints.
    AsText,
    As(Value),
}
use Arrives::{As, AsText};

/// Every type of `pg_catalog` that a column can have, with a value of it. Arrays and ranges follow from these.
fn types() -> Vec<(&'static str, &'static str, Arrives)> {
    vec![
        ("aclitem", "'postgres=r/postgres'::aclitem", AsText),
        ("bit", "B'101'::bit(3)", AsText),
        ("bool", "true", As(json!(true))),
        ("box", "'(2,2),(1,1)'::box", AsText),
        ("bpchar", "'ok'::char(10)", As(json!("ok"))),
        ("bytea", r"'\x00ff41'::bytea", AsText),
        ("char", "'r'::\"char\"", AsText),
        ("cid", "'7'::cid", AsText),
        ("cidr", "'10.1.0.0/16'::cidr", AsText),
        ("circle", "'<(1,2),3>'::circle", AsText),
        ("date", "'2026-01-02'::date", AsText),
        ("float4", "0.1::real", As(json!(0.1))),
        (
            "float8",
            "0.1::float8 + 0.2::float8",
            As(json!(0.300_000_000_000_000_04)),
        ),
        ("gtsvector", "NULL::gtsvector", AsText),
        ("inet", "'::1/64'::inet", AsText),
        ("int2", "'-32768'::int2", As(json!(-32768))),
        ("int2vector", "'1 2'::int2vector", AsText),
        ("int4", "'-2147483648'::int4", As(json!(-2_147_483_648_i64))),
        ("int8", "9223372036854775807", As(json!(i64::MAX))),
        ("interval", "'1 year -2 days 03:04:05.5'::interval", AsText),
        (
            "json",
            "'{\"b\": [1, 2.50], \"a\": \"x\"}'::json",
            As(json!({"a": "x", "b": [1, 2.5]})),
        ),
        (
            "jsonb",
            "'{\"a\": 9007199254740993}'::jsonb",
            As(json!({"a": 9_007_199_254_740_993_i64})),
        ),
        ("jsonpath", "'$.a[*]'::jsonpath", AsText),
        ("line", "'{1,2,3}'::line", AsText),
        ("lseg", "'[(1,2),(3,4)]'::lseg", AsText),
        ("macaddr", "'08:00:2b:01:02:03'::macaddr", AsText),
        ("macaddr8", "'08:00:2b:01:02:03:04:05'::macaddr8", AsText),
        ("money", "12.5::numeric::money", AsText),
        ("name", "'y'::name", AsText),
        ("numeric", "12345678901234567890.1234567890", AsText),
        ("oid", "'4294967295'::oid", As(json!(u32::MAX))),
        ("oidvector", "'1 4294967295'::oidvector", AsText),
        ("path", "'((1,2),(3,4))'::path", AsText),
        ("pg_brin_bloom_summary", "NULL::pg_brin_bloom_summary", AsText),
        (
            "pg_brin_minmax_multi_summary",
            "NULL::pg_brin_minmax_multi_summary",
            AsText,
        ),
        ("pg_dependencies", "NULL::pg_dependencies", AsText),
        ("pg_lsn", "'16/B374D848'::pg_lsn", AsText),
        ("pg_mcv_list", "NULL::pg_mcv_list", AsText),
        ("pg_ndistinct", "NULL::pg_ndistinct", AsText),
        (
            "pg_node_tree",
            "(SELECT adbin FROM pg_attrdef WHERE adrelid = 'beat'::regclass)",
            AsText,
        ),
        ("pg_snapshot", "'10:20:10,14'::pg_snapshot", AsText),
        ("point", "'(1.5,-2)'::point", AsText),
        ("polygon", "'((0,0),(1,1),(1,0))'::polygon", AsText),
        ("refcursor", "'c'::refcursor", AsText),
        ("regclass", "'pg_class'::regclass", AsText),
        ("regcollation", "'\"C\"'::regcollation", AsText),
        ("regconfig", "'english'::regconfig", AsText),
        ("regdictionary", "'simple'::regdictionary", AsText),
        ("regnamespace", "'pg_catalog'::regnamespace", AsText),
        ("regoper", "'^@'::regoper", AsText),
        ("regoperator", "'+(int4,int4)'::regoperator", AsText),
        ("regproc", "'now'::regproc", AsText),
        ("regprocedure", "'abs(numeric)'::regprocedure", AsText),
        ("regrole", "'postgres'::regrole", AsText),
        ("regtype", "'int4'::regtype", AsText),
        ("text", "E'a\\tü ☂'", AsText),
        ("tid", "'(0,1)'::tid", AsText),
        ("time", "'24:00:00'::time", As(json!("24:00:00"))),
        (
            "timestamp",
            "'2026-01-02 03:04:05.678901'::timestamp",
            As(json!("2026-01-02T03:04:05.678901")),
        ),
        (
            "timestamptz",
            "'2026-01-02 03:04:05+02'::timestamptz",
            As(json!("2026-01-02T01:04:05Z")),
        ),
        ("timetz", "'24:00:00-05:30'::timetz", AsText),
        ("tsquery", "'a & !b'::tsquery", AsText),
        ("tsvector", "'a:1 b:2'::tsvector", AsText),
        ("txid_snapshot", "'10:20:10,14'::txid_snapshot", AsText),
        ("uuid", "'f0000000-0000-0000-0000-000000000001'::uuid", AsText),
        ("varbit", "B'10101'::varbit", AsText),
        ("varchar", "'ok '::varchar(10)", As(json!("ok "))),
        ("xid", "'4294967295'::xid", AsText),
        ("xid8", "'18446744073709551615'::xid8", AsText),
        ("xml", "'<a b=\"c\"/>'::xml", AsText),
        // Ranges and multiranges.
        ("int4range", "int4range(1, 5)", AsText),
        ("int8range", "int8range(1, NULL)", AsText),
        ("numrange", "'empty'::numrange", AsText),
        ("tsrange", "tsrange('2026-01-01', 'infinity')", AsText),
        ("tstzrange", "tstzrange('2026-01-01', NULL)", AsText),
        ("daterange", "daterange('2026-01-01', '2026-01-02')", AsText),
        ("int4multirange", "'{[1,3),[5,6)}'::int4multirange", AsText),
        ("int8multirange", "'{}'::int8multirange", AsText),
        ("nummultirange", "'{(1.5,2]}'::nummultirange", AsText),
        ("tsmultirange", "'{}'::tsmultirange", AsText),
        ("tstzmultirange", "'{}'::tstzmultirange", AsText),
        ("datemultirange", "'{[2026-01-01,2026-01-02)}'::datemultirange", AsText),
    ]
}

/// Values at the edges of their types, and types that are made of others.
fn edges() -> Vec<(&'static str, Arrives)> {
    vec![
        ("'infinity'::timestamptz", As(json!("infinity"))),
        ("'-infinity'::timestamp", As(json!("-infinity"))),
        ("'infinity'::date", As(json!("infinity"))),
        ("'4713-01-01 BC'::date", As(json!("4713-01-01 BC"))),
        ("'294276-12-31 23:59:59.999999+00'::timestamptz", AsText),
        ("'4713-01-01 00:00:00 BC'::timestamp", AsText),
        ("'5874897-12-31'::date", AsText),
        ("'23:59:60'::time", As(json!("24:00:00"))),
        ("'NaN'::float8", As(json!("NaN"))),
        ("'-Infinity'::real", As(json!("-Infinity"))),
        ("'NaN'::numeric", As(json!("NaN"))),
        ("'Infinity'::numeric", As(json!("Infinity"))),
        ("5e-324::float8", As(json!(5e-324))),
        ("16777217::real", As(json!(16_777_216.0))),
        ("1e-20::numeric", As(json!("0.00000000000000000001"))),
        ("'178000000 years'::interval", AsText),
        ("'  '::char(5)", As(json!(""))),
        ("''::text", As(json!(""))),
        ("''::\"char\"", As(json!(""))),
        ("NULL::int", AsText),
        ("'tense'::mood", As(json!("tense"))),
        ("ARRAY['tense']::mood[]", As(json!("{tense}"))),
        ("4::small", As(json!(4))),
        ("ROW(1, 'a b', NULL)", As(json!("(1,\"a b\",)"))),
        ("ROW('calm', ARRAY[1])::pair", As(json!("(calm,{1})"))),
        ("(SELECT beat FROM beat)", As(json!("(5)"))),
        ("pg_sleep(0)", As(json!(""))),
        ("ARRAY[ARRAY[1, 2], ARRAY[3, 4]]", As(json!([[1, 2], [3, 4]]))),
        ("'[0:1]={5,6}'::int[]", As(json!([5, 6]))),
        ("'{}'::text[]", As(json!([]))),
        (
            r#"ARRAY['NULL', 'a"b\c', '{,}', '', 'ü ']"#,
            As(json!(["NULL", "a\"b\\c", "{,}", "", "ü "])),
        ),
        ("ARRAY['ok'::char(5)]", As(json!(["ok"]))),
        (
            "ARRAY['infinity'::timestamptz, '2026-01-02 00:00:00+00']",
            As(json!(["infinity", "2026-01-02T00:00:00Z"])),
        ),
        ("ARRAY['24:00:00'::time]", As(json!(["24:00:00"]))),
        ("ARRAY['{\"a\": 1}'::jsonb]", As(json!([{"a": 1}]))),
        ("ARRAY[true, false]", As(json!([true, false]))),
        ("ARRAY[0.1::real]", As(json!([0.1]))),
        (
            "ARRAY['(1,1),(0,0)'::box, '(3,3),(2,2)'::box]",
            As(json!(["(1,1),(0,0)", "(3,3),(2,2)"])),
        ),
        ("'x'", As(json!("x"))),
    ]
}

const SCHEMA: &str = "CREATE TYPE mood AS ENUM ('calm', 'tense'); CREATE DOMAIN small AS int CHECK (VALUE < 10);
    CREATE TYPE pair AS (one mood, many int[]); CREATE TABLE beat (n int DEFAULT 5); INSERT INTO beat DEFAULT VALUES;
    -- The settings of a role must not change how a value is read.
    ALTER ROLE postgres SET extra_float_digits = 0; ALTER ROLE postgres SET DateStyle = 'German';
    ALTER ROLE postgres SET TimeZone = 'Asia/Kathmandu'; ALTER ROLE postgres SET bytea_output = 'escape';
    ALTER ROLE postgres SET IntervalStyle = 'iso_8601'";
const OURS: &str =
    "SET extra_float_digits = 3; SET DateStyle = 'ISO, YMD'; SET TimeZone = 'UTC'; SET bytea_output = 'hex';
    SET IntervalStyle = 'postgres'; ";

#[tokio::test]
async fn every_type_of_postgresql_is_read_by_its_own_text() {
    let database = database_with(SCHEMA).await;
    let there = "SELECT typname FROM pg_type WHERE typnamespace = 'pg_catalog'::regnamespace AND typtype IN ('b', 'r', 'm') \
         AND NOT (typelem <> 0 AND typname LIKE '\\_%')";
    let there = database.sql("postgres", there).expect("the types");
    let table: BTreeSet<_> = types().into_iter().map(|(name, ..)| name).collect();
    let missing: Vec<_> = there.lines().filter(|name| !table.contains(name)).collect();
    assert!(missing.is_empty(), "types without a line in the table: {missing:?}");

    let there: BTreeSet<_> = there.lines().collect();
    let listed = types().into_iter().filter(|(name, ..)| there.contains(name));
    let rows: Vec<_> = listed
        .map(|(_, value, arrives)| (value, arrives))
        .chain(edges())
        .collect();
    let (mut columns, mut expected) = (Vec::new(), Vec::new());
    for (place, (value, arrives)) in rows.iter().enumerate() {
        columns.push(format!("{value} AS c{place}"));
        let wanted = match arrives {
            As(value) => value.clone(),
            AsText => Value::from(
                database
                    .sql(
                        "postgres",
                        &format!("{OURS}SELECT coalesce(({value})::text, '(null)'), {value}"),
                    )
                    .map(|printed| printed.split_once('|').expect("two columns").1.to_owned())
                    .expect(value),
            ),
        };
        expected.push(wanted);
    }
    let statement = format!("SELECT {}", columns.join(", "))
        .replace('\\', "\\\\")
        .replace('"', "\\\"");
    let check = |place: usize, value: &Value| {
        let value = toml::Value::try_from(value).expect("no null is in it").to_string();
        // What looks like a placeholder is text here.
        let value = value.replace("{tense}", "{{tense}}");
        format!("{{ check = \"column\", name = \"c{place}\", equals = {value} }}")
    };
    // NULL has no form in TOML, so it is seen in the output.
    let is_null = |place: usize| rows[place].0.contains("NULL::");
    let expect: Vec<_> = expected
        .iter()
        .enumerate()
        .filter(|(place, _)| !is_null(*place))
        .map(|(place, value)| check(place, value))
        .collect();
    let gates = sql("types", &statement, "", &expect.join(", "));
    let bench = Bench::new("http://127.0.0.1:1", &database_url(&database), &gates);
    let verdict = bench.run("types").await;
    for check in verdict.checks.iter().filter(|check| check.outcome != Pass) {
        println!("{}: {} instead of {}", check.check, check.observed, check.expected);
    }
    assert_verdict(&verdict, Pass, &format!("All {} checks hold", expect.len()));
    let nulls = verdict.output.split(" | ").filter(|cell| cell.trim() == "null").count();
    let expected_nulls = (0..rows.len()).filter(|place| is_null(*place)).count();
    assert_eq!(nulls, expected_nulls, "{}", verdict.output);
}

#[tokio::test]
async fn a_value_that_cannot_be_read_is_inconclusive() {
    let database = database_with("CREATE DATABASE raw ENCODING 'SQL_ASCII' TEMPLATE template0").await;
    let any = "{ check = \"rows\", equals = 1 }";
    let gates = sql("bytes", "SELECT E'\\\\377' AS a", "", any)
        + &*sql("range", "SELECT '1e999'::json AS a", "", any)
        + &*sql(
            "deep",
            "SELECT (repeat('[', 500) || repeat(']', 500))::json AS a",
            "",
            any,
        );
    let url = database_url(&database).replace("/postgres?", "/raw?");
    let bench = Bench::new("http://127.0.0.1:1", &url, &gates);
    for (gate, words) in [
        ("bytes", "invalid byte sequence"),
        ("range", "number out of range"),
        ("deep", "recursion limit"),
    ] {
        assert_verdict(
            &bench.run(gate).await,
            holdpoint_domain::gate::Outcome::Inconclusive,
            words,
        );
    }
}
