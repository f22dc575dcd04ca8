//! ePOS-Print: Epson's way (ePOS-Print XML User's Manual: `<epos-print>`, `<command>`, `<response>`): SOAP to
//! `/cgi-bin/epos/service.cgi`. What is printed are the printer's own commands, in hexadecimal.
//! A printer answers after it has printed; with an error before it does, or in the middle, which the answer does not tell apart.

use super::{Outcome, PRINTS_WITHIN_MS, PrinterStatus, WebAnswer, WebRequest, between};
use std::fmt::Write as _;

/// What a printer calls itself, unless somebody has called it otherwise.
const DEVICE: &str = "local_printer";
/// Refused as a whole: nothing of it was printed, nor will be.
const REFUSED: [&str; 7] = [
    "SchemaError",
    "DeviceNotFound",
    "EX_DEVICE_BUSY",
    "EX_SPOOLER",
    "JobNotFound",
    "RequestEntityTooLarge",
    "TooManyRequests",
];

/// Of its state, the bits that matter.
const NO_RESPONSE: u32 = 0x1;
const PRINTED: u32 = 0x2;
const DRAWER: u32 = 0x4;
const OFFLINE: u32 = 0x8;
const COVER_OPEN: u32 = 0x20;
/// Something mechanical, the cutter, for good, or until it has cooled down.
const ERRORS: u32 = 0x400 | 0x800 | 0x2000 | 0x4000;
const PAPER_LOW: u32 = 0x2_0000;
const PAPER_OUT: u32 = 0x8_0000;
const SPOOLER_STOPPED: u32 = 0x8000_0000;

/// Prints these commands; without any, it is only asked how it is.
pub(super) fn request(commands: &[u8]) -> WebRequest {
    let mut body = String::from(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\
         <s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>\
         <epos-print xmlns=\"http://www.epson-pos.com/schemas/2011/03/epos-print\">",
    );
    if !commands.is_empty() {
        body.push_str("<command>");
        for byte in commands {
            let _ = write!(body, "{byte:02x}");
        }
        body.push_str("</command>");
    }
    body.push_str("</epos-print></s:Body></s:Envelope>");
    let path = format!("/cgi-bin/epos/service.cgi?devid={DEVICE}&timeout={PRINTS_WITHIN_MS}");
    WebRequest { path, body }
}

/// What it answered.
pub(super) fn read(answer: &str) -> Option<WebAnswer> {
    let attributes = between(answer, "<response", ">")?;
    let of = |name: &str| {
        let (_, behind) = attributes.split_once(&format!(" {name}="))?;
        let quote = behind.chars().next().filter(|first| matches!(first, '"' | '\''))?;
        behind.split(quote).nth(1)
    };
    let success = match of("success")? {
        "true" | "1" => true,
        "false" | "0" => false,
        _ => return None,
    };
    let code = of("code").unwrap_or_default();
    let bits: u32 = of("status").and_then(|status| status.parse().ok()).unwrap_or(0);
    let has = |bit: u32| bits & bit != 0;
    let status = PrinterStatus {
        paper_out: has(PAPER_OUT) || code == "EPTR_REC_EMPTY",
        paper_low: has(PAPER_LOW),
        cover_open: has(COVER_OPEN) || code == "EPTR_COVER_OPEN",
        offline: has(OFFLINE),
        error: has(ERRORS),
        drawer_open: has(DRAWER),
    };
    let outcome = match success {
        // Taken by its spooler, which says nothing else of the printer; printing comes after.
        true if bits == PRINTED || has(SPOOLER_STOPPED) => Outcome::Printed { proven: false },
        true => Outcome::Printed { proven: true },
        false if REFUSED.contains(&code) => Outcome::NotPrinted { begun: false },
        false => Outcome::Unknown,
    };
    Some(WebAnswer { is_there: !has(NO_RESPONSE), status, outcome })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printout_is_carried_in_hexadecimal() {
        let request = request(&[0x1b, b'@', b'<', b'\n', 0xff]);
        assert_eq!(request.path, "/cgi-bin/epos/service.cgi?devid=local_printer&timeout=30000");
        assert!(
            request.body.contains(">\u{3c}command>1b403c0aff</command></epos-print></s:Body></s:Envelope>")
        );
        assert!(super::request(&[]).body.contains("epos-print\"></epos-print>"));
    }

    fn answer(success: &str, code: &str, status: u32) -> String {
        format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\">\
             <soapenv:Body><response success=\"{success}\" code=\"{code}\" status=\"{status}\" battery=\"0\" \
             xmlns=\"http://www.epson-pos.com/schemas/2011/03/epos-print\"/></soapenv:Body></soapenv:Envelope>"
        )
    }

    #[test]
    fn answers_say_what_the_manual_says() {
        let well = PrinterStatus::default();
        let (out, sent) = (Outcome::Printed { proven: true }, Outcome::Printed { proven: false });
        let (not, unknown) = (Outcome::NotPrinted { begun: false }, Outcome::Unknown);
        for (success, code, bits, outcome, status) in [
            // As in the manual's example: printed; the drawer's line is high.
            ("true", "", 251_854_870, out, PrinterStatus { drawer_open: true, paper_low: true, ..well }),
            ("true", "", 251_658_262, out, PrinterStatus { drawer_open: true, ..well }),
            ("1", "", 0x0f00_0012, out, well),
            // In its spooler.
            ("true", "", 0x2, sent, well),
            ("true", "", 0x8000_0000, sent, well),
            ("false", "SchemaError", 0, not, well),
            ("false", "DeviceNotFound", 0, not, well),
            ("false", "EX_DEVICE_BUSY", 0x0f00_0010, not, well),
            ("false", "TooManyRequests", 0, not, well),
            // It may have been in the middle, or at the cut.
            (
                "false",
                "EPTR_REC_EMPTY",
                0x000c_000c,
                unknown,
                PrinterStatus { paper_out: true, offline: true, drawer_open: true, ..well },
            ),
            (
                "false",
                "EPTR_COVER_OPEN",
                0x28,
                unknown,
                PrinterStatus { cover_open: true, offline: true, ..well },
            ),
            ("0", "EPTR_CUTTER", 0x808, unknown, PrinterStatus { error: true, offline: true, ..well }),
            ("false", "EX_TIMEOUT", 0, unknown, well),
            ("false", "PrintSystemError", 0, unknown, well),
            ("false", "what is to come", 0, unknown, well),
        ] {
            let read = read(&answer(success, code, bits)).unwrap();
            assert_eq!(read, WebAnswer { is_there: true, status, outcome }, "{success} {code} {bits:x}");
        }
        let off = read(&answer("false", "EX_BADPORT", 1)).unwrap();
        assert_eq!((off.is_there, off.outcome), (false, unknown));
        assert_eq!(read("<response code='' status='2' success='perhaps'/>"), None);
        assert_eq!(read("<response success='true' code='' status='18'/>").unwrap().outcome, out);
    }
}
