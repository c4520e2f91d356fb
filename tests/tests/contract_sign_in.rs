//! Signing in and out: what uses a link up, whom a cookie belongs to, and how soon it opens nothing.

use std::process::Command;
use std::time::{Duration, Instant};

use holdpoint_tests::{Client, DriverError, Folder, Options, Result, TestProxy, plain_http};
use reqwest::{Method, Response};
use serde_json::json;

/// After another process signed everybody out.
const UNTIL_REQUESTS_ARE_REFUSED: Duration = Duration::from_secs(3);
const UNTIL_STREAMS_END: Duration = Duration::from_secs(12);

async fn place() -> Result<(Folder, TestProxy)> {
    let folder = Folder::new("http://127.0.0.1:9")?;
    let proxy = TestProxy::start(Options::default().runbooks(folder.path())).await?;
    Ok((folder, proxy))
}

async fn status(client: &Client) -> Result<u16> {
    Ok(client.request(Method::GET, "/api/me").send().await?.status().as_u16())
}

async fn post(link: &str, headers: &[(&str, &str)]) -> Result<Response> {
    let (address, token) = link.split_once("?token=").expect("a link");
    let request = plain_http()?.post(address).form(&[("token", token)]);
    let request = headers
        .iter()
        .fold(request, |request, (name, value)| request.header(*name, *value));
    Ok(request.send().await?)
}

/// A second link for the same proxy, or another command for its data folder.
fn holdpoint(proxy: &TestProxy, arguments: &[&str]) -> Result<String> {
    let mut command = Command::new(TestProxy::program()?);
    command.args(arguments).arg("--data-dir").arg(proxy.data());
    let done = command.output().map_err(|source| DriverError::Io {
        doing: "running holdpoint".to_owned(),
        source,
    })?;
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    Ok(String::from_utf8_lossy(&done.stdout).trim().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_looks_at_a_link_does_not_use_it_up() -> Result<()> {
    let (_folder, proxy) = place().await?;
    let link = proxy.sign_in_link()?;
    let http = plain_http()?;
    for (method, headers) in [
        (Method::GET, vec![("user-agent", "Slackbot-LinkExpanding 1.0")]),
        (Method::GET, vec![("sec-purpose", "prefetch;prerender")]),
        (
            Method::GET,
            vec![("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")],
        ),
        (Method::HEAD, vec![]),
        (Method::OPTIONS, vec![]),
    ] {
        let request = http.request(method.clone(), &link);
        let request = headers
            .iter()
            .fold(request, |request, (name, value)| request.header(*name, *value));
        let answer = request.send().await?;
        assert!(answer.headers().get("set-cookie").is_none(), "{method} {headers:?}");
        if method == Method::GET {
            assert_eq!(answer.status(), 200, "{headers:?}");
            let page = answer.text().await?;
            assert_eq!(page.matches("<button").count(), 1, "{page}");
            // Nothing that the Content-Security-Policy would refuse; the one style that there is has its digest in it.
            for refused in ["<script", "style=", " on", "<base"] {
                assert!(
                    !page.contains(refused) || refused == " on" && !page.contains(" onclick"),
                    "{refused}: {page}"
                );
            }
        }
    }
    // Nor does a page of another site, nor one that hides where it is.
    for origin in ["http://evil.example", "null", "http://127.0.0.1:1"] {
        let answer = post(&link, &[("origin", origin)]).await?;
        assert_eq!(answer.status(), 403, "{origin}");
    }
    assert_eq!(post(&link, &[("sec-fetch-site", "cross-site")]).await?.status(), 403);
    let used = post(&link, &[("origin", &proxy.url()), ("sec-fetch-site", "same-origin")]).await?;
    assert_eq!(used.status(), 303);
    assert_eq!(post(&link, &[]).await?.status(), 401);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_in_a_link_cannot_become_a_part_of_the_page() -> Result<()> {
    let (_folder, proxy) = place().await?;
    for token in ["", "%22%3E%3Cscript%3E", "a%20b", "%C3%A4", &"x".repeat(101)] {
        let answer = plain_http()?
            .get(format!("{}/sign-in?token={token}", proxy.url()))
            .send()
            .await?;
        assert_eq!(answer.status(), 401, "{token}");
        assert!(!answer.text().await?.contains("<form"), "{token}");
    }
    for (body, status) in [("", 401), ("token=", 401), ("token=a&token=b", 400), ("%ff=%ff", 401)] {
        let request = plain_http()?.post(format!("{}/sign-in", proxy.url()));
        let request = request
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body);
        assert_eq!(request.send().await?.status().as_u16(), status, "{body}");
    }
    let json = plain_http()?.post(format!("{}/sign-in", proxy.url())).json(&json!({}));
    assert_eq!(json.send().await?.status(), 400);
    let long = plain_http()?
        .post(format!("{}/sign-in", proxy.url()))
        .form(&[("token", "x".repeat(300_000))]);
    assert_eq!(long.send().await?.status(), 413);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_proxies_on_one_host_do_not_sign_each_other_out() -> Result<()> {
    let ((_one_folder, one), (_other_folder, other)) = (place().await?, place().await?);
    let (first, second) = (one.sign_in().await?, other.sign_in().await?);
    // A browser sends both cookies to both, and keeps one of each name.
    let name = |client: &Client| client.cookie().split('=').next().map(str::to_owned);
    assert_ne!(name(&first), name(&second));
    let both = format!("{}; {}", first.cookie(), second.cookie());
    for proxy in [&one, &other] {
        assert_eq!(status(&Client::with_cookie(&proxy.url(), &both)?).await?, 200);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_signs_itself_out_or_every_browser() -> Result<()> {
    let (_folder, proxy) = place().await?;
    let mut browsers = vec![proxy.sign_in().await?];
    for _ in 0..2 {
        let link = holdpoint(&proxy, &["token", "new"])?;
        browsers.push(Client::sign_in(&proxy.url(), &link).await?);
    }
    let unused = holdpoint(&proxy, &["token", "new"])?;
    let sign_out = async |client: &Client, body| client.request(Method::POST, "/api/sign-out").json(&body).send().await;
    for browser in &browsers {
        assert_eq!(status(browser).await?, 200);
    }
    assert_eq!(sign_out(&browsers[0], json!({ "every": true })).await?.status(), 400);
    let answer = sign_out(&browsers[0], json!({})).await?;
    assert_eq!(answer.status(), 204);
    let taken = answer.headers()["set-cookie"].to_str().expect("text").to_owned();
    assert!(taken.contains("Max-Age=0") && taken.contains("Path=/"), "{taken}");
    assert_eq!(status(&browsers[0]).await?, 401, "at once");
    assert_eq!(status(&browsers[1]).await?, 200);
    assert_eq!(sign_out(&browsers[1], json!({ "all": true })).await?.status(), 204);
    for browser in &browsers {
        assert_eq!(status(browser).await?, 401, "at once");
    }
    assert_eq!(
        post(&unused, &[]).await?.status(),
        401,
        "the link that nobody used is ended, too"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_signed_out_by_the_command_line_is_soon_out_of_requests_and_streams() -> Result<()> {
    let (_folder, proxy) = place().await?;
    let client = proxy.sign_in().await?;
    let session = client.begin("demo", "release", "test").await?;
    let mut stream = client.stream(session, None).await?;
    stream.next_record(Duration::from_secs(5)).await?;
    assert_eq!(status(&client).await?, 200);
    let said = holdpoint(&proxy, &["sign-out", "--all"])?;
    assert!(said.starts_with("1 browser was signed out."), "{said}");
    let since = Instant::now();
    while status(&client).await? == 200 {
        assert!(since.elapsed() < UNTIL_REQUESTS_ARE_REFUSED);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(stream.next(UNTIL_STREAMS_END).await?, None, "the stream ended");
    Ok(())
}
