//! Verbs that things to do begin with.

/// What people are told to do, in the imperative or the infinitive. In order, for a binary search.
#[rustfmt::skip]
const VERBS: &[&str] = &[
    "abort", "abra", "abrir", "accept", "access", "ack", "acknowledge", "acquire", "activar", "activate", "activer",
    "actualiser", "actualizar", "add", "adicionar", "adjust", "adopt", "advance", "agree", "aguardar", "aguarde",
    "ajouter", "aktivieren", "aktualisiere", "aktualisieren", "alert", "allow", "allowlist", "amend", "analyse",
    "analyze", "anhalten", "anlegen", "annoncer", "announce", "anpassen", "answer", "anunciar", "apagar", "aplicar",
    "append", "appliquer", "apply", "approve", "archive", "arm", "arrange", "arrêter", "arrêtez", "ask", "assemble",
    "assert", "assess", "assign", "attach", "attendre", "atualizar", "audit", "ausführen", "ausrollen",
    "authenticate", "author", "authorise", "authorize", "avertir", "avisar", "añadir", "back", "backfill", "backup",
    "baixar", "bake", "basculer", "beenden", "begin", "benachrichtigen", "bereitstellen", "bestätigen", "bisect",
    "block", "book", "boot", "borrar", "bounce", "branch", "bring", "browse", "build", "bump", "bundle", "bypass",
    "calculate", "call", "cambiar", "cancel", "cap", "capture", "cast", "celebrate", "cerrar", "change", "chat",
    "check", "checkout", "cherry", "choose", "circulate", "claim", "clarify", "clean", "cleanup", "clear", "clicar",
    "click", "cliquer", "clone", "close", "collect", "comment", "commit", "communicate", "compare", "compile",
    "complete", "compose", "compress", "comprobar", "comprueba", "compute", "comunicar", "conduct", "conferir",
    "configurar", "configure", "configurer", "confirm", "confirmar", "confirme", "confirmer", "connect", "consider",
    "construct", "contact", "contain", "continue", "contrôler", "convert", "coordinate", "copiar", "copier", "copy",
    "cordon", "correct", "correlate", "count", "couper", "crear", "create", "cree", "criar", "crie", "cross", "créer",
    "curl", "cut", "cycle", "deactivate", "deaktivieren", "deallocate", "debug", "decide", "declare", "decline",
    "decommission", "decrease", "decrypt", "dedupe", "define", "delete", "demander", "demote", "denylist", "deploy",
    "deprovision", "deregister", "desactivar", "desativar", "describe", "desligar", "desplegar", "detach", "detect",
    "detener", "detenga", "determine", "diff", "disable", "disconnect", "discuss", "dismiss", "dispatch",
    "distribute", "document", "dokumentieren", "double", "download", "draft", "drain", "draw", "drop", "dry", "dump",
    "démarrer", "déployer", "désactiver", "edit", "effectuer", "einloggen", "einrichten", "einspielen", "eject",
    "ejecutar", "ejecute", "eliminar", "email", "embed", "enable", "encerrar", "encrypt", "end", "engage", "enqueue",
    "enrol", "enroll", "ensure", "enter", "entfernen", "enviar", "envoyer", "erstellen", "escalate", "esperar",
    "espere", "establish", "estimate", "etiquetar", "evacuate", "evaluate", "examine", "excluir", "executar",
    "execute", "expand", "export", "expose", "extend", "extract", "exécuter", "exécutez", "fail", "fall", "fazer",
    "fechar", "fermer", "fetch", "file", "fill", "filter", "finalise", "finalize", "find", "finish", "fix", "flag",
    "flip", "flush", "follow", "forbid", "force", "fork", "format", "forward", "freeze", "freigeben", "fusionar",
    "fusionner", "führe", "führen", "gate", "gather", "generate", "get", "give", "go", "grab", "grant", "grep",
    "hacer", "halt", "hand", "harden", "hash", "help", "hibernate", "hochladen", "hold", "identify", "ignore",
    "implantar", "implement", "import", "inc", "include", "increase", "increment", "index", "inform", "informar",
    "informer", "informieren", "iniciar", "initialise", "initialize", "initiate", "inject", "insert", "inspect",
    "instalar", "install", "installer", "installieren", "instruct", "instrument", "interromper", "invalidate",
    "investigate", "invite", "invoke", "isolate", "issue", "iterate", "join", "keep", "kick", "kill", "kontrollieren",
    "kopieren", "kubectl", "label", "lancer", "lancez", "lanzar", "launch", "lay", "leave", "leeren", "let", "lift",
    "limit", "link", "lint", "list", "listen", "load", "locate", "lock", "log", "login", "logout", "look", "lookup",
    "lower", "löschen", "maintain", "make", "manage", "mark", "measure", "melden", "merge", "mesclar", "mettre",
    "migrate", "minimise", "minimize", "mirror", "mitigate", "modifier", "modify", "monitor", "monitorar",
    "monitorizar", "mount", "move", "mover", "name", "navigate", "negotiate", "neustarten", "note", "notieren",
    "notificar", "notifier", "notify", "observe", "obtain", "obter", "offer", "offload", "onboard", "open",
    "optimise", "optimize", "order", "ouvrez", "ouvrir", "override", "page", "parar", "park", "pasar", "pass",
    "paste", "patch", "pausar", "pause", "peer", "perform", "persist", "pick", "pin", "ping", "pipe", "place", "plan",
    "play", "point", "poll", "populate", "post", "pousser", "power", "prefix", "preload", "preparar", "prepare",
    "press", "prevent", "preview", "print", "probe", "proceed", "process", "promote", "proof", "proofread", "propose",
    "protect", "prove", "provide", "provision", "prune", "préparer", "prévenir", "prüfe", "prüfen", "publicar",
    "publier", "publique", "publish", "pull", "purge", "push", "put", "quarantine", "query", "queue", "quiesce",
    "quit", "quitar", "quote", "raise", "ramp", "rate", "reach", "read", "reapply", "reassign", "rebase", "reboot",
    "rebuild", "recall", "recap", "recheck", "reclaim", "reconcile", "reconfigure", "reconnect", "record", "recover",
    "recreate", "rectify", "redeploy", "redirect", "redo", "reduce", "redémarrer", "refer", "refill", "refresh",
    "regenerate", "register", "reindex", "reiniciar", "reinstall", "reinstate", "reject", "relancer", "relaunch",
    "release", "reload", "remediate", "remember", "remind", "remount", "remove", "remplacer", "rename", "render",
    "reopen", "repair", "repeat", "replace", "replay", "reply", "repoint", "report", "reproduce", "reprovision",
    "request", "rerun", "reschedule", "reset", "resize", "resolve", "restart", "restaurar", "restaurer", "restore",
    "restrict", "resubmit", "resume", "resync", "retag", "retest", "retire", "retirer", "retrieve", "retry", "return",
    "revenir", "revert", "reverta", "reverter", "revertir", "review", "revisar", "revoke", "rewrite", "rinse", "roll",
    "rollback", "rollout", "rotate", "route", "run", "sanitise", "sanitize", "sauvegarder", "save", "say", "scale",
    "scan", "schedule", "scp", "screenshot", "scroll", "seal", "search", "secure", "see", "seed", "select", "send",
    "separate", "serve", "set", "settle", "setup", "setze", "setzen", "shard", "share", "ship", "show", "shuffle",
    "shut", "shutdown", "sichern", "sicherstellen", "sign", "silence", "simulate", "sketch", "skip", "smoke",
    "snapshot", "snooze", "sort", "specify", "sperren", "spin", "split", "spot", "squash", "ssh", "stage", "stamp",
    "stand", "start", "starte", "starten", "stash", "stop", "stoppe", "stoppen", "store", "stream", "strengthen",
    "strip", "subir", "submit", "subscribe", "substitute", "summarise", "summarize", "supervisar", "supply",
    "supprimer", "surface", "surveiller", "suspend", "swap", "sweep", "switch", "sync", "synchronise", "synchronize",
    "tag", "tail", "take", "talk", "tally", "tear", "tell", "terminate", "test", "testen", "tester", "thank", "think",
    "throttle", "tick", "tidy", "toggle", "touch", "trace", "track", "transfer", "transition", "translate", "triage",
    "trigger", "trim", "truncate", "try", "tune", "turn", "type", "télécharger", "umschalten", "unblock",
    "unblocklist", "uncheck", "uncomment", "uncordon", "undeploy", "understand", "undo", "unfreeze", "uninstall",
    "unlink", "unlock", "unmount", "unmute", "unpack", "unpause", "unregister", "unset", "unsubscribe", "untar",
    "unzip", "update", "upgrade", "upload", "use", "validar", "validate", "valider", "verificar", "verifique",
    "verify", "verschieben", "veröffentlichen", "view", "vigilar", "visit", "voltar", "vote", "vérifier", "vérifiez",
    "wait", "wake", "walk", "warm", "warn", "warte", "warten", "watch", "wechseln", "whitelist", "wiederherstellen",
    "wipe", "wire", "withdraw", "work", "workaround", "wrap", "write", "zip", "zurücksetzen", "öffne", "öffnen",
    "überprüfen", "überwachen",
];

/// Words before the verb: `Then merge it`, `Please confirm`, `Optionally, archive the logs`.
const BEFORE: [&str; 28] = [
    "also",
    "always",
    "and",
    "carefully",
    "do",
    "finally",
    "first",
    "firstly",
    "immediately",
    "lastly",
    "manually",
    "never",
    "next",
    "not",
    "now",
    "once",
    "optional",
    "optionally",
    "please",
    "quickly",
    "re",
    "second",
    "then",
    "third",
    "to",
    "you",
    "afterwards",
    "just",
];

/// Words that open a clause before what is to be done: `If it is red, stop`, `In the console, open Settings`.
const CLAUSES: [&str; 17] = [
    "after", "as", "at", "before", "during", "for", "from", "if", "in", "on", "once", "since", "under", "unless",
    "using", "when", "with",
];

/// Words with which a statement begins: `The robot builds an image`.
const SUBJECTS: [&str; 22] = [
    "a", "an", "each", "he", "it", "its", "our", "she", "that", "the", "their", "there", "these", "they", "this",
    "those", "we", "your", "my", "everyone", "somebody", "someone",
];

/// Whether a text tells somebody to do something by its first words.
pub fn begins_with_verb(text: &str) -> bool {
    verb_first(text)
        || first_word(text).is_some_and(|first| CLAUSES.iter().any(|one| first.eq_ignore_ascii_case(one)))
            && text
                .find([',', ':', '→', '，', '、'])
                .and_then(|comma| text[comma..].char_indices().nth(1).map(|(next, _)| comma + next))
                .is_some_and(|rest| verb_first(&text[rest..]))
}

/// Whether a text says what is and not what to do: it begins with a subject.
pub fn begins_with_subject(text: &str) -> bool {
    first_word(text).is_some_and(|first| SUBJECTS.iter().any(|one| first.eq_ignore_ascii_case(one)))
}

fn verb_first(text: &str) -> bool {
    let mut lower = String::new();
    for word in words(text).take(5) {
        lower.clear();
        lower.extend(word.chars().flat_map(char::to_lowercase));
        if VERBS.binary_search(&lower.as_str()).is_ok() {
            return true;
        }
        if !BEFORE.contains(&lower.as_str()) && lower != "don't" && lower != "don’t" {
            return false;
        }
    }
    false
}

fn first_word(text: &str) -> Option<&str> {
    words(text).next()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|one: char| !one.is_alphanumeric() && one != '\'' && one != '’')
        .filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_to_be_done_is_told_from_what_is() {
        for text in [
            "Tag it",
            "Then merge the branch",
            "Re-run the tests",
            "If it is red, stop",
            "In the console: open Settings",
            "Do not push",
            "Please confirm",
            "Datenbank sichern".split_once(' ').map_or("", |pair| pair.1),
            "Vérifier les journaux",
            "Ejecutar las pruebas",
        ] {
            assert!(begins_with_verb(text), "{text}");
        }
        for text in [
            "The robot builds an image",
            "Flour",
            "All tests pass",
            "",
            "If it rains, the roof leaks",
            "Linux",
        ] {
            assert!(!begins_with_verb(text), "{text}");
        }
        assert!(begins_with_subject("A pull request is merged") && !begins_with_subject("Another round"));
    }

    #[test]
    fn every_verb_stands_once_in_order() {
        assert!(VERBS.is_sorted_by(|one, other| one < other));
    }
}
