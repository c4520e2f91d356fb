//! What the helpers need of the system.

use std::fs::File;
use std::io::Write;
use std::net::TcpListener;
use std::path::Path;

use crate::{DriverError, Result};

/// A port that was free a moment ago.
///
/// # Errors
/// The system has none.
pub(crate) fn free_port() -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0));
    let address = listener.and_then(|listener| listener.local_addr());
    Ok(address.map_err(DriverError::io("looking for a free port"))?.port())
}

/// Writes a file, with its folders.
pub(crate) fn write(path: &Path, content: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(DriverError::io(format!("making {}", folder.display())))?;
    }
    let mut file = File::create(path).map_err(DriverError::io(format!("writing {}", path.display())))?;
    file.write_all(content)
        .map_err(DriverError::io(format!("writing {}", path.display())))
}

/// The processes that a process started and that still run, with theirs. Linux tells it (`/proc`); elsewhere there are none.
pub(crate) fn children(pid: u32) -> Vec<i32> {
    let threads = std::fs::read_dir(format!("/proc/{pid}/task"))
        .into_iter()
        .flatten()
        .flatten();
    let mut all = Vec::new();
    for thread in threads {
        let own = std::fs::read_to_string(thread.path().join("children")).unwrap_or_default();
        for child in own.split_whitespace().filter_map(|child| child.parse::<u32>().ok()) {
            all.extend(children(child));
            all.extend(i32::try_from(child));
        }
    }
    all
}
