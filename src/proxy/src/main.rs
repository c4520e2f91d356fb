//! `holdpoint`: the gate proxy and its command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args_os()
        .map(|argument| argument.to_string_lossy().into_owned())
        .collect();
    // Stand-ins are started for every command gate of a rehearsal, so they go past everything that takes time. Their own
    // arguments may look like anything, too, and are not ours to parse.
    if arguments.get(1).is_some_and(|word| word == "stand-in") {
        std::process::exit(holdpoint::rehearsal::stand_in(&arguments[2..]));
    }
    holdpoint::cli::main()
}
