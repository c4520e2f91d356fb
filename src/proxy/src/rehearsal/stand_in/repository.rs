//! git and npm.

use std::io::{self, Write};

use super::Paper;
use crate::rehearsal::faults::{Fault, Pretence};

pub(super) fn build(paper: &mut Paper<impl Write>, pretence: &Pretence) -> io::Result<i32> {
    paper.lines(&[
        "> dragonfly-dashboard@1.4.2 build",
        "> tsc -b && vite build",
        "transforming...",
    ])?;
    if pretence.has(Fault::CommandFailsBuild) {
        paper
            .line("src/views/Plaintiffs.tsx(41,7): error TS2322: Type 'string' is not assignable to type 'number'.")?;
        return Ok(2);
    }
    paper.lines(&["✓ 1184 modules transformed.", "✓ built in 3.02s"])?;
    Ok(0)
}

/// A clean checkout whose `main` has everything, and in which the released commit has its tag.
pub(super) fn git(paper: &mut Paper<impl Write>, pretence: &Pretence, arguments: &[&str]) -> io::Result<Option<i32>> {
    match arguments {
        ["status", "--porcelain"] | ["merge-base", "--is-ancestor", _, "origin/main"] => {}
        ["status"] => paper.lines(&["On branch main", "nothing to commit, working tree clean"])?,
        ["tag", "--points-at", sha] => {
            let same = !sha.is_empty() && (pretence.git_sha.starts_with(sha) || sha.starts_with(&pretence.git_sha));
            if same && !pretence.git_sha.is_empty() {
                paper.line(&pretence.version)?;
            }
        }
        _ => return Ok(None),
    }
    Ok(Some(0))
}
