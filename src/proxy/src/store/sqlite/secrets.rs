//! Hashes of sign-in links and cookies. Each statement is a transaction of its own: one that fails, on a full disk for instance, leaves
//! none open behind it.

use sqlx::SqlitePool;

use crate::clock;
use crate::store::{NewCookie, SecretKind, StoreError};

/// Keeps one, and takes away those that are over; a new link takes the place of an older one.
pub(super) async fn keep(pool: &SqlitePool, kind: SecretKind, hash: String, expires: i64) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO secrets (hash, kind, expires) VALUES (?, ?, ?)")
        .bind(&hash)
        .bind(kind.word())
        .bind(expires)
        .execute(pool)
        .await?;
    let over = "DELETE FROM secrets WHERE expires < ? OR (? = 'link' AND kind = 'link' AND hash <> ?)";
    sqlx::query(over)
        .bind(clock::now().timestamp())
        .bind(kind.word())
        .bind(hash)
        .execute(pool)
        .await?;
    Ok(())
}

/// One statement, so that it is both or neither. Of two who come at the same moment, one finds no link any more.
pub(super) async fn exchange_link(
    pool: &SqlitePool,
    link: String,
    now: i64,
    cookie: NewCookie,
) -> Result<bool, StoreError> {
    let becomes = "UPDATE secrets SET hash = ?, kind = 'cookie', expires = ? \
                   WHERE kind = 'link' AND hash = ? AND expires > ?";
    let done = sqlx::query(becomes)
        .bind(cookie.hash)
        .bind(cookie.expires)
        .bind(link)
        .bind(now)
        .execute(pool)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// When a cookie expires, in seconds since 1970, if it is one and has not yet.
pub(super) async fn cookie(pool: &SqlitePool, hash: String, now: i64) -> Result<Option<i64>, StoreError> {
    let valid = "SELECT expires FROM secrets WHERE kind = 'cookie' AND hash = ? AND expires > ?";
    Ok(sqlx::query_scalar(valid)
        .bind(hash)
        .bind(now)
        .fetch_optional(pool)
        .await?)
}

pub(super) async fn end_cookie(pool: &SqlitePool, hash: String) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM secrets WHERE kind = 'cookie' AND hash = ?")
        .bind(hash)
        .execute(pool)
        .await?;
    Ok(())
}

/// Ends links and cookies, and says how many cookies.
pub(super) async fn end_all(pool: &SqlitePool) -> Result<u64, StoreError> {
    let ended: Vec<bool> = sqlx::query_scalar("DELETE FROM secrets RETURNING kind = 'cookie'")
        .fetch_all(pool)
        .await?;
    Ok(ended.into_iter().filter(|is_cookie| *is_cookie).count() as u64)
}
