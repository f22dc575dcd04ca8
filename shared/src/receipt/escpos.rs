//! ESC/POS: a receipt as the bytes receipt printers take, in that or in Star's dialect of it.
//! Lives here: a receipt and labels as commands for a kind of printer; the commands, their code pages, what each kind can do.
//! May use: the receipt and its layout, labels, json. Never: a cable or network; drawing letters, which is the browser's affair.
//! Invariant: no text can command the printer; what it cannot write is told as rows to draw, never as question marks.

mod code_page;
mod commands;
mod label;
mod profile;

use super::layout::{Look, Paper, Parts};
use super::{Receipt, ReceiptRow};
pub use code_page::CodePage;
pub use commands::{Align, Commands, Cut, DrawerPin, QrLevel, Unprintable, code128_width_dots};
pub use label::labels;
pub use profile::{CodePages, Dialect, Profile, profile, profiles};

use crate::store::NumberCode;

/// Motion units between the last row and the cut, beyond the way to the cutter.
const CUT_FEED_UNITS: u8 = 3;
/// So many rows bring the last one over the edge where paper is torn off.
const TEAR_FEED_ROWS: u8 = 4;
const BARCODE_HEIGHT_DOTS: u8 = 60;
const BAR_DOTS: u8 = 2;
const QR_MODULE_DOTS: u8 = 6;
/// What the barcode of a self-test says.
const TEST_NUMBER: &str = "TEST-123456";
/// What drawers need, and the rest their magnets need before the next pulse.
const DRAWER_ON_MS: u16 = 100;
const DRAWER_OFF_MS: u16 = 500;

/// What goes to the printer next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// As they are.
    Bytes(Vec<u8>),
    /// A picture, or a row with letters the printer lacks: to be drawn as wide as [`Profile::width_dots`] and sent by
    /// [`Commands::image`].
    Raster {
        /// The row.
        row: ReceiptRow,
    },
}

/// Something to print. What comes before the end can be begun anew as long as the end was not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Printout {
    /// Everything but the end, top to bottom.
    pub body: Vec<Piece>,
    /// What gives it out: the cut, or paper to tear it off by.
    pub end: Vec<u8>,
}

/// A receipt for a printer of that kind, with its number for a scanner, for the way back.
pub fn escpos(receipt: &Receipt, profile: &Profile) -> Printout {
    let mut sheet = Sheet::new(profile, receipt.is_right_to_left());
    sheet.rows(&receipt.rows);
    match receipt.code {
        NumberCode::Barcode => number(&mut sheet.commands, &receipt.number, profile),
        NumberCode::Qr if profile.qr => qr(&mut sheet.commands, &receipt.number),
        NumberCode::Qr => number(&mut sheet.commands, &receipt.number, profile),
        NumberCode::None => {}
    }
    sheet.end(profile.cut)
}

/// What a self-test says beside what it shows, in the words of whoever looks at it.
#[derive(Clone, Copy, Debug)]
pub struct TestWords<'a> {
    /// At its head.
    pub title: &'a str,
    /// Below: which printer, of which kind.
    pub printer: &'a str,
    /// Over the code pages: what to look for.
    pub letters: &'a str,
    /// In letters that are drawn in any case.
    pub drawn: &'a str,
    /// Before a cut that leaves a point.
    pub partial_cut: &'a str,
    /// Before a cut through.
    pub full_cut: &'a str,
}

/// A page that shows what the printer makes of what its kind is said to do: every code page by its number, a drawn row,
/// barcodes, both cuts.
pub fn self_test(words: TestWords, profile: &Profile, is_right_to_left: bool) -> Printout {
    let mut sheet = Sheet::new(profile, is_right_to_left);
    let centred = |text: &str| ReceiptRow::Centred { text: text.to_owned() };
    sheet.rows(&[
        ReceiptRow::Title { text: words.title.to_owned() },
        centred(words.printer),
        ReceiptRow::Rule,
    ]);
    sheet.rows(&[centred(words.letters)]);
    for (number, page) in &profile.code_pages {
        sheet.commands.code_page_sample(*number, *page, profile.columns);
    }
    sheet.rows(&[ReceiptRow::Rule]);
    sheet.draw(&centred(words.drawn));
    number(&mut sheet.commands, TEST_NUMBER, profile);
    if profile.cut.is_none() {
        return sheet.end(None);
    }
    sheet.rows(&[centred(words.partial_cut)]);
    sheet.commands.cut(Cut::Partial, CUT_FEED_UNITS);
    sheet.rows(&[centred(words.full_cut)]);
    sheet.end(Some(Cut::Full))
}

/// What goes before a printout of which a part came out already, so that the part is not taken for the beginning.
pub fn divide(profile: &Profile) -> Vec<u8> {
    let mut commands = Commands::of(profile);
    // Whatever the printer was in the middle of: a row, an image, a code.
    commands.start();
    commands.feed(1);
    end(&mut commands, profile.cut);
    commands.take()
}

/// Rows that are written one below the other.
struct Sheet<'a> {
    profile: &'a Profile,
    paper: Paper,
    commands: Commands<'a>,
    pieces: Vec<Piece>,
}

impl<'a> Sheet<'a> {
    fn new(profile: &'a Profile, is_right_to_left: bool) -> Self {
        let mut commands = Commands::of(profile);
        commands.start();
        commands.single_byte();
        let paper = Paper::new(profile.columns.into(), 2, is_right_to_left);
        Self { profile, paper, commands, pieces: Vec::new() }
    }

    fn rows(&mut self, rows: &[ReceiptRow]) {
        for row in rows {
            let is_drawn = matches!(row, ReceiptRow::Logo { .. });
            if is_drawn || write(&mut self.commands, row, self.paper, self.profile).is_err() {
                self.draw(row);
            }
        }
    }

    fn draw(&mut self, row: &ReceiptRow) {
        self.pieces.push(Piece::Bytes(self.commands.take()));
        self.pieces.push(Piece::Raster { row: row.clone() });
    }

    fn end(mut self, cut: Option<Cut>) -> Printout {
        let mut body = self.pieces;
        body.push(Piece::Bytes(self.commands.take()));
        body.retain(|piece| *piece != Piece::Bytes(Vec::new()));
        end(&mut self.commands, cut);
        Printout { body, end: self.commands.take() }
    }
}

/// What opens the drawer at that pin; none for a printer without a socket for one.
pub fn open_drawer(profile: &Profile, pin: DrawerPin) -> Option<Vec<u8>> {
    let mut commands = Commands::of(profile);
    commands.drawer(pin, DRAWER_ON_MS, DRAWER_OFF_MS);
    profile.drawer.then(|| commands.take())
}

/// A row as letters. It fails before anything is written.
fn write(
    commands: &mut Commands,
    row: &ReceiptRow,
    paper: Paper,
    profile: &Profile,
) -> Result<(), Unprintable> {
    let Parts { look, text, amount } = Parts::of(row);
    let (text, amount) = (profile.writable(text)?, profile.writable(amount)?);
    let large = look == Look::Large;
    let bold = large || look == Look::Strong;
    if bold {
        commands.bold(true);
    }
    if large {
        commands.size(2, 2)?;
    }
    for line in paper.lay(Parts { look, text: &text, amount: &amount }) {
        commands.text(&line)?;
        commands.feed(1);
    }
    if large {
        commands.size(1, 1)?;
    }
    if bold {
        commands.bold(false);
    }
    Ok(())
}

/// Code 128, which every scanner reads, where it fits; else QR. The number stands there in letters too, so none is no loss.
fn number(commands: &mut Commands, number: &str, profile: &Profile) {
    let fits = code128_width_dots(number, BAR_DOTS).is_some_and(|dots| dots <= profile.width_dots.into());
    commands.align(Align::Centre);
    if profile.code128 && fits {
        commands.barcode_height(BARCODE_HEIGHT_DOTS);
        commands.barcode_width(BAR_DOTS);
        commands.barcode_text(false);
        let _ = commands.code128(number);
    } else if profile.qr {
        let _ = commands.qr(number, QrLevel::Medium, QR_MODULE_DOTS);
    }
    commands.align(Align::Left);
}

fn qr(commands: &mut Commands, number: &str) {
    commands.align(Align::Centre);
    let _ = commands.qr(number, QrLevel::Medium, QR_MODULE_DOTS);
    commands.align(Align::Left);
}

fn end(commands: &mut Commands, cut: Option<Cut>) {
    match cut {
        Some(cut) => commands.cut(cut, CUT_FEED_UNITS),
        None => commands.feed(TEAR_FEED_ROWS),
    }
}
