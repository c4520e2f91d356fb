//! Why a gate has no answer. Each is a sentence for people, and each makes the verdict inconclusive.

use std::time::Duration;

use holdpoint_gates::HumanDuration;
use holdpoint_gates::fill::FillError;

use crate::config::SecretError;

/// Why there is no answer to compare with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum GateRunError {
    #[error("There is no gate “{gate}” in gates.toml, so nothing was asked.")]
    UnknownGate { gate: String },
    #[error("There is no environment “{environment}” in gates.toml, so nothing was asked.")]
    UnknownEnvironment { environment: String },
    #[error("The gate “{gate}” does not exist in the environment “{environment}”, so nothing was asked.")]
    NotHere { gate: String, environment: String },
    #[error(
        "The environment “{environment}” is for rehearsals only, so nothing was asked. Start the proxy with --rehearsal to \
         rehearse in it."
    )]
    RehearsalOnly { environment: String },
    #[error("The gate's declaration is not whole, so nothing was asked.")]
    Declaration,
    #[error("Nothing was asked: {0}.")]
    Fill(#[from] FillError),
    #[error("Nothing was asked: the secret “{name}” cannot be used, because {error}.")]
    Secret { name: String, error: SecretError },
    #[error(
        "Nothing was asked: the secret “{name}” has fewer than 4 characters, so it could not be kept out of the record."
    )]
    ShortSecret { name: String },
    #[error("Nothing was asked: the database “{name}” cannot be used, because {error}.")]
    Database { name: String, error: SecretError },
    #[error(
        "Nothing was asked: the password of the database “{name}” has fewer than 4 characters, so it could not be kept out of \
         the record."
    )]
    ShortPassword { name: String },
    #[error("This gate cannot be rehearsed, because {reason}.")]
    NotRehearsed { reason: String },
    #[error("No answer within {}.", HumanDuration::from_millis(u64::try_from(limit.as_millis()).unwrap_or(u64::MAX)))]
    TimeLimit { limit: Duration },
    #[error("Not asked: the time for one try was over before it was the turn of this request.")]
    NotItsTurn,
    #[error("The run was interrupted before there was an answer.")]
    Interrupted,
    #[error("The runner stopped unexpectedly, so there is no answer. The proxy's log says more.")]
    Panicked,

    #[error("Nothing was asked: {reason}.")]
    Url { reason: String },
    #[error("Nothing was asked: {host} is neither the host of one of the environment's `urls` nor one of its `hosts`.")]
    Host { host: String },
    #[error("The answer redirects to {host}, which is not allowed in this environment, so it was not followed.")]
    RedirectHost { host: String },
    #[error("The answer redirects to somewhere that cannot be followed: {reason}.")]
    Redirect { reason: String },
    #[error(
        "The answer redirects to {host}, which is another origin, and the request has a body, which does not leave its own. \
         It was not followed; ask {host} itself, or set `redirects = 0`."
    )]
    RedirectBody { host: String },
    #[error(
        "The answer redirects to {host}, which is another origin, with a secret in the address, which does not leave its own. \
         It was not followed."
    )]
    RedirectSecret { host: String },
    #[error("No answer: {reason}.")]
    Http { reason: String },
    #[error("Nothing was asked: {reason}.")]
    Address { reason: String },
    #[error("No answer that can be read: it has more than {headers} headers, or a head of more than 400 KiB.")]
    LargeHead { headers: usize },

    #[error("No answer: the database “{name}” cannot be reached: {reason}.")]
    Connect { name: String, reason: String, lasts: bool },
    #[error("No answer: the database says: {reason}.")]
    Sql { reason: String, lasts: bool },
    #[error("There were more bytes of rows than the {cap} that may be read, so the statement was given up.")]
    TooManyBytes { cap: u64 },
    #[error("Nothing was compared: there is no column {column}; the statement's columns are {there}.")]
    NoColumn { column: String, there: String },
    #[error("No answer: a value of the column “{column}” cannot be read: {reason}.")]
    Column { column: String, reason: String },
    #[error("There was an answer, but comparing it took longer than {} allow.", HumanDuration::from_millis(u64::try_from(limit.as_millis()).unwrap_or(u64::MAX)))]
    Judging { limit: Duration },
    #[error(
        "There was an answer, and nothing was compared in time, because too many other answers are being compared. Run the gate \
         again when they are done."
    )]
    NotJudged,

    #[error("No answer: the program “{program}” was not found.")]
    NoProgram { program: String },
    #[error("No answer: the folder {folder} to run in is not there.")]
    NoFolder { folder: String },
    #[error(
        "Nothing was run: the gate's folder leads to {folder}, which is outside {declared}, the environment's folder for commands."
    )]
    OutsideFolder { folder: String, declared: String },
    #[error("No answer: the program “{program}” could not be started: {reason}.")]
    Start {
        program: String,
        reason: String,
        lasts: bool,
    },
    #[error("No answer: the guard that programs run under could not be started: {reason}.")]
    NoGuard { reason: String },
    #[error("No answer: the guard that the program ran under was gone before the program ended, so it was stopped.")]
    GuardLost,
    #[error("Nothing was run: the value of {{{name}}} begins with “-”, so the program could take it for an option.")]
    OptionValue { name: String },
    #[error("Nothing was run: the value of {{{name}}} is “{value}”, which would climb to another folder or program.")]
    PathValue { name: String, value: String },
    #[error("There was more output than the {cap} bytes that may be read, so the program was stopped.")]
    TooMuchOutput { cap: u64 },
    #[error("The program ended, but a process that it left behind kept its output open, so the output is not whole.")]
    LeftOpen,
    #[error("No answer: the program's output could not be read: {reason}.")]
    Output { reason: String },

    #[error("The gate is not `direct`, so what a browser saw cannot be evidence for it.")]
    NotDirect,
    #[error("The browser had no answer: {reason}.")]
    Browser { reason: String },
}

impl GateRunError {
    /// Whether asking again cannot help, because what has to change is a declaration, or a file or variable that it names. What
    /// the platform answers, or that it does not answer, may change by itself.
    pub(super) fn is_lasting(&self) -> bool {
        match self {
            Self::Connect { lasts, .. } | Self::Sql { lasts, .. } | Self::Start { lasts, .. } => *lasts,
            Self::UnknownGate { .. }
            | Self::UnknownEnvironment { .. }
            | Self::NotHere { .. }
            | Self::RehearsalOnly { .. }
            | Self::Declaration
            | Self::Fill(_)
            | Self::Secret { .. }
            | Self::ShortSecret { .. }
            | Self::Database { .. }
            | Self::ShortPassword { .. }
            | Self::NotRehearsed { .. }
            | Self::Judging { .. }
            | Self::Url { .. }
            | Self::Host { .. }
            | Self::Address { .. }
            | Self::NoColumn { .. }
            | Self::NoProgram { .. }
            | Self::NoFolder { .. }
            | Self::OutsideFolder { .. }
            | Self::OptionValue { .. }
            | Self::PathValue { .. } => true,
            _ => false,
        }
    }

    /// The sentence as a clause, to stand in the place of what was observed where the other requests of a gate have their answers.
    pub(super) fn clause(&self) -> String {
        let sentence = self.to_string();
        let mut characters = sentence.trim_end_matches('.').chars();
        let first = characters.next().map(|first| first.to_lowercase().to_string());
        first.into_iter().chain([characters.as_str().to_owned()]).collect()
    }

    /// The few words that stand in each expectation's place for what was observed.
    pub(super) fn observed(&self) -> &'static str {
        match self {
            Self::TimeLimit { .. } => "no answer in time",
            Self::Interrupted => "interrupted",
            Self::TooMuchOutput { .. } | Self::TooManyBytes { .. } => "more than may be read",
            Self::Http { .. }
            | Self::LargeHead { .. }
            | Self::Connect { .. }
            | Self::Sql { .. }
            | Self::Browser { .. } => "no answer",
            _ => "not compared",
        }
    }
}

/// An error with everything that caused it, on one line and without a final full stop.
pub(super) fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let further = error.to_string();
        // Some errors repeat what caused them.
        if !text.contains(&further) {
            text.push_str(": ");
            text.push_str(&further);
        }
        source = error.source();
    }
    let words: Vec<_> = text.split_whitespace().collect();
    words.join(" ").trim_end_matches('.').to_owned()
}
