//! What is being fetched, was fetched, or could not be.

use crate::api::ApiError;

/// The three things that a fetched value can be. There is no fourth that passes for an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Load<T> {
    /// Under way.
    Loading,
    /// Here.
    Ready(T),
    /// Not here, and why.
    Failed(ApiError),
}

impl<T> Load<T> {
    /// Whether it is under way.
    pub fn is_loading(&self) -> bool {
        matches!(self, Self::Loading)
    }

    /// The value, where there is one.
    pub fn ready(&self) -> Option<&T> {
        match self {
            Self::Ready(value) => Some(value),
            Self::Loading | Self::Failed(_) => None,
        }
    }
}

impl<T> From<Result<T, ApiError>> for Load<T> {
    fn from(result: Result<T, ApiError>) -> Self {
        match result {
            Ok(value) => Self::Ready(value),
            Err(error) => Self::Failed(error),
        }
    }
}
