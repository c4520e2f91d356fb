//! Nothing is judged by what is not there, by a float, or by one of two values of the same name.

use serde_json::json;

use super::{command, evaluate, expectation, http, sql};
use crate::evaluate::{Observation, Values, verdict_outcome};
use holdpoint_domain::gate::Outcome::{self, Fail, Inconclusive, Pass};

#[track_caller]
fn check(text: &str, observation: &Observation, expected: Outcome) {
    let results = evaluate(&[expectation(text)], observation, &Values::new());
    assert_eq!(verdict_outcome(&results), expected, "{text}\n{results:#?}");
}

fn counted(path: &str, body: &str, expected: Outcome) {
    check(
        &format!("check = 'json'; path = \"{path}\"; count_equals = 0"),
        &http(200, body.as_bytes()),
        expected,
    );
}

#[test]
fn none_is_counted_only_where_the_path_could_have_found_some() {
    for (path, body, expected) in [
        ("$.errors[*]", r#"{"errors":[]}"#, Pass),
        ("$.errors[*]", r#"{"errors":[1]}"#, Fail),
        ("$.errors[*]", r#"{"errors":"cannot connect"}"#, Inconclusive),
        ("$.errors[*]", r#"{"errors":7}"#, Inconclusive),
        ("$.errors[*]", r#"{"errors":true}"#, Inconclusive),
        ("$.errors[*]", r#"{"errors":null}"#, Inconclusive),
        ("$.errors[*]", r#"{"errors":{}}"#, Inconclusive),
        ("$.errors[*]", "{}", Inconclusive),
        ("$.errors[*]", "[]", Inconclusive),
        ("$.errors[*]", "null", Inconclusive),
        ("$['errors'][*]", r#"{"errors":"x"}"#, Inconclusive),
        ("$.errors[0]", r#"{"errors":[]}"#, Pass),
        ("$.errors[0]", r#"{"errors":"x"}"#, Inconclusive),
        ("$.errors[0]", r#"{"errors":{"0":1}}"#, Inconclusive),
        ("$.errors[1:]", r#"{"errors":[1]}"#, Pass),
        ("$.errors[1:]", r#"{"errors":"xyz"}"#, Inconclusive),
        ("$.errors[0,1]", r#"{"errors":{}}"#, Inconclusive),
        ("$.errors.*", r#"{"errors":{}}"#, Pass),
        ("$.errors.*", r#"{"errors":{"a":1}}"#, Fail),
        ("$.errors.*", r#"{"errors":null}"#, Inconclusive),
        ("$.errors.*", r#"{"errors":"x"}"#, Inconclusive),
        ("$[*]", "[]", Pass),
        ("$[*]", "null", Inconclusive),
        ("$[*]", "\"text\"", Inconclusive),
        ("$[*]", "{}", Inconclusive),
        ("$.error", "{}", Pass),
        ("$.error", "[]", Inconclusive),
        ("$.error", "\"down\"", Inconclusive),
        ("$.a.error", r#"{"a":{}}"#, Pass),
        ("$.a.error", r#"{"a":null}"#, Inconclusive),
        ("$.a.error", r#"{"b":{}}"#, Inconclusive),
        ("$['error','fault']", "{}", Pass),
        ("$['error','fault']", "0", Inconclusive),
        ("$..error", r#"{"a":[{"b":1}]}"#, Pass),
        ("$..error", r#"{"a":[{"error":1}]}"#, Fail),
        ("$..error", "null", Inconclusive),
        ("$..error", "\"down\"", Inconclusive),
        ("$..error", "[1,2]", Inconclusive),
        ("$..errors[*]", r#"{"a":{"errors":[]}}"#, Pass),
        ("$..errors[*]", r#"{"a":{"errors":"down"}}"#, Inconclusive),
        (
            "$..errors[*]",
            r#"{"a":{"errors":[]},"b":{"errors":"down"}}"#,
            Inconclusive,
        ),
        ("$..errors[*]", "{}", Inconclusive),
        ("$..[*]", r#"{"a":1}"#, Inconclusive),
        (
            "$.items[*].errors[*]",
            r#"{"items":[{"errors":[]},{"errors":[]}]}"#,
            Pass,
        ),
        ("$.items[*].errors[*]", r#"{"items":[{"errors":[]},{}]}"#, Inconclusive),
        (
            "$.items[*].errors[*]",
            r#"{"items":[{"errors":[]},"down"]}"#,
            Inconclusive,
        ),
        (
            "$.items[*].errors[*]",
            r#"{"items":[{"errors":[]},{"errors":null}]}"#,
            Inconclusive,
        ),
        ("$.items[*].errors[*]", r#"{"items":[]}"#, Inconclusive),
        ("$.items[*].error", r#"{"items":[{},{"a":1}]}"#, Pass),
        ("$.items[*].error", r#"{"items":["down"]}"#, Inconclusive),
    ] {
        counted(path, body, expected);
    }
}

#[test]
fn a_filter_counts_only_what_it_could_look_at() {
    for (path, body, expected) in [
        ("$.s[?@.state=='bad']", r#"{"s":[{"state":"ok"}]}"#, Pass),
        ("$.s[?@.state=='bad']", r#"{"s":[{"state":"bad"}]}"#, Fail),
        ("$.s[?@.state=='bad']", r#"{"s":[]}"#, Pass),
        ("$.s[?@.state=='bad']", r#"{"s":{"a":{"state":"ok"}}}"#, Pass),
        ("$.s[?@.state=='bad']", r#"{"s":null}"#, Inconclusive),
        ("$.s[?@.state=='bad']", r#"{"s":"cannot connect"}"#, Inconclusive),
        ("$.s[?@.state=='bad']", r#"{"s":["cannot connect"]}"#, Inconclusive),
        (
            "$.s[?@.state=='bad']",
            r#"{"s":{"error":"cannot connect"}}"#,
            Inconclusive,
        ),
        (
            "$.s[?@.state=='bad']",
            r#"{"s":[{"state":"ok"},{"error":1}]}"#,
            Inconclusive,
        ),
        ("$.s[?@.state=='bad']", r#"{"s":[{"state":null}]}"#, Inconclusive),
        ("$.s[?@.state=='bad']", r#"{"s":[{"state":5}]}"#, Inconclusive),
        ("$.s[?'bad'==@.state]", r#"{"s":[{"state":5}]}"#, Inconclusive),
        ("$.s[?@.lag>5]", r#"{"s":[{"lag":1}]}"#, Pass),
        ("$.s[?@.lag>5]", r#"{"s":[{"lag":"900"}]}"#, Inconclusive),
        ("$.s[?@.a.b>5]", r#"{"s":[{"a":1}]}"#, Inconclusive),
        ("$.s[?match(@.state,'b.*')]", r#"{"s":[{"state":"ok"}]}"#, Pass),
        ("$.s[?match(@.state,'b.*')]", r#"{"s":[{}]}"#, Inconclusive),
        ("$.s[?@.error]", r#"{"s":[{"a":1}]}"#, Pass),
        ("$.s[?@.error]", r#"{"s":[{"error":1}]}"#, Fail),
        ("$.s[?@.error]", r#"{"s":["down"]}"#, Inconclusive),
        ("$.s[?@.error && @.error!='none']", r#"{"s":[{"a":1}]}"#, Pass),
        ("$.s[?@.state!=$.wanted]", r#"{"s":[{"state":"a"}],"wanted":"a"}"#, Pass),
        ("$.s[?@.state==$.unwanted]", r#"{"s":[{"state":"a"}]}"#, Inconclusive),
        (
            "$.s[?@.state && @.state==5]",
            r#"{"s":[{"state":"DOWN"}]}"#,
            Inconclusive,
        ),
        ("$.s[?@.state && @.state==5]", r#"{"s":[{"state":4},{}]}"#, Pass),
        (
            "$.s[?!@.state || @.state==5]",
            r#"{"s":[{"state":"DOWN"}]}"#,
            Inconclusive,
        ),
        ("$.s[?!@.state || @.state==5]", r#"{"s":[{"state":4}]}"#, Pass),
        ("$.s[?!@.state || @.state==5]", r#"{"s":[{}]}"#, Fail),
        ("$.s[?@.n>$.want]", r#"{"s":[{"n":9}],"want":"5"}"#, Inconclusive),
        ("$.s[?@.n>$.want]", r#"{"s":[{"n":"9"}],"want":5}"#, Inconclusive),
        ("$.s[?$.want<@.n]", r#"{"s":[{"n":9}],"want":"5"}"#, Inconclusive),
        ("$.s[?@.n>$.want]", r#"{"s":[{"n":9}],"want":null}"#, Inconclusive),
        ("$.s[?@.n>$.want]", r#"{"s":[{"n":[9]}],"want":[5]}"#, Inconclusive),
        ("$.s[?@.n>null]", r#"{"s":[{"n":9}]}"#, Inconclusive),
        ("$.s[?@.n>$.want]", r#"{"s":[{"n":4}],"want":5}"#, Pass),
        ("$.s[?@.n>$.want]", r#"{"s":[{"n":9}],"want":5}"#, Fail),
        (
            "$.s[?@.n==$.a || @.n==$.b]",
            r#"{"s":[{"n":9}],"a":1,"b":"9"}"#,
            Inconclusive,
        ),
        ("$.s[?@.n!=length($.l)]", r#"{"s":[{"n":"1"}],"l":[1]}"#, Inconclusive),
        ("$.s[?length(@.l)<@.n]", r#"{"s":[{"n":"1","l":[]}]}"#, Inconclusive),
        ("$.s[?length(@.l)<@.n]", r#"{"s":[{"n":0,"l":[]}]}"#, Pass),
        (
            "$.s[?search(@.state,'ERROR')]",
            r#"{"s":[{"state":["ERROR"]}]}"#,
            Inconclusive,
        ),
        ("$.s[?search(@.state,'ERROR')]", r#"{"s":[{"state":{}}]}"#, Inconclusive),
        (
            "$.s[?match(@.state,'ERROR')]",
            r#"{"s":[{"state":["ERROR"]}]}"#,
            Inconclusive,
        ),
        (
            "$.s[?search(@.state,$.p)]",
            r#"{"s":[{"state":"ERROR"}],"p":["E"]}"#,
            Inconclusive,
        ),
        ("$.s[?search(@.state,'ERROR')]", r#"{"s":[{"state":"fine"}]}"#, Pass),
        ("$.s[?length(@.errors)>0]", r#"{"s":[{"errors":7}]}"#, Inconclusive),
        ("$.s[?length(@.errors)>0]", r#"{"s":[{"errors":true}]}"#, Inconclusive),
        ("$.s[?length(@.errors)>0]", r#"{"s":[{"errors":null}]}"#, Inconclusive),
        ("$.s[?length(@.errors)>0]", r#"{"s":[{"errors":[]}]}"#, Pass),
        ("$.s[?value(@.n)==5]", r#"{"s":[{"n":"5"}]}"#, Inconclusive),
        ("$.s[?@=='bad']", r#"{"s":["ok"]}"#, Pass),
        ("$.s[?@=='bad']", r#"{"s":[1]}"#, Inconclusive),
        ("$.s[?@.l[?@.x==1]]", r#"{"s":[{"l":[{"x":2}]}]}"#, Inconclusive),
        ("$..s[?@.state=='bad']", r#"{"a":{"s":[{"state":"ok"}]}}"#, Pass),
        ("$..s[?@.state=='bad']", r#"{"a":{"s":"down"}}"#, Inconclusive),
        (
            "$.s[?@.n>9007199254740992]",
            r#"{"s":[{"n":9007199254740993}]}"#,
            Inconclusive,
        ),
        ("$.s[?@.n>5]", r#"{"s":[{"n":5.0000000000000000001}]}"#, Inconclusive),
    ] {
        counted(path, body, expected);
    }
}

#[test]
fn one_value_is_compared_only_where_every_other_was_looked_at() {
    for (path, body, expected) in [
        ("$.s[*].state", r#"{"s":[{"state":"ok"}]}"#, Pass),
        ("$.s[*].state", r#"{"s":[{"state":"ok"},{"error":1}]}"#, Inconclusive),
        ("$.s[*].state", r#"{"s":[{"state":"ok"},"down"]}"#, Inconclusive),
        ("$.s.*.state", r#"{"s":{"a":{"state":"ok"},"b":null}}"#, Inconclusive),
        (
            "$.s[?@.name=='db'].state",
            r#"{"s":[{"name":"db","state":"ok"},{"name":"mail"}]}"#,
            Pass,
        ),
    ] {
        let text = format!("check = 'json'; path = \"{path}\"; equals = 'ok'");
        check(&text, &http(200, body.as_bytes()), expected);
    }
}

#[test]
fn a_key_that_stands_twice_leaves_open_which_counts() {
    for body in [
        r#"{"status":"down","status":"ok"}"#,
        r#"{"status":"ok","status":"down"}"#,
        r#"{"status":"ok","status":"ok"}"#,
        r#"{"st\u0061tus":"down","status":"ok"}"#,
        r#"{"status":"ok","other":[{"x":1,"x":1}]}"#,
    ] {
        let text = "check = 'json'; path = '$.status'; equals = 'ok'";
        check(text, &http(200, body.as_bytes()), Inconclusive);
        check(text, &command(Some(0), body), Inconclusive);
        counted("$.gone", body, Inconclusive);
    }
}

#[test]
fn numbers_are_compared_digit_for_digit() {
    for (comparison, number, expected) in [
        ("at_least = 1780921717355446273", "1780921717355446272", Fail),
        ("at_least = 1780921717355446273", "1780921717355446273", Pass),
        ("at_most = 9007199254740992", "9007199254740993", Fail),
        ("at_most = 9007199254740992", "9007199254740992.5", Fail),
        ("at_most = 9007199254740992", "9007199254740992", Pass),
        ("at_most = 0.1", "0.10000000000000000001", Fail),
        ("at_most = 0.1", "0.1", Pass),
        ("at_least = 0.1", "0.09999999999999999999", Fail),
        ("equals = 9007199254740993", "9007199254740992", Fail),
        ("equals = 9007199254740993", "9007199254740993.0", Pass),
        ("equals = 0.1", "0.10000000000000000001", Fail),
        ("equals = 1", "1.00000000000000000000001", Fail),
        ("not_equals = 9007199254740993", "9007199254740992", Pass),
        ("one_of = [9007199254740993]", "9007199254740992", Fail),
        ("at_most = 5", "18446744073709551616", Fail),
    ] {
        let body = format!("{{\"n\":{number}}}");
        let text = format!("check = 'json'; path = '$.n'; {comparison}");
        check(&text, &http(200, body.as_bytes()), expected);
    }
}

#[test]
fn so_are_those_of_a_database() {
    let cell = |value| sql(&[[json!("a"), value]]);
    for (comparison, value, expected) in [
        (
            "at_least = 1780921717355446273",
            json!(1_780_921_717_355_446_272_i64),
            Fail,
        ),
        ("at_most = 0.1", json!("0.1"), Pass),
        ("at_most = 0.1", json!("0.10000000000000000000001"), Fail),
        ("at_least = 12", json!("12.00"), Pass),
        ("at_least = 12", json!("11.99999999999999999999"), Fail),
        ("at_least = 12", json!("NaN"), Inconclusive),
        ("at_least = 12", json!("Infinity"), Inconclusive),
        ("at_least = 12", json!("12 "), Inconclusive),
        ("at_least = 12", json!(" 12"), Inconclusive),
        ("at_least = 7", json!("007"), Inconclusive),
        ("at_least = 7", json!("00.7"), Inconclusive),
        ("at_least = 7", json!("1e5"), Inconclusive),
        ("at_most = 7", json!("-0"), Inconclusive),
        ("at_most = 7", json!("-0.00"), Inconclusive),
        ("at_most = 7", json!("-"), Inconclusive),
        ("at_most = 7", json!("1."), Inconclusive),
        ("at_most = 7", json!("-0.50"), Pass),
        ("at_most = 7", json!("0"), Pass),
        ("at_most = 7", json!("0.00"), Pass),
        ("at_least = 12", json!("many"), Inconclusive),
        ("at_least = 12", json!(null), Inconclusive),
        ("at_most = 0.1", json!(0.1), Pass),
    ] {
        check(
            &format!("check = 'column'; name = 'status'; {comparison}"),
            &cell(value),
            expected,
        );
    }
}
