//! The power goes away while a gate's program runs: nothing of the program outlives the proxy, and the next proxy says so.
#![cfg(target_os = "linux")]

use std::path::Path;
use std::time::{Duration, Instant};

use holdpoint_tests::{Folder, Options, Result, TestProxy};

const PATIENCE: Duration = Duration::from_secs(20);
/// How long what a program started may outlive the proxy.
const UNTIL_GONE: Duration = Duration::from_secs(2);

/// Its gate runs a shell with a child, a grandchild in a session of its own, and one there that has lost its parents. Each says
/// its id, and the tree is whole when the last file is there.
const MIGRATES: &str = r#"
[environments.test]
title = "Test"

[gates.slow]
title = "Takes its time"
kind = "command"
command = { argv = ["/bin/sh", "-c", '''
  mkdir -p pids; : > pids/$$; : > pids/$PPID
  sleep 300 & : > pids/$!
  sh -c 'setsid sh -c ": > pids/\$\$; exec sleep 300" & wait' &
  setsid sh -c 'sleep 300 & : > pids/$!'
  sleep 300
'''] }
timeout = "60s"
expect = [{ check = "exit_code", equals = 0 }]
"#;

/// The shell, its guard, its child, and two in sessions of their own.
const PROCESSES: usize = 5;

fn ids(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder.join("pids")) else {
        return Vec::new();
    };
    entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect()
}

/// Whether this process runs. A zombie does not: it only waits for somebody to ask how it ended.
fn runs(id: &str) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    stat.rsplit_once(')')
        .is_some_and(|(_, rest)| !rest.trim_start().starts_with(['Z', 'X']))
}

async fn until(what: &str, patience: Duration, mut reached: impl FnMut() -> bool) -> Duration {
    let since = Instant::now();
    while !reached() {
        assert!(since.elapsed() < patience, "waited {patience:?} for: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    since.elapsed()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_running_gate_outlives_a_killed_proxy() -> Result<()> {
    let folder = Folder::new("http://127.0.0.1:9")?;
    folder.write("gates.toml", MIGRATES)?;
    let mut proxy = TestProxy::start(Options::default().runbooks(folder.path())).await?;
    let client = proxy.sign_in().await?;
    let session = client.begin("demo", "checks", "test").await?;
    client.run_gate(session, "checks/slow", "slow").await?;
    until("the tree to grow", PATIENCE, || ids(folder.path()).len() == PROCESSES).await;
    let ids = ids(folder.path());
    assert!(ids.iter().all(|id| runs(id)), "all of the tree runs");

    proxy.kill9()?;
    let took = until("the tree to be gone", UNTIL_GONE, || !ids.iter().any(|id| runs(id))).await;
    println!("the tree was gone after {took:?}");

    proxy.restart().await?;
    let history = client
        .until(session, "the verdict", PATIENCE, |history| {
            history.verdict("checks/slow", "slow").is_some()
        })
        .await?;
    let verdict = history.verdict("checks/slow", "slow").expect("it was waited for");
    assert_eq!(verdict.outcome, "inconclusive");
    assert!(
        verdict.summary.to_lowercase().contains("interrupted"),
        "{}",
        verdict.summary
    );
    assert!(history.done().is_empty() && history.standing() == "hold");
    Ok(())
}

/// A guard is the program that runs, and not what its file holds by now: the two would have to understand each other.
#[tokio::test(flavor = "multi_thread")]
async fn gates_run_after_the_program_was_replaced() -> Result<()> {
    let folder = Folder::new("http://127.0.0.1:9")?;
    let program = folder.path().join("holdpoint");
    std::fs::copy(TestProxy::program()?, &program).expect("a copy of the program");
    let options = Options::default().runbooks(folder.path()).program(&program);
    let proxy = TestProxy::start(options).await?;
    // As an installer does it, because a program that runs cannot be written to.
    std::fs::remove_file(&program).expect("the program's file can be removed");
    folder.write("holdpoint", "something else")?;
    let client = proxy.sign_in().await?;
    let session = client.begin("demo", "checks", "test").await?;
    client.run_gate(session, "checks/succeeds", "succeeds").await?;
    let history = client
        .until(session, "the verdict", PATIENCE, |history| {
            history.verdict("checks/succeeds", "succeeds").is_some()
        })
        .await?;
    assert!(history.is_done("checks/succeeds"));
    Ok(())
}
