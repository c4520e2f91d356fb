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

/// Words before a step's number, also in other languages.
const STEPS: [&str; 13] = [
    "step",
    "phase",
    "stage",
    "part",
    "schritt",
    "teil",
    "étape",
    "etape",
    "paso",
    "fase",
    "passo",
    "etapa",
    "ステップ",
];
const CASES: [&str; 4] = ["scenario", "case", "option", "variant"];
const NUMBER_WORDS: [&str; 10] = [
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
];

/// A title without its number: (how, number, rest). Emoji, other signs and *optional* before it are passed over.
pub(super) fn numbered(title: &str) -> (Numbering, Option<String>, &str) {
    let title = title.trim();
    if let Some(found) = number_in(title) {
        return found;
    }
    let mut rest = title;
    loop {
        let bare = rest.trim_start_matches(|one: char| !one.is_alphanumeric() && !one.is_ascii_punctuation());
        let bare = without_optional(bare);
        if bare.len() == rest.len() {
            break;
        }
        rest = bare;
    }
    match number_in(rest).filter(|_| rest.len() < title.len()) {
        Some(found) => found,
        None => (Numbering::None, None, title),
    }
}

/// What stands behind `OPTIONAL`, `(optional)` or `Optional:`.
fn without_optional(title: &str) -> &str {
    let bare = title.trim_start_matches(['(', '[']);
    let Some(word) = bare.get(..8).filter(|word| word.eq_ignore_ascii_case("optional")) else {
        return title;
    };
    bare[word.len()..].trim_start_matches([')', ']', ':', '-', '–', ' '])
}

fn number_in(title: &str) -> Option<(Numbering, Option<String>, &str)> {
    let first_end = title.find(|c: char| !c.is_alphabetic()).unwrap_or(title.len());
    let (word, rest) = title.split_at(first_end);
    if !word.is_empty() {
        return word_and_number(title, word, rest);
    }
    let end = title
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(title.len());
    let number = title[..end].trim_end_matches('.');
    let after = &title[number.len()..];
    // `1️⃣ Draft` has two characters that make a key of its digit.
    if let Some(rest) = after
        .strip_prefix("\u{FE0F}\u{20E3}")
        .or_else(|| after.strip_prefix('\u{20E3}'))
        && number.len() == 1
        && !rest.trim().is_empty()
    {
        return Some((
            Numbering::Step,
            Some(number.to_owned()),
            rest.trim_start_matches([' ', '.', ')', ':', '-', '–']),
        ));
    }
    let dotted = number.contains('.') && after.starts_with(' ');
    let marked = after.starts_with(['.', ')', '、', '．']) && !after.starts_with("..") && {
        let rest = after.trim_start_matches(['.', ')', '、', '．']);
        rest.starts_with(' ') || after.starts_with(['、', '．'])
    };
    if number.starts_with(|c: char| c.is_ascii_digit()) && number.len() <= 12 && (dotted || marked) {
        let rest = after.trim_start_matches(['.', ')', ' ', '、', '．']);
        if !rest.is_empty() {
            return Some((Numbering::Plain, Some(number.to_owned()), rest));
        }
    }
    None
}

/// `Step 3: Go`, `Phase 2 of 5 – Go`, `Stage two`, `手順1 …`, `步骤 2：…`.
fn word_and_number<'a>(title: &'a str, word: &str, rest: &'a str) -> Option<(Numbering, Option<String>, &'a str)> {
    let lower = || word.to_lowercase();
    let known = |words: &[&str]| word.len() <= 12 && words.contains(&lower().as_str());
    let joined = ["手順", "步骤", "步驟", "ステップ", "第"].contains(&word);
    let (step, case) = (joined || known(&STEPS), known(&CASES));
    let numbers = rest.trim_start_matches([' ', '#', '\u{A0}']);
    if !(step || case) || numbers.len() == rest.len() && !joined {
        return None;
    }
    let end = numbers
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '.')
        .unwrap_or(numbers.len());
    let number = numbers[..end].trim_end_matches('.');
    let mut after = numbers[number.len()..].trim_start();
    // `Step 1/5`, `Step 1 of 5`.
    let total = after
        .strip_prefix('/')
        .or_else(|| after.strip_prefix("of "))
        .map(str::trim_start);
    if let Some(total) = total {
        let digits = total.find(|c: char| !c.is_ascii_digit()).unwrap_or(total.len());
        if digits > 0 {
            after = total[digits..].trim_start();
        }
    }
    if joined {
        after = after.trim_start_matches(['步', '歩', '章']);
    }
    let spelt = NUMBER_WORDS
        .iter()
        .position(|known| number.eq_ignore_ascii_case(known))
        .map(|at| (at + 1).to_string());
    let roman = number.len() <= 5 && number.bytes().all(|byte| matches!(byte, b'I' | b'V' | b'X'));
    let is_number = number.starts_with(|c: char| c.is_ascii_digit()) && number.len() <= 8
        || number.len() == 1 && number.starts_with(|c: char| c.is_ascii_alphabetic())
        || spelt.is_some()
        || roman && !number.is_empty();
    let separated =
        after.is_empty() || joined || after.starts_with([':', '.', '-', '–', '—', ')', '(', '·', '：', '|', '→']);
    if !is_number || !separated {
        return None;
    }
    let how = if case { Numbering::Case } else { Numbering::Step };
    let number = spelt.unwrap_or_else(|| number.to_owned());
    let rest = after.trim_start_matches([':', '.', '-', '–', '—', ')', '·', ' ', '：', '|', '→', '、']);
    Some((how, Some(number), if rest.is_empty() { title } else { rest }))
}
