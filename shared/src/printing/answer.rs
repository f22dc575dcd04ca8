//! Answer: what a printer says of itself, byte by byte (Epson's reference: `DLE EOT`, automatic status back, `GS r`; Star's: Line Mode
//! Command Specifications, "Automatic Status", and `ETB`).
//! Lives here: the questions, and reading what comes back, in whatever pieces. May use: how printers are told. Never: a cable.
//! Invariant: a byte that is no answer changes nothing.

use crate::receipt::escpos::Dialect;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// `GS r 1`, Star's `ETB`, behind everything else: a printer answers it when all before it is printed.
pub const fn proof(dialect: Dialect) -> &'static [u8] {
    match dialect {
        Dialect::EscPos => &[0x1d, b'r', 1],
        Dialect::StarPrnt => &[0x17],
    }
}
/// `DLE EOT`: the printer, why it is offline, the paper. It answers at once, whatever it is doing.
const ASK: [u8; 9] = [0x10, 4, 1, 0x10, 4, 2, 0x10, 4, 4];
/// `ESC RS a 1`, `ESC ACK SOH`: says how it is whenever that changes, and now.
const ASK_STAR: [u8; 7] = [0x1b, 0x1e, b'a', 1, 0x1b, 0x06, 0x01];

/// How a printer is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PrinterStatus {
    /// There is no paper.
    pub paper_out: bool,
    /// The roll is nearly at its end, where it can tell.
    pub paper_low: bool,
    /// The cover is open.
    pub cover_open: bool,
    /// It takes nothing, for these reasons or another.
    pub offline: bool,
    /// Something is stuck or too hot.
    pub error: bool,
    /// The drawer's own switch, where one is connected: open.
    pub drawer_open: bool,
}

impl PrinterStatus {
    /// Would it print now?
    pub const fn is_ready(self) -> bool {
        !(self.paper_out || self.cover_open || self.offline || self.error)
    }
}

/// Something a printer said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// How it is.
    Status(PrinterStatus),
    /// Everything before [`proof`] is printed.
    Proof,
}

/// Reads what a printer says.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    dialect: Dialect,
    is_asked: bool,
    /// What it was asked and has not answered, by the number of the question.
    asked: VecDeque<u8>,
    status: PrinterStatus,
    /// What has come of an automatic status, four bytes.
    automatic: Vec<u8>,
}

impl Answers {
    /// Those of a printer that is told so.
    pub fn of(dialect: Dialect) -> Self {
        Self { dialect, ..Self::default() }
    }

    /// The bytes that ask how it is. What was asked before and not answered is not waited for.
    pub fn ask(&mut self) -> Vec<u8> {
        self.is_asked = true;
        if self.dialect == Dialect::StarPrnt {
            return ASK_STAR.to_vec();
        }
        self.asked = VecDeque::from([1, 2, 4]);
        self.status = PrinterStatus::default();
        self.automatic.clear();
        ASK.to_vec()
    }

    /// What the next bytes say.
    pub fn read(&mut self, bytes: &[u8]) -> Vec<Answer> {
        match self.dialect {
            Dialect::EscPos => bytes.iter().filter_map(|byte| self.byte(*byte)).collect(),
            Dialect::StarPrnt => bytes.iter().flat_map(|byte| self.star(*byte)).collect(),
        }
    }

    /// What has been answered so far of what was asked; none for nothing.
    pub fn so_far(&self) -> Option<PrinterStatus> {
        (self.dialect == Dialect::EscPos && self.is_asked && self.asked.len() < 3).then_some(self.status)
    }

    fn byte(&mut self, byte: u8) -> Option<Answer> {
        let has = |bit: u8| byte & (1 << bit) != 0;
        if !self.automatic.is_empty() {
            self.automatic.push(byte);
            return self.automatic();
        }
        match byte & 0b1001_0011 {
            // An answer to `DLE EOT`.
            0b0001_0010 => {
                match self.asked.pop_front()? {
                    1 => (self.status.drawer_open, self.status.offline) = (has(2), has(3)),
                    2 => {
                        self.status.cover_open = has(2);
                        self.status.paper_out |= has(5);
                        self.status.error = has(6);
                    }
                    _ => {
                        self.status.paper_low = has(2) || has(3);
                        self.status.paper_out |= has(5) || has(6);
                    }
                }
                self.asked.is_empty().then_some(Answer::Status(self.status))
            }
            0b0001_0000 => {
                self.automatic.push(byte);
                None
            }
            // `GS r`; the signs for "stop" and "go on" of a serial line are none of these.
            _ if byte & 0b1001_0000 == 0 => Some(Answer::Proof),
            _ => None,
        }
    }

    /// Star's automatic status: how many bytes it has, its version, and two to thirteen of states.
    fn star(&mut self, byte: u8) -> Vec<Answer> {
        if self.automatic.is_empty() && star_length(byte).is_none() {
            return Vec::new();
        }
        self.automatic.push(byte);
        let length = self.automatic.first().and_then(|first| star_length(*first));
        if length.is_some_and(|length| self.automatic.len() < length) {
            return Vec::new();
        }
        let bytes = std::mem::take(&mut self.automatic);
        self.status = star_status(&bytes);
        // First how it is, so that a receipt is not taken for printed by one that has stopped in it.
        let proof = bytes.get(2).is_some_and(|byte| byte & 2 != 0).then_some(Answer::Proof);
        std::iter::once(Answer::Status(self.status)).chain(proof).collect()
    }

    fn automatic(&mut self) -> Option<Answer> {
        let [first, second, third, _] = *self.automatic.as_slice() else { return None };
        self.automatic.clear();
        let has = |byte: u8, bit: u8| byte & (1 << bit) != 0;
        Some(Answer::Status(PrinterStatus {
            drawer_open: has(first, 2),
            offline: has(first, 3),
            cover_open: has(first, 5),
            error: has(second, 3) || has(second, 5) || has(second, 6),
            paper_low: has(third, 0) || has(third, 1),
            paper_out: has(third, 2) || has(third, 3),
        }))
    }
}

/// What an automatic status of Star's says, from its first byte on.
pub(super) fn star_status(bytes: &[u8]) -> PrinterStatus {
    let has = |byte: usize, bit: u8| bytes.get(byte).is_some_and(|byte| byte & (1 << bit) != 0);
    PrinterStatus {
        cover_open: has(2, 5),
        offline: has(2, 3),
        drawer_open: has(2, 2),
        error: has(3, 2) || has(3, 3) || has(3, 5) || has(3, 6),
        paper_out: has(5, 3),
        paper_low: has(5, 1) || has(5, 2),
    }
}

/// How many bytes an automatic status of Star's has, by its first: bits 1 to 3 and 5; 0 is always on, 4, 6 and 7 never.
const fn star_length(first: u8) -> Option<usize> {
    if first & 0b1101_0001 != 1 {
        return None;
    }
    let length = ((first >> 1) & 7) | ((first >> 2) & 8);
    if length >= 7 { Some(length as usize) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(bytes: &[u8]) -> Vec<Answer> {
        let mut answers = Answers::default();
        answers.ask();
        answers.read(bytes)
    }

    #[test]
    fn answers_say_what_the_reference_says() {
        let well = PrinterStatus::default();
        for (bytes, status) in [
            ([0x12, 0x12, 0x12], well),
            ([0x16, 0x12, 0x12], PrinterStatus { drawer_open: true, ..well }),
            ([0x1a, 0x32, 0x72], PrinterStatus { offline: true, paper_out: true, ..well }),
            ([0x1a, 0x16, 0x12], PrinterStatus { offline: true, cover_open: true, ..well }),
            ([0x1a, 0x52, 0x12], PrinterStatus { offline: true, error: true, ..well }),
            ([0x12, 0x12, 0x1e], PrinterStatus { paper_low: true, ..well }),
        ] {
            assert_eq!(said(&bytes), [Answer::Status(status)], "{bytes:x?}");
        }
    }

    #[test]
    fn a_status_sent_by_itself_is_read_and_is_no_proof() {
        let out = PrinterStatus { offline: true, cover_open: true, paper_out: true, ..Default::default() };
        assert_eq!(said(&[0x38, 0, 0x0c, 0]), [Answer::Status(out)]);
        assert_eq!(said(&[0x14, 0, 0, 0, 0]).len(), 2, "and what comes after it is one");
    }

    #[test]
    fn star_says_what_its_reference_says() {
        let of = |bytes: &[u8]| {
            let mut answers = Answers::of(Dialect::StarPrnt);
            assert_eq!(answers.ask(), [0x1b, 0x1e, b'a', 1, 0x1b, 0x06, 0x01]);
            let whole = answers.read(bytes);
            let mut pieces = Answers::of(Dialect::StarPrnt);
            assert_eq!(bytes.iter().flat_map(|byte| pieces.read(&[*byte])).collect::<Vec<_>>(), whole);
            whole
        };
        let well = PrinterStatus::default();
        for (states, status) in [
            ([0, 0, 0, 0, 0], well),
            ([0x04, 0, 0, 0, 0], PrinterStatus { drawer_open: true, ..well }),
            ([0x28, 0, 0, 0, 0], PrinterStatus { cover_open: true, offline: true, ..well }),
            ([0x08, 0x08, 0, 0, 0], PrinterStatus { offline: true, error: true, ..well }),
            ([0x08, 0x40, 0, 0, 0], PrinterStatus { offline: true, error: true, ..well }),
            (
                [0x08, 0, 0, 0x0c, 0],
                PrinterStatus { offline: true, paper_out: true, paper_low: true, ..well },
            ),
            ([0, 0, 0, 0x04, 0], PrinterStatus { paper_low: true, ..well }),
        ] {
            assert_eq!(of(&[&[0x0f, 0x02][..], &states].concat()), [Answer::Status(status)], "{states:x?}");
        }
        // Nine bytes, version 3; what came before `ETB` is printed.
        assert_eq!(of(&[0x23, 0x06, 0x02, 0, 0, 0, 0, 0x02, 0]), [Answer::Status(well), Answer::Proof]);
        assert_eq!(of(&[0x12, 0x00, 0xff, 0x11]), [], "no automatic status");
    }

    #[test]
    fn answers_come_in_pieces_and_among_other_bytes() {
        let mut answers = Answers::default();
        assert_eq!(answers.read(&[0x12]), [], "nobody asked");
        assert_eq!(answers.so_far(), None, "nor has it answered");
        answers.ask();
        assert_eq!(answers.so_far(), None);
        assert_eq!(answers.read(&[0x12, 0x11, 0x13]), []);
        assert_eq!(answers.so_far(), Some(PrinterStatus::default()));
        assert_eq!(
            answers.read(&[0xff, 0x12, 0x12, 0x0c]),
            [Answer::Status(PrinterStatus::default()), Answer::Proof]
        );
    }
}
