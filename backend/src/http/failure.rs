//! Failure: how an error of a use-case is told.

use crate::app::AppError;
use crate::telemetry;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use shared::api::ErrorResponse;
use shared::store::WrongSetting;

/// An error on its way out.
#[derive(Debug)]
pub struct Failure {
    status: StatusCode,
    body: Box<ErrorResponse>,
}

impl Failure {
    /// A failure of these words.
    pub fn new(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        let body = ErrorResponse {
            code: code.to_owned(),
            message: message.into(),
            fields: Vec::new(),
            retry_after_ms: None,
        };
        Self { status, body: Box::new(body) }
    }

    /// With the fields that are wrong.
    fn of_fields(mut self, fields: Vec<WrongSetting>) -> Self {
        self.body.fields = fields;
        self
    }

    /// What is told of it.
    pub fn told(self) -> ErrorResponse {
        *self.body
    }

    /// Waiting so long helps.
    fn after(mut self, wait_ms: i64) -> Self {
        self.body.retry_after_ms = Some(wait_ms);
        self
    }
}

impl From<AppError> for Failure {
    fn from(error: AppError) -> Self {
        let message = error.to_string();
        let of = |status, code| Self::new(status, code, message.clone());
        match error {
            AppError::NotFound => of(StatusCode::NOT_FOUND, "not_found"),
            AppError::WrongInput { fields, .. } => {
                of(StatusCode::BAD_REQUEST, "wrong_input").of_fields(fields)
            }
            AppError::Taken { field, .. } => {
                let wrong = WrongSetting { field, message: message.clone() };
                of(StatusCode::CONFLICT, "conflict").of_fields(vec![wrong])
            }
            AppError::Conflict(_) => of(StatusCode::CONFLICT, "conflict"),
            AppError::SignIn(_) => of(StatusCode::UNAUTHORIZED, "sign_in"),
            AppError::Forbidden(_) => of(StatusCode::FORBIDDEN, "forbidden"),
            AppError::Locked { retry_after_ms, .. } => {
                of(StatusCode::TOO_MANY_REQUESTS, "locked").after(retry_after_ms)
            }
            AppError::Unpaired => of(StatusCode::UNAUTHORIZED, "unpaired"),
            AppError::Signature => of(StatusCode::UNAUTHORIZED, "signature"),
            AppError::Outdated => of(StatusCode::UPGRADE_REQUIRED, "outdated"),
            AppError::Busy(_) => {
                tracing::warn!(message, "a request could not be served now");
                of(StatusCode::SERVICE_UNAVAILABLE, "server").after(1_000)
            }
            AppError::Money(_) => of(StatusCode::BAD_REQUEST, "wrong_input"),
            AppError::Store(error) => {
                tracing::error!(%error, "the database failed a request");
                let message = "Something went wrong on the server. Nothing was changed; please try again.";
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "server", message).after(2_000)
            }
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let wait_ms = self.body.retry_after_ms;
        metrics::counter!(telemetry::REFUSALS, "code" => self.body.code.clone()).increment(1);
        let mut response = (self.status, Json(self.body)).into_response();
        if let Some(wait_ms) = wait_ms {
            let seconds = wait_ms.saturating_add(999) / 1_000;
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
