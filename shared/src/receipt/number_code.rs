//! Number code: the number of a receipt as what a scanner reads, for paper that no printer of ours makes and for screens.
//! Lives here: Code 128 as bars (ISO/IEC 15417), QR by qrcodegen, both as a path of an SVG. May use: the receipt. Never: drawing;
//! printers make their own bars.

use super::Receipt;
use crate::store::NumberCode;
use qrcodegen::{QrCode, QrCodeEcc};
use std::fmt::Write;

/// Widths of bars and gaps of the values 0 to 105, bar first.
const WIDTHS: &[u8] =
    b"212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231\
113222123122123221223211221132221231213212223112312131311222321122321221312212322112322211212123212321232121\
111323131123131321112313132113132311211313231113231311112133112331132131113123113321133121313121211331231131\
213113213311213131311123311321331121312113312311332111314111221411431111111224111422121124121421141122141221\
112214112412122114122411142112142211241211221114413111241112134111111242121142121241114212124112124211411212\
421112421211212141214121412121111143111341131141114113114311411113411311113141114131311141411131211412211214\
211232";
/// Bars and gaps of the end.
const STOP: &[u8] = b"2331112";
/// The value that starts letters of code set B.
const START_B: u32 = 104;

/// Light and dark, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Modules {
    /// In a row, without the quiet zone around.
    pub width: usize,
    /// Row by row; bars have one.
    pub dark: Vec<bool>,
}

/// How high bars are, how wide one is, and how large a module of a square code is, px.
const BARS_PX: usize = 48;
const BAR_PX: usize = 2;
const SQUARE_PX: usize = 4;

impl Modules {
    /// How many rows it has.
    pub fn rows(&self) -> usize {
        self.dark.len().checked_div(self.width).unwrap_or_default()
    }

    /// How large it is drawn, px: width and height.
    pub fn size_px(&self) -> (usize, usize) {
        let rows = self.rows();
        let (module, height) =
            if rows == 1 { (BAR_PX, BARS_PX) } else { (SQUARE_PX, rows.saturating_mul(SQUARE_PX)) };
        (self.width.saturating_mul(module), height)
    }

    /// What is dark, as the path of an SVG whose units are modules.
    pub fn path(&self) -> String {
        let mut path = String::new();
        for (y, row) in self.dark.chunks(self.width.max(1)).enumerate() {
            let mut x = 0_usize;
            for same in row.chunk_by(|one, next| one == next) {
                if same.first() == Some(&true) {
                    // Writing to a text does not fail.
                    let _ = write!(path, "M{x} {y}h{0}v1h-{0}z", same.len());
                }
                x = x.saturating_add(same.len());
            }
        }
        path
    }
}

/// The number of a receipt for a scanner, as the store has it; QR where bars do not say it.
pub fn number_code(receipt: &Receipt) -> Option<Modules> {
    let bars = match receipt.code {
        NumberCode::None => return None,
        NumberCode::Barcode => code128_modules(&receipt.number),
        NumberCode::Qr => None,
    };
    bars.or_else(|| square(&receipt.number))
}

/// Any text as QR, for a camera; none where it is too long.
pub fn square(number: &str) -> Option<Modules> {
    let code = QrCode::encode_text(number, QrCodeEcc::Medium).ok()?;
    let side = 0..code.size();
    let dark = side.clone().flat_map(|y| side.clone().map(move |x| (x, y)));
    let dark = dark.map(|(x, y)| code.get_module(x, y)).collect();
    Some(Modules { width: usize::try_from(code.size()).ok()?, dark })
}

/// The bars of a number, as a row; none where Code 128's letters do not say it.
pub fn code128_modules(number: &str) -> Option<Modules> {
    let is_fit = !number.is_empty()
        && number.len() <= 48
        && number.bytes().all(|letter| matches!(letter, b' '..=b'~'));
    let values: Vec<u32> =
        number.bytes().filter(|_| is_fit).map(|letter| u32::from(letter.saturating_sub(b' '))).collect();
    if values.is_empty() {
        return None;
    }
    let weighted = (1_u32..).zip(&values).map(|(weight, value)| weight.saturating_mul(*value));
    let check = weighted.fold(START_B, u32::saturating_add) % 103;
    let all = std::iter::once(START_B).chain(values).chain([check]);
    let mut dark = Vec::new();
    let widths = all.filter_map(widths).flatten().chain(STOP);
    for (at, width) in widths.enumerate() {
        dark.extend(std::iter::repeat_n(at % 2 == 0, usize::from(width.saturating_sub(b'0'))));
    }
    Some(Modules { width: dark.len(), dark })
}

fn widths(value: u32) -> Option<&'static [u8]> {
    WIDTHS.chunks_exact(6).nth(usize::try_from(value).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_value_is_eleven_modules_of_its_own_and_its_bars_are_even() {
        let all: Vec<&[u8]> = WIDTHS.chunks(6).collect();
        assert_eq!(all.len(), 106);
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 106);
        for widths in all {
            let digits: Vec<u8> = widths.iter().map(|digit| digit - b'0').collect();
            assert_eq!(digits.iter().sum::<u8>(), 11, "{digits:?}");
            assert_eq!(digits.iter().step_by(2).sum::<u8>() % 2, 0, "{digits:?}");
        }
    }

    /// Worked by hand from the standard's table: start B, "A1", its check value (104 + 33 + 2·17) mod 103 = 68, stop.
    #[test]
    fn a_number_is_start_letters_check_and_stop() {
        let bars = code128_modules("A1").unwrap();
        let widths = ["211214", "111323", "123221", "141221", "2331112"].concat();
        let dark = |(at, width): (usize, u8)| std::iter::repeat_n(at % 2 == 0, usize::from(width - b'0'));
        let wanted: Vec<bool> = widths.bytes().enumerate().flat_map(dark).collect();
        assert_eq!(bars, Modules { width: 4 * 11 + 13, dark: wanted });
        for other in ["Łódź-1", "", "A\n"] {
            assert_eq!(code128_modules(other), None, "{other:?}");
        }
    }
}
