//! What everything is measured on: a proxy with runbooks of any length, and browsers that measure.

use std::fmt::Write;
use std::time::{Duration, Instant};

use holdpoint_tests::{Browser, Client, DriverError, Folder, Options, Result, TestProxy, repository};
use serde_json::{Value, json};
use uuid::Uuid;

/// How long a page may take to have all its rows.
const PATIENCE: Duration = Duration::from_secs(120);

/// What everything is measured on.
pub struct Bed {
    proxy: TestProxy,
    client: Client,
    _folder: Folder,
}

impl Bed {
    /// Starts a proxy with a runbook of each of these numbers of steps.
    pub async fn start(steps: impl Iterator<Item = usize>) -> Result<Self> {
        // No gate is run: nobody listens there.
        let folder = Folder::new("http://127.0.0.1:1")?;
        for steps in steps {
            folder.write(&format!("{}.md", name(steps)), &runbook(steps))?;
        }
        let proxy = TestProxy::start(Options::default().runbooks(folder.path())).await?;
        let client = proxy.sign_in().await?;
        Ok(Self {
            proxy,
            client,
            _folder: folder,
        })
    }

    /// What it is measured with.
    pub async fn machine(&self) -> Result<String> {
        let browser = self.browser().await?;
        let version = browser.driver().cdp().send_raw("Browser.getVersion", json!({})).await?;
        browser.close().await?;
        let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
        // Where there is no such file, the machine is known to whoever runs this.
        let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = info.lines().find_map(|line| line.strip_prefix("model name"));
        let model = model.map_or("unknown", |model| model.trim_start_matches([' ', '\t', ':']));
        Ok(format!(
            "{}, headless; {cores} × {model}; {}.",
            version["product"].as_str().unwrap_or("unknown browser"),
            std::env::consts::OS
        ))
    }

    /// A new browser with an empty profile, in which somebody is signed in, and which measures every page that it opens.
    pub async fn browser(&self) -> Result<Browser> {
        let browser = Browser::signed_in(&self.proxy, &self.client).await?;
        measuring(browser).await
    }

    /// A new session of so many steps.
    pub async fn session(&self, steps: usize) -> Result<Uuid> {
        self.client.begin(&name(steps), "release", "test").await
    }

    /// Who asks the proxy.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The ids of a session's steps, in order.
    pub async fn steps(&self, session: Uuid) -> Result<Vec<String>> {
        let history = self.client.history(session).await?;
        let ids = history.steps().iter().filter_map(|step| step["id"].as_str());
        Ok(ids.map(str::to_owned).collect())
    }

    /// What the proxy says of a session, and how long it took to say it.
    pub async fn answer(&self, session: Uuid) -> Result<(String, f64)> {
        let since = Instant::now();
        let path = format!("/api/sessions/{session}");
        let text = self
            .client
            .request(reqwest::Method::GET, &path)
            .send()
            .await?
            .text()
            .await?;
        Ok((text, since.elapsed().as_secs_f64() * 1000.0))
    }
}

/// Lets a browser measure every page that it opens.
pub async fn measuring(browser: Browser) -> Result<Browser> {
    let source = json!({ "source": own("measure.js")? });
    let cdp = browser.driver().cdp();
    cdp.send_raw("Page.enable", json!({})).await?;
    cdp.send_raw("Page.addScriptToEvaluateOnNewDocument", source).await?;
    browser.driver().set_script_timeout(PATIENCE).await?;
    browser.driver().set_page_load_timeout(PATIENCE).await?;
    Ok(browser)
}

/// Opens a page of so many rows; milliseconds until the first and the last of them were painted.
pub async fn opened(browser: &Browser, page: &str, rows: usize) -> Result<(f64, f64)> {
    browser.go(page).await?;
    let times = browser.script(&format!("return bench.opened({rows})")).await?;
    match (times[0].as_f64(), times[1].as_f64()) {
        (Some(first), Some(last)) => Ok((first, last)),
        _ => Err(unexpected("The time that opening took", &times)),
    }
}

/// Opens a watch page; milliseconds until its verdict was painted by the first answer, and by the page's own program.
pub async fn answered(browser: &Browser, page: &str) -> Result<(f64, f64)> {
    browser.go(page).await?;
    let times = browser.script("return bench.answered()").await?;
    match (times[0].as_f64(), times[1].as_f64()) {
        (Some(first), Some(own)) => Ok((first, own)),
        _ => Err(unexpected("The time until the verdict", &times)),
    }
}

/// Opens a replay; milliseconds until its picture was painted, and the steps as they stood.
pub async fn replayed(browser: &Browser, page: &str) -> Result<(f64, f64)> {
    browser.go(page).await?;
    let times = browser.script("return bench.replayed()").await?;
    match (times[0].as_f64(), times[1].as_f64()) {
        (Some(picture), Some(rows)) => Ok((picture, rows)),
        _ => Err(unexpected("The time until the replay", &times)),
    }
}

/// Goes to an event of a replay; milliseconds until that was painted.
pub async fn scrubbed(browser: &Browser, place: usize) -> Result<f64> {
    let took = browser.script(&format!("return bench.scrubbed({place})")).await?;
    took.as_f64()
        .ok_or_else(|| unexpected("The time that going to a moment took", &took))
}

/// Ticks the current step; milliseconds until that was painted.
pub async fn ticked(browser: &Browser, phase: usize) -> Result<f64> {
    let took = browser.script(&format!("return bench.tick({phase})")).await?;
    took.as_f64()
        .ok_or_else(|| unexpected("The time that a tick took", &took))
}

/// A file of the repository.
pub fn read(path: &str) -> Result<String> {
    std::fs::read_to_string(repository().join(path)).map_err(|source| DriverError::Io {
        doing: format!("reading {path}"),
        source,
    })
}

/// A file of this bench.
pub fn own(name: &str) -> Result<String> {
    read(&format!("tests/benches/page/{name}"))
}

fn unexpected(what: &str, found: &Value) -> DriverError {
    DriverError::Unexpected {
        what: what.to_owned(),
        found: found.to_string(),
    }
}

fn name(steps: usize) -> String {
    format!("long-{steps}")
}

/// A procedure whose steps are all ticked by hand, one after the other.
fn runbook(steps: usize) -> String {
    let mut text =
        "# Long\n\n## Release\n<!-- holdpoint: procedure id=release kind=release order=sequential -->\n\n".to_owned();
    for step in 1..=steps {
        // Writing to a string does not fail.
        let _ = writeln!(text, "- [ ] Step {step:05}");
    }
    text
}
