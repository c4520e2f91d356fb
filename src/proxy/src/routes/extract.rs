//! What is taken from a request, and told in our own envelope when it is not right.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::BODY_LIMIT;
use crate::error::ApiError;

/// A JSON body.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        if !is_json(request.headers()) {
            let message = "The body must be JSON, and the header content-type must say application/json.".to_owned();
            return Err(ApiError::Malformed { message });
        }
        let bytes = read(request).await?;
        let read = serde_json::from_slice(&bytes);
        read.map(Self).map_err(|error| ApiError::Malformed {
            message: format!("The body cannot be read: {error}."),
        })
    }
}

async fn read(request: Request) -> Result<Bytes, ApiError> {
    let limited = Limited::new(request.into_body(), BODY_LIMIT);
    match limited.collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(ApiError::TooLarge { limit: BODY_LIMIT }),
        Err(_) => Err(ApiError::Malformed {
            message: "The body ended before it was whole.".to_owned(),
        }),
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let media = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    media
        .and_then(|media| media.split(';').next())
        .is_some_and(|media| media.trim().eq_ignore_ascii_case("application/json"))
}

/// The id in a path.
pub(super) struct Id(pub(super) Uuid);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Name(text) = Name::from_request_parts(parts, state).await?;
        let id = Uuid::try_parse(&text);
        id.map(Self).map_err(|error| ApiError::Malformed {
            message: format!("“{text}” is not an id: {error}."),
        })
    }
}

/// The name in a path.
pub(super) struct Name(pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for Name {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        path.map(|Path(text)| Self(text)).map_err(|error| ApiError::Malformed {
            message: error.body_text(),
        })
    }
}

/// The values after the question mark.
pub(super) struct Values<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Values<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let query = Query::<T>::from_request_parts(parts, state).await;
        query
            .map(|Query(values)| Self(values))
            .map_err(|error| ApiError::Malformed {
                message: error.body_text(),
            })
    }
}
