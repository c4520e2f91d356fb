//! The faults of a gate's kind, as answers.

use std::time::Duration;

use holdpoint_domain::gate::Outcome;
use holdpoint_gates::config::{Check, Gate};
use holdpoint_gates::fill::Values;
use serde_json::Value;

use crate::answer::{
    Answer, BETWEEN_LINES, Chunk, CommandAnswer, CommandEnd, HttpAnswer, HttpReply, SqlAnswer, SqlReply, Stream,
};
use crate::fault::FaultKind;
use crate::make::{Step, others, steps};

/// What the database says in a rehearsal of *database error*.
const DATABASE_ERROR: &str = "the rehearsal refuses the statement (SQLSTATE 58000)";

/// The answer with a fault, if the gate can have it: it must hold the gate, and a wrong value must be *fail*. `ordinary` is
/// the answer without the fault; nothing where there is none.
pub(crate) fn spoiled(kind: FaultKind, gate: &Gate, ordinary: Option<&Answer>, values: &Values) -> Option<Answer> {
    match kind {
        FaultKind::WrongValue | FaultKind::WrongOutput => wrong(gate, ordinary?)
            .into_iter()
            .find(|answer| answer.judge(gate, values).0 == Outcome::Fail),
        _ => plain(kind, gate, ordinary).filter(|answer| answer.judge(gate, values).0 != Outcome::Pass),
    }
}

fn plain(kind: FaultKind, gate: &Gate, ordinary: Option<&Answer>) -> Option<Answer> {
    let http = |reply| {
        Some(Answer::Http(HttpAnswer {
            delay: Duration::ZERO,
            reply,
        }))
    };
    let response = |status, headers: &[(&str, &str)], body: &[u8]| {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        http(HttpReply::Response {
            status,
            headers: headers.iter().map(own).collect(),
            body: body.to_vec(),
        })
    };
    let sql = |reply| {
        Some(Answer::Sql(SqlAnswer {
            delay: Duration::ZERO,
            reply,
        }))
    };
    let command = |end, text: &str| {
        Some(Answer::Command(CommandAnswer {
            chunks: chunks(text),
            end,
        }))
    };
    let json = ("content-type", "application/json");
    match kind {
        FaultKind::Refused => http(HttpReply::Refused),
        FaultKind::TimeOut => http(HttpReply::Silent),
        FaultKind::Unavailable => response(503, &[json], br#"{"status":"unavailable"}"#),
        FaultKind::Redirect => response(302, &[("location", "/")], b""),
        FaultKind::Empty => {
            let (status, headers) = match ordinary {
                Some(Answer::Http(HttpAnswer {
                    reply: HttpReply::Response { status, headers, .. },
                    ..
                })) => (*status, headers.clone()),
                _ => (200, Vec::new()),
            };
            http(HttpReply::Response {
                status,
                headers,
                body: Vec::new(),
            })
        }
        // A body that breaks off in the middle of JSON, or of a character where text is read.
        FaultKind::Malformed if gate.expect.iter().any(|one| one.check == Check::Body) => response(
            200,
            &[("content-type", "text/plain; charset=utf-8")],
            b"the answer breaks o\xe2\x82",
        ),
        FaultKind::Malformed => response(200, &[json], br#"{"status": "ok", "ready": tr"#),
        FaultKind::Error => sql(SqlReply::Error {
            message: DATABASE_ERROR.to_owned(),
        }),
        FaultKind::NoRow => {
            let columns = match ordinary {
                Some(Answer::Sql(SqlAnswer {
                    reply: SqlReply::Rows { columns, .. },
                    ..
                })) => columns.clone(),
                _ => Vec::new(),
            };
            let rows = Vec::new();
            sql(SqlReply::Rows { columns, rows })
        }
        FaultKind::ExitOne => command(CommandEnd::Exit(1), "rehearsed: failed\n"),
        FaultKind::Killed => command(CommandEnd::Killed, "rehearsed: out of memory\n"),
        FaultKind::Silence => command(CommandEnd::Silent, ""),
        FaultKind::OverCap => {
            let cap = gate.command.as_ref()?.max_bytes;
            command(CommandEnd::Flood(cap.saturating_add(1)), "")
        }
        FaultKind::WrongValue | FaultKind::WrongOutput => None,
    }
}

fn chunks(text: &str) -> Vec<Chunk> {
    if text.is_empty() {
        return Vec::new();
    }
    vec![Chunk {
        after: BETWEEN_LINES,
        stream: Stream::Out,
        text: text.to_owned(),
    }]
}

/// The ordinary answer with one thing in it changed, in the order of the gate's expectations.
fn wrong(gate: &Gate, ordinary: &Answer) -> Vec<Answer> {
    match ordinary {
        Answer::Http(answer) => wrong_http(gate, answer),
        Answer::Sql(answer) => wrong_sql(gate, answer),
        Answer::Command(answer) => wrong_command(gate, answer),
    }
}

fn wrong_http(gate: &Gate, ordinary: &HttpAnswer) -> Vec<Answer> {
    let HttpReply::Response { status, headers, body } = &ordinary.reply else {
        return Vec::new();
    };
    let response = |headers: &[(String, String)], body: &[u8]| {
        Answer::Http(HttpAnswer {
            delay: Duration::ZERO,
            reply: HttpReply::Response {
                status: *status,
                headers: headers.to_vec(),
                body: body.to_vec(),
            },
        })
    };
    let mut all: Vec<_> = wrong_documents(gate, body)
        .iter()
        .map(|document| response(headers, document.to_string().as_bytes()))
        .collect();
    if gate.expect.iter().any(|one| one.check == Check::Body) {
        all.extend(["wrong\n", "unexpected\n"].map(|text| response(headers, text.as_bytes())));
    }
    for name in gate
        .expect
        .iter()
        .filter(|one| one.check == Check::Header)
        .filter_map(|one| one.name.as_ref())
    {
        let mut changed = headers.clone();
        for (_, value) in changed.iter_mut().filter(|(other, _)| other.eq_ignore_ascii_case(name)) {
            "wrong".clone_into(value);
        }
        all.push(response(&changed, body));
    }
    all
}

/// The document with one of the values changed that the gate's paths select.
fn wrong_documents(gate: &Gate, body: &[u8]) -> Vec<Value> {
    let Ok(document) = serde_json::from_slice::<Value>(body) else {
        return Vec::new();
    };
    let paths = gate
        .expect
        .iter()
        .filter_map(|one| Some((steps(one.path.as_ref()?)?, one.count_equals.is_some())));
    let mut all = Vec::new();
    for (mut path, is_counted) in paths {
        if is_counted {
            // What is counted is in the list, which gets longer or empty.
            path.truncate(path.iter().rposition(|step| *step == Step::Each).unwrap_or(path.len()));
        }
        let Some(old) = document.pointer(&pointer(&document, &path)) else {
            continue;
        };
        for new in others(old) {
            let mut changed = document.clone();
            if let Some(place) = changed.pointer_mut(&pointer(&document, &path)) {
                *place = new;
                all.push(changed);
            }
        }
    }
    all
}

/// The path as a JSON pointer to its first place in the document.
fn pointer(document: &Value, path: &[Step]) -> String {
    let mut pointer = String::new();
    for step in path {
        let next = match step {
            Step::Name(name) => name.replace('~', "~0").replace('/', "~1"),
            Step::Index(index) => index.to_string(),
            Step::Each => "0".to_owned(),
            Step::FromEnd(back) => {
                let length = document.pointer(&pointer).and_then(Value::as_array).map_or(0, Vec::len);
                length.saturating_sub(*back).to_string()
            }
        };
        pointer.push('/');
        pointer.push_str(&next);
    }
    pointer
}

fn wrong_sql(gate: &Gate, ordinary: &SqlAnswer) -> Vec<Answer> {
    let SqlReply::Rows { columns, rows } = &ordinary.reply else {
        return Vec::new();
    };
    let answer = |rows: Vec<Vec<Value>>| {
        Answer::Sql(SqlAnswer {
            delay: Duration::ZERO,
            reply: SqlReply::Rows {
                columns: columns.clone(),
                rows,
            },
        })
    };
    let mut all = Vec::new();
    for one in gate.expect.iter().filter(|one| one.check == Check::Column) {
        let Some(place) = columns.iter().position(|name| Some(name) == one.name.as_ref()) else {
            continue;
        };
        for (index, row) in rows.iter().enumerate() {
            for new in row.get(place).map(others).unwrap_or_default() {
                let mut changed = rows.clone();
                changed[index][place] = new;
                all.push(answer(changed));
            }
        }
    }
    if gate.expect.iter().any(|one| one.check == Check::Rows) {
        let mut longer = rows.clone();
        longer.push(
            rows.last()
                .cloned()
                .unwrap_or_else(|| vec![Value::from(1); columns.len()]),
        );
        all.push(answer(longer));
        let mut shorter = rows.clone();
        if shorter.pop().is_some() {
            all.push(answer(shorter));
        }
    }
    all
}

fn wrong_command(gate: &Gate, ordinary: &CommandAnswer) -> Vec<Answer> {
    let answer = |text: &str| {
        Answer::Command(CommandAnswer {
            chunks: chunks(text),
            end: ordinary.end,
        })
    };
    let stdout: String = ordinary
        .chunks
        .iter()
        .filter(|chunk| chunk.stream == Stream::Out)
        .map(|chunk| chunk.text.as_str())
        .collect();
    let mut all: Vec<_> = wrong_documents(gate, stdout.as_bytes())
        .iter()
        .map(|document| answer(&format!("{document}\n")))
        .collect();
    if gate.expect.iter().any(|one| one.check == Check::Output) {
        all.extend(["rehearsed: wrong output\n", "unexpected\n"].map(answer));
        // A text that must not be there.
        let forbidden = gate.expect.iter().filter_map(|one| one.not_contains.as_ref());
        all.extend(forbidden.map(|text| answer(&format!("{text}\n"))));
    }
    all
}
