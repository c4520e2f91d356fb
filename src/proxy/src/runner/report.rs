//! What a guard tells the proxy of its program: one line for each report.

use std::fmt;

/// What became of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Report {
    /// It could not be started, for this reason of the system's.
    NotStarted(i32),
    /// It runs, and this is its id.
    Started(i32),
    /// It is over, with this status as the system has it. Nothing of its group is left.
    Ended(i32),
}

impl fmt::Display for Report {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotStarted(reason) => writeln!(to, "not-started {reason}"),
            Self::Started(id) => writeln!(to, "started {id}"),
            Self::Ended(status) => writeln!(to, "ended {status}"),
        }
    }
}

impl Report {
    /// Reads a line; what is not a report is none.
    pub(super) fn read(line: &str) -> Option<Self> {
        let (word, number) = line.split_once(' ')?;
        let number = number.parse().ok()?;
        match word {
            "not-started" => Some(Self::NotStarted(number)),
            "started" => Some(Self::Started(number)),
            "ended" => Some(Self::Ended(number)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_read_as_it_was_written() {
        for report in [Report::NotStarted(2), Report::Started(77), Report::Ended(768)] {
            assert_eq!(Report::read(report.to_string().trim_end()), Some(report));
        }
    }

    #[test]
    fn what_is_no_report_is_none() {
        for line in ["", "ended", "ended ", "ended x", "ended 0 0", "passed 0", " ended 0"] {
            assert_eq!(Report::read(line), None, "{line}");
        }
    }
}
