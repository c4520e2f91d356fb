//! Answers of HTTP gates.

use super::{check_all, http, truncated};
use crate::evaluate::Observation;
use holdpoint_domain::gate::Outcome::{Fail, Inconclusive, Pass};

#[test]
fn http_answers() {
    let body = br#"{"status":"healthy","db":true,"n":2,"one":"1","sha":"A1B2C3D","none":null,"list":[{"a":1},{"a":2}],"runs":[{"c":"success"}]}"#;
    let ok = || http(200, body);
    check_all(&[
        ("check = 'status'; equals = 200", ok(), Pass, "200"),
        ("check = 'status'; equals = 200", http(503, body), Fail, "503"),
        ("check = 'status'; one_of = [200, 204]", ok(), Pass, "one of 200, 204"),
        ("check = 'status'; at_most = 299", http(302, b""), Fail, "at most 299"),
        ("check = 'status'; equals = 503", http(503, b""), Pass, "503"),
        (
            "check = 'header'; name = 'content-type'; contains = 'json'",
            ok(),
            Pass,
            "application/json",
        ),
        ("check = 'header'; name = 'etag'; contains = 'a'", ok(), Fail, "absent"),
        (
            "check = 'header'; name = 'etag'; not_contains = 'a'",
            ok(),
            Fail,
            "absent",
        ),
        ("check = 'body'; contains = 'healthy'", ok(), Pass, "healthy"),
        (
            "check = 'body'; contains = 'healthy'",
            http(500, body),
            Fail,
            "200 to 299",
        ),
        (
            "check = 'body'; not_contains = 'healthy'",
            ok(),
            Fail,
            "does not contain",
        ),
        ("check = 'body'; matches = '\"n\":\\s*2'", ok(), Pass, "matches"),
        ("check = 'body'; matches = '^n'", ok(), Fail, "matches"),
        ("check = 'body'; contains = '{empty}'", ok(), Inconclusive, "empty"),
        (
            "check = 'body'; contains = '{nobody}'",
            ok(),
            Inconclusive,
            "no value for {nobody}",
        ),
        ("check = 'body'; contains = 'a'", http(200, b""), Fail, "expected"),
        (
            "check = 'body'; not_contains = 'a'",
            http(200, b"\xff\xfe"),
            Inconclusive,
            "not UTF-8",
        ),
        (
            "check = 'body'; contains = 'healthy'",
            truncated(ok()),
            Inconclusive,
            "longer than may be read",
        ),
        (
            "check = 'status'; equals = 200",
            truncated(ok()),
            Inconclusive,
            "within the cap",
        ),
        (
            "check = 'json'; path = '$.status'; equals = 'healthy'",
            ok(),
            Pass,
            "healthy",
        ),
        (
            "check = 'json'; path = '$.status'; equals = 'healthy'",
            http(404, body),
            Fail,
            "404",
        ),
        (
            "check = 'json'; path = '$.status'; not_equals = 'healthy'",
            ok(),
            Fail,
            "healthy",
        ),
        ("check = 'json'; path = '$.db'; equals = true", ok(), Pass, "true"),
        ("check = 'json'; path = '$.db'; equals = false", ok(), Fail, "true"),
        (
            "check = 'json'; path = '$.db'; equals = 'true'",
            ok(),
            Inconclusive,
            "cannot be compared with text",
        ),
        (
            "check = 'json'; path = '$.one'; equals = 1",
            ok(),
            Inconclusive,
            "text cannot be compared with a number",
        ),
        (
            "check = 'json'; path = '$.one'; not_equals = 1",
            ok(),
            Inconclusive,
            "cannot be compared",
        ),
        (
            "check = 'json'; path = '$.one'; at_least = 1",
            ok(),
            Inconclusive,
            "not a number",
        ),
        ("check = 'json'; path = '$.n'; equals = 2.0", ok(), Pass, "2"),
        ("check = 'json'; path = '$.n'; at_least = 3", ok(), Fail, "at least 3"),
        (
            "check = 'json'; path = '$.n'; contains = '2'",
            ok(),
            Inconclusive,
            "not text",
        ),
        (
            "check = 'json'; path = '$.none'; not_equals = 'a'",
            ok(),
            Inconclusive,
            "null cannot be compared",
        ),
        (
            "check = 'json'; path = '$.gone'; equals = 1",
            ok(),
            Inconclusive,
            "selects nothing",
        ),
        (
            "check = 'json'; path = '$.gone'; not_equals = 1",
            ok(),
            Inconclusive,
            "selects nothing",
        ),
        (
            "check = 'json'; path = '$.list[*].a'; equals = 1",
            ok(),
            Inconclusive,
            "selects 2 values",
        ),
        (
            "check = 'json'; path = '$.list[*].a'; count_equals = 2",
            ok(),
            Pass,
            "2 selected",
        ),
        (
            "check = 'json'; path = '$.list[?@.a > 1].a'; equals = 2",
            ok(),
            Pass,
            "2",
        ),
        (
            "check = 'json'; path = '$.gone[*]'; count_equals = 0",
            ok(),
            Inconclusive,
            "there is no $.gone in the body",
        ),
        (
            "check = 'json'; path = '$.list[?@.a > 9]'; count_equals = 0",
            ok(),
            Pass,
            "0",
        ),
        ("check = 'json'; path = '$.gone'; count_equals = 0", ok(), Pass, "0"),
        (
            "check = 'body'; not_contains = 'error'",
            http(200, b""),
            Inconclusive,
            "there is nothing to look in",
        ),
        (
            "check = 'json'; path = '$.list'; equals = [{a = 1}, {a = 2}]",
            ok(),
            Pass,
            "a",
        ),
        (
            "check = 'json'; path = '$.runs[0].c'; one_of = ['success', 'skipped']",
            ok(),
            Pass,
            "success",
        ),
        (
            "check = 'json'; path = '$.n'; one_of = ['success']",
            ok(),
            Inconclusive,
            "any of the choices",
        ),
        (
            "check = 'json'; path = '$.sha'; commit = '{git_sha}'",
            ok(),
            Pass,
            "commit a1b2c3d4e5f6",
        ),
        (
            "check = 'json'; path = '$.sha'; commit = 'b1b2c3d'",
            ok(),
            Fail,
            "A1B2C3D",
        ),
        (
            "check = 'json'; path = '$.sha'; commit = 'a1b2c3'",
            ok(),
            Inconclusive,
            "expected text is not a commit",
        ),
        (
            "check = 'json'; path = '$.status'; commit = '{git_sha}'",
            ok(),
            Inconclusive,
            "observed text is not a commit",
        ),
        (
            "check = 'json'; path = '$.a'; equals = 1",
            http(200, b""),
            Inconclusive,
            "the body is empty",
        ),
        (
            "check = 'json'; path = '$.a'; count_equals = 0",
            http(200, b"{"),
            Inconclusive,
            "not JSON",
        ),
        (
            "check = 'json'; path = '$.a'; equals = 1",
            http(200, b"[]"),
            Inconclusive,
            "selects nothing",
        ),
        (
            "check = 'json'; path = '$.a'; equals = 1",
            http(200, b"\xff"),
            Inconclusive,
            "not JSON",
        ),
        ("check = 'latency'; below = '500ms'", ok(), Pass, "120 ms"),
        ("check = 'latency'; below = '120ms'", ok(), Fail, "120 ms"),
        ("check = 'latency'; below = '500ms'", http(500, b""), Fail, "200 to 299"),
        ("check = 'rows'; equals = 0", ok(), Inconclusive, "no such part"),
        ("check = 'status'", ok(), Inconclusive, "exactly one comparison"),
        (
            "check = 'status'; equals = 200; at_least = 1",
            ok(),
            Inconclusive,
            "exactly one comparison",
        ),
    ]);
}

fn with_headers(added: &[(&str, &str)]) -> Observation {
    let mut answer = http(200, b"[]");
    if let Observation::Http { headers, .. } = &mut answer {
        headers.extend(added.iter().map(|(name, value)| ((*name).into(), (*value).into())));
    }
    answer
}

#[test]
fn a_header_is_one_readable_text() {
    for comparison in [
        "equals = '1, 2'",
        "equals = '1'",
        "not_equals = '3'",
        "one_of = ['1', '2', '1, 2']",
        "contains = '1'",
        "not_contains = '3'",
        "matches = '1'",
    ] {
        let twice = format!("check = 'header'; name = 'x-a'; {comparison}");
        check_all(&[(&twice, http(200, b""), Inconclusive, "came 2 times")]);
        let unreadable = format!("check = 'header'; name = 'x-b'; {comparison}");
        let answer = with_headers(&[("x-b", "1\u{fffd}")]);
        check_all(&[(&unreadable, answer, Inconclusive, "not UTF-8")]);
    }
    let packed = with_headers(&[("content-encoding", "identity"), ("Content-Encoding", "gzip")]);
    check_all(&[("check = 'body'; not_contains = 'down'", packed, Inconclusive, "gzip")]);
}

#[test]
fn types_within_lists_and_objects_are_compared() {
    for (comparison, body, expected) in [
        ("not_equals = [0]", r#"["0"]"#, Inconclusive),
        ("not_equals = [0]", "[1]", Pass),
        ("not_equals = [0]", "[0, 1]", Pass),
        ("not_equals = [0]", "[0.0]", Fail),
        ("not_equals = { a = [0] }", r#"{"a":["0"]}"#, Inconclusive),
        ("not_equals = { a = [0] }", r#"{"a":null}"#, Inconclusive),
        ("not_equals = { a = [0] }", r#"{"a":[1]}"#, Pass),
        ("one_of = [[0], [1]]", r#"["0"]"#, Inconclusive),
        ("one_of = [[0], [1]]", "[1]", Pass),
        ("one_of = [[0], [1]]", "[2]", Fail),
        ("equals = [0]", r#"["0"]"#, Fail),
    ] {
        let text = format!("check = 'json'; path = '$'; {comparison}");
        check_all(&[(&text, http(200, body.as_bytes()), expected, "")]);
    }
}

#[test]
fn white_space_is_nothing_to_look_in() {
    for body in [
        &b" "[..],
        b"\r\n",
        b"\t \n",
        "\u{feff}\n".as_bytes(),
        "\u{a0}".as_bytes(),
    ] {
        let text = "check = 'body'; not_contains = 'ERROR'";
        check_all(&[(text, http(200, body), Inconclusive, "nothing to look in")]);
    }
}
