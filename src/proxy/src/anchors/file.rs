//! The file of anchors: a line of JSON for each, only ever added to.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::Anchor;

/// Bytes of a line at most; one of ours has about 200.
const LINE_LIMIT: u64 = 4096;

/// Why a file of anchors cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AnchorFileError {
    #[error("{}: cannot be read: {source}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("{}: cannot be written: {source}", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("{}: line {line} is no anchor: {source}", path.display())]
    Line {
        path: PathBuf,
        line: usize,
        source: serde_json::Error,
    },
}

/// What a file of anchors has.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct AnchorFile {
    /// In its order.
    pub anchors: Vec<Anchor>,
    /// The numbers of lines that a crash cut off while they were written, from 1.
    pub torn: Vec<usize>,
}

/// Every anchor of a file.
///
/// # Errors
/// It cannot be read, or a line of it that is whole is no anchor.
pub fn read(path: &Path) -> Result<AnchorFile, AnchorFileError> {
    let unread = |source| AnchorFileError::Read {
        path: path.to_owned(),
        source,
    };
    let mut lines = BufReader::new(File::open(path).map_err(unread)?);
    let mut file = AnchorFile::default();
    let mut text = Vec::new();
    for line in 1.. {
        text.clear();
        let count = lines
            .by_ref()
            .take(LINE_LIMIT)
            .read_until(b'\n', &mut text)
            .map_err(unread)?;
        if count == 0 {
            break;
        }
        if text.trim_ascii().is_empty() {
            continue;
        }
        match serde_json::from_slice(text.trim_ascii_end()) {
            Ok(anchor) => file.anchors.push(anchor),
            // Some file systems leave zeros where they had no time to write.
            Err(source) if source.is_eof() || text.contains(&0) => file.torn.push(line),
            Err(source) => {
                let path = path.to_owned();
                return Err(AnchorFileError::Line { path, line, source });
            }
        }
    }
    Ok(file)
}

/// Adds anchors to a file, which is made where there is none, and waits until they are on the disk.
///
/// # Errors
/// It cannot be written.
pub fn append(path: &Path, anchors: &[Anchor]) -> Result<(), AnchorFileError> {
    let written = || -> io::Result<()> {
        let mut file = File::options().read(true).append(true).create(true).open(path)?;
        let mut text = String::new();
        // A line that a crash cut off is not continued.
        if file.seek(SeekFrom::End(0))? > 0 {
            file.seek(SeekFrom::End(-1))?;
            let mut last = [0];
            file.read_exact(&mut last)?;
            if last != *b"\n" {
                text.push('\n');
            }
        }
        text += &lines(anchors)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    };
    written().map_err(|source| AnchorFileError::Write {
        path: path.to_owned(),
        source,
    })
}

/// Anchors as lines.
///
/// # Errors
/// One cannot be written as JSON, which none is.
pub fn lines(anchors: &[Anchor]) -> serde_json::Result<String> {
    let mut text = String::new();
    for anchor in anchors {
        text += &serde_json::to_string(anchor)?;
        text.push('\n');
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use holdpoint_domain::session::SessionId;

    use super::*;

    #[test]
    fn a_line_that_a_crash_cut_off_is_told_and_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("anchors.jsonl");
        let anchor = |seq| Anchor {
            at: DateTime::UNIX_EPOCH,
            session: SessionId::from_u128(7),
            seq,
            hash: "c".to_owned(),
        };
        append(&path, &[anchor(1)]).unwrap();
        let whole = std::fs::read(&path).unwrap();
        std::fs::write(&path, [&whole[..], &whole[..whole.len() / 2]].concat()).unwrap();
        append(&path, &[anchor(2)]).unwrap();
        let anchors = vec![anchor(1), anchor(2)];
        assert_eq!(read(&path).unwrap(), AnchorFile { anchors, torn: vec![2] });
        // A line that is whole and no anchor was not cut off.
        std::fs::write(&path, [&whole[..], b"{\"session\":1}\n"].concat()).unwrap();
        assert!(matches!(read(&path), Err(AnchorFileError::Line { line: 2, .. })));
    }
}
