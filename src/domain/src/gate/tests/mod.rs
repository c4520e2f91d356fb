//! What `gates.toml` may say, and what answers prove.

mod evaluating;
mod parsing;
mod properties;
mod words;
