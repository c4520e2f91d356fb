//! Options of several commands: they may stand before a command's name and after it, and only where the command has a use for them.

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command, CommandFactory, Error, FromArgMatches};

use super::Cli;

/// Reads a command line.
///
/// # Errors
/// It is not one, or the help or the version was asked for; `Error::exit` tells either.
pub(super) fn parse<W: Into<OsString> + Clone>(words: impl IntoIterator<Item = W>) -> Result<Cli, Error> {
    let mut command = command();
    let matches = command.try_get_matches_from_mut(words)?;
    refuse_useless(&mut command, &matches)?;
    Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
}

/// The command line's definition. An option that stands before a command's name is handed to the command by clap, which for this gives
/// every command every such option; those that it has no use for are not in its help.
pub(super) fn command() -> Command {
    let command = Cli::command();
    let shared: Vec<Arg> = command
        .get_arguments()
        .filter(|option| option.is_global_set())
        .cloned()
        .collect();
    command.mut_subcommands(|subcommand| with_hidden(subcommand, &shared))
}

fn with_hidden(command: Command, shared: &[Arg]) -> Command {
    let command = command.mut_subcommands(|subcommand| with_hidden(subcommand, shared));
    let useless: Vec<Arg> = shared
        .iter()
        .filter(|option| !has(&command, option))
        .map(|option| option.clone().hide(true).env(None::<&str>).default_value(None::<&str>))
        .collect();
    command.args(useless)
}

fn has(command: &Command, option: &Arg) -> bool {
    command.get_arguments().any(|own| own.get_id() == option.get_id())
}

/// Refuses an option that the command has no use for.
fn refuse_useless(command: &mut Command, matches: &ArgMatches) -> Result<(), Error> {
    let plain = Cli::command();
    let (mut chosen, mut matches, mut name) = (&plain, matches, plain.get_name().to_owned());
    while let Some((next, its)) = matches.subcommand() {
        let Some(found) = chosen.find_subcommand(next) else {
            break;
        };
        name = format!("{name} {next}");
        (chosen, matches) = (found, its);
    }
    let options = plain.get_arguments().filter(|option| option.is_global_set());
    let mut useless = options.filter(|option| {
        let given = matches.value_source(option.get_id().as_str()) == Some(ValueSource::CommandLine);
        given && !has(chosen, option)
    });
    let Some(option) = useless.next() else {
        return Ok(());
    };
    let long = option.get_long().unwrap_or_default();
    let mut users = Vec::new();
    add_users(&plain, plain.get_name(), option, &mut users);
    let users = users.join(", ");
    let message = format!("`{name}` has no use for the option --{long}, which belongs to {users}");
    Err(command.error(ErrorKind::UnknownArgument, message))
}

/// The commands that have a use for an option, by their whole names.
fn add_users(command: &Command, name: &str, option: &Arg, users: &mut Vec<String>) {
    for subcommand in command.get_subcommands() {
        let name = format!("{name} {}", subcommand.get_name());
        if has(subcommand, option) {
            users.push(format!("`{name}`"));
        }
        add_users(subcommand, &name, option, users);
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::{Command, TokenCommand};
    use super::*;

    fn read(line: &str) -> Result<Cli, String> {
        parse(["holdpoint"].into_iter().chain(line.split_whitespace())).map_err(|error| error.to_string())
    }

    /// What came to the command: its data folder, its runbooks, its port, and whether it is rehearsed.
    fn given(cli: Cli) -> [String; 4] {
        let text = |path: &Path| path.display().to_string();
        let data = |data: super::super::DataArgs| data.data_dir.as_deref().map(text).unwrap_or_default();
        let none = String::new;
        match cli.command.unwrap_or(Command::Serve(cli.serve)) {
            Command::Serve(args) => [
                data(args.data),
                text(&args.runbooks),
                args.port.to_string(),
                args.rehearsal.to_string(),
            ],
            Command::Check(args) => [none(), text(&args.runbooks), none(), args.rehearsal.to_string()],
            Command::Notify(args) => [none(), text(&args.runbooks), none(), none()],
            Command::Lint { path, .. } => [none(), text(&path), none(), none()],
            Command::Export { data: args, .. } | Command::SignOut { data: args, .. } => {
                [data(args), none(), none(), none()]
            }
            Command::Token {
                command: TokenCommand::New { data: args },
            } => [data(args), none(), none(), none()],
            Command::Anchor(args) => [data(args.data), none(), none(), none()],
            Command::Outline { file, .. } => [none(), text(&file), none(), none()],
            Command::Verify { files, .. } => [none(), text(&files[0]), none(), none()],
        }
    }

    #[test]
    fn options_of_several_commands_stand_anywhere() {
        for (lines, expected) in [
            (&[""][..], ["", "runbooks", "7373", "false"]),
            (
                &["--data-dir X", "--data-dir X serve", "serve --data-dir X"],
                ["X", "runbooks", "7373", "false"],
            ),
            (
                &[
                    "--runbooks R --port 9 --rehearsal",
                    "--runbooks R --port 9 --rehearsal serve",
                    "--runbooks R serve --port 9 --rehearsal",
                    "serve --rehearsal --port 9 --runbooks R",
                    "--rehearsal --runbooks=R serve --port=9",
                ],
                ["", "R", "9", "true"],
            ),
            (
                &[
                    "check --runbooks R --rehearsal",
                    "--runbooks R --rehearsal check",
                    "--rehearsal check a --runbooks R --json",
                ],
                ["", "R", "", "true"],
            ),
            (&["check", "check a b"], ["", "runbooks", "", "false"]),
            (
                &[
                    "export a1 --format md --data-dir X",
                    "--data-dir X export a1 --format md",
                    "anchor --file F --data-dir X",
                    "--data-dir X anchor --check F",
                    "sign-out --all --data-dir X",
                    "--data-dir X sign-out --all",
                    "token new --data-dir X",
                    "token --data-dir X new",
                    "--data-dir X token new",
                ],
                ["X", "", "", ""],
            ),
            (&["lint R", "outline R --json", "verify R"], ["", "R", "", ""]),
            // As with any option that is given to a command and before it: the nearer one.
            (&["--data-dir W serve --data-dir X"], ["X", "runbooks", "7373", "false"]),
        ] {
            for line in lines {
                assert_eq!(
                    given(read(line).unwrap_or_else(|error| panic!("{line}: {error}"))),
                    expected,
                    "{line}"
                );
            }
        }
    }

    #[test]
    fn an_option_without_use_is_refused() {
        const DATA: &str =
            "`holdpoint serve`, `holdpoint export`, `holdpoint anchor`, `holdpoint sign-out`, `holdpoint token new`";
        for (lines, refusal) in [
            (
                &["--data-dir X lint R", "lint R --data-dir X", "lint --data-dir X R"][..],
                format!("`holdpoint lint` has no use for the option --data-dir, which belongs to {DATA}"),
            ),
            (
                &["--data-dir X check", "check --data-dir X a"],
                format!("`holdpoint check` has no use for the option --data-dir, which belongs to {DATA}"),
            ),
            (
                &["--port 9 token new", "token --port 9 new", "token new --port 9"],
                "`holdpoint token new` has no use for the option --port, which belongs to `holdpoint serve`".to_owned(),
            ),
            (
                &["--rehearsal verify F", "verify F --rehearsal"],
                "`holdpoint verify` has no use for the option --rehearsal, which belongs to `holdpoint serve`, `holdpoint check`"
                    .to_owned(),
            ),
            // An option of one command is none of the others.
            (&["--json outline F", "serve --json"], "unexpected argument '--json'".to_owned()),
            (&["lint R --nonsense"], "unexpected argument '--nonsense'".to_owned()),
        ] {
            for line in lines {
                let told = read(line).err().unwrap_or_else(|| panic!("{line} is refused"));
                assert!(told.contains(&refusal), "{line}: {told}\nshould say {refusal}");
            }
        }
    }

    #[test]
    fn the_help_of_a_command_has_its_own_options_only() {
        for (line, there, not_there) in [
            ("--help", &["--data-dir", "--port", "--rehearsal"][..], &["--json"][..]),
            ("serve --help", &["--data-dir", "--port", "--rehearsal"], &["--json"]),
            (
                "check --help",
                &["--runbooks", "--rehearsal", "--json"],
                &["--port", "--data-dir"],
            ),
            (
                "lint --help",
                &["<PATH>", "--deny-warnings"],
                &["--port", "--data-dir", "--rehearsal"],
            ),
            ("token new --help", &["--data-dir"], &["--port", "--rehearsal"]),
        ] {
            let help = read(line).expect_err(line);
            assert!(there.iter().all(|option| help.contains(option)), "{help}");
            assert!(!not_there.iter().any(|option| help.contains(option)), "{help}");
        }
    }
}
