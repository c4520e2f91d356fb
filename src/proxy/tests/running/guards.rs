//! The guard that programs run under: it cannot be told from none, and without its word nothing passes.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use holdpoint_domain::gate::Outcome::{Inconclusive, Pass};

use super::commands::{ZERO, alive, benches, command, until};
use crate::common::{Bench, assert_verdict};

fn guarded(gates: &str) -> Bench {
    let [_, guarded] = benches(gates);
    guarded
}

#[tokio::test]
async fn a_signal_is_told_whatever_it_is() {
    // One that a Rust program ignores, one that it handles, one that has no name, and one that would leave a core.
    for (signal, group) in [(13, "$$"), (11, "$$"), (34, "$$"), (6, "$$"), (15, "-$$"), (15, "0")] {
        let kills = format!("argv = [\"sh\", \"-c\", \"ulimit -c 0; kill -{signal} {group}; sleep 5\"]");
        for bench in benches(&command("kills", &kills, ZERO)) {
            let verdict = bench.run("kills").await;
            assert_verdict(&verdict, Inconclusive, &format!("killed by signal {signal}"));
        }
    }
}

#[tokio::test]
async fn a_program_leads_its_group_and_has_no_further_open_file() {
    // The fifth word is the group. Whatever these tests were started with is open in both.
    let looks = r#"argv = ["sh", "-c", '''
      set -- $(cat /proc/$$/stat); test $5 = $$ && echo leads
      exec ls /proc/self/fd
    ''']"#;
    let mut seen = Vec::new();
    for bench in benches(&command("looks", looks, ZERO)) {
        let verdict = bench.run("looks").await;
        assert_verdict(&verdict, Pass, "Exit code: 0");
        seen.push(verdict.output);
    }
    assert!(seen[0].starts_with("leads\n0\n1\n"), "{seen:?}");
    assert_eq!(seen[0], seen[1]);
}

#[tokio::test]
async fn without_the_word_of_a_guard_nothing_passes() {
    let gates = command("fine", "argv = [\"true\"]", ZERO);
    for (guard, words) in [
        (
            "/nowhere/holdpoint",
            "the guard that programs run under could not be started",
        ),
        ("/dev/null", "the guard that programs run under could not be started"),
        ("/bin/true", "the guard that programs run under could not be started"),
        ("/bin/false", "the guard that programs run under could not be started"),
    ] {
        let bench = guarded(&gates);
        let runner = bench.runner.clone().guarded(PathBuf::from(guard));
        let bench = Bench { runner, ..bench };
        assert_verdict(&bench.run("fine").await, Inconclusive, words);
    }

    // The guard is the program's parent. Its group is not the program's, so that it is only hit on purpose.
    let murders = "argv = [\"sh\", \"-c\", '''
      mkdir -p pids; : > pids/$$; setsid sh -c ': > pids/$$; exec sleep 300' & sleep 0.3
      kill -9 $PPID; echo done; sleep 300 & : > pids/$!
      wait
    ''']";
    let bench = guarded(&command("murders", murders, ZERO));
    assert_verdict(
        &bench.run("murders").await,
        Inconclusive,
        "was gone before the program ended",
    );
    until("everything to be gone", || alive(bench.dir.path()).is_empty()).await;
}

#[tokio::test]
async fn a_stopped_guard_still_kills() {
    let stops = "argv = [\"sh\", \"-c\", 'mkdir -p pids; : > pids/$$; : > pids/$PPID; kill -STOP $PPID; sleep 300']";
    let bench = guarded(&command("stops", stops, &format!("timeout = \"900ms\"\n{ZERO}")));
    assert_verdict(&bench.run("stops").await, Inconclusive, "No answer within 900ms");
    until("program and guard to be gone", || alive(bench.dir.path()).is_empty()).await;
}

/// Its parent ends at once, so that nothing in `/proc` says whose it was.
const DAEMON: &str = "mkdir -p pids; setsid sh -c 'sleep 300 & : > pids/$!'";

#[tokio::test]
async fn a_guard_finds_what_nobody_is_the_parent_of() {
    let hides = format!("argv = [\"sh\", \"-c\", '''{DAEMON}; sleep 300''']");
    let bench = guarded(&command("hides", &hides, &format!("timeout = \"900ms\"\n{ZERO}")));
    assert_verdict(&bench.run("hides").await, Inconclusive, "No answer within 900ms");
    assert_eq!(std::fs::read_dir(bench.dir.path().join("pids")).unwrap().count(), 1);
    until("the daemon to be gone", || alive(bench.dir.path()).is_empty()).await;
}

#[tokio::test]
async fn what_a_guard_adopted_does_not_linger() {
    // A program that stops its own daemon and waits until it is gone.
    let stops = format!(
        "argv = [\"sh\", \"-c\", '''{DAEMON}; kill -9 $(ls pids); while kill -0 $(ls pids); do sleep 0.05; done; echo gone''']"
    );
    let expect = format!("timeout = \"5s\"\n{ZERO}");
    for bench in benches(&command("stops", &stops, &expect)) {
        assert_verdict(&bench.run("stops").await, Pass, "Exit code: 0");
    }
}

#[tokio::test]
async fn a_guard_is_of_no_use_by_hand() {
    let holdpoint = env!("CARGO_BIN_EXE_holdpoint");
    for arguments in [
        &["guard", "--", "echo", "ran"][..],
        &["guard", "echo", "ran"],
        &["guard"],
    ] {
        let ran = Command::new(holdpoint).args(arguments).stdin(Stdio::null()).output();
        let ran = ran.expect("it can be started");
        let said = String::from_utf8_lossy(&ran.stderr).into_owned();
        assert_eq!(
            (ran.status.code(), ran.stdout.as_slice()),
            (Some(64), &b""[..]),
            "{said}"
        );
        assert!(said.contains("of no use by hand"), "{said}");
    }
    let help = Command::new(holdpoint)
        .arg("--help")
        .output()
        .expect("it can be started");
    assert!(!String::from_utf8_lossy(&help.stdout).contains("guard"));
}
