//! The mistakes that a `gates.toml` can have, and the list into which the checks collect them.

use crate::duration::HumanDuration;
use crate::fill::FillError;
use crate::hosts::HostError;
use crate::statement::StatementError;

/// A mistake in a `gates.toml`, and the keys that lead to it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{}: {kind}", subject(path))]
pub(super) struct Problem {
    /// The keys from the top: `gates`, `api-health`, `expect`, `2`.
    pub path: Vec<String>,
    pub kind: ProblemKind,
}

/// The mistakes that a `gates.toml` can have, each with its sentence for people.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub(super) enum ProblemKind {
    #[error("“{name}” is not a name; use letters, digits, `-` and `_`, a letter first")]
    Name { name: String },
    #[error("the title is empty")]
    NoTitle,
    #[error("{0}")]
    Host(#[from] HostError),
    #[error("exactly one of `env` (an environment variable of the proxy) and `file` must say where the secret is read")]
    SecretSource,
    #[error("“{name}” is given by the session, so an environment cannot declare it as a variable")]
    ReservedVariable { name: String },
    #[error("the repository is written `owner/name`, of letters, digits, `-`, `_` and `.`")]
    RepositoryName,
    #[error(
        "the environment's `repository` does not lead to a repository `…/owner/name`; write `repository = \"owner/name\"` here"
    )]
    RepositoryLink,
    #[error("nothing says which repository's runs are meant; write `repository = \"owner/name\"` here")]
    NoRepository,
    #[error("the workflow is the name of its file without folders, such as `deploy.yml`, or its number")]
    Workflow,
    #[error("the address of the API must begin with https://, except where the environment allows `private_addresses`")]
    PlainApi,
    #[error("the runbook is named as its file in this folder, without folders and without `.md`")]
    RunbookName,
    #[error("there is no environment “{name}”; declare it as [environments.{name}]")]
    NoSuchEnvironment { name: String },
    #[error("no environment is declared, so the gate could never run")]
    NoEnvironment,
    #[error("it expects nothing, so it would prove nothing; say in `expect` what must be true of the answer")]
    NoExpectation,
    #[error("the kind is “{kind}”, so there must be a [gates.NAME.{kind}] table and no table of another kind")]
    Tables { kind: &'static str },
    #[error("the time must be more than zero")]
    ZeroTime,
    #[error("the time must be at most {most}")]
    LongTime { most: HumanDuration },
    #[error("that asks {tries} times, and a poll asks at most {most} times; ask less often, or end sooner")]
    ManyPolls { tries: u64, most: u64 },
    #[error(
        "all tries with their pauses would take longer than {most}; try fewer times, or with a shorter `timeout` or `pause`"
    )]
    LongRetries { most: HumanDuration },
    #[error("`retry` and `poll` cannot be used together; polling asks again by itself")]
    RetryAndPoll,
    #[error("{what} must be between 1 and {most}")]
    Range { what: &'static str, most: u64 },
    #[error(
        "`direct` is for gates of kind “http” with one request by method GET and no body, because the browser asks too"
    )]
    DirectRequest,
    #[error("`direct` gates can use no secret, because the browser would learn it")]
    DirectSecret,
    #[error("`auto` cannot be used with `direct = \"decides\"`, because the proxy does not ask then")]
    AutoDecides,
    #[error("it does not say whose answer it looks at; the gate makes several requests, so write one of them: {}", of_each(.known))]
    NoRequestSaid { known: Vec<String> },
    #[error("the gate makes no request “{name}”; its requests are {}", .known.join(", "))]
    NoSuchRequest { name: String, known: Vec<String> },
    #[error("`of` is for gates that make several HTTP requests by name, and this gate asks once")]
    OneRequest,
    #[error("the method “{method}” is not one of GET, HEAD, POST, PUT, PATCH, DELETE and OPTIONS")]
    Method { method: String },
    #[error("“{name}” is not the name of a header")]
    HeaderName { name: String },
    #[error("in the environment “{environment}” {error}")]
    Fill { environment: String, error: FillError },
    #[error(
        "in the environment “{environment}” it asks {host}, which is neither the host of one of its `urls` nor one of its `hosts`"
    )]
    HostNotAllowed { environment: String, host: String },
    #[error("the environment “{environment}” declares no database “{database}”")]
    NoDatabase { environment: String, database: String },
    #[error("{0}")]
    Statement(#[from] StatementError),
    #[error("the statement uses {used} bound values, and `bind` has {bound}")]
    Bind { used: usize, bound: usize },
    #[error("there is no program to run; `argv` is empty")]
    NoProgram,
    #[error("“{name}” cannot be the name of an environment variable")]
    VariableName { name: String },
    #[error(
        "`folder` leads out of the environment's folder for commands, which a gate stays within; declare the environment's \
         `folder` higher up"
    )]
    FolderOutside,
    #[error("a secret in `argv` could be read by every user of the machine; hand it over in `env`")]
    SecretArgument,
    #[error("secrets have no place in what is expected, because expectations are shown to everybody")]
    SecretExpected,
    #[error("there must be exactly one comparison, and there are {count}{}", found(.keys))]
    Comparisons { count: usize, keys: Vec<&'static str> },
    #[error("`{comparison}` cannot be used with the check “{check}”")]
    Misfit {
        comparison: &'static str,
        check: &'static str,
    },
    #[error("the check “{check}” cannot be made by a gate of kind “{kind}”")]
    CheckOfKind { check: &'static str, kind: &'static str },
    #[error("the check “{check}” needs `{key}`")]
    Needs { check: &'static str, key: &'static str },
    #[error("exit code 0 is how programs say that all is well, so it cannot be in `inconclusive`")]
    SuccessInconclusive,
    #[error("the check “{check}” has no use for `{key}`")]
    NoUse { check: &'static str, key: &'static str },
    #[error("the pattern is not a regular expression: {reason}")]
    Pattern { reason: String },
    #[error("the path is not a JSONPath: {reason}")]
    Path { reason: String },
    #[error("values are not filled into `{key}`, so “{{{name}}}” would be taken as it is")]
    NotFilled { key: &'static str, name: String },
    #[error("the text to compare with is empty, so it would hold for every answer")]
    EmptyText,
    #[error("`{comparison}` compares with something that is neither text, a number, true or false, a list nor a table")]
    Incomparable { comparison: &'static str },
    #[error("`{comparison}` compares the check “{check}” with {type_name}, which it never is")]
    NeverOfType {
        comparison: &'static str,
        check: &'static str,
        type_name: &'static str,
    },
}

/// The gate or the environment that a path leads to, and the key in it.
pub(super) fn subject(path: &[String]) -> String {
    match path {
        [kind, name, rest @ ..] => {
            let kind = if kind == "gates" { "gate" } else { "environment" };
            let place = if rest.is_empty() {
                String::new()
            } else {
                format!(" ({})", rest.join("."))
            };
            format!("{kind} “{name}”{place}")
        }
        _ => "gates.toml".to_owned(),
    }
}

fn of_each(names: &[String]) -> String {
    let each = names.iter().map(|name| format!("of = \"{name}\""));
    each.collect::<Vec<_>>().join(", ")
}

fn found(keys: &[&str]) -> String {
    if keys.is_empty() {
        String::new()
    } else {
        format!(": {}", keys.join(", "))
    }
}

/// Whether a text can be the name of a gate, an environment or something that one declares.
pub(super) fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// Collects problems under a path.
pub(super) struct ProblemList<'a> {
    pub(super) problems: &'a mut Vec<Problem>,
    pub(super) base: Vec<String>,
}

impl ProblemList<'_> {
    /// Adds a problem at the keys below the path, unless the same one is there already.
    pub(super) fn add(&mut self, keys: &[&str], kind: impl Into<ProblemKind>) {
        let path = self
            .base
            .iter()
            .cloned()
            .chain(keys.iter().map(|key| (*key).to_owned()))
            .collect();
        let problem = Problem {
            path,
            kind: kind.into(),
        };
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }
}
