//! What is asked for, as the address says it. The proxy reads it and says what is wrong with it.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};
use leptos_router::params::ParamsMap;

/// What a session can be asked for by.
const FILTERS: [&str; 10] = [
    "text",
    "runbook",
    "procedure",
    "kind",
    "environment",
    "outcome",
    "person",
    "from",
    "to",
    "rehearsals",
];
/// The session after which a page begins.
const BEFORE: &str = "before";

/// What the address asks for.
#[derive(Clone, Copy)]
pub struct Asked {
    query: Memo<ParamsMap>,
    /// The filters as a query, with its question mark; empty without any.
    pub filters: Memo<String>,
    /// The same with the place in the list.
    pub page: Memo<String>,
}

/// Provides [`Asked`] as a context.
pub fn provide_asked() {
    let query = use_query_map();
    provide_context(Asked {
        query,
        filters: Memo::new(move |_| query.with(|query| written(query, &FILTERS))),
        page: Memo::new(move |_| {
            let keys: Vec<&str> = FILTERS.into_iter().chain([BEFORE]).collect();
            query.with(|query| written(query, &keys))
        }),
    });
}

/// The context that [`provide_asked`] provides.
pub fn use_asked() -> Asked {
    expect_context()
}

impl Asked {
    /// A filter's value; empty without it.
    pub fn get(&self, filter: &str) -> String {
        self.query.with(|query| query.get(filter).unwrap_or_default())
    }

    /// Whether anything is asked for but all real sessions.
    pub fn is_filtered(&self) -> bool {
        self.filters.with(|filters| !filters.is_empty())
    }

    /// Whether this is not the first page.
    pub fn is_further_page(&self) -> bool {
        self.query.with(|query| query.get(BEFORE).is_some())
    }

    /// The address of the page that begins after a session; of the first page without one.
    pub fn page_after(&self, session: Option<&str>) -> String {
        let mut query = self.query.get();
        query.remove(BEFORE);
        if let Some(session) = session {
            query.insert(BEFORE, session.to_owned());
        }
        format!("/sessions{}", query.to_query_string())
    }
}

/// What changes filters: it leads to the first page of what is found then.
pub fn use_ask() -> impl Fn(&[(&'static str, String)]) + Clone + Send + Sync + 'static {
    let (asked, navigate) = (use_asked(), use_navigate());
    move |filters| {
        let mut query = asked.query.get_untracked();
        query.remove(BEFORE);
        for (filter, value) in filters {
            query.remove(filter);
            if !value.trim().is_empty() {
                query.insert(*filter, value.trim().to_owned());
            }
        }
        navigate(
            &format!("/sessions{}", query.to_query_string()),
            NavigateOptions::default(),
        );
    }
}

fn written(query: &ParamsMap, keys: &[&str]) -> String {
    let mut known = ParamsMap::new();
    for key in keys {
        if let Some(value) = query.get(key).filter(|value| !value.is_empty()) {
            known.insert((*key).to_owned(), value);
        }
    }
    known.to_query_string()
}
