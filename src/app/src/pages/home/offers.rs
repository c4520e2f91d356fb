//! What the parts of the home page share: the two lists, and what this browser keeps.

use holdpoint_domain::wire::{RunbookBrief, SessionBrief};
use leptos::prelude::*;

use crate::api::ApiResult;
use crate::components::choice::{Choice, choices};
use crate::state::kept::KeptNames;

/// Copying it copies handles.
#[derive(Clone, Copy)]
pub struct Offers {
    /// None while they are fetched for the first time. What did not change is not drawn anew.
    pub sessions: Memo<Option<ApiResult<Vec<SessionBrief>>>>,
    pub runbooks: Memo<Option<ApiResult<Vec<RunbookBrief>>>>,
    /// Every procedure, as far as the runbooks are known.
    pub choices: Memo<Vec<Choice>>,
    /// Procedures by [`Choice::key`].
    pub pins: KeptNames,
    /// Runbooks, by name, whose procedures are shown.
    pub opened: KeptNames,
    retry_sessions: Callback<()>,
    retry_runbooks: Callback<()>,
}

pub fn provide_offers(
    sessions: LocalResource<ApiResult<Vec<SessionBrief>>>,
    runbooks: LocalResource<ApiResult<Vec<RunbookBrief>>>,
) {
    let known = Memo::new(move |_| runbooks.get());
    provide_context(Offers {
        sessions: Memo::new(move |_| sessions.get()),
        runbooks: known,
        choices: Memo::new(move |_| {
            known.with(|known| match known {
                Some(Ok(runbooks)) => choices(runbooks),
                _ => Vec::new(),
            })
        }),
        pins: KeptNames::load("pins"),
        opened: KeptNames::load("opened-runbooks"),
        retry_sessions: Callback::new(move |()| sessions.refetch()),
        retry_runbooks: Callback::new(move |()| runbooks.refetch()),
    });
}

pub fn use_offers() -> Offers {
    expect_context()
}

impl Offers {
    /// Asks for the sessions again.
    pub fn retry_sessions(&self) -> Callback<()> {
        self.retry_sessions
    }

    /// Asks for the runbooks again.
    pub fn retry_runbooks(&self) -> Callback<()> {
        self.retry_runbooks
    }

    /// The sessions as far as they are known; tracked.
    pub fn known_sessions(&self) -> Vec<SessionBrief> {
        self.sessions.with(|known| match known {
            Some(Ok(sessions)) => sessions.clone(),
            _ => Vec::new(),
        })
    }
}
