//! A PgBouncer of a test's own, in transaction mode before a [`TestPostgres`], that does not outlive the test.
//!
//! As with PostgreSQL, a watchdog shell in a process group of its own ends it when the pipe closes that only the test holds.

use std::fs;
use std::net::TcpStream;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use crate::postgres::{TestPostgres, server_user};
use crate::system::{free_port, write};
use crate::{DriverError, Result};

/// The role that signs in to the pooler, by SCRAM, and its password.
const ROLE: &str = "postgres";
const PASSWORD: &str = "p00led-password";
/// How long it may take to listen.
const PATIENCE: Duration = Duration::from_secs(10);

/// Arguments: the folder, and the program with its own.
const WATCHDOG: &str = r#"
trap '' INT TERM HUP
home=$1
shift
"$@" </dev/null >"$home/output" 2>&1 &
cat >/dev/null
kill -KILL $! 2>/dev/null
wait
rm -rf -- "$home"
"#;

/// A running PgBouncer with one server connection for each database, which all its clients share.
pub struct TestPgBouncer {
    port: u16,
    child: Child,
    /// Closing it ends the pooler.
    pipe: Option<ChildStdin>,
}

impl TestPgBouncer {
    /// Starts it with Debian's own settings but for where it listens, whom it asks, and its mode.
    ///
    /// # Errors
    /// It is not installed, or it does not start; the error holds what it printed.
    pub fn start(cluster: &TestPostgres) -> Result<Self> {
        let program = program().ok_or(DriverError::Missing { what: "PgBouncer" })?;
        let io = DriverError::io("starting PgBouncer");
        let home = tempfile::Builder::new()
            .prefix("holdpoint-pgbouncer-")
            .tempdir()
            .map_err(io)?;
        let port = free_port()?;
        let config = home.path().join("pgbouncer.ini");
        let (users, server) = (home.path().join("users"), cluster.port());
        let mut text = format!(
            "[databases]\n* = host=127.0.0.1 port={server}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n\
             unix_socket_dir =\nauth_type = scram-sha-256\nauth_file = {}\npool_mode = transaction\ndefault_pool_size = 1\n",
            users.display()
        );
        write(&users, format!("\"{ROLE}\" \"{PASSWORD}\"\n").as_bytes())?;
        if let Some(user) = server_user()? {
            // It changes to this user by itself, so that it stays the process that the watchdog started and can end.
            text.push_str(&format!("user = {}\n", user.name));
            for path in [home.path(), &users] {
                chown(path, Some(user.uid.as_raw()), Some(user.gid.as_raw()))
                    .map_err(DriverError::io("giving PgBouncer its files"))?;
            }
        }
        write(&config, text.as_bytes())?;
        let mut command = Command::new("sh");
        command.args(["-c", WATCHDOG, "sh"]).arg(home.path());
        command.arg(program).arg(&config).current_dir("/").process_group(0);
        let command = command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut child = command.spawn().map_err(DriverError::io("starting PgBouncer"))?;
        let pipe = child.stdin.take();
        // From here on the folder is the watchdog's to remove.
        let home = home.keep();
        let pooler = Self { port, child, pipe };
        let since = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if since.elapsed() > PATIENCE {
                return Err(DriverError::Program {
                    what: "PgBouncer".to_owned(),
                    output: fs::read_to_string(home.join("output")).unwrap_or_default(),
                });
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(pooler)
    }

    /// The connection string of a database through the pooler.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!("postgres://{ROLE}:{PASSWORD}@127.0.0.1:{}/{database}", self.port)
    }
}

impl Drop for TestPgBouncer {
    fn drop(&mut self) {
        drop(self.pipe.take());
        if let Err(error) = self.child.wait() {
            eprintln!("PgBouncer's watchdog could not be waited for: {error}");
        }
    }
}

/// Debian keeps it away from the PATH of people.
fn program() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]);
    folders
        .map(|folder| folder.join("pgbouncer"))
        .find(|program| program.is_file())
}
