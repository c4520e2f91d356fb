//! The keys of answers in `rehearsal.toml`.

/// Under which key there is an answer to a gate, or to one of its requests: `api-health`, `deployed.ready`. No name of either has a
/// full stop.
pub(crate) fn key_of(gate: &str, request: Option<&str>) -> String {
    match request {
        Some(request) => format!("{gate}.{request}"),
        None => gate.to_owned(),
    }
}

/// The names that a key is made of, which are the keys that lead to it in the file.
pub(crate) fn keys_to(key: &str) -> impl Iterator<Item = &str> {
    key.splitn(2, '.')
}
