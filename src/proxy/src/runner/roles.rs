//! A look at the roles that SQL gates ask as. A read-only transaction keeps rows from being written; it does not keep a superuser from
//! ending sessions, reading the server's files or reaching other servers.

use std::collections::BTreeSet;
use std::time::Duration;

use secrecy::ExposeSecret;

use super::Runner;
use super::postgres::{self, Answer, PostgresError, Target, Wire};
use crate::config::resolve;

/// For one database.
const LIMIT: Duration = Duration::from_secs(10);
/// Bytes of the answer.
const MOST_BYTES: u64 = 64 * 1024;
/// The role, whether it is a superuser, and which of the powerful built-in roles it is a member of.
const ROLE: &str = "SELECT r.rolname, r.rolsuper::text, (SELECT string_agg(p.rolname, ', ' ORDER BY p.rolname) FROM pg_roles p \
     WHERE p.rolname IN ('pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program', 'pg_signal_backend') \
     AND pg_has_role(r.oid, p.oid, 'MEMBER')) FROM pg_roles r WHERE r.rolname = current_user";

impl Runner {
    /// One sentence for each database that gates ask as a role which may do more than a gate should. A database that cannot be
    /// reached is passed over: its gates say so when they run. In a rehearsal nothing is asked.
    pub async fn remarks_on_roles(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        if self.is_rehearsal() {
            return remarks;
        }
        let gates = &self.config.gates;
        for (name, environment) in gates
            .environments
            .iter()
            .filter(|(_, environment)| !environment.rehearsal)
        {
            let here = gates.gates.values().filter(|gate| gate.exists_in(name));
            let asked: BTreeSet<_> = here.filter_map(|gate| Some(&gate.sql.as_ref()?.database)).collect();
            for (database, secret) in environment.databases.iter().filter(|(name, _)| asked.contains(name)) {
                let Ok(url) = resolve(secret, &self.config.dir) else {
                    continue;
                };
                match tokio::time::timeout(LIMIT, powers(url.expose_secret())).await {
                    Ok(Ok(Some((role, may)))) => remarks.push(format!(
                        "gates ask the database “{database}” of “{}” as “{role}”, which {may}: a statement could end other sessions, \
                         read the server's files or reach other servers; give the gates a role of their own that may only read",
                        environment.title
                    )),
                    Ok(Ok(None)) => {}
                    Ok(Err(error)) => tracing::debug!(%error, database, "a gate's database was not looked at"),
                    Err(_) => tracing::debug!(database, "a gate's database did not answer in time"),
                }
            }
        }
        remarks
    }
}

/// The role of a connection string, and what it may too much.
async fn powers(url: &str) -> Result<Option<(String, String)>, PostgresError> {
    let mut wire = postgres::connect(&Target::read(url)?).await?;
    wire.run("BEGIN READ ONLY; SET LOCAL statement_timeout = 5000").await?;
    let row = one_row(&mut wire).await?;
    wire.leave().await?;
    let text = |cell: Option<&Option<Vec<u8>>>| Some(String::from_utf8_lossy(cell?.as_ref()?).into_owned());
    let (role, is_superuser, member) = (text(row.first()), text(row.get(1)), text(row.get(2)));
    let may = match (is_superuser.as_deref(), member) {
        (Some("true"), _) => Some("is a superuser".to_owned()),
        (_, Some(member)) => Some(format!("is a member of {member}")),
        _ => None,
    };
    Ok(role.zip(may))
}

async fn one_row(wire: &mut Wire) -> Result<Vec<Option<Vec<u8>>>, PostgresError> {
    wire.ask(ROLE, &[], 1).await?;
    let mut left = MOST_BYTES;
    let mut row = Vec::new();
    loop {
        match wire.answer(&mut left, MOST_BYTES).await? {
            Answer::Columns(_) => {}
            Answer::Row(cells) => row = cells,
            Answer::Suspended | Answer::Complete => return Ok(row),
        }
    }
}
