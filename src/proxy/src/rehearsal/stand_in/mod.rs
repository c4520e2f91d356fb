//! `holdpoint stand-in`: the programs that gates run, in a rehearsal. Real processes that print what the runbooks say the
//! real programs print, and fail as the faults say.

mod repository;
mod smoke;
mod tools;

use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use super::faults::Pretence;

/// Between two lines, so that people see output arrive, as they would see it from the real program.
const PAUSE: Duration = Duration::from_millis(25);
/// A command line that is not understood, or a state file that cannot be read.
const MISUSED: i32 = 64;
/// A program, or a use of it, that the rehearsal does not stand in for: what a shell says of a missing program.
const UNKNOWN: i32 = 127;

/// Runs `holdpoint stand-in --state FILE -- PROGRAM ARGUMENT…`; `args` is what comes after `stand-in`. Returns the exit code.
#[must_use]
pub fn stand_in(args: &[String]) -> i32 {
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let ["--state", state, "--", program, arguments @ ..] = words.as_slice() else {
        eprintln!(
            "holdpoint stand-in is what a rehearsal runs in the place of real programs; it is of no use by hand."
        );
        return MISUSED;
    };
    let pretence = match Pretence::read(Path::new(state)) {
        Ok(pretence) => pretence,
        Err(error) => {
            eprintln!("The rehearsal's state file {state} cannot be read: {error}. Is the rehearsal still running?");
            return MISUSED;
        }
    };
    let mut paper = Paper {
        out: io::stdout().lock(),
        pause: PAUSE,
    };
    let env = |name: &str| std::env::var(name).ok();
    // When nobody reads any more: what nobody read did not succeed.
    act(&mut paper, &pretence, &env, program, arguments).unwrap_or(1)
}

/// Does what `program` would do. `env` is its environment.
pub(super) fn act(
    paper: &mut Paper<impl Write>,
    pretence: &Pretence,
    env: &dyn Fn(&str) -> Option<String>,
    program: &str,
    arguments: &[&str],
) -> io::Result<i32> {
    let acted = match (program, arguments) {
        ("python" | "python3", ["-m", "pytest", rest @ ..]) | ("pytest", rest) => {
            Some(tools::pytest(paper, pretence, rest)?)
        }
        ("python" | "python3", ["-m", module, rest @ ..]) => tools::module(paper, pretence, module, rest)?,
        ("python" | "python3", ["-c", code]) => tools::inline(paper, code)?,
        ("python" | "python3", ["scripts/verify_db_contract.py", rest @ ..]) => {
            Some(tools::db_contract(paper, pretence, rest)?)
        }
        ("pwsh" | "powershell", arguments) => {
            let arguments = arguments.strip_prefix(&["-NoProfile"]).unwrap_or(arguments);
            let arguments = arguments.strip_prefix(&["-File"]).unwrap_or(arguments);
            match arguments {
                [script, rest @ ..] => smoke::script(paper, pretence, env, script, rest)?,
                [] => None,
            }
        }
        ("npm", ["run", "build"]) => Some(repository::build(paper, pretence)?),
        ("git", arguments) => repository::git(paper, pretence, arguments)?,
        _ => None,
    };
    if let Some(code) = acted {
        return Ok(code);
    }
    paper.line(&format!(
        "{program} {}: the rehearsal has no stand-in for this.",
        arguments.join(" ")
    ))?;
    Ok(UNKNOWN)
}

/// Where a stand-in prints. Each line goes out at once.
pub(super) struct Paper<W> {
    pub(super) out: W,
    /// Between two lines.
    pub(super) pause: Duration,
}

impl<W: Write> Paper<W> {
    fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{text}")?;
        self.out.flush()?;
        std::thread::sleep(self.pause);
        Ok(())
    }

    fn lines(&mut self, lines: &[&str]) -> io::Result<()> {
        lines.iter().try_for_each(|line| self.line(line))
    }
}

/// The value after `--env`, `-ApiBaseUrl` and the like.
fn option<'a>(arguments: &[&'a str], name: &str) -> Option<&'a str> {
    let at = arguments.iter().position(|argument| *argument == name)?;
    arguments.get(at + 1).copied()
}
