//! Where a runbook's links lead.

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Destination {
    /// To another site, or to a mail program.
    Outside(String),
    /// To a place in this page.
    Here(String),
    /// To a file of the repository that this page does not show.
    File(String),
}

/// Reads a link's target. The reader has already refused every scheme but http, https and mailto; this function refuses
/// them again, because it alone makes the `href`.
pub(super) fn destination(target: &str) -> Destination {
    let lower = target.to_ascii_lowercase();
    if ["http://", "https://", "mailto:"]
        .iter()
        .any(|scheme| lower.starts_with(scheme))
    {
        return Destination::Outside(target.to_owned());
    }
    if target.starts_with('#') {
        return Destination::Here(target.to_owned());
    }
    let (path, fragment) = target.split_once('#').unwrap_or((target, ""));
    let file = path.rsplit('/').next().unwrap_or(path);
    match file.strip_suffix(".md") {
        Some(name) if is_name(name) && !path.contains(':') => {
            let fragment = if fragment.is_empty() {
                String::new()
            } else {
                format!("#{fragment}")
            };
            Destination::Here(format!("/runbooks/{name}{fragment}"))
        }
        _ => Destination::File(target.to_owned()),
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

#[cfg(test)]
mod tests {
    use super::{Destination, destination};

    #[test]
    fn leads_to_other_sites_to_runbooks_and_to_nowhere_else() {
        let outside = |url: &str| Destination::Outside(url.to_owned());
        let here = |url: &str| Destination::Here(url.to_owned());
        let file = |path: &str| Destination::File(path.to_owned());
        let table = [
            ("https://example.org/a#b", outside("https://example.org/a#b")),
            ("mailto:ops@example.org", outside("mailto:ops@example.org")),
            ("#rollback", here("#rollback")),
            ("go-live.md", here("/runbooks/go-live")),
            ("./go-live.md#smoke", here("/runbooks/go-live#smoke")),
            ("../runbooks/release.md#rpcs", here("/runbooks/release#rpcs")),
            ("scripts/doctor.py", file("scripts/doctor.py")),
            ("/etc/passwd", file("/etc/passwd")),
            ("javascript:alert(1)", file("javascript:alert(1)")),
            ("javascript:x/a.md", file("javascript:x/a.md")),
            (".md", file(".md")),
        ];
        for (target, expected) in table {
            assert_eq!(destination(target), expected, "{target}");
        }
    }
}
