//! Whether an exported archive was altered.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Seek, SeekFrom};

use sha2::{Digest, Sha256};
use zip::ZipArchive;
use zip::result::ZipError;

use super::check::verify_from;
use super::told::{Verified, VerifyError};
use crate::archive::{DIGITS, LOG, MANIFEST, SEALED, is_sealed};

/// Bytes of a manifest at most: more than a million members have.
const MANIFEST_LIMIT: u64 = 256 * 1024 * 1024;
/// Bytes that are read at once.
const AT_ONCE: usize = 64 * 1024;
/// The length of the record with which a zip file ends, without its comment.
const END: u64 = 22;
/// What that record begins with.
const END_MARK: &[u8] = b"PK\x05\x06";

/// What was checked of an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedArchive {
    /// Members that the manifest names.
    pub members: usize,
    /// What was checked of its log.
    pub log: Verified,
}

/// Checks an archive: that every byte of it is sealed, that it has the members of its manifest and no others, each as the manifest
/// names it, and its log as [`verify_from`] does.
///
/// # Errors
/// The file cannot be read. Within that: the first thing that is not as it was exported.
pub fn verify_archive<R: Read + Seek>(
    mut reader: R,
    places: &BTreeSet<u64>,
) -> io::Result<Result<VerifiedArchive, VerifyError>> {
    let length = reader.seek(SeekFrom::End(0))?;
    reader.rewind()?;
    let sealed = is_sealed(&mut reader, length)?;
    let entries = entries(&mut reader, length)?;
    let mut archive = match ZipArchive::new(reader) {
        Ok(archive) => archive,
        Err(error) => return in_file(error, |reason| VerifyError::Archive { reason }),
    };
    // Where two members have the same name, readers may disagree about which of them counts.
    if entries.is_some_and(|entries| entries != archive.len()) {
        return Ok(Err(VerifyError::MembersTwice));
    }
    let manifest = match manifest(&mut archive)? {
        Ok(manifest) => manifest,
        Err(error) => return Ok(Err(error)),
    };
    for index in 0..archive.len() {
        if let Err(error) = check_member(&mut archive, index, &manifest)? {
            return Ok(Err(error));
        }
    }
    let mut names: Vec<&String> = manifest.keys().collect();
    names.retain(|name| archive.index_for_name(name).is_none());
    if let Some(name) = names.first() {
        let name = (*name).clone();
        return Ok(Err(VerifyError::MemberMissing { name }));
    }
    if !sealed {
        return Ok(Err(VerifyError::Unsealed));
    }
    let log = match archive.by_name(LOG) {
        Ok(log) => verify_from(log, places)?,
        Err(error) => return in_file(error, |reason| unreadable(LOG, reason)),
    };
    Ok(log
        .map(|log| VerifiedArchive {
            members: manifest.len(),
            log,
        })
        .map_err(|source| VerifyError::InArchive {
            source: Box::new(source),
        }))
}

/// How many members the record at the end counts; none where there is no such record of ours, or where there are more than it can
/// count.
fn entries<R: Read + Seek>(reader: &mut R, length: u64) -> io::Result<Option<usize>> {
    let comment = (SEALED.len() + DIGITS) as u64;
    let Some(at) = length.checked_sub(END + comment) else {
        return Ok(None);
    };
    reader.seek(SeekFrom::Start(at))?;
    let mut end = [0; END as usize];
    reader.read_exact(&mut end)?;
    reader.rewind()?;
    let count = u16::from_le_bytes([end[10], end[11]]);
    Ok((end.starts_with(END_MARK) && count != u16::MAX).then_some(usize::from(count)))
}

/// What the file's format has wrong is a finding; what the system says is not.
fn in_file<T>(error: ZipError, found: impl FnOnce(String) -> VerifyError) -> io::Result<Result<T, VerifyError>> {
    match error {
        ZipError::Io(error) if !is_of_the_data(&error) => Err(error),
        other => Ok(Err(found(other.to_string()))),
    }
}

/// Whether the data is wrong, and not the disk.
fn is_of_the_data(error: &io::Error) -> bool {
    use io::ErrorKind::{InvalidData, InvalidInput, Other, UnexpectedEof, Unsupported};
    matches!(
        error.kind(),
        InvalidData | InvalidInput | Other | UnexpectedEof | Unsupported
    )
}

fn unreadable(name: &str, reason: String) -> VerifyError {
    let name = name.to_owned();
    VerifyError::MemberUnreadable { name, reason }
}

/// The hashes of the members by name.
fn manifest<R: Read + Seek>(archive: &mut ZipArchive<R>) -> io::Result<Result<BTreeMap<String, String>, VerifyError>> {
    let mut text = String::new();
    match archive.by_name(MANIFEST) {
        Ok(member) => {
            if let Err(error) = member.take(MANIFEST_LIMIT).read_to_string(&mut text) {
                return in_file(error.into(), |reason| unreadable(MANIFEST, reason));
            }
        }
        Err(ZipError::FileNotFound) => return Ok(Err(VerifyError::NoManifest)),
        Err(error) => return in_file(error, |reason| unreadable(MANIFEST, reason)),
    }
    let lines = text.lines().map(|line| line.split_once("  "));
    let named = lines.map(|line| line.map(|(hash, name)| (name.to_owned(), hash.to_owned())));
    Ok(named
        .collect::<Option<BTreeMap<_, _>>>()
        .ok_or_else(|| unreadable(MANIFEST, "a line of it is not a hash and a name".to_owned())))
}

fn check_member<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    index: usize,
    manifest: &BTreeMap<String, String>,
) -> io::Result<Result<(), VerifyError>> {
    let name = archive.name_for_index(index).and_then(Result::ok);
    let name = name.map_or_else(|| format!("number {}", index + 1), |name| name.into_owned());
    let mut member = match archive.by_index(index) {
        Ok(member) => member,
        Err(error) => return in_file(error, |reason| unreadable(&name, reason)),
    };
    if name == MANIFEST {
        return Ok(Ok(()));
    }
    let Some(expected) = manifest.get(&name) else {
        return Ok(Err(VerifyError::MemberAdded { name }));
    };
    let mut hash = Sha256::new();
    let mut buffer = vec![0; AT_ONCE];
    loop {
        match member.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => hash.update(&buffer[..count]),
            Err(error) => return in_file(error.into(), |reason| unreadable(&name, reason)),
        }
    }
    match hex::encode(hash.finalize()) == *expected {
        true => Ok(Ok(())),
        false => Ok(Err(VerifyError::MemberAltered { name })),
    }
}
