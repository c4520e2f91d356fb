//! The plain-language summary, sentence by sentence.

mod ended;
mod live;
mod place;
mod reader;
mod release;
mod rollback;
mod rollback_times;
