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

/// Verbs of waiting: the time behind them is the step's.
const WAITING: [&str; 24] = [
    "wait", "waiting", "watch", "monitor", "observe", "let", "leave", "keep", "pause", "sleep", "soak", "bake", "hold",
    "give", "allow", "stay", "warte", "warten", "attendre", "attendez", "esperar", "espere", "aguardar", "aguarde",
];
/// What says that a time is a limit, a rhythm or an age, and nothing to wait.
const NO_WAITING: [&str; 14] = [
    "last", "past", "every", "each", "per", "older", "younger", "than", "within", "ago", "over", "since", "previous",
    "next",
];

/// Seconds that text tells one to wait: `wait 2 minutes`, `watch it for 15 minutes`.
pub(super) fn waiting_in(text: &str) -> Option<u64> {
    if !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let lower = text.to_lowercase();
    lower.split(['.', '!', '?', ';', '\n']).find_map(waiting_in_clause)
}

fn waiting_in_clause(clause: &str) -> Option<u64> {
    let mut waits = false;
    let mut stopped = false;
    let mut words = clause
        .split(|c: char| !c.is_alphanumeric() && !matches!(c, '<' | '>' | '/'))
        .filter(|word| !word.is_empty())
        .peekable();
    while let Some(word) = words.next() {
        if WAITING.contains(&word) {
            (waits, stopped) = (true, false);
        } else if NO_WAITING.contains(&word) || word.contains(['<', '>', '/']) {
            stopped = true;
        } else if word.bytes().all(|byte| byte.is_ascii_digit()) {
            let Some(unit) = words.peek().and_then(|next| unit(next)) else {
                continue;
            };
            if waits && !stopped {
                return word
                    .parse::<u64>()
                    .ok()?
                    .checked_mul(unit)
                    .filter(|&seconds| seconds > 0);
            }
        } else if let Some(seconds) =
            duration(word).filter(|_| waits && !stopped && word.starts_with(|c: char| c.is_ascii_digit()))
        {
            return Some(seconds);
        }
    }
    None
}

fn unit(word: &str) -> Option<u64> {
    match word {
        "s" | "sec" | "secs" | "second" | "seconds" | "sekunden" | "secondes" | "segundos" => Some(1),
        "min" | "mins" | "minute" | "minutes" | "minuten" | "minuto" | "minutos" => Some(60),
        "h" | "hour" | "hours" | "stunde" | "stunden" | "heure" | "heures" | "hora" | "horas" => Some(3600),
        "day" | "days" | "tag" | "tage" | "jour" | "jours" | "día" | "días" | "dia" | "dias" => Some(86_400),
        _ => None,
    }
}

/// Words that may stand beside a duration in brackets.
const ABOUT: [&str; 22] = [
    "about",
    "approx",
    "approximately",
    "ca",
    "circa",
    "max",
    "maximum",
    "up",
    "to",
    "takes",
    "est",
    "estimated",
    "estimate",
    "duration",
    "time",
    "at",
    "most",
    "roughly",
    "around",
    "first",
    "timebox",
    "total",
];

/// The duration that a title has in brackets, and nothing else in them: `Migrate (5 min)`, `Soak (about 2 hours)`.
pub(super) fn bracketed_time(title: &str) -> Option<u64> {
    let (_, inside) = title.rsplit_once('(')?;
    let inside = inside.split(')').next()?.to_lowercase();
    if inside.contains(['<', '>', '/', '≥', '≤']) {
        return None;
    }
    let fits = |word: &str| {
        word.bytes().all(|byte| byte.is_ascii_digit())
            || unit(word).is_some()
            || ABOUT.contains(&word)
            || duration(word).is_some()
    };
    let words = || {
        inside
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
    };
    if !words().all(fits) {
        return None;
    }
    duration_in(&inside).or_else(|| words().find_map(duration))
}
