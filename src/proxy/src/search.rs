//! What the proxy adds to a search: Unicode's decomposition, and the sessions.

use holdpoint_domain::search::Entry;
use holdpoint_domain::session::Standing;
use holdpoint_domain::wire::{FoundKind, SearchHit, SessionBrief};
use unicode_normalization::char::decompose_compatible;

/// Takes a character apart (NFKD).
pub fn decompose(one: char, each: &mut dyn FnMut(char)) {
    decompose_compatible(one, each);
}

/// A session, found by its procedure, version, commit, captain, environment and runbook.
#[must_use]
pub fn entry_of_session(session: &SessionBrief) -> Entry {
    let name = format!("{} {}", session.procedure_title, session.version);
    let title = format!("{} · {}", name.trim_end(), session.environment_title);
    let commit: String = session.git_sha.chars().take(7).collect();
    let standing = match session.standing {
        _ if session.unreadable => "cannot be read",
        Standing::Go => "under way",
        Standing::Hold => "on hold",
        Standing::RollingBack => "rolling back",
        Standing::Completed => "completed",
        Standing::RolledBack => "closed as rolled back",
        Standing::Abandoned => "given up",
    };
    let day = session.started.format("%Y-%m-%d").to_string();
    let detail = [standing, &session.captain, &commit, &day]
        .into_iter()
        .filter(|one| !one.is_empty());
    Entry {
        hit: SearchHit {
            kind: FoundKind::Session,
            title,
            detail: detail.collect::<Vec<_>>().join(" · "),
            href: format!("/sessions/{}", session.id),
            runbook: Some(session.runbook.clone()).filter(|name| !name.is_empty()),
            procedure: None,
            step: None,
            title_marks: Vec::new(),
            detail_marks: Vec::new(),
        },
        also: format!("{} {} {}", session.git_sha, session.runbook_title, session.id),
    }
}
