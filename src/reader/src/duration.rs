//! Durations in annotations, titles and running text.

/// Seconds in `15m`, `2h`, `90s`, `1h30m`.
pub(super) fn duration(text: &str) -> Option<u64> {
    let mut total = 0_u64;
    let mut number: Option<u64> = None;
    for byte in text.bytes() {
        if byte.is_ascii_digit() {
            number = Some(
                number
                    .unwrap_or(0)
                    .checked_mul(10)?
                    .checked_add(u64::from(byte - b'0'))?,
            );
        } else {
            let unit = match byte {
                b's' => 1,
                b'm' => 60,
                b'h' => 3600,
                b'd' => 86_400,
                _ => return None,
            };
            total = total.checked_add(number.take()?.checked_mul(unit)?)?;
        }
    }
    (number.is_none() && total > 0).then_some(total)
}

/// Seconds in the first duration of running text: `(5 min)`, `First 15 Minutes`, `First Hour`, `24 hours`.
pub(super) fn duration_in(text: &str) -> Option<u64> {
    let lower = text.to_ascii_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| word.contains(char::is_alphanumeric))
        .collect();
    for (at, word) in words.iter().enumerate() {
        let Some(unit) = unit(word) else { continue };
        let before = at.checked_sub(1).map(|before| words[before]);
        if let Some(number) = before.and_then(|before| before.parse::<u64>().ok()) {
            return number.checked_mul(unit).filter(|&seconds| seconds > 0);
        }
        if before == Some("first") || before == Some("one") {
            return Some(unit);
        }
    }
    None
}

/// Seconds that text tells one to wait: `wait 2 minutes`, `for 15 minutes`.
pub(super) fn waiting_in(text: &str) -> Option<u64> {
    let lower = text.to_ascii_lowercase();
    let mut words = lower
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| word.contains(char::is_alphanumeric));
    let mut before = "";
    while let Some(word) = words.next() {
        if word.bytes().all(|byte| byte.is_ascii_digit()) && (before == "wait" || before == "for") {
            let unit = words.next().and_then(unit)?;
            return word
                .parse::<u64>()
                .ok()?
                .checked_mul(unit)
                .filter(|&seconds| seconds > 0);
        }
        before = word;
    }
    None
}

fn unit(word: &str) -> Option<u64> {
    match word {
        "s" | "sec" | "secs" | "second" | "seconds" => Some(1),
        "min" | "mins" | "minute" | "minutes" => Some(60),
        "h" | "hour" | "hours" => Some(3600),
        "day" | "days" => Some(86_400),
        _ => None,
    }
}

/// The duration that a title has in brackets: `Migrate (5 min)`.
pub(super) fn bracketed_time(title: &str) -> Option<u64> {
    let (_, inside) = title.rsplit_once('(')?;
    duration_in(inside)
}
