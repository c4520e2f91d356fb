//! Answers to command gates.

use holdpoint_gates::config::{Check, Gate};

use super::http::written;
use super::{Expected, document, of, subject, text, value};
use crate::answer::{Answer, BETWEEN_LINES, Chunk, CommandAnswer, CommandEnd, Stream};
use crate::cannot::CannotRehearse;

pub(super) fn candidates(gate: &Gate, expected: &[Expected<'_>]) -> Result<Vec<Answer>, CannotRehearse> {
    let codes = of(expected, Check::ExitCode);
    // Without a word about it, exit code 0 is implied.
    let code = value::find_whole(&codes, 0..256).and_then(|code| u8::try_from(code).ok());
    let code = code.ok_or_else(|| CannotRehearse::NoValue {
        subject: subject(expected, Check::ExitCode),
    })?;
    let answer = |chunks: Vec<Chunk>| {
        Answer::Command(CommandAnswer {
            chunks,
            end: CommandEnd::Exit(code),
        })
    };
    let texts = of(expected, Check::Output);
    let no_text = || CannotRehearse::NoValue {
        subject: subject(expected, Check::Output),
    };
    let Some(document) = document::make(expected)? else {
        let text = if texts.is_empty() {
            format!("{}\nrehearsed: ok\n", gate.title.replace(['\n', '\r'], " "))
        } else {
            text::find(&texts, &["\n", " ", ""], &|_| true).ok_or_else(no_text)?
        };
        return Ok(vec![answer(lines(&text, Stream::Out))]);
    };
    let mut all: Vec<Answer> = written(&document, &texts)
        .iter()
        .map(|json| answer(lines(json, Stream::Out)))
        .collect();
    if let Some(note) = text::find(&texts, &["\n", " ", ""], &|_| true) {
        // The document is read from standard output, the text from both streams.
        let json = lines(&format!("{document}\n"), Stream::Out);
        let note = lines(&format!("{note}\n"), Stream::Err);
        all.push(answer([note.clone(), json.clone()].concat()));
        all.push(answer([json, note].concat()));
    }
    Ok(all)
}

/// The text line by line.
fn lines(text: &str, stream: Stream) -> Vec<Chunk> {
    let chunk = |line: &str| Chunk {
        after: BETWEEN_LINES,
        stream,
        text: line.to_owned(),
    };
    text.split_inclusive('\n').map(chunk).collect()
}
