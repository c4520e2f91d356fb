//! What an answer makes of a path may not be endless work.

use super::{check_all, http};
use holdpoint_domain::gate::Outcome::{Fail, Inconclusive, Pass};

const SENTENCE: &str = "the path is too much work in this document";

fn nested(inner: &str, depth: usize) -> String {
    format!("{}{inner}{}", r#"{"checks":"#.repeat(depth), "}".repeat(depth))
}

fn list(item: &str, count: usize) -> String {
    format!(r#"{{"items":[{}]}}"#, vec![item; count].join(","))
}

#[test]
fn a_path_that_would_visit_too_much_is_given_up_at_once() {
    let chains = format!("[{}]", vec![nested(r#"[{"s":"up"}]"#, 100); 400].join(","));
    let items = list(r#"{"s":"up"}"#, 20_000);
    let deep = format!("{}{}{}", "[".repeat(100), vec!["0"; 50_000].join(","), "]".repeat(100));
    let logs = format!(r#"{},"log":"{}"}}"#, items.trim_end_matches('}'), "log".repeat(30_000));
    for (path, body, words) in [
        ("$..checks..checks[?@.s == 'down']", &chains, SENTENCE),
        ("$..checks..checks..checks", &chains, SENTENCE),
        ("$.items[?@.s == 'down' || count($..s) == 0]", &items, SENTENCE),
        ("$.items[?@.s == 'down' || count($.items[*]) == 0]", &items, SENTENCE),
        // What is counted is refused before for another reason.
        ("$.items[?count($.items[?@.s == 'down']) == 1]", &items, ""),
        ("$..[*]..[*]", &deep, SENTENCE),
        // The same long text is searched for each item.
        ("$.items[?search($.log, 'x.*y')]", &logs, SENTENCE),
        ("$.items[?@.s == 'down' || match($.log, '(l|o|g)*z')]", &logs, SENTENCE),
    ] {
        for comparison in ["count_equals = 0", "equals = 1"] {
            let text = format!("check = 'json'; path = \"{path}\"; {comparison}");
            check_all(&[(&text, http(200, body.as_bytes()), Inconclusive, words)]);
        }
    }
}

#[test]
fn what_large_answers_need_is_within_the_limit() {
    let items = list(r#"{"s":"up","n":1}"#, 20_000);
    // A pattern is compiled anew for each value.
    let few = list(&format!(r#"{{"s":"{}"}}"#, "up".repeat(500)), 200);
    let text = "check = 'json'; path = \"$.items[?search(@.s, 'do.n')]\"; count_equals = 0";
    check_all(&[(text, http(200, few.as_bytes()), Pass, "")]);
    for (path, expected) in [
        ("$.items[?@.s == 'down']", Pass),
        ("$.items[?@.s == 'up']", Fail),
        ("$..down", Pass),
        ("$..items[?@.s && @.s != 'up']", Pass),
    ] {
        let text = format!("check = 'json'; path = \"{path}\"; count_equals = 0");
        check_all(&[(&text, http(200, items.as_bytes()), expected, "")]);
    }
}
