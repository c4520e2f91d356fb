//! The end of an archive: the hash of everything before it, in the comment with which a zip file ends.

use std::cell::Cell;
use std::io::{self, Read, Write};

use sha2::{Digest, Sha256};

/// What the comment begins with.
pub(crate) const SEALED: &str = "Holdpoint. SHA-256 of every byte before these 64 digits: ";
/// Hexadecimal digits of the hash, which are the file's last bytes.
pub(crate) const DIGITS: usize = 64;
/// Bytes that are written at once.
const AT_ONCE: usize = 64 * 1024;

/// Holds the last bytes back until it is known that they are the last, and writes the hash of the others in their place.
pub(super) struct Seal<'a> {
    out: &'a mut dyn Write,
    hash: Sha256,
    held: Vec<u8>,
    /// Set when something failed: nothing more is written then, so that what there is does not end like a whole file.
    broken: &'a Cell<bool>,
}

impl<'a> Seal<'a> {
    pub(super) fn new(out: &'a mut dyn Write, broken: &'a Cell<bool>) -> Self {
        Self {
            out,
            hash: Sha256::new(),
            held: Vec::with_capacity(2 * AT_ONCE),
            broken,
        }
    }

    /// The comment that is to be the archive's, with room for the hash.
    pub(super) fn comment() -> String {
        format!("{SEALED}{}", "0".repeat(DIGITS))
    }

    /// Writes the hash in the place of the last bytes.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.let_go()?;
        self.out.write_all(hex::encode(self.hash.finalize()).as_bytes())
    }

    fn let_go(&mut self) -> io::Result<()> {
        let count = self.held.len().saturating_sub(DIGITS);
        let free = &self.held[..count];
        self.hash.update(free);
        self.out.write_all(free)?;
        self.held.drain(..count);
        Ok(())
    }
}

impl Write for Seal<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.broken.get() {
            return Err(io::Error::other("the archive was given up"));
        }
        self.held.extend_from_slice(bytes);
        if self.held.len() > AT_ONCE {
            self.let_go()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Whether a file's last bytes are the hash of all before them. `length` is the file's, and it is read from its beginning.
pub(crate) fn is_sealed(reader: &mut impl Read, length: u64) -> io::Result<bool> {
    let Some(before) = length.checked_sub(DIGITS as u64) else {
        return Ok(false);
    };
    let mut hash = Sha256::new();
    let mut buffer = vec![0; AT_ONCE];
    let mut body = reader.by_ref().take(before);
    loop {
        match body.read(&mut buffer)? {
            0 => break,
            count => hash.update(&buffer[..count]),
        }
    }
    let mut digits = Vec::new();
    reader.take(DIGITS as u64).read_to_end(&mut digits)?;
    Ok(digits == hex::encode(hash.finalize()).as_bytes())
}
