//! `holdpoint`: the gate proxy and its command line.

use std::ffi::OsString;
use std::process::ExitCode;

use mimalloc::MiMalloc;

/// A request makes and drops some hundreds of small things on several threads, which is what glibc's allocator is slow at.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    // These two are started for command gates, so they go past everything that takes time. Their own arguments may look like
    // anything, too, and are not ours to parse.
    match arguments.get(1).and_then(|word| word.to_str()) {
        #[cfg(target_os = "linux")]
        Some("guard") => std::process::exit(holdpoint::runner::guard(&arguments[2..])),
        Some("stand-in") => std::process::exit(holdpoint_rehearsal::stand_in(&arguments[2..])),
        _ => holdpoint::cli::main(),
    }
}
