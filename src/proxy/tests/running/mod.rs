//! What each kind of gate does, and never does.

mod answers;
mod attempts;
mod browser;
mod commands;
mod comparing;
#[cfg(target_os = "linux")]
mod guards;
mod poolers;
mod programs;
mod redirects;
mod requests;
mod secrets;
mod several;
mod statements;
mod types;
