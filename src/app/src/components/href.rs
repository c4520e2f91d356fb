//! Addresses that are made of names: each name is one segment, whatever its letters.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What no address leaves as it is.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A segment of a path, or the value of a query.
#[must_use]
pub fn encoded(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

/// A runbook's page.
#[must_use]
pub fn runbook_href(runbook: &str) -> String {
    format!("/runbooks/{}", encoded(runbook))
}

/// Where a procedure is started, with what its form is filled in with.
#[must_use]
pub fn start_href(runbook: &str, procedure: &str, filled_in: &[(&str, &str)]) -> String {
    let mut href = format!("{}/start/{}", runbook_href(runbook), encoded(procedure));
    let mut before = '?';
    for (name, value) in filled_in {
        href += &format!("{before}{name}={}", encoded(value));
        before = '&';
    }
    href
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_stays_one_segment() {
        assert_eq!(start_href("my-book", "out", &[]), "/runbooks/my-book/start/out");
        assert_eq!(
            start_href("a/b?", "ü#", &[("version", "v1 & more"), ("seed", "1")]),
            "/runbooks/a%2Fb%3F/start/%C3%BC%23?version=v1%20%26%20more&seed=1"
        );
    }
}
