//! Outcome: what became of a step.
//! Lives here: outcomes, what a command gave, where one stands. May use: command, exchange, serde. Never: a vendor.

use crate::command::Page;
use crate::exchange::{Request, Response};
use crate::reconciliation::Theirs;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Where a command of several requests stands, in its connector's own words. It may be forgotten: then the command begins again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress(Value);

impl Progress {
    /// Of a connector's own type.
    pub fn of(state: &impl Serialize) -> Self {
        Self(serde_json::to_value(state).unwrap_or(Value::Null))
    }

    /// Back again; none where it is another connector's.
    pub fn read<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_value(self.0.clone()).ok()
    }
}

/// A response and where the command stood when its request was sent.
#[derive(Clone, Copy, Debug)]
pub struct Came<'a> {
    /// Where it stood.
    pub progress: &'a Progress,
    /// What came.
    pub response: &'a Response,
}

/// What became of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The command is done.
    Done(Done),
    /// One more request, then the next step.
    Continue {
        /// Where it stands.
        progress: Progress,
        /// What to send next.
        request: Request,
    },
    /// Not now.
    Later {
        /// Not before so many ms from now, where the remote says so; else the runner's own patience counts.
        wait_ms: Option<i64>,
        /// For whoever looks at it meanwhile.
        reason: String,
        /// Did the remote answer? One that answers so again and again will not take this record; one that is silent is down.
        answered: bool,
    },
    /// The session has ended, or the credentials are not taken.
    SignedOut {
        /// What was said.
        reason: String,
    },
    /// Will not succeed by itself.
    Wedged(Wedged),
}

impl Outcome {
    /// The next request of a command.
    pub fn next(state: &impl Serialize, request: Request) -> Self {
        Self::Continue { progress: Progress::of(state), request }
    }

    /// A command that needs a person.
    pub fn wedged(reason: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Wedged(Wedged { reason: reason.into(), remedy: remedy.into() })
    }
}

/// What a command gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Done {
    /// Who is there.
    Seen {
        /// Name and version, the company: for a person.
        about: String,
    },
    /// Some of their records.
    Records(Page),
    /// Some of their documents.
    Documents {
        /// The documents.
        documents: Vec<Theirs>,
        /// Where the next page begins; none after the last.
        next: Option<String>,
    },
    /// They have our document.
    Delivered {
        /// What they call it among themselves.
        remote_id: String,
        /// Was it there already, from a time whose answer we did not hear?
        was_there: bool,
    },
    /// Their product has what we said.
    Written,
}

/// Why a command needs a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wedged {
    /// What is wrong, in words of the shop.
    pub reason: String,
    /// What to do about it.
    pub remedy: String,
}
