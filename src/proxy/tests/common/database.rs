//! A throw-away PostgreSQL cluster.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection, Executor};

/// A cluster that is gone when it is dropped.
pub struct Database {
    folder: tempfile::TempDir,
    programs: PathBuf,
    port: u16,
}

/// The password that stands in the connection string. The cluster trusts everybody, and so never asks for it.
pub const PASSWORD: &str = "pa55 w0rd&more";

impl Database {
    /// Starts a cluster and runs these statements in it.
    pub async fn start(schema: &str) -> Self {
        let programs = programs().expect(
            "PostgreSQL's server programs (initdb, pg_ctl) are needed for this test and were found neither in \
             /usr/lib/postgresql/*/bin nor in PATH; install the package postgresql",
        );
        let folder = tempfile::Builder::new()
            .prefix("holdpoint-gate-")
            .tempdir_in("/tmp")
            .expect("a folder");
        let port = {
            let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port on loopback");
            listener.local_addr().expect("the port's address").port()
        };
        if is_root() {
            done(Command::new("chown").arg("postgres").arg(folder.path()));
        }
        let database = Self { folder, programs, port };
        let data = database.data();
        done(database.program("initdb").arg("-D").arg(&data).args([
            "-U",
            "postgres",
            "-A",
            "trust",
            "--no-sync",
            "-E",
            "UTF8",
        ]));
        let options = format!(
            "-p {port} -k {} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=20",
            database.folder.path().display()
        );
        let log = database.folder.path().join("log");
        done(
            database
                .program("pg_ctl")
                .arg("-D")
                .arg(&data)
                .args(["-w", "-t", "60", "-o", &options, "-l"])
                .arg(log)
                .arg("start"),
        );
        let mut connection = PgConnection::connect(&database.url())
            .await
            .expect("the cluster answers");
        for statement in schema.split(";;") {
            connection
                .execute(AssertSqlSafe(statement.to_owned()))
                .await
                .expect("the test's own SQL");
        }
        connection.close().await.expect("closing the connection");
        database
    }

    /// A connection string with a password in it.
    pub fn url(&self) -> String {
        let password = PASSWORD.replace(' ', "%20").replace('&', "%26");
        format!("postgres://postgres:{password}@127.0.0.1:{}/postgres", self.port)
    }

    /// One number that a statement gives.
    pub async fn number(&self, statement: &str) -> i64 {
        let mut connection = PgConnection::connect(&self.url()).await.expect("the cluster answers");
        sqlx::query_scalar(AssertSqlSafe(statement.to_owned()))
            .fetch_one(&mut connection)
            .await
            .expect("a number")
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn program(&self, name: &str) -> Command {
        let program = self.programs.join(name);
        if !is_root() {
            return Command::new(program);
        }
        // PostgreSQL refuses to run as root.
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(program).current_dir("/tmp");
        command
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let data = self.data();
        done(
            self.program("pg_ctl")
                .arg("-D")
                .arg(data)
                .args(["-m", "immediate", "stop"]),
        );
    }
}

fn programs() -> Option<PathBuf> {
    let installed = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<_> = installed.map(|version| version.path().join("bin")).collect();
    folders.sort();
    folders.reverse();
    folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    let whole = |folder: &Path| folder.join("initdb").is_file() && folder.join("pg_ctl").is_file();
    folders.into_iter().find(|folder| whole(folder))
}

fn is_root() -> bool {
    // A file belongs to whoever makes it.
    let own = tempfile::tempfile()
        .and_then(|file| file.metadata())
        .expect("a file of one's own");
    own.uid() == 0
}

fn done(command: &mut Command) {
    // The server inherits the streams of what starts it; a pipe would stay open as long as it lives.
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status();
    assert!(
        status.as_ref().is_ok_and(std::process::ExitStatus::success),
        "{command:?} failed: {status:?}"
    );
}
