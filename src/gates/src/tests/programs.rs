//! What environments and gates may say of programs: their environment and their folder.

use crate::config::GatesFile;
use crate::gate_digest;

fn file(environment: &str, command: &str) -> Result<GatesFile, String> {
    let text = format!(
        "[environments.prod]\ntitle = \"Production\"\ndatabases = {{ main = {{ env = \"URL\" }}, other = {{ env = \"OTHER\" }} }}\n\
         secrets = {{ token = {{ env = \"TOKEN\" }} }}\nvariables = {{ mode = \"prod\", spare = \"x\" }}\n{environment}\n\
         [gates.g]\ntitle = \"G\"\nkind = \"command\"\ncommand = {{ argv = [\"true\"], {command} }}\n\
         expect = [{{ check = \"exit_code\", equals = 0 }}]\n\
         [gates.sql]\ntitle = \"S\"\nkind = \"sql\"\nsql = {{ database = \"main\", statement = \"SELECT 1\" }}\n\
         expect = [{{ check = \"rows\", equals = 1 }}]\n"
    );
    GatesFile::parse(&text).map_err(|error| error.message)
}

#[test]
fn databases_and_secrets_are_named_in_environments_of_programs() {
    let all = "{ MODE = \"{mode}\", TOKEN = \"{secret.token}\", URL = \"{database.main}\", SHA = \"{git_sha}\" }";
    for (environment, command) in [
        (format!("env = {all}"), String::new()),
        (String::new(), format!("env = {all}")),
    ] {
        file(&environment, &command).unwrap_or_else(|error| panic!("{error}"));
    }
    for (environment, command, words) in [
        (
            "env = { A = \"{database.none}\" }",
            "",
            "there is no value for {database.none}",
        ),
        (
            "env = { A = \"{secret.none}\" }",
            "",
            "there is no value for {secret.none}",
        ),
        (
            "env = { \"A=B\" = \"x\" }",
            "",
            "“A=B” cannot be the name of an environment variable",
        ),
        (
            "",
            "env = { \"\" = \"x\" }",
            "“” cannot be the name of an environment variable",
        ),
        (
            "",
            "env = { A = \"{database.none}\" }",
            "there is no value for {database.none}",
        ),
        // A connection string has no place where others could read it.
        (
            "",
            "folder = \"{database.main}\"",
            "there is no value for {database.main}",
        ),
    ] {
        let error = file(environment, command).unwrap_err();
        assert!(error.contains(words), "{error}");
    }
}

#[test]
fn a_gate_stays_within_the_environments_folder() {
    for folder in ["tools", "a/../b", "{version}/..", "./a", "a//b/"] {
        file("", &format!("folder = \"{folder}\"")).unwrap_or_else(|error| panic!("{folder}: {error}"));
    }
    for folder in ["..", "/etc", "a/../../b", "{version}/../.."] {
        let error = file("", &format!("folder = \"{folder}\"")).unwrap_err();
        assert!(
            error.contains("leads out of the environment's folder"),
            "{folder}: {error}"
        );
    }
}

#[test]
fn the_environment_of_programs_is_part_of_what_command_gates_are() {
    let digests = |environment: &str| {
        let file = file(environment, "").unwrap();
        ["g", "sql"].map(|gate| gate_digest(&file.gates[gate], &file.environments["prod"]))
    };
    let before = digests("env = { A = \"{mode}{database.main}\" }");
    for (after, changes) in [
        ("env = { A = \"{mode}{database.other}\" }", true),
        ("env = { B = \"{mode}{database.main}\" }", true),
        ("env = { A = \"{mode}{database.main}\" }\nproduction = true", false),
    ] {
        let after = digests(after);
        assert_eq!((before[0] != after[0], before[1] != after[1]), (changes, false));
    }
}
