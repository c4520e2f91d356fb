//! The rules, told as stories: given a session, when a command comes, then these events, or this refusal.

mod advice;
mod anew;
mod annotations;
mod browser;
mod cancelling;
mod caution;
mod chain;
mod claims;
mod declaration;
mod everything;
mod evidence;
mod gates;
mod history;
mod naive;
mod naive_annotations;
mod random;
mod rollback;
mod steps;
mod story;
mod troubleshooting;
mod undo;
mod versions;
mod waiting;
mod work;
