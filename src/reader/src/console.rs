//! Fences that show a terminal: what was typed after a prompt, and what was printed.

/// A part of such a fence.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Typed {
    pub text: String,
    /// The number of lines of the fence before it.
    pub line: u32,
    /// It was printed, and not typed.
    pub printed: bool,
}

/// Takes a terminal's text apart; none where its first line has no prompt.
pub(super) fn typed(text: &str) -> Option<Vec<Typed>> {
    let first = text.lines().find(|line| !line.trim().is_empty() && !is_comment(line))?;
    let quoted = first.trim_start().starts_with("> ");
    if prompt(first).is_none() && !quoted {
        return None;
    }
    // `>` at each line is a prompt; below other prompts it goes on with a command or was printed.
    let only_quoted = quoted
        && text
            .lines()
            .all(|line| line.trim().is_empty() || line.trim_start().starts_with('>'));
    if quoted && !only_quoted {
        return None;
    }
    let mut parts: Vec<Typed> = Vec::new();
    let mut goes_on = false;
    for (at, line) in (0..).zip(text.lines()) {
        let own = if only_quoted {
            line.trim_start().strip_prefix('>').map(str::trim_start)
        } else {
            prompt(line)
        };
        let (printed, piece) = match own {
            Some(command) => (false, command),
            None if goes_on => (false, line.strip_prefix("> ").unwrap_or(line)),
            None if is_comment(line) => (false, line.trim_start()),
            None => (true, line.strip_prefix("> ").unwrap_or(line)),
        };
        goes_on = !printed && !is_comment(piece) && piece.trim_end().ends_with(['\\', '`', '|', '^', '(', '{'])
            || goes_on && piece.trim().is_empty();
        if piece.trim().is_empty() && parts.last().is_none_or(|last| !last.printed) {
            continue;
        }
        match parts.last_mut() {
            Some(last) if last.printed == printed => {
                last.text.push('\n');
                last.text.push_str(piece.trim_end());
            }
            _ => parts.push(Typed {
                text: piece.trim_end().to_owned(),
                line: at,
                printed,
            }),
        }
    }
    Some(parts)
}

/// Whether a fence has nothing but comments: words to read, and nothing to run.
pub(super) fn only_comments(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty()).peekable();
    lines.peek().is_some() && lines.all(is_comment)
}

pub(super) fn is_comment(line: &str) -> bool {
    let line = line.trim_start();
    ["#", "//", "-- ", "--\t", "::", "REM ", "rem "]
        .iter()
        .any(|mark| line.starts_with(mark))
        && !line.starts_with("#!")
        || line == "--"
}

/// What stands behind a prompt: `$ `, `PS C:\>`, `C:\>`, `>>> `, `mysql> `, `shop=# `, `ana@host:~$ `.
fn prompt(line: &str) -> Option<&str> {
    let line = line.trim_start();
    if let Some(rest) = ["$ ", "% ", ">>> ", "PS> ", "PS>", "❯ ", "➜ "]
        .iter()
        .find_map(|mark| line.strip_prefix(mark))
    {
        return Some(rest.trim_start());
    }
    if line == "$" {
        return Some("");
    }
    if line.starts_with("PS ") || line.as_bytes().get(1) == Some(&b':') && line.as_bytes().get(2) == Some(&b'\\') {
        let (path, rest) = line.split_once('>')?;
        return (!path.contains(['|', '"'])).then(|| rest.trim_start());
    }
    let (head, rest) = line.split_once(' ')?;
    let shell = head
        .strip_suffix(['$', '#'])
        .is_some_and(|name| name.contains('@') && (name.contains(':') || name.ends_with(']')) || name.ends_with('='));
    let client = head.strip_suffix('>').is_some_and(|name| {
        matches!(
            name,
            "mysql" | "redis" | "mongo" | "mongosh" | "sqlite" | "psql" | "SQL" | "MariaDB" | "test"
        ) || name.ends_with('=')
    });
    (shell || client).then(|| rest.trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Vec<(bool, String)> {
        let found = typed(text).unwrap_or_default();
        found.into_iter().map(|part| (part.printed, part.text)).collect()
    }

    #[test]
    fn what_was_typed_is_told_from_what_was_printed() {
        assert_eq!(
            parts("$ ./verify.sh\n> Checking\n> Good\n$ ls \\\n    -l\nfile\n"),
            [
                (false, "./verify.sh".to_owned()),
                (true, "Checking\nGood".to_owned()),
                (false, "ls \\\n    -l".to_owned()),
                (true, "file".to_owned())
            ]
        );
    }

    #[test]
    fn prompts_of_many_shells() {
        for (line, typed) in [
            ("PS C:\\Users\\ana> Get-Date", "Get-Date"),
            ("PS> Get-Date", "Get-Date"),
            ("C:\\>dir", "dir"),
            ("ana@host:~$ ls", "ls"),
            ("shop=# SELECT 1;", "SELECT 1;"),
            ("> npm test", "npm test"),
        ] {
            assert_eq!(parts(line), [(false, typed.to_owned())], "{line}");
        }
        for line in ["ls -l", "echo $HOME", "<html>", "SELECT 1;", ""] {
            assert_eq!(typed(line), None, "{line}");
        }
    }

    #[test]
    fn comments_alone_are_words() {
        assert!(
            only_comments("# In the browser:\n\n# Menu\n") && !only_comments("# First\nls\n") && !only_comments("\n")
        );
    }
}
