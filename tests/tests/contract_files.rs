//! What leaves the proxy as a file: exports that can be verified, and the page.

use std::path::Path;
use std::process::Command;

use holdpoint_domain::session::{SessionId, SessionOutcome};
use holdpoint_tests::{Client, History, Result, TestProxy, normalised, normalised_json, unhealthy_platform};
use reqwest::Method;

/// A session with a failed gate in it.
async fn told(client: &Client) -> Result<SessionId> {
    let session = client.begin_and_hold().await?;
    client.close(session, SessionOutcome::Abandoned).await?;
    Ok(session)
}

fn text(path: &Path) -> &str {
    path.to_str().expect("it is text")
}

#[tokio::test(flavor = "multi_thread")]
async fn exports_are_files_that_can_be_verified() -> Result<()> {
    let (_server, folder, proxy, client) = unhealthy_platform().await?;
    let session = told(&client).await?;
    for (format, media) in [
        ("md", "text/markdown; charset=utf-8"),
        ("json", "application/json"),
        ("csv", "text/csv; charset=utf-8"),
        ("html", "text/html; charset=utf-8"),
    ] {
        let path = format!("/api/sessions/{session}/export?format={format}");
        let answer = client.request(Method::GET, &path).send().await?;
        assert_eq!(answer.headers()["content-type"], media);
        let named = answer.headers()["content-disposition"]
            .to_str()
            .expect("text")
            .to_owned();
        let simple = session.simple().to_string();
        let ending = format!("-{}.{format}\"", &simple[simple.len() - 8..]);
        assert!(
            named.starts_with("attachment; filename=\"holdpoint-20") && named.ends_with(&ending),
            "{named}"
        );
        let served = answer.text().await?;
        let golden = match serde_json::from_str(&served) {
            Ok(json) => normalised_json(&json),
            Err(_) => normalised(&served),
        };
        insta::assert_snapshot!(format!("export.{format}"), golden);

        // The command line writes the same file, from the same data, while the proxy runs.
        let file = folder.path().join(format!("out.{format}"));
        let data = text(proxy.data());
        let arguments = [
            "export",
            &simple[24..],
            "--format",
            format,
            "--data-dir",
            data,
            "-o",
            text(&file),
        ];
        let done = TestProxy::run(&arguments)?;
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        assert_eq!(
            std::fs::read_to_string(&file).expect("it was written"),
            served,
            "{format}"
        );
    }

    let file = folder.path().join("out.json");
    let done = TestProxy::run(&["verify", text(&file)])?;
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let honest = std::fs::read_to_string(&file).expect("it is there");
    let export: serde_json::Value = serde_json::from_str(&honest).expect("it is JSON");
    let events = export["events"].as_array().expect("it has events").clone();
    assert_eq!(History::new(events).broken_chain(), None);
    let altered = honest.replacen("\"outcome\":\"fail\"", "\"outcome\":\"pass\"", 1);
    assert_ne!(altered, honest);
    std::fs::write(&file, altered).expect("it can be written");
    let done = TestProxy::run(&["verify", text(&file)])?;
    assert_eq!(done.status.code(), Some(1));
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(said.contains("Event ") && said.contains("was altered"), "{said}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_export_of_a_session_says_how_its_rollback_went() -> Result<()> {
    let (_server, folder, proxy, client) = unhealthy_platform().await?;
    let session = client.begin("demo", "release", "test").await?;
    let rollback = client.begin_rollback(session, "undo").await?;
    let report = client.export(session, "md").await?;
    assert!(report.contains("THE ROLLBACK IS NOT FINISHED."), "{report}");
    client.close(rollback, SessionOutcome::Abandoned).await?;
    client.close(session, SessionOutcome::RolledBack).await?;
    for (format, said) in [
        ("md", "> **THE ROLLBACK WAS NOT FINISHED.** "),
        ("html", "<strong>THE ROLLBACK WAS NOT FINISHED.</strong> "),
        ("csv", "was given up, 0 of 1 steps done"),
        ("json", "\"standing\": \"abandoned\""),
    ] {
        let served = client.export(session, format).await?;
        assert!(served.contains(said), "{said}\n{served}");
        // The command line says the same, from the same data.
        let id = session.to_string();
        let arguments = ["export", &id, "--format", format, "--data-dir", text(proxy.data())];
        let done = TestProxy::run(&arguments)?;
        assert_eq!(String::from_utf8_lossy(&done.stdout), served, "{format}");
        let undoing = client.export(rollback, format).await?;
        let stands = if format == "json" {
            "rolled_back"
        } else {
            "was closed as rolled back, 0 of 3 steps done"
        };
        assert!(undoing.contains(stands), "{stands}\n{undoing}");
    }
    let file = folder.path().join("undone.json");
    std::fs::write(&file, client.export(session, "json").await?).expect("it can be written");
    let done = TestProxy::run(&["verify", text(&file)])?;
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(done.status.success() && said.contains("linked sessions"), "{said}");

    // A rollback of a session that was closed already is linked from its own side only.
    let closed = told(&client).await?;
    let late = client.begin_rollback(closed, "undo").await?;
    client.close(late, SessionOutcome::Abandoned).await?;
    let report = client.export(closed, "md").await?;
    assert!(report.contains("THE ROLLBACK WAS NOT FINISHED."), "{report}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_cannot_be_written_is_exported_and_left_as_it_is() -> Result<()> {
    use std::os::unix::fs::{PermissionsExt, chown};
    use std::os::unix::process::CommandExt;
    let (_server, folder, mut proxy, client) = unhealthy_platform().await?;
    let session = told(&client).await?;
    let served = client.export(session, "json").await?;
    // As a power cut leaves it, with most of it in the write-ahead log.
    proxy.kill9()?;
    let set =
        |path: &Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("a mode");
    let copy = folder.path().join("copy");
    std::fs::create_dir(&copy).expect("a folder");
    for name in ["holdpoint.db", "holdpoint.db-wal"] {
        std::fs::copy(proxy.data().join(name), copy.join(name)).expect("a copy");
        set(&copy.join(name), 0o444);
    }
    set(&copy, 0o555);
    set(folder.path(), 0o755);
    let mut command = Command::new(TestProxy::program()?);
    command.args([
        "export",
        &session.to_string(),
        "--format",
        "json",
        "--data-dir",
        text(&copy),
    ]);
    // Nothing is forbidden to root.
    let nobody = 65_534;
    if nix::unistd::geteuid().is_root() {
        chown(&copy, Some(0), Some(0)).expect("it belongs to root");
        command.uid(nobody).gid(nobody);
    }
    let done = command.output().expect("it runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert_eq!(String::from_utf8_lossy(&done.stdout), served);
    let mut names: Vec<_> = std::fs::read_dir(&copy)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    names.sort();
    assert_eq!(names, ["holdpoint.db", "holdpoint.db-wal"]);
    set(&copy, 0o755);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_not_there_cannot_be_exported() -> Result<()> {
    let (_server, folder, proxy, client) = unhealthy_platform().await?;
    told(&client).await?;
    for (session, data, said) in [
        ("00000000", text(proxy.data()), "there is no session 00000000"),
        ("", text(proxy.data()), "there is no session"),
        ("00000000", text(folder.path()), "holds no database"),
    ] {
        let done = TestProxy::run(&["export", session, "--format", "md", "--data-dir", data])?;
        let stderr = String::from_utf8_lossy(&done.stderr).into_owned();
        assert_eq!(done.status.code(), Some(2), "{stderr}");
        assert!(stderr.contains(said), "{stderr}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_is_at_every_address_of_its_own_and_nowhere_else() -> Result<()> {
    let (_server, _folder, proxy, _client) = unhealthy_platform().await?;
    let http = reqwest::Client::builder().no_proxy().build()?;
    for (path, status) in [
        ("/", 200),
        ("/sessions/0198c0de", 200),
        ("/watch/0198c0de", 200),
        ("/runbooks/golden-release", 200),
        ("/index.html", 200),
        ("/missing.js", 404),
        ("/favicon.ico", 404),
        ("/index.html.br", 404),
        ("/..%2f..%2fetc%2fpasswd", 404),
        ("/runbooks/with%20space", 200),
        ("/runbooks/v1.2", 200),
    ] {
        let answer = http.get(format!("{}{path}", proxy.url())).send().await?;
        assert_eq!(answer.status().as_u16(), status, "{path}");
        if status == 200 {
            assert_eq!(answer.headers()["content-type"], "text/html; charset=utf-8", "{path}");
            let policy = answer.headers()["content-security-policy"]
                .to_str()
                .expect("text")
                .to_owned();
            let nonce = policy
                .split("'nonce-")
                .nth(1)
                .and_then(|rest| rest.split('\'').next())
                .expect("a nonce");
            let page = answer.text().await?;
            assert!(!page.contains("__TRUNK_NONCE__"), "{path}");
            if page.contains("<script") {
                assert!(page.contains(nonce), "{path}: the page's script has the answer's nonce");
            }
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_page_loads_is_compressed_and_kept() -> Result<()> {
    let (_server, _folder, proxy, _client) = unhealthy_platform().await?;
    let http = reqwest::Client::builder().no_proxy().build()?;
    let page = http.get(proxy.url()).send().await?.text().await?;
    let script = page
        .split(['"', '\''])
        .find(|part| part.starts_with('/') && part.ends_with(".js"));
    let script = script.unwrap_or_else(|| panic!("`cargo xtask test` builds the page first; this is none: {page}"));
    let url = format!("{}{script}", proxy.url());
    let plain = http.get(&url).send().await?;
    assert_eq!(plain.headers()["cache-control"], "public, max-age=31536000, immutable");
    assert!(plain.headers().get("content-encoding").is_none());
    let whole = plain.bytes().await?.len();
    let compressed = http.get(&url).header("accept-encoding", "gzip, br").send().await?;
    assert_eq!(compressed.headers()["content-encoding"], "br");
    assert_eq!(compressed.headers()["vary"], "accept-encoding");
    let etag = compressed.headers()["etag"].clone();
    assert!(compressed.bytes().await?.len() < whole / 2);
    let again = http
        .get(&url)
        .header("accept-encoding", "br")
        .header("if-none-match", etag)
        .send()
        .await?;
    assert_eq!(again.status(), 304);
    Ok(())
}
