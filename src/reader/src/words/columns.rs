//! The words at the head of table columns.

use super::fold::{folded, has};

/// What a table's column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    Title,
    Number,
    Command,
    Expected,
    Fails,
    Checks,
    Why,
    Other,
}

/// The meaning of a column's head.
pub fn column(head: &str) -> Column {
    let folded = folded(head);
    let words = folded.trim();
    let has_word = |word: &str| has(&folded, word);
    if ["no", "nr", "number", ""].contains(&words) {
        return Column::Number;
    }
    let expected = [
        "erwartet",
        "erwartetes ergebnis",
        "attendu",
        "résultat attendu",
        "esperado",
        "resultado esperado",
        "期待結果",
        "期望",
        "预期",
        "预期结果",
    ];
    if has_word("expected")
        || expected.contains(&words)
        || ["should be", "pass when", "passes when", "pass criteria", "must show"].contains(&words)
    {
        return Column::Expected;
    }
    if (has_word("fails") || has_word("failure") || has_word("failed")) && (has_word("if") || has_word("on")) {
        return Column::Fails;
    }
    if has_word("command")
        || [
            "run",
            "how",
            "how to check",
            "query",
            "befehl",
            "commande",
            "comando",
            "コマンド",
            "命令",
        ]
        .contains(&words)
    {
        return Column::Command;
    }
    if words.starts_with("what it ") || words.starts_with("what this ") || words == "gates" {
        return Column::Checks;
    }
    if ["why", "reason"].contains(&words) {
        return Column::Why;
    }
    let titles = [
        "check",
        "checks",
        "step",
        "steps",
        "action",
        "actions",
        "stage",
        "task",
        "workflow",
        "requirement",
        "item",
        "items",
        "condition",
        "conditions",
        "criteria",
        "criterion",
        "exit criteria",
        "endpoint",
        "endpoints",
        "variable",
        "tasks",
        "activity",
        "deliverable",
        "prüfung",
        "prüfpunkt",
        "schritt",
        "aufgabe",
        "étape",
        "tâche",
        "vérification",
        "paso",
        "tarea",
        "comprobación",
        "passo",
        "tarefa",
        "verificação",
        "手順",
        "作業",
        "項目",
        "確認項目",
        "步骤",
        "检查项",
        "任务",
        "what to check",
        "what to do",
    ];
    if titles.contains(&words) {
        Column::Title
    } else {
        Column::Other
    }
}

/// Heads of columns that people fill in.
const FILLED_IN: [&str; 37] = [
    "actual",
    "record time",
    "time",
    "recorded",
    "result",
    "observed",
    "value",
    "initials",
    "who",
    "done by",
    "notes",
    "signed",
    "signature",
    "actual value",
    "measured",
    "done",
    "status",
    "verified",
    "verified by",
    "checked",
    "checked by",
    "set",
    "ok",
    "complete",
    "completed",
    "ready",
    "confirmed",
    "tested",
    "pass",
    "pass fail",
    "go no go",
    "sign off",
    "approved by",
    "approver",
    "approved",
    "erledigt",
    "結果",
];

/// Heads of columns that say how far a row is.
const STATUS: [&str; 30] = [
    "",
    "status",
    "state",
    "done",
    "verified",
    "checked",
    "check",
    "set",
    "ok",
    "complete",
    "completed",
    "result",
    "ready",
    "confirmed",
    "tested",
    "pass",
    "pass fail",
    "go no go",
    "go",
    "sign off",
    "signed off",
    "approved",
    "erledigt",
    "fait",
    "statut",
    "hecho",
    "estado",
    "feito",
    "状態",
    "状态",
];

/// Whether people fill in a column with this head, where it is empty.
pub fn is_filled_in(head: &str) -> bool {
    FILLED_IN.contains(&folded(head).trim())
}

/// Whether a column with this head says how far each row is.
pub fn is_status(head: &str) -> bool {
    STATUS.contains(&folded(head).trim())
}
