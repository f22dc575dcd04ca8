//! Answer: what the status of an answer means, the same for all connectors.
//! Lives here: reading JSON, and the outcome of everything that is none. May use: exchange, outcome. Never: a vendor's own words.
//! Source: RFC 9110 §15, RFC 6585 §4 (429), RFC 9110 §10.2.3 (Retry-After in seconds; a date is left to the runner's own patience).

use crate::exchange::Response;
use crate::outcome::Outcome;
use serde_json::Value;

/// Longest part of an answer that is repeated in a reason.
const MOST_SAID: usize = 200;
/// The longest wait that is believed, ms: a day.
const LONGEST_WAIT_MS: i64 = 86_400_000;

/// The JSON of an answer that says it went well (2xx).
///
/// # Errors
/// What any other answer means; `said` finds a remote's own words in the JSON of one that went wrong.
pub fn json(response: &Response, said: impl Fn(&Value) -> Option<String>) -> Result<Value, Outcome> {
    let Response::Answer { status, body, .. } = response else {
        return Err(later(None, "No answer came.".to_owned(), false));
    };
    let parsed: Option<Value> = serde_json::from_slice(body).ok();
    let words = parsed.as_ref().and_then(said).map(|words| cut(&words));
    let with = |what: &str| match &words {
        Some(words) => format!("{what}: {words}"),
        None => format!("{what}."),
    };
    Err(match status {
        200..=299 => match parsed {
            Some(value) => return Ok(value),
            // A page of a proxy or of the wrong address: whether it acted is not known.
            None => later(
                None,
                "The answer is not of the kind that was expected; is the address right?".to_owned(),
                true,
            ),
        },
        401 => Outcome::SignedOut { reason: with("It does not know us any more (401)") },
        408 | 425 => later(None, with(&format!("It asks to try again ({status})")), false),
        429 | 503 => later(wait_ms(response), with(&format!("It asks for a break ({status})")), false),
        // What stands before it says that nobody is behind.
        502 | 504 => later(wait_ms(response), with(&format!("It cannot be reached ({status})")), false),
        500..=599 => later(wait_ms(response), with(&format!("It failed ({status})")), true),
        301 | 302 | 303 | 307 | 308 => Outcome::wedged(
            format!("It sends us on to another address ({status}), and we do not follow."),
            "Set the address it really has.",
        ),
        403 => Outcome::wedged(
            with("It does not let us do this (403)"),
            "Give the user or key of this connection the right to do it there, then send it again.",
        ),
        404 | 410 => Outcome::wedged(
            with(&format!("It does not know what we ask for ({status})")),
            "Look whether the record is still there, or whether the address is right; then send it again.",
        ),
        409 | 412 => Outcome::wedged(
            with(&format!("It says something else was first ({status})")),
            "Look at the record there, then send it again.",
        ),
        _ => Outcome::wedged(
            with(&format!("It does not take this ({status})")),
            "Look at what it says, mend it here or there, then send it again.",
        ),
    })
}

/// An answer that went well by its status and says nothing we understand.
pub fn misunderstood(what: &str) -> Outcome {
    Outcome::wedged(
        format!("Its answer is not understood: {what}."),
        "Look at the answer below. It may be a version that was not tried; nothing is taken for done.",
    )
}

fn later(wait_ms: Option<i64>, reason: String, answered: bool) -> Outcome {
    Outcome::Later { wait_ms, reason, answered }
}

fn wait_ms(response: &Response) -> Option<i64> {
    let seconds: i64 = response.header("retry-after")?.trim().parse().ok()?;
    Some(seconds.checked_mul(1_000)?.clamp(0, LONGEST_WAIT_MS))
}

/// As much of a remote's words as a person reads.
pub(crate) fn cut(words: &str) -> String {
    let flat = words.split_whitespace().collect::<Vec<_>>().join(" ");
    match flat.char_indices().nth(MOST_SAID) {
        Some((at, _)) => format!("{}…", flat.get(..at).unwrap_or_default()),
        None => flat,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(status: u16, headers: &[(&str, &str)], body: &str) -> Result<Value, Outcome> {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let response = Response::Answer { status, headers, body: body.as_bytes().to_vec() };
        json(&response, |value| value["message"].as_str().map(str::to_owned))
    }

    #[test]
    fn nothing_but_json_with_a_good_status_went_well() {
        assert_eq!(of(200, &[], "{\"a\":1}"), Ok(json!({"a": 1})));
        for (status, body) in [
            (200, "<html>Sign in</html>"),
            (200, ""),
            (200, "{\"a\":"),
            (302, ""),
            (401, "{}"),
            (403, "{}"),
            (404, "{}"),
            (409, "{}"),
            (418, "{}"),
            (429, "{}"),
            (500, "{}"),
            (503, "busy"),
            (999, "{}"),
        ] {
            assert!(!matches!(of(status, &[], body), Ok(_) | Err(Outcome::Done(_))), "{status} {body}");
        }
        assert!(json(&Response::None, |_| None).is_err());
    }

    #[test]
    fn what_passes_by_itself_is_tried_again_and_the_rest_is_for_a_person() {
        let waits = |status: u16, headers: &[(&str, &str)]| match of(status, headers, "{}") {
            Err(Outcome::Later { wait_ms, answered, .. }) => Some((wait_ms, answered)),
            _ => None,
        };
        assert_eq!(waits(429, &[("retry-after", "7")]), Some((Some(7_000), false)), "our own doing");
        assert_eq!(waits(429, &[]), Some((None, false)));
        assert_eq!(
            waits(503, &[("retry-after", "120")]),
            Some((Some(120_000), false)),
            "nothing of the record"
        );
        assert_eq!(waits(502, &[]), Some((None, false)));
        assert_eq!(waits(503, &[("retry-after", "Fri, 31 Dec 1999 23:59:59 GMT")]), Some((None, false)));
        assert_eq!(waits(500, &[("retry-after", "999999999")]), Some((Some(86_400_000), true)));
        assert_eq!(waits(500, &[]), Some((None, true)));
        assert_eq!(waits(400, &[]), None);
        assert!(matches!(of(401, &[], "{}"), Err(Outcome::SignedOut { .. })));
        let Err(Outcome::Wedged(wedged)) = of(400, &[], "{\"message\":\"tax  is\\n missing\"}") else {
            unreachable!("a person is asked")
        };
        assert_eq!(wedged.reason, "It does not take this (400): tax is missing");
        let long = format!("{{\"message\":\"{}\"}}", "é".repeat(500));
        let Err(Outcome::Wedged(wedged)) = of(400, &[], &long) else { unreachable!("a person is asked") };
        assert!(wedged.reason.chars().count() < 250);
    }
}
