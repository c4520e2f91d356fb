//! What a gate is answered with.

use std::time::Duration;

use holdpoint_domain::gate::Outcome;
use holdpoint_gates::Part;
use holdpoint_gates::evaluate::{Observation, evaluate_part, summary, verdict_outcome};
use holdpoint_gates::fill::Values;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Between two lines of output, so that people see them arrive, as they would see them from the real program.
pub(crate) const BETWEEN_LINES: Duration = Duration::from_millis(25);
/// The longest delay, and longer than any gate waits; a silence that nobody ends by then ends by itself.
pub(crate) const LONGEST_SILENCE: Duration = Duration::from_secs(24 * 3600);

/// An answer to a part of a gate, of the gate's kind and with all values filled in.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// Of an HTTP gate.
    Http(HttpAnswer),
    /// Of an SQL gate.
    Sql(SqlAnswer),
    /// Of a command gate.
    Command(CommandAnswer),
}

/// An HTTP answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpAnswer {
    /// Before it is given.
    pub delay: Duration,
    /// What is given.
    pub reply: HttpReply,
}

/// What an HTTP request comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HttpReply {
    /// A whole answer. [`HttpReply::sent`] adds `content-length` and `connection`.
    Response {
        /// From 200 to 599.
        status: u16,
        /// Names and values.
        headers: Vec<(String, String)>,
        /// The body.
        body: Vec<u8>,
    },
    /// The connection is closed without an answer.
    Refused,
    /// Nothing, until the asker gives up.
    Silent,
}

/// The answer to a statement.
#[derive(Clone, Debug, PartialEq)]
pub struct SqlAnswer {
    /// Before it is given.
    pub delay: Duration,
    /// What is given.
    pub reply: SqlReply,
}

/// What a statement comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum SqlReply {
    /// Rows, each as long as `columns`; cells are what the runner reads PostgreSQL's values as.
    Rows {
        /// The columns' names.
        columns: Vec<String>,
        /// The rows.
        rows: Vec<Vec<Value>>,
    },
    /// An error.
    Error {
        /// What the database says.
        message: String,
    },
}

/// What a program prints and how it ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandAnswer {
    /// What it prints, in this order.
    pub chunks: Vec<Chunk>,
    /// Its end.
    pub end: CommandEnd,
}

/// A piece of output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chunk {
    /// Since the last piece.
    pub after: Duration,
    /// Where it is printed.
    pub stream: Stream,
    /// What is printed, with its line's end.
    pub text: String,
}

/// Where a program prints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stream {
    /// Standard output.
    #[default]
    Out,
    /// Standard error.
    Err,
}

/// How a program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommandEnd {
    /// With an exit code, from 0 to 255.
    Exit(u8),
    /// By SIGKILL.
    Killed,
    /// Not at all.
    Silent,
    /// With exit code 0, after this many further bytes of output.
    Flood(u64),
}

impl Answer {
    /// What the part of the gate makes of it: the outcome, and the sentence of the verdict.
    pub(crate) fn judge(&self, part: Part<'_>, values: &Values) -> (Outcome, String) {
        match self.observation(part) {
            Some(observation) => {
                let results = evaluate_part(part, Ok(&observation), values, &str::to_owned);
                (verdict_outcome(&results), summary(&results))
            }
            None => (Outcome::Inconclusive, "there is no answer in time".to_owned()),
        }
    }

    /// What the runner observes; nothing where there is no answer, or none within the gate's limits.
    fn observation(&self, part: Part<'_>) -> Option<Observation> {
        let observation = match self {
            Self::Http(answer) => answer.observation(part)?,
            Self::Sql(answer) => answer.observation(part)?,
            Self::Command(answer) => answer.observation(part)?,
        };
        (self.delay() < part.gate.timeout.duration()).then_some(observation)
    }

    fn delay(&self) -> Duration {
        match self {
            Self::Http(answer) => answer.delay,
            Self::Sql(answer) => answer.delay,
            Self::Command(answer) => answer.delay(),
        }
    }
}

/// An HTTP answer as it arrives: every header and every byte of it. What is judged beforehand and what is sent are both this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// From 200 to 599.
    pub status: u16,
    /// Names and values, with those that say how the answer is sent.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl HttpReply {
    /// The answer to a request as it is sent; nothing where there is none.
    #[must_use]
    pub fn sent(&self, is_head: bool) -> Option<Sent> {
        let Self::Response { status, headers, body } = self else {
            return None;
        };
        let mut headers = headers.clone();
        // These two have neither a body nor its length.
        let bare = matches!(status, 204 | 304);
        if !bare {
            headers.push(("content-length".to_owned(), body.len().to_string()));
        }
        headers.push(("connection".to_owned(), "close".to_owned()));
        Some(Sent {
            status: *status,
            headers,
            body: if bare || is_head { Vec::new() } else { body.clone() },
        })
    }
}

impl HttpAnswer {
    fn observation(&self, part: Part<'_>) -> Option<Observation> {
        let request = part.http?;
        let Sent { status, headers, body } = self.reply.sent(request.method == "HEAD")?;
        Some(Observation::Http {
            status,
            headers,
            truncated: body.len() as u64 > request.max_bytes,
            body,
            latency: self.delay,
        })
    }
}

impl SqlAnswer {
    fn observation(&self, part: Part<'_>) -> Option<Observation> {
        let SqlReply::Rows { columns, rows } = &self.reply else {
            return None;
        };
        Some(Observation::Sql {
            columns: columns.clone(),
            rows: rows.clone(),
            truncated: rows.len() as u64 > part.gate.sql.as_ref()?.max_rows,
            latency: self.delay,
        })
    }
}

impl CommandAnswer {
    /// Until its last piece of output.
    fn delay(&self) -> Duration {
        let spans = self.chunks.iter().map(|chunk| chunk.after);
        spans.fold(Duration::ZERO, Duration::saturating_add)
    }

    fn observation(&self, part: Part<'_>) -> Option<Observation> {
        let (mut stdout, mut stderr, mut combined) = (Vec::new(), Vec::new(), Vec::new());
        for Chunk { stream, text, .. } in &self.chunks {
            combined.extend_from_slice(text.as_bytes());
            match stream {
                Stream::Out => stdout.extend_from_slice(text.as_bytes()),
                Stream::Err => stderr.extend_from_slice(text.as_bytes()),
            }
        }
        let (exit, signal) = match self.end {
            CommandEnd::Exit(code) => (Some(i32::from(code)), None),
            CommandEnd::Killed => (None, Some(9)),
            // The runner stops a program that says too much, and has no answer then.
            CommandEnd::Silent | CommandEnd::Flood(_) => return None,
        };
        if combined.len() as u64 > part.gate.command.as_ref()?.max_bytes {
            return None;
        }
        Some(Observation::Command {
            exit,
            signal,
            stdout,
            stderr,
            combined,
            truncated: false,
            latency: self.delay(),
        })
    }
}
