//! An environment's secrets: read for each run, to be used where a gate names them and kept out of the record everywhere.

use std::sync::PoisonError;

use holdpoint_gates::config::{Environment, Gate};
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
        let dir = &self.config.dir;
        let named = environment
            .secrets
            .iter()
            .map(|(name, secret)| (name.as_str(), resolve(secret, dir)));
        let mut connections = Vec::new();
        for secret in environment.databases.values() {
            // What cannot be read cannot be told.
            if let Ok(url) = resolve(secret, dir) {
                connections.extend(parts_of_connection(url.expose_secret()));
                connections.push(url.expose_secret().to_owned());
            }
        }
        Secrets {
            named: named.collect(),
            connections,
        }
    }

    /// What keeps these secrets of an environment out.
    pub(super) fn redaction(&self, environment: &str, secrets: &Secrets<'_>) -> Redaction {
        let readable = secrets.named.iter().filter_map(|(_, read)| read.as_ref().ok());
        let readable = readable.map(|secret| secret.expose_secret().to_owned());
        let secrets: Vec<String> = readable.chain(secrets.connections.iter().cloned()).collect();
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
    if let Some(http) = &gate.http {
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

/// The password within a connection string, as it is written there and as it is meant.
fn parts_of_connection(url: &str) -> Vec<String> {
    let Ok(url) = reqwest::Url::parse(url) else {
        return Vec::new();
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
