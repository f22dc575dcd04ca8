//! Refusal: errors as Frappe answers them: by status, by the exception's name, and in the words of each version of its API.

use crate::desk::Answer;
use serde_json::json;

/// Why something was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    status: u16,
    kind: String,
    words: String,
}

impl Refusal {
    /// Of an exception.
    pub fn of(status: u16, kind: &str, words: &str) -> Self {
        Self { status, kind: kind.to_owned(), words: words.to_owned() }
    }

    /// What a document's own rules refuse.
    pub fn invalid(words: &str) -> Self {
        Self::of(417, "ValidationError", words)
    }

    /// What is not there.
    pub fn missing(doctype: &str, name: &str) -> Self {
        Self::of(404, "DoesNotExistError", &format!("{doctype} {name} not found"))
    }

    /// As it is answered.
    pub fn answer(&self, is_version_two: bool) -> Answer {
        let message =
            json!({"message": self.words, "title": "Message", "indicator": "red", "raise_exception": 1});
        let body = match (is_version_two, self.words.is_empty()) {
            (true, true) => json!({"errors": [{"type": self.kind}]}),
            (true, false) => {
                json!({"errors": [{
                    "type": self.kind, "message": self.words, "title": "Message", "indicator": "red",
                    "exception": format!("Traceback…\n{}: {}", self.kind, self.words),
                }]})
            }
            (false, true) => json!({"exc_type": self.kind}),
            (false, false) => json!({
                "exception": format!("frappe.exceptions.{}: {}", self.kind, self.words),
                "exc_type": self.kind,
                "exc": "[\"Traceback…\"]",
                "_server_messages": json!([message.to_string()]).to_string(),
            }),
        };
        Answer::json(self.status, &body)
    }
}
