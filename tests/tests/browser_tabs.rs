//! Many tabs of one browser, over HTTP/1.1, which gives a browser six connections to a server.

use std::time::{Duration, Instant};

use holdpoint_domain::session::{ClientCommand, SessionId};
use holdpoint_tests::{Browser, Client, Name, Options, Result, TestProxy, plain_http};
use serde_json::json;
use thirtyfour::WindowHandle;

/// More than a browser has connections.
const TABS: usize = 7;
/// As long as a new leader may take to have the stream, on a machine that is busy.
const SOON: Duration = Duration::from_secs(10);

/// What browsers give a page that came over plain HTTP from another machine.
const WITHOUT_LOCKS: &str = "Object.defineProperty(Navigator.prototype, 'locks', { value: undefined })";
/// What the oldest browsers give.
const WITHOUT_CHANNEL: &str = "delete window.BroadcastChannel";

/// Notes everything that the page says of its connection from now on.
const WATCH_CONNECTION: &str = "const said = window.said = []; \
    const status = document.querySelector('[role=status][aria-label=Connection]'); \
    const note = () => said.push(status.innerText.trim()); note(); \
    new MutationObserver(note).observe(status, { childList: true, characterData: true, subtree: true })";

struct Tabs {
    proxy: TestProxy,
    client: Client,
    browser: Browser,
    /// Each with its session.
    tabs: Vec<(WindowHandle, SessionId)>,
}

impl Tabs {
    /// Seven tabs of two sessions, each opened when the script has run. The empty tab that the browser begins with is closed.
    async fn open(before: &str) -> Result<Self> {
        let proxy = TestProxy::start(Options::rehearsal()).await?;
        let client = proxy.sign_in().await?;
        let sessions = [
            client.begin("golden-release", "golden-release", "rehearsal").await?,
            client.begin("golden-release", "golden-release", "rehearsal").await?,
        ];
        let browser = Browser::signed_in(&proxy, &client).await?;
        let first = browser.driver().window().await?;
        let mut tabs = Vec::new();
        for number in 0..TABS {
            let session = sessions[number % sessions.len()];
            let tab = browser.new_tab().await?;
            let script = json!({ "source": before });
            browser
                .driver()
                .cdp()
                .send_raw("Page.addScriptToEvaluateOnNewDocument", script)
                .await?;
            browser.go(&format!("/sessions/{session}")).await?;
            browser.until_step("FREEZE").await?;
            tabs.push((tab, session));
        }
        browser.driver().switch_to_window(first).await?;
        browser.driver().close_window().await?;
        browser.driver().switch_to_window(tabs[0].0.clone()).await?;
        Ok(Self {
            proxy,
            client,
            browser,
            tabs,
        })
    }

    async fn show(&self, tab: &WindowHandle) -> Result<()> {
        Ok(self.browser.driver().switch_to_window(tab.clone()).await?)
    }

    /// What every tab says of its connection, one after another.
    async fn all_say(&self, word: &str) -> Result<()> {
        for (tab, _) in &self.tabs {
            self.show(tab).await?;
            self.browser.until_connection(word).await?;
        }
        Ok(())
    }

    /// The value of `holdpoint_sse_viewers`.
    async fn streams(&self) -> Result<String> {
        let url = format!("{}/metrics", self.proxy.url());
        let metrics = plain_http()?.get(url).send().await?.text().await?;
        let line = metrics
            .lines()
            .find_map(|line| line.strip_prefix("holdpoint_sse_viewers "));
        Ok(line.unwrap_or_default().to_owned())
    }

    async fn until_streams(&self, count: &str) -> Result<()> {
        self.browser
            .until("the browser's streams", SOON, || async {
                Ok(self.streams().await? == count)
            })
            .await
    }

    /// Ticks in one tab, and looks for it in the others of its session.
    async fn tick_in(&self, number: usize, title: &str, done: &str) -> Result<()> {
        let (tab, session) = &self.tabs[number];
        self.show(tab).await?;
        self.browser.do_step(title).await?;
        for (other, _) in self.tabs.iter().filter(|(_, of)| of == session) {
            self.show(other).await?;
            self.browser.until_done(done).await?;
        }
        Ok(())
    }

    /// A note of somebody else's is in the log of every tab, sooner than a tab that asks by itself would have it.
    async fn note_reaches_all(&self, text: &str) -> Result<()> {
        let mut sessions: Vec<SessionId> = self.tabs.iter().map(|(_, session)| *session).collect();
        sessions.sort_unstable();
        sessions.dedup();
        for session in sessions {
            let text = text.to_owned();
            self.client
                .command(
                    session,
                    ClientCommand::AddNote {
                        step: None,
                        text,
                        written: None,
                    },
                )
                .await?;
        }
        for (tab, _) in &self.tabs {
            self.show(tab).await?;
            self.browser
                .until("the note", SOON, || async {
                    Ok(self.browser.text().await?.contains(text))
                })
                .await?;
        }
        Ok(())
    }
}

async fn share_one_stream(before: &str, has_locks: bool) -> Result<()> {
    let mut all = Tabs::open(before).await?;
    let locks = all.browser.script("return navigator.locks !== undefined").await?;
    assert_eq!(locks, has_locks);
    all.all_say("Live").await?;
    all.until_streams("1").await?;
    // A tick in one shows in the others, and no command waits for a stream.
    let since = Instant::now();
    all.tick_in(TABS - 1, "FREEZE", "1 of").await?;
    all.tick_in(1, "FREEZE", "1 of").await?;
    assert!(since.elapsed() < Duration::from_secs(30), "{:?}", since.elapsed());
    all.note_reaches_all("As it happens.").await?;
    // Whichever leads: one after another they go, and those that are left go on, and notice nothing.
    all.show(&all.tabs[TABS - 1].0).await?;
    all.browser.script(WATCH_CONNECTION).await?;
    let mut number = 0;
    while all.tabs.len() > 2 {
        let (tab, _) = all.tabs.remove(0);
        all.show(&tab).await?;
        all.browser.driver().close_window().await?;
        all.show(&all.tabs[0].0).await?;
        let since = Instant::now();
        all.until_streams("1").await?;
        number += 1;
        all.note_reaches_all(&format!("Without tab {number}.")).await?;
        assert!(since.elapsed() < SOON, "{:?}", since.elapsed());
        all.all_say("Live").await?;
        all.until_streams("1").await?;
    }
    all.show(&all.tabs[1].0).await?;
    let said = all
        .browser
        .script("return window.said.filter(said => !said.includes('Live'))")
        .await?;
    assert_eq!(said, json!([]));
    // The proxy goes and comes back. No tab says Live in between.
    all.proxy.kill9()?;
    for (tab, _) in &all.tabs {
        all.show(tab).await?;
        all.browser.until_connection("Offline").await?;
    }
    all.proxy.restart().await?;
    all.all_say("Live").await?;
    all.until_streams("1").await?;
    all.note_reaches_all("It is back.").await?;
    // Without a session on screen there is no stream.
    for (tab, _) in &all.tabs {
        all.show(tab).await?;
        all.browser.click("link", Name::begins("Holdpoint")).await?;
    }
    all.until_streams("0").await?;
    all.browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn seven_tabs_share_one_stream() -> Result<()> {
    share_one_stream("", true).await
}

#[tokio::test(flavor = "multi_thread")]
async fn seven_tabs_share_one_stream_where_a_page_may_have_no_locks() -> Result<()> {
    share_one_stream(WITHOUT_LOCKS, false).await
}

#[tokio::test(flavor = "multi_thread")]
async fn tabs_that_cannot_speak_to_each_other_ask_and_keep_no_stream() -> Result<()> {
    let all = Tabs::open(WITHOUT_CHANNEL).await?;
    all.all_say("Polling").await?;
    all.until_streams("0").await?;
    all.note_reaches_all("Asked for.").await?;
    all.tick_in(TABS - 1, "FREEZE", "1 of").await?;
    all.browser.close().await
}
