//! A browser of the test's own: without a window, with an empty profile.

use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::{WebDriver, WebElement, WindowHandle};

use crate::client::Client;
use crate::commands::CAPTAIN;
use crate::{DriverError, Result, TestProxy};

mod engine;

pub use engine::Engine;

/// How long the proxy may take to answer to a sign-in.
const SIGNED_IN: Duration = Duration::from_secs(15);

/// A browser, with one person in front of it.
pub struct Browser {
    engine: Engine,
    running: engine::Running,
    /// It goes away with the browser.
    profile: TempDir,
    url: String,
    /// What was found where there is no debugger; [`crate::Found`] has the place in this list.
    pub(crate) elements: Mutex<Vec<WebElement>>,
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
        Self::of(Engine::Chromium, url).await
    }

    /// Opens a browser of this kind.
    ///
    /// # Errors
    /// It is not installed, or does not start.
    pub async fn of(engine: Engine, url: &str) -> Result<Self> {
        Self::started(engine, url, false).await
    }

    /// Opens a browser that keeps a record of what its pages ask for; see [`Self::asked`].
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn recorded() -> Result<Self> {
        Self::started(Engine::Chromium, "about:blank", true).await
    }

    async fn started(engine: Engine, url: &str, recorded: bool) -> Result<Self> {
        drop(rustls::crypto::ring::default_provider().install_default());
        let profile = tempfile::Builder::new().prefix("holdpoint-browser-").tempdir();
        let profile = profile.map_err(DriverError::io("making a browser profile"))?;
        Ok(Self {
            engine,
            running: engine.start(profile.path(), recorded).await?,
            profile,
            url: url.to_owned(),
            elements: Mutex::default(),
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
        browser.driver().cdp().send_raw("Network.setCookie", cookie).await?;
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
        &self.running.driver
    }

    /// What draws the page.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// A client with the cookie of this browser.
    ///
    /// # Errors
    /// Nobody is signed in.
    pub async fn client(&self) -> Result<Client> {
        let name = self.cookie_name();
        let cookie = self.driver().get_named_cookie(&name).await?;
        Client::with_cookie(&self.url, &format!("{name}={}", cookie.value))
    }

    /// The proxy names its cookie after its port.
    fn cookie_name(&self) -> String {
        format!("holdpoint-{}", self.url.rsplit(':').next().unwrap_or_default())
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
        Ok(self.driver().goto(address).await?)
    }

    /// Opens a one-time link, clicks the button that it leads to, and waits until the proxy has answered.
    ///
    /// # Errors
    /// The browser does not answer, there is no such button, or nobody gets signed in.
    pub async fn sign_in(&self, link: &str) -> Result<()> {
        self.go(link).await?;
        self.click("button", "Sign in").await?;
        self.until("the browser to be signed in", SIGNED_IN, || async {
            self.driver().get_named_cookie(self.cookie_name()).await?;
            Ok(true)
        })
        .await
    }

    /// Where it puts what it downloads.
    #[must_use]
    pub fn downloads(&self) -> PathBuf {
        engine::downloads(self.profile.path())
    }

    /// The path that the browser is at.
    ///
    /// # Errors
    /// The browser does not answer.
    pub async fn path(&self) -> Result<String> {
        let url = self.driver().current_url().await?;
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
            .driver()
            .execute("return document.body ? document.body.innerText : ''", Vec::new())
            .await?;
        Ok(text.json().as_str().unwrap_or("").to_owned())
    }

    /// Presses keys, as someone who does not use a mouse.
    ///
    /// # Errors
    /// The browser does not answer.
    pub async fn press(&self, keys: impl AsRef<str>) -> Result<()> {
        Ok(self.driver().action_chain().send_keys(keys.as_ref()).perform().await?)
    }

    /// Presses a key while Control is down.
    ///
    /// # Errors
    /// The browser does not answer.
    pub async fn press_with_control(&self, key: char) -> Result<()> {
        let control = thirtyfour::Key::Control;
        Ok(self
            .driver()
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
        Ok(self.driver().execute(script, Vec::new()).await?.json().clone())
    }

    /// The addresses that the pages of a [`Self::recorded`] browser asked for since this was last asked, in their order.
    ///
    /// # Errors
    /// The browser does not answer.
    pub async fn asked(&self) -> Result<Vec<String>> {
        let entries = self.driver().get_log("performance").await?;
        let asked = entries.iter().filter_map(|entry| {
            let entry: Value = serde_json::from_str(&entry.message).ok()?;
            let told = &entry["message"];
            let is_request = told["method"] == "Network.requestWillBeSent";
            is_request.then(|| told["params"]["request"]["url"].as_str().map(str::to_owned))?
        });
        Ok(asked.collect())
    }

    /// Opens another tab of the same person, and goes there.
    ///
    /// # Errors
    /// The browser does not answer.
    pub async fn new_tab(&self) -> Result<WindowHandle> {
        let tab = self.driver().new_tab().await?;
        self.driver().switch_to_window(tab.clone()).await?;
        Ok(tab)
    }

    /// Closes the browser. A test that fails leaves that to `drop`.
    ///
    /// # Errors
    /// The browser does not answer.
    pub async fn close(self) -> Result<()> {
        Ok(self.driver().clone().quit().await?)
    }
}
