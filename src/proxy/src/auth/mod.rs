//! Who may ask: one-time links become cookies, configured tokens go in a header, and both are kept as hashes only.

pub mod guard;
pub mod tokens;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{TimeDelta, Utc};
use holdpoint_domain::session::digest;

use crate::store::{SecretKind, Store, StoreError};
use tokens::Tokens;

/// The cookie's name.
pub const COOKIE: &str = "holdpoint";
/// How long a browser stays signed in.
const SIGNED_IN: TimeDelta = TimeDelta::days(30);
/// How long a link that nobody opens is good for.
const LINK: TimeDelta = TimeDelta::days(1);
/// Cookies that are remembered without asking the store.
const REMEMBERED: usize = 10_000;

/// Who may ask.
pub struct Auth {
    store: Arc<dyn Store>,
    tokens: Tokens,
    /// Cookies that the store knows, with their expiry, by hash.
    seen: Mutex<HashMap<String, i64>>,
}

/// Why a secret could not be made.
#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    /// The system gives no random bytes.
    #[error("the system gives no random bytes: {0}")]
    Random(getrandom::Error),
    /// The store does not take it.
    #[error("{0}")]
    Store(#[from] StoreError),
}

impl Auth {
    /// Who may ask, with these configured tokens.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, tokens: Tokens) -> Self {
        Self {
            store,
            tokens,
            seen: Mutex::default(),
        }
    }

    /// Uses a one-time link up and signs a browser in: its cookie's value. None when the link is not good.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn sign_in(&self, token: &str) -> Result<Option<String>, AuthError> {
        if !self.store.use_link(digest(token), Utc::now().timestamp()).await? {
            return Ok(None);
        }
        let secret = random_secret()?;
        let expires = (Utc::now() + SIGNED_IN).timestamp();
        self.store
            .keep_secret(SecretKind::Cookie, digest(&secret), expires)
            .await?;
        Ok(Some(secret))
    }

    /// Whether the cookie's value is that of a browser that is signed in.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn knows_cookie(&self, value: &str) -> Result<bool, StoreError> {
        let hash = digest(value);
        let now = Utc::now().timestamp();
        if self
            .seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&hash)
            .is_some_and(|expires| *expires > now)
        {
            return Ok(true);
        }
        let Some(expires) = self.store.cookie(hash.clone(), now).await? else {
            return Ok(false);
        };
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= REMEMBERED {
            seen.clear();
        }
        seen.insert(hash, expires);
        Ok(true)
    }

    /// Whether it is one of the configured tokens.
    #[must_use]
    pub fn knows_token(&self, token: &str) -> bool {
        self.tokens.knows(token)
    }
}

/// Makes a one-time link's token. It ends every link that was not used.
///
/// # Errors
/// The store does not take it.
pub async fn new_link(store: &dyn Store) -> Result<String, AuthError> {
    let secret = random_secret()?;
    let expires = (Utc::now() + LINK).timestamp();
    store.keep_secret(SecretKind::Link, digest(&secret), expires).await?;
    Ok(secret)
}

/// Seconds for which a browser keeps the cookie.
#[must_use]
pub fn cookie_seconds() -> i64 {
    SIGNED_IN.num_seconds()
}

/// 256 random bits.
fn random_secret() -> Result<String, AuthError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(AuthError::Random)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// A nonce for one answer's Content-Security-Policy.
///
/// # Errors
/// The system gives no random bytes.
pub fn nonce() -> Result<String, AuthError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(AuthError::Random)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}
