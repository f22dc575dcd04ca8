//! Input: reading what a request holds, and saying which part of it is wrong.

use super::Server;
use super::failure::Failure;
use crate::app::AppError;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{ConnectInfo, FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use serde::de::DeserializeOwned;
use shared::store::WrongSetting;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

/// A body of JSON.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Server> for Body<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, server: &Server) -> Result<Self, Failure> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let kind = kind.and_then(|value| value.split(';').next()).map(str::trim);
        if !kind.is_some_and(|kind| kind.eq_ignore_ascii_case("application/json")) {
            let message = "This must be sent as JSON (Content-Type: application/json). Nothing was changed.";
            return Err(Failure::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "wrong_input", message));
        }
        let Whole(bytes) = Whole::from_request(request, server).await?;
        Ok(Self(from_json(&bytes)?))
    }
}

fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, AppError> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let why = error.inner().to_string();
        if error.inner().is_syntax() || error.inner().is_eof() {
            return AppError::wrong_input(format!("This is not JSON: {why}. Nothing was changed."));
        }
        let field = field_of(&path, &why);
        let message = format!("“{field}” cannot be read: {why}. Nothing was changed.");
        AppError::WrongInput { message, fields: vec![WrongSetting { field, message: why }] }
    })?;
    reader.end().map_err(|error| {
        AppError::wrong_input(format!("Something stands behind the JSON: {error}. Nothing was changed."))
    })?;
    Ok(value)
}

/// A missing field is named in the words alone; its path is that of what it is missing from.
fn field_of(path: &str, why: &str) -> String {
    let missing = why.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
    match missing {
        Some(missing) if path == "." => missing.to_owned(),
        Some(missing) => format!("{path}.{missing}"),
        None => path.to_owned(),
    }
}

/// A body as it came.
pub struct Whole(pub Bytes);

impl FromRequest<Server> for Whole {
    type Rejection = Failure;

    async fn from_request(request: Request, server: &Server) -> Result<Self, Failure> {
        match Bytes::from_request(request, server).await {
            Ok(bytes) => Ok(Self(bytes)),
            Err(BytesRejection::FailedToBufferBody(error))
                if error.status() == StatusCode::PAYLOAD_TOO_LARGE =>
            {
                let message = "This is more than the server takes at once. Nothing was changed; send less.";
                Err(Failure::new(StatusCode::PAYLOAD_TOO_LARGE, "wrong_input", message))
            }
            Err(error) => {
                let message = format!("The request broke off: {error}. Nothing was changed; send it again.");
                Err(AppError::wrong_input(message).into())
            }
        }
    }
}

/// The `{id}` of a path. What is no id is no record either.
pub struct Id<T>(pub T);

impl<T: FromStr> FromRequestParts<Server> for Id<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Failure> {
        let Path(text): Path<String> =
            Path::from_request_parts(parts, server).await.map_err(|_| AppError::NotFound)?;
        Ok(Self(text.parse().map_err(|_| AppError::NotFound)?))
    }
}

/// What stands behind the question mark.
pub struct Asked<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<Server> for Asked<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &Server) -> Result<Self, Failure> {
        let Query(asked) = Query::try_from_uri(&parts.uri).map_err(|error| {
            AppError::wrong_input(format!("The address cannot be read: {}.", error.body_text()))
        })?;
        Ok(Self(asked))
    }
}

/// Reads one of the things asked for; an empty text is as good as none.
pub fn asked<T, E>(
    field: &str,
    text: Option<&str>,
    read: impl FnOnce(&str) -> Result<T, E>,
    message: &str,
) -> Result<Option<T>, AppError> {
    match text.map(str::trim).filter(|text| !text.is_empty()) {
        Some(text) => read(text).map(Some).map_err(|_| AppError::wrong_field(field, message)),
        None => Ok(None),
    }
}

/// The network address a request came from, as far as guessing is counted by it.
pub struct Address(pub String);

impl FromRequestParts<Server> for Address {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Failure> {
        // Behind a proxy of our own the last address is the one the proxy saw; those before it are hearsay.
        let forwarded = parts.headers.get_all("x-forwarded-for").iter().next_back();
        let forwarded = forwarded.and_then(|value| value.to_str().ok()?.rsplit(',').next());
        let forwarded = forwarded.and_then(|text| text.trim().parse::<IpAddr>().ok());
        let direct = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let address = if server.settings.public_url.is_some() { forwarded.or(direct) } else { direct };
        Ok(Self(address.map_or_else(|| "unknown".to_owned(), counted)))
    }
}

/// Whoever has one IPv6 address has its whole /64.
fn counted(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::api::SetupRequest;

    fn told(json: &str) -> (String, Vec<String>) {
        match from_json::<SetupRequest>(json.as_bytes()).unwrap_err() {
            AppError::WrongInput { message, fields } => {
                (message, fields.into_iter().map(|field| field.field).collect())
            }
            other => panic!("{other}"),
        }
    }

    #[test]
    fn wrong_json_names_the_field() {
        assert_eq!(told("{}").1, ["organisation_name"]);
        assert_eq!(told(r#"{"organisation_name":"x","owner":{"name":"a"}}"#).1, ["owner.email"]);
        assert_eq!(told(r#"{"organisation_name":7}"#).1, ["organisation_name"]);
        let (message, fields) = told("{\"organisation_name\": ");
        assert!(message.starts_with("This is not JSON") && fields.is_empty(), "{message}");
    }

    #[test]
    fn addresses_are_counted_by_who_holds_them() {
        assert_eq!(counted("192.0.2.7".parse().unwrap()), "192.0.2.7");
        assert_eq!(counted("::ffff:192.0.2.7".parse().unwrap()), "192.0.2.7");
        let near = counted("2001:db8:1:2:3::4".parse().unwrap());
        assert_eq!(near, counted("2001:db8:1:2:ffff::1".parse().unwrap()));
        assert_ne!(near, counted("2001:db8:1:3::1".parse().unwrap()));
    }
}
