//! The environment of a command gate's program: the environment's own for all of its gates, and over it the gate's.

use std::collections::BTreeMap;

use holdpoint_gates::config::{CommandLine, Environment};
use holdpoint_gates::fill::{Encoding, Values, fill, names};
use secrecy::{ExposeSecret, SecretString};

use super::error::GateRunError;

/// Fills it in. `values` hold the secrets too, and `connection` gives a database's connection string; no other place of a gate can
/// name one.
pub(super) fn program_env(
    line: &CommandLine,
    environment: &Environment,
    values: &Values,
    connection: impl Fn(&str) -> Result<SecretString, GateRunError>,
) -> Result<BTreeMap<String, String>, GateRunError> {
    let mut declared = environment.env.clone();
    declared.extend(line.env.clone());
    let mut values = values.clone();
    for name in declared.values().flat_map(|template| names(template)) {
        if let Some(database) = name.strip_prefix("database.") {
            values.insert(name.to_owned(), connection(database)?.expose_secret().to_owned());
        }
    }
    let filled = declared.into_iter().map(|(name, template)| {
        let value = fill(&template, &values, Encoding::Plain)?;
        Ok((name, value))
    });
    filled.collect()
}
