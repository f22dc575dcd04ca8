//! Setup: what whoever connected a remote system typed in, and the session with it.
//! Lives here: settings, secrets, a session. May use: std. Never: a secret in what is printed.

use std::collections::BTreeMap;
use std::fmt;

/// Something that is never printed.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Secret(String);

impl Secret {
    /// Takes it in.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// For a header or a signature, nothing else.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// The settings of one connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Setup {
    /// By name, as the descriptor asks for them.
    pub settings: BTreeMap<String, String>,
    /// The secret ones.
    pub secrets: BTreeMap<String, Secret>,
}

impl Setup {
    /// A setting; empty where it is not set.
    pub fn text(&self, name: &str) -> &str {
        self.settings.get(name).map_or("", String::as_str)
    }

    /// A secret; empty where it is not set.
    pub fn secret(&self, name: &str) -> &str {
        self.secrets.get(name).map_or("", Secret::reveal)
    }
}

/// What signing in gave: it is kept in memory alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// What goes with each request.
    pub token: Secret,
}
