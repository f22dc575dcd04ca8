//! ESC/POS: a receipt as the bytes receipt printers take.
//! Lives here: a receipt as commands for a kind of printer; the commands, their code pages, what each kind can do.
//! May use: the receipt and its layout, json. Never: a cable or network; drawing letters, which is the browser's affair.
//! Invariant: no text can command the printer; what it cannot write is told as rows to draw, never as question marks.

mod code_page;
mod commands;
mod profile;

use super::layout::{Look, Paper, Parts};
use super::{Receipt, ReceiptRow};
pub use code_page::CodePage;
pub use commands::{Align, Commands, Cut, DrawerPin, QrLevel, Unprintable, code128_width_dots};
pub use profile::{CodePages, Profile, profile, profiles};

/// Motion units between the last row and the cut, beyond the way to the cutter.
const CUT_FEED_UNITS: u8 = 3;
/// So many rows bring the last one over the edge where paper is torn off.
const TEAR_FEED_ROWS: u8 = 4;
const BARCODE_HEIGHT_DOTS: u8 = 60;
const BAR_DOTS: u8 = 2;
const QR_MODULE_DOTS: u8 = 6;
/// What drawers need, and the rest their magnets need before the next pulse.
const DRAWER_ON_MS: u16 = 100;
const DRAWER_OFF_MS: u16 = 500;

/// What goes to the printer next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// As they are.
    Bytes(Vec<u8>),
    /// A row with letters the printer lacks: to be drawn as wide as [`Profile::width_dots`] and sent by [`Commands::image`].
    Raster {
        /// The row.
        row: ReceiptRow,
    },
}

/// A receipt for a printer of that kind, with its number as a barcode for the way back, cut off where it can be.
pub fn escpos(receipt: &Receipt, profile: &Profile) -> Vec<Piece> {
    let paper = Paper::new(profile.columns.into(), 2, receipt.is_right_to_left());
    let mut commands = Commands::new(&profile.code_pages);
    let mut pieces = Vec::new();
    commands.start();
    commands.single_byte();
    for row in &receipt.rows {
        if write(&mut commands, row, paper, profile).is_err() {
            pieces.push(Piece::Bytes(commands.take()));
            pieces.push(Piece::Raster { row: row.clone() });
        }
    }
    number(&mut commands, &receipt.number, profile);
    end(&mut commands, profile.cut);
    pieces.push(Piece::Bytes(commands.take()));
    pieces.retain(|piece| *piece != Piece::Bytes(Vec::new()));
    pieces
}

/// What opens the drawer at that pin; none for a printer without a socket for one.
pub fn open_drawer(profile: &Profile, pin: DrawerPin) -> Option<Vec<u8>> {
    let mut commands = Commands::new(&profile.code_pages);
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

fn end(commands: &mut Commands, cut: Option<Cut>) {
    match cut {
        Some(cut) => commands.cut(cut, CUT_FEED_UNITS),
        None => commands.feed(TEAR_FEED_ROWS),
    }
}
