//! What `lint` says of gates that are right.

use crate::config::GatesFile;

const HEAD: &str = "[environments.dev]\ntitle = \"Dev\"\nurls = { api = \"https://api.example\" }\n\n";

fn remarks(gate: &str) -> Vec<String> {
    let text = format!("{HEAD}[gates.one]\ntitle = \"One\"\n{gate}\n");
    let file = GatesFile::parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let remarks = file.remarks(&text).into_iter();
    remarks
        .map(|one| {
            format!(
                "{}:{} {:?} {}",
                one.place.line, one.place.column, one.severity, one.message
            )
        })
        .collect()
}

#[test]
fn gates_that_trust_a_status_or_an_exit_code_alone_are_remarked_on() {
    let http = "kind = \"http\"\nhttp = { url = \"{url.api}/health\" }\n";
    let command = "kind = \"command\"\ncommand = { argv = [\"migrate\"] }\n";
    for (gate, said) in [
        (
            format!("{http}expect = [{{ check = \"status\", equals = 200 }}]"),
            Some("only the status"),
        ),
        (
            format!("{http}expect = [{{ check = \"latency\", below = \"1s\" }}]"),
            Some("only the status"),
        ),
        (
            format!("{http}expect = [{{ check = \"json\", path = \"$.ok\", equals = true }}]"),
            None,
        ),
        (
            format!("{http}expect = [{{ check = \"header\", name = \"x\", equals = \"y\" }}]"),
            None,
        ),
        (
            format!(
                "{}expect = [{{ check = \"status\", equals = 200 }}]",
                http.replace(" }", ", method = \"HEAD\" }")
            ),
            None,
        ),
        (
            format!("{command}expect = [{{ check = \"exit_code\", equals = 0 }}]"),
            Some("only the exit code"),
        ),
        (
            format!("{command}expect = [{{ check = \"output\", contains = \"0 pending\" }}]"),
            None,
        ),
    ] {
        let found = remarks(&gate);
        assert_eq!(found.len(), usize::from(said.is_some()), "{gate}: {found:?}");
        if let Some(said) = said {
            assert!(
                found[0].starts_with("9:1 Info gate “one”: ") && found[0].contains(said),
                "{found:?}"
            );
        }
    }
}

#[test]
fn a_browsers_word_is_a_warning() {
    let gate = |direct: &str| {
        format!(
            "kind = \"http\"\ndirect = {direct}\nhttp = {{ url = \"{{url.api}}/health\" }}\n\
             expect = [{{ check = \"json\", path = \"$.ok\", equals = true }}]"
        )
    };
    assert_eq!(remarks(&gate("true")), [""; 0]);
    let found = remarks(&gate("\"decides\""));
    assert_eq!(found.len(), 1);
    assert!(
        found[0].starts_with("8:1 Warning gate “one”: its steps rest on a browser's word"),
        "{found:?}"
    );
    let text = format!("{HEAD}[gates.one]\ntitle = \"One\"\n{}\n", gate("\"perhaps\""));
    let error = GatesFile::parse(&text).expect_err("no such word").to_string();
    assert!(error.contains("true, false or \"decides\""), "{error}");
    let auto = format!(
        "{HEAD}[gates.one]\ntitle = \"One\"\nauto = true\n{}\n",
        gate("\"decides\"")
    );
    let error = GatesFile::parse(&auto).expect_err("it would never run").to_string();
    assert!(error.contains("`auto` cannot be used"), "{error}");
}
