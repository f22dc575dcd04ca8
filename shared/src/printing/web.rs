//! Web: what is said over HTTP to printers that understand it, and what they answer (ADR 0041).
//! Lives here: the requests that ask how a printer is and that print a whole printout, reading an answer (`epos_print`: Epson's
//! ePOS-Print; `web_prnt`: Star's webPRNT), what a page's policy lets it call. May use: cable, what printers say. Never: a request.
//! Invariant: a printout is said to be out, or not to be out, only where the answer leaves no doubt; all else is unknown, and a
//! person looks.

mod epos_print;
mod web_prnt;

use super::{Outcome, PrinterStatus, WebService};

/// How long a printer may take for a printout before it answers that it could not, ms.
pub const PRINTS_WITHIN_MS: u32 = 30_000;

/// What is posted to a printer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebRequest {
    /// Behind its origin.
    pub path: String,
    /// What is sent.
    pub body: String,
}

/// What both makers' documents say of the body.
pub const CONTENT_TYPE: &str = "text/xml; charset=utf-8";

/// What a printer answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WebAnswer {
    /// Is there a printer behind what has answered?
    pub is_there: bool,
    /// How it is.
    pub status: PrinterStatus,
    /// What became of what was to be printed.
    pub outcome: Outcome,
}

/// How is it? Nothing comes out.
pub fn ask(service: WebService) -> WebRequest {
    match service {
        WebService::EposPrint => epos_print::request(&[]),
        WebService::WebPrnt => web_prnt::request(&[]),
    }
}

/// Prints all of it, its end too.
pub fn print(service: WebService, printout: &[u8]) -> WebRequest {
    match service {
        WebService::EposPrint => epos_print::request(printout),
        WebService::WebPrnt => web_prnt::request(printout),
    }
}

/// What an answer says; nothing where it is none of such a printer.
pub fn read(service: WebService, answer: &str) -> Option<WebAnswer> {
    match service {
        WebService::EposPrint => epos_print::read(answer),
        WebService::WebPrnt => web_prnt::read(answer),
    }
}

/// The other sites a page may call by its policy (`connect-src` of `Content-Security-Policy`).
pub fn callable(policy: &str) -> Vec<&str> {
    let mut directives = policy.split(';').map(str::split_whitespace);
    let sources = directives.find_map(|mut words| (words.next() == Some("connect-src")).then_some(words));
    sources.into_iter().flatten().filter(|source| !source.starts_with('\'')).collect()
}

/// The text between two others; nothing where one of them is missing.
fn between<'t>(text: &'t str, before: &str, behind: &str) -> Option<&'t str> {
    Some(text.split_once(before)?.1.split_once(behind)?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_says_whom_a_page_may_call() {
        let usual = "default-src 'self'; connect-src 'self'; worker-src 'self'";
        assert_eq!(callable(usual), Vec::<&str>::new());
        let two = "default-src 'self'; connect-src 'self' https://192.168.1.50 http://tm.local:8008; img-src https://cdn";
        assert_eq!(callable(two), ["https://192.168.1.50", "http://tm.local:8008"]);
        assert_eq!(callable(""), Vec::<&str>::new());
    }

    #[test]
    fn what_is_no_answer_of_a_printer_is_none() {
        for service in [WebService::EposPrint, WebService::WebPrnt] {
            for text in
                ["", "<html><title>Sign in</title></html>", "<response>", "{\"success\":true}", "<success>"]
            {
                assert_eq!(read(service, text), None, "{service:?} {text}");
            }
        }
    }
}
