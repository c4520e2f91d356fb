//! Time spans as people write them: `"500ms"`, `"10s"`, `"15m"`, `"24h"`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::config::Span;

const UNITS: [(&str, u64); 4] = [("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)];

/// A text that is not a time span.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{text}” is not a time span; write a whole number and a unit, such as \"500ms\", \"10s\", \"15m\" or \"24h\"")]
pub struct SpanError {
    /// What was written.
    pub text: String,
}

impl Span {
    /// A span of milliseconds.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self { millis }
    }

    /// The span for programs.
    #[must_use]
    pub const fn duration(self) -> Duration {
        Duration::from_millis(self.millis)
    }

    /// Whole seconds, rounded up, so that a span of half a second is not said to be none.
    #[must_use]
    pub const fn seconds(self) -> u64 {
        self.millis.div_ceil(1000)
    }
}

impl fmt::Display for Span {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.millis == 0 {
            return formatter.write_str("0s");
        }
        let (unit, size) = UNITS
            .into_iter()
            .find(|(_, size)| self.millis.is_multiple_of(*size))
            .unwrap_or(("ms", 1));
        write!(formatter, "{}{unit}", self.millis / size)
    }
}

impl FromStr for Span {
    type Err = SpanError;

    fn from_str(text: &str) -> Result<Self, SpanError> {
        let error = || SpanError { text: text.to_owned() };
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = text.split_at(digits);
        let size = UNITS.into_iter().find(|(name, _)| *name == unit).ok_or_else(error)?.1;
        let number: u64 = number.parse().map_err(|_| error())?;
        Ok(Self {
            millis: number.checked_mul(size).ok_or_else(error)?,
        })
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_and_written() {
        for (text, millis) in [
            ("500ms", 500),
            ("10s", 10_000),
            ("15m", 900_000),
            ("24h", 86_400_000),
            ("0s", 0),
        ] {
            assert_eq!(text.parse(), Ok(Span { millis }), "{text}");
            assert_eq!(Span { millis }.to_string(), text);
        }
        assert_eq!(Span { millis: 1500 }.to_string(), "1500ms");
        assert_eq!(Span { millis: 90_000 }.to_string(), "90s");
    }

    #[test]
    fn what_is_not_a_span_is_refused() {
        for text in [
            "",
            "10",
            "s",
            "1.5s",
            "-1s",
            "10 s",
            "10S",
            "1d",
            "99999999999999999999s",
            "18446744073709551615h",
        ] {
            assert!(text.parse::<Span>().is_err(), "{text}");
        }
    }
}
