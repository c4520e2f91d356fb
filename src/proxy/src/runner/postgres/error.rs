//! Why a database has not answered.

use std::io;

use postgres_protocol::message::backend::ErrorFields;

use fallible_iterator::FallibleIterator;

/// Why a database has not answered.
#[derive(Debug, thiserror::Error)]
pub(in crate::runner) enum PostgresError {
    #[error("the connection string is not usable: {0}")]
    Target(String),
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("the connection cannot be encrypted: {0}")]
    Tls(String),
    #[error("the server does not encrypt connections, and the connection string asks for it")]
    NoTls,
    #[error("the server asks for a password, and the connection string has none")]
    NoPassword,
    #[error("signing in to the server failed: {0}")]
    SignIn(String),
    #[error("{message}{}", state(code))]
    Server { code: String, message: String },
    #[error("the server closed the connection")]
    Closed,
    #[error("the server sent {0}, which was not expected")]
    Unexpected(&'static str),
    /// The limit, in bytes.
    #[error("there is more than {0} bytes of it")]
    TooLong(u64),
}

fn state(code: &str) -> String {
    if code.is_empty() {
        String::new()
    } else {
        format!(" (SQLSTATE {code})")
    }
}

impl PostgresError {
    /// What the server says, without a final full stop.
    pub(super) fn of_server(mut fields: ErrorFields<'_>) -> Self {
        let (mut code, mut message) = (String::new(), String::new());
        while let Ok(Some(field)) = fields.next() {
            let text = String::from_utf8_lossy(field.value_bytes());
            match field.type_() {
                b'C' => code = text.into_owned(),
                b'M' => message = text.trim_end_matches('.').to_owned(),
                _ => {}
            }
        }
        Self::Server { code, message }
    }

    /// Whether asking again would find the same, unless somebody changes the gate, its secrets or the database's schema.
    pub(in crate::runner) fn lasts(&self) -> bool {
        match self {
            Self::Target(_) | Self::Tls(_) | Self::NoTls | Self::NoPassword | Self::SignIn(_) => true,
            Self::Server { code, .. } => state_lasts(code),
            Self::Io(_) | Self::Closed | Self::Unexpected(_) | Self::TooLong(_) => false,
        }
    }
}

/// Classes of PostgreSQL's appendix A. What depends on data, load or the state of the server (22, 40, 53, 55, 57, 58, P0, XX) may be
/// otherwise a moment later.
fn state_lasts(code: &str) -> bool {
    // A feature that is not there, signing in, no such database, no such schema, a syntax error or a name that is not there, and
    // a statement or a start-up parameter that is not allowed.
    const LASTING: [&str; 5] = ["0A", "28", "3D", "3F", "42"];
    code.get(..2).is_some_and(|class| LASTING.contains(&class)) || ["25006", "08P01"].contains(&code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_mend_itself_is_told_from_what_can() {
        let lasts = |code: &str| {
            let (code, message) = (code.to_owned(), String::new());
            PostgresError::Server { code, message }.lasts()
        };
        // Table, column, function, syntax, privilege, password, role, database, schema, writing, start-up parameter.
        for code in [
            "42P01", "42703", "42883", "42601", "42501", "28P01", "28000", "3D000", "3F000", "25006", "08P01", "0A000",
        ] {
            assert!(lasts(code), "{code}");
        }
        // Division by zero, deadlock, too many connections, lock, time limit, shutting down, starting up, RAISE, nothing.
        for code in [
            "22012", "40P01", "53300", "55P03", "57014", "57P01", "57P03", "P0001", "XX000", "08006", "",
        ] {
            assert!(!lasts(code), "{code}");
        }
    }
}
