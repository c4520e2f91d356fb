//! Who sends a request.

use std::sync::Arc;

use axum::RequestPartsExt;
use axum::extract::{FromRef, FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use axum_extra::TypedHeader;
use axum_extra::extract::CookieJar;
use axum_extra::headers::Authorization;
use axum_extra::headers::authorization::Bearer;

use crate::auth::{Auth, CookieHash};
use crate::error::ApiError;

/// Who sends a request. As `Option<Principal>` it is None for somebody who is not signed in; otherwise that is an answer 401.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Principal {
    /// A program with a configured bearer token.
    Program,
    /// A browser with the cookie of a one-time link.
    Browser(CookieHash),
}

impl<S> OptionalFromRequestParts<S> for Principal
where
    Arc<Auth>: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, ApiError> {
        let auth = Arc::<Auth>::from_ref(state);
        // A header that is no bearer token is not ours to judge: there may be a cookie beside it.
        let bearer = parts.extract::<TypedHeader<Authorization<Bearer>>>().await;
        if bearer.is_ok_and(|TypedHeader(bearer)| auth.accepts_token(bearer.token())) {
            return Ok(Some(Self::Program));
        }
        let jar = CookieJar::from_headers(&parts.headers);
        match jar.get(auth.cookie_name()) {
            Some(cookie) => Ok(auth.accepts_cookie(cookie.value()).await?.map(Self::Browser)),
            None => Ok(None),
        }
    }
}

impl<S> FromRequestParts<S> for Principal
where
    Arc<Auth>: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let principal = <Self as OptionalFromRequestParts<S>>::from_request_parts(parts, state).await?;
        principal.ok_or(ApiError::SignedOut)
    }
}
