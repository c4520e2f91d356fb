//! A browser of the test's own: Chromium without a window, with an empty profile.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::{CapabilitiesHelper, ChromiumLikeCapabilities, DesiredCapabilities, WebDriver, WindowHandle};

use crate::client::Client;
use crate::commands::CAPTAIN;
use crate::system::free_port;
use crate::{DriverError, Result, TestProxy};

/// A browser, with one person in front of it.
pub struct Browser {
    pub(crate) driver: WebDriver,
    chromedriver: Child,
    /// It goes away with the browser.
    _profile: TempDir,
    url: String,
}

impl Browser {
    /// Opens a browser for a proxy. Nobody is signed in yet.
    ///
    /// # Errors
    /// Chromium or ChromeDriver are not installed, or do not start.
    pub async fn open(proxy: &TestProxy) -> Result<Self> {
        Self::at(&proxy.url()).await
    }

    /// Opens a browser for another server.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn at(url: &str) -> Result<Self> {
        drop(rustls::crypto::ring::default_provider().install_default());
        let port = free_port()?;
        let chromedriver = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .args(["--log-level=OFF"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|_| DriverError::Missing {
                what: "ChromeDriver (with Chromium)",
            })?;
        let profile = tempfile::Builder::new().prefix("holdpoint-browser-").tempdir();
        let profile = profile.map_err(DriverError::io("making a browser profile"))?;
        let driver = connect(port, profile.path()).await?;
        Ok(Self {
            driver,
            chromedriver,
            _profile: profile,
            url: url.to_owned(),
        })
    }

    /// Opens a browser in which somebody is signed in already.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn signed_in(proxy: &TestProxy, client: &Client) -> Result<Self> {
        let browser = Self::open(proxy).await?;
        let (name, value) = client.cookie().split_once('=').unwrap_or_default();
        let cookie =
            json!({ "name": name, "value": value, "url": browser.url, "httpOnly": true, "sameSite": "Strict" });
        browser.driver.cdp().send_raw("Network.setCookie", cookie).await?;
        browser.is_used_by(CAPTAIN).await?;
        Ok(browser)
    }

    /// Lets the browser know the name of its user, as if it had been asked before.
    ///
    /// # Errors
    /// The browser does not answer.
    pub async fn is_used_by(&self, name: &str) -> Result<()> {
        // Any page of the proxy's will do: the storage is the origin's.
        self.go("/healthz").await?;
        let settings = serde_json::Value::String(json!({ "name": name }).to_string());
        self.script(&format!("localStorage.setItem('holdpoint.settings', {settings})"))
            .await?;
        Ok(())
    }

    /// The driver, for what there is no word for here.
    #[must_use]
    pub fn driver(&self) -> &WebDriver {
        &self.driver
    }

    /// A client with the cookie of this browser.
    ///
    /// # Errors
    /// Nobody is signed in.
    pub async fn client(&self) -> Result<Client> {
        let port = self.url.rsplit(':').next().unwrap_or_default();
        let name = format!("holdpoint-{port}");
        let cookie = self.driver.get_named_cookie(&name).await?;
        Client::with_cookie(&self.url, &format!("{name}={}", cookie.value))
    }

    /// Goes to a page of the proxy, or to a whole address.
    ///
    /// # Errors
    /// The browser does not answer.
    pub async fn go(&self, path: &str) -> Result<()> {
        let address = if path.starts_with('/') {
            format!("{}{path}", self.url)
        } else {
            path.to_owned()
        };
        Ok(self.driver.goto(address).await?)
    }

    /// Opens a one-time link, and clicks the button that it leads to.
    ///
    /// # Errors
    /// The browser does not answer, or there is no such button.
    pub async fn sign_in(&self, link: &str) -> Result<()> {
        self.go(link).await?;
        self.click("button", "Sign in").await
    }

    /// The path that the browser is at.
    ///
    /// # Errors
    /// The browser does not answer.
    pub async fn path(&self) -> Result<String> {
        let url = self.driver.current_url().await?;
        Ok(url
            .query()
            .map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path())))
    }

    /// Everything that can be read on the page.
    ///
    /// # Errors
    /// The browser does not answer.
    pub async fn text(&self) -> Result<String> {
        let text = self
            .driver
            .execute("return document.body ? document.body.innerText : ''", Vec::new())
            .await?;
        Ok(text.json().as_str().unwrap_or("").to_owned())
    }

    /// Presses keys, as someone who does not use a mouse.
    ///
    /// # Errors
    /// The browser does not answer.
    pub async fn press(&self, keys: impl AsRef<str>) -> Result<()> {
        Ok(self.driver.action_chain().send_keys(keys.as_ref()).perform().await?)
    }

    /// Presses a key while Control is down.
    ///
    /// # Errors
    /// The browser does not answer.
    pub async fn press_with_control(&self, key: char) -> Result<()> {
        let control = thirtyfour::Key::Control;
        Ok(self
            .driver
            .action_chain()
            .key_down(control.clone())
            .key_down(key)
            .key_up(key)
            .key_up(control)
            .perform()
            .await?)
    }

    /// Runs a script and gives what it returns.
    ///
    /// # Errors
    /// The script fails.
    pub async fn script(&self, script: &str) -> Result<Value> {
        Ok(self.driver.execute(script, Vec::new()).await?.json().clone())
    }

    /// Opens another tab of the same person, and goes there.
    ///
    /// # Errors
    /// The browser does not answer.
    pub async fn new_tab(&self) -> Result<WindowHandle> {
        let tab = self.driver.new_tab().await?;
        self.driver.switch_to_window(tab.clone()).await?;
        Ok(tab)
    }

    /// Closes the browser. A test that fails leaves that to `drop`.
    ///
    /// # Errors
    /// The browser does not answer.
    pub async fn close(self) -> Result<()> {
        let driver = self.driver.clone();
        driver.quit().await?;
        Ok(())
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // ChromeDriver takes its browser with it.
        if let Err(error) = self.chromedriver.kill().and_then(|()| self.chromedriver.wait()) {
            eprintln!("ChromeDriver could not be stopped: {error}");
        }
    }
}

async fn connect(port: u16, profile: &Path) -> Result<WebDriver> {
    let mut wants = DesiredCapabilities::chrome();
    for flag in [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
        "--force-color-profile=srgb",
        "--font-render-hinting=none",
        "--hide-scrollbars",
        "--window-size=1440,900",
    ] {
        wants.add_arg(flag)?;
    }
    wants.add_arg(&format!("--user-data-dir={}", profile.display()))?;
    wants.set("goog:loggingPrefs", json!({ "browser": "ALL" }))?;
    let since = Instant::now();
    loop {
        match WebDriver::new(format!("http://127.0.0.1:{port}"), wants.clone()).await {
            Ok(driver) => return Ok(driver),
            // ChromeDriver needs a moment until it listens.
            Err(error) if since.elapsed() > Duration::from_secs(40) => return Err(error.into()),
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}
