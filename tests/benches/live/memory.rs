//! Memory of processes: the proportional set size, in which memory that processes share counts once.

use std::fs;

use holdpoint_tests::{DriverError, Result};

/// Bytes of a process and of those that it started.
pub fn bytes_of(pid: u32) -> Result<f64> {
    let mut sum = bytes(pid)?;
    for child in children(pid)? {
        sum += bytes(child)?;
    }
    Ok(sum)
}

/// The processes that a process started.
pub fn children(pid: u32) -> Result<Vec<u32>> {
    let text = read(&format!("/proc/{pid}/task/{pid}/children"))?;
    Ok(text.split_whitespace().filter_map(|child| child.parse().ok()).collect())
}

fn bytes(pid: u32) -> Result<f64> {
    let path = format!("/proc/{pid}/smaps_rollup");
    let text = read(&path)?;
    let kibibytes = text.lines().find_map(|line| {
        let rest = line.strip_prefix("Pss:")?;
        rest.split_whitespace().next()?.parse::<f64>().ok()
    });
    kibibytes.map(|number| number * 1024.0).ok_or(DriverError::Unexpected {
        what: format!("{path}, which must say “Pss:”,"),
        found: text,
    })
}

fn read(path: &str) -> Result<String> {
    fs::read_to_string(path).map_err(|source| DriverError::Io {
        doing: format!("reading {path}"),
        source,
    })
}
