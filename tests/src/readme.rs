//! Taking examples out of the README, so that what it says is what is tested.

/// A fenced code block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fence {
    /// The fence's first word: `toml`, `markdown`, `bash`.
    pub language: String,
    /// The fence's second word: the file that the block is the content of.
    pub file: Option<String>,
    /// What stands in it.
    pub text: String,
}

/// The fenced blocks of a Markdown text, in order. A fence is closed by one at least as long.
#[must_use]
pub fn fences(markdown: &str) -> Vec<Fence> {
    let mut found = Vec::new();
    let mut open: Option<(usize, Fence)> = None;
    for line in markdown.lines() {
        let ticks = line.bytes().take_while(|byte| *byte == b'`').count();
        match &mut open {
            None if ticks >= 3 => {
                let mut words = line[ticks..].split_whitespace().map(str::to_owned);
                let language = words.next().unwrap_or_default();
                open = Some((
                    ticks,
                    Fence {
                        language,
                        file: words.next(),
                        text: String::new(),
                    },
                ));
            }
            None => {}
            Some((opened, _)) if ticks >= *opened && line[ticks..].trim().is_empty() => {
                found.extend(open.take().map(|(_, fence)| fence));
            }
            Some((_, fence)) => {
                fence.text.push_str(line);
                fence.text.push('\n');
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Fence, fences};

    #[test]
    fn a_longer_fence_holds_shorter_ones() {
        let text = "a\n````markdown\n```bash\nls\n```\n````\n```toml a.toml\nx = 1\n```\n";
        let found = fences(text);
        let fence = |language: &str, file: Option<&str>, text: &str| Fence {
            language: language.into(),
            file: file.map(str::to_owned),
            text: text.into(),
        };
        let expected = [
            fence("markdown", None, "```bash\nls\n```\n"),
            fence("toml", Some("a.toml"), "x = 1\n"),
        ];
        assert_eq!(found, expected);
    }
}
