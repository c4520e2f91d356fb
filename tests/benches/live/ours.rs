//! Viewers of a session of the proxy.

use holdpoint_tests::{DriverError, Result};

use crate::bed::Bed;
use crate::http::Connection;
use crate::viewers::{Seen, Server, measure as measure_viewers};

/// Starts a proxy and measures; also gives a record as its viewers get it.
pub async fn measure(viewers: usize) -> Result<(Seen, String)> {
    let bed = Bed::start().await?;
    let session = bed.session().await?;
    let mut writer = Connection::open(bed.proxy.port()).await?;
    let answer: serde_json::Value =
        serde_json::from_slice(writer.exchange(bed.notes(session).next()).await?).map_err(|error| {
            DriverError::Unexpected {
                what: "The answer to a command".to_owned(),
                found: error.to_string(),
            }
        })?;
    let record = &answer["events"][0];
    let follow = format!(
        "GET /api/sessions/{session}/stream?after={} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\ncookie: {}\r\n\
         accept: text/event-stream\r\n\r\n",
        record["seq"],
        bed.proxy.port(),
        bed.client.cookie()
    );
    let server = Server {
        port: bed.proxy.port(),
        pid: bed.proxy.pid(),
        follow,
        post: bed.notes(session),
    };
    Ok((measure_viewers(server, viewers).await?, record.to_string()))
}
