//! A PostgreSQL cluster of a test's own, that does not outlive the test however the test ends.
//!
//! `initdb` takes a second or two, so it runs once: its data folder is kept beside the test programs, under a file lock, and
//! every cluster begins as a copy of it.
//!
//! A watchdog shell, in a process group of its own, makes the copy, starts the server, and reads from a pipe whose other
//! end only the test holds. When the test ends, be it by SIGKILL of its whole process group, the pipe closes, and the
//! watchdog stops the server and removes its folder.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

use nix::unistd::{User, geteuid};

use crate::system::free_port;
use crate::{DriverError, Result};

/// The user that runs the server when the tests run as root, which PostgreSQL refuses to run as.
const SERVER_USER: &str = "postgres";
/// How often another port is tried, should somebody else take the free one first.
const PORT_ATTEMPTS: u32 = 5;
/// On loopback only.
const DURABLE: &str = "-c listen_addresses=127.0.0.1 -c unix_socket_directories=''";
/// A power cut is not what tests are about, and a small cache is enough for them.
const FORGETFUL: &str = "-c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off \
     -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=16MB -c max_connections=60";

/// Arguments: the cluster's folder, the template, `pg_ctl`, the server's options, and what runs a program as its user.
/// Prints `ready` once the server answers.
const WATCHDOG: &str = r#"
trap '' INT TERM HUP
home=$1 template=$2 pg_ctl=$3 options=$4
shift 4
cp -a -- "$template" "$home/data" &&
    "$@" "$pg_ctl" -D "$home/data" -w -t 30 -l "$home/data/log" -o "$options" start </dev/null >/dev/null 2>&1 &&
    echo ready
exec >&-
cat >/dev/null
"$@" "$pg_ctl" -D "$home/data" -m immediate -w stop </dev/null >/dev/null 2>&1
rm -rf -- "$home"
"#;

/// A running PostgreSQL cluster on loopback with the databases of `initdb`. It trusts every role, whatever the password.
/// Dropping it stops the server and removes its folder.
pub struct TestPostgres {
    port: u16,
    psql: PathBuf,
    watchdog: Watchdog,
}

impl TestPostgres {
    /// Starts a cluster that forgets everything in a power cut, which is faster.
    ///
    /// # Errors
    /// PostgreSQL is not installed, or it does not start; the error holds the server's log.
    pub async fn start() -> Result<Self> {
        Self::start_with(FORGETFUL).await
    }

    /// Starts a cluster that writes to the disk when PostgreSQL does so by default, to measure beside it.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub async fn durable() -> Result<Self> {
        Self::start_with(DURABLE).await
    }

    async fn start_with(settings: &'static str) -> Result<Self> {
        // Copying and starting takes a moment, and the test's own tasks go on meanwhile.
        let started = tokio::task::spawn_blocking(move || Self::start_blocking(settings)).await;
        started.map_err(|panicked| DriverError::Program {
            what: "starting PostgreSQL".into(),
            output: panicked.to_string(),
        })?
    }

    fn start_blocking(settings: &str) -> Result<Self> {
        let programs = programs().ok_or(DriverError::Missing { what: "PostgreSQL" })?;
        let template = template(&programs)?;
        let mut attempts = 0;
        loop {
            attempts += 1;
            let port = free_port()?;
            match Watchdog::start(&programs, &template, &format!("-p {port} {settings}")) {
                Ok(watchdog) => {
                    return Ok(Self {
                        port,
                        psql: programs.join("psql"),
                        watchdog,
                    });
                }
                Err(error) if attempts == PORT_ATTEMPTS => return Err(error),
                Err(error) => eprintln!("PostgreSQL did not start on port {port}, another one is tried: {error}"),
            }
        }
    }

    /// Its port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The connection string of a database, for its owner `postgres`.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        self.url_as("postgres", database)
    }

    /// The connection string of a database for a role, or for `role:password`.
    #[must_use]
    pub fn url_as(&self, role: &str, database: &str) -> String {
        format!("postgres://{role}@127.0.0.1:{}/{database}?sslmode=disable", self.port)
    }

    /// Runs SQL in a database as its owner, and gives what it prints: rows as lines, columns parted by `|`.
    ///
    /// # Errors
    /// The SQL is wrong.
    pub fn sql(&self, database: &str, sql: &str) -> Result<String> {
        let mut psql = Command::new(&self.psql);
        psql.arg(self.url(database));
        run(psql.args(["-X", "-v", "ON_ERROR_STOP=1", "-qAt", "-c", sql]), "psql")
    }

    /// Its folder. It is removed when the server has stopped.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.watchdog.home
    }
}

/// The shell that ends the server when the test ends.
struct Watchdog {
    home: PathBuf,
    child: Child,
    /// Closing it ends the server.
    pipe: Option<ChildStdin>,
}

impl Watchdog {
    /// Starts the watchdog, and waits until its server answers.
    fn start(programs: &Path, template: &Path, options: &str) -> Result<Self> {
        let io = |source| DriverError::Io {
            doing: "starting PostgreSQL".into(),
            source,
        };
        let home = tempfile::Builder::new()
            .prefix("holdpoint-postgres-")
            .tempdir()
            .map_err(io)?;
        let owner = fs::metadata(template).map_err(io)?;
        chown(home.path(), Some(owner.uid()), Some(owner.gid())).map_err(io)?;
        let mut command = Command::new("sh");
        command.args(["-c", WATCHDOG, "sh"]).arg(home.path()).arg(template);
        command.arg(programs.join("pg_ctl")).arg(options);
        command.args(runs_as()).current_dir("/").process_group(0);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn().map_err(io)?;
        let (pipe, output) = (child.stdin.take(), child.stdout.take());
        // From here on the folder is the watchdog's to remove.
        let watchdog = Self {
            home: home.keep(),
            child,
            pipe,
        };
        let mut said = String::new();
        if let Some(output) = output {
            BufReader::new(output).read_line(&mut said).map_err(io)?;
        }
        if said.trim_end() == "ready" {
            return Ok(watchdog);
        }
        let log = fs::read_to_string(watchdog.home.join("data/log")).unwrap_or_else(|error| format!("no log: {error}"));
        Err(DriverError::Program {
            what: "starting PostgreSQL".into(),
            output: log,
        })
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        drop(self.pipe.take());
        if let Err(error) = self.child.wait() {
            eprintln!("PostgreSQL's watchdog could not be waited for: {error}");
        }
    }
}

/// The data folder that every cluster begins with. Whoever needs it first makes it; the others wait for the lock.
fn template(programs: &Path) -> Result<PathBuf> {
    let io = |source| DriverError::Io {
        doing: "making PostgreSQL's template folder".into(),
        source,
    };
    let folder = target_folder()?;
    let template = folder.join(format!("postgres-template-{}", version_of(programs)));
    let lock = File::create(template.with_extension("lock")).map_err(io)?;
    lock.lock().map_err(io)?;
    // Only a whole one is ever moved to this name.
    if template.is_dir() {
        return Ok(template);
    }
    // The server's user may not be allowed into the target folder, so the data is made elsewhere.
    let home = tempfile::tempdir().map_err(io)?;
    if let Some(user) = server_user()? {
        chown(home.path(), Some(user.uid.as_raw()), Some(user.gid.as_raw())).map_err(io)?;
    }
    let data = home.path().join("data");
    let mut initdb = as_server_user(&programs.join("initdb"));
    initdb.arg("-D").arg(&data).args([
        "--username=postgres",
        "--auth=trust",
        "--encoding=UTF8",
        "--no-locale",
        "--no-sync",
    ]);
    run(initdb.current_dir("/"), "initdb")?;
    let beside = tempfile::tempdir_in(&folder).map_err(io)?;
    let copy = beside.path().join("data");
    run(Command::new("cp").arg("-a").arg(&data).arg(&copy), "cp -a")?;
    fs::rename(copy, &template).map_err(io)?;
    Ok(template)
}

/// `target/debug`, where the test programs' folder `deps` is.
fn target_folder() -> Result<PathBuf> {
    let program = std::env::current_exe().map_err(DriverError::io("finding the test program"))?;
    let folder = program.ancestors().nth(2);
    folder.map(Path::to_owned).ok_or_else(|| DriverError::Unexpected {
        what: "The test program's path".into(),
        found: program.display().to_string(),
    })
}

/// The newest installed version's programs. Debian keeps the server's away from PATH.
fn programs() -> Option<PathBuf> {
    let complete = |folder: &Path| {
        ["initdb", "postgres", "pg_ctl", "psql"]
            .iter()
            .all(|program| folder.join(program).is_file())
    };
    let debian = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|version| version.path().join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = debian.chain(std::env::split_paths(&path)).collect();
    folders.sort_by_key(|folder| std::cmp::Reverse(version_of(folder)));
    folders.into_iter().find(|folder| complete(folder))
}

/// 15 of `/usr/lib/postgresql/15/bin`; 0 of a folder that is named otherwise.
fn version_of(folder: &Path) -> u32 {
    let version = folder.parent().and_then(Path::file_name).and_then(|name| name.to_str());
    version.and_then(|name| name.parse().ok()).unwrap_or(0)
}

/// The user that the server runs as; nobody else when the tests do not run as root.
pub(crate) fn server_user() -> Result<Option<User>> {
    if !geteuid().is_root() {
        return Ok(None);
    }
    let user = User::from_name(SERVER_USER).map_err(|errno| DriverError::Io {
        doing: format!("looking for the user {SERVER_USER}"),
        source: io::Error::from(errno),
    })?;
    let missing = DriverError::Missing {
        what: "the user `postgres`, whom PostgreSQL's package makes,",
    };
    user.map(Some).ok_or(missing)
}

/// The words before a program that make it run as the server's user.
fn runs_as() -> &'static [&'static str] {
    if geteuid().is_root() {
        &["runuser", "-u", SERVER_USER, "--"]
    } else {
        &[]
    }
}

fn as_server_user(program: &Path) -> Command {
    match runs_as() {
        [] => Command::new(program),
        [first, rest @ ..] => {
            let mut command = Command::new(first);
            command.args(rest).arg(program);
            command
        }
    }
}

/// Runs a program to its end, and gives what it printed.
fn run(command: &mut Command, what: &str) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(DriverError::io(format!("starting {what}")))?;
    let printed = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if output.status.success() {
        return Ok(printed);
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    Err(DriverError::Program {
        what: what.to_owned(),
        output: format!("{printed}\n{errors}"),
    })
}
