//! For any set of expectations that some answer meets, an answer is made, and it passes.

use std::collections::BTreeSet;

use holdpoint_domain::gate::Outcome;
use proptest::prelude::*;
use serde_json::json;

use super::{gate, gates, part, values};
use crate::answers::{Answers, Asked};
use crate::file::RehearsalFile;
use crate::make::passing;

/// A value, and comparisons that it meets.
fn met() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<i32>().prop_map(|number| format!("equals = {number}")),
        (-1000i32..1000, 0i32..50).prop_map(|(number, more)| format!("at_least = {}", number - more)),
        any::<bool>().prop_map(|truth| format!("equals = {truth}")),
        "[a-z]{1,8}".prop_map(|text| format!("equals = \"{text}\"")),
        "[a-z]{1,8}".prop_map(|text| format!("contains = \"{text}\"")),
        "[a-z]{1,8}".prop_map(|text| format!("not_equals = \"{text}\"")),
        ("[a-z]{1,4}", 1u8..5).prop_map(|(text, count)| format!("matches = '^{text}[0-9]{{{count}}}$'")),
        "[0-9a-f]{7,40}".prop_map(|hash| format!("commit = \"{hash}\"")),
        prop::collection::vec("[a-z]{1,4}", 1..4).prop_map(|texts| format!("one_of = {}", json!(texts))),
    ]
}

/// Paths of which none leads through the end of another, each with a comparison.
fn documents() -> impl Strategy<Value = Vec<String>> {
    let step = prop_oneof![
        "[a-e]".prop_map(|name| format!(".{name}")),
        "[f-h]".prop_map(|name| format!("['{name} x']")),
    ];
    let path = (prop::collection::vec(step, 0..3), prop::option::of(0usize..4));
    prop::collection::vec((path, met()), 1..6).prop_map(|all| {
        let path = |index: usize, (steps, item): (Vec<String>, Option<usize>)| {
            // The last name is its own, so that no path ends within another. Lists have names of their own, too.
            let item = item.map(|item| format!(".list{index}[{item}]")).unwrap_or_default();
            format!("${}{item}.leaf{index}", steps.concat())
        };
        all.into_iter()
            .enumerate()
            .map(|(index, (parts, met))| format!("{{ check = \"json\", path = \"{}\", {met} }}", path(index, parts)))
            .collect()
    })
}

fn passes(kind: &str, expect: &str) -> Result<(), TestCaseError> {
    let gate = gate(kind, expect);
    match passing(part(&gate), &values()) {
        Ok(answer) => {
            prop_assert_eq!(answer.judge(part(&gate), &values()).0, Outcome::Pass, "{}", expect);
            Ok(())
        }
        Err(cannot) => Err(TestCaseError::fail(format!("{expect}: {cannot}"))),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn documents_pass(expect in documents(), status in 200u16..600) {
        let expect = format!("{{ check = \"status\", equals = {status} }}, {}", expect.join(", "));
        // These two have no body.
        prop_assume!(status != 204 && status != 304);
        passes("http", &expect)?;
    }

    #[test]
    fn documents_of_commands_pass(expect in documents(), code in 0u8..=255, text in "[a-z ]{1,12}") {
        let text = text.trim();
        prop_assume!(!text.is_empty());
        let expect = format!(
            "{{ check = \"exit_code\", equals = {code} }}, {{ check = \"output\", contains = \"{text}\" }}, {}",
            expect.join(", ")
        );
        passes("command", &expect)?;
    }

    #[test]
    fn texts_pass(parts in prop::collection::vec("[A-Z]{1,6}", 1..5), head in prop::option::of("[a-z]{1,4}"), tail in prop::option::of("[a-z]{1,4}")) {
        let mut all: Vec<String> = parts.iter().map(|part| format!("{{ check = \"output\", contains = \"{part}\" }}")).collect();
        all.extend(head.map(|head| format!("{{ check = \"output\", matches = '^{head}' }}")));
        all.extend(tail.map(|tail| format!("{{ check = \"output\", matches = '{tail}$' }}")));
        passes("command", &all.join(", "))?;
    }

    #[test]
    fn rows_pass(wheres in prop::collection::btree_set("[a-z]{1,5}", 0..5), each in met(), all in met(), more in 0usize..20) {
        let mut expect: Vec<String> = wheres
            .iter()
            .map(|kind| format!("{{ check = \"column\", name = \"value\", where = {{ kind = \"{kind}\" }}, {each} }}"))
            .collect();
        expect.push(format!("{{ check = \"column\", name = \"other\", {all} }}"));
        expect.push(format!("{{ check = \"rows\", equals = {} }}", wheres.len().max(1) + more));
        passes("sql", &expect.join(", "))?;
    }

    /// Whatever several requests are to answer: each has an answer that passes, and each fault that is offered holds the gate.
    #[test]
    fn several_requests_pass_and_every_fault_holds_them(all in prop::collection::btree_map("[a-z]{1,2}", documents(), 1..4), bare in prop::option::of("[A-Z]{1,3}")) {
        let of = |name: &str, expect: &str| expect.replacen("{ ", &format!("{{ of = \"{name}\", "), 1);
        let expect: Vec<String> = all.iter().flat_map(|(name, expect)| expect.iter().map(move |one| of(name, one))).collect();
        let names = all.keys().cloned().chain(bare);
        let requests: String = names.map(|name| format!("http.{name} = {{ url = \"{{url.site}}/{name}\" }}\n")).collect();
        let file = gates(&format!("[gates.one]\ntitle = \"One\"\nkind = \"http\"\nexpect = [{}]\n{requests}", expect.join(", ")));
        let answers = Answers::new(file.clone(), RehearsalFile::default());
        prop_assert_eq!(answers.remarks(), vec![]);
        let offered: Vec<String> = answers.faults(&BTreeSet::new()).into_iter().map(|fault| fault.id).collect();
        for word in ["refused", "time-out", "503", "302", "malformed"] {
            let id = format!("one:{word}");
            prop_assert!(offered.contains(&id), "{} of {:?}", id, offered);
        }
        for id in offered {
            let on = BTreeSet::from([id.clone()]);
            let held = file.gates["one"].parts().into_iter().filter(|part| {
                let (now, values) = (chrono::DateTime::UNIX_EPOCH, &values());
                let asked = Asked { gate: "one", request: part.name, environment: "lab", values, now };
                let answer = answers.answer(asked, &on);
                answer.map_or(Outcome::Inconclusive, |answer| answer.judge(*part, values).0) != Outcome::Pass
            });
            prop_assert_eq!(held.count(), 1, "{} holds one of them", id);
        }
    }

    /// Whatever is expected: what is made passes, and what is not made has a reason.
    #[test]
    fn nothing_is_made_that_does_not_pass(expect in prop::collection::vec((prop::sample::select(vec!["$", "$.a", "$.a.b", "$.a[0]", "$.a[*]", "$.a[-1].b"]), met()), 1..5)) {
        let expect: Vec<String> = expect.iter().map(|(path, met)| format!("{{ check = \"json\", path = \"{path}\", {met} }}")).collect();
        let gate = gate("http", &expect.join(", "));
        match passing(part(&gate), &values()) {
            Ok(answer) => prop_assert_eq!(answer.judge(part(&gate), &values()).0, Outcome::Pass),
            Err(cannot) => prop_assert!(!cannot.to_string().is_empty()),
        }
    }
}
