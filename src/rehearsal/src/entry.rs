//! An entry of `rehearsal.toml`, put over an answer.

use std::time::Duration;

use holdpoint_domain::gate::GateKind;
use holdpoint_gates::HumanDuration;

use crate::answer::{
    Answer, BETWEEN_LINES, Chunk, CommandAnswer, CommandEnd, HttpAnswer, HttpReply, SqlAnswer, SqlReply,
};
use crate::cannot::CannotRehearse;
use crate::file::{Entry, OutputLine};
use crate::filling::{Filling, content_type};

impl Entry {
    /// The base answer with what the entry says in its place. An entry that says everything needs no base.
    pub(crate) fn applied(
        &self,
        kind: GateKind,
        base: Result<Answer, CannotRehearse>,
        filling: &Filling<'_>,
    ) -> Result<Answer, CannotRehearse> {
        let says_all = match kind {
            GateKind::Http => self.body.is_some(),
            GateKind::Sql => self.rows.is_some() || self.error.is_some(),
            GateKind::Command => self.output.is_some(),
        };
        let base = match base {
            Ok(base) => base,
            Err(_) if says_all => self.blank(kind),
            Err(cannot) => return Err(cannot),
        };
        Ok(match base {
            Answer::Http(base) => Answer::Http(self.over_http(base, filling)?),
            Answer::Sql(base) => Answer::Sql(self.over_sql(base, filling)?),
            Answer::Command(base) => Answer::Command(self.over_command(base, filling)?),
        })
    }

    /// The simplest answer of a kind.
    pub(crate) fn blank(&self, kind: GateKind) -> Answer {
        match kind {
            GateKind::Http => Answer::Http(HttpAnswer {
                delay: Duration::ZERO,
                reply: HttpReply::Response {
                    status: 200,
                    headers: Vec::new(),
                    body: Vec::new(),
                },
            }),
            GateKind::Sql => Answer::Sql(SqlAnswer {
                delay: Duration::ZERO,
                reply: SqlReply::Rows {
                    columns: Vec::new(),
                    rows: Vec::new(),
                },
            }),
            GateKind::Command => Answer::Command(CommandAnswer {
                chunks: Vec::new(),
                end: CommandEnd::Exit(0),
            }),
        }
    }

    fn over_http(&self, base: HttpAnswer, filling: &Filling<'_>) -> Result<HttpAnswer, CannotRehearse> {
        let delay = self.delay.map_or(base.delay, HumanDuration::duration);
        let (mut status, mut headers, mut body) = match base.reply {
            HttpReply::Response { status, headers, body } => (status, headers, body),
            // There is no answer whose headers or time could be another one.
            reply @ (HttpReply::Refused | HttpReply::Silent) if self.status.is_none() && self.body.is_none() => {
                return Ok(HttpAnswer { delay, reply });
            }
            HttpReply::Refused | HttpReply::Silent => (200, Vec::new(), Vec::new()),
        };
        if let Some(given) = self.status {
            status = given;
        }
        if let Some(template) = &self.body {
            let text = filling.body(template)?;
            if !self
                .headers
                .keys()
                .any(|name| name.eq_ignore_ascii_case("content-type"))
            {
                set_header(&mut headers, "content-type", content_type(&text).to_owned());
            }
            body = text.into_bytes();
        }
        for (name, template) in &self.headers {
            set_header(&mut headers, name, filling.text(template)?);
        }
        Ok(HttpAnswer {
            delay,
            reply: HttpReply::Response { status, headers, body },
        })
    }

    fn over_sql(&self, base: SqlAnswer, filling: &Filling<'_>) -> Result<SqlAnswer, CannotRehearse> {
        let reply = match (&self.error, &self.columns, &self.rows) {
            (Some(message), ..) => SqlReply::Error {
                message: filling.text(message)?,
            },
            (None, Some(columns), Some(rows)) => SqlReply::Rows {
                columns: columns.clone(),
                rows: rows
                    .iter()
                    .map(|row| row.iter().map(|cell| filling.cell(cell)).collect())
                    .collect::<Result<_, _>>()?,
            },
            _ => base.reply,
        };
        Ok(SqlAnswer {
            delay: self.delay.map_or(base.delay, HumanDuration::duration),
            reply,
        })
    }

    fn over_command(&self, base: CommandAnswer, filling: &Filling<'_>) -> Result<CommandAnswer, CannotRehearse> {
        let mut chunks = match &self.output {
            Some(lines) => lines
                .iter()
                .map(|line| chunk(line, filling))
                .collect::<Result<_, CannotRehearse>>()?,
            None => base.chunks,
        };
        if let Some(delay) = self.delay {
            match chunks.first_mut() {
                Some(first) => first.after = first.after.saturating_add(delay.duration()),
                None => chunks.push(Chunk {
                    after: delay.duration(),
                    stream: crate::Stream::Out,
                    text: String::new(),
                }),
            }
        }
        Ok(CommandAnswer {
            chunks,
            end: self.exit_code.map_or(base.end, CommandEnd::Exit),
        })
    }
}

fn chunk(line: &OutputLine, filling: &Filling<'_>) -> Result<Chunk, CannotRehearse> {
    Ok(Chunk {
        after: line.after.map_or(BETWEEN_LINES, HumanDuration::duration),
        stream: line.stream,
        text: format!("{}\n", filling.text(&line.line)?),
    })
}

fn set_header(headers: &mut Vec<(String, String)>, name: &str, value: String) {
    headers.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
    headers.push((name.to_ascii_lowercase(), value));
}
