//! `<!-- holdpoint: gate=api-health timebox=15m -->`: what authors say to Holdpoint, and GitHub does not show.

use crate::slug::duration;
use crate::source::Source;
use holdpoint_domain::runbook::{Mentioned, OnFail, Order, ProcedureKind, Severity};

/// Where a procedure's steps come from, when the author says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StepsFrom {
    Headings,
    List,
    Fence,
    Table,
    None,
}

/// What one or several comments say together.
#[derive(Clone, Debug, Default)]
pub(super) struct Said {
    pub procedure: bool,
    pub reference: bool,
    pub step: bool,
    pub optional: bool,
    pub kind: Option<ProcedureKind>,
    pub order: Option<Order>,
    pub rollback: Option<(String, usize)>,
    pub id: Option<String>,
    pub steps: Option<StepsFrom>,
    pub timebox: Option<u64>,
    pub gates: Vec<(String, usize)>,
    pub plain: Option<String>,
    pub title: Option<String>,
    pub on_fail: Option<OnFail>,
    /// `step=N`: which step of what follows is meant.
    pub nth: Option<usize>,
    /// The first comment's offset.
    pub at: usize,
    /// The keys that were written, for remarks about keys in the wrong place.
    pub keys: Vec<(&'static str, usize)>,
}

impl Said {
    fn merge(&mut self, other: Said) {
        self.procedure |= other.procedure;
        self.reference |= other.reference;
        self.step |= other.step;
        self.optional |= other.optional;
        self.kind = other.kind.or(self.kind);
        self.order = other.order.or(self.order);
        self.rollback = other.rollback.or(self.rollback.take());
        self.id = other.id.or(self.id.take());
        self.steps = other.steps.or(self.steps);
        self.timebox = other.timebox.or(self.timebox);
        self.gates.extend(other.gates);
        self.plain = other.plain.or(self.plain.take());
        self.title = other.title.or(self.title.take());
        self.on_fail = other.on_fail.or(self.on_fail);
        self.keys.extend(other.keys);
    }
}

/// What comments say about one thing. Most things have none, and then this is one empty pointer.
#[derive(Clone, Debug, Default)]
pub(super) struct Settings(Option<Box<Said>>);

static NOTHING: Said = Said {
    procedure: false,
    reference: false,
    step: false,
    optional: false,
    kind: None,
    order: None,
    rollback: None,
    id: None,
    steps: None,
    timebox: None,
    gates: Vec::new(),
    plain: None,
    title: None,
    on_fail: None,
    nth: None,
    at: 0,
    keys: Vec::new(),
};

impl std::ops::Deref for Settings {
    type Target = Said;

    fn deref(&self) -> &Said {
        self.0.as_deref().unwrap_or(&NOTHING)
    }
}

impl From<Said> for Settings {
    fn from(said: Said) -> Self {
        Self(Some(Box::new(said)))
    }
}

impl Settings {
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// What was said, to be taken apart.
    pub fn into_said(self) -> Said {
        self.0.map_or_else(Said::default, |said| *said)
    }

    /// Adds what another comment about the same thing says; the later one wins.
    pub fn merge(&mut self, other: Settings) {
        let Some(other) = other.0 else { return };
        match &mut self.0 {
            Some(said) => said.merge(*other),
            empty => *empty = Some(other),
        }
    }

    /// Says which keys make no sense where they stand.
    pub fn refuse(&self, source: &Source<'_>, allowed: &[&str], what: &str) {
        for (key, at) in &self.keys {
            if !allowed.contains(key) {
                let message = format!("“{key}” says nothing about {what}; it may have: {}", allowed.join(", "));
                source.remark(*at, Severity::Error, message);
            }
        }
    }
}

/// One comment that addresses Holdpoint.
pub(super) struct Directive {
    pub start: usize,
    pub settings: Settings,
    pub used: bool,
}

/// Finds the comments addressed to Holdpoint in raw HTML that starts at `offset`.
pub(super) fn directives(html: &str, offset: usize, source: &Source<'_>, into: &mut Vec<Directive>) {
    let mut from = 0;
    while let Some(open) = html[from..].find("<!--") {
        let start = from + open;
        let inside = start + 4;
        let (end, next) = match html[inside..].find("-->") {
            Some(close) => (inside + close, inside + close + 3),
            None => (html.len(), html.len()),
        };
        let comment = &html[inside..end];
        let trimmed = comment.trim_start();
        if let Some(said) = strip_name(trimmed) {
            let said_at = offset + inside + (comment.len() - said.len());
            if next == end {
                let message = "This comment is not closed: end it with “-->”";
                source.remark(offset + start, Severity::Error, message);
            }
            let settings = parse(said, said_at, offset + start, source).into();
            into.push(Directive {
                start: offset + start,
                settings,
                used: false,
            });
        }
        from = next;
    }
}

fn strip_name(comment: &str) -> Option<&str> {
    let name = comment.get(..9)?;
    let rest = &comment[9..];
    if !name.eq_ignore_ascii_case("holdpoint") {
        return None;
    }
    let rest = rest.trim_start();
    rest.strip_prefix(':')
}

/// Splits `a=b c="d e" flag` into pairs; what cannot be split is an error at its place.
fn parse(said: &str, at: usize, start: usize, source: &Source<'_>) -> Said {
    let mut settings = Said {
        at: start,
        ..Said::default()
    };
    let bytes = said.as_bytes();
    let mut position = 0;
    while position < bytes.len() {
        if bytes[position].is_ascii_whitespace() {
            position += 1;
            continue;
        }
        let key_start = position;
        while position < bytes.len() && !bytes[position].is_ascii_whitespace() && bytes[position] != b'=' {
            position += 1;
        }
        let key = &said[key_start..position];
        let mut value = None;
        if bytes.get(position) == Some(&b'=') {
            position += 1;
            if let Some(&quote @ (b'"' | b'\'')) = bytes.get(position) {
                let value_start = position + 1;
                let closed = said[value_start..].bytes().position(|byte| byte == quote);
                if closed.is_none() {
                    let message = format!("The value of “{key}” has no closing quotation mark");
                    source.remark(at + position, Severity::Error, message);
                }
                let value_end = closed.map_or(said.len(), |length| value_start + length);
                value = Some(&said[value_start..value_end]);
                position = value_end + 1;
            } else {
                let value_start = position;
                while position < bytes.len() && !bytes[position].is_ascii_whitespace() {
                    position += 1;
                }
                value = Some(&said[value_start..position]);
            }
        }
        set(&mut settings, key, value.map(str::trim), at + key_start, source);
    }
    if settings.keys.is_empty() {
        source.remark(
            start,
            Severity::Warning,
            "This comment says nothing: give it a key such as gate=NAME",
        );
    }
    settings
}

const KEYS: [&str; 14] = [
    "procedure",
    "reference",
    "step",
    "optional",
    "kind",
    "order",
    "rollback",
    "id",
    "steps",
    "timebox",
    "gate",
    "plain",
    "title",
    "on_fail",
];

fn set(settings: &mut Said, key: &str, value: Option<&str>, at: usize, source: &Source<'_>) {
    let Some(&known) = KEYS.iter().find(|known| **known == key) else {
        let hint = crate::lint::nearest(key, KEYS.iter().copied()).map_or_else(
            || format!("known keys are: {}", KEYS.join(", ")),
            |near| format!("did you mean “{near}”?"),
        );
        source.remark(
            at,
            Severity::Error,
            format!("Unknown key “{key}” in a holdpoint comment; {hint}"),
        );
        return;
    };
    settings.keys.push((known, at));
    let error = |message: String| source.remark(at, Severity::Error, message);
    let flag = |value: Option<&str>| match value {
        None | Some("true" | "yes") => true,
        Some("false" | "no") => false,
        Some(other) => {
            error(format!("“{key}” is a flag: write it alone, not as {key}={other}"));
            false
        }
    };
    match known {
        "procedure" => settings.procedure = flag(value),
        "reference" => settings.reference = flag(value),
        "optional" => settings.optional = flag(value),
        "step" => match value {
            None => settings.step = true,
            Some(number) => match number.parse::<usize>() {
                Ok(number) if number > 0 => settings.nth = Some(number),
                _ => error(format!(
                    "step={number} is no number from 1: say which step of what follows is meant"
                )),
            },
        },
        _ => {
            let Some(value) = value.filter(|value| !value.is_empty()) else {
                error(format!("“{key}” needs a value: write {key}=…"));
                return;
            };
            set_value(settings, known, value, at, source);
        }
    }
}

fn set_value(settings: &mut Said, key: &str, value: &str, at: usize, source: &Source<'_>) {
    let one_of = |choices: &str| {
        source.remark(
            at,
            Severity::Error,
            format!("{key}={value} is not known; it may be one of: {choices}"),
        );
    };
    match key {
        "kind" => match kind(value) {
            Some(kind) => settings.kind = Some(kind),
            None => one_of("release, rollback, emergency, monitoring, checklist, validation, setup, scaling, pipeline"),
        },
        "order" => match value {
            "any" => settings.order = Some(Order::Any),
            "sequential" => settings.order = Some(Order::Sequential),
            _ => one_of("any, sequential"),
        },
        "steps" => match value {
            "headings" => settings.steps = Some(StepsFrom::Headings),
            "list" => settings.steps = Some(StepsFrom::List),
            "fence" => settings.steps = Some(StepsFrom::Fence),
            "table" => settings.steps = Some(StepsFrom::Table),
            "none" => settings.steps = Some(StepsFrom::None),
            _ => one_of("headings, list, fence, table, none"),
        },
        "on_fail" => match value {
            "stop" => settings.on_fail = Some(OnFail::Stop),
            "rollback" => settings.on_fail = Some(OnFail::Rollback),
            "caution" => settings.on_fail = Some(OnFail::Caution),
            _ => one_of("stop, rollback, caution"),
        },
        "timebox" => match duration(value) {
            Some(seconds) => settings.timebox = Some(seconds),
            None => source.remark(
                at,
                Severity::Error,
                format!("timebox={value} is no duration; write it as 90s, 15m, 2h or 1h30m"),
            ),
        },
        "gate" => {
            for name in value.split([',', ' ']).map(str::trim).filter(|name| !name.is_empty()) {
                source.mention(at, Mentioned::Gate { name: name.to_owned() });
                settings.gates.push((name.to_owned(), at));
            }
        }
        "rollback" => settings.rollback = Some((value.to_owned(), at)),
        "id" => {
            if value
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))
            {
                settings.id = Some(value.to_owned());
            } else {
                let message = format!("id={value}: an id has letters, digits, “-”, “_” and “.” only");
                source.remark(at, Severity::Error, message);
            }
        }
        "plain" => settings.plain = Some(value.split_whitespace().collect::<Vec<_>>().join(" ")),
        "title" => settings.title = Some(value.split_whitespace().collect::<Vec<_>>().join(" ")),
        _ => unreachable!("every key is set above"),
    }
}

fn kind(value: &str) -> Option<ProcedureKind> {
    Some(match value {
        "release" => ProcedureKind::Release,
        "rollback" => ProcedureKind::Rollback,
        "emergency" => ProcedureKind::Emergency,
        "monitoring" => ProcedureKind::Monitoring,
        "checklist" => ProcedureKind::Checklist,
        "validation" => ProcedureKind::Validation,
        "setup" => ProcedureKind::Setup,
        "scaling" => ProcedureKind::Scaling,
        "pipeline" => ProcedureKind::Pipeline,
        _ => return None,
    })
}
