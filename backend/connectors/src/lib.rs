//! Connectors: a command becomes a request, a response becomes an outcome.
//! Lives here: what every connector to an ERP or an online store is. One folder a vendor comes beside this file.
//! May use: shared, serde. Never: async, HTTP, SQL, a clock, the environment, a secret in what it prints.
//! Invariant: an answer that is not understood is never taken for success.

use std::fmt;

/// A connector to one kind of remote system. It holds nothing between calls: the runner sends the request, and the
/// store keeps what is under way.
pub trait Connector {
    /// What it is asked to carry out or to fetch, in our words.
    type Command;
    /// Where a command that takes several requests stands; kept by the runner, given back with the next response.
    type Progress;

    /// The name in settings and addresses: lower-case letters, digits and `_`.
    fn name(&self) -> &'static str;

    /// The first request of a command. A command that cannot be said in the remote's words is wedged at once.
    ///
    /// # Errors
    /// [`Wedged`], with what a person can do about it.
    fn request(&self, command: &Self::Command) -> Result<Request, Wedged>;

    /// What a response means. `now_ms` (epoch ms) is when it came: waiting times are counted from there.
    fn outcome(
        &self,
        command: &Self::Command,
        progress: Option<Self::Progress>,
        response: &Response,
        now_ms: i64,
    ) -> Outcome<Self::Progress>;
}

/// A request to the remote system. The runner adds host and credentials; neither is seen here.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// How.
    pub method: Method,
    /// Path and query below the connection's own address, beginning with `/`.
    pub path: String,
    /// Headers beside those of the credentials; names in lower case.
    pub headers: Vec<(String, String)>,
    /// Exactly what is sent.
    pub body: Vec<u8>,
    /// May the runner send it again after a doubt? Only where the remote takes the same request for the same act.
    pub repeatable: bool,
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

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answer { status, body, .. } => write!(f, "Answer({status}, {} bytes)", body.len()),
            Self::None => f.write_str("None"),
        }
    }
}

/// What became of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome<Progress> {
    /// The remote has it.
    Done {
        /// What the remote calls it, where it says so.
        remote_id: Option<String>,
    },
    /// One more request, then ask again.
    Continue {
        /// Where it stands.
        progress: Progress,
        /// What to send next.
        request: Request,
    },
    /// Not now.
    RetryAt {
        /// Epoch ms.
        at_ms: i64,
        /// For whoever looks at it meanwhile.
        reason: String,
    },
    /// Will not succeed by itself.
    Wedged(Wedged),
}

/// Why a command needs a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wedged {
    /// What is wrong, in words of the shop.
    pub reason: String,
    /// What to do about it.
    pub remedy: String,
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
            repeatable: false,
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
