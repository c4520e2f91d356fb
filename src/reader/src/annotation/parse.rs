//! Reading annotations out of HTML comments.

use super::args::{ArgValues, Directive, StepsFrom};
use super::near::{NEARLY, has_key_in, is_meant_in_comment};
use super::stray::{Covered, CoveredBy};
use crate::duration::duration;
use crate::source::Source;
use crate::suggest::nearest;
use holdpoint_domain::runbook::{Mentioned, OnFail, Order, ProcedureKind, Undo, reorders_or_hides};

/// Finds the comments in raw HTML and reads those that are addressed to Holdpoint. `place` gives the offset in the source of an
/// offset in the HTML. Every comment is noted in `covered`.
pub fn directives(
    html: &str,
    place: impl Fn(usize) -> usize,
    source: &Source<'_>,
    into: &mut Vec<Directive>,
    covered: &mut Vec<Covered>,
) {
    let mut from = 0;
    while let Some(open) = html[from..].find("<!--") {
        let start = from + open;
        let inside = start + 4;
        let (end, next) = match html[inside..].find("-->") {
            Some(close) => (inside + close, inside + close + 3),
            None => (html.len(), html.len()),
        };
        covered.push(Covered {
            start: place(start),
            end: place(next),
            by: CoveredBy::Comment,
        });
        let comment = &html[inside..end];
        let start_at = place(start);
        if let Some(said) = strip_name(comment.trim_start()) {
            if next == end {
                let message = "This comment is not closed: end it with “-->”";
                source.fault(start_at, message);
            }
            let before = inside + (comment.len() - said.len());
            let args = parse(said, &|at| place(before + at), start_at, source).into();
            into.push(Directive {
                start: start_at,
                args,
                used: false,
            });
        } else if is_meant_in_comment(comment) {
            source.fault(start_at, NEARLY);
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
fn parse(said: &str, place: &dyn Fn(usize) -> usize, start: usize, source: &Source<'_>) -> ArgValues {
    let mut args = ArgValues {
        at: start,
        ..ArgValues::default()
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
        let mut value_at = position;
        let mut quoted = false;
        if bytes.get(position) == Some(&b'=') {
            position += 1;
            if let Some(&quote @ (b'"' | b'\'')) = bytes.get(position) {
                let value_start = position + 1;
                let closed = said[value_start..].bytes().position(|byte| byte == quote);
                if closed.is_none() {
                    let message = format!("The value of “{key}” has no closing quotation mark");
                    source.fault(place(position), message);
                }
                let value_end = closed.map_or(said.len(), |length| value_start + length);
                value = Some(&said[value_start..value_end]);
                (value_at, quoted) = (value_start, true);
                position = value_end + 1;
            } else {
                let value_start = position;
                while position < bytes.len() && !bytes[position].is_ascii_whitespace() {
                    position += 1;
                }
                value = Some(&said[value_start..position]);
                value_at = value_start;
            }
        }
        if let Some(value) = value {
            check_value(key, value, quoted, &|at| place(value_at + at), source);
        }
        set(&mut args, key, value.map(str::trim), place(key_start), source);
    }
    if said.trim().is_empty() {
        source.fault(start, "This comment says nothing: give it a key such as gate=NAME");
    }
    args
}

/// A value that has swallowed the next key would take a gate away in silence.
fn check_value(key: &str, value: &str, quoted: bool, place: &dyn Fn(usize) -> usize, source: &Source<'_>) {
    // A gate's names have a check of their own, and commas between them.
    let strange = value
        .char_indices()
        .find(|(_, one)| !quoted && key != "gate" && ends_word(*one));
    if let Some((at, one)) = strange {
        let shown = if one.is_control() || one.is_whitespace() || reorders_or_hides(one) {
            format!("U+{:04X}", u32::from(one))
        } else {
            one.to_string()
        };
        let message = format!(
            "The value of “{key}” has {shown} in it: put the value into quotation marks, or a blank before the next key"
        );
        source.fault(place(at), message);
    } else if has_key_in(value, &KEYS) {
        let message = format!(
            "The value of “{key}” has another key with “=” in it: look where its quotation marks open and close, and \
             reword it if it is meant so"
        );
        source.fault(place(0), message);
    }
}

/// Whether a value without quotation marks cannot go on with this character: somebody meant to end or to quote it.
fn ends_word(one: char) -> bool {
    let mark = matches!(
        one,
        '=' | ',' | ';' | '"' | '\'' | '`' | '«' | '»' | '‹' | '›' | '＝' | '，' | '；' | '、'
    );
    mark || ('\u{2018}'..='\u{201F}').contains(&one)
        || one.is_control()
        || one.is_whitespace()
        || reorders_or_hides(one)
        || matches!(one, '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{AD}')
}

const KEYS: [&str; 17] = [
    "procedure",
    "reference",
    "step",
    "optional",
    "work",
    "live",
    "undo",
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

fn set(args: &mut ArgValues, key: &str, value: Option<&str>, at: usize, source: &Source<'_>) {
    let Some(&known) = KEYS.iter().find(|known| **known == key) else {
        let hint = nearest(key, KEYS.iter().copied()).map_or_else(
            || format!("known keys are: {}", KEYS.join(", ")),
            |near| format!("did you mean “{near}”?"),
        );
        source.fault(at, format!("Unknown key “{key}” in a holdpoint comment; {hint}"));
        return;
    };
    if known != "gate" && args.keys.iter().any(|(key, _)| *key == known) {
        source.fault(at, format!("“{known}” stands twice in this comment; which one counts?"));
    }
    args.keys.push((known, at));
    let error = |message: String| source.fault(at, message);
    let flag = |value: Option<&str>| match value {
        None | Some("true" | "yes") => true,
        Some("false" | "no") => false,
        Some(other) => {
            error(format!("“{key}” is a flag: write it alone, not as {key}={other}"));
            false
        }
    };
    match known {
        "procedure" => args.procedure = flag(value),
        "reference" => args.reference = flag(value),
        "optional" => args.optional = flag(value),
        "work" => args.work = Some(flag(value)),
        "live" => args.live = flag(value),
        "step" => match value {
            None => args.step = true,
            Some(number) => match number.parse::<usize>() {
                Ok(number) if number > 0 => args.nth = Some(number),
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
            set_value(args, known, value, at, source);
        }
    }
}

fn set_value(args: &mut ArgValues, key: &str, value: &str, at: usize, source: &Source<'_>) {
    let one_of = |choices: &str| {
        source.fault(at, format!("{key}={value} is not known; it may be one of: {choices}"));
    };
    match key {
        "kind" => match kind(value) {
            Some(kind) => args.kind = Some(kind),
            None => one_of("release, rollback, emergency, monitoring, checklist, validation, setup, scaling, pipeline"),
        },
        "order" => match value {
            "any" => args.order = Some(Order::Any),
            "sequential" => args.order = Some(Order::Sequential),
            _ => one_of("any, sequential"),
        },
        "steps" => match value {
            "headings" => args.steps = Some(StepsFrom::Headings),
            "list" => args.steps = Some(StepsFrom::List),
            "fence" => args.steps = Some(StepsFrom::Fence),
            "table" => args.steps = Some(StepsFrom::Table),
            "none" => args.steps = Some(StepsFrom::None),
            _ => one_of("headings, list, fence, table, none"),
        },
        "on_fail" => match value {
            "stop" => args.on_fail = Some(OnFail::Stop),
            "rollback" => args.on_fail = Some(OnFail::Rollback),
            "caution" => args.on_fail = Some(OnFail::Caution),
            _ => one_of("stop, rollback, caution"),
        },
        "timebox" => match duration(value) {
            Some(seconds) => args.timebox = Some(seconds),
            None => source.fault(
                at,
                format!("timebox={value} is no duration; write it as 90s, 15m, 2h or 1h30m"),
            ),
        },
        "gate" => {
            // `a, b` and `a,b` are two names. An empty one is a name that was forgotten.
            for list in value.split(',') {
                let mut names = list.split_whitespace().peekable();
                if names.peek().is_none() {
                    let message =
                        format!("gate={value}: a name is missing beside a comma; write gate=a,b without blanks");
                    source.fault(at, message);
                }
                for name in names {
                    if !is_gate_name(name) {
                        let message = format!(
                            "gate={name} is no gate's name: it has letters, digits, “-” and “_”, a letter first"
                        );
                        source.fault(at, message);
                    }
                    source.mention(at, Mentioned::Gate { name: name.to_owned() });
                    args.gates.push((name.to_owned(), at));
                }
            }
        }
        "undo" => {
            args.undo = Some(match value {
                "none" => Undo::Nothing,
                how => Undo::How(how.to_owned()),
            });
        }
        "rollback" => args.rollback = Some((value.to_owned(), at)),
        "id" => {
            if value
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))
            {
                args.id = Some(value.to_owned());
            } else {
                let message = format!("id={value}: an id has letters, digits, “-”, “_” and “.” only");
                source.fault(at, message);
            }
        }
        "plain" => args.plain = Some(value.split_whitespace().collect::<Vec<_>>().join(" ")),
        "title" => args.title = Some(value.split_whitespace().collect::<Vec<_>>().join(" ")),
        _ => unreachable!("every key is set above"),
    }
}

/// The names that `gates.toml` can declare.
fn is_gate_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    name.starts_with(|first: char| first.is_ascii_alphabetic()) && name.bytes().all(plain)
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
