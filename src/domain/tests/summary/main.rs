//! The plain-language summary, sentence by sentence.

mod place;
mod release;
mod rollback;
