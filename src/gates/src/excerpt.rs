//! The part of a long text that decided a comparison: its line, with its number and its neighbours.

use serde_json::Value;

use crate::compare::Comparison;

/// Characters of the deciding line that are shown, and of each neighbour.
const LINE: usize = 140;
const NEIGHBOUR: usize = 45;
/// A text of one line up to this many characters is shown whole.
const SHORT: usize = 200;

/// What people are shown of a text in which something was looked for, and not found, or found and not wanted. The text is
/// redacted already, so that no cut leaves a piece of a secret.
pub(super) fn excerpt(text: &str, comparison: &Comparison) -> String {
    let lines: Vec<&str> = text.lines().collect();
    if lines.len() <= 1 && text.chars().nth(SHORT).is_none() {
        return Value::from(text).to_string();
    }
    let (index, at) = match comparison {
        Comparison::NotContains(part) => match text.find(part.as_str()) {
            Some(at) => {
                let before = text[..at].matches('\n').count();
                let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
                (before, at - start)
            }
            None => return "it stands in what is redacted".to_owned(),
        },
        Comparison::Contains(part) => (nearest(&lines, part), 0),
        Comparison::Matches(pattern) => (nearest(&lines, pattern), 0),
        _ => (0, 0),
    };
    let Some(line) = lines.get(index) else {
        return Value::from(text).to_string();
    };
    let mut shown = format!("line {} of {}: “{}”", index + 1, lines.len(), around(line, at));
    let neighbours = [("before", index.checked_sub(1)), ("after", index.checked_add(1))];
    for (word, place) in neighbours {
        if let Some(next) = place
            .and_then(|place| lines.get(place))
            .filter(|next| !next.trim().is_empty())
        {
            shown.push_str(&format!("; {word} it “{}”", start_of(next.trim(), NEIGHBOUR)));
        }
    }
    shown
}

/// The line that shares most words with what was looked for, the last of several; else the last that says anything.
fn nearest(lines: &[&str], wanted: &str) -> usize {
    let words = |text: &str| -> Vec<String> {
        let words = text.split(|one: char| !one.is_alphanumeric());
        words
            .filter(|word| word.chars().count() > 1)
            .map(str::to_lowercase)
            .collect()
    };
    let wanted = words(wanted);
    let shared = |line: &str| {
        let line = words(line);
        wanted.iter().filter(|word| line.contains(word)).count()
    };
    let said = lines.iter().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let best = said.max_by_key(|(_, line)| shared(line));
    best.map_or(0, |(index, _)| index)
}

/// The part of a line around a place in it.
fn around(line: &str, at: usize) -> String {
    let before = line.get(..at).map_or(0, |before| before.chars().count());
    let skipped = before.saturating_sub(LINE / 3);
    let rest: String = line.chars().skip(skipped).collect();
    let begun = if skipped > 0 { "…" } else { "" };
    format!("{begun}{}", start_of(&rest, LINE))
}

fn start_of(text: &str, most: usize) -> String {
    let mut kept: String = text.chars().take(most).collect();
    if text.chars().nth(most).is_some() {
        kept.push('…');
    }
    kept
}
