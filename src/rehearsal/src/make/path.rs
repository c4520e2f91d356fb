//! The JSONPaths that documents are made for: names, indexes and `*`.

/// A step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// `.name`, `['name']`, `["name"]`.
    Name(String),
    /// `[2]`.
    Index(usize),
    /// `[-1]`, as 1.
    FromEnd(usize),
    /// `[*]`, `.*`.
    Each,
}

/// The steps of a path; none for paths of another kind.
pub(crate) fn steps(path: &str) -> Option<Vec<Step>> {
    let mut rest = path.trim().strip_prefix('$')?;
    let mut steps = Vec::new();
    while !rest.is_empty() {
        let (step, after) = if let Some(inner) = rest.strip_prefix('[') {
            bracketed(inner.trim_start())?
        } else {
            dotted(rest.strip_prefix('.')?)?
        };
        steps.push(step);
        rest = after;
    }
    Some(steps)
}

fn dotted(rest: &str) -> Option<(Step, &str)> {
    if let Some(after) = rest.strip_prefix('*') {
        return Some((Step::Each, after));
    }
    let end = rest.find(['.', '[', ' ']).unwrap_or(rest.len());
    let (name, after) = rest.split_at(end);
    let plain = |character: char| character.is_alphanumeric() || character == '_' || !character.is_ascii();
    (!name.is_empty() && name.chars().all(plain)).then(|| (Step::Name(name.to_owned()), after))
}

fn bracketed(inner: &str) -> Option<(Step, &str)> {
    let (step, after) = match inner.chars().next()? {
        '*' => (Step::Each, &inner[1..]),
        quote @ ('\'' | '"') => {
            let end = inner[1..].find(quote)? + 1;
            let name = &inner[1..end];
            // Escapes are rare enough to be left out.
            if name.contains('\\') {
                return None;
            }
            (Step::Name(name.to_owned()), &inner[end + 1..])
        }
        _ => {
            let end = inner.find([']', ' ']).unwrap_or(inner.len());
            let (digits, after) = inner.split_at(end);
            let step = match digits.strip_prefix('-') {
                Some(digits) => Step::FromEnd(digits.parse().ok().filter(|back| *back > 0)?),
                None => Step::Index(digits.parse().ok()?),
            };
            (step, after)
        }
    };
    after.trim_start().strip_prefix(']').map(|after| (step, after))
}

#[cfg(test)]
mod tests {
    use super::{Step, steps};

    #[test]
    fn simple_paths_are_read() {
        let name = |name: &str| Step::Name(name.to_owned());
        for (path, expected) in [
            ("$", vec![]),
            ("$.a.b_c", vec![name("a"), name("b_c")]),
            ("$['a b'][\"c.d\"]", vec![name("a b"), name("c.d")]),
            ("$.a[0][ -1 ]", vec![name("a"), Step::Index(0), Step::FromEnd(1)]),
            ("$.a[*].b.*", vec![name("a"), Step::Each, name("b"), Step::Each]),
        ] {
            assert_eq!(steps(path), Some(expected), "{path}");
        }
        for path in [
            "a",
            "$..a",
            "$.a[?@.b]",
            "$.a[0:2]",
            "$.a[0,1]",
            "$['it\\'s']",
            "$.a[-0]",
            "$.a[",
        ] {
            assert_eq!(steps(path), None, "{path}");
        }
    }
}
