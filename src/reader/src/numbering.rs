//! The numbers in front of titles.

/// How a title is numbered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Numbering {
    None,
    /// `3.`, `3.1`, `3)`.
    Plain,
    /// `STEP 3:`, `Phase 2 –`, `Stage 1.`
    Step,
    /// `Scenario A:`: a title with a letter, which is a case and not a step.
    Case,
}

/// A title without its number: (how, number, rest).
pub(super) fn numbered(title: &str) -> (Numbering, Option<String>, &str) {
    let title = title.trim();
    let first_end = title.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(title.len());
    let (word, rest) = title.split_at(first_end);
    if !word.is_empty() {
        let step = ["step", "phase", "stage"]
            .iter()
            .any(|known| word.eq_ignore_ascii_case(known));
        let case = ["scenario", "case", "option"]
            .iter()
            .any(|known| word.eq_ignore_ascii_case(known));
        let numbers = rest.trim_start_matches([' ', '#']);
        if (step || case) && numbers.len() < rest.len() {
            let end = numbers
                .find(|c: char| !c.is_ascii_alphanumeric() && c != '.')
                .unwrap_or(numbers.len());
            let number = numbers[..end].trim_end_matches('.');
            let after = numbers[number.len()..].trim_start();
            let is_number = number.starts_with(|c: char| c.is_ascii_digit()) && number.len() <= 8
                || number.len() == 1 && number.starts_with(|c: char| c.is_ascii_alphabetic());
            let separated = after.is_empty() || after.starts_with([':', '.', '-', '–', '—', ')', '(', '·']);
            if is_number && separated {
                let how = if case { Numbering::Case } else { Numbering::Step };
                let rest = after.trim_start_matches([':', '.', '-', '–', '—', ')', '·', ' ']);
                return (how, Some(number.to_owned()), if rest.is_empty() { title } else { rest });
            }
        }
        return (Numbering::None, None, title);
    }
    let end = title
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(title.len());
    let number = title[..end].trim_end_matches('.');
    let after = &title[number.len()..];
    let dotted = number.contains('.') && after.starts_with(' ');
    let marked = after.starts_with(['.', ')']) && after[1..].starts_with(' ');
    if number.starts_with(|c: char| c.is_ascii_digit()) && number.len() <= 12 && (dotted || marked) {
        let rest = after.trim_start_matches(['.', ')', ' ']);
        if !rest.is_empty() {
            return (Numbering::Plain, Some(number.to_owned()), rest);
        }
    }
    (Numbering::None, None, title)
}
