//! The formats of exports.

use serde::{Deserialize, Serialize};

/// What the JSON export calls itself.
pub const FORMAT: &str = "holdpoint-session";
/// The version of the JSON export.
pub const FORMAT_VERSION: u64 = 1;

/// What writes exports: the version of Holdpoint, and the number of the rules by which a summary is made
/// ([`holdpoint_domain::summary::RULES`]).
pub const MADE_BY: &str = concat!(env!("CARGO_PKG_VERSION"), "+rules.1");

/// A format to export in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// An incident report ready to fill in.
    Md,
    /// Everything, with the chain: what `holdpoint verify` checks.
    Json,
    /// The timeline as a table.
    Csv,
    /// The report as a page of its own.
    Html,
    /// All of these in one archive, with what every gate said and a manifest.
    Zip,
}

impl Format {
    /// Every format, in the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::Md, Self::Html, Self::Json, Self::Csv, Self::Zip];

    /// The media type of the export.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Md => "text/markdown; charset=utf-8",
            Self::Json => "application/json",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Html => "text/html; charset=utf-8",
            Self::Zip => "application/zip",
        }
    }

    /// The ending of its file's name.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Md => "md",
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Html => "html",
            Self::Zip => "zip",
        }
    }
}

#[cfg(test)]
mod tests {
    use holdpoint_domain::summary::RULES;

    use super::*;

    #[test]
    fn what_an_export_is_made_by_names_the_rules() {
        assert!(MADE_BY.ends_with(&format!("+rules.{RULES}")), "{MADE_BY}");
    }
}
