//! Printout: a job as the bytes its printer takes.

use super::Printers;
use super::beside::Beside;
use crate::clock;
use crate::i18n::{self, t};
use crate::peripheral::printer::drawn;
use crate::session::Till;
use leptos::prelude::{GetUntracked, GetValue};
use shared::ids::SaleId;
use shared::printing::{Job, Part, Printer, Work, proof};
use shared::receipt::escpos::{Piece, Printout, Profile, TestWords, divide, escpos, open_drawer, self_test};
use shared::receipt::{Receipt, ReceiptRow, gift_receipt, receipt};
use shared::sale::Sale;
use shared::store::Store;

/// `~JA`: whatever a printer of labels has not printed is forgotten.
const FORGET: &[u8] = b"~JA";
/// For what makes labels and reports is waited so often, and so long each time; less for a picture.
const MOST_WAITS: u32 = 50;
const MOST_WAITS_FOR_LOGO: u32 = 5;
const WAIT_MS: i64 = 200;

/// A part of a job; `asks` for the answer that it is out. None when it cannot be made: the sale is not kept any more.
pub async fn bytes(
    printers: Printers,
    printer: &Printer,
    job: &Job,
    part: Part,
    asks: bool,
) -> Option<Vec<u8>> {
    let till = printers.till;
    let profile = printer.profile()?;
    let (printout, is_right_to_left) = match job.work {
        Work::Drawer => return open_drawer(&profile, printer.drawer?),
        Work::Receipt { sale_id, copy } => {
            of_sale(till, &profile, sale_id, |sale, store| receipt(sale, store, copy)).await?
        }
        Work::GiftReceipt { sale_id } => of_sale(till, &profile, sale_id, gift_receipt).await?,
        Work::XReport { .. } | Work::ZReport { .. } | Work::Labels { .. } => {
            made_beside(printers, printer, job.work).await?
        }
        Work::SelfTest if !printer.prints_receipts() => made_beside(printers, printer, job.work).await?,
        Work::SelfTest => (test(printer, &profile), i18n::is_rtl()),
    };
    match part {
        Part::Body { anew } => {
            let mut bytes = match anew {
                true if printer.prints_receipts() => divide(&profile),
                // What came of it before is thrown away: nothing of a label is printed before its end.
                true => FORGET.to_vec(),
                false => Vec::new(),
            };
            for piece in printout.body {
                match piece {
                    Piece::Bytes(more) => bytes.extend(more),
                    Piece::Raster { row: ReceiptRow::Logo { picture } } => {
                        bytes.extend(logo(printers, picture, &profile).await);
                    }
                    Piece::Raster { row } => bytes.extend(drawn(&row, &profile, is_right_to_left).ok()?),
                }
            }
            Some(bytes)
        }
        Part::End => {
            let mut bytes = printout.end;
            bytes.extend(proof(profile.dialect).iter().filter(|_| asks));
            Some(bytes)
        }
    }
}

async fn made_beside(printers: Printers, printer: &Printer, work: Work) -> Option<(Printout, bool)> {
    let make = beside(printers, MOST_WAITS).await?.make;
    make(printers.till, printer.clone(), work).await
}

/// The shop's picture; nothing where it is not at hand: a receipt waits for no picture.
async fn logo(printers: Printers, picture: String, profile: &Profile) -> Vec<u8> {
    match beside(printers, MOST_WAITS_FOR_LOGO).await {
        Some(beside) => (beside.logo)(picture, profile.clone()).await.unwrap_or_default(),
        None => Vec::new(),
    }
}

/// What makes it comes a moment after the start.
async fn beside(printers: Printers, most_waits: u32) -> Option<Beside> {
    for _ in 0..most_waits {
        if let Some(beside) = printers.beside.try_get_value()? {
            return Some(beside);
        }
        clock::pause(WAIT_MS).await;
    }
    None
}

async fn of_sale(
    till: Till,
    profile: &Profile,
    sale_id: SaleId,
    receipt: impl FnOnce(&Sale, &Store) -> Receipt,
) -> Option<(Printout, bool)> {
    let sale = till.sale_kept(sale_id).await.ok()??;
    let store = till.store.get_untracked()?;
    let receipt = receipt(&sale, &store);
    Some((escpos(&receipt, profile), receipt.is_right_to_left()))
}

fn test(printer: &Printer, profile: &Profile) -> Printout {
    let which = format!("{} · {}", printer.name, profile.name);
    let words = TestWords {
        title: t!("pay.printer_test_title"),
        printer: &which,
        letters: t!("pay.printer_test_letters"),
        drawn: t!("pay.printer_test_drawn"),
        partial_cut: t!("pay.printer_test_partial"),
        full_cut: t!("pay.printer_test_full"),
    };
    self_test(words, profile, i18n::is_rtl())
}
