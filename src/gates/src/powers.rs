//! What a statement could do besides reading, if the role that it is asked as may: a read-only transaction keeps rows from being written, and
//! nothing else.

use crate::config::GatesFile;
use holdpoint_domain::gate::GateKind;

/// Functions that act on the server, its files, its other sessions or other servers, or leave something with the connection. An `*` at
/// the end stands for anything.
const ACTING: [&str; 27] = [
    "pg_terminate_backend",
    "pg_cancel_backend",
    "pg_reload_conf",
    "pg_rotate_logfile",
    "pg_promote",
    "pg_switch_wal",
    "pg_create_*",
    "pg_drop_*",
    "pg_copy_*",
    "pg_wal_replay_*",
    "pg_backup_*",
    "pg_start_backup",
    "pg_stop_backup",
    "pg_replication_*",
    "pg_logical_*",
    "pg_stat_reset*",
    "pg_read_file",
    "pg_read_binary_file",
    "pg_stat_file",
    "pg_ls_*",
    "pg_file_*",
    "lo_*",
    "dblink*",
    "pg_notify",
    "pg_advisory_lock*",
    "pg_try_advisory_lock*",
    "set_config",
];

/// Something to be told of the SQL gates of a `gates.toml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PowerRemark {
    /// The keys that lead to what it is about.
    pub path: Vec<String>,
    /// One sentence.
    pub message: String,
    /// It is about a statement that acts, and not about what any statement could do.
    pub acts: bool,
}

impl GatesFile {
    /// Statements that call a function which acts, and for each database that gates ask, that its role is to be one that cannot.
    #[must_use]
    pub fn power_remarks(&self) -> Vec<PowerRemark> {
        let mut remarks = Vec::new();
        let path = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect();
        let asked = self.gates.iter().filter(|(_, gate)| gate.kind == GateKind::Sql);
        for (name, query) in asked
            .clone()
            .filter_map(|(name, gate)| Some((name, gate.sql.as_ref()?)))
        {
            if let Some(function) = acting_function(&query.statement) {
                remarks.push(PowerRemark {
                    path: path(&["gates", name, "sql", "statement"]),
                    message: format!(
                        "The statement calls {function}, which does more than read, and a read-only transaction does not keep it \
                         from that; ask as a role that may not call it"
                    ),
                    acts: true,
                });
            }
        }
        for (environment, declared) in self.environments.iter().filter(|(_, declared)| !declared.rehearsal) {
            let used = |database: &&String| {
                asked.clone().any(|(_, gate)| {
                    gate.exists_in(environment) && gate.sql.as_ref().is_some_and(|query| query.database == **database)
                })
            };
            for database in declared.databases.keys().filter(used) {
                remarks.push(PowerRemark {
                    path: path(&["environments", environment, "databases", database]),
                    message: format!(
                        "Statements ask the database “{database}” as the role in its connection string; it should be one that may \
                         only read what the gates look at, and no superuser"
                    ),
                    acts: false,
                });
            }
        }
        remarks
    }
}

/// The first function of [`ACTING`] that a statement calls. A text in quotes that looks like a call is taken for one.
fn acting_function(statement: &str) -> Option<String> {
    let is_word = |character: char| character.is_alphanumeric() || character == '_' || character == '$';
    let mut rest = statement;
    while let Some(at) = rest.find('(') {
        let before = rest[..at].trim_end().trim_end_matches('"');
        let start = before.rfind(|character| !is_word(character));
        let start = start.map_or(0, |start| {
            start + before[start..].chars().next().map_or(1, char::len_utf8)
        });
        let name = before[start..].to_lowercase();
        let acts = ACTING.iter().any(|acting| match acting.strip_suffix('*') {
            Some(beginning) => name.starts_with(beginning),
            None => name == *acting,
        });
        if acts {
            return Some(name);
        }
        rest = &rest[at + 1..];
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_call_that_acts_is_found_however_it_is_written() {
        for (statement, function) in [
            (
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity",
                Some("pg_terminate_backend"),
            ),
            ("SELECT PG_READ_FILE ('/etc/passwd')", Some("pg_read_file")),
            ("SELECT pg_catalog.\"pg_ls_dir\"('.')", Some("pg_ls_dir")),
            ("SELECT * FROM dblink_exec('…', 'DROP TABLE t')", Some("dblink_exec")),
            ("SELECT count(*), lower(x) FROM t WHERE (a = 1)", None),
            ("SELECT my_set_config(1), slo_import(2)", None),
        ] {
            assert_eq!(acting_function(statement).as_deref(), function, "{statement}");
        }
    }

    #[test]
    fn databases_that_gates_ask_are_remarked_on() {
        let file = GatesFile::parse(
            r#"
[environments.prod]
title = "Production"
databases = { main = { env = "URL" }, unused = { env = "OTHER" } }
[environments.try]
title = "Try"
rehearsal = true
databases = { main = { env = "URL" } }
[gates.rows]
title = "Rows"
kind = "sql"
sql = { database = "main", statement = "SELECT pg_cancel_backend(1)" }
expect = [{ check = "rows", equals = 1 }]
"#,
        )
        .unwrap_or_else(|error| panic!("{error}"));
        let paths: Vec<_> = file
            .power_remarks()
            .into_iter()
            .map(|remark| remark.path.join("."))
            .collect();
        assert_eq!(paths, ["gates.rows.sql.statement", "environments.prod.databases.main"]);
    }

    proptest! {
        #[test]
        fn no_statement_panics(statement in "\\PC*") {
            let _found = acting_function(&statement);
        }
    }
}
