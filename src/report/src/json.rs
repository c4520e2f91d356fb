//! Everything with its chain, as JSON.

use std::io::Write;

use serde::Serialize;

use crate::drill::score_of;
use crate::error::ExportError;
use crate::format::{FORMAT, FORMAT_VERSION, MADE_BY};
use crate::linked::LinkedSession;
use crate::log::Log;
use crate::told::Told;

/// Each event stands in a line of its own, as it was recorded.
pub(super) fn write(out: &mut dyn Write, told: &Told<'_>) -> Result<(), ExportError> {
    let (header, linked) = (told.header, told.linked);
    write!(
        out,
        "{{\n  \"format\": \"{FORMAT}\",\n  \"version\": {FORMAT_VERSION},\n  \"made_by\": \"{MADE_BY}\",\n  \"rehearsal\": {},\n  \"summary\": {},\n",
        header.rehearsal,
        indented(header, 2)?
    )?;
    let both = [("undoes", &linked.undoes), ("undone_by", &linked.undone_by)];
    let mut before = "  \"linked\": {\n";
    for (role, one) in both.into_iter().filter_map(|(role, one)| Some((role, one.as_ref()?))) {
        out.write_all(before.as_bytes())?;
        link(out, role, one)?;
        before = ",\n";
    }
    if !linked.is_empty() {
        out.write_all(b"\n  },\n")?;
    }
    if let Some(score) = score_of(told.folded, linked) {
        writeln!(out, "  \"drill_score\": {},", indented(&score, 2)?)?;
    }
    writeln!(out, "  \"head\": {},", indented(&told.folded.head, 2)?)?;
    events(out, told.log, 2)?;
    out.write_all(b"\n}\n")?;
    Ok(())
}

fn link(out: &mut dyn Write, role: &str, one: &LinkedSession) -> Result<(), ExportError> {
    write!(
        out,
        "    \"{role}\": {{\n      \"session\": \"{}\",\n      \"known\": {}",
        one.session,
        indented(&one.known, 6)?
    )?;
    if let Some(source) = &one.source {
        out.write_all(b",\n")?;
        events(out, &*source.log, 6)?;
    }
    Ok(out.write_all(b"\n    }")?)
}

fn events(out: &mut dyn Write, log: &dyn Log, indent: usize) -> Result<(), ExportError> {
    write!(out, "{:indent$}\"events\": [", "")?;
    let line = format!(",\n{:indent$}  ", "");
    for (place, text) in log.texts().enumerate() {
        let text = text.map_err(ExportError::Log)?;
        let before = if place == 0 { &line[1..] } else { &line };
        out.write_all(before.as_bytes())?;
        out.write_all(text.as_bytes())?;
    }
    write!(out, "\n{:indent$}]", "")?;
    Ok(())
}

/// With lines that begin so far to the right. No line feed stands within a text of JSON.
fn indented(value: &impl Serialize, indent: usize) -> Result<String, ExportError> {
    let text = serde_json::to_string_pretty(value)?;
    Ok(text.replace('\n', &format!("\n{:indent$}", "")))
}
