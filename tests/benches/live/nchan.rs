//! The peer: nginx with nchan, which keeps messages in memory and sends them to all subscribers of a channel.

use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use holdpoint_tests::{DriverError, Result};
use tempfile::TempDir;

use crate::http::Post;
use crate::machine::peer;
use crate::memory::children;
use crate::viewers::{Seen, Server, measure as measure_viewers};

/// Where Debian keeps the module.
const MODULE: &str = "/usr/lib/nginx/modules/ngx_nchan_module.so";
/// How long nginx may take until it listens.
const PATIENCE: Duration = Duration::from_secs(10);

/// An nginx of its own, which ends when it is dropped.
pub struct Nchan {
    _folder: TempDir,
    port: u16,
    child: Child,
}

/// nginx, where it and the module are there. Otherwise it is said what is missing.
pub fn program() -> Option<PathBuf> {
    let nginx = peer("nginx", "nginx")?;
    if Path::new(MODULE).is_file() {
        return Some(nginx);
    }
    println!("{MODULE} is missing (in Debian: libnginx-mod-nchan), so nothing is measured beside it.");
    None
}

impl Nchan {
    /// Starts it with room for so many subscribers.
    pub fn start(nginx: &Path, most: usize) -> Result<Self> {
        let folder = tempfile::tempdir().map_err(io("making a folder for nginx"))?;
        let port = free_port()?;
        let path = folder.path().join("nginx.conf");
        fs::write(&path, settings(folder.path(), port, most)).map_err(io("writing nginx.conf"))?;
        let child = Command::new(nginx)
            .arg("-p")
            .arg(folder.path())
            .arg("-c")
            .arg(&path)
            .arg("-e")
            .arg(folder.path().join("error.log"))
            .stdin(Stdio::null())
            .spawn()
            .map_err(io("starting nginx"))?;
        let nchan = Self {
            _folder: folder,
            port,
            child,
        };
        nchan.until_ready()?;
        Ok(nchan)
    }

    /// Measures with messages as large as the proxy's.
    pub async fn measure(&self, viewers: usize, record: &str) -> Result<Seen> {
        let follow = format!(
            "GET /follow HTTP/1.1\r\nhost: 127.0.0.1:{}\r\naccept: text/event-stream\r\n\r\n",
            self.port
        );
        let server = Server {
            port: self.port,
            pid: self.child.id(),
            follow,
            post: Post::new(self.port, "/append", None, record),
        };
        measure_viewers(server, viewers).await
    }

    fn until_ready(&self) -> Result<()> {
        let since = Instant::now();
        while since.elapsed() < PATIENCE {
            if TcpStream::connect(("127.0.0.1", self.port)).is_ok() && !children(self.child.id())?.is_empty() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Err(DriverError::TimedOut {
            what: "nginx to listen".to_owned(),
            waited: since.elapsed(),
            seen: "What it printed is above.".to_owned(),
        })
    }
}

impl Drop for Nchan {
    fn drop(&mut self) {
        // SIGTERM ends the workers, too; SIGKILL would leave them.
        let pid = i32::try_from(self.child.id()).unwrap_or_default();
        let ended = nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), nix::sys::signal::Signal::SIGTERM);
        if let Err(error) = ended
            .map_err(std::io::Error::from)
            .and_then(|()| self.child.wait().map(drop))
        {
            eprintln!("nginx could not be stopped: {error}");
        }
    }
}

fn settings(folder: &Path, port: u16, most: usize) -> String {
    let folder = folder.display();
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .iter()
        .map(|kind| format!("    {kind}_temp_path {folder}/{kind};\n"))
        .collect();
    format!(
        "load_module {MODULE};
daemon off;
worker_processes 2;
worker_rlimit_nofile {files};
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections {files}; }}
http {{
    access_log off;
{temporary}    nchan_shared_memory_size 128m;
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        location = /append {{
            nchan_publisher;
            nchan_channel_id bench;
            nchan_message_buffer_length 20;
        }}
        location = /follow {{
            nchan_subscriber eventsource;
            nchan_channel_id bench;
            nchan_subscriber_first_message newest;
        }}
    }}
}}
",
        files = most + 1_000,
    )
}

fn free_port() -> Result<u16> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).map_err(io("looking for a free port"))?;
    Ok(listener.local_addr().map_err(io("looking for a free port"))?.port())
}

fn io(doing: &'static str) -> impl FnOnce(std::io::Error) -> DriverError {
    move |source| DriverError::Io {
        doing: doing.to_owned(),
        source,
    }
}
