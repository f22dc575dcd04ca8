//! Cabled: what scanners send that do not type: over a serial line, or as HID POS reports (USB HID Point of Sale Usage Tables 1.02).
//! Lives here: codes out of bytes in whatever pieces, and a scanner as a tablet knows it. May use: ids, cable. Never: a cable, a clock.
//! Invariant: what is read here is what a scanner that types would have typed: the same text, its identifier before it.

use crate::cable::Cable;
use crate::ids::ScannerId;
use serde::{Deserialize, Serialize};

/// A code is no longer.
const LONGEST_CODE: usize = 4_096;
/// The report that bears what was read.
const DECODED: u8 = 2;

/// A scanner of a tablet that hangs on a cable of its own and does not type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CabledScanner {
    /// Its name among records.
    pub id: ScannerId,
    /// Its name among people.
    pub name: String,
    /// A serial line, or USB for one that speaks HID POS.
    pub cable: Cable,
}

/// Reads what such a scanner sends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CodeReader {
    code: Vec<u8>,
}

impl CodeReader {
    /// Codes that the next bytes of a serial line end. A code ends with `CR`, `LF`, `HT` or `ETX`; one that has no end set ends
    /// with [`CodeReader::silence`].
    pub fn bytes(&mut self, bytes: &[u8]) -> Vec<String> {
        let mut codes = Vec::new();
        for byte in bytes {
            match byte {
                b'\r' | b'\n' | b'\t' | 0x03 => codes.extend(self.silence()),
                // `STX` begins one; before it was nothing.
                0x02 => self.code.clear(),
                _ if self.code.len() < LONGEST_CODE => self.code.push(*byte),
                _ => self.code.clear(),
            }
        }
        codes
    }

    /// Nothing came for a while: what has come is a code.
    pub fn silence(&mut self) -> Option<String> {
        let code = std::mem::take(&mut self.code);
        let text = letters(&code);
        (!text.trim().is_empty()).then_some(text)
    }

    /// Is a code under way?
    pub const fn is_reading(&self) -> bool {
        !self.code.is_empty()
    }

    /// The code that a HID POS report ends: how many bytes, the identifier of three letters, at most 56 bytes, and in the
    /// last bit whether more of it follows. The report's number is not among the bytes.
    pub fn report(&mut self, number: u8, bytes: &[u8]) -> Option<String> {
        let ([length, first, second, third, rest @ ..], DECODED) = (bytes, number) else { return None };
        let data = rest.get(..usize::from(*length).min(rest.len().min(56)))?;
        let identifier = [*first, *second, *third];
        if self.code.is_empty() && *first == b']' {
            self.code.extend(identifier);
        }
        if self.code.len().saturating_add(data.len()) > LONGEST_CODE {
            self.code.clear();
            return None;
        }
        self.code.extend_from_slice(data);
        let goes_on = rest.len() > 56 && rest.last().is_some_and(|last| last & 1 == 1);
        if goes_on { None } else { self.silence() }
    }
}

/// UTF-8, or what it can only be otherwise: one letter a byte.
fn letters(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn report(length: u8, identifier: &[u8; 3], data: &[u8], goes_on: bool) -> Vec<u8> {
        let mut bytes = vec![length];
        bytes.extend(identifier);
        bytes.extend(data);
        bytes.resize(60, 0);
        bytes.extend([b's', 0, goes_on.into()]);
        bytes
    }

    #[test]
    fn codes_of_a_serial_line_end_as_scanners_are_set() {
        let mut reader = CodeReader::default();
        assert_eq!(reader.bytes(b"5012345678900\r\n73513537\t"), ["5012345678900", "73513537"]);
        assert_eq!(reader.bytes(b"\x02]C10105012345678900\x1d303\x03"), ["]C10105012345678900\u{1d}303"]);
        assert_eq!(reader.bytes(b"501234"), [""; 0]);
        assert!(reader.is_reading());
        assert_eq!(reader.silence().as_deref(), Some("501234"));
        assert_eq!((reader.silence(), reader.is_reading()), (None, false));
        assert_eq!(reader.bytes("Gr\u{f6}\u{df}e\r".as_bytes()), ["Größe"]);
        assert_eq!(reader.bytes(b"Gr\xf6\xdfe\r"), ["Größe"]);
    }

    #[test]
    fn a_long_code_comes_in_several_reports() {
        let mut reader = CodeReader::default();
        assert_eq!(
            reader.report(2, &report(13, b"]E0", b"5012345678900", false)).as_deref(),
            Some("]E05012345678900")
        );
        let long = "A".repeat(60);
        assert_eq!(reader.report(2, &report(56, b"]Q0", &long.as_bytes()[..56], true)), None);
        let whole = reader.report(2, &report(4, b"]Q0", &long.as_bytes()[56..], false));
        assert_eq!(whole, Some(format!("]Q0{long}")));
        assert_eq!(reader.report(2, &report(3, b"\0\0\0", b"abc", false)).as_deref(), Some("abc"));
        assert_eq!(reader.report(9, &report(3, b"]E0", b"abc", false)), None, "says something else");
        assert_eq!(reader.report(2, &[1, 2]), None);
    }

    proptest! {
        #[test]
        fn whatever_comes_in_whatever_pieces_is_read_the_same(bytes: Vec<u8>, at: prop::sample::Index) {
            let mut whole = CodeReader::default();
            let codes = whole.bytes(&bytes);
            let mut parts = CodeReader::default();
            let (first, second) = bytes.split_at(at.index(bytes.len() + 1));
            let mut pieces = parts.bytes(first);
            pieces.extend(parts.bytes(second));
            prop_assert_eq!(pieces, codes);
            prop_assert_eq!(parts, whole);
        }

        #[test]
        fn no_report_is_too_strange(number: u8, bytes: Vec<u8>) {
            let _ = CodeReader::default().report(number, &bytes);
        }
    }
}
