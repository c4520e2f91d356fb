//! The values that a gate's placeholders stand for in an environment.

use crate::config::Environment;
use crate::fill::Values;

impl Environment {
    /// The values that a gate's placeholders stand for here: base URLs, variables, and what the session knows. Secrets are
    /// not among them, and a session can name neither a base URL nor a secret.
    #[must_use]
    pub fn values(&self, session: &Values) -> Values {
        let mut values = self.variables.clone();
        values.extend(
            session
                .iter()
                .filter(|(name, _)| !name.contains('.'))
                .map(|(name, value)| (name.clone(), value.clone())),
        );
        values.extend(
            self.urls
                .iter()
                .map(|(name, url)| (format!("url.{name}"), url.trim_end_matches('/').to_owned())),
        );
        values
    }
}

/// Values with which a gate's texts are tried out when the file is read.
#[must_use]
pub fn sample_values(name: &str, environment: &Environment) -> Values {
    let session = [
        ("git_sha", "0123456789abcdef0123456789abcdef01234567"),
        ("version", "v0.0.0"),
        ("environment", name),
    ];
    let session = session.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let mut values = environment.values(&session);
    values.extend(
        environment
            .secrets
            .keys()
            .map(|secret| (format!("secret.{secret}"), "sample".to_owned())),
    );
    values
}

/// [`sample_values`] with the environment's databases, which only the environments of programs can name.
#[must_use]
pub(crate) fn sample_values_of_programs(name: &str, environment: &Environment) -> Values {
    let mut values = sample_values(name, environment);
    values.extend(
        environment
            .databases
            .keys()
            .map(|database| (format!("database.{database}"), "postgres://sample".to_owned())),
    );
    values
}
