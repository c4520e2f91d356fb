//! The faults of a gate's kind, as answers.

use std::time::Duration;

use holdpoint_domain::gate::Outcome;
use holdpoint_gates::Part;
use holdpoint_gates::config::{Check, Expectation};
use holdpoint_gates::fill::{Encoding, Values, fill};
use serde_json::Value;

use crate::answer::{
    Answer, BETWEEN_LINES, Chunk, CommandAnswer, CommandEnd, HttpAnswer, HttpReply, SqlAnswer, SqlReply, Stream,
};
use crate::fault::FaultKind;
use crate::make::{Step, others, steps};

/// What the database says in a rehearsal of *database error*.
const DATABASE_ERROR: &str = "the rehearsal refuses the statement (SQLSTATE 58000)";

/// Wrong answers that are judged for one gate at most.
const MOST_TRIED: usize = 200;

/// The answer with a fault, if the part of the gate can have it: it must hold the gate, and a wrong value must be *fail*. `ordinary` is
/// the answer without the fault; nothing where there is none.
pub(crate) fn spoiled(kind: FaultKind, part: Part<'_>, ordinary: Option<&Answer>, values: &Values) -> Option<Answer> {
    match kind {
        FaultKind::WrongValue | FaultKind::WrongOutput => wrong(part, ordinary?, values)
            .take(MOST_TRIED)
            .find(|answer| answer.judge(part, values).0 == Outcome::Fail),
        _ => plain(kind, part, ordinary).filter(|answer| answer.judge(part, values).0 != Outcome::Pass),
    }
}

fn plain(kind: FaultKind, part: Part<'_>, ordinary: Option<&Answer>) -> Option<Answer> {
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
        FaultKind::Malformed if part.expect().any(|one| one.check == Check::Body) => response(
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
            let cap = part.gate.command.as_ref()?.max_bytes;
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

/// Answers that are made only when they are tried.
type Tries<'a> = Box<dyn Iterator<Item = Answer> + 'a>;

/// The ordinary answer with one thing in it changed, in the order of the expectations.
fn wrong<'a>(part: Part<'a>, ordinary: &'a Answer, values: &'a Values) -> Tries<'a> {
    match ordinary {
        Answer::Http(answer) => wrong_http(part, answer),
        Answer::Sql(answer) => wrong_sql(part, answer, values),
        Answer::Command(answer) => wrong_command(part, answer),
    }
}

/// The part's expectations of a kind.
fn expecting(part: Part<'_>, check: Check) -> impl Iterator<Item = &Expectation> {
    part.expect().filter(move |one| one.check == check)
}

fn wrong_http<'a>(part: Part<'a>, ordinary: &'a HttpAnswer) -> Tries<'a> {
    let HttpReply::Response { status, headers, body } = &ordinary.reply else {
        return Box::new(std::iter::empty());
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
    let documents = wrong_documents(part, body).map(move |document| response(headers, document.to_string().as_bytes()));
    let texts = expecting(part, Check::Body)
        .take(1)
        .flat_map(move |_| ["wrong\n", "unexpected\n"].map(|text| response(headers, text.as_bytes())));
    let named = expecting(part, Check::Header).filter_map(|one| one.name.as_ref());
    let headers = named.map(move |name| {
        let mut changed = headers.clone();
        for (_, value) in changed.iter_mut().filter(|(other, _)| other.eq_ignore_ascii_case(name)) {
            "wrong".clone_into(value);
        }
        response(&changed, body)
    });
    Box::new(documents.chain(texts).chain(headers))
}

/// The document with one of the values changed that the gate's paths select.
fn wrong_documents<'a>(part: Part<'a>, body: &[u8]) -> impl Iterator<Item = Value> + 'a {
    let document = serde_json::from_slice::<Value>(body).ok();
    document.into_iter().flat_map(move |document| {
        let paths = part
            .expect()
            .filter_map(|one| Some((steps(one.path.as_ref()?)?, one.count_equals.is_some())));
        paths.flat_map(move |(mut path, is_counted)| {
            if is_counted {
                // What is counted is in the list, which gets longer or empty.
                path.truncate(path.iter().rposition(|step| *step == Step::Each).unwrap_or(path.len()));
            }
            let place = pointer(&document, &path);
            let new = document.pointer(&place).map(others).unwrap_or_default();
            let document = document.clone();
            new.into_iter().filter_map(move |new| {
                let mut changed = document.clone();
                *changed.pointer_mut(&place)? = new;
                Some(changed)
            })
        })
    })
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

/// One cell is changed in the first row that an expectation looks at, which is enough: it is compared in every row.
fn wrong_sql<'a>(part: Part<'a>, ordinary: &'a SqlAnswer, values: &'a Values) -> Tries<'a> {
    let SqlReply::Rows { columns, rows } = &ordinary.reply else {
        return Box::new(std::iter::empty());
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
    let cells = expecting(part, Check::Column).flat_map(move |one| {
        let place = columns.iter().position(|name| Some(name) == one.name.as_ref());
        let found = place.and_then(|place| Some((first_row(one, columns, rows, values)?, place)));
        let new = found.and_then(|(index, place)| rows[index].get(place)).map(others);
        let (index, place) = found.unwrap_or_default();
        new.unwrap_or_default().into_iter().map(move |new| {
            let mut changed = rows.clone();
            changed[index][place] = new;
            answer(changed)
        })
    });
    let numbers = expecting(part, Check::Rows).take(1).flat_map(move |_| {
        let another = rows.last().cloned();
        let another = another.unwrap_or_else(|| vec![Value::from(1); columns.len()]);
        let longer = || rows.iter().cloned().chain([another.clone()]).collect();
        let shorter = rows.split_last().map(|(_, shorter)| answer(shorter.to_vec()));
        std::iter::once(answer(longer())).chain(shorter).collect::<Vec<_>>()
    });
    Box::new(cells.chain(numbers))
}

/// The first row that an expectation's `where` leaves.
fn first_row(one: &Expectation, columns: &[String], rows: &[Vec<Value>], values: &Values) -> Option<usize> {
    let mut filter = Vec::new();
    for (name, template) in &one.filter {
        let place = columns.iter().position(|column| column == name)?;
        filter.push((place, fill(template, values, Encoding::Plain).ok()?));
    }
    let text = |cell: &Value| cell.as_str().map_or_else(|| cell.to_string(), str::to_owned);
    let leaves = |row: &Vec<Value>| {
        filter
            .iter()
            .all(|(place, value)| row.get(*place).is_some_and(|cell| text(cell) == *value))
    };
    rows.iter().position(leaves)
}

fn wrong_command<'a>(part: Part<'a>, ordinary: &'a CommandAnswer) -> Tries<'a> {
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
    let documents = wrong_documents(part, stdout.as_bytes()).map(move |document| answer(&format!("{document}\n")));
    let texts = expecting(part, Check::Output)
        .take(1)
        .flat_map(move |_| ["rehearsed: wrong output\n", "unexpected\n"].map(answer));
    // A text that must not be there.
    let forbidden = expecting(part, Check::Output)
        .filter_map(|one| one.not_contains.as_ref())
        .map(move |text| answer(&format!("{text}\n")));
    Box::new(documents.chain(texts).chain(forbidden))
}
