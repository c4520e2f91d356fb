//! Durations as `gates.toml` writes them: `"500ms"`, `"10s"`, `"15m"`, `"24h"`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

const UNITS: [(&str, u64); 4] = [("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)];

/// A duration, written as a whole number and one unit: `"500ms"`, `"10s"`, `"15m"`, `"24h"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct HumanDuration {
    /// Milliseconds.
    pub millis: u64,
}

/// A text that is not a duration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{text}” is not a duration; write a whole number and a unit, such as \"500ms\", \"10s\", \"15m\" or \"24h\"")]
#[allow(missing_docs, reason = "its sentence says what it is")]
pub struct ParseDurationError {
    pub text: String,
}

impl HumanDuration {
    /// A duration in milliseconds.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self { millis }
    }

    /// As a standard duration.
    #[must_use]
    pub const fn duration(self) -> Duration {
        Duration::from_millis(self.millis)
    }

    /// Whole seconds, rounded up, so that half a second is not shown as none.
    #[must_use]
    pub const fn seconds(self) -> u64 {
        self.millis.div_ceil(1000)
    }
}

impl fmt::Display for HumanDuration {
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

impl FromStr for HumanDuration {
    type Err = ParseDurationError;

    fn from_str(text: &str) -> Result<Self, ParseDurationError> {
        let error = || ParseDurationError { text: text.to_owned() };
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = text.split_at(digits);
        let size = UNITS.into_iter().find(|(name, _)| *name == unit).ok_or_else(error)?.1;
        let number: u64 = number.parse().map_err(|_| error())?;
        Ok(Self {
            millis: number.checked_mul(size).ok_or_else(error)?,
        })
    }
}

impl Serialize for HumanDuration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for HumanDuration {
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
    fn durations_are_read_and_written() {
        for (text, millis) in [
            ("500ms", 500),
            ("10s", 10_000),
            ("15m", 900_000),
            ("24h", 86_400_000),
            ("0s", 0),
        ] {
            assert_eq!(text.parse(), Ok(HumanDuration { millis }), "{text}");
            assert_eq!(HumanDuration { millis }.to_string(), text);
        }
        assert_eq!(HumanDuration { millis: 1500 }.to_string(), "1500ms");
        assert_eq!(HumanDuration { millis: 90_000 }.to_string(), "90s");
    }

    #[test]
    fn what_is_not_a_duration_is_refused() {
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
            assert!(text.parse::<HumanDuration>().is_err(), "{text}");
        }
    }
}
