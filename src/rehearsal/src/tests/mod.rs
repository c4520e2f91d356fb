//! Answers, faults and the platform, over gates that belong to nobody.

mod drills;
mod file;
mod making;
mod platform;
mod properties;
mod several;
mod spoiling;

use std::collections::BTreeMap;

use holdpoint_gates::Part;
use holdpoint_gates::config::{Gate, GatesFile};
use holdpoint_gates::fill::Values;

/// An environment, and the gates after it.
pub(super) fn gates(text: &str) -> GatesFile {
    let text = format!(
        "[environments.lab]\ntitle = \"Lab\"\nurls = {{ site = \"https://site.example\" }}\n\
         databases = {{ main = {{ env = \"LAB_DATABASE\" }} }}\nvariables = {{ mode = \"lab\" }}\n\
         secrets = {{ token = {{ env = \"LAB_TOKEN\" }} }}\n\n{text}"
    );
    GatesFile::parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// A gate of a kind with these expectations.
pub(super) fn gate(kind: &str, expect: &str) -> Gate {
    let request = match kind {
        "http" => "http = { url = \"{url.site}/a\" }",
        "sql" => "sql = { database = \"main\", statement = \"SELECT 1\" }",
        _ => "command = { argv = [\"probe\"] }",
    };
    let file = gates(&format!(
        "[gates.one]\ntitle = \"One\"\nkind = \"{kind}\"\n{request}\nexpect = [{expect}]\n"
    ));
    file.gates["one"].clone()
}

/// The only part of a gate.
pub(super) fn part(gate: &Gate) -> Part<'_> {
    let parts = gate.parts();
    assert_eq!(parts.len(), 1, "the gate asks once");
    parts[0]
}

/// Who asks outside any drill.
pub(super) const NOBODY: uuid::Uuid = uuid::Uuid::nil();

pub(super) fn values() -> Values {
    BTreeMap::from(
        [
            ("git_sha", "c0ffee11d00d22f00d33beef44cafe55babe6677"),
            ("version", "v2.0.1"),
            ("mode", "lab"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned())),
    )
}
