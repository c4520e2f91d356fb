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
        | "ruby" | "javascript" | "js" | "typescript" | "ts" | "terminal" | "ksh" | "csh" | "tcsh" | "nu"
        | "nushell" | "cli" | "shell-script" | "shellscript" | "command" | "mongodb" | "mongo" | "mongosh"
        | "redis" | "cql" | "tsql" | "plsql" => Fence::Command,
        "" | "text" | "txt" | "plain" | "plaintext" | "none" => Fence::Unknown,
        _ => Fence::Text,
    }
}

/// Programs that runbooks call, for fences without a language. In order, for a binary search.
#[rustfmt::skip]
const PROGRAMS: &[&str] = &[
    "7z", "Copy-Item", "Get-ChildItem", "Get-Content", "Get-EventLog", "Get-Process", "Get-Service", "Import-Module",
    "Invoke-RestMethod", "Invoke-Sqlcmd", "Invoke-WebRequest", "New-Item", "Remove-Item", "Restart-Service",
    "Set-Location", "Start-Process", "Start-Service", "Stop-Process", "Stop-Service", "Test-NetConnection",
    "a2ensite", "adb", "airflow", "ansible", "ansible-playbook", "apachectl", "apk", "apt", "apt-get", "argocd",
    "artisan", "asdf", "awk", "aws", "az", "azd", "barman", "base64", "bash", "bazel", "bin/rails", "bolt", "borg",
    "brew", "btrfs", "buildah", "bun", "bundle", "bzr", "cabal", "caddy", "calicoctl", "cap", "cargo", "cassandra",
    "cat", "cd", "cdk", "ceph", "certbot", "cf", "chef-client", "chmod", "choco", "chown", "cilium", "circleci",
    "clojure", "cmake", "composer", "conan", "conda", "consul", "consul-template", "corosync", "cosign", "cp",
    "cqlsh", "crane", "crictl", "crm", "ctr", "curl", "cvs", "dagster", "datadog-agent", "dbt", "deno", "df", "dig",
    "direnv", "dmesg", "dnf", "docker", "docker-compose", "doctl", "dokku", "dotnet", "dpkg", "drbdadm", "du",
    "duckdb", "duplicity", "dvc", "eas", "echo", "eksctl", "electron", "etcd", "etcdctl", "ethtool", "expo", "export",
    "fab", "fastlane", "fdisk", "find", "firebase", "firewall-cmd", "flutter", "flux", "fly", "flyctl", "fsck",
    "gcloud", "gem", "gerrit", "gh", "gh-ost", "git", "glab", "gleam", "gluster", "go", "goreleaser", "gpg", "gpg2",
    "gradle", "grep", "gsutil", "gunzip", "gzip", "haproxy", "hatch", "hcloud", "helm", "helmfile", "heroku", "hg",
    "hostname", "httpie", "hub", "ibmcloud", "iisreset", "ip", "ipmitool", "iptables", "istioctl", "java", "jira",
    "journalctl", "jq", "juju", "jupyter", "k3d", "k3s", "k6", "k9s", "kafka-configs", "kafka-console-consumer",
    "kafka-consumer-groups", "kafka-reassign-partitions", "kafka-topics", "keepalived", "keytool", "kill", "knife",
    "kops", "kubeadm", "kubectl", "kubectx", "kubens", "kustomize", "lein", "lerna", "linkerd", "linode-cli", "ln",
    "logger", "ls", "lsblk", "lsof", "lvextend", "mage", "make", "mc", "md5sum", "mdadm", "memcached", "minikube",
    "mkdir", "mlflow", "mongod", "mongodump", "mongorestore", "mongosh", "mount", "msbuild", "msdeploy", "msiexec",
    "mv", "mvn", "mvnw", "mysql", "mysqldump", "nc", "nerdctl", "net", "netlify", "netsh", "netstat", "newman", "nft",
    "nginx", "nix", "nmap", "node", "nodetool", "nohup", "nomad", "nova", "npm", "npx", "nslookup", "nssm", "nuget",
    "nvm", "oc", "omni", "openssl", "openstack", "p4", "pachctl", "packer", "parted", "patronictl", "pcs", "pdm",
    "pg_basebackup", "pg_ctl", "pg_ctlcluster", "pg_dump", "pg_dumpall", "pg_restore", "pg_rewind", "pgbackrest",
    "pgbench", "pgrep", "php", "ping", "pip", "pip3", "pipenv", "pipx", "pkill", "pm2", "pnpm", "pod", "podman",
    "poetry", "powershell", "prefect", "printenv", "promtool", "ps", "psql", "pt-online-schema-change", "pulumi",
    "puppet", "pwsh", "py", "pyenv", "pytest", "python", "python2", "python3", "rabbitmqctl", "racadm", "rados",
    "rails", "railway", "rake", "rbd", "rclone", "rdiff-backup", "redis-cli", "repmgr", "resize2fs", "restic", "rg",
    "rke2", "rm", "robocopy", "rpm", "rsync", "ruby", "rustup", "rvm", "s3cmd", "salt", "salt-ssh", "sbt", "scala",
    "schtasks", "scp", "screen", "scw", "sed", "semantic-release", "sentry-cli", "serverless", "service", "sfdx",
    "sh", "sha256sum", "shasum", "skaffold", "skopeo", "sls", "smartctl", "snap", "sops", "source", "spark-submit",
    "sqlcmd", "sqlite3", "ssh", "ssh-keygen", "stripe", "su", "sudo", "supabase", "supervisorctl", "supervisord",
    "svn", "swift", "systemctl", "tail", "talosctl", "tar", "tee", "telnet", "terraform", "terragrunt", "tig",
    "timedatectl", "tmux", "touch", "tox", "traceroute", "tsh", "twine", "ufw", "unzip", "uptime", "uv", "uvx",
    "valkey-cli", "varnishadm", "vault", "vcpkg", "velero", "vercel", "vi", "vim", "virsh", "vstest", "wal-g",
    "watch", "wget", "whoami", "wmic", "wp", "wrangler", "xargs", "xcodebuild", "xcopy", "xcrun", "xz", "yarn", "yq",
    "yubikey-manager", "yum", "zfs", "zip", "zpool", "zsh",
];

/// Programs whose names are words of running text, too: what follows them must look like arguments.
const ALSO_WORDS: [&str; 12] = [
    "cat", "echo", "export", "find", "go", "kill", "make", "mount", "screen", "service", "source", "watch",
];

/// Whether a line of text is something that a shell would run.
pub fn is_command_line(line: &str) -> bool {
    let line = line.trim();
    if ["./", ".\\", "../", "$ ", "$env:", "PS> ", "& "]
        .iter()
        .any(|start| line.starts_with(start))
    {
        return true;
    }
    let mut words = line.split_whitespace().skip_while(|word| is_assignment(word));
    let Some(first) = words.next() else { return false };
    let program = |name: &str| PROGRAMS.binary_search(&name).is_ok();
    if first == "sudo" {
        return words.next().is_some();
    }
    let name = first.rsplit(['/', '\\']).next().unwrap_or(first);
    let path = first.len() > name.len()
        && (program(name) || first.starts_with(['~', '.']) || first.matches('/').count() > 1 && first.starts_with('/'));
    if !program(first) && !path {
        return false;
    }
    let Some(second) = words.next() else { return false };
    if ALSO_WORDS.contains(&first) {
        let word = second.trim_end_matches([',', '.', ':']);
        return ![
            "sure", "the", "a", "an", "all", "it", "that", "to", "on", "for", "every", "out", "is", "in", "over",
            "through", "back", "and", "your", "any",
        ]
        .contains(&word);
    }
    true
}

/// `NAME=value` before a program.
fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty()
            && name.chars().all(|one| one.is_ascii_alphanumeric() || one == '_')
            && !name.starts_with(|one: char| one.is_ascii_digit())
    })
}

/// What stands before code that is a value.
const BEFORE_VALUES: [&str; 12] = [
    "for example",
    "e.g.",
    "eg",
    "for instance",
    "such as",
    " like",
    " at",
    "named",
    "called",
    "z. b.",
    "par exemple",
    "por ejemplo",
];
/// What stands before code that is to be run.
const BEFORE_COMMANDS: [&str; 22] = [
    "run",
    "runs",
    "running",
    "execute",
    "invoke",
    "issue",
    "type",
    "enter",
    "using",
    "with",
    "via",
    "by",
    "through",
    "command",
    "call",
    "ausführen",
    "exécuter",
    "exécutez",
    "ejecutar",
    "ejecute",
    "executar",
    "execute",
];

/// Whether code within a line is something to run: it is a command by itself, or the words before it say so. `ends` tells that a colon or a
/// dash stands before it, and nothing behind.
pub fn is_inline_command(before: &str, code: &str, ends: bool) -> bool {
    let code = code.trim();
    if code.contains("__") || code.contains('\u{2026}') && !code.contains(' ') || !code.contains(char::is_alphabetic) {
        return false;
    }
    let before = before
        .trim_end_matches(|one: char| one.is_whitespace() || matches!(one, ':' | '–' | '—' | '-' | '→' | '(' | '"'));
    let lower = before.to_lowercase();
    let value = BEFORE_VALUES.iter().any(|word| {
        let word = word.trim_start();
        lower
            .strip_suffix(word)
            .is_some_and(|rest| rest.is_empty() || !rest.ends_with(char::is_alphanumeric))
    });
    if is_command_line(code) {
        return !(value && code.starts_with("./"));
    }
    let first = code.split_whitespace().next().unwrap_or_default();
    let plain = first.starts_with(|one: char| one.is_ascii_lowercase() || one == '/' || one == '~')
        && first
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'/' | b'~' | b':'));
    if value || !plain {
        return false;
    }
    let word = lower
        .rsplit(|one: char| !one.is_alphanumeric())
        .next()
        .unwrap_or_default();
    let asked = BEFORE_COMMANDS.contains(&word);
    let words = code.split_whitespace().count();
    ends && words > 1 && !first.ends_with(':')
        || asked
            && (words > 1
                || matches!(word, "run" | "runs" | "running" | "execute" | "command" | "invoke")
                || PROGRAMS.binary_search(&first).is_ok())
}

/// Whether an indented line below a box may be something to run, and is no note, blank or bullet.
pub fn may_run(line: &str) -> bool {
    let line = line.trim();
    if is_command_line(line) {
        return true;
    }
    let bullet = ["- ", "* ", "+ ", "• ", "→", "=>", "<!--"]
        .iter()
        .any(|start| line.starts_with(start));
    let name = line
        .split_once(": ")
        .map_or_else(|| line.strip_suffix(':'), |(name, _)| Some(name));
    let label = name
        .is_some_and(|name| !name.contains(['/', '$', '"', '\'', '=', '-']) && name.split_whitespace().count() <= 4);
    let words = line.split_whitespace().count();
    let sentence = line.starts_with(char::is_uppercase)
        && words > 1
        && !line.contains(['$', '=', '|', '\\', '/', ';'])
        && !line.contains(" -")
        || line.ends_with(['.', '?', '!']) && words > 3;
    !bullet && !label && !sentence && !line.contains("__") && line.is_ascii()
}

/// What a text to send begins with.
const LETTERS: [&str; 17] = [
    "subject:", "to:", "from:", "betreff:", "objet:", "asunto:", "assunto:", "dear ", "hi ", "hi,", "hello", "hallo",
    "bonjour", "hola", "@here", "@channel", "件名",
];
/// Words before a text to send.
const SENT: [&str; 13] = [
    "template",
    "message",
    "announcement",
    "e mail",
    "email",
    "mail",
    "post the following",
    "post this",
    "send this",
    "vorlage",
    "modèle",
    "plantilla",
    "文面",
];

/// Whether a fence holds a text to send, and nothing to run: its first words say so, or the line before it does.
pub fn is_message(lead: &str, text: &str) -> bool {
    let first = text
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default()
        .trim();
    let begins = |word: &&str| {
        first
            .get(..word.len())
            .is_some_and(|start| start.to_lowercase() == **word)
    };
    if LETTERS.iter().any(begins) {
        return true;
    }
    let lead = super::fold::folded(lead);
    SENT.iter().any(|word| super::fold::has(&lead, word)) && !is_command_line(first)
}

/// Box-drawing characters make a picture.
pub fn is_drawing(text: &str) -> bool {
    text.chars()
        .filter(|c| ('\u{2500}'..='\u{257F}').contains(c))
        .take(8)
        .count()
        == 8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_program_stands_once_in_order() {
        assert!(PROGRAMS.is_sorted_by(|one, other| one < other));
    }

    #[test]
    fn a_command_in_a_line_is_told_from_a_value() {
        for (before, code, ends) in [
            ("Run ", "make release", false),
            ("Check the output of ", "kubectl get pods -n shop", false),
            ("Tag it: ", "git tag v<x.y.z>", true),
            ("Build it with ", "tool build", false),
            ("Run ", "deploy", false),
        ] {
            assert!(is_inline_command(before, code, ends), "{before}{code}");
        }
        for (before, code, ends) in [
            ("Traffic cut at: ", "__:__ UTC", true),
            ("Set the title, for example: ", "Shop 1.0.0", true),
            ("Look at ", "loaves.txt", true),
            ("Run the ", "release.yml", false),
            ("The branch is called: ", "release next", true),
        ] {
            assert!(!is_inline_command(before, code, ends), "{before}{code}");
        }
    }

    #[test]
    fn words_that_are_programs_too_need_arguments() {
        assert!(is_command_line("make dist") && is_command_line("FOO=1 sudo systemctl restart x"));
        assert!(!is_command_line("make sure that it works") && !is_command_line("go to the page"));
    }
}
