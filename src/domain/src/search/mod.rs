//! Finding things by a few words: in the proxy over everything that it has, in the page over what is on screen.
//!
//! Ranked in this order: what is exactly the words; what begins with them; what has each of them in its title, as a word or as the
//! beginning of one; what has each of them anywhere; what has them within words. Only where nothing has them, what is spelt nearly
//! so is found. Letters are compared without case, accents and marks; how a letter is taken apart is an argument ([`Decompose`]), because
//! Unicode's tables for it weigh too much for the page, which asks the browser.

mod fold;
mod index;
mod of_runbook;
mod query;
mod rank;

pub use fold::Decompose;
pub use index::{Entry, Index};
pub use of_runbook::{entries_of_procedure, entries_of_runbook};
pub use query::{QUERY_LIMIT, Query};
pub use rank::search;
