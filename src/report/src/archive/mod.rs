//! Everything about a session in one archive: each format, what every gate said, the logs of linked sessions, and a manifest.

mod seal;

use std::cell::Cell;
use std::io::{self, Write};

use sha2::{Digest, Sha256};
use zip::result::ZipError;
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, DateTime, ZipWriter};

use self::seal::Seal;
use crate::error::ExportError;
use crate::evidence::{Evidence, time_utc, word};
use crate::linked::{LinkedSession, LinkedSessions};
use crate::markdown::report;
use crate::paper::Plain;
use crate::told::Told;
use crate::visible::visible;
use crate::{html, json, table};

pub(crate) use seal::{DIGITS, SEALED, is_sealed};

/// What every other member is named in, with its hash, as `sha256sum --check` reads it.
pub(crate) const MANIFEST: &str = "MANIFEST";
/// The JSON export.
pub(crate) const LOG: &str = "log.json";
/// Characters of a gate's name that are part of a member's.
const NAME_KEPT: usize = 60;
/// Events from which on a member may be larger than 4 GiB, which is to be said before it is written.
const LARGE: u64 = 100_000;

/// Writes an archive member by member. The same log makes the same bytes: times are fixed, and so is the order.
pub(super) fn write(out: &mut dyn Write, told: &Told<'_>) -> Result<(), ExportError> {
    let broken = Cell::new(false);
    let mut archive = Archive {
        zip: ZipWriter::new_stream(Seal::new(out, &broken)),
        manifest: String::new(),
        options: SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default())
            .unix_permissions(0o644)
            .large_file(told.folded.head.seq >= LARGE),
    };
    let written = members(&mut archive, told).and_then(|()| archive.end());
    // What fails is dropped without an end.
    broken.set(written.is_err());
    let zip = archive.zip;
    written?;
    Ok(zip.finish()?.into_inner().finish()?)
}

fn members(archive: &mut Archive<'_>, told: &Told<'_>) -> Result<(), ExportError> {
    archive.member("report.md", |out| report(&mut Plain(out), told))?;
    archive.member("report.html", |out| html::page(out, told))?;
    archive.member(LOG, |out| json::write(out, told))?;
    archive.member("log.csv", |out| table::csv(out, told))?;
    let linked = [("undone", &told.linked.undoes), ("rollback", &told.linked.undone_by)];
    for (name, one) in linked {
        if let Some(one) = one {
            linked_log(archive, name, one)?;
        }
    }
    for record in told.log.records() {
        let record = record.map_err(ExportError::Log)?;
        if let Some(evidence) = Evidence::of(&record, &told.folded.state) {
            let name = format!(
                "gates/{:07}-{}-{}.txt",
                evidence.seq,
                in_a_name(evidence.gate_id),
                word(evidence.verdict.outcome).to_lowercase()
            );
            archive.member(&name, |out| Ok(out.write_all(said(&evidence).as_bytes())?))?;
        }
    }
    Ok(())
}

/// The export of a linked session. Of the sessions that it is linked with itself it has no log; one of them is this one.
fn linked_log(archive: &mut Archive<'_>, name: &str, one: &LinkedSession) -> Result<(), ExportError> {
    let Some(source) = &one.source else {
        return Ok(());
    };
    let header = source.folded.header(source.number);
    let linked = LinkedSessions::default().with_those_of(&header);
    let told = Told {
        log: &*source.log,
        folded: &source.folded,
        header: &header,
        linked: &linked,
    };
    archive.member(&format!("linked/{name}.json"), |out| json::write(out, &told))
}

/// What a gate said, whole, as text.
fn said(evidence: &Evidence<'_>) -> String {
    let verdict = evidence.verdict;
    let (output, size) = evidence.output();
    let line = |text: &str| visible(text).replace(['\n', '\r'], " ");
    let mut text = format!(
        "Event {}: {}, {}\nStep: {}\nAsked by {}, {} to {} ({} s), attempts: {}\nResult: {}\n",
        evidence.seq,
        line(&evidence.gate),
        word(verdict.outcome),
        line(&evidence.step),
        evidence.source(),
        time_utc(verdict.started),
        time_utc(verdict.finished),
        evidence.seconds(),
        verdict.attempts,
        line(&verdict.summary)
    );
    for (title, part) in [
        ("Request", evidence.request()),
        ("Expectations", evidence.expectations()),
        (&*format!("Output, {size}"), output),
    ] {
        text += &format!("\n---- {title} ----\n{part}\n");
    }
    text
}

/// A text as a part of a member's name: nothing in it leads to another folder, and no system refuses it.
fn in_a_name(text: &str) -> String {
    let allowed = |one: char| match one {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_' => one,
        _ => '_',
    };
    text.chars().take(NAME_KEPT).map(allowed).collect()
}

/// An archive that is being written.
struct Archive<'a> {
    zip: ZipWriter<StreamWriter<Seal<'a>>>,
    manifest: String,
    options: SimpleFileOptions,
}

impl Archive<'_> {
    fn member(
        &mut self,
        name: &str,
        write: impl FnOnce(&mut Hashed<'_>) -> Result<(), ExportError>,
    ) -> Result<(), ExportError> {
        self.zip.start_file(name, self.options)?;
        let mut out = Hashed {
            out: &mut self.zip,
            hash: Sha256::new(),
        };
        write(&mut out)?;
        self.manifest += &format!("{}  {name}\n", hex::encode(out.hash.finalize()));
        Ok(())
    }

    fn end(&mut self) -> Result<(), ExportError> {
        self.zip.start_file(MANIFEST, self.options)?;
        self.zip.write_all(self.manifest.as_bytes())?;
        Ok(self.zip.set_comment(Seal::comment())?)
    }
}

/// What is written, with its hash.
struct Hashed<'a> {
    out: &'a mut dyn Write,
    hash: Sha256,
}

impl Write for Hashed<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.out.write(bytes)?;
        self.hash.update(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        // A flush in the middle would end a block of what is compressed.
        Ok(())
    }
}

impl From<ZipError> for ExportError {
    fn from(error: ZipError) -> Self {
        match error {
            ZipError::Io(error) => Self::Write(error),
            other => Self::Zip(other),
        }
    }
}
