//! Blanks to fill in within a text: `Record time: ____`, `Traffic cut at: __:__ UTC`.

use crate::slug::{UniqueIds, slug};
use holdpoint_domain::runbook::{Field, Part};

/// Words that a label has at most: those right before its blank.
const LONGEST_LABEL: usize = 6;

/// The text without its blanks, and the label of each; none where there is no blank.
pub(super) fn blanks(text: &str) -> Option<(String, Vec<String>)> {
    if !text.contains("__") {
        return None;
    }
    let mut rest = text;
    let mut before = String::new();
    let mut clean = String::new();
    let mut labels: Vec<String> = Vec::new();
    while let Some(at) = rest.find("__") {
        let end = at + rest[at..].find(|one| one != '_').unwrap_or(rest.len() - at);
        let word = |one: Option<char>| one.is_some_and(char::is_alphanumeric);
        let named = word(rest[..at].chars().next_back()) || word(rest[end..].chars().next());
        if named && end - at < 3 {
            before.push_str(&rest[..end]);
            clean.push_str(&rest[..end]);
            rest = &rest[end..];
            continue;
        }
        before.push_str(&rest[..at]);
        clean.push_str(&rest[..at]);
        // Blanks with nothing but marks between them are one: `__:__`, `____/__/__`.
        let joined = !labels.is_empty() && !before.is_empty() && !before.contains(char::is_alphanumeric);
        if !joined {
            labels.push(label(&before));
        }
        before.clear();
        rest = &rest[end..];
    }
    if labels.is_empty() {
        return None;
    }
    clean.push_str(rest);
    let clean = clean
        .split_whitespace()
        .filter(|word| word.contains(|one: char| one.is_alphanumeric() || !one.is_ascii_punctuation()))
        .collect::<Vec<_>>()
        .join(" ");
    let clean = clean.trim_end_matches([':', ' ', '|', '(', '[', '-', '–']).to_owned();
    Some((clean, labels))
}

/// The words right before a blank.
fn label(before: &str) -> String {
    let before = before.trim_end_matches(|one: char| !one.is_alphanumeric() && one != ')');
    let start = before
        .rfind(['|', ';', ',', '.', '(', '•', '\n'])
        .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
    let words: Vec<&str> = before[start..].split_whitespace().collect();
    let label = words[words.len().saturating_sub(LONGEST_LABEL)..].join(" ");
    let label = label
        .trim_matches(|one: char| !one.is_alphanumeric() && one != '(' && one != ')')
        .to_owned();
    if label.is_empty() { "Value".to_owned() } else { label }
}

/// A field for each label.
pub(super) fn fields(labels: Vec<String>) -> impl Iterator<Item = Part> {
    labels.into_iter().map(|label| Part::Field {
        field: Field {
            id: slug(&label),
            label,
        },
    })
}

/// Makes the ids of a step's fields different from each other.
pub(super) fn number_fields(parts: &mut [Part]) {
    let mut ids = UniqueIds::default();
    for part in parts {
        if let Part::Field { field } = part {
            field.id = ids.take(std::mem::take(&mut field.id), 2);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_have_the_words_before_them_as_labels() {
        let found = |text| blanks(text).map(|(clean, labels)| (clean, labels.join("|")));
        let is = |clean: &str, labels: &str| Some((clean.to_owned(), labels.to_owned()));
        assert_eq!(found("Record time: ____"), is("Record time", "Record time"));
        assert_eq!(
            found("Traffic cut at: __:__ UTC"),
            is("Traffic cut at: UTC", "Traffic cut at")
        );
        assert_eq!(found("QA lead: ______ Date: ____"), is("QA lead: Date", "QA lead|Date"));
        assert_eq!(found("______"), is("", "Value"));
        assert_eq!(found("Look at __init__.py"), None);
    }
}
