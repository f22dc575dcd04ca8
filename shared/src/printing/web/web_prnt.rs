//! webPRNT: Star's way (Star webPRNT User's Manual: Request Element, Response Element): a document within a document to
//! `/StarWebPRNT/SendMessage`. What is printed are the printer's own commands, in base64; beginning anew is an element of its own,
//! as the manual wants it. A printer answers when it has printed (`checkedblock`, which it is unless it is told otherwise).

use super::super::star_status;
use super::{Outcome, WebAnswer, WebRequest, between};

/// `ESC @`, which must not stand in raw data.
const BEGIN_ANEW: [u8; 2] = [0x1b, b'@'];
/// How far a cut goes that divides a printout from what came out of it before.
const DIVIDED_WITHIN: usize = 10;
/// Another device prints: it is to be sent again. Its radio is off, or not allowed.
const REFUSED: [&str; 3] = ["2001", "4000", "4001"];

/// Prints these commands; without any, it is only asked how it is.
pub(super) fn request(commands: &[u8]) -> WebRequest {
    let mut root = String::from("<root>");
    // A printout that is begun anew has a cut and another beginning close behind its own.
    let near = commands.get(BEGIN_ANEW.len()..).unwrap_or_default();
    let again = near.windows(BEGIN_ANEW.len()).take(DIVIDED_WITHIN).position(|two| two == BEGIN_ANEW);
    let (first, rest) = match again.map(|at| at.saturating_add(BEGIN_ANEW.len())) {
        Some(at) => commands.split_at_checked(at).unwrap_or((commands, &[])),
        None => (commands, [].as_slice()),
    };
    raw(first, &mut root);
    raw(rest, &mut root);
    root.push_str("</root>");
    let root = root.replace('<', "&lt;").replace('>', "&gt;");
    let body = format!(
        "<StarWebPrint xmlns=\"http://www.star-m.jp\" xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\">\
         <Request>{root}</Request></StarWebPrint>"
    );
    WebRequest { path: "/StarWebPRNT/SendMessage".to_owned(), body }
}

/// Commands as they are, but for the one they may begin with.
fn raw(commands: &[u8], root: &mut String) {
    let rest = commands.strip_prefix(&BEGIN_ANEW);
    if rest.is_some() {
        root.push_str("<initialization/>");
    }
    let rest = rest.unwrap_or(commands);
    if !rest.is_empty() {
        root.push_str("<rawdata>");
        base64(rest, root);
        root.push_str("</rawdata>");
    }
}

/// What it answered.
pub(super) fn read(answer: &str) -> Option<WebAnswer> {
    let root = between(answer, "<Response>", "</Response>")?.replace("&lt;", "<").replace("&gt;", ">");
    let of = |name: &str| between(&root, &format!("<{name}>"), &format!("</{name}>")).map(str::trim);
    let success = match of("success")? {
        "true" => true,
        "false" => false,
        _ => return None,
    };
    let code = of("code").unwrap_or_default();
    let digits: Vec<u8> = of("status")
        .unwrap_or_default()
        .chars()
        .map_while(|digit| digit.to_digit(16)?.try_into().ok())
        .collect();
    let bytes: Vec<u8> =
        digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |sum, digit| (sum << 4) | digit)).collect();
    let outcome = match success {
        true => Outcome::Printed { proven: true },
        false if REFUSED.contains(&code) => Outcome::NotPrinted { begun: false },
        false => Outcome::Unknown,
    };
    Some(WebAnswer { is_there: !code.starts_with('4'), status: star_status(&bytes), outcome })
}

/// RFC 4648, with its filling.
fn base64(bytes: &[u8], out: &mut String) {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for three in bytes.chunks(3) {
        let bits =
            (0..3).fold(0_usize, |bits, at| (bits << 8) | usize::from(three.get(at).copied().unwrap_or(0)));
        for at in 0..4_usize {
            let letter = LETTERS.get((bits >> (18 - 6 * at)) & 63).copied().unwrap_or(b'=');
            out.push(if at <= three.len() { letter.into() } else { '=' });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::PrinterStatus;
    use super::*;

    #[test]
    fn bytes_are_written_as_the_standard_writes_them() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("foobar", "Zm9vYmFy"),
        ] {
            let mut out = String::new();
            base64(bytes.as_bytes(), &mut out);
            assert_eq!(out, text);
        }
        let mut out = String::new();
        base64(&[0xff, 0xef, 0xbe], &mut out);
        assert_eq!(out, "/+++");
    }

    #[test]
    fn a_printout_is_a_document_within_a_document() {
        let inside = |commands: &[u8]| {
            let request = request(commands);
            assert_eq!(request.path, "/StarWebPRNT/SendMessage");
            between(&request.body, "<Request>", "</Request>")
                .unwrap()
                .replace("&lt;", "<")
                .replace("&gt;", ">")
        };
        assert_eq!(inside(b"foo"), "<root><rawdata>Zm9v</rawdata></root>");
        assert_eq!(inside(b"\x1b@foo"), "<root><initialization/><rawdata>Zm9v</rawdata></root>");
        assert_eq!(inside(b""), "<root></root>");
        assert_eq!(
            inside(b"\x1b@\nfoo\x1b@foo"),
            "<root><initialization/><rawdata>CmZvbw==</rawdata><initialization/><rawdata>Zm9v</rawdata></root>"
        );
        let star = crate::receipt::escpos::profile("star-80").unwrap();
        let mut anew = crate::receipt::escpos::divide(&star);
        anew.extend(b"\x1b@foo");
        assert_eq!(inside(&anew).matches("<initialization/>").count(), 2);
    }

    fn answer(success: &str, code: &str, status: &str) -> String {
        let root =
            format!("<root><success>{success}</success><code>{code}</code><status>{status}</status></root>");
        let root = root.replace('<', "&lt;").replace('>', "&gt;");
        format!("<StarWebPrint xmlns=\"http://www.star-m.jp\"><Response>{root}</Response></StarWebPrint>")
    }

    #[test]
    fn answers_say_what_the_manual_says() {
        let well = PrinterStatus::default();
        let (not, unknown) = (Outcome::NotPrinted { begun: false }, Outcome::Unknown);
        let out = Outcome::Printed { proven: true };
        for (success, code, bits, outcome, status) in [
            ("true", "0", "2386000000000000000000", out, well),
            (
                "true",
                "0",
                "2386040000040000000000",
                out,
                PrinterStatus { drawer_open: true, paper_low: true, ..well },
            ),
            ("false", "2001", "2386000000000000000000", not, well),
            (
                "false",
                "1100",
                "2386080000080000000000",
                unknown,
                PrinterStatus { offline: true, paper_out: true, ..well },
            ),
            (
                "false",
                "1100",
                "2386280000000000000000",
                unknown,
                PrinterStatus { offline: true, cover_open: true, ..well },
            ),
            (
                "false",
                "1100",
                "2386080800000000000000",
                unknown,
                PrinterStatus { offline: true, error: true, ..well },
            ),
            ("false", "9999", "", unknown, well),
        ] {
            let read = read(&answer(success, code, bits)).unwrap();
            assert_eq!(read, WebAnswer { is_there: true, status, outcome }, "{success} {code} {bits}");
        }
        assert!(!read(&answer("false", "4000", "")).unwrap().is_there);
        assert_eq!(read(&answer("perhaps", "0", "")), None);
    }
}
