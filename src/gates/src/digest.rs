//! A gate's digest: whether it is still the gate that a session began with.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::config::{Environment, Gate, Secret};
use crate::fill::names;
use holdpoint_domain::gate::GateKind;

/// Everything that decides what a gate asks in an environment, and what it expects of the answer. It names the places where
/// secrets and connection strings are read, and never holds one.
#[derive(Serialize)]
struct DigestInput<'a> {
    gate: &'a Value,
    stand_in: bool,
    /// What the gate's texts name and the environment declares: base URLs, variables, and where secrets are read.
    values: BTreeMap<&'a str, &'a str>,
    secrets: BTreeMap<&'a str, &'a Secret>,
    http: Option<HttpReach<'a>>,
    database: Option<&'a Secret>,
    command: Option<ProgramReach<'a>>,
}

/// Where HTTP gates may ask.
#[derive(Serialize)]
struct HttpReach<'a> {
    urls: &'a BTreeMap<String, String>,
    hosts: &'a [String],
    private_addresses: bool,
}

/// Where command gates run, and what they run.
#[derive(Serialize)]
struct ProgramReach<'a> {
    folder: Option<&'a str>,
    programs: &'a BTreeMap<String, Vec<String>>,
    // Where there are none, the digest is what it was before there could be any.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    env: &'a BTreeMap<String, String>,
    /// The databases that the program's environment names.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    databases: BTreeMap<&'a str, &'a Secret>,
}

/// SHA-256 (hex) of a gate's whole declaration, together with what it takes from its environment.
///
/// What the gate has nothing to do with is left out, so that a new gate or another gate's variable holds nobody up. That a
/// rehearsal answers is part of it, and at which address is not: the rehearsal has another port after each start.
#[must_use]
pub fn gate_digest(gate: &Gate, environment: &Environment) -> String {
    // Every field is named here, so that a new one is either covered or left out for a reason.
    let Environment {
        // For people, and for what is offered where.
        title: _,
        production: _,
        rehearsal: _,
        repository: _,
        // No gate asks it.
        pipeline: _,
        urls,
        hosts,
        private_addresses,
        databases,
        // Those that the gate names are covered by `named_values_in`.
        variables: _,
        secrets: _,
        folder,
        env,
        programs,
        stand_in,
    } = environment;

    let mut declaration = serde_json::to_value(gate).expect("a gate has only text keys, so it can be written as JSON");
    if let Value::Object(fields) = &mut declaration {
        // In which other environments it exists changes nothing here.
        fields.remove("environments");
    }
    // Whether a map keeps its order is a feature that any crate of a build can switch on.
    declaration.sort_all_objects();
    let named = named_values_in(&declaration, gate, environment);
    let input = DigestInput {
        gate: &declaration,
        stand_in: stand_in.is_some(),
        values: named.texts,
        secrets: named.secrets,
        http: (gate.kind == GateKind::Http).then_some(HttpReach {
            urls,
            hosts,
            private_addresses: *private_addresses,
        }),
        database: gate.sql.as_ref().and_then(|query| databases.get(&query.database)),
        command: (gate.kind == GateKind::Command).then_some(ProgramReach {
            folder: folder.as_deref(),
            programs,
            env,
            databases: named.databases,
        }),
    };
    let declared = serde_json::to_vec(&input).expect("its keys are texts, so it can be written as JSON");
    hex::encode(Sha256::digest(&declared))
}

/// What a gate's texts name and the environment declares.
pub(super) struct NamedValues<'a> {
    /// Base URLs and variables.
    pub(super) texts: BTreeMap<&'a str, &'a str>,
    /// Where secrets are read.
    pub(super) secrets: BTreeMap<&'a str, &'a Secret>,
    /// Where the connection strings are read that programs get.
    pub(super) databases: BTreeMap<&'a str, &'a Secret>,
}

/// What the gate's texts name and the environment declares.
pub(super) fn named_values<R>(gate: &Gate, environment: &Environment, of: impl FnOnce(NamedValues<'_>) -> R) -> R {
    let mut declaration = serde_json::to_value(gate).expect("a gate has only text keys, so it can be written as JSON");
    if let Value::Object(fields) = &mut declaration {
        fields.remove("environments");
    }
    of(named_values_in(&declaration, gate, environment))
}

fn named_values_in<'a>(declaration: &'a Value, gate: &Gate, environment: &'a Environment) -> NamedValues<'a> {
    let mut named = Vec::new();
    collect_names(declaration, &mut named);
    if gate.kind == GateKind::Command {
        let env = environment.env.values();
        env.for_each(|template| named.extend(names(template)));
    }
    let text = |name: &str| match name.strip_prefix("url.") {
        Some(url) => environment.urls.get(url),
        None => environment.variables.get(name),
    };
    let secret = |name: &str| environment.secrets.get(name.strip_prefix("secret.")?);
    let database = |name: &str| environment.databases.get(name.strip_prefix("database.")?);
    let named = named.iter();
    NamedValues {
        texts: named
            .clone()
            .filter_map(|name| Some((*name, text(name)?.as_str())))
            .collect(),
        secrets: named.clone().filter_map(|name| Some((*name, secret(name)?))).collect(),
        databases: named.filter_map(|name| Some((*name, database(name)?))).collect(),
    }
}

/// The placeholders of every text, wherever it stands. A name too many does no harm; one too few would hide a change.
fn collect_names<'a>(value: &'a Value, into: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => into.extend(names(text)),
        Value::Array(items) => items.iter().for_each(|item| collect_names(item, into)),
        Value::Object(fields) => fields.values().for_each(|field| collect_names(field, into)),
        _ => {}
    }
}
