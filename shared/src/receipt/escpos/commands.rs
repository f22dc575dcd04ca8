//! Commands: what a printer is told, as the bytes of ESC/POS (Epson's command reference) or of StarPRNT (Star's, Rev. 2.25).
//! Lives here: one function a command: start, place, size, letters with their code page, feed, cut, drawer, codes, images.
//! May use: the code pages. Never: a receipt; a byte of text that was not looked up in a code page.
//! Invariant: a command that fails has written nothing.

use super::code_page::CodePage;
use super::profile::{CodePages, Dialect, Profile};
use serde::{Deserialize, Serialize};

const ESC: u8 = 0x1b;
const FS: u8 = 0x1c;
const GS: u8 = 0x1d;
/// Star's: the first drawer, the second, the end of a barcode.
const BEL: u8 = 0x07;
const SUB: u8 = 0x1a;
const RS: u8 = 0x1e;

/// What a printer cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unprintable {
    /// None of the printer's code pages has it.
    #[error("the printer has no {0:?}")]
    Letter(char),
    /// Letters are one to eight times as wide and as high.
    #[error("letters are one to eight times their size")]
    Size,
    /// Code 128 is for ASCII, not empty, of some hundred letters.
    #[error("this text is not for Code 128")]
    Code128,
    /// The bars of a GTIN are of 8, 12 or 13 digits, the last one right.
    #[error("this is no GTIN of 8, 12 or 13 digits")]
    Gtin,
    /// A QR code is not empty and holds 7,089 bytes at most; its modules are 1 to 16 dots wide.
    #[error("this text is not for a QR code")]
    Qr,
    /// Rows of whole bytes, at least one, as many as the height says.
    #[error("the image is not as large as it says")]
    Image,
}

/// Where a row stands between the edges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// At the left edge.
    Left,
    /// In the middle.
    Centre,
    /// At the right edge.
    Right,
}

/// How paper is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cut {
    /// Through.
    Full,
    /// A point is left, so that the receipt hangs until it is taken.
    Partial,
}

/// The pin of the printer's socket that the drawer listens to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DrawerPin {
    /// The first drawer.
    Two,
    /// The second.
    Five,
}

/// How much of a QR code may be dirty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QrLevel {
    /// 7 %.
    Low,
    /// 15 %.
    Medium,
    /// 25 %.
    Quartile,
    /// 30 %.
    High,
}

/// How bars look: StarPRNT is told with each barcode.
#[derive(Clone, Copy, Debug)]
struct Bars {
    height_dots: u8,
    dots: u8,
    text_below: bool,
}

/// Commands in the order they are given.
#[derive(Clone, Debug)]
pub struct Commands<'a> {
    pages: &'a CodePages,
    dialect: Dialect,
    /// How barcodes that follow look.
    bars: Bars,
    /// The code page chosen last; none is known before the first choice, because switches on printers set it.
    page: Option<u8>,
    bytes: Vec<u8>,
}

impl<'a> Commands<'a> {
    /// None yet, for a printer with these code pages that is told in ESC/POS.
    pub const fn new(pages: &'a CodePages) -> Self {
        Self::told_in(Dialect::EscPos, pages)
    }

    /// None yet, for a printer of that kind.
    pub const fn of(profile: &'a Profile) -> Self {
        Self::told_in(profile.dialect, &profile.code_pages)
    }

    /// None yet.
    pub const fn told_in(dialect: Dialect, pages: &'a CodePages) -> Self {
        let bars = Bars { height_dots: 60, dots: 2, text_below: false };
        Self { pages, dialect, bars, page: None, bytes: Vec::new() }
    }

    const fn is_star(&self) -> bool {
        matches!(self.dialect, Dialect::StarPrnt)
    }

    /// What was written since the start or the last time; the printer's code page stays known.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }

    fn write(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// `ESC @`: forgets sizes, places and code page.
    pub fn start(&mut self) {
        self.page = None;
        self.write(&[ESC, b'@']);
    }

    /// `FS .`: one byte a letter. Printers for China start with two.
    pub fn single_byte(&mut self) {
        if self.is_star() {
            // Star's start with one.
            return;
        }
        self.write(&[FS, b'.']);
    }

    /// `ESC a`, `ESC GS a`: places the rows that follow.
    pub fn align(&mut self, align: Align) {
        let place = match align {
            Align::Left => 0,
            Align::Centre => 1,
            Align::Right => 2,
        };
        match self.dialect {
            Dialect::EscPos => self.write(&[ESC, b'a', place]),
            Dialect::StarPrnt => self.write(&[ESC, GS, b'a', place]),
        }
    }

    /// `ESC E`, and `ESC F` for Star's end of it.
    pub fn bold(&mut self, on: bool) {
        match self.dialect {
            Dialect::EscPos => self.write(&[ESC, b'E', on.into()]),
            Dialect::StarPrnt => self.write(&[ESC, if on { b'E' } else { b'F' }]),
        }
    }

    /// `GS !`, `ESC i`: letters so many times as wide and as high; Star's at most six times.
    ///
    /// # Errors
    /// [`Unprintable::Size`] unless both are 1 to 8.
    pub fn size(&mut self, width: u8, height: u8) -> Result<(), Unprintable> {
        if !(1..=8).contains(&width) || !(1..=8).contains(&height) {
            return Err(Unprintable::Size);
        }
        let (wider, higher) = (width.saturating_sub(1), height.saturating_sub(1));
        match self.dialect {
            Dialect::EscPos => self.write(&[GS, b'!', (wider << 4) | higher]),
            Dialect::StarPrnt if wider > 5 || higher > 5 => return Err(Unprintable::Size),
            Dialect::StarPrnt => self.write(&[ESC, b'i', higher, wider]),
        }
        Ok(())
    }

    /// `ESC t`, `ESC GS t`: chooses a code page by the printer's number.
    pub fn code_page(&mut self, number: u8) {
        self.page = Some(number);
        let chosen = self.choice(number);
        self.write(&chosen);
    }

    /// A row of a code page: the printer's number for it, its name, and as many of its letters as fit.
    pub fn code_page_sample(&mut self, number: u8, page: CodePage, columns: u16) {
        let label = format!("{number:>3} {:<11}", page.name());
        let room = usize::from(columns).saturating_sub(label.len()).saturating_sub(1);
        self.write(label.as_bytes());
        self.code_page(number);
        self.write(b" ");
        let letters =
            (0x80..=u8::MAX).filter(|byte| page.letter(*byte).is_alphabetic() || page.letter(*byte) == '€');
        self.bytes.extend(letters.take(room));
        self.feed(1);
    }

    /// Letters; the code page is changed before one that the chosen page lacks.
    ///
    /// # Errors
    /// [`Unprintable::Letter`] for one that no page has, so also for every control.
    pub fn text(&mut self, text: &str) -> Result<(), Unprintable> {
        let (mut page, mut bytes) = (self.page, Vec::with_capacity(text.len()));
        for letter in text.chars() {
            let (number, byte) = self.find(letter, page).ok_or(Unprintable::Letter(letter))?;
            if number != page {
                page = number;
                bytes.extend(self.choice(number.unwrap_or_default()));
            }
            bytes.push(byte);
        }
        self.page = page;
        self.write(&bytes);
        Ok(())
    }

    fn choice(&self, number: u8) -> Vec<u8> {
        match self.dialect {
            Dialect::EscPos => vec![ESC, b't', number],
            Dialect::StarPrnt => vec![ESC, GS, b't', number],
        }
    }

    /// A letter's page and byte: ASCII needs no page, then the chosen page goes before the others.
    fn find(&self, letter: char, chosen: Option<u8>) -> Option<(Option<u8>, u8)> {
        if matches!(letter, ' '..='~') {
            return Some((chosen, u8::try_from(letter).ok()?));
        }
        let first = chosen.and_then(|number| self.pages.get_key_value(&number));
        first
            .into_iter()
            .chain(self.pages)
            .find_map(|(number, page)| Some((Some(*number), page.byte(letter)?)))
    }

    /// Ends rows: prints what was written and feeds (`LF`, or `ESC d`, Star's `ESC a`, for several).
    pub fn feed(&mut self, rows: u8) {
        match rows {
            0 => {}
            1 => self.write(b"\n"),
            _ if self.is_star() => self.write(&[ESC, b'a', rows]),
            _ => self.write(&[ESC, b'd', rows]),
        }
    }

    /// `GS V` function B: feeds to the cutter and so many motion units further, and cuts. Star's `ESC d` feeds to the cutter, or
    /// where none is wanted cuts where it stands.
    pub fn cut(&mut self, cut: Cut, feed_units: u8) {
        let partial = u8::from(cut == Cut::Partial);
        match self.dialect {
            Dialect::EscPos => self.write(&[GS, b'V', b'A'.saturating_add(partial), feed_units]),
            Dialect::StarPrnt => {
                let feeds = if feed_units > 0 { 2 } else { 0 };
                self.write(&[ESC, b'd', partial.saturating_add(feeds)]);
            }
        }
    }

    /// `ESC p`: a pulse for the drawer and the rest after it, to 2 ms; 510 ms at most. Star's `ESC BEL` sets both, to 10 ms, then
    /// `BEL` opens the first and `SUB` the second.
    pub fn drawer(&mut self, pin: DrawerPin, on_ms: u16, off_ms: u16) {
        if self.is_star() {
            let tenth = |time_ms: u16| u8::try_from(time_ms / 10).unwrap_or(u8::MAX).clamp(1, 127);
            let opens = if pin == DrawerPin::Two { BEL } else { SUB };
            self.write(&[ESC, BEL, tenth(on_ms), tenth(off_ms), opens]);
            return;
        }
        let pin = match pin {
            DrawerPin::Two => 0,
            DrawerPin::Five => 1,
        };
        let half = |time_ms: u16| u8::try_from(time_ms / 2).unwrap_or(u8::MAX);
        self.write(&[ESC, b'p', pin, half(on_ms), half(off_ms)]);
    }

    /// `GS h`: how high barcodes are.
    pub fn barcode_height(&mut self, dots: u8) {
        self.bars.height_dots = dots;
        if !self.is_star() {
            self.write(&[GS, b'h', dots]);
        }
    }

    /// `GS w`: how wide the narrowest bar is.
    pub fn barcode_width(&mut self, dots: u8) {
        self.bars.dots = dots;
        if !self.is_star() {
            self.write(&[GS, b'w', dots]);
        }
    }

    /// `GS H`: whether barcodes have their text below.
    pub fn barcode_text(&mut self, below: bool) {
        self.bars.text_below = below;
        if !self.is_star() {
            self.write(&[GS, b'H', if below { 2 } else { 0 }]);
        }
    }

    /// `GS k 73`: a Code 128.
    ///
    /// # Errors
    /// [`Unprintable::Code128`].
    pub fn code128(&mut self, text: &str) -> Result<(), Unprintable> {
        let symbols = code128_symbols(text).ok_or(Unprintable::Code128)?;
        if self.is_star() {
            return self.star_bars(6, text);
        }
        let length = u8::try_from(symbols.bytes.len()).map_err(|_| Unprintable::Code128)?;
        self.write(&[GS, b'k', 73, length]);
        self.write(&symbols.bytes);
        Ok(())
    }

    /// `GS k 65`, `67`, `68`: the bars of a GTIN of 12, 13 or 8 digits. The printer refuses a wrong check digit.
    ///
    /// # Errors
    /// [`Unprintable::Gtin`].
    pub fn gtin(&mut self, digits: &str) -> Result<(), Unprintable> {
        let (kind, star_kind) = match digits.len() {
            12 => (65, 1),
            13 => (67, 3),
            8 => (68, 2),
            _ => return Err(Unprintable::Gtin),
        };
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) || crate::barcode::check(digits).is_err() {
            return Err(Unprintable::Gtin);
        }
        if self.is_star() {
            return self.star_bars(star_kind, digits);
        }
        self.write(&[GS, b'k', kind, u8::try_from(digits.len()).unwrap_or_default()]);
        self.write(digits.as_bytes());
        Ok(())
    }

    /// `ESC b`: Star's bars of a kind: with their text below or not, a row fed after them; the dots of the narrowest by a number,
    /// their height, what they say, `RS`. In Code 128 `%` begins one of its own signs.
    fn star_bars(&mut self, kind: u8, text: &str) -> Result<(), Unprintable> {
        if text.contains('%') || !text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
            return Err(Unprintable::Code128);
        }
        let below = if self.bars.text_below { 2 } else { 1 };
        // 1 is two dots, 2 three, 3 four.
        let mode = self.bars.dots.saturating_sub(1).clamp(1, 3);
        self.write(&[ESC, b'b', kind, below, mode, self.bars.height_dots]);
        self.write(text.as_bytes());
        self.write(&[RS]);
        Ok(())
    }

    /// `GS ( k`: a QR code of model 2.
    ///
    /// # Errors
    /// [`Unprintable::Qr`].
    pub fn qr(&mut self, text: &str, level: QrLevel, module_dots: u8) -> Result<(), Unprintable> {
        if text.is_empty() || text.len() > 7089 || !(1..=16).contains(&module_dots) {
            return Err(Unprintable::Qr);
        }
        if self.is_star() {
            self.star_qr(text, level, module_dots);
            return Ok(());
        }
        let level = match level {
            QrLevel::Low => b'0',
            QrLevel::Medium => b'1',
            QrLevel::Quartile => b'2',
            QrLevel::High => b'3',
        };
        self.qr_function(b'A', &[b'2', 0]);
        self.qr_function(b'C', &[module_dots]);
        self.qr_function(b'E', &[level]);
        self.qr_function(b'P', &[b"0", text.as_bytes()].concat());
        self.qr_function(b'Q', b"0");
        Ok(())
    }

    /// `ESC GS y`: Star's; modules are eight dots at most.
    fn star_qr(&mut self, text: &str, level: QrLevel, module_dots: u8) {
        let level = match level {
            QrLevel::Low => 0,
            QrLevel::Medium => 1,
            QrLevel::Quartile => 2,
            QrLevel::High => 3,
        };
        let [low, high] = u16::try_from(text.len()).unwrap_or(u16::MAX).to_le_bytes();
        self.write(&[ESC, GS, b'y', b'S', b'0', 2]);
        self.write(&[ESC, GS, b'y', b'S', b'2', module_dots.min(8)]);
        self.write(&[ESC, GS, b'y', b'S', b'1', level]);
        self.write(&[ESC, GS, b'y', b'D', b'1', 0, low, high]);
        self.write(text.as_bytes());
        self.write(&[ESC, GS, b'y', b'P']);
    }

    fn qr_function(&mut self, function: u8, rest: &[u8]) {
        let length = u16::try_from(rest.len().saturating_add(2)).unwrap_or(u16::MAX);
        let [low, high] = length.to_le_bytes();
        self.write(&[GS, b'(', b'k', low, high, b'1', function]);
        self.write(rest);
    }

    /// `GS v 0`, `ESC GS S`: an image, row by row, eight dots a byte, the first in the highest bit, 1 is black.
    ///
    /// # Errors
    /// [`Unprintable::Image`] unless there are `width_bytes` times `height_dots` bytes.
    pub fn image(&mut self, width_bytes: u16, height_dots: u16, dots: &[u8]) -> Result<(), Unprintable> {
        let size = usize::from(width_bytes).saturating_mul(height_dots.into());
        if size == 0 || dots.len() != size {
            return Err(Unprintable::Image);
        }
        let [width_low, width_high] = width_bytes.to_le_bytes();
        let [height_low, height_high] = height_dots.to_le_bytes();
        match self.dialect {
            Dialect::EscPos => {
                self.write(&[GS, b'v', b'0', 0, width_low, width_high, height_low, height_high])
            }
            Dialect::StarPrnt => {
                self.write(&[ESC, GS, b'S', 1, width_low, width_high, height_low, height_high, 0]);
            }
        }
        self.write(dots);
        Ok(())
    }
}

/// How many dots a Code 128 takes, its quiet edges included; none for text it cannot say.
pub fn code128_width_dots(text: &str, bar_dots: u8) -> Option<usize> {
    // Eleven modules a symbol, with start and check; thirteen for the stop, ten for each edge.
    let modules = code128_symbols(text)?.count.saturating_add(2).saturating_mul(11).saturating_add(33);
    Some(modules.saturating_mul(bar_dots.into()))
}

struct Code128 {
    /// As `GS k` takes them: `{B` letters, `{C` pairs of digits as numbers.
    bytes: Vec<u8>,
    /// Between start and check.
    count: usize,
}

/// Letters in set B, runs of four digits and more in set C, which says two with one symbol.
fn code128_symbols(text: &str) -> Option<Code128> {
    let mut code = Code128 { bytes: Vec::new(), count: 0 };
    let (mut rest, mut set) = (text.as_bytes(), 0);
    while let [letter, after @ ..] = rest {
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let pairs = if digits >= 4 { digits / 2 } else { 0 };
        let wanted = if pairs > 0 { b'C' } else { b'B' };
        if set != wanted {
            code.bytes.extend([b'{', wanted]);
            // The first set is the start symbol, which is counted already.
            code.count = code.count.saturating_add(usize::from(set != 0));
            set = wanted;
        }
        if pairs > 0 {
            let (run, behind) = rest.split_at_checked(pairs.saturating_mul(2))?;
            code.bytes.extend(run.chunks(2).map(pair_value));
            code.count = code.count.saturating_add(pairs);
            rest = behind;
        } else {
            code.bytes.extend(match letter {
                b'{' => b"{{".as_slice(),
                b' '..=b'~' => std::slice::from_ref(letter),
                _ => return None,
            });
            code.count = code.count.saturating_add(1);
            rest = after;
        }
    }
    (code.count > 0).then_some(code)
}

fn pair_value(pair: &[u8]) -> u8 {
    pair.iter().fold(0, |value: u8, digit| value.wrapping_mul(10).wrapping_add(digit.wrapping_sub(b'0')))
}

#[cfg(test)]
mod tests {
    use super::super::code_page::CodePage;
    use super::*;

    fn code128(text: &str) -> Option<Vec<u8>> {
        code128_symbols(text).map(|code| code.bytes)
    }

    #[test]
    fn code_128_says_digits_in_pairs_and_escapes_its_own_sign() {
        assert_eq!(code128("A1-000042").as_deref(), Some(&b"{BA1-{C\x00\x00\x2a"[..]));
        assert_eq!(code128("12345").as_deref(), Some(&b"{C\x0c\x22{B5"[..]));
        assert_eq!(code128("a{b").as_deref(), Some(&b"{Ba{{b"[..]));
        assert_eq!(code128(""), None);
        assert_eq!(code128("é"), None);
        assert_eq!(code128("a\nb"), None);
    }

    #[test]
    fn a_gtin_has_its_bars_only_with_its_check_digit() {
        let pages = CodePages::new();
        let mut commands = Commands::new(&pages);
        commands.gtin("5012345678900").unwrap();
        commands.gtin("96385074").unwrap();
        commands.gtin("036000291452").unwrap();
        assert_eq!(
            commands.take(),
            b"\x1dk\x43\x0d5012345678900\x1dk\x44\x0896385074\x1dk\x41\x0c036000291452"
        );
        for wrong in ["5012345678901", "12345", "501234567890X", "03500680016775"] {
            assert_eq!(commands.gtin(wrong), Err(Unprintable::Gtin), "{wrong}");
        }
        assert_eq!(commands.take(), b"");
    }

    #[test]
    fn a_barcode_is_as_wide_as_its_symbols() {
        // Start, A 1 - C 00 00 42, check: nine symbols of eleven modules, a stop of thirteen, two edges of ten.
        assert_eq!(code128_width_dots("A1-000042", 2), Some((9 * 11 + 13 + 20) * 2));
    }

    #[test]
    fn a_code_page_is_kept_as_long_as_it_has_the_letters() {
        let pages = CodePages::from([(0, CodePage::Cp437), (16, CodePage::Cp1252)]);
        let mut commands = Commands::new(&pages);
        commands.text("aé€éü").unwrap();
        commands.text("é").unwrap();
        assert_eq!(commands.take(), b"a\x1bt\x00\x82\x1bt\x10\x80\xe9\xfc\xe9");
        commands.start();
        commands.text("é").unwrap();
        assert_eq!(commands.take(), b"\x1b@\x1bt\x00\x82");
    }

    #[test]
    fn what_cannot_be_said_leaves_nothing_behind() {
        let pages = CodePages::new();
        let mut commands = Commands::new(&pages);
        assert_eq!(commands.text("caf\u{e9}"), Err(Unprintable::Letter('é')));
        assert_eq!(commands.text("a\u{1b}p"), Err(Unprintable::Letter('\u{1b}')));
        assert_eq!(commands.size(0, 9), Err(Unprintable::Size));
        assert_eq!(commands.code128("é"), Err(Unprintable::Code128));
        assert_eq!(commands.code128(&"x".repeat(254)), Err(Unprintable::Code128));
        assert_eq!(commands.qr("", QrLevel::Low, 3), Err(Unprintable::Qr));
        assert_eq!(commands.image(1, 8, &[0; 7]), Err(Unprintable::Image));
        assert_eq!(commands.image(0, 0, &[]), Err(Unprintable::Image));
        assert_eq!(commands.take(), b"");
    }
}
