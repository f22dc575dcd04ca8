//! Cookie: the cookies of this server. A page's scripts see neither, and no other site makes a browser send them.

use super::Server;
use axum::http::{HeaderMap, HeaderValue, header};

/// Whose cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cookie {
    /// A person's, in the browser they signed in with.
    Staff,
    /// A tablet's.
    Device,
    /// A customer display's.
    Display,
}

impl Cookie {
    /// Over HTTPS the name itself binds the cookie to this host, over HTTPS (`__Host-`).
    const fn name(self, https: bool) -> &'static str {
        match (self, https) {
            (Self::Staff, true) => "__Host-tillbridge_session",
            (Self::Staff, false) => "tillbridge_session",
            (Self::Device, true) => "__Host-tillbridge_device",
            (Self::Device, false) => "tillbridge_device",
            (Self::Display, true) => "__Host-tillbridge_display",
            (Self::Display, false) => "tillbridge_display",
        }
    }

    /// What a request brings.
    pub fn of<'h>(self, server: &Server, headers: &'h HeaderMap) -> Option<&'h str> {
        self.sent(server.settings.https(), headers)
    }

    /// What a request brings to a server that is reached over HTTPS or not.
    pub fn sent(self, https: bool, headers: &HeaderMap) -> Option<&str> {
        let name = self.name(https);
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find_map(|(known, value)| (known == name).then_some(value))
    }

    /// Gives it to a browser, for so long.
    pub fn give(self, server: &Server, secret: &str, lasts_ms: i64) -> Option<HeaderValue> {
        let secure = if server.settings.https() { "; Secure" } else { "" };
        let name = self.name(server.settings.https());
        let seconds = lasts_ms / 1_000;
        let text = format!("{name}={secret}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}");
        HeaderValue::from_str(&text).ok()
    }

    /// Takes it back.
    pub fn take_back(self, server: &Server) -> Option<HeaderValue> {
        self.give(server, "", 0)
    }
}
