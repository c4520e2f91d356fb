//! What is told when a `gates.toml` is not of the form that declarations have: a key that is missing or unknown, a value of another type.

/// An example of a key, where the keys that lead to its table are these.
pub(super) fn example(table: &[String], key: &str) -> Option<&'static str> {
    let table: Vec<&str> = table.iter().map(String::as_str).collect();
    match table.as_slice() {
        ["environments", _] => environment(key),
        ["environments", _, "databases" | "secrets", _] => secret(key),
        ["gates", _] => gate(key),
        ["gates", _, "http"] | ["gates", _, "http", _] => request(key),
        ["gates", _, "sql"] => statement(key),
        ["gates", _, "command"] => command(key),
        ["gates", _, "retry"] => match key {
            "times" => Some("times = 2"),
            "pause" => Some("pause = \"5s\""),
            _ => None,
        },
        ["gates", _, "poll"] => match key {
            "every" => Some("every = \"10s\""),
            "until" => Some("until = \"5m\""),
            _ => None,
        },
        ["gates", _, "expect", _] => expectation(key),
        _ => None,
    }
}

fn environment(key: &str) -> Option<&'static str> {
    Some(match key {
        "title" => "title = \"Production\"",
        "production" => "production = true",
        "rehearsal" => "rehearsal = true",
        "repository" => "repository = \"https://github.com/org/name\"",
        "urls" => "urls = { api = \"https://api.example.com\" }",
        "hosts" => "hosts = [\"cdn.example.com\"]",
        "private_addresses" => "private_addresses = true",
        "databases" => "databases = { main = { env = \"DATABASE_URL\" } }",
        "variables" => "variables = { mode = \"prod\" }",
        "secrets" => "secrets = { token = { file = \"/run/secrets/token\" } }",
        "folder" => "folder = \"..\"",
        "env" => "env = { MODE = \"{mode}\" }",
        "programs" => "programs = { python = [\"python3\"] }",
        "pipeline" => "pipeline = { repository = \"org/name\", workflow = \"deploy.yml\" }",
        _ => return None,
    })
}

fn secret(key: &str) -> Option<&'static str> {
    match key {
        "env" => Some("env = \"TOKEN\""),
        "file" => Some("file = \"/run/secrets/token\""),
        _ => None,
    }
}

fn gate(key: &str) -> Option<&'static str> {
    Some(match key {
        "title" => "title = \"API health\"",
        "plain" => "plain = \"The new version answers\"",
        "kind" => "kind = \"http\"",
        "http" => "http = { url = \"{url.api}/health\" }",
        "sql" => "sql = { database = \"main\", statement = \"SELECT 1\" }",
        "command" => "command = { argv = [\"python\", \"check.py\"] }",
        "timeout" => "timeout = \"10s\"",
        "retry" => "retry = { times = 2, pause = \"5s\" }",
        "poll" => "poll = { every = \"10s\", until = \"5m\" }",
        "fresh_for" => "fresh_for = \"10m\"",
        "auto" => "auto = true",
        "direct" => "direct = true",
        "on_fail" => "on_fail = \"rollback\"",
        "environments" => "environments = [\"prod\"]",
        "expect" => "expect = [{ check = \"status\", equals = 200 }]",
        _ => return None,
    })
}

fn request(key: &str) -> Option<&'static str> {
    Some(match key {
        "method" => "method = \"HEAD\"",
        "url" => "url = \"{url.api}/health\"",
        "headers" => "headers = { authorization = \"Bearer {secret.token}\" }",
        "body" => "body = \"{}\"",
        "redirects" => "redirects = 1",
        "max_bytes" => "max_bytes = 1048576",
        _ => return None,
    })
}

fn statement(key: &str) -> Option<&'static str> {
    Some(match key {
        "database" => "database = \"main\"",
        "statement" => "statement = \"SELECT count(*) FROM jobs\"",
        "bind" => "bind = [\"{mode}\"]",
        "max_rows" => "max_rows = 1000",
        "max_bytes" => "max_bytes = 1048576",
        _ => return None,
    })
}

fn command(key: &str) -> Option<&'static str> {
    Some(match key {
        "argv" => "argv = [\"python\", \"check.py\"]",
        "folder" => "folder = \"tools\"",
        "env" => "env = { MODE = \"{mode}\" }",
        "max_bytes" => "max_bytes = 1048576",
        _ => return None,
    })
}

fn expectation(key: &str) -> Option<&'static str> {
    Some(match key {
        "of" => "of = \"health\"",
        "check" => "check = \"status\"",
        "label" => "label = \"The service is ready\"",
        "name" => "name = \"content-type\"",
        "path" => "path = \"$.status\"",
        "where" => "where = { service = \"mailer\" }",
        "inconclusive" => "inconclusive = [2]",
        "equals" => "equals = 200",
        "not_equals" => "not_equals = 0",
        "one_of" => "one_of = [200, 204]",
        "contains" => "contains = \"ready\"",
        "not_contains" => "not_contains = \"error\"",
        "matches" => "matches = \"^ready\"",
        "at_least" => "at_least = 1",
        "at_most" => "at_most = 10",
        "below" => "below = \"500ms\"",
        "commit" => "commit = \"{git_sha}\"",
        "count_equals" => "count_equals = 3",
        _ => return None,
    })
}

/// The example of the last key of a path that has one, for a value that is wrong anywhere within it.
fn example_around(path: &[String]) -> Option<&'static str> {
    (1..=path.len()).rev().find_map(|end| {
        let (key, table) = path.get(..end)?.split_last()?;
        example(table, key)
    })
}

/// What serde says of a value that is not of the wanted type: what it found, and what is wanted.
fn wrong_type(said: &str) -> Option<(&str, &str)> {
    let wrong = said
        .strip_prefix("invalid type: ")
        .or_else(|| said.strip_prefix("invalid value: "))?;
    // What was found may have the same words in it.
    wrong.rsplit_once(", expected ")
}

/// What was found, with its article. A string is not repeated: it may be a secret that was written in the place of its name.
fn found_in_words(found: &str) -> String {
    if found.starts_with("string ") {
        "a string".to_owned()
    } else {
        format!("the {found}")
    }
}

/// What serde says, without the strings that it found.
pub(super) fn without_strings(said: &str) -> String {
    match (said.split_once(": "), wrong_type(said)) {
        (Some((what, _)), Some((found, wanted))) if found.starts_with("string ") => {
            format!("{what}: a string, expected {wanted}")
        }
        _ => said.to_owned(),
    }
}

/// What serde says of a value at a path, in words that say what to write.
pub(super) fn sentence(said: &str, path: &[String]) -> String {
    if let Some(key) = said
        .strip_prefix("missing field `")
        .and_then(|rest| rest.strip_suffix('`'))
    {
        let write = example(path, key).map_or_else(String::new, |example| format!("; write {example}"));
        return format!("there is no `{key}`{write}");
    }
    if let Some((key, known)) = said
        .strip_prefix("unknown field ")
        .and_then(|rest| rest.split_once(", expected "))
    {
        return format!("there is no key {key} here; write {known}");
    }
    if let Some((word, known)) = said
        .strip_prefix("unknown variant ")
        .and_then(|rest| rest.split_once(", expected "))
    {
        return format!("it cannot be {word}; write {known}");
    }
    if let (Some((found, wanted)), Some(example)) = (wrong_type(said), example_around(path)) {
        // The names of Rust's types say nothing to an author.
        let plain = !wanted.starts_with("struct ") && !["u8", "u32", "u64", "i32"].contains(&wanted);
        let wanted = if plain { format!(" ({wanted})") } else { String::new() };
        return format!("it cannot be {}; write {example}{wanted}", found_in_words(found));
    }
    without_strings(said)
}
