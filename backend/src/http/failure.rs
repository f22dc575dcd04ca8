//! Failure: how an error of a use-case is told.

use crate::app::AppError;
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use shared::api::ErrorResponse;

/// An error on its way out.
#[derive(Debug)]
pub struct Failure(pub AppError);

impl From<AppError> for Failure {
    fn from(error: AppError) -> Self {
        Self(error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let message = self.0.to_string();
        let (status, code, message, fields, retry_after_ms) = match self.0 {
            AppError::NotFound => (StatusCode::NOT_FOUND, "not_found", message, Vec::new(), None),
            AppError::WrongInput { fields, .. } => {
                (StatusCode::BAD_REQUEST, "wrong_input", message, fields, None)
            }
            AppError::Conflict(_) => (StatusCode::CONFLICT, "conflict", message, Vec::new(), None),
            AppError::Unpaired => (StatusCode::UNAUTHORIZED, "unpaired", message, Vec::new(), None),
            AppError::Signature => (StatusCode::UNAUTHORIZED, "signature", message, Vec::new(), None),
            AppError::Outdated => (StatusCode::UPGRADE_REQUIRED, "outdated", message, Vec::new(), None),
            AppError::Busy(_) => {
                tracing::warn!(message, "a request could not be served now");
                (StatusCode::SERVICE_UNAVAILABLE, "server", message, Vec::new(), Some(1_000))
            }
            AppError::Money(_) => (StatusCode::BAD_REQUEST, "wrong_input", message, Vec::new(), None),
            AppError::Store(error) => {
                tracing::error!(%error, "the database failed a request");
                let message = "Something went wrong on the server. Nothing was changed; please try again.";
                (StatusCode::INTERNAL_SERVER_ERROR, "server", message.to_owned(), Vec::new(), Some(2_000))
            }
        };
        let body = ErrorResponse { code: code.to_owned(), message, fields, retry_after_ms };
        (status, Json(body)).into_response()
    }
}
