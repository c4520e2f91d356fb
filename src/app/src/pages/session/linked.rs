//! The sessions that this one is linked with: its rollback, and the one that it undoes.

use holdpoint_domain::session::{SessionId, Standing, Started};
use leptos::prelude::*;
use leptos_router::components::A;

use crate::api::ApiError;
use crate::components::words::{Rollback, RollbackFacts, Stands, rollback_sentence};
use crate::state::session::{Load, Mode, Session, follow_rollback, follow_session, use_session};

/// A linked session, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Other {
    pub id: SessionId,
    /// `Perfect rollback v1.4.2`.
    pub name: Option<String>,
    /// How it stands as a rollback.
    pub standing: Option<RollbackFacts>,
    /// None where its log is not known.
    pub is_closed: Option<bool>,
    /// Its log is damaged: nothing can be done in it any more, and it cannot be given up either.
    pub is_damaged: bool,
}

impl Other {
    /// As a rollback it is known to be over without standing as completed, or it cannot be gone on with, so that another one can
    /// be started in its place.
    fn gives_way(&self) -> bool {
        let is_over = self.is_closed == Some(true);
        let is_finished = self.standing.is_none_or(|facts| facts.standing == Standing::Completed);
        self.is_damaged || (is_over && !is_finished)
    }
}

/// Whether the log could not be read, by the proxy or here. What may work later is none of it.
fn is_damaged(load: &Load) -> bool {
    match load {
        Load::Failed(ApiError::BrokenLog) => true,
        Load::Failed(ApiError::Refused { code, .. }) => code == "unreadable",
        _ => false,
    }
}

/// Copying it copies handles.
#[derive(Clone, Copy)]
pub struct Linked {
    /// The rollback that was started from it.
    pub rollback: Memo<Option<Other>>,
    /// The session that it undoes.
    pub undone: Memo<Option<Other>>,
    /// The same, with its log.
    pub undone_session: Option<Session>,
    /// How it stands, by what the proxy recorded.
    pub stands: Memo<Stands>,
}

/// Provides [`Linked`] for the session that is loaded, and follows the sessions that it is linked with.
pub fn provide_linked() {
    let session = use_session();
    let followed = follow_rollback(session);
    let undoes = session.with_untracked(|state| state.started.as_ref().and_then(|started| started.undoes));
    let undone = undoes.map(|id| follow_session(id, Mode::Watch));
    let rollback = Memo::new(move |_| followed.get().map(other));
    let stands = Memo::new(move |_| {
        // The log of a session that was closed before does not say that one was started.
        let started = rollback.with(Option::is_some);
        let known = rollback.with(|rollback| rollback.as_ref().and_then(|rollback| rollback.standing));
        session.with_confirmed(|state| Stands::of_state(state, started, known))
    });
    provide_context(Linked {
        rollback,
        undone: Memo::new(move |_| undone.map(other)),
        undone_session: undone,
        stands,
    });
}

pub fn use_linked() -> Linked {
    expect_context()
}

fn other(session: Session) -> Other {
    // What this browser kept, or what a stream that is lost left, is not how it stands.
    let (is_ready, is_damaged) = session.load.with(|load| (*load == Load::Ready, is_damaged(load)));
    let is_known = is_ready && !session.is_lost();
    let is_undone = session.rollback_id().is_some();
    session.with_confirmed(|state| Other {
        id: session.id,
        name: state.started.as_deref().map(Started::name),
        standing: RollbackFacts::of_state(state, is_undone).filter(|_| is_known),
        is_closed: state.started.as_ref().map(|_| state.closed.is_some()),
        is_damaged,
    })
}

impl Linked {
    /// A rollback was started, and it is not known to be finished; tracked.
    pub fn is_unfinished(&self) -> bool {
        self.stands.with(|stands| stands.rollback.is_unfinished())
    }

    /// The newest rollback was given up or cannot be gone on with, and another one can be started; tracked.
    pub fn may_start_another(&self) -> bool {
        self.rollback
            .with(|rollback| rollback.as_ref().is_some_and(Other::gives_way))
    }

    /// How the rollback stands, in a sentence; none where none was started. Tracked.
    pub fn sentence(&self) -> Option<String> {
        if self.stands.with(|stands| stands.rollback) == Rollback::None {
            return None;
        }
        self.rollback.with(|rollback| {
            rollback
                .as_ref()
                .map(|one| rollback_sentence(one.name.as_deref(), one.standing))
        })
    }
}

/// The way to a linked session, by what it is called.
#[component]
pub fn LinkTo(
    #[prop(into)] other: Signal<Option<Other>>,
    /// What stands before its name: `rolls back `.
    before: &'static str,
    /// What it is called until its name is known.
    unnamed: &'static str,
    #[prop(optional)] class: &'static str,
) -> impl IntoView {
    // Its progress draws no link anew.
    let link = Memo::new(move |_| other.with(|other| other.as_ref().map(|one| (one.id, one.name.clone()))));
    move || {
        link.get().map(|(id, name)| {
            let text = format!("{before}{}", name.unwrap_or_else(|| unnamed.to_owned()));
            view! { <A href=format!("/sessions/{id}") attr:class=class>{text}</A> }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::components::words::Ending;

    #[test]
    fn another_rollback_takes_the_place_of_one_that_is_over_or_damaged_and_of_no_other() {
        use Standing::{Abandoned, Completed, Go, Hold, RolledBack, RollingBack};
        let other = |is_closed, standing: Option<Standing>| Other {
            id: SessionId::nil(),
            name: None,
            standing: standing.map(|standing| RollbackFacts {
                standing,
                done: 1,
                steps: 5,
                ending: Ending::Done,
            }),
            is_closed: Some(is_closed),
            is_damaged: false,
        };
        // One that was given up and has a rollback of its own is being rolled back.
        for standing in [Abandoned, RolledBack, RollingBack] {
            assert!(other(true, Some(standing)).gives_way(), "{standing:?}");
        }
        for standing in [Go, Hold, RollingBack] {
            assert!(!other(false, Some(standing)).gives_way(), "{standing:?}");
        }
        assert!(!other(true, Some(Completed)).gives_way());
        let unknown = other(true, None);
        assert!(!unknown.gives_way(), "how it stands is not known now");
        let damaged = Other {
            is_damaged: true,
            ..unknown
        };
        assert!(damaged.gives_way());
    }

    #[test]
    fn a_log_is_damaged_where_the_proxy_or_the_page_says_so_for_good() {
        let refused = |code: &str| {
            Load::Failed(ApiError::Refused {
                status: 409,
                code: code.to_owned(),
                message: String::new(),
            })
        };
        assert!(is_damaged(&refused("unreadable")) && is_damaged(&Load::Failed(ApiError::BrokenLog)));
        let unavailable = ApiError::Unavailable { message: String::new() };
        for load in [Load::Ready, Load::Loading, refused("closed"), Load::Failed(unavailable)] {
            assert!(!is_damaged(&load), "{load:?}");
        }
    }
}
