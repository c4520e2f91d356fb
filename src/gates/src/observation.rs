//! The answers of gates, as the runner hands them over.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

use std::time::Duration;

use serde_json::Value;

/// The answer to a gate.
#[derive(Clone, Debug, PartialEq)]
pub enum Observation {
    /// An HTTP answer.
    Http {
        status: u16,
        /// Its headers, in the order they came.
        headers: Vec<(String, String)>,
        /// What was read of its body.
        body: Vec<u8>,
        /// The body was longer than may be read.
        truncated: bool,
        /// From the request until the body was whole.
        latency: Duration,
    },
    /// The rows of a statement.
    Sql {
        /// The columns' names.
        columns: Vec<String>,
        /// The rows that were read, each as long as `columns`.
        rows: Vec<Vec<Value>>,
        /// There were more rows than may be read.
        truncated: bool,
        /// From the statement until the last row.
        latency: Duration,
    },
    /// A program's end.
    Command {
        /// Its exit code; none when a signal ended it.
        exit: Option<i32>,
        /// The signal that ended it.
        signal: Option<i32>,
        /// Its standard output.
        stdout: Vec<u8>,
        /// Its standard error.
        stderr: Vec<u8>,
        /// Both, in the order they came.
        combined: Vec<u8>,
        /// There was more output than may be read.
        truncated: bool,
        /// From its start to its end.
        latency: Duration,
    },
}
