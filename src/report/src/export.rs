//! Writing a session's log in the format that is asked for.

use std::io::Write;

use crate::error::ExportError;
use crate::fold::Folded;
use crate::format::Format;
use crate::linked::LinkedSessions;
use crate::log::Log;
use crate::paper::Plain;
use crate::told::Told;
use crate::{archive, html, json, markdown, table};

/// Writes a session's log. `folded` is what the same log comes to, which is read again for each part. `number` counts the sessions of
/// its day from 1, and makes the report's id `YYYY-MM-DD-NN`. `linked` is what the logs of linked sessions say; a link of the session's
/// own events that is not in it is said not to be known. No more is kept in memory than what `folded` has, whatever the log's length.
///
/// # Errors
/// The log cannot be read on, or what was made of it not be written. What was written then is no whole file.
pub fn write_export(
    out: &mut dyn Write,
    log: &dyn Log,
    folded: &Folded,
    number: u32,
    linked: LinkedSessions,
    format: Format,
) -> Result<(), ExportError> {
    let header = folded.header(number);
    let linked = linked.with_those_of(&header);
    let told = Told {
        log,
        folded,
        header: &header,
        linked: &linked,
    };
    match format {
        Format::Md => markdown::report(&mut Plain(&mut *out), &told)?,
        Format::Html => html::page(&mut *out, &told)?,
        Format::Csv => table::csv(&mut *out, &told)?,
        Format::Json => json::write(&mut *out, &told)?,
        Format::Zip => archive::write(&mut *out, &told)?,
    }
    Ok(out.flush()?)
}
