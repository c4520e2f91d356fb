//! Command gates: where a program is and runs, what it gets from its environment, and how what it writes is read.

use std::os::unix::fs::{PermissionsExt, symlink};

use holdpoint::runner::RunRequest;
use holdpoint_domain::gate::Outcome::{Fail, Inconclusive, Pass};
use holdpoint_domain::gate::Verdict;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::commands::{ZERO, benches, command};
use crate::common::{Bench, assert_verdict, request};

async fn run_with_version(bench: &Bench, gate: &str, version: &str) -> Verdict {
    let mut values = request(gate).values;
    values.insert("version".to_owned(), version.to_owned());
    let request = RunRequest {
        values,
        ..request(gate)
    };
    let (progress, _shown) = mpsc::channel(1);
    bench.runner.run(request, progress, CancellationToken::new()).await
}

#[tokio::test]
async fn a_folder_is_where_its_links_lead_and_within_the_declared_one() {
    let gates = command("in", "argv = [\"pwd\"], folder = \"sub/{version}\"", ZERO)
        + &*command("own", "argv = [\"./tool\"], folder = \"sub/{version}\"", ZERO);
    for bench in [
        Bench::with_environment("folder = \"app\"", "", &gates),
        Bench::with_environment("folder = \"app\"", "", &gates).guarded(),
    ] {
        let app = bench.dir.path().join("app");
        std::fs::create_dir_all(app.join("sub/v1")).unwrap();
        std::fs::create_dir_all(bench.dir.path().join("app-2")).unwrap();
        symlink("v1", app.join("sub/current")).unwrap();
        symlink("/etc", app.join("sub/etc")).unwrap();
        symlink("../../app-2", app.join("sub/beside")).unwrap();
        symlink("../..", app.join("sub/above")).unwrap();
        symlink("round", app.join("sub/round")).unwrap();
        let tool = app.join("sub/v1/tool");
        std::fs::write(&tool, "#!/bin/sh\necho tool\n").unwrap();
        std::fs::set_permissions(&tool, std::fs::Permissions::from_mode(0o755)).unwrap();

        let inside = run_with_version(&bench, "in", "current").await;
        assert_verdict(&inside, Pass, "Exit code: 0");
        assert!(inside.output.ends_with("/app/sub/v1\n"), "{}", inside.output);
        assert_verdict(&run_with_version(&bench, "own", "current").await, Pass, "Exit code: 0");
        for version in ["etc", "beside", "above"] {
            let verdict = run_with_version(&bench, "in", version).await;
            assert_verdict(&verdict, Inconclusive, "which is outside");
            assert_eq!(verdict.output, "");
        }
        assert_verdict(
            &run_with_version(&bench, "in", "round").await,
            Inconclusive,
            "is not there",
        );
    }
}

#[tokio::test]
async fn a_session_cannot_name_another_program() {
    let gates =
        command("tool", "argv = [\"./tools/{version}\"]", ZERO) + &*command("any", "argv = [\"{version}\"]", ZERO);
    for bench in benches(&gates) {
        for (gate, version) in [("tool", "../../../bin/true"), ("any", "/bin/true"), ("any", "./true")] {
            let verdict = run_with_version(&bench, gate, version).await;
            assert_verdict(&verdict, Inconclusive, "would climb to another folder or program");
        }
    }
}

#[tokio::test]
async fn an_environment_gives_its_programs_an_environment() {
    let environment = "env = { MODE = \"{mode}\", TOKEN = \"{secret.token}\", DATABASE_URL = \"{database.main}\", FOR = \"{version}\" }";
    let database = "postgres://ops:hunter2-hunter2@db.example/app";
    let all = "argv = [\"sh\", \"-c\", \"echo $MODE $FOR ${#TOKEN} ${#DATABASE_URL}; echo $DATABASE_URL $TOKEN\"]";
    let said = |mode: &str| {
        let lengths = format!("{} {}", crate::common::TOKEN.len(), database.len());
        format!("expect = [{{ check = \"output\", contains = \"{mode} v1.4.2 {lengths}\" }}]")
    };
    let gates = command("all", all, &said("strict"))
        + &*command("own", &format!("{all}, env = {{ MODE = \"lax\" }}"), &said("lax"));
    for bench in [
        Bench::with_environment(environment, database, &gates),
        Bench::with_environment(environment, database, &gates).guarded(),
    ] {
        for gate in ["all", "own"] {
            let verdict = bench.run(gate).await;
            assert_verdict(&verdict, Pass, "All 2 checks hold");
            assert!(
                !verdict.output.contains("hunter2") && !verdict.output.contains("t0k3n"),
                "{}",
                verdict.output
            );
        }
    }
    let missing = "env = { KEY = \"{secret.missing}\" }";
    let verdict = Bench::with_environment(missing, database, &gates).run("all").await;
    assert_verdict(&verdict, Inconclusive, "the secret “missing” cannot be used");
    let missing = "env = { URL = \"{database.main}\" }";
    let bench = Bench::with_environment(missing, "", &gates);
    assert_verdict(
        &bench.run("all").await,
        Inconclusive,
        "the database “main” cannot be used",
    );
}

#[tokio::test]
async fn why_no_program_runs_is_told_apart_and_not_tried_again() {
    let poll = format!("poll = {{ every = \"20ms\", until = \"900ms\" }}\n{ZERO}");
    let names = [
        "./absent",
        "holdpoint-absent",
        "./data",
        "./folder",
        "./orphan",
        "./binary",
        "./data/x",
    ];
    let gates: String = names
        .iter()
        .enumerate()
        .map(|(place, name)| command(&format!("g{place}"), &format!("argv = [\"{name}\"]"), &poll))
        .collect();
    let gates = gates + &*command("killed", "argv = [\"sh\", \"-c\", \"kill -9 $$\"]", &poll);
    for bench in benches(&gates) {
        let write = |name: &str, text: &[u8], mode| {
            let path = bench.dir.path().join(name);
            std::fs::write(&path, text).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        };
        write("data", b"#!/bin/sh\n", 0o644);
        write("orphan", b"#!/no/such/interpreter\n", 0o755);
        write("binary", b"\x00\x01\x02", 0o755);
        std::fs::create_dir(bench.dir.path().join("folder")).unwrap();
        for (place, words) in [
            "was not found",
            "was not found",
            "it is not executable",
            "it is not executable",
            "its interpreter",
            "does not know it as a program",
            "was not found",
        ]
        .into_iter()
        .enumerate()
        {
            let verdict = bench.run(&format!("g{place}")).await;
            assert_verdict(&verdict, Inconclusive, words);
            assert_verdict(&verdict, Inconclusive, "so it was not asked again");
            assert_eq!(verdict.attempts, 1, "{}", names[place]);
        }
        let killed = bench.run("killed").await;
        assert_verdict(&killed, Inconclusive, "killed by signal 9");
        assert!(killed.attempts > 1, "the next one may be let live");
    }
}

#[tokio::test]
async fn colours_and_progress_bars_are_read_as_a_person_would() {
    let printf = |text: &str| format!("argv = [\"printf\", '{text}']");
    let output = |comparison: &str| format!("expect = [{{ check = \"output\", {comparison} }}]");
    let gates = command(
        "colour",
        &printf(r"\033[1m0\033[0m failed\r\n"),
        &output("equals = \"0 failed\\n\""),
    ) + &*command(
        "hidden",
        &printf(r"3 fai\033[31mled\033[0m\n"),
        &output("not_contains = \"failed\""),
    ) + &*command(
        "bar",
        &printf(r"error: 3\rdone    \n"),
        &output("not_contains = \"error\""),
    ) + &*command("line", &printf(r"10%%\r100%%\r\n"), &output("matches = '(?m)^100%$'"))
        + &*command(
            "json",
            &printf(r"\033[?25l{\042ok\042: true}\r\n\033[0m"),
            "expect = [{ check = \"json\", path = \"$.ok\", equals = true }]",
        )
        + &*command(
            "secret",
            "argv = [\"sh\", \"-c\", '''printf '%s\\033[0m%s' \"${T%????????}\" \"${T#????????????}\"'''], env = { T = \"{secret.token}\" }",
            ZERO,
        );
    for bench in benches(&gates) {
        for gate in ["colour", "line", "json"] {
            assert_verdict(&bench.run(gate).await, Pass, "All 2 checks hold");
        }
        for gate in ["hidden", "bar"] {
            let verdict = bench.run(gate).await;
            assert_verdict(&verdict, Fail, "does not contain");
            assert!(!verdict.output.contains(['\u{1b}', '\r']), "{:?}", verdict.output);
        }
        // An escape sequence in the middle of a secret does not hide it from redaction.
        let verdict = bench.run("secret").await;
        assert!(!verdict.output.contains("t0k3n"), "{:?}", verdict.output);
    }
}
