//! What each kind of gate does, and never does.

mod browser;
mod commands;
mod requests;
mod secrets;
mod statements;
mod tries;
