//! What is measured on, and which peers are there.

use std::path::{Path, PathBuf};

/// What it is measured with.
pub fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    // Where there is no such file, the machine is known to whoever runs this.
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name"));
    let model = model.map_or("unknown", |model| model.trim_start_matches([' ', '\t', ':']));
    format!("{cores} × {model}; {}; {}.", std::env::consts::OS, load())
}

/// How many programs wanted to run in the last minute, on average: what else the machine does.
pub fn load() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split_whitespace().next().unwrap_or("not known");
    format!("load {load}")
}

/// A peer's program. Where there is none, that is said, with what to install.
pub fn peer(name: &str, package: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let more = [PathBuf::from("/usr/sbin")];
    let found = std::env::split_paths(&path)
        .chain(more)
        .map(|folder| folder.join(name))
        .find(|program| Path::is_file(program));
    if found.is_none() {
        println!("`{name}` is not on PATH (in Debian: {package}), so nothing is measured beside it.");
    }
    found
}
