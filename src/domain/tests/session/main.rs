//! The rules, told as stories: given a session, when a command comes, then these events, or this refusal.

mod advice;
mod anew;
mod browser;
mod cancelling;
mod caution;
mod chain;
mod claims;
mod declaration;
mod everything;
mod evidence;
mod gates;
mod naive;
mod random;
mod replay;
mod rollback;
mod steps;
mod story;
mod timeline;
mod timeline_layout;
mod versions;
mod waiting;
mod work;
