//! Taking examples out of the README, so that what it says is what is tested.

/// A fenced code block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fence {
    /// The fence's first word: `toml`, `markdown`, `bash`.
    pub language: String,
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
                let language = line[ticks..].split_whitespace().next().unwrap_or("").to_owned();
                open = Some((
                    ticks,
                    Fence {
                        language,
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
        let text = "a\n````markdown\n```bash\nls\n```\n````\n```toml title\nx = 1\n```\n";
        let found = fences(text);
        let fence = |language: &str, text: &str| Fence {
            language: language.into(),
            text: text.into(),
        };
        assert_eq!(
            found,
            [fence("markdown", "```bash\nls\n```\n"), fence("toml", "x = 1\n")]
        );
    }
}
