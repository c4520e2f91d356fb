//! Running a program to its end, and seeing how much memory it took.

use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use holdpoint_tests::{DriverError, Result};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

/// Between two looks at the program's memory. The system keeps the peak, so only what happens after the last look is missed.
const LOOK: Duration = Duration::from_millis(2);

/// A program that has ended well.
pub struct Ran {
    pub took: Duration,
    /// Of the processors, all threads together: what a busy machine changes least.
    pub processor: Duration,
    /// The most that was resident.
    pub peak_kibibytes: f64,
}

/// Runs it with its standard output in a file.
pub fn run(command: &mut Command, output: &Path) -> Result<Ran> {
    let program = command.get_program().to_string_lossy().into_owned();
    let io = |source| DriverError::Io {
        doing: format!("running {program}"),
        source,
    };
    let file = File::create(output).map_err(io)?;
    let before = of_children().map_err(io)?;
    let since = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(file).spawn().map_err(io)?;
    let mut peak_kibibytes: f64 = 0.0;
    loop {
        if let Some(status) = child.try_wait().map_err(io)? {
            let took = since.elapsed();
            if status.success() {
                let processor = of_children().map_err(io)?.saturating_sub(before);
                return Ok(Ran {
                    took,
                    processor,
                    peak_kibibytes,
                });
            }
            return Err(DriverError::Program {
                what: program,
                output: status.to_string(),
            });
        }
        // It may end between the two; then the last look counts.
        if let Some(now) = peak(child.id()) {
            peak_kibibytes = peak_kibibytes.max(now);
        }
        std::thread::sleep(LOOK);
    }
}

/// What all programs took that were started here and have ended.
fn of_children() -> std::io::Result<Duration> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let microseconds = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Ok(Duration::from_micros(u64::try_from(microseconds).unwrap_or(0)))
}

fn peak(pid: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}
