//! Who may ask: one-time links become cookies, configured tokens come in a header, and of both only hashes are kept.

pub mod origin;
pub mod tokens;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{TimeDelta, Utc};
use holdpoint_domain::session::digest;
use secrecy::{ExposeSecret, SecretString};

use crate::store::{NewCookie, SecretKind, Store, StoreError};
use tokens::Tokens;

/// The name of the cookie that a browser is signed in by.
pub const COOKIE: &str = "holdpoint";
/// For how many days a browser stays signed in.
pub const COOKIE_DAYS: i64 = 30;
/// How long a link that nobody opens is good for.
const LINK_LIFETIME: TimeDelta = TimeDelta::days(1);
/// Cookies that are known without asking the store. The cache is emptied when it is full.
const CACHED_COOKIES: usize = 10_000;

/// Checks cookies and tokens.
pub struct Auth {
    store: Arc<dyn Store>,
    tokens: Tokens,
    /// When each cookie expires (seconds since 1970), by the cookie's hash.
    cookies: Mutex<HashMap<String, i64>>,
}

/// Why a secret could not be made.
#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    #[error("the system gives no random bytes: {0}")]
    Random(#[from] getrandom::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Auth {
    #[must_use]
    pub fn new(store: Arc<dyn Store>, tokens: Tokens) -> Self {
        Self {
            store,
            tokens,
            cookies: Mutex::default(),
        }
    }

    /// Uses a one-time link up, and gives the value of the cookie that signs a browser in. None when the link was used before,
    /// has expired, or never was.
    ///
    /// # Errors
    /// The store does not answer, or the system gives no random bytes.
    pub async fn sign_in(&self, link: &SecretString) -> Result<Option<SecretString>, AuthError> {
        let (cookie, now) = (random_secret()?, Utc::now());
        let kept = NewCookie {
            hash: digest(cookie.expose_secret()),
            expires: (now + TimeDelta::days(COOKIE_DAYS)).timestamp(),
        };
        let link = digest(link.expose_secret());
        let used = self.store.exchange_link(link, now.timestamp(), kept).await?;
        Ok(used.then_some(cookie))
    }

    /// Whether the cookie's value is that of a browser that is signed in.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn accepts_cookie(&self, value: &str) -> Result<bool, StoreError> {
        let hash = digest(value);
        let now = Utc::now().timestamp();
        let cached = self
            .cookies
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&hash)
            .copied();
        if cached.is_some_and(|expires| expires > now) {
            return Ok(true);
        }
        let Some(expires) = self.store.cookie(hash.clone(), now).await? else {
            return Ok(false);
        };
        let mut cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        if cookies.len() >= CACHED_COOKIES {
            cookies.clear();
        }
        cookies.insert(hash, expires);
        Ok(true)
    }

    /// Whether it is one of the configured tokens.
    #[must_use]
    pub fn accepts_token(&self, token: &str) -> bool {
        self.tokens.contains(token)
    }
}

/// Makes the token of a one-time sign-in link. It ends every link that was not used.
///
/// # Errors
/// The store does not take it, or the system gives no random bytes.
pub async fn new_link(store: &dyn Store) -> Result<SecretString, AuthError> {
    let link = random_secret()?;
    let expires = (Utc::now() + LINK_LIFETIME).timestamp();
    store
        .keep_secret(SecretKind::Link, digest(link.expose_secret()), expires)
        .await?;
    Ok(link)
}

/// 256 random bits.
fn random_secret() -> Result<SecretString, AuthError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes).into())
}
