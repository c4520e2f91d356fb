//! Prints what is understood of a runbook: `cargo run -p holdpoint-domain --example outline -- [--json] FILE`.

#![expect(
    clippy::disallowed_methods,
    reason = "the crate does no I/O; its example reads the file it is given"
)]

use std::process::ExitCode;

use holdpoint_domain::runbook::{Severity, outline, read_bytes};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let json = arguments.iter().any(|argument| argument == "--json");
    let Some(file) = arguments.iter().find(|argument| !argument.starts_with("--")) else {
        eprintln!("usage: outline [--json] FILE");
        return ExitCode::from(2);
    };
    let bytes = match std::fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) => {
            eprintln!("{file} cannot be read: {error}");
            return ExitCode::from(2);
        }
    };
    let outline = outline(&read_bytes(file, &bytes));
    if json {
        println!(
            "{}",
            serde_json::to_string_pretty(&outline).expect("an outline is plain data")
        );
    } else {
        print!("{}", outline.to_text());
    }
    let errors = outline
        .diagnostics
        .iter()
        .any(|diagnostic| diagnostic.severity == Severity::Error);
    ExitCode::from(u8::from(errors))
}
