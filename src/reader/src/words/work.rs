//! Steps that ask for work by hand, by the first word of their titles.

use super::fold::folded;

/// What people do, and a gate only looks at afterwards. Words for looking (*check*, *verify*, *test*, *smoke*) are not among them.
const WORK: [&str; 63] = [
    "add",
    "announce",
    "apply",
    "backfill",
    "begin",
    "bring",
    "click",
    "configure",
    "copy",
    "create",
    "cut",
    "delete",
    "deploy",
    "disable",
    "drain",
    "drop",
    "enable",
    "flip",
    "freeze",
    "grant",
    "import",
    "increase",
    "install",
    "kill",
    "merge",
    "migrate",
    "monitor",
    "move",
    "notify",
    "observe",
    "open",
    "pause",
    "promote",
    "provision",
    "publish",
    "purge",
    "push",
    "put",
    "redeploy",
    "reduce",
    "release",
    "remove",
    "replace",
    "restart",
    "restore",
    "resume",
    "revert",
    "revoke",
    "roll",
    "rollback",
    "rotate",
    "scale",
    "seed",
    "set",
    "shut",
    "start",
    "stop",
    "switch",
    "tag",
    "unfreeze",
    "upload",
    "wait",
    "watch",
];

/// Whether the title begins with a word for work: `SCALE (Bring workers back)`, `Apply the migration`.
pub fn asks_for_work(title: &str) -> bool {
    let title = folded(title);
    let first = title
        .split(|c: char| !c.is_alphanumeric())
        .find(|word| !word.is_empty());
    first.is_some_and(|first| WORK.contains(&first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_told_from_looking_by_the_first_word() {
        for title in [
            "SCALE (Bring workers back)",
            "Apply it like any other",
            "Watch for 15 minutes",
            "**Add** replicas",
        ] {
            assert!(asks_for_work(title), "{title}");
        }
        for title in [
            "VERIFY (contract)",
            "`/health` answers 200",
            "See that the service starts",
            "SMOKE",
            "",
            "Deployment is green",
        ] {
            assert!(!asks_for_work(title), "{title}");
        }
    }

    #[test]
    fn every_word_stands_once_in_order() {
        assert!(WORK.is_sorted_by(|one, other| one < other));
    }
}
