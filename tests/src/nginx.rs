//! A real nginx in front of a proxy.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

use crate::system::{free_port, write};
use crate::{DriverError, Result};

/// How long it may take until it listens.
const PATIENCE: Duration = Duration::from_secs(10);

/// An nginx of a test's own, which ends when it is dropped.
pub struct Nginx {
    folder: TempDir,
    port: u16,
    child: Child,
}

impl Nginx {
    /// Starts it with its defaults for everything but where it listens and whom it asks: `proxy_buffering` is on.
    ///
    /// # Errors
    /// nginx is not installed, or does not get ready.
    pub fn start(upstream: &str) -> Result<Self> {
        Self::start_with(Self::free_port()?, upstream, "")
    }

    /// A port for it, for whoever has to know it before.
    ///
    /// # Errors
    /// The system has none.
    pub fn free_port() -> Result<u16> {
        free_port()
    }

    /// The same on this port, with further settings for the location.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub fn start_with(port: u16, upstream: &str, settings: &str) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("holdpoint-nginx-").tempdir();
        let folder = folder.map_err(DriverError::io("making a folder for nginx"))?;
        let path = folder.path().join("nginx.conf");
        // Its files are where Debian's nginx may not write.
        let dir = folder.path().display();
        let text = format!(
            "daemon off;\npid {dir}/pid;\nworker_processes 1;\nevents {{}}\nhttp {{\n  access_log off;\n  \
             client_body_temp_path {dir}/body;\n  proxy_temp_path {dir}/proxy;\n  fastcgi_temp_path {dir}/fastcgi;\n  \
             uwsgi_temp_path {dir}/uwsgi;\n  scgi_temp_path {dir}/scgi;\n  server {{\n    listen 127.0.0.1:{port};\n    \
             location / {{\n      proxy_pass {upstream};\n      {settings}\n    }}\n  }}\n}}\n"
        );
        write(&path, text.as_bytes())?;
        let child = Command::new("nginx")
            .arg("-p")
            .arg(folder.path())
            .arg("-c")
            .arg(&path)
            .arg("-e")
            .arg(folder.path().join("error.log"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .map_err(DriverError::io("starting nginx (in Debian: nginx)"))?;
        let nginx = Self { folder, port, child };
        nginx.until_ready()?;
        Ok(nginx)
    }

    /// Its address without a path.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn until_ready(&self) -> Result<()> {
        let since = Instant::now();
        while since.elapsed() < PATIENCE {
            if std::net::TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let log = self.folder.path().join("error.log");
        Err(DriverError::TimedOut {
            what: "nginx to listen".into(),
            waited: since.elapsed(),
            seen: std::fs::read_to_string(log).unwrap_or_default(),
        })
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // SIGTERM ends the workers, too; SIGKILL would leave them.
        let ended = i32::try_from(self.child.id()).map(|pid| kill(Pid::from_raw(pid), Signal::SIGTERM));
        if !matches!(ended, Ok(Ok(()))) {
            eprintln!("nginx could not be asked to end: {ended:?}");
        }
        if let Err(error) = self.child.wait() {
            eprintln!("nginx did not end: {error}");
        }
    }
}
