//! Printer: reads ESC/POS back as a person would read the paper. It knows the commands from Epson's reference, not from
//! the encoder, and stops the test at one it does not know.

use shared::receipt::escpos::{CodePage, Profile};
use std::fmt::Write;

/// A strip of paper, row by row, and what else was done.
#[derive(Default)]
pub struct Paper {
    /// `|` at the edges; before them `b` bold, `2` double size.
    pub rows: Vec<String>,
    pub cuts: usize,
    pub pulses: usize,
    line: String,
    letters: usize,
    bold: bool,
    size: u8,
    place: u8,
    page: Option<CodePage>,
    height: u8,
    bar: u8,
}

impl Paper {
    /// Prints bytes.
    pub fn print(&mut self, bytes: &[u8], profile: &Profile) {
        let mut rest = bytes;
        while let [first, after @ ..] = rest {
            rest = match first {
                0x1b => self.escape(after, profile),
                0x1c => after.strip_prefix(b".").expect("FS ."),
                0x1d => self.group(after),
                b'\n' => {
                    self.end_row(profile);
                    after
                }
                b' '..=b'~' => self.letter(char::from(*first), after),
                0x80.. => {
                    let page = self.page.expect("a code page before letters beyond ASCII");
                    self.letter(page.letter(*first), after)
                }
                control => panic!("a control among the letters: {control:#x}"),
            };
        }
        assert_eq!(self.line, "", "the last row was not ended");
    }

    fn letter<'a>(&mut self, letter: char, after: &'a [u8]) -> &'a [u8] {
        let more = usize::from(self.size >> 4);
        self.line.push(letter);
        self.line.extend(std::iter::repeat_n(' ', more));
        self.letters += 1 + more;
        after
    }

    fn escape<'a>(&mut self, bytes: &'a [u8], profile: &Profile) -> &'a [u8] {
        match bytes {
            [b'@', after @ ..] => {
                (self.bold, self.size, self.page) = (false, 0, None);
                after
            }
            [b'E', on, after @ ..] => {
                self.bold = *on == 1;
                after
            }
            [b'a', place, after @ ..] => {
                assert_eq!(self.line, "", "places are for whole rows");
                self.place = *place;
                after
            }
            [b't', number, after @ ..] => {
                self.page = Some(profile.code_pages[number]);
                after
            }
            [b'd', rows, after @ ..] => {
                (0..*rows).for_each(|_| self.end_row(profile));
                after
            }
            [b'p', 0 | 1, _, _, after @ ..] => {
                self.pulses += 1;
                after
            }
            other => panic!("ESC {:?}", &other[..other.len().min(4)]),
        }
    }

    fn group<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        match bytes {
            [b'!', size, after @ ..] => {
                self.size = *size;
                after
            }
            [b'h', dots, after @ ..] => {
                self.height = *dots;
                after
            }
            [b'w', dots, after @ ..] => {
                self.bar = *dots;
                after
            }
            [b'H', _, after @ ..] => after,
            [b'k', 73, length, after @ ..] => {
                let (data, after) = after.split_at(usize::from(*length));
                let (height, bar) = (self.height, self.bar);
                self.code(&format!("Code 128, {height} dots high, bars of {bar}: {}", data.escape_ascii()));
                after
            }
            [b'(', b'k', low, high, after @ ..] => {
                let (data, after) = after.split_at(usize::from(u16::from_le_bytes([*low, *high])));
                if let [b'1', b'P', b'0', text @ ..] = data {
                    self.code(&format!("QR: {}", text.escape_ascii()));
                }
                after
            }
            [b'V', how @ (b'A' | b'B'), _, after @ ..] => {
                self.cuts += 1;
                self.rows.push(if *how == b'A' { "cut" } else { "cut, but for a point" }.to_owned());
                after
            }
            other => panic!("GS {:?}", &other[..other.len().min(4)]),
        }
    }

    fn code(&mut self, text: &str) {
        let place = ["left", "centre", "right"][usize::from(self.place)];
        self.rows.push(format!("({text}; {place})"));
    }

    fn end_row(&mut self, profile: &Profile) {
        let columns = usize::from(profile.columns);
        assert!(self.letters <= columns, "a row is wider than the paper: {}", self.line);
        let mut row = String::new();
        let size = if self.size == 0x11 { '2' } else { ' ' };
        write!(row, "{}{size}|{}", if self.bold { 'b' } else { ' ' }, self.line).unwrap();
        row.extend(std::iter::repeat_n(' ', columns - self.letters));
        row.push('|');
        self.rows.push(row);
        self.line.clear();
        self.letters = 0;
    }
}
