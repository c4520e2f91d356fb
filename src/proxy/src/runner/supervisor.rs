//! `holdpoint guard`: what a command gate's program runs under, so that nothing of it survives the proxy.
//!
//! A proxy that is killed cannot kill anything any more. Its guards can: each has one end of a connection whose other end only
//! the proxy holds, and which the system closes when the proxy ends, however it ends. The program knows nothing of that. It
//! leads a process group of its own, reads from `/dev/null`, and has the guard's own environment, folder and output.

use std::ffi::OsString;
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use caps::{CapSet, Capability};
use nix::errno::Errno;
use nix::sys::prctl::set_child_subreaper;
use nix::sys::signal::{Signal, kill, killpg};
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid, waitpid};
use nix::unistd::Pid;

use super::process_tree::{descendants, killed};
use super::report::Report;

/// A command line that is not understood, or no proxy at the other end.
const MISUSED: i32 = 64;
/// The proxy is gone, and so is the program. Nobody is left to read this code but whoever looks at the system's log.
const ORPHANED: i32 = 70;
/// Between two looks at what is still there after it was killed.
const PAUSE: Duration = Duration::from_millis(5);
/// How long to go on killing. What outlasts this cannot be killed: it belongs to another user, or hangs in the system.
const PATIENCE: Duration = Duration::from_secs(10);

/// Runs `holdpoint guard -- PROGRAM ARGUMENT…`; `args` is what comes after `guard`. The standard input is the connection to
/// the proxy. Returns the exit code, which says nothing of the program: how that ended is reported over the connection.
#[must_use]
pub fn guard(args: &[OsString]) -> i32 {
    let (Some((separator, [program, arguments @ ..])), Ok(proxy)) = (args.split_first(), connection()) else {
        return misused();
    };
    if separator != "--" {
        return misused();
    }
    match run(proxy, Command::new(program).args(arguments)) {
        Ok(()) => 0,
        Err(_) => ORPHANED,
    }
}

fn misused() -> i32 {
    eprintln!("holdpoint guard is what the proxy runs the programs of gates under; it is of no use by hand.");
    MISUSED
}

/// The standard input, if it is a connection.
fn connection() -> io::Result<UnixStream> {
    let stream = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    stream.local_addr()?;
    Ok(stream)
}

fn run(proxy: UnixStream, command: &mut Command) -> io::Result<()> {
    let tell = |report: Report| (&proxy).write_all(report.to_string().as_bytes());
    let not_started = |error: io::Error| tell(Report::NotStarted(error.raw_os_error().unwrap_or(Errno::EINVAL as i32)));
    // A process of the program's that loses its parents becomes the guard's own child, so that it can still be found.
    set_child_subreaper(true)?;
    // The watch is there before there is anything to watch over, because a thread may be refused as a process may.
    let over = Arc::new(AtomicBool::new(false));
    let watch = match Watch::begin(proxy.try_clone()?, Arc::clone(&over)) {
        Ok(watch) => watch,
        Err(error) => return not_started(error),
    };
    if gone(&proxy)? {
        return Ok(());
    }
    look_into_no_process();
    let mut child = match command.stdin(Stdio::null()).process_group(0).spawn() {
        Ok(child) => child,
        Err(error) => return not_started(error),
    };
    let program = id(&child)?;
    watch.over(program);
    // A proxy that cannot be told is gone, which the watch sees too and does something about.
    tell(Report::Started(program.as_raw())).ok();
    until_ended(program);
    if over.swap(true, Ordering::SeqCst) {
        // The watch ends this process when it has ended everything else.
        loop {
            thread::park();
        }
    }
    if gone(&proxy)? {
        // The proxy killed the program itself. What the program started until then is not for the proxy to see.
        end_everything(program);
        return Ok(());
    }
    // A process that the program left behind in its group is part of the run, and the run is over. The program itself has not
    // been waited for, so its id, and with it the group's, cannot be another one's yet.
    killed(killpg(program, Signal::SIGKILL));
    tell(Report::Ended(child.wait()?.into_raw()))
}

/// Takes from the program, should it run as root, the right to look into the memory of any process: the proxy's has secrets in it. For other
/// users the system says no by itself.
fn look_into_no_process() {
    // Without the right to give rights up there are none to give up.
    caps::drop(None, CapSet::Bounding, Capability::CAP_SYS_PTRACE).ok();
}

fn id(child: &Child) -> io::Result<Pid> {
    let id = i32::try_from(child.id()).map_err(io::Error::other)?;
    Ok(Pid::from_raw(id))
}

/// Whether the proxy closed its end.
fn gone(mut proxy: &UnixStream) -> io::Result<bool> {
    proxy.set_nonblocking(true)?;
    let read = proxy.read(&mut [0]);
    proxy.set_nonblocking(false)?;
    Ok(!read.is_err_and(|error| error.kind() == ErrorKind::WouldBlock))
}

/// Waits until the program ended, and leaves it to be waited for. What the guard adopted meanwhile is waited for here.
fn until_ended(program: Pid) {
    let ended = WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT;
    loop {
        let adopted = match waitid(Id::All, ended) {
            Ok(status) if status.pid() == Some(program) => return,
            Ok(status) => status.pid(),
            Err(Errno::EINTR) => continue,
            // A signal that has no name here ended something: the program, or something else.
            Err(Errno::EINVAL) => match waitid(Id::Pid(program), ended | WaitPidFlag::WNOHANG) {
                Ok(WaitStatus::StillAlive) => None,
                _ => return,
            },
            // The watch has waited for everything that there was.
            Err(_) => return,
        };
        // That it is over is all that has to be known of it.
        waitpid(adopted, Some(WaitPidFlag::WNOHANG)).ok();
    }
}

/// A thread that kills everything when the proxy is gone.
struct Watch {
    begin: std::sync::mpsc::Sender<Pid>,
}

impl Watch {
    /// `over` says who was first: the end of the program, or that of the proxy.
    fn begin(proxy: UnixStream, over: Arc<AtomicBool>) -> io::Result<Self> {
        let (begin, begun) = std::sync::mpsc::channel();
        thread::Builder::new().spawn(move || {
            // Without a program there is nothing to kill.
            let Ok(program) = begun.recv() else { return };
            until_gone(&proxy);
            if !over.swap(true, Ordering::SeqCst) {
                end_everything(program);
                std::process::exit(ORPHANED);
            }
        })?;
        Ok(Self { begin })
    }

    fn over(&self, program: Pid) {
        // The thread waits for this and for nothing else, so it is there.
        self.begin.send(program).ok();
    }
}

/// Waits until the proxy closed its end, or the system did because the proxy is gone. It never says anything.
fn until_gone(mut proxy: &UnixStream) {
    loop {
        match proxy.read(&mut [0]) {
            Ok(1..) => {}
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Ok(0) | Err(_) => return,
        }
    }
}

/// Kills the program, its group, and whatever descends from it, until nothing of it is left.
fn end_everything(program: Pid) {
    let since = Instant::now();
    killed(killpg(program, Signal::SIGKILL));
    while since.elapsed() < PATIENCE {
        // What dies leaves its children to the guard, so whatever was missed is found in the next round.
        for process in descendants(&[Pid::this()]) {
            killed(kill(process, Signal::SIGKILL));
        }
        loop {
            match waitpid(None, Some(WaitPidFlag::WNOHANG)) {
                Ok(WaitStatus::StillAlive) => break,
                // Without children there are no descendants.
                Err(Errno::ECHILD) => return,
                Ok(_) | Err(_) => {}
            }
        }
        thread::sleep(PAUSE);
    }
}
