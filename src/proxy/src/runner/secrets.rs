//! An environment's secrets: read for each run, to be used where a gate names them and kept out of the record everywhere.

use std::path::{Path, PathBuf};
use std::sync::PoisonError;

use holdpoint_gates::config::{Environment, Gate, HttpRequests, Secret};
use holdpoint_gates::fill::{Values, names};
use secrecy::{ExposeSecret, SecretString};

use super::backend::Backend;
use super::error::GateRunError;
use super::{LEAST_BYTES, Redaction, Runner};
use crate::config::{SecretError, resolve};

/// An environment's secrets as they are now.
pub(super) struct Secrets<'a> {
    /// Those that gates can name, or why they cannot be read.
    named: Vec<(&'a str, Result<SecretString, SecretError>)>,
    /// Connection strings and their passwords.
    connections: Vec<String>,
}

impl Runner {
    /// Reads every secret of an environment. In a rehearsal none is read: each is a value that opens nothing.
    pub(super) fn secrets<'a>(&self, environment: &'a Environment) -> Secrets<'a> {
        if let Backend::Rehearsal { .. } = self.backend {
            let value = |name: &String| SecretString::from(format!("rehearsed-{name}-5f0c1d7e9b3a"));
            let stand_in = |name: &'a String| (name.as_str(), Ok(value(name)));
            return Secrets {
                named: environment.secrets.keys().map(stand_in).collect(),
                connections: Vec::new(),
            };
        }
        Secrets::read(environment, &self.config.dir)
    }

    /// What keeps these secrets of an environment out.
    pub(super) fn redaction(&self, environment: &str, secrets: &Secrets<'_>) -> Redaction {
        let secrets = secrets.values();
        // A panic elsewhere leaves the map as whole as it was.
        let mut made = self.redactions.lock().unwrap_or_else(PoisonError::into_inner);
        match made.get(environment) {
            Some((same, redaction)) if *same == secrets => redaction.clone(),
            _ => {
                let redaction = Redaction::new(secrets.iter().map(String::as_str));
                made.insert(environment.to_owned(), (secrets, redaction.clone()));
                redaction
            }
        }
    }
}

/// What finds an environment's secrets, connection strings and passwords, those that can be read here.
#[must_use]
pub fn secrets_of(environment: &Environment, dir: &Path) -> Redaction {
    Redaction::new(Secrets::read(environment, dir).values().iter().map(String::as_str))
}

impl<'a> Secrets<'a> {
    fn read(environment: &'a Environment, dir: &Path) -> Self {
        let named = environment
            .secrets
            .iter()
            .map(|(name, secret)| (name.as_str(), resolve(secret, dir)));
        let mut connections = Vec::new();
        for secret in environment.databases.values() {
            // What cannot be read cannot be told.
            if let Ok(url) = resolve(secret, dir) {
                // Where the connection string has no password, the driver may take it from one of these.
                connections.extend(ambient_passwords(dir));
                connections.extend(parts_of_connection(url.expose_secret()));
                connections.push(url.expose_secret().to_owned());
            }
        }
        Self {
            named: named.collect(),
            connections,
        }
    }

    /// All that can be read.
    fn values(&self) -> Vec<String> {
        let named = self.named.iter().filter_map(|(_, read)| read.as_ref().ok());
        let named = named.map(|secret| secret.expose_secret().to_owned());
        named.chain(self.connections.iter().cloned()).collect()
    }
}

impl Secrets<'_> {
    /// Puts those that can be read among the values, if the gate has all that it needs.
    pub(super) fn give(self, gate: &Gate, environment: &Environment, values: &mut Values) -> Result<(), GateRunError> {
        for (name, read) in self.named {
            let used = uses_secret(gate, environment, name);
            match read {
                Ok(value) if used && value.expose_secret().len() < LEAST_BYTES => {
                    return Err(GateRunError::ShortSecret { name: name.to_owned() });
                }
                Ok(value) => {
                    values.insert(format!("secret.{name}"), value.expose_secret().to_owned());
                }
                // What is not there cannot be told, so that only a gate that needs it is concerned.
                Err(error) if used => {
                    let name = name.to_owned();
                    return Err(GateRunError::Secret { name, error });
                }
                Err(_) => {}
            }
        }
        Ok(())
    }
}

/// Whether any text of the gate, or of its program's environment, names the secret.
fn uses_secret(gate: &Gate, environment: &Environment, secret: &str) -> bool {
    let mut texts: Vec<&String> = Vec::new();
    for (_, http) in gate.http.iter().flat_map(HttpRequests::iter) {
        texts.push(&http.url);
        texts.extend(http.headers.values().chain(&http.body));
    }
    if let Some(sql) = &gate.sql {
        texts.extend(&sql.bind);
    }
    if let Some(command) = &gate.command {
        texts.extend(command.argv.iter().chain(command.env.values()).chain(&command.folder));
        texts.extend(environment.env.values());
    }
    let wanted = format!("secret.{secret}");
    texts.into_iter().any(|text| names(text).any(|name| name == wanted))
}

/// Passwords that PostgreSQL's clients find by themselves: in `PGPASSWORD`, and in the password file.
fn ambient_passwords(dir: &Path) -> Vec<String> {
    let variable = |name: &str| {
        let (env, file) = (Some(name.to_owned()), None);
        resolve(&Secret { env, file }, dir)
            .ok()
            .map(|value| value.expose_secret().to_owned())
    };
    let named = variable("PGPASSFILE").map(PathBuf::from);
    let file = named.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".pgpass")));
    let lines = file
        .and_then(|file| std::fs::read_to_string(file).ok())
        .unwrap_or_default();
    let in_file = lines.lines().filter_map(password_of_line);
    in_file.chain(variable("PGPASSWORD")).collect()
}

/// The password in a line of a password file: `host:port:database:user:password`, where a backslash takes what follows as it is.
fn password_of_line(line: &str) -> Option<String> {
    let mut fields = vec![String::new()];
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        match character {
            ':' if fields.len() < 5 => fields.push(String::new()),
            '\\' => fields.last_mut()?.extend(characters.next()),
            _ => fields.last_mut()?.push(character),
        }
    }
    fields.get(4).filter(|_| !line.starts_with('#')).cloned()
}

/// Whether a connection string's password is too short to be kept out of the record.
pub(super) fn has_short_password(url: &str) -> bool {
    let short = |part: &String| (1..LEAST_BYTES).contains(&part.len());
    parts_of_connection(url).iter().any(short)
}

/// The password within a connection string, as it is written there and as it is meant.
fn parts_of_connection(url: &str) -> Vec<String> {
    let Ok(url) = reqwest::Url::parse(url) else {
        return keyword_passwords(url);
    };
    let mut parts: Vec<String> = url.password().map(str::to_owned).into_iter().collect();
    parts.extend(
        url.query_pairs()
            .filter(|(key, _)| key == "password")
            .map(|(_, value)| value.into_owned()),
    );
    let meant = parts.iter().map(|part| {
        percent_encoding::percent_decode_str(part)
            .decode_utf8_lossy()
            .into_owned()
    });
    let meant: Vec<_> = meant.collect();
    parts.extend(meant);
    parts
}

/// The passwords in a connection string of keywords: `host=db password='a b'`.
fn keyword_passwords(text: &str) -> Vec<String> {
    let after = text.match_indices("password").map(|(at, key)| &text[at + key.len()..]);
    let values = after.filter_map(|rest| rest.trim_start().strip_prefix('='));
    let value = |rest: &str| {
        let rest = rest.trim_start();
        let quoted = rest.starts_with('\'');
        let mut value = String::new();
        let mut characters = rest.chars().skip(usize::from(quoted));
        while let Some(character) = characters.next() {
            match character {
                '\\' => value.extend(characters.next()),
                '\'' if quoted => break,
                _ if !quoted && character.is_whitespace() => break,
                _ => value.push(character),
            }
        }
        value
    };
    values.map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_give_a_password_is_known() {
        for (url, passwords) in [
            ("postgres://me:a%20b@db/main", vec!["a%20b", "a b"]),
            ("postgres://me@db/main?password=a%20b", vec!["a b", "a b"]),
            ("host=db password=ab\\ c user=me", vec!["ab c"]),
            ("host=db password = 'it\\'s a b' user=me", vec!["it's a b"]),
            ("postgres://me@db/main", vec![]),
        ] {
            assert_eq!(parts_of_connection(url), passwords, "{url}");
        }
        for (line, password) in [
            ("db:5432:main:me:a:b", Some("a:b")),
            ("*:*:*:m\\:e:a\\:b\\\\c", Some("a:b\\c")),
            ("# db:5432:main:me:secret", None),
            ("db:5432", None),
        ] {
            assert_eq!(password_of_line(line).as_deref(), password, "{line}");
        }
        assert!(has_short_password("postgres://me:abc@db/main"));
        assert!(!has_short_password("postgres://me:abcd@db/main") && !has_short_password("postgres://me:@db/main"));
    }
}
