//! Gates that make several HTTP requests by name.

use crate::config::{GatesFile, HttpRequests};
use crate::evaluate::{Observation, evaluate, evaluate_part, summary, verdict_outcome};
use crate::fill::Values;
use holdpoint_domain::gate::Outcome::{self, Fail, Inconclusive, Pass};
use holdpoint_domain::gate::{CheckResult, ComparedLine, compare_declarations};

use super::evaluating::http;

const ENVIRONMENT: &str = r#"[environments.prod]
title = "Production"
urls = { api = "https://api.example", docs = "https://docs.example" }
variables = { mode = "strict" }
secrets = { token = { env = "TOKEN" } }
"#;

/// It follows the environment's five lines.
const GATE: &str = r#"[gates.deployed]
title = "The released version answers everywhere"
kind = "http"
expect = [
  { of = "version", check = "json", path = "$.git_sha", commit = "{git_sha}" },
  { of = "ready", check = "status", equals = 200 },
  { of = "version", check = "json", path = "$.mode", equals = "strict", label = "Its mode" },
]
[gates.deployed.http.version]
url = "{url.api}/version"
headers = { authorization = "Bearer {secret.token}" }
[gates.deployed.http.ready]
url = "{url.api}/ready"
[gates.deployed.http.docs]
url = "{url.docs}/{version}/"
method = "HEAD"
redirects = 1
"#;

fn parse(gates: &str) -> Result<GatesFile, String> {
    GatesFile::parse(&format!("{ENVIRONMENT}{gates}")).map_err(|error| error.to_string())
}

fn file(gates: &str) -> GatesFile {
    parse(gates).unwrap_or_else(|error| panic!("{error}\n{gates}"))
}

#[test]
fn requests_by_name_are_asked_in_the_order_of_their_names() {
    let file = file(GATE);
    let gate = &file.gates["deployed"];
    let parts = gate.parts().into_iter().map(|part| {
        let method = part.http.expect("it is a request").method.as_str();
        (part.name.unwrap_or_default(), method, part.expect().count())
    });
    assert_eq!(
        parts.collect::<Vec<_>>(),
        [("docs", "HEAD", 0), ("ready", "GET", 1), ("version", "GET", 2)]
    );
    assert!(gate.only_reads());
    let posting = parse(&GATE.replace("\"HEAD\"", "\"POST\"")).unwrap();
    assert!(
        !posting.gates["deployed"].only_reads(),
        "one of them may change something"
    );
    let names = gate.session_names(&file.environments["prod"]);
    assert_eq!(names.into_iter().collect::<Vec<_>>(), ["git_sha", "version"]);
    let snapshot = file.snapshot("deployed", "prod").unwrap();
    assert_eq!(
        snapshot.expects,
        [
            "Status of docs: 200 to 299",
            "Status of version: 200 to 299",
            "$.git_sha of version: commit {git_sha}",
            "Status of ready: 200",
            "Its mode (version): \"strict\"",
        ]
    );
    assert_eq!(snapshot.direct_url, None);
    let lines: Vec<_> = snapshot
        .asks
        .iter()
        .map(|line| format!("{}: {}", line.label, line.text))
        .collect();
    for line in [
        "docs: Request: HEAD {url.docs}/{version}/",
        "docs: Redirects followed: 1",
        "version: Headers: authorization: Bearer {secret.token}",
        "ready: Reads at most: 1048576 bytes",
        "With: secret.token, read from the environment variable TOKEN",
        "Looks at: Its mode: $.mode of version",
    ] {
        assert!(lines.iter().any(|there| there == line), "{line}: {lines:#?}");
    }
}

#[test]
fn one_request_is_read_and_written_as_before() {
    let text = "[gates.one]\ntitle = \"One\"\nkind = \"http\"\nhttp = { url = \"{url.api}/x\" }\n\
                expect = [{ check = \"status\", equals = 200 }]\n";
    let gate = &file(text).gates["one"];
    assert!(matches!(gate.http, Some(HttpRequests::One(_))));
    let written = serde_json::to_value(gate).unwrap();
    assert_eq!(written["http"]["url"], "{url.api}/x");
    assert!(written["expect"][0].get("of").is_none());
    assert_eq!(&serde_json::from_value::<crate::config::Gate>(written).unwrap(), gate);
    let several = &file(GATE).gates["deployed"];
    let written = serde_json::to_value(several).unwrap();
    assert_eq!(written["http"]["ready"]["url"], "{url.api}/ready");
    assert_eq!(
        &serde_json::from_value::<crate::config::Gate>(written).unwrap(),
        several
    );
}

#[test]
fn every_mistake_has_its_place_and_its_sentence() {
    let changed = |from: &str, to: &str| {
        assert_eq!(GATE.matches(from).count(), 1, "{from} is found once");
        GATE.replace(from, to)
    };
    let one = |http: &str| {
        format!(
            "[gates.g]\ntitle = \"G\"\nkind = \"http\"\nhttp = {http}\nexpect = [{{ check = \"status\", equals = 200 }}]\n"
        )
    };
    let many = (0..11).map(|index| format!("[gates.deployed.http.more{index}]\nurl = \"{{url.api}}\"\n"));
    for (gates, place, words) in [
        (
            changed("of = \"ready\"", "of = \"raedy\""),
            "11:5:",
            "the gate makes no request “raedy”; its requests are docs, ready, version",
        ),
        (
            changed("{ of = \"ready\", check", "{ check"),
            "11:3:",
            "write one of them: of = \"docs\", of = \"ready\", of = \"version\"",
        ),
        (
            one("{ url = \"{url.api}\" }").replace("{ check", "{ of = \"g\", check"),
            "10:13:",
            "this gate asks once",
        ),
        (
            "[gates.g]\ntitle = \"G\"\nkind = \"command\"\ncommand = { argv = [\"a\"] }\n\
             expect = [{ of = \"g\", check = \"exit_code\", equals = 0 }]\n"
                .to_owned(),
            "10:13:",
            "this gate asks once",
        ),
        (
            changed("http.ready]", "http.\"re ady\"]"),
            "11:",
            "makes no request “ready”",
        ),
        (
            changed("http.docs]", "http.\"do cs\"]"),
            "19:22:",
            "“do cs” is not a name",
        ),
        (
            GATE.to_owned() + &many.collect::<String>(),
            "14:17:",
            "the number of requests must be between 1 and 10",
        ),
        (
            changed("kind = \"http\"\n", "kind = \"http\"\ndirect = true\n"),
            "9:1:",
            "one request by method GET",
        ),
        // Whatever is wrong with one request is wrong with one of several, at its own place.
        (changed("\"HEAD\"", "\"head\""), "21:1:", "not one of GET"),
        (
            changed("redirects = 1", "redirects = 11"),
            "22:1:",
            "number of redirects",
        ),
        (changed("redirects = 1", "max_bytes = 0"), "22:1:", "number of bytes"),
        (
            changed("{ authorization", "{ \"a b\""),
            "16:13:",
            "not the name of a header",
        ),
        (
            changed("{secret.token}", "{secret.other}"),
            "16:13:",
            "no value for {secret.other}",
        ),
        (
            changed("{url.docs}/", "https://evil.example/"),
            "20:1:",
            "asks evil.example",
        ),
        (changed("/{version}/", "/{nobody}/"), "20:1:", "no value for {nobody}"),
        // What is not of a request's form.
        (
            changed("redirects = 1", "redirect = 1"),
            "22:1:",
            "there is no key `redirect` here",
        ),
        (
            changed("redirects = 1", "redirects = \"1\""),
            "22:13:",
            "it cannot be a string",
        ),
        (
            changed("redirects = 1", "redirects = 300"),
            "22:13:",
            "it cannot be the ",
        ),
        (
            changed("url = \"{url.api}/ready\"\n", ""),
            "17:",
            "there is no `url`; write url = ",
        ),
        (
            one("{ url = \"{url.api}\", methd = \"POST\" }"),
            "9:29:",
            "there is no key `methd` here",
        ),
        (
            one("{ methd = \"POST\", url = \"{url.api}\" }"),
            "9:10:",
            "there is no key `methd` here",
        ),
        (one("{ method = \"GET\" }"), "9:8:", "there is no `url`; write url = "),
        (
            one("{ headers = { a = \"b\" } }"),
            "9:8:",
            "there is no `url`; write url = ",
        ),
        (one("{ url = 1 }"), "9:16:", "it cannot be the "),
        (one("{}"), "9:8:", "there is no `url`; write url = "),
        (one("\"{url.api}\""), "9:8:", "it cannot be a string"),
        (
            one("{ url = \"{url.api}\" }")
                + "[gates.h]\ntitle = \"H\"\nkind = \"http\"\nhttp = { urk = \"\" }\nexpect = []\n",
            "14:10:",
            "there is no key `urk` here",
        ),
    ] {
        let error = parse(&gates).expect_err(&gates);
        assert!(error.starts_with(place), "{error}\nshould be at {place}\n{gates}");
        assert!(error.contains(words), "{error}\nshould say “{words}”\n{gates}");
    }
}

fn judge(answers: &[Result<Observation, String>]) -> (Outcome, Vec<CheckResult>) {
    let values = Values::from([("git_sha".to_owned(), "a1b2c3d".to_owned())]);
    let results = evaluate(&file(GATE).gates["deployed"], answers, &values, &str::to_owned);
    (verdict_outcome(&results), results)
}

const VERSION: &[u8] = br#"{"git_sha": "a1b2c3d4", "mode": "strict"}"#;

#[test]
fn each_answer_is_judged_by_what_is_expected_of_it() {
    let none = || Err("no answer: connection refused".to_owned());
    let answers = [Ok(http(204, b"")), Ok(http(200, b"")), Ok(http(200, VERSION))];
    let (outcome, results) = judge(&answers);
    assert_eq!(outcome, Pass, "{results:#?}");
    let checks: Vec<_> = results.iter().map(|result| result.check.as_str()).collect();
    assert_eq!(
        checks,
        [
            "Status of docs",
            "Status of version",
            "$.git_sha of version",
            "Status of ready",
            "Its mode (version)"
        ]
    );
    for (place, answer, outcome, said) in [
        (
            0,
            Ok(http(404, b"")),
            Fail,
            "Status of docs: 404; expected: 200 to 299.",
        ),
        (1, Ok(http(503, b"")), Fail, "Status of ready: 503; expected: 200."),
        (
            2,
            Ok(http(503, VERSION)),
            Fail,
            "Status of version: 503; expected: 200 to 299.",
        ),
        (2, Ok(http(200, b"{}")), Fail, ""),
        (
            0,
            none(),
            Inconclusive,
            "Could not compare Status of docs: no answer: connection refused; expected: 200 to 299.",
        ),
        (
            1,
            none(),
            Inconclusive,
            "Could not compare Status of ready: no answer: connection refused; expected: 200.",
        ),
        (
            2,
            none(),
            Inconclusive,
            "Could not compare $.git_sha of version: no answer: connection refused; expected: commit {git_sha}.",
        ),
    ] {
        let mut changed = answers.clone();
        changed[place] = answer;
        let (found, results) = judge(&changed);
        let named = ["docs", "ready", "version"][place];
        // A path that finds nothing could not be compared, and the status of the same answer held.
        let outcome = if said.is_empty() { Inconclusive } else { outcome };
        assert_eq!(found, outcome, "{results:#?}");
        assert!(said.is_empty() || summary(&results) == said, "{}", summary(&results));
        for result in &results {
            let is_other = !result.check.contains(named);
            assert!(!is_other || result.outcome == Pass, "{result:?}");
        }
    }
    // A failure is one whatever could not be asked.
    let (outcome, results) = judge(&[none(), Ok(http(503, b"")), none()]);
    assert_eq!(outcome, Fail, "{results:#?}");
    // What has no answer at all never passes.
    for answers in [&answers[..2], &answers[..1], &[]] {
        let (outcome, results) = judge(answers);
        assert_eq!(outcome, Inconclusive, "{results:#?}");
        assert!(results.len() >= 3);
    }
    // Not even one of which nothing is expected but its status.
    let bare_last = file(&GATE.replace("http.docs]", "http.zero]"));
    let values = Values::from([("git_sha".to_owned(), "a1b2c3d".to_owned())]);
    let results = evaluate(&bare_last.gates["deployed"], &answers[1..], &values, &str::to_owned);
    assert_eq!(verdict_outcome(&results), Inconclusive, "{results:#?}");
}

#[test]
fn an_answer_that_was_cut_off_says_whose_it_is() {
    let mut cut = http(200, b"");
    if let Observation::Http { truncated, .. } = &mut cut {
        *truncated = true;
    }
    let (outcome, results) = judge(&[Ok(http(200, b"")), Ok(cut), Ok(http(200, VERSION))]);
    assert_eq!(outcome, Inconclusive);
    assert!(
        results
            .iter()
            .any(|result| result.check == "Body of ready within the cap"),
        "{results:#?}"
    );
}

#[test]
fn an_expectation_of_no_request_is_never_held() {
    let mut gate = file(GATE).gates["deployed"].clone();
    gate.expect[1].of = Some("nobody".to_owned());
    let answers = [Ok(http(200, b"")), Ok(http(200, b"")), Ok(http(200, VERSION))];
    let results = evaluate(
        &gate,
        &answers,
        &Values::from([("git_sha".to_owned(), "a1b2c3d".to_owned())]),
        &str::to_owned,
    );
    assert_eq!(verdict_outcome(&results), Inconclusive, "{results:#?}");
    gate.expect.clear();
    assert_eq!(
        verdict_outcome(&evaluate(&gate, &answers, &Values::new(), &str::to_owned)),
        Inconclusive
    );
}

#[test]
fn a_request_of_which_nothing_is_expected_has_its_status() {
    let file = file(GATE);
    let parts = file.gates["deployed"].parts();
    for (answer, outcome) in [
        (Ok(http(200, b"")), Pass),
        (Ok(http(302, b"")), Fail),
        (Err("no answer"), Inconclusive),
    ] {
        let results = evaluate_part(
            parts[0],
            answer.as_ref().map_err(|why| *why),
            &Values::new(),
            &str::to_owned,
        );
        assert_eq!(verdict_outcome(&results), outcome, "{results:?}");
    }
}

#[test]
fn the_digest_covers_every_request_and_the_comparison_shows_it() {
    let before = file(GATE);
    for (from, to) in [
        ("{url.api}/ready", "{url.api}/readyz"),
        ("{url.api}/version", "{url.api}/commit"),
        ("\"HEAD\"", "\"GET\""),
        ("redirects = 1", "redirects = 2"),
        ("Bearer", "Token"),
        (
            "of = \"ready\", check = \"status\"",
            "of = \"docs\", check = \"status\"",
        ),
        ("http.docs]", "http.manual]"),
    ] {
        assert_eq!(GATE.matches(from).count(), 1, "{from} is found once");
        let after = file(&GATE.replace(from, to));
        let [old, new] = [&before, &after].map(|file| file.snapshot("deployed", "prod").unwrap());
        assert_ne!(old.digest, new.digest, "{from} → {to}");
        let lines = compare_declarations(Some(&old), Some(&new));
        assert!(lines.iter().any(ComparedLine::differs), "{from} → {to}: {lines:#?}");
    }
    // Stored sessions hold it.
    let digest = before.snapshot("deployed", "prod").unwrap().digest.unwrap();
    assert_eq!(
        digest,
        "a7cd0fdb91e3ac926b8c9314061dc4cb26c3131004eb6041b65f5d05cc3790cb"
    );
}

#[test]
fn a_request_that_is_trusted_for_its_status_alone_is_remarked_on() {
    let text = format!("{ENVIRONMENT}{GATE}");
    let remarks: Vec<_> = file(GATE)
        .remarks(&text)
        .into_iter()
        .map(|remark| format!("{}:{} {}", remark.place.line, remark.place.column, remark.message))
        .collect();
    let [remark] = remarks.as_slice() else {
        panic!("docs is asked by HEAD, and version by its body: {remarks:?}");
    };
    assert!(
        remark.starts_with("17:22 gate “deployed”: of the answer to “ready”, only the status is expected"),
        "{remark}"
    );
}
