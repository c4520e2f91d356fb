//! A PostgreSQL connection for gates: few messages, every one of them within a limit that is looked at before it is read, and
//! every value as the server's own text.
//!
//! `error ← wire ← tls ← login → target`, and `value` stands alone. A driver for applications asks for values in the binary format,
//! prepares named statements and sets parameters at start-up; poolers in transaction mode refuse the latter two, and the binary
//! format has no limit before a whole row was read.

mod error;
mod login;
mod target;
mod tls;
mod value;
mod wire;

pub(super) use error::PostgresError;
pub(super) use login::connect;
pub(super) use target::Target;
pub(super) use value::{read, shown};
pub(super) use wire::{Answer, Wire};
