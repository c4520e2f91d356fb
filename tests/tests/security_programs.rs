//! A gate's program that goes looking for the proxy's secrets finds none: not in the environment, the command line, the memory or the
//! open files of the processes that it descends from.
#![cfg(target_os = "linux")]

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use holdpoint_tests::{Folder, Options, Result, TestProxy};

const PATIENCE: Duration = Duration::from_secs(60);
const SECRET: &str = "held-secret-7781-for-one-gate";
const TOKEN: &str = "held-secret-7781-to-sign-in-with";
const DATABASE: &str = "postgres://held-secret-7781@127.0.0.1:1/none";

/// What all three begin with is in two pieces here, so that the program does not find itself.
const LOOKS: &str = r#"
import os, re, stat
needle = b"held-secret" + b"-7781"
found, seen = [], 0
def parent(process):
    with open(f"/proc/{process}/stat") as line:
        return int(line.read().rpartition(")")[2].split()[1])
# The guard, and the proxy that started it. What started the proxy is not the proxy's to keep anything from.
for process in [os.getppid(), parent(os.getppid())]:
    seen += 1
    for part in ["environ", "cmdline"]:
        try:
            with open(f"/proc/{process}/{part}", "rb") as file:
                if needle in file.read():
                    found.append(f"{part} of {process}")
        except OSError:
            pass
    try:
        with open(f"/proc/{process}/maps") as maps, open(f"/proc/{process}/mem", "rb", 0) as memory:
            for line in maps:
                place = re.match(r"([0-9a-f]+)-([0-9a-f]+) r", line)
                if place and "[v" not in line:
                    begin, end = (int(part, 16) for part in place.groups())
                    try:
                        memory.seek(begin)
                        if needle in memory.read(end - begin):
                            found.append(f"memory of {process}")
                            break
                    except (OSError, ValueError):
                        pass
    except OSError:
        pass
    try:
        for number in os.listdir(f"/proc/{process}/fd"):
            path = f"/proc/{process}/fd/{number}"
            # Anything else than a file could be waited for without an end.
            if stat.S_ISREG(os.stat(path).st_mode):
                with open(path, "rb") as file:
                    if needle in file.read(65536):
                        found.append(f"file {number} of {process}")
    except OSError:
        pass
print(f"looked into {seen}, found {len(found)}:", ", ".join(found))
"#;

const GATES: &str = r#"
[environments.test]
title = "Test"
databases.main = { env = "THE_DATABASE" }
secrets.held = { env = "THE_SECRET" }

[gates.looks]
title = "Looks around"
kind = "command"
command = { argv = ["python3", "look.py"] }
timeout = "50s"
expect = [{ check = "output", matches = "^looked into 2, found 0:" }]

[gates.uses]
title = "Uses the secret"
kind = "command"
command = { argv = ["sh", "-c", "test ${#HELD} = 29"], env = { HELD = "{secret.held}" } }
expect = [{ check = "exit_code", equals = 0 }]
"#;

fn options(folder: &Path) -> Options {
    Options::default()
        .runbooks(folder)
        .environment("THE_SECRET", SECRET)
        .environment("THE_DATABASE", DATABASE)
        .environment("HOLDPOINT_TOKENS", TOKEN)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gates_program_finds_no_secret_of_the_proxys() -> Result<()> {
    let folder = Folder::new("http://127.0.0.1:9")?;
    folder.write("gates.toml", GATES)?;
    folder.write("look.py", LOOKS)?;
    let book =
        "# Demo\n\n## Checks\n\n- [ ] Looks <!-- holdpoint: gate=looks -->\n- [ ] Uses <!-- holdpoint: gate=uses -->\n";
    folder.write("demo.md", book)?;
    let proxy = TestProxy::start(options(folder.path())).await?;
    // The token that was taken out of the environment is one all the same.
    let asked = reqwest::Client::new()
        .get(format!("{}/api/sessions", proxy.url()))
        .bearer_auth(TOKEN);
    assert_eq!(asked.send().await.expect("an answer").status(), 200);
    let client = proxy.sign_in().await?;
    let session = client.begin("demo", "checks", "test").await?;
    for (step, gate) in [("checks/looks", "looks"), ("checks/uses", "uses")] {
        client.run_gate(session, step, gate).await?;
        let history = client
            .until(session, "the verdict", PATIENCE, |history| {
                history.verdict(step, gate).is_some()
            })
            .await?;
        let verdict = history.verdict(step, gate).expect("it was waited for");
        assert_eq!(verdict.outcome, "pass", "{}: {:?}", verdict.summary, verdict.checks);
    }
    let own = std::fs::read(format!("/proc/{}/environ", proxy.pid())).expect("its environment");
    assert!(!String::from_utf8_lossy(&own).contains("held-secret"));
    Ok(())
}

/// Without root's rights, too, the program begins anew and reads what it took out; commands that serve nothing do the same.
#[test]
fn secrets_are_taken_out_of_the_environment_of_any_user() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = folder.path().join("holdpoint");
    std::fs::copy(TestProxy::program().expect("it was built"), &program).expect("a copy");
    for (path, mode) in [(folder.path(), 0o755), (program.as_path(), 0o755)] {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("its rights");
    }
    let mut command = if nix::unistd::geteuid().is_root() {
        let mut command = Command::new("runuser");
        command.args(["-u", "nobody", "--"]).arg(&program);
        command
    } else {
        Command::new(&program)
    };
    command
        .args(["lint", "/nowhere"])
        .env("THE_SECRET", SECRET)
        .current_dir("/");
    let output = command.stdin(Stdio::null()).output().expect("it starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("/nowhere: cannot be read"), "{said}");
}
