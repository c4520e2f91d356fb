//! A receiver of notifications, and the proxy that tells it.

use std::time::{Duration, Instant};

use holdpoint_tests::{Answer, Client, DriverError, Folder, Options, Result, TestProxy, TestServer};
use reqwest::Method;
use serde_json::Value;

pub const PATIENCE: Duration = Duration::from_secs(30);
pub const PATH: &str = "/hook/s3cret-path";
pub const KEY: &str = "correct-horse-battery";
pub const PUBLIC: &str = "https://holdpoint.example";

/// Signs in at the proxy's own address, whatever its public one is.
pub async fn signed_in(proxy: &TestProxy) -> Result<Client> {
    let output = proxy.output();
    let token = output
        .split_once("/sign-in?token=")
        .and_then(|(_, rest)| rest.split_whitespace().next());
    let link = format!("{}/sign-in?token={}", proxy.url(), token.unwrap_or_default());
    Client::sign_in(&proxy.url(), &link).await
}

/// A room of this kind, which is told what the rest says.
pub fn room(rest: &str) -> String {
    format!(
        "[targets.room]\nkind = \"json\"\nurl = {{ env = \"ROOM_URL\" }}\nsigning_secret = {{ env = \"ROOM_KEY\" }}\n{rest}\n"
    )
}

pub const PRIVATE: &str = "private_addresses = true\ntimeout = \"1s\"";

pub struct Place {
    pub receiver: TestServer,
    pub folder: Folder,
    pub platform: TestServer,
}

impl Place {
    pub async fn new(declared: &str, answers: impl IntoIterator<Item = Answer>) -> Result<Self> {
        let platform = TestServer::start().await?;
        platform.set("/health", Answer::json(503, r#"{"status": "starting"}"#));
        let folder = Folder::new(&platform.url())?;
        folder.write("notifications.toml", declared)?;
        let receiver = TestServer::start().await?;
        receiver.set_all(PATH, answers);
        Ok(Self {
            receiver,
            folder,
            platform,
        })
    }

    pub fn options(&self) -> Options {
        self.with_url(&format!("{}{PATH}", self.receiver.url()))
    }

    pub fn with_url(&self, url: &str) -> Options {
        Options::default()
            .runbooks(self.folder.path())
            .environment("ROOM_URL", url)
            .environment("ROOM_KEY", KEY)
    }

    pub async fn start(&self, options: Options) -> Result<(TestProxy, Client)> {
        let proxy = TestProxy::start(options).await?;
        let client = signed_in(&proxy).await?;
        Ok((proxy, client))
    }

    /// Waits until so many requests have come.
    pub async fn requests(&self, count: usize) -> Result<Vec<Message>> {
        let since = Instant::now();
        while self.receiver.requests_to(PATH) < count {
            if since.elapsed() > PATIENCE {
                return Err(DriverError::TimedOut {
                    what: format!("{count} messages"),
                    waited: since.elapsed(),
                    seen: format!("{:?}", self.receiver.requests()),
                });
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(self
            .receiver
            .requests()
            .iter()
            .map(|request| Message::of(request))
            .collect())
    }
}

/// A request that came.
pub struct Message {
    pub head: String,
    pub text: String,
    pub body: Value,
}

impl Message {
    pub fn of(request: &str) -> Self {
        let (head, text) = request.split_once("\r\n\r\n").unwrap_or((request, ""));
        Self {
            head: head.to_owned(),
            text: text.to_owned(),
            body: serde_json::from_str(text).unwrap_or(Value::Null),
        }
    }

    pub fn header(&self, name: &str) -> &str {
        let line = self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        });
        line.unwrap_or_default()
    }

    pub fn event(&self) -> &str {
        self.body["event"].as_str().unwrap_or_default()
    }
}

pub fn events(messages: &[Message]) -> Vec<&str> {
    messages.iter().map(Message::event).collect()
}

pub async fn statuses(client: &Client) -> Result<Value> {
    let answer = client.request(Method::GET, "/api/notifications").send().await?;
    Ok(answer.json::<Value>().await?["targets"][0].clone())
}

pub async fn until_status(client: &Client, what: &str, there: impl Fn(&Value) -> bool) -> Result<Value> {
    let since = Instant::now();
    loop {
        let status = statuses(client).await?;
        if there(&status) {
            return Ok(status);
        }
        if since.elapsed() > PATIENCE {
            return Err(DriverError::TimedOut {
                what: what.to_owned(),
                waited: since.elapsed(),
                seen: status.to_string(),
            });
        }
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
}
