//! Fault: an exception of Odoo's, as both ways to call it serialize it (`serialize_exception` and the dispatchers of `odoo/http.py`).

use crate::desk::Answer;
use serde_json::{Value, json};

/// An exception.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// Its class.
    name: &'static str,
    message: String,
    /// Of HTTP, where there is one a kind.
    status: u16,
}

impl Fault {
    fn new(name: &'static str, status: u16, message: impl Into<String>) -> Self {
        Self { name, message: message.into(), status }
    }

    /// Something a person has to know.
    pub(super) fn user(message: impl Into<String>) -> Self {
        Self::new("odoo.exceptions.UserError", 422, message)
    }

    /// A rule of a model is broken.
    pub(super) fn validation(message: impl Into<String>) -> Self {
        Self::new("odoo.exceptions.ValidationError", 422, message)
    }

    /// Whoever calls may not.
    pub(super) fn access(message: impl Into<String>) -> Self {
        Self::new("odoo.exceptions.AccessError", 403, message)
    }

    /// A record is not there.
    pub(super) fn missing(model: &str, id: i64) -> Self {
        let message =
            format!("Record does not exist or has been deleted.\n(Record: {model}({id},), User: 2)");
        Self::new("odoo.exceptions.MissingError", 404, message)
    }

    /// Who calls is not known.
    pub(super) fn denied() -> Self {
        Self::new("odoo.exceptions.AccessDenied", 403, "Access Denied")
    }

    /// The key of JSON-2 is not known.
    pub(super) fn unauthorized() -> Self {
        Self::new("werkzeug.exceptions.Unauthorized", 401, "Invalid apikey")
    }

    /// No such model or method.
    pub(super) fn not_found(message: impl Into<String>) -> Self {
        Self::new("werkzeug.exceptions.NotFound", 404, message)
    }

    /// Parameters that a method does not have.
    pub(super) fn unprocessable(message: impl Into<String>) -> Self {
        Self::new("werkzeug.exceptions.UnprocessableEntity", 422, message)
    }

    /// A mistake of whoever calls, which Odoo takes for one of its own.
    pub(super) fn value(message: impl Into<String>) -> Self {
        Self::new("builtins.ValueError", 500, message)
    }

    /// No such database.
    pub(super) fn database(name: &str) -> Self {
        let message = format!("connection to server failed: FATAL:  database \"{name}\" does not exist");
        Self::new("psycopg2.OperationalError", 500, message)
    }

    fn data(&self) -> Value {
        json!({
            "name": self.name, "message": self.message, "arguments": [self.message], "context": {},
            "debug": format!("Traceback (most recent call last):\n{}: {}", self.name, self.message),
        })
    }

    /// As JSON-2 says it.
    pub(super) fn by_status(&self) -> Answer {
        Answer::json(self.status, &self.data())
    }

    /// As JSON-RPC says it.
    pub(super) fn within(&self) -> Answer {
        let error = json!({"code": 200, "message": "Odoo Server Error", "data": self.data()});
        Answer::json(200, &json!({"jsonrpc": "2.0", "id": 0, "error": error}))
    }
}
