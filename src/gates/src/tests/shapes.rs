//! What is told of a declaration that has not the form of one: its gate, its key, its place, and what to write.

use crate::config::GatesFile;
use crate::parse::read_document;
use crate::shape::example;

const HEAD: &str = "[environments.prod]\ntitle = \"Production\"\nurls = { api = \"https://api.example\" }\n\n";
/// Its lines are 5 to 9.
const GATE: &str = "[gates.first]\ntitle = \"First\"\nkind = \"http\"\nhttp = { url = \"{url.api}/x\" }\nexpect = [{ check = \"status\", equals = 200 }]\n";

fn error(text: &str) -> String {
    GatesFile::parse(text).expect_err(text).to_string()
}

#[test]
fn each_names_its_gate_its_key_its_place_and_what_to_write() {
    let changed = |from: &str, to: &str| {
        assert_eq!(GATE.matches(from).count(), 1, "{from} is found once");
        GATE.replace(from, to)
    };
    let with = |line: &str| format!("{GATE}{line}\n");
    for (gates, told) in [
        (
            changed("expect = [{ check = \"status\", equals = 200 }]\n", ""),
            "5:1: gate “first”: there is no `expect`; write expect = [{ check = \"status\", equals = 200 }]",
        ),
        (
            changed("title = \"First\"\n", ""),
            "5:1: gate “first”: there is no `title`; write title = \"API health\"",
        ),
        (
            changed("kind = \"http\"\n", ""),
            "5:1: gate “first”: there is no `kind`; write kind = \"http\"",
        ),
        (
            changed("url = \"{url.api}/x\"", ""),
            "8:8: gate “first” (http): there is no `url`; write url = \"{url.api}/health\"",
        ),
        (
            changed("check = \"status\", ", ""),
            "9:11: gate “first” (expect.0): there is no `check`; write check = \"status\"",
        ),
        (
            with("retry = { times = 2 }"),
            "10:9: gate “first” (retry): there is no `pause`; write pause = \"5s\"",
        ),
        (
            with("poll = { every = \"1s\" }"),
            "10:8: gate “first” (poll): there is no `until`; write until = \"5m\"",
        ),
        (
            changed("http = { url = \"{url.api}/x\" }", "sql = { database = \"main\" }"),
            "8:7: gate “first” (sql): there is no `statement`; write statement = \"SELECT count(*) FROM jobs\"",
        ),
        (
            changed("http = { url = \"{url.api}/x\" }", "command = {}"),
            "8:11: gate “first” (command): there is no `argv`; write argv = [\"python\", \"check.py\"]",
        ),
        (
            changed("equals = 200", "equal = 200"),
            "9:31: gate “first” (expect.0.equal): there is no key `equal` here; write one of `of`, `check`",
        ),
        (
            with("time_out = \"5s\""),
            "10:1: gate “first” (time_out): there is no key `time_out` here; write one of `title`, `plain`",
        ),
        (
            changed("kind = \"http\"", "kind = \"htp\""),
            "7:8: gate “first” (kind): it cannot be `htp`; write one of `http`, `sql`, `command`",
        ),
        (
            changed("\"status\"", "\"statuss\""),
            "9:21: gate “first” (expect.0.check): it cannot be `statuss`; write one of `status`, `header`",
        ),
        (
            with("on_fail = \"go on\""),
            "10:11: gate “first” (on_fail): it cannot be `go on`; write one of `stop`, `rollback`, `caution`",
        ),
        (
            changed("\"First\"", "1"),
            "6:9: gate “first” (title): it cannot be the integer `1`; write title = \"API health\"",
        ),
        (
            with("timeout = 10"),
            "10:11: gate “first” (timeout): it cannot be the integer `10`; write timeout = \"10s\"",
        ),
        (
            with("timeout = \"soon\""),
            "10:11: gate “first” (timeout): “soon” is not a duration; write a whole number and a unit",
        ),
        (
            with("direct = \"perhaps\""),
            "10:10: gate “first” (direct): it cannot be a string; write direct = true (true, false or \"decides\")",
        ),
        (
            with("environments = [\"prod\", 2]"),
            "10:25: gate “first” (environments.1): it cannot be the integer `2`; write environments = [\"prod\"]",
        ),
        (
            changed("url = \"{url.api}/x\"", "url = \"{url.api}/x\", headers = { a = 1 }"),
            "8:47: gate “first” (http.headers.a): it cannot be the integer `1`; write headers = ",
        ),
        (
            changed("[{ check = \"status\", equals = 200 }]", "\"200\""),
            "9:10: gate “first” (expect): it cannot be a string; write expect = [{ check",
        ),
        (
            changed("{ url = \"{url.api}/x\" }", "\"{url.api}/x\""),
            "8:8: gate “first” (http): it cannot be a string; write http = { url = ",
        ),
        (
            changed("\"First\"", "Second"),
            "6:9: gate “first”: string values must be quoted",
        ),
        (with("title = \"Again\""), "10:1: gate “first”: duplicate key"),
        (with("timeout = "), "10:11: gate “first”: string values must be quoted"),
        // Nothing says that this belongs to the gate above.
        (with("[gates.next\ntitle = 1"), "10:12: unclosed table"),
        // An unfinished header of its own table does.
        (
            with("[gates.first.retry\ntimes = 1"),
            "10:19: gate “first”: unclosed table",
        ),
    ] {
        let error = error(&format!("{HEAD}{gates}"));
        assert!(error.starts_with(told), "{error}\nshould be\n{told}\n{gates}");
    }
}

#[test]
fn environments_are_named_likewise() {
    for (from, to, told) in [
        (
            "title = \"Production\"\n",
            "",
            "1:1: environment “prod”: there is no `title`; write title = \"Production\"",
        ),
        (
            "urls",
            "url",
            "3:1: environment “prod” (url): there is no key `url` here; write one of `title`",
        ),
        (
            "\"https://api.example\"",
            "443",
            "3:16: environment “prod” (urls.api): it cannot be the integer `443`; write urls = ",
        ),
    ] {
        let error = error(&HEAD.replacen(from, to, 1));
        assert!(error.starts_with(told), "{error}\nshould be\n{told}");
    }
}

/// A secret may stand where its name belongs, and what is told goes to terminals and logs.
#[test]
fn no_string_of_the_file_is_repeated() {
    let secret = "ghp_real, expected 1";
    for line in [
        format!("secrets = {{ token = \"{secret}\" }}"),
        format!("databases = {{ main = \"{secret}\" }}"),
        format!("secrets = \"{secret}\""),
        format!("variables = \"{secret}\""),
        format!("production = \"{secret}\""),
    ] {
        let error = error(&format!("[environments.prod]\ntitle = \"Production\"\n{line}\n"));
        assert!(!error.contains("ghp_real"), "{error}");
        assert!(error.contains("it cannot be a "), "{error}\n{line}");
    }
    let read = read_document::<std::collections::BTreeMap<String, u32>>(&format!("port = \"{secret}\""), |document| {
        Ok(document)
    });
    let error = read.expect_err("not a number").to_string();
    assert_eq!(error, "1:8: invalid type: a string, expected u32");
}

/// Every key that there may be has an example, and the examples are TOML of the right form.
#[test]
fn every_key_has_an_example_that_can_be_read() {
    let tables = [
        ("environments.e", "title = \"E\"\n"),
        ("environments.e.secrets.s", ""),
        ("environments.e.databases.s", ""),
        ("gates.g", "title = \"G\"\nkind = \"http\"\nexpect = []\n"),
        ("gates.g.http", "url = \"{url.api}\"\n"),
        ("gates.g.http.one", "url = \"{url.api}\"\n"),
        ("gates.g.sql", "database = \"main\"\nstatement = \"SELECT 1\"\n"),
        ("gates.g.command", "argv = [\"a\"]\n"),
        ("gates.g.retry", "times = 1\npause = \"1s\"\n"),
        ("gates.g.poll", "every = \"1s\"\nuntil = \"9s\"\n"),
        ("gates.g.expect.0", "check = \"status\"\n"),
    ];
    for (table, needed) in tables {
        let header = match table.strip_suffix(".0") {
            Some(list) => format!("[[{list}]]\n"),
            None => format!("[{table}]\n"),
        };
        let path: Vec<String> = table.split('.').map(str::to_owned).collect();
        let told = error(&format!("{header}{needed}surprise = 1\n"));
        let (_, known) = told.split_once("; write ").expect(&told);
        let known: Vec<&str> = known.split('`').skip(1).step_by(2).collect();
        assert!(known.len() > 1, "{table}: {told}");
        for key in known {
            let example = example(&path, key).unwrap_or_else(|| panic!("{table} has no example of {key}"));
            assert!(example.starts_with(&format!("{key} = ")), "{example}");
            let rest = needed.lines().filter(|line| !line.starts_with(&format!("{key} = ")));
            let lines: Vec<&str> = rest.chain([example]).collect();
            let text = format!("{header}{}\n", lines.join("\n"));
            // What is told then is about what the declarations mean, or about what the table's own gate lacks.
            if let Err(error) = GatesFile::parse(&text) {
                let shape = ["it cannot be", "no key", "must be quoted", "duplicate"];
                assert!(
                    !shape.iter().any(|words| error.message.contains(words)),
                    "{error}\n{text}"
                );
            }
        }
    }
}
