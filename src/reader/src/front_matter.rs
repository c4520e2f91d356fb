//! Front matter: what a file says about itself before its Markdown begins, as YAML between `---` or TOML between `+++`.

use holdpoint_domain::runbook::Metadata;

/// Lines that front matter has at most; what is longer is Markdown between two rules.
const LONGEST: usize = 200;

/// Front matter and where the Markdown begins.
pub(super) struct FrontMatter<'a> {
    /// With its marks, as written.
    pub text: &'a str,
    /// The length of its text, in bytes.
    pub end: usize,
    pub language: &'static str,
}

/// The front matter at the start of a text. Only what looks like it all through is.
pub(super) fn front_matter(text: &str) -> Option<FrontMatter<'_>> {
    let (mark, language) = if text.starts_with("---") {
        ("---", "yaml")
    } else if text.starts_with("+++") {
        ("+++", "toml")
    } else {
        return None;
    };
    let mut end = 0;
    let mut keys = false;
    for (at, line) in text.split_inclusive('\n').enumerate().take(LONGEST) {
        end += line.len();
        let bare = line.trim_end();
        if at == 0 {
            if bare != mark {
                return None;
            }
            continue;
        }
        if bare == mark || language == "yaml" && bare == "..." {
            return keys.then_some(FrontMatter {
                text: &text[..end],
                end,
                language,
            });
        }
        let key = key_value(bare, language).is_some();
        keys |= key;
        let goes_on =
            bare.is_empty() || bare.starts_with([' ', '\t', '#', '[', ']', '}', '"']) || bare.starts_with("- ");
        // A first line that goes on with nothing is Markdown.
        if !key && !(goes_on && (keys || bare.starts_with('#') && bare.starts_with("# "))) {
            return None;
        }
    }
    None
}

impl FrontMatter<'_> {
    /// Its keys with a value on the same line.
    pub fn metadata(&self) -> Vec<Metadata> {
        let lines = self
            .text
            .lines()
            .skip(1)
            .filter(|line| !line.starts_with([' ', '\t', '#']));
        lines
            .filter_map(|line| key_value(line, self.language))
            .filter(|(_, value)| !value.is_empty() && !value.starts_with(['|', '>', '[', '{', '&', '*']))
            .map(|(name, value)| Metadata {
                name: name.to_owned(),
                value: value.to_owned(),
            })
            .collect()
    }

    /// The value of a key.
    pub fn value(&self, key: &str) -> Option<String> {
        let found = self
            .metadata()
            .into_iter()
            .find(|one| one.name.eq_ignore_ascii_case(key));
        found.map(|one| one.value)
    }
}

fn key_value<'a>(line: &'a str, language: &str) -> Option<(&'a str, &'a str)> {
    let (name, value) = line.split_once(if language == "toml" { '=' } else { ':' })?;
    let name = name.trim_end().trim_matches('"');
    let plain = name.starts_with(char::is_alphabetic)
        && name
            .chars()
            .all(|one| one.is_alphanumeric() || matches!(one, '_' | '-' | '.'));
    let apart = language == "toml" || value.is_empty() || value.starts_with([' ', '\t']);
    let value = value.trim();
    let unquoted = ['"', '\'']
        .iter()
        .find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote))
        .unwrap_or(value);
    (plain && apart).then_some((name, unquoted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_looks_like_front_matter_all_through_is() {
        let yaml =
            front_matter("---\nname: Release\nlabels:\n  - a\ntitle: \"X: y\"\n---\n# T\n").expect("front matter");
        assert_eq!(
            (yaml.value("title").as_deref(), yaml.value("NAME").as_deref()),
            (Some("X: y"), Some("Release"))
        );
        assert!(front_matter("+++\ntitle = \"A\"\n+++\n").is_some());
        for text in [
            "---\n\nText.\n\n---\n",
            "---\nWhy: because it must be so\nand so on\n---\n",
            "text\n---\na: b\n---\n",
            "---\na: b\n",
            "--- \ntext\n---\n",
        ] {
            assert!(front_matter(text).is_none(), "{text}");
        }
    }
}
