//! A program with everything that it starts: a process group of its own, which is killed whole when this is dropped.

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use tokio::process::{Child, ChildStderr, ChildStdout, Command};

/// A program that leads a process group. Whatever way the run ends, nothing of the group survives this value.
pub(super) struct Group {
    child: Child,
    leader: Option<Pid>,
    ended: bool,
}

impl Group {
    pub(super) fn spawn(mut command: Command) -> std::io::Result<Self> {
        let child = command.process_group(0).kill_on_drop(true).spawn()?;
        let leader = child.id().and_then(|id| i32::try_from(id).ok()).map(Pid::from_raw);
        Ok(Self {
            child,
            leader,
            ended: false,
        })
    }

    pub(super) fn streams(&mut self) -> Option<(ChildStdout, ChildStderr)> {
        self.child.stdout.take().zip(self.child.stderr.take())
    }

    pub(super) async fn wait(&mut self) -> std::io::Result<std::process::ExitStatus> {
        let status = self.child.wait().await?;
        self.ended = true;
        Ok(status)
    }

    /// Kills the group, and what left the group but still descends from its leader.
    pub(super) fn kill(&mut self) {
        let Some(leader) = self.leader.take() else { return };
        // Descendants are looked up first: once their parents are dead they are nobody's children. A program that has
        // ended by itself has none left to look up, and its id may soon be another program's.
        let strays = if self.ended { Vec::new() } else { descendants(leader) };
        killed(killpg(leader, Signal::SIGKILL));
        for stray in strays {
            killed(kill(stray, Signal::SIGKILL));
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}

fn killed(result: nix::Result<()>) {
    match result {
        // What is gone already needs no killing.
        Ok(()) | Err(Errno::ESRCH) => {}
        Err(error) => tracing::warn!(%error, "a gate's process could not be killed"),
    }
}

/// Every process that descends from this one, as `/proc` tells it; none where there is no `/proc`.
fn descendants(ancestor: Pid) -> Vec<Pid> {
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
    let mut found = vec![ancestor];
    let mut next = 0;
    while next < found.len() {
        let parent = found[next];
        found.extend(parents.iter().filter(|(_, of)| *of == parent).map(|(id, _)| *id));
        next += 1;
    }
    found.split_off(1)
}
