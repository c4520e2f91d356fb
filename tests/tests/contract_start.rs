//! Starting: what is wrong is one sentence and exit code 2, before anything is served.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use holdpoint_tests::{DriverError, Folder, Options, Result, TestProxy};

/// Runs `holdpoint` to its end. One that serves instead is stopped, and has no exit code.
fn holdpoint(arguments: &[&str]) -> Result<Output> {
    let io = |source| DriverError::Io {
        doing: "running holdpoint".to_owned(),
        source,
    };
    let mut command = Command::new(TestProxy::program()?);
    command
        .args(arguments)
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped());
    let mut child = command.spawn().map_err(io)?;
    let since = Instant::now();
    while child.try_wait().map_err(io)?.is_none() {
        if since.elapsed() > Duration::from_secs(20) {
            child.kill().map_err(io)?;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    child.wait_with_output().map_err(io)
}

fn text(path: &Path) -> &str {
    path.to_str().expect("it is text")
}

/// It ended with this code and said one sentence, with this in it.
fn said(name: &str, done: &Output, code: i32, within: &[&str]) {
    let stderr = String::from_utf8_lossy(&done.stderr).into_owned();
    assert_eq!(done.status.code(), Some(code), "{name}: {stderr}");
    assert_eq!(stderr.trim_end().lines().count(), 1, "{name}: {stderr}");
    assert!(
        stderr.starts_with("holdpoint: ") && stderr.trim_end().ends_with('.'),
        "{name}: {stderr}"
    );
    for part in within {
        assert!(stderr.contains(part), "{name}: {part} is not in {stderr}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_told_in_one_sentence() -> Result<()> {
    let folder = Folder::new("http://127.0.0.1:9")?;
    let broken = Folder::new("http://127.0.0.1:9")?;
    broken.write(
        "gates.toml",
        "[environments.test]\ntitle = \"Test\"\n\n[gates.x]\ntitle = 3\n",
    )?;
    let useless = Folder::new("http://127.0.0.1:9")?;
    useless.write("gates.toml", "[environments.test]\ntitle = \"Test\"\n\n[gates.x]\ntitle = \"X\"\nkind = \"command\"\ncommand = { argv = [\"true\"] }\nexpect = []\n")?;
    let data = Folder::new("http://127.0.0.1:9")?;
    data.write("file", "")?;
    data.write("empty-tokens", "# none\n")?;
    data.write(
        "other/holdpoint.db",
        "This is a text, and it is long enough to be looked at as a database.\n",
    )?;
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let taken = listener.local_addr().expect("it has one").port().to_string();
    let (runbooks, data_dir) = (text(folder.path()), data.path().join("data"));
    let (unwritable, other) = (data.path().join("file/data"), data.path().join("other"));
    // Otherwise its being closed to others would be told, too.
    std::fs::set_permissions(&other, std::fs::Permissions::from_mode(0o700)).expect("its rights");
    let shared = data.path().join("shared");
    data.write("shared/report.txt", "of somebody else's")?;
    std::fs::set_permissions(&shared, std::fs::Permissions::from_mode(0o755)).expect("its rights");
    let tokens = data.path().join("empty-tokens");
    data.write("bare/plain.md", "# Plain\n")?;
    let bare = data.path().join("bare");
    for (name, extra, within) in [
        (
            "bad type",
            vec!["--runbooks", text(broken.path())],
            vec!["gates.toml:5:", "it cannot be"],
        ),
        (
            "a gate that proves nothing",
            vec!["--runbooks", text(useless.path())],
            vec!["gates.toml:8:", "gate “x”", "expects nothing"],
        ),
        (
            "no runbooks",
            vec!["--runbooks", "/nowhere"],
            vec!["there is no folder /nowhere", "--runbooks"],
        ),
        ("busy port", vec!["--port", &taken], vec!["port", &taken, "is in use"]),
        (
            "data that others can read",
            vec!["--data-dir", text(&shared)],
            vec!["other users can look into", "chmod 700"],
        ),
        (
            "unwritable data",
            vec!["--data-dir", text(&unwritable)],
            vec!["file/data cannot be written"],
        ),
        (
            "not a database",
            vec!["--data-dir", text(&other)],
            vec!["holdpoint.db cannot be opened"],
        ),
        (
            "open without tokens",
            vec!["--host", "0.0.0.0"],
            vec!["0.0.0.0 can be reached from other machines", "--token-file"],
        ),
        (
            "no host of ours",
            vec!["--host", "no-such-host.invalid"],
            vec!["no-such-host.invalid"],
        ),
        (
            "no tokens in the file",
            vec!["--token-file", text(&tokens)],
            vec!["holds no token"],
        ),
        (
            "no such token file",
            vec!["--token-file", "/nowhere/tokens"],
            vec!["/nowhere/tokens cannot be read"],
        ),
        (
            "no URL",
            vec!["--public-url", "example"],
            vec!["the public URL example is not of the form"],
        ),
        (
            "nothing to rehearse",
            vec!["--rehearsal", "--runbooks", text(&bare)],
            vec!["declares no environment"],
        ),
    ] {
        let mut arguments = vec!["serve"];
        for (option, usual) in [
            ("--runbooks", runbooks),
            ("--data-dir", text(&data_dir)),
            ("--port", "0"),
            ("--host", "127.0.0.1"),
        ] {
            if !extra.contains(&option) {
                arguments.extend([option, usual]);
            }
        }
        arguments.extend(&extra);
        said(name, &holdpoint(&arguments)?, 2, &within);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_folder_has_one_proxy_and_links_can_be_made_beside_it() -> Result<()> {
    let folder = Folder::new("http://127.0.0.1:9")?;
    let proxy = TestProxy::start(Options::default().runbooks(folder.path())).await?;
    let data = text(proxy.data());
    let second = holdpoint(&[
        "serve",
        "--port",
        "0",
        "--data-dir",
        data,
        "--runbooks",
        text(folder.path()),
    ])?;
    said("second proxy", &second, 2, &["in use by another proxy"]);

    let printed = proxy.sign_in_link()?;
    let made = holdpoint(&["token", "new", "--data-dir", data])?;
    let link = String::from_utf8_lossy(&made.stdout).trim().to_owned();
    assert!(link.starts_with(&format!("{}/sign-in?token=", proxy.url())), "{link}");
    assert!(
        holdpoint_tests::Client::sign_in(&proxy.url(), &printed).await.is_err(),
        "a newer link ends the older"
    );
    holdpoint_tests::Client::sign_in(&proxy.url(), &link)
        .await?
        .me()
        .await?;
    Ok(())
}

#[test]
fn lint_says_file_line_and_reason_and_outline_says_what_was_understood() -> Result<()> {
    let folder = Folder::new("http://127.0.0.1:9")?;
    let done = holdpoint(&["lint", text(folder.path())])?;
    let stdout = String::from_utf8_lossy(&done.stdout).into_owned();
    assert_eq!(done.status.code(), Some(1), "{stdout}");
    assert!(
        stdout.contains("demo.md:54:") && stdout.contains("error: There is no gate “undeclared”"),
        "{stdout}"
    );

    // A broken gates.toml does not hide what is wrong with the runbooks.
    folder.write("gates.toml", "[gates.x\n")?;
    folder.write("other.md", "# Other\n\nSee [nothing](nothing.md).\n")?;
    let done = holdpoint(&["lint", text(folder.path())])?;
    let stdout = String::from_utf8_lossy(&done.stdout).into_owned();
    assert_eq!(done.status.code(), Some(1), "{stdout}");
    assert!(
        stdout.contains("gates.toml:1:") && stdout.contains("other.md:3:"),
        "{stdout}"
    );

    let done = holdpoint(&["outline", text(&folder.path().join("demo.md")), "--json"])?;
    let outline: serde_json::Value = serde_json::from_slice(&done.stdout).expect("it is JSON");
    assert_eq!(outline["procedures"][0]["steps"][1]["gates"][0], "health");
    assert_eq!(outline["procedures"][1]["kind"], "rollback");

    let shipped = holdpoint_tests::repository().join("runbooks");
    let done = holdpoint(&["lint", text(&shipped)])?;
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
    Ok(())
}
