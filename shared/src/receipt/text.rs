//! Text: a receipt as plain text, for a message or a look.
//! Lives here: a receipt in columns of letters.
//! May use: the receipt and its layout. Never: marks of direction or weight: who shows the text knows its language.

use super::Receipt;
use super::layout::{Paper, Parts};

/// Letters across paper of 80 mm.
pub const COLUMNS_80_MM: usize = 48;
/// Letters across paper of 58 mm.
pub const COLUMNS_58_MM: usize = 32;

/// The receipt in lines of at most so many letters (at least 16), each with its end. Arabic is in reading order.
pub fn to_text(receipt: &Receipt, columns: usize) -> String {
    let paper = Paper::new(columns, 1, false);
    let lines = receipt.rows.iter().flat_map(|row| paper.lay(Parts::of(row)));
    lines.flat_map(|line| [line, "\n".to_owned()]).collect()
}
