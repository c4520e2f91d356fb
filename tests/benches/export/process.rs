//! Running a program to its end, and seeing how much memory it took.

use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use holdpoint_tests::{DriverError, Result};

/// Between two looks at the program's memory. The system keeps the peak, so only what happens after the last look is missed.
const LOOK: Duration = Duration::from_millis(2);

/// A program that has ended well.
pub struct Ran {
    pub took: Duration,
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
    let since = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(file).spawn().map_err(io)?;
    let mut peak_kibibytes: f64 = 0.0;
    loop {
        if let Some(status) = child.try_wait().map_err(io)? {
            let took = since.elapsed();
            if status.success() {
                return Ok(Ran { took, peak_kibibytes });
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

fn peak(pid: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}
