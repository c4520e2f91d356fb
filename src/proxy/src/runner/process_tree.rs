//! Which processes descend from one, and killing them.

use nix::errno::Errno;
use nix::unistd::Pid;

/// Takes note of what came of a signal.
pub(super) fn killed(result: nix::Result<()>) {
    match result {
        // What is gone already needs no killing.
        Ok(()) | Err(Errno::ESRCH) => {}
        Err(error) => tracing::warn!(%error, "a gate's process could not be killed"),
    }
}

/// Every process that descends from these, as `/proc` tells it; none where there is no `/proc`.
pub(super) fn descendants(ancestors: &[Pid]) -> Vec<Pid> {
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    let parents: Vec<(Pid, Pid)> = entries
        .filter_map(|entry| {
            let id: i32 = entry.ok()?.file_name().to_str()?.parse().ok()?;
            // A process may end between being listed and being read.
            let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
            // The name in parentheses may hold anything, the closing parenthesis too.
            let parent = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()?;
            Some((Pid::from_raw(id), Pid::from_raw(parent)))
        })
        .collect();
    let mut found = ancestors.to_vec();
    let mut next = 0;
    while next < found.len() {
        let parent = found[next];
        found.extend(parents.iter().filter(|(_, of)| *of == parent).map(|(id, _)| *id));
        next += 1;
    }
    found.split_off(ancestors.len())
}
