//! The peer: a session's rows in hand-written JavaScript, with the page's own style sheets, served on loopback.

use holdpoint_tests::{Answer, Browser, Result, TestServer};

use crate::bed::{measuring, own, read};

const SESSION: &str = "/session.json";
const SCRIPT: &str = "/peer.js";
const PAGE: &str = "/peer.html";

/// The server of the peer's page.
pub struct Peer {
    server: TestServer,
    page: String,
}

impl Peer {
    /// Starts it.
    pub async fn start() -> Result<Self> {
        let server = TestServer::start().await?;
        let mut links = String::new();
        for sheet in style_sheets(&read("index.html")?) {
            server.set(&format!("/{sheet}"), file("text/css", read(&sheet)?));
            links += &format!("<link rel=\"stylesheet\" href=\"/{sheet}\">");
        }
        let html = own("peer.html")?.replace("<!-- style sheets -->", &links);
        server.set(PAGE, file("text/html; charset=utf-8", html));
        server.set(SCRIPT, file("text/javascript", own("peer.js")?));
        let page = format!("{}{PAGE}", server.url());
        Ok(Self { server, page })
    }

    /// Shows another session from now on.
    pub fn set(&self, session: &str) {
        self.server.set(SESSION, Answer::json(200, session));
    }

    /// Where the page is.
    pub fn page(&self) -> &str {
        &self.page
    }

    /// A browser of its own: in one that shows another page there are no frames.
    pub async fn browser(&self) -> Result<Browser> {
        measuring(Browser::at(&self.server.url()).await?).await
    }
}

/// The style sheets that a page names, in its order.
fn style_sheets(html: &str) -> Vec<String> {
    let named = html.split("href=\"style/").skip(1);
    named
        .filter_map(|rest| rest.split('"').next())
        .filter(|name| name.ends_with(".css"))
        .map(|name| format!("style/{name}"))
        .collect()
}

fn file(media: &str, body: String) -> Answer {
    // As the page's assets, which a browser asks for once.
    Answer::new(200, media, body).header("cache-control", "max-age=3600")
}
