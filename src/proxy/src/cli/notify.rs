//! `holdpoint notify`: a test message to a target.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use holdpoint_gates::nearest;

use super::serve::log_to_stderr;
use super::{CliError, FOUND_WRONG, print};
use crate::clock::now;
use crate::config::Config;
use crate::notify::{Courier, Declarations, FILE, News};

/// Whom to tell.
#[derive(Clone, Debug, Args)]
pub(super) struct NotifyArgs {
    /// Send a message that says that it is a test to this target of notifications.toml, once
    #[arg(long, value_name = "TARGET", required = true)]
    test: String,
    /// The folder with the runbooks, gates.toml and notifications.toml
    #[arg(long, env = "HOLDPOINT_RUNBOOKS", default_value = "runbooks")]
    pub(super) runbooks: PathBuf,
}

pub(super) async fn notify(args: NotifyArgs) -> Result<ExitCode, CliError> {
    log_to_stderr();
    let config = Config::load(&args.runbooks)?;
    let targets = Declarations::load(&config.dir, &config.gates)?.targets;
    let Some(target) = targets.iter().find(|target| target.name == args.test) else {
        return Err(no_target(
            &args.test,
            targets.iter().map(|target| target.name.as_str()).collect(),
        ));
    };
    let courier = Courier::new(config.dir, None)?;
    match courier.send(target, &News::test(now())).await {
        Ok(()) => {
            print(&format!("The receiver of {} took the test message.\n", target.name))?;
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            print(&format!("The test message did not reach {}: {error}.\n", target.name))?;
            Ok(ExitCode::from(FOUND_WRONG))
        }
    }
}

fn no_target(name: &str, known: Vec<&str>) -> CliError {
    let hint = match (nearest(name, known.iter().copied()), known.is_empty()) {
        (Some(near), _) => format!("did you mean {near}?"),
        (None, true) => format!("{FILE} declares none"),
        (None, false) => format!("there are {}", known.join(", ")),
    };
    CliError::NoTarget {
        target: name.to_owned(),
        hint,
    }
}
