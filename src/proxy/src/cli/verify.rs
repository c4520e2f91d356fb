//! `holdpoint verify FILE…`.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Cursor, Read, Seek};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use holdpoint_report::{Verified, VerifyError, verify_archive, verify_from};

use super::{CliError, FOUND_WRONG, print};
use crate::anchors::{self, Anchor};

/// What a zip archive begins with; one without members, too.
const ZIP: [&[u8]; 2] = [b"PK\x03\x04", b"PK\x05\x06"];

/// `strict` takes a summary that does not follow from the events for altered, whatever version made it.
pub(super) fn verify(files: Vec<PathBuf>, anchors: Option<PathBuf>, strict: bool) -> Result<ExitCode, CliError> {
    let known = anchors.map(|path| super::anchor::read(&path)).transpose()?;
    let places = known.iter().flatten().map(|anchor| anchor.seq).collect();
    let alone = files.len() == 1;
    let mut code = ExitCode::SUCCESS;
    for path in files {
        match verify_file(&path, known.as_deref(), &places, strict) {
            Ok(true) => {}
            Ok(false) => code = ExitCode::from(FOUND_WRONG),
            Err(error) if alone => return Err(error),
            Err(error @ (CliError::NotAsExported { .. } | CliError::NotAsAnchored { .. })) => {
                eprintln!("holdpoint: {error}");
                code = ExitCode::from(FOUND_WRONG);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(code)
}

/// Whether its summary is not one that was changed, and the file is held by anchors, where there are any to hold it.
fn verify_file(path: &Path, known: Option<&[Anchor]>, places: &BTreeSet<u64>, strict: bool) -> Result<bool, CliError> {
    let checked = check(path, places).map_err(|source| CliError::Read {
        path: path.to_owned(),
        source,
    })?;
    let (verified, members) = checked.map_err(|source| CliError::NotAsExported {
        path: path.to_owned(),
        source,
    })?;
    let of_session = |anchor: &&Anchor| anchor.session == verified.session;
    let own: Option<Vec<&Anchor>> = known.map(|known| known.iter().filter(of_session).collect());
    if let Some(finding) = own
        .as_ref()
        .and_then(|own| anchors::compare(own, verified.events, &verified.hashes))
    {
        let path = path.to_owned();
        return Err(CliError::NotAsAnchored { path, finding });
    }
    let anchors = own.map(|own| own.len());
    print(&told(path, &verified, members, anchors))?;
    let summary_fails = verified.summary_was_changed() || strict && verified.summary_differs();
    Ok(anchors != Some(0) && !summary_fails)
}

/// What was checked of a file's log, and how many members the file has if it is an archive.
type Checked = Result<(Verified, Option<usize>), VerifyError>;

fn check(path: &Path, places: &BTreeSet<u64>) -> io::Result<Checked> {
    let mut file = File::open(path)?;
    let mut first = Vec::new();
    file.by_ref().take(512).read_to_end(&mut first)?;
    if ZIP.iter().any(|mark| first.starts_with(mark)) {
        file.rewind()?;
        let checked = verify_archive(file, places)?;
        return Ok(checked.map(|archive| (archive.log, Some(archive.members))));
    }
    if !matches!(first.trim_ascii_start().first(), Some(b'{' | b'[')) {
        return Ok(Err(VerifyError::OtherFormat));
    }
    Ok(verify_from(Cursor::new(first).chain(file), places)?.map(|log| (log, None)))
}

fn told(path: &Path, verified: &Verified, members: Option<usize>, anchors: Option<usize>) -> String {
    let (path, events, head) = (path.display(), verified.events, &verified.head);
    let begins = match (verified.summary_differs(), verified.by_this_version) {
        (false, _) => "Not altered",
        (true, true) => "The events are not altered; the summary was, or another build made it by other rules",
        (true, false) => "The events are not altered; the summary differs from what this version makes of them",
    };
    let mut report = format!(
        "{path}: {begins}: {events} {}, each follows from the one before; head hash {head}.{}\n",
        if events == 1 { "event" } else { "events" },
        if verified.summary_differs() {
            ""
        } else {
            " The summary follows from them."
        }
    );
    if let Some(members) = members {
        report.push_str(&format!(
            "{path}: Every byte of the archive is as it was sealed, and its {members} members are as its MANIFEST names them.\n"
        ));
    }
    match anchors {
        None => {}
        Some(0) => report.push_str(&format!(
            "{path}: warning: there is no anchor of session {}, so that nothing shows that the file was not sealed anew.\n",
            verified.session
        )),
        Some(count) => report.push_str(&format!(
            "{path}: It has the hashes of its {count} {}.\n",
            if count == 1 { "anchor" } else { "anchors" }
        )),
    }
    // The number in the list is in no event, and the rest of the id is.
    let number = format!(
        "The number {} in the report's id {} is the session's place in the list of its day, which no event holds.",
        verified.number, verified.id
    );
    let rendered =
        "Whether the reports, the table and the texts in the archive follow from its log.json, this does not say: the \
                    MANIFEST is sealed anew as easily as a log. Export the session again, and compare them."
            .to_owned();
    for one in &verified.otherwise_made {
        report.push_str(&format!("{path}: warning: {one}\n"));
    }
    let rendered = members.map(|_| &rendered);
    let linked = verified.linked.iter().filter(|_| anchors.is_some()).map(|session| {
        format!("The log of the linked session {session} in this file was not compared with anchors: verify its own export with them.")
    });
    let linked: Vec<String> = linked.collect();
    for one in verified.unproven.iter().chain([&number]).chain(rendered).chain(&linked) {
        report.push_str(&format!("{path}: not proven: {one}\n"));
    }
    report
}
