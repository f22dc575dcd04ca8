//! Labels: labels as what their printer takes.

use crate::i18n::{self, t};
use crate::session::{Till, full_name};
use leptos::prelude::GetUntracked;
use shared::ids::ProductId;
use shared::label::{Label, LabelCode, LabelKind, label, zpl};
use shared::printing::{Commands, Printer, Work};
use shared::receipt::escpos::{Piece, Printout, labels};

/// Labels of a product, or one to try a printer of labels out, and whether they are read from right to left; none where it
/// cannot be made: the product is not sold any more, or it is no label.
pub fn make(till: Till, printer: &Printer, work: Work) -> Option<(Printout, bool)> {
    let (label, copies) = match work {
        Work::Labels { product_id, kind, copies } => (of_product(till, product_id, kind)?, copies),
        Work::SelfTest => (of_test(), 1),
        _ => return None,
    };
    let printout = match printer.commands {
        Commands::EscPos => labels(&label, &printer.profile()?, copies),
        Commands::Zpl { dots, size } => {
            let (body, end) = zpl(&label, size, dots, copies);
            Printout { body: vec![Piece::Bytes(body)], end }
        }
    };
    Some((printout, label.right_to_left))
}

fn of_product(till: Till, product_id: ProductId, kind: LabelKind) -> Option<Label> {
    let product = till.catalog.get_untracked().get(product_id)?;
    let store = till.store.get_untracked()?;
    Some(label(&product, &full_name(&product), kind, &store))
}

fn of_test() -> Label {
    Label {
        kind: LabelKind::Shelf,
        right_to_left: i18n::is_rtl(),
        name: t!("pay.printer_test_title").to_owned(),
        price: None,
        unit_price: None,
        code: Some(LabelCode::Code128("TEST-123456".to_owned())),
        sku: String::new(),
    }
}
