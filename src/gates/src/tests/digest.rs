//! What a gate's digest covers, and what it leaves out.

use crate::config::GatesFile;
use holdpoint_domain::gate::{ComparedLine, compare_declarations};

const FILE: &str = r#"
[environments.prod]
title = "Production"
production = true
urls = { api = "https://api.example/", github = "https://api.github.example" }
hosts = ["cdn.example"]
databases = { main = { env = "DATABASE_URL" }, other = { env = "OTHER_URL" } }
variables = { mode = "strict", region = "eu" }
secrets = { token = { env = "TOKEN" }, spare = { file = "spare" } }
folder = "checkout"
programs = { python = ["./stand-ins/python"] }

[environments.dev]
title = "Development"
urls = { api = "http://127.0.0.1:8080" }
private_addresses = true

[gates.ask]
title = "Ask"
kind = "http"
direct = false
environments = ["prod"]
http = { method = "POST", url = "{url.api}/health?mode={mode}", headers = { authorization = "Bearer {secret.token}" }, body = "who", redirects = 1, max_bytes = 1000 }
timeout = "5s"
fresh_for = "15m"
retry = { times = 1, pause = "1s" }
expect = [{ check = "status", equals = 200 }, { check = "json", path = "$.region", equals = "{region}" }]

[gates.look]
title = "Look"
kind = "http"
direct = true
environments = ["prod"]
http = { url = "{url.api}/health" }
expect = [{ check = "status", equals = 200 }]

[gates.count]
title = "Count"
kind = "sql"
environments = ["prod"]
sql = { database = "main", statement = "SELECT 1 WHERE 'x' = $1", bind = ["{version}"], max_rows = 10 }
expect = [{ check = "rows", equals = 1 }]

[gates.doctor]
title = "Doctor"
kind = "command"
environments = ["prod"]
command = { argv = ["python", "doctor.py"], folder = "tools", env = { MODE = "all" }, max_bytes = 1000 }
poll = { every = "1s", until = "10s" }
expect = [{ check = "exit_code", equals = 0 }]
"#;

const GATES: [&str; 4] = ["ask", "look", "count", "doctor"];

fn file(text: &str) -> GatesFile {
    GatesFile::parse(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn digest(file: &GatesFile, gate: &str) -> String {
    let snapshot = file.snapshot(gate, "prod").expect("it is declared");
    snapshot.digest.expect("every new snapshot has one")
}

/// Stored sessions hold digests: a change of how one is made would hold every open session's gates.
#[test]
fn the_digest_of_a_declaration_never_changes() {
    let file = file(FILE);
    let digests = GATES.map(|gate| digest(&file, gate));
    assert_eq!(
        digests,
        [
            "ab54262191c105d57bf6fa6f62c715065953acb050e223aad1096b7cbd6d14cf",
            "8c2a3ddafcd7108933e2b67799ed926992c8f5ffe85bb925315e14a9a4465f0e",
            "70d20ff94f4db6ab130fdd9b2065195fb46970b1882432f78344772f38e15dca",
            "bded1dbc6f7a5ad09ab0417f1a9a7fbf4921660e4b630f751eef87c8f044d965",
        ]
    );
}

/// The gates that are others after a change of the text.
fn changed(from: &str, to: &str) -> Vec<&'static str> {
    assert_eq!(FILE.matches(from).count(), 1, "{from} is found once");
    let (before, after) = (file(FILE), file(&FILE.replace(from, to)));
    let other = |gate: &&str| digest(&before, gate) != digest(&after, gate);
    GATES.into_iter().filter(other).collect()
}

#[test]
fn whatever_decides_what_is_asked_or_expected_is_seen() {
    for (from, to, gates) in [
        ("\"POST\"", "\"PUT\"", &["ask"][..]),
        ("/health?mode", "/healthz?mode", &["ask"]),
        ("Bearer {", "Token {", &["ask"]),
        ("\"who\"", "\"what\"", &["ask"]),
        ("redirects = 1", "redirects = 2", &["ask"]),
        ("max_bytes = 1000 }\ntimeout", "max_bytes = 2000 }\ntimeout", &["ask"]),
        ("timeout = \"5s\"", "timeout = \"6s\"", &["ask"]),
        ("fresh_for = \"15m\"", "fresh_for = \"16m\"", &["ask"]),
        ("times = 1", "times = 2", &["ask"]),
        ("\"{region}\"", "\"{mode}\"", &["ask"]),
        ("equals = 200 }, {", "one_of = [200, 503] }, {", &["ask"]),
        ("direct = true", "direct = false", &["look"]),
        ("{url.api}/health\"", "{url.github}/health\"", &["look"]),
        ("database = \"main\"", "database = \"other\"", &["count"]),
        ("'x' = $1", "'x' <> $1", &["count"]),
        ("{version}", "{git_sha}", &["count"]),
        ("max_rows = 10", "max_rows = 20", &["count"]),
        ("doctor.py", "nurse.py", &["doctor"]),
        ("folder = \"tools\"", "folder = \"others\"", &["doctor"]),
        ("MODE = \"all\"", "MODE = \"none\"", &["doctor"]),
        ("MODE =", "MODUS =", &["doctor"]),
        ("until = \"10s\"", "until = \"20s\"", &["doctor"]),
        ("exit_code\", equals = 0", "exit_code\", equals = 3", &["doctor"]),
        ("title = \"Doctor\"", "title = \"Nurse\"", &["doctor"]),
        // What the environment adds.
        ("https://api.example/", "https://api.elsewhere", &["ask", "look"]),
        ("https://api.github", "https://other.github", &["ask", "look"]),
        ("\"cdn.example\"", "\"cdn.elsewhere\"", &["ask", "look"]),
        (
            "folder = \"checkout\"",
            "private_addresses = true\nfolder = \"checkout\"",
            &["ask", "look"],
        ),
        ("mode = \"strict\"", "mode = \"loose\"", &["ask"]),
        ("region = \"eu\"", "region = \"us\"", &["ask"]),
        ("env = \"TOKEN\"", "env = \"OTHER_TOKEN\"", &["ask"]),
        ("env = \"TOKEN\"", "file = \"TOKEN\"", &["ask"]),
        ("\"DATABASE_URL\"", "\"STAGING_URL\"", &["count"]),
        ("folder = \"checkout\"", "folder = \"elsewhere\"", &["doctor"]),
        ("./stand-ins/python", "./stand-ins/other", &["doctor"]),
    ] {
        assert_eq!(changed(from, to), gates, "{from} → {to}");
        // And people who compare the two see it.
        let (before, after) = (file(FILE), file(&FILE.replace(from, to)));
        for gate in GATES {
            let [old, new] = [&before, &after].map(|file| file.snapshot(gate, "prod"));
            let lines = compare_declarations(old.as_ref(), new.as_ref());
            let differs = lines.iter().any(ComparedLine::differs);
            assert_eq!(differs, gates.contains(&gate), "{gate}: {from} → {to}: {lines:?}");
        }
    }
}

#[test]
fn what_people_compare_holds_no_secret() {
    let text = FILE.replace(
        "\"Bearer {secret.token}\" }",
        "\"Bearer {secret.token}\", \"x-api-key\" = \"hunter2\", accept = \"text/plain\" }",
    );
    let text = text.replace("MODE = \"all\"", "MODE = \"all\", DB_PASSWORD = \"hunter2\"");
    let file = file(&text);
    let lines = |gate: &str| {
        let lines = file.snapshot(gate, "prod").expect("it is declared").lines();
        let lines = lines.into_iter().map(|line| format!("{}: {}", line.label, line.text));
        lines.collect::<Vec<_>>()
    };
    for (gate, expected) in [
        ("ask", "Headers: authorization: Bearer {secret.token}"),
        ("ask", "Headers: x-api-key: (not shown)"),
        ("ask", "Headers: accept: text/plain"),
        ("ask", "With: secret.token, read from the environment variable TOKEN"),
        ("doctor", "Variables: DB_PASSWORD=(not shown)"),
        ("doctor", "Variables: MODE=all"),
        (
            "count",
            "Database: main, whose address is read from the environment variable DATABASE_URL",
        ),
    ] {
        let lines = lines(gate);
        assert!(lines.iter().any(|line| line == expected), "{expected}: {lines:#?}");
        assert!(!lines.iter().any(|line| line.contains("hunter2")), "{lines:#?}");
    }
}

#[test]
fn what_a_gate_has_nothing_to_do_with_holds_nobody_up() {
    for (from, to) in [
        ("title = \"Production\"", "title = \"Live\""),
        ("production = true\n", ""),
        ("\"OTHER_URL\"", "\"ANOTHER_URL\""),
        ("file = \"spare\"", "env = \"SPARE\""),
        ("region = \"eu\"", "region = \"eu\", further = \"x\""),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8081"),
        (
            "environments = [\"prod\"]\ncommand",
            "environments = [\"prod\", \"dev\"]\ncommand",
        ),
    ] {
        assert_eq!(changed(from, to), [""; 0], "{from} → {to}");
    }
}

#[test]
fn a_stand_in_is_told_from_what_it_stands_for_and_not_from_another() {
    let real = file(FILE);
    let stand_in = |port: u16| {
        let mut file = real.clone();
        let place = file.environments.get_mut("prod").expect("it is declared");
        place.stand_in = Some(format!("http://127.0.0.1:{port}"));
        file
    };
    for gate in GATES {
        assert_eq!(digest(&stand_in(1), gate), digest(&stand_in(2), gate), "{gate}");
        assert_ne!(digest(&stand_in(1), gate), digest(&real, gate), "{gate}");
    }
}

/// A change of these makes every open session's gates inconclusive when the proxy is replaced by a newer one.
#[test]
fn the_digest_of_today_is_that_of_tomorrow() {
    let file = file(FILE);
    let digests = GATES.map(|gate| digest(&file, gate)[..16].to_owned());
    assert_eq!(
        digests,
        [
            "ab54262191c105d5",
            "8c2a3ddafcd71089",
            "70d20ff94f4db6ab",
            "bded1dbc6f7a5ad0"
        ]
    );
}
