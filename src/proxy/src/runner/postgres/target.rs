//! Connection strings: `postgres://role:password@host:port/database?sslmode=verify-full`, with what libpq's environment variables and
//! its password file add.

use std::fmt;
use std::path::{Path, PathBuf};

use percent_encoding::percent_decode_str;
use reqwest::Url;
use secrecy::SecretString;

use super::error::PostgresError;
use crate::environment;

const PORT: u16 = 5432;
/// Where PostgreSQL's Unix sockets are, unless it was told otherwise.
const SOCKET_FOLDERS: [&str; 3] = ["/run/postgresql", "/var/run/postgresql", "/tmp"];

/// Where a database is, and as whom to ask it.
pub(in crate::runner) struct Target {
    pub(super) host: Host,
    pub(super) port: u16,
    pub(super) role: String,
    pub(super) password: Option<SecretString>,
    pub(super) database: String,
    pub(super) encryption: Encryption,
    pub(super) root_certificate: Option<PathBuf>,
    /// The client's own certificate and its key.
    pub(super) certificate: Option<(PathBuf, PathBuf)>,
    pub(super) application: String,
    /// For the server's command line: `-c search_path=ops`.
    pub(super) options: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Host {
    Name(String),
    /// The folder of a Unix socket.
    Folder(PathBuf),
}

/// libpq's `sslmode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encryption {
    Disable,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

impl fmt::Debug for Target {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.debug_struct("Target")
            .field("host", &self.host)
            .finish_non_exhaustive()
    }
}

/// What a connection string says, before what is missing is put in.
#[derive(Default)]
struct Said {
    host: Option<String>,
    port: Option<String>,
    role: Option<String>,
    password: Option<String>,
    database: Option<String>,
    encryption: Option<String>,
    root_certificate: Option<String>,
    certificate: Option<String>,
    key: Option<String>,
    application: Option<String>,
    options: Vec<String>,
}

impl Target {
    /// Reads a connection string. No error has any of it in it.
    pub(in crate::runner) fn read(text: &str) -> Result<Self, PostgresError> {
        let said = said(text)?;
        let set = |name: &str| environment::var(name).ok().filter(|value| !value.is_empty());
        let port = match said.port.or_else(|| set("PGPORT")) {
            Some(port) => port.parse().map_err(|_| wrong("its port is not one"))?,
            None => PORT,
        };
        let host = said.host.or_else(|| set("PGHOSTADDR")).or_else(|| set("PGHOST"));
        let host = match host.filter(|host| !host.is_empty()) {
            Some(folder) if folder.starts_with('/') => Host::Folder(folder.into()),
            Some(name) => Host::Name(name),
            None => usual_host(port),
        };
        let role = said.role.or_else(|| set("PGUSER")).or_else(|| set("USER"));
        let role = role.ok_or_else(|| wrong("it names no role"))?;
        let database = said
            .database
            .or_else(|| set("PGDATABASE"))
            .unwrap_or_else(|| role.clone());
        let password = said.password.or_else(|| set("PGPASSWORD"));
        let password = password.or_else(|| from_password_file(&host, port, &database, &role));
        let root_certificate = said.root_certificate.or_else(|| set("PGSSLROOTCERT"));
        let certificate = said.certificate.or_else(|| set("PGSSLCERT"));
        let key = said.key.or_else(|| set("PGSSLKEY"));
        let certificate = match (certificate, key) {
            (Some(certificate), Some(key)) => Some((certificate.into(), key.into())),
            (None, None) => None,
            _ => return Err(wrong("sslcert and sslkey go together")),
        };
        let encryption = match said.encryption.or_else(|| set("PGSSLMODE")).as_deref() {
            Some("disable" | "allow") => Encryption::Disable,
            Some("prefer") | None => Encryption::Prefer,
            // As libpq does: who names a certificate means it to be looked at.
            Some("require") if root_certificate.is_some() => Encryption::VerifyCa,
            Some("require") => Encryption::Require,
            Some("verify-ca") => Encryption::VerifyCa,
            Some("verify-full") => Encryption::VerifyFull,
            Some(_) => {
                return Err(wrong(
                    "its sslmode is none of disable, allow, prefer, require, verify-ca and verify-full",
                ));
            }
        };
        let options = Some(said.options.join(" ")).filter(|options| !options.is_empty());
        let target = Self {
            host,
            port,
            role,
            password: password.map(SecretString::from),
            database,
            encryption,
            root_certificate: root_certificate.filter(|path| path != "system").map(PathBuf::from),
            certificate,
            application: said.application.unwrap_or_else(|| "holdpoint".to_owned()),
            options: options.or_else(|| set("PGOPTIONS")),
        };
        // The protocol ends each of them with a zero byte.
        let texts = [&target.role, &target.database, &target.application];
        if texts.into_iter().chain(&target.options).any(|text| text.contains('\0')) {
            return Err(wrong("it has a zero byte in it"));
        }
        Ok(target)
    }

    /// The password, wherever it comes from.
    pub(in crate::runner) fn password(&self) -> Option<&SecretString> {
        self.password.as_ref()
    }
}

fn wrong(what: &str) -> PostgresError {
    PostgresError::Target(what.to_owned())
}

fn said(text: &str) -> Result<Said, PostgresError> {
    let url = Url::parse(text).map_err(|error| PostgresError::Target(format!("it is no URL ({error})")))?;
    if !["postgres", "postgresql"].contains(&url.scheme()) {
        return Err(wrong("it does not begin with postgres:// or postgresql://"));
    }
    let decoded = |part: &str| {
        let text = percent_decode_str(part).decode_utf8();
        text.map(std::borrow::Cow::into_owned)
            .map_err(|_| wrong("it is not UTF-8"))
    };
    let some = |part: &str| (!part.is_empty()).then(|| decoded(part)).transpose();
    // An address of IPv6 is in brackets in a URL, and nowhere else.
    let host = url
        .host_str()
        .unwrap_or_default()
        .trim_start_matches('[')
        .trim_end_matches(']');
    let mut said = Said {
        host: some(host)?,
        port: url.port().map(|port| port.to_string()),
        role: some(url.username())?,
        password: url.password().map(decoded).transpose()?,
        database: some(url.path().trim_start_matches('/'))?,
        ..Said::default()
    };
    for (key, value) in url.query_pairs() {
        let value = value.into_owned();
        match &*key {
            "host" | "hostaddr" => said.host = Some(value),
            "port" => said.port = Some(value),
            "user" => said.role = Some(value),
            "password" => said.password = Some(value),
            "dbname" => said.database = Some(value),
            "sslmode" | "ssl-mode" => said.encryption = Some(value),
            "sslrootcert" | "ssl-root-cert" | "ssl-ca" => said.root_certificate = Some(value),
            "sslcert" | "ssl-cert" => said.certificate = Some(value),
            "sslkey" | "ssl-key" => said.key = Some(value),
            "application_name" => said.application = Some(value),
            "options" => said.options.push(value),
            other => {
                if let Some(name) = other.strip_prefix("options[").and_then(|rest| rest.strip_suffix(']')) {
                    said.options.push(format!("-c {name}={value}"));
                } else {
                    // `pgbouncer=true`, `connect_timeout` and the like are for other programs; a gate has its own time limit.
                    tracing::debug!(key = other, "a parameter of a connection string is not used");
                }
            }
        }
    }
    Ok(said)
}

fn usual_host(port: u16) -> Host {
    let folders = SOCKET_FOLDERS.into_iter().map(PathBuf::from);
    let there = |folder: &PathBuf| folder.join(format!(".s.PGSQL.{port}")).exists();
    folders
        .into_iter()
        .find(there)
        .map_or_else(|| Host::Name("localhost".to_owned()), Host::Folder)
}

/// The password that libpq's password file has for this. A file that others can read is not used, as libpq does.
fn from_password_file(host: &Host, port: u16, database: &str, role: &str) -> Option<String> {
    use std::os::unix::fs::MetadataExt;
    let named = environment::var("PGPASSFILE").ok().map(PathBuf::from);
    let path = named.or_else(|| Some(Path::new(&environment::var("HOME").ok()?).join(".pgpass")))?;
    let about = std::fs::metadata(&path).ok()?;
    if !about.is_file() || about.mode() & 0o077 != 0 {
        return None;
    }
    let host = match host {
        Host::Name(name) => name.as_str(),
        Host::Folder(_) => "localhost",
    };
    let wanted = [host, &port.to_string(), database, role];
    let text = std::fs::read_to_string(path).ok()?;
    text.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
        let fields = fields(line);
        let [asked @ .., password] = fields.as_slice() else {
            return None;
        };
        let same = |(asked, wanted): (&String, &&str)| asked == "*" || asked == wanted;
        (asked.len() == wanted.len() && asked.iter().zip(&wanted).all(same)).then(|| password.clone())
    })
}

/// Fields parted by colons, in which a backslash protects what follows it.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        let next = match character {
            ':' => {
                fields.push(String::new());
                continue;
            }
            '\\' => characters.next(),
            other => Some(other),
        };
        if let (Some(field), Some(next)) = (fields.last_mut(), next) {
            field.push(next);
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn connection_strings_are_read() {
        let target =
            Target::read("postgres://ops%40eu:p%40ss%20w@db.example:6543/app?sslmode=verify-full&options=-c%20a%3Db")
                .unwrap();
        assert_eq!(target.host, Host::Name("db.example".to_owned()));
        assert_eq!(
            (target.port, target.role.as_str(), target.database.as_str()),
            (6543, "ops@eu", "app")
        );
        assert_eq!(target.password().unwrap().expose_secret(), "p@ss w");
        assert_eq!(target.encryption, Encryption::VerifyFull);
        assert_eq!(target.options.as_deref(), Some("-c a=b"));

        let target = Target::read("postgresql://u@[::1]/").unwrap();
        assert_eq!(
            (target.host, target.database.as_str()),
            (Host::Name("::1".to_owned()), "u")
        );
        let target =
            Target::read("postgres:///app?host=/run/db&user=u&sslmode=require&sslrootcert=/ca.pem&pgbouncer=true")
                .unwrap();
        assert_eq!(target.host, Host::Folder("/run/db".into()));
        assert_eq!(target.encryption, Encryption::VerifyCa);
    }

    #[test]
    fn a_wrong_one_is_told_without_any_of_it() {
        for text in [
            "not-a-url",
            "mysql://u:hunter2@h/d",
            "postgres://u:hunter2@h/d?sslmode=hunter2",
            "postgres://u:hunter2@h/d?port=hunter2",
            "postgres://u:hunter2@h/d?sslcert=hunter2",
            "postgres://u:hunter2@h:hunter2/d",
            "postgres://u:hunter2@h/%ff",
            "postgres://u:hunter2@h/a%00b",
        ] {
            let error = Target::read(text).unwrap_err().to_string();
            assert!(!error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn a_line_of_the_password_file_has_its_fields() {
        assert_eq!(fields(r"db\:1:*:a:b:p\\w\:d"), ["db:1", "*", "a", "b", r"p\w:d"]);
    }
}
