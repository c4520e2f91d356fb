//! `notifications.toml`: who is told of what. It names the addresses and secrets of webhooks, and never holds them.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use holdpoint_gates::config::{GatesFile, Secret};
use holdpoint_gates::{ConfigError as Misplaced, HumanDuration, error_at, read_document};
use serde::Deserialize;

use super::news::Occasion;
use crate::config;

/// The file's name, beside `gates.toml`.
pub const FILE: &str = "notifications.toml";
/// Targets that there may be: each has a task of its own.
const MOST_TARGETS: usize = 20;
/// Characters of a target's name, which is a part of the delivery's id.
const LONGEST_NAME: usize = 64;
const LEAST_TIMEOUT: Duration = Duration::from_millis(500);
/// Less than what a stopping proxy waits for.
const MOST_TIMEOUT: Duration = Duration::from_secs(20);
const USUAL_TIMEOUT: Duration = Duration::from_secs(10);

/// A whole `notifications.toml`. Without one, nobody is told anything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Declarations {
    pub targets: Vec<Target>,
}

/// Somebody who is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub name: String,
    pub kind: Kind,
    /// Where the webhook's address is read.
    pub url: Secret,
    /// Where the key is read that messages are signed with. JSON targets have one, and no others.
    pub signing_secret: Option<Secret>,
    /// The environments that it is told of; all when empty.
    pub environments: Vec<String>,
    /// What it is told; everything when empty.
    pub events: Vec<Occasion>,
    /// It is told of rehearsals, too.
    pub rehearsals: bool,
    /// Its host may have an address that is not public, and need not use TLS.
    pub private_addresses: bool,
    /// Time for one try.
    pub timeout: Duration,
}

/// The form of its messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Slack's incoming webhooks, and what takes the same messages: Mattermost, Rocket.Chat.
    Slack,
    /// Discord's webhooks.
    Discord,
    /// The facts as JSON, signed.
    Json,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Slack, Self::Discord, Self::Json];

    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Slack => "slack",
            Self::Discord => "discord",
            Self::Json => "json",
        }
    }
}

/// What is right in the file and may not do what is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    pub line: u32,
    pub column: u32,
    pub message: String,
}

/// Why the file cannot be used. The text begins with the file, and the line and column where there are any.
#[derive(Debug, thiserror::Error)]
pub enum NotificationsError {
    #[error("{}: cannot be read: {source}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("{}:{line}:{column}: {message}", path.display())]
    Wrong {
        path: PathBuf,
        line: u32,
        column: u32,
        message: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(default)]
    targets: BTreeMap<String, Table>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    kind: String,
    url: Reference,
    signing_secret: Option<Reference>,
    #[serde(default)]
    environments: Vec<String>,
    #[serde(default)]
    events: Vec<String>,
    #[serde(default)]
    rehearsals: bool,
    #[serde(default)]
    private_addresses: bool,
    timeout: Option<HumanDuration>,
}

/// Where a secret is read.
#[derive(Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "the place where it is read and never the thing itself: { env = \"NAME\" } or { file = \"path\" }"
)]
struct Reference {
    env: Option<String>,
    file: Option<String>,
}

/// A mistake, and the keys that lead to it. Values of the file are not repeated: one may be a secret that stands in the wrong place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum Mistake {
    #[error("there may be at most {MOST_TARGETS} targets")]
    ManyTargets,
    #[error("a target's name has letters, digits, `-` and `_`, a letter first, and at most {LONGEST_NAME} of them")]
    Name,
    #[error("the kind is one of {}", known(Kind::ALL.map(Kind::word)))]
    Kind,
    #[error("exactly one of `env` (an environment variable of the proxy) and `file` must say where it is read")]
    Reference,
    #[error("targets of kind “json” are signed, so `signing_secret` must say where the key is read")]
    Unsigned,
    #[error("only targets of kind “json” are signed; take `signing_secret` out")]
    Signed,
    #[error("there is no such environment in gates.toml; there are {known}")]
    Environment { known: String },
    #[error("there is no such event; there are {}", known(Occasion::ALL.map(Occasion::id)))]
    Event,
    #[error("`timeout` is from 500ms to 20s")]
    Timeout,
}

fn known<const N: usize>(words: [&str; N]) -> String {
    words.map(|word| format!("“{word}”")).join(", ")
}

impl Declarations {
    /// Reads the folder's `notifications.toml`; nobody is told anything where there is no such file. `gates` is the whole `gates.toml`,
    /// environments for rehearsals among it.
    ///
    /// # Errors
    /// It cannot be read, or it is wrong.
    pub fn load(dir: &Path, gates: &GatesFile) -> Result<Self, NotificationsError> {
        let path = dir.join(FILE);
        let text = match read(&path)? {
            Some(text) => text,
            None => return Ok(Self::default()),
        };
        Self::parse(&text, gates).map_err(|error| NotificationsError::Wrong {
            path,
            line: error.line,
            column: error.column,
            message: error.message,
        })
    }

    /// Reads a `notifications.toml`.
    ///
    /// # Errors
    /// It is not TOML, or something in it is unknown or missing.
    pub fn parse(text: &str, gates: &GatesFile) -> Result<Self, Misplaced> {
        let Document { targets } = read_document(text, |document| Ok(document))?;
        let mut mistakes = Vec::new();
        if targets.len() > MOST_TARGETS {
            mistakes.push((vec!["targets".to_owned()], Mistake::ManyTargets));
        }
        for (name, table) in &targets {
            let found = mistakes_of(name, table, gates).into_iter();
            mistakes.extend(found.map(|(keys, mistake)| {
                let path = ["targets", name.as_str()].into_iter().chain(keys);
                (path.map(str::to_owned).collect(), mistake)
            }));
        }
        let placed = mistakes
            .iter()
            .map(|(path, mistake)| error_at(text, path, mistake.to_string()));
        if let Some(first) = placed.min_by_key(|error| (error.line, error.column)) {
            return Err(first);
        }
        let targets = targets.into_iter().filter_map(|(name, table)| target(name, table));
        Ok(Self {
            targets: targets.collect(),
        })
    }

    /// What may not do what is meant: targets that are never told anything.
    #[must_use]
    pub fn remarks(&self, text: &str, gates: &GatesFile) -> Vec<Remark> {
        let is_rehearsal = |name: &String| gates.environments.get(name).is_some_and(|one| one.rehearsal);
        let silent = self.targets.iter().filter(|target| {
            !target.rehearsals && !target.environments.is_empty() && target.environments.iter().all(is_rehearsal)
        });
        silent
            .map(|target| {
                let message = "its environments are for rehearsals only, of which it is not told; write rehearsals = true, or name \
                               another environment";
                let at = error_at(text, &["targets", &target.name, "environments"], message.to_owned());
                Remark {
                    line: at.line,
                    column: at.column,
                    message: at.message,
                }
            })
            .collect()
    }
}

/// The file's text; none where there is no file.
fn read(path: &Path) -> Result<Option<String>, NotificationsError> {
    let cannot = |source| NotificationsError::Read {
        path: path.to_owned(),
        source,
    };
    match path.try_exists() {
        Ok(false) => return Ok(None),
        Ok(true) => {}
        Err(error) => return Err(cannot(error)),
    }
    let bytes = config::read(path).map_err(|error| match error {
        config::ConfigError::Read { source, .. } => cannot(source),
        other => cannot(io::Error::other(other)),
    })?;
    let text = String::from_utf8(bytes).map_err(|error| cannot(io::Error::new(io::ErrorKind::InvalidData, error)))?;
    Ok(Some(text))
}

fn is_name(name: &str) -> bool {
    let plain = |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_');
    name.len() <= LONGEST_NAME && name.starts_with(|first: char| first.is_ascii_alphabetic()) && name.chars().all(plain)
}

fn mistakes_of<'a>(name: &str, table: &'a Table, gates: &GatesFile) -> Vec<(Vec<&'a str>, Mistake)> {
    let mut found = Vec::new();
    if !is_name(name) {
        found.push((Vec::new(), Mistake::Name));
    }
    let kind = Kind::ALL.into_iter().find(|kind| kind.word() == table.kind);
    match (kind, &table.signing_secret) {
        (None, _) => found.push((vec!["kind"], Mistake::Kind)),
        (Some(Kind::Json), None) => found.push((Vec::new(), Mistake::Unsigned)),
        (Some(Kind::Slack | Kind::Discord), Some(_)) => found.push((vec!["signing_secret"], Mistake::Signed)),
        _ => {}
    }
    let references = [
        ("url", Some(&table.url)),
        ("signing_secret", table.signing_secret.as_ref()),
    ];
    for (key, reference) in references {
        if reference.is_some_and(|one| one.env.is_some() == one.file.is_some()) {
            found.push((vec![key], Mistake::Reference));
        }
    }
    if table
        .environments
        .iter()
        .any(|name| !gates.environments.contains_key(name))
    {
        let known: Vec<String> = gates.environments.keys().map(|name| format!("“{name}”")).collect();
        let known = match known.is_empty() {
            true => "none".to_owned(),
            false => known.join(", "),
        };
        found.push((vec!["environments"], Mistake::Environment { known }));
    }
    if table.events.iter().any(|id| Occasion::of_id(id).is_none()) {
        found.push((vec!["events"], Mistake::Event));
    }
    let timeout = table.timeout.map(HumanDuration::duration);
    if timeout.is_some_and(|timeout| !(LEAST_TIMEOUT..=MOST_TIMEOUT).contains(&timeout)) {
        found.push((vec!["timeout"], Mistake::Timeout));
    }
    found
}

/// A target without mistakes.
fn target(name: String, table: Table) -> Option<Target> {
    let secret = |reference: Reference| Secret {
        env: reference.env,
        file: reference.file,
    };
    Some(Target {
        kind: Kind::ALL.into_iter().find(|kind| kind.word() == table.kind)?,
        name,
        url: secret(table.url),
        signing_secret: table.signing_secret.map(secret),
        environments: table.environments,
        events: table.events.iter().filter_map(|id| Occasion::of_id(id)).collect(),
        rehearsals: table.rehearsals,
        private_addresses: table.private_addresses,
        timeout: table.timeout.map_or(USUAL_TIMEOUT, HumanDuration::duration),
    })
}

impl Target {
    /// Whether it is told of this.
    #[must_use]
    pub fn wants(&self, news: &super::News) -> bool {
        let all = self.environments.is_empty();
        (self.rehearsals || !news.rehearsal)
            && (all || self.environments.contains(&news.environment))
            && (self.events.is_empty() || self.events.contains(&news.occasion))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GATES: &str = "[environments.prod]\ntitle = \"Production\"\n[environments.practice]\ntitle = \"Practice\"\nrehearsal = true\n";

    fn gates() -> GatesFile {
        GatesFile::parse(GATES).unwrap()
    }

    #[test]
    fn a_file_says_who_is_told_of_what() {
        let text = "
[targets.releases]
kind = \"slack\"
url = { env = \"SLACK_URL\" }

[targets.audit]
kind = \"json\"
url = { file = \"audit-url\" }
signing_secret = { env = \"AUDIT_KEY\" }
environments = [\"prod\"]
events = [\"on_hold\", \"closed\"]
rehearsals = true
private_addresses = true
timeout = \"2s\"
";
        let targets = Declarations::parse(text, &gates()).unwrap().targets;
        let [audit, releases] = targets.as_slice() else {
            panic!("there are two")
        };
        assert_eq!((audit.kind, audit.timeout), (Kind::Json, Duration::from_secs(2)));
        assert_eq!(audit.events, [Occasion::OnHold, Occasion::Closed]);
        assert!(audit.rehearsals && audit.private_addresses);
        assert_eq!(
            (releases.kind, releases.timeout),
            (Kind::Slack, Duration::from_secs(10))
        );
        assert_eq!(releases.url.env.as_deref(), Some("SLACK_URL"));
        assert!(!releases.rehearsals && !releases.private_addresses && releases.events.is_empty());
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(
            Declarations::load(dir.path(), &gates()).unwrap(),
            Declarations::default()
        );
    }

    #[test]
    fn a_mistake_is_told_with_its_place_and_without_what_stands_there() {
        let of = |rest: &str| format!("[targets.room]\n{rest}\n");
        let fine = "kind = \"slack\"\nurl = { env = \"U\" }";
        for (text, place, says) in [
            (
                of("kind = \"slack\"\nurl = \"https://hooks.example/s3cret\""),
                (3, 7),
                "where it is read",
            ),
            (
                of("kind = \"s3cret\"\nurl = { env = \"U\" }"),
                (2, 1),
                "“slack”, “discord”, “json”",
            ),
            (
                of("kind = \"slack\"\nurl = { env = \"s3cret\", file = \"s3cret\" }"),
                (3, 1),
                "exactly one of",
            ),
            (
                of("kind = \"json\"\nurl = { env = \"U\" }"),
                (1, 10),
                "`signing_secret`",
            ),
            (
                of(&format!("{fine}\nsigning_secret = {{ env = \"s3cret\" }}")),
                (4, 1),
                "take `signing_secret` out",
            ),
            (
                of(&format!("{fine}\nenvironments = [\"s3cret\"]")),
                (4, 1),
                "“practice”, “prod”",
            ),
            (of(&format!("{fine}\nevents = [\"s3cret\"]")), (4, 1), "“on_hold”"),
            (of(&format!("{fine}\ntimeout = \"1m\"")), (4, 1), "500ms to 20s"),
            (of(&format!("{fine}\ncolour = 1")), (4, 1), "unknown field `colour`"),
            (format!("[targets.\"a b\"]\n{fine}\n"), (1, 10), "letters, digits"),
        ] {
            let error = Declarations::parse(&text, &gates()).unwrap_err();
            assert_eq!((error.line, error.column), place, "{text}{error}");
            assert!(error.message.contains(says), "{text}{error}");
            assert!(!error.message.contains("s3cret"), "{text}{error}");
        }
        let many: String = (0..21).map(|index| format!("[targets.t{index}]\n{fine}\n")).collect();
        assert!(Declarations::parse(&many, &gates()).is_err());
    }

    #[test]
    fn a_target_that_is_never_told_anything_is_remarked() {
        let text = "[targets.room]\nkind = \"slack\"\nurl = { env = \"U\" }\nenvironments = [\"practice\"]\n";
        let remarks = |text: &str| Declarations::parse(text, &gates()).unwrap().remarks(text, &gates());
        assert_eq!(remarks(text).first().map(|remark| remark.line), Some(4));
        assert!(remarks(&format!("{text}rehearsals = true\n")).is_empty());
    }
}
