//! Label: labels as a receipt printer prints them, one below the other, each cut off.

use super::commands::{Align, Commands};
use super::{
    BAR_DOTS, BARCODE_HEIGHT_DOTS, CUT_FEED_UNITS, Printout, Profile, Sheet, TEAR_FEED_ROWS, number,
};
use crate::label::{Label, LabelCode, LabelKind};
use crate::receipt::ReceiptRow;

/// So many labels for a printer of that kind. All but the end of the last can be begun anew.
pub fn labels(label: &Label, profile: &Profile, copies: u16) -> Printout {
    let mut sheet = Sheet::new(profile, label.right_to_left);
    for copy in 1..=copies.max(1) {
        sheet.rows(&rows(label));
        if let Some(code) = &label.code {
            bars(&mut sheet.commands, code, profile);
        }
        if copy < copies {
            match profile.cut {
                Some(cut) => sheet.commands.cut(cut, CUT_FEED_UNITS),
                None => sheet.commands.feed(TEAR_FEED_ROWS),
            }
        }
    }
    sheet.end(profile.cut)
}

fn rows(label: &Label) -> Vec<ReceiptRow> {
    let centred = |text: &String| ReceiptRow::Centred { text: text.clone() };
    let price = label.price.as_ref().map(|price| match label.kind {
        LabelKind::Shelf => ReceiptRow::Title { text: price.clone() },
        LabelKind::Item => centred(price),
    });
    let mut rows = vec![centred(&label.name)];
    rows.extend(price);
    rows.extend(label.unit_price.as_ref().map(centred));
    rows
}

/// A GTIN's own bars; anything else as on a receipt. The digits stand below.
fn bars(commands: &mut Commands, code: &LabelCode, profile: &Profile) {
    match code {
        LabelCode::Ean13(digits) | LabelCode::Ean8(digits) | LabelCode::UpcA(digits) => {
            commands.align(Align::Centre);
            commands.barcode_height(BARCODE_HEIGHT_DOTS);
            commands.barcode_width(BAR_DOTS);
            commands.barcode_text(true);
            let _ = commands.gtin(digits);
            commands.align(Align::Left);
        }
        LabelCode::Code128(text) => {
            number(commands, text, profile);
            commands.align(Align::Centre);
            let _ = commands.text(text).map(|()| commands.feed(1));
            commands.align(Align::Left);
        }
    }
}
