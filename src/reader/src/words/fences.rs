//! The languages of fences, and the programs that command lines begin with.

/// What a fence holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fence {
    Command,
    /// Anything: a drawing, a path, instructions, or a command without a language.
    Unknown,
    /// Data or output.
    Text,
}

/// The meaning of a fence's language.
pub fn fence(language: &str) -> Fence {
    match language.to_ascii_lowercase().as_str() {
        "powershell" | "pwsh" | "ps1" | "ps" | "posh" | "bash" | "sh" | "shell" | "zsh" | "fish" | "console"
        | "shell-session" | "shellsession" | "cmd" | "bat" | "batch" | "dos" | "sql" | "psql" | "pgsql"
        | "postgresql" | "mysql" | "sqlite" | "python" | "py" | "http" | "make" | "makefile" | "dockerfile"
        | "ruby" | "javascript" | "js" | "typescript" | "ts" => Fence::Command,
        "" | "text" | "txt" | "plain" | "plaintext" | "none" => Fence::Unknown,
        _ => Fence::Text,
    }
}

/// Programs that runbooks call, for fences without a language.
const PROGRAMS: [&str; 34] = [
    "cd",
    "git",
    "npm",
    "npx",
    "yarn",
    "pnpm",
    "node",
    "python",
    "python3",
    "pip",
    "psql",
    "pg_dump",
    "curl",
    "wget",
    "railway",
    "cargo",
    "docker",
    "kubectl",
    "helm",
    "terraform",
    "make",
    "bash",
    "sh",
    "pwsh",
    "powershell",
    "ssh",
    "scp",
    "supabase",
    "vercel",
    "gh",
    "aws",
    "gcloud",
    "az",
    "systemctl",
];

/// Whether a line of text is something that a shell would run.
pub fn is_command_line(line: &str) -> bool {
    let line = line.trim();
    if ["./", ".\\", "../", "$ ", "$env:", "PS> "]
        .iter()
        .any(|start| line.starts_with(start))
    {
        return true;
    }
    let mut words = line.split_whitespace();
    words.next().is_some_and(|first| PROGRAMS.contains(&first)) && words.next().is_some()
}

/// Box-drawing characters make a picture.
pub fn is_drawing(text: &str) -> bool {
    text.chars()
        .filter(|c| ('\u{2500}'..='\u{257F}').contains(c))
        .take(8)
        .count()
        == 8
}
