//! What `gates.toml` may say, and what answers prove.

mod digest;
mod evaluating;
mod parsing;
mod pipeline;
mod programs;
mod properties;
mod remarks;
mod requests;
mod shapes;
mod words;
