//! What was measured several times.

use std::fmt::{self, Display};

/// What was measured several times, in milliseconds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    sorted: Vec<f64>,
}

impl Figures {
    /// One more.
    pub fn add(&mut self, figure: f64) {
        let place = self.sorted.partition_point(|other| *other < figure);
        self.sorted.insert(place, figure);
    }

    /// The middle one; not a number where there is none.
    #[must_use]
    pub fn median(&self) -> f64 {
        self.at(2)
    }

    /// The one that so many of a hundred are not above; not a number where there is none.
    #[must_use]
    pub fn percentile(&self, percent: usize) -> f64 {
        let rank = (self.sorted.len() * percent).div_ceil(100).max(1);
        self.sorted.get(rank - 1).copied().unwrap_or(f64::NAN)
    }

    /// How many times as large the median is.
    #[must_use]
    pub fn ratio(&self, to: &Self) -> f64 {
        self.median() / to.median()
    }

    /// The figure that this many quarters of all lie below.
    fn at(&self, quarters: usize) -> f64 {
        let last = self.sorted.len().saturating_sub(1);
        self.sorted.get(last * quarters / 4).copied().unwrap_or(f64::NAN)
    }
}

/// The median, and the quartiles that half of all lie between.
impl Display for Figures {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [low, middle, high] = [1, 2, 3].map(|quarters| self.at(quarters));
        if middle < 1000.0 {
            write!(to, "{middle:.1} ms ({low:.1}–{high:.1})")
        } else {
            let [low, middle, high] = [low, middle, high].map(|time| time / 1000.0);
            write!(to, "{middle:.2} s ({low:.2}–{high:.2})")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Figures;

    fn figures(all: &[f64]) -> Figures {
        let mut figures = Figures::default();
        all.iter().for_each(|one| figures.add(*one));
        figures
    }

    #[test]
    fn the_median_and_the_quartiles_are_said() {
        assert_eq!(
            figures(&[30.0, 10.0, 20.0, 50.0, 40.0]).to_string(),
            "30.0 ms (20.0–40.0)"
        );
        assert_eq!(figures(&[2500.0]).to_string(), "2.50 s (2.50–2.50)");
        assert!(Figures::default().median().is_nan());
    }

    #[test]
    fn a_percentile_is_one_of_the_figures() {
        let hundred: Vec<f64> = (1..=100).map(f64::from).collect();
        let hundred = figures(&hundred);
        assert_eq!(
            [0, 50, 95, 100].map(|percent| hundred.percentile(percent)),
            [1.0, 50.0, 95.0, 100.0]
        );
        assert_eq!(figures(&[7.0, 9.0]).percentile(95), 9.0);
        assert!(Figures::default().percentile(95).is_nan());
    }

    #[test]
    fn a_ratio_is_one_of_medians() {
        let ratio = figures(&[10.0, 12.0, 900.0]).ratio(&figures(&[6.0, 4.0, 8.0]));
        assert!((ratio - 2.0).abs() < 1e-9);
    }
}
