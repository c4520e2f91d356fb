//! A program with everything that it starts: a process group of its own, which is killed whole when this is dropped. Under a
//! guard, it is killed even when this is not dropped because the proxy itself was killed.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::net::UnixStream;
use tokio::process::{Child, ChildStderr, ChildStdout, Command};

use super::process_tree::{descendants, killed};
use super::report::Report;

/// A program that leads a process group. Whatever way the run ends, nothing of the group survives this value.
pub(super) struct Group {
    child: Child,
    leader: Option<Pid>,
    guard: Option<Guard>,
    ended: bool,
}

/// The child is not the program, but the guard that it runs under.
struct Guard {
    id: Pid,
    /// The guard kills everything when this connection ends.
    reports: Lines<BufReader<UnixStream>>,
}

/// Why no program runs.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotStarted {
    #[error("the program cannot be started: {0}")]
    Program(io::Error),
    #[error("the program's guard cannot be started: {0}")]
    Guard(io::Error),
}

/// Why nothing is known of a program's end.
#[derive(Debug, thiserror::Error)]
pub(super) enum Lost {
    #[error("the program cannot be waited for: {0}")]
    Program(#[from] io::Error),
    #[error("the program's guard is gone")]
    Guard,
}

impl Group {
    /// Starts a program without a guard.
    pub(super) fn spawn(mut command: Command) -> Result<Self, NotStarted> {
        let child = command
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .map_err(NotStarted::Program)?;
        let leader = id(&child);
        Ok(Self {
            child,
            leader,
            guard: None,
            ended: false,
        })
    }

    /// Starts a guard, which starts the program.
    pub(super) async fn spawn_guarded(mut command: Command) -> Result<Self, NotStarted> {
        let (own, its) = std::os::unix::net::UnixStream::pair().map_err(NotStarted::Guard)?;
        own.set_nonblocking(true).map_err(NotStarted::Guard)?;
        let own = UnixStream::from_std(own).map_err(NotStarted::Guard)?;
        // The guard is not killed when the child is dropped: it ends by itself, after everything else.
        let spawned = command.stdin(OwnedFd::from(its)).process_group(0).spawn();
        // The command has the guard's end of the connection, which has to end with the guard.
        drop(command);
        let child = spawned.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied => NotStarted::Guard(error),
            // What is wrong with the guard's arguments is wrong with the program's, which are the same.
            _ => NotStarted::Program(error),
        })?;
        let guard = id(&child).map(|id| Guard {
            id,
            reports: BufReader::new(own).lines(),
        });
        let mut group = Self {
            child,
            leader: None,
            guard,
            ended: false,
        };
        match group.report().await {
            Some(Report::Started(leader)) => {
                group.leader = Some(Pid::from_raw(leader));
                Ok(group)
            }
            Some(Report::NotStarted(reason)) => {
                group.ended = true;
                Err(NotStarted::Program(io::Error::from_raw_os_error(reason)))
            }
            Some(Report::Ended(_)) | None => Err(NotStarted::Guard(io::Error::other("it ended at once"))),
        }
    }

    pub(super) fn streams(&mut self) -> Option<(ChildStdout, ChildStderr)> {
        self.child.stdout.take().zip(self.child.stderr.take())
    }

    /// Waits for the program. Dropping this future loses nothing.
    pub(super) async fn wait(&mut self) -> Result<ExitStatus, Lost> {
        let status = if self.guard.is_none() {
            self.child.wait().await?
        } else {
            match self.report().await {
                Some(Report::Ended(status)) => ExitStatus::from_raw(status),
                // Only the guard knows how the program ended, so without its word that is not known.
                Some(Report::Started(_) | Report::NotStarted(_)) | None => return Err(Lost::Guard),
            }
        };
        self.ended = true;
        Ok(status)
    }

    async fn report(&mut self) -> Option<Report> {
        let line = self.guard.as_mut()?.reports.next_line().await;
        Report::read(&line.ok()??)
    }

    /// Kills the group, and what left the group but still descends from its leader.
    pub(super) fn kill(&mut self) {
        let (leader, guard) = (self.leader.take(), self.guard.take());
        if self.ended && guard.is_some() {
            // The guard killed what was left of the group before it told the end.
            return;
        }
        // Descendants are looked up first: once their parents are dead they are nobody's children. A program that has
        // ended by itself has none left to look up, and its id may soon be another program's.
        let ancestors: Vec<Pid> = leader.into_iter().chain(guard.as_ref().map(|guard| guard.id)).collect();
        let strays = if self.ended || ancestors.is_empty() {
            Vec::new()
        } else {
            descendants(&ancestors)
        };
        if let Some(Guard { id, reports }) = guard {
            // The guard kills everything, too, and again what may be started meanwhile. It learns of it first, so that it
            // does not take the program's end for one of the program's own. A program may have stopped it.
            drop(reports);
            killed(kill(id, Signal::SIGCONT));
        }
        if let Some(leader) = leader {
            killed(killpg(leader, Signal::SIGKILL));
        }
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

fn id(child: &Child) -> Option<Pid> {
    child.id().and_then(|id| i32::try_from(id).ok()).map(Pid::from_raw)
}
