//! Who may ask: one-time links become cookies, configured tokens come in a header, and of both only hashes are kept.

pub mod origin;
pub mod tokens;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use holdpoint_domain::session::digest;
use secrecy::{ExposeSecret, SecretString};

use crate::clock;
use crate::store::{NewCookie, SecretKind, Store, StoreError};
use tokens::Tokens;

/// For how many days a browser stays signed in.
pub const COOKIE_DAYS: i64 = 30;
/// How long a link that nobody opens is good for.
const LINK_LIFETIME: TimeDelta = TimeDelta::days(1);
/// Cookies that are known without asking the store. The cache is emptied when it is full.
const CACHED_COOKIES: usize = 10_000;
/// How long a cookie is taken for good without asking the store: so long after another process deleted it, it opens something.
const TRUST: Duration = Duration::from_secs(2);

/// Checks cookies and tokens.
pub struct Auth {
    store: Arc<dyn Store>,
    tokens: Tokens,
    cookie_name: String,
    /// By the cookie's hash.
    cookies: Mutex<HashMap<String, KnownCookie>>,
}

#[derive(Clone, Copy)]
struct KnownCookie {
    /// Seconds since 1970.
    expires: i64,
    /// When the store had it.
    seen: Instant,
}

/// The name of the cookie that a browser is signed in by. A browser sends a cookie to every port of a host, so that the port is
/// in its name: proxies on one host do not overwrite each other's. Browsers take one with the prefix `__Host-` only over HTTPS
/// and from this host itself, and not from a neighbour in its domain.
#[must_use]
pub fn cookie_name(port: u16, secure: bool) -> String {
    let prefix = if secure { "__Host-" } else { "" };
    format!("{prefix}holdpoint-{port}")
}

/// What the store knows a browser's cookie by. It opens nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CookieHash(String);

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
    pub fn new(store: Arc<dyn Store>, tokens: Tokens, cookie_name: String) -> Self {
        Self {
            store,
            tokens,
            cookie_name,
            cookies: Mutex::default(),
        }
    }

    /// The name of the cookie that a browser is signed in by.
    #[must_use]
    pub fn cookie_name(&self) -> &str {
        &self.cookie_name
    }

    /// Uses a one-time link up, and gives the value of the cookie that signs a browser in. None when the link was used before,
    /// has expired, or never was.
    ///
    /// # Errors
    /// The store does not answer, or the system gives no random bytes.
    pub async fn sign_in(&self, link: &SecretString) -> Result<Option<SecretString>, AuthError> {
        let (cookie, now) = (random_secret()?, clock::now());
        let kept = NewCookie {
            hash: digest(cookie.expose_secret()),
            expires: (now + TimeDelta::days(COOKIE_DAYS)).timestamp(),
        };
        let link = digest(link.expose_secret());
        let used = self.store.exchange_link(link, now.timestamp(), kept).await?;
        Ok(used.then_some(cookie))
    }

    /// The hash of the cookie's value, if it is that of a browser that is signed in.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn accepts_cookie(&self, value: &str) -> Result<Option<CookieHash>, StoreError> {
        let hash = CookieHash(digest(value));
        Ok(self.is_signed_in(&hash).await?.then_some(hash))
    }

    /// Whether the browser with this cookie is signed in.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn is_signed_in(&self, hash: &CookieHash) -> Result<bool, StoreError> {
        let now = clock::now().timestamp();
        let known = self.known().get(&hash.0).copied();
        if known.is_some_and(|known| known.expires > now && known.seen.elapsed() < TRUST) {
            return Ok(true);
        }
        let seen = Instant::now();
        let expires = self.store.cookie(hash.0.clone(), now).await?;
        let mut known = self.known();
        let Some(expires) = expires else {
            known.remove(&hash.0);
            return Ok(false);
        };
        if known.len() >= CACHED_COOKIES {
            known.clear();
        }
        known.insert(hash.0.clone(), KnownCookie { expires, seen });
        Ok(true)
    }

    /// Signs one browser out.
    ///
    /// # Errors
    /// The store does not take it.
    pub async fn sign_out(&self, hash: &CookieHash) -> Result<(), StoreError> {
        self.store.end_cookie(hash.0.clone()).await?;
        // Somebody may have asked the store before, and note the answer after this. It holds for `TRUST` at most.
        self.known().remove(&hash.0);
        Ok(())
    }

    /// Signs every browser out, and ends the link that was not used. Programs' tokens stay.
    ///
    /// # Errors
    /// The store does not take it.
    pub async fn sign_all_out(&self) -> Result<(), StoreError> {
        self.store.end_secrets().await?;
        self.known().clear();
        Ok(())
    }

    fn known(&self) -> MutexGuard<'_, HashMap<String, KnownCookie>> {
        self.cookies.lock().unwrap_or_else(PoisonError::into_inner)
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
    let expires = (clock::now() + LINK_LIFETIME).timestamp();
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
