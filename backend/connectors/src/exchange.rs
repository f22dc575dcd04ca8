//! Exchange: a request to a remote system and what came back.
//! Lives here: both as data. May use: std. Never: the network; a body or a header in what is printed.

use std::fmt;

/// A request to the remote system. The runner adds the host; credentials are put on last.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// How.
    pub method: Method,
    /// Path and query below the connection's own address, beginning with `/`.
    pub path: String,
    /// Headers; names in lower case.
    pub headers: Vec<(String, String)>,
    /// Exactly what is sent.
    pub body: Vec<u8>,
}

impl Request {
    /// One that carries JSON.
    pub fn json(method: Method, path: impl Into<String>, body: &serde_json::Value) -> Self {
        Self {
            method,
            path: path.into(),
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: body.to_string().into_bytes(),
        }
    }

    /// One that reads.
    pub fn get(path: impl Into<String>) -> Self {
        Self { method: Method::Get, path: path.into(), headers: Vec::new(), body: Vec::new() }
    }
}

/// Bodies and headers can hold names and addresses of customers: only their size is printed.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.split('?').next().unwrap_or_default();
        write!(f, "Request({:?} {path}, {} bytes)", self.method, self.body.len())
    }
}

/// A method of HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Creates or acts.
    Post,
    /// Replaces.
    Put,
    /// Changes a part.
    Patch,
    /// Takes away.
    Delete,
}

impl Method {
    /// As HTTP writes it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// What came back.
#[derive(Clone, PartialEq, Eq)]
pub enum Response {
    /// An answer, whatever it says.
    Answer {
        /// Of HTTP.
        status: u16,
        /// Names in lower case.
        headers: Vec<(String, String)>,
        /// Whole, or as much as the runner takes.
        body: Vec<u8>,
    },
    /// None came. The remote may have acted all the same.
    None,
}

impl Response {
    /// An answer in JSON, for tests and fakes.
    pub fn of_json(status: u16, body: &serde_json::Value) -> Self {
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        Self::Answer { status, headers, body: body.to_string().into_bytes() }
    }

    /// A header of it.
    pub fn header(&self, name: &str) -> Option<&str> {
        let Self::Answer { headers, .. } = self else { return None };
        headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answer { status, body, .. } => write!(f, "Answer({status}, {} bytes)", body.len()),
            Self::None => f.write_str("None"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_holds_no_customer_and_no_secret() {
        let request = Request {
            method: Method::Post,
            path: "/orders?token=hush".to_owned(),
            headers: vec![("x-key".to_owned(), "hush".to_owned())],
            body: b"{\"email\":\"ann@example.org\"}".to_vec(),
        };
        assert_eq!(format!("{request:?}"), "Request(Post /orders, 27 bytes)");
        let response = Response::Answer {
            status: 200,
            headers: vec![("set-cookie".to_owned(), "hush".to_owned())],
            body: b"ann@example.org".to_vec(),
        };
        assert_eq!(format!("{response:?}"), "Answer(200, 15 bytes)");
    }
}
