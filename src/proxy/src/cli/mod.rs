//! The command line. Every flag has an environment twin; every failure is one sentence on stderr.

mod anchor;
mod check;
mod export;
mod lint;
mod lint_findings;
mod lint_secrets;
mod notify;
mod options;
mod outline;
mod serve;
mod token;
mod verify;

use std::convert::Infallible;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, CommandFactory, Parser, Subcommand};
use holdpoint_report::{Format, VerifyError};
use secrecy::SecretString;

use crate::anchors::{AnchorFileError, Finding};
use crate::auth::AuthError;
use crate::auth::tokens::TokensError;
use crate::check::CheckError;
use crate::config::ConfigError;
use crate::data::DataError;
use crate::engine::EngineError;
use crate::exports::ExportFailure;
use crate::notify::NotificationsError;
use crate::rehearsal::RehearsalError;
use crate::runner::RunnerError;
use crate::store::StoreError;

/// Exit code: something that was looked at is not as it should be.
const FOUND_WRONG: u8 = 1;
/// Exit code: it could not be done at all.
const COULD_NOT: u8 = 2;

/// Release runbooks as live checklists that cannot be ticked past a failing check.
#[derive(Debug, Parser)]
#[command(name = "holdpoint", version)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: ServeArgs,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the page and run gates (what happens without a command, too)
    Serve(ServeArgs),
    /// Say what is wrong with the runbooks and the gates.toml of a folder; exit with 1 if there is an error
    ///
    /// Findings are errors (something does not work, or a session cannot be started), warnings (it works, and may not do what
    /// is meant) and remarks (info). Warnings and remarks alone exit with 0; with --deny-warnings a warning exits with 1, too.
    Lint {
        /// The folder, or one file of it, of which alone is told then
        path: PathBuf,
        /// Exit with 1 if there is a warning, too
        #[arg(long)]
        deny_warnings: bool,
    },
    /// Ask an environment's gates once each, outside any session; exit with 1 unless all of them pass
    Check(check::CheckArgs),
    /// Say what was understood of a runbook
    Outline {
        /// The runbook
        file: PathBuf,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Send a test message to a target of notifications.toml; exit with 1 if it was not taken
    Notify(notify::NotifyArgs),
    /// Write a session's log
    Export {
        /// The session's id, its beginning or end, or the number that its report shows: 2026-11-27-38
        #[arg(required_unless_present = "schema")]
        session: Option<String>,
        /// As an incident report (md, html), with its chain (json), as a table (csv), or all of these in one archive (zip)
        #[arg(long, value_parser = format_parser(), required_unless_present_any = ["schema", "template"], conflicts_with = "template")]
        format: Option<Format>,
        /// As a template of the folder `templates` beside the runbooks makes it; exit with 1 if it could not be used, and the shipped
        /// report was written
        #[arg(long, value_name = "NAME")]
        template: Option<String>,
        /// The folder with the runbooks, for --template
        #[arg(long, env = "HOLDPOINT_RUNBOOKS", default_value = "runbooks")]
        runbooks: PathBuf,
        /// Print the JSON Schema of the JSON export instead
        #[arg(long, conflicts_with_all = ["session", "format", "template", "output"])]
        schema: bool,
        /// A file to write instead of the standard output
        #[arg(short, long)]
        output: Option<PathBuf>,
        #[command(flatten)]
        data: DataArgs,
    },
    /// Check that a JSON or zip export was not altered; exit with 1 and name the first bad event or member if it was
    Verify {
        /// JSON or zip exports
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// A file that `holdpoint anchor` wrote: exit with 1 if a log is shorter than it was, or was rebuilt since
        #[arg(long)]
        anchors: Option<PathBuf>,
        /// Exit with 1 if the summary is not what this version makes of the events, whatever version the file names as its maker
        #[arg(long)]
        strict: bool,
    },
    /// Keep the hash of each session's last event outside the database, so that a log that is cut or rebuilt later is found
    ///
    /// Without an option the anchors are printed, one line of JSON for each session. Run it by a timer, with a file or an address that
    /// whoever can write the data folder cannot change.
    Anchor(anchor::AnchorArgs),
    /// Sign every browser out, and end the sign-in link that was not used
    SignOut {
        /// Every browser; a single one signs out on its page
        #[arg(long, required = true)]
        all: bool,
        #[command(flatten)]
        data: DataArgs,
    },
    /// Sign-in links
    Token {
        #[command(subcommand)]
        command: TokenCommand,
    },
}

#[derive(Debug, Subcommand)]
enum TokenCommand {
    /// Print a fresh one-time sign-in link for the proxy of a data folder
    New {
        #[command(flatten)]
        data: DataArgs,
    },
}

/// Where the data is.
#[derive(Clone, Debug, Args)]
struct DataArgs {
    /// The folder with the database [default: holdpoint in $XDG_DATA_HOME, or in ~/.local/share]
    #[arg(long, global = true, env = "HOLDPOINT_DATA_DIR")]
    data_dir: Option<PathBuf>,
}

/// How to serve.
#[derive(Clone, Debug, Args)]
struct ServeArgs {
    /// The address to listen on; one that is not this machine's alone needs a token file
    #[arg(long, global = true, env = "HOLDPOINT_HOST", default_value = "127.0.0.1", value_parser = host)]
    host: String,
    /// The port to listen on; 0 takes a free one
    #[arg(long, global = true, env = "HOLDPOINT_PORT", default_value_t = 7373)]
    port: u16,
    #[command(flatten)]
    data: DataArgs,
    /// The folder with the runbooks and gates.toml
    #[arg(long, global = true, env = "HOLDPOINT_RUNBOOKS", default_value = "runbooks")]
    runbooks: PathBuf,
    /// Ask nothing real: answer every gate from rehearsal.toml, or with what it expects
    #[arg(long, global = true, env = "HOLDPOINT_REHEARSAL", value_parser = clap::builder::BoolishValueParser::new())]
    rehearsal: bool,
    /// The address under which people reach the proxy, when that is not the one it listens on: https://holdpoint.example
    #[arg(long, global = true, env = "HOLDPOINT_PUBLIC_URL")]
    public_url: Option<String>,
    /// Connections at the same time [default, and at most: the limit of open files without 256 for gates and the database]
    #[arg(long, global = true, env = "HOLDPOINT_MAX_CONNECTIONS")]
    max_connections: Option<usize>,
    /// A file with bearer tokens, one in each line
    #[arg(long, global = true, env = "HOLDPOINT_TOKEN_FILE")]
    token_file: Option<PathBuf>,
    /// Bearer tokens, separated by white space
    #[arg(long, global = true, env = "HOLDPOINT_TOKENS", hide_env_values = true, hide = true)]
    tokens: Option<SecretString>,
}

/// Why a command could not be done.
#[derive(Debug, thiserror::Error)]
enum CliError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Data(#[from] DataError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Tokens(#[from] TokensError),
    #[error("no sign-in link can be made: {0}")]
    SignIn(#[source] AuthError),
    #[error("the sessions in the data folder cannot be read: {0}")]
    Recover(#[source] EngineError),
    #[error(transparent)]
    Rehearsal(#[from] RehearsalError),
    #[error(transparent)]
    Runner(#[from] RunnerError),
    #[error(transparent)]
    Check(#[from] CheckError),
    #[error("there is more than one environment ({known}); say which one with --env")]
    WhichEnvironment { known: String },
    #[error(
        "no gate of {environment} was asked: {left_out} of its gates may change something; name those to ask, or add --commands"
    )]
    NothingToCheck { environment: String, left_out: usize },
    #[error(transparent)]
    Notifications(#[from] NotificationsError),
    #[error("there is no target {target} in {}: {hint}", crate::notify::FILE)]
    NoTarget { target: String, hint: String },
    #[error(transparent)]
    Export(#[from] ExportFailure),
    #[error("{}: {source}", path.display())]
    NotAsExported { path: PathBuf, source: VerifyError },
    #[error("{}: {finding}", path.display())]
    NotAsAnchored { path: PathBuf, finding: Finding },
    #[error(transparent)]
    AnchorFile(#[from] AnchorFileError),
    #[error("the anchors cannot be posted: {0}")]
    Webhook(#[source] reqwest::Error),
    #[error("the anchors were not taken: the address answered with the status {status}")]
    WebhookAnswer { status: u16 },
    #[error("{}: cannot be read: {source}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("{}: cannot be written: {source}", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error(
        "{} is no runbook (*.md), no {}, no {} and no {}; name one of these, or the folder",
        path.display(),
        crate::config::GATES_FILE,
        holdpoint_rehearsal::FILE,
        crate::notify::FILE
    )]
    NotLinted { path: PathBuf },
    #[error("no gate of {environment} uses the value {}; {known}", names.join(", "))]
    UnknownValues {
        environment: String,
        names: Vec<String>,
        known: String,
    },
    #[error(
        "there is no folder {}; say where your runbooks and gates.toml are with --runbooks (or HOLDPOINT_RUNBOOKS)",
        path.display()
    )]
    NoRunbooks { path: PathBuf },
    #[error("the standard output cannot be written: {0}")]
    Print(#[source] io::Error),
    #[error("{what}: {source}")]
    System { what: &'static str, source: io::Error },
    #[error("the outline cannot be written as JSON: {0}")]
    Json(#[source] serde_json::Error),
    #[error("{host} is not an address of this machine: {source}; choose another --host")]
    NoSuchHost { host: String, source: io::Error },
    #[error("port {port} of {host} is in use by another program; stop it, or choose another one with --port")]
    BusyPort { host: String, port: u16 },
    #[error("cannot listen on {host}:{port}: {source}")]
    Listen { host: String, port: u16, source: io::Error },
    #[error(
        "{host} can be reached from other machines, so tokens must be configured first; name a file with one token in \
         each line with --token-file, or listen on 127.0.0.1"
    )]
    OpenWithoutTokens { host: String },
    #[error(
        "the public URL {url} has a path, and Holdpoint is served from the root of a name only; give it a name or a port of its \
         own, such as https://holdpoint.example"
    )]
    PublicPath { url: String },
    #[error("the public URL {url} is not of the form https://name or http://name:port")]
    PublicUrl { url: String },
    #[error(
        "the database's writer ended while the proxy was running; its log says why, and a new start goes on from what was \
         recorded"
    )]
    WriterDied,
    #[error(
        "there is no session {session} in {}; give the number that its report shows (2026-11-27-38), or its id, or the beginning or \
         the end of its id",
        data.display()
    )]
    NoSession { session: String, data: PathBuf },
    #[error(
        "there is no template {template} in {}; there {}",
        folder.display(),
        match there.is_empty() {
            true => "is none".to_owned(),
            false => format!("are {}", there.join(", ")),
        }
    )]
    NoTemplate {
        template: String,
        folder: PathBuf,
        there: Vec<String>,
    },
    #[error("{count} sessions have ids that begin or end with {session}; give more of it: {listed}")]
    ManySessions {
        session: String,
        count: usize,
        listed: String,
    },
}

impl CliError {
    fn exit_code(&self) -> u8 {
        match self {
            Self::NotAsExported { .. } | Self::NotAsAnchored { .. } => FOUND_WRONG,
            _ => COULD_NOT,
        }
    }
}

/// Runs the command line of this process.
#[must_use]
pub fn main() -> ExitCode {
    #[cfg(target_os = "linux")]
    if let Err(error) = crate::environment::seal(&settings()) {
        eprintln!(
            "holdpoint: the environment's secrets cannot be kept from the programs of gates, so nothing is started: {error}."
        );
        return ExitCode::from(COULD_NOT);
    }
    let cli = options::parse(std::env::args_os()).unwrap_or_else(|error| error.exit());
    match run(cli) {
        Ok(code) => code,
        // A reader that has seen enough, such as `head`, is no failure.
        Err(CliError::Print(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            let text = error.to_string();
            let end = if text.ends_with('.') { "" } else { "." };
            eprintln!("holdpoint: {text}{end}");
            ExitCode::from(error.exit_code())
        }
    }
}

/// The environment variables that are flags' twins and no secrets.
fn settings() -> Vec<String> {
    fn add(command: &clap::Command, names: &mut Vec<String>) {
        let open = command
            .get_arguments()
            .filter(|argument| !argument.is_hide_env_values_set());
        names.extend(open.filter_map(|argument| Some(argument.get_env()?.to_str()?.to_owned())));
        command.get_subcommands().for_each(|subcommand| add(subcommand, names));
    }
    let mut names = vec![serve::LOG_FILTER.to_owned()];
    add(&Cli::command(), &mut names);
    names
}

fn run(cli: Cli) -> Result<ExitCode, CliError> {
    match cli.command.unwrap_or(Command::Serve(cli.serve)) {
        Command::Serve(args) => in_runtime(serve::serve(args)),
        Command::Lint { path, deny_warnings } => lint::lint(&path, deny_warnings),
        Command::Check(args) => in_runtime(check::check(args)),
        Command::Notify(args) => in_runtime(notify::notify(args)),
        Command::Outline { file, json } => outline::outline(&file, json),
        Command::Export {
            session,
            format,
            template,
            runbooks,
            schema: _,
            output,
            data,
        } => {
            let what = match template {
                Some(template) => Some(export::What::Template { runbooks, template }),
                None => format.map(export::What::Format),
            };
            match session.zip(what) {
                Some((session, what)) => in_runtime(export::export(session, what, output, data)),
                None => print(crate::exports::SCHEMA).map(|()| ExitCode::SUCCESS),
            }
        }
        Command::Verify { files, anchors, strict } => verify::verify(files, anchors, strict),
        Command::Anchor(args) => in_runtime(anchor::anchor(args)),
        Command::SignOut { all: _, data } => in_runtime(token::sign_all_out(data)),
        Command::Token {
            command: TokenCommand::New { data },
        } => in_runtime(token::new_link_of(data)),
    }
}

fn in_runtime<F: Future<Output = Result<ExitCode, CliError>>>(work: F) -> Result<ExitCode, CliError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|source| CliError::System {
            what: "the program's threads cannot be started",
            source,
        })?;
    let done = runtime.block_on(work);
    // Whatever must be finished was waited for; what is left (name look-ups, for instance) must not hold up the end.
    runtime.shutdown_background();
    done
}

fn print(text: &str) -> Result<(), CliError> {
    use io::Write;
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(CliError::Print)
}

/// A host without the brackets that URLs put around IPv6 addresses.
fn host(text: &str) -> Result<String, Infallible> {
    let inner = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    Ok(inner.unwrap_or(text).to_owned())
}

/// By the file's ending, with the choices in the help.
fn format_parser() -> impl TypedValueParser<Value = Format> {
    let named = |ending: String| Format::ALL.into_iter().find(|format| format.ending() == ending);
    PossibleValuesParser::new(Format::ALL.map(Format::ending))
        .try_map(move |ending| named(ending).ok_or("there is no such format"))
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::*;

    fn parse(words: &[&str]) -> Cli {
        options::parse(words.iter().map(OsString::from)).unwrap()
    }

    #[test]
    fn the_definition_holds() {
        Cli::command().debug_assert();
        options::command().debug_assert();
    }

    #[test]
    fn secrets_are_no_settings() {
        let settings = settings();
        for name in ["HOLDPOINT_LOG", "HOLDPOINT_PORT", "HOLDPOINT_DATA_DIR"] {
            assert!(settings.iter().any(|setting| setting == name), "{name}");
        }
        assert!(!settings.iter().any(|setting| setting == "HOLDPOINT_TOKENS"));
    }

    #[test]
    fn serve_is_the_default() {
        assert!(parse(&["holdpoint"]).command.is_none());
        assert_eq!(parse(&["holdpoint", "--port", "9"]).serve.port, 9);
        let Some(Command::Serve(args)) = parse(&["holdpoint", "serve", "--rehearsal", "--port", "9"]).command else {
            panic!("it is the command serve");
        };
        assert!(args.rehearsal && args.port == 9 && args.host == "127.0.0.1");
    }

    #[test]
    fn brackets_are_no_part_of_a_host() {
        for (given, host) in [
            ("[fd00::5]", "fd00::5"),
            ("fd00::5", "fd00::5"),
            ("[x", "[x"),
            ("localhost", "localhost"),
        ] {
            assert_eq!(parse(&["holdpoint", "--host", given]).serve.host, host);
        }
    }

    #[test]
    fn exports_name_their_format() {
        let words = ["holdpoint", "export", "a1", "--format", "csv", "-o", "x"];
        let Some(Command::Export { format, output, .. }) = parse(&words).command else {
            panic!("it is the command export");
        };
        assert_eq!((format, output), (Some(Format::Csv), Some(PathBuf::from("x"))));
        assert!(options::parse(["holdpoint", "export", "a1", "--format", "pdf"]).is_err());
        let both = ["holdpoint", "export", "a1", "--format", "md", "--template", "short"];
        assert!(options::parse(both).is_err());
        for half in [
            &["a1"][..],
            &["--format", "md"],
            &["--template", "short"],
            &["a1", "--schema"],
        ] {
            assert!(
                options::parse([&["holdpoint", "export"], half].concat()).is_err(),
                "{half:?}"
            );
        }
        assert!(options::parse(["holdpoint", "export", "--schema"]).is_ok());
    }
}
