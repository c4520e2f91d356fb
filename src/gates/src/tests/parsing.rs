//! `gates.toml`: what is read, and which mistake is told at which place.

use crate::config::{Check, GatesFile};
use holdpoint_domain::gate::GateKind;
use holdpoint_domain::runbook::OnFail;

const ENVIRONMENTS: &str = r#"
[environments.prod]
title = "Production"
production = true
urls = { api = "https://api.example/", github = "https://api.github.example" }
hosts = ["cdn.example"]
databases = { main = { env = "DATABASE_URL" } }
variables = { mode = "prod" }
secrets = { token = { env = "TOKEN" } }

[environments.dev]
title = "Development"
urls = { api = "http://127.0.0.1:8080" }
private_addresses = true
"#;

fn parse(gates: &str) -> Result<GatesFile, String> {
    GatesFile::parse(&format!("{}{gates}", ENVIRONMENTS.trim_start())).map_err(|error| error.to_string())
}

#[test]
fn a_whole_file_is_read() {
    let file = parse(
        r#"
[gates.api-health]
title = "API health"
plain = "The service answers"
kind = "http"
http = { url = "{url.api}/api/health?mode={environment}" }
timeout = "5s"
fresh_for = "15m"
auto = true
direct = true
on_fail = "rollback"
expect = [
  { check = "status", equals = 200 },
  { check = "json", path = "$.git_sha", commit = "{git_sha}" },
  { check = "latency", below = "500ms" },
]

[gates.rpcs]
title = "Canonical RPCs"
kind = "sql"
environments = ["prod"]
sql = { database = "main", statement = "SELECT count(*) FROM pg_proc WHERE proname = $1", bind = ["{mode}"] }
expect = [{ check = "column", name = "count", equals = 1 }]

[gates.doctor]
title = "Doctor"
kind = "command"
command = { argv = ["python", "-m", "tools.doctor", "--env", "{environment}"], env = { TOKEN = "{secret.token}" } }
poll = { every = "10s", until = "2m" }
environments = ["prod"]
expect = [{ check = "output", contains = "all good", label = "Doctor's word" }]
"#,
    )
    .unwrap();
    assert_eq!(file.gates["api-health"].expect[1].check, Check::Json);

    let health = file.snapshot("api-health", "prod").unwrap();
    assert_eq!(health.plain, "The service answers");
    assert_eq!(
        health.direct_url.as_deref(),
        Some("https://api.example/api/health?mode={environment}")
    );
    assert_eq!(
        (health.fresh_seconds, health.timeout_seconds, health.on_fail),
        (900, 5, OnFail::Rollback)
    );
    assert_eq!(
        health.expects,
        ["Status: 200", "$.git_sha: commit {git_sha}", "Time: below 500ms"]
    );
    let doctor = file.snapshot("doctor", "prod").unwrap();
    assert_eq!(
        (doctor.kind, doctor.plain.as_str(), doctor.timeout_seconds),
        (GateKind::Command, "Doctor", 120)
    );
    assert_eq!(doctor.expects, ["Exit code: 0", "Doctor's word: contains “all good”"]);

    assert_eq!(file.snapshot("rpcs", "dev"), None, "it exists in prod only");
    assert_eq!(file.snapshot("rpcs", "nowhere"), None);
    assert_eq!(file.snapshot("nothing", "prod"), None);
}

#[test]
fn an_empty_file_is_fine() {
    let file = GatesFile::parse("").unwrap();
    assert!(file.environments.is_empty() && file.gates.is_empty());
}

/// Each gate is put behind the environments, whose 13 lines it follows; the message must begin with the place, and hold the words.
#[test]
fn every_mistake_has_its_place_and_its_sentence() {
    let http = |rest: &str| {
        format!(
            "[gates.g]\ntitle = \"G\"\nkind = \"http\"\nenvironments = [\"prod\"]\nhttp = {{ url = \"{{url.api}}/x\" }}\n{rest}"
        )
    };
    let expect = |expectation: &str| http(&format!("expect = [{{ {expectation} }}]"));
    let sql = |sql: &str, rest: &str| {
        format!(
            "[gates.g]\ntitle = \"G\"\nkind = \"sql\"\nenvironments = [\"prod\"]\nsql = {{ {sql} }}\nexpect = [{{ check = \"rows\", equals = 0 }}]\n{rest}"
        )
    };
    let request = |http: &str| {
        format!(
            "[gates.g]\ntitle = \"G\"\nkind = \"http\"\nenvironments = [\"prod\"]\nhttp = {{ {http} }}\nexpect = [{{ check = \"status\", equals = 200 }}]"
        )
    };
    let command = |command: &str| {
        format!(
            "[gates.g]\ntitle = \"G\"\nkind = \"command\"\nenvironments = [\"prod\"]\ncommand = {{ {command} }}\nexpect = [{{ check = \"exit_code\", equals = 0 }}]"
        )
    };
    let ok = "expect = [{ check = \"status\", equals = 200 }]\n";
    for (gates, place, words) in [
        ("[gates.g\n".into(), "14:9:", "table"),
        (
            "[gates.g]\ntitle = \"G\"\nkind = \"htp\"\n".into(),
            "16:8:",
            "it cannot be `",
        ),
        (
            "[gates.g]\nkind = \"http\"\nexpect = []\n".into(),
            "14:",
            "there is no `title`",
        ),
        (http("expect = []\n"), "19:1:", "expects nothing"),
        (
            http(&format!("{ok}surprise = 1\n")),
            "20:1:",
            "there is no key `surprise` here",
        ),
        (http(&format!("{ok}timeout = \"0s\"\n")), "20:1:", "more than zero"),
        (http(&format!("{ok}timeout = \"121m\"\n")), "20:1:", "at most 2h"),
        (
            http(&format!("{ok}poll = {{ every = \"5m\", until = \"240h\" }}\n")),
            "20:24:",
            "at most 24h",
        ),
        (
            http(&format!("{ok}poll = {{ every = \"61m\", until = \"2h\" }}\n")),
            "20:10:",
            "at most 1h",
        ),
        (
            http(&format!("{ok}poll = {{ every = \"5s\", until = \"24h\" }}\n")),
            "20:10:",
            "asks 17280 times",
        ),
        (
            http(&format!(
                "{ok}poll = {{ every = \"1ms\", until = \"18446744073709551615ms\" }}\n"
            )),
            "20:10:",
            "at most 10000 times",
        ),
        (
            http(&format!("{ok}retry = {{ times = 2, pause = \"2h\" }}\n")),
            "20:22:",
            "at most 1h",
        ),
        (
            http(&format!("{ok}retry = {{ times = 100, pause = \"1h\" }}\n")),
            "20:11:",
            "longer than 24h",
        ),
        (
            http(&format!("{ok}retry = {{ times = 101, pause = \"1s\" }}\n")),
            "20:11:",
            "between 1 and 100",
        ),
        (
            http(&format!("{ok}timeout = \"10 seconds\"\n")),
            "20:11:",
            "not a duration",
        ),
        (
            http(&format!("{ok}timeout = 10\n")),
            "20:11:",
            "it cannot be the integer `10`",
        ),
        (
            http(&format!("{ok}retry = {{ times = 0, pause = \"1s\" }}\n")),
            "20:11:",
            "between 1 and 100",
        ),
        (
            http(&format!(
                "{ok}retry = {{ times = 1, pause = \"1s\" }}\npoll = {{ every = \"1s\", until = \"9s\" }}\n"
            )),
            "20:1:",
            "cannot be used together",
        ),
        (
            http(&format!("{ok}command = {{ argv = [\"x\"] }}\n")),
            "16:1:",
            "[gates.NAME.http]",
        ),
        (
            "[gates.g]\ntitle = \"G\"\nkind = \"sql\"\nexpect = []\n".into(),
            "16:1:",
            "[gates.NAME.sql]",
        ),
        (expect("check = \"statuss\", equals = 1"), "19:", "it cannot be `"),
        (
            expect("check = \"status\""),
            "19:11:",
            "exactly one comparison, and there are 0",
        ),
        (
            expect("check = \"status\", equals = 200, at_least = 1"),
            "19:11:",
            "equals, at_least",
        ),
        (
            expect("check = \"status\", contains = \"2\""),
            "19:31:",
            "cannot be used with the check “status”",
        ),
        (
            expect("check = \"status\", equals = \"200\""),
            "19:31:",
            "which it never is",
        ),
        (expect("check = \"latency\", equals = 1"), "19:32:", "cannot be used"),
        (
            expect("check = \"rows\", equals = 1"),
            "19:13:",
            "cannot be made by a gate of kind “http”",
        ),
        (expect("check = \"header\", equals = \"a\""), "19:11:", "needs `name`"),
        (expect("check = \"json\", equals = \"a\""), "19:11:", "needs `path`"),
        (
            expect("check = \"body\", path = \"$\", contains = \"a\""),
            "19:29:",
            "no use for `path`",
        ),
        (
            expect("check = \"body\", where = { a = \"b\" }, contains = \"a\""),
            "19:29:",
            "no use for `where`",
        ),
        (
            expect("check = \"json\", path = \"$.a b\", equals = 1"),
            "19:29:",
            "not a JSONPath",
        ),
        (
            expect("check = \"json\", path = \"$.list[?@.a in [1, 2]]\", equals = 1"),
            "19:29:",
            "not a JSONPath",
        ),
        (
            expect("check = \"json\", path = \"$.list[?in(@.a, $.b)]\", equals = 1"),
            "19:29:",
            "function name 'in' is not defined",
        ),
        (
            expect("check = \"json\", path = \"$[\", equals = 1"),
            "19:29:",
            "not a JSONPath",
        ),
        (
            expect("check = \"json\", path = \"$['{git_sha}']\", equals = 1"),
            "19:29:",
            "not filled into `path`",
        ),
        (
            expect("check = \"body\", matches = \"(\""),
            "19:29:",
            "not a regular expression",
        ),
        (expect("check = \"body\", matches = \"{git_sha}\""), "19:29:", "not"),
        (expect("check = \"body\", matches = \"\""), "19:29:", "empty"),
        (expect("check = \"body\", contains = \"\""), "19:29:", "empty"),
        (
            expect("check = \"json\", path = \"$.a\", equals = 2026-01-01"),
            "19:43:",
            "neither text",
        ),
        (
            expect("check = \"json\", path = \"$.a\", equals = nan"),
            "19:43:",
            "neither text",
        ),
        (
            expect("check = \"json\", path = \"$.a\", equals = \"{nobody}\""),
            "19:11:",
            "no value for {nobody}",
        ),
        (
            expect("check = \"body\", contains = \"{secret.token}\""),
            "19:29:",
            "no place in what is expected",
        ),
        (
            request("url = \"{url.nowhere}/x\""),
            "18:10:",
            "no value for {url.nowhere}",
        ),
        (
            request("url = \"{url.api}/{nobody}\""),
            "18:10:",
            "no value for {nobody}",
        ),
        (request("url = \"api.example/x\""), "18:10:", "not a URL"),
        (request("url = \"file:///etc/passwd\""), "18:10:", "http:// or https://"),
        (
            request("url = \"https://u:p@api.example/\""),
            "18:10:",
            "user name or password",
        ),
        (
            request("url = \"https://evil.example/x\""),
            "18:10:",
            "asks evil.example",
        ),
        (
            request("url = \"https://api.example:444/x\""),
            "18:10:",
            "asks api.example:444",
        ),
        (
            request("url = \"{url.api}.evil.example/x\""),
            "18:10:",
            "asks api.example.evil.example",
        ),
        (
            request("url = \"{url.api}/x\", method = \"get\""),
            "18:",
            "not one of GET",
        ),
        (
            request("url = \"{url.api}/x\", headers = { \"a b\" = \"c\" }"),
            "18:",
            "not the name of a header",
        ),
        (
            request("url = \"{url.api}/x\", max_bytes = 0"),
            "18:",
            "number of bytes",
        ),
        (request("url = \"{url.api}/x\", redirects = 11"), "18:", "redirects"),
        (
            request("url = \"{url.api}/x\", method = \"POST\"") + "\ndirect = true",
            "20:1:",
            "method GET",
        ),
        (
            request("url = \"{url.api}/x\", headers = { a = \"{secret.token}\" }") + "\ndirect = true",
            "20:1:",
            "the browser would learn it",
        ),
        (
            sql("database = \"main\", statement = \"SELECT 1; SELECT 2\"", ""),
            "18:",
            "more than one statement",
        ),
        (
            sql("database = \"main\", statement = \"DELETE FROM t\"", ""),
            "18:",
            "begins with “DELETE”",
        ),
        (
            sql("database = \"main\", statement = \"SELECT $1\"", ""),
            "18:",
            "uses 1 bound values, and `bind` has 0",
        ),
        (
            sql("database = \"other\", statement = \"SELECT 1\"", ""),
            "18:9:",
            "declares no database “other”",
        ),
        (
            sql("database = \"main\", statement = \"SELECT 1\", max_rows = 0", ""),
            "18:",
            "number of rows",
        ),
        (command("argv = []"), "18:13:", "no program"),
        (
            command("argv = [\"a\", \"{secret.token}\"]"),
            "18:13:",
            "every user of the machine",
        ),
        (
            command("argv = [\"a\", \"{nobody}\"]"),
            "18:13:",
            "no value for {nobody}",
        ),
        (
            http(ok).replace("\"prod\"", "\"moon\""),
            "17:17:",
            "no environment “moon”",
        ),
        (http(ok).replace("[gates.g]", "[gates.\"g g\"]"), "14:8:", "not a name"),
        (
            http(ok)
                .replace("environments = [\"prod\"]\n", "direct = true\n")
                .replace("{url.api}", "{url.github}"),
            "18:10:",
            "dev",
        ),
        (
            "[environments.x]\ntitle = \"X\"\nurls = { a = \"nonsense\" }\n".into(),
            "16:10:",
            "not a URL",
        ),
        (
            "[environments.x]\ntitle = \"X\"\nhosts = [\"a/b\"]\n".into(),
            "16:10:",
            "not a host",
        ),
        ("[environments.x]\ntitle = \" \"\n".into(), "15:1:", "title is empty"),
        (
            "[environments.x]\ntitle = \"X\"\nsecrets.a = {}\n".into(),
            "16:9:",
            "exactly one of `env`",
        ),
        (
            "[environments.x]\ntitle = \"X\"\nsecrets.a = { env = \"A\", file = \"b\" }\n".into(),
            "16:9:",
            "exactly one of `env`",
        ),
        (
            "[environments.x]\ntitle = \"X\"\nvariables = { version = \"1\" }\n".into(),
            "16:15:",
            "given by the session",
        ),
        (
            "[environments.x]\ntitle = \"X\"\nprograms = { python = [] }\n".into(),
            "16:14:",
            "no program",
        ),
    ] {
        let error = parse(&gates).expect_err(&gates);
        assert!(error.starts_with(place), "{error}\nshould be at {place}\n{gates}");
        assert!(error.contains(words), "{error}\nshould say “{words}”\n{gates}");
    }
}

#[test]
fn a_gate_without_any_environment_could_never_run() {
    let text = "[gates.g]\ntitle = \"G\"\nkind = \"command\"\ncommand = { argv = [\"true\"] }\nexpect = [{ check = \"exit_code\", equals = 0 }]\n";
    let error = GatesFile::parse(text).unwrap_err();
    assert_eq!((error.line, error.column), (1, 8));
    assert!(error.message.contains("no environment is declared"));
}
