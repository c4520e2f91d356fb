//! Decimal numbers that are compared and never computed with.

use std::cmp::Ordering;
use std::fmt;

use serde_json::Number;

/// A decimal number: its digits, whatever their count. Equal are those of the same value: `1`, `1.0` and `10e-1`.
#[derive(Clone, Debug)]
pub struct Decimal {
    /// As it was written.
    text: String,
    negative: bool,
    /// Without zeros at either end; none for zero.
    digits: String,
    /// The value is `0.DIGITS × 10^exponent`.
    exponent: i64,
}

impl Decimal {
    /// Reads a number as JSON and PostgreSQL write them: `-12.50`, `1e5`. None for anything else, `NaN` and `Infinity` too, and for
    /// an exponent that does not fit.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
            None => (rest, 0),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((_, "")) => return None,
            Some(parts) => parts,
            None => (mantissa, ""),
        };
        let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !is_digits(whole) || !is_digits(fraction) {
            return None;
        }
        let all = format!("{whole}{fraction}");
        let significant = all.trim_start_matches('0');
        let leading = i64::try_from(all.len() - significant.len()).ok()?;
        let digits = significant.trim_end_matches('0').to_owned();
        let exponent = if digits.is_empty() {
            0
        } else {
            exponent
                .checked_add(i64::try_from(whole.len()).ok()?)?
                .checked_sub(leading)?
        };
        Some(Self {
            text: text.to_owned(),
            negative: negative && !digits.is_empty(),
            digits,
            exponent,
        })
    }

    /// How many significant digits it has.
    #[must_use]
    pub fn significant_digits(&self) -> usize {
        self.digits.len()
    }

    fn sign(&self) -> i8 {
        match (self.digits.is_empty(), self.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        }
    }
}

/// A float is the shortest text that means it.
impl From<&Number> for Decimal {
    fn from(number: &Number) -> Self {
        Self::parse(&number.to_string()).expect("serde_json writes a number as JSON")
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Decimal {}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        // Digits that begin after the point compare as texts do: a longer one is larger than what it begins with.
        let magnitude = || (self.exponent, &self.digits).cmp(&(other.exponent, &other.digits));
        self.sign().cmp(&other.sign()).then_with(|| match self.sign() {
            0 => Ordering::Equal,
            1 => magnitude(),
            _ => magnitude().reverse(),
        })
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).unwrap_or_else(|| panic!("{text} is a number"))
    }

    #[test]
    fn numbers_stand_in_their_order() {
        let rising = [
            "-1e20",
            "-1780921717355446273",
            "-1780921717355446272",
            "-2",
            "-1.5",
            "-0.1",
            "0",
            "1e-30",
            "0.01",
            "0.099999999999999999999",
            "0.1",
            "0.1000000000000000055",
            "0.5",
            "1",
            "1.5",
            "2",
            "9",
            "10",
            "9007199254740992",
            "9007199254740992.5",
            "9007199254740993",
            "1780921717355446272",
            "1780921717355446273",
            "1e20",
        ];
        for (index, one) in rising.iter().enumerate() {
            for (place, other) in rising.iter().enumerate() {
                assert_eq!(decimal(one).cmp(&decimal(other)), index.cmp(&place), "{one} {other}");
            }
        }
    }

    #[test]
    fn one_value_has_many_texts() {
        for (one, other) in [
            ("1", "1.0"),
            ("0", "-0.000"),
            ("100", "1e2"),
            ("0.5", "5E-1"),
            ("007", "7"),
            ("0e9", "0"),
        ] {
            assert_eq!(decimal(one), decimal(other));
        }
        for text in [
            "",
            "-",
            ".5",
            "5.",
            "1e",
            "+1",
            "NaN",
            "Infinity",
            "0x1",
            "1 ",
            "1_0",
            "e5",
            "1e99999999999999999999",
        ] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }
}
