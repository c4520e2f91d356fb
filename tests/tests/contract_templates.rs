//! A team's own reports: listed, served and written alike, and never an empty file where one is broken.

use holdpoint_tests::{Folder, Options, Result, TestProxy};
use reqwest::Method;

#[tokio::test(flavor = "multi_thread")]
async fn a_template_makes_the_same_report_for_the_page_and_the_command_line() -> Result<()> {
    let folder = Folder::new("http://127.0.0.1:9")?;
    let templates = folder.path().join("templates");
    std::fs::create_dir(&templates).expect("it is made");
    let write = |name: &str, text: &str| std::fs::write(templates.join(name), text).expect("it is written");
    write(
        "short.md",
        "{{ report.id }} by {{ report.captain }}: {{ timeline | length }}\n",
    );
    write("broken.html", "<p>\n{{ report.id </p>\n");
    let proxy = TestProxy::start(Options::default().runbooks(folder.path())).await?;
    let client = proxy.sign_in().await?;
    let session = client.begin("demo", "release", "test").await?;
    let listed = client.request(Method::GET, "/api/report-templates").send().await?;
    assert_eq!(listed.json::<Vec<String>>().await?, ["broken.html", "short.md"]);

    let report = |name: &str| {
        client
            .request(Method::GET, &format!("/api/sessions/{session}/report/{name}"))
            .send()
    };
    let served = report("short.md").await?;
    assert_eq!(served.headers()["content-type"], "text/markdown; charset=utf-8");
    let named = served.headers()["content-disposition"]
        .to_str()
        .expect("text")
        .to_owned();
    assert!(named.ends_with("-short.md\""), "{named}");
    let text = served.text().await?;
    assert!(text.ends_with(" by Robin Captain: 1\n"), "{text}");
    for gone in ["other.md", "..%2Fdemo.md", "%2Fetc%2Fpasswd"] {
        assert_eq!(report(gone).await?.status().as_u16(), 404, "{gone}");
    }
    let page = report("broken.html").await?.text().await?;
    assert!(
        page.contains("TEMPLATE NOT USED.") && page.contains("broken.html, line 2"),
        "{page}"
    );
    assert!(
        page.contains("Incident report"),
        "the shipped report stands in its place"
    );

    let id = session.to_string();
    let [data, runbooks] = [proxy.data(), folder.path()].map(|path| path.to_str().expect("text"));
    let export = |template: &str| {
        TestProxy::run(&[
            "export",
            &id,
            "--template",
            template,
            "--data-dir",
            data,
            "--runbooks",
            runbooks,
        ])
    };
    let done = export("short")?;
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert_eq!(String::from_utf8_lossy(&done.stdout), text);
    let done = export("broken")?;
    assert_eq!(done.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&done.stderr).contains("broken.html, line 2"));
    assert!(String::from_utf8_lossy(&done.stdout).contains("TEMPLATE NOT USED."));
    let done = export("other")?;
    assert_eq!(done.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&done.stderr).contains("there are broken.html, short.md"));

    let linted = TestProxy::run(&["lint", runbooks])?;
    assert_eq!(linted.status.code(), Some(1));
    let said = String::from_utf8_lossy(&linted.stdout).into_owned();
    assert!(said.contains("broken.html:2:1: error: syntax error"), "{said}");
    Ok(())
}
