//! An answer that has no end, such as a stream of server-sent events.

use holdpoint_tests::Result;
use tokio::net::TcpStream;

use crate::http::Connection;

/// Sends a request, and gives the connection from the body of its answer on, with what was read of it already.
pub async fn follow(mut connection: Connection, request: &[u8]) -> Result<(TcpStream, Vec<u8>)> {
    connection.send(request).await?;
    let head = connection.head().await?;
    Ok((connection.stream, connection.read.split_off(head)))
}
