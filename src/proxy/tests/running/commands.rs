//! Command gates: what a program gets, and that nothing of it survives its run.

use std::path::Path;
use std::time::{Duration, Instant};

use holdpoint::runner::{Progress, RunRequest};
use holdpoint_domain::gate::Outcome::{Inconclusive, Pass};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::common::{Bench, assert_verdict, gate, request};

pub const ZERO: &str = "expect = [{ check = \"exit_code\", equals = 0 }]";

pub fn command(name: &str, command: &str, rest: &str) -> String {
    gate(name, "command", &format!("command = {{ {command} }}\n{rest}"))
}

/// The same gates without a guard and under one: what a program gets and what becomes of it is the same.
pub fn benches(gates: &str) -> [Bench; 2] {
    let bench = || Bench::new("http://127.0.0.1:1", "", gates);
    [bench(), bench().guarded()]
}

/// The processes whose ids the gate's program wrote into files, and which still run. Zombies do not run.
pub fn alive(dir: &Path) -> Vec<String> {
    let ids = std::fs::read_dir(dir.join("pids"))
        .expect("the folder of ids")
        .map(|entry| entry.expect("an entry"));
    let ids = ids.map(|entry| entry.file_name().to_string_lossy().into_owned());
    ids.filter(|id| {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        stat.rsplit_once(')')
            .is_some_and(|(_, rest)| !rest.trim_start().starts_with(['Z', 'X']))
    })
    .collect()
}

pub async fn until(what: &str, mut reached: impl FnMut() -> bool) {
    let since = Instant::now();
    while !reached() {
        assert!(
            since.elapsed() < Duration::from_secs(10),
            "waited ten seconds for: {what}"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A shell, its child in the group, a grandchild, and one that went into a session of its own.
pub const TREE: &str = r#"argv = ["sh", "-c", '''
  mkdir -p pids; : > pids/$$
  sleep 300 & : > pids/$!
  sh -c ': > pids/$$; sleep 300 & : > pids/$!; wait' &
  setsid sh -c ': > pids/$$; exec sleep 300' &
  sleep 300
''']"#;

#[tokio::test]
async fn a_whole_process_tree_dies_at_the_time_limit() {
    for bench in benches(&command("tree", TREE, &format!("timeout = \"900ms\"\n{ZERO}"))) {
        let since = Instant::now();
        assert_verdict(&bench.run("tree").await, Inconclusive, "No answer within 900ms");
        assert!(since.elapsed() < Duration::from_secs(5));
        assert_eq!(
            std::fs::read_dir(bench.dir.path().join("pids")).unwrap().count(),
            5,
            "the tree had grown"
        );
        until("the tree to be gone", || alive(bench.dir.path()).is_empty()).await;
    }
}

#[tokio::test]
async fn a_whole_process_tree_dies_when_the_run_is_cancelled_or_dropped() {
    for drops in [false, true] {
        for bench in benches(&command("tree", TREE, &format!("timeout = \"60s\"\n{ZERO}"))) {
            let cancel = CancellationToken::new();
            let (progress, _shown) = mpsc::channel(16);
            let (runner, token) = (bench.runner.clone(), cancel.clone());
            let run = tokio::spawn(async move { runner.run(request("tree"), progress, token).await });
            let pids = bench.dir.path().join("pids");
            until("the tree to grow", || {
                std::fs::read_dir(&pids).is_ok_and(|entries| entries.count() == 5)
            })
            .await;
            assert!(!alive(bench.dir.path()).is_empty());
            if drops {
                run.abort();
            } else {
                cancel.cancel();
                assert_verdict(&run.await.unwrap(), Inconclusive, "interrupted");
            }
            until("the tree to be gone", || alive(bench.dir.path()).is_empty()).await;
        }
    }
}

#[tokio::test]
async fn a_program_that_says_too_much_dies_with_what_left_its_group() {
    let loud = r#"argv = ["sh", "-c", "mkdir -p pids; setsid sh -c ': > pids/$$; exec sleep 300' & sleep 0.3; exec yes"], max_bytes = 1000"#;
    for bench in benches(&command("loud", loud, ZERO)) {
        assert_verdict(
            &bench.run("loud").await,
            Inconclusive,
            "more output than the 1000 bytes",
        );
        assert_eq!(std::fs::read_dir(bench.dir.path().join("pids")).unwrap().count(), 1);
        until("what left the group to be gone", || alive(bench.dir.path()).is_empty()).await;
    }
}

#[tokio::test]
async fn what_a_program_leaves_behind_dies_with_its_run() {
    let leaves = r#"argv = ["sh", "-c", "mkdir -p pids; sleep 300 & : > pids/$!; echo done"]"#;
    for bench in benches(&command("leaves", leaves, ZERO)) {
        let since = Instant::now();
        assert_verdict(&bench.run("leaves").await, Pass, "Exit code: 0");
        assert!(
            since.elapsed() < Duration::from_secs(5),
            "it did not wait for what was left behind"
        );
        until("what was left behind to be gone", || alive(bench.dir.path()).is_empty()).await;
    }
}

#[tokio::test]
async fn an_output_that_stays_open_is_not_whole() {
    let escapes =
        r#"argv = ["sh", "-c", "mkdir -p pids; setsid sh -c ': > pids/$$; exec sleep 5' & sleep 0.3; echo done"]"#;
    for bench in benches(&command("escapes", escapes, ZERO)) {
        assert_verdict(&bench.run("escapes").await, Inconclusive, "kept its output open");
    }
}

#[tokio::test]
async fn a_program_gets_what_is_named_and_nothing_else() {
    let env = "argv = [\"env\"], env = { MODE = \"{mode}\", TOKEN = \"{secret.token}\" }";
    let exact = "expect = [{ check = \"output\", matches = '^(PATH=[^\\n]*\\n|MODE=strict\\n|TOKEN=[^\\n]*\\n){3}$' }]";
    let plain = "argv = [\"printf\", \"%s|\", \"$HOME; `id` *\", \"{version}\", \"{mode}\"]";
    let output = |text: &str| format!("expect = [{{ check = \"output\", equals = '{text}' }}]");
    let stdin = "argv = [\"cat\"]";
    let folder = "argv = [\"sh\", \"-c\", \"pwd; test -f token\"], folder = \"{version}/..\"";
    let inner = "argv = [\"sh\", \"-c\", \"basename $PWD\"], folder = \"{version}\"";
    let gates = [
        command("env", env, exact),
        command("plain", plain, &output("$HOME; `id` *|v1.4.2|strict|")),
        command("stdin", stdin, &output("")),
        command("folder", folder, ZERO),
        command(
            "inner",
            inner,
            "expect = [{ check = \"output\", equals = \"v1.4.2\\n\" }]",
        ),
    ]
    .concat();
    for bench in benches(&gates) {
        assert_verdict(&bench.run("env").await, Pass, "All 2 checks hold");
        assert_verdict(&bench.run("plain").await, Pass, "All 2 checks hold");
        assert_verdict(&bench.run("stdin").await, Pass, "All 2 checks hold");
        assert_verdict(&bench.run("inner").await, Inconclusive, "is not there");
        std::fs::create_dir(bench.dir.path().join("v1.4.2")).unwrap();
        assert_verdict(&bench.run("inner").await, Pass, "All 2 checks hold");
        assert_verdict(&bench.run("folder").await, Pass, "Exit code: 0");

        let with = |gate: &str, version: &str| {
            let mut values = request(gate).values;
            values.insert("version".to_owned(), version.to_owned());
            RunRequest {
                values,
                ..request(gate)
            }
        };
        for (gate, version, words) in [
            ("inner", "../..", "would climb"),
            ("inner", "/etc", "would climb"),
            ("plain", "--help", "could take it for an option"),
        ] {
            let (progress, _shown) = mpsc::channel(1);
            let verdict = bench
                .runner
                .run(with(gate, version), progress, CancellationToken::new())
                .await;
            assert_verdict(&verdict, Inconclusive, words);
        }
    }
}

#[tokio::test]
async fn stand_ins_run_in_place_of_programs() {
    let gates = command(
        "g",
        "argv = [\"python\", \"-m\", \"doctor\"]",
        "expect = [{ check = \"output\", equals = \"stand-in -m doctor\\n\" }]",
    );
    let bench = || Bench::with_environment("programs = { python = [\"echo\", \"stand-in\"] }", "", &gates);
    for bench in [bench(), bench().guarded()] {
        let verdict = bench.run("g").await;
        assert_verdict(&verdict, Pass, "All 2 checks hold");
        assert_eq!(
            verdict.request, "python -m doctor",
            "the record says what the gate says"
        );
    }
}

#[tokio::test]
async fn output_is_shown_while_it_comes_and_in_its_order() {
    let says = r#"argv = ["sh", "-c", "echo one; sleep 0.2; echo two >&2; sleep 0.2; echo three"]"#;
    for bench in benches(&command(
        "says",
        says,
        "expect = [{ check = \"output\", equals = \"one\\ntwo\\nthree\\n\" }]",
    )) {
        let (verdict, shown) = bench.run_shown("says").await;
        assert_verdict(&verdict, Pass, "All 2 checks hold");
        assert_eq!(
            (verdict.output.as_str(), verdict.output_bytes),
            ("one\ntwo\nthree\n", 14)
        );
        let text: String = shown
            .iter()
            .map(|progress| match progress {
                Progress::Output { text } => text.as_str(),
                Progress::Attempt { .. } => panic!("there is one try only"),
            })
            .collect();
        assert_eq!(text, "one\ntwo\nthree\n");
    }
}
