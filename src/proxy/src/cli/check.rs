//! `holdpoint check`: an environment's gates, asked once each, outside any session.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use futures::{StreamExt, stream};
use holdpoint_domain::gate::{Outcome, Verdict};
use holdpoint_domain::wire::CheckableGate;
use holdpoint_gates::nearest;
use serde::Serialize;

use super::serve::{log_to_stderr, runner};
use super::{CliError, FOUND_WRONG, print};
use crate::check::{CheckError, GateChecks, kind_word};
use crate::config::Config;
use crate::rehearsal::{Rehearsal, RehearsalFile};

/// Gates that are asked at the same time. It is what the runner allows, too.
const AT_A_TIME: usize = 8;
/// Characters of a cell. `--json` has all of it.
const CELL: usize = 44;

/// What to ask.
#[derive(Clone, Debug, Args)]
pub(super) struct CheckArgs {
    /// The gates to ask, by their names in gates.toml [default: all that only read]
    gates: Vec<String>,
    /// The environment [default: the only one that there is]
    #[arg(long)]
    env: Option<String>,
    /// The folder with the runbooks and gates.toml
    #[arg(long, env = "HOLDPOINT_RUNBOOKS", default_value = "runbooks")]
    pub(super) runbooks: PathBuf,
    /// Ask gates that may change something, too: commands, and HTTP requests other than GET and HEAD
    #[arg(long)]
    commands: bool,
    /// What a session would tell the gates: --set version=v1.4.2 --set git_sha=a1b2c3d
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = pair)]
    values: Vec<(String, String)>,
    /// Every verdict whole, as JSON
    #[arg(long)]
    json: bool,
    /// Ask nothing real: answer from rehearsal.toml, or with what each gate expects. Environments that are marked as
    /// rehearsals are always answered so
    #[arg(long, env = "HOLDPOINT_REHEARSAL", value_parser = clap::builder::BoolishValueParser::new())]
    pub(super) rehearsal: bool,
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("it must be NAME=VALUE".to_owned()),
    }
}

pub(super) async fn check(args: CheckArgs) -> Result<ExitCode, CliError> {
    log_to_stderr();
    let mut config = Config::load(&args.runbooks)?;
    let name = environment(&args, &config)?;
    let marked = config.gates.environments.get(&name).is_some_and(|one| one.rehearsal);
    let folder = tempfile::tempdir().map_err(|source| CliError::System {
        what: "a folder for the rehearsal cannot be made",
        source,
    })?;
    let rehearsal = if marked || args.rehearsal {
        let file = RehearsalFile::load(&config.dir, &config.gates)?;
        Some(Arc::new(
            Rehearsal::start(folder.path(), &mut config.gates, file).await?,
        ))
    } else {
        config.leave_out_rehearsals();
        None
    };
    let checks = GateChecks::new(&config, |config| runner(config, rehearsal.as_ref()))?;
    let done = ask_all(&args, &name, rehearsal.is_some(), &checks).await;
    drop(checks);
    if let Some(rehearsal) = rehearsal {
        rehearsal.stop().await;
    }
    done
}

async fn ask_all(
    args: &CheckArgs,
    environment: &str,
    rehearsal: bool,
    checks: &GateChecks,
) -> Result<ExitCode, CliError> {
    let (asked, left_out) = chosen(args, environment, checks)?;
    if asked.is_empty() {
        return Err(CliError::NothingToCheck {
            environment: environment.to_owned(),
            left_out: left_out.len(),
        });
    }
    let values: BTreeMap<String, String> = args.values.iter().cloned().collect();
    let names: BTreeSet<&str> = asked
        .iter()
        .chain(&left_out)
        .flat_map(|one| &one.session_names)
        .map(String::as_str)
        .collect();
    let given = values.keys().map(String::as_str);
    let given = given.filter(|name| !checks.declares(environment, name));
    only_used(environment, given, &names)?;
    let width = asked
        .iter()
        .map(|one| one.gate.id.chars().count())
        .max()
        .unwrap_or_default();
    if !args.json {
        print(&head(width))?;
    }
    let one = async |gate: &CheckableGate| checks.check(environment, &gate.gate.id, values.clone()).await;
    let mut verdicts = stream::iter(&asked).map(one).buffered(AT_A_TIME);
    let (mut answers, mut counts) = (Vec::with_capacity(asked.len()), Counts::default());
    let mut gates = asked.iter();
    while let (Some(verdict), Some(gate)) = (verdicts.next().await, gates.next()) {
        let verdict = verdict?;
        counts.add(&verdict);
        if args.json {
            answers.push(Answer {
                gate: &gate.gate.id,
                title: &gate.gate.title,
                verdict,
            });
        } else {
            print(&rows(&gate.gate.id, &verdict, width))?;
        }
    }
    if args.json {
        let report = Report {
            environment,
            rehearsal,
            gates: answers,
            not_asked: left_out.iter().map(|one| one.gate.id.as_str()).collect(),
        };
        print(&(serde_json::to_string_pretty(&report).map_err(CliError::Json)? + "\n"))?;
    } else {
        print(&(closing(&counts, &left_out, rehearsal) + &*missing(&asked, &values)))?;
    }
    Ok(if counts.all_passed() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(FOUND_WRONG)
    })
}

/// The environment that is meant.
fn environment(args: &CheckArgs, config: &Config) -> Result<String, CliError> {
    let all = &config.gates.environments;
    let unknown = |name: &str| CheckError::UnknownEnvironment {
        name: name.to_owned(),
        known: all.keys().cloned().collect(),
    };
    match &args.env {
        Some(name) if all.contains_key(name) => Ok(name.clone()),
        Some(name) => Err(unknown(name).into()),
        None => match all.keys().collect::<Vec<_>>().as_slice() {
            [only] => Ok((*only).clone()),
            names => Err(CliError::WhichEnvironment {
                known: names.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", "),
            }),
        },
    }
}

/// Those that are asked, and those that are not because they may change something.
fn chosen(
    args: &CheckArgs,
    environment: &str,
    checks: &GateChecks,
) -> Result<(Vec<CheckableGate>, Vec<CheckableGate>), CliError> {
    let all = checks.gates(environment)?;
    if args.gates.is_empty() {
        return Ok(all.into_iter().partition(|one| one.only_reads || args.commands));
    }
    let unknown = args
        .gates
        .iter()
        .find(|name| !all.iter().any(|one| one.gate.id == **name));
    if let Some(gate) = unknown {
        return Err(CheckError::UnknownGate {
            gate: gate.clone(),
            environment: environment.to_owned(),
            known: all.into_iter().map(|one| one.gate.id).collect(),
        }
        .into());
    }
    let named = all.into_iter().filter(|one| args.gates.contains(&one.gate.id));
    Ok((named.collect(), Vec::new()))
}

#[derive(Serialize)]
struct Report<'a> {
    environment: &'a str,
    /// Nothing real was asked.
    pub(super) rehearsal: bool,
    gates: Vec<Answer<'a>>,
    not_asked: Vec<&'a str>,
}

#[derive(Serialize)]
struct Answer<'a> {
    gate: &'a str,
    title: &'a str,
    verdict: Verdict,
}

#[derive(Default)]
struct Counts {
    passed: usize,
    failed: usize,
    inconclusive: usize,
}

impl Counts {
    fn add(&mut self, verdict: &Verdict) {
        match verdict.outcome {
            Outcome::Pass if verdict.passes() => self.passed += 1,
            Outcome::Fail => self.failed += 1,
            Outcome::Pass | Outcome::Inconclusive => self.inconclusive += 1,
        }
    }

    fn all_passed(&self) -> bool {
        self.passed > 0 && self.failed == 0 && self.inconclusive == 0
    }
}

fn head(width: usize) -> String {
    format!(
        "{:<12}  {:<width$}  {:<CELL$}  {:<CELL$}  TIME\n",
        "VERDICT", "GATE", "EXPECTED", "OBSERVED"
    )
}

/// A line for each expectation; the first has the verdict, and the last line says why there was no answer.
fn rows(id: &str, verdict: &Verdict, width: usize) -> String {
    let word = word(verdict.outcome);
    let took = (verdict.finished - verdict.started).num_milliseconds().max(0);
    let mut text = String::new();
    let mut first = (word, id, format!("{took} ms"));
    for check in &verdict.checks {
        let (word, id, time) = std::mem::take(&mut first);
        let expected = cell(&format!("{} {}", check.check, check.expected));
        let line = format!(
            "{word:<12}  {id:<width$}  {expected:<CELL$}  {:<CELL$}  {time}",
            cell(&check.observed)
        );
        // Writing to a string cannot fail.
        writeln!(text, "{}", line.trim_end()).unwrap_or(());
    }
    if verdict.checks.is_empty() || verdict.outcome == Outcome::Inconclusive {
        let (word, id, time) = first;
        let summary = cell_line(&verdict.summary);
        let line = format!("{word:<12}  {id:<width$}  {summary}  {time}");
        writeln!(text, "{}", line.trim_end()).unwrap_or(());
    }
    text
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "PASS",
        Outcome::Fail => "FAIL",
        Outcome::Inconclusive => "INCONCLUSIVE",
    }
}

/// One line without control characters, so that what a system answers moves no cursor of a terminal.
fn cell_line(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    words
        .chars()
        .map(|one| if one.is_control() { '\u{fffd}' } else { one })
        .collect()
}

fn cell(text: &str) -> String {
    let line = cell_line(text);
    if line.chars().count() <= CELL {
        return line;
    }
    line.chars().take(CELL - 1).chain(['…']).collect()
}

fn closing(counts: &Counts, left_out: &[CheckableGate], rehearsal: bool) -> String {
    let Counts {
        passed,
        failed,
        inconclusive,
    } = counts;
    let mut text = format!("\n{passed} passed, {failed} failed, {inconclusive} inconclusive.");
    if !left_out.is_empty() {
        let names = left_out
            .iter()
            .map(|one| format!("{} ({})", one.gate.id, kind_word(one.gate.kind)))
            .collect::<Vec<_>>()
            .join(", ");
        write!(
            text,
            "\n{} not asked, because asking may change something: {names}. Name them, or add --commands.",
            left_out.len()
        )
        .unwrap_or(());
    }
    if rehearsal {
        text.push_str("\nThis is a rehearsal: nothing real was asked, and no pass says anything about a real system.");
    }
    text + "\nEach gate was asked once, outside any session. Nothing was recorded, and nothing was ticked.\n"
}

/// Whether each of the names is one that a gate uses: a misspelt one would leave its gate without the value, and say nothing.
fn only_used<'a>(
    environment: &str,
    given: impl Iterator<Item = &'a str>,
    used: &BTreeSet<&str>,
) -> Result<(), CliError> {
    let unknown: Vec<&str> = given.filter(|name| !used.contains(name)).collect();
    let Some(first) = unknown.first() else {
        return Ok(());
    };
    let listed = used.iter().copied().collect::<Vec<_>>().join(", ");
    let known = match nearest(first, used.iter().copied()) {
        Some(near) => format!("did you mean {near}? Its gates use {listed}"),
        None if listed.is_empty() => "its gates use no value of a session".to_owned(),
        None => format!("its gates use {listed}"),
    };
    Err(CliError::UnknownValues {
        environment: environment.to_owned(),
        names: unknown.into_iter().map(str::to_owned).collect(),
        known,
    })
}

/// What a session would have told the gates, and nobody told them here.
fn missing(asked: &[CheckableGate], values: &BTreeMap<String, String>) -> String {
    let names: BTreeSet<&str> = asked
        .iter()
        .flat_map(|one| &one.session_names)
        .filter(|name| !values.contains_key(*name))
        .map(String::as_str)
        .collect();
    if names.is_empty() {
        return String::new();
    }
    let flags: Vec<String> = names.iter().map(|name| format!("--set {name}=…")).collect();
    format!(
        "A session would tell the gates more. Give it here with {}.\n",
        flags.join(" ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_pairs() {
        assert_eq!(pair("a=b=c"), Ok(("a".to_owned(), "b=c".to_owned())));
        assert_eq!(pair("a="), Ok(("a".to_owned(), String::new())));
        assert!(pair("a").is_err() && pair("=b").is_err());
    }

    #[test]
    fn cells_are_one_line_and_move_no_cursor() {
        assert_eq!(cell("a\n  b\u{1b}[2J"), "a b\u{fffd}[2J");
        let long = cell(&"ä".repeat(CELL + 1));
        assert_eq!((long.chars().count(), long.ends_with('…')), (CELL, true));
        assert_eq!(cell(&"ä".repeat(CELL)).chars().count(), CELL);
    }

    #[test]
    fn a_value_that_no_gate_uses_is_an_error_that_names_those_that_they_use() {
        let used = BTreeSet::from(["git_sha", "version"]);
        let told = |given: &[&str], used: &BTreeSet<&str>| {
            let checked = only_used("prod", given.iter().copied(), used);
            checked.err().map(|error| error.to_string())
        };
        assert_eq!(told(&["version"], &used), None);
        assert_eq!(
            told(&["version", "versoin"], &used).as_deref(),
            Some("no gate of prod uses the value versoin; did you mean version? Its gates use git_sha, version")
        );
        assert_eq!(
            told(&["weather"], &used).as_deref(),
            Some("no gate of prod uses the value weather; its gates use git_sha, version")
        );
        assert_eq!(
            told(&["a", "b"], &BTreeSet::new()).as_deref(),
            Some("no gate of prod uses the value a, b; its gates use no value of a session")
        );
    }

    #[test]
    fn only_passes_are_a_success() {
        for (passed, failed, inconclusive, good) in
            [(1, 0, 0, true), (0, 0, 0, false), (1, 1, 0, false), (1, 0, 1, false)]
        {
            let counts = Counts {
                passed,
                failed,
                inconclusive,
            };
            assert_eq!(counts.all_passed(), good);
        }
    }
}
